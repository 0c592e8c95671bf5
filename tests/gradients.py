"""The derivatives of P(e) by every tensor entry, family by family, as the engine and plain elimination give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.gradient import derivatives
from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, slots=True)
class Gradient:
    """P(e) = `value` * exp(`log_scale`), and its derivatives by every tensor entry, on the same scale.

    `adjoints[f][t]` has the shape of `factors.families[f].tensors[t]`. A family that cannot influence P(e) as long as its columns
    sum to one (an unobserved variable with no observed descendant) has zeros.
    """

    value: float
    log_scale: float
    adjoints: tuple[tuple[FloatArray, ...], ...]


def gradient_of(engine: Engine, evidence: Evidence, clamp: Mapping[int, int] | None = None) -> Gradient:
    """P(clamp, e) and its derivative by every tensor entry."""
    for v, state in (clamp or {}).items():
        evidence = evidence.with_likelihood(v, one_hot(engine.structure.cards[v], state))
    return _by_family(engine, *derivatives(engine, evidence, []))[-1]


def gradient_pair(engine: Engine, evidence: Evidence, target: tuple[int, int]) -> tuple[Gradient, Gradient]:
    """The gradients of P(target, e) and of P(e) on one common scale."""
    hit, total = _by_family(engine, *derivatives(engine, evidence, [target]))
    return hit, total


def _by_family(engine: Engine, values: FloatArray, scale: float, flat: FloatArray) -> list[Gradient]:
    sizes = [[tensor.shape for tensor in family.tensors] for family in engine.factors.families]
    cuts = np.cumsum([int(np.prod(shape)) for row in sizes for shape in row])[:-1]
    found = []
    for value, row in zip(values, flat, strict=True):
        parts = iter(np.split(row, cuts))
        found.append(Gradient(float(value), scale, tuple(tuple(next(parts).reshape(shape) for shape in row) for row in sizes)))
    return found
