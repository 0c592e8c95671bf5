"""Strength of every arc: how far the child's distribution moves when one parent changes and the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query, checked
from bayesnet.analysis.query.tables import table_of
from bayesnet.errors import TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray
from bayesnet.results.uncertainty import ArcStrength, ArcStrengths

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.model.factors import Family, FloatArray


_PRODUCTS = 2.0**31
"""Products of all joint tables of parents together: four seconds if all tables are small, half a minute if they are large."""


def arc_strengths(query: Query) -> ArcStrengths:
    """Return the strength of every arc, the strongest first; see `Case.arc_strengths`."""
    compiled, evidence = query.compiled, query.ask(checked)
    arcs: list[ArcStrength] = []
    for v, weights in _parent_weights(compiled.engine, evidence).items():
        family = compiled.factors.families[v]
        table = table_of(family)
        for axis, parent in enumerate(family.parents):
            arcs.append(_strength(table, weights, axis, compiled.names[parent], compiled.names[v]))
    return ArcStrengths(
        title=query.findings.text,
        provenance=query.provenance(),
        arcs=tuple(sorted(arcs, key=lambda arc: (-_known(arc.variation_weighted), -arc.variation_max, arc.child))),
    )


def _known(value: float) -> float:
    """Return a value to sort by; what is not known comes last."""
    return value if value == value else -1.0


def _parent_weights(engine: Engine, evidence: Evidence) -> dict[int, FloatArray | None]:
    """Return P(parents | evidence) of every variable that has any; None where it is too wide, or those before took too long."""
    situation, left, wide = engine.possible(evidence), _PRODUCTS, set[int]()
    found: dict[int, FloatArray | None] = {}
    for v in engine.structure.topological:
        parents = engine.structure.parents[v]
        if v in evidence.interventions or not parents:
            continue
        found[v] = None
        if wide.isdisjoint(parents):  # below a table that is too wide the tables are as wide or wider
            try:
                left -= (cells := engine.ready(situation, kept=parents).plan.cells)
                if left >= 0:
                    found[v] = engine.joint(parents, evidence).table
                else:
                    left += cells
            except TooWide:
                pass
        if found[v] is None:
            wide.add(v)
    return found


def _strength(table: FloatArray, weights: FloatArray | None, axis: int, parent: str, child: str) -> ArcStrength:
    """Return the distances of one arc."""
    columns = np.moveaxis(table, axis, 0)
    first, second = np.triu_indices(columns.shape[0], k=1)
    variation = 0.5 * np.abs(columns[first] - columns[second]).sum(axis=-1)
    roots = np.sqrt(columns)
    hellinger = np.sqrt(0.5 * ((roots[first] - roots[second]) ** 2).sum(axis=-1))
    others = None if weights is None else weights.sum(axis=axis)
    return ArcStrength(parent, child, *_aggregated(variation, others), *_aggregated(hellinger, others))


def _aggregated(distance: FloatArray, others: FloatArray | None) -> tuple[float, float, float]:
    """Mean, largest and weighted mean over the other parents' states; pairs of the parent's own states count alike."""
    if not distance.size:
        return 0.0, 0.0, 0.0
    weighted = float("nan") if others is None else float((distance.mean(axis=0) * others).sum())
    return float(distance.mean()), float(distance.max()), weighted


POSITIVE = ("present", "yes", "true", "positive", "high")
"""States that say that a variable with two of them holds."""


def holds(states: Sequence[str]) -> int | None:
    """Return the state of two that says that the variable holds; None where none of them does.

    >>> holds(("absent", "present")), holds(("a", "b"))
    (1, None)
    """
    return next((states.index(name) for name in POSITIVE if name in states), None) if len(states) == 2 else None


def sign(compiled: CompiledModel, family: Family, parent: int) -> int:
    """Return whether the child's mean rank rises with the parent's: everywhere 1, nowhere -1, 0 where it depends on the others.

    Raises
    ------
    TooWide
        Where the child's table is too large to spell out.
    """
    table: FloatArray = table_of(family)
    ranks = np.array(_score(compiled.states(parent)))
    mean = table @ np.array(_score(compiled.states(family.child)))
    slope = np.tensordot(ranks - ranks.mean(), np.moveaxis(mean, family.parents.index(parent), 0), axes=1)
    up, down = float(max(slope.max(), 0.0)), float(max(-slope.min(), 0.0))
    if max(up, down) <= 1e-12 or min(up, down) > 0.1 * max(up, down):
        return 0
    return 1 if up > down else -1


def _score(states: Sequence[str]) -> list[float]:
    """Ranks of states: 1 for present or yes, otherwise their place in the order of the model."""
    if len(states) == 2:
        positive = holds(states)
        return [float(s == (1 if positive is None else positive)) for s in range(2)]
    return [float(s) for s in range(len(states))]
