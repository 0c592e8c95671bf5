"""Changes between two models: numbers, structure, publications, and the answers that moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import cited, counted, percent

_MOST = 30
"""Answers that a print lists; it counts the others."""


@dataclass(frozen=True, repr=False)
class ChangedNumber(Record):
    """A number that is not the same in both; values are NaN where it is not there, `what` names what else changed."""

    number: str
    value_before: float
    value_after: float
    low_before: float
    low_after: float
    high_before: float
    high_after: float
    what: tuple[str, ...]

    def line(self) -> str:
        """Before and after in one line."""
        before = _number(self.value_before, self.low_before, self.high_before)
        after = _number(self.value_after, self.low_after, self.high_after)
        moved = f"{before} → {after}" if before != after else before
        return "; ".join([f"{self.number}: {moved}", *self.what])


@dataclass(frozen=True, repr=False)
class MovedAnswer(Record):
    """A question whose answer moved; `kind` is prior, example or target."""

    kind: str
    question: str
    before: float
    after: float
    inside_before: bool | None = None
    """Targets: whether the answer lay in the published range."""
    inside_after: bool | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ModelDiff(Records[ChangedNumber], Result):
    """Changes from one model to another: structure, numbers, publications, and the answers that moved, most first."""

    held_in: ClassVar[str] = "numbers"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number", "value_before", "value_after", "low_before", "low_after", "high_before", "high_after", "what",
    )  # fmt: skip

    before: str
    after: str
    structure: tuple[str, ...]
    """Variables, states, parents, gates and groups that changed, one sentence each."""
    numbers: tuple[ChangedNumber, ...]
    sources: tuple[str, ...]
    answers: tuple[MovedAnswer, ...]
    asked: int
    """Number of answers compared."""
    least: float
    """The smallest change of a probability that is listed."""

    def header(self) -> str:
        """Return the two models."""
        return wrapped(self.title, "  ")

    @property
    def same(self) -> bool:
        """Whether the two models are equal."""
        return not (self.structure or self.numbers or self.sources or self.answers)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number that changed."""
        return [(*(getattr(n, name) for name in self.columns[:-1]), "; ".join(n.what)) for n in self.numbers]

    def grid(self) -> Grid:
        """Return the answers that moved."""
        lines = [(a.kind, a.question, _answer(a.before), _answer(a.after), _verdict(a)) for a in self.answers[:_MOST]]
        return Grid(("", "question", "before", "after", ""), tuple(lines), frozenset({0, 1, 4}))

    def introduction(self) -> str:
        """Return what changed, and how many answers moved."""
        if self.same:
            return "Nothing changed."
        parts = []
        for heading, lines in (
            (counted(len(self.structure), "change of structure", "changes of structure"), self.structure),
            (f"{counted(len(self.numbers), 'number')} changed", [n.line() for n in self.numbers]),
            (f"{counted(len(self.sources), 'publication')} changed", self.sources),
        ):
            if lines:
                parts.append("\n".join([heading, *(wrapped(f"  {line}", "    ") for line in lines)]))
        moved = f"{len(self.answers):,d} of {counted(self.asked, 'answer')} moved by {percent(self.least, 1)} or more"
        return "\n\n".join([*parts, moved])

    def body(self) -> str:
        """Return the answers that moved as a table."""
        return self.grid().text() if self.answers else ""

    def footer(self) -> str:
        """Return how many answers that moved are not listed."""
        more = len(self.answers) - _MOST
        return f"… and {more:,d} more" if more > 0 else ""


def _number(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "not there"
    return cited(value, low, high, "")


def _answer(value: float) -> str:
    if math.isnan(value):
        return "–"
    return percent(value) if value <= 1.0 else f"{value:.3g}"


def _verdict(answer: MovedAnswer) -> str:
    if answer.inside_before is None or answer.inside_before == answer.inside_after:
        return ""
    return "now inside its range" if answer.inside_after else "now outside its range"
