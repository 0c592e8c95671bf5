"""Guided lessons of a model: TOML files in its folder `lessons`, read with all problems at once, and written for the page.

`quantity` has the probabilities that a lesson speaks of and the answers of the known errors, `lesson` the records, `read` the
reader, `truth` the check of its sentences, and `page` the plain data for the page. No answer is typed: the network gives it.
"""

from __future__ import annotations

from bayesnet.teach.lessons.lesson import Lesson
from bayesnet.teach.lessons.page import lesson_data
from bayesnet.teach.lessons.read import lesson_names, read_lesson, read_lessons

__all__ = ["Lesson", "lesson_data", "lesson_names", "read_lesson", "read_lessons"]
