"""Reads what a learner writes as an answer: `0.12`, `12 %`, `0,12`, `1 in 80`, `8 of 103`, `3/7`, odds such as `1:9`, or words.

The page reads with the same patterns (`PATTERNS`), so they use what Python and JavaScript have in common.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["share", "percent", "frequency", "odds", "number"]

_GROUPED = r"[-+]?[1-9][0-9]{0,2}(?:[, ][0-9]{3})+(?:\.[0-9]+)?"
_NUMBER = rf"(?:{_GROUPED}|[-+]?(?:[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+))(?:e[-+]?[0-9]+)?"

PATTERNS = {
    "about": r"^(?:about|approximately|approx\.?|around|roughly|circa|ca\.?|nearly|almost|~|≈|=) *",
    "percent": rf"^({_NUMBER}) ?(?:%|percent|per cent|pct)$",
    "per_mille": rf"^({_NUMBER}) ?(?:‰|per mille|per thousand)$",
    "odds": rf"^(?:odds (?:of )?)?({_NUMBER}) ?(?::|to) ?({_NUMBER})(?: odds)?$",
    "frequency": rf"^({_NUMBER}) ?(?:in|of|out of|from|per|/) ?(?:every |the )?({_NUMBER})(?: [a-z][a-z -]*)?$",
    "plain": rf"^({_NUMBER})$",
    "inside": rf"{_NUMBER} ?(?:%|percent\b|(?:in|of|out of|per|/) ?{_NUMBER})|(?<![\w.+-]){_NUMBER}(?!\w)",
    "grouped": rf"^{_GROUPED}(?:e|$)",
}
"""How numbers are written; texts have single spaces, and letters count without regard to case."""

_READ = {name: re.compile(pattern, re.IGNORECASE | re.ASCII) for name, pattern in PATTERNS.items()}


@dataclass(frozen=True)
class Read:
    """A number as a learner wrote it; `form` is how: odds of `1:9` are the value 0.1 in the form "odds"."""

    value: float
    form: Form


def read_number(answer: Any) -> Read | None:
    """Read a number in any form that a person would write it; None if there is none.

    >>> read_number("about 12 %"), read_number("1 in 80")
    (Read(value=0.12, form='percent'), Read(value=0.0125, form='frequency'))
    >>> read_number("8 out of 103").value == 8 / 103, read_number("1:9"), read_number("rather likely")
    (True, Read(value=0.1, form='odds'), None)
    """
    if isinstance(answer, bool) or answer is None:
        return None
    if isinstance(answer, str):
        return _from_text(spaced_once(answer))
    try:
        return _finite(float(answer), None)
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return None


def read_words(answer: Any) -> str:
    """Return the words of an answer: lower case, letters and digits only, single spaces; empty where it is no text.

    >>> read_words(" It goes DOWN, to 12 %. ")
    'it goes down to 12'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", answer.lower()).split()) if isinstance(answer, str) else ""


def number_inside(answer: Any) -> Read | None:
    """Return the only number in a sentence, such as the 12 % of `down, to 12 %`; None if there is none, or more than one."""
    if not isinstance(answer, str):
        return read_number(answer)
    found = _READ["inside"].findall(spaced_once(answer))
    return _from_text(found[0]) if len(found) == 1 else None


def spaced_once(text: str) -> str:
    """Return a text with single spaces, without those at its ends; space is what it is in the page too."""
    return " ".join(text.replace("\ufeff", " ").split())


def _from_text(text: str) -> Read | None:
    """Read a number from a text that holds nothing else."""
    text = _READ["about"].sub("", text.rstrip(" .;!"))
    if found := _READ["percent"].match(text):
        return _finite(_percents(found[1]) / 100.0, "percent")
    if found := _READ["per_mille"].match(text):
        return _finite(_value(found[1]) / 1000.0, "percent")
    if found := _READ["odds"].match(text):
        a, b = _value(found[1]), _value(found[2])
        return _finite(a / (a + b), "odds") if a >= 0 and b >= 0 and a + b > 0 else None
    if found := _READ["frequency"].match(text):
        a, b = _value(found[1]), _value(found[2])
        return _finite(a / b, "frequency") if b > 0 else None
    if found := _READ["plain"].match(text):
        return _finite(_value(found[1]), None)
    return None


def _finite(value: float, form: Form | None) -> Read | None:
    """Return a finite number in its form; a bare one is a share up to 1, and a number beyond."""
    return Read(value, form or ("share" if abs(value) <= 1.0 else "number")) if math.isfinite(value) else None


def _percents(text: str) -> float:
    """Return a number of percent; `9,333` is 9.333 here, as there are no more than 100."""
    value = _value(text)
    return float(text.replace(",", ".")) if value > 100.0 and re.fullmatch(r"[0-9]+,[0-9]+", text) else value


def _value(text: str) -> float:
    """Return the value of a number; `1,000` and `1 000` are a thousand, `0,12` is 0.12."""
    if _READ["grouped"].match(text):
        return float(text.replace(",", "").replace(" ", ""))
    return float(text.replace(",", "."))
