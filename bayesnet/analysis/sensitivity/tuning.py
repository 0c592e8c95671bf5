"""Tuning: the smallest change of one number, or of one column, that makes an answer meet a constraint."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.column_tuning import column_changes
from bayesnet.analysis.sensitivity.constraints import Questions, questions
from bayesnet.analysis.sensitivity.covariation import moved_values
from bayesnet.analysis.sensitivity.distance import column_cd
from bayesnet.analysis.sensitivity.parameter_map import ENTRY, LINK, ODDS, parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, Ranges, SensitivityQuery, citation, ranges, records
from bayesnet.analysis.sensitivity.roots import scan_points, zeros
from bayesnet.errors import BayesnetError, TooWide, did_you_mean, nearest
from bayesnet.logodds import log_odds
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.vocabulary import GRADES
from bayesnet.results.tuning import Change, Tuning

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def tune(
    query: Query,
    target: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    equals: float | None = None,
    minus: str | None = None,
    over: str | None = None,
    lock: Sequence[str] = (),
    columns: bool = False,
    structural: bool = False,
    sample_size: float = SAMPLE_SIZE,
) -> Tuning:
    """Return every single number (or column) that can by itself meet a constraint, the smallest change first; see `Case.tune`.

    Closed forms where the number enters linearly; roots to machine precision along curves (leaks, odds ratios). Of all changes of
    one column the one with the smallest CD distance shifts the log-odds of some states against the others (Chan & Darwiche 2004).
    """
    compiled = query.compiled
    subject = SensitivityQuery.of(query, target)
    asked = questions(subject, at_least, at_most, equals, minus, over)
    locked = _locked(compiled, lock)
    free = asked.matters() & ~locked & (structural | ~parameter_map(compiled).structural)
    value = float(asked.constraint.value(asked.base)[0])
    satisfied = asked.constraint.satisfied(value)
    if satisfied:
        changes: list[Change] = []
    elif columns:
        links = np.flatnonzero(free & (parameter_map(compiled).kind == LINK))
        changes = column_changes(compiled, asked, free, locked) + _number_changes(
            compiled, asked, links, ranges(compiled, sample_size)
        )
    else:
        changes = _number_changes(compiled, asked, np.flatnonzero(free), ranges(compiled, sample_size))
    return Tuning(
        title=subject.title,
        provenance=subject.provenance,
        constraint=asked.constraint.text,
        value=value,
        satisfied=satisfied,
        changes=tuple(sorted(changes, key=lambda change: (abs(change.log_odds_change), change.number))),
        tried=int(free.sum()),
        locked=int((locked & asked.matters()).sum()),
    )


def _locked(compiled: CompiledModel, lock: Sequence[str]) -> NDArray[np.bool_]:
    """Return numbers that must stay, by id, source, variable or grade."""
    all_records = records(compiled)
    locked = np.zeros(len(all_records), dtype=bool)
    for name in [lock] if isinstance(lock, str) else lock:
        hit = np.array([name in (n.id, *n.publications, n.variable, n.grade) for n in all_records], dtype=bool)
        if not hit.any() and name not in GRADES and name not in compiled.model.sources:
            hit[_by_pattern(compiled, name)] = True
        locked |= hit
    return locked


def _by_pattern(compiled: CompiledModel, name: str) -> int:
    """Return a number named by a shortened id."""
    try:
        return compiled.number(name)
    except BayesnetError:
        known = [*compiled.model.sources, *compiled.names, *GRADES, *compiled.factors.number_ids]
        hint = did_you_mean(nearest(name, known)) or "name a number, a source, a variable or a grade."
        raise BayesnetError(f'Cannot lock "{name}": nothing is known by this name; {hint}') from None


def _number_changes(compiled: CompiledModel, asked: Questions, ks: IntArray, cited_ranges: Ranges) -> list[Change]:
    """Return the nearest value of each number that meets the bound, if there is one."""
    new_values = _nearest_on_lines(compiled, asked, ks[compiled.factors.linear[ks]])
    for k in ks[~compiled.factors.linear[ks]].tolist():
        best = _nearest_on_curve(compiled, asked, k)
        if best is not None:
            new_values.append((k, best))
    all_records = records(compiled)
    changes = []
    for k, x in new_values:
        shift = log_odds_change(compiled, k, x)
        if not math.isfinite(shift) or shift == 0.0:
            continue
        number = all_records[k]
        inside = bool(cited_ranges.low[k] <= x <= cited_ranges.high[k])
        start = float(compiled.factors.values[k])
        about = (number.source, number.grade, citation(compiled, number))
        changes.append(Change(number.id, start, x, shift, change_cd(compiled, k, x), inside, *about))
    return changes


def _nearest_on_lines(compiled: CompiledModel, asked: Questions, ks: IntArray) -> list[tuple[int, float]]:
    """Closed forms: the roots of a line, or of a parabola for two questions with different findings."""
    if not len(ks):
        return []
    lowest, highest = parameter_map(compiled).domain
    start = compiled.factors.values[ks]
    base = np.repeat(asked.base, len(ks), axis=1)
    roots = start + asked.constraint.steps(base, asked.slopes(ks))
    roots[~((roots >= lowest[ks]) & (roots <= highest[ks]))] = np.nan
    found = []
    for j, k in enumerate(ks.tolist()):
        options = [float(x) for x in roots[:, j] if math.isfinite(x)]
        if options:
            found.append((k, min(options, key=lambda x: abs(log_odds_change(compiled, k, x)))))
    return found


def _nearest_on_curve(compiled: CompiledModel, asked: Questions, k: int) -> float | None:
    """Roots along the curve of a leak, an odds or an odds ratio; the nearest in log-odds."""
    points = scan_points(asked.first, k)

    def margin(xs: FloatArray) -> FloatArray:
        return asked.constraint.margin(asked.at(np.full(len(xs), k), xs))

    options = zeros(points, margin)
    return min(options, key=lambda x: abs(log_odds_change(compiled, k, x)), default=None)


def log_odds_change(compiled: CompiledModel, k: int, x: float) -> float:
    """From the present value of number k to x in log-odds; for an odds or odds ratio in its logarithm."""
    start = float(compiled.factors.values[k])
    if x == start:
        return 0.0
    if parameter_map(compiled).kind[k] == ODDS:
        return _log(x) - _log(start)
    return log_odds(x) - log_odds(start)


def change_cd(compiled: CompiledModel, k: int, x: float) -> float:
    """Return the CD distance that moving number k to x puts between the two networks; NaN where its gate is too wide to spell
    out.
    For an entry and for a link of a noisy-OR it is the change of the log-odds, since the rest of the column co-varies in
    proportion and the largest ratios are where the cause is alone; otherwise the columns of the gate are compared.
    """
    kind = parameter_map(compiled).kind[k]
    if kind == ENTRY or (kind == LINK and parameter_map(compiled).two_ranked(int(parameter_map(compiled).family[k]))):
        return abs(log_odds_change(compiled, k, x))
    f = int(parameter_map(compiled).family[k])
    gate = compiled.expander.gates[f]
    values = moved_values(parameter_map(compiled), np.array([k]), np.array([x]))
    moved = gate.family(tuple(t[..., 0] for t in gate.tensors(values)))
    try:
        return column_cd(table_of(compiled.factors.families[f]), table_of(moved))
    except TooWide:
        return math.nan


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf
