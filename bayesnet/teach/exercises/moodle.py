"""Exercises for Moodle: its XML, and GIFT, with the known errors as feedback.

A number is asked for in percent, with the sign or without; a share is right too where it cannot be mistaken for a percentage.
Moodle reads both formats under "Question bank, Import"; see https://docs.moodle.org/en/Moodle_XML_format and
https://docs.moodle.org/en/GIFT_format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bayesnet.teach.exercises.exercise import Exercise
from bayesnet.teach.exercises.phrases import capital
from bayesnet.teach.marking import tolerance

_IN_PERCENT = "Answer in percent, as in 25 %."
_FULL = 100
_KEEP = re.compile(r"([~=#{}:\\])")


class _Answer(NamedTuple):
    """An answer on offer: its text, its share of the mark in percent, the feedback, and for a number how far off it may be."""

    text: str
    fraction: int
    feedback: str
    tolerance: float = 0.0


def moodle_xml(exercises: Sequence[Exercise], category: str) -> str:
    """Return exercises as Moodle XML.

    Parameters
    ----------
    exercises
        The exercises.
    category
        The category of the question bank that they go to.
    """
    quiz = Element("quiz")
    _text(SubElement(quiz, "question", type="category"), "category", f"$course$/top/{category}")
    for number, exercise in enumerate(exercises, 1):
        question = SubElement(quiz, "question", type="multichoice" if exercise.choices else "numerical")
        _text(question, "name", _name(number, exercise))
        _text(question, "questiontext", _paragraphs(_asked(exercise)), "html")
        _text(question, "generalfeedback", _paragraphs(_solution(exercise)), "html")
        for tag, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
            SubElement(question, tag).text = value
        if exercise.choices:
            for tag, value in (("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "none")):
                SubElement(question, tag).text = value
        for answer in _answers(exercise):
            given = SubElement(
                question, "answer", fraction=str(answer.fraction), format="html" if exercise.choices else "plain_text"
            )
            SubElement(given, "text").text = escape(answer.text, quote=False) if exercise.choices else answer.text
            _text(given, "feedback", _paragraphs([answer.feedback]), "html")
            if not exercise.choices:
                SubElement(given, "tolerance").text = _plain(answer.tolerance)
        if not exercise.choices:
            _percent_sign(question)
        _text(question, "hint", _paragraphs([exercise.hint]), "html")
    indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(quiz, encoding="unicode") + "\n"


def gift(exercises: Sequence[Exercise], category: str) -> str:
    """Return exercises in GIFT, the format of plain text that Moodle reads."""
    parts = [f"$CATEGORY: $course$/top/{_escaped(category)}"]
    for number, exercise in enumerate(exercises, 1):
        lines = [f"::{_escaped(_name(number, exercise))}::[html]{_escaped(_paragraphs(_asked(exercise)))} {{{_number(exercise)}"]
        lines += [f"{_mark(exercise, answer)}#{_escaped(answer.feedback)}" for answer in _answers(exercise) if answer.text != "*"]
        lines += [f"####{_escaped(_paragraphs(_solution(exercise)))}", "}"]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _number(exercise: Exercise) -> str:
    """Return what opens the answers of a question for a number."""
    return "" if exercise.choices else "#"


def _mark(exercise: Exercise, answer: _Answer) -> str:
    """Return an answer in GIFT, without its feedback."""
    if exercise.choices:
        return f"{'=' if answer.fraction else '~'}{_escaped(answer.text)}"
    return f"={'' if answer.fraction else '%0%'}{answer.text}:{_plain(answer.tolerance)}"


def _name(number: int, exercise: Exercise) -> str:
    return f"{number:02d} {exercise.kind.replace('_', ' ')}: {exercise.title}"


def _asked(exercise: Exercise) -> list[str]:
    return [*exercise.question.split("\n"), *([] if exercise.choices else [_IN_PERCENT])]


def _solution(exercise: Exercise) -> list[str]:
    return [f"Answer: {exercise.shown}.", *exercise.solution.split("\n")]


def _answers(exercise: Exercise) -> Iterator[_Answer]:
    """Yield the answers, right ones first: Moodle takes the first that fits."""
    if exercise.choices:
        names = {str(e.answer): f"{capital(e.name)}. {e.why}" for e in exercise.errors}
        for choice in exercise.choices:
            good = choice == exercise.answer
            yield _Answer(choice, _FULL if good else 0, "Right." if good else names.get(choice, exercise.hint))
        return
    errors = [e for e in exercise.errors if isinstance(e.answer, float)]
    for right in exercise.accepted:
        yield _Answer(_plain(100 * right), _FULL, "Right.", 100 * tolerance(right))
    for error in errors:
        value = float(error.answer)
        yield _Answer(_plain(100 * value), 0, f"{capital(error.name)}. {error.why}", 100 * tolerance(value))
    others = [(100 * x, 100 * tolerance(x)) for x in (*exercise.accepted, *(float(e.answer) for e in errors))]
    for right in exercise.accepted:
        if all(abs(right - other) > tolerance(right) + off for other, off in others):
            yield _Answer(_plain(right), _FULL, f"Right; in percent this is {exercise.shown}.", tolerance(right))
    yield _Answer("*", 0, exercise.hint)


def _percent_sign(question: Element) -> None:
    """Let the percent sign be written or left out."""
    unit = SubElement(SubElement(question, "units"), "unit")
    SubElement(unit, "multiplier").text = "1"
    SubElement(unit, "unit_name").text = "%"
    for tag, value in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "0"), ("unitsleft", "0")):
        SubElement(question, tag).text = value


def _text(parent: Element, tag: str, text: str, form: str = "") -> None:
    """Add an element with a text in it."""
    SubElement(SubElement(parent, tag, {"format": form} if form else {}), "text").text = text


def _paragraphs(lines: Sequence[str]) -> str:
    """Return lines as HTML."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)


def _escaped(text: str) -> str:
    """Return a text in which no letter is taken for a sign of GIFT."""
    return _KEEP.sub(r"\\\1", " ".join(text.split()))


def _plain(x: float) -> str:
    """Return a number without an exponent."""
    return f"{x:.8f}".rstrip("0").rstrip(".")
