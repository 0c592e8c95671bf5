"""The ranked differential: every diagnosis with prior, posterior, interval, likelihood ratio and role."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.compiled import per_model
from bayesnet.analysis.query.parse import an_example
from bayesnet.analysis.query.posterior import priors
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import above, requisite_families
from bayesnet.errors import NothingToAsk, TooWide
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.logodds import odds_ratio
from bayesnet.model.factors import FloatArray
from bayesnet.model.vocabulary import OTHER_ROLE
from bayesnet.results.differential import CauseShare, Diagnosis, Differential

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.model.records import Variable

DRAWS = 400
"""Draws of all numbers behind the intervals of a printed differential; `uncertainty` takes more."""

WORTH_A_PASS = 0.01
"""For a consequence more probable than this its causes are worth a pass of the engine."""

SEED = 0
"""Of these draws."""
_MIDDLE = (0.025, 0.975)


def differential(query: Query, targets: Sequence[tuple[int, int]] | None = None, *, draws: int = DRAWS) -> Differential:
    """Rank diagnoses by posterior; see `Case.diagnoses`. `targets` are (variable, state)."""
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
        variable = compiled.model.variables[compiled.names[v]]
        lines.append(
            Diagnosis(
                compiled.literal(v, state),
                *(p, q, low, high, odds_ratio(p, q), variable.role),
                consequence_of=variable.consequence_of,
                causes=causes(query, v, state) if variable.consequence_of and q > WORTH_A_PASS else (),
                contains=_contains(variable),
            )
        )
    lines.sort(key=lambda line: -line.posterior)
    return Differential(
        title=query.findings.text,
        provenance=query.provenance(_caveats(query, lines, variables, draws)),
        diagnoses=tuple(lines),
    )


def causes(query: Query, v: int, state: int) -> tuple[CauseShare, ...]:
    """Return the causes of a consequence with P(cause, no nearer cause | consequence, findings), most probable first.

    A cause that acts through another one, as an infected vertebra through an abscess, counts where that nearer one is absent. A
    cause of more than two states is present in every state but its first. Where the consequence is set from outside nothing
    causes it.
    """
    compiled, evidence = query.compiled, query.evidence
    if v in evidence.interventions:
        return ()
    named = [compiled.variable(name) for name in compiled.model.variables[compiled.names[v]].consequence_of]
    given = evidence.with_likelihood(v, one_hot(len(compiled.states(v)), state))
    whole = compiled.engine.posteriors(given, tuple(named))
    shares = []
    for w in named:
        share = float(whole.marginals[w][1:].sum())
        nearer = [u for u in named if u != w and w in above(compiled.factors, Evidence(), (u,))]
        if any(whole.marginals[u][0] <= 0.0 for u in nearer):
            share = 0.0
        elif nearer:
            without = given
            for u in nearer:
                without = without.with_likelihood(u, one_hot(len(compiled.states(u)), 0))
            alone = compiled.engine.posteriors(without, (w,))
            share = float(alone.marginals[w][1:].sum()) * math.exp(alone.log_probability - whole.log_probability)
        shares.append(CauseShare(compiled.names[w], share))
    return tuple(sorted(shares, key=lambda share: -share.probability))


def _contains(variable: Variable) -> str:
    """Return what the diagnosis includes that means none of the others, from its meaning and its note; empty for the others."""
    if variable.role != OTHER_ROLE:
        return ""
    return " ".join(f"{text.rstrip('.')}." for text in (variable.meaning, variable.note) if text)


def _caveats(
    query: Query, lines: Sequence[Diagnosis], variables: Sequence[int], draws: int
) -> tuple[str, ...] | Callable[[], tuple[str, ...]]:
    """Return what moves the leading specific diagnosis most over its own range, worked out when it is read; without draws by name
    only.
    """
    leading = next((line.diagnosis for line in lines if line.role != OTHER_ROLE), "")
    if draws and leading and any(n.low < n.high for n in query.compiled.model.numbers.values()):
        from bayesnet.analysis.sensitivity.tornado import movers

        return lambda: movers(query, leading)
    first = leading or (lines[0].diagnosis if lines else "")
    return weakest(query, variables, about=[v for v in variables if first.startswith(query.compiled.names[v])][:1])


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


@per_model
def _drawn(_: CompiledModel) -> dict[int, FloatArray]:
    """All numbers as they were last drawn, by how often; they are the same for every case."""
    return {}


def intervals(compiled: CompiledModel, evidence: Evidence, variables: Sequence[int], draws: int) -> Mapping[int, FloatArray]:
    """Return the middle 95 % of every posterior when all numbers are drawn from their ranges: by variable, shape (states, 2).

    Draws in which the findings are impossible are left out. Empty where no number has a range.
    """
    if not any(n.low < n.high for n in compiled.model.numbers.values()):
        return {}
    from bayesnet.analysis.sensitivity.sampler import cited_sampler

    drawn_before = _drawn(compiled)
    if draws not in drawn_before:
        drawn_before.clear()
        drawn_before[draws] = cited_sampler(compiled).draw(draws, np.random.default_rng(SEED)).values
    try:
        tensors = compiled.drawn_tensors(drawn_before[draws], requisite_families(compiled.factors, evidence, variables), evidence)
        drawn = compiled.engine.draws(evidence, tensors, variables)
    except TooWide:
        return {}
    possible = drawn.log_probability > -math.inf
    together = np.concatenate([drawn.marginals[v] for v in variables])
    spans = np.quantile(together[:, possible], _MIDDLE, axis=1).T
    cuts = np.cumsum([len(drawn.marginals[v]) for v in variables])[:-1]
    return dict(zip(variables, np.split(spans, cuts), strict=True))
