"""Shared parts of the readers of the files beside a model: opening, missing fields, ranges, sources; every problem is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from bayesnet.errors import Problem, SpecError, did_you_mean, nearest
from bayesnet.model.records import Source
from bayesnet.model.toml_text import read_toml
from bayesnet.model.vocabulary import GRADES

_UNCITED = ("judgement", "definition")


class Document:
    """One file beside the numbers of a model, with the problems found in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem | str] = []
        try:
            self.table: dict[str, Any] = read_toml(path)
        except SpecError as error:
            raise SpecError(str(path.parent), error.problems) from None

    def report(self, subject: str, what: str, *, got: str = "", expected: str = "", way_out: str = "") -> None:
        """Keep a problem."""
        self.problems.append(Problem(self.path.name, subject, what, got, expected, way_out))

    def refuse(self) -> None:
        """Raise `SpecError` with all problems, if there are any."""
        if self.problems:
            raise SpecError(str(self.path.parent), self.problems)

    def known(self, subject: str, row: Mapping[str, Any], keys: Collection[str]) -> None:
        """Report the keys of a table that mean nothing."""
        for key in row:
            self.one_of(subject, "key", key, keys)

    def one_of(self, subject: str, what: str, value: str, choices: Collection[str]) -> None:
        """Report a value that is not among the choices, with the nearest of them."""
        if value not in choices:
            hint = did_you_mean(nearest(value, choices))
            expected = "" if hint else " or ".join(f'"{choice}"' for choice in choices)
            self.report(subject, f'{what} "{value}" is not known', expected=expected, way_out=hint)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the tables of one name, in a file that holds nothing else."""
        for key in self.table:
            if key != name:
                self.report("", f'table "{key}" is not known', expected=f"[[{name}]]")
        rows = self.table.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.report("", f"expected [[{name}]] tables")
        self.refuse()
        return list(rows)

    def missing(self, subject: str, row: Mapping[str, Any], keys: Collection[str]) -> list[str]:
        """Report and return the keys that a table lacks or leaves empty."""
        lacking = [key for key in keys if row.get(key) in (None, "", [])]
        for key in lacking:
            self.report(subject, f'has no "{key}"')
        return lacking

    def text(self, subject: str, row: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
        """Return a text of a table."""
        value = row.get(key, "")
        if not isinstance(value, str) or (needed and key not in row):
            self.report(subject, f'has no text "{key}"', got="" if key not in row else repr(value))
            return ""
        return value

    def numbers(self, subject: str, row: Mapping[str, Any], keys: Collection[str]) -> bool:
        """Report the values that are not numbers; whether all are."""
        wrong = [key for key in keys if isinstance(row[key], bool) or not isinstance(row[key], int | float)]
        for key in wrong:
            self.report(subject, f'"{key}" is not a number', got=repr(row[key]))
        return not wrong

    def ranged(self, subject: str, row: Mapping[str, Any]) -> tuple[float, float, float]:
        """Return value, low and high of a table, in order."""
        keys = ("value", "low", "high")
        if self.missing(subject, row, keys) or not self.numbers(subject, row, keys):
            return 0.0, 0.0, 0.0
        value, low, high = (float(row[key]) for key in keys)
        if not low <= value <= high:
            self.report(subject, f"value {value:g} lies outside its range [{low:g}, {high:g}]")
        return value, low, high

    def cited(self, subject: str, row: Mapping[str, Any], sources: Collection[str]) -> tuple[str, str]:
        """Grade and source of a table; only judgements and definitions may go without a source."""
        grade, source = self.text(subject, row, "grade"), self.text(subject, row, "source", needed=False)
        if grade:
            self.one_of(subject, "grade", grade, GRADES)
        self.defined(subject, [source] if source else [], sources)
        if not source and grade not in _UNCITED:
            self.report(subject, "has no source", expected=f"one, or the grade {' or '.join(_UNCITED)}")
        if grade == "judgement" and not self.text(subject, row, "note", needed=False):
            self.report(subject, "is a judgement without a reason", way_out="give the reason in `note`")
        return grade, source

    def defined(self, subject: str, keys: Collection[str], sources: Collection[str]) -> None:
        """Report the keys of publications that are not defined."""
        for key in keys:
            if key not in sources:
                self.report(subject, f'source "{key}" is not defined', way_out=did_you_mean(nearest(key, sources)))

    def sources(self, others: Mapping[str, Source]) -> dict[str, Source]:
        """Return the publications named in the file, beside those of the model."""
        found = dict(others)
        names = [field.name for field in fields(Source) if field.name != "key"]
        for key, row in self.table.get("sources", {}).items():
            self.known(f'source "{key}"', row, names)
            known = {name: row[name] for name in names if name in row}
            found[key] = Source(**{"key": key, "authors": "", "year": None, **known})
        return found
