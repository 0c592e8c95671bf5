"""Largest and smallest sums of log-terms over all assignments, by eliminating one variable at a time.

Used for the distance between two networks, whose terms are log-ratios of table entries: the engine's own search for the most
probable assignment needs probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.model.factors import FloatArray

Term = tuple[tuple[int, ...], FloatArray]
"""Variables and an array of log-values with one axis for each of them."""


def largest_sum(terms: Sequence[Term], max_cells: float = 2.0**24) -> float:
    """The maximum over all assignments of the sum of the terms; -inf marks what cannot be.

    Raises
    ------
    TooWide
        When an intermediate table would have more than `max_cells` cells.
    """
    live = [(axes, np.asarray(array, dtype=float)) for axes, array in terms]
    sizes = {a: n for axes, array in live for a, n in zip(axes, array.shape, strict=True)}
    pending = set(sizes)
    while pending:
        axis = min(sorted(pending), key=lambda a: _cells(live, sizes, a))
        cells = _cells(live, sizes, axis)
        if cells > max_cells:
            raise TooWide(f"the distance needs a table of {cells:.2g} cells, more than the {max_cells:.2g} allowed", cells)
        bucket = [term for term in live if axis in term[0]]
        rest = [term for term in live if axis not in term[0]]
        live = [*rest, _eliminate(bucket, axis)]
        pending.discard(axis)
    return float(sum(float(array) for _, array in live))


def _cells(live: Sequence[Term], sizes: dict[int, int], axis: int) -> float:
    """Size of the table in which `axis` is eliminated."""
    scope = {a for axes, _ in live if axis in axes for a in axes}
    return float(np.prod([float(sizes[a]) for a in scope]))


def _eliminate(bucket: Sequence[Term], axis: int) -> Term:
    """Add the terms that hold `axis` and take the maximum over it."""
    scope = (*sorted({a for axes, _ in bucket for a in axes} - {axis}), axis)
    total: FloatArray = np.zeros(())
    for axes, array in bucket:
        order = sorted(range(len(axes)), key=lambda i: scope.index(axes[i]))
        moved = array.transpose(order)
        shape = [moved.shape[sorted(axes, key=scope.index).index(a)] if a in axes else 1 for a in scope]
        total = total + moved.reshape(shape)
    return scope[:-1], total.max(axis=-1)
