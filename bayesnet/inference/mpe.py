"""The most probable assignment, of all variables or of some with the rest summed out, and the next best one.

The same bucket elimination with maxima in place of sums for the variables asked about, after all others. A gate's
hidden causes are summed, not maximised, so every gate is assembled to a table before the first maximum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.inference.answers import MostProbable
from bayesnet.inference.evidence import ZeroEvidence, one_hot
from bayesnet.inference.numbers import Numbers
from bayesnet.inference.posterior import Run
from bayesnet.inference.program import Program
from bayesnet.inference.run import backward
from bayesnet.inference.situation import Situation

TIE = 1e-12
"""Two assignments whose log-probabilities differ by less than this are as probable."""


def most_probable(program: Program, numbers: Numbers, situation: Situation, chosen: Sequence[int]) -> MostProbable:
    """Best and second-best assignment of `chosen`; `program` maximises those of them that are not fixed."""
    run = Run(program, numbers, situation)
    log = float(run.log_probability[0])
    if log == -np.inf:
        raise ZeroEvidence("the most probable assignment has probability zero")
    assignment = _trace(run, chosen)
    runner, runner_log = None, -np.inf
    other = _second(run, assignment)
    if other is not None:
        v, place = other
        again = Run(program, numbers, situation, likelihoods={v: one_hot(len(situation.states(v)), place)[:, None]})
        runner, runner_log = _trace(again, chosen), float(again.log_probability[0])
    return MostProbable(assignment, log, runner, runner_log, not runner_log > log - TIE)


def _trace(run: Run, chosen: Sequence[int]) -> dict[int, int]:
    """The best states, found in the opposite order of elimination: each given those eliminated after it."""
    places: dict[int, int] = {}
    for maximum in reversed(run.program.maxima):
        scores = np.ones(len(run.situation.states(maximum.variable)))
        for buffer, axes in zip(maximum.buffers, maximum.axes, strict=True):
            table = run.tape.buffers[buffer].reshape([len(run.situation.states(a)) for a in axes])
            scores = scores * table[tuple(places.get(a, slice(None)) for a in axes)]
        places[maximum.variable] = int(scores.argmax())
    return {v: run.situation.fixed[v] if v in run.situation.fixed else run.situation.states(v)[places[v]] for v in chosen}


def _second(run: Run, assignment: Mapping[int, int]) -> tuple[int, int] | None:
    """The variable and (place of the) state that the best other assignment has; None when there is no other."""
    adjoints = backward(run.tape, np.ones_like(run.tape.result))
    best, found = 0.0, None
    for maximum in run.program.maxima:
        v = maximum.variable
        buffer = run.program.unary[v]
        scores = (run.leaves[buffer] * adjoints[buffer].reshape(len(run.leaves[buffer]), -1))[:, 0]
        scores[run.situation.states(v).index(assignment[v])] = 0.0
        if scores.max() > best:
            best, found = float(scores.max()), (v, int(scores.argmax()))
    return found
