"""Explains a diagnosis: what speaks for and against it, whether the findings go together, and the paths they take."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.explanation.carried import Carried, joints
from bayesnet.analysis.explanation.coalitions import (
    CoalitionQuery,
    Player,
    along,
    coalition_query,
    log_odds,
    sampled_shapley,
    shapley,
    shares,
    steps,
    subset_table,
)
from bayesnet.analysis.explanation.conflict import analysed
from bayesnet.analysis.explanation.paths import Graph, separated, ways
from bayesnet.analysis.explanation.relevant import most_relevant
from bayesnet.analysis.explanation.wording import explained
from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.query import Query, checked
from bayesnet.errors import BayesnetError, TooWide
from bayesnet.inference.evidence import Evidence
from bayesnet.logodds import BARELY, DECIBANS, expit, ratio_of
from bayesnet.model.factors import FloatArray
from bayesnet.results.explanation import Explanation, Impact, Overlap, Verdict, Ways

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

OVERLAP = math.log(1.5)
"""The smallest interaction of two findings that is reported."""

PAIRS = 60
"""Random orders, each with its reverse, behind a sampled Shapley value."""


@dataclass(frozen=True)
class _Measured:
    """Log-odds along the order and what each finding is worth."""

    order: tuple[int, ...]
    path: list[float]
    shapley: FloatArray
    error: FloatArray
    omission: list[float]
    overlaps: tuple[Overlap, ...]


def explain(query: Query, target: tuple[int, int], order: str | Sequence[str] = "given", seed: int = 0) -> Explanation:
    """Explain the probability of a target, (variable, state); see `Case.explain`."""
    query, compiled = query.about(target[0]), query.compiled
    full = query.ask(checked)
    asked = coalition_query(query, target)
    try:
        table = subset_table(compiled, asked)
    except TooWide:
        table = None
    measured = _exact(asked, table, order) if table is not None else _sampled(compiled, asked, order, np.random.default_rng(seed))
    candidates = _hypotheses(compiled, asked)
    variables = tuple(dict.fromkeys(v for v, _ in candidates))
    before = compiled.engine.posteriors(asked.context, variables).marginals
    after = compiled.engine.posteriors(full, variables).marginals
    found = analysed(compiled, asked.players, table, asked.context, full, candidates)
    relevant = most_relevant(compiled, asked.context, full, candidates, before, after)
    impacts = _impacts(asked.players, measured)
    closed = tuple(p.text for p in asked.players if separated(compiled, full.without(p.variable), p.variable, target[0]))
    paths = _ways(compiled, asked, full, table)
    name = compiled.literal(*target)
    prior, posterior = expit(measured.path[0]), expit(measured.path[-1])
    return Explanation(
        title=query.title(name),
        provenance=query.provenance(weakest(query)),
        target=name,
        prior=prior,
        posterior=posterior,
        impacts=impacts,
        order=order if isinstance(order, str) else "chosen",
        exact=table is not None,
        overlaps=measured.overlaps,
        conflict=found,
        relevant=relevant,
        ways=paths,
        separated=closed,
        text=explained(name, prior, posterior, impacts, measured.overlaps, found, relevant, closed, paths),
    )


def _ways(compiled: CompiledModel, asked: CoalitionQuery, full: Evidence, table: FloatArray | None) -> tuple[Ways, ...]:
    """Return the paths of every finding, strongest first."""
    players = range(len(asked.players))
    odds = log_odds(table) if table is not None else None

    @cache
    def worth(forgotten: frozenset[int]) -> float:
        taken = tuple(i not in forgotten for i in players)
        return float(odds[tuple(map(int, taken))]) if odds is not None else _asked(compiled, asked, taken)

    @cache
    def whole() -> dict[int, FloatArray]:
        return joints(compiled, asked, full)

    def weighed(i: int) -> Ways:
        def scales(graph: Graph) -> Carried:
            return Carried(compiled, asked, full, worth, whole, i, graph)

        v = asked.players[i].variable
        return ways(compiled, full.without(v), v, asked.variable, weigh=scales)

    return tuple(weighed(i) for i in players)


def _asked(compiled: CompiledModel, asked: CoalitionQuery, taken: tuple[bool, ...]) -> float:
    """Return the log-odds of the target given some of the findings."""
    marginal = compiled.engine.posteriors(asked.evidence(taken), (asked.variable,)).marginals[asked.variable]
    hit = float(marginal[list(asked.states)].sum())
    return float(log_odds(np.array([marginal.sum() - hit, hit])))


def _exact(asked: CoalitionQuery, table: FloatArray, order: str | Sequence[str]) -> _Measured:
    worth = log_odds(table)
    n = len(asked.players)
    taken = _order(asked.players, order, lambda chosen: float(worth[tuple(int(i in chosen) for i in range(n))]))
    every = (1,) * n
    last = float(worth[every])
    omission = [_less(last, float(worth[_without(every, i)])) for i in range(n)]
    overlaps = []
    for i, j in combinations(range(n), 2):
        without_both = float(worth[_without(_without(every, i), j)])
        first = _less(float(worth[_without(every, j)]), without_both)
        second = _less(float(worth[_without(every, i)]), without_both)
        overlaps.append(Overlap(asked.players[i].text, asked.players[j].text, first, second, _less(last, without_both)))
    values = shapley(worth)
    return _Measured(taken, along(worth, taken), values, np.zeros(n), omission, _notable(overlaps))


def _sampled(compiled: CompiledModel, asked: CoalitionQuery, order: str | Sequence[str], rng: np.random.Generator) -> _Measured:
    n = len(asked.players)

    def worths(subsets: Sequence[tuple[bool, ...]]) -> list[float]:
        table = shares(compiled, asked, subsets)
        hit = table[list(asked.states)].sum(axis=0)
        return [float(worth) for worth in log_odds(np.array([table.sum(axis=0) - hit, hit]))]

    def of(chosen: frozenset[int]) -> float:
        return worths([tuple(i in chosen for i in range(n))])[0]

    taken = _order(asked.players, order, of)
    everything = frozenset(range(n))
    path = [of(frozenset(taken[:k])) for k in range(n + 1)]
    omission = [_less(path[-1], of(everything - {i})) for i in range(n)]
    values, error = sampled_shapley(worths, n, rng, PAIRS)
    return _Measured(taken, path, values, error, omission, ())


def _order(players: Sequence[Player], order: str | Sequence[str], of: Callable[[frozenset[int]], float]) -> tuple[int, ...]:
    """Return the order in which findings are taken, as positions."""
    n = len(players)
    if order == "given":
        return tuple(range(n))
    if order == "best":
        taken: list[int] = []
        while len(taken) < n:
            now = of(frozenset(taken))
            left = [i for i in range(n) if i not in taken]
            taken.append(max(left, key=lambda i: abs(_less(of(frozenset((*taken, i))), now))))
        return tuple(taken)
    names = [player.name for player in players]
    asked = [part.strip() for part in order.split(",")] if isinstance(order, str) else list(order)
    if sorted(asked) != sorted(names):
        raise BayesnetError(
            f'"{", ".join(asked)}" is not an order of the findings; name each once, as in "{", ".join(names)}", '
            'or say "given" or "best".'
        )
    return tuple(names.index(name) for name in asked)


def _impacts(players: Sequence[Player], measured: _Measured) -> tuple[Impact, ...]:
    weights = steps(measured.path)
    impacts = []
    for k, i in enumerate(measured.order):
        player, weight, omission = players[i], weights[k], measured.omission[i]
        impacts.append(
            Impact(
                finding=player.name,
                state=player.state,
                text=player.text,
                likelihood_ratio=ratio_of(weight),
                decibans=weight * DECIBANS,
                shapley=float(measured.shapley[i]),
                omission=omission,
                verdict=_verdict(weight if math.isnan(omission) else omission),
                negative=player.negative,
                error=float(measured.error[i]),
                probability=expit(measured.path[k + 1]),
            )
        )
    return tuple(impacts)


def _verdict(nats: float) -> Verdict:
    if math.isnan(nats) or abs(nats) < BARELY:
        return "uninformative"
    return "for" if nats > 0.0 else "against"


def _notable(overlaps: Sequence[Overlap]) -> tuple[Overlap, ...]:
    """Return the interactions worth telling, largest first."""
    kept = [o for o in overlaps if math.isfinite(o.interaction) and abs(o.interaction) >= OVERLAP]
    return tuple(sorted(kept, key=lambda o: -abs(o.interaction)))


def _hypotheses(compiled: CompiledModel, asked: CoalitionQuery) -> list[tuple[int, int]]:
    """Return what could make sense of the findings: the diagnoses, or, in a network without any, everything that is not known."""
    known = {p.variable for p in asked.players} | set(asked.context.likelihoods) | set(asked.context.interventions)
    variables = compiled.diagnoses or tuple(range(len(compiled.names)))
    return [(v, s) for v in variables if v not in known for s, state in enumerate(compiled.states(v)) if state != "absent"]


def _without(index: tuple[int, ...], i: int) -> tuple[int, ...]:
    return (*index[:i], 0, *index[i + 1 :])


def _less(a: float, b: float) -> float:
    """Difference of two log-odds; nothing is lost between equal certainties."""
    return 0.0 if a == b else a - b
