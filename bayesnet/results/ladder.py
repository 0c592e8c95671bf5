"""The ladder of Bayes factors, twice: as the network knows the findings, and as if each stood alone (naive Bayes)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import frequency, percent, ratio

ALIKE = 1.05
"""Odds that differ by less than this factor are called the same."""


@dataclass(frozen=True)
class Rung:
    """One finding: what it says alone and given those before it, and how far naive Bayes and the network have come with it.

    `alone` is its likelihood ratio when nothing else is found, `likelihood_ratio` that given the findings before it; `naive` is
    the probability after multiplying the odds by `alone` so far, `probability` that of the network.
    """

    finding: str
    alone: float
    naive: float
    likelihood_ratio: float
    probability: float


@dataclass(frozen=True, kw_only=True)
class Ladder(Result):
    """From prior to posterior, finding by finding, with and without the dependence between findings.

    Naive Bayes multiplies what each finding says alone, as if the findings were independent given the target and given its
    absence; the network multiplies what each says given those before it (Spiegelhalter & Knill-Jones 1984).
    """

    columns: ClassVar[tuple[str, ...]] = ("finding", "alone", "naive", "likelihood_ratio", "probability")

    target: str
    prior: float
    rungs: tuple[Rung, ...]

    def __iter__(self) -> Iterator[Rung]:
        return iter(self.rungs)

    def __len__(self) -> int:
        return len(self.rungs)

    @property
    def posterior(self) -> float:
        """The probability of the target after all findings."""
        return self.rungs[-1].probability if self.rungs else self.prior

    @property
    def naive(self) -> float:
        """What naive Bayes makes of the same findings."""
        return self.rungs[-1].naive if self.rungs else self.prior

    @property
    def excess(self) -> float:
        """Odds of naive Bayes over odds of the network: how much is counted twice; NaN where either is certain."""
        if not (0.0 < self.posterior < 1.0 and 0.0 < self.naive < 1.0):
            return math.nan
        return self.naive / (1.0 - self.naive) * (1.0 - self.posterior) / self.posterior

    def heading(self) -> str:
        """Say what is climbed."""
        return f"ladder to {self.title}"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per finding."""
        return [(r.finding, r.alone, r.naive, r.likelihood_ratio, r.probability) for r in self.rungs]

    def grid(self) -> Grid:
        """One line per finding after a first line for the prior: naive Bayes on the left, the network on the right."""
        first = ("before the findings", "", percent(self.prior), "", percent(self.prior), frequency(self.prior))
        lines = [
            (
                r.finding,
                ratio(r.alone),
                percent(r.naive),
                ratio(r.likelihood_ratio),
                percent(r.probability),
                frequency(r.probability),
            )
            for r in self.rungs
        ]
        return Grid(("what is found", "LR alone", "naive Bayes", "LR here", "network", "that is"), (first, *lines))

    def conclusion(self) -> str:
        """Say what the dependence between the findings is worth."""
        if len(self.rungs) < 2:
            return "One finding alone cannot be counted twice: naive Bayes and the network agree."
        if math.isnan(self.excess):
            return f"Naive Bayes gives {percent(self.naive)}, the network {percent(self.posterior)}."
        both = (
            f"Taken as independent the findings would give {percent(self.naive)}, {frequency(self.naive)}; the network, which "
            f"knows how they hang together, gives {percent(self.posterior)}, {frequency(self.posterior)}."
        )
        if 1.0 / ALIKE < self.excess < ALIKE:
            return f"{both} Here the dependence between them hardly matters."
        high = self.excess > 1.0
        factor = ratio(self.excess if high else 1.0 / self.excess)
        return f"{both} Ignoring their dependence makes the odds {factor} times too {'high' if high else 'low'}."

    def footer(self) -> str:
        """The conclusion, and what to distrust."""
        note = '"alone": with no other finding; "here": given the findings above it. LR: odds after over odds before.'
        return "\n\n".join(part for part in (wrapped(self.conclusion(), "  ") + "\n" + wrapped(note), super().footer()) if part)
