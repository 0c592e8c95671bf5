"""Questions of the audit: how many of several findings hold; answers are kept, so that no part is computed twice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet import pattern
from bayesnet.errors import PatternError
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import Factors, FloatArray

_QUANTIFIER = re.compile(r"(any|all|none|at least (\d+)) of\b\s*")
_MOST_COUNTED = 10
"""`at least 2 of` asks for the joint table of the findings: 2**10 entries at most."""

Key = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True)
class Quantified:
    """At least `least` and at most `most` of the literals hold."""

    literals: tuple[str, ...]
    least: int
    most: int


@dataclass(frozen=True)
class Counting:
    """P(event | given and every one of `counted`), as it is written before and after the bar."""

    text: str
    event: Quantified
    given: str
    counted: tuple[Quantified, ...]


@dataclass(frozen=True)
class Answer:
    """A probability, and ln of the probability of what it is conditional on; `value` is NaN where that is zero."""

    value: float
    log_condition: float


def parse_counting(text: str) -> Counting:
    """Read `[any of] a, b=high | c, at least 2 of (d, !e, f)`.

    Before the bar, findings separated by commas all hold unless a quantifier stands in front: `any of`, `all of`, `none of`,
    `at least 2 of`. After the bar, quantified findings stand in brackets among the plain ones. The findings themselves are in the
    pattern language.

    Raises
    ------
    PatternError
        Where nothing is asked, a bracket is open, or a quantifier counts more findings than it has.

    Examples
    --------
    >>> question = parse_counting("any of fever, !anemia | setting=emergency, at least 2 of (a, b, c)")
    >>> question.event.least, question.event.literals, question.given, question.counted[0].least
    (1, ('fever', '!anemia'), 'setting=emergency', 2)

    """
    sides = split(text, "|")
    if len(sides) > 2:
        raise PatternError(text, text.rindex("|") + 1, "a second bar", expected="one bar, as in `event | findings`")
    plain: list[str] = []
    counted: list[Quantified] = []
    for part in split(sides[1], ",") if len(sides) > 1 else []:
        if _QUANTIFIER.match(part):
            counted.append(_quantified(part, text, bracketed=True))
        else:
            plain.append(part)
    return Counting(text, _quantified(sides[0], text, bracketed=False), ", ".join(plain), tuple(counted))


def split(text: str, separator: str) -> list[str]:
    """Cut a text at a separator that stands outside quotes, braces and brackets; ends are stripped, empty parts dropped.

    >>> split('a={x, y}, "b,c"=d, any of (e, f)', ",")
    ['a={x, y}', '"b,c"=d', 'any of (e, f)']
    """
    parts, depth, quoted, start = [], 0, False, 0
    for i, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "({":
            depth += 1
        elif character in ")}":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    if depth or quoted:
        raise PatternError(text, len(text) + 1, "the text ends", expected="the bracket or quote that is open to be closed")
    parts.append(text[start:])
    return [part.strip() for part in parts] if separator == "|" else [part.strip() for part in parts if part.strip()]


class Asker:
    """Asks questions of one network and keeps every answer, so that questions with parts in common share them.

    `defaults` maps the name of a context variable to the state that is entered when a question does not mention it.
    """

    def __init__(self, factors: Factors, engine: Engine, defaults: Mapping[str, str]) -> None:
        self.factors = factors
        self.context = dict(defaults)
        self._engine = engine
        self._states = dict(zip(factors.names, factors.states, strict=True))
        self._marginals: dict[tuple[int, Key], FloatArray] = {}
        self._logs: dict[Key, float] = {}

    def evidence(self, text: str) -> Evidence:
        """Findings with the defaults of the context variables that they do not mention."""
        evidence = Evidence(text=text)
        interventions: dict[int, int] = {}
        terms = [pattern.resolve(term, self._states, text) for term in pattern.parse_findings(text)]
        for term in terms:
            variable = self.factors.index[term.name]
            if term.call == "do":
                interventions[variable] = self._states[term.name].index(term.states[0])
            else:
                evidence = evidence.with_likelihood(variable, self._vector(term))
        for name in self.context.keys() - {term.name for term in terms}:
            default = pattern.Term(name, (self.context[name],))
            evidence = evidence.with_likelihood(self.factors.index[name], self._vector(default))
        return Evidence(evidence.likelihoods, interventions, text)

    def probability(self, text: str, given: str = "") -> Answer:
        """P(event | findings); `given` adds findings to those after the bar."""
        question = parse_counting(text)
        evidence = self.evidence(", ".join(part for part in (question.given, given) if part))
        if question.counted:
            return self._counted(question, evidence)
        condition = self.log_probability(evidence)
        if condition == -math.inf:
            return Answer(math.nan, condition)
        return Answer(self._event(question.event, evidence), condition)

    def joint_with_each(self, target: str, given: str, names: Sequence[str]) -> dict[str, FloatArray]:
        """P(target, v | findings) of every variable named, shape (states of target, states of v), one pass for all."""
        index = self.factors.index
        tables = self._engine.joint_with_each(index[target], self.evidence(given), [index[name] for name in names])
        return {name: tables[index[name]] for name in names}

    def log_probability(self, evidence: Evidence) -> float:
        """Give ln P(e)."""
        key = _key(evidence)
        if key not in self._logs:
            self._logs[key] = self._engine.log_probability(evidence)
        return self._logs[key]

    def marginal(self, variable: int, evidence: Evidence) -> FloatArray:
        """P(variable | e), NaN where e cannot be; only what bears on the variable is computed, and each answer is kept."""
        key = (variable, _key(evidence))
        if key not in self._marginals:
            try:
                self._marginals[key] = self._engine.joint([variable], evidence).table
            except ZeroEvidence:
                self._marginals[key] = np.full(self.factors.cards[variable], math.nan)
        return self._marginals[key]

    def literal(self, text: str) -> tuple[int, FloatArray]:
        """The variable of one finding and its likelihood of each state, at most one."""
        terms = pattern.parse_findings(text)
        if len(terms) != 1 or terms[0].call:
            raise PatternError(text, 1, "not one finding", expected="a variable with its state")
        term = pattern.resolve(terms[0], self._states, text)
        vector = self._vector(term)
        return self.factors.index[term.name], vector / max(1.0, float(vector.max()))

    def written(self, variable: int, vector: FloatArray) -> str:
        """One finding in the pattern language, its states spelled out."""
        states = self.factors.states[variable]
        kept = tuple(state for state, weight in zip(states, vector, strict=True) if weight > 0.0)
        weights = tuple(float(w) for w in vector if w > 0.0)
        return str(pattern.Term(self.factors.names[variable], kept, weights if set(weights) != {1.0} else ()))

    def _vector(self, term: pattern.Term) -> FloatArray:
        return np.asarray(pattern.likelihoods(term, self._states[term.name]), dtype=float)

    def _event(self, event: Quantified, evidence: Evidence) -> float:
        """P(event | e) where e can be."""
        parts = [self.literal(text) for text in event.literals]
        if len(parts) == 1:
            variable, vector = parts[0]
            held = float(vector @ self.marginal(variable, evidence))
            return held if event.least == 1 else 1.0 - held
        if (event.least, event.most) == (len(parts), len(parts)):
            return self._share(parts, evidence)
        none = [(variable, 1.0 - vector) for variable, vector in parts]
        if event.most == 0:
            return self._share(none, evidence)
        if (event.least, event.most) == (1, len(parts)):
            return 1.0 - self._share(none, evidence)
        return float(self._counts(event, evidence).sum())

    def _share(self, parts: list[tuple[int, FloatArray]], evidence: Evidence) -> float:
        """P(all of the parts | e), where e can be."""
        both = evidence
        for variable, vector in parts:
            both = both.with_likelihood(variable, vector)
        return math.exp(self.log_probability(both) - self.log_probability(evidence))

    def _counts(self, event: Quantified, evidence: Evidence, also: int | None = None) -> FloatArray:
        """P(at least `least` and at most `most` hold, and the state of `also` | e), shape (states of also,) or ()."""
        parts = [self.literal(text) for text in event.literals]
        variables = [variable for variable, _ in parts]
        if len(set(variables)) < len(variables) or len(variables) > _MOST_COUNTED:
            what = f"at most {_MOST_COUNTED} findings, on different variables, can be counted"
            raise PatternError(", ".join(event.literals), 1, what)
        extra = [] if also is None or also in variables else [also]
        table = self._engine.joint([*variables, *extra], evidence).table
        total = np.zeros(table.shape[len(variables) :])
        for holds in np.ndindex(*(2,) * len(parts)):
            if event.least <= sum(holds) <= event.most:
                weights = [vector if yes else 1.0 - vector for yes, (_, vector) in zip(holds, parts, strict=True)]
                term = table
                for vector in weights:
                    term = np.tensordot(vector, term, axes=(0, 0))
                total = total + term
        return total

    def _counted(self, question: Counting, evidence: Evidence) -> Answer:
        """P(event | e, so many of some findings)."""
        if len(question.counted) > 1 or len(question.event.literals) > 1:
            return self._expanded(question, evidence)
        condition, event = question.counted[0], question.event
        base = self.log_probability(evidence)
        if base == -math.inf:
            return Answer(math.nan, base)
        variable, vector = self.literal(event.literals[0])
        vector = vector if event.least == 1 else 1.0 - vector
        several = (condition.least, condition.most) != (1, len(condition.literals))
        if not several or variable in {self.literal(text)[0] for text in condition.literals}:
            return self._expanded(question, evidence)
        table = self._counts(condition, evidence, also=variable)
        share = float(table.sum())
        log_condition = base + math.log(share) if share > 0.0 else -math.inf
        return Answer(float(vector @ table) / share if share > 0.0 else math.nan, log_condition)

    def _expanded(self, question: Counting, evidence: Evidence) -> Answer:
        """Conditions on `any of` and `none of`, by taking from all what has none."""
        terms = [(1.0, evidence)]
        for condition in question.counted:
            parts = [self.literal(text) for text in condition.literals]
            n = len(parts)
            if (condition.least, condition.most) not in {(1, n), (0, 0), (n, n)}:
                what = "`at least 2 of` can be a condition only once, and of one finding that is asked"
                raise PatternError(question.text, 1, what)
            terms = [pair for term in terms for pair in _branches(term, parts, condition)]
        weight = sum(sign * math.exp(self.log_probability(e)) for sign, e in terms)
        if weight <= 0.0:
            return Answer(math.nan, -math.inf)
        possible = [(sign, e) for sign, e in terms if self.log_probability(e) > -math.inf]
        held = sum(sign * math.exp(self.log_probability(e)) * self._event(question.event, e) for sign, e in possible)
        return Answer(held / weight, math.log(weight))


def _branches(
    term: tuple[float, Evidence], parts: list[tuple[int, FloatArray]], condition: Quantified
) -> list[tuple[float, Evidence]]:
    """The signed terms whose sum is: the term, and so many of the parts."""
    sign, evidence = term
    every = condition.least == len(parts)
    narrowed = evidence
    for variable, vector in parts:
        narrowed = narrowed.with_likelihood(variable, vector if every else 1.0 - vector)
    if every or condition.most == 0:
        return [(sign, narrowed)]
    return [(sign, evidence), (-sign, narrowed)]


def _quantified(text: str, whole: str, *, bracketed: bool) -> Quantified:
    """Read `any of a, b`, or after the bar `any of (a, b)`."""
    match = _QUANTIFIER.match(text)
    body = text[match.end() :].strip() if match else text.strip()
    column = max(whole.find(text), 0) + 1
    if match and (bracketed or body.startswith("(")):
        if not (body.startswith("(") and body.endswith(")")):
            words = match.group(0).strip()
            raise PatternError(whole, column, f"`{words}` without brackets", expected=f"`{words} (a, b)` after the bar")
        body = body[1:-1]
    literals = tuple(split(body, ","))
    if not literals:
        raise PatternError(whole, column, "nothing is asked", expected="a finding")
    n = len(literals)
    word = match.group(1) if match else "all"
    least, most = {"all": (n, n), "any": (1, n), "none": (0, 0)}.get(word, (int(match.group(2) or 0) if match else n, n))
    if least > n:
        raise PatternError(whole, column, f"`{word} of` counts more than the {n} findings that follow")
    return Quantified(literals, least, most)


def _key(evidence: Evidence) -> Key:
    done = tuple((-1 - v, bytes([state])) for v, state in sorted(evidence.interventions.items()))
    return (*done, *((v, np.asarray(evidence.likelihoods[v], dtype=float).tobytes()) for v in sorted(evidence.likelihoods)))
