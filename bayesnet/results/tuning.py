"""Smallest changes that make an answer what it should be, ranges that keep the best explanation, distances of networks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import given, percent, plain, short


@dataclass(frozen=True, repr=False)
class Change(Record):
    """One way to meet the constraint: a number from `value` to `new`, `log_odds_change` of it, and the CD distance it costs.

    For a whole column, `number` is `variable | parents`, `value` and `new` are the states with their probabilities, and
    `log_odds_change` is the shift of the odds of the states that rise against those that fall.
    """

    number: str
    value: float | dict[str, float]
    new: float | dict[str, float]
    log_odds_change: float
    cd: float
    inside: bool
    source: str
    grade: str
    citation: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Tuning(Records[Change], Result):
    """The single numbers, or whole columns, that can meet a constraint by themselves, the smallest change of log-odds first.

    `constraint` says what was asked, `value` what the answer is now, `satisfied` whether it holds already. `inside` marks a
    change within the number's cited range.

    References
    ----------
    Chan H, Darwiche A (2002). When do numbers really matter? J Artif Intell Res 17:265-287.
    Chan H, Darwiche A (2004). Sensitivity analysis in Bayesian networks: from single to multiple parameters. UAI 2004, 67-75.
    """

    verb: ClassVar[str] = "tune"
    held_in: ClassVar[str] = "changes"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = ("number", "value", "new", "log_odds_change", "cd")

    constraint: str
    value: float
    satisfied: bool
    changes: tuple[Change, ...]
    tried: int
    locked: int

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per change."""
        return [(c.number, c.value, c.new, c.log_odds_change, c.cd) for c in self.changes]

    def grid(self) -> Grid:
        """Return the twenty smallest changes."""
        lines = tuple(
            (
                short(c.number),
                _told(c.value),
                _told(c.new),
                f"{c.log_odds_change:+.3g}",
                f"{c.cd:.3g}",
                "yes" if c.inside else "no",
            )
            for c in self.changes[:20]
        )
        return Grid(("number", "now", "needed", "log-odds", "CD", "in its range"), lines, frozenset({0, 1, 2}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the constraint and the present answer."""
        return "\n".join([super().header(), wrapped(f"Wanted: {short(self.constraint)}; now {plain(self.value)}.")])

    def footer(self) -> str:
        """Return how many can do it, and whether anything has to change."""
        if self.satisfied:
            text = "The constraint holds already; nothing has to change."
        else:
            text = f"{len(self.changes)} of {self.tried} can do it by themselves; {self.locked} were locked."
        return "\n".join(part for part in (text, super().footer()) if part)


@dataclass(frozen=True, kw_only=True, repr=False)
class ExplanationRange(Result):
    """The values of one number for which the most probable explanation stays the same.

    Beyond `low` (or `high`) another assignment takes over; `below` and `above` hold what changes in it. `low` and `high` are the
    ends of what the number can be where nothing changes.

    References
    ----------
    Chan H, Darwiche A (2006). On the robustness of most probable explanations. UAI 2006, 63-71.
    """

    verb: ClassVar[str] = "most probable range"

    columns: ClassVar[tuple[str, ...]] = ("number", "value", "low", "high", "below", "above")

    number: str
    value: float
    low: float
    high: float
    below: dict[str, str]
    above: dict[str, str]
    assignment: dict[str, str]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row."""
        return [(self.number, self.value, self.low, self.high, self.below, self.above)]

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"{short(self.number)}, {given(self.title)}"

    def grid(self) -> Grid:
        """Return the two ends and what changes there."""
        lines = tuple(
            (end, plain(at), ", ".join(f"{k}={v}" for k, v in change.items()) or "nothing changes")
            for end, at, change in (("from", self.low, self.below), ("to", self.high, self.above))
        )
        return Grid(("holds", "value", "beyond it"), lines, frozenset({0, 2}))


@dataclass(frozen=True, kw_only=True, repr=False)
class Distance(Result):
    """The distance between two networks over the same variables.

    `cd` bounds every query: its odds change by a factor within [exp(-cd), exp(cd)], whatever the findings. `kl` is
    KL(first || second) of the joint distributions in nats.

    References
    ----------
    Chan H, Darwiche A (2005). A distance measure for bounding probabilistic belief change. Int J Approx Reason 38:149-174.
    """

    verb: ClassVar[str] = "distance"

    columns: ClassVar[tuple[str, ...]] = ("measure", "value")

    cd: float
    kl: float
    changed: tuple[str, ...]

    def bound(self, probability: float) -> tuple[float, float]:
        """Return the least and the largest value in the second network of a query that has `probability` in the first.

        >>> Distance(cd=0.0, kl=0.0, changed=()).bound(0.3)
        (0.3, 0.3)
        """
        if probability in (0.0, 1.0) or self.cd == 0.0:
            return (probability, probability) if math.isfinite(self.cd) else (0.0, 1.0)
        if math.isinf(self.cd):
            return 0.0, 1.0
        odds = probability / (1.0 - probability)
        down, up = odds * math.exp(-self.cd), odds * math.exp(self.cd) if self.cd < 700.0 else math.inf
        return down / (1.0 + down), 1.0 if math.isinf(up) else up / (1.0 + up)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the two measures."""
        return [("CD distance", self.cd), ("KL divergence", self.kl)]

    def footer(self) -> str:
        """Return the bounds that follow from the CD distance, and the variables that differ."""
        low, high = self.bound(0.5)
        text = (
            f"The odds of any query change at most by a factor of {math.exp(self.cd) if self.cd < 700.0 else math.inf:.4g}: "
            f"one of 50 % stays between {percent(low)} and {percent(high)}. Different: {', '.join(self.changed) or 'nothing'}."
        )
        return "\n".join(part for part in (wrapped(text), super().footer()) if part)


def _told(value: float | dict[str, float]) -> str:
    """Return a value, or a column of them."""
    if isinstance(value, dict):
        return ", ".join(f"{state}={p:.3g}" for state, p in value.items())
    return f"{value:.4g}"
