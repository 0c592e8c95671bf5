"""The standing tree of a narrow network: a junction tree made once, into which evidence comes as vectors.

A network whose cliques stay small however little is known needs no plan for the evidence at hand (Lauritzen & Spiegelhalter
1988). Its tree depends only on which of a few hubs (variables with many children: age, sex, setting) are known; everything else
is a likelihood on an axis. Gates with many parents are divorced into chains of helper axes. `layout` says where its tables lie
in memory, `standing` fills and runs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2, prod
from typing import NamedTuple

from bayesnet.inference.ordering import best_order, bits, masks
from bayesnet.inference.structure import Structure

ATTEMPTS = 3
"""Most times that a tree is made again with better chains."""
HOPELESS = 8
"""Times the cells allowed from which a first sketch is not refined."""
HUB, HUBS = 6, 4
"""Children from which a variable may be a hub, and the most hubs."""
QUESTION = 8
"""Open parents from which a certain leaf gate (any of these, none of those) is answered by a lane."""
SMALL = 1 << 10
"""Cells up to which a table in which several axes are summed out is quicker than several tables."""
GROUP = 4
"""Most open parents of a gate in one table; larger gates become chains."""


class Part(NamedTuple):
    """A table over `axes`: a whole family, or one link of the chain that a large gate becomes.

    `group` are the positions of the parents it covers; `before` is the helper axis that comes in (-1: none; the leak and
    the fixed parents come in instead), `after` the helper or the variable that goes out. The variable of a known hub is no axis.
    """

    family: int
    group: tuple[int, ...]
    before: int
    after: int
    axes: tuple[int, ...]


class Clique(NamedTuple):
    """A table of several parts: the axes `inner` are summed out, the message about `outer` goes to clique `parent` (-1: none)."""

    inner: tuple[int, ...]
    outer: tuple[int, ...]
    parts: tuple[Part, ...]
    parent: int

    @property
    def axes(self) -> tuple[int, ...]:
        """All axes, in the order in which they are summed out."""
        return self.inner + self.outer


@dataclass(frozen=True)
class Tree:
    """The cliques of a network, leaves last.

    `fixed` are the known hubs and what follows from them with certainty. `home[axis]` is the smallest clique that an axis is
    in; `alone` leaves without open parents; `extras` certain leaf gates of many parents, answered by lanes. `cells` is the size
    of all cliques together, without those of leaves.
    """

    fixed: tuple[int, ...]
    cliques: tuple[Clique, ...]
    home: dict[int, int]
    alone: tuple[int, ...]
    extras: tuple[int, ...]
    sizes: dict[int, int]
    cells: float


def hubs(structure: Structure) -> frozenset[int]:
    """The few variables whose being known or not decides which tree is used: many children and many states first."""
    many = [v for v, children in enumerate(structure.children) if len(children) >= HUB]
    many.sort(key=lambda v: -len(structure.children[v]) * log2(structure.cards[v]))
    return frozenset(many[:HUBS])


def make_tree(structure: Structure, known: frozenset[int], most: float) -> Tree | None:
    """The tree for evidence in which exactly these hubs are known; None where it would have more than `most` cells.

    The causes along a chain are best in the order in which they are summed out, which is known only afterwards; so the tree is
    sketched again with the order of the last as long as that makes it smaller, and not at all where it is far too large.
    """
    fixed = _closure(structure, known)
    best = _Sketch(structure, known, fixed, {}, thorough=False)
    for _ in range(ATTEMPTS if best.cells < HOPELESS * most else 0):
        sketch = _Sketch(structure, known, fixed, best.place, thorough=True)
        if sketch.cells >= best.cells:
            break
        best = sketch
    return best.tree() if best.cells <= most else None


class _Sketch:
    """The parts of a tree and the scopes of its cliques; the causes of large gates are taken in the order of `place`."""

    def __init__(
        self, structure: Structure, known: frozenset[int], fixed: tuple[int, ...], place: Mapping[int, int], thorough: bool
    ) -> None:
        self.fixed = fixed
        self.sizes = dict(enumerate(structure.cards))
        self.parts: list[Part] = []
        self.leaves: dict[int, Part] = {}
        self.alone: list[int] = []
        self.extras: list[int] = []
        for v in structure.topological:
            if v in known or v not in fixed:
                free = [i for i, p in enumerate(structure.parents[v]) if p not in fixed]
                if structure.noisy[v] and len(free) > GROUP:
                    free.sort(key=lambda i: place.get(structure.parents[v][i], 0))
                self._add(structure, v, free)
        order = self._order(thorough)
        self.place = {axis: i for i, axis in enumerate(order)}
        self.scopes = self._scopes(order)
        self.cells = float(sum(prod(self.sizes[a] for a in axes) for axes in self.scopes))

    def _add(self, structure: Structure, v: int, free: list[int]) -> None:
        """The family of v, as a table with an axis for v, or as a leaf."""
        if v in self.fixed:
            if free:
                *links, last = _chain(structure, v, free, self.sizes)
                self.parts.extend([*links, last._replace(axes=last.axes[:-1])])
        elif structure.children[v]:
            self.parts.extend(_chain(structure, v, free, self.sizes))
        elif not free:
            self.alone.append(v)
        elif structure.noisy[v] and structure.certain[v] and len(free) > QUESTION:
            self.extras.append(v)
        else:
            *links, self.leaves[v] = _chain(structure, v, free, self.sizes)
            self.parts.extend(links)

    def _order(self, thorough: bool) -> list[int]:
        """An elimination order of all axes that occur."""
        tables = self._tables()
        axes = sorted({a for table in tables for a in table})
        local = {axis: i for i, axis in enumerate(axes)}
        sizes = masks(self.sizes[a] for a in axes)
        found = best_order(sizes, [[local[a] for a in table] for table in tables], {}, [range(len(axes))], thorough)
        return [axes[i] for i in found]

    def _tables(self) -> list[tuple[int, ...]]:
        """The axes that must meet in a clique: those of each part, and the parents of each leaf."""
        return [*(part.axes for part in self.parts), *(part.axes[:-1] for part in self.leaves.values())]

    def _scopes(self, order: list[int]) -> list[tuple[int, ...]]:
        """The axes of each clique, in the order of elimination; every table goes to the clique of the first of its axes."""
        scopes: list[set[int]] = [{axis} for axis in order]
        for axes in self._tables():
            scopes[self._first(axes)].update(axes)
        found = []
        for scope in scopes:
            axes = tuple(sorted(scope, key=self.place.__getitem__))
            found.append(axes)
            if len(axes) > 1:
                scopes[self.place[axes[1]]].update(axes[1:])
        return found

    def _first(self, axes: tuple[int, ...]) -> int:
        return min(self.place[a] for a in axes)

    def tree(self) -> Tree:
        """The tree; each message goes to the smallest clique that can take it."""
        parts: list[list[Part]] = [[] for _ in self.scopes]
        for part in self.parts:
            parts[self._first(part.axes)].append(part)
        inner, outer, mine = [], [], []
        for run in self._runs():
            scope = self.scopes[run[0]]
            inner.append(scope[: len(run)])
            outer.append(scope[len(run) :])
            mine.append(tuple(part for k in run for part in parts[k]))
        for part in self.leaves.values():
            inner.append((part.after,))
            outer.append(tuple(sorted(part.axes[:-1], key=self.place.__getitem__)))
            mine.append((part,))
        scopes = [a + b for a, b in zip(inner, outer, strict=True)]
        holds = _Holds(scopes, self.sizes)
        summed = {axis: k for k, axes in enumerate(inner) for axis in axes}
        parents = [summed[axes[0]] if axes else -1 for axes in outer]
        for k, axes in enumerate(outer):
            if axes:
                parents[k] = next(j for j in holds.all_of(axes) if not _below(j, k, parents))
        cliques = tuple(Clique(*row) for row in zip(inner, outer, mine, parents, strict=True))
        home = {axis: holds.all_of((axis,))[0] for axis in summed}
        return Tree(self.fixed, cliques, home, tuple(self.alone), tuple(self.extras), self.sizes, self.cells)

    def _runs(self) -> list[list[int]]:
        """Small cliques in which the last axes are summed out one by one are made one; all others stay alone."""
        runs = [[k] for k in range(len(self.scopes))]
        while len(runs) > 1:
            above, below = self.scopes[runs[-1][0]], self.scopes[runs[-2][0]]
            if below[1:] != above or prod(self.sizes[a] for a in below) > SMALL:
                break
            runs[-2:] = [runs[-2] + runs[-1]]
        return runs


class _Holds:
    """Which cliques hold which axes."""

    def __init__(self, scopes: Sequence[tuple[int, ...]], sizes: Mapping[int, int]) -> None:
        cells = [prod(sizes[a] for a in axes) for axes in scopes]
        self.rank = sorted(range(len(scopes)), key=cells.__getitem__)
        self.of: dict[int, int] = {}
        for position, k in enumerate(self.rank):
            for axis in scopes[k]:
                self.of[axis] = self.of.get(axis, 0) | 1 << position

    def all_of(self, axes: Sequence[int]) -> list[int]:
        """The cliques that hold all these axes, smallest first."""
        common = self.of[axes[0]]
        for axis in axes[1:]:
            common &= self.of[axis]
        return [self.rank[position] for position in bits(common)]


def _below(j: int, k: int, parents: Sequence[int]) -> bool:
    """Whether clique j is k or lies below it."""
    while j >= 0 and j != k:
        j = parents[j]
    return j == k


def _closure(structure: Structure, known: Iterable[int]) -> tuple[int, ...]:
    """Known variables and the certain ones whose parents are all in here, in topological order."""
    inside = set(known)
    for v in structure.topological:
        if structure.certain[v] and all(p in inside for p in structure.parents[v]):
            inside.add(v)
    return tuple(v for v in structure.topological if v in inside)


def _chain(structure: Structure, v: int, free: Sequence[int], sizes: dict[int, int]) -> list[Part]:
    """The family of v as one part, or as a chain whose helpers carry the largest rank so far."""
    groups = [tuple(free)]
    if structure.noisy[v] and len(free) > GROUP:
        cuts = [0, *range(GROUP, len(free), GROUP - 1), len(free)]
        groups = [tuple(free[a:b]) for a, b in pairwise(cuts)]
    parts, before = [], -1
    for k, group in enumerate(groups):
        after = v if k == len(groups) - 1 else len(sizes)
        sizes[after] = structure.cards[v]
        axes = tuple(structure.parents[v][i] for i in group) + ((before,) if before >= 0 else ())
        parts.append(Part(v, group, before, after, (*axes, after)))
        before = after
    return parts
