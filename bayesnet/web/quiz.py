"""The quiz page: one HTML file with questions, their marking and a result code, which loads nothing and sends nothing."""

from __future__ import annotations

from bayesnet.teach.exercises.quiz import quiz_data
from bayesnet.teach.exercises.sheet import ExerciseSet
from bayesnet.web.bundle import STATIC, bundle
from bayesnet.web.page import document


def quiz_page(made: ExerciseSet) -> str:
    """Return a quiz as HTML, with the content security policy of the explorer page."""
    data = quiz_data(made)
    style = (STATIC / "quiz" / "quiz.css").read_text(encoding="utf-8")
    return document(f"Quiz: {data['title']}", "quiz", data, bundle("quiz/boot.js"), style)
