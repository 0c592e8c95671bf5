"""Variables in an order in which parents come before children."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


def parents_first(parents: Sequence[Sequence[int]]) -> list[int]:
    """Order variables so that parents come before children, otherwise as they are; those on or below a circle are left out.

    >>> parents_first([[2], [], [1]])
    [1, 2, 0]
    """
    children: list[list[int]] = [[] for _ in parents]
    waiting = [len(own) for own in parents]
    for child, own in enumerate(parents):
        for parent in own:
            children[parent].append(child)
    ready = [variable for variable, count in enumerate(waiting) if not count]
    heapify(ready)
    order: list[int] = []
    while ready:
        variable = heappop(ready)
        order.append(variable)
        for child in children[variable]:
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, child)
    return order
