"""Records of the variables and numbers of a network, and the chain from the figures to a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bayesnet.analysis.audit.recomputation import computed_again
from bayesnet.analysis.query.impossible import definition
from bayesnet.analysis.query.posterior import priors
from bayesnet.analysis.query.query import Query, unassumed
from bayesnet.model.derivation import reading
from bayesnet.model.known import WORDS, known
from bayesnet.model.records import CitedFigure, Number
from bayesnet.results.bibliography import reference
from bayesnet.results.description import CitedNumber, VariableCard, VariableLine, Variables
from bayesnet.results.number_card import ComputedLine, FigureLine, NumberCard

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def variables(compiled: CompiledModel) -> Variables:
    """List every variable."""
    model = compiled.model
    return Variables(
        title=f"{model.name}: {model.title}" if model.title else model.name,
        provenance=unassumed(compiled),
        variables=tuple(VariableLine(v.name, v.group, v.states, v.gate, v.parents, v.label) for v in model.variables.values()),
    )


def variable_card(compiled: CompiledModel, v: int) -> VariableCard:
    """Return everything about one variable, its prior included."""
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
    """Return everything about one number: the figures it rests on, and what they give when it is computed again."""
    number = compiled.model.numbers[compiled.factors.number_ids[k]]
    how = known(number)
    return NumberCard(
        title=number.id,
        provenance=unassumed(compiled),
        number=_cited(compiled, number),
        known=WORDS.get(how, how),
        figures=tuple(_figure(compiled, figure) for figure in number.sources if how != "file"),
        computed=tuple(
            ComputedLine(end, each.written, each.found, each.agrees, each.by, each.why)
            for end, each in computed_again(compiled, number).items()
            if how not in ("file", "defined") and not (how == "judged" and not each.computed)
        ),
        assumed=number.assumed,
        steps=number.steps,
        adjusted=number.adjusted,
        not_used=number.not_used,
    )


def _figure(compiled: CompiledModel, figure: CitedFigure) -> FigureLine:
    source, found = compiled.model.sources.get(figure.source), reading(figure)
    verified = figure.verified
    return FigureLine(
        name=figure.name,
        use=figure.use,
        citation=source.short if source else figure.source,
        reference=reference(source) if source else figure.source,
        quantity=figure.quantity,
        place=figure.place,
        figure=figure.figure,
        value=found.value if found else math.nan,
        low=found.low if found else math.nan,
        high=found.high if found else math.nan,
        population=figure.population,
        known=f"{WORDS[verified.how]}{f' on {verified.on}' if verified.on else ''}",
        address=verified.at,
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
        place=number.place,
        population=number.population,
        reason=number.reason,
        note=number.note,
        file=number.location.file,
    )
