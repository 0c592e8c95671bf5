"""What moved a target from prior to posterior: its findings in order, with likelihood ratios and decibans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import frequency, percent, ratio


@dataclass(frozen=True)
class Weight:
    """One finding on the way from prior to posterior, taken in the order in which the findings were given.

    `likelihood_ratio` is odds after over odds before, so given the findings above it; `decibans` is ten times its decimal
    logarithm; `probability` is that of the target after this finding.
    """

    finding: str
    likelihood_ratio: float
    decibans: float
    probability: float


@dataclass(frozen=True, kw_only=True)
class Weights(Result):
    """What speaks for and against a target: its findings in order, each with its likelihood ratio given those before it.

    The decibans add up to those of all findings together (Good 1985).
    """

    columns: ClassVar[tuple[str, ...]] = ("finding", "likelihood_ratio", "decibans", "probability")

    target: str
    prior: float
    weights: tuple[Weight, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per finding."""
        return [(w.finding, w.likelihood_ratio, w.decibans, w.probability) for w in self.weights]

    def grid(self) -> Grid:
        """One line per finding, after a first line for the prior."""
        first = ("before the findings", "", "", percent(self.prior), frequency(self.prior))
        lines = [
            (w.finding, ratio(w.likelihood_ratio), _signed(w.decibans), percent(w.probability), frequency(w.probability))
            for w in self.weights
        ]
        return Grid((f"what speaks for {self.target}", "LR", "decibans", "probability", "that is"), (first, *lines))


def _signed(value: float) -> str:
    if not math.isfinite(value):
        return "–" if math.isnan(value) else f"{value:+}"
    return f"{value:+.1f}" if abs(value) >= 0.05 else "0.0"
