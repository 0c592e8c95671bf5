"""A family of any kind as a full table: P(child | parents), for analyses that look at whole columns."""

from __future__ import annotations

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.model.factors import Family, FloatArray, TableFamily

MAX_CELLS = 2.0**22


def table_of(family: Family, max_cells: float = MAX_CELLS) -> FloatArray:
    """Return P(child | parents), one axis per parent in order and the child's states last.

    A noisy gate is the distribution of the largest of its causes' ranks, cause by cause (Diez 1993); nothing is subtracted, so
    that rare states keep their digits.

    Raises
    ------
    TooWide
        When the table would have more than `max_cells` cells.
    """
    if isinstance(family, TableFamily):
        return family.table
    shape = (*(len(link) for link in family.links), len(family.order))
    cells = float(np.prod([float(n) for n in shape]))
    if cells > max_cells:
        raise TooWide(f"a noisy gate of {len(family.links)} parents spelled out has {cells:.2g} cells", cells)
    ranked = family.leak.reshape((1,) * len(family.links) + (-1,))
    for axis, link in enumerate(family.links):
        place = [1] * len(shape)
        place[axis], place[-1] = link.shape
        one = link.reshape(place)
        ranked = ranked * np.cumsum(one, axis=-1) + _below(ranked) * one
    table = np.empty(ranked.shape)
    table[..., list(family.order)] = ranked
    return table


def _below(ranked: FloatArray) -> FloatArray:
    """Return the probability of a smaller rank than each."""
    cumulative = np.zeros(ranked.shape)
    np.cumsum(ranked[..., :-1], axis=-1, out=cumulative[..., 1:])
    return cumulative
