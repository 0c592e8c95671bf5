"""Reads what a learner writes as an answer: `0.12`, `12 %`, `1 in 80`, `8 of 103`, `3/7`, odds such as `1:9`, or words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["share", "percent", "frequency", "odds", "number"]

_ABOUT = re.compile(r"^(?:about|approximately|approx\.?|around|roughly|circa|ca\.?|nearly|almost|~|≈|=)\s*", re.I)
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)(?:e[-+]?\d+)?"
_PERCENT = re.compile(rf"^({_NUMBER})\s*(?:%|percent|per cent|pct)$", re.I)
_PER_MILLE = re.compile(rf"^({_NUMBER})\s*(?:‰|per mille|per thousand)$", re.I)
_OF = re.compile(rf"^({_NUMBER})\s*(?:in|of|out of|from|/)\s*(?:every\s+|the\s+)?({_NUMBER})(?:\s+[a-z][a-z -]*)?$", re.I)
_ODDS = re.compile(rf"^(?:odds(?:\s+of)?\s+)?({_NUMBER})\s*(?::|to)\s*({_NUMBER})(?:\s+odds)?$", re.I)
_PLAIN = re.compile(rf"^({_NUMBER})$", re.I)
_INSIDE = re.compile(rf"{_NUMBER}\s*(?:%|percent\b|(?:in|of|out of|/)\s*{_NUMBER})|(?<![\w.]){_NUMBER}(?![\w])", re.I)


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
        return _from_text(answer)
    try:
        value = float(answer)
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return None
    return Read(value, "share" if abs(value) <= 1.0 else "number") if math.isfinite(value) else None


def read_words(answer: Any) -> str:
    """Return the words of an answer: lower case, letters and digits only, single spaces; empty where it is no text.

    >>> read_words(" It goes DOWN, to 12 %. ")
    'it goes down to 12'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", answer.casefold()).split()) if isinstance(answer, str) else ""


def number_inside(answer: Any) -> Read | None:
    """Return the only number in a sentence, such as the 12 % of `down, to 12 %`; None if there is none, or more than one."""
    if not isinstance(answer, str):
        return read_number(answer)
    found = _INSIDE.findall(answer)
    return _from_text(found[0]) if len(found) == 1 else None


def _from_text(text: str) -> Read | None:
    """Read a number from a text that holds nothing else."""
    text = _ABOUT.sub("", " ".join(text.strip().rstrip(".;!").split()))
    for pattern, parts in ((_PERCENT, 100.0), (_PER_MILLE, 1000.0)):
        if found := pattern.match(text):
            return Read(_value(found[1]) / parts, "percent")
    if found := _ODDS.match(text):
        a, b = _value(found[1]), _value(found[2])
        return Read(a / (a + b), "odds") if a >= 0 and b >= 0 and a + b > 0 else None
    if found := _OF.match(text):
        a, b = _value(found[1]), _value(found[2])
        return Read(a / b, "frequency") if b > 0 else None
    if found := _PLAIN.match(text):
        value = _value(found[1])
        return Read(value, "share" if abs(value) <= 1.0 else "number")
    return None


def _value(text: str) -> float:
    """Return the value of a number; `1,000` is a thousand, `0,12` is 0.12."""
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) and not text.lstrip("+-").startswith("0,"):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))
