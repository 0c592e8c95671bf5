"""Bars over the cited ranges, the surface over two numbers, the sources an answer rests on, and the numbers that flip it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bayesnet.model.records import Source
from bayesnet.model.vocabulary import HOW_KNOWN
from bayesnet.results.base import Result
from bayesnet.results.bibliography import Bibliography
from bayesnet.results.records import Record, Records
from bayesnet.results.sensitivity import brief, ranged, two
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import given, interval, percent, plain, short

MATTERS = 0.01
"""A number matters to an answer that it can move by a percentage point over its own range."""

_SHOWN = 20


@dataclass(frozen=True, repr=False)
class Bar(Record):
    """One number over its own range: the answer with it at `low` and at `high`, all others as they are."""

    number: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    source: str
    citation: str
    grade: str
    known: str = ""
    """The way the number is known; see `model.provenance`."""

    @property
    def width(self) -> float:
        """Length of the bar."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, kw_only=True, repr=False)
class Tornado(Records[Bar], Result):
    """Bars `[f(low), f(high)]`, one per number over its own cited range, widest first, about the probability in `label`."""

    verb: ClassVar[str] = "tornado"
    held_in: ClassVar[str] = "bars"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number",
        "value",
        "low",
        "high",
        "at_low",
        "at_high",
        "width",
        "source",
        "grade",
        "known",
    )

    label: str
    value: float
    bars: tuple[Bar, ...]
    total: int
    assumption: str = ""

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per bar."""
        return [tuple(getattr(bar, name) for name in self.columns) for bar in self.bars]

    def grid(self) -> Grid:
        """Return one line per bar."""
        lines = tuple(
            (
                short(b.number),
                ranged(b.value, b.low, b.high),
                interval(b.at_low, b.at_high),
                brief(b.citation or "–"),
                f"{b.grade}; {b.known}" if b.known in HOW_KNOWN else b.grade,
            )
            for b in self.bars
        )
        headings = ("number", "value [range]", "low to high", "source", "grade; known")
        return Grid(headings, lines, frozenset({0, 3, 4}), optional=(4,))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the question of the bars, and the present answer."""
        now = f"Base case {percent(self.value)}; each row varies one number over its cited range."
        return "\n".join([super().header(), wrapped(now)])

    def footer(self) -> str:
        """Return the number of bars in all."""
        text = f"The {len(self.bars)} widest of {self.total} numbers whose range changes the answer."
        return "\n".join(part for part in (text, wrapped(self.assumption), super().footer()) if part)


@dataclass(frozen=True, kw_only=True, repr=False)
class TwoWay(Result):
    """The answer over two numbers at once: `values[i][j]` is f(first[i], second[j]).

    `numerator` and `denominator` hold the coefficients of `1, x, y, x y` in P(h, e) and P(e) where both numbers enter linearly
    and independently; NaN otherwise.

    References
    ----------
    Kjaerulff U, van der Gaag LC (2000). Making sensitivity analysis computationally efficient. UAI 2000, 317-325.
    """

    verb: ClassVar[str] = "two-way"

    columns: ClassVar[tuple[str, ...]] = ("first", "second", "f")

    label: str
    number_1: str
    number_2: str
    now: tuple[float, float, float]
    first: tuple[float, ...]
    second: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    numerator: tuple[float, float, float, float]
    denominator: tuple[float, float, float, float]

    def __call__(self, x: float, y: float) -> float:
        """f(x, y) from the coefficients; NaN if there are none."""
        terms = (1.0, x, y, x * y)
        hit = math.fsum(k * t for k, t in zip(self.numerator, terms, strict=True))
        total = math.fsum(k * t for k, t in zip(self.denominator, terms, strict=True))
        return hit / total if total else math.nan

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per point of the grid."""
        return [
            (x, y, f) for x, line in zip(self.first, self.values, strict=True) for y, f in zip(self.second, line, strict=True)
        ]

    def grid(self) -> Grid:
        """Return a coarse table: the first number down, the second across."""
        down, across = _few(len(self.first)), _few(len(self.second))
        headings = (f"{short(self.number_1)} down", *(plain(self.second[j]) for j in across))
        return Grid(headings, tuple((plain(self.first[i]), *(percent(self.values[i][j]) for j in across)) for i in down))

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"{short(self.title)}, over {short(self.number_1)} and {short(self.number_2)}"

    def header(self) -> str:
        """Return the question of the surface."""
        x, y, f = self.now
        now = f"Base case {percent(f)} at {plain(x)} and {plain(y)}; across: {short(self.number_2)}."
        return "\n".join([super().header(), wrapped(now)])


@dataclass(frozen=True, repr=False)
class SourceShare(Record):
    """One publication: how far the answer moves when all its numbers move within their ranges.

    `low` and `high` are the answers at the two worst corners of those ranges; `strongest` is the number that does most by itself.
    """

    source: str
    citation: str
    numbers: int
    low: float
    high: float
    strongest: str

    @property
    def width(self) -> float:
        """The distance by which the answer moves."""
        return self.high - self.low


@dataclass(frozen=True, kw_only=True, repr=False)
class Sources(Records[SourceShare], Result):
    """The publications an answer rests on, the one first whose numbers can move it most."""

    verb: ClassVar[str] = "sources"
    held_in: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source", "citation")

    columns: ClassVar[tuple[str, ...]] = ("source", "citation", "numbers", "low", "high", "width", "strongest")

    label: str
    value: float
    sources: tuple[SourceShare, ...]
    assumption: str = ""
    records: tuple[Source, ...] = ()
    """The publications themselves."""

    @property
    def bibliography(self) -> Bibliography:
        """The same publications as text, BibTeX or CSL-JSON."""
        return Bibliography(title=f"publications behind {self.title}", provenance=self.provenance, sources=self.records)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per publication."""
        return [tuple(getattr(source, name) for name in self.columns) for source in self.sources]

    def grid(self) -> Grid:
        """Return one line per publication that moves the answer."""
        lines = tuple(
            (brief(s.citation, 30), str(s.numbers), interval(s.low, s.high), short(s.strongest))
            for s in self.sources
            if s.width > 0
        )
        return Grid(("source", "numbers", "answer between", "most by"), lines[:_SHOWN], frozenset({0, 3}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the answer now, and how to read a line."""
        text = (
            f"Base case {percent(self.value)}; each row moves all numbers of one source within their ranges, first each to the "
            "end that lowers the answer, then each to the end that raises it."
        )
        return "\n".join([super().header(), wrapped(text)])

    def footer(self) -> str:
        """Return how the corners were found, and the publications that do not matter."""
        moving = sum(s.width > 0 for s in self.sources)
        text = (
            "The corners are chosen by the sign of each slope and improved by turning single numbers over until none helps; the "
            f"answer at each corner is exact. {min(moving, _SHOWN)} of {moving} sources that move this answer; "
            f"{len(self.sources) - moving} do not."
        )
        return "\n".join(part for part in (wrapped(text), wrapped(self.assumption), super().footer()) if part)


@dataclass(frozen=True, repr=False)
class Flip(Record):
    """A number that by itself, inside its range, changes what leads (or what is advised): from `before` to `after` at `at`."""

    number: str
    value: float
    low: float
    high: float
    at: float
    what: str
    before: str
    after: str
    source: str
    citation: str
    grade: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Flips(Records[Flip], Result):
    """The single numbers whose cited range is wide enough to change the leading diagnosis or the advice, nearest first.

    `labels` says the options of the decision, by name, as a person reads them.
    """

    verb: ClassVar[str] = "flips"
    held_in: ClassVar[str] = "flips"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = ("number", "value", "low", "high", "at", "what", "before", "after", "source", "grade")

    leader: str
    advice: str
    flips: tuple[Flip, ...]
    tried: int
    assumption: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def named(self, flip: Flip) -> str:
        """Return the new leader or option, as a person reads it."""
        return self.labels.get(flip.after, flip.after) if flip.what == "advice" else short(flip.after)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per flip."""
        return [tuple(getattr(flip, name) for name in self.columns) for flip in self.flips]

    def grid(self) -> Grid:
        """Return one line per flip."""
        lines = tuple(
            (
                short(f.number),
                ranged(f.value, f.low, f.high),
                two(f.at),
                f.what,
                self.named(f),
                brief(f.citation or f.grade),
            )
            for f in self.flips
        )
        if not lines:
            return Grid(("no single number changes the leading diagnosis within its range",), ())
        return Grid(("number", "value [range]", "at", "changes", "to", "source"), lines, frozenset({0, 3, 4, 5}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title) if " | " in self.title else given(short(self.title))

    def header(self) -> str:
        """Return the present leader and advice."""
        now = f"Leading now: {short(self.leader)}." + (
            f" Advice now: {self.labels.get(self.advice, self.advice)}." if self.advice else ""
        )
        return "\n".join([super().header(), wrapped(now)])

    def footer(self) -> str:
        """Return the number of numbers that were tried."""
        text = f"{len(self.flips)} of {self.tried} numbers with a range change the leading diagnosis or the advice by themselves."
        return "\n".join(part for part in (text, wrapped(self.assumption), super().footer()) if part)


def _few(count: int) -> list[int]:
    """At most six places, evenly spread, both ends included."""
    if count <= 6:
        return list(range(count))
    return [round(i * (count - 1) / 5) for i in range(6)]
