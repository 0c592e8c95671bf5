"""Marks an answer: right, close, wrong, or unreadable; a known error is named.

The page marks with the same words and limits (`marking_data`); `static/page/marking.js` is the same in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from bayesnet.teach.reading import PATTERNS, Read, number_inside, read_number, read_words, spaced_once

RELATIVE, POINT, POINT_FROM, CLOSE = 0.05, 0.005, 0.05, 3.0
"""A rounding to two figures; half a percentage point, which is enough from 5 % on; tolerances within which an answer is close."""

PERCENT_SIGN = "percent without its sign"
ODDS = "odds not turned into a probability"
DECIMAL = "misplaced decimal"

MESSAGES = {
    "empty": "No answer yet.",
    "right": "Right.",
    "close": "Close, but not the answer: go through it once more.",
    "figure": "Close: give one figure more.",
    "wrong": "Not yet.",
    "named": "Not yet: {name}.",
    "unreadable": "Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is {text}.",
    "word": "Not yet: a name is expected; this is {text}.",
    "outside": "Not yet: a probability lies between 0 and 1, which is between 0 % and 100 %.",
    "percent_sign": "Close: {name}. Write a share between 0 and 1, or add the percent sign.",
    "odds": "Close: {name}. These are the right odds; odds of a to b are a probability of a / (a + b).",
    "decimal": "Not yet: {name}. This is {times} the right answer.",
}
"""The sentences for the learner."""

_TIMES = {10.0: "10 times", 0.1: "one tenth of", 100.0: "100 times", 0.01: "one hundredth of"}

_LONGEST = 40


class Wrong(NamedTuple):
    """An answer that a known error gives: its value, the name of the error, and a sentence on it."""

    value: float | str
    name: str
    why: str = ""


@dataclass(frozen=True, repr=False)
class Verdict:
    """The verdict on an answer; it prints as a sentence, and is true if the answer is right.

    Attributes
    ----------
    verdict
        "right", "close", "wrong" or "unreadable".
    mistake
        The known error that gives this answer, or None.
    text
        The sentence for the learner.
    """

    verdict: Literal["right", "close", "wrong", "unreadable"]
    mistake: str | None
    text: str

    @property
    def right(self) -> bool:
        """Whether the answer is right."""
        return self.verdict == "right"

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        import html

        return f"<p><strong>{html.escape(self.text)}</strong></p>"


def mark_answer(
    answer: Any,
    right: float | str | Sequence[float],
    wrong: Iterable[Wrong] = (),
    *,
    tolerance: float | None = None,
    probability: bool = True,
    hint: str = "",
) -> Verdict:
    """Return whether an answer is right, close or wrong, and the known error that gives it.

    Nothing a learner can type is an error: an answer that cannot be read gets a sentence that says so.

    Parameters
    ----------
    answer
        A number, a text such as `9.3 %`, `9 in 100`, `0,093` or `1 in 11`, or a name where `right` is one; None or empty if there
        is no answer yet.
    right
        The right number, several of them, or the right name.
    wrong
        The answers that known errors give.
    tolerance
        How far a right number may be off; a rounding to two figures, or half a percentage point, when None.
    probability
        Whether the right number is a probability.
    hint
        A sentence for a wrong answer that no known error gives.

    Examples
    --------
    >>> errors = [Wrong(0.8, "inverse fallacy", "This is P(positive | cancer).")]
    >>> for text in ("7.8 %", "0,08", "1 in 13", "9 %", "80 %", "7.8"):
    ...     print(text, "-", mark_answer(text, 0.0776, errors))
    7.8 % - Right.
    0,08 - Right.
    1 in 13 - Right.
    9 % - Close, but not the answer: go through it once more.
    80 % - Not yet: inverse fallacy. This is P(positive | cancer).
    7.8 - Close: percent without its sign. Write a share between 0 and 1, or add the percent sign.
    """
    if answer is None or (isinstance(answer, str) and not spaced_once(answer)):
        return Verdict("unreadable", None, MESSAGES["empty"])
    if isinstance(right, str):
        return _mark_word(answer, right, wrong, hint)
    read = read_number(answer) or number_inside(answer)
    if read is None:
        return Verdict("unreadable", None, MESSAGES["unreadable"].format(text=_quoted(answer)))
    rights = [float(x) for x in (right if isinstance(right, Sequence) else (right,))]
    return _mark_number(read, rights, list(wrong), tolerance, probability, hint)


def _mark_number(
    read: Read, rights: list[float], wrong: list[Wrong], given: float | None, probability: bool, hint: str
) -> Verdict:
    """Mark a number that has been read."""
    value = read.value
    off, right = min((abs(value - x), x) for x in rights)
    allowed = tolerance(right) if given is None else given
    near = [(abs(value - w.value), w) for w in wrong if not isinstance(w.value, str)]
    distance, error = min(near, key=lambda pair: pair[0], default=(float("inf"), None))
    if error and distance < off:
        own = tolerance(float(error.value))
        if distance <= (own if off <= allowed + 1e-9 else max(own, given or 0.0)) + 1e-9:
            return named(error)
    if off <= allowed + 1e-9:
        return _said("close", ODDS, "odds") if read.form == "odds" else Verdict("right", None, MESSAGES["right"])
    if probability and (slip := _slip(read, rights)) is not None:
        return slip
    if off < distance and off <= CLOSE * tolerance(right) and off <= _half_a_figure(value) + 1e-9:
        return Verdict("close", None, MESSAGES["figure"])
    if off <= CLOSE * allowed and off < distance:
        return Verdict("close", None, MESSAGES["close"])
    if probability and not 0.0 <= value <= 1.0:
        return Verdict("wrong", None, MESSAGES["outside"])
    return Verdict("wrong", None, f"{MESSAGES['wrong']} {hint}".strip())


def _half_a_figure(value: float) -> float:
    """Return half a unit of the figure of a number that has one; 0 for any other.

    >>> _half_a_figure(0.09), _half_a_figure(0.094)
    (0.005, 0.0)
    """
    figure = f"{value:.0e}"
    return 0.5 * float(f"1e{figure.partition('e')[2]}") if float(figure) == value else 0.0


def _slip(read: Read, rights: list[float]) -> Verdict | None:
    """Return the verdict on a right answer that was written wrongly: the percent sign left out, or a misplaced decimal."""
    for right in rights:
        allowed = tolerance(right)
        if read.form in ("share", "number") and abs(read.value / 100.0 - right) <= allowed:
            return _said("close", PERCENT_SIGN, "percent_sign")
        for times, words in _TIMES.items():
            if read.value <= 1.0 and abs(read.value / times - right) <= allowed:
                return _said("wrong", DECIMAL, "decimal", times=words)
    return None


def _mark_word(answer: Any, right: str, wrong: Iterable[Wrong], hint: str) -> Verdict:
    """Mark an answer that is a name."""
    if not isinstance(answer, str):
        return Verdict("unreadable", None, MESSAGES["word"].format(text=_quoted(answer)))
    given = read_words(answer)
    if given == read_words(right):
        return Verdict("right", None, MESSAGES["right"])
    for error in wrong:
        if given == read_words(error.value):
            return named(error)
    return Verdict("wrong", None, f"{MESSAGES['wrong']} {hint}".strip())


def named(error: Wrong) -> Verdict:
    """Return the verdict on an answer that a known error gives."""
    return Verdict("wrong", error.name, f"{MESSAGES['named'].format(name=error.name)} {error.why}".strip())


def _said(verdict: Literal["close", "wrong"], name: str, message: str, **parts: str) -> Verdict:
    """Return the verdict on a slip of writing."""
    return Verdict(verdict, name, MESSAGES[message].format(name=name, **parts))


def _quoted(answer: Any) -> str:
    """Name an answer that cannot be read: itself, cut where it is long, or its kind where it is no text."""
    if isinstance(answer, str):
        told = spaced_once(answer)
        return f"“{told[:_LONGEST]}{'…' if len(told) > _LONGEST else ''}”"
    told = repr(answer)
    return told if len(told) <= _LONGEST else f"of the kind {type(answer).__name__}"


def tolerance(probability: float) -> float:
    """Return how far an answer may be off and still be the same: a rounding to two figures, or half a percentage point from 5
    % up.
    >>> tolerance(0.0776), tolerance(0.001) < 0.0001
    (0.005, True)
    """
    near = min(abs(probability), abs(1.0 - probability))
    return max(RELATIVE * (near if probability <= 1.0 else abs(probability)), POINT if probability >= POINT_FROM else 0.0)


def marking_data() -> dict[str, Any]:
    """Return the words, patterns and limits of the marker as plain values, for the page."""
    return {
        "patterns": PATTERNS,
        "messages": MESSAGES,
        "names": {"percent_sign": PERCENT_SIGN, "odds": ODDS, "decimal": DECIMAL},
        "times": list(_TIMES.items()),
        "longest": _LONGEST,
        "relative": RELATIVE,
        "point": POINT,
        "point_from": POINT_FROM,
        "close": CLOSE,
    }
