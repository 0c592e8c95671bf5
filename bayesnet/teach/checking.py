"""Tell a learner whether an answer is right, or which known mistake it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# An answer rounded to two or three digits is an answer.
CLOSE = 0.01


@dataclass(frozen=True, repr=False)
class Checked:
    """The verdict of a check; it prints as a sentence, and is true if the answer is right.

    Attributes
    ----------
    right
        Whether the answer is right.
    mistake
        The known mistake that gives this answer, or None.
    text
        The sentence for the learner.
    """

    right: bool
    mistake: str | None
    text: str

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def check(answer: Any, right: Any, mistakes: Iterable[tuple[Any, str]] = ()) -> Checked:
    """Say whether an answer is right, or which known mistake it is.

    Numbers agree to one part in a hundred, words but for case and surrounding space. Nothing a learner can type is an error:
    an answer of another kind gets a sentence that says so.

    Parameters
    ----------
    answer
        What the learner gave; None if there is no answer yet.
    right
        The right answer, a number or a word; an answer that prints as a probability, such as a posterior, counts as its number.
    mistakes
        Pairs of the answer that a known mistake gives, and what the mistake is, to be read after "this is".

    Returns
    -------
    Checked
        Prints as a sentence; true where the answer is right.

    Examples
    --------
    >>> known = [(0.8, "P(positive | cancer), the question turned round")]
    >>> check(0.078, 0.0776, known)
    Right.
    >>> check(0.8, 0.0776, known)
    Not yet: this is P(positive | cancer), the question turned round.
    >>> check(7.8, 0.0776, known)
    Not yet: this is in percent; 7.8 % is written 0.078.
    """
    if answer is None:
        return Checked(False, None, "No answer yet.")
    if isinstance(right, str):
        return _word(answer, right, mistakes)
    given, wanted = _number(answer), float(right)
    if given is None:
        return Checked(False, None, f"Not yet: a number is asked for, and this is {_told(answer)}.")
    if _close(given, wanted):
        return Checked(True, None, "Right.")
    for wrong, name in mistakes:
        if _close(given, float(wrong)):
            return _named(name)
    if 0.0 < wanted < 1.0 and _close(given, 100.0 * wanted):
        return _named(f"in percent; {given:.4g} % is written {given / 100.0:.4g}")
    return Checked(False, None, "Not yet.")


def _word(answer: Any, right: str, mistakes: Iterable[tuple[Any, str]]) -> Checked:
    """Check an answer that is a word, such as the name of a finding."""
    if not isinstance(answer, str):
        return Checked(False, None, f"Not yet: a name in quotation marks is asked for, and this is {_told(answer)}.")
    given = answer.strip().casefold()
    if given == right.casefold():
        return Checked(True, None, "Right.")
    for wrong, name in mistakes:
        if given == str(wrong).casefold():
            return _named(name)
    return Checked(False, None, "Not yet.")


def _told(answer: Any) -> str:
    """Name an answer of the wrong kind: itself, or its kind where it is long."""
    told = repr(answer)
    return told if len(told) <= 40 else f"of the kind {type(answer).__name__}"


def _named(mistake: str) -> Checked:
    """Refuse an answer that a known mistake gives."""
    return Checked(False, mistake, f"Not yet: this is {mistake}.")


def _number(answer: Any) -> float | None:
    """Read an answer as a number; None where it is not one."""
    if isinstance(answer, str | bool):
        return None
    try:
        value = float(answer)
    except (TypeError, ValueError, LookupError):
        return None
    return value if math.isfinite(value) else None


def _close(given: float, wanted: float) -> bool:
    """Return whether two numbers agree to one part in a hundred; zero agrees with what rounds to it."""
    return abs(given - wanted) <= max(CLOSE * abs(wanted), 1e-9)
