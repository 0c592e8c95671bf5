"""The network as the plan sees it: all numbers end to end, and where each family's numbers lie among them.

States of a noisy gate are numbered by rank here, so that the axis on which its causes are gathered is its own axis. A gate known
to an interval of ranks needs sums of neighbouring ranks only; those are *derived* numbers, kept behind the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.kernel import compiled
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, IntArray


class GatePlaces(NamedTuple):
    """The places of the numbers of a gate for one interval of ranks: row r begins at `base` + `row` * r.

    Row 0 is the leak; the rows of each parent's link follow, one for each of its states. `columns` is 1 where only the sum up to
    a rank is needed, 2 for *below the interval, inside it*, and otherwise all ranks.
    """

    columns: int
    base: int
    row: int


@dataclass(frozen=True)
class NetworkArrays:
    """All numbers of a network, and their places.

    `values` are the tensor entries, permuted so that gates count by rank, then the derived sums. `entry[i]` is the entry (tensors
    of all families one after the other, each in C order) that value i copies; derived value j is the sum of the values
    `parts[starts[j]:starts[j + 1]]`. `states[v]` lists the states of v in the order used here, `places[v]` the inverse.
    The numbers of v begin at `base[v]`, those derived from them at `derived[v]` (-1: v has a table).
    """

    structure: Structure
    entry: IntArray
    starts: IntArray
    parts: IntArray
    states: tuple[tuple[int, ...], ...]
    places: tuple[tuple[int, ...], ...]
    base: tuple[int, ...]
    derived: tuple[int, ...]
    values: FloatArray = field(default_factory=lambda: np.zeros(0))

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
            derived.append(count + len(sums) if order else -1)
            for low in range(k if k > 2 else 0):
                for high in range(low, k):
                    for row in range(base[v], base[v] + k * rows, k):
                        sums += [range(row, row + low)] if low else []
                        sums.append(range(row + low, row + high + 1))
        places = tuple(tuple(sorted(range(len(s)), key=s.__getitem__)) for s in states)
        starts = np.array(list(accumulate(map(len, sums), initial=0))[:-1], dtype=np.int64)
        parts = np.array([i for each in sums for i in each], dtype=np.int64)
        network = cls(structure, np.concatenate(entries), starts, parts, states, places, tuple(base), tuple(derived))
        flat = np.concatenate([np.zeros(0), *(t.ravel() for f in factors.families for t in f.tensors)])
        object.__setattr__(network, "values", network.laid_out(flat))
        return network

    def strides(self, v: int) -> list[int]:
        """Return the strides of the table of v among the values: of the parents, then of v."""
        cards = [self.structure.cards[p] for p in (*self.structure.parents[v], v)[1:]]
        return [*accumulate(reversed(cards), mul, initial=1)][::-1]

    def gate(self, v: int, low: int, high: int) -> GatePlaces:
        """Return the places of a gate that is known to lie between two ranks."""
        k = self.structure.cards[v]
        if (low, high) == (0, 0):
            return GatePlaces(1, self.base[v], k)
        if (low, high) == (0, k - 1) or (low == 1 and k == 2):
            return GatePlaces(k, self.base[v], k)
        rows = 1 + sum(self.structure.cards[p] for p in self.structure.parents[v])
        before = k + 2 * ((low - 1) * k - low * (low - 1) // 2 + high - low) if low else high
        columns = 2 if low else 1
        return GatePlaces(columns, self.derived[v] + rows * before, columns)

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
