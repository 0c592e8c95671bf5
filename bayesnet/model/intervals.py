"""The interval of a share that was counted."""

from __future__ import annotations

import math

SPREAD = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def wilson(k: float, n: float) -> tuple[float, float]:
    """Return the 95 % interval of k of n (Wilson EB 1927, J Am Stat Assoc 22:209-212).

    >>> low, high = wilson(11, 195)
    >>> round(low, 3), round(high, 3)
    (0.032, 0.098)
    """
    share, square = k / n, SPREAD * SPREAD
    middle = (share + square / (2.0 * n)) / (1.0 + square / n)
    half = SPREAD * math.sqrt(share * (1.0 - share) / n + square / (4.0 * n * n)) / (1.0 + square / n)
    return (0.0 if k <= 0 else middle - half), (1.0 if k >= n else middle + half)
