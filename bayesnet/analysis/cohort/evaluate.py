"""Evaluate a scored cohort against what turned out. Figures and papers are described with the result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bayesnet.analysis.cohort.calibration import Bins, compared
from bayesnet.analysis.cohort.net_benefit import RESAMPLES, THRESHOLDS, checked, gains, points
from bayesnet.analysis.query.parse import as_float
from bayesnet.errors import BayesnetError, PatternError, SpecError, brief, did_you_mean, nearest
from bayesnet.model.factors import FloatArray
from bayesnet.pattern import Term, parse_question
from bayesnet.results.base import Provenance
from bayesnet.results.cohort import DecisionCurve
from bayesnet.results.evaluation import Evaluation, Performance

if TYPE_CHECKING:
    import pandas as pd

_CODES = {"0", "1", "0.0", "1.0", "False", "True"}
_BINARY = dict.fromkeys(("present", "1", "1.0", "true", "yes"), 1.0) | dict.fromkeys(("absent", "0", "0.0", "false", "no"), 0.0)


class _Predicted(NamedTuple):
    """One target: its probabilities and outcomes, NaN if it has none."""

    target: str
    probability: FloatArray
    has: FloatArray


def evaluate(
    scored: Any,
    truth: Any,
    *,
    by: str | None = None,
    thresholds: Sequence[float] = THRESHOLDS,
    bins: Bins = 10,
    seed: int = 0,
) -> Evaluation:
    """Return AUROC, Brier score, log score, calibration and net benefit of predictions, each with an interval.

    Parameters
    ----------
    scored
        What `net.score` returns: a column `P(target)` for each target. Or the probabilities of one target.
    truth
        The same patients in the same order: a frame with a column for the variable of each target. Or, for the probabilities of
        one target, True or 1 where the patient has it. Columns that both frames have, such as an identifier, must agree.
    by
        A column of `truth` (or of `scored`): each of its values is evaluated as a group, too.
    thresholds
        The probabilities of the decision curve at which acting and not acting are worth the same.
    bins
        How many groups of similar predictions, or the probabilities at which a new one begins.
    seed
        For the bootstrap.

    Raises
    ------
    BayesnetError
        When the two are not the same patients, an outcome cannot be read, or nothing is left to evaluate.

    Examples
    --------
    >>> import bayesnet
    >>> net = bayesnet.load("asia")
    >>> cohort = net.simulate(2000, seed=1)
    >>> scored = net.score(cohort[["smoke", "xray", "dysp"]], targets=["lung=yes"])
    >>> result = bayesnet.evaluate(scored, cohort, by="smoke")
    >>> result.names
    ('lung=yes', 'lung=yes | smoke=no', 'lung=yes | smoke=yes')
    >>> round(result["lung=yes"].auroc, 2)
    0.98
    """
    limits = checked(thresholds)
    predicted, groups = _read(scored, truth, by)
    found, left_out = [], 0
    for each in predicted:
        known = ~(np.isnan(each.probability) | np.isnan(each.has))
        left_out += int((~known).sum())
        for name, members in [("", known), *((name, known & members) for name, members in groups)]:
            if members.any():
                found.append(_performance(each, name, members, limits, bins, seed))
    if not found:
        raise BayesnetError("No patient has both a probability and an outcome; there is nothing to evaluate.")
    return Evaluation(
        title=", ".join(each.target for each in predicted),
        size=len(predicted[0].has),
        left_out=left_out,
        resamples=RESAMPLES,
        performances=tuple(found),
    )


def _read(scored: Any, truth: Any, by: str | None) -> tuple[list[_Predicted], list[tuple[str, Any]]]:
    """Return the predictions of each target with their outcomes, and the members of each group."""
    import pandas as pd

    if not isinstance(scored, pd.DataFrame):
        if by is not None or isinstance(truth, pd.DataFrame):
            raise BayesnetError("Probabilities of one target go with its outcomes; for groups, give two DataFrames.")
        lengths = {
            len(each) if pd.api.types.is_list_like(each, allow_sets=False) and getattr(each, "ndim", 1) == 1 else None
            for each in (scored, truth)
        }
        if None in lengths or len(lengths) > 1:
            raise BayesnetError("Give one probability and one outcome for each patient; the two have different shapes.")
        scored, truth = _series(scored).to_frame("P(target)"), _series(truth).to_frame("target")
    if not isinstance(truth, pd.DataFrame):
        raise BayesnetError(f"`truth` must be a DataFrame with a column for each target; got {type(truth).__name__}.")
    if len(scored) != len(truth) or not scored.index.equals(truth.index):
        raise BayesnetError(
            f"`scored` and `truth` must be the same patients in the same order; got {len(scored):,d} and {len(truth):,d} rows"
            f"{' with different indexes' if len(scored) == len(truth) else ''}."
        )
    return _predictions(scored, truth), list(_groups(scored, truth, by))


def _series(values: Any) -> pd.Series[Any]:
    """Return a column of the values; an older pandas reads integers beyond the floats as objects only."""
    import pandas as pd

    try:
        return pd.Series(values)
    except OverflowError:
        return pd.Series(values, dtype=object)


def _predictions(scored: pd.DataFrame, truth: pd.DataFrame) -> list[_Predicted]:
    """Return the predictions of each target with their outcomes; refuse everything that does not fit, together."""
    predicted, problems = [], []
    for name in map(str, scored.columns):
        term = _target(name)
        if term is None:
            if name in truth.columns and name not in ("log_probability", "problem"):
                problems += _disagreement(name, scored[name], truth[name])
            continue
        label = name[2:-1]
        column = label if label in truth.columns else term.name
        if column not in truth.columns:
            hint = did_you_mean(nearest(term.name, map(str, truth.columns)))
            problems.append(f'no column "{brief(term.name)}" with the outcome of {name}' + (f"; {hint}" if hint else ""))
            continue
        try:
            has = _outcomes(truth[column], Term(term.name) if column == label != term.name else term)
            predicted.append(_Predicted(label, _probabilities(scored[name]), has))
        except BayesnetError as error:
            problems.append(str(error).rstrip("."))
    if problems:
        raise SpecError("the cohort", problems)
    if not predicted:
        raise BayesnetError('`scored` has no column "P(target)"; give what `net.score` returns.')
    return predicted


def _target(column: str) -> Term | None:
    """Return what a column `P(...)` gives the probability of; None for any other column."""
    if not (column.startswith("P(") and column.endswith(")")):
        return None
    try:
        (term,) = parse_question(column[2:-1]).targets
    except (PatternError, ValueError):
        return None
    return term


def _probabilities(column: pd.Series) -> FloatArray:
    """Return the probabilities of a column, NaN where it has none."""
    import pandas as pd

    try:
        values = pd.to_numeric(column, errors="coerce").to_numpy(na_value=np.nan).astype(float, casting="same_kind")
    except (OverflowError, TypeError):  # a cell that is no real number, or a larger one than a double can hold
        values = np.array([as_float(value) for value in column])
    unread = np.isnan(values) & column.notna().to_numpy()
    wrong = np.flatnonzero(unread | (values < -1e-9) | (values > 1.0 + 1e-9))
    if len(wrong):
        first = brief(str(column.iloc[wrong[0]]))
        raise BayesnetError(f"{column.name}: probabilities lie between 0 and 1; {len(wrong):,d} do not, the first is {first}")
    clipped: FloatArray = np.clip(values, 0.0, 1.0)
    return clipped


def _outcomes(column: pd.Series, term: Term) -> FloatArray:
    """Return one where the target holds, zero where it does not, NaN where the outcome is missing."""
    missing = column.isna().to_numpy()
    texts = np.array([str(value) for value in column])
    if term.states:
        has = np.isin(texts, term.states).astype(float)
        given = set(texts[~missing].tolist())
        if given and not has[~missing].any() and given <= _CODES:
            raise BayesnetError(
                f'column "{column.name}" has {", ".join(sorted(given))}; expected the states of {term.name}, such as '
                f'{term.states[0]}, or a column named "{term}" with 1 and 0'
            )
    else:
        has = np.array([_BINARY.get(text.lower(), math.nan) for text in texts])
        wrong = np.flatnonzero(np.isnan(has) & ~missing)
        if len(wrong):
            raise BayesnetError(
                f'column "{column.name}": expected present or absent, 1 or 0; {len(wrong):,d} are neither, the first is '
                f'"{brief(str(texts[wrong[0]]))}"'
            )
        has = 1.0 - has if term.negated else has
    has[missing] = np.nan
    return has


def _disagreement(name: str, one: pd.Series, other: pd.Series) -> list[str]:
    """Say where a column that both frames have is not the same."""
    differ = np.flatnonzero((one.astype(str) != other.astype(str)).to_numpy() & ~(one.isna() & other.isna()).to_numpy())
    if not len(differ):
        return []
    row = int(differ[0])
    values = f'"{brief(str(one.iloc[row]))}" and "{brief(str(other.iloc[row]))}"'
    return [f'column "{name}" is not the same in both: row {row + 1} has {values}; sort both alike']


def _groups(scored: pd.DataFrame, truth: pd.DataFrame, by: str | None) -> Iterator[tuple[str, Any]]:
    """Return each value of the column `by` with its members."""
    if by is None:
        return
    frame = truth if by in truth.columns else scored
    if by not in frame.columns:
        hint = did_you_mean(nearest(by, map(str, truth.columns)))
        raise SpecError("the cohort", [f'no column "{brief(by)}" to group by' + (f"; {hint}" if hint else "")])
    texts = frame[by].astype(object).where(frame[by].notna(), "missing").astype(str).to_numpy()
    for value in sorted(set(texts)):
        yield f"{by}={value}", texts == value


def _performance(each: _Predicted, group: str, members: Any, thresholds: Sequence[float], bins: Bins, seed: int) -> Performance:
    """Return all figures of one target in one group."""
    p, y = each.probability[members], each.has[members]
    title = f"{each.target} | {group}" if group else each.target
    about: dict[str, Any] = {"title": title, "target": title, "cohort": "cohort", "provenance": Provenance()}
    calibration = compared(p, y, bins, seed, **about)
    log_scores = _log_scores(p, y)
    parts = np.array([gains(p, y, t) for t in thresholds])
    drawn = _resampled(p, y, log_scores, parts, seed)
    ends = [_middle(row) for row in drawn]
    curve = DecisionCurve(size=len(y), prevalence=float(y.mean()), points=points(p, y, thresholds, ends[3:]), **about)
    return Performance(
        each.target, group, len(y), float(p.mean()), float(y.mean()),
        calibration.auroc, ends[0], calibration.brier, ends[1], float(log_scores.mean()), ends[2], calibration, curve,
    )  # fmt: skip


def _log_scores(p: FloatArray, y: FloatArray) -> FloatArray:
    """Return -ln of the probability that each outcome was given."""
    with np.errstate(divide="ignore"):
        return np.abs(np.where(y > 0.0, np.log(p), np.log1p(-p)))


def _resampled(p: FloatArray, y: FloatArray, log_scores: FloatArray, parts: FloatArray, seed: int) -> FloatArray:
    """Return AUROC, Brier score, log score and the net benefits over resamples of the patients, a row for each.

    Patients with the same prediction and outcome are one cell; a resample is a multinomial draw of the counts of the cells.
    """
    size, rng = len(y), np.random.default_rng(seed)
    _, first, counts = np.unique(np.round(p, 12) + 2.0 * y, return_index=True, return_counts=True)
    p, y, log_scores, parts = p[first], y[first], log_scores[first], parts[:, first]
    rank = np.unique(np.round(p, 12), return_inverse=True)[1].ravel()
    infinite = np.isinf(log_scores)
    figures = np.vstack([(p - y) ** 2, np.where(infinite, 0.0, log_scores), parts])
    drawn = np.empty((1 + len(figures), RESAMPLES))
    for k in range(RESAMPLES):
        weights = rng.multinomial(size, counts / size).astype(float)
        drawn[0, k] = _weighted_auroc(rank, y, weights)
        drawn[1:, k] = (figures * weights).sum(axis=1) / size
        if weights[infinite].any():
            drawn[2, k] = math.inf
    return drawn


def _weighted_auroc(place: Any, y: FloatArray, weights: FloatArray) -> float:
    """Return the AUROC of patients that count `weights` times, by the rank of their prediction; NaN without both outcomes."""
    count = int(place.max()) + 1
    with_it = np.bincount(place, weights=weights * y, minlength=count)
    without = np.bincount(place, weights=weights * (1.0 - y), minlength=count)
    pairs = with_it.sum() * without.sum()
    if pairs == 0.0:
        return math.nan
    below = np.cumsum(without) - without / 2.0
    return float(with_it @ below / pairs)


def _middle(values: FloatArray) -> tuple[float, float]:
    """Return the middle 95 % of the values that are numbers; an end is a value that was drawn."""
    kept = values[~np.isnan(values)]
    if not len(kept):
        return math.nan, math.nan
    low, high = np.quantile(kept, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)
