"""Responses under uniform and order-preserving co-variation of table columns; proportional is the rule and needs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.covariation import ORDER_PRESERVING, SCHEME, UNIFORM
from bayesnet.analysis.numbers import ENTRY
from bayesnet.analysis.response import Response
from bayesnet.model.factors import FloatArray, IntArray


@dataclass(frozen=True)
class SchemeResponse(Response):
    """A response in which the entries of tables co-vary by `scheme`; gates keep their own way.

    P is linear in the entries of a column, so any scheme follows from the derivatives by entry. The uniform scheme gives straight
    lines that need not pass through the present point; the order-preserving one gives two pieces that meet there.
    """

    scheme: str = field(kw_only=True)

    @cached_property
    def entries(self) -> IntArray:
        """Numbers that are table entries."""
        return np.flatnonzero(self.numbers.kind == ENTRY)

    @cached_property
    def slopes(self) -> FloatArray:
        """The derivatives by every number under the scheme, shape (events + 1, n_numbers); of the lower of two pieces."""
        slopes = self.numbers.slopes(self.weights)
        for k in self.entries.tolist():
            position, i, column = self._column(k)
            if self.scheme == UNIFORM:
                g = self.weights[:, position]
                slopes[:, k] = g[:, i] - (g.sum(axis=1) - g[:, i]) / max(1, len(column) - 1)
            else:
                at = SCHEME[self.scheme](column, i, column[i] * np.array([0.0, 1.0]))
                slopes[:, k] = self.weights[:, position] @ (
                    (at[:, 1] - at[:, 0]) / column[i] if column[i] > 0 else at[:, 0] * np.nan
                )
        return slopes * self.moves

    @property
    def linear(self) -> NDArray[np.bool_]:
        """Straight lines, but for the two pieces of the order-preserving scheme."""
        linear = self.numbers.factors.linear.copy()
        if self.scheme == ORDER_PRESERVING:
            linear[self.entries] = False
        return linear

    @cached_property
    def domain(self) -> tuple[FloatArray, FloatArray]:
        """What each number can be; an entry whose order must be kept is bounded by the larger ones, the largest is stuck."""
        low, high = (bound.copy() for bound in self.numbers.domain)
        if self.scheme == ORDER_PRESERVING:
            for k in self.entries.tolist():
                _, i, column = self._column(k)
                top = 1.0 / (1 + len(column) - self._rank(column, i))
                stuck = self._rank(column, i) == len(column) or not 0.0 < column[i] < top
                low[k], high[k] = (column[i], column[i]) if stuck else (0.0, top)
        return low, high

    def lines(self, ks: IntArray) -> tuple[FloatArray, FloatArray]:
        """Slope and value at zero; under the uniform scheme the line is that of the evenly shared column."""
        slope, start = super().lines(ks)
        for j, k in enumerate(ks.tolist()):
            if self.scheme == UNIFORM and self.numbers.kind[k] == ENTRY:
                start[:, j] = self._through_column(k, np.zeros(1))[:, 0]
        return slope, start

    def _on_lines(self, ks: IntArray, xs: FloatArray) -> FloatArray:
        slope, start = self.lines(ks)
        return start + slope * xs

    def curve(self, k: int, xs: FloatArray) -> FloatArray | None:
        """Along the pieces of the order-preserving scheme; other numbers as ever."""
        if self.numbers.kind[k] == ENTRY:
            return self._through_column(k, xs)
        return super().curve(k, xs)

    def _through_column(self, k: int, xs: FloatArray) -> FloatArray:
        """The probabilities with the column of entry k moved by the scheme."""
        position, i, column = self._column(k)
        moved = SCHEME[self.scheme](column, i, xs)
        return self.base[:, None] + self.weights[:, position] @ (moved - column[:, None])

    def _column(self, k: int) -> tuple[IntArray, int, FloatArray]:
        """Positions of the column of entry k, its own place in it, and the entries."""
        numbers = self.numbers
        mine = numbers.rows_of(k)
        states = len(numbers.factors.states[numbers.family[k]])
        own = int(numbers.position[mine][np.argmax(numbers.partial[mine])])
        first = int(numbers.first[k])
        position = np.arange(first, first + states)
        return position, own - first, numbers.flat[position]

    @staticmethod
    def _rank(column: FloatArray, i: int) -> int:
        """Place of an entry in ascending order, from 1."""
        return int(np.flatnonzero(np.argsort(column, kind="stable") == i)[0]) + 1


def with_scheme(response: Response, scheme: str) -> SchemeResponse:
    """The same response under another scheme of co-variation."""
    parts = (response.numbers, response.evidence, response.events, response.gradients, response.rerun)
    return SchemeResponse(*parts, scheme=scheme)
