"""The one operation of the engine: the product of two tensors whose noisy gates are still being assembled.

A tensor has *rows* and *plain axes*. The rows run over its gate axes: one axis per noisy gate that is still being assembled,
whose states say how far the causes multiplied so far have pushed the gate (for a noisy-OR: not fired yet, fired). Two tensors
that share a gate axis are multiplied by taking the larger of the two ranks, so that nothing is ever subtracted and every
answer keeps its relative precision (unlike the signed form of Quickscore, Heckerman 1989). The plain axes are ordinary
variables and broadcast. A variable that is summed out right after the product is counted among the rows of both operands,
so product, larger rank and sum are one list of row triples C[c] += A[a] * B[b]. The derivative of the operation is the
operation itself with the roles of A, B and C exchanged; its maximum instead of the sum gives the most probable assignment.

Of two ranks with a given maximum, either both are at most it and A's is equal, or A's is below and B's is equal. So with the
sums of B up to each rank at hand (B made *wide*), a pair of binary axes takes three products instead of four, k of them 3^k.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from bayesnet.inference import gather
from bayesnet.inference.gather import Gather
from bayesnet.model.factors import FloatArray

SHARED = 5
"""Shared gate axes handled by one list of triples; with more, the first is taken apart and its ranks multiplied one by one."""

Dimension = tuple[str, int]
"""One row axis: how it takes part in the product, and its number of states.

`max` in both operands, the larger rank; `dot` in both, equal states, summed; `a`, `b` in one, kept; `sum a` in one, summed.
"""
Key = tuple[tuple[Dimension, ...], tuple[int, ...], tuple[int, ...]]
"""What fixes the triples: the dimensions, and the order of each operand's row axes, outermost first."""


class Operation(ABC):
    """One product and its derivatives. Operands have rows first, equally many axes, and broadcast to `cells` cells a row."""

    @abstractmethod
    def product(self, a: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """A times B; the rows of the result run over the kept dimensions in order."""

    @abstractmethod
    def to_a(self, out: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """The derivative by A, given that by the result; plain axes that A lacks are still there."""

    @abstractmethod
    def to_b(self, out: FloatArray, a: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """The derivative by B, given that by the result; plain axes that B lacks are still there."""


@lru_cache(maxsize=4096)
def operation(key: Key) -> Operation:
    """The operation for a key."""
    shared = sum(kind == "max" for kind, _ in key[0])
    if shared == 0:
        return Direct(*_gathers(key, wide=False))
    if shared <= SHARED:
        return Shared(Direct(*_gathers(key, wide=False)), Direct(*_gathers(key, wide=True)), _widening(key))
    return Apart(*_without_first(key))


@dataclass(frozen=True, slots=True)
class Direct(Operation):
    """One list of triples, in the three directions (A, B -> C), (C', B -> A') and (C', A -> B')."""

    forward: Gather
    back_a: Gather
    back_b: Gather

    def product(self, a: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        return self.forward.apply(a, b, cells, reduce)

    def to_a(self, out: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        return self.back_a.apply(out, b, cells, reduce)

    def to_b(self, out: FloatArray, a: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        return self.back_b.apply(out, a, cells, reduce)


@dataclass(frozen=True, slots=True)
class Shared(Operation):
    """Small products go by the plain triples, larger ones by the fewer triples on B made wide by the 0/1 matrix `widen`."""

    narrow: Direct
    wide: Direct
    widen: FloatArray

    def product(self, a: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        if self.narrow.forward.size * cells <= gather.SMALL:
            return self.narrow.forward.apply(a, b, cells, reduce)
        return self.wide.forward.apply(a, _rows_times(self.widen, b), cells, reduce)

    def to_a(self, out: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        if self.narrow.forward.size * cells <= gather.SMALL:
            return self.narrow.back_a.apply(out, b, cells, reduce)
        return self.wide.back_a.apply(out, _rows_times(self.widen, b), cells, reduce)

    def to_b(self, out: FloatArray, a: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        if self.narrow.forward.size * cells <= gather.SMALL:
            return self.narrow.back_b.apply(out, a, cells, reduce)
        return _rows_times(self.widen.T, self.wide.back_b.apply(out, a, cells, reduce))


def _gathers(key: Key, wide: bool) -> tuple[Gather, Gather, Gather]:
    """The triples of a product, with B made wide along shared gate axes or as it is."""
    dimensions, order_a, order_b = key
    kept = _kept(dimensions)
    sizes = [size for _, size in dimensions]
    sizes_b = [2 * size - 1 if kind == "max" and wide else size for kind, size in dimensions]
    strides = [_strides(sizes, order_a), _strides(sizes_b, order_b), _strides(sizes, kept)]
    rows = [np.zeros(1, dtype=np.intp) for _ in range(3)]
    for i, (kind, size) in enumerate(dimensions):
        states = np.arange(size)
        low, high = np.triu_indices(size, 1)
        if kind != "max":
            choices = (states, states, states)
        elif wide:
            choices = (np.append(states, low), np.append(states, size - 1 + high), np.append(states, high))
        else:
            choices = (np.repeat(states, size), np.tile(states, size), np.maximum.outer(states, states).ravel())
        for k, choice in enumerate(choices):
            rows[k] = (rows[k][:, None] + strides[k][i] * choice[None, :]).ravel()
    a, b, c = rows
    count_a, count_b, count_c = prod(sizes[i] for i in order_a), prod(sizes_b[i] for i in order_b), prod(sizes[i] for i in kept)
    return (
        Gather.of(a, b, c, (count_a, count_b, count_c)),
        Gather.of(c, b, a, (count_c, count_b, count_a)),
        Gather.of(c, a, b, (count_c, count_a, count_b)),
    )


def _widening(key: Key) -> FloatArray:
    """The 0/1 matrix from the rows of B to wide rows: along a shared gate axis the sums up to each rank, then single ranks."""
    dimensions, _, order_b = key
    matrix: FloatArray = np.ones((1, 1))
    for i in order_b:
        kind, size = dimensions[i]
        step: FloatArray = np.vstack([np.tri(size), np.eye(size)[1:]]) if kind == "max" else np.eye(size)
        matrix = np.asarray(np.kron(matrix, step), dtype=float)
    return matrix


def _kept(dimensions: tuple[Dimension, ...]) -> tuple[int, ...]:
    return tuple(i for i, (kind, _) in enumerate(dimensions) if kind in ("max", "a", "b"))


def _strides(sizes: list[int], order: tuple[int, ...]) -> list[int]:
    """The step of each dimension in the rows of one operand; zero where the operand does not have it."""
    strides, step = [0] * len(sizes), 1
    for i in reversed(order):
        strides[i] = step
        step *= sizes[i]
    return strides


def _rows_times(matrix: FloatArray, x: FloatArray) -> FloatArray:
    """A matrix times the rows of x, in pieces that BLAS does on one thread."""
    flat = x.reshape(len(x), -1)
    out = np.empty((len(matrix), flat.shape[1]))
    step = max(1, gather.THREADS // matrix.size)
    for begin in range(0, flat.shape[1], step):
        np.matmul(matrix, flat[:, begin : begin + step], out=out[:, begin : begin + step])
    return out.reshape(len(matrix), *x.shape[1:])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dimension lies among rows: the rows before it, its size, the rows after it."""

    before: int
    size: int
    after: int

    def split(self, x: FloatArray) -> FloatArray:
        """One part per rank, each with the other rows."""
        parts = x.reshape(self.before, self.size, self.after, *x.shape[1:]).swapaxes(0, 1)
        return parts.reshape(self.size, self.before * self.after, *x.shape[1:])

    def join(self, parts: list[FloatArray]) -> FloatArray:
        """The inverse of `split`."""
        tail = parts[0].shape[1:]
        stacked = np.stack(parts).reshape(self.size, self.before, self.after, *tail).swapaxes(0, 1)
        return stacked.reshape(self.before * self.size * self.after, *tail)


@dataclass(frozen=True, slots=True)
class Apart(Operation):
    """Taken apart by the ranks of the first shared gate axis: C_j = A_j (B_0 + ... + B_j) + (A_0 + ... + A_j-1) B_j."""

    rest: Operation
    in_a: Place
    in_b: Place
    in_out: Place

    def product(self, a: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        parts_a, parts_b = self.in_a.split(a), self.in_b.split(b)
        upto_a, upto_b = np.cumsum(parts_a, 0), np.cumsum(parts_b, 0)
        found = [self.rest.product(part, upto, cells, reduce) for part, upto in zip(parts_a, upto_b, strict=True)]
        for j in range(1, len(found)):
            found[j] = found[j] + self.rest.product(upto_a[j - 1], parts_b[j], cells, reduce)
        return self.in_out.join(found)

    def to_a(self, out: FloatArray, b: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        parts_out, parts_b = self.in_out.split(out), self.in_b.split(b)
        upto_b = np.cumsum(parts_b, 0)
        found = [self.rest.to_a(part, upto, cells, reduce) for part, upto in zip(parts_out, upto_b, strict=True)]
        above: FloatArray | float = 0.0
        for j in range(len(found) - 1, 0, -1):
            above = above + self.rest.to_a(parts_out[j], parts_b[j], cells, reduce)
            found[j - 1] = found[j - 1] + above
        return self.in_a.join(found)

    def to_b(self, out: FloatArray, a: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """See `Operation`."""
        parts_out, parts_a = self.in_out.split(out), self.in_a.split(a)
        upto_a = np.cumsum(parts_a, 0)
        found: list[FloatArray] = []
        above: FloatArray | float = 0.0
        for j in range(len(parts_out) - 1, -1, -1):
            above = above + self.rest.to_b(parts_out[j], parts_a[j], cells, reduce)
            found.append(above + self.rest.to_b(parts_out[j], upto_a[j - 1], cells, reduce) if j else np.asarray(above))
        return self.in_b.join(found[::-1])


def _without_first(key: Key) -> tuple[Operation, Place, Place, Place]:
    """The operation without the first shared gate axis, and where that lies in the rows of A, B and the result."""
    dimensions, order_a, order_b = key
    first = next(i for i, (kind, _) in enumerate(dimensions) if kind == "max")
    places = []
    for order in (order_a, order_b, _kept(dimensions)):
        at = order.index(first)
        sizes = [dimensions[i][1] for i in order]
        places.append(Place(prod(sizes[:at]), sizes[at], prod(sizes[at + 1 :])))
    less_a, less_b = (tuple(i - (i > first) for i in order if i != first) for order in (order_a, order_b))
    return operation((dimensions[:first] + dimensions[first + 1 :], less_a, less_b)), places[0], places[1], places[2]
