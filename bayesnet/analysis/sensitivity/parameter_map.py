"""Map from the numbers of a network to its tensors: kind, column, siblings and the values each can take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.model.factors import Factors, FloatArray, IntArray, NoisyFamily

_ROUNDING = 1e-15

ENTRY, LINK, LEAK, ODDS = 0, 1, 2, 3
"""An entry of a table, a link of a noisy gate, its leak, an odds or an odds ratio."""


@dataclass(frozen=True)
class ParameterMap:
    """The positions of all numbers in the tensors, as arrays over the numbers; built once per network.

    `position` indexes the concatenation of all tensors of all families (C order); `number` and `partial` go with it.
    """

    factors: Factors
    position: IntArray
    number: IntArray
    partial: FloatArray
    size: int

    @classmethod
    def of(cls, factors: Factors) -> ParameterMap:
        """Return the map of a network."""
        sizes = [[t.size for t in family.tensors] for family in factors.families]
        starts, at = [], 0
        for row in sizes:
            starts.append([at + sum(row[:i]) for i in range(len(row))])
            at += sum(row)
        width = max((len(row) for row in starts), default=0)
        offsets = np.array([[*row, *[0] * (width - len(row))] for row in starts], dtype=np.int64).reshape(len(starts), width)
        dependence = factors.dependence
        position = offsets[dependence.family, dependence.tensor] + dependence.entry
        return cls(factors, position, dependence.number, dependence.partial, at)

    @property
    def count(self) -> int:
        """The number of numbers."""
        return len(self.factors.number_ids)

    def slopes(self, by_entry: FloatArray) -> FloatArray:
        """Derivatives by every number, shape (rows, n_numbers), from those by every entry, shape (rows, entries)."""
        found = np.zeros((len(by_entry), self.count))
        read = np.flatnonzero(by_entry.any(axis=0)[self.position])
        for row, mine in zip(found, by_entry, strict=True):
            row += np.bincount(self.number[read], mine[self.position[read]] * self.partial[read], self.count)
        return found

    def rows_of(self, ks: IntArray) -> tuple[IntArray, IntArray]:
        """Return where numbers ks are in `position`, `number` and `partial`, one after the other, and how often each is."""
        order, starts = self._by_number
        sizes = starts[ks + 1] - starts[ks]
        return order[np.repeat(starts[ks] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())], sizes

    @cached_property
    def _by_number(self) -> tuple[IntArray, IntArray]:
        """Places in the order of the numbers, and where those of each number begin."""
        order = np.argsort(self.number, kind="stable")
        return order, np.searchsorted(self.number[order], np.arange(self.count + 1))

    @cached_property
    def flat(self) -> FloatArray:
        """All tensor entries in the order of `position`."""
        return np.concatenate([t.ravel() for family in self.factors.families for t in family.tensors])

    @cached_property
    def family(self) -> IntArray:
        """The family each number belongs to, -1 for a number on which nothing depends."""
        found = np.full(self.count, -1, dtype=np.int64)
        found[self.factors.dependence.number] = self.factors.dependence.family
        return found

    def of_families(self, families: Iterable[int]) -> NDArray[np.bool_]:
        """Return which numbers belong to one of these families, shape (n_numbers,)."""
        chosen = np.zeros(len(self.factors.families) + 1, dtype=bool)
        chosen[list(families)] = True
        found: NDArray[np.bool_] = chosen[self.family]
        return found

    @cached_property
    def kind(self) -> IntArray:
        """ENTRY, LINK, LEAK or ODDS for each number."""
        dependence = self.factors.dependence
        noisy = np.array([isinstance(f, NoisyFamily) for f in self.factors.families], dtype=bool)
        kind = np.where(self.factors.linear, ENTRY, ODDS).astype(np.int64)
        in_noisy = noisy[dependence.family]
        kind[dependence.number[in_noisy]] = LINK
        kind[dependence.number[in_noisy & (dependence.tensor == 0)]] = LEAK
        return kind

    @cached_property
    def column(self) -> IntArray:
        """A label shared by the numbers of one distribution (a table column, a link row, a leak); -1 - k for an odds number k.

        The others co-vary when one of them changes.
        """
        label = self.first.copy()
        free = (self.kind == ODDS) | (label < 0)
        label[free] = -1 - np.arange(self.count)[free]
        return label

    @cached_property
    def first(self) -> IntArray:
        """Position of the first entry of the (first) distribution that each number is part of, -1 where it is part of none."""
        dependence = self.factors.dependence
        cards = np.array([len(s) for s in self.factors.states], dtype=np.int64)
        start = self.position - dependence.entry % cards[dependence.family]
        found = np.full(self.count, -1, dtype=np.int64)
        # The first touched entry decides; a leak touches its own tensor first of all.
        order = np.lexsort((self.position, dependence.number))[::-1]
        found[dependence.number[order]] = start[order]
        return found

    @cached_property
    def members(self) -> dict[int, IntArray]:
        """The numbers of each column by its label, for columns with more than one."""
        order = np.argsort(self.column, kind="stable")
        labels, starts = np.unique(self.column[order], return_index=True)
        groups = np.split(order, starts[1:])
        return {int(label): group for label, group in zip(labels, groups, strict=True) if len(group) > 1}

    def siblings(self, k: int) -> IntArray:
        """Return the other numbers of the same distribution as number k."""
        group = self.members.get(int(self.column[k]))
        return np.empty(0, dtype=np.int64) if group is None else group[group != k]

    @cached_property
    def domain(self) -> tuple[FloatArray, FloatArray]:
        """The least and the largest value each number can take while all others stay: shape (n_numbers,) each.

        A link may not fall below its leak nor a leak rise above its lowest link, since the leak is included in the link
        (Henrion 1989); an odds ratio is bounded by zero only.
        """
        low, high = np.zeros(self.count), np.ones(self.count)
        high[self.kind == ODDS] = np.inf
        self._bound_by_entries(low, high)
        self._bound_leaks(low, high)
        # What rounding leaves of zero and one.
        low[np.abs(low) < _ROUNDING] = 0.0
        high[np.abs(high - 1.0) < _ROUNDING] = 1.0
        return low, high

    def _bound_by_entries(self, low: FloatArray, high: FloatArray) -> None:
        """Narrow the bounds of linear numbers so that every entry stays within [0, 1]."""
        steep = self.factors.linear[self.number] & (self.kind[self.number] != LEAK)
        number, partial, entry = self.number[steep], self.partial[steep], self.flat[self.position[steep]]
        x = self.factors.values[number]
        to_zero, to_one = x - entry / partial, x + (1.0 - entry) / partial
        np.maximum.at(low, number, np.minimum(to_zero, to_one))
        np.minimum.at(high, number, np.maximum(to_zero, to_one))
        np.minimum(low, self.factors.values, out=low)
        np.maximum(high, self.factors.values, out=high)

    def _bound_leaks(self, low: FloatArray, high: FloatArray) -> None:
        """Narrow the bounds of leaks so that every link still includes its leak; in place.

        A link with sums C up to each rank includes a leak with sums L where C_k / L_k does not fall with k. Each leak number
        moves L along a line, so that these are linear inequalities in it.
        """
        for f, (leaks, links) in self.gates.items():
            family = self.factors.families[f]
            if not isinstance(family, NoisyFamily) or not len(links):
                continue
            up_to = np.cumsum(family.leak)
            compound = np.cumsum(self._rows(links, len(family.leak)), axis=1) * up_to
            for k in leaks.tolist():
                step = np.cumsum(self._leak_direction(f, k, len(family.leak)))
                now = compound[:, :-1] * up_to[1:] - compound[:, 1:] * up_to[:-1]
                lean = compound[:, :-1] * step[1:] - compound[:, 1:] * step[:-1]
                x = float(self.factors.values[k])
                with np.errstate(divide="ignore", invalid="ignore"):
                    at = x - np.minimum(now, 0.0) / lean
                high[k] = min(high[k], float(np.where(lean > 1e-15, at, np.inf).min()))
                low[k] = max(low[k], float(np.where(lean < -1e-15, at, -np.inf).max()))

    def _rows(self, links: IntArray, ranks: int) -> FloatArray:
        """Return the net distributions that numbers `links` of a gate state, one row each, shape (rows, ranks)."""
        firsts = np.unique(self.first[links])
        rows: FloatArray = self.flat[firsts[:, None] + np.arange(ranks)]
        return rows

    def leak_line(self, f: int, k: int) -> tuple[float, float]:
        """Return the probability that the leak of gate f leaves it at its lowest rank, and how it moves with leak number k."""
        family = self.factors.families[f]
        assert isinstance(family, NoisyFamily)
        return float(family.leak[0]), float(self._leak_direction(f, k, len(family.leak))[0])

    def _leak_direction(self, f: int, k: int, ranks: int) -> FloatArray:
        """Return how the leak's own distribution moves with leak number k."""
        dependence = self.factors.dependence
        mine = (dependence.number == k) & (dependence.family == f) & (dependence.tensor == 0)
        direction = np.zeros(ranks)
        direction[dependence.entry[mine]] = dependence.partial[mine]
        return direction

    def two_ranked(self, f: int) -> bool:
        """Return whether family f is a noisy-OR: two ranks."""
        family = self.factors.families[f]
        return isinstance(family, NoisyFamily) and len(family.order) == 2

    @cached_property
    def rises(self) -> NDArray[np.bool_]:
        """Whether each link or leak of a noisy-OR is stored as the probability that the gate fires (not of the contrary)."""
        cards = np.array([len(s) for s in self.factors.states], dtype=np.int64)
        last = self.factors.dependence.entry % cards[self.factors.dependence.family] > 0
        up = np.zeros(self.count, dtype=bool)
        up[self.number[last & (self.partial > 0)]] = True
        down = np.zeros(self.count, dtype=bool)
        down[self.number[last & (self.partial < 0)]] = True
        return np.where(self.kind == LEAK, self._leak_rises, up | ~down)

    @cached_property
    def _leak_rises(self) -> NDArray[np.bool_]:
        """The same for leaks, from their own tensor alone; a leak also moves the links, the other way."""
        dependence = self.factors.dependence
        own = (dependence.tensor == 0) & (dependence.entry > 0) & (self.kind[self.number] == LEAK)
        up = np.ones(self.count, dtype=bool)
        up[self.number[own & (self.partial < 0)]] = False
        return up

    def fired(self, ks: IntArray, values: FloatArray | None = None) -> FloatArray:
        """Return the probability that the gate fires which numbers ks of a noisy-OR state, at `values` or as they are."""
        x = (self.factors.values if values is None else values)[ks]
        rises = self.rises[ks]
        return np.where(rises if x.ndim == 1 else rises[:, None], x, 1.0 - x)

    @cached_property
    def gates(self) -> dict[int, tuple[IntArray, IntArray]]:
        """For every noisy family with numbers, those of its leak and those of its links."""
        found: dict[int, tuple[IntArray, IntArray]] = {}
        for f in np.unique(self.family[(self.kind == LINK) | (self.kind == LEAK)]):
            mine = self.family == f
            found[int(f)] = (np.flatnonzero(mine & (self.kind == LEAK)), np.flatnonzero(mine & (self.kind == LINK)))
        return found

    @cached_property
    def structural(self) -> NDArray[np.bool_]:
        """Numbers that are exactly zero or one: a statement about what can be, not a measurement."""
        zero, one = self.factors.values == 0.0, self.factors.values == 1.0
        found: NDArray[np.bool_] = zero | (one & (self.kind != ODDS))
        return found


@per_model
def parameter_map(compiled: CompiledModel) -> ParameterMap:
    """Return where each number of a network enters its arrays."""
    return ParameterMap.of(compiled.factors)
