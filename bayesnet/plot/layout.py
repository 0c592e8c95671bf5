"""Where the variables of a network stand: the columns of `analysis/arrangement.py`, those that are too tall split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayesnet.analysis.description.drawing_columns import columns
from bayesnet.plot.graph import Arc, Node


@dataclass(frozen=True)
class Layout:
    """A place (column, row) for every variable, the heading of every column, and the number of rows."""

    places: dict[int, tuple[float, float]]
    headings: tuple[tuple[float, str], ...]
    columns: int
    rows: int


def layout(nodes: Sequence[Node], arcs: Sequence[Arc], tallest: int) -> Layout:
    """Place every variable; a column of more than `tallest` variables is split."""
    groups = {node.variable: node.group for node in nodes}
    found, headings = columns(groups, [(arc.parent, arc.child, arc.strength) for arc in arcs])
    places: dict[int, tuple[float, float]] = {}
    spots: list[tuple[float, str]] = []
    x, rows = 0, 1
    for k, column in enumerate(found):
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
