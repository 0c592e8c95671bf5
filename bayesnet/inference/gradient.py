"""Derivatives of P(e), and of P(event, e) for many events at once, by every entry of every table and gate.

The way down of a plan gives them for whole factors. What was multiplied into a vector beforehand gets the product of the vector's
other numbers: that of all of them over its own, zeros counted apart (Darwiche 2003).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.inference.answers import EventGradients
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.plan import EliminationPlan
from bayesnet.inference.run import Run
from bayesnet.inference.runner import Runner
from bayesnet.model.factors import FloatArray, IntArray

MOST = 1000
"""Largest power of two of a derivative."""


def derivatives(engine: Runner, evidence: Evidence, events: Sequence[tuple[int, int]]) -> EventGradients:
    """Return P(event, e) of each event (variable, state), then P(e), with the derivatives by every tensor entry."""
    situation = engine.situation(evidence)
    entries = len(engine.network.entry)
    if not situation.possible:
        return EventGradients(np.zeros(len(events) + 1), 0.0, np.zeros((len(events) + 1, entries)))
    open_ = list(dict.fromkeys((v, state) for v, state in events if v not in situation.fixed))
    lanes = len(open_) + 1
    columns = {v: np.ones((engine.structure.cards[v], lanes)) for v, _ in open_}
    for lane, (v, state) in enumerate(open_):
        columns[v][:, lane] = np.arange(engine.structure.cards[v]) == state
    ready = engine.ready(situation, vectors=tuple(sorted(columns)), slopes=True)
    runs = list(engine.runs(ready, situation, columns, lanes, engine.values))
    total = np.concatenate([run.total for run in runs])
    power = np.concatenate([run.powers[run.plan.result_slot, : run.columns] for run in runs])
    where, parts, exponents = map(list, zip(*map(_by_value, runs), strict=True))
    part, exponent = np.concatenate(parts, axis=1), np.concatenate(exponents, axis=1)
    scale = int(power[total > 0].max()) if (total > 0).any() else int(power.max())
    # The derivative by a number of 1e-320 may be larger than any double on the scale of P(e) itself.
    scale = max(scale, int(exponent[part > 0].max(initial=scale)) - MOST)
    value = np.ldexp(total, np.clip(power - scale, -2000, 2000))
    by_value = np.zeros((len(engine.network.values), lanes))
    np.add.at(by_value, where[0], np.ldexp(part, np.clip(exponent - scale, -2000, 2000)))
    flat = engine.network.by_entry(by_value)
    # An event that the findings decide is all of P(e), the last lane, or nothing of it, a lane of zeros behind it.
    place = {event: lane for lane, event in enumerate(open_)}
    wanted = [place.get(event, lanes - 1 if situation.fixed.get(event[0]) == event[1] else lanes) for event in events]
    pick = np.array([*wanted, lanes - 1])
    log_scale = float(scale * np.log(2.0)) + situation.log_constant
    return EventGradients(np.append(value, 0.0)[pick], log_scale, np.vstack([flat.T, np.zeros(entries)])[pick])


def _by_value(run: Run) -> tuple[IntArray, FloatArray, IntArray]:
    """Derivatives by values: which, shape (m,); mantissas and powers of two, shape (m, columns)."""
    plan, ptr, columns = run.plan, run.ready.layout.ptr, run.columns
    kept = plan.cache.get("slopes")
    places: tuple[IntArray, ...] = kept if isinstance(kept, tuple) else _places(plan)
    plan.cache["slopes"] = places
    factor, offset, place, slot, above, level = places
    index, cell = run.index[:, 0], np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    own, power, none, product, exponent, zeros = _products(run, columns)
    higher = np.where((level >= 0)[:, None], run.powers[level, :columns], 0) + exponent
    others = np.where(zeros[cell] == none, product[cell] / own, 0.0) * (run.work[above, :columns] * run.soft[:, :columns])[cell]
    part, more = np.frexp(np.concatenate([run.work[place, :columns], others]))
    where = np.concatenate([run.bases[factor] + offset, index])
    return where, part, more + np.concatenate([run.powers[slot, :columns], higher[cell] - power])


def _products(run: Run, columns: int) -> tuple[FloatArray, IntArray, FloatArray, FloatArray, IntArray, IntArray]:
    """Return the numbers multiplied into vectors as mantissas, powers of two, and whether they are zero; then for each cell the
    product of the others, its power, and the number of zeros.
    """
    ptr, counts = run.ready.layout.ptr, np.diff(run.ready.layout.ptr)
    begin, held = ptr[:-1][counts > 0], counts > 0
    own, power = np.frexp(run.values[run.index[:, 0], :columns])
    # Mantissas about one, so that the product of a thousand of them is a normal number.
    low, none = own < math.sqrt(0.5), own == 0.0
    own, power = np.where(none, 1.0, np.where(low, 2.0 * own, own)), np.where(none, 0, power - low)
    product, exponent, zeros = np.ones((len(counts), columns)), *np.zeros((2, len(counts), columns), dtype=np.int64)
    if len(begin):
        product[held] = np.multiply.reduceat(own, begin, axis=0)
        exponent[held] = np.add.reduceat(power, begin, axis=0)
        zeros[held] = np.add.reduceat(none, begin, axis=0, dtype=np.int64)
    return own, power, none, product, exponent, zeros


def left_out(
    engine: Runner, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
) -> tuple[FloatArray, dict[int, FloatArray]]:
    """Return ln P(b, e) of several columns of likelihoods b, and of `variables` P(v | e and all of b that is not of v).

    As `Engine.compared`, but each variable without its own likelihoods: the derivative by them is P(v, all else), and one pass up
    and one down gives all (Darwiche 2003). NaN where all else is impossible.
    """
    situation = engine.possible(evidence)
    free = {v: table for v, table in columns.items() if v not in situation.fixed}
    wanted, size = tuple(v for v in variables if v not in situation.fixed), next(iter(columns.values())).shape[1]
    ready = engine.ready(situation, wanted, vectors=tuple(sorted(free)))
    own, slope, base, ends = ready.layout.own, ready.layout.slope, engine.soft(ready, situation, {}), ready.layout.ends
    begin, sizes = np.append(0, ends[:-1]), np.diff(ends, prepend=0)
    logs, found = [], []
    for run in engine.runs(ready, situation, free, size if free else 1, engine.values):
        _, _, _, product, power, zeros = _products(run, 1)
        power -= np.repeat(np.maximum.reduceat(power, begin), sizes, axis=0)
        vectors = np.append(np.ldexp(np.where(zeros > 0, 0.0, product), power) * base, 1.0)
        mine = vectors[np.minimum(own, len(vectors) - 1)][:, None] * run.work[slope, : run.columns]
        logs.append(run.log_probability)
        found.append(ready.shares(mine))
    log = np.broadcast_to(np.concatenate(logs), size) + situation.log_constant
    with np.errstate(divide="ignore"):
        for v in columns.keys() - free.keys():
            log = log + np.log(columns[v][situation.fixed[v]])
    shares = {v: np.concatenate([each[v] for each in found], axis=1) for v in wanted}
    fixed = {v: one_hot(engine.structure.cards[v], situation.fixed[v])[:, None] for v in variables if v not in shares}
    return log, {v: np.broadcast_to(x, (len(x), size)) for v, x in {**shares, **fixed}.items()}


def _places(plan: EliminationPlan) -> tuple[IntArray, ...]:
    """Return where the derivatives are: by the numbers of factors, which, from its base, place, slot; by cells of vectors, place
    and slot (-1: none, the derivative is one).
    """
    details, sizes = plan.details, plan.question.sizes
    parts: list[tuple[IntArray, ...]] = []
    for k, (place, slot, axes) in details.slopes.items():
        stride = dict(zip(plan.question.factors[k].axes, plan.question.factors[k].strides, strict=True))
        offset = np.zeros(1, dtype=np.int64)
        for axis, _ in axes:
            offset = np.add.outer(offset, stride[axis] * np.arange(sizes[axis])).ravel()
        parts.append((np.full(len(offset), k), offset, place + np.arange(len(offset)), np.full(len(offset), slot)))
    cells = int(plan.layout.ends[-1])
    above, level = np.full(cells, plan.space), np.full(cells, -1)
    for axis, (begin, _) in {-1: (0, 0), **details.vectors}.items():
        if axis in details.vector_slopes:
            mine = slice(begin, begin + (1 if axis < 0 else sizes[axis]))
            place, level[mine] = details.vector_slopes[axis]
            above[mine] = place + np.arange(mine.stop - begin)
    nothing = np.zeros((4, 0), dtype=np.int64)
    return *(np.concatenate([*each]) for each in zip(nothing, *parts, strict=True)), above, level
