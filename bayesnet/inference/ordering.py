"""The order in which axes are summed out: greedy, by the size of the table each elimination makes.

Sizes are compared through bit masks. An axis owns a number of bits in proportion to the logarithm of its number of states, so
that the logarithm of a table's size is the bit count of the union of its axes: one fast instruction on Python's integers.
Where the tables become large, a second order that makes few new neighbours (weighted min-fill) is tried, and where they are
larger still a few by both criteria, each axis with a factor of its own near one. The best order is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from math import inf, log2

WORTH_A_SECOND = 1 << 13
"""Cells of an order from which the slower second search is made."""
MORE, TURNS = 32, 8
"""Times as many cells from which further searches are made, and most searches."""
HOPELESS = 2.0**60
"""Cells from which no other order makes the question one that can be answered."""
SQRT2 = 1.4142135623730951


def masks(sizes: Iterable[float]) -> list[int]:
    """Return the mask of each axis: adjacent runs of 2 log2(size) bits, rounded, so that one bit is a factor of 1.4."""
    found, offset = [], 0
    for size in sizes:
        count = width(size)
        found.append(((1 << count) - 1) << offset)
        offset += count
    return found


@cache
def width(size: float) -> int:
    """Return the bits of an axis."""
    return max(1, round(2 * log2(size)))


def best_order(
    mask: Sequence[int],
    tensors: Sequence[Sequence[int]],
    becomes: Mapping[int, int],
    stages: Sequence[Sequence[int]],
    thorough: bool = True,
) -> list[int]:
    """Return an elimination order of the axes in `stages`, all of one stage before the next.

    `mask[a]` is the mask of axis a; `tensors` lists the axes of each tensor. A gate axis in `becomes` turns into the axis of its
    variable when it is eliminated, and that variable must wait for it. Without `thorough` there is no second search.
    """
    order, cells = _Search(mask, tensors, becomes).run(stages, 0, inf)
    for turn in range(1, TURNS if thorough else 1):
        if not (WORTH_A_SECOND * MORE if turn > 1 else WORTH_A_SECOND) < cells < HOPELESS:
            break
        other, fewer = _Search(mask, tensors, becomes).run(stages, turn, cells)
        if fewer < cells:
            order, cells = other, fewer
    return order


class _Search:
    """The graph of axes that share a tensor, during elimination: `near[a]` its neighbours and itself, `width[a]` their masks."""

    def __init__(self, mask: Sequence[int], tensors: Sequence[Sequence[int]], becomes: Mapping[int, int]) -> None:
        self.mask = mask
        self.becomes = becomes
        self.near = [1 << a for a in range(len(mask))]
        for axes in tensors:
            union = 0
            for a in axes:
                union |= 1 << a
            for a in axes:
                self.near[a] |= union
        self.width = [sum(mask[b] for b in bits(group)) for group in self.near]

    def run(self, stages: Sequence[Sequence[int]], turn: int, most: float) -> tuple[list[int], float]:
        """Return the order, and about how many cells its tables have together; given up where these are `most`.

        Turn 0 goes by size, 1 by fill, further ones by both.
        """
        width = self.width
        score = partial(self._both, turn) if turn > 1 else self._fill if turn else self._size
        waiting = set(self.becomes.values())
        order: list[int] = []
        cells = 0.0
        for stage in stages:
            members = set(stage)
            scores = {a: score(a) for a in members if a not in waiting}
            while scores:
                if cells >= most:
                    return order, cells
                a = min(scores, key=scores.__getitem__)
                del scores[a]
                order.append(a)
                cells += _table(width[a].bit_count())
                touched = self._eliminate(a, turn > 0)
                if a in self.becomes:
                    b = self.becomes[a]
                    waiting.discard(b)
                    if b in members:
                        scores[b] = 0
                for b in bits(touched):
                    if b in scores:
                        scores[b] = score(b)
        return order, cells

    def _eliminate(self, a: int, fill: bool) -> int:
        """Connect the neighbours of a and take it away; returns them, with `fill` also what they have in common anew."""
        near, width = self.near, self.width
        group, wide = near[a] & ~(1 << a), width[a] & ~self.mask[a]
        if a in self.becomes:
            group |= 1 << self.becomes[a]
            wide |= self.mask[self.becomes[a]]
        touched = group
        if fill:
            for b in bits(group):
                for c in bits((group & ~near[b]) >> b):
                    touched |= near[b] & near[b + c]
        keep, clear = ~(1 << a), ~self.mask[a]
        for b in bits(group):
            near[b] = (near[b] | group) & keep
            width[b] = (width[b] | wide) & clear
        return touched

    def _size(self, a: int) -> int:
        """Return the logarithm of the table that eliminating a makes; of equal ones the first axis."""
        return self.width[a].bit_count() * len(self.mask) + a

    def _both(self, turn: int, a: int) -> int:
        """Fill and size together, times a factor of the axis, up to 1/8 above one, that differs from search to search."""
        x = ((a + 1) * 2654435761 ^ turn * 2246822519) & 0xFFFFFFFF
        x = ((x ^ x >> 15) * 2246822519) & 0xFFFFFFFF
        added = self._fill(a) // len(self.mask) // 1024
        return (added + 4 * self.width[a].bit_count()) * (1024 + (x >> 16) % 128) * len(self.mask) + a

    def _fill(self, a: int) -> int:
        """Return the connections that eliminating a adds, by the sizes of both ends; sizes break ties."""
        wide = self.width[a] & ~self.mask[a]
        added = sum(self.mask[b].bit_count() * (wide & ~self.width[b]).bit_count() for b in bits(self.near[a] & ~(1 << a)))
        return (added * 1024 + self.width[a].bit_count()) * len(self.mask) + a


def _table(bits: int) -> float:
    """Return the cells of a table, in the same doubles as the compiled planner."""
    return 2.0 ** min(bits // 2, 1000) * (SQRT2 if bits & 1 else 1.0)


def bits(group: int) -> list[int]:
    """Return the positions of the ones."""
    found = []
    while group:
        low = group & -group
        found.append(low.bit_length() - 1)
        group ^= low
    return found
