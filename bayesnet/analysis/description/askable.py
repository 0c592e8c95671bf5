"""Variables that a network can be asked about, by text and by group; and the shipped networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.analysis.query.query import unassumed
from bayesnet.model.cache import load_model
from bayesnet.model.find import shipped_models
from bayesnet.model.vocabulary import GROUP_LABELS, MUST_NOT_MISS
from bayesnet.pattern import format_terms, parse_findings
from bayesnet.results.askable import Askable, Found, FoundVariable, Models, ShippedModel, counted_all

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def find(compiled: CompiledModel, text: str = "") -> Found:
    """Return the variables whose names, labels, aliases, states or meanings hold a text; all of them when it is empty."""
    names = compiled.words.search(text) if text.strip() else compiled.names
    near = () if names else compiled.words.nearest(text)
    return Found(title=text, provenance=unassumed(compiled), variables=_variables(compiled, names), nearest=near)


def askable(compiled: CompiledModel) -> Askable:
    """Return everything that can be asked, by group, with a first question to type."""
    model = compiled.model
    there = dict.fromkeys(variable.group for variable in model.variables.values())
    order = [group for group in GROUP_LABELS if group in there] + [group for group in there if group not in GROUP_LABELS]
    return Askable(
        title=f"{model.name}: {model.title}" if model.title else model.name,
        provenance=unassumed(compiled),
        variables=_variables(compiled, compiled.names),
        description=model.description,
        groups={group: group_label(group) for group in order},
        question=first_question(compiled),
        counts=counted_all(len(model.variables), len(model.numbers), len(model.sources)),
    )


def models() -> Models:
    """Return the shipped models, in the order of their names."""
    each = [load_model(name) for name in shipped_models()]
    return Models(
        title="shipped models",
        models=tuple(ShippedModel(m.name, m.title, len(m.variables), len(m.numbers), m.description) for m in each),
    )


def group_label(group: str) -> str:
    """Return the label of a group.

    >>> group_label("risk_factors"), group_label("garden"), group_label("")
    ('Risk factors', 'Garden', 'Variables')
    """
    return GROUP_LABELS.get(group) or group.replace("_", " ").capitalize() or "Variables"


def first_question(compiled: CompiledModel) -> str:
    """Return a question to begin with: about what the model asks, a serious diagnosis or a cause, under a finding or two."""
    model = compiled.model
    variables = list(model.variables.values())
    parents = {parent for variable in variables for parent in variable.parents}
    chosen = [v.name for v in variables if v.role == MUST_NOT_MISS] or [
        v.name for v in variables if v.name in parents and (v.parents or len(variables) < 3) and v.gate != "deterministic"
    ]
    asked = model.asks or (chosen or [variables[0].name])[0]
    terms = [term for example in model.examples[:1] for term in parse_findings(example.evidence) if term.name != asked][-2:]
    leaves = [v.name for v in variables if v.name not in parents and v.name != asked]
    if not terms and leaves:
        return f"{asked} | {compiled.literal(compiled.index[leaves[-1]], _shown_state(compiled, leaves[-1]))}"
    return f"{asked} | {format_terms(terms)}" if terms else asked


def _shown_state(compiled: CompiledModel, name: str) -> int:
    states = compiled.model.variables[name].states
    return states.index("present") if "present" in states else 0


def _variables(compiled: CompiledModel, names: tuple[str, ...]) -> tuple[FoundVariable, ...]:
    model = compiled.model
    also: dict[str, list[str]] = {}
    for alias in model.aliases:
        name = parse_findings(alias.term)[0].name
        meant = f" (with a state of {name})" if alias.needs_state else f" ({alias.term})" if alias.term != name else ""
        also.setdefault(name, []).append(f"{alias.word}{meant}")
    found = [model.variables[name] for name in names]
    return tuple(FoundVariable(v.name, v.states, v.label, v.meaning, tuple(also.get(v.name, ())), v.group) for v in found)
