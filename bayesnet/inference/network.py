"""The network as the plan sees it: all numbers end to end, and where each family's numbers lie among them.

States of a noisy gate are numbered by rank here, so that the axis on which its causes are gathered is its own axis. A gate known
to an interval of ranks needs sums of neighbouring ranks only; those are *derived* numbers, kept behind the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.kernel import compiled
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, IntArray


class GatePositions(NamedTuple):
    """Positions of the numbers of a gate for one interval of ranks: `base` and `step` of the leak, then of each parent's link.

    An entry is at base + row * state of the parent + column; `columns` is 1 where only the sum up to a rank is needed, 2 for
    *below the interval, inside it*, and otherwise all ranks.
    """

    columns: int
    bases: tuple[int, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class NetworkArrays:
    """All numbers of a network, and their places.

    `values` are the tensor entries, permuted so that gates count by rank, then the derived sums. `entry[i]` is the entry (tensors
    of all families one after the other, each in C order) that value i copies; derived value j is the sum of the values
    `parts[starts[j]:starts[j + 1]]`. `states[v]` lists the states of v in the order used here, `places[v]` the inverse.
    `tables[v]` has the base and the strides (parents, then v) of a table, `gates[v]` the places of a gate by interval of ranks.
    """

    structure: Structure
    values: FloatArray
    entry: IntArray
    starts: IntArray
    parts: IntArray
    states: tuple[tuple[int, ...], ...]
    places: tuple[tuple[int, ...], ...]
    tables: tuple[tuple[int, tuple[int, ...]], ...]
    gates: tuple[dict[tuple[int, int], GatePositions], ...]

    @cached_property
    def packed(self) -> NDArray[np.int32]:
        """Structure and places as `question.c` reads them."""
        structure, tables = self.structure, self.tables
        gates: list[int] = []
        first = []
        for v, card in enumerate(structure.cards):
            first.append(len(gates) if structure.noisy[v] else -1)
            if structure.noisy[v]:
                records: list[int] = []
                for low in range(card):
                    for high in range(card):
                        found = self.gates[v].get((low, high))
                        gates.append(-1 if found is None else len(records))
                        records += [] if found is None else [found.columns, *found.bases, *found.rows]
                behind = len(gates)
                gates[first[v] :] = [-1 if at < 0 else behind + at for at in gates[first[v] :]]
                gates += records
        strides = [(*own, *[0] * (len(family) - len(own))) for (_, own), family in zip(tables, structure.family, strict=True)]
        sections = [
            structure.cards,
            np.cumsum([0, *map(len, structure.parents)]),
            [p for parents in structure.parents for p in parents],
            [base for base, _ in tables],
            [stride for own in strides for stride in own],
            first,
            np.cumsum([0, *structure.cards]),
            [place for places in self.places for place in places],
        ]
        begin = np.cumsum([1 + len(sections), *map(len, sections)])
        packed = np.concatenate([[len(structure.cards)], begin[:-1], *sections, gates]).astype(np.int32)
        # What is said of gates counts from their own beginning so far.
        mine = packed[begin[5] : begin[6]]
        for v, at in enumerate(mine.tolist()):
            if at >= 0:
                places = packed[begin[-1] + at : begin[-1] + at + structure.cards[v] ** 2]
                places[places >= 0] += begin[-1]
                mine[v] += begin[-1]
        kernel = compiled()
        if kernel is not None and kernel.bn_network(packed.ctypes.data, len(packed)):
            raise ValueError("a packed network names a place outside it; no question was composed")
        return packed

    @classmethod
    def of(cls, structure: Structure, factors: Factors) -> NetworkArrays:
        """Lay out the numbers of all families."""
        states = tuple(order or tuple(range(card)) for order, card in zip(structure.order, structure.cards, strict=True))
        entries: list[IntArray] = []
        bases: list[list[int]] = []
        tables, count = [], 0
        for v, family in enumerate(factors.families):
            mine: list[int] = []
            strides: tuple[int, ...] = (1,)
            for t, tensor in enumerate(family.tensors):
                place = np.arange(count, count + tensor.size).reshape(tensor.shape)
                if structure.noisy[v]:
                    place = place[list(states[family.parents[t - 1]])] if t else place
                else:
                    place = place[np.ix_(*(states[p] for p in family.parents), range(tensor.shape[-1]))]
                    strides = tuple(int(s) // 8 for s in np.empty(tensor.shape).strides)
                entries.append(place.ravel())
                mine.append(count)
                count += tensor.size
            bases.append(mine)
            tables.append((mine[0], strides))
        derived = _Derived(structure, bases, count)
        entry = np.concatenate(entries) if entries else np.zeros(0, dtype=np.int64)
        network = cls(
            structure,
            np.zeros(0),
            entry.astype(np.int64),
            np.array(derived.starts, dtype=np.int64),
            np.array(derived.parts, dtype=np.int64),
            states,
            tuple(tuple(sorted(range(len(s)), key=s.__getitem__)) for s in states),
            tuple(tables),
            tuple(derived.gates),
        )
        flat = np.concatenate([t.ravel() for f in factors.families for t in f.tensors]) if entries else np.zeros(0)
        object.__setattr__(network, "values", network.laid_out(flat))
        return network

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

    def vector(self, v: int, by_state: FloatArray) -> FloatArray:
        """Return a vector over the states of v in the order used here."""
        return by_state[list(self.states[v])] if self.structure.noisy[v] else by_state


class _Derived:
    """Positions of every interval of ranks of every gate; those that are not plain columns become derived numbers."""

    def __init__(self, structure: Structure, bases: Sequence[Sequence[int]], count: int) -> None:
        self.starts: list[int] = []
        self.parts: list[int] = []
        self.next = count
        self.gates: list[dict[tuple[int, int], GatePositions]] = []
        for v, noisy in enumerate(structure.noisy):
            found: dict[tuple[int, int], GatePositions] = {}
            if noisy:
                k = structure.cards[v]
                sizes = [1, *(structure.cards[p] for p in structure.parents[v])]
                whole = GatePositions(k, tuple(bases[v]), (k,) * len(sizes))
                found = {(0, k - 1): whole, (0, 0): whole._replace(columns=1)}
                for low in range(k):
                    for high in range(low, k):
                        if (low, high) == (1, 1) and k == 2:
                            found[low, high] = whole
                        elif (low, high) not in found:
                            found[low, high] = self._interval(low, high, bases[v], sizes, k)
            self.gates.append(found)

    def _interval(self, low: int, high: int, bases: Sequence[int], sizes: Sequence[int], k: int) -> GatePositions:
        columns = 2 if low else 1
        first = []
        for base, size in zip(bases, sizes, strict=True):
            first.append(self.next)
            for state in range(size):
                row = base + k * state
                if low:
                    self._sum(range(row, row + low))
                self._sum(range(row + low, row + high + 1))
        return GatePositions(columns, tuple(first), (columns,) * len(sizes))

    def _sum(self, parts: range) -> None:
        self.starts.append(len(self.parts))
        self.parts.extend(parts)
        self.next += 1
