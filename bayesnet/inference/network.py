"""The network as the plan sees it: its structure, all numbers end to end, and where each family's numbers lie among them.

States of a noisy gate are numbered by rank here, so that the axis on which its causes are gathered is its own axis. A gate whose
rank is known needs the sum below it and the rank alone; those are *derived* numbers, kept behind the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.kernel import compiled
from bayesnet.model.factors import Factors, FloatArray, IntArray, NoisyFamily


@dataclass(frozen=True)
class Structure:
    """A network without its numbers, one entry per variable in each tuple.

    `order[v][r]` is the state of rank r of a noisy gate; empty for tables. `certain[v]` says that the family holds only zeros and
    ones and that they come from no number of the model, so that what it implies may be deduced before planning. `topological`
    lists parents before children. `certain_near[v]` are those of v and its children that are certain.
    """

    cards: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]
    noisy: tuple[bool, ...]
    order: tuple[tuple[int, ...], ...]
    certain: tuple[bool, ...]
    topological: tuple[int, ...]
    certain_near: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, factors: Factors) -> Structure:
        """Read the structure off the factors."""
        families = factors.families
        children: list[list[int]] = [[] for _ in families]
        for v, family in enumerate(families):
            for p in family.parents:
                children[p].append(v)
        behind = factors.dependence.families()
        has_numbers = len(factors.number_ids) > 0
        certain = tuple(
            has_numbers and v not in behind and all(bool(((t == 0) | (t == 1)).all()) for t in family.tensors)
            for v, family in enumerate(families)
        )
        return cls(
            cards=factors.cards,
            parents=tuple(family.parents for family in families),
            children=tuple(tuple(c) for c in children),
            noisy=tuple(isinstance(family, NoisyFamily) for family in families),
            order=tuple(family.order if isinstance(family, NoisyFamily) else () for family in families),
            certain=certain,
            topological=tuple(factors.topological()),
            certain_near=tuple(tuple(c for c in (v, *children[v]) if certain[c]) for v in range(len(families))),
        )


class GatePlaces(NamedTuple):
    """The places of the numbers of a gate: row r begins at `base` + `row` * r, and has `columns` of them.

    Row 0 is the leak; the rows of each parent's link follow, one for each of its states.
    """

    columns: int
    base: int
    row: int


@dataclass(frozen=True)
class NetworkArrays:
    """All numbers of a network, and their places.

    `flat` are the entries, tensors of all families one after the other, each in C order. `entry[i]` is the entry that value i
    copies; derived value j is the sum of the values `parts[starts[j]:starts[j + 1]]`. `states[v]` lists the states of v in the
    order used here, `places[v]` the inverse. The numbers of v begin at `base[v]`, those derived from them at `derived[v]` (-1: v
    has a table).
    """

    structure: Structure
    entry: IntArray
    starts: IntArray
    parts: IntArray
    states: tuple[tuple[int, ...], ...]
    places: tuple[tuple[int, ...], ...]
    base: tuple[int, ...]
    derived: tuple[int, ...]
    flat: FloatArray

    @cached_property
    def values(self) -> FloatArray:
        """The numbers: tensor entries, permuted so that gates count by rank, then the derived sums."""
        return self.laid_out(self.flat)

    @cached_property
    def packed(self) -> NDArray[np.int32]:
        """Structure and places as `planner.c` reads them."""
        cards, parents = self.structure.cards, self.structure.parents
        every = [p for family in parents for p in family]
        places = [place for own in self.places for place in own]
        ends, states = accumulate(map(len, parents), initial=0), accumulate(cards, initial=0)
        head = (len(cards), len(every), len(places))
        packed = np.array([*head, *cards, *ends, *every, *self.base, *self.derived, *states, *places], dtype=np.int32)
        kernel = compiled()
        if kernel is not None and kernel.bn_network(packed.ctypes.data, len(packed)):
            raise ValueError("a packed network names a place outside it; no question was composed")
        return packed

    @classmethod
    def of(cls, structure: Structure, factors: Factors) -> NetworkArrays:
        """Lay out the numbers of all families."""
        states = tuple(order or tuple(range(card)) for order, card in zip(structure.order, structure.cards, strict=True))
        entries, base, count = [np.zeros(0, dtype=np.int64)], [], 0
        for family, order in zip(factors.families, structure.order, strict=True):
            base.append(count)
            for t, tensor in enumerate(family.tensors):
                place = np.arange(count, count + tensor.size).reshape(tensor.shape)
                if not order:
                    place = place[np.ix_(*(states[p] for p in family.parents), range(tensor.shape[-1]))]
                elif t:
                    place = place[list(states[family.parents[t - 1]])]
                entries.append(place.ravel())
                count += tensor.size
        derived: list[int] = []
        sums: list[range] = []
        for v, order in enumerate(structure.order):
            k, rows = len(order), 1 + sum(structure.cards[p] for p in structure.parents[v])
            leaders = range(base[v], base[v] + k * rows, k) if k > 2 else range(0)
            derived.append(count + len(sums) if order else -1)
            for rank in range(1, k):
                sums += [part for row in leaders for part in (range(row, row + rank), range(row + rank, row + rank + 1))]
            for rank in range(1, k - 1):
                sums += [range(row, row + rank + 1) for row in leaders]
        places = tuple(tuple(sorted(range(len(s)), key=s.__getitem__)) for s in states)
        starts = np.array(list(accumulate(map(len, sums), initial=0))[:-1], dtype=np.int64)
        parts = np.array([i for each in sums for i in each], dtype=np.int64)
        flat = np.concatenate([np.zeros(0), *(t.ravel() for f in factors.families for t in f.tensors)])
        return cls(structure, np.concatenate(entries), starts, parts, states, places, tuple(base), tuple(derived), flat)

    def strides(self, v: int) -> list[int]:
        """Return the strides of the table of v among the values: of the parents, then of v."""
        cards = [self.structure.cards[p] for p in (*self.structure.parents[v], v)[1:]]
        return [*accumulate(reversed(cards), mul, initial=1)][::-1]

    def gate(self, v: int, rank: int | None = None) -> GatePlaces:
        """Return the places of a gate: of all ranks, or of those below one and of that one alone; the lowest needs one column."""
        k = self.structure.cards[v]
        if rank == 0:
            return GatePlaces(1, self.base[v], k)
        if rank is None or k == 2:
            return GatePlaces(k, self.base[v], k)
        return GatePlaces(2, self.derived[v] + 2 * self.rows(v) * (rank - 1), 2)

    def up_to(self, v: int, rank: int) -> GatePlaces:
        """Return the places of the sums up to a rank of a gate, between the lowest and the highest."""
        k, rows = self.structure.cards[v], self.rows(v)
        return GatePlaces(1, self.derived[v] + rows * (2 * (k - 1) + rank - 1), 1)

    def rows(self, v: int) -> int:
        """Return the rows of a gate: one for the leak, and one for each state of each parent."""
        return 1 + sum(self.structure.cards[p] for p in self.structure.parents[v])

    def laid_out(self, flat: FloatArray) -> FloatArray:
        """Return numbers in the order of the tensors, shape (entries, ...), as values with the derived sums behind them."""
        values = flat[self.entry]
        if not len(self.starts):
            return np.ascontiguousarray(values, dtype=float)
        return np.concatenate([values, np.add.reduceat(values[self.parts], self.starts, axis=0)])

    def by_entry(self, by_value: FloatArray) -> FloatArray:
        """Derivatives by values, shape (values, B), as derivatives by entries: the transpose of `laid_out`."""
        count = len(self.entry)
        mine = by_value[:count].copy()
        if len(self.starts):
            lengths = np.diff(np.append(self.starts, len(self.parts)))
            np.add.at(mine, self.parts, np.repeat(by_value[count:], lengths, axis=0))
        found = np.zeros_like(mine)
        found[self.entry] = mine
        return found
