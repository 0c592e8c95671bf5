"""The guard: answers are what they were to the last bit, it asks every public call, and it notices what it should notice."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import guard
import guard_questions
import pytest
from guard_subjects import SUBJECTS

import bayesnet
from bayesnet.case import Case
from bayesnet.network import Network


@pytest.mark.slow
def test_numbers_are_what_they_were(root: Path) -> None:
    """Every kept question gives the same numbers; in a process of its own, so that no other test has warmed it."""
    done = subprocess.run([sys.executable, root / "tests" / "guard.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_every_public_call_is_asked() -> None:
    """No public function or method is missing among the questions."""
    methods = {
        name for kind in (Network, Case) for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))
    }
    functions = {name for name in bayesnet.__all__ if callable(getattr(bayesnet, name)) and name[0].islower()}
    source = Path(guard_questions.__file__).read_text(encoding="utf-8")
    assert [name for name in sorted(methods | functions) if f".{name}(" not in source] == []


def test_there_are_enough_questions() -> None:
    """At least 300, each with a name of its own, on nine networks."""
    names = [name for name, _ in guard_questions.questions()]
    assert len(names) == len(set(names)) >= 300
    assert len(SUBJECTS) == 9


def asked(value: object) -> dict[str, object]:
    """The record of one answer."""
    return {"question": guard.record(*guard.answer(lambda: value))}


def test_the_last_bit_of_a_number_counts() -> None:
    """It is noticed, shown, and let pass only on another platform."""
    was, is_ = asked({"p": [0.5, 0.1]}), asked({"p": [0.5, math.nextafter(0.1, 1.0)]})
    numbers, texts = guard.differences(is_, was)
    assert numbers == ["question: number 2 is 0.10000000000000002, was 0.1"]
    assert texts == []
    assert guard.differences(is_, was, exact=False) == ([], [])
    assert guard.differences(asked({"p": [0.5, 0.11]}), was, exact=False)[0] != []


def test_a_renamed_key_changes_a_text_and_no_number() -> None:
    """Names may change while numbers stay."""
    numbers, texts = guard.differences(asked({"q": [0.5, True, 3]}), asked({"p": [0.5, True, 3]}))
    assert (numbers, texts) == ([], ["question: another text"])


def test_numbers_in_another_order_are_told_apart_from_other_numbers() -> None:
    """A moved field is a difference with a hint."""
    numbers, _ = guard.differences(asked([0.25, 0.5]), asked([0.5, 0.25]))
    assert numbers == ["question: number 1 is 0.25, was 0.5; the same numbers in another order"]


def test_a_question_that_is_new_or_gone_is_a_difference() -> None:
    """The kept questions and those that are asked are the same."""
    one = asked(1)
    assert guard.differences(one, {})[0] == ["question: not among the kept questions"]
    assert guard.differences({}, one)[0] == ["question: kept, and not asked"]


def test_a_refusal_is_a_text() -> None:
    """What the package refuses has no numbers, and its message is kept; anything else is raised."""

    def refused() -> None:
        bayesnet.load("asia").posterior("lugn")

    numbers, texts = guard.answer(refused)
    assert numbers == []
    assert texts[0].startswith('refused: In "lugn"')
    with pytest.raises(ZeroDivisionError):
        guard.answer(lambda: 1 / 0)


def test_a_question_that_breaks_is_a_difference_and_the_rest_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was changed here and not among the questions shows as its error."""
    monkeypatch.setattr(guard_questions, "questions", lambda: [("gone", lambda: {}["gone"]), ("stays", lambda: 0.5)])
    found = guard.ask_all()
    assert list(found) == ["gone", "stays"]
    numbers, _ = guard.differences(found, {**asked(0.5), "gone": found["stays"], "stays": found["stays"]})
    assert numbers == ["gone: KeyError: 'gone'", "question: kept, and not asked"]
