"""Roots of many functions of one variable at once: each step evaluates one point of each in a single batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesnet.analysis.sensitivity.parameter_map import ODDS
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.model.factors import FloatArray

_STEPS = 100


def bracketed_roots(
    function: Callable[[FloatArray], FloatArray],
    left: FloatArray,
    right: FloatArray,
    at_left: FloatArray,
    at_right: FloatArray,
    within: float = 1e-15,
) -> FloatArray:
    """Return one root in each bracket [left, right] of opposite signs, shape (m,); `function` maps (m,) to (m,).

    Inverse quadratic interpolation where it is safe, bisection elsewhere, until each bracket is narrower than `within` of its
    root (or, for a root near zero, than a thousandth of that of the bracket given).

    References
    ----------
    Chandrupatla TR (1997). A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function without
    using derivatives. Adv Eng Softw 28(3):145-149.

    >>> bracketed_roots(lambda x: x * x - 2.0, np.array([0.0]), np.array([2.0]), np.array([-2.0]), np.array([2.0])).round(12)
    array([1.41421356])
    """
    a, b, f_a, f_b = right.copy(), left.copy(), at_right.copy(), at_left.copy()
    c, f_c = a.copy(), f_a.copy()
    share = np.full(len(a), 0.5)
    small = 1e-3 * np.abs(b - a)
    for _ in range(_STEPS):
        best = np.where(np.abs(f_a) < np.abs(f_b), a, b)
        f_best = np.where(np.abs(f_a) < np.abs(f_b), f_a, f_b)
        with np.errstate(divide="ignore", invalid="ignore"):
            least = np.where(a != b, 0.5 * within * np.maximum(np.abs(best), small) / np.abs(b - a), 1.0)
        done = (least > 0.5) | (f_best == 0)
        if np.all(done):
            break
        step = np.where(done, 0.0, np.clip(share, least, 1.0 - least))
        x = a + step * (b - a)
        f = np.where(done, f_a, function(np.where(done, best, x)))
        same = np.sign(f) == np.sign(f_a)
        c, f_c = np.where(done, c, np.where(same, a, b)), np.where(done, f_c, np.where(same, f_a, f_b))
        b, f_b = np.where(done | same, b, a), np.where(done | same, f_b, f_a)
        a, f_a = np.where(done, a, x), np.where(done, f_a, f)
        share = _share(a, b, c, f_a, f_b, f_c)
    return np.where(np.abs(f_a) < np.abs(f_b), a, b)


def _share(a: FloatArray, b: FloatArray, c: FloatArray, f_a: FloatArray, f_b: FloatArray, f_c: FloatArray) -> FloatArray:
    """Return how far from a to b the next point lies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        inverse = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
    return np.where(safe & np.isfinite(inverse), inverse, 0.5)


Margin = Callable[[FloatArray], FloatArray]
"""Rows of probabilities, shape (events + 1, m), to a value per column, shape (m,); linear in the rows."""


def crossings(response: Response, k: int, margin: Margin) -> list[float]:
    """Return every value of number k within its domain at which the margin is zero, smallest first; empty where it is zero
    throughout.
    In closed form for straight lines; for curves by a scan over the domain and a root in every bracket, to machine precision.
    """
    lowest, highest = (float(bound[k]) for bound in response.domain)
    if response.linear[k]:
        slope, start = (float(margin(row)[0]) for row in response.lines(np.array([k])))
        x = -start / slope if slope else np.nan
        return [min(max(x, lowest), highest)] if lowest - 1e-15 <= x <= highest + 1e-15 else []
    return zeros(scan_points(response, k), lambda xs: margin(response.at(np.full(len(xs), k), xs)))


def zeros(points: FloatArray, function: Callable[[FloatArray], FloatArray]) -> list[float]:
    """Return every zero of a function that changes sign between neighbouring points, or at one; none where it is zero
    throughout.
    """
    at = function(points)
    if not np.any(at):
        return []
    exact = points[at == 0]
    between = np.flatnonzero(np.sign(at[:-1]) * np.sign(at[1:]) < 0)
    roots = bracketed_roots(function, points[between], points[between + 1], at[between], at[between + 1])
    return sorted({*exact.tolist(), *roots.tolist()})


def scan_points(response: Response, k: int, side: int = 24) -> FloatArray:
    """Return values of number k from its least to its largest, dense about the present value: `side` on each side of it.

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
