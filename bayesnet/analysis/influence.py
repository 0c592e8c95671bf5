"""Strength of every arc: how far the child's distribution moves when one parent changes and the others stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.query_ranges import checked
from bayesnet.errors import TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray
from bayesnet.results.uncertainty import ArcStrength, ArcStrengths

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import Core


def arc_strengths(core: Core, findings: Findings) -> ArcStrengths:
    """The strength of every arc of the network, the strongest first; arcs cut by an intervention are left out.

    For each arc the distances between the child's columns as the parent changes: their mean and the largest over the states of
    the other parents, and the mean weighted by the joint probability of those states given the findings (NaN where that joint
    is too wide). Both distances lie between 0 and 1. The largest total variation is the edge strength of Leonelli, Smith &
    Wright (2024), zero exactly when the child does not depend on the parent; the weighted mean is in the manner of Koiter (2006).

    References
    ----------
    Koiter JR (2006). Visualizing inference in Bayesian networks. MSc thesis, Delft University of Technology.
    Leonelli M, Smith JQ, Wright SK (2024). The diameter of a stochastic matrix: a new measure for sensitivity analysis in
    Bayesian networks. arXiv:2407.04667.
    """
    evidence = core.ask(findings, checked)
    arcs: list[ArcStrength] = []
    for v, family in enumerate(core.factors.families):
        if v in evidence.interventions or not family.parents:
            continue
        table = table_of(family)
        weights = _parent_weights(core.engine, family.parents, evidence)
        for axis, parent in enumerate(family.parents):
            arcs.append(_strength(table, weights, axis, core.names[parent], core.names[v]))
    return ArcStrengths(
        title=findings.text,
        basis=core.basis(core.stated(findings)),
        arcs=tuple(sorted(arcs, key=lambda arc: (-_known(arc.variation_weighted), -arc.variation_max, arc.child))),
    )


def _known(value: float) -> float:
    """A value to sort by; what is not known comes last."""
    return value if value == value else -1.0


def _parent_weights(engine: Engine, parents: tuple[int, ...], evidence: Evidence) -> FloatArray | None:
    """P(parents | evidence), None where it is too wide."""
    try:
        return engine.joint(parents, evidence).table
    except TooWide:
        return None


def _strength(table: FloatArray, weights: FloatArray | None, axis: int, parent: str, child: str) -> ArcStrength:
    """The distances of one arc."""
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
