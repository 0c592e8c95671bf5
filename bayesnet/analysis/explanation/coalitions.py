"""The log-odds of a target given any of the findings: what all explanations are read from.

Of up to fifteen findings every subset is asked at once: one joint table of the target and the findings' variables, each finding's
axis then summed two ways, as if it were unknown, and weighted by its likelihood. Entry `[h, s1, ..., sn]` of the result is
P(h, e_S), S being the findings with s = 1. Of more findings a subset is asked when it is needed; one pass up and one down gives
the log-odds with one finding more and with one fewer too, for every finding at once.

References
----------
Frye C, Rowat C, Feige I (2020). Asymmetric Shapley values: incorporating causal knowledge into model-agnostic explainability.
NeurIPS 33, 1229-1239.
Okhrati R, Lipani A (2021). A multilinear sampling algorithm to estimate Shapley values. ICPR 2020, 7992-7999.

"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.query import Query
from bayesnet.errors import TooWide
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.gradient import left_out
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


EXACT = 15
"""Findings up to which every subset is asked."""

CROWDED = 2
"""A finding on a variable with more children than this stays known while others are left out: it keeps these apart."""

PAIRS = 8
"""Random subsets, each with its complement, behind a sampled Shapley value."""

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


def log_odds(table: FloatArray) -> FloatArray:
    """Return ln P(h, e_S)/P(not h, e_S), shape (2, ..., 2); infinite where a subset settles the question, NaN where it cannot
    hold.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(table[1]) - np.log(table[0]))


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


class SubsetLogOdds:
    """Log-odds of the target given some of the findings, each subset worked out once.

    `table` holds P(h, e_S) of every subset of few findings, None of many. `held` are the places of the
    findings that stay known while others are left out.
    """

    def __init__(self, compiled: CompiledModel, asked: CoalitionQuery) -> None:
        self.compiled, self.asked, self.count = compiled, asked, len(asked.players)
        children = compiled.engine.structure.children
        self.held = tuple(i for i, p in enumerate(asked.players) if len(children[p.variable]) > CROWDED)
        self.free = tuple(i for i in range(self.count) if i not in self.held)
        self.every = (True,) * self.count
        self._known: dict[tuple[bool, ...], float] = {}
        self._rows: dict[int, FloatArray] = {}

    @cached_property
    def table(self) -> FloatArray | None:
        """P(h, e_S) of every subset, from `subset_table`."""
        try:
            return subset_table(self.compiled, self.asked)
        except TooWide:
            return None

    @cached_property
    def _odds(self) -> FloatArray | None:
        return None if self.table is None else log_odds(self.table)

    def of(self, taken: tuple[bool, ...]) -> float:
        """Return the log-odds given the findings taken."""
        if self._odds is not None:
            return float(self._odds[tuple(map(int, taken))])
        if taken not in self._known:
            v = self.asked.variable
            marginal = self.compiled.engine.posteriors(self.asked.evidence(taken), (v,)).marginals[v]
            self._known[taken] = float(log_odds(self._hits(marginal[:, None]))[0])
        return self._known[taken]

    def _hits(self, marginal: FloatArray) -> FloatArray:
        """Return the share of [not the target, the target], shape (2, columns), from that of the states of its variable."""
        hit = marginal[list(self.asked.states)].sum(axis=0)
        return np.array([np.delete(marginal, self.asked.states, axis=0).sum(axis=0), hit])

    def path(self, order: Sequence[int]) -> list[float]:
        """Return the log-odds given the first 0, 1, 2, ... findings of an order, shape (n + 1,)."""
        subsets = [tuple(i in order[:k] for i in range(self.count)) for k in range(self.count + 1)]
        if self._odds is None and self.free:
            self._ask([taken for taken in subsets if all(taken[i] for i in self.held)])
        return [self.of(taken) for taken in subsets]

    def _ask(self, subsets: Sequence[tuple[bool, ...]]) -> None:
        """Ask subsets that hold all findings that stay known, by one plan."""
        v, taken = self.asked.variable, np.array(subsets, dtype=bool)
        with suppress(TooWide):
            marginal = self.compiled.engine.compared(self._context, self._columns(taken), (v,))[1][v]
            self._known |= zip(subsets, log_odds(self._hits(marginal)).tolist(), strict=True)

    @cached_property
    def _context(self) -> Evidence:
        return self.asked.evidence([i in self.held for i in range(self.count)])

    def _columns(self, taken: NDArray[np.bool_]) -> dict[int, FloatArray]:
        """Return the likelihoods of the findings that may be left out, one column for each subset."""
        players = self.asked.players
        return {players[i].variable: np.where(taken[:, i], players[i].likelihood[:, None], 1.0) for i in self.free}

    def around(self, subsets: Sequence[tuple[bool, ...]]) -> tuple[FloatArray, FloatArray]:
        """Return the log-odds given each subset with finding i and without it, shape (subsets, findings) each.

        The subsets hold all findings that stay known; for these the result is NaN.
        """
        found = np.full((2, len(subsets), self.count), np.nan)
        if self._odds is None and self.free:
            with suppress(TooWide):
                found[:, :, list(self.free)] = self._passes(np.array(subsets, dtype=bool))
        for s, taken in enumerate(subsets):
            for i in self.free:
                for without in (0, 1):
                    if math.isnan(found[without, s, i]):
                        found[without, s, i] = self.of((*taken[:i], not without, *taken[i + 1 :]))
        return found[0], found[1]

    def _passes(self, taken: NDArray[np.bool_]) -> FloatArray:
        """Return `around` of the findings that may be left out, shape (2, subsets, findings), by one plan up and down.

        The first half of the columns has the target excluded, the second half has it given.
        """
        v, players = self.asked.variable, [self.asked.players[i] for i in self.free]
        hit = np.isin(np.arange(len(self.compiled.states(v))), self.asked.states).astype(float)
        columns = {**self._columns(np.concatenate([taken, taken])), v: np.repeat([1.0 - hit, hit], len(taken), axis=0).T}
        logs, rest = left_out(self.compiled.engine, self._context, columns, [p.variable for p in players])
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.log([p.likelihood @ rest[p.variable] for p in players]).T
            held, log = np.tile(taken[:, list(self.free)], (2, 1)), logs[:, None]
            both = np.array([np.where(held, log, log + gain), np.where(held, log - gain, log)])
            difference: FloatArray = both[:, len(taken) :] - both[:, : len(taken)]
        return difference

    @cached_property
    def omitted(self) -> list[float]:
        """The log-odds without each finding, all others known."""
        row = self.around([self.every])[1][0]
        return [self.of(self._but(i)) if math.isnan(x) else x for i, x in enumerate(row.tolist())]

    def without(self, *forgotten: int) -> float:
        """Return the log-odds without some findings; of two, the first is that of which many pairs will be asked."""
        if len(forgotten) == 1:
            return self.omitted[forgotten[0]]
        if self._odds is None and len(forgotten) == 2 and forgotten[0] in self.free:
            first, second = forgotten
            self.prepare([first])
            if second in self.free:
                return float(self._rows[first][second])
        return self.of(self._but(*forgotten))

    def prepare(self, places: Sequence[int]) -> None:
        """Ask at once for the pairs of which one is among these."""
        missing = [i for i in places if i in self.free and i not in self._rows] if self._odds is None else []
        if missing:
            self._rows |= zip(missing, self.around([self._but(i) for i in missing])[1], strict=True)

    def _but(self, *forgotten: int) -> tuple[bool, ...]:
        return tuple(i not in forgotten for i in range(self.count))


def sampled_shapley(worths: SubsetLogOdds, rng: np.random.Generator, pairs: int = PAIRS) -> tuple[FloatArray, FloatArray]:
    """Shapley values over the orders in which the findings that stay known come first, as given (Frye, Rowat & Feige 2020).

    Those of the others are means over random subsets of what a finding adds there, each subset with its complement (Okhrati &
    Lipani 2021); what their sum misses is shared out by the squared errors.

    Returns
    -------
    Values and their standard errors, each of shape (n,); the values sum to the log-odds of all findings less that of none.
    """
    n, held, free = worths.count, list(worths.held), list(worths.free)
    path = [worths.of(tuple(i in held[:k] for i in range(n))) for k in range(len(held) + 1)]
    values, error = np.zeros(n), np.zeros(n)
    values[held] = steps(path)
    if free:
        share = (np.arange(pairs) + rng.random(pairs)) / pairs
        first = rng.random((pairs, n)) < share[:, None]
        subsets = np.concatenate([first, ~first])
        subsets[:, held] = True
        more, less = worths.around([tuple(row) for row in subsets.tolist()])
        added = (more - less)[:, free]
        if not np.isfinite([*path, *added.ravel()]).all():
            return np.full(n, math.nan), np.full(n, math.nan)
        means = added.reshape(2, pairs, -1).mean(axis=0)
        values[free], error[free] = means.mean(axis=0), means.std(axis=0, ddof=1) / math.sqrt(pairs)
        missing = worths.of(worths.every) - path[-1] - values[free].sum()
        weight = error**2 if error.any() else np.isin(np.arange(n), free).astype(float)
        values += missing * weight / weight.sum()
    return values, error
