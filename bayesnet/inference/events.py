"""The derivatives of many events at once: one run whose batch columns each hold one variable in one state, and one holds none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.gradient import Adjoints
from bayesnet.inference.posterior import Run
from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, slots=True)
class EventGradients:
    """P(event, e) of each event, then P(e): `values`, shape (events + 1,), each times exp(`log_scale`).

    `by_entry`, shape (events + 1, entries), holds their derivatives on the same scale by every tensor entry: the tensors of all
    families one after the other, each in C order.
    """

    values: FloatArray
    log_scale: float
    by_entry: FloatArray


def gradients_of(engine: Engine, evidence: Evidence, events: Sequence[tuple[int, int]]) -> EventGradients:
    """P(event, e) of each event (variable, state), then P(e), with the derivatives by every tensor entry.

    As `Engine.gradient` once for each, but in one pass for all of them. Right also where a probability is zero. Families that
    cannot influence a probability as long as their columns sum to one may have derivatives that are equal along a column.

    References
    ----------
    Darwiche A (2003). A differential approach to inference in Bayesian networks. J ACM 50(3):280-305.

    """
    situation = engine.situation(evidence)
    entries = sum(t.size for family in engine.factors.families for t in family.tensors)
    if not situation.possible:
        return EventGradients(np.zeros(len(events) + 1), 0.0, np.zeros((len(events) + 1, entries)))
    open_ = list(dict.fromkeys((v, state) for v, state in events if v not in situation.fixed))
    lanes = len(open_) + 1
    columns = {v: np.ones((len(situation.states(v)), lanes)) for v, _ in open_}
    for lane, (v, state) in enumerate(open_):
        columns[v][:, lane] = [float(s == state) for s in situation.states(v)]
    program = engine.program(situation, axes=tuple(columns))
    adjoints = Adjoints(engine.factors, Run(program, engine.numbers, situation, likelihoods=columns))
    scales = np.broadcast_to(adjoints.log_scale, (adjoints.batch,))
    scale = float(scales.max())
    factor = np.broadcast_to(np.exp(scales - scale), (lanes,))
    values = np.broadcast_to(adjoints.value, (lanes,)) * factor
    flat = np.concatenate([t.reshape(-1, lanes) for row in adjoints.arrays for t in row])
    # An event that the findings decide is all of P(e), the last lane, or nothing of it, a lane of zeros behind it.
    place = {event: lane for lane, event in enumerate(open_)}
    wanted = [place.get(event, lanes - 1 if situation.fixed.get(event[0]) == event[1] else lanes) for event in events]
    pick = np.array([*wanted, lanes - 1])
    by_entry = np.vstack([(flat * factor).T, np.zeros(entries)])[pick]
    return EventGradients(np.append(values, 0.0)[pick], scale, by_entry)
