"""Promises of `bayesnet.teach.check`: right is right to one part in a hundred, known mistakes are named, nothing is an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bayesnet
from bayesnet.teach import check

KNOWN = [(0.8, "the question turned round"), (0.01, "the base rate")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "No answer yet."),
        (0.0776, "Right."),
        (0.078, "Right."),
        (np.float64(0.0776), "Right."),
        (0.0792, "Not yet."),
        (0.8, "Not yet: this is the question turned round."),
        (0.8003, "Not yet: this is the question turned round."),
        (0.01, "Not yet: this is the base rate."),
        (7.76, "Not yet: this is in percent; 7.76 % is written 0.0776."),
        (0.0, "Not yet."),
        (-0.0776, "Not yet."),
        ("0.0776", "Not yet: a number is asked for, and this is '0.0776'."),
        (True, "Not yet: a number is asked for, and this is True."),
        (float("nan"), "Not yet: a number is asked for, and this is nan."),
        ([0.0776], "Not yet: a number is asked for, and this is [0.0776]."),
        (..., "Not yet: a number is asked for, and this is Ellipsis."),
    ],
)
def test_a_number_is_right_a_known_mistake_or_not_yet(answer: Any, said: str) -> None:
    """Every answer gets one sentence, and the verdict is true only where it is `Right.`."""
    verdict = check(answer, 0.0776, KNOWN)
    assert (str(verdict), repr(verdict), bool(verdict)) == (said, said, said == "Right.")


def test_the_mistake_is_kept_beside_the_sentence() -> None:
    """A program that counts mistakes needs no parsing."""
    assert check(0.01, 0.0776, KNOWN).mistake == "the base rate"
    assert check(0.0776, 0.0776, KNOWN).mistake is None
    assert check(0.5, 0.0776, KNOWN).mistake is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("m_protein", "Right."),
        (" M_protein ", "Right."),
        ("anemia", "Not yet: this is a finding of both."),
        ("fever", "Not yet."),
        (3, "Not yet: a name in quotation marks is asked for, and this is 3."),
        (None, "No answer yet."),
    ],
)
def test_a_word_is_compared_as_a_word(answer: Any, said: str) -> None:
    """Names agree but for case and surrounding space."""
    assert str(check(answer, "m_protein", [("anemia", "a finding of both")])) == said


def test_a_right_answer_of_zero_is_accepted_and_only_zero() -> None:
    """One part in a hundred of nothing is nothing."""
    assert check(0, 0.0)
    assert not check(0.001, 0.0)


def test_a_right_answer_wins_over_a_mistake_of_the_same_value() -> None:
    """Who is right is not told of a mistake."""
    assert check(0.5, 0.5, [(0.5, "a guess")])


def test_what_the_network_answers_is_an_answer() -> None:
    """A posterior counts as its probability; one without the states absent and present is told, not raised."""
    screening = bayesnet.load("mammography")
    right = screening.posterior("breast_cancer | positive_mammogram")
    assert check(right, right["present"])
    lung = bayesnet.load("asia").posterior("lung | smoke=yes")
    assert str(check(lung, 0.1)) == "Not yet: a number is asked for, and this is of the kind Posterior."
