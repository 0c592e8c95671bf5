"""Why findings cannot hold together: a smallest clashing set, and the zeros of the model behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.findings import Finding, Findings, Intervention
from bayesnet.analysis.query.jeffrey import OutOfReach, fit_marginals
from bayesnet.errors import ImpossibleEvidence
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import Factors, FloatArray, TableFamily
from bayesnet.pattern import Term

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

Given = Finding | Intervention


def impossible(compiled: CompiledModel, stated: Findings) -> ImpossibleEvidence:
    """Make the error for findings that cannot hold together.

    Parameters
    ----------
    compiled
        The network.
    stated
        The findings, defaults entered.
    """
    clash = clashing(compiled, stated)
    return ImpossibleEvidence(_by_name(clash), compiled.model.name, reasons(compiled, clash))


def clashing(compiled: CompiledModel, stated: Findings) -> tuple[Given, ...]:
    """Findings and interventions that cannot hold together, minimal by inclusion: without any one of them the rest can.

    What was assumed or set is left out first wherever the clash does not need it, then the rest in the order given.
    """
    order: list[Given] = [*(i for i in stated.items if i.assumed), *stated.interventions]
    order += [i for i in stated.items if not i.assumed]
    kept = list(order)
    for item in order:
        fewer = [other for other in kept if other is not item]
        if not _can_hold(compiled.engine, fewer):
            kept = fewer
    given: tuple[Given, ...] = (*stated.items, *stated.interventions)
    return tuple(item for item in given if any(item is other for other in kept))


def _findings(given: Sequence[Given]) -> Findings:
    items = tuple(item for item in given if isinstance(item, Finding))
    return Findings(items, tuple(item for item in given if isinstance(item, Intervention)))


def _can_hold(engine: Engine, given: Sequence[Given]) -> bool:
    """Return whether P(given) is positive, and the new marginals among them can be had."""
    findings = _findings(given)
    evidence = findings.evidence()
    if engine.log_probability(evidence) == -np.inf:
        return False
    if not findings.marginals:
        return True
    try:
        fit_marginals(engine, evidence, {item.variable: np.array(item.vector) for item in findings.marginals})
    except (OutOfReach, ZeroEvidence) as reach:
        return isinstance(reach, OutOfReach) and reach.possible
    return True


def _by_name(clash: Sequence[Given]) -> dict[str, object]:
    """Return the clash as a dict; several findings on one variable become a list of their values."""
    found: dict[str, object] = {}
    several: dict[str, list[object]] = {}
    for item in clash:
        if isinstance(item, Intervention):
            found[f"do({item.name})"] = item.value
        else:
            several.setdefault(item.name, []).append(item.value)
            found[item.name] = several[item.name][0] if len(several[item.name]) == 1 else several[item.name]
    return found


def reasons(compiled: CompiledModel, clash: Sequence[Given]) -> list[str]:
    """Say which zeros of the model make the clash, one sentence each."""
    alone = {item.variable for item in clash}
    if len(alone) == 1 and len(clash) > 1:
        given = [f"do({i.name}={i.value})" if isinstance(i, Intervention) else _spelled(i) for i in clash]
        return [f"{clash[0].name} is given as {' and as '.join(given)}."]
    if any(isinstance(item, Finding) and item.kind == "new marginal" for item in clash):
        return ["No distribution that the model allows has these probabilities."]
    evidence = _findings(clash).evidence()
    if not any(vector.any() for vector in evidence.likelihoods.values()):
        return ["Every state of it is given the likelihood 0."]
    return [_sentence(compiled, v, evidence) for v in zero_families(compiled.factors, evidence)]


def _spelled(item: Finding) -> str:
    """Return a finding with its state spelled out."""
    return f"{item.name}={item.value}" if item.kind == "state" else item.text


def zero_families(factors: Factors, evidence: Evidence) -> list[int]:
    """Return the variables whose conditional distributions, by their zeros, make the evidence impossible; a minimal set of them.

    A family is needed when the evidence becomes possible as soon as the family alone is replaced by an even distribution.
    """
    strict = [v for v in range(len(factors.names)) if v not in evidence.interventions and _has_zero(factors, v)]
    needed = list(strict)
    for v in strict:
        fewer = [w for w in needed if w != v]
        if Engine(_only(factors, fewer)).log_probability(evidence) == -np.inf:
            needed = fewer
    return needed


def _has_zero(factors: Factors, v: int) -> bool:
    """Return whether some entry of P(v | parents) can be zero."""
    family = factors.families[v]
    if isinstance(family, TableFamily):
        return bool((family.table == 0).any())
    return bool((family.leak == 0).any()) or any(bool((link[:, 0] == 0).any()) for link in family.links)


def _only(factors: Factors, strict: Sequence[int]) -> Factors:
    """Return the network in which only these families keep their distributions and all others are even and without parents."""
    keep = frozenset(strict)
    families = tuple(
        family if v in keep else TableFamily(v, (), np.full(factors.cards[v], 1.0 / factors.cards[v]))
        for v, family in enumerate(factors.families)
    )
    return replace(factors, families=families)


def _sentence(compiled: CompiledModel, v: int, evidence: Evidence) -> str:
    """Return what family v says about the evidence: an equation where its variables are known, else its definition."""
    variable = compiled.model.variables[compiled.names[v]]
    possible_states = _restricted(compiled.factors, evidence)
    family = compiled.factors.families[v]
    alone = _only(compiled.factors, [v])
    involved = [p for p in family.parents if p in possible_states]
    if v in possible_states and not _possible(alone, possible_states, [v, *involved]):
        for p in list(involved):
            fewer = [w for w in involved if w != p]
            if not _possible(alone, possible_states, [v, *fewer]):
                involved = fewer
        given = ", ".join(_allowed(compiled, p, possible_states[p]) for p in involved)
        question = _allowed(compiled, v, possible_states[v]) + (f" | {given}" if given else "")
        return f"The model gives P({question}) = 0 ({_where(compiled, v, possible_states)})."
    if variable.gate == "deterministic":
        defined = _short(definition(variable.expression))
        return f'The model defines {variable.name} as {defined} ({variable.location.file or compiled.model.name}, "definition").'
    return f"The model rules combinations out in {variable.name} ({_where(compiled, v, possible_states)})."


def definition(expression: Sequence[tuple[str, str]]) -> str:
    """Return a deterministic gate in words.

    >>> definition([("present", "any of a, b"), ("absent", "")])
    'present: any of a, b; absent: otherwise'
    """
    return "; ".join(f"{state}: {condition or 'otherwise'}" for state, condition in expression)


def _short(text: str, most: int = 100) -> str:
    """Return a long definition, cut at a comma."""
    if len(text) <= most:
        return text
    kept = text[:most].rsplit(",", 1)[0]
    return f"{kept}, and {text[len(kept) :].count(',')} more"


def _restricted(factors: Factors, evidence: Evidence) -> dict[int, FloatArray]:
    """For every variable that is not free, which states are left (as zeros and ones)."""
    possible_states = {v: (np.asarray(vector) > 0).astype(float) for v, vector in evidence.likelihoods.items()}
    for v, state in evidence.interventions.items():
        possible_states[v] = possible_states.get(v, np.ones(factors.cards[v])) * (np.arange(factors.cards[v]) == state)
    return possible_states


def _possible(factors: Factors, possible_states: dict[int, FloatArray], variables: Sequence[int]) -> bool:
    return Engine(factors).log_probability(Evidence({v: possible_states[v] for v in variables})) > -np.inf


def _allowed(compiled: CompiledModel, v: int, vector: FloatArray) -> str:
    """Return what is left of a variable: `fever=present`, or `age_group={50-59, 60-69}`."""
    states = [compiled.states(v)[s] for s in np.flatnonzero(vector)]
    return str(Term(compiled.names[v], tuple(states)))


def _where(compiled: CompiledModel, v: int, possible_states: dict[int, FloatArray]) -> str:
    """File and number behind a zero: `diagnoses.toml, "definition"` where it is so by definition."""
    name = compiled.names[v]
    variable = compiled.model.variables[name]
    numbers = [n for n in compiled.model.numbers.values() if n.variable == name and n.value in (0.0, 1.0)]
    numbers = [n for n in numbers if compiled.compatible(n.id, possible_states)] or numbers
    if variable.gate == "deterministic" or not numbers or all(n.grade == "definition" for n in numbers):
        return f'{variable.location.file or compiled.model.name}, "definition"'
    return f'{numbers[0].location.file or compiled.model.name}, number "{numbers[0].id}"'
