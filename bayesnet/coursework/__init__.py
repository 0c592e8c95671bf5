"""The exercises of the notebooks: right answers and known errors, computed from the networks, so that no notebook holds them.

A module for each lesson (`lesson_1` to `lesson_8`); what it asks is in the notebook of the same number.
"""

from __future__ import annotations

from bayesnet.coursework.exercises import Exercises, lesson

__all__ = ["Exercises", "lesson"]
