"""The order in which axes are summed out: greedy, by the size of the table each elimination makes.

Sizes are compared through bit masks. An axis owns a number of bits in proportion to the logarithm of its number of states, so
that the logarithm of a table's size is the bit count of the union of its axes: one fast instruction on Python's integers.
Where the tables become large, a second order that makes few new neighbours (weighted min-fill) is tried, and where they are
larger still a few by both criteria, each axis with a factor of its own near one. The best order is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from math import inf

TURNS, WORTH_A_SECOND, WORTH_MORE, HOPELESS = 8, 1 << 14, 1 << 20, 2.0**60
"""Most searches; cells of the tables of an order from which a second search is made, from which further ones are, and from which
none is, because no other order would be short enough.
"""
SQRT2 = 1.4142135623730951


def masks(sizes: Iterable[float]) -> list[int]:
    """Return the mask of each axis: adjacent runs of 2 log2(size) bits, rounded, so that one bit is a factor of 1.4."""
    ends = [*accumulate(map(width, sizes), initial=0)]
    return [(1 << end) - (1 << begin) for begin, end in pairwise(ends)]


@cache
def width(size: float) -> int:
    """Return the bits of an axis, at least one."""
    most, count = 2.0, 0
    while size * size * size * size >= most:
        most, count = most * 4.0, count + 1
    return max(1, count)


def best_order(
    mask: Sequence[int],
    tensors: Sequence[Collection[int]],
    becomes: Mapping[int, int],
    stages: Sequence[Sequence[int]],
) -> list[int]:
    """Return an elimination order of the axes in `stages`, all of one stage before the next.

    `mask[a]` is the mask of axis a; `tensors` lists the axes of each tensor. A gate axis in `becomes` turns into the axis of its
    variable when it is eliminated, and that variable must wait for it.
    """
    order, cells = Search(mask, tensors, becomes).run(stages, 0, inf)
    for turn in range(1, TURNS):
        if not (WORTH_MORE if turn > 1 else WORTH_A_SECOND) < cells < HOPELESS:
            break
        other, fewer = Search(mask, tensors, becomes).run(stages, turn, cells)
        if fewer < cells:
            order, cells = other, fewer
    return order


class Search:
    """The graph of axes that share a tensor, during elimination: `near[a]` its neighbours and itself, `width[a]` their masks."""

    def __init__(self, mask: Sequence[int], tensors: Sequence[Collection[int]], becomes: Mapping[int, int]) -> None:
        self.mask, self.becomes = mask, becomes
        self.near = [1 << a for a in range(len(mask))]
        for axes in tensors:
            union = sum(1 << a for a in axes)
            for a in axes:
                self.near[a] |= union
        self.width = [sum(mask[b] for b in bits(group)) for group in self.near]

    def run(self, stages: Sequence[Sequence[int]], turn: int, most: float) -> tuple[list[int], float]:
        """Return the order, and about how many cells its tables have together; given up where these are `most`."""
        order: list[int] = []
        cells = 0.0
        waiting = set(self.becomes.values())
        for stage in stages:
            members = set(stage)
            scores = {a: self.score(a, turn) for a in members if a not in waiting}
            while scores and cells < most:
                a = min(scores, key=scores.__getitem__)
                del scores[a]
                order.append(a)
                wide = self.width[a].bit_count()
                cells += 2.0 ** min(wide // 2, 1000) * (SQRT2 if wide & 1 else 1.0)
                touched = self._eliminate(a, turn > 0)
                if a in self.becomes:
                    waiting.discard(self.becomes[a])
                    if self.becomes[a] in members:
                        scores[self.becomes[a]] = 0
                for b in bits(touched):
                    if b in scores:
                        scores[b] = self.score(b, turn)
        return order, cells

    def _eliminate(self, a: int, fill: bool) -> int:
        """Connect the neighbours of a and take it away; returns them, with `fill` also what they have in common anew."""
        near, width = self.near, self.width
        group, wide = near[a] & ~(1 << a), width[a] & ~self.mask[a]
        if a in self.becomes:
            group |= 1 << self.becomes[a]
            wide |= self.mask[self.becomes[a]]
        touched, members = group, bits(group)
        if fill:
            for b in members:
                for c in bits((group & ~near[b]) >> b):
                    touched |= near[b] & near[b + c]
        keep, clear = ~(1 << a), ~self.mask[a]
        for b in members:
            near[b] = (near[b] | group) & keep
            width[b] = (width[b] | wide) & clear
        return touched

    def score(self, a: int, turn: int) -> int:
        """Turn 0 goes by size, 1 by fill, further ones by both, times a factor of the axis that differs from turn to turn.

        Fill are the connections that eliminating a adds, by the sizes of both ends. Of equal scores the first axis counts.
        """
        count, axes = self.width[a].bit_count(), len(self.mask)
        if not turn:
            return count * axes + a
        wide = self.width[a] & ~self.mask[a]
        added = sum(self.mask[b].bit_count() * (wide & ~self.width[b]).bit_count() for b in bits(self.near[a] & ~(1 << a)))
        if turn == 1:
            return (added * 1024 + count) * axes + a
        x = ((a + 1) * 2654435761 ^ turn * 2246822519) & 0xFFFFFFFF
        x = ((x ^ x >> 15) * 2246822519) & 0xFFFFFFFF
        return (added + 4 * count) * (1024 + (x >> 16) % 128) * axes + a


def bits(group: int) -> list[int]:
    """Return the positions of the ones."""
    found = []
    while group:
        low = group & -group
        found.append(low.bit_length() - 1)
        group ^= low
    return found
