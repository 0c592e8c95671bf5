"""How common each finding is in every state of a context variable, beside the published figures that ask just that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayesnet.analysis.audit.audit import judge
from bayesnet.analysis.audit.records import Target
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.query import Query, unassumed
from bayesnet.errors import UnknownRecord
from bayesnet.model.vocabulary import GROUP_LABELS, TO_FIND_OUT
from bayesnet.pattern import parse_findings, parse_quantified_question
from bayesnet.results.marginals import ContextMarginals, FindingMarginal, PublishedMarginal

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def context_marginals(compiled: CompiledModel, by: str, targets: Sequence[Target] = ()) -> ContextMarginals:
    """Return P(finding | state) of every finding, exactly, for each state of a context variable.

    Parameters
    ----------
    compiled
        The network.
    by
        A variable with a default, such as the setting.
    targets
        Published figures; those that ask a finding alone in a state of the variable stand beside it.

    Raises
    ------
    UnknownRecord
        Where the variable is no context variable of the network.

    """
    contexts = tuple(compiled.names[item.variable] for item in compiled.defaults)
    if by not in contexts:
        raise UnknownRecord(by, contexts, what="context variable")
    v = compiled.variable(by)
    states = compiled.states(v)
    asked = [
        Query(compiled, Findings((compiled.state_finding(v, k),)))
        .ask(lambda engine, evidence: engine.posteriors(evidence))
        .marginals
        for k in range(len(states))
    ]
    published = _published(compiled, by, targets)
    found = []
    for group in (g for g in GROUP_LABELS if g in TO_FIND_OUT):
        for w, name in enumerate(compiled.names):
            if compiled.model.variables[name].group != group:
                continue
            for k in range(1, len(compiled.states(w))):
                literal = compiled.literal(w, k)
                p = tuple(float(marginals[w][k]) for marginals in asked)
                beside = (_beside(compiled, published.get((literal, s)), q) for s, q in zip(states, p, strict=True))
                found.append(FindingMarginal(literal, group, p, tuple(beside)))
    return ContextMarginals(
        title=f"{compiled.model.name} by {by}",
        provenance=unassumed(compiled),
        by=by,
        states=states,
        findings=tuple(found),
    )


def _published(compiled: CompiledModel, by: str, targets: Sequence[Target]) -> dict[tuple[str, str], Target]:
    """Return the published figures that ask one finding alone, by finding and state of the context variable."""
    default = compiled.model.variables[by].default
    found: dict[tuple[str, str], Target] = {}
    for target in targets:
        question = parse_quantified_question(target.question)
        given = [*question.given, *(parse_findings(target.given) if target.given else ())]
        event = question.event.terms
        if target.kind != "probability" or len(event) != 1 or question.event.least != 1 or question.counted:
            continue
        if any(term.name != by or len(term.states) != 1 for term in given) or event[0].call or event[0].weights:
            continue
        term = compiled.resolved(event[0], target.question)
        state = given[0].states[0] if given else default
        found[compiled.spelled(compiled.index[term.name], term.states), state] = target
    return found


def _beside(compiled: CompiledModel, target: Target | None, p: float) -> PublishedMarginal | None:
    """Judge a probability by its published figure, where there is one."""
    if target is None:
        return None
    sources = compiled.model.sources
    source = sources[target.source].short if target.source in sources else target.source
    return PublishedMarginal(target.low, target.high, source, judge(p, target.low, target.high, probability=True)[0])
