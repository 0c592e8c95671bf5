"""Do the findings go together: the conflict measure, where they pull apart, and whether a rare case makes sense of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.explanation.coalitions import Player
from bayesnet.model.factors import FloatArray
from bayesnet.results.explanation import Conflict, RareCase

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.evidence import Evidence


def conflict(table: FloatArray, players: Sequence[Player]) -> tuple[float, float, tuple[str, ...], tuple[str, ...]]:
    """Return the conflict of all findings, and the two parts between which it is largest.

    Parameters
    ----------
    table
        P(h, e_S), from `subset_table`.
    players
        The findings, one for each axis but the first.

    Returns
    -------
    `conf(e) = ln prod P(e_i) / P(e)`; the conflict *between* the two parts, `ln P(e_A) P(e_B) / P(e)`; the findings of A and
    of B. The conflict of all is that between the parts and that within each.

    References
    ----------
    Jensen FV, Chamberlain B, Nordahl T, Jensen F (1991). Analysis in HUGIN of data conflict. UAI-90, 519-528.
    """
    n = len(players)
    if n < 2:
        return 0.0, 0.0, tuple(p.text for p in players), ()
    whole = table.sum(axis=0)
    logs = np.log(whole) - math.log(float(whole[(0,) * n]))
    every = float(logs[(1,) * n])
    alone = [float(logs[tuple(int(i == j) for j in range(n))]) for i in range(n)]
    flat = logs.reshape(-1)
    # Subset S and its complement stand at mirrored places of the flat table; the first finding is kept in the first part.
    apart = (flat + flat[::-1] - every)[len(flat) // 2 : -1]
    best = int(np.argmax(apart)) + len(flat) // 2
    inside = [bool(best >> (n - 1 - i) & 1) for i in range(n)]
    first = tuple(p.text for p, taken in zip(players, inside, strict=True) if taken)
    second = tuple(p.text for p, taken in zip(players, inside, strict=True) if not taken)
    return math.fsum(alone) - every, float(apart.max()), first, second


def rare_cases(
    compiled: CompiledModel,
    value: float,
    before: Mapping[int, FloatArray],
    after: Mapping[int, FloatArray],
    candidates: Sequence[tuple[int, int]],
) -> tuple[RareCase, ...]:
    """Return the conflict that is left if one hypothesis is added to the findings, smallest first.

    `conf(e, h) = conf(e) + ln P(h) / P(h | e)`; at or below zero, h makes a rare case of what looked like a conflict.
    """
    found = []
    for v, state in candidates:
        p, q = float(before[v][state]), float(after[v][state])
        if p > 0.0 and q > 0.0:
            found.append(RareCase(compiled.literal(v, state), q, value + math.log(p) - math.log(q)))
    return tuple(sorted(found, key=lambda case: case.conflict))


def single_probabilities(compiled: CompiledModel, context: Evidence, players: Sequence[Player]) -> list[float]:
    """Return ln P(e_i | context) of each finding alone, in one pass."""
    alone = compiled.engine.posteriors(context, tuple(p.variable for p in players)).marginals
    return [math.log(float(p.likelihood @ alone[p.variable])) for p in players]


def analysed(
    compiled: CompiledModel,
    players: Sequence[Player],
    table: FloatArray | None,
    context: Evidence,
    full: Evidence,
    candidates: Sequence[tuple[int, int]],
    before: Mapping[int, FloatArray],
    after: Mapping[int, FloatArray],
) -> Conflict:
    """Return the whole conflict analysis of a case; without the table of subsets (`None`) there is no split into parts."""
    between, first, second = math.nan, (), ()  # type: tuple[float, tuple[str, ...], tuple[str, ...]]
    if table is not None:
        value, between, first, second = conflict(table, players)
    else:
        both = compiled.engine.log_probability(full) - compiled.engine.log_probability(context)
        value = math.fsum(single_probabilities(compiled, context, players)) - both
    return Conflict(value, between, first, second, rare_cases(compiled, value, before, after, candidates))
