"""Co-variation of a distribution when one of its entries changes: proportional, uniform, order-preserving.

The entries of one column as functions of the entry that is varied. Proportional co-variation has the smallest CD distance of
all (Chan & Darwiche 2005); the uniform one shares the rest evenly whatever it was, so that its curve need not pass through the
present answer; the order-preserving one keeps the order of the entries and is bounded by it.

References
----------
Renooij S (2014). Co-variation for sensitivity analysis in Bayesian networks: properties, consequences and alternatives.
Int J Approx Reason 55(4):1022-1042.
Leonelli M, Gorgen C, Smith JQ (2017). Sensitivity analysis in multilinear probabilistic models. Inf Sci 411:84-97.

"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.sensitivity.parameter_map import ENTRY, ParameterMap
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.model.factors import FloatArray, IntArray

PROPORTIONAL, UNIFORM, ORDER_PRESERVING = "proportional", "uniform", "order-preserving"
SCHEMES = (PROPORTIONAL, UNIFORM, ORDER_PRESERVING)


def proportional(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """Return the column with entry i at each x, shape (states, m); the others keep their proportions, evenly where entry i was
    one.
    >>> proportional(np.array([0.2, 0.3, 0.5]), 2, np.array([0.75])).ravel().round(6).tolist()
    [0.1, 0.15, 0.75]
    """
    others = 1.0 - column[i]
    rest = column / others if others > 0 else np.full(len(column), 1.0 / max(1, len(column) - 1))
    moved = rest[:, None] * (1.0 - x)
    moved[i] = x
    return moved


def uniform(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """Return the column with entry i at each x, shape (states, m); the others share the rest evenly.

    >>> uniform(np.array([0.2, 0.3, 0.5]), 2, np.array([0.6])).ravel().round(6).tolist()
    [0.2, 0.2, 0.6]
    """
    moved = np.repeat(((1.0 - x) / max(1, len(column) - 1))[None, :], len(column), axis=0)
    moved[i] = x
    return moved


def order_preserving(column: FloatArray, i: int, x: FloatArray) -> FloatArray:
    """Return the column with entry i at each x, shape (states, m), the order of the entries kept; NaN if that is impossible.

    The largest entry cannot be varied, and entry i of rank s (from 1) reaches at most 1 / (1 + states - s); equal entries
    rank in the order of the states.
    """
    states = len(column)
    rank = np.empty(states, dtype=int)
    rank[np.argsort(column, kind="stable")] = np.arange(1, states + 1)
    s, start = int(rank[i]), float(column[i])
    top = 1.0 / (1 + states - s)
    if s == states or not 0.0 < start < top:
        return np.full((states, len(x)), np.nan)
    above = float(column[rank > s].sum())
    down = np.where((rank < s)[:, None], column[:, None] / start * x, _stretched(column, above, start, x))
    share = (top - x) / (top - start)
    up = np.where((rank < s)[:, None], column[:, None] * share, (column[:, None] - top) * share + top)
    moved = np.where(x <= start, down, up)
    moved[i] = x
    return np.where((x >= 0.0) & (x <= top), moved, np.nan)


def _stretched(column: FloatArray, above: float, start: float, x: FloatArray) -> FloatArray:
    """Return the larger entries when entry i falls: in proportion to each other, taking what the lower ones leave."""
    return column[:, None] * (1.0 / above - (1.0 - above) / (above * start) * x)


SCHEME: dict[str, Callable[[FloatArray, int, FloatArray], FloatArray]] = {
    PROPORTIONAL: proportional,
    UNIFORM: uniform,
    ORDER_PRESERVING: order_preserving,
}


def moved_values(numbers: ParameterMap, ks: IntArray, xs: FloatArray) -> FloatArray:
    """Return values of all numbers with number ks[j] at xs[j] in column j, shape (n_numbers, m); siblings co-vary in
    proportion.
    """
    start = numbers.factors.values
    values = np.repeat(start[:, None], len(ks), axis=1)
    for j, (k, x) in enumerate(zip(ks.tolist(), xs.tolist(), strict=True)):
        values[k, j] = x
        siblings = numbers.siblings(k)
        if len(siblings):
            states = len(numbers.factors.states[numbers.family[k]])
            # Summed where every state is named, so that a tiny rest keeps its digits.
            rest = float(start[siblings].sum()) if len(siblings) == states - 1 else 1.0 - start[k]
            values[siblings, j] = start[siblings] * ((1.0 - x) / rest) if rest > 0 else (1.0 - x) / (states - 1)
    return values


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
        """The bounds of each number; an entry whose order must be kept is bounded by the larger ones, the largest is fixed."""
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
        """Return the probabilities with the column of entry k moved by the scheme."""
        position, i, column = self._column(k)
        moved = SCHEME[self.scheme](column, i, xs)
        return self.base[:, None] + self.weights[:, position] @ (moved - column[:, None])

    def _column(self, k: int) -> tuple[IntArray, int, FloatArray]:
        """Return positions of the column of entry k, its own place in it, and the entries."""
        numbers = self.numbers
        mine, _ = numbers.rows_of(np.array([k]))
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
    """Return the same response under another scheme of co-variation."""
    parts = (response.numbers, response.evidence, response.events, response.gradients, response.rerun)
    return SchemeResponse(*parts, scheme=scheme)
