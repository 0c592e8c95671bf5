"""Counts a population through several findings in turn, so that each is met among those who have the ones before it."""

from __future__ import annotations

import math

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.findings import Finding, Findings
from bayesnet.analysis.query.parse import Given, read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import ImpossibleEvidence
from bayesnet.results.teaching import FrequencySequence, SequenceStep
from bayesnet.teach.frequencies import countable, people


def frequency_sequence(query: Query, target: tuple[int, int], found: Given, population: int = 10_000) -> FrequencySequence:
    """Split a population by one finding after the other, in the order given; see `Case.frequency_sequence`."""
    v, state = target
    compiled, findings = query.compiled, query.findings
    split = countable(compiled, read_given(compiled, found), v)
    size = people(population)
    asked = (v, *dict.fromkeys(item.variable for item in split))
    rest = findings.keeping(item for item in findings.items if item.variable not in asked)
    query = Query(compiled, rest, asked)
    log, first = _left(query, (), target)
    later = [_both(query, split[: k + 1], target, log) for k in range(len(split))]
    name = compiled.literal(v, state)
    others = [s for i, s in enumerate(compiled.states(v)) if i != state]
    return FrequencySequence(
        title=query.title(f"{name}, {', '.join(item.text for item in split)}"),
        provenance=query.provenance(weakest(query)),
        target=name,
        without_target=compiled.spelled(v, others) if len(others) == 1 else f"not {name}",
        conditions=rest.text,
        population=size,
        steps=tuple(_steps([(first, 1.0 - first), *later], [item.text for item in split], size)),
    )


def _both(
    query: Query,
    taken: tuple[Finding, ...],
    target: tuple[int, int],
    log: float,
) -> tuple[float, float]:
    """Return P(target, findings) and P(not target, findings) in this population; zeros if the findings are impossible."""
    try:
        here, p = _left(query, taken, target)
    except ImpossibleEvidence:
        return 0.0, 0.0
    left = math.exp(here - log)
    return left * p, left * (1.0 - p)


def _left(query: Query, taken: tuple[Finding, ...], target: tuple[int, int]) -> tuple[float, float]:
    """Return ln P(what is known and the findings), and P(target) given them."""
    v, state = target
    query = query.given(query.findings.with_findings(Findings(taken)))
    answer = query.ask(lambda engine, evidence: engine.posteriors(evidence, (v,)))
    return answer.log_probability, float(answer.marginals[v][state])


def _steps(exact: list[tuple[float, float]], texts: list[str], of: int) -> list[SequenceStep]:
    """Whole people at each step; nobody joins on the way, because rounding keeps order."""
    first = round(exact[0][0] * of)
    steps = [SequenceStep("", first, of - first, *exact[0], 1.0, 1.0)]
    for text, before, here in zip(texts, exact, exact[1:], strict=False):
        last = steps[-1]
        ill, well = min(round(here[0] * of), last.with_target), min(round(here[1] * of), last.without_target)
        steps.append(SequenceStep(text, ill, well, *here, _share(here[0], before[0]), _share(here[1], before[1])))
    return steps


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0.0 else math.nan
