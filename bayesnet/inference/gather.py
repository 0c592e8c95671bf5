"""C[c] += A[a] * B[b] over a list of row triples (a, b, c): the loop that all the time goes into, in three ways by size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bayesnet.model.factors import FloatArray, IntArray

SMALL = 1 << 10
"""Up to this many products: gather them all, then `reduceat`."""
MIDDLE = 1 << 14
"""Up to this many: gather them all, then multiply by a 0/1 matrix. Larger temporary arrays would cost more in page faults than
in arithmetic."""
THREADS = 1 << 18
"""Multiplications of a matrix product below which BLAS stays on one thread, where starting a second costs more than it saves."""
BLOCK = 128
"""Rows of at least this many cells are worth a loop over the triples, which needs no temporary arrays."""


@dataclass(frozen=True, slots=True)
class Gather:
    """The triples sorted by output row, every output row occurring at least once.

    `left`, `right` are the rows to multiply, None when the rows are used as they are; `starts` is where the products of each
    output row begin, None when there is one for each. `index` holds the three lists in full.
    """

    left: IntArray | None
    right: IntArray | None
    starts: IntArray | None
    rows: int
    size: int
    index: tuple[IntArray, IntArray, IntArray]

    @classmethod
    def of(cls, left: IntArray, right: IntArray, out: IntArray, counts: Sequence[int]) -> Gather:
        """Sort the triples; `counts` are the numbers of rows of the two operands and of the result."""
        order = np.argsort(out, kind="stable")
        left, right, out = left[order], right[order], out[order]
        return cls(
            None if _identity(left, counts[0]) else left,
            None if _identity(right, counts[1]) else right,
            None if len(out) == counts[2] else np.searchsorted(out, np.arange(counts[2])),
            counts[2],
            len(out),
            (left, right, out),
        )

    def apply(self, x: FloatArray, y: FloatArray, cells: int, reduce: np.ufunc = np.add) -> FloatArray:
        """Rows of the result.

        `x` and `y` have rows first, equally many axes, and broadcast in all but the rows, to `cells` cells a row.
        """
        products = self.size * cells
        if products > MIDDLE or (products > SMALL and self.rows * products > THREADS):
            return self._loop(x, y, reduce) if cells >= BLOCK else self._pieces(x, y, reduce, max(1, MIDDLE // cells))
        found = (x if self.left is None else x.take(self.left, 0)) * (y if self.right is None else y.take(self.right, 0))
        if self.starts is None:
            return found
        if products > SMALL and reduce is np.add:
            return np.asarray(self._sums() @ found.reshape(self.size, -1)).reshape(self.rows, *found.shape[1:])
        summed: FloatArray = reduce.reduce(found, 0, keepdims=True) if self.rows == 1 else reduce.reduceat(found, self.starts, 0)
        return summed

    def _pieces(self, x: FloatArray, y: FloatArray, reduce: np.ufunc, size: int) -> FloatArray:
        """Many short rows: the gathered way, a piece of the output rows at a time."""
        left, right, _ = self.index
        if self.starts is None:
            return np.asarray(x.take(left, 0) * y.take(right, 0))
        found = []
        step = max(1, size * self.rows // self.size)
        for begin in range(0, self.rows, step):
            first = self.starts[begin]
            last = self.starts[begin + step] if begin + step < self.rows else self.size
            products = x.take(left[first:last], 0) * y.take(right[first:last], 0)
            found.append(reduce.reduceat(products, self.starts[begin : begin + step] - first, 0))
        return np.concatenate(found)

    def _loop(self, x: FloatArray, y: FloatArray, reduce: np.ufunc) -> FloatArray:
        """Few long rows: one triple after the other, which stays in cache."""
        shape = np.broadcast_shapes(x.shape[1:], y.shape[1:])
        out = np.empty((self.rows, *shape))
        product = np.empty(shape)
        last = -1
        for a, b, c in zip(*(index.tolist() for index in self.index), strict=True):
            if c != last:
                row = out[c]
                np.multiply(x[a], y[b], out=row)
                last = c
            else:
                np.multiply(x[a], y[b], out=product)
                reduce(row, product, out=row)
        return out

    def _sums(self) -> FloatArray:
        return _sum_matrix(self.rows, self.size, self.index[2].tobytes())


def _identity(index: IntArray, rows: int) -> bool:
    return len(index) == rows and bool((index == np.arange(rows)).all())


@lru_cache(maxsize=512)
def _sum_matrix(rows: int, size: int, out: bytes) -> FloatArray:
    """The 0/1 matrix that adds products to their output rows."""
    matrix = np.zeros((rows, size))
    matrix[np.frombuffer(out, dtype=np.intp), np.arange(size)] = 1.0
    return matrix
