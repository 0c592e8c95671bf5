"""Columns of a drawn network: roles, or causal depth without roles; rows so that few arcs cross."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bayesnet.model.vocabulary import GROUPS_OF_VARIABLES, RISK_FACTORS, SETTINGS

SWEEPS = 12
"""Passes of the barycentre rule.

Sugiyama K, Tagawa S, Toda M (1981). Visual understanding of hierarchical system structures. IEEE Trans SMC 11:109-125.
"""

_TOGETHER = {SETTINGS: RISK_FACTORS}
_LAST = GROUPS_OF_VARIABLES

Arc = tuple[int, int, float]
"""Parent, child, strength."""


def columns(groups: Mapping[int, str], arcs: Iterable[Arc]) -> tuple[list[list[int]], list[str]]:
    """Return the variables of every column from top to bottom, and the headings, which a network without roles does not have.

    >>> columns({0: "", 1: "", 2: ""}, [(0, 1, 0.5), (0, 2, 0.5)])
    ([[0], [1, 2]], [])
    """
    links = tuple(arcs)
    found, headings = _by_role(groups)
    if len(found) < 2:
        found, headings = _by_depth(tuple(groups), links), []
    _uncrossed(found, links)
    return found, headings


def _by_role(groups: Mapping[int, str]) -> tuple[list[list[int]], list[str]]:
    """Return one column for each group of the model, the context beside the risk factors, the derived groups last."""
    ordered = list(dict.fromkeys(groups[v] for v in sorted(groups)))
    merged = list(dict.fromkeys(_TOGETHER.get(name, name) for name in ordered))
    merged.sort(key=lambda name: name == _LAST)
    found = [[v for v, group in groups.items() if _TOGETHER.get(group, group) == name] for name in merged]
    return found, [name.replace("_", " ") for name in merged]


def _by_depth(variables: Sequence[int], arcs: Sequence[Arc]) -> list[list[int]]:
    """Return one column for each length of the longest way from a root."""
    depth = dict.fromkeys(variables, 0)
    for _ in variables:
        for parent, child, _strength in arcs:
            depth[child] = max(depth[child], depth[parent] + 1)
    return [[v for v, d in depth.items() if d == level] for level in range(max(depth.values(), default=0) + 1)]


def _uncrossed(found: list[list[int]], arcs: Sequence[Arc]) -> None:
    """Order each column by the mean place of its neighbours, back and forth."""
    neighbours: dict[int, list[tuple[int, float]]] = {v: [] for column in found for v in column}
    for parent, child, strength in arcs:
        neighbours[parent].append((child, strength + 0.05))
        neighbours[child].append((parent, strength + 0.05))
    for sweep in range(SWEEPS):
        for column in found if sweep % 2 == 0 else reversed(found):
            place = {v: i - (len(c) - 1) / 2 for c in found for i, v in enumerate(c)}

            def centre(v: int, place: dict[int, float] = place) -> float:
                weight = sum(w for _, w in neighbours[v])
                return sum(place[u] * w for u, w in neighbours[v]) / weight if weight else place[v]

            column.sort(key=centre)
