"""One case walked with the network and with naive Bayes: what each finding does to the odds of one diagnosis against another."""

from __future__ import annotations

import math

import numpy as np

from bayesnet.analysis.audit.naive import NaiveBayes
from bayesnet.analysis.differential.differential import differential
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, UnknownRecord
from bayesnet.logodds import DECIBANS
from bayesnet.model.vocabulary import OTHER_ROLE
from bayesnet.results.naive import CaseWalk, WalkStep


def walk(query: Query, diagnosis: str, rival: str | None = None) -> CaseWalk:
    """Return the weight of each finding for a diagnosis against a rival, by the network and by naive Bayes.

    Parameters
    ----------
    query
        The network and the case; context variables and interventions hold from the start, the findings follow in their order.
    diagnosis
        A diagnosis of the network.
    rival
        Another one; when None, the specific diagnosis that the network ranks first besides.

    Raises
    ------
    UnknownRecord
        Where one of them is no diagnosis of the network.
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    compiled = query.compiled
    naive = NaiveBayes(compiled)
    places = {compiled.names[v]: i for i, (v, _) in enumerate(naive.asked)}
    other = rival or _leading_besides(query, diagnosis)
    for name in (diagnosis, other):
        if name not in places:
            raise UnknownRecord(name, tuple(places), what="diagnosis")
    if diagnosis == other:
        raise BayesnetError(f"{diagnosis} is the diagnosis and its rival; name two different ones.")
    asked = [naive.asked[places[name]] for name in (diagnosis, other)]
    items = [item for item in query.findings.items if item.variable not in naive.context]
    context = [item for item in query.findings.items if item.variable in naive.context]
    prior, given = naive.tables(query)
    steps = []
    before = start = _log_ratio(query.given(query.findings.keeping(context)), asked)
    for k, item in enumerate(items, 1):
        after = _log_ratio(query.given(query.findings.keeping([*context, *items[:k]])), asked)
        own, others = (float(given[item.variable][places[name]] @ np.array(item.vector)) for name in (diagnosis, other))
        steps.append(WalkStep(item.text, _decibans(after, before), DECIBANS * (_log(own) - _log(others))))
        before = after
    first, second = (float(prior[places[name]]) for name in (diagnosis, other))
    return CaseWalk(
        title=query.title(f"{diagnosis} against {other}"),
        provenance=query.provenance(),
        diagnosis=diagnosis,
        rival=other,
        prior=DECIBANS * start,
        naive_prior=DECIBANS * (_log(first) - _log(second)),
        steps=tuple(steps),
    )


def _leading_besides(query: Query, diagnosis: str) -> str:
    """Return the most probable specific diagnosis other than one."""
    ranked = differential(query, draws=0)
    return next((d.diagnosis for d in ranked if d.role != OTHER_ROLE and d.diagnosis != diagnosis), diagnosis)


def _log_ratio(query: Query, asked: list[tuple[int, int]]) -> float:
    """Return ln P(diagnosis | e) - ln P(rival | e)."""
    variables = tuple(v for v, _ in asked)
    found = query.ask(lambda engine, evidence: engine.posteriors(evidence, variables)).marginals
    first, second = (float(found[v][state]) for v, state in asked)
    return _log(first) - _log(second)


def _decibans(after: float, before: float) -> float:
    """Return the change in decibans; NaN where the matter was settled before."""
    return math.nan if math.isinf(before) or math.isnan(after) else DECIBANS * (after - before)


def _log(p: float) -> float:
    return math.log(p) if p > 0.0 else -math.inf
