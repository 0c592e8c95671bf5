"""Net benefit over thresholds: a model beside treating all and treating none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import percent


@dataclass(frozen=True, kw_only=True)
class DecisionCurve(Result):
    """`TP/n - FP/n * t/(1 - t)` at each threshold t, for acting by the model, on all, and on none (which is 0).

    `low` and `high` hold the middle 95 % of the model's net benefit over resamples of the cohort.

    References
    ----------
    Vickers AJ, Elkin EB (2006). Decision curve analysis: a novel method for evaluating prediction models. Medical Decision Making
    26, 565-574.
    """

    columns: ClassVar[tuple[str, ...]] = ("threshold", "model", "low", "high", "all", "none", "acted_on", "found")

    target: str
    size: int
    prevalence: float
    cohort: str
    points: tuple[tuple[float, float, float, float, float, float, float, float], ...]

    def heading(self) -> str:
        """Say what is compared."""
        return f"net benefit of acting on {self.target}, {self.cohort} of {self.size:,d}, {percent(self.prevalence)} with it"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per threshold."""
        return list(self.points)

    def grid(self) -> Grid:
        """One line per threshold."""
        lines = tuple(
            (percent(t), f"{model:.5f}", f"{low:.5f} – {high:.5f}", f"{every:.5f}", percent(acted), percent(found))
            for t, model, low, high, every, _, acted, found in self.points
        )
        return Grid(
            ("threshold", "by the model", "95 % interval", "on all", "acted on", "of those with it, found"), lines, frozenset()
        )
