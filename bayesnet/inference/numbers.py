"""The numbers of all families with a batch axis, and the small arithmetic of ranks that leaves are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, IntArray

Choice = int | IntArray
"""A state or rank: one for all, or one per batch column."""


@dataclass(frozen=True)
class Numbers:
    """The arrays of all families with a batch axis last: `tensors[f][t]` as in `Factors`, or draws of it."""

    structure: Structure
    tensors: tuple[tuple[FloatArray, ...], ...]
    _cumulated: dict[int, tuple[FloatArray, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, structure: Structure, factors: Factors) -> Numbers:
        """The stored numbers, with a batch axis of length 1."""
        return cls(structure, tuple(tuple(t[..., None] for t in family.tensors) for family in factors.families))

    def up_to(self, v: int) -> tuple[FloatArray, ...]:
        """For each tensor of gate v, the probability of a rank up to r; axes as in the tensor, exactly 1 at the top rank."""
        if v not in self._cumulated:
            self._cumulated[v] = tuple(np.cumsum(t, axis=-2) for t in self.tensors[v])
            for cumulated in self._cumulated[v]:
                cumulated[..., -1, :] = 1.0
        return self._cumulated[v]


def pick(array: FloatArray, state: Choice, axis: int = 0) -> FloatArray:
    """One state along an axis; with a state per batch column, each column its own."""
    if isinstance(state, int):
        return np.asarray(array[state] if axis == 0 else array.take(state, axis))
    last = array.ndim - 1
    moved = array.transpose(*range(axis), *range(axis + 1, last), axis, last)
    return np.asarray(moved[..., 0].take(state, -1) if array.shape[-1] == 1 else moved[..., state, np.arange(len(state))])


def combine(rows: Sequence[FloatArray]) -> FloatArray:
    """The distribution of the largest of independent ranks, each row of shape (ranks, batch); nothing is subtracted."""
    result = rows[0]
    for row in rows[1:]:
        result = larger(result, row)
    return result


def larger(a: FloatArray, b: FloatArray) -> FloatArray:
    """The distribution of the larger of two independent ranks."""
    if len(a) == 2:
        return np.stack([a[0] * b[0], a[1] * (b[0] + b[1]) + a[0] * b[1]])
    below = np.zeros_like(a)
    np.cumsum(a[:-1], axis=0, out=below[1:])
    return np.asarray(a * np.cumsum(b, axis=0) + below * b)


def logarithm(x: FloatArray) -> FloatArray:
    """The natural logarithm, -inf at zero without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(x)
