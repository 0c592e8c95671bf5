"""Weight of evidence of each finding for a target, taken one after the other."""

from __future__ import annotations

from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.query import Query
from bayesnet.logodds import decibans, odds_ratio
from bayesnet.results.explanation import Weight, Weights


def weights(query: Query, target: tuple[int, int]) -> Weights:
    """Return the weight of evidence of each finding for the target, given those before it; see `Case.weights`."""
    v, state = target
    query = query.about(v)
    context = query.context
    kept = {id(item) for item in context.findings.items}
    p = prior = _probability(context, state)
    steps, current = [], context
    for item in query.findings.items:
        if id(item) in kept:
            continue
        current = current.given(current.findings.with_findings(Findings((item,))))
        q = _probability(current, state)
        lr = odds_ratio(p, q)
        steps.append(Weight(item.text, lr, decibans(lr), q))
        p = q
    name = query.compiled.literal(v, state)
    return Weights(
        title=query.title(name),
        provenance=query.about().provenance(),
        target=name,
        prior=prior,
        weights=tuple(steps),
    )


def _probability(query: Query, state: int) -> float:
    (v,) = query.targets
    return float(query.ask(lambda engine, evidence: engine.posteriors(evidence, (v,)).marginals[v][state]))
