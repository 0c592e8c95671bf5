"""Where the tables of a standing tree lie in memory: all cliques of one height side by side, so that one call serves them all.

A block is a table of (settings of the axes summed out, columns); its cliques are runs of columns, one column for each setting
of their other axes. What flows between blocks is one row of messages: a one in front, then the likelihoods of all axes, then one
message per column of every block. Everything that depends on the tree alone is worked out here as positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import NamedTuple

import numpy as np

from bayesnet.inference.tree import Clique, Tree
from bayesnet.model.factors import FloatArray, IntArray

ROOMS, LARGEST = 4, 1 << 25
"""Rooms of one size that are kept, and the most bytes of one."""
READINGS = 64
"""Sets of variables asked together whose readings are kept."""


class Block(NamedTuple):
    """Cliques of one height that sum out as many settings.

    `cells` and `messages` say where its table and its messages lie; `shape` is (batch, rows, columns). Each of `incoming` is
    multiplied into the first columns, shape (rows, some columns): positions among the messages; the first covers all. On the
    way down, cell `above[i]` is added to column `below[i]`; `roots` are columns of cliques without a parent.
    """

    cells: slice
    messages: slice
    shape: tuple[int, int, int]
    incoming: tuple[IntArray, ...]
    above: IntArray
    below: IntArray
    roots: IntArray


class Reading(NamedTuple):
    """How marginals are read: cell `cells[i]` is added to state `states[i]` of all states in a row; variable v has `where[v]`.

    `starts` is where each variable begins, `cards` how many states it has, `size` how many all have; `blocks` are what the cells
    lie in and what is above that, from the top.
    """

    cells: IntArray
    states: IntArray
    where: dict[int, slice]
    starts: IntArray
    cards: IntArray
    size: int
    blocks: tuple[int, ...]


class Room:
    """The arrays that a run fills, and views of them by block.

    Up: `tables[b][i]` are the cells of block b that its source i is multiplied into, by way of `come[b][i]`, and `sent[b]` its
    messages. Down, for the first columns of the batch: `beliefs` all cells, `tables_down[b]` and `sent_down[b]` those of a block.
    """

    def __init__(self, layout: Layout, batch: int, below: int) -> None:
        self.cells = np.zeros((batch, layout.cells))
        self.messages = np.ones((batch, layout.size))
        self.beliefs = self.cells[:below]
        self.safe = np.ones((below, layout.size))
        self.tables: list[list[FloatArray]] = []
        self.come: list[list[FloatArray]] = []
        self.sent: list[FloatArray] = []
        self.tables_down: list[FloatArray] = []
        self.safe_down: list[FloatArray] = []
        for block in layout.blocks:
            table = self.cells[:, block.cells].reshape(block.shape)
            self.tables.append([table[..., : source.shape[1]] for source in block.incoming])
            self.come.append([np.empty((batch, *source.shape)) for source in block.incoming])
            self.sent.append(self.messages[:, block.messages])
            self.tables_down.append(self.beliefs[:, block.cells].reshape(block.shape))
            self.safe_down.append(self.safe[:, block.messages])


class Layout:
    """Positions of all tables, likelihoods and messages of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.likelihood: dict[int, slice] = {}
        at = 1
        for axis in tree.home:
            self.likelihood[axis] = slice(at, at + tree.sizes[axis])
            at += tree.sizes[axis]
        self.inputs = at
        self._children: list[list[int]] = [[] for _ in tree.cliques]
        self._axes: list[list[int]] = [[] for _ in tree.cliques]
        for k, clique in enumerate(tree.cliques):
            if clique.parent >= 0:
                self._children[clique.parent].append(k)
        for axis, k in tree.home.items():
            self._axes[k].append(axis)
        self._heights = [0] * len(tree.cliques)
        groups = self._groups()
        self._block: dict[int, int] = {}
        self._column: dict[int, int] = {}
        self._message: dict[int, int] = {}
        starts, cells = [], 0
        for b, (card, group) in enumerate(groups):
            starts.append((cells, at))
            columns = 0
            for k in group:
                self._block[k], self._column[k], self._message[k] = b, columns, at + columns
                columns += self._columns(k)
            at += columns
            cells += card * columns
        self.size, self.cells = at, cells
        self._start = [start for start, _ in starts]
        self.widths = [sum(self._columns(k) for k in group) for _, group in groups]
        self.blocks = tuple(self._made(group, card, *start) for (card, group), start in zip(groups, starts, strict=True))
        self.roots = np.array([self._message[k] for k, clique in enumerate(tree.cliques) if clique.parent < 0], dtype=np.intp)
        self._readings: dict[tuple[int, ...], Reading] = {}
        self._rooms: dict[tuple[int, int], list[Room]] = {}

    def table(self, k: int, flat: FloatArray) -> FloatArray:
        """Clique k in a row of all cells, shape (settings summed out, settings of the others); writing to it fills the row."""
        b = self._block[k]
        block = flat[self.blocks[b].cells].reshape(self.blocks[b].shape[1:])
        return block[:, self._column[k] : self._column[k] + self._columns(k)]

    def reading(self, wanted: tuple[int, ...]) -> Reading:
        """How to read the marginals of these axes."""
        if wanted not in self._readings:
            if len(self._readings) >= READINGS:
                self._readings.clear()
            self._readings[wanted] = self._reading(wanted)
        return self._readings[wanted]

    @contextmanager
    def room(self, batch: int, below: int) -> Iterator[Room]:
        """Room for a run of `batch` columns, `below` of which go down again; later runs use it too, never two at once."""
        free = self._rooms.setdefault((batch, below), [])
        room = free.pop() if free else Room(self, batch, below)
        try:
            yield room
        finally:
            if len(free) < ROOMS and room.cells.nbytes <= LARGEST:
                free.append(room)

    def _groups(self) -> list[tuple[int, list[int]]]:
        """The cliques of each block, in an order in which messages can go up; those that take most messages come first."""
        found: dict[tuple[int, int], list[int]] = {}
        for k in self._upwards():
            self._heights[k] = 1 + max((self._heights[c] for c in self._children[k]), default=-1)
            found.setdefault((self._heights[k], self._rows(k)), []).append(k)
        return [
            (card, sorted(found[height, card], key=lambda k: -max(1, len(self._children[k]) + len(self._axes[k]))))
            for height, card in sorted(found)
        ]

    def _upwards(self) -> Iterator[int]:
        """Every clique after its children."""
        order = [k for k, clique in enumerate(self.tree.cliques) if clique.parent < 0]
        for k in order:
            order.extend(self._children[k])
        return reversed(order)

    def _rows(self, k: int) -> int:
        return prod(self.tree.sizes[a] for a in self.tree.cliques[k].inner)

    def _columns(self, k: int) -> int:
        return prod(self.tree.sizes[a] for a in self.tree.cliques[k].outer)

    def _made(self, group: Sequence[int], card: int, cells: int, messages: int) -> Block:
        columns = sum(self._columns(k) for k in group)
        rounds: list[list[IntArray]] = []
        for k in group:
            clique = self.tree.cliques[k]
            sources = [self.likelihood[a].start + self._settings(clique, (a,)) for a in self._axes[k]]
            sources += [self._message[c] + self._settings(clique, self.tree.cliques[c].outer) for c in self._children[k]]
            # Message 0 is a one, for a clique into which nothing comes.
            for i, source in enumerate(sources or [np.zeros(card * self._columns(k), dtype=np.intp)]):
                if i == len(rounds):
                    rounds.append([])
                rounds[i].append(source.reshape(card, -1))
        down = [k for k in group if self.tree.cliques[k].parent >= 0]
        above = [self._cells(self.tree.cliques[k].parent) for k in down]
        below = [
            self._column[k] + self._settings(self.tree.cliques[self.tree.cliques[k].parent], self.tree.cliques[k].outer)
            for k in down
        ]
        return Block(
            slice(cells, cells + card * columns),
            slice(messages, messages + columns),
            (-1, card, columns),
            tuple(np.ascontiguousarray(np.concatenate(some, 1)) for some in rounds),
            _joined(above),
            _joined(below),
            np.array([self._column[k] for k in group if self.tree.cliques[k].parent < 0], dtype=np.intp),
        )

    def _cells(self, k: int) -> IntArray:
        """The positions of the cells of clique k among all cells."""
        b = self._block[k]
        rows = self._start[b] + self.widths[b] * np.arange(self._rows(k))
        return np.asarray(rows[:, None] + self._column[k] + np.arange(self._columns(k))).ravel()

    def _settings(self, clique: Clique, axes: tuple[int, ...]) -> IntArray:
        """For each cell of a clique, which setting of `axes` it belongs to, the last axis running fastest."""
        found = np.zeros([self.tree.sizes[a] for a in clique.axes], dtype=np.intp)
        stride = 1
        for axis in reversed(axes):
            shape = [1] * len(clique.axes)
            shape[clique.axes.index(axis)] = -1
            found += stride * np.arange(self.tree.sizes[axis]).reshape(shape)
            stride *= self.tree.sizes[axis]
        return found.ravel()

    def _reading(self, wanted: tuple[int, ...]) -> Reading:
        cells, states, where, at = [], [], {}, 0
        blocks: set[int] = set()
        for axis in wanted:
            k = self.tree.home[axis]
            cells.append(self._cells(k))
            states.append(at + self._settings(self.tree.cliques[k], (axis,)))
            where[axis] = slice(at, at + self.tree.sizes[axis])
            at += self.tree.sizes[axis]
            while k >= 0:
                blocks.add(self._block[k])
                k = self.tree.cliques[k].parent
        starts = np.array([place.start for place in where.values()], dtype=np.intp)
        cards = np.array([self.tree.sizes[axis] for axis in wanted], dtype=np.intp)
        return Reading(_joined(cells), _joined(states), where, starts, cards, at, tuple(sorted(blocks, reverse=True)))


def _joined(rows: Sequence[IntArray]) -> IntArray:
    return np.concatenate(rows) if rows else np.zeros(0, dtype=np.intp)
