"""The gates that hold numbers: full tables, noisy-OR and noisy-MAX, odds ratios.

Each gate turns a batch of values of the numbers into the tensors of its family, and says how each entry depends on each number.
Noisy gates and odds ratios store what studies print; the engine receives what it multiplies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Protocol

import numpy as np

from bayesnet.model.columns import Columns, co_variation
from bayesnet.model.factors import Family, FloatArray, IntArray, NoisyFamily, TableFamily

NOTHING: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Partials:
    """Partial derivatives of the tensors of a gate: tensor, entry (C order), number, value; no zeros."""

    tensor: IntArray
    entry: IntArray
    number: IntArray
    partial: FloatArray


class Gate(Protocol):
    """The components of a variable's conditional distribution."""

    def tensors(self, values: FloatArray, known: Mapping[int, int] = NOTHING) -> tuple[FloatArray, ...]:
        """Return the tensors for a batch of values, shape (n_numbers, batch), batch axis last.

        Where the state of a variable is `known`, the entries for its other states may be anything.
        """

    def family(self, tensors: tuple[FloatArray, ...]) -> Family:
        """Return the family that holds these tensors (without batch axis)."""

    def partials(self, values: FloatArray) -> list[Partials]:
        """Return the derivatives at these values, shape (n_numbers,), columns co-varying."""

    def curved(self) -> IntArray:
        """Return the numbers in which the probability of an event is not a straight line."""

    def close(self, values: FloatArray) -> None:
        """Divide columns that are full by their sum, in place; shape (n_numbers,)."""


@dataclass(frozen=True, slots=True)
class FixedGate:
    """A gate without numbers: deterministic variables."""

    fixed: Family

    def tensors(self, values: FloatArray, known: Mapping[int, int] = NOTHING) -> tuple[FloatArray, ...]:  # noqa: ARG002
        """Return the same tensors whatever the values, repeated along the batch without a copy."""
        return tuple(np.broadcast_to(t[..., None], (*t.shape, values.shape[1])) for t in self.fixed.tensors)

    def family(self, tensors: tuple[FloatArray, ...]) -> Family:  # noqa: ARG002 - it is always the same
        """Return the one family there is."""
        return self.fixed

    def partials(self, values: FloatArray) -> list[Partials]:  # noqa: ARG002 - at no values
        """Return nothing: no entry depends on a number."""
        return []

    def curved(self) -> IntArray:
        """Return nothing."""
        return np.empty(0, dtype=np.int64)

    def close(self, values: FloatArray) -> None:
        """Change nothing."""


@dataclass(frozen=True, slots=True)
class TableGate:
    """A full conditional table; `shape` holds the states of each parent, then of the child."""

    child: int
    parents: tuple[int, ...]
    shape: tuple[int, ...]
    columns: Columns

    def tensors(self, values: FloatArray, known: Mapping[int, int] = NOTHING) -> tuple[FloatArray, ...]:  # noqa: ARG002
        """Return the table, shape (states of each parent, states, batch)."""
        return (self.columns.fill(values).reshape(*self.shape, values.shape[1]),)

    def family(self, tensors: tuple[FloatArray, ...]) -> Family:
        """Return the table as a family."""
        return TableFamily(self.child, self.parents, tensors[0])

    def partials(self, values: FloatArray) -> list[Partials]:
        """Move each entry with its column giving way."""
        moved = co_variation(self.columns.fill(values[:, None])[:, :, 0])
        rows = np.arange(len(moved))
        return [_of_columns(self.columns.number, moved, 0 * rows, rows)]

    def curved(self) -> IntArray:
        """Return nothing: every entry is an affine function of each number."""
        return np.empty(0, dtype=np.int64)

    def close(self, values: FloatArray) -> None:
        """Divide full columns by their sum."""
        self.columns.close(values)


@dataclass(frozen=True, slots=True)
class NoisyGate:
    """A leaky noisy-OR or noisy-MAX in Henrion's parameters (Henrion 1989): columns *include* the leak.

    The first of `columns` is the leak, the others are the links, their states in rank order (`order`). `slots` gives for each
    link the position of its parent and of the parent's state; `cards` the states of each parent. The engine receives the net
    (Diez 1993) form, in which the leak is taken out of each link: cumulative P(rank <= k | cause, leak) / P(rank <= k | leak).
    """

    child: int
    parents: tuple[int, ...]
    cards: tuple[int, ...]
    order: tuple[int, ...]
    columns: Columns
    slots: tuple[tuple[int, int], ...]

    def tensors(self, values: FloatArray, known: Mapping[int, int] = NOTHING) -> tuple[FloatArray, ...]:
        """Return the leak, shape (ranks, batch), then one link per parent, shape (states of the parent, ranks, batch)."""
        rows = [k for k, (i, state) in enumerate(self.slots) if known.get(self.parents[i], state) == state]
        slots = [self.slots[k] for k in rows]
        compound = self.columns.only([0, *(1 + k for k in rows)]).fill(values)
        net = _without_leak(compound)
        ranks, batch = compound.shape[1:]
        links = []
        for parent, card in enumerate(self.cards):
            link = np.zeros((card, ranks, batch))
            link[:, 0] = 1.0
            links.append(link)
            for row, (i, state) in enumerate(slots):
                if i == parent:
                    link[state] = net[row]
        return (compound[0], *links)

    def family(self, tensors: tuple[FloatArray, ...]) -> Family:
        """Return the gate as a family, factorised."""
        return NoisyFamily(self.child, self.parents, self.order, tensors[0], tensors[1:])

    def partials(self, values: FloatArray) -> list[Partials]:
        """Move each link with its own numbers, and leak and all links with the numbers of the leak."""
        compound = self.columns.fill(values[:, None])[:, :, 0]
        moved = co_variation(compound)
        cumulative, inverse = _cumulative(compound), _inverse_cumulative(compound[0])
        own = _differences(_cumulative(moved[1:], total=0.0) * inverse)
        leak = _cumulative(moved[0], total=0.0) * inverse**2
        shared = _differences(-leak[None] * cumulative[1:, None, :])
        number = self.columns.number
        parent, state = np.array(self.slots, dtype=np.int64).reshape(-1, 2).T
        nothing = np.zeros(1, dtype=np.int64)
        return [
            _of_columns(number[:1], moved[:1], nothing, nothing),
            _of_columns(number[1:], own, 1 + parent, state),
            _of_columns(np.repeat(number[:1], len(state), axis=0), shared, 1 + parent, state),
        ]

    def curved(self) -> IntArray:
        """Return the numbers of the leak if there are several parents.

        P(rank <= k) = L_k^(1 - m) * product of the m active links: with one parent it is a straight line in the leak.
        """
        leak = self.columns.number[0]
        return leak[leak >= 0] if len(self.parents) > 1 else np.empty(0, dtype=np.int64)

    def close(self, values: FloatArray) -> None:
        """Divide full columns by their sum."""
        self.columns.close(values)


@dataclass(frozen=True, slots=True)
class OddsGate:
    """odds(child) = baseline x the odds ratio of each parent's state (logistic regression without interactions).

    `ratios` gives for each odds ratio its number, the position of the parent and of the parent's state; `target` is the child's
    state that the odds are about. The table is spelled out.
    """

    child: int
    parents: tuple[int, ...]
    cards: tuple[int, ...]
    target: int
    baseline: int
    ratios: tuple[tuple[int, int, int], ...]

    def tensors(self, values: FloatArray, known: Mapping[int, int] = NOTHING) -> tuple[FloatArray, ...]:
        """Return the table, shape (states of each parent, 2, batch)."""
        part = tuple(slice(known[p], known[p] + 1) if p in known else slice(None) for p in self.parents)
        odds = self._odds(values, part=part)
        table = np.zeros((*self.cards, 2, odds.shape[-1]))
        with np.errstate(divide="ignore"):
            table[*part, ..., self.target, :] = 1.0 / (1.0 + 1.0 / odds)
        table[*part, ..., 1 - self.target, :] = 1.0 / (1.0 + odds)
        return (table,)

    def family(self, tensors: tuple[FloatArray, ...]) -> Family:
        """Return the table as a family."""
        return TableFamily(self.child, self.parents, tensors[0])

    def partials(self, values: FloatArray) -> list[Partials]:
        """d p / d factor = (odds / factor) (1 - p)^2, over the combinations that the factor touches."""
        odds = self._odds(values[:, None])[..., 0]
        steepness = (1.0 / (1.0 + odds)) ** 2
        cells = np.arange(prod(self.cards)).reshape(self.cards)
        found = [self._one(self.baseline, values, odds, steepness, cells)]
        for number, parent, state in self.ratios:
            touched = (slice(None),) * parent + (state,)
            found.append(self._one(number, values, odds[touched], steepness[touched], cells[touched]))
        return found

    def curved(self) -> IntArray:
        """Return all numbers: a probability is not a straight line in its odds."""
        return np.array([self.baseline, *(number for number, _, _ in self.ratios)], dtype=np.int64)

    def close(self, values: FloatArray) -> None:
        """Change nothing: odds need not sum to anything."""

    def _odds(self, values: FloatArray, *, one: int = -1, part: tuple[slice, ...] = ()) -> FloatArray:
        """Return the odds of every combination, or of `part`, shape (states of each parent, batch); number `one` taken as 1."""
        factors = values if one < 0 else np.where(np.arange(len(values))[:, None] == one, 1.0, values)
        by_parent = [np.ones((card, values.shape[1])) for card in self.cards]
        for number, parent, state in self.ratios:
            by_parent[parent][state] = factors[number]
        odds: FloatArray = factors[self.baseline]
        for factor, which in zip(by_parent, part or (slice(None),) * len(self.cards), strict=True):
            odds = odds[..., None, :] * factor[which]
        return odds

    def _one(self, number: int, values: FloatArray, odds: FloatArray, steepness: FloatArray, cells: IntArray) -> Partials:
        """Return the derivatives by one number; a factor of 0 hides the odds without it, so they are had again."""
        if values[number] > 0:
            others = odds / values[number]
        else:
            others = self._odds(values[:, None], one=number)[..., 0].ravel()[cells.ravel()].reshape(cells.shape)
        slope = (others * steepness).ravel()
        slope, entry = slope[slope != 0], 2 * cells.ravel()[slope != 0]
        return Partials(
            np.zeros(2 * slope.size, dtype=np.int64),
            np.concatenate([entry + self.target, entry + 1 - self.target]),
            np.full(2 * slope.size, number, dtype=np.int64),
            np.concatenate([slope, -slope]),
        )


def _without_leak(compound: FloatArray) -> FloatArray:
    """Return the net links, shape (links, ranks, batch), from the compound columns, leak first, shape (1 + links, ranks, batch).

    The net probability of rank k is C_k / L_k - C_(k-1) / L_(k-1). Written as (d_k L_(k-1) + l_k T_k) / (L_k L_(k-1)), with d the
    differences of column and leak and T_k = L_(k-1) - C_(k-1) the sum of them from k upwards, only the stored numbers themselves
    are subtracted, so that a link of 1e-12 keeps all its digits. T is summed from the side that rounds less.
    """
    leak, columns = compound[0], compound[1:]
    if not len(columns):
        return columns
    above = columns - leak
    cumulative, inverse = _cumulative(np.swapaxes(leak, 0, 1)).T, _inverse_cumulative(np.swapaxes(leak, 0, 1)).T
    from_above = np.cumsum(above[:, :0:-1], axis=1)[:, ::-1]
    from_below = -np.cumsum(above[:, :-1], axis=1)
    # What each sum may be off by, in units of rounding: the neutral state is a rest, already rounded; the others are exact.
    size = np.abs(above)
    size[:, 0] = columns[:, 0] + leak[0]
    off_above = np.cumsum(size[:, :0:-1], axis=1)[:, ::-1]
    tails = np.where(np.cumsum(size[:, :-1], axis=1) < off_above, from_below, from_above)
    net = np.empty_like(columns)
    net[:, 0] = columns[:, 0] * inverse[0]
    net[:, 1:] = (above[:, 1:] * cumulative[:-1] + leak[1:] * tails) * inverse[1:] * inverse[:-1]
    # Where the leak leaves nothing below a rank, every cause produces at least that rank.
    certain = cumulative[:-1] == 0
    if certain.any():
        reached = _cumulative(np.swapaxes(columns, 1, 2)).swapaxes(1, 2)[:, 1:] * inverse[1:]
        net[:, 1:] = np.where(certain, reached, net[:, 1:])
    # Drawn numbers may put a link below its leak: then the cause does nothing.
    np.maximum(net, 0.0, out=net)
    total = net.sum(axis=1)
    # Beside a leak that is almost certain the last bits of the stored numbers are magnified.
    off = np.abs(total - 1.0) > 4 * np.finfo(float).eps
    if off.any():
        net /= np.where(off, total, 1.0)[:, None]
    return net


def _cumulative(entries: FloatArray, total: float = 1.0) -> FloatArray:
    """Sums up to each rank along the last axis; the last is `total` exactly."""
    sums = np.cumsum(entries, axis=-1)
    sums[..., -1] = total
    return sums


def _inverse_cumulative(leak: FloatArray) -> FloatArray:
    """1 / P(rank <= k | leak), 0 where the leak leaves nothing there."""
    cumulative = _cumulative(leak)
    inverse = np.zeros_like(cumulative)
    np.divide(1.0, cumulative, out=inverse, where=cumulative > 0)
    return inverse


def _differences(cumulative: FloatArray) -> FloatArray:
    """Entries from their sums up to each rank, along the last axis."""
    entries = cumulative.copy()
    entries[..., 1:] -= cumulative[..., :-1]
    return entries


def _of_columns(number: IntArray, moved: FloatArray, tensor: IntArray, row: IntArray) -> Partials:
    """Partials of columns of which column c is row `row[c]` of tensor `tensor[c]`.

    `number` has shape (columns, states), `moved` (columns, states that move, states).
    """
    column, mover, state = np.nonzero(moved * (number >= 0)[:, :, None])
    return Partials(tensor[column], row[column] * moved.shape[-1] + state, number[column, mover], moved[column, mover, state])
