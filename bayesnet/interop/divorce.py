"""Gates as full tables; a gate too large for one is divorced into a chain of helper variables, exactly.

A noisy-OR or noisy-MAX takes the largest rank that any cause produces, so its parents can be taken in groups: a helper holds
the largest rank so far, the next one adds a group (Olesen et al. 1989, "A Munin network for the median nerve", Applied
Artificial Intelligence 3:385-403; Diez and Galan 2003, "Efficient computation for the noisy MAX", International Journal of
Intelligent Systems 18:165-177). The distribution over the original variables is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.interop.tables import Tables
from bayesnet.model.factors import Factors, FloatArray, NoisyFamily, TableFamily, freeze

LARGEST = 2**14
"""A gate with more table cells than this is divorced."""


def full_tables(factors: Factors, name: str = "", largest: int = LARGEST) -> Tables:
    """Return every family as one full table, gates of more than `largest` cells as a chain of helpers and the rest.

    Parameters
    ----------
    factors
        The network.
    name
        Its name.
    largest
        Cells that one table may have; a gate above it is divorced. Tables that are tables already are kept.

    Returns
    -------
    The original variables first, in their order, then the helpers, which `helpers` lists.

    Raises
    ------
    TooWide
        When one parent alone makes a table above `largest`.
    """
    names, states = list(factors.names), list(factors.states)
    parents: list[tuple[int, ...]] = [()] * len(names)
    tables: list[FloatArray] = [np.empty(0)] * len(names)
    for i, family in enumerate(factors.families):
        if isinstance(family, TableFamily):
            parents[i], tables[i] = family.parents, family.table
            continue
        groups = _groups(family, factors, largest)
        link_of = dict(zip(family.parents, family.links, strict=True))
        before: int | None = None
        for number, group in enumerate(groups, 1):
            last = number == len(groups)
            leak = family.leak if number == 1 else None
            ranks = _largest_rank(leak, [link_of[p] for p in group], len(family.order))
            variable = i if last else len(names)
            if not last:
                names.append(_free_name(f"{factors.names[i]}__part{number}", names))
                states.append(tuple(factors.states[i][state] for state in family.order))
                parents.append(())
                tables.append(np.empty(0))
            parents[variable] = (*(() if before is None else (before,)), *group)
            tables[variable] = _by_state(ranks, family.order) if last else ranks
            before = variable
    freeze(tables)
    return Tables(name, tuple(names), tuple(states), tuple(parents), tuple(tables), helpers=tuple(names[len(factors.names) :]))


def _groups(family: NoisyFamily, factors: Factors, largest: int) -> list[tuple[int, ...]]:
    """Split the parents of a gate into groups whose tables, with the helper before them, stay small enough."""
    ranks = len(family.order)
    if ranks * prod(factors.cards[p] for p in family.parents) <= largest:
        return [family.parents]
    groups: list[tuple[int, ...]] = []
    group: list[int] = []
    for parent in family.parents:
        cells = ranks * (ranks if groups else 1) * prod(factors.cards[p] for p in (*group, parent))
        if cells > largest and group:
            groups.append(tuple(group))
            group = []
            cells = ranks * ranks * factors.cards[parent]
        if cells > largest:
            raise TooWide(
                f'The gate of "{factors.names[family.child]}" needs a table of {cells} cells for its parent '
                f'"{factors.names[parent]}" alone; expected at most {largest}.',
                cells,
            )
        group.append(parent)
    return [*groups, tuple(group)]


def _largest_rank(leak: FloatArray | None, links: Sequence[FloatArray], ranks: int) -> FloatArray:
    """Return the distribution of the largest rank; axes: helper before (if there is no leak), each parent, ranks."""
    table = np.eye(ranks) if leak is None else leak
    for link in links:
        table = _maximum(table[..., None, :], link)
    return table


def _maximum(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the distribution of the larger of two independent ranks (last axis), by sums of products only."""
    return first * (_below(second) + second) + _below(first) * second


def _below(ranks: FloatArray) -> FloatArray:
    """Return the probability of a smaller rank, for each rank."""
    return np.concatenate([np.zeros_like(ranks[..., :1]), np.cumsum(ranks[..., :-1], axis=-1)], axis=-1)


def _by_state(table: FloatArray, order: tuple[int, ...]) -> FloatArray:
    """Reorder the last axis from ranks to the states of the child."""
    by_state = np.empty_like(table)
    by_state[..., list(order)] = table
    return by_state


def _free_name(wanted: str, taken: Sequence[str]) -> str:
    name = wanted
    while name in taken:
        name += "_"
    return name
