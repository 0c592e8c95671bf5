"""For teaching: natural frequencies, what dependence of findings is worth, exercises, and lessons with answers checked.

Views of a network are asked of a case (`case.frequencies`, `case.ladder`); `lesson` marks the exercises of a notebook.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    lesson: Callable[..., Any]

__all__ = ["lesson"]


def __getattr__(name: str) -> Any:
    """Import `lesson` when it is first used: it asks networks, which are above this room."""
    if name == "lesson":
        return import_module("bayesnet.coursework").lesson
    raise AttributeError(f"module 'bayesnet.teach' has no attribute {name!r}")
