"""Exercises: right by two other routes, wrong answers named, the same for the same seed, refused with a reason, good to read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from api_models import clinic
from exercise_answers import by_student, shipped, truth
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.cli import main
from bayesnet.errors import BayesnetError
from bayesnet.model.records import Model, Variable
from bayesnet.network import Network
from bayesnet.results.table import WIDTH
from bayesnet.teach.exercises import KINDS, Exercise, ExerciseSet, make
from bayesnet.teach.exercises.literature import LITERATURE
from bayesnet.teach.exercises.phrases import people, phrase
from bayesnet.teach.marking import tolerance
from bayesnet.teach.reading import read_number

SHIPPED = ("mammography", "sprinkler", "asia", "back_pain")
FILES = ("alarm", "asia", "cancer", "child")
REFUSED = {
    ("mammography", "reading_graph"), ("mammography", "explaining_away"), ("mammography", "double_counting"),
    ("mammography", "next_test"), ("mammography", "seeing_doing"), ("cancer", "double_counting"), ("cancer", "seeing_doing"),
}  # fmt: skip
MANY = {"back_pain": 1, "alarm": 3, "child": 3}


def made(net: Network, name: str, kind: str, times: int = 1) -> list[Exercise]:
    """Exercises of a kind from several seeds."""
    seeds = range(times - 1, times * (1 + MANY.get(name, 12)) - 1)
    return [e for seed in seeds for e in bayesnet.exercises(net, kind, seed=seed)]


CASES = [
    pytest.param(name, kind, place, id=f"{name}{'.bif' if place else ''}-{kind}")
    for place, names in (("", SHIPPED), ("file", FILES))
    for name in names
    for kind in KINDS
    if (name, kind) not in REFUSED
]


def test_sentences_take_their_words_from_the_model() -> None:
    """Nouns, adjectives and people of a model come before what its labels say; without them the label must do."""
    plain = Variable("abscess", label="Epidural abscess")
    assert phrase(plain, 1).has() == "has an epidural abscess"
    assert phrase(replace(plain, noun="pus"), 1).has() == "has pus"
    assert phrase(replace(plain, noun="pus"), 0).has() == "does not have pus"
    old = Variable("old", adjectives=("aged 70 or over", "aged under 70"))
    assert [phrase(old, state).has(2) for state in (0, 1)] == ["are aged under 70", "are aged 70 or over"]
    model = Model("stable", population="One horse at a time")
    assert people(model) == "horses"
    assert people(replace(model, people="ponies")) == "ponies"


def test_a_model_names_what_is_asked_and_what_can_be_set() -> None:
    """With pairs for teaching only these are asked, no graph among them; only what can be set is set."""
    asia = shipped("asia").compiled.model
    taught = Network(replace(asia, teaching=(("lung", ("xray", "dysp")),)))
    titles = {e.title for e in bayesnet.exercises(taught, "percentages", count=2)}
    assert all(re.fullmatch(r"lung=yes \| (xray|dysp)=(yes|no)", title) for title in titles)
    assert "reading_graph" not in {e.kind for e in bayesnet.exercise_set(taught, count=5)}
    variables = {**asia.variables, "bronc": replace(asia.variables["bronc"], can_be_set=True)}

    def done(net: Network) -> list[bool]:
        made = [e for seed in range(4) for e in bayesnet.exercises(net, "seeing_doing", seed=seed)]
        return ["do(bronc=yes)" in e.title for e in made]

    assert all(done(Network(replace(asia, variables=variables))))
    assert not all(done(shipped("asia")))


@pytest.fixture
def net(request: pytest.FixtureRequest, name: str, place: str) -> Network:
    """A shipped model, or a standard network from its file."""
    if not place:
        return shipped(name)
    return shipped(str(request.getfixturevalue("networks") / f"{name}.bif.gz"))


@pytest.mark.parametrize(("name", "kind", "place"), CASES)
def test_every_kind_is_right_by_two_other_routes_and_names_every_error(net: Network, name: str, kind: str) -> None:
    """The network answers as enumeration does, a student with the text alone is right, and each known error has its name."""
    for exercise in made(net, name, kind):
        check(net, exercise)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind", "place"), CASES)
def test_so_they_are_for_many_more_seeds(net: Network, name: str, kind: str) -> None:
    """The same promises for eight times as many seeds."""
    for exercise in made(net, name, kind, 8):
        check(net, exercise)


def check(net: Network, exercise: Exercise) -> None:
    """All promises about one exercise."""
    check_truth(net, exercise)
    assert exercise.check(by_student(exercise)), f"{exercise.question}\n{by_student(exercise)}, not {exercise.shown}"
    assert exercise.check(exercise.answer)
    check_errors(exercise)
    check_wording(exercise)
    check_refused(exercise)


def check_truth(net: Network, exercise: Exercise) -> None:
    """The answer of the engine is that of enumeration or plain elimination."""
    if exercise.kind in ("next_test", "reading_graph"):
        return
    exact = truth(net, exercise.title)
    if exercise.kind == "another_population":
        (there,) = re.findall(r"\nElsewhere ([\d.]+) %", exercise.question)
        target, found = exercise.title.split(" | ")
        prior, p = truth(net, target), float(there) / 100
        exact = (ratio := p / (1 - p) * exact / (1 - exact) / (prior / (1 - prior))) / (1 + ratio)
        assert found
    assert exercise.accepted[0] == pytest.approx(exact, abs=1e-9)
    if exercise.kind != "explaining_away":
        assert exercise.answer == pytest.approx(exact, abs=1e-9)


def check_errors(exercise: Exercise) -> None:
    """Each known error is recognised by its name in every form it may be written in, explained, and is not near the answer."""
    assert exercise.errors
    for error in exercise.errors:
        forms: list[Any] = [error.answer]
        if isinstance(error.answer, float):
            if error.answer <= 1:
                forms += [
                    f"{100 * error.answer:.6g} %",
                    f"{100 * error.answer:.6g}%",
                    Fraction(error.answer),
                    np.float64(error.answer),
                ]
            for right in exercise.accepted:
                assert abs(right - error.answer) > 2 * tolerance(right)
        forms += list(error.words)
        for form in forms:
            verdict = exercise.check(form)
            assert not verdict
            assert verdict.mistake == error.name, f"{form!r} in\n{exercise.question}"
            assert verdict.text == f"Not yet: {error.name}. {error.explanation} {error.hint}"
            assert error.explanation.endswith(".")
            assert error.hint.endswith((".", "?"))


def check_refused(exercise: Exercise) -> None:
    """Numbers that are not near the answer are refused; near is a rounding."""
    if not exercise.accepted:
        return
    for value in np.linspace(0.001, 0.999, 97):
        near = min(abs(value - right) / max(right, 1e-9) for right in exercise.accepted)
        close = min(abs(value - right) for right in exercise.accepted)
        if near > 0.055 and close > 0.0051:
            assert not exercise.check(float(value))
    for nonsense in (None, "", "  ", "no idea", float("nan"), [0.5], {}, ..., True, -0.2, "-3 %", 17.0, "200 %", object()):
        verdict = exercise.check(nonsense)
        assert not verdict
        assert verdict.mistake is None or nonsense in (17.0, "200 %")


UGLY = [
    r"1 in 0", r"\bnan\b", r"  ", r" ,", r"\.\.", r"\b1 (?:women|patients|people|cases|mornings)\b", r"\ba (?:an|a)\b",
    r"\b[Aa] [aeio]\w", r"\ban? [a-z]+ions\b", r"lesions (?:is|has)\b", r"\b0 (?:have|has)\b", r"\{|\}", r"\(\)",
]  # fmt: skip
"""Slips of grammar and of formatting."""


def check_wording(exercise: Exercise) -> None:
    """What a careful teacher would strike out does not occur."""
    texts = [exercise.question, exercise.solution, exercise.shown, exercise.hint, *(e.explanation for e in exercise.errors)]
    for text in texts:
        for pattern in UGLY:
            assert not re.search(pattern, text), f"{pattern} in {text!r}"
        assert "not have no" not in text
    if "=" not in exercise.question:
        assert "_" not in exercise.question
        assert not re.search(r"\b(?:absent|present)\b", exercise.question)
    for line in [*exercise.question.split("\n"), *exercise.solution.split("\n")]:
        assert line.endswith((".", "?", ":", "%"))
    assert exercise.question.endswith("?")
    assert exercise.hint.endswith((".", "?"))
    assert all(reference in LITERATURE for reference in exercise.references)
    assert exercise.references
    assert exercise.citations or exercise.kind == "reading_graph"


def test_the_classic_is_the_classic() -> None:
    """The mammography problem in natural frequencies reads as Gigerenzer & Hoffrage (1995) tell it."""
    (exercise,) = bayesnet.exercises(shipped("mammography"), "natural_frequencies", seed=0)
    assert exercise.question == (
        "Imagine 1,000 women. Of them, 10 have breast cancer.\n"
        "Of these 10 women with breast cancer, 8 have a positive mammogram. "
        "Of the other 990 women, 95 have a positive mammogram too.\n"
        "Take all women with a positive mammogram. What share of them has breast cancer?"
    )
    assert exercise.answer == pytest.approx(0.01 * 0.8 / (0.01 * 0.8 + 0.99 * 0.096))
    assert exercise.shown == "8 of 103, which is 7.8 % (about 1 in 13)"
    assert exercise.title == "breast_cancer | positive_mammogram"
    assert exercise.level == "easy"
    assert exercise.citations[1] == (
        "positive_mammogram=present | breast_cancer=present 0.8 [0.8, 0.9] (Gigerenzer 1995, women with cancer who "
        "test positive, in natural frequencies (80 %); the mammography problem; 8 of 10)"
    )


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (0.0776, None), (0.08, None), ("7.8 %", None), ("7.8%", None), ("8 %", None), ("about 7.77 percent", None),
        ("1 in 13", None), ("8 of 103", None), ("8 out of 103", None), ("8/103", None),
        ("8 of the 103 women", None), (Fraction(8, 103), None),
        ("80 in 1,030", None), ("0,078", None), (".078", None), ("7.8e-2", None), ("78 ‰", None), ("≈ 0.078", None),
        ("8 % of them", None), ("It is 7.8 %, I think", None), ("p = 0.078", None), ("8 % or 80 %", ...),
        ("80 %", "inverse fallacy"), (0.8, "inverse fallacy"), ("8 of 10", "inverse fallacy"), ("4/5", "inverse fallacy"),
        ("89 %", "base-rate neglect"), (0.01, "answering with the prior"), ("1 in 100", "answering with the prior"),
        ("92.2 %", "complement"), ("9.6 %", "false-alarm rate as the answer"), ("95 of 990", "false-alarm rate as the answer"),
        ("8 in 1,000", "joint instead of conditional"), (0.704, "likelihood subtraction"), (7.8, "percent without its sign"),
        ("7.8", "percent without its sign"), ("0.078 %", "misplaced decimal"), ("77.6 %", "misplaced decimal"),
        ("0.0078 %", ...), ("8:95", "odds not turned into a probability"), ("50 %", ...), (0.5, ...),
    ],
)  # fmt: skip
def test_answers_come_in_every_form(answer: Any, mistake: Any) -> None:
    """Shares, percentages, frequencies, fractions and words around them are read; `...` stands for wrong without a name."""
    (exercise,) = bayesnet.exercises(shipped("mammography"), "natural_frequencies", seed=0)
    verdict = exercise.check(answer)
    assert bool(verdict) == (mistake is None), verdict
    assert verdict.mistake == (None if mistake is ... else mistake), verdict
    if mistake is None:
        assert str(verdict) == "Right."


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("12 %", 0.12, "percent"), ("1 in 80", 0.0125, "frequency"), ("1 in 1,000", 0.001, "frequency"),
        ("3/7", 3 / 7, "frequency"), ("1:9", 0.1, "odds"), ("odds of 1 to 9", 0.1, "odds"), ("0.25", 0.25, "share"),
        ("25", 25.0, "number"),
        ("~ 5 per cent", 0.05, "percent"),
        ("1 in every 4", 0.25, "frequency"), ("2 out of 5 patients", 0.4, "frequency"), ("12,5 %", 0.125, "percent"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_written(text: str, value: float, form: str) -> None:
    """Every form gives its value and how it was written."""
    read = read_number(text)
    assert read is not None
    assert read.value == pytest.approx(value)
    assert read.form == form


@pytest.mark.parametrize("text", ["", "about", "between 10 and 20 %", "5/0", "12 % or 13 %", "ten", "0:0", "--3", "1 in", "%"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    """Ranges, divisions by nothing and words are no number."""
    assert read_number(text) is None


def test_directions_are_taken_with_and_without_the_number() -> None:
    """Explaining away: a direction is right, so is the number, so are both; a wrong half makes the whole wrong."""
    (exercise,) = bayesnet.exercises(shipped("sprinkler"), "explaining_away", seed=0)
    assert exercise.title == "sprinkler | wet_grass, rain"
    assert exercise.accepted[0] == pytest.approx(0.1945, abs=5e-5)
    for right in ("down", "It goes down.", "decreases", "lower", "Down, to 20 %", "20 %", 0.1945, "down to 1 in 5", "14 of 71"):
        assert exercise.check(right), right
    named = {
        "up": "second cause taken as support",
        "unchanged": "second cause taken as irrelevant",
        "it does not change": "second cause taken as irrelevant",
        "43 %": "second cause taken as irrelevant",
        "down, to 43 %": "second cause taken as irrelevant",
        "up, to 20 %": "second cause taken as support",
        "33 %": "inverse fallacy",
        "14 %": "joint instead of conditional",
        "80 %": "complement",
    }
    for wrong, name in named.items():
        assert exercise.check(wrong).mistake == name, wrong
    assert str(exercise.check("down or up")) == "Not yet: one answer is asked for, one of up, down or unchanged."
    assert str(exercise.check("hmm")) == "Not yet: the answer is one of up, down or unchanged; this is 'hmm'."


def test_choices_are_taken_by_letter_and_by_name() -> None:
    """A test is named by its letter, by its label, or by its variable."""
    (exercise,) = bayesnet.exercises(shipped("asia"), "next_test", seed=1)
    label = exercise.shown.split(" (", 1)[1].removesuffix(")")
    for right in (exercise.answer, str(exercise.answer).lower(), f"Test {exercise.answer}", label, label.upper()):
        assert exercise.check(right), right
    assert str(exercise.check("D")).startswith("Not yet: the answer is one of A, B")
    assert not exercise.check("A or B")


def test_a_graph_is_read_in_several_words() -> None:
    """Yes and dependent are the same answer, no and independent the other."""
    both = {e.answer: e for e in bayesnet.exercises(shipped("asia"), "reading_graph", seed=0, count=6)}
    assert set(both) == {"yes", "no"}
    assert all(both["yes"].check(a) for a in ("yes", "Yes, it does.", "dependent", "not independent"))
    assert all(both["no"].check(a) for a in ("no", "No!", "independent", "d-separated"))
    assert not both["no"].check("not independent")
    assert both["no"].check("dependent").mistake in ("collider taken as open", "blocked path taken as open")
    assert both["yes"].check("independent").mistake in ("collider taken as closed", "open path not seen")


def test_a_collider_that_is_known_is_seen_as_open() -> None:
    """On the sprinkler, wet grass known: the classic error has its name and says where."""
    stream = bayesnet.exercises(shipped("sprinkler"), "reading_graph", seed=0, count=12)
    opened = [e for e in stream if set(e.title.split(" | ")[-1].split(", ")) == {"cloudy", "wet_grass"}]
    assert opened, [e.title for e in stream]
    for exercise in opened:
        verdict = exercise.check("no")
        assert verdict.mistake == "collider taken as closed"
        assert "arrows meet head to head at “Wet grass”" in verdict.text


def test_seeing_is_told_from_doing() -> None:
    """Turning the sprinkler on says nothing of the rain: 50 %, where the sprinkler seen to run gives 30 %."""
    found = {e.title: e for seed in range(10) for e in bayesnet.exercises(shipped("sprinkler"), "seeing_doing", seed=seed)}
    exercise = found["rain | do(sprinkler)"]
    assert exercise.answer == pytest.approx(0.5)
    assert exercise.check("half") is not None
    assert exercise.check("50 %")
    assert exercise.check("30 %").mistake == "seeing instead of doing"


def test_the_same_seed_makes_the_same_exercises_and_zero_is_a_seed() -> None:
    """A set is decided by network, seed and options; kinds do not disturb each other."""
    net = shipped("asia")
    for seed in (0, 1, 12345, 2**40):
        one, two = (bayesnet.exercise_set(net, seed=seed) for _ in range(2))
        assert one.to_dict() == two.to_dict()
        assert one.seed == seed
    sheets = {bayesnet.exercise_set(net, seed=seed).sheet() for seed in range(5)}
    assert len(sheets) == 5
    alone = bayesnet.exercises(net, "percentages", seed=4)[0].question
    assert alone in {e.question for e in bayesnet.exercises(net, seed=4)}
    assert bayesnet.exercises(net, "percentages", seed=np.int64(4))[0].question == alone  # type: ignore[arg-type]


def test_what_was_asked_before_changes_nothing() -> None:
    """A new process gives the same sheet as one in which much was asked: choices do not hang on the last bits of a float."""
    net = shipped("asia")
    net.posteriors({"xray": "yes"})
    code = "import bayesnet; print(bayesnet.exercise_set(bayesnet.load('asia'), seed=5, count=20).key(), end='')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == bayesnet.exercise_set(net, seed=5, count=20).key()


@pytest.mark.slow
def test_exercises_of_a_set_differ() -> None:
    """No question occurs twice on a sheet."""
    for name, count in (("asia", 30), ("back_pain", 12), ("mammography", 6)):
        sheet = bayesnet.exercise_set(shipped(name), seed=3, count=count)
        assert len({e.question for e in sheet}) == len(sheet) == count


def test_a_graded_set_goes_from_easy_to_hard() -> None:
    """Difficulty never falls; a level gives that level; every kind that can be made is there."""
    sheet = bayesnet.exercise_set(shipped("asia"), seed=0, count=10)
    assert [e.difficulty for e in sheet] == sorted(e.difficulty for e in sheet)
    assert {e.kind for e in sheet} == set(KINDS)
    for level in ("easy", "medium", "hard"):
        assert {e.level for e in bayesnet.exercise_set(shipped("asia"), level, seed=1, count=6)} == {level}
    asked = [e.title for e in sheet]
    assert len(set(asked)) == len(asked)
    few = bayesnet.exercise_set(shipped("asia"), seed=0, count=3)
    assert [e.level for e in few] == ["easy", "medium", "hard"]


def test_a_target_and_a_word_for_people_are_kept() -> None:
    """`target` fixes what is asked about, `people` what they are called."""
    sheet = bayesnet.exercises(
        shipped("back_pain"), "percentages", seed=0, count=2, target="multiple_myeloma", people="old men in pain"
    )
    for exercise in sheet:
        assert exercise.title.startswith("multiple_myeloma | ")
        assert exercise.question.startswith("Among old men in pain in primary care, ")
        assert "A old" not in exercise.question
    (other,) = bayesnet.exercises(shipped("asia"), "natural_frequencies", target="smoke=no")
    assert other.title.startswith("smoke=no | ")


def test_every_kind_is_made_where_none_is_named() -> None:
    """From mammography what can be made, from asia everything."""
    assert {e.kind for e in bayesnet.exercises(shipped("mammography"))} == {
        kind for kind in KINDS if ("mammography", kind) not in REFUSED
    }
    assert [e.kind for e in bayesnet.exercises(shipped("asia"))] == list(KINDS)
    assert [e.kind for e in bayesnet.exercises(shipped("asia"), ["prediction", "next_test"], count=2)] == ["prediction"] * 2 + [
        "next_test"
    ] * 2


ANOTHER = "Ask for another kind, or leave the kind out to get all that can be made."
REFUSALS: list[tuple[dict[str, Any], str]] = [
    (
        {"kind": "seeing_doing"},
        (
            'mammography gives no exercise of the kind "seeing_doing": that needs a common cause: a variable with one parent of '
            f"two or three states, which has other effects as well. {ANOTHER}"
        ),
    ),
    (
        {"kind": "explaining_away"},
        (
            'mammography gives no exercise of the kind "explaining_away": that needs two causes, neither of which follows from '
            f"the other, that share an effect. {ANOTHER}"
        ),
    ),
    (
        {"kind": "percentages", "target": "positive_mammogram"},
        (
            'mammography gives no exercise of the kind "percentages" about positive_mammogram: that needs a thing that is so in '
            f"0.04 to 60 % of all, and a finding that follows from it but not always. {ANOTHER}"
        ),
    ),
    (
        {"kind": "percentages", "count": 5},
        (
            'Only 2 different exercises of the kind "percentages" can be made from mammography; ask for count=2, or load a '
            "larger network."
        ),
    ),
    ({"kind": "percentage"}, 'No kind of exercise "percentage"; did you mean "percentages"?'),
    ({"kind": []}, f"No kind of exercise was given; there are {', '.join(KINDS)}."),
    ({"seed": -1}, "seed is a whole number of 0 or more; got seed=-1."),
    ({"seed": True}, "seed is a whole number of 0 or more; got seed=True."),
    ({"seed": 0.5}, "seed is a whole number of 0 or more; got seed=0.5."),
    ({"count": 0}, "count is a whole number from 1 to 200; got count=0."),
    ({"people": " "}, '`people` must be a plural noun, such as "women" or "patients with back pain"; got people=\' \'.'),
    ({"target": "breast_cancr"}, 'In "breast_cancr": no variable "breast_cancr"; did you mean "breast_cancer"?'),
]


@pytest.mark.parametrize(("options", "said"), REFUSALS)
def test_what_cannot_be_made_is_refused_with_what_it_would_need(options: dict[str, Any], said: str) -> None:
    """A refusal says what the network lacks, or what was meant."""
    with pytest.raises(BayesnetError) as refusal:
        bayesnet.exercises(shipped("mammography"), **options)
    assert str(refusal.value) == said


def test_a_set_that_is_too_large_or_of_no_level_is_refused() -> None:
    """The message says how many there are, and which levels."""
    with pytest.raises(BayesnetError) as refusal:
        bayesnet.exercise_set(shipped("mammography"), count=200)
    found = re.fullmatch(
        r"Only (\d+) different exercises can be made from mammography with seed 0; ask for count=(\d+), or load a larger "
        r"network\.",
        str(refusal.value),
    )
    assert found
    assert found[1] == found[2]
    assert len(bayesnet.exercise_set(shipped("mammography"), count=int(found[1]))) == int(found[1])
    with pytest.raises(BayesnetError) as refusal:
        bayesnet.exercise_set(shipped("mammography"), "difficult")
    assert str(refusal.value) == "Exercises are easy, medium or hard; got level='difficult'; leave it out for all of them."
    with pytest.raises(BayesnetError) as refusal:
        bayesnet.exercise_set(shipped("mammography"), "hard")
    assert str(refusal.value).startswith("mammography gives no hard exercise: that needs, at the least, ")


@pytest.mark.slow
def test_a_sheet_gives_nothing_away_and_a_key_gives_everything() -> None:
    """The student's page has questions only; the teacher's has answers, steps, errors, numbers and literature."""
    for name in SHIPPED:
        made_ = bayesnet.exercise_set(shipped(name), seed=2, count=6)
        sheet, key = made_.sheet(), made_.key()
        flat, flat_key = (" ".join(text.split()) for text in (sheet, key))
        assert str(made_) == repr(made_) == sheet
        for i, exercise in enumerate(made_, 1):
            asked = " ".join(exercise.question.split())
            assert asked in flat
            assert asked in flat_key
            assert f"Exercise {i} ({exercise.level})" in sheet
            assert " ".join(exercise.shown.split()) in flat_key
            assert f"Answer: {exercise.shown}" not in flat
            assert exercise.solution.split("\n")[-1] not in flat
            assert all(" ".join(e.explanation.split()) in flat_key for e in exercise.errors)
            assert all(" ".join(c.split()) in flat_key for c in exercise.citations)
            assert exercise.kind.replace("_", " ") not in flat or exercise.kind in ("likelihood_ratio", "prediction")
            assert f"({exercise.level})" in sheet
            assert all(" ".join(line.split()) in flat_key for line in exercise.literature())
            assert str(exercise.answer) not in repr(exercise) or isinstance(exercise.answer, str)
        assert max(map(len, [*sheet.split("\n"), *key.split("\n")])) <= WIDTH
        assert "Not for the care of patients" in flat or name == "sprinkler"
        assert f"seed {made_.seed}" in flat
        assert made_.model_title in sheet


def test_markdown_has_headings_lists_and_no_stray_marks() -> None:
    """Sheet and key in Markdown: one title, one heading per exercise."""
    made_ = bayesnet.exercise_set(shipped("asia"), seed=0, count=4)
    for text, title in (
        (made_.sheet_markdown(), "# Exercises: The chest clinic (Asia)"),
        (made_.key_markdown(), "# Key: The chest clinic (Asia)"),
    ):
        lines = text.split("\n")
        assert lines[0] == title
        assert [line for line in lines if line.startswith("## Exercise")] == [
            f"## Exercise {i} ({e.level})" for i, e in enumerate(made_, 1)
        ]
        assert text.count("**") % 2 == 0
        assert text.endswith("\n")
    assert "- 80 %: **" not in made_.sheet_markdown()


def test_markdown_holds_no_html_and_no_links_whatever_a_model_is_called() -> None:
    """Renderers that let HTML through would run it; as plain text the same names are as they are."""
    net = bayesnet.load("asia")
    evil = "<script>alert(1)</script> & [click](javascript:alert(1)) ![x](http://a.b/c) `<"
    renamed = {name: replace(v, label=evil, meaning=evil) for name, v in net.model.variables.items()}
    made_ = bayesnet.exercise_set(Network(replace(net.model, title=evil, variables=renamed)), seed=0, count=4)
    for text in (made_.sheet_markdown(), made_.key_markdown()):
        assert "&lt;script>" in text
        assert "<" not in text
        assert "](" not in text
    assert "<script>alert(1)</script> & [click](javascript:alert(1))" in " ".join(made_.sheet().split())


def test_a_sheet_is_marked() -> None:
    """Answers by order or by number; how many are right, and which errors were made how often."""
    sheet = bayesnet.exercises(shipped("mammography"), ["natural_frequencies", "percentages"], seed=0)
    marks = sheet.check(["8 of 103", "80 %"])
    assert marks.right == 1
    assert marks.mistakes == {"inverse fallacy": 1}
    assert str(marks).startswith("1 of 2 right\n")
    assert marks.to_frame()["mistake"].tolist() == ["", "inverse fallacy"]
    assert sheet.check({2: 0.0776}).to_frame()["right"].tolist() == [False, True]
    assert json.loads(json.dumps(marks.to_dict()))["answers"] == ["8 of 103", "80 %"]
    for answers, said in (
        ([1, 2, 3], "There are 2 exercises, numbered from 1; got an answer to 3."),
        ({0: 1}, "There are 2 exercises, numbered from 1; got an answer to 0."),
        ("80 %", "Answers are a list, one per exercise, or a dict by number from 1; got str."),
    ):
        with pytest.raises(BayesnetError) as refusal:
            sheet.check(answers)  # type: ignore[arg-type]
        assert str(refusal.value) == said


def test_frames_and_dicts_hold_everything() -> None:
    """Fixed columns, one row per exercise; JSON with answers, errors and references."""
    sheet = bayesnet.exercise_set(shipped("sprinkler"), seed=0, count=5)
    frame = sheet.to_frame()
    assert tuple(frame.columns) == ExerciseSet.columns
    assert len(frame) == len(sheet) == 5
    content = json.loads(json.dumps(sheet.to_dict(), allow_nan=False))
    assert content["model_title"] == "The sprinkler"
    assert content["exercises"][0]["question"] == sheet[0].question
    one = sheet[0].to_dict()
    assert one["level"] == sheet[0].level
    assert one["errors"][0]["name"] == sheet[0].errors[0].name
    assert all("(" in reference for reference in one["references"])
    assert tuple(sheet[0].to_frame().columns) == Exercise.columns


def test_a_model_with_a_default_says_so() -> None:
    """The clinic's assumed place stands in the question and on the sheet."""
    made_ = bayesnet.exercises(clinic(), seed=0)
    assert any("(where: practice)" in e.question for e in made_)
    assert "setting=practice (assumed)" in made_.sheet()


@settings(max_examples=40)
@given(st.data())
def test_any_network_gives_exercises_that_hold_together_or_a_reason(data: st.DataObject) -> None:
    """On random networks with odd names nothing breaks: the right answer is taken, errors are named, a refusal is readable."""
    net = Network(data.draw(models(min_variables=2, max_variables=6)))
    kind, seed = data.draw(st.sampled_from(KINDS)), data.draw(st.integers(0, 1000))
    sheet: ExerciseSet | str
    try:
        sheet = bayesnet.exercises(net, kind, seed=seed)
    except BayesnetError as refusal:
        sheet = str(refusal)
    if isinstance(sheet, str):
        assert f'no exercise of the kind "{kind}"' in sheet
        return
    for exercise in sheet:
        assert exercise.check(exercise.answer)
        assert all(exercise.check(right) for right in exercise.accepted)
        for error in exercise.errors:
            assert exercise.check(error.answer).mistake == error.name
        if exercise.kind not in ("another_population", "next_test", "reading_graph"):
            assert exercise.accepted[0] == pytest.approx(truth(net, exercise.title), abs=1e-9)
    assert sheet.key()


ANSWERS = [pytest.param(name, kind, id=f"{name}-{kind}") for name in ("asia", "sprinkler") for kind in KINDS]


@pytest.mark.parametrize(("name", "kind"), ANSWERS)
@settings(max_examples=60)
@given(answer=st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.binary(), st.lists(st.floats()), st.fractions()))
def test_nothing_that_can_be_typed_is_an_error(name: str, kind: str, answer: Any) -> None:
    """Whatever is given, the verdict is a sentence; it is true only where it says so."""
    (exercise,) = once(name, kind)
    verdict = exercise.check(answer)
    assert bool(verdict) == (str(verdict) == "Right.")
    assert str(verdict).startswith(("Right.", "Close", "Not yet", "No answer yet."))


@cache
def once(name: str, kind: str) -> ExerciseSet:
    """One exercise, made once."""
    return bayesnet.exercises(shipped(name), kind, seed=0)


def test_the_command_line_prints_sheet_and_key(capsys: pytest.CaptureFixture[str]) -> None:
    """`exercises` prints what the functions give; options go through; misuse is told."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["exercises", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    net = shipped("asia")
    sheet = bayesnet.exercise_set(net, seed=5)
    assert run("asia", "--seed", "5") == (0, sheet.sheet(), "")
    assert run("asia", "--seed", "5", "--key") == (0, sheet.key(), "")
    assert run("asia", "--seed", "5", "--key", "--markdown")[1] == sheet.key_markdown()
    one = bayesnet.exercises(net, ["percentages"], seed=0, count=2)
    assert run("asia", "--kind", "percentages", "--count", "2") == (0, one.sheet(), "")
    assert json.loads(run("asia", "--kind", "percentages", "--count", "2", "--json")[1]) == one.to_dict()
    status, out, err = run("mammography", "--kind", "next_test")
    assert (status, out) == (1, "")
    assert err.startswith('mammography gives no exercise of the kind "next_test": that needs')
    assert run("asia", "--kind", "percentages", "--level", "easy")[0] == 2
    assert run("asia", "--seed", "-1")[0] == 2


def test_the_core_makes_exercises_without_the_front() -> None:
    """The room below takes a compiled; a set is a sequence."""
    made_ = make(CompiledModel(shipped("asia").model), "prediction", seed=0, count=3)
    assert isinstance(made_, ExerciseSet)
    assert len(made_) == 3
    assert [e.kind for e in made_] == ["prediction"] * 3
    assert made_[-1] is list(made_)[-1]
