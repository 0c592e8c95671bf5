"""The template of an exercise: a draft becomes an exercise where its known errors can be told from the right answer."""

from __future__ import annotations

import pytest

import bayesnet
from bayesnet.teach.exercises.known import INVERSE, NEGLECT, PRIOR, known
from bayesnet.teach.exercises.template import ExerciseDraft, Kind
from bayesnet.teach.exercises.world import World


def draft(**wrong: float) -> ExerciseDraft:
    """A question whose answer is 0.3; `wrong` gives the answer of each known error."""
    names = {"inverse": INVERSE, "neglect": NEGLECT, "prior": PRIOR}
    return ExerciseDraft(
        title="t",
        question="q?",
        solution="s",
        hint="h",
        exact=0.301,
        right=0.3,
        wrong=[known(names[name], answer, "Because.") for name, answer in wrong.items()],
        cites=["a sentence"],
    )


@pytest.fixture(scope="module")
def world() -> World:
    """The network that an exercise is about."""
    return World(bayesnet.load("mammography").compiled)


def kind(**errors: tuple[str, ...]) -> Kind:
    """A kind that must tell some errors."""
    return Kind(lambda world, rng: iter(()), (2,), "nothing", ("eddy1982",), **errors)


def test_a_draft_and_its_kind_make_an_exercise(world: World) -> None:
    """What the kind has in common and what the maker worked out come together; errors that look alike are left out."""
    made = kind(first=(INVERSE,)).exercise(world, "percentages", draft(inverse=0.8, neglect=0.3, prior=0.01))
    assert made is not None
    assert (made.kind, made.level, made.answer, made.shown, made.references) == (
        "percentages",
        "medium",
        0.301,
        "30 %",
        ("eddy1982",),
    )
    assert [error.name for error in made.errors] == [INVERSE, PRIOR]
    assert (made.accepted, made.citations, made.provenance) == ((0.301, 0.3), ("a sentence",), world.provenance)


@pytest.mark.parametrize(
    ("errors", "wrong", "is_made"),
    [
        ({"first": (INVERSE,)}, {"inverse": 0.3, "prior": 0.01}, False),
        ({"first": (INVERSE,)}, {"prior": 0.01, "inverse": 0.8}, False),
        ({"first": (INVERSE, PRIOR)}, {"prior": 0.01, "inverse": 0.8}, True),
        ({"first": (INVERSE,)}, {}, False),
        ({"any_of": (INVERSE, PRIOR)}, {"neglect": 0.5, "prior": 0.01}, True),
        ({"any_of": (INVERSE, PRIOR)}, {"neglect": 0.5, "prior": 0.3}, False),
        ({"all_of": (INVERSE, PRIOR)}, {"inverse": 0.8, "prior": 0.01}, True),
        ({"all_of": (INVERSE, PRIOR)}, {"inverse": 0.8, "prior": 0.3}, False),
        ({}, {}, True),
    ],
)
def test_no_exercise_hides_the_error_that_it_is_about(world: World, errors, wrong, is_made: bool) -> None:
    """The first errors, one of several or all of several must differ from the answer and from each other."""
    assert (kind(**errors).exercise(world, "percentages", draft(**wrong)) is not None) == is_made
