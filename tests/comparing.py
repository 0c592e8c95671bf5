"""Comparing what was printed with what was computed."""

from __future__ import annotations

import pytest


def same(a: object, b: object) -> bool:
    """The same content; numbers to the last few bits, since a command may compute in another order than a session."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == (pytest.approx(b, rel=1e-12) if isinstance(b, float) else b)
