"""Net benefit and the decision curve, for a simulated or a given cohort.

References
----------
Vickers AJ, Elkin EB (2006). Decision curve analysis: a novel method for evaluating prediction models. Medical Decision Making 26,
565-574.

"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.cohort.calibration import outcomes
from bayesnet.analysis.query.parse import as_float
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray
from bayesnet.results.cohort import DecisionCurve

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import CompiledModel

THRESHOLDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
RESAMPLES = 500


def net_benefit(probability: FloatArray, has: FloatArray, threshold: float) -> float:
    """Net benefit of acting where the probability reaches the threshold.

    Parameters
    ----------
    probability
        P(target) of each patient.
    has
        One where the patient has it, zero otherwise.
    threshold
        The probability at which acting and not acting are worth the same.

    >>> net_benefit(np.array([0.9, 0.6, 0.1, 0.4]), np.array([1.0, 0.0, 0.0, 1.0]), 0.5)
    0.0
    """
    acted = probability >= threshold
    true, false = float((acted * has).mean()), float((acted * (1.0 - has)).mean())
    return true - false * threshold / (1.0 - threshold)


def decision_curve(
    compiled: CompiledModel,
    target: str,
    known: Sequence[str],
    frame: pd.DataFrame | None = None,
    size: int = 2_000,
    thresholds: Sequence[float] = THRESHOLDS,
    seed: int = 0,
) -> DecisionCurve:
    """Return the net benefit of acting on the posterior of a target at each threshold; see `Network.decision_curve`."""
    if not all(0.0 < as_float(t) < 1.0 for t in thresholds):
        raise BayesnetError(f"Thresholds lie between 0 and 1; got {', '.join(str(t) for t in thresholds)}.")
    found = outcomes(compiled, target, known, frame, size, seed)
    return DecisionCurve(
        title=f"{target} | {', '.join(known)}",
        provenance=Query(compiled).provenance(),
        target=found.target,
        size=len(found.has),
        prevalence=float(found.has.mean()),
        cohort=found.cohort,
        points=tuple(_point(found.probability, found.has, t, seed) for t in sorted(thresholds)),
    )


def _point(
    probability: FloatArray, has: FloatArray, t: float, seed: int
) -> tuple[float, float, float, float, float, float, float, float]:
    """Threshold, net benefit of the model with its interval, of all, of none; share acted on, share of those with it found."""
    acted = probability >= t
    weight = t / (1.0 - t)
    # Each patient's own part of the net benefit, so that a resample is a mean.
    parts = acted * (has - (1.0 - has) * weight)
    draws = np.random.default_rng(seed).integers(0, len(has), size=(RESAMPLES, len(has)))
    low, high = np.quantile(parts[draws].mean(axis=1), (0.025, 0.975))
    every = float(has.mean()) - float(1.0 - has.mean()) * weight
    found = float(acted[has > 0].mean()) if has.any() else float("nan")
    return t, net_benefit(probability, has, t), float(low), float(high), every, 0.0, float(acted.mean()), found
