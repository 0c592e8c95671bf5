"""Calibration: whether of those given 20 % about 20 in 100 have it. Formulas and papers are in the docstring of the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.query.parse import as_float, read_target, state_name
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, brief
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.results.base import Provenance
from bayesnet.results.cohort import Calibration, RiskGroup

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import CompiledModel


@dataclass(frozen=True)
class Outcomes:
    """P(target) of each patient from what was known, one or zero for what turned out, and where the cohort comes from."""

    target: str
    probability: FloatArray
    has: FloatArray
    cohort: str


def outcomes(
    compiled: CompiledModel, target: str, known: Sequence[str], frame: pd.DataFrame | None, size: int, seed: int | None
) -> Outcomes:
    """Score a cohort from the known variables and read who has the target; simulate the cohort when there is none.

    Raises
    ------
    BayesnetError
        When the cohort is empty, lacks a column or an outcome, knows the target itself, or rows cannot be scored.
    """
    from bayesnet.analysis.cohort.score import score
    from bayesnet.analysis.query.simulate import simulate

    v, state = read_target(compiled, target)
    name = compiled.names[v]
    if name in known:
        raise BayesnetError(f"{name} is the target; it cannot be among the known variables.")
    cases = simulate(Query(compiled), size, seed) if frame is None else frame
    missing = [column for column in (name, *known) if column not in cases.columns]
    if missing:
        raise BayesnetError(f"The cohort has no column {', '.join(missing)}; it needs {name} and every known variable.")
    if not len(cases):
        raise BayesnetError("The cohort is empty; it needs at least one patient.")
    unknown = int(cases[name].isna().sum())
    if unknown:
        raise BayesnetError(
            f'{unknown} of {len(cases)} rows have no outcome in column "{name}"; drop these rows or fill in the outcome.'
        )
    context = [compiled.names[item.variable] for item in compiled.defaults if compiled.names[item.variable] in cases.columns]
    scored = score(compiled, cases[list(dict.fromkeys([*known, *context]))], [target])
    bad = scored["problem"].fillna("") != ""
    if bad.any():
        raise BayesnetError(f"{int(bad.sum())} rows cannot be scored; the first: {scored.loc[bad, 'problem'].iloc[0]}")
    truth = compiled.states(v)[state]
    return Outcomes(
        target=compiled.literal(v, state),
        probability=scored.iloc[:, 0].to_numpy(dtype=float),
        has=np.array([float(state_name(compiled, v, value) == truth) for value in cases[name]]),
        cohort="simulated" if frame is None else "cohort",
    )


COHORTS = 1_000
"""Cohorts drawn as if every prediction were right."""
_Z = 1.959963984540054
_MOST_BINS = 100_000


Bins = int | Sequence[float]
"""Number of groups of equal size, or the probabilities at which one group ends and the next begins."""


def calibration(probability: Any, has: Any, *, target: str = "the target", bins: Bins = 10, seed: int | None = 0) -> Calibration:
    """Compare predicted probabilities, from any model, with outcomes.

    Parameters
    ----------
    probability
        P(target) of each patient, such as a column of `net.score(frame)`.
    has
        True or 1 if the patient has it, False or 0 otherwise, in the same order.
    target
        Name of the target, for the title.
    bins
        Number of groups of equal size, by probability; equal probabilities stay together. Or increasing probabilities at which a
        new group begins, such as `[0.01, 0.1, 0.5]`, which show more of a rare diagnosis.
    seed
        Seed of the simulated cohorts that give the calibration error by chance.

    Raises
    ------
    BayesnetError
        When the two differ in length, or are not probabilities and outcomes.

    References
    ----------
    Naeini MP, Cooper GF, Hauskrecht M (2015). Obtaining well calibrated probabilities using Bayesian binning. AAAI 2015,
    2901-2907.
    Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW (2019). Calibration: the Achilles heel of predictive
    analytics. BMC Medicine 17, 230.

    Examples
    --------
    >>> import bayesnet
    >>> net = bayesnet.load("asia")
    >>> cohort = net.simulate(2000, seed=1)
    >>> scored = net.score(cohort[["smoke", "xray", "dysp"]], targets=["lung=yes"])
    >>> result = bayesnet.calibration(scored["P(lung=yes)"], cohort["lung"] == "yes")
    >>> result.calibration_error < result.error_if_right
    True
    """
    p, y = _pairs(probability, has)
    return compared(p, y, bins, seed, title=f"calibration of {target}", provenance=Provenance(), target=target, cohort="cohort")


def of_network(
    compiled: CompiledModel,
    target: str,
    known: Sequence[str],
    frame: pd.DataFrame | None = None,
    size: int = 2_000,
    bins: Bins = 10,
    seed: int | None = 0,
) -> Calibration:
    """Compare P(target | known) with outcomes, in a given or a simulated cohort; see `Network.calibration`."""
    found = outcomes(compiled, target, known, frame, size, seed)
    about: dict[str, Any] = {"target": found.target, "cohort": found.cohort, "provenance": Query(compiled).provenance()}
    return compared(found.probability, found.has, bins, seed, title=f"{target} | {', '.join(known)}", **about)


def compared(p: FloatArray, y: FloatArray, bins: Bins, seed: int | None, **about: Any) -> Calibration:
    """Return all figures of a cohort."""
    place = grouped(p, bins)
    intercept, slope = _recalibrated(p, y)
    return Calibration(
        size=len(p),
        predicted=float(p.mean()),
        observed=float(y.mean()),
        groups=tuple(_group(p[place == k], y[place == k]) for k in range(int(place.max()) + 1)),
        calibration_error=calibration_error(p, y, place),
        error_if_right=_error_if_right(p, place, seed),
        brier=float(((p - y) ** 2).mean()),
        brier_constant=float(y.mean() * (1.0 - y.mean())),
        intercept=intercept[0],
        intercept_interval=_around(*intercept),
        slope=slope[0],
        slope_interval=_around(*slope),
        auroc=auroc(p, y),
        contradicted=int(((p == 0.0) & (y == 1.0) | (p == 1.0) & (y == 0.0)).sum()),
        **about,
    )


def grouped(probability: FloatArray, bins: Bins) -> IntArray:
    """Return the group of each patient, by quantiles or by given edges; equal probabilities stay together, and no group is empty.

    >>> grouped(np.array([0.1, 0.4, 0.1, 0.9, 0.1, 0.5]), 3).tolist()
    [0, 1, 0, 2, 0, 2]
    >>> grouped(np.array([0.1, 0.4, 0.1, 0.9, 0.1, 0.5]), [0.05, 0.4]).tolist()
    [0, 1, 0, 1, 0, 1]
    """
    # The last digits of a float part nobody.
    values = np.round(probability, 12)
    if isinstance(bins, Sequence):
        edges = np.array([as_float(edge) for edge in bins])
        if not len(edges) or not ((edges >= 0.0) & (edges <= 1.0)).all() or not (np.diff(edges) > 0.0).all():
            raise BayesnetError(f"`bins` must be increasing probabilities, as in bins=[0.01, 0.1, 0.5]; got bins={bins!r}.")
        place = np.searchsorted(np.round(edges, 12), values, side="right")
    elif not 1 <= as_float(bins) <= _MOST_BINS or int(bins) != bins:
        raise BayesnetError(
            f"`bins` must be a whole number from 1 to {_MOST_BINS:,}, or increasing probabilities; got bins={brief(repr(bins))}."
        )
    else:
        edges = np.unique(np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf"))
        place = np.searchsorted(edges, values, side="left")
    return np.unique(place, return_inverse=True)[1].ravel()


def calibration_error(probability: FloatArray, has: FloatArray, place: IntArray) -> float:
    """Mean distance of prediction and observation over the groups, weighted by their size (expected calibration error).

    >>> round(calibration_error(np.array([0.2, 0.2, 0.6, 0.8]), np.array([0.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 1])), 4)
    0.3
    """
    return float(np.abs(np.bincount(place, weights=probability - has)).sum() / len(probability))


def wilson(count: float, size: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    >>> [round(end, 4) for end in wilson(10, 100)]
    [0.0552, 0.1744]
    """
    share, z = count / size, _Z * _Z / size
    middle, half = share + z / 2.0, math.sqrt(z * (share * (1.0 - share) + z / 4.0))
    low, high = (middle - half) / (1.0 + z), (middle + half) / (1.0 + z)
    return (0.0 if count == 0 else max(low, 0.0)), (1.0 if count == size else min(high, 1.0))


def auroc(probability: FloatArray, has: FloatArray) -> float:
    """Return the chance that one who has it was given more than one who has not, ties counting half; NaN where one of them is
    missing.
    >>> auroc(np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]))
    0.875
    """
    with_it = int(has.sum())
    without = len(has) - with_it
    if not with_it or not without:
        return math.nan
    _, place, counts = np.unique(np.round(probability, 12), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[place.ravel()]
    return float((ranks[has > 0].sum() - with_it * (with_it + 1) / 2.0) / (with_it * without))


def _group(p: FloatArray, y: FloatArray) -> RiskGroup:
    low, high = wilson(float(y.sum()), len(y))
    return RiskGroup(float(p.min()), float(p.max()), len(p), float(p.mean()), float(y.mean()), low, high)


def _error_if_right(p: FloatArray, place: IntArray, seed: int | None) -> float:
    """Return the error below which 95 of 100 cohorts stay whose outcomes are drawn from the predictions (Bröcker & Smith
    2007).
    """
    rng = np.random.default_rng(seed)
    errors = [calibration_error(p, (rng.random(len(p)) < p).astype(float), place) for _ in range(COHORTS)]
    return float(np.quantile(errors, 0.95))


def _recalibrated(p: FloatArray, y: FloatArray) -> tuple[tuple[float, float], tuple[float, float]]:
    """Calibration intercept (slope held at 1) and calibration slope, with standard errors; NaN if there is no maximum."""
    open_ = (p > 0.0) & (p < 1.0)
    x, y = np.log(p[open_]) - np.log1p(-p[open_]), y[open_]
    nothing = (math.nan, math.nan)
    if not 0.0 < y.sum() < len(y):
        return nothing, nothing
    ones = np.ones((len(x), 1))
    intercept = _logistic(ones, y, x)
    slope = nothing
    # One line through one or two places fits whatever is there; separated groups have no best slope.
    if len(np.unique(np.round(x, 9))) > 1 and not _separated(x, y):
        slope = _logistic(np.column_stack([x, ones]), y, np.zeros(len(x)))
    return intercept, slope


def _separated(x: FloatArray, y: FloatArray) -> bool:
    """Return whether a threshold parts those who have it from those who have not."""
    with_it, without = x[y > 0], x[y == 0]
    return bool(with_it.min() >= without.max() or with_it.max() <= without.min())


def _logistic(columns: FloatArray, y: FloatArray, offset: FloatArray) -> tuple[float, float]:
    """Return the first coefficient of a logistic regression and its standard error, by Newton's method."""
    weights = np.zeros(columns.shape[1])
    for _ in range(100):
        fitted = 1.0 / (1.0 + np.exp(-np.clip(columns @ weights + offset, -700.0, 700.0)))
        information = columns.T @ (columns * (fitted * (1.0 - fitted))[:, None])
        if np.linalg.cond(information) > 1e14:
            return math.nan, math.nan
        step = np.linalg.solve(information, columns.T @ (y - fitted))
        # A step of more than this overshoots where the curve is nearly flat.
        weights = weights + step * min(1.0, 5.0 / float(np.abs(step).max() + 1e-300))
        if float(np.abs(step).max()) < 1e-10:
            return float(weights[0]), math.sqrt(float(np.linalg.inv(information)[0, 0]))
    return math.nan, math.nan


def _around(value: float, error: float) -> tuple[float, float]:
    return value - _Z * error, value + _Z * error


def _pairs(probability: Any, has: Any) -> tuple[FloatArray, FloatArray]:
    """Probabilities and outcomes, if they are, and if they belong together."""
    indexes = getattr(probability, "index", None), getattr(has, "index", None)
    # A list has a method of that name.
    if all(hasattr(index, "equals") for index in indexes) and not indexes[0].equals(indexes[1]):  # type: ignore[union-attr]
        raise BayesnetError("Probabilities and outcomes have different indexes; give the same patients in the same order.")
    p, y = np.asarray(probability, dtype=float), np.asarray(has, dtype=float)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise BayesnetError(
            f"One probability and one outcome for each patient, and at least one patient; got {_shape(p)} probabilities and "
            f"{_shape(y)} outcomes."
        )
    wrong = np.flatnonzero(~((p >= -1e-9) & (p <= 1.0 + 1e-9)))
    if len(wrong):
        raise BayesnetError(f"Probabilities lie between 0 and 1; {len(wrong)} do not, the first is {p[wrong[0]]:g}.")
    wrong = np.flatnonzero(~np.isin(y, (0.0, 1.0)))
    if len(wrong):
        raise BayesnetError(
            f"Outcomes are True or 1 for those who have it and False or 0 for the others; {len(wrong)} are neither, the first is "
            f"{y[wrong[0]]:g}."
        )
    return np.clip(p, 0.0, 1.0), y


def _shape(values: FloatArray) -> str:
    return " x ".join(map(str, values.shape)) or "one"
