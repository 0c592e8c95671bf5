"""Answers under the uncertainty of all numbers at once, and which numbers that uncertainty comes from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.analysis.query.whole import shown, whole, whole_seed
from bayesnet.analysis.sensitivity.distributions import BETA, FIXED, LAWS, LOG_NORMAL, Fits, quantiles
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, SensitivityQuery, citation, has_ranges, ranges, records
from bayesnet.analysis.sensitivity.response import Event
from bayesnet.analysis.sensitivity.sampler import Sampler, cited_sampler
from bayesnet.analysis.sensitivity.tornado import ends
from bayesnet.errors import BayesnetError
from bayesnet.inference.draws import entries_read
from bayesnet.inference.threads import progress
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.results.uncertainty import Fit, Interval, Share, Uncertainty, VarianceShares

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


@dataclass(frozen=True)
class Shares:
    """First-order and total index of each input with half-widths of their 95 % intervals, shape (inputs,) each."""

    first: FloatArray
    first_error: FloatArray
    total: FloatArray
    total_error: FloatArray
    mean: float
    variance: float
    runs: int


def sobol_shares(function: Callable[[FloatArray], FloatArray], inputs: int, samples: int, seed: int | None) -> Shares:
    """Sobol indices of a function of independent inputs, each uniform on [0, 1].

    Parameters
    ----------
    function
        Takes points of shape (runs, inputs) and returns values of shape (runs,).
    inputs
        How many inputs there are.
    samples
        Base sample size, a power of two; the function is evaluated at `samples * (inputs + 2)` points.
    seed
        Of the scrambling and of the bootstrap.

    References
    ----------
    Sobol IM (2001). Global sensitivity indices for nonlinear mathematical models. Math Comput Simul 55:271-280.
    Saltelli A et al. (2010). Variance based sensitivity analysis of model output. Comput Phys Commun 181:259-270.
    """
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    names = [f"x{i}" for i in range(inputs)]
    problem = {"num_vars": inputs, "names": names, "bounds": [[0.0, 1.0]] * inputs}
    points = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    values = np.asarray(function(points), dtype=float)
    if not np.ptp(values) > 0:
        zero = np.zeros(inputs)
        return Shares(zero, zero, zero, zero, float(values[0]), 0.0, len(values))
    with warnings.catch_warnings():
        # SALib still divides where an input has no effect at all; the index is then zero, as it should be.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", FutureWarning)
        # SALib takes a seed of 0 for none at all.
        resampling = None if seed is None else seed + 1
        found = analyze.analyze(problem, values, calc_second_order=False, seed=resampling, print_to_console=False)
    first, first_error, total, total_error = (np.nan_to_num(np.asarray(found[key])) for key in ("S1", "S1_conf", "ST", "ST_conf"))
    return Shares(first, first_error, total, total_error, float(values.mean()), float(values.var()), len(values))


_MIDDLE = (0.025, 0.5, 0.975)
_BATCH = 1024
_MOST = 10**7
"""Draws of one call; as on the command line."""


def uncertainty(
    query: Query,
    target: str,
    draws: int = 10_000,
    seed: int | None = 0,
    together: bool = False,
    sample_size: float = SAMPLE_SIZE,
) -> Uncertainty:
    """Return P(target | findings) with every number drawn from its fitted distribution; see `Case.uncertainty`."""
    draws, seed = whole("The number of draws", draws, 2, _MOST), whole_seed(seed)
    compiled = query.compiled
    subject = SensitivityQuery.of(query, target)
    prepared = sampler(compiled, sample_size)
    events = tuple(dict.fromkeys((subject.target, *subject.candidates)))
    now = subject.present(events)
    answers, no_effect = drawn_answers(subject, prepared, events, draws, np.random.default_rng(seed), together)
    possible = np.isfinite(answers[0])
    if not possible.any():
        raise BayesnetError(f"In {subject.title}: the findings are impossible in every draw of the numbers.")
    answers = answers[:, possible]
    rows = [events.index(event) for event in subject.candidates]
    lines = _intervals(subject, events, rows, now, answers)
    low, median, high = np.quantile(answers[0], _MIDDLE)
    return Uncertainty(
        title=subject.title,
        provenance=subject.provenance,
        target=subject.name,
        value=float(now[0]),
        mean=float(answers[0].mean()),
        low=float(low),
        median=float(median),
        high=float(high),
        draws=draws,
        diagnoses=lines,
        numbers=_fits(compiled, prepared, no_effect, sample_size),
        conventions=_conventions(compiled, no_effect, together, sample_size),
        impossible=int((~possible).sum()),
        samples=tuple(answers[0].tolist()),
    )


def variance_shares(
    query: Query,
    target: str,
    top: int | None = 15,
    samples: int = 512,
    seed: int | None = 0,
    sample_size: float = SAMPLE_SIZE,
) -> VarianceShares:
    """Return the Sobol indices of P(target | findings): each number alone, and with interactions; see `Case.variance_shares`."""
    top, samples, seed = shown(top), whole("The number of samples", samples, 1, 2**20), whole_seed(seed)
    compiled = query.compiled
    subject, cited_ranges = SensitivityQuery.of(query, target), ranges(compiled, sample_size)
    response = subject.response((subject.target,))
    movable = np.flatnonzero(~cited_ranges.fixed & response.matters_to_target)
    at_low, at_high = ends(response, cited_ranges, movable)
    width = np.abs(at_high - at_low)
    order = [j for j in np.argsort(-width, kind="stable") if width[j] > 0]
    if not order:
        raise BayesnetError(
            f"In {subject.title}: no number with a range moves this answer, so that there is no variance to share."
        )
    varied = _independent(compiled, movable[order])[:top]
    prepared = sampler(compiled, sample_size)

    def answer(points: FloatArray) -> FloatArray:
        values = prepared.at_quantiles(varied, points.T)
        answers = _run(subject, (subject.target,), len(points), lambda part: values[:, part], varied)
        return np.where(np.isfinite(answers[0]), answers[0], response.value(0))

    indices = sobol_shares(answer, len(varied), samples, seed)
    lines = [
        _share(compiled, int(k), indices.first[i], indices.first_error[i], indices.total[i], indices.total_error[i])
        for i, k in enumerate(varied)
    ]
    held = len(order) - len(varied)
    law = "Each varied number follows the law fitted to its range, independently of the others."
    return VarianceShares(
        title=subject.title,
        provenance=subject.provenance,
        target=subject.name,
        value=response.value(0),
        mean=indices.mean,
        deviation=math.sqrt(indices.variance),
        runs=indices.runs,
        shares=tuple(sorted(lines, key=lambda line: -line.total)),
        held=held,
        conventions=tuple(text for text in (law, cited_ranges.assumption) if text),
    )


def sampler(compiled: CompiledModel, sample_size: float = SAMPLE_SIZE) -> Sampler:
    """Return the sampler of every number; without cited ranges, columns are Dirichlet laws of this equivalent sample size."""
    if has_ranges(compiled):
        return cited_sampler(compiled)
    cited_ranges, values = ranges(compiled, sample_size), compiled.factors.values
    law = np.where(cited_ranges.fixed, FIXED, BETA)
    fits = Fits(law, sample_size * values, sample_size * (1.0 - values), np.ones(len(values), dtype=bool))
    return Sampler.of(parameter_map(compiled), fits, [number.source for number in records(compiled)])


def _independent(compiled: CompiledModel, ks: IntArray) -> IntArray:
    """Return one number of each distribution, the first in the order given: the others of it co-vary."""
    seen: set[int] = set()
    kept = []
    for k in ks.tolist():
        label = int(parameter_map(compiled).column[k])
        if label not in seen:
            seen.add(label)
            kept.append(k)
    return np.array(kept, dtype=np.int64)


def drawn_answers(
    subject: SensitivityQuery,
    prepared: Sampler,
    events: Sequence[Event],
    draws: int,
    rng: np.random.Generator,
    together: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Return P(event | e) in every draw of the numbers, shape (events, draws), NaN where e is impossible.

    Only numbers that can matter to the events are drawn: not d-separated ones, and none of states that are excluded. The second
    array, shape (n_numbers,), is the share of the draws in which each link lay below its leak.
    """
    compiled, numbers = subject.compiled, parameter_map(subject.compiled)
    variables = sorted({v for v, _ in events})
    read = entries_read(compiled.engine, subject.evidence, tuple(variables))
    needed = numbers.of_families(requisite_families(compiled.factors, subject.evidence, variables))
    needed &= np.bincount(numbers.number[read[numbers.position]], minlength=numbers.count) > 0
    wanted = prepared.only(needed)
    no_effect = np.zeros(numbers.count)

    def values(part: slice) -> FloatArray:
        drawn = wanted.draw(part.stop - part.start, rng, together)
        no_effect[:] += drawn.no_effect * (part.stop - part.start) / draws
        return drawn.values

    return _run(subject, events, draws, values, np.flatnonzero(needed)), no_effect * needed


def _run(
    subject: SensitivityQuery, events: Sequence[Event], count: int, values: Callable[[slice], FloatArray], moved: IntArray
) -> FloatArray:
    """Return P(event | e), shape (events, count), in batches, with a progress bar if it takes longer than a second."""
    answers = np.empty((len(events), count))
    with progress("draws", count) as advance:
        for start in range(0, count, _BATCH):
            part = slice(start, min(start + _BATCH, count))
            answers[:, part], _ = subject.marginals(values(part), events, moved)
            advance(part.stop)
    return answers


def _intervals(
    subject: SensitivityQuery, events: Sequence[Event], rows: Sequence[int], now: FloatArray, answers: FloatArray
) -> tuple[Interval, ...]:
    """Return one line per candidate, the most probable first."""
    leads = np.bincount(np.argmax(answers[rows], axis=0), minlength=len(rows)) / answers.shape[1]
    spread = np.quantile(answers[rows], _MIDDLE, axis=1)
    means = answers[rows].mean(axis=1)
    lines = [
        Interval(
            diagnosis=subject.event_name(events[row]),
            posterior=float(now[row]),
            mean=float(means[i]),
            low=float(spread[0, i]),
            median=float(spread[1, i]),
            high=float(spread[2, i]),
            leads=float(leads[i]),
        )
        for i, row in enumerate(rows)
    ]
    return tuple(sorted(lines, key=lambda line: -line.posterior))


def _fits(compiled: CompiledModel, prepared: Sampler, no_effect: FloatArray, sample_size: float) -> tuple[Fit, ...]:
    """Return the distribution from which every number was drawn, with the cited range."""
    fits, cited_ranges = prepared.fits, ranges(compiled, sample_size)
    low, high = quantiles(fits, 0.025), quantiles(fits, 0.975)
    log_mean = np.exp(fits.a + 0.5 * fits.b**2, where=fits.law == LOG_NORMAL, out=compiled.factors.values.copy())
    in_column = set(prepared.columns.number.tolist())
    found = []
    for k, number in enumerate(records(compiled)):
        found.append(
            Fit(
                number=number.id,
                value=float(compiled.factors.values[k]),
                low=float(cited_ranges.cited_low[k]),
                high=float(cited_ranges.cited_high[k]),
                range=number.range,
                law="Dirichlet" if k in in_column else LAWS[fits.law[k]],
                a=float(fits.a[k]),
                b=float(fits.b[k]),
                mean=float(log_mean[k]),
                q025=float(low[k]),
                q975=float(high[k]),
                note="" if fits.close[k] else "no Beta with this mean holds 95 % in the range; the nearest by width was taken",
                no_effect=float(no_effect[k]),
                source=number.source,
                grade=number.grade,
            )
        )
    return tuple(found)


def _conventions(compiled: CompiledModel, no_effect: FloatArray, together: bool, sample_size: float) -> tuple[str, ...]:
    """Sentences on how the numbers were drawn."""
    assumption = ranges(compiled, sample_size).assumption
    laws = (
        "Probabilities follow Beta distributions with the value as mean and 95 % of their mass in the range (whole columns "
        "Dirichlet), odds and odds ratios log-normal ones with the value as median; a range across studies or of judgement is "
        "read as 95 %, and definitions, zeros and ones are fixed. See .fit."
    )
    study = (
        "Numbers of one study rise and fall together." if together else "Numbers are drawn independently, also within one study."
    )
    texts = [assumption or laws, study]
    often = np.flatnonzero(no_effect > 0.01)
    if len(often):
        k = int(often[np.argmax(no_effect[often])])
        texts.append(
            f"{len(often)} links fell below their leak in over 1 % of the draws and then had no effect, most often "
            f"{compiled.factors.number_ids[k]} ({no_effect[k]:.0%})."
        )
    return tuple(texts)


def _share(compiled: CompiledModel, k: int, first: float, first_error: float, total: float, total_error: float) -> Share:
    """Return the record of one number."""
    number = records(compiled)[k]
    cited = citation(compiled, number)
    return Share(
        number.id, float(first), float(first_error), float(total), float(total_error), number.source, cited, number.grade
    )
