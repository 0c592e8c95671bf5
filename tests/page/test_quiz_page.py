"""The quiz file in headless Chromium, by keyboard and by mouse, on a phone, in light and dark; its code is verified by Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe import faults

import bayesnet
from bayesnet.teach.exercises import ExerciseSet

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def made() -> ExerciseSet:
    """The questions: of the flagship, ten of them, numbers and choices."""
    return bayesnet.exercise_set(bayesnet.load("back_pain"), seed=5)


@pytest.fixture
def quiz(browser, made, tmp_path) -> Iterator:
    """Open the quiz; at the end nothing may have been said on the console nor asked of any host."""
    address = bayesnet.write_quiz(made, tmp_path / "quiz.html").as_uri()
    windows, said, asked = [], [], []

    def call(**options: Any):
        windows.append(browser.new_context(viewport={"width": 1280, "height": 720}, **options))
        tab = windows[-1].new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(address)
        return tab

    yield call
    for window in windows:
        window.close()
    assert said == []
    assert set(asked) == {address}


def right_answer(exercise) -> str:
    """The answer as a student types or chooses it."""
    return str(exercise.answer) if exercise.choices else f"{100 * exercise.answer:.3g} %".replace(".", ",")


def marks(tab) -> bayesnet.teach.exercises.Marks:
    """What Python says of the code on the page."""
    return bayesnet.verify_quiz(tab.locator("#code").input_value())


def test_by_keyboard_every_question_is_answered_right(quiz, made) -> None:
    """Tab, type, Enter; arrows and Enter in a choice; the code at the end is worth ten of ten."""
    tab = quiz()
    tab.keyboard.press("Tab")
    tab.keyboard.type("Ann")
    for number, exercise in enumerate(made, 1):
        while tab.evaluate("document.activeElement.closest('section')?.getAttribute('aria-labelledby')") != f"question-{number}":
            tab.keyboard.press("Tab")
        if exercise.choices:
            tab.keyboard.press("Space")
            for _ in range(exercise.choices.index(exercise.answer)):
                tab.keyboard.press("ArrowRight")
        else:
            tab.keyboard.type(right_answer(exercise))
        tab.keyboard.press("Enter")
        assert tab.locator(f"#question-{number}-verdict").inner_text() == "Right."
    assert tab.locator(".score").inner_text() == "10 of 10 answered, 10 right"
    assert (marks(tab).student, marks(tab).right) == ("Ann", 10)


def test_by_mouse_each_classic_error_is_named(quiz, made) -> None:
    """The first known error of each question gets its name and a solution to open; trying again helps, and does not count."""
    tab = quiz()
    for number, exercise in enumerate(made, 1):
        section = tab.locator(f"section[aria-labelledby=question-{number}]")
        assert section.locator("details").is_hidden()
        error = exercise.errors[0]
        for answer, said in ((error.answer, f"Not yet: {error.name}. "), (exercise.answer, "Right.")):
            if exercise.choices:
                section.get_by_label(str(answer), exact=True).click()
            else:
                section.get_by_label("Your answer").fill(f"{100 * answer:.6g} %")
            section.get_by_role("button", name="Check").click()
            assert section.locator(".verdict").inner_text().startswith(said)
            assert section.locator("details").is_visible()
    assert tab.locator(".score").inner_text() == "10 of 10 answered, 0 right"
    assert [m.mistake for m in marks(tab).marked] == [e.errors[0].name for e in made]


def test_close_and_unreadable_answers_do_not_count_and_a_reload_keeps_the_rest(quiz, made) -> None:
    """A number without its sign is close, a word is not read; what counted is there when the tab is loaded again."""
    tab = quiz()
    number = next(i for i, e in enumerate(made, 1) if not e.choices)
    answer, verdict = tab.locator(f"#question-{number}-answer"), tab.locator(f"#question-{number}-verdict")
    unsigned = f"{100 * made[number - 1].answer:.3g}"
    for text, said in (("", "No answer yet."), ("rather likely", "Not yet: a number is expected"), (unsigned, "Close: ")):
        answer.fill(text)
        answer.press("Enter")
        assert verdict.inner_text().startswith(said)
    assert tab.locator(".score").inner_text() == "0 of 10 answered, 0 right"
    assert tab.get_by_role("button", name="Copy the code").is_disabled()
    answer.fill(right_answer(made[number - 1]))
    answer.press("Enter")
    tab.locator("#name").fill("Bo")
    tab.reload()
    assert tab.locator(".score").inner_text() == "1 of 10 answered, 1 right"
    assert tab.locator("#name").input_value() == "Bo"
    assert verdict.inner_text().endswith("Right.")
    assert marks(tab).heading() == "Bo: 1 of 10 right"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_has_no_serious_fault(scheme, quiz, made, axe) -> None:
    """No sideways scrolling at 360 pixels, and axe-core finds nothing, before an answer and after every verdict."""
    tab = quiz(color_scheme=scheme)
    tab.set_viewport_size({"width": 360, "height": 740})
    assert faults(tab, axe) == []
    numbers = [(i, e) for i, e in enumerate(made, 1) if not e.choices]
    (_, third), (_, fourth) = numbers[2:4]
    answers = ("1e-9", "no idea", right_answer(third), f"{100 * fourth.answer:.3g}")
    for (number, _), text in zip(numbers, answers, strict=False):
        tab.locator(f"#question-{number}-answer").fill(text)
        tab.locator(f"#question-{number}-answer").press("Enter")
    assert faults(tab, axe) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
