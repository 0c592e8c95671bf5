"""The most relevant explanation: the partial assignment of diagnoses that the findings speak for most strongly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    p, q = (_with_sums(compiled.engine.joint(variables, known).table) for known in (context, full))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where((p == 0.0) | (p >= 1.0), np.nan, np.where(q >= 1.0, np.inf, q * (1.0 - p) / (p * (1.0 - q))))
    place, worth = np.indices(factor.shape), frozenset(candidates)
    part = place < np.array(factor.shape).reshape(-1, *(1,) * factor.ndim) - 1
    size = part.sum(axis=0)
    # To say only what is absent explains nothing.
    named = [
        np.array([(v, s) in worth for s in range(n)])[place[i]]
        for i, (v, n) in enumerate(zip(variables, factor.shape, strict=True))
    ]
    kept = np.any(named, axis=0) & (factor > 1.0) & (q >= LEAST)
    for axis in range(factor.ndim):
        # Every part of an explanation raises its factor.
        kept &= ~part[axis] | (size == 1) | (factor >= GAIN * np.take(factor, [-1], axis=axis))
    found: list[tuple[dict[int, int], tuple[float, float, float]]] = []
    for at in sorted(map(tuple, np.argwhere(kept).tolist()), key=lambda x: (-round(float(factor[x]), 9), size[x])):
        x = {v: s for v, s, whole in zip(variables, at, factor.shape, strict=True) if s < whole - 1}
        if len(found) < SHOWN and not any(x.items() <= y.items() or y.items() <= x.items() for y, _ in found):
            found.append((x, (float(factor[at]), float(p[at]), float(q[at]))))
    return tuple(Relevant(tuple(compiled.literal(v, s) for v, s in sorted(x.items())), *figures) for x, figures in found)


def _with_sums(table: FloatArray) -> FloatArray:
    """Return a joint table with the sum over each axis as one more place of it: the probability of every partial assignment."""
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


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
