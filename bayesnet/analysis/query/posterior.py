"""Plain questions: posteriors, probabilities of assignments, joint tables, the most probable assignment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import Given, read_given, read_question
from bayesnet.analysis.query.query import Query
from bayesnet.errors import FindingError, ImpossibleEvidence, PatternError
from bayesnet.model.factors import FloatArray
from bayesnet.pattern import Term, format_terms, likelihoods, parse_findings
from bayesnet.results.distribution import Distribution
from bayesnet.results.probability import Joint, MostProbable, OnDemand, Posterior, Posteriors, Probability

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


@per_model
def _known_priors(_: CompiledModel) -> dict[tuple[str, tuple[int, ...]], dict[int, FloatArray]]:
    """Priors that were asked before, by context."""
    return {}


def priors(query: Query, variables: Sequence[int] | None = None) -> Mapping[int, FloatArray]:
    """Return P(v) without the findings, context and interventions kept, for the targets or for `variables`."""
    context = query.context
    key = (context.findings.text, tuple(sorted(context.stated.variables)))
    cache = _known_priors(query.compiled).setdefault(key, {})
    missing = [v for v in (query.targets if variables is None else variables) if v not in cache]
    if missing:
        cache.update(context.ask(lambda engine, evidence: engine.posteriors(evidence, missing)).marginals)
    return cache


def posterior(compiled: CompiledModel, question: str, given: Given = None, do: Given = None) -> Posterior:
    """Return P(variable | findings), with its prior; see `Network.posterior`."""
    asked = read_question(compiled, question, given, do)
    if len(asked.targets) != 1:
        raise PatternError(
            question,
            asked.targets[1].column,
            "one variable is asked at a time",
            way_out="use joint() or probability() for several",
        )
    term = asked.targets[0]
    v = compiled.index[term.name]
    if term.states:
        compiled.resolved(term, question)
    query = Query(compiled, asked.findings, (v,))
    after = query.ask(lambda engine, evidence: engine.posteriors(evidence, (v,))).marginals
    return Posterior(
        title=query.title(str(term)),
        provenance=query.provenance(weakest(query)),
        posterior=distribution(compiled, v, after[v]),
        prior=distribution(compiled, v, priors(query)[v]),
    )


def posteriors(query: Query) -> Posteriors:
    """Return P(v | findings) for every target in one pass, for every variable where the query names none."""
    compiled = query.compiled
    variables = query.targets or tuple(range(len(compiled.names)))
    answer = query.ask(lambda engine, evidence: engine.posteriors(evidence, query.targets or None))
    after, before = answer.marginals, priors(query, variables)
    provenance, text = query.provenance(), query.findings.text
    names = tuple(compiled.names[v] for v in variables)

    def make(i: int) -> Posterior:
        v = variables[i]
        name = str(Term(names[i]))
        return Posterior(
            title=f"{name} | {text}" if text else name,
            provenance=provenance,
            posterior=distribution(compiled, v, after[v]),
            prior=distribution(compiled, v, before[v]),
        )

    stated = query.stated
    if stated.marginals or stated.items != query.about().stated.items:
        log = log_probability(query.about())
    else:
        log = answer.log_probability - _log_assumed(query)
    return Posteriors(title=text, provenance=provenance, posteriors=OnDemand(names, make), log_probability=log)


def assignment(compiled: CompiledModel, question: str, given: Given = None, do: Given = None) -> Probability:
    """Return P(assignment | findings), as a result that prints; see `probability`."""
    asked = read_question(compiled, question, given, do)
    parts = [_vector(compiled, term, question) for term in asked.targets]
    variables = tuple(v for v, _ in parts)
    query = Query(compiled, asked.findings, variables)
    p = _share(query, parts)
    text = format_terms(asked.targets)
    return Probability(title=query.title(text), provenance=query.provenance(weakest(query)), assignment=text, probability=p)


def probability(compiled: CompiledModel, wanted: Given, given: Given = None, do: Given = None) -> float:
    """Return P(assignment | findings); see `Network.probability`."""
    if isinstance(wanted, str):
        asked = read_question(compiled, wanted, given, do)
        parts = [_vector(compiled, term, wanted) for term in asked.targets]
        return _share(Query(compiled, asked.findings, tuple(v for v, _ in parts)), parts)
    states = read_given(compiled, wanted)
    _only_states(states)
    parts = [(item.variable, np.array(item.vector)) for item in states.items]
    return _share(Query(compiled, read_given(compiled, given, do), tuple(v for v, _ in parts)), parts)


def _share(query: Query, parts: Sequence[tuple[int, FloatArray]]) -> float:
    """Return P(parts, findings) / P(findings)."""
    below = query.ask(lambda engine, evidence: _possible(engine.log_probability(evidence)))
    evidence = query.evidence
    for v, vector in parts:
        evidence = evidence.with_likelihood(v, vector)
    return min(1.0, math.exp(query.compiled.engine.log_probability(evidence) - below))


def log_probability(query: Query) -> float:
    """Return ln P(findings), likelihoods as given; see `Network.log_probability`."""
    if query.stated.marginals:
        try:
            _ = query.evidence
        except ImpossibleEvidence:
            return -math.inf
    return _log_findings(query)


def joint(query: Query) -> Joint:
    """Return P(targets | findings) as one table."""
    compiled, variables = query.compiled, query.targets
    table = query.ask(lambda engine, evidence: engine.joint(variables, evidence)).table
    return Joint(
        title=query.title(", ".join(str(Term(compiled.names[v])) for v in variables)),
        provenance=query.provenance(weakest(query)),
        variables=tuple(compiled.names[v] for v in variables),
        states=tuple(compiled.states(v) for v in variables),
        probabilities=tuple(float(p) for p in table.ravel()),
        log_probability=log_probability(query.about()),
    )


def most_probable(query: Query) -> MostProbable:
    """Return the most probable assignment of everything unobserved, or of the targets; see `Network.most_probable`."""
    compiled = query.compiled
    best = query.ask(lambda engine, evidence: engine.most_probable(evidence, query.targets or None))
    below = compiled.engine.log_probability(query.evidence)
    log_posterior = best.log_probability - below
    runner_up_posterior = best.runner_up_log_probability - below
    # Likelihoods that stand for a new marginal have no scale of their own: ln P(findings) is counted without them.
    log_findings = _log_findings(query)
    return MostProbable(
        title=query.findings.text,
        provenance=query.provenance(),
        assignment=_named(compiled, best.assignment),
        log_probability=log_posterior + log_findings,
        log_posterior=log_posterior,
        runner_up=None if best.runner_up is None else _named(compiled, best.runner_up),
        runner_up_log_probability=runner_up_posterior + log_findings if best.runner_up is not None else -math.inf,
        unique=best.unique,
    )


def distribution(compiled: CompiledModel, v: int, probabilities: FloatArray) -> Distribution:
    """Return the probabilities of a variable's states with their names."""
    return Distribution(compiled.names[v], compiled.states(v), tuple(float(p) for p in probabilities))


def read_variables(compiled: CompiledModel, names: str | Sequence[str]) -> tuple[int, ...]:
    """Return indices of variables given by name, in a list or in one text with commas; each once."""
    if isinstance(names, str):
        terms = parse_findings(names, generous=True)
        for term in terms:
            if term != Term(term.name):
                raise PatternError(
                    names, term.column, f'"{term}" is more than the name of a variable', way_out=f'write "{Term(term.name)}"'
                )
        names = [term.name for term in terms]
    if not isinstance(names, Iterable):
        raise PatternError(str(names), 1, f"variables are given by name; got {type(names).__name__}")
    names = [str(name) for name in names]
    found = tuple(compiled.variable(name) for name in names)
    if len(set(found)) < len(found) or not found:
        raise FindingError(
            ", ".join(names), "a variable is given twice" if found else "no variable is named", expected="each variable once"
        )
    return found


def _vector(compiled: CompiledModel, term: Term, text: str) -> tuple[int, FloatArray]:
    resolved = compiled.resolved(term, text)
    v = compiled.index[resolved.name]
    return v, np.array(likelihoods(resolved, compiled.states(v)))


def _only_states(wanted: Findings) -> None:
    for item in wanted.items:
        if item.kind not in ("state", "one of"):
            raise FindingError(item.text, "the probability of a likelihood is not defined", way_out="give it as a finding")
    for intervention in wanted.interventions:
        raise FindingError(intervention.text, "an intervention has no probability", way_out="give it by do=")


def _possible(log: float) -> float:
    """Pass a logarithm on; refuse minus infinity."""
    from bayesnet.inference.evidence import ZeroEvidence

    if log == -math.inf:
        raise ZeroEvidence
    return log


def _log_findings(query: Query) -> float:
    """Return ln P(findings | assumed defaults), under the interventions."""
    return query.compiled.engine.log_probability(query.stated.evidence()) - _log_assumed(query)


@per_model
def _known_logs(_: CompiledModel) -> dict[str, float]:
    """Logarithms of the probabilities of assumed defaults that were asked before."""
    return {}


def _log_assumed(query: Query) -> float:
    """Return ln P(assumed defaults), under the interventions."""
    assumed = query.stated.keeping(item for item in query.stated.items if item.assumed)
    if not assumed.items:
        return 0.0
    known = _known_logs(query.compiled)
    if assumed.text not in known:
        known[assumed.text] = query.compiled.engine.log_probability(assumed.evidence())
    return known[assumed.text]


def _named(compiled: CompiledModel, assignment: Mapping[int, int]) -> dict[str, str]:
    return {compiled.names[v]: compiled.states(v)[state] for v, state in sorted(assignment.items())}
