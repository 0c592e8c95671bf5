"""Calibration: what was predicted for groups of patients beside how many of them had it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import counted, interval, percent


@dataclass(frozen=True, repr=False)
class RiskGroup(Record):
    """Patients with similar probabilities, from `low` to `high`: mean prediction, share observed, its 95 % interval."""

    low: float
    high: float
    size: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float

    @property
    def predictions(self) -> str:
        """The probabilities of the group, as they are printed."""
        return interval(self.low, self.high)

    @property
    def misses(self) -> bool:
        """Whether the prediction is outside the interval of the observed frequency."""
        return not self.observed_low <= self.predicted <= self.observed_high


@dataclass(frozen=True, kw_only=True, repr=False)
class Calibration(Records[RiskGroup], Result):
    """Calibration and discrimination of probabilities in a cohort.

    `groups` are equally large by quantiles of the prediction, except that equal predictions stay together; the interval of each
    is Wilson's. `calibration_error` is the mean distance of prediction and observation over the groups, weighted by their size
    (expected calibration error); it is never zero in a finite cohort, so `error_if_right` says below what it would stay in 95 of
    100 cohorts of this size if every prediction were right. `brier` is the mean squared error of the predictions,
    `brier_constant` what it would be if everybody were given the observed share. `intercept` (0 is perfect) says in log-odds by
    how much predictions are too low on average, `slope` (1 is perfect) whether they are too extreme (below 1) or too timid;
    NaN where the cohort cannot tell. `auroc` is the chance that somebody who has it was given a higher probability than somebody
    who has it not. `contradicted` counts patients of whom the impossible was true.

    References
    ----------
    Brier GW (1950). Verification of forecasts expressed in terms of probability. Monthly Weather Review 78(1), 1-3.
    Bröcker J, Smith LA (2007). Increasing the reliability of reliability diagrams. Weather and Forecasting 22(3), 651-661.
    Hanley JA, McNeil BJ (1982). The meaning and use of the area under a receiver operating characteristic (ROC) curve. Radiology
    143(1), 29-36.
    Naeini MP, Cooper GF, Hauskrecht M (2015). Obtaining well calibrated probabilities using Bayesian binning. AAAI 2015,
    2901-2907.
    Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW (2019). Calibration: the Achilles heel of predictive
    analytics. BMC Medicine 17, 230.
    Wilson EB (1927). Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 22(158), 209-212.
    """

    verb: ClassVar[str] = "calibration"
    held_in: ClassVar[str] = "groups"
    key: ClassVar[tuple[str, ...]] = ("predictions",)

    columns: ClassVar[tuple[str, ...]] = ("low", "high", "size", "predicted", "observed", "observed_low", "observed_high")

    target: str
    size: int
    cohort: str
    predicted: float
    observed: float
    groups: tuple[RiskGroup, ...]
    calibration_error: float
    error_if_right: float
    brier: float
    brier_constant: float
    intercept: float
    intercept_interval: tuple[float, float]
    slope: float
    slope_interval: tuple[float, float]
    auroc: float
    contradicted: int

    @property
    def brier_skill(self) -> float:
        """By what share the predictions lower the Brier score of giving everybody the observed share; NaN where that is zero."""
        return 1.0 - self.brier / self.brier_constant if self.brier_constant > 0.0 else math.nan

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"{self.target}, {self.cohort} of {self.size:,d}, {percent(self.observed)} with it"

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per group."""
        return [(g.low, g.high, g.size, g.predicted, g.observed, g.observed_low, g.observed_high) for g in self.groups]

    def grid(self) -> Grid:
        """Return one line per group, those marked whose interval does not hold the prediction."""
        lines = tuple(
            (
                g.predictions,
                f"{g.size:,d}",
                percent(g.predicted),
                percent(g.observed),
                interval(g.observed_low, g.observed_high),
                ("more often" if g.observed > g.predicted else "less often") if g.misses else "",
            )
            for g in self.groups
        )
        return Grid(
            ("predicted from – to", "people", "on average", "observed", "95 % interval", "than predicted"), lines, frozenset()
        )

    def conclusions(self) -> list[str]:
        """Return the figures of the whole cohort, in sentences."""
        within = "no more than" if self.calibration_error <= self.error_if_right else "more than"
        error = (
            f"Calibration error {percent(self.calibration_error)}, {within} chance explains: if every prediction were right it"
        )
        lines = [
            f"On average {percent(self.predicted)} was predicted and {percent(self.observed)} observed.",
            f"{error} would stay below {percent(self.error_if_right)} in 95 of 100 cohorts of this size.",
        ]
        if not math.isnan(self.slope):
            slope = f"{self.slope:.2f} [{_interval(self.slope_interval, '.2f')}]"
            intercept = f"{self.intercept:+.2f} [{_interval(self.intercept_interval, '+.2f')}]"
            lines.append(
                f"Intercept {intercept} (0 is perfect), slope {slope} (1 is perfect; below it predictions are too extreme)."
            )
        scores = f"Brier score {self.brier:.4f}; {self.brier_constant:.4f} if everybody were given the observed share"
        lines.append(scores + ("." if math.isnan(self.auroc) else f". AUROC {self.auroc:.3f}."))
        if self.contradicted:
            lines.append(f"{counted(self.contradicted, 'patient')} had what the model says is impossible.")
        return lines

    def footer(self) -> str:
        """Return the conclusions, the limits of a simulated cohort, and the caveats."""
        lines = self.conclusions()
        if self.cohort == "simulated":
            lines.append(
                "The cohort was drawn from the network itself: it shows what calibration looks like, not that the"
                " network is right."
            )
        above = "\n".join(wrapped(line, "  ") for line in lines)
        return "\n\n".join(part for part in (above, super().footer()) if part)


def _interval(ends: tuple[float, float], form: str) -> str:
    return f"{ends[0]:{form}}, {ends[1]:{form}}"


@dataclass(frozen=True, kw_only=True, repr=False)
class DecisionCurve(Result):
    """`TP/n - FP/n * t/(1 - t)` at each threshold t, for acting by the model, on all, and on none (which is 0).

    `low` and `high` hold the middle 95 % of the model's net benefit over resamples of the cohort.

    References
    ----------
    Vickers AJ, Elkin EB (2006). Decision curve analysis: a novel method for evaluating prediction models. Medical Decision Making
    26, 565-574.
    """

    verb: ClassVar[str] = "net benefit"

    columns: ClassVar[tuple[str, ...]] = ("threshold", "model", "low", "high", "all", "none", "acted_on", "found")

    target: str
    size: int
    prevalence: float
    cohort: str
    points: tuple[tuple[float, float, float, float, float, float, float, float], ...]

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"acting on {self.target}, {self.cohort} of {self.size:,d}, {percent(self.prevalence)} with it"

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per threshold."""
        return list(self.points)

    def grid(self) -> Grid:
        """Return one line per threshold."""
        lines = tuple(
            (percent(t), f"{model:.5f}", interval(low, high, "{:.5f}".format), f"{every:.5f}", percent(acted), percent(found))
            for t, model, low, high, every, _, acted, found in self.points
        )
        return Grid(
            ("threshold", "by the model", "95 % interval", "on all", "acted on", "of those with it, found"), lines, frozenset()
        )
