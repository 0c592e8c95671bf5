"""What the readers of the files beside a model share: opening, missing fields, ranges, sources; every problem is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bayesnet.errors import Problem, SpecError
from bayesnet.model.records import Source
from bayesnet.model.vocabulary import GRADES

_UNCITED = ("judgement", "definition")


class Document:
    """One file beside the numbers of a model, with the problems found in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem | str] = []
        try:
            self.table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SpecError(str(path.parent), [Problem(path.name, "", f"cannot be read: {error}")]) from error

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
            if key not in keys:
                self.report(subject, f'"{key}" is not known', expected=", ".join(keys))

    def text(self, subject: str, row: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
        """A text of a table."""
        value = row.get(key, "")
        if not isinstance(value, str) or (needed and key not in row):
            self.report(subject, f'has no text "{key}"', got="" if key not in row else repr(value))
            return ""
        return value

    def ranged(self, subject: str, row: Mapping[str, Any]) -> tuple[float, float, float]:
        """Value, low and high of a table, in order."""
        found = [row.get(key) for key in ("value", "low", "high")]
        if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in found):
            self.report(subject, "needs value, low and high", got=str(found))
            return 0.0, 0.0, 0.0
        value, low, high = (float(x) for x in found if x is not None)
        if not low <= value <= high:
            self.report(subject, f"value {value:g} lies outside its range [{low:g}, {high:g}]")
        return value, low, high

    def cited(self, subject: str, row: Mapping[str, Any], sources: Collection[str]) -> tuple[str, str]:
        """Grade and source of a table; only judgements and definitions may go without a source."""
        grade, source = self.text(subject, row, "grade"), self.text(subject, row, "source", needed=False)
        if grade and grade not in GRADES:
            self.report(subject, f'grade "{grade}" is not known', expected=", ".join(GRADES))
        if source and source not in sources:
            self.report(subject, f'source "{source}" is not defined')
        if not source and grade not in _UNCITED:
            self.report(subject, "has no source", expected=f"one, or the grade {' or '.join(_UNCITED)}")
        if grade == "judgement" and not self.text(subject, row, "note", needed=False):
            self.report(subject, "is a judgement without a reason", way_out="give the reason in `note`")
        return grade, source

    def sources(self, others: Mapping[str, Source]) -> dict[str, Source]:
        """The publications named in the file, beside those of the model."""
        found = dict(others)
        fields = ("authors", "year", "title", "journal", "doi", "pmid", "url", "note")
        for key, row in self.table.get("sources", {}).items():
            self.known(f'source "{key}"', row, fields)
            found[key] = Source(key, row.get("authors", ""), row.get("year"), *(row.get(name, "") for name in fields[2:]))
        return found
