"""Plain questions: posteriors, probabilities of assignments, joint tables, the most probable assignment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import Given, read_given, read_question
from bayesnet.errors import ImpossibleEvidence, PatternError
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray
from bayesnet.pattern import Term, format_terms, likelihoods, parse_findings
from bayesnet.results.probability import Distribution, Joint, MostProbable, Posterior, Posteriors, Probability

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def priors(
    compiled: CompiledModel, findings: Findings, variables: Sequence[int], mentioned: Sequence[int] = ()
) -> Mapping[int, FloatArray]:
    """P(v) without the findings, context and interventions kept; remembered by the compiled."""
    context = compiled.context(findings)
    key = (context.text, tuple(sorted(compiled.stated(context, mentioned).variables)))
    known = compiled.remembered.setdefault(key, {})
    missing = [v for v in variables if v not in known]
    if missing:
        known.update(compiled.ask(context, lambda engine, evidence: engine.posteriors(evidence, missing), mentioned).marginals)
    return known


def posterior(compiled: CompiledModel, question: str, given: Given = None, do: Given = None) -> Posterior:
    """P(variable | findings), with its prior.

    Raises
    ------
    PatternError
        When the question is not about exactly one variable.
    ImpossibleEvidence
        When the findings cannot hold together.
    """
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
    mentioned = (v,)
    evidence = compiled.evidence(asked.findings, mentioned)
    after = compiled.ask(asked.findings, lambda engine, evidence: engine.posteriors(evidence, (v,)), mentioned).marginals
    before = priors(compiled, asked.findings, (v,), mentioned)
    stated = compiled.stated(asked.findings, mentioned)
    return Posterior(
        title=compiled.title(str(term), asked.findings),
        basis=compiled.basis(stated, weakest(compiled, evidence, (v,))),
        posterior=distribution(compiled, v, after[v]),
        prior=distribution(compiled, v, before[v]),
    )


def posteriors(compiled: CompiledModel, findings: Findings, of: Sequence[int] | None = None) -> Posteriors:
    """P(v | findings) for every variable in one pass, or for those in `of`."""
    variables = tuple(range(len(compiled.names))) if of is None else tuple(of)
    mentioned = () if of is None else variables
    after = compiled.ask(findings, lambda engine, evidence: engine.posteriors(evidence, of), mentioned).marginals
    before = priors(compiled, findings, variables, mentioned)
    basis = compiled.basis(compiled.stated(findings, mentioned))
    each = tuple(
        Posterior(
            title=compiled.title(str(Term(compiled.names[v])), findings),
            basis=basis,
            posterior=distribution(compiled, v, after[v]),
            prior=distribution(compiled, v, before[v]),
        )
        for v in variables
    )
    return Posteriors(title=findings.text, basis=basis, posteriors=each, log_probability=log_probability(compiled, findings))


def assignment(compiled: CompiledModel, question: str, given: Given = None, do: Given = None) -> Probability:
    """P(assignment | findings), as a result that prints; see `probability`."""
    asked = read_question(compiled, question, given, do)
    parts = [_vector(compiled, term, question) for term in asked.targets]
    variables = tuple(v for v, _ in parts)
    p = _share(compiled, parts, asked.findings)
    text = format_terms(asked.targets)
    evidence = compiled.evidence(asked.findings, variables)
    return Probability(
        title=compiled.title(text, asked.findings),
        basis=compiled.basis(compiled.stated(asked.findings, variables), weakest(compiled, evidence, variables)),
        assignment=text,
        probability=p,
    )


def probability(compiled: CompiledModel, wanted: str | Mapping[str, object], given: Given = None, do: Given = None) -> float:
    """P(assignment | findings): of all its parts together, 0.0 where it cannot be.

    Raises
    ------
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    if isinstance(wanted, str):
        asked = read_question(compiled, wanted, given, do)
        return _share(compiled, [_vector(compiled, term, wanted) for term in asked.targets], asked.findings)
    states = read_given(compiled, wanted)
    _only_states(states)
    return _share(compiled, [(item.variable, np.array(item.vector)) for item in states.items], read_given(compiled, given, do))


def _share(compiled: CompiledModel, parts: Sequence[tuple[int, FloatArray]], findings: Findings) -> float:
    """P(parts, findings) / P(findings)."""
    variables = [v for v, _ in parts]
    evidence = compiled.evidence(findings, variables)
    below = compiled.ask(findings, lambda engine, evidence: _possible(engine.log_probability(evidence)), variables)
    for v, vector in parts:
        evidence = evidence.with_likelihood(v, vector)
    return min(1.0, math.exp(compiled.engine.log_probability(evidence) - below))


def log_probability(compiled: CompiledModel, findings: Findings) -> float:
    """ln P(findings), likelihoods as given; -inf where they cannot hold together.

    The default of a context variable is a condition, not a finding: ln P(findings | setting=primary_care). A new marginal is not
    an observation and has no probability of its own: it adds nothing, but where it cannot be had the answer is -inf.
    """
    stated = compiled.stated(findings)
    if stated.marginals:
        try:
            compiled.evidence(findings)
        except ImpossibleEvidence:
            return -math.inf
    return compiled.engine.log_probability(stated.evidence()) - _log_assumed(compiled, stated)


def joint(compiled: CompiledModel, variables: Sequence[int], findings: Findings) -> Joint:
    """P(variables | findings) as one table."""
    table = compiled.ask(findings, lambda engine, evidence: engine.joint(variables, evidence), variables).table
    evidence = compiled.evidence(findings, variables)
    return Joint(
        title=compiled.title(", ".join(str(Term(compiled.names[v])) for v in variables), findings),
        basis=compiled.basis(compiled.stated(findings, variables), weakest(compiled, evidence, variables)),
        variables=tuple(compiled.names[v] for v in variables),
        states=tuple(compiled.states(v) for v in variables),
        probabilities=tuple(float(p) for p in table.ravel()),
        log_probability=log_probability(compiled, findings),
    )


def most_probable(compiled: CompiledModel, findings: Findings, of: Sequence[int] | None = None) -> MostProbable:
    """The most probable assignment of everything that is not known (MPE), or of the variables in `of`, the rest summed out (MAP).

    References
    ----------
    Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
    """
    mentioned = tuple(of or ())
    best = compiled.ask(findings, lambda engine, evidence: engine.most_probable(evidence, of), mentioned)
    evidence = compiled.evidence(findings, mentioned)
    below = compiled.engine.log_probability(evidence)
    log_posterior = best.log_probability - below
    runner_up_posterior = best.runner_up_log_probability - below
    # Likelihoods that stand for a new marginal have no scale of their own: ln P(findings) is counted without them.
    stated = compiled.stated(findings, mentioned)
    log_findings = compiled.engine.log_probability(stated.evidence()) - _log_assumed(compiled, stated)
    return MostProbable(
        title=findings.text,
        basis=compiled.basis(stated),
        assignment=_named(compiled, best.assignment),
        log_probability=log_posterior + log_findings,
        log_posterior=log_posterior,
        runner_up=None if best.runner_up is None else _named(compiled, best.runner_up),
        runner_up_log_probability=runner_up_posterior + log_findings if best.runner_up is not None else -math.inf,
        unique=best.unique,
    )


def distribution(compiled: CompiledModel, v: int, probabilities: FloatArray) -> Distribution:
    """The probabilities of a variable's states with their names."""
    return Distribution(compiled.names[v], compiled.states(v), tuple(float(p) for p in probabilities))


def read_variables(compiled: CompiledModel, names: str | Sequence[str]) -> tuple[int, ...]:
    """Indices of variables given by name, in a list or in one text with commas; each once."""
    if isinstance(names, str):
        terms = parse_findings(names)
        for term in terms:
            if term != Term(term.name):
                raise PatternError(
                    names, term.column, f'"{term}" is more than the name of a variable', way_out=f'write "{Term(term.name)}"'
                )
        names = [term.name for term in terms]
    found = tuple(compiled.variable(name) for name in names)
    if len(set(found)) < len(found) or not found:
        raise PatternError(
            ", ".join(names), 1, "a variable stands twice" if found else "no variable is named", expected="each variable once"
        )
    return found


def _vector(compiled: CompiledModel, term: Term, text: str) -> tuple[int, FloatArray]:
    resolved = compiled.resolved(term, text)
    v = compiled.index[resolved.name]
    return v, np.array(likelihoods(resolved, compiled.states(v)))


def _only_states(wanted: Findings) -> None:
    for item in wanted.items:
        if item.kind not in ("state", "one of"):
            raise PatternError(item.text, 1, "the probability of a likelihood is not defined", way_out="give it as a finding")
    for intervention in wanted.interventions:
        raise PatternError(intervention.text, 1, "an intervention has no probability", way_out="give it by do=")


def _possible(log: float) -> float:
    """Pass a logarithm on; refuse minus infinity."""
    from bayesnet.inference.evidence import ZeroEvidence

    if log == -math.inf:
        raise ZeroEvidence
    return log


def _log_assumed(compiled: CompiledModel, stated: Findings) -> float:
    """ln P(assumed defaults), under the interventions."""
    assumed = stated.keeping(item for item in stated.items if item.assumed)
    if not assumed.items:
        return 0.0
    evidence = assumed.evidence()
    return compiled.engine.log_probability(Evidence(evidence.likelihoods, evidence.interventions))


def _named(compiled: CompiledModel, assignment: Mapping[int, int]) -> dict[str, str]:
    return {compiled.names[v]: compiled.states(v)[state] for v, state in sorted(assignment.items())}
