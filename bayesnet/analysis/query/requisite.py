"""Requisite families of a question, found by Bayes-ball (Shachter 1998).

A number of a family that is not requisite is d-separated from the question, or barren; its slope is exactly zero and not
merely a small rounding error.
"""

from __future__ import annotations

from collections.abc import Iterable

from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors


def above(factors: Factors, evidence: Evidence, targets: Iterable[int]) -> frozenset[int]:
    """Return the variables on whose families P(targets, evidence) depends at all: ancestors of the targets and of everything
    found.
    """
    cut = frozenset(evidence.interventions)
    found: set[int] = set()
    stack = [*targets, *evidence.likelihoods]
    while stack:
        v = stack.pop()
        if v not in found and v not in cut:
            found.add(v)
            stack += factors.families[v].parents
    return frozenset(found)


def requisite_families(factors: Factors, evidence: Evidence, targets: Iterable[int]) -> frozenset[int]:
    """Variables whose conditional distribution is needed for P(targets | evidence); all others cannot change it.

    A finding that leaves several states open does not block, but it opens the way to the other parents, like an observed child.
    An intervention blocks and cuts the arrows into the variable.

    References
    ----------
    Shachter RD (1998). Bayes-Ball: the rational pastime. UAI-98, 480-487.
    """
    cut = frozenset(evidence.interventions)
    fixed = frozenset(evidence.hard()) | cut
    soft = frozenset(evidence.likelihoods) - fixed
    children: list[list[int]] = [[] for _ in factors.names]
    for v, family in enumerate(factors.families):
        if v not in cut:
            for parent in family.parents:
                children[parent].append(v)
    top: set[int] = set()
    bottom: set[int] = set()
    visits: list[tuple[int, bool]] = [(v, True) for v in targets]
    while visits:
        v, from_child = visits.pop()
        upwards = (from_child and v not in fixed) or (not from_child and v in fixed)
        if upwards and v not in top and v not in cut:
            top.add(v)
            visits += [(parent, True) for parent in factors.families[v].parents]
        if v not in fixed and v not in bottom:
            bottom.add(v)
            visits += [(child, False) for child in children[v]]
            if v in soft:
                visits.append((v, True))
    return frozenset(top)
