"""Rows in which age or sex is not known: answered for every state of such a hub, and the answers mixed.

With a hub fixed the rest falls into small tables; left open it joins them all. Twelve narrow answers share a plan and take less
time than one wide one, and much less memory.
"""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np

from bayesnet.inference.answers import Cohort
from bayesnet.inference.engine import Engine
from bayesnet.inference.network import Structure
from bayesnet.model.factors import FloatArray, IntArray

_CHILDREN = 10
"""Children from which a variable is a hub."""
_CONTEXTS = 64
"""Most combinations of the states of hubs."""
_ROWS = 8192
"""Rows that are answered for every context together."""


def answered(engine: Engine, rows: IntArray, variables: list[int], workers: int | None = None) -> Cohort:
    """Return posteriors of `variables` for every row, as `Engine.cohort` does."""
    hubs, rows = _hubs(engine.structure), rows.astype(np.int16)  # a cohort is many rows: a fourth of the memory
    if not len(hubs) or (rows[:, hubs] >= 0).all():
        return engine.cohort(rows, variables, workers)
    logs = np.full(len(rows), -np.inf)
    marginals = {v: np.full((len(rows), engine.structure.cards[v]), np.nan) for v in variables}
    open_ = rows[:, hubs] < 0
    for pattern in np.unique(open_, axis=0):
        group = np.flatnonzero((open_ == pattern).all(axis=1))
        size = _ROWS if pattern.any() else len(group)
        for begin in range(0, len(group), size):
            part = group[begin : begin + size]
            found = _mixed(engine, rows[part], hubs[pattern], variables, workers)
            logs[part] = found.log_probability
            for v in variables:
                marginals[v][part] = found.marginals[v]
    return Cohort(logs, marginals)


def _hubs(structure: Structure) -> IntArray:
    """Return the variables with many children, those with most first, whose states make few combinations."""
    hubs: list[int] = []
    for v in sorted(range(len(structure.cards)), key=lambda v: -len(structure.children[v])):
        if len(structure.children[v]) >= _CHILDREN and prod(structure.cards[u] for u in (*hubs, v)) <= _CONTEXTS:
            hubs.append(v)
    return np.array(hubs, dtype=np.int64)


def _mixed(engine: Engine, rows: IntArray, hubs: IntArray, variables: list[int], workers: int | None) -> Cohort:
    """Return the answers for every combination of the states of `hubs`, weighted by its probability."""
    contexts = np.array(list(product(*(range(engine.structure.cards[v]) for v in hubs))), dtype=np.int64)
    every = np.repeat(rows, len(contexts), axis=0)
    every[:, hubs] = np.tile(contexts, (len(rows), 1))
    found = engine.cohort(every, variables, workers)
    logs = found.log_probability.reshape(len(rows), len(contexts))
    top = logs.max(axis=1, keepdims=True)
    weight = np.exp(logs - np.where(top > -np.inf, top, 0.0))
    total = weight.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, whole = weight / total, (top + np.log(total))[:, 0]

    def mixed(v: int) -> FloatArray:
        each = found.marginals[v].reshape(len(rows), len(contexts), -1)
        return np.asarray(np.einsum("rc,rcs->rs", share, np.where(np.isnan(each), 0.0, each)))

    return Cohort(whole, {v: mixed(v) for v in variables})
