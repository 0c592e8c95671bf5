"""Where the variables of a network stand: roles as columns, or causal depth without roles; rows so that few arcs cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayesnet.plot.graph import Arc, Node, groups_in_order

SWEEPS = 12
"""Passes of the barycentre rule.

Sugiyama K, Tagawa S, Toda M (1981). Visual understanding of hierarchical system structures. IEEE Trans SMC 11:109-125.
"""

_TOGETHER = {"settings": "risk_factors"}
_LAST = "groups"


@dataclass(frozen=True)
class Layout:
    """A place (column, row) for every variable, the heading of every column, and the number of rows."""

    places: dict[int, tuple[float, float]]
    headings: tuple[tuple[float, str], ...]
    columns: int
    rows: int


def layout(nodes: Sequence[Node], arcs: Sequence[Arc], tallest: int) -> Layout:
    """Place every variable; a column of more than `tallest` variables is split."""
    columns, headings = _by_role(nodes)
    if len(columns) < 2:
        columns, headings = _by_depth(nodes, arcs), []
    _uncrossed(columns, arcs)
    places: dict[int, tuple[float, float]] = {}
    spots: list[tuple[float, str]] = []
    x, rows = 0, 1
    for k, column in enumerate(columns):
        parts = -(-len(column) // tallest)
        if headings:
            spots.append((x + (parts - 1) / 2, headings[k]))
        size = -(-len(column) // parts)
        for part in range(parts):
            members = column[part::parts]
            rows = max(rows, size)
            for i, v in enumerate(members):
                places[v] = (float(x), i - (len(members) - 1) / 2)
            x += 1
    return Layout(places, tuple(spots), x, rows)


def _by_role(nodes: Sequence[Node]) -> tuple[list[list[int]], list[str]]:
    """One column for each group of the model, the context beside the risk factors, the derived groups last."""
    names = groups_in_order(nodes)
    merged = list(dict.fromkeys(_TOGETHER.get(name, name) for name in names))
    merged.sort(key=lambda name: name == _LAST)
    columns = [[node.variable for node in nodes if _TOGETHER.get(node.group, node.group) == name] for name in merged]
    return columns, [name.replace("_", " ") for name in merged]


def _by_depth(nodes: Sequence[Node], arcs: Sequence[Arc]) -> list[list[int]]:
    """One column for each length of the longest way from a root."""
    depth = {node.variable: 0 for node in nodes}
    for _ in nodes:
        for arc in arcs:
            depth[arc.child] = max(depth[arc.child], depth[arc.parent] + 1)
    return [[v for v, d in depth.items() if d == level] for level in range(max(depth.values(), default=0) + 1)]


def _uncrossed(columns: list[list[int]], arcs: Sequence[Arc]) -> None:
    """Order each column by the mean place of its neighbours, back and forth."""
    neighbours: dict[int, list[tuple[int, float]]] = {v: [] for column in columns for v in column}
    for arc in arcs:
        neighbours[arc.parent].append((arc.child, arc.strength + 0.05))
        neighbours[arc.child].append((arc.parent, arc.strength + 0.05))
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            place = {v: i - (len(c) - 1) / 2 for c in columns for i, v in enumerate(c)}

            def centre(v: int, place: dict[int, float] = place) -> float:
                weight = sum(w for _, w in neighbours[v])
                return sum(place[u] * w for u, w in neighbours[v]) / weight if weight else place[v]

            column.sort(key=centre)
