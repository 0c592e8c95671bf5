"""Sensitivity of one answer: the table of all numbers, and the curve of one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar

from bayesnet.errors import OutOfRange
from bayesnet.results.base import PROVENANCE, Result, safe
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import frequency, interval, percent, plain, short

Curve = Callable[[float], tuple[float, float]]
"""x to P(h, e) and P(e), both on the same scale."""


@dataclass(frozen=True, repr=False)
class NumberSensitivity(Record):
    """One number and what it does to f(x) = P(h | e).

    `f(x) = (a x + b) / (c x + d)` with `a x + b = P(h, e)` and `c x + d = P(e)`; NaN where the number enters non-linearly.
    `at_low` and `at_high` are f at the ends of its cited range. `admissible_low` and `admissible_high` bound the values for which
    the leader stays; the end of what the number can be (`lowest`, `highest`) where it always does. `structural` marks a number
    that is exactly zero or one, a statement about what can be.
    """

    number: str
    value: float
    low: float
    high: float
    derivative: float
    a: float
    b: float
    c: float
    d: float
    sensitivity_value: float
    vertex_proximity: float
    admissible_low: float
    admissible_high: float
    at_low: float
    at_high: float
    lowest: float
    highest: float
    linear: bool
    structural: bool
    source: str
    citation: str
    grade: str

    @property
    def width(self) -> float:
        """The distance by which the answer moves over the cited range."""
        return abs(self.at_high - self.at_low)

    @property
    def flip(self) -> float:
        """The nearest value at which the leader changes; NaN where none does."""
        ends = [
            end
            for end, bound in ((self.admissible_low, self.lowest), (self.admissible_high, self.highest))
            if math.isfinite(end) and end != bound
        ]
        return min(ends, key=lambda end: abs(end - self.value), default=math.nan)

    @property
    def flips_in_range(self) -> bool:
        """Whether the leader changes while the number stays inside its cited range."""
        return self.low < self.admissible_low or self.high > self.admissible_high


@dataclass(frozen=True, kw_only=True, repr=False)
class Sensitivities(Records[NumberSensitivity], Result):
    """Every number of the network for one question, those first that move the answer most over their cited range.

    `value` is f(x0) = P(target | findings), `leader` the most probable diagnosis (or state of the target) at the present numbers.
    `slopes` holds what one pass gives of every number, in the order of the model, as arrays: value, derivative, a, b, c, d. What
    takes more than that, the ends of the ranges and the flip points, is computed when it is first read. `assumption` says where
    ranges come from when the network cites none.
    """

    verb: ClassVar[str] = "sensitivities"
    held_in: ClassVar[str] = "numbers"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number",
        "value",
        "low",
        "high",
        "derivative",
        "a",
        "b",
        "c",
        "d",
        "sensitivity_value",
        "admissible_low",
        "admissible_high",
        "source",
        "grade",
    )

    target: str
    value: float
    slopes: Mapping[str, Any] = field(repr=False, compare=False)
    complete: Callable[[], tuple[str, Mapping[str, Sequence[Any]]]] = field(repr=False, compare=False)
    assumption: str = ""
    covariation: str = "proportional"
    shown: int = 20

    @cached_property
    def _completed(self) -> tuple[str, Mapping[str, Sequence[Any]]]:
        return self.complete()

    @property
    def leader(self) -> str:
        """The most probable diagnosis, or state of the target, at the present numbers."""
        return self._completed[0]

    @property
    def table(self) -> Mapping[str, Sequence[Any]]:
        """The fields of `NumberSensitivity` by name, one entry per number, in the order printed."""
        return self._completed[1]

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what was computed, not how."""
        completed = self._completed
        return {**self.__dict__, "complete": None, "_completed": completed}

    @cached_property
    def numbers(self) -> tuple[NumberSensitivity, ...]:
        """One record per number."""
        names = [f.name for f in fields(NumberSensitivity)]
        rows = zip(*(self.table[name] for name in names), strict=True)
        return tuple(NumberSensitivity(*row) for row in rows)

    def __len__(self) -> int:
        return len(self.slopes["number"])

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number."""
        return list(zip(*(self.table[name] for name in self.columns), strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer with one record per number."""
        provenance = {name: safe(getattr(self.provenance, name)) for name in PROVENANCE}
        names = ("title", "target", "value", "leader", "assumption", "covariation")
        answer = {name: safe(getattr(self, name)) for name in names}
        return {"kind": type(self).__name__, **answer, "numbers": [safe(line) for line in self.numbers], **provenance}

    def grid(self) -> Grid:
        """Return the numbers that matter: value and range, the answer over that range, where the leader changes, source."""
        lines = tuple(
            (
                short(line.number),
                ranged(line.value, line.low, line.high),
                interval(line.at_low, line.at_high),
                flip_text(line),
                brief(line.citation or line.grade),
            )
            for line in self.numbers
            if line.width > 0 and not line.structural
        )
        return Grid(("number", "value [range]", "low to high", "flips at", "source"), lines[: self.shown], frozenset({0, 4}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the question with its answer, and how to read the lines."""
        answer = f"Base case {percent(self.value)}, {frequency(self.value)}."
        return "\n".join([super().header(), "", answer, self._reading()])

    def _reading(self) -> str:
        """Return how a line is read."""
        return wrapped(
            "Each row varies one number over its cited range, the others fixed, and shows the answer at both ends. Flips at: the "
            f"value beyond which {short(self.leader)} is no longer the most probable; * marks a value within the cited range."
        )

    def footer(self) -> str:
        """Return the number of lines in all, the origin of the ranges, and the caveats."""
        moving = sum(line.width > 0 and not line.structural for line in self.numbers)
        fixed = sum(line.structural for line in self.numbers)
        curved = sum(not line.linear and line.derivative != 0.0 for line in self.numbers)
        silent = sum(line.derivative == 0.0 and not line.structural for line in self.numbers)
        text = (
            f"{min(moving, self.shown)} of {moving} numbers that move the answer within their ranges; {silent} cannot move it, "
            f"{fixed} are zeros and ones of the model and were not varied."
        )
        if curved:
            text += (
                f" {curved} enter non-linearly (leaks, odds ratios), so their sensitivity function is not a hyperbola; "
                "their ends are exact too."
            )
        return "\n".join(part for part in (wrapped(text), wrapped(self.assumption), super().footer()) if part)


@dataclass(frozen=True, kw_only=True, repr=False)
class SensitivityFunction(Result):
    """The answer as a function of one number, all others as they are: call it, or `solve` it for an answer.

    `linear` is true where `f(x) = (a x + b) / (c x + d)`; otherwise the coefficients are NaN and the curve is had by running
    the network again with the number at x. `lowest` and `highest` bound what the number can be.

    References
    ----------
    Laskey KB (1995). Sensitivity analysis for probability assessments in Bayesian networks. IEEE Trans SMC 25(6):901-909.
    Castillo E, Gutierrez JM, Hadi AS (1997). Sensitivity analysis in discrete Bayesian networks. IEEE Trans SMC A 27(4):412-423.
    van der Gaag LC, Renooij S (2001). Analysing sensitivity data from probabilistic networks. UAI 2001, 530-537.
    """

    verb: ClassVar[str] = "sensitivity"

    columns: ClassVar[tuple[str, ...]] = ("x", "f")

    target: str
    line: NumberSensitivity
    curve: Curve = field(repr=False, compare=False)
    points: tuple[float, ...]
    values: tuple[float, ...]
    solver: Callable[[float], list[float]] = field(repr=False, compare=False)

    def __call__(self, x: float) -> float:
        """Return P(target | findings) with the number at x.

        Raises
        ------
        OutOfRange
            A ValueError: the number cannot be x while the others are fixed.
        """
        if not self.line.lowest - 1e-12 <= x <= self.line.highest + 1e-12:
            lowest, highest = plain(self.line.lowest), plain(self.line.highest)
            allowed = f"allowed: {lowest} to {highest}"
            raise OutOfRange(f'"{self.number}": {x:g} is out of range with the other numbers fixed ({allowed}).')
        hit, total = self.curve(float(x))
        return hit / total if total > 0 else math.nan

    def solve(self, p: float) -> list[float]:
        """Return every x for which f(x) = p, smallest first; empty if there is none."""
        return self.solver(float(p))

    @property
    def number(self) -> str:
        """The id of the number."""
        return self.line.number

    @property
    def a(self) -> float:
        """Slope of P(h, e)."""
        return self.line.a

    @property
    def b(self) -> float:
        """P(h, e) at x = 0."""
        return self.line.b

    @property
    def c(self) -> float:
        """Slope of P(e)."""
        return self.line.c

    @property
    def d(self) -> float:
        """P(e) at x = 0."""
        return self.line.d

    @property
    def derivative(self) -> float:
        """f'(x0)."""
        return self.line.derivative

    @property
    def linear(self) -> bool:
        """Whether P(h, e) and P(e) are linear in the number."""
        return self.line.linear

    def rows(self) -> list[tuple[Any, ...]]:
        """Points of the curve."""
        return list(zip(self.points, self.values, strict=True))

    def grid(self) -> Grid:
        """Return a dozen points."""
        step = max(1, len(self.points) // 12)
        lines = tuple((plain(x), percent(f)) for x, f in list(zip(self.points, self.values, strict=True))[::step])
        return Grid((short(self.number), "answer"), lines, frozenset())

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"{short(self.title)}, over {short(self.number)}"

    def header(self) -> str:
        """Return the question, and the formula."""
        if self.linear:
            formula = f"f(x) = ({self.a:.6g} x + {self.b:.6g}) / ({self.c:.6g} x + {self.d:.6g})"
        else:
            formula = "f(x) is not a hyperbola: the number enters non-linearly; each point is computed exactly"
        now = f"now x = {plain(self.line.value)}, f(x) = {percent(self(self.line.value))}, slope {self.derivative:.4g}"
        return "\n".join([super().header(), formula, now])

    def to_dict(self) -> dict[str, Any]:
        """Return the record of the number and points of the curve."""
        provenance = {name: safe(getattr(self.provenance, name)) for name in PROVENANCE}
        answer = {"title": self.title, "target": self.target, "line": safe(self.line)}
        return {"kind": type(self).__name__, **answer, "points": safe(self.points), "values": safe(self.values), **provenance}


def ranged(value: float, low: float, high: float) -> str:
    """Return a value with its range.

    >>> ranged(0.52, 0.2, 0.83), ranged(0.000322, 0.000177, 0.000668)
    ('0.52 [0.2, 0.83]', '0.00032 [0.00018, 0.00067]')
    """
    return two(value) if low == high else f"{two(value)} [{two(low)}, {two(high)}]"


def two(value: float) -> str:
    """Return a number with two figures, larger ones as whole numbers.

    >>> two(0.000322), two(15.0), two(131.4)
    ('0.00032', '15', '131')
    """
    return f"{value:.2g}" if abs(value) < 99.5 else f"{value:,.0f}"


def brief(source: str, most: int = 20) -> str:
    """Return a source cut between words to fit a table.

    >>> brief("Henschke 2013"), brief("National Center for Health Statistics 2006")
    ('Henschke 2013', 'National Center for…')
    """
    if len(source) <= most:
        return source
    whole, blank, _ = source[:most].rpartition(" ")
    return (whole if blank else source[: most - 1]) + "…"


def flip_text(line: NumberSensitivity) -> str:
    """Return where the leader changes, with a star where the cited range reaches it."""
    if math.isnan(line.flip):
        return "never"
    return f"{'* ' if line.flips_in_range else ''}{two(line.flip)}"
