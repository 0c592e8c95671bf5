"""Share of a finding's weight that each open path carries.

A collider carries what is lost when a finding that opens it is forgotten, the largest such loss. Any other variable carries
what the target learns when it gets the distribution that the finding gives it (Jeffrey 1965), the finding itself unknown. A path
carries no more than each of its variables, and in the direction of the finding no more than the whole, which is what a direct arc
has. The explorer page repeats the rule in `web/static/page/carried.js`; both are tested with one table of cases.

References
----------
Jeffrey RC (1965). The Logic of Decision. McGraw-Hill.

"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.explanation.coalitions import CoalitionQuery
from bayesnet.analysis.explanation.paths import Graph, Route, size
from bayesnet.inference.evidence import Evidence
from bayesnet.logodds import BARELY
from bayesnet.model.factors import FloatArray
from bayesnet.model.vocabulary import DIAGNOSES, neutral
from bayesnet.results.words import lowered

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

SHARED = 3
"""Findings that are named as explained by two causes."""

_NAMED = 0.1
"""Share of the strongest weight from which a further path counts, and a further finding is named."""

_STRONG = 0.3
"""Share of the strongest weight from which a competing path is named beside another."""

Worth = Callable[..., float]
"""Log odds of the target without some of the findings, given by their places in the situation."""


@dataclass(frozen=True, eq=False)
class Carried:
    """The weight of one finding, and what is left of it when a variable is known or its findings are forgotten.

    Parameters
    ----------
    compiled, asked, full
        The network, the question taken apart, and all evidence.
    worth
        Log odds of the target without some of the findings.
    whole
        P(target, v | e) for every v that has children, given all evidence; asked for when it is needed.
    place
        The place of the finding in the situation.
    graph
        The open paths' graph: everything known but the finding.

    """

    compiled: CompiledModel
    asked: CoalitionQuery
    full: Evidence
    worth: Worth
    whole: Callable[[], dict[int, FloatArray]]
    place: int
    graph: Graph

    @cached_property
    def weight(self) -> float:
        """Return the weight lost without the finding, in nats."""
        return _less(self.worth(), self.worth(self.place))

    @property
    def notable(self) -> bool:
        """Whether there is a finite weight that can be distributed."""
        return math.isfinite(self.weight) and abs(self.weight) >= BARELY

    def along(self, routes: Sequence[Route]) -> list[float]:
        """Return the weight of each path; nothing narrows a direct arc. NaN where nothing is weighed."""
        if not self.notable:
            return [math.nan] * len(routes)
        return [self._along(route) if len(route) > 2 else self.weight for route in routes]

    def _along(self, route: Route) -> float:
        losses = [
            self._opener(v)[1] if self.graph.collides(before, v, after) else self._known.get(v, math.nan)
            for before, v, after in zip(route, route[1:], route[2:], strict=False)
        ]
        finite = [loss for loss in losses if math.isfinite(loss)]
        narrowest = min(finite, key=abs) if finite else 0.0
        return self.weight if narrowest / self.weight > 1.0 else narrowest

    def openers(self, collider: int) -> dict[int, int]:
        """Return the findings, by place, that open a collider, each with its distance below it."""
        level, seen, distance = {collider}, {collider}, 0
        found: dict[int, int] = {}
        while level:
            found |= {i: distance for i, p in enumerate(self.asked.players) if p.variable in level and i != self.place}
            level = {child for v in level for child in self.graph.children[v]} - seen
            seen |= level
            distance += 1
        return found

    def _opener(self, collider: int) -> tuple[int, float]:
        """Return the distance and the loss of the finding that opens a collider most; among equals of the nearest."""
        if collider not in self._opened:
            lost = [(distance, self._lost(i)) for i, distance in self.openers(collider).items()]
            self._opened[collider] = min(lost, key=lambda one: (-size(one[1]), one[0])) if lost else (0, math.nan)
        return self._opened[collider]

    @cached_property
    def _opened(self) -> dict[int, tuple[int, float]]:
        return {}

    def length(self, route: Route) -> int:
        """Return the number of arcs of a path, with those from its colliders to what opens them."""
        return len(route) - 1 + sum(self._opener(v)[0] for v in self._colliders(route))

    def _lost(self, i: int) -> float:
        """Return what the finding loses when another is forgotten."""
        return self.weight - _less(self.worth(i), self.worth(self.place, i))

    @cached_property
    def _without(self) -> dict[int, FloatArray]:
        """P(target, v | e) for every v that has children, without the finding."""
        return joints(self.compiled, self.asked, self.full.without(self.asked.players[self.place].variable))

    @cached_property
    def _known(self) -> dict[int, float]:
        """Return the information on the target through each variable alone."""
        return {v: self._through(table.sum(axis=0), self._without[v]) for v, table in self.whole().items() if v in self._without}

    def _through(self, share: FloatArray, without: FloatArray) -> float:
        """Return what the target learns when a variable has the distribution `share`."""
        before = without.sum(axis=0)
        factor = np.divide(share, before, out=np.zeros_like(share), where=before > 0.0)
        return _less(self._odds(without @ factor), self._odds(without.sum(axis=1)))

    def _odds(self, column: FloatArray) -> float:
        hit = float(column[list(self.asked.states)].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.log(hit) - np.log(max(0.0, float(column.sum()) - hit)))

    def words(self, routes: Sequence[Route], weights: Sequence[float]) -> str:
        """Return how the finding acts by its strongest paths; empty where it says next to nothing or is joined directly."""
        if not self.notable or not routes:
            return ""
        between = ", ".join(self._label(v) for v in routes[0][1:-1])
        along = f"by way of {between}" if between else ""
        first = self._rival(routes[0])
        rival = routes[0][0] if first is None and self._competes(routes, weights) else first
        if rival is None:
            return along
        competes = f"competes with {self._label(self.asked.variable)} to explain {self._shared(routes, weights, rival)}"
        if first is None:
            return f"{along}, and {competes}" if along else competes
        return competes if rival == routes[0][0] else f"by way of {self._label(rival)}, which {competes}"

    def _competes(self, routes: Sequence[Route], weights: Sequence[float]) -> bool:
        """Return whether the finding itself is another cause of what the target explains, by a path that is not much weaker."""
        strong = (route for route, w in zip(routes, weights, strict=True) if size(w) >= _STRONG * size(weights[0]))
        return any(self._rival(route) == route[0] for route in strong)

    def _shared(self, routes: Sequence[Route], weights: Sequence[float], rival: int) -> str:
        """Return the findings that a rival and the target would both explain, strongest first."""
        opening: set[int] = set()
        for route, weight in zip(routes, weights, strict=True):
            if size(weight) >= _NAMED * size(weights[0]) and self._rival(route) == rival:
                opening |= self.openers(self._colliders(route)[0]).keys()
        lost = {i: size(self._lost(i)) for i in sorted(opening)}
        shared = sorted((i for i in lost if lost[i] >= _NAMED * max(lost.values())), key=lambda i: -lost[i])[:SHARED]
        return ", ".join(self._label(self.asked.players[i].variable) for i in shared)

    def _colliders(self, route: Route) -> list[int]:
        return [v for before, v, after in zip(route, route[1:], route[2:], strict=False) if self.graph.collides(before, v, after)]

    def _rival(self, route: Route) -> int | None:
        """Return the other cause by which a path reaches the target: both lead to its collider, and one excludes the other."""
        colliders = self._colliders(route)
        if len(colliders) != 1:
            return None
        middle = route.index(colliders[0])
        right = route[middle:]
        if any(b not in self.graph.parents[a] for a, b in pairwise(right)):
            return None
        start = middle
        while start > 0 and route[start - 1] in self.graph.parents[route[start]]:
            start -= 1
        causes = route[start:middle]
        variables = self.compiled.model.variables
        rival = next((v for v in causes if variables[self.compiled.names[v]].group == DIAGNOSES), causes[0])
        return rival if self._excludes(rival) else None

    def _excludes(self, v: int) -> bool:
        """Return whether the target is less probable where a variable is present, the finding not yet known."""
        table = self._without.get(v)
        nothing = neutral(self.compiled.states(v))
        if table is None or nothing is None:
            return False
        absent = table[:, nothing]
        return self._odds(table.sum(axis=1) - absent) < self._odds(absent)

    def _label(self, v: int) -> str:
        name = self.compiled.names[v]
        return lowered(self.compiled.model.variables[name].label or name.replace("_", " "))


def joints(compiled: CompiledModel, asked: CoalitionQuery, evidence: Evidence) -> dict[int, FloatArray]:
    """Return P(target, v | e) for every v that has children, as what lies on a path without being a collider has."""
    known = {*evidence.hard(), *evidence.interventions, asked.variable}
    inner = {p for family in compiled.factors.families for p in family.parents} - known
    return compiled.engine.joint_with_each(asked.variable, evidence, sorted(inner))


def _less(a: float, b: float) -> float:
    """Difference of two log-odds; nothing is lost between equal certainties."""
    return 0.0 if a == b else a - b
