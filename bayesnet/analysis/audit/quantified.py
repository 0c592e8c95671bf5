"""Questions of the audit: probabilities with quantifiers before and after the bar, each part worked out once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Finding
from bayesnet.analysis.query.parse import Given, read_given, read_terms
from bayesnet.analysis.query.query import Query
from bayesnet.errors import ImpossibleEvidence, PatternError
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray
from bayesnet.pattern import Condition, QuantifiedQuestion, Term, likelihoods, parse_quantified_question

_MOST_COUNTED = 10
"""`at least 2 of` asks for the joint table of the findings: 2**10 entries at most."""

Key = tuple[tuple[int, bytes], ...]
Part = tuple[int, FloatArray]
"""A variable with a likelihood of each state, at most one."""


@dataclass(frozen=True)
class Quantified:
    """At least `least` and at most `most` of the parts hold."""

    parts: tuple[Part, ...]
    least: int
    most: int

    @property
    def variables(self) -> tuple[int, ...]:
        """The variables of the parts."""
        return tuple(variable for variable, _ in self.parts)

    @property
    def kind(self) -> str:
        """`all`, `none`, `any`, or `some` where the number of parts that hold has to be counted."""
        n = len(self.parts)
        return {(1, n): "any", (0, 0): "none", (n, n): "all"}.get((self.least, self.most), "some")


@dataclass(frozen=True)
class Answer:
    """A probability, and ln of the probability of what it is conditional on; `value` is NaN where that is zero."""

    value: float
    log_condition: float


class QuantifiedQuestions:
    """Answers questions of one network and keeps every part of an answer, so that questions share them."""

    def __init__(self, compiled: CompiledModel) -> None:
        self.compiled = compiled
        self._marginals: dict[tuple[int, Key], FloatArray] = {}
        self._logs: dict[Key, float] = {}

    def probability(self, text: str, given: Given = None) -> Answer:
        """Return P(event | findings) of a question as written; `given` adds findings to those after the bar."""
        return self.answer(parse_quantified_question(text), given)

    def answer(self, question: QuantifiedQuestion, given: Given = None) -> Answer:
        """Return P(event | findings) of a question; `given` adds findings to those after the bar."""
        event = self._read(question.event, question.text)
        counted = [self._read(condition, question.text) for condition in question.counted]
        try:
            evidence = self._query(question, given, (event, *counted)).evidence
        except ImpossibleEvidence:
            return Answer(math.nan, -math.inf)
        condition = self._log_probability(evidence)
        if condition == -math.inf:
            return Answer(math.nan, condition)
        if not counted:
            return Answer(self._event(event, evidence), condition)
        any_of = (counted[0].least, counted[0].most) == (1, len(counted[0].parts))
        if len(counted) > 1 or len(event.parts) > 1 or any_of or event.variables[0] in counted[0].variables:
            return self._expanded(event, counted, evidence, question.text)
        return self._given_count(event, counted[0], evidence)

    def context(self, text: str, given: Given = None) -> tuple[str, ...]:
        """Return the context variables of a question as asked or assumed, such as `setting=emergency`."""
        question = parse_quantified_question(text)
        parts = [self._read(condition, text) for condition in (question.event, *question.counted)]
        kept = {item.variable for item in self.compiled.defaults}
        stated = self._query(question, given, parts).stated
        return tuple(f"{item.name}={_states(item)}" for item in stated.items if item.variable in kept)

    def _query(self, question: QuantifiedQuestion, given: Given, parts: Sequence[Quantified]) -> Query:
        """Return the query whose findings are those after the bar and `given`."""
        findings = read_terms(self.compiled, question.given, question.text).with_findings(read_given(self.compiled, given))
        named = (v for quantified in parts for v in quantified.variables)
        return Query(self.compiled, findings, tuple(dict.fromkeys(named)))

    def joint_with_each(self, target: str, given: Given, names: Sequence[str]) -> dict[str, FloatArray]:
        """Return P(target, v | findings) of every variable named, shape (states of target, states of v), in one pass."""
        compiled = self.compiled
        v, others = compiled.variable(target), [compiled.variable(name) for name in names]
        query = Query(compiled, read_given(compiled, given), (v,))
        tables = query.ask(lambda engine, evidence: engine.joint_with_each(v, evidence, others))
        return {name: tables[w] for name, w in zip(names, others, strict=True)}

    def part(self, term: Term, text: str) -> Part:
        """Return the variable of one finding and its likelihood of each state, at most one."""
        if term.call:
            raise PatternError(text, term.column, f'"{term}" cannot be asked for', expected="a variable with its state")
        resolved = self.compiled.resolved(term, text)
        v = self.compiled.index[resolved.name]
        vector = np.asarray(likelihoods(resolved, self.compiled.states(v)), dtype=float)
        return v, vector / max(1.0, float(vector.max()))

    def _read(self, condition: Condition, text: str) -> Quantified:
        return Quantified(tuple(self.part(term, text) for term in condition.terms), condition.least, condition.most)

    def _log_probability(self, evidence: Evidence) -> float:
        """Return ln P(e)."""
        key = _key(evidence)
        if key not in self._logs:
            self._logs[key] = self.compiled.engine.log_probability(evidence)
        return self._logs[key]

    def _marginal(self, variable: int, evidence: Evidence) -> FloatArray:
        """Return P(variable | e), NaN if P(e) = 0; only what the variable depends on is computed."""
        key = (variable, _key(evidence))
        if key not in self._marginals:
            try:
                self._marginals[key] = self.compiled.engine.joint([variable], evidence).table
            except ZeroEvidence:
                self._marginals[key] = np.full(len(self.compiled.states(variable)), math.nan)
        return self._marginals[key]

    def _event(self, event: Quantified, evidence: Evidence) -> float:
        """Return P(event | e) where e can be."""
        if len(event.parts) == 1:
            variable, vector = event.parts[0]
            held = float(vector @ self._marginal(variable, evidence))
            return held if event.least == 1 else 1.0 - held
        if event.kind == "all":
            return self._share(event.parts, evidence)
        if event.kind == "some":
            return float(self._counts(event, evidence).sum())
        none = self._share([(variable, 1.0 - vector) for variable, vector in event.parts], evidence)
        return none if event.kind == "none" else 1.0 - none

    def _share(self, parts: Sequence[Part], evidence: Evidence) -> float:
        """Return P(all of the parts | e), where e can be."""
        both = evidence
        for variable, vector in parts:
            both = both.with_likelihood(variable, vector)
        return math.exp(self._log_probability(both) - self._log_probability(evidence))

    def _counts(self, event: Quantified, evidence: Evidence, also: int | None = None) -> FloatArray:
        """Return P(at least `least` and at most `most` hold, the state of `also` | e), shape (states of also,) or ()."""
        if len(set(event.variables)) < len(event.parts) or len(event.parts) > _MOST_COUNTED:
            names = ", ".join(self.compiled.names[v] for v in event.variables)
            raise PatternError(names, 1, f"at most {_MOST_COUNTED} findings, on different variables, can be counted")
        extra = [] if also is None else [also]
        table = self.compiled.engine.joint([*event.variables, *extra], evidence).table
        total = np.zeros(table.shape[len(event.parts) :])
        for holds in np.ndindex(*(2,) * len(event.parts)):
            if event.least <= sum(holds) <= event.most:
                term = table
                for yes, (_, vector) in zip(holds, event.parts, strict=True):
                    term = np.tensordot(vector if yes else 1.0 - vector, term, axes=(0, 0))
                total = total + term
        return total

    def _given_count(self, event: Quantified, condition: Quantified, evidence: Evidence) -> Answer:
        """Return P(one finding | e, at least and at most some number of the findings of a condition)."""
        variable, vector = event.parts[0]
        table = self._counts(condition, evidence, also=variable)
        share = float(table.sum())
        log_condition = self._log_probability(evidence) + math.log(share) if share > 0.0 else -math.inf
        held = vector if event.least == 1 else 1.0 - vector
        return Answer(float(held @ table) / share if share > 0.0 else math.nan, log_condition)

    def _expanded(self, event: Quantified, counted: Sequence[Quantified], evidence: Evidence, text: str) -> Answer:
        """Return P(event | e, conditions on any, all or none): for `any of`, everything less what has none."""
        terms = [(1.0, evidence)]
        for condition in counted:
            if condition.kind == "some":
                what = "`at least 2 of` can be a condition only once, and of one finding that is asked"
                raise PatternError(text, 1, what)
            terms = [pair for term in terms for pair in _branches(term, condition)]
        logs = [self._log_probability(e) for _, e in terms]
        top = max(logs)
        if top == -math.inf:
            return Answer(math.nan, -math.inf)
        shares = [(sign * math.exp(log - top), e) for (sign, e), log in zip(terms, logs, strict=True) if log > -math.inf]
        weight = sum(share for share, _ in shares)
        if weight <= 0.0:
            return Answer(math.nan, -math.inf)
        held = sum(share * self._event(event, e) for share, e in shares)
        return Answer(held / weight, top + math.log(weight))


def _states(item: Finding) -> str:
    """Return the state of a finding, or what else is known of its variable."""
    if isinstance(item.value, str):
        return item.value
    if isinstance(item.value, tuple):
        return " or ".join(item.value)
    certain = set(item.value.values()) <= {0.0, 1.0}
    return " or ".join(state for state, weight in item.value.items() if weight) if certain else "uncertain"


def _branches(term: tuple[float, Evidence], condition: Quantified) -> list[tuple[float, Evidence]]:
    """Return the signed terms whose sum is: the term, and all, none or any of the parts."""
    sign, evidence = term
    every = condition.kind == "all"
    narrowed = evidence
    for variable, vector in condition.parts:
        narrowed = narrowed.with_likelihood(variable, vector if every else 1.0 - vector)
    if every or condition.kind == "none":
        return [(sign, narrowed)]
    return [(sign, evidence), (-sign, narrowed)]


def _key(evidence: Evidence) -> Key:
    done = tuple((-1 - v, bytes([state])) for v, state in sorted(evidence.interventions.items()))
    return (*done, *((v, np.asarray(evidence.likelihoods[v], dtype=float).tobytes()) for v in sorted(evidence.likelihoods)))
