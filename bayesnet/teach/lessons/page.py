"""Lessons as plain data for the page: questions, never their answers, which the engine of the page works out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Finding, Findings
from bayesnet.teach.exercises.literature import LITERATURE
from bayesnet.teach.lessons.lesson import Guess, Lesson, LessonStep, NamedError, Requirement
from bayesnet.teach.lessons.quantity import Quantity
from bayesnet.teach.marking import marking_data


def lesson_data(compiled: CompiledModel, lessons: Iterable[Lesson], opened: str = "") -> dict[str, Any]:
    """Return the keys that lessons add to the data of a page.

    Parameters
    ----------
    compiled
        The network.
    lessons
        Those that the page has.
    opened
        The name of the one that it opens with; none when empty.
    """
    return {
        "lessons": [_lesson(compiled, lesson) for lesson in lessons],
        "lesson": opened,
        "marking": marking_data(),
    }


def _lesson(compiled: CompiledModel, lesson: Lesson) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "teaches": lesson.teaches,
        "evidence": [{"study": LITERATURE[one.study], "use": one.use} for one in lesson.evidence],
        "steps": [_step(compiled, step) for step in lesson.steps],
    }


def _step(compiled: CompiledModel, step: LessonStep) -> dict[str, Any]:
    v, state = step.watch
    used = step.named
    return {
        "text": step.text,
        "start": _scenario(compiled, step.start),
        "click": [_scenario(compiled, one) for one in step.click],
        "watch": [compiled.names[v], compiled.states(v)[state]],
        "tab": step.tab,
        "guess": _guess(compiled, step.guess) if step.guess else None,
        "after": step.after,
        "quantities": {name: _quantity(compiled, one) for name, one in step.quantities.items() if name in used},
    }


def _guess(compiled: CompiledModel, guess: Guess) -> dict[str, Any]:
    return {
        "question": guess.question,
        "slider": guess.slider,
        "right": None if guess.choices else _quantity(compiled, guess.asked.right),
        "errors": [_error(compiled, one) for one in guess.errors],
        "choices": [
            {"text": one.text, "when": _comparisons(one.when), "error": one.error and _error(compiled, one.error)}
            for one in guess.choices
        ],
    }


def _error(compiled: CompiledModel, error: NamedError) -> dict[str, Any]:
    value = _quantity(compiled, error.value) if error.value else None
    return {"name": error.name, "why": error.why, "hint": error.hint, "value": value}


def _comparisons(comparisons: Iterable[Requirement]) -> list[list[Any]]:
    return [[one.left, one.sign, one.factor, one.right] for one in comparisons]


def _quantity(compiled: CompiledModel, quantity: Quantity) -> dict[str, Any]:
    """Return the formula, and for each question what is wanted and what is given."""
    of = [
        {"wanted": _scenario(compiled, one.wanted)["see"], "given": _scenario(compiled, one.given)} for one in quantity.questions
    ]
    return {"formula": quantity.formula, "of": of}


def _scenario(compiled: CompiledModel, findings: Findings) -> dict[str, Any]:
    """Return findings as the page writes them: `see` (a state, or one weight for each state) and `do`."""

    def seen(item: Finding) -> str | dict[str, float]:
        if item.kind == "state":
            return str(item.value)
        return dict(zip(compiled.states(item.variable), item.vector, strict=True))

    return {"see": {i.name: seen(i) for i in findings.items}, "do": {i.name: i.value for i in findings.interventions}}
