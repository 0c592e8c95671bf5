"""Natural frequencies of several findings, one after the other: how many are left at each step, and how many of them have it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import frequency, percent


@dataclass(frozen=True)
class Step:
    """Those who have this finding and all before it: with and without the target, in people and exactly.

    `share_with` and `share_without` are the shares of those left at the step before, with the target and without it, who have
    this finding too; their ratio is its likelihood ratio.
    """

    finding: str
    with_target: int
    without_target: int
    probability_with: float
    probability_without: float
    share_with: float
    share_without: float

    @property
    def count(self) -> int:
        """How many are left."""
        return self.with_target + self.without_target

    @property
    def posterior(self) -> float:
        """P(target | this finding and all before it), exactly; NaN where nobody can be left."""
        left = self.probability_with + self.probability_without
        return self.probability_with / left if left > 0.0 else math.nan


@dataclass(frozen=True, kw_only=True)
class FrequencySequence(Result):
    """A population in whole people, parted by one finding after the other; at each step those who have all findings so far go on.

    The first step is the whole population, with an empty `finding`. Every count is the exact figure rounded to a whole person, so
    it is at most half a person off, and nobody joins on the way.

    References
    ----------
    Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and complex
    inference tasks. Frontiers in Psychology 6, 1473.
    """

    columns: ClassVar[tuple[str, ...]] = ("finding", "with_target", "without_target", "share_with", "share_without", "posterior")

    target: str
    without_target: str
    population: str
    of: int
    steps: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def posterior(self) -> float:
        """P(target | all findings), exactly."""
        return self.steps[-1].posterior

    def heading(self) -> str:
        """Say what is counted, and among whom."""
        found = ", ".join(step.finding for step in self.steps[1:])
        return f"natural frequencies of {self.target} after {found}" + (f" | {self.population}" if self.population else "")

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per step, the whole population first."""
        return [(s.finding, s.with_target, s.without_target, s.share_with, s.share_without, s.posterior) for s in self.steps]

    def grid(self) -> Grid:
        """One line per step: people on both sides, the share that went on, and what the target is among those left."""
        lines = []
        for k, s in enumerate(self.steps):
            sides = ((s.with_target, s.share_with), (s.without_target, s.share_without))
            people = [f"{count:,d}" + (f" ({percent(share)})" if k else "") for count, share in sides]
            lines.append(
                (f"and {s.finding}" if k > 1 else s.finding or "all", *people, percent(s.posterior), frequency(s.posterior))
            )
        return Grid(
            ("who", f"{self.target} (share left)", f"{self.without_target} (share left)", "exactly", "that is"), tuple(lines)
        )

    def conclusion(self) -> str:
        """Say what all findings together mean, in whole people and exactly."""
        last = self.steps[-1]
        if math.isnan(last.posterior):
            return f"Nobody can have all of this, so that it says nothing of {self.target}."
        if not last.count:
            return (
                f"Fewer than one in {self.of:,d} has all of this; exactly, {percent(last.posterior)} of them have {self.target}."
            )
        have = "has" if last.with_target == 1 else "have"
        exactly = f"{percent(last.posterior)}, {frequency(last.posterior)}"
        return f"Of the {last.count:,d} left, {last.with_target:,d} {have} {self.target}; exactly, {exactly}."

    def larger(self) -> int:
        """The power of ten in which somebody is left on both sides; this population where it is enough or nobody can be."""
        last = self.steps[-1]
        rarest = min((p for p in (last.probability_with, last.probability_without) if p > 0.0), default=1.0)
        if rarest * self.of >= 1.0 or rarest < 1e-9:
            return self.of
        return int(10 ** math.ceil(-math.log10(rarest) - 1e-9))

    def footer(self) -> str:
        """The conclusion, a way to see more where the population is too small, and what to distrust."""
        lines = [self.conclusion()]
        if self.larger() > self.of:
            lines.append(f"{self.of:,d} people are too few to show both sides to the end; of={self.larger():_d} shows them.")
        return "\n\n".join(part for part in ("\n".join(wrapped(line, "  ") for line in lines), super().footer()) if part)
