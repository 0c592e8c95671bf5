"""What each finding does to a target, taken one after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bayesnet.analysis.differential.differential import odds_ratio
from bayesnet.analysis.query.findings import Findings
from bayesnet.results.explanation import Weight, Weights

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def weights(compiled: CompiledModel, findings: Findings, target: tuple[int, int]) -> Weights:
    """Take the findings one after the other and say what each does to the target, given those before it.

    References
    ----------
    Good IJ (1985). Weight of evidence: a brief survey. Bayesian Statistics 2, 249-270.
    """
    v, state = target
    context = compiled.context(findings)
    kept = {id(item) for item in context.items}
    p = prior = _probability(compiled, context, v, state)
    steps, current = [], context
    for item in findings.items:
        if id(item) in kept:
            continue
        current = current.with_findings(Findings((item,)))
        q = _probability(compiled, current, v, state)
        lr = odds_ratio(p, q)
        steps.append(Weight(item.text, lr, decibans(lr), q))
        p = q
    name = compiled.literal(v, state)
    return Weights(
        title=compiled.title(name, findings),
        basis=compiled.basis(compiled.stated(findings)),
        target=name,
        prior=prior,
        weights=tuple(steps),
    )


def decibans(likelihood_ratio: float) -> float:
    """Ten times the decimal logarithm: the weight of evidence in decibans (Good 1985).

    >>> decibans(100.0)
    20.0
    """
    if likelihood_ratio == 0.0:
        return -math.inf
    return 10.0 * math.log10(likelihood_ratio)


def _probability(compiled: CompiledModel, findings: Findings, v: int, state: int) -> float:
    return float(compiled.ask(findings, lambda engine, evidence: engine.posteriors(evidence, (v,)).marginals[v][state], (v,)))
