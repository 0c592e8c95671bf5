"""Naive Bayes beside the network: what each finding says alone, and given those before it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.explanation.coalitions import CoalitionQuery, coalition_query
from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.query import Query
from bayesnet.logodds import expit, ratio_of
from bayesnet.results.teaching import Ladder, Rung

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def ladder(query: Query, target: tuple[int, int]) -> Ladder:
    """Return the steps from prior to posterior, with and without the dependence between findings; see `Case.ladder`."""
    v, _ = target
    query, compiled = query.about(v), query.compiled
    query.ask(lambda engine, evidence: engine.posteriors(evidence, (v,)))
    asked = coalition_query(query, target)
    count = len(asked.players)
    prior = before = naive = _log_odds(compiled, asked, [False] * count)
    rungs = []
    for i, player in enumerate(asked.players):
        alone = _change(prior, _log_odds(compiled, asked, [j == i for j in range(count)]))
        here = _log_odds(compiled, asked, [j <= i for j in range(count)])
        naive += alone
        rungs.append(Rung(player.text, ratio_of(alone), expit(naive), ratio_of(_change(before, here)), expit(here)))
        before = here
    name = compiled.literal(*target)
    return Ladder(
        title=query.title(name),
        provenance=query.provenance(weakest(query)),
        target=name,
        prior=expit(prior),
        rungs=tuple(rungs),
    )


def _log_odds(compiled: CompiledModel, asked: CoalitionQuery, taken: list[bool]) -> float:
    """Return ln P(h | e_S)/P(not h | e_S) of some of the findings."""
    marginal = compiled.engine.posteriors(asked.evidence(taken), (asked.variable,)).marginals[asked.variable]
    hit = np.isin(np.arange(len(marginal)), asked.states)
    with np.errstate(divide="ignore"):
        return float(np.log(marginal[hit].sum()) - np.log(marginal[~hit].sum()))


def _change(before: float, after: float) -> float:
    """Weight of evidence in nats; NaN where the question was settled before."""
    return math.nan if math.isinf(before) else after - before
