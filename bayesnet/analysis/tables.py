"""A family of any kind as a full table: P(child | parents), for analyses that look at whole columns."""

from __future__ import annotations

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.model.factors import Family, FloatArray, TableFamily

MAX_CELLS = 2.0**22


def table_of(family: Family, max_cells: float = MAX_CELLS) -> FloatArray:
    """P(child | parents), one axis per parent in order and the child's states last.

    A noisy gate is the running product of its cumulative distributions (Diez 1993).

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
    below = np.cumsum(family.leak)
    up_to = below.reshape((1,) * len(family.links) + (-1,))
    for axis, link in enumerate(family.links):
        place = [1] * len(shape)
        place[axis], place[-1] = link.shape
        up_to = up_to * np.cumsum(link, axis=1).reshape(place)
    ranked = np.diff(up_to, axis=-1, prepend=0.0)
    ranked[..., 0] = up_to[..., 0]
    table = np.empty(ranked.shape)
    table[..., list(family.order)] = np.maximum(ranked, 0.0)
    return table
