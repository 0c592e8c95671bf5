"""Evaluation: how well the probabilities of a scored cohort agree with what turned out, by target and by group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.cohort import Calibration, DecisionCurve
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import counted, interval, percent

Interval = tuple[float, float]


@dataclass(frozen=True, repr=False)
class Performance(Record):
    """The predictions of one target in one group of patients; `group` is empty for the whole cohort.

    `calibration` and `net_benefit` hold what one line cannot: the groups of similar predictions, and each threshold.
    """

    target: str
    group: str
    size: int
    predicted: float
    observed: float
    auroc: float
    auroc_interval: Interval
    brier: float
    brier_interval: Interval
    log_score: float
    log_score_interval: Interval
    calibration: Calibration
    net_benefit: DecisionCurve

    @property
    def name(self) -> str:
        """Target and group, as in `lung=yes` or `lung=yes | smoke=no`."""
        return f"{self.target} | {self.group}" if self.group else self.target

    @property
    def slope(self) -> float:
        """The calibration slope; 1 is perfect, below it predictions are too extreme."""
        return self.calibration.slope

    @property
    def slope_interval(self) -> Interval:
        """The 95 % interval of the slope."""
        return self.calibration.slope_interval

    @property
    def intercept(self) -> float:
        """The calibration intercept; 0 is perfect, above it predictions are too low on average."""
        return self.calibration.intercept

    @property
    def intercept_interval(self) -> Interval:
        """The 95 % interval of the intercept."""
        return self.calibration.intercept_interval


@dataclass(frozen=True, kw_only=True, repr=False)
class Evaluation(Records[Performance], Result):
    """Discrimination, accuracy, calibration and net benefit of each target, each with a 95 % interval, and by group.

    `auroc` is the chance that somebody who has the target was given a higher probability than somebody who has it not, `brier`
    the mean squared error, `log_score` the mean of -ln P(what turned out), infinite where the impossible happened. Their
    intervals and those of the net benefit hold the middle 95 % over `resamples` bootstrap resamples of the patients; those of
    calibration intercept and slope are Wald's, those of the groups of similar predictions Wilson's. NaN where a group cannot
    tell, as an AUROC where nobody has the target. `left_out` counts predictions or outcomes that are missing.

    References
    ----------
    Efron B, Tibshirani RJ (1993). An introduction to the bootstrap. Chapman & Hall.
    Good IJ (1952). Rational decisions. J R Stat Soc B 14(1), 107-114.
    Hanley JA, McNeil BJ (1982). The meaning and use of the area under a receiver operating characteristic (ROC) curve. Radiology
    143(1), 29-36.
    Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW (2019). Calibration: the Achilles heel of predictive
    analytics. BMC Medicine 17, 230.
    Vickers AJ, Elkin EB (2006). Decision curve analysis: a novel method for evaluating prediction models. Medical Decision Making
    26, 565-574.
    """

    verb: ClassVar[str] = "evaluation"
    held_in: ClassVar[str] = "performances"
    key: ClassVar[tuple[str, ...]] = ("name",)

    columns: ClassVar[tuple[str, ...]] = (
        "target", "group", "size", "predicted", "observed",
        "auroc", "auroc_low", "auroc_high", "brier", "brier_low", "brier_high", "log_score", "log_score_low", "log_score_high",
        "intercept", "intercept_low", "intercept_high", "slope", "slope_low", "slope_high",
    )  # fmt: skip

    size: int
    left_out: int
    resamples: int
    performances: tuple[Performance, ...]

    def subject(self) -> str:
        """Return what the answer is about."""
        targets = list(dict.fromkeys(p.target for p in self.performances))
        named = targets[0] if len(targets) == 1 else counted(len(targets), "target")
        return f"{named}, {counted(self.size, 'patient')}"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per target and group."""
        return [
            (
                p.target, p.group, p.size, p.predicted, p.observed,
                p.auroc, *p.auroc_interval, p.brier, *p.brier_interval, p.log_score, *p.log_score_interval,
                p.intercept, *p.intercept_interval, p.slope, *p.slope_interval,
            )
            for p in self.performances
        ]  # fmt: skip

    def grid(self) -> Grid:
        """One line per target and group: each figure with its interval."""
        lines = tuple(
            (
                p.name,
                f"{p.size:,d}",
                percent(p.observed),
                _with(p.auroc, p.auroc_interval, 3),
                _with(p.brier, p.brier_interval, 4),
                _with(p.log_score, p.log_score_interval, 3),
                _with(p.slope, p.slope_interval, 2),
            )
            for p in self.performances
        )
        headings = ("target", "people", "with it", "AUROC", "Brier score", "log score", "calibration slope")
        return Grid(headings, lines, optional=(5,))

    def footer(self) -> str:
        """Return how the intervals were made, and what is not in the table."""
        lines = [
            f"In brackets 95 % intervals: {self.resamples:,d} bootstrap resamples of the patients; Wald's for the slope.",
            "A slope of 1 is perfect; below it predictions are too extreme.",
        ]
        if self.left_out:
            lines.insert(0, f"{counted(self.left_out, 'prediction')} left out: no probability, or no outcome.")
        above = "\n".join(wrapped(line, "  ") for line in lines)
        return "\n\n".join(part for part in (above, super().footer()) if part)


def _with(value: float, ends: Interval, digits: int) -> str:
    """Write a figure with its interval; a dash if it has none."""
    if math.isnan(value):
        return "–"
    return f"{value:.{digits}f} ({interval(*ends, lambda x: f'{x:.{digits}f}')})"
