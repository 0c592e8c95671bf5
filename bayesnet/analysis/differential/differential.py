"""The ranked differential: every diagnosis with prior, posterior, interval, likelihood ratio and role."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.parse import an_example
from bayesnet.analysis.query.posterior import priors
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import above
from bayesnet.analysis.sensitivity.sampler import cited_sampler
from bayesnet.analysis.sensitivity.tornado import movers
from bayesnet.errors import NothingToAsk, TooWide
from bayesnet.inference.evidence import Evidence
from bayesnet.logodds import odds_ratio
from bayesnet.model.factors import FloatArray
from bayesnet.model.vocabulary import OTHER_ROLE
from bayesnet.results.differential import Diagnosis, Differential

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

DRAWS = 400
"""Draws of all numbers behind the intervals of a printed differential; `uncertainty` takes more."""

_SEED = 0
_MIDDLE = (0.025, 0.975)


def differential(query: Query, targets: Sequence[tuple[int, int]] | None = None, *, draws: int = DRAWS) -> Differential:
    """Rank diagnoses by posterior.

    Parameters
    ----------
    query
        The network and what is known.
    targets
        What to rank, as (variable, state); the variables of the group `diagnoses`, each present, when None.
    draws
        Draws of all numbers behind the intervals; none leaves the intervals NaN.

    Raises
    ------
    BayesnetError
        When the network has no diagnoses and none are named.
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    compiled = query.compiled
    ranked = targets if targets is not None else diagnoses(compiled)
    variables = tuple(v for v, _ in ranked)
    query = query.about(*variables) if targets is not None else query.about()
    after = query.ask(lambda engine, evidence: engine.posteriors(evidence, variables)).marginals
    before = priors(query, variables)
    spans = intervals(compiled, query.evidence, variables, draws) if draws else {}
    lines = []
    for v, state in ranked:
        low, high = spans[v][state] if v in spans else (math.nan, math.nan)
        p, q = float(before[v][state]), float(after[v][state])
        role = compiled.model.variables[compiled.names[v]].role
        lines.append(Diagnosis(compiled.literal(v, state), p, q, low, high, odds_ratio(p, q), role))
    lines.sort(key=lambda line: -line.posterior)
    return Differential(
        title=query.findings.text,
        provenance=query.provenance(_distrust(query, lines, variables, draws)),
        diagnoses=tuple(lines),
    )


def _distrust(query: Query, lines: Sequence[Diagnosis], variables: Sequence[int], draws: int) -> tuple[str, ...]:
    """Return what moves the leading specific diagnosis most over its own range; without draws, in a hurry, only the widest
    ranges.
    """
    leading = next((line.diagnosis for line in lines if line.role != OTHER_ROLE), "")
    if draws and leading and any(n.low < n.high for n in query.compiled.model.numbers.values()):
        return movers(query, leading)
    return weakest(query, variables)


def diagnoses(compiled: CompiledModel) -> tuple[tuple[int, int], ...]:
    """Return the diagnoses of the network, each present.

    Raises
    ------
    NothingToAsk
        When the network has none.
    """
    if not compiled.diagnoses:
        raise NothingToAsk(
            f'{compiled.model.name or "This network"} has no variables of the group "diagnoses", so there is nothing to rank',
            "name what to ask",
            option="targets",
            example=an_example(compiled),
        )
    return tuple((v, compiled.state(v, "present")) for v in compiled.diagnoses)


def intervals(compiled: CompiledModel, evidence: Evidence, variables: Sequence[int], draws: int) -> Mapping[int, FloatArray]:
    """Return the middle 95 % of every posterior when all numbers are drawn from their ranges: by variable, shape (states, 2).

    Draws in which the findings are impossible are left out. Empty where no number has a range.
    """
    if not any(n.low < n.high for n in compiled.model.numbers.values()):
        return {}
    rng = np.random.default_rng(_SEED)
    try:
        values = cited_sampler(compiled).draw(draws, rng).values
        tensors = compiled.drawn_tensors(values, above(compiled.factors, evidence, variables))
        drawn = compiled.engine.draws(evidence, tensors, variables)
    except TooWide:
        return {}
    possible = drawn.log_probability > -math.inf
    return {v: np.quantile(drawn.marginals[v][:, possible], _MIDDLE, axis=1).T for v in variables}
