"""Patients sampled from a network, many at a time: findings observed at random, setting, age and sex always known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from bayesnet.inference.evidence import Evidence
from bayesnet.model import load_model
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors, FloatArray, IntArray, NoisyFamily

KNOWN = ("setting", "age_group", "female")
OBSERVABLE = ("risk_factors", "history_and_examination", "laboratory", "imaging")


def worlds(factors: Factors, count: int, rng: np.random.Generator) -> IntArray:
    """Complete assignments, shape (count, variables), drawn parents first."""
    rows = np.zeros((count, len(factors.names)), dtype=np.int64)
    for v in factors.topological():
        family = factors.families[v]
        if isinstance(family, NoisyFamily):
            columns = [np.broadcast_to(family.leak, (count, len(family.leak)))]
            columns += [link[rows[:, p]] for p, link in zip(family.parents, family.links, strict=True)]
            rows[:, v] = np.array(family.order)[np.max([_draw(column, rng) for column in columns], axis=0)]
        else:
            rows[:, v] = _draw(family.table[tuple(rows[:, p] for p in family.parents)], rng, count)
    return rows


def _draw(columns: FloatArray, rng: np.random.Generator, count: int = 0) -> IntArray:
    columns = np.broadcast_to(columns, (count or len(columns), columns.shape[-1]))
    return np.minimum((columns.cumsum(1) < rng.random((len(columns), 1))).sum(1), columns.shape[1] - 1)


@lru_cache(maxsize=1)
def flagship() -> tuple[Factors, tuple[int, ...], tuple[int, ...]]:
    """back_pain: factors, the variables that may be observed, the diagnoses."""
    model = load_model("back_pain")
    factors = expand(model)
    groups = {name: variable.group for name, variable in model.variables.items()}
    grade = {p for v in model.variables.values() if v.gate == "deterministic" for p in v.parents}
    observable = [v for v, n in enumerate(factors.names) if groups.get(n) in OBSERVABLE and n not in KNOWN and (n not in grade)]
    diagnoses = [v for v, n in enumerate(factors.names) if groups.get(n) == "diagnoses"]
    return factors, tuple(observable), tuple(diagnoses)


def observed(factors: Factors, observable: Sequence[int], count: int, probability: float, seed: int) -> IntArray:
    """Rows of states with -1 where unobserved."""
    rng = np.random.default_rng(seed)
    rows = worlds(factors, count, rng)
    hidden = np.ones(rows.shape, dtype=bool)
    hidden[:, list(observable)] = rng.random((count, len(observable))) >= probability
    hidden[:, [factors.index[name] for name in KNOWN if name in factors.index]] = False
    rows[hidden] = -1
    return rows


def findings(row: IntArray) -> dict[int, int]:
    """What is known in a row."""
    return {v: int(state) for v, state in enumerate(row) if state >= 0}


def evidence(factors: Factors, row: IntArray) -> Evidence:
    """A row as evidence."""
    return Evidence.of(findings(row), factors.cards)
