"""Answers to exercises by other routes: enumeration or plain elimination on the network, and a student who has only the text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from functools import cache
from math import log2, prod

import numpy as np
from plain_elimination import Engine
from referee import Enumeration

import bayesnet
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors
from bayesnet.network import Network
from bayesnet.pattern import parse_question, resolve_question
from bayesnet.teach.exercises import Exercise

SMALL = 2_000
"""Assignments that are enumerated in exact fractions; beyond it plain elimination answers."""

YES = ("present", "yes")


@cache
def shipped(name: str) -> Network:
    """A network, read once."""
    return bayesnet.load(name)


def truth(net: Network, title: str) -> float:
    """P(target | findings) of a question in the pattern language, `do(...)` included, without the compiled engine."""
    factors: Factors = net.compiled.factors
    question = resolve_question(parse_question(title), dict(zip(factors.names, factors.states, strict=True)))
    likelihoods = {
        v: np.array([float(s == variable.default) for s in variable.states])
        for v, variable in enumerate(net.variables.values())
        if variable.default
    }
    done: dict[int, int] = {}
    for term in question.given:
        v = factors.index[term.name]
        if term.call == "do":
            done[v] = factors.states[v].index(term.states[0])
        else:
            likelihoods[v] = np.array([float(s in term.states) for s in factors.states[v]])
    (target,) = question.targets
    v = factors.index[target.name]
    hit = [factors.states[v].index(s) for s in target.states]
    evidence = Evidence(likelihoods, done)
    if prod(factors.cards) <= SMALL:
        joint = Enumeration(factors, evidence).joint((v,))
        return float(sum(x for (s,), x in joint.items() if s in hit) / sum(joint.values()))
    marginal = Engine(factors).posteriors(evidence, (v,)).marginals[v]
    return float(marginal[hit].sum() / marginal.sum())


def percents(text: str) -> list[float]:
    """Every percentage of a text, in order."""
    return [float(p) / 100.0 for p in re.findall(r"(\d+(?:\.\d+)?) %", text)]


def counts(text: str) -> list[int]:
    """Every whole number of a text that is neither a percentage nor an age, in order."""
    text = re.sub(r"aged (?:under )?\d+", "", text)
    found = re.findall(r"(?<![\w.=-])(\d{1,3}(?:,\d{3})+|\d+)(?![\w.%-])(?! %)", text)
    return [int(n.replace(",", "")) for n in found]


def ratios(text: str) -> list[float]:
    """Every likelihood ratio of a text, in order."""
    found = re.findall(r"(?:likelihood ratio (?:of|is) |have one of |has one of )([\d.,]*\d)|([\d.,]*\d) times as frequent", text)
    return [float((a or b).replace(",", "")) for a, b in found] + [1.0] * text.count("just as frequent")


def by_student(exercise: Exercise) -> float | str:
    """What a careful student works out who has the text and nothing else."""
    return _STUDENTS[exercise.kind](exercise.question)


def _natural(text: str) -> float:
    first, second, _ = text.split("\n")
    of, ill = counts(first)
    again, true, well, false = counts(second)
    assert again == ill
    assert well == of - ill
    return true / (true + false)


def _bayes(text: str) -> float:
    p, s, f = percents(text)
    return p * s / (p * s + (1 - p) * f)


def _elsewhere(text: str) -> float:
    _, _, p, s, f = percents(text)
    return p * s / (p * s + (1 - p) * f)


def _total(text: str) -> float:
    p, s, f = percents(text)
    return p * s + (1 - p) * f


def _odds(text: str) -> float:
    (p,), (ratio, same) = percents(text), ratios(text)
    assert ratio == same
    after = p / (1 - p) * ratio
    return after / (1 + after)


def _two(text: str) -> float:
    (p,), (one, _, added) = percents(text), ratios(text)
    after = p / (1 - p) * one * added
    return after / (1 + after)


def _away(text: str) -> str:
    of, both, first, second, *_ = counts(text)
    return f"down, to {both / (both + second):.4f}" if both / (both + second) < (both + first) / of else "up"


def _adjusted(text: str) -> float:
    groups, outcomes, _ = text.split("\n")
    everybody = percents(groups.split(";")[0])
    share = percents(outcomes)
    weights = [*everybody, 1 - sum(everybody)] if len(everybody) == 1 else everybody
    assert len(weights) == len(share)
    return sum(w * p for w, p in zip(weights, share, strict=True))


def _test(text: str) -> str:
    first, *lines, _ = text.split("\n")
    (p,) = percents(first)
    bits = {line[0]: _information(p, *percents(line)) for line in lines}
    return max(bits, key=lambda letter: bits[letter])


def _information(p: float, s: float, f: float) -> float:
    """Mutual information as the entropy of the result less its entropy once the disease is known."""

    def entropy(q: float) -> float:
        return -sum(x * log2(x) for x in (q, 1 - q) if x > 0)

    return entropy(p * s + (1 - p) * f) - p * entropy(s) - (1 - p) * entropy(f)


def _graph(text: str) -> str:
    _, drawn, asked = text.split("\n")
    arrows = [tuple(arrow.split(" → ")) for arrow in drawn.rstrip(".").split("; ")]
    *known, x, y = re.findall("“(.*?)”", asked)
    return "no" if _moral_separated(arrows, x, y, known) else "yes"


def _moral_separated(arrows: list[tuple[str, ...]], x: str, y: str, known: Iterable[str]) -> bool:
    """Separation in the moral graph of the ancestors (Lauritzen, Dawid, Larsen & Leimer 1990): another way than Bayes-ball."""
    known = set(known)
    keep = {x, y, *known}
    while more := {a for a, b in arrows if b in keep} - keep:
        keep |= more
    near: dict[str, set[str]] = {v: set() for v in keep}
    for a, b in arrows:
        if b in keep:
            for other in [b, *(c for c, d in arrows if d == b and c != a)]:
                near[a].add(other)
                near[other].add(a)
    seen, queue = {x}, deque([x])
    while queue:
        for v in near[queue.popleft()] - known - seen:
            seen.add(v)
            queue.append(v)
    return y not in seen


_STUDENTS = {
    "natural_frequencies": _natural,
    "percentages": _bayes,
    "another_population": _elsewhere,
    "prediction": _total,
    "likelihood_ratio": _odds,
    "double_counting": _two,
    "explaining_away": _away,
    "seeing_doing": _adjusted,
    "next_test": _test,
    "reading_graph": _graph,
}
