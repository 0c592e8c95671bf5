"""The ways by which a finding reaches a diagnosis: open paths, and for each blocked one the variable that blocks it.

References
----------
Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
Shachter RD (1998). Bayes-Ball: the rational pastime. UAI-98, 480-487.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bayesnet.results.explanation import Path

if TYPE_CHECKING:
    from bayesnet.analysis.core import Core
    from bayesnet.inference.evidence import Evidence
    from bayesnet.model.factors import Factors

SHOWN = 2
"""Open paths that are given for a finding, shortest first, and half as many closed ones."""

_PATIENCE = 5_000
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
        """Everything of which something is known, or of a descendant of which something is known: these open a collider."""
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
        """The first variable that blocks a path and why; None for an open path."""
        for before, v, after in zip(path, path[1:], path[2:], strict=False):
            if before in self.parents[v] and after in self.parents[v]:
                if v not in self.opened:
                    return v, "nothing is known of it or of what follows from it"
            elif v in self.known:
                return v, "it was set from outside" if v in self.cut else "it is known"
        return None


def paths(core: Core, evidence: Evidence, finding: int, target: int) -> tuple[Path, ...]:
    """The shortest open and blocked paths from a finding to a target, given everything else that is known.

    `evidence` is without the finding itself. Closed paths longer than the longest open one shown are not told.
    """
    graph = Graph(core.factors, evidence)
    away = graph.distances(target)
    if finding not in away:
        return ()
    found_open: list[Path] = []
    found_blocked: list[Path] = []
    queue: deque[tuple[int, ...]] = deque([(finding,)])
    looked = 0
    while queue and looked < _PATIENCE and len(found_open) < SHOWN:
        path = queue.popleft()
        looked += 1
        for v in sorted(graph.neighbours(path[-1]), key=lambda u: away[u]):
            if v in path:
                continue
            longer = (*path, v)
            if v != target:
                queue.append(longer)
                continue
            block = graph.blocker(longer)
            if block is None:
                found_open.append(_path(core, graph, longer, "", ""))
            elif len(found_blocked) < SHOWN // 2:
                found_blocked.append(_path(core, graph, longer, core.names[block[0]], block[1]))
    return (*found_open[:SHOWN], *found_blocked)


def separated(core: Core, evidence: Evidence, finding: int, target: int) -> bool:
    """Whether no open path joins two variables given what is known (d-separation), by Bayes-ball from the target."""
    graph = Graph(core.factors, evidence)
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


def _path(core: Core, graph: Graph, path: Sequence[int], blocker: str, reason: str) -> Path:
    parts = [core.names[path[0]]]
    for u, v in pairwise(path):
        parts += ["→" if u in graph.parents[v] else "←", core.names[v]]
    return Path(core.names[path[0]], " ".join(parts), blocker, reason)
