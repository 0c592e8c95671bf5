"""The most relevant explanation: the partial assignment of diagnoses that the findings speak for most strongly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.model.factors import FloatArray
from bayesnet.results.explanation import Relevant

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.evidence import Evidence

CANDIDATES = 8
"""Variables whose joint distribution is searched; the ones that the findings move most."""

SHOWN = 3

LEAST = 0.05
"""Explanations less probable than this are left out: the factor alone prefers rare conjunctions that fit everything."""

GAIN = 1.1
"""Every part of an explanation must raise the factor at least this many times, or it is left out."""


def bayes_factor(before: float, after: float) -> float:
    """Generalised Bayes factor of a hypothesis: P(e | x) / P(e | not x), which is posterior odds over prior odds.

    >>> round(bayes_factor(0.1, 0.5), 9)
    9.0
    """
    if before in (0.0, 1.0):
        return math.nan
    return math.inf if after >= 1.0 else after * (1.0 - before) / (before * (1.0 - after))


def most_relevant(
    compiled: CompiledModel,
    context: Evidence,
    full: Evidence,
    candidates: Sequence[tuple[int, int]],
    before: Mapping[int, FloatArray],
    after: Mapping[int, FloatArray],
) -> tuple[Relevant, ...]:
    """Return the partial assignments with the largest generalised Bayes factor, best first.

    An explanation is left out if one that contains it, or that it contains, speaks at least as strongly (dominance), if it is
    less probable than `LEAST`, or if one of its parts adds less than `GAIN`. The search is exact over the `CANDIDATES` variables
    whose own factor is furthest from one.

    References
    ----------
    Yuan C, Lim H, Lu TC (2011). Most relevant explanation in Bayesian networks. Journal of Artificial Intelligence Research 42,
    309-352.
    """
    variables = _chosen(candidates, before, after)
    if not variables:
        return ()
    prior = compiled.engine.joint(variables, context).table
    posterior = compiled.engine.joint(variables, full).table
    found: dict[frozenset[tuple[int, int]], tuple[float, float, float]] = {}
    for size in range(1, len(variables) + 1):
        for chosen in combinations(range(len(variables)), size):
            others = tuple(i for i in range(len(variables)) if i not in chosen)
            p, q = prior.sum(axis=others), posterior.sum(axis=others)
            for states in product(*(range(prior.shape[i]) for i in chosen)):
                assignment = frozenset((variables[i], s) for i, s in zip(chosen, states, strict=True))
                found[assignment] = bayes_factor(float(p[states]), float(q[states])), float(p[states]), float(q[states])
    # To say only what is absent explains nothing.
    named = frozenset(candidates)
    ranked = sorted(
        (x for x, (factor, _, q) in found.items() if factor > 1.0 and q >= LEAST and x & named and _earned(found, x)),
        key=lambda x: (-round(found[x][0], 9), len(x)),
    )
    kept: list[frozenset[tuple[int, int]]] = []
    for x in ranked:
        if len(kept) < SHOWN and not any(x <= y or y <= x for y in kept):
            kept.append(x)
    return tuple(Relevant(tuple(compiled.literal(v, s) for v, s in sorted(x)), *found[x]) for x in kept)


def _earned(found: Mapping[frozenset[tuple[int, int]], tuple[float, float, float]], x: frozenset[tuple[int, int]]) -> bool:
    """Return whether every part of an explanation raises its factor."""
    return len(x) == 1 or all(found[x][0] >= GAIN * found[x - {part}][0] for part in x)


def _chosen(
    candidates: Sequence[tuple[int, int]], before: Mapping[int, FloatArray], after: Mapping[int, FloatArray]
) -> tuple[int, ...]:
    """Return the variables moved most by the findings, in log-odds of any state."""

    def moved(v: int) -> float:
        factors = [bayes_factor(float(p), float(q)) for p, q in zip(before[v], after[v], strict=True)]
        return max((abs(math.log(f)) if f > 0.0 else math.inf for f in factors if not math.isnan(f)), default=0.0)

    ranked = sorted(dict.fromkeys(v for v, _ in candidates), key=lambda v: -moved(v))
    chosen, cells = [], 1.0
    for v in ranked[:CANDIDATES]:
        cells *= len(np.atleast_1d(before[v]))
        if cells <= 4096.0:
            chosen.append(v)
    return tuple(chosen)
