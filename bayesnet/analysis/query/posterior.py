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
    from bayesnet.analysis.query.compiled import Core


def priors(core: Core, findings: Findings, variables: Sequence[int], mentioned: Sequence[int] = ()) -> Mapping[int, FloatArray]:
    """P(v) without the findings, context and interventions kept; remembered by the core."""
    context = core.context(findings)
    key = (context.text, tuple(sorted(core.stated(context, mentioned).variables)))
    known = core.remembered.setdefault(key, {})
    missing = [v for v in variables if v not in known]
    if missing:
        known.update(core.ask(context, lambda engine, evidence: engine.posteriors(evidence, missing), mentioned).marginals)
    return known


def posterior(core: Core, question: str, given: Given = None, do: Given = None) -> Posterior:
    """P(variable | findings), with its prior.

    Raises
    ------
    PatternError
        When the question is not about exactly one variable.
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    asked = read_question(core, question, given, do)
    if len(asked.targets) != 1:
        raise PatternError(
            question,
            asked.targets[1].column,
            "one variable is asked at a time",
            way_out="use joint() or probability() for several",
        )
    term = asked.targets[0]
    v = core.index[term.name]
    if term.states:
        core.resolved(term, question)
    mentioned = (v,)
    evidence = core.evidence(asked.findings, mentioned)
    after = core.ask(asked.findings, lambda engine, evidence: engine.posteriors(evidence, (v,)), mentioned).marginals
    before = priors(core, asked.findings, (v,), mentioned)
    stated = core.stated(asked.findings, mentioned)
    return Posterior(
        title=core.title(str(term), asked.findings),
        basis=core.basis(stated, weakest(core, evidence, (v,))),
        posterior=distribution(core, v, after[v]),
        prior=distribution(core, v, before[v]),
    )


def posteriors(core: Core, findings: Findings, of: Sequence[int] | None = None) -> Posteriors:
    """P(v | findings) for every variable in one pass, or for those in `of`."""
    variables = tuple(range(len(core.names))) if of is None else tuple(of)
    mentioned = () if of is None else variables
    after = core.ask(findings, lambda engine, evidence: engine.posteriors(evidence, of), mentioned).marginals
    before = priors(core, findings, variables, mentioned)
    basis = core.basis(core.stated(findings, mentioned))
    each = tuple(
        Posterior(
            title=core.title(str(Term(core.names[v])), findings),
            basis=basis,
            posterior=distribution(core, v, after[v]),
            prior=distribution(core, v, before[v]),
        )
        for v in variables
    )
    return Posteriors(title=findings.text, basis=basis, posteriors=each, log_probability=log_probability(core, findings))


def assignment(core: Core, question: str, given: Given = None, do: Given = None) -> Probability:
    """P(assignment | findings), as a result that prints; see `probability`."""
    asked = read_question(core, question, given, do)
    parts = [_vector(core, term, question) for term in asked.targets]
    variables = tuple(v for v, _ in parts)
    p = _share(core, parts, asked.findings)
    text = format_terms(asked.targets)
    evidence = core.evidence(asked.findings, variables)
    return Probability(
        title=core.title(text, asked.findings),
        basis=core.basis(core.stated(asked.findings, variables), weakest(core, evidence, variables)),
        assignment=text,
        probability=p,
    )


def probability(core: Core, wanted: str | Mapping[str, object], given: Given = None, do: Given = None) -> float:
    """P(assignment | findings): of all its parts together, 0.0 where it cannot be.

    Raises
    ------
    ImpossibleEvidence
        When the findings cannot hold together.
    """
    if isinstance(wanted, str):
        asked = read_question(core, wanted, given, do)
        return _share(core, [_vector(core, term, wanted) for term in asked.targets], asked.findings)
    states = read_given(core, wanted)
    _only_states(states)
    return _share(core, [(item.variable, np.array(item.vector)) for item in states.items], read_given(core, given, do))


def _share(core: Core, parts: Sequence[tuple[int, FloatArray]], findings: Findings) -> float:
    """P(parts, findings) / P(findings)."""
    variables = [v for v, _ in parts]
    evidence = core.evidence(findings, variables)
    below = core.ask(findings, lambda engine, evidence: _possible(engine.log_probability(evidence)), variables)
    for v, vector in parts:
        evidence = evidence.with_likelihood(v, vector)
    return min(1.0, math.exp(core.engine.log_probability(evidence) - below))


def log_probability(core: Core, findings: Findings) -> float:
    """ln P(findings), likelihoods as given; -inf where they cannot hold together.

    The default of a context variable is a condition, not a finding: ln P(findings | setting=primary_care). A new marginal is not
    an observation and has no probability of its own: it adds nothing, but where it cannot be had the answer is -inf.
    """
    stated = core.stated(findings)
    if stated.marginals:
        try:
            core.evidence(findings)
        except ImpossibleEvidence:
            return -math.inf
    return core.engine.log_probability(stated.evidence()) - _log_assumed(core, stated)


def joint(core: Core, variables: Sequence[int], findings: Findings) -> Joint:
    """P(variables | findings) as one table."""
    table = core.ask(findings, lambda engine, evidence: engine.joint(variables, evidence), variables).table
    evidence = core.evidence(findings, variables)
    return Joint(
        title=core.title(", ".join(str(Term(core.names[v])) for v in variables), findings),
        basis=core.basis(core.stated(findings, variables), weakest(core, evidence, variables)),
        variables=tuple(core.names[v] for v in variables),
        states=tuple(core.states(v) for v in variables),
        probabilities=tuple(float(p) for p in table.ravel()),
        log_probability=log_probability(core, findings),
    )


def most_probable(core: Core, findings: Findings, of: Sequence[int] | None = None) -> MostProbable:
    """The most probable assignment of everything that is not known (MPE), or of the variables in `of`, the rest summed out (MAP).

    References
    ----------
    Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
    """
    mentioned = tuple(of or ())
    best = core.ask(findings, lambda engine, evidence: engine.most_probable(evidence, of), mentioned)
    evidence = core.evidence(findings, mentioned)
    below = core.engine.log_probability(evidence)
    log_posterior = best.log_probability - below
    runner_up_posterior = best.runner_up_log_probability - below
    # Likelihoods that stand for a new marginal have no scale of their own: ln P(findings) is counted without them.
    stated = core.stated(findings, mentioned)
    log_findings = core.engine.log_probability(stated.evidence()) - _log_assumed(core, stated)
    return MostProbable(
        title=findings.text,
        basis=core.basis(stated),
        assignment=_named(core, best.assignment),
        log_probability=log_posterior + log_findings,
        log_posterior=log_posterior,
        runner_up=None if best.runner_up is None else _named(core, best.runner_up),
        runner_up_log_probability=runner_up_posterior + log_findings if best.runner_up is not None else -math.inf,
        unique=best.unique,
    )


def distribution(core: Core, v: int, probabilities: FloatArray) -> Distribution:
    """The probabilities of a variable's states with their names."""
    return Distribution(core.names[v], core.states(v), tuple(float(p) for p in probabilities))


def read_variables(core: Core, names: str | Sequence[str]) -> tuple[int, ...]:
    """Indices of variables given by name, in a list or in one text with commas; each once."""
    if isinstance(names, str):
        terms = parse_findings(names)
        for term in terms:
            if term != Term(term.name):
                raise PatternError(
                    names, term.column, f'"{term}" is more than the name of a variable', way_out=f'write "{Term(term.name)}"'
                )
        names = [term.name for term in terms]
    found = tuple(core.variable(name) for name in names)
    if len(set(found)) < len(found) or not found:
        raise PatternError(
            ", ".join(names), 1, "a variable stands twice" if found else "no variable is named", expected="each variable once"
        )
    return found


def _vector(core: Core, term: Term, text: str) -> tuple[int, FloatArray]:
    resolved = core.resolved(term, text)
    v = core.index[resolved.name]
    return v, np.array(likelihoods(resolved, core.states(v)))


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


def _log_assumed(core: Core, stated: Findings) -> float:
    """ln P(assumed defaults), under the interventions."""
    assumed = stated.keeping(item for item in stated.items if item.assumed)
    if not assumed.items:
        return 0.0
    evidence = assumed.evidence()
    return core.engine.log_probability(Evidence(evidence.likelihoods, evidence.interventions))


def _named(core: Core, assignment: Mapping[int, int]) -> dict[str, str]:
    return {core.names[v]: core.states(v)[state] for v, state in sorted(assignment.items())}
