"""Factors made of arrays alone, without a model behind them."""

from __future__ import annotations

import numpy as np

from bayesnet.model.factors import Dependence, Factors, NoisyFamily, TableFamily


def factors_of(states: list[tuple[str, ...]], families: list[TableFamily | NoisyFamily]) -> Factors:
    """Factors without numbers behind them: v0, v1, ..."""
    nothing = np.empty(0, dtype=np.int64)
    dependence = Dependence(nothing, nothing, nothing, nothing, np.empty(0))
    names = tuple(f"v{i}" for i in range(len(states)))
    return Factors(names, tuple(states), tuple(families), (), np.empty(0), np.empty(0, dtype=bool), dependence)


def many_causes(count: int) -> Factors:
    """A noisy-OR of many binary causes, each with a rare effect."""
    binary = ("absent", "present")
    families: list[TableFamily | NoisyFamily] = [TableFamily(i, (), np.array([0.9, 0.1])) for i in range(count)]
    link = np.array([[1.0, 0.0], [1 - 1e-12, 1e-12]])
    families.append(NoisyFamily(count, tuple(range(count)), (0, 1), np.array([1 - 1e-12, 1e-12]), (link,) * count))
    return factors_of([binary] * (count + 1), families)
