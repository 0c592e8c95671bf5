"""The ways by which a finding reaches a diagnosis: open paths, and for each blocked one the variable that blocks it.

References
----------
Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
Shachter RD (1998). Bayes-Ball: the rational pastime. UAI-98, 480-487.

"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from bayesnet.results.explanation import Path, Ways

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.evidence import Evidence
    from bayesnet.model.factors import Factors

Route = tuple[int, ...]
"""The variables of a path, from the finding to the target."""


class Scales(Protocol):
    """Weighs the open paths of one finding."""

    def along(self, routes: Sequence[Route]) -> list[float]:
        """Return the weight of each path, NaN if there is nothing to weigh."""

    def length(self, route: Route) -> int:
        """Return the length of a path; among equals the shorter goes first."""

    def words(self, routes: Sequence[Route], weights: Sequence[float]) -> str:
        """Say how the finding acts, from its paths in order."""


HELD = 20
"""Open paths of one finding that are given, strongest first where they are weighed, else shortest first; others are counted."""

CLOSED = 5
"""Closed paths of one finding that are given, shortest first."""

_PATIENCE = 2_000
"""Partial paths looked at for one finding."""


class Graph:
    """The arrows of a network after the surgery of the interventions, and what is known in it."""

    def __init__(self, factors: Factors, evidence: Evidence) -> None:
        self.cut = frozenset(evidence.interventions)
        self.known = frozenset(evidence.hard()) | self.cut
        self.parents = [() if v in self.cut else f.parents for v, f in enumerate(factors.families)]
        self.children: list[list[int]] = [[] for _ in self.parents]
        for v, parents in enumerate(self.parents):
            for parent in parents:
                self.children[parent].append(v)
        self.opened = self._above(frozenset(evidence.likelihoods) | self.known)

    def _above(self, seen: Iterable[int]) -> frozenset[int]:
        """Return everything of which something is known, or of a descendant of which something is known: these open a
        collider.
        """
        found, stack = set(seen), list(seen)
        while stack:
            for parent in self.parents[stack.pop()]:
                if parent not in found:
                    found.add(parent)
                    stack.append(parent)
        return frozenset(found)

    def neighbours(self, v: int) -> list[int]:
        """Parents and children."""
        return [*self.parents[v], *self.children[v]]

    def distances(self, target: int) -> dict[int, int]:
        """Steps from every connected variable to the target, whatever is known."""
        found, queue = {target: 0}, deque([target])
        while queue:
            v = queue.popleft()
            for u in self.neighbours(v):
                if u not in found:
                    found[u] = found[v] + 1
                    queue.append(u)
        return found

    def blocker(self, path: Sequence[int]) -> tuple[int, str] | None:
        """Return the first variable that blocks a path and why; None for an open path."""
        for before, v, after in zip(path, path[1:], path[2:], strict=False):
            reason = self.closed(before, v, after)
            if reason:
                return v, reason
        return None

    def collides(self, before: int, v: int, after: int) -> bool:
        """Return whether the arrows from two neighbours meet at v."""
        return before in self.parents[v] and after in self.parents[v]

    def closed(self, before: int, v: int, after: int) -> str:
        """Why nothing passes from one neighbour of v to another; empty where it does."""
        if self.collides(before, v, after):
            return "" if v in self.opened else "nothing is known of it or of what follows from it"
        if v in self.known:
            return "it was set from outside" if v in self.cut else "it is known"
        return ""


def ways(
    compiled: CompiledModel,
    evidence: Evidence,
    finding: int,
    target: int,
    held: int = HELD,
    enough: int = 0,
    weigh: Callable[[Graph], Scales] | None = None,
) -> Ways:
    """Return the open and the closed paths from a finding to a target, given everything else that is known.

    `evidence` is without the finding itself. Closed paths longer than the second open one are not told.

    Parameters
    ----------
    compiled, evidence, finding, target
        The network, what else is known, and the two ends.
    held
        Open paths that are given; those beyond are counted.
    enough
        Stop at this many open paths; 0: count as many as can be found by looking at 2,000 partial ones, a lower bound if these do
        not suffice.
    weigh
        What the open paths are sorted by; by their length where None.

    """
    graph = Graph(compiled.factors, evidence)
    away = graph.distances(target)
    if finding not in away:
        return Ways(compiled.names[finding], (), 0, True)
    search = _Search(graph, finding, target, away)
    reached, complete = search.open(enough)
    longest = len(reached[1]) if len(reached) > 1 else len(graph.parents)
    weights, words = [math.nan] * len(reached), ""
    if weigh is not None:
        scales = weigh(graph)
        weights = scales.along(reached)
        order = sorted(range(len(reached)), key=lambda k: (-size(weights[k]), scales.length(reached[k])))
        reached, weights = [reached[k] for k in order], [weights[k] for k in order]
        words = scales.words(reached, weights)
    told = [_path(compiled, path, graph, None, w) for path, w in zip(reached[:held], weights, strict=False)]
    told += [_path(compiled, path, graph, graph.blocker(path)) for path in search.closed(longest)]
    return Ways(compiled.names[finding], tuple(told), len(reached), complete, words)


def size(weight: float) -> float:
    """Return the size of a weight to six digits: paths that share their narrowest variable are equal but for rounding."""
    return round(abs(weight), 6) if math.isfinite(weight) else 0.0


def paths(compiled: CompiledModel, evidence: Evidence, finding: int, target: int) -> tuple[Path, ...]:
    """Return the two shortest open paths from a finding to a target and the closed ones, as in `ways`, without counting the
    rest.
    """
    return ways(compiled, evidence, finding, target, enough=2).paths


class _Search:
    """Paths without a repeated variable between two ends, shortest first; neighbours nearer to the target go first."""

    def __init__(self, graph: Graph, finding: int, target: int, away: Mapping[int, int]) -> None:
        self.graph, self.finding, self.target = graph, finding, target
        self.nearest = {v: sorted(graph.neighbours(v), key=lambda u: away[u]) for v in away}
        self._steps: dict[tuple[int, int], list[int]] = {}

    def open(self, enough: int) -> tuple[list[tuple[int, ...]], bool]:
        """Return the open paths, and whether these are all there are: nothing grows beyond a block."""
        found: list[tuple[int, ...]] = []
        patience, target, onward = _PATIENCE, self.target, self._onward
        queue: deque[tuple[int, ...]] = deque([(self.finding,)])
        while queue and patience > 0 and not 0 < enough <= len(found):
            path = queue.popleft()
            patience -= 1
            for v in onward(path):
                if v not in path:
                    (found if v == target else queue).append((*path, v))
        return found, not queue

    def _onward(self, path: tuple[int, ...]) -> list[int]:
        """Return the neighbours of the end of a path that lie beyond no block."""
        if len(path) == 1:
            return self.nearest[path[0]]
        before, v = path[-2:]
        if (before, v) not in self._steps:
            self._steps[before, v] = [u for u in self.nearest[v] if not self.graph.closed(before, v, u)]
        return self._steps[before, v]

    def closed(self, longest: int) -> list[tuple[int, ...]]:
        """Return the first closed paths of at most this many variables."""
        found: list[tuple[int, ...]] = []
        patience, target = _PATIENCE, self.target
        queue: deque[tuple[int, ...]] = deque([(self.finding,)])
        while queue and patience > 0 and len(found) < CLOSED and len(queue[0]) < longest:
            path = queue.popleft()
            patience -= 1
            for v in self.nearest[path[-1]]:
                if v == target:
                    if self.graph.blocker((*path, v)):
                        found.append((*path, v))
                elif v not in path:
                    queue.append((*path, v))
        return found[:CLOSED]


def separated(compiled: CompiledModel, evidence: Evidence, finding: int, target: int) -> bool:
    """Return whether no open path joins two variables given what is known (d-separation), by Bayes-ball from the target."""
    graph = Graph(compiled.factors, evidence)
    seen: set[tuple[int, bool]] = set()
    stack = [(target, True)]
    while stack:
        v, upwards = stack.pop()
        if (v, upwards) in seen:
            continue
        seen.add((v, upwards))
        if v == finding:
            return False
        if upwards and v not in graph.known:
            stack += [(p, True) for p in graph.parents[v]] + [(c, False) for c in graph.children[v]]
        elif not upwards:
            if v not in graph.known:
                stack += [(c, False) for c in graph.children[v]]
            if v in graph.opened:
                stack += [(p, True) for p in graph.parents[v]]
    return True


def _path(
    compiled: CompiledModel, path: Sequence[int], graph: Graph, block: tuple[int, str] | None, weight: float = math.nan
) -> Path:
    parts = [compiled.names[path[0]]]
    for u, v in pairwise(path):
        parts += ["→" if u in graph.parents[v] else "←", compiled.names[v]]
    blocker, reason = (compiled.names[block[0]], block[1]) if block else ("", "")
    return Path(compiled.names[path[0]], " ".join(parts), blocker, reason, weight)
