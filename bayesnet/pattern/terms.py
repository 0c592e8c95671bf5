"""The records of the pattern language and how they are written: terms, questions, quoted words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Call = Literal["", "odds", "do", "jeffrey"]

WORD = re.compile(r"[A-Za-z0-9_.+-]+")
"""Words that need no quotes."""


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a pattern: a variable and its states.

    `states` is empty for a bare or negated name, one state for `name=state`, several for one of these states. `weights`, if
    any, are the likelihoods of `states`. `call` is "odds", "do" or "jeffrey" for `odds(name)`, `do(name=state)` and
    `jeffrey(name={state:0.7, ...})`, whose weights are new probabilities. `column` (from 1) is where the term began in the text,
    0 for a term that was never text.
    """

    name: str
    states: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    negated: bool = False
    call: Call = ""
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """The term as it would be typed."""
        text = ("!" if self.negated else "") + quote(self.name)
        if self.weights:
            pairs = zip(self.states, self.weights, strict=True)
            text += "={" + ", ".join(f"{quote(state)}:{format_weight(weight)}" for state, weight in pairs) + "}"
        elif len(self.states) == 1:
            text += "=" + quote(self.states[0])
        elif self.states:
            text += "={" + ", ".join(map(quote, self.states)) + "}"
        return f"{self.call}({text})" if self.call else text

    @property
    def hard(self) -> bool:
        """Whether the term names exactly one state, spelled out or by being bare or negated."""
        return len(self.states) <= 1 and not self.weights


@dataclass(frozen=True, slots=True)
class Question:
    """Targets and findings of a question; `text` is the text as typed."""

    targets: tuple[Term, ...]
    given: tuple[Term, ...] = ()
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        """The question as it would be typed."""
        return format_terms(self.targets) + (f" | {format_terms(self.given)}" if self.given else "")


def special(pattern: Question) -> str:
    """`leak` or `baseline` where that is what a number's pattern is about, otherwise empty."""
    if len(pattern.given) != 1:
        return ""
    term = pattern.given[0]
    return term.name if term.name in ("leak", "baseline") and term == Term(term.name) else ""


def likelihoods(term: Term, states: Sequence[str]) -> tuple[float, ...]:
    """Return the likelihood of each state under a resolved term: its weights, or one for every state it names; zero elsewhere.

    >>> likelihoods(Term("fever", ("present",)), ("absent", "present"))
    (0.0, 1.0)
    """
    weight = dict(zip(term.states, term.weights or (1.0,) * len(term.states), strict=True))
    return tuple(weight.get(state, 0.0) for state in states)


def quote(word: str) -> str:
    """Return a name or state as written in a pattern, in double quotes where it needs them.

    >>> quote("60-69"), quote("<50")
    ('60-69', '"<50"')
    """
    if WORD.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def literal(name: str, state: str) -> str:
    """`name=state`, quoted where needed.

    >>> literal("age group", "60-69")
    '"age group"=60-69'
    """
    return f"{quote(name)}={quote(state)}"


def format_terms(terms: Iterable[Term]) -> str:
    """Terms with commas, as they would be typed."""
    return ", ".join(map(str, terms))


def format_weight(weight: float) -> str:
    """Return a weight in the fewest characters that give the same number back.

    >>> format_weight(10.0), format_weight(0.1)
    ('10', '0.1')
    """
    return repr(weight).removesuffix(".0")
