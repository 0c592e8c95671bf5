"""How the rest of a distribution gives way when one of its entries moves: proportional, uniform, order-preserving.

The entries of one column as functions of the entry that is varied. Proportional co-variation has the smallest CD distance of
all (Chan & Darwiche 2005); the uniform one shares the rest evenly whatever it was, so that its curve need not pass through the
present answer; the order-preserving one keeps the order of the entries and is bounded by it.

References
----------
Renooij S (2014). Co-variation for sensitivity analysis in Bayesian networks: properties, consequences and alternatives.
Int J Approx Reason 55(4):1022-1042.
Leonelli M, Gorgen C, Smith JQ (2017). Sensitivity analysis in multilinear probabilistic models. Inf Sci 411:84-97.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesnet.analysis.numbers import NumberMap
from bayesnet.model.factors import FloatArray, IntArray

PROPORTIONAL, UNIFORM, ORDER_PRESERVING = "proportional", "uniform", "order-preserving"
SCHEMES = (PROPORTIONAL, UNIFORM, ORDER_PRESERVING)


def proportional(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """The column with entry i at each x, shape (states, m); the others keep their proportions, evenly where entry i was one.

    >>> proportional(np.array([0.2, 0.3, 0.5]), 2, np.array([0.75])).ravel().round(6).tolist()
    [0.1, 0.15, 0.75]
    """
    others = 1.0 - column[i]
    rest = column / others if others > 0 else np.full(len(column), 1.0 / max(1, len(column) - 1))
    moved = rest[:, None] * (1.0 - x)
    moved[i] = x
    return moved


def uniform(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """The column with entry i at each x, shape (states, m); the others share the rest evenly.

    >>> uniform(np.array([0.2, 0.3, 0.5]), 2, np.array([0.6])).ravel().round(6).tolist()
    [0.2, 0.2, 0.6]
    """
    moved = np.repeat(((1.0 - x) / max(1, len(column) - 1))[None, :], len(column), axis=0)
    moved[i] = x
    return moved


def order_preserving(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """The column with entry i at each x, shape (states, m), the order of the entries kept; NaN where that cannot be.

    The largest entry cannot be varied, and entry i of rank s (from 1) reaches at most 1 / (1 + states - s); equal entries
    rank in the order of the states.
    """
    states = len(column)
    rank = np.empty(states, dtype=int)
    rank[np.argsort(column, kind="stable")] = np.arange(1, states + 1)
    s, start = int(rank[i]), float(column[i])
    top = 1.0 / (1 + states - s)
    if s == states or not 0.0 < start < top:
        return np.full((states, len(x)), np.nan)
    above = float(column[rank > s].sum())
    down = np.where((rank < s)[:, None], column[:, None] / start * x, _stretched(column, above, start, x))
    share = (top - x) / (top - start)
    up = np.where((rank < s)[:, None], column[:, None] * share, (column[:, None] - top) * share + top)
    moved = np.where(x <= start, down, up)
    moved[i] = x
    return np.where((x >= 0.0) & (x <= top), moved, np.nan)


def _stretched(column: FloatArray, above: float, start: float, x: FloatArray) -> FloatArray:
    """The larger entries when entry i falls: in proportion to each other, taking what the lower ones leave."""
    return column[:, None] * (1.0 / above - (1.0 - above) / (above * start) * x)


SCHEME: dict[str, Callable[[FloatArray, int, FloatArray], FloatArray]] = {
    PROPORTIONAL: proportional,
    UNIFORM: uniform,
    ORDER_PRESERVING: order_preserving,
}


def moved_values(numbers: NumberMap, ks: IntArray, xs: FloatArray) -> FloatArray:
    """Values of all numbers with number ks[j] at xs[j] in column j, shape (n_numbers, m); siblings give way in proportion."""
    start = numbers.factors.values
    values = np.repeat(start[:, None], len(ks), axis=1)
    for j, (k, x) in enumerate(zip(ks.tolist(), xs.tolist(), strict=True)):
        values[k, j] = x
        siblings = numbers.siblings(k)
        if len(siblings):
            states = len(numbers.factors.states[numbers.family[k]])
            # Summed where every state is named, so that a tiny rest keeps its digits.
            left = float(start[siblings].sum()) if len(siblings) == states - 1 else 1.0 - start[k]
            values[siblings, j] = start[siblings] * ((1.0 - x) / left) if left > 0 else (1.0 - x) / (states - 1)
    return values
