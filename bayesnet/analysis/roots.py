"""Where many functions of one variable cross zero, all at once: each step evaluates one point of each in a single batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

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
    """One root in each bracket [left, right] of opposite signs, shape (m,); `function` maps (m,) to (m,).

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
    """How far from a to b the next point lies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        inverse = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
    return np.where(safe & np.isfinite(inverse), inverse, 0.5)
