"""Distributions made of numbers: each entry is a number, or the rest that closes its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet.model.factors import FloatArray, IntArray

CLOSES_WITHIN = 1e-6
"""A column of numbers that sums to 1 within this is divided by its sum; beyond it the model is refused."""


SMALL_REST = 1e-3
"""Below this the rest of a column is had without rounding on the way, so that a rest of 1e-12 keeps its digits."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Several distributions over the same states.

    `number` has shape (columns, states): the position of each entry's number, -1 for the rest. `rest` has shape (columns,): the
    state that is the rest, -1 where every state has a number.
    """

    number: IntArray
    rest: IntArray

    @classmethod
    def of(cls, ids: Sequence[Sequence[str]], position: Mapping[str, int]) -> Columns:
        """Look up the numbers of each column.

        Raises
        ------
        KeyError
            With an id, where more than one entry of a column has no number.
        """
        number = np.array([[position.get(name, -1) for name in column] for column in ids], dtype=np.int64)
        missing = number < 0
        short = missing.sum(axis=1)
        if (short > 1).any():
            column = int(np.argmax(short > 1))
            raise KeyError(ids[column][int(np.flatnonzero(missing[column])[-1])])
        return cls(number, np.where(short == 1, missing.argmax(axis=1), -1))

    def only(self, columns: list[int]) -> Columns:
        """Return some of the columns."""
        return self if len(columns) == len(self.rest) else Columns(self.number[columns], self.rest[columns])

    def fill(self, values: FloatArray) -> FloatArray:
        """Return the distributions for a batch of values, shape (n_numbers, batch) to (columns, states, batch).

        Full columns are divided by their sum. Where drawn numbers sum to more than 1 the rest is 0 and they are divided by it.
        """
        entries = values[self.number]
        short = np.flatnonzero(self.rest >= 0)
        rest = self.rest[short]
        entries[short, rest] = 0.0
        total = entries.sum(axis=1)
        scale = np.maximum(total, 1.0)
        if len(short) < len(self.rest):
            rounding = 4 * np.finfo(float).eps * entries.shape[1]
            closed = np.abs(total - 1.0) <= rounding
            scale = np.where(closed, 1.0, np.where((self.rest < 0)[:, None], total, scale))
        left = 1.0 - total[short]
        if left.size and entries.shape[1] > 2 and left.min() < SMALL_REST:
            left = _rest(entries[short])
        entries /= scale[:, None, :]
        entries[short, rest] = np.maximum(left, 0.0)
        return entries

    def close(self, values: FloatArray) -> None:
        """Replace the values of full columns by the entries they become, in place; shape (n_numbers,)."""
        full = self.rest < 0
        if not full.any():
            return
        values[self.number[full]] = self.fill(values[:, None])[full, :, 0]


def _rest(entries: FloatArray) -> FloatArray:
    """1 - the sum over states, shape (columns, states, batch) to (columns, batch), rounded once (Neumaier 1974)."""
    total = np.ones_like(entries[:, 0])
    lost = np.zeros_like(total)
    for state in range(entries.shape[1]):
        entry = -entries[:, state]
        summed = total + entry
        shifted = summed - total
        lost += (total - (summed - shifted)) + (entry - shifted)
        total = summed
    left = total + lost
    # 0.1, 0.2 and 0.7 are not quite these decimals in binary: what they leave is meant to be nothing, and must stay impossible.
    return np.where(np.abs(left) <= np.finfo(float).eps, 0.0, left)


def co_variation(entries: FloatArray) -> FloatArray:
    """Return how a column moves with each of its entries: d entry j / d entry i at [..., i, j], shape (..., states, states).

    The other entries co-vary in proportion (Laskey 1995; Chan & Darwiche 2002), evenly where the moving entry is 1. The only
    entry of a column cannot move.
    """
    states = entries.shape[-1]
    if states == 1:
        return np.zeros((*entries.shape, 1))
    others = (entries @ (1.0 - np.eye(states)))[..., None]
    moved = np.full((*entries.shape, states), -1.0 / (states - 1))
    # Only an entry over what is left beside it, which is replaced, can be too large.
    with np.errstate(over="ignore"):
        np.divide(-entries[..., None, :], others, out=moved, where=others > 0)
    moved[..., np.arange(states), np.arange(states)] = 1.0
    return moved
