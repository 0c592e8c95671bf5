"""Derivatives of P(e), and of P(event, e) for many events at once, by every entry of every table and gate.

The way down of a plan gives them for whole factors. What was multiplied into a vector beforehand gets the product of the vector's
other numbers, never a quotient, so entries at zero are no special case (Darwiche 2003).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesnet.inference.answers import Gradient
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.run import Run
from bayesnet.inference.runner import Runner
from bayesnet.model.factors import FloatArray, IntArray


def gradient_of(engine: Runner, evidence: Evidence, events: Sequence[tuple[int, int]]) -> list[Gradient]:
    """Return the gradients of P(event, e) of each event (variable, state), then of P(e), on one common scale."""
    values, scale, flat = derivatives(engine, evidence, events)
    found = []
    for value, row in zip(values, flat, strict=True):
        tensors, at = [], 0
        for family in engine.factors.families:
            mine = []
            for tensor in family.tensors:
                mine.append(row[at : at + tensor.size].reshape(tensor.shape))
                at += tensor.size
            tensors.append(tuple(mine))
        found.append(Gradient(float(value), scale, tuple(tensors)))
    return found


def derivatives(engine: Runner, evidence: Evidence, events: Sequence[tuple[int, int]]) -> tuple[FloatArray, float, FloatArray]:
    """Return P(event, e) of each event and P(e), times exp(scale); the scale; derivatives, shape (events + 1, entries)."""
    situation = engine.situation(evidence)
    entries = len(engine.network.entry)
    if not situation.possible:
        return np.zeros(len(events) + 1), 0.0, np.zeros((len(events) + 1, entries))
    open_ = list(dict.fromkeys((v, state) for v, state in events if v not in situation.fixed))
    lanes = len(open_) + 1
    columns = {v: np.ones((engine.structure.cards[v], lanes)) for v, _ in open_}
    for lane, (v, state) in enumerate(open_):
        columns[v][:, lane] = np.arange(engine.structure.cards[v]) == state
    ready = engine.ready(situation, vectors=tuple(sorted(columns)), slopes=True)
    totals, powers, slopes = [], [], []
    for run in engine.runs(ready, situation, columns, lanes, engine.values):
        totals.append(run.total)
        powers.append(run.powers[run.plan.result_slot, : run.columns])
        slopes.append(_by_value(run, powers[-1]))
    power, total = np.concatenate(powers), np.concatenate(totals)
    scale = int(power[total > 0].max()) if (total > 0).any() else int(power.max())
    shift = np.clip(power - scale, -2000, 2000)
    value = np.ldexp(total, shift)
    flat = np.ldexp(engine.network.by_entry(np.concatenate(slopes, axis=1)), shift)
    # An event that the findings decide is all of P(e), the last lane, or nothing of it, a lane of zeros behind it.
    place = {event: lane for lane, event in enumerate(open_)}
    wanted = [place.get(event, lanes - 1 if situation.fixed.get(event[0]) == event[1] else lanes) for event in events]
    pick = np.array([*wanted, lanes - 1])
    log_scale = float(scale * np.log(2.0)) + situation.log_constant
    return np.append(value, 0.0)[pick], log_scale, np.vstack([flat.T, np.zeros(entries)])[pick]


def _by_value(run: Run, power: IntArray) -> FloatArray:
    """Derivatives by every value, shape (values, columns), on the scale 2 ** power of each column."""
    plan, columns = run.plan, run.columns
    found = np.zeros((len(run.values), columns))
    for k, (place, slot, axes) in plan.details.slopes.items():
        part = plan.question.factors[k]
        stride = dict(zip(part.axes, part.strides, strict=True))
        where, cells = np.array([run.bases[k]]), 1
        for axis, _ in axes:
            size = plan.question.sizes[axis]
            where = np.add.outer(where, stride[axis] * np.arange(size)).ravel()
            cells *= size
        shift = run.powers[slot, :columns] - power
        found[where] += np.ldexp(run.work[place : place + cells, :columns], np.clip(shift, -2000, 2000))
    scalar = plan.details.vector_slopes.get(-1)
    _vector(run, found, 0, 0, scalar, power)
    for k, (axis, (begin, _)) in enumerate(plan.details.vectors.items()):
        _vector(run, found, k + 1, begin, plan.details.vector_slopes.get(axis), power)
    return found


def _vector(run: Run, found: FloatArray, vector: int, begin: int, slope: tuple[int, int] | None, power: IntArray) -> None:
    """To the numbers that a vector is the product of, each times the product of the others."""
    ready, columns = run.ready, run.columns
    for cell in range(begin, int(ready.layout.ends[vector])):
        places = run.index[ready.layout.ptr[cell] : ready.layout.ptr[cell + 1], 0]
        if len(places):
            above: FloatArray = np.ones(columns)
            shift: IntArray | int = -power
            if slope is not None:
                above = run.work[slope[0] + cell - begin, :columns]
                shift = run.powers[slope[1], :columns] - power
            others, exponents = _others(run.values[places, :columns])
            total = np.clip(exponents + shift, -3000, 3000)
            np.add.at(found, places, np.ldexp(others * above * run.soft[cell, :columns], total))


def _others(x: FloatArray) -> tuple[FloatArray, IntArray]:
    """For each row the product of all other rows, as mantissa and power of two, by products from the front and from the back."""
    parts, powers = np.frexp(x)
    ahead, ahead_powers = np.ones_like(parts), np.zeros_like(powers)
    behind, behind_powers = np.ones_like(parts), np.zeros_like(powers)
    for i in range(1, len(x)):
        ahead[i], more = np.frexp(ahead[i - 1] * parts[i - 1])
        ahead_powers[i] = ahead_powers[i - 1] + powers[i - 1] + more
        behind[-1 - i], more = np.frexp(behind[-i] * parts[-i])
        behind_powers[-1 - i] = behind_powers[-i] + powers[-i] + more
    return ahead * behind, np.asarray(ahead_powers + behind_powers, dtype=np.int64)
