"""The most probable assignment, of all variables or of some with the rest summed out, and the next best one.

The same plan with maxima in place of sums for the variables asked about, after all others. A gate's hidden causes are summed,
not maximised, so every gate is assembled before the first maximum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.inference.answers import RawMostProbable
from bayesnet.inference.evidence import ZeroEvidence, one_hot
from bayesnet.inference.reduced_evidence import ReducedEvidence
from bayesnet.inference.run import Run
from bayesnet.inference.runner import Runner

TIE = 1e-12
"""Two assignments whose log-probabilities differ by less than this are as probable."""


def most_probable(engine: Runner, situation: ReducedEvidence, chosen: Sequence[int]) -> RawMostProbable:
    """Best and second-best assignment of `chosen`."""
    free = tuple(v for v in chosen if v not in situation.fixed)
    ready = engine.ready(situation, wanted=free, best=free, vectors=free)
    run = engine.run(ready, situation)
    log = float(run.log_probability[0]) + situation.log_constant
    if log == -np.inf:
        raise ZeroEvidence("the most probable assignment has probability zero")

    def named(places: Mapping[int, int]) -> dict[int, int]:
        return {v: situation.fixed[v] if v in situation.fixed else engine.network.states[v][places[v]] for v in chosen}

    places = _trace(run, free)
    runner, runner_log = None, -np.inf
    other = _second(run, places)
    if other is not None:
        v, place = other
        card, state = engine.structure.cards[v], engine.network.states[v][place]
        again = engine.run(ready, situation, {v: one_hot(card, state)[:, None]})
        runner = named(_trace(again, free))
        runner_log = float(again.log_probability[0]) + situation.log_constant
    return RawMostProbable(named(places), log, runner, runner_log, not runner_log > log - TIE)


def _trace(run: Run, free: Sequence[int]) -> dict[int, int]:
    """Return the best places, found in the opposite order of elimination: each given those eliminated after it."""
    best: dict[int, int] = {}
    for axis, bucket in reversed(run.plan.maxima):
        scores = np.ones(run.plan.question.sizes[axis])
        for base, axes in bucket:
            source, start = (run.work, base) if base >= 0 else (run.values, int(run.bases[-1 - base]))
            stride = dict(axes)[axis]
            start += sum(step * best[a] for a, step in axes if a != axis)
            scores = scores * source[start : start + stride * (len(scores) - 1) + 1 : stride, 0]
        best[axis] = int(scores.argmax())
    return {v: best[run.plan.question.axis[v]] for v in free}


def _second(run: Run, places: Mapping[int, int]) -> tuple[int, int] | None:
    """Return the variable and place that the best other assignment has; None when there is no other."""
    plan = run.plan
    best, found = -np.inf, None
    for v, place in places.items():
        axis = plan.question.axis[v]
        (begin, slot), size = plan.details.vectors[axis], plan.question.sizes[axis]
        power, scores = run.powers[slot, 0], run.work[begin : begin + size, 0].copy()
        if axis in plan.details.vector_slopes:
            begin, slot = plan.details.vector_slopes[axis]
            power, scores = power + run.powers[slot, 0], scores * run.work[begin : begin + size, 0]
        scores[place] = 0.0
        if scores.max() > 0 and np.log2(scores.max()) + power > best:
            best, found = float(np.log2(scores.max()) + power), (v, int(scores.argmax()))
    return found
