"""Cost of an answer before it is computed: the products of its plan. Made by planning alone, in about a millisecond."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, NoisyFamily


def plan_cost(factors: Factors, evidence: Evidence, variables: Iterable[int] | None = None) -> float:
    """Products of the plan that answers `variables` (all when None) for this evidence."""
    return Engine(factors).cost(evidence, None if variables is None else tuple(variables))


def sample_costs(
    factors: Factors,
    n: int = 500,
    seed: int = 0,
    always: Iterable[str] = (),
    probability: float = 0.45,
    among: Iterable[str] | None = None,
) -> FloatArray:
    """Predicted cost, shape (n,), of all posteriors for n sampled patients.

    A patient is drawn from the network; the variables in `always` are known, every other one in `among` (all variables
    without children that are not certain gates, and all roots, when None) is observed with the given probability.
    """
    rng = np.random.default_rng(seed)
    engine = Engine(factors)
    structure = engine.structure
    known = [factors.index[name] for name in always]
    if among is None:
        findings = [v for v, children in enumerate(structure.children) if not children or not structure.parents[v]]
    else:
        findings = [factors.index[name] for name in among]
    costs = np.empty(n)
    for i in range(n):
        world = sample(factors, structure, rng)
        seen = {v: world[v] for v in findings if v in known or rng.random() < probability} | {v: world[v] for v in known}
        costs[i] = engine.cost(Evidence.of(seen, factors.cards))
    return costs


def sample(factors: Factors, structure: Structure, rng: np.random.Generator) -> list[int]:
    """Return one assignment of all variables, drawn parents first."""
    world = [0] * len(factors.names)
    for v in structure.topological:
        family = factors.families[v]
        states = [world[p] for p in family.parents]
        if isinstance(family, NoisyFamily):
            columns = [family.leak, *(link[s] for link, s in zip(family.links, states, strict=True))]
            world[v] = family.order[max(_draw(column, rng) for column in columns)]
        else:
            world[v] = _draw(family.table[tuple(states)], rng)
    return world


def _draw(column: FloatArray, rng: np.random.Generator) -> int:
    return min(int(np.searchsorted(np.cumsum(column), rng.random(), side="right")), len(column) - 1)
