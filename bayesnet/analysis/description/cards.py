"""What is recorded about the variables and numbers of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.analysis.query.impossible import definition
from bayesnet.analysis.query.posterior import priors
from bayesnet.analysis.query.query import Query
from bayesnet.model.records import Number, Source
from bayesnet.results.description import CitedNumber, NumberCard, VariableCard, VariableLine, Variables

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def variables(compiled: CompiledModel) -> Variables:
    """List every variable."""
    model = compiled.model
    return Variables(
        title=f"{model.name}: {model.title}" if model.title else model.name,
        provenance=Query(compiled, targets=tuple(range(len(compiled.names)))).provenance(),
        variables=tuple(VariableLine(v.name, v.group, v.states, v.gate, v.parents, v.label) for v in model.variables.values()),
    )


def variable_card(compiled: CompiledModel, v: int) -> VariableCard:
    """Everything about one variable, its prior included."""
    name = compiled.names[v]
    variable = compiled.model.variables[name]
    query = Query(compiled, targets=(v,))
    prior = priors(query)[v]
    return VariableCard(
        title=f"{name}: {variable.label}" if variable.label else name,
        provenance=query.provenance(),
        variable=name,
        label=variable.label,
        meaning=variable.meaning,
        group=variable.group,
        role=variable.role,
        states=variable.states,
        default=variable.default,
        parents=variable.parents,
        children=tuple(w.name for w in compiled.model.variables.values() if name in w.parents),
        gate=variable.gate,
        definition=definition(variable.expression),
        prior=tuple(float(p) for p in prior),
        unit=variable.unit,
        cutoff=variable.cutoff,
        note=variable.note,
        numbers=tuple(_cited(compiled, n) for n in compiled.model.numbers.values() if n.variable == name),
    )


def number_card(compiled: CompiledModel, k: int) -> NumberCard:
    """Everything about one number."""
    number = compiled.model.numbers[compiled.factors.number_ids[k]]
    return NumberCard(
        title=number.id,
        provenance=Query(compiled, targets=tuple(range(len(compiled.names)))).provenance(),
        number=_cited(compiled, number),
    )


def _cited(compiled: CompiledModel, number: Number) -> CitedNumber:
    source = compiled.model.sources.get(number.source)
    return CitedNumber(
        number=number.id,
        value=number.value,
        low=number.low,
        high=number.high,
        range=number.range,
        grade=number.grade,
        citation=source.short if source else "",
        reference=reference(source) if source else "",
        where=number.where,
        population=number.population,
        note=number.note,
        file=number.location.file,
    )


def reference(source: Source) -> str:
    """A publication in one line: authors, year, title, journal, identifiers.

    >>> reference(Source("x", "Doe J, Roe R", 2001, title="On pain", journal="Pain 3:1-2", pmid="12"))
    'Doe J, Roe R (2001). On pain. Pain 3:1-2. PMID 12'
    """
    year = f" ({source.year})" if source.year else ""
    parts = [f"{source.authors}{year}", source.title.rstrip("."), source.journal.rstrip(".")]
    ids = [f"doi:{source.doi}" if source.doi else "", f"PMID {source.pmid}" if source.pmid else "", source.url]
    return ". ".join(part for part in (*parts, " ".join(i for i in ids if i)) if part)
