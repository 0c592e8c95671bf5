"""Return whether the digits a column was written with explain that its sum is not 1."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

EXACT = 1e-6
"""A column whose sum is within this of 1 is divided by it without a word."""

MOST = 0.02
"""A sum that is further than this from 1 is no rounding, however few digits there are: 0.3 and 0.6 lack a state or a number."""

_LONGEST = 400
"""Characters of a number that are looked at; the smallest double has an exponent of three digits and 17 of its own."""


def rounded(words: Sequence[str], total: float) -> bool:
    """Return whether rounding each number to the digits written explains the sum of a column.

    A column is written with a number of decimals or of significant digits, and its numbers may have lost zeros at their end:
    each may be off by half a unit of the last digit that the most precise number of the column has.

    Parameters
    ----------
    words
        The numbers as they are written.
    total
        Their sum.

    Examples
    --------
    >>> rounded(["0.333", "0.333", "0.333"], 0.999), rounded(["0.335", "0.67"], 1.005)
    (True, False)
    """
    off = abs(total - 1.0)
    if not off <= MOST:
        return False
    parts = [_parts(word) for word in words]
    decimals = max((-exponent for _, exponent, _ in parts), default=0)
    significant = max((digits for digits, _, zero in parts if not zero), default=0)
    allowed = 0.0
    for digits, exponent, zero in parts:
        if zero:  # a bare 0 is exact; 0.00 may have been 0.004
            allowed += 0.5 * 10.0**exponent if exponent < 0 and -exponent == decimals else 0.0
            continue
        if digits == 1 and exponent == 0:  # a bare 1 is exact too
            continue
        leading = digits + exponent - 1
        unit = max(-decimals, leading - significant + 1)
        allowed += 0.5 * 10.0**unit
    return off <= allowed * (1 + 1e-9) + EXACT * 1e-3


def _parts(word: str) -> tuple[int, int, bool]:
    """Return how many digits a number has, the power of ten of its last one, and whether it is zero."""
    try:
        number = Decimal(word[:_LONGEST])
    except InvalidOperation:
        return 17, -17, False
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    if not isinstance(exponent, int):
        return 17, -17, False
    return len(digits), max(exponent, -_LONGEST), not number
