"""Targets of an audit that ask for a number of the model from the number's own source: such a figure is its own witness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayesnet.analysis.audit.records import Target
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.pattern import Term, parse_number_id, parse_quantified_question, resolve, special


def own_inputs(compiled: CompiledModel, targets: Iterable[Target]) -> dict[str, str]:
    """Return the id of the number for each target that is one.

    The context variables, which a link does not know, are left aside, and an odds ratio is compared with the odds ratios of the
    model. A background figure enters nothing and is no input.
    """
    numbers: dict[tuple[str, frozenset[str]], list[str]] = {}
    for number in compiled.model.numbers:
        pattern = parse_number_id(number)
        condition = frozenset({special(pattern)}) if special(pattern) else _findings(compiled, pattern.given)
        numbers.setdefault((str(pattern.targets[0]), condition), []).append(number)
    return {
        target.id: number
        for target in targets
        for key in _keys(compiled, target)
        for number in numbers.get(key, [])
        if target.source in {figure.source for figure in compiled.model.numbers[number].sources if figure.use != "background"}
    }


def _keys(compiled: CompiledModel, target: Target) -> list[tuple[str, frozenset[str]]]:
    """Return the number ids that would ask the same, as (event, findings)."""
    question = parse_quantified_question(target.question)
    if len(question.event.terms) > 1 or question.event.kind == "none" or question.counted:
        return []
    (term,) = question.event.terms
    condition = _findings(compiled, question.given)
    if target.kind == "probability":
        return [(str(resolve(term, compiled.states_by_name)), condition)]
    if target.kind == "odds_ratio":
        return [(f"odds({term})", condition - _findings(compiled, parse_quantified_question(target.against).given))]
    return []


def _findings(compiled: CompiledModel, terms: Sequence[Term]) -> frozenset[str]:
    """Return findings with their states spelled out, context variables left out."""
    context = {item.name for item in compiled.defaults}
    return frozenset(str(resolve(term, compiled.states_by_name)) for term in terms if term.name not in context)
