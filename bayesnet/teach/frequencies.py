"""Counts a population: how many have a target, a finding, both or neither, in whole people that add up."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.findings import Finding, Findings
from bayesnet.analysis.query.parse import Given, read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray
from bayesnet.results.teaching import Counts, Frequencies, Square

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

MOST = 10**9
"""The largest population; beyond it the counts say more than the model's numbers can."""

_SLACK = 1e-6


def frequencies(query: Query, target: tuple[int, int], finding: Given, population: int = 10_000) -> Frequencies:
    """Count target, (variable, state), and finding in the population of the other findings; see `Case.frequencies`."""
    v, state = target
    compiled, findings = query.compiled, query.findings
    split = countable(compiled, read_given(compiled, finding), v)
    size = people(population)
    variables = tuple(dict.fromkeys(item.variable for item in split))
    asked = (v, *variables)
    rest = findings.keeping(item for item in findings.items if item.variable not in asked)
    query = Query(compiled, rest, asked)
    table = query.ask(lambda engine, evidence: engine.joint(asked, evidence).table)
    cells = _square(table, state, [_holds(split, u) for u in variables])
    name = compiled.literal(v, state)
    others = [s for i, s in enumerate(compiled.states(v)) if i != state]
    found = ", ".join(item.text for item in split)
    return Frequencies(
        title=query.title(f"{name}, {found}"),
        provenance=query.provenance(weakest(query)),
        target=name,
        without_target=compiled.spelled(v, others) if len(others) == 1 else f"not {name}",
        finding=found,
        without_finding=_without(compiled, split, found),
        conditions=rest.text,
        population=size,
        counts=whole_people(cells, size),
        probabilities=cells,
    )


def whole_people(cells: Square, of: int) -> Counts:
    """Round four shares of a population to people, so that cells, rows and columns are each less than one person off.

    The largest remainders are rounded up as far as the sums of rows and columns allow, which a table of two ways always does. A
    share of zero stays nobody.

    References
    ----------
    Cox LH (1987). A constructive procedure for unbiased controlled rounding. Journal of the American Statistical Association
    82(398), 520-524.

    Examples
    --------
    >>> whole_people(((0.0004, 0.0006), (0.0994, 0.8996)), 1000)
    ((0, 1), (99, 900))
    """
    exact = np.array(cells) * of
    best, least = np.zeros((2, 2)), math.inf
    for up in product((0, 1), repeat=4):
        counts = np.floor(exact + _SLACK * 0.001) + np.array(up).reshape(2, 2)
        off = counts - exact
        sums = np.concatenate([off.ravel(), off.sum(axis=0), off.sum(axis=1)])
        # The slack is for shares that are whole but for the last digits of a float.
        if counts.sum() != of or np.abs(sums).max() >= 1.0 + _SLACK or (counts[exact == 0.0] > 0).any():
            continue
        error = float((off**2).sum())
        if error < least - 1e-12:
            best, least = counts, error
    assert best.sum() == of, "a table of two by two can always be rounded so"
    (a, b), (c, d) = best
    return (int(a), int(b)), (int(c), int(d))


def _square(table: FloatArray, state: int, holds: list[FloatArray]) -> Square:
    """Return the joint table of target and findings as four cells that sum to one."""
    finding = np.ones(())
    for vector in holds:
        finding = np.multiply.outer(finding, vector)
    target = np.zeros(table.shape[0])
    target[state] = 1.0
    flat, weights = table.reshape(len(target), -1), finding.ravel()
    cells = np.array([[h @ flat @ e for e in (weights, 1.0 - weights)] for h in (target, 1.0 - target)])
    (a, b), (c, d) = cells / cells.sum()
    return (float(a), float(b)), (float(c), float(d))


def _holds(split: tuple[Finding, ...], variable: int) -> FloatArray:
    """Ones where every finding on a variable holds."""
    vectors = [np.array(item.vector) for item in split if item.variable == variable]
    return np.asarray(np.prod(vectors, axis=0), dtype=float)


def _without(compiled: CompiledModel, split: tuple[Finding, ...], found: str) -> str:
    """Return the name of the group without the finding."""
    if len(split) == 1:
        others = [s for s, inside in zip(compiled.states(split[0].variable), split[0].vector, strict=True) if not inside]
        if len(others) == 1:
            return compiled.spelled(split[0].variable, others)
        return f"not {found}"
    return f"not all of {found}"


def countable(compiled: CompiledModel, finding: Findings, target: int) -> tuple[Finding, ...]:
    """Return the findings that part the population, if they can."""
    if not finding.items or finding.interventions:
        raise BayesnetError(
            f'Cannot split the population by "{finding.text}": expected an observed state, as in "fever" or "age_group=60-69"; '
            "an intervention belongs to the case: case.do(...)."
        )
    for item in finding.items:
        if item.kind not in ("state", "one of"):
            raise BayesnetError(
                f'In "{finding.text}": natural frequencies need a definite finding on {item.name}, not a likelihood; expected '
                f"a state of {item.name} or one of several: {', '.join(compiled.states(item.variable))}."
            )
        if item.variable == target:
            raise BayesnetError(f'In "{finding.text}": {item.name} is the target itself; ask for a finding on another variable.')
    return finding.items


def people(population: object) -> int:
    """Return the size of the population, if it is one."""
    if isinstance(population, bool) or not isinstance(population, int) or not 1 <= population <= MOST:
        raise BayesnetError(f"A population is a whole number of people from 1 to {MOST:,d}; got population={population!r}.")
    return population
