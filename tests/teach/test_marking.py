"""The marker against the table of answers that the page's marking.js is tested with, and beside it on random texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from node import Node

import bayesnet
from bayesnet.teach.marking import Wrong, mark_answer, marking_data

SHARED = json.loads((Path(__file__).parent.parent / "data" / "marking.json").read_text(encoding="utf-8"))
QUESTIONS = {question["name"]: question for question in SHARED["questions"]}


def mark(answer: Any, question: dict[str, Any]) -> tuple[str, str | None, str]:
    """What the marker says of an answer to a question of the table."""
    wrong = [Wrong(w["value"], w["name"], w.get("why", "")) for w in question["wrong"]]
    options = {key: question[key] for key in ("tolerance", "probability", "hint") if key in question}
    said = mark_answer(answer, question["right"], wrong, **options)
    return said.verdict, said.mistake, said.text


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_of_the_shared_table_are_marked(name: str) -> None:
    """Every form that people write is read; right, close and wrong are distinguished; every known error has its name."""
    for text, verdict, error in QUESTIONS[name]["cases"]:
        assert mark(text, QUESTIONS[name])[:2] == (verdict, error), text


def test_the_page_has_the_words_and_limits_of_python() -> None:
    """What the page marks with is what the shared table was written for."""
    assert json.loads(json.dumps(marking_data())) == SHARED["marking"]


PIECES = [
    *("0", "1", "8", "13", "103", "1,000", "0,078", "7.8", "9.3", "93", ".", ",", " ", "%", "percent", " in ", " of ", "/", ":"),
    *(" to ", "e-2", "about ", "~", "-", "+", "‰", "per ", "every ", "women", "é", ";", "\u00a0", "and", "m_protein", "Anemia"),
]


@pytest.mark.browser
@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join) | st.text(max_size=12), st.sampled_from(sorted(QUESTIONS)))
def test_the_page_marks_as_python_does(node: Node, text: str, name: str) -> None:
    """Verdict, error and sentence are the same for whatever is typed."""
    question = QUESTIONS[name]
    told = node.ask("mark", text=text, question=question, marking=SHARED["marking"])
    assert (told["verdict"], told["error"], told["message"]) == mark(text, question)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "No answer yet."),
        (np.float64(0.0776), "Right."),
        (0.8003, "Not yet: inverse fallacy. This is P(positive | cancer)."),
        (True, "Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is True."),
        (float("nan"), "Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is nan."),
        ([0.0776], "Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is [0.0776]."),
        ("likely", "Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is “likely”."),
    ],
)
def test_an_answer_in_python_may_be_anything(answer: Any, said: str) -> None:
    """Numbers count as numbers, and what is none gets a sentence."""
    assert mark(answer, QUESTIONS["classic"])[2] == said


@pytest.mark.parametrize("answer", ["0,09", "9 in 100", 0.1])
def test_an_answer_of_too_few_figures_is_asked_for_one_more(answer: Any) -> None:
    """The right answer rounded to one figure, where it was computed to three."""
    assert mark(answer, QUESTIONS["computed"])[2] == "Close: give one figure more."


def test_what_the_network_answers_is_an_answer() -> None:
    """A posterior counts as its probability; one without the states absent and present is reported as unreadable, not raised."""
    screening = bayesnet.load("mammography")
    right = screening.posterior("breast_cancer | positive_mammogram")
    assert mark_answer(right, right["present"])
    lung = bayesnet.load("asia").posterior("lung | smoke=yes")
    assert mark_answer(lung, 0.1).text.endswith("this is of the kind Posterior.")
