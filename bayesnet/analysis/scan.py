"""Where a probability, or a difference of two, reaches a value as one number moves over all it can be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesnet.analysis.numbers import ODDS
from bayesnet.analysis.response import Response
from bayesnet.analysis.roots import bracketed_roots
from bayesnet.model.factors import FloatArray

Margin = Callable[[FloatArray], FloatArray]
"""Rows of probabilities, shape (events + 1, m), to a value per column, shape (m,); linear in the rows."""


def crossings(response: Response, k: int, margin: Margin) -> list[float]:
    """Every value of number k within its domain at which the margin is zero, smallest first; empty where it is zero throughout.

    In closed form for straight lines; for curves by a scan over the domain and a root in every bracket, to machine precision.
    """
    lowest, highest = (float(bound[k]) for bound in response.domain)
    if response.linear[k]:
        slope, start = (float(margin(row)[0]) for row in response.lines(np.array([k])))
        x = -start / slope if slope else np.nan
        return [min(max(x, lowest), highest)] if lowest - 1e-15 <= x <= highest + 1e-15 else []
    return zeros(scan_points(response, k), lambda xs: margin(response.at(np.full(len(xs), k), xs)))


def zeros(points: FloatArray, function: Callable[[FloatArray], FloatArray]) -> list[float]:
    """Every zero of a function that changes sign between neighbouring points, or at one; none where it is zero throughout."""
    at = function(points)
    if not np.any(at):
        return []
    exact = points[at == 0]
    between = np.flatnonzero(np.sign(at[:-1]) * np.sign(at[1:]) < 0)
    roots = bracketed_roots(function, points[between], points[between + 1], at[between], at[between + 1])
    return sorted({*exact.tolist(), *roots.tolist()})


def scan_points(response: Response, k: int, side: int = 24) -> FloatArray:
    """Values of number k from its least to its largest, dense about the present value: `side` on each side of it.

    Evenly spaced in the logarithm, over eight powers of ten on each side where an odds has no upper bound.
    """
    x = float(response.numbers.factors.values[k])
    lowest, highest = (float(bound[k]) for bound in response.domain)
    if response.numbers.kind[k] == ODDS:
        centre = x if x > 0 else 1.0
        return np.concatenate([[0.0], centre * 10.0 ** (8.0 * np.arange(-side, side + 1) / side)])
    below = lowest + (x - lowest) * 2.0 ** (-12.0 * np.arange(side + 1) / side) if x > lowest else np.empty(0)
    above = _towards(x, highest, side) if highest > x else np.empty(0)
    return np.unique(np.concatenate([[lowest, x, highest], below, above]))


def _towards(x: float, highest: float, side: int) -> FloatArray:
    """Points above x, close together near it."""
    start = x if x > 0 else 1e-6 * highest
    return start * (highest / start) ** (np.arange(1, side + 1) / side)
