"""Two numbers at once: the answer as a ratio of bilinear polynomials, and its surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.covariation import moved_values
from bayesnet.analysis.sensitivity.parameter_map import LEAK, parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, SensitivityQuery, ranges
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray
from bayesnet.results.tornado import TwoWay

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_NAN = (float("nan"),) * 4
_MOST = 690.0
"""Largest |ln P(e)| of which a double holds the exponential."""


def two_way(
    query: Query, target: str, number_1: str, number_2: str, points: int = 25, sample_size: float = SAMPLE_SIZE
) -> TwoWay:
    """Return P(target | findings) over a grid of two numbers; see `Case.two_way`.

    If both enter linearly and belong to different distributions, P(h, e) and P(e) are bilinear in them; their coefficients follow
    from the four corners of the grid. Every point of the surface is a run of the network.
    """
    compiled = query.compiled
    i, j = compiled.number(number_1), compiled.number(number_2)
    numbers, names = parameter_map(compiled), compiled.factors.number_ids
    if numbers.column[i] == numbers.column[j]:
        raise BayesnetError(
            f'"{names[i]}" and "{names[j]}" are entries of one distribution: when one moves, the other co-varies. '
            "Take two numbers of different distributions."
        )
    subject = SensitivityQuery.of(query, target)
    cited_ranges = ranges(compiled, sample_size)
    first, second = (_spread(cited_ranges.low[k], cited_ranges.high[k], points) for k in (i, j))
    values = _grid_values(compiled, i, j, first, second)
    surface, logs = subject.marginals(values, (subject.target,))
    here = subject.present((subject.target,))
    # Coefficients of probabilities where a double holds them, otherwise on the scale on which the largest P(e) is 1.
    scale = 0.0 if abs(float(logs.max())) < _MOST else float(logs.max())
    total = np.exp(logs - scale).reshape(points, points)
    hit = surface[0].reshape(points, points) * total
    bilinear = bool(compiled.factors.linear[i] and compiled.factors.linear[j]) and not _share_gate(compiled, i, j)
    return TwoWay(
        title=subject.title,
        provenance=subject.provenance,
        label=subject.label,
        number_1=names[i],
        number_2=names[j],
        now=(float(compiled.factors.values[i]), float(compiled.factors.values[j]), float(here[0])),
        first=tuple(first.tolist()),
        second=tuple(second.tolist()),
        values=tuple(tuple(row) for row in surface[0].reshape(points, points).tolist()),
        numerator=_bilinear(first, second, hit) if bilinear else _NAN,
        denominator=_bilinear(first, second, total) if bilinear else _NAN,
    )


def _share_gate(compiled: CompiledModel, i: int, j: int) -> bool:
    """Return whether one is a leak of the gate to which the other belongs: together they do not act bilinearly."""
    numbers = parameter_map(compiled)
    return bool(numbers.family[i] == numbers.family[j] and LEAK in (numbers.kind[i], numbers.kind[j]))


def _spread(low: float, high: float, points: int) -> FloatArray:
    """Evenly spaced values over a range; a number without one is refused."""
    if not high > low:
        raise BayesnetError(
            "A number without a range (certain, or a structural zero or one) has no surface; take one that varies."
        )
    return np.linspace(low, high, points)


def _grid_values(compiled: CompiledModel, i: int, j: int, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return values of all numbers at every point of the grid, the first number slow, shape (n_numbers, points ** 2)."""
    count = len(first)
    values = np.repeat(moved_values(parameter_map(compiled), np.full(count, i), first), count, axis=1)
    moved = np.tile(moved_values(parameter_map(compiled), np.full(count, j), second), (1, count))
    mine = [j, *parameter_map(compiled).siblings(j).tolist()]
    values[mine] = moved[mine]
    return values


def _bilinear(x: FloatArray, y: FloatArray, z: FloatArray) -> tuple[float, float, float, float]:
    """Coefficients of 1, x, y, x y through the four corners of a grid."""
    (x0, x1), (y0, y1) = (x[0], x[-1]), (y[0], y[-1])
    both = (z[-1, -1] - z[-1, 0] - z[0, -1] + z[0, 0]) / ((x1 - x0) * (y1 - y0))
    by_x = (z[-1, 0] - z[0, 0]) / (x1 - x0) - both * y0
    by_y = (z[0, -1] - z[0, 0]) / (y1 - y0) - both * x0
    return float(z[0, 0] - by_x * x0 - by_y * y0 - both * x0 * y0), float(by_x), float(by_y), float(both)
