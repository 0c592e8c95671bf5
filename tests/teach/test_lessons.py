"""Lessons: the reader's refusals, and the shipped ones, whose sentences are true of the numbers of their models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bayesnet
from bayesnet.errors import BayesnetError, SpecError
from bayesnet.model.find import find_model, shipped_models
from bayesnet.teach.lessons import Lesson, lesson_data, lesson_names, read_lesson, read_lessons
from bayesnet.teach.lessons.lesson import PLACEHOLDER

SHIPPED = [(model, name) for model, folder in shipped_models().items() for name in lesson_names(folder)]

GOOD = """
title = "Wet grass"
minutes = 5
teaches = "Rain wets grass."

[[evidence]]
study = "gigerenzer1995"
use = "Counts."

[values]
dry = "rain | !wet_grass"
both = "rain, sprinkler"
worth = { bits = ["wet_grass", "rain"] }
times = { ratio = ["wet_grass | rain", "wet_grass | !rain"] }

[[steps]]
text = "Rain falls on {before:100} of 100 mornings."
watch = "rain"
click = "wet_grass"
after = "Now {after}, {after:in}, {factor}; dry {dry}, both {both}, {worth}, {times}."
holds = "after > before, dry < 0.5 before"

[steps.guess]
question = "Rain?"
slider = "percent"

[[steps.guess.errors]]
name = "inverse fallacy"

[[steps]]
text = "And then?"
click = "sprinkler"

[steps.guess]
question = "Which way?"

[[steps.guess.choices]]
text = "up"
when = "after > before"
error = "second cause taken as support"

[[steps.guess.choices]]
text = "down"
when = "after < before"
"""

REFUSED = {
    ("title = ", "titel = "): 'wet.toml, the file: key "titel" is not known; did you mean "title"?',
    ("minutes = 5", "minutes = 500"): 'wet.toml, the file: "minutes" is not a whole number from 1 to 90; got 500',
    ("gigerenzer1995", "gigerenzer1996"): 'study "gigerenzer1996" is not known; did you mean "gigerenzer1995"?',
    ('dry = "rain', 'before = "rain'): 'value "before": is the name of a quantity that every step has; choose another name',
    ('"rain | !wet_grass"', "0.2"): 'value "dry": is not a question; got 0.2; expected "target | findings"',
    ('"rain, sprinkler"', '"rian, sprinkler"'): 'no variable "rian"',
    ('["wet_grass", "rain"]', '["wet_grass"]'): 'value "worth": is not a question',
    ('watch = "rain"\nclick', "click"): 'step 1: has no text "watch"',
    ("{after:in}", "{after:percent}"): '"{after:percent}" is not known; expected {name}, {name:in} or {name:1000}',
    ("{worth}", "{wort}"): 'step 1: there is no value "wort"; did you mean "worth"?',
    ("Now {after}", "Now {after"): "belongs to no placeholder",
    ("dry < 0.5 before", "dry is small"): '"dry is small" is not a comparison; expected as in after < before',
    (
        "dry < 0.5 before",
        "dry > before",
    ): 'step 1: "dry > before" does not hold; got dry is 0.1187, before is 0.5; change the sentence',
    ('click = "wet_grass"', 'click = "wet_gras"'): 'step 1: In "wet_gras": no variable "wet_gras"; did you mean "wet_grass"?',
    ('slider = "percent"', 'slider = "per cent"'): 'step 1, guess: slider "per cent" is not known; did you mean "percent"?',
    ('slider = "percent"', ""): "step 1, guess: needs a slider or choices, one of the two",
    ("inverse fallacy", "inverse falacy"): 'error "inverse falacy" is not known; did you mean "inverse fallacy"?',
    ('"inverse fallacy"', '"base-rate neglect"'): 'the error "base-rate neglect" gives the right answer, 0.708; leave it out',
    ('when = "after < before"', 'when = "after > before"'): "step 2, guess: 0 of its choices are right",
    ('text = "down"\nwhen = "after < before"', 'text = "down"'): 'step 2, choice: "down" has no "when"',
    ('click = "sprinkler"', 'click = "!wet_grass, sprinkler, !sprinkler"'): "step 2: These findings cannot hold together",
    ('text = "And then?"', 'text = "And then?"\ntab = "peeple"'): 'step 2: tab "peeple" is not known; did you mean "people"?',
}


def written(folder: Path, text: str) -> Path:
    """A lesson of the sprinkler in a file."""
    path = folder / "wet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_lesson_is_read(tmp_path: Path) -> None:
    """Steps go on from the goal of the one before; the values are the network's."""
    net = bayesnet.load("sprinkler")
    lesson = read_lesson(net.compiled, written(tmp_path, GOOD))
    first, second = lesson.steps
    assert (first.start.text, first.goal.text, second.start.text) == ("", "wet_grass", "wet_grass")
    assert second.watch == first.watch
    values = {name: quantity.value(net.compiled) for name, quantity in first.quantities.items()}
    assert values["after"] == pytest.approx(float(net.posterior("rain | wet_grass")))
    assert values["both"] == pytest.approx(net.probability("rain, sprinkler"))
    (inverse,) = first.guess.errors
    assert inverse.value.value(net.compiled) == pytest.approx(float(net.posterior("wet_grass | rain")))
    bits = {one.finding: one.bits for one in net.case().next_tests("rain")}["wet_grass"]
    assert values["worth"] == pytest.approx(bits)


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_what_is_wrong_is_refused_with_its_place(old: str, new: str, tmp_path: Path) -> None:
    """The file, the step, what was expected and what to type."""
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(SpecError) as caught:
        read_lesson(bayesnet.load("sprinkler").compiled, path)
    assert REFUSED[old, new] in str(caught.value)


def test_all_problems_of_a_file_come_together(tmp_path: Path) -> None:
    """A reader who mends one does not meet the next."""
    path = written(tmp_path, GOOD.replace("minutes = 5", "").replace("{worth}", "{wort}").replace("inverse fallacy", "x"))
    with pytest.raises(SpecError) as caught:
        read_lesson(bayesnet.load("sprinkler").compiled, path)
    assert len(caught.value.problems) == 3


def test_a_lesson_that_is_not_there_is_named_with_the_nearest() -> None:
    """So is a model that has no lessons."""
    with pytest.raises(BayesnetError, match="mammography has no lesson 'natural'"):
        read_lessons(bayesnet.load("mammography").compiled, ["natural"])
    with pytest.raises(BayesnetError, match='did you mean "seeing-and-doing"'):
        bayesnet.load("sprinkler").page("/nowhere.html", lessons="seeing-doing")


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[str, str], Lesson]:
    """All shipped lessons."""
    networks = {model: bayesnet.load(model) for model, _ in SHIPPED}
    return {
        (model, name): read_lesson(networks[model].compiled, find_model(model) / "lessons" / f"{name}.toml")
        for model, name in SHIPPED
    }


def test_the_models_have_their_lessons() -> None:
    """Eight on back pain, two on the mammography problem, one each for the two others."""
    count = {model: sum(m == model for m, _ in SHIPPED) for model, _ in SHIPPED}
    assert count["back_pain"] >= 8
    assert count["mammography"] >= 2
    assert min(count.values()) >= 1
    assert set(count) == set(shipped_models())


@pytest.mark.parametrize("which", SHIPPED, ids="/".join)
def test_no_figure_of_the_model_is_typed(which: tuple[str, str], shipped: dict[tuple[str, str], Lesson]) -> None:
    """Figures come from the network by placeholders; what is left are ages, years, sizes of crowds and steps."""
    allowed = r"\b1,000\b|\b10,000\b|\b100\b|of 40\b|\b60 to 69\b|\b70 or over\b|1 in 20\b|95 of 100|Eddy 1982|[Ss]teps? \d"
    for step in shipped[which].steps:
        for text in step.texts:
            assert not re.findall(r"\d", re.sub(allowed, "", PLACEHOLDER.sub("", text))), text


@pytest.mark.parametrize("which", SHIPPED, ids="/".join)
def test_a_sentence_that_compares_is_checked(which: tuple[str, str], shipped: dict[tuple[str, str], Lesson]) -> None:
    """A step whose sentence says more, less, rises or falls says to the reader what it takes for true."""
    compares = re.compile(r"\b(more|less|rarer|larger|falls?|rises?|most|few|older|hardly|next to nothing|stays)\b")
    for step in shipped[which].steps:
        assert step.holds or not compares.search(step.after), step.after


def test_every_guess_names_an_error(shipped: dict[tuple[str, str], Lesson]) -> None:
    """A slider knows at least one error; so do the choices, but for the widths of a band, of which there is no known error."""
    for (_, name), lesson in shipped.items():
        for step in lesson.steps:
            if step.guess and name != "how-sure":
                assert step.guess.errors or any(choice.error and choice.error.name for choice in step.guess.choices), step.text


def test_the_page_has_questions_and_no_answers(shipped: dict[tuple[str, str], Lesson]) -> None:
    """What is written for the page holds no number but the factors of comparisons."""
    net = bayesnet.load("asia")
    data = lesson_data(net.compiled, [shipped["asia", "three-causes"]], "three-causes")
    (lesson,) = data["lessons"]
    assert data["lesson"] == "three-causes"
    quantities = [quantity for step in lesson["steps"] for quantity in step["quantities"].values()]
    assert quantities
    assert all(set(quantity) == {"formula", "of"} for quantity in quantities)
