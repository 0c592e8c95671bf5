"""Arguments that count something, checked before work begins."""

from __future__ import annotations

from typing import Any

from bayesnet.analysis.query.parse import as_float
from bayesnet.errors import OutOfRange, brief


def whole(name: str, value: Any, least: int, most: int) -> int:
    """Return an argument that is a whole number from `least` to `most`.

    Raises
    ------
    OutOfRange
        With the range, where it is none.

    >>> whole("draws", 1e3, 2, 10_000)
    1000
    """
    number = as_float(value)
    if not least <= number <= most or not number.is_integer():
        raise OutOfRange(f"{name} is a whole number from {least:,} to {most:,}; got {brief(repr(value))}.")
    return int(number)


def shown(top: Any) -> int | None:
    """Return how many records a result shows; None for all."""
    return None if top is None else whole("`top`", top, 1, 10**9)


def whole_seed(seed: Any) -> int | None:
    """Return a seed, None for one that differs from call to call.

    Raises
    ------
    OutOfRange
        Where it is neither None nor a whole number of 0 or more.
    """
    number = 0.0 if seed is None else as_float(seed)
    if not number >= 0 or not number.is_integer():
        raise OutOfRange(f"A seed is a whole number of 0 or more, or None; got {brief(repr(seed))}.")
    return None if seed is None else int(seed)
