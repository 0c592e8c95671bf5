"""Shapley values of findings: the mean contribution to the log-odds over all orders in which they could have been found.

References
----------
Shapley LS (1953). A value for n-person games. Contributions to the Theory of Games II, 307-317. Princeton University Press.
Lundberg SM, Lee SI (2017). A unified approach to interpreting model predictions. NeurIPS 30, 4765-4774.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bayesnet.model.factors import FloatArray


def shapley(values: FloatArray) -> FloatArray:
    """Exact Shapley values of a game given by all its subsets.

    Parameters
    ----------
    values
        Shape (2,) * n: `values[s1, ..., sn]` is the worth of the players with s = 1.

    Returns
    -------
    Shape (n,); the values sum to the worth of all less the worth of none. NaN where some subset has no finite worth.

    >>> shapley(np.array([[0.0, 1.0], [2.0, 5.0]]))
    array([3., 2.])
    """
    n = values.ndim
    if not n:
        return np.zeros(0)
    if not np.isfinite(values).all():
        return np.full(n, math.nan)
    size = np.indices((2,) * (n - 1)).sum(axis=0) if n > 1 else np.zeros((), dtype=int)
    weight = np.array([math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in range(n)])[size]
    return np.array([float((weight * (values.take(1, axis=i) - values.take(0, axis=i))).sum()) for i in range(n)])


def sampled_shapley(
    worth: Callable[[tuple[bool, ...]], float], n: int, rng: np.random.Generator, pairs: int
) -> tuple[FloatArray, FloatArray]:
    """Shapley values estimated from random orders, each taken forwards and backwards.

    Parameters
    ----------
    worth
        Gives the worth of a subset; called once for each subset.
    n
        Number of players.
    rng
        Where the orders come from.
    pairs
        How many orders, each with its reverse.

    Returns
    -------
    Values and their standard errors, each of shape (n,); the values sum to the worth of all less the worth of none.
    """
    known: dict[tuple[bool, ...], float] = {}

    def of(taken: list[bool]) -> float:
        key = tuple(taken)
        if key not in known:
            known[key] = worth(key)
        return known[key]

    means = np.empty((pairs, n))
    for k in range(pairs):
        order = rng.permutation(n)
        both = np.zeros(n)
        for path in (order, order[::-1]):
            taken = [False] * n
            before = of(taken)
            for i in path:
                taken[i] = True
                after = of(taken)
                both[i] += after - before
                before = after
        means[k] = both / 2.0
    if not np.isfinite(means).all():
        return np.full(n, math.nan), np.full(n, math.nan)
    return means.mean(axis=0), means.std(axis=0, ddof=1) / math.sqrt(pairs)
