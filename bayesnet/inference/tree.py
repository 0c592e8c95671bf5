"""The standing tree of a narrow network: a junction tree made once, into which evidence comes as vectors.

A network whose cliques stay small however little is known needs no plan for the evidence at hand (Lauritzen & Spiegelhalter
1988). Its tree depends only on which of a few hubs (variables with many children: age, sex, setting) are known; everything else
is a likelihood on an axis or the message of a leaf. Gates with many parents are divorced into chains of helper axes.
`standing` fills and runs the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2, prod
from typing import NamedTuple

import numpy as np

from bayesnet.inference.ordering import best_order, masks
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import IntArray

ATTEMPTS = 3
"""Most times that a tree is made again with better chains."""
HOPELESS = 8
"""Times the cells allowed from which a first sketch is not refined."""
HUB, HUBS = 6, 4
"""Children from which a variable may be a hub, and the most hubs."""
QUESTION = 8
"""Open parents from which a certain leaf gate (any of these, none of those) is answered by a lane."""
GROUP = 4
"""Most open parents of a gate in one table; larger gates become chains."""


class Part(NamedTuple):
    """A table over `axes`: a whole family, or one link of the chain that a large gate becomes.

    `group` are the positions of the parents it covers; `before` is the helper axis that comes in (-1: none; the leak and
    the fixed parents come in instead), `after` the helper or the variable that goes out. The variable of a leaf or of a known
    hub is no axis.
    """

    family: int
    group: tuple[int, ...]
    before: int
    after: int
    axes: tuple[int, ...]


class View(NamedTuple):
    """Some axes inside a clique, as positions: gathering is faster than broadcasting along many short axes.

    `spread[i]` is the position among those axes' settings of cell i of the clique; `groups`, shape (settings of the other
    axes, settings of those axes), lists the cells to be summed for each.
    """

    spread: IntArray
    groups: IntArray


class Leaf(NamedTuple):
    """A variable without children: its table over its parents, which lie in a clique where `view` says."""

    part: Part
    view: View


class Clique(NamedTuple):
    """The table in which its first axis is summed out; the message goes to clique `parent` (-1: none), where `view` says.

    `shape` is (batch, states of the first axis, the rest), `children` the cliques whose messages come in, `root` the clique at
    the end of the way up.
    """

    axes: tuple[int, ...]
    shape: tuple[int, int, int]
    cells: int
    parent: int
    view: View
    parts: tuple[Part, ...]
    children: tuple[int, ...]
    root: int


@dataclass(frozen=True)
class Tree:
    """Cliques in the order of elimination.

    `fixed` are the known hubs and what follows from them with certainty. `place[axis]` is the clique that sums it out,
    `reads[axis]` the smallest one that it is in, and where; `leaves[v]` the smallest clique that can take the message of leaf v,
    and the leaf; `alone` leaves without open parents; `extras` certain leaf gates of many parents, answered by lanes. `cells`
    is the size of all cliques together.
    """

    fixed: tuple[int, ...]
    cliques: tuple[Clique, ...]
    place: dict[int, int]
    reads: dict[int, tuple[int, View]]
    leaves: dict[int, tuple[int, Leaf]]
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
            *links, last = _chain(structure, v, free, self.sizes)
            self.parts.extend(links)
            self.leaves[v] = last._replace(axes=last.axes[:-1])

    def _order(self, thorough: bool) -> list[int]:
        """An elimination order of all axes that occur."""
        tables = [part.axes for part in (*self.parts, *self.leaves.values())]
        axes = sorted({a for table in tables for a in table})
        local = {axis: i for i, axis in enumerate(axes)}
        sizes = masks(self.sizes[a] for a in axes)
        found = best_order(sizes, [[local[a] for a in table] for table in tables], {}, [range(len(axes))], thorough)
        return [axes[i] for i in found]

    def _scopes(self, order: list[int]) -> list[tuple[int, ...]]:
        """The axes of each clique, in the order of elimination; every table goes to the clique of the first of its axes."""
        scopes: list[set[int]] = [{axis} for axis in order]
        for part in (*self.parts, *self.leaves.values()):
            scopes[self._first(part)].update(part.axes)
        found = []
        for scope in scopes:
            axes = tuple(sorted(scope, key=self.place.__getitem__))
            found.append(axes)
            if len(axes) > 1:
                scopes[self.place[axes[1]]].update(axes[1:])
        return found

    def _first(self, part: Part) -> int:
        return min(self.place[a] for a in part.axes)

    def tree(self) -> Tree:
        """The tree with all positions worked out."""
        mine: list[list[Part]] = [[] for _ in self.scopes]
        for part in self.parts:
            mine[self._first(part)].append(part)
        parents = [self.place[axes[1]] if len(axes) > 1 else -1 for axes in self.scopes]
        children: list[list[int]] = [[] for _ in self.scopes]
        for k, parent in enumerate(parents):
            if parent >= 0:
                children[parent].append(k)
        roots = list(range(len(parents)))
        for k in reversed(range(len(parents))):
            roots[k] = roots[parents[k]] if parents[k] >= 0 else k
        cliques = []
        for k, (axes, parent) in enumerate(zip(self.scopes, parents, strict=True)):
            view = _view(self.scopes[parent] if parent >= 0 else (), axes[1:], self.sizes)
            first, rest = self.sizes[axes[0]], prod(self.sizes[a] for a in axes[1:])
            cliques.append(
                Clique(axes, (-1, first, rest), first * rest, parent, view, tuple(mine[k]), tuple(children[k]), roots[k])
            )
        leaves = {}
        for v, part in self.leaves.items():
            part = part._replace(axes=tuple(sorted(part.axes, key=self.place.__getitem__)))
            k = self._smallest(part.axes)
            leaves[v] = k, Leaf(part, _view(self.scopes[k], part.axes, self.sizes))
        reads = {axis: (k, _view(self.scopes[k], (axis,), self.sizes)) for axis in self.place for k in [self._smallest((axis,))]}
        alone, extras = tuple(self.alone), tuple(self.extras)
        return Tree(self.fixed, tuple(cliques), self.place, reads, leaves, alone, extras, self.sizes, self.cells)

    def _smallest(self, axes: tuple[int, ...]) -> int:
        """The smallest clique that holds all these axes."""
        holding = [k for k, scope in enumerate(self.scopes) if set(axes) <= set(scope)]
        return min(holding, key=lambda k: prod(self.sizes[a] for a in self.scopes[k]))


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


def _view(outer: tuple[int, ...], inner: tuple[int, ...], sizes: dict[int, int]) -> View:
    """How `inner` lies in `outer`, both in elimination order."""
    shape = [sizes[a] for a in outer]
    within = [sizes[a] if a in inner else 1 for a in outer]
    spread = np.broadcast_to(np.arange(prod(within)).reshape(within), shape).ravel()
    others = [k for k, a in enumerate(outer) if a not in inner]
    kept = [k for k, a in enumerate(outer) if a in inner]
    groups = np.arange(prod(shape)).reshape(shape).transpose(*others, *kept).reshape(-1, prod(within))
    return View(spread, np.ascontiguousarray(groups))
