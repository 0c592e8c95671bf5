"""For tests and for the examples in docstrings alike: no picture stays open behind the one that drew it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

# Some modules of pictures hold a function of their own name; once imported, pytest does not put the module in its place.
import bayesnet.plot  # noqa: F401


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
