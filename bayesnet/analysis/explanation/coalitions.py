"""The probability of every subset of the findings at once: the table that all explanations are read from.

One joint table of the target and the findings' variables, each finding's axis then summed two ways: as if it were unknown, and
weighted by its likelihood. Entry `[h, s1, ..., sn]` of the result is P(h, e_S), S being the findings with s = 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query
from bayesnet.errors import TooWide
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


EXACT = 15
"""Findings up to which every subset is asked."""

_CELLS = 2.0**24
"""Cells of the joint table up to which it is asked for in one piece."""
_LEAST = 1e-280
"""P(e) below which the table of all subsets would lose digits."""


@dataclass(frozen=True)
class Player:
    """The findings on one variable, as one part of an explanation: taken or left out together."""

    variable: int
    name: str
    state: str
    text: str
    likelihood: FloatArray
    negative: bool
    """Whether the finding is the absence of something that could be present."""


@dataclass(frozen=True)
class CoalitionQuery:
    """A question taken apart: context that always holds, and the findings that are weighed against each other."""

    context: Evidence
    players: tuple[Player, ...]
    variable: int
    states: tuple[int, ...]
    """The states of the target variable that count as the target."""

    def evidence(self, taken: Sequence[bool]) -> Evidence:
        """Return the context and the findings that are taken."""
        evidence = self.context
        for player, wanted in zip(self.players, taken, strict=True):
            if wanted:
                evidence = evidence.with_likelihood(player.variable, player.likelihood)
        return evidence


def coalition_query(query: Query, target: tuple[int, int]) -> CoalitionQuery:
    """Take a case apart into context (context variables and interventions) and findings, one player for each variable.

    Findings on the target itself are no explanation and stay in the context. A new marginal counts as the likelihood that gives
    it in the presence of all the others.

    Raises
    ------
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    v, state = target
    compiled, findings = query.compiled, query.findings
    full = query.about(v).evidence
    held = {item.variable for item in compiled.defaults} | {v}
    context = Evidence({u: x for u, x in full.likelihoods.items() if u in held}, full.interventions)
    players = []
    for u in dict.fromkeys(item.variable for item in findings.items):
        if u not in held and u in full.likelihoods:
            items = [item for item in findings.items if item.variable == u]
            states = ", ".join(_stated(item.value) for item in items)
            negative = frozenset(compiled.states(u)) >= {"absent", "present"} and all(item.value == "absent" for item in items)
            text = ", ".join(item.text for item in items)
            likelihood = full.likelihoods[u] / full.likelihoods[u].max()
            players.append(Player(u, compiled.names[u], states, text, likelihood, negative))
    return CoalitionQuery(context, tuple(players), v, (state,))


def subset_table(compiled: CompiledModel, asked: CoalitionQuery) -> FloatArray:
    """Return P(h, e_S | context) for every subset S of the findings: shape (2, 2, ..., 2), the first axis [not the target, the
    target].
    One call of the engine.

    Raises
    ------
    TooWide
        When there are more findings than `EXACT`, their joint table would be too large, or P(e) too small for it.
    """
    variables = [player.variable for player in asked.players]
    cells = float(np.prod([len(compiled.states(v)) for v in (asked.variable, *variables)], dtype=float))
    if len(variables) > EXACT or cells > _CELLS:
        raise TooWide(f"{len(variables)} findings are too many to take in every order; the limit is {EXACT}.", cells)
    table = compiled.engine.joint((asked.variable, *variables), asked.context).table
    hit = np.zeros((2, table.shape[0]))
    hit[0], hit[1] = 1.0, 0.0
    hit[:, list(asked.states)] = [[0.0], [1.0]]
    table = np.tensordot(hit, table, axes=(1, 0))
    for axis, player in enumerate(asked.players, start=1):
        ways = np.stack([np.ones_like(player.likelihood), player.likelihood])
        table = np.moveaxis(np.tensordot(ways, table, axes=(1, axis)), 0, axis)
    if table.reshape(2, -1)[:, -1].sum() < _LEAST:
        raise TooWide("the findings together are too improbable for a table of doubles", cells)
    return table


def shares(compiled: CompiledModel, asked: CoalitionQuery, subsets: Sequence[Sequence[bool]]) -> FloatArray:
    """Return P(target variable | e_S, context) for some subsets S of the findings, one column for each.

    One plan for all of them; where that would be too wide, one for each.
    """
    taken = np.array(subsets, dtype=bool)
    columns = {p.variable: np.where(taken[:, i], p.likelihood[:, None], 1.0) for i, p in enumerate(asked.players)}
    if len(taken) > 1 and columns:
        try:
            return compiled.engine.compared(asked.context, columns, (asked.variable,))[1][asked.variable]
        except TooWide:
            pass
    each = [compiled.engine.posteriors(asked.evidence(subset), (asked.variable,)).marginals[asked.variable] for subset in subsets]
    return np.stack(each, axis=1)


def log_odds(table: FloatArray) -> FloatArray:
    """Return ln P(h, e_S)/P(not h, e_S), shape (2, ..., 2); infinite where a subset settles the question, NaN where it cannot
    hold.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(table[1]) - np.log(table[0]))


def along(values: FloatArray, order: Sequence[int]) -> list[float]:
    """Return values of the subsets that grow along an order: nothing, the first, the first two, ... shape (n + 1,)."""
    index = [0] * values.ndim
    found = [float(values[tuple(index)])]
    for i in order:
        index[i] = 1
        found.append(float(values[tuple(index)]))
    return found


def steps(values: Sequence[float]) -> list[float]:
    """Differences from each value to the next; zero between equal infinities."""
    return [0.0 if a == b else b - a for a, b in pairwise(values)]


def _stated(value: object) -> str:
    """Return the state of a finding, or its likelihoods, as typed."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "{" + ", ".join(value) + "}"
    return "{" + ", ".join(f"{state}:{weight:g}" for state, weight in dict(value).items()) + "}"  # type: ignore[call-overload]


def shapley(values: FloatArray) -> FloatArray:
    """Exact Shapley values of a game given by all its subsets.

    Parameters
    ----------
    values
        Shape (2,) * n: `values[s1, ..., sn]` is the worth of the players with s = 1.

    Returns
    -------
    Shape (n,); the values sum to the worth of all less the worth of none. NaN where some subset has no finite worth.

    >>> shapley(np.array([[0.0, 1.0], [2.0, 5.0]]))
    array([3., 2.])
    """
    n = values.ndim
    if not n:
        return np.zeros(0)
    if not np.isfinite(values).all():
        return np.full(n, math.nan)
    size = np.indices((2,) * (n - 1)).sum(axis=0) if n > 1 else np.zeros((), dtype=int)
    weight = np.array([math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in range(n)])[size]
    return np.array([float((weight * (values.take(1, axis=i) - values.take(0, axis=i))).sum()) for i in range(n)])


def sampled_shapley(
    worths: Callable[[Sequence[tuple[bool, ...]]], Sequence[float]], n: int, rng: np.random.Generator, pairs: int
) -> tuple[FloatArray, FloatArray]:
    """Shapley values estimated from random orders, each taken forwards and backwards.

    Parameters
    ----------
    worths
        Gives the worth of many subsets; called once for all that occur.
    n
        Number of players.
    rng
        Where the orders come from.
    pairs
        How many orders, each with its reverse.

    Returns
    -------
    Values and their standard errors, each of shape (n,); the values sum to the worth of all less the worth of none.
    """
    orders = []
    for _ in range(pairs):
        order = rng.permutation(n)
        orders += [order, order[::-1]]
    paths = []
    for order in orders:
        taken, path = [False] * n, [(False,) * n]
        for i in order:
            taken[i] = True
            path.append(tuple(taken))
        paths.append(path)
    subsets = list(dict.fromkeys(subset for path in paths for subset in path))
    known = dict(zip(subsets, worths(subsets), strict=True))
    means = np.zeros((pairs, n))
    for k, (order, path) in enumerate(zip(orders, paths, strict=True)):
        for i, before, after in zip(order, path[:-1], path[1:], strict=True):
            means[k // 2, i] += (known[after] - known[before]) / 2.0
    if not np.isfinite(means).all():
        return np.full(n, math.nan), np.full(n, math.nan)
    return means.mean(axis=0), means.std(axis=0, ddof=1) / math.sqrt(pairs)
