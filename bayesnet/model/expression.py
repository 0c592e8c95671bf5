"""The conditions of deterministic variables, such as `any of a, b=high, !c`, `at least 2 of a, b, c`, or one finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bayesnet.errors import PatternError
from bayesnet.pattern import Term, format_terms, parse_findings, resolve

Kind = Literal["any", "all", "none", "at least", "otherwise"]

FORMS = '"any of a, b", "all of a, b", "none of a, b", "at least 2 of a, b, c" or one finding'
"""What a condition can look like."""

_HEAD = re.compile(r"\s*(?:(any|all|none)|(at\s+least)\s+(\d+))\s+of\s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """Which combinations of the parents' states a condition covers; `count` is the N of `at least N of`."""

    kind: Kind
    terms: tuple[Term, ...] = ()
    count: int = 0

    def __str__(self) -> str:
        """The condition as it would be typed."""
        if self.kind == "otherwise":
            return ""
        if self.kind == "any" and len(self.terms) == 1:
            return str(self.terms[0])
        head = f"at least {self.count}" if self.kind == "at least" else self.kind
        return f"{head} of {format_terms(self.terms)}"

    @property
    def names(self) -> tuple[str, ...]:
        """The variables it speaks of, each once, in order."""
        return tuple(dict.fromkeys(term.name for term in self.terms))


def parse_condition(text: str) -> Condition:
    """Read one condition; an empty text means otherwise.

    Raises
    ------
    PatternError
        Where the text is not a condition; names the column.

    >>> parse_condition("none of a, b=high").names
    ('a', 'b')
    >>> str(parse_condition("at  least 2 of a,b, !c"))
    'at least 2 of a, b, !c'

    """
    if not text.strip():
        return Condition("otherwise")
    head = _HEAD.match(text)
    start = head.end() if head else 0
    try:
        # Blanks in place of the quantifier keep the columns of errors right.
        terms = parse_findings(" " * start + text[start:])
    except PatternError as error:
        hint = error.way_out if head else f"write {FORMS}"
        raise PatternError(text, error.column, error.what, expected=error.expected, way_out=hint) from None
    if not terms:
        raise PatternError(text, len(text) + 1, "the text ends", expected="a finding")
    _refuse_soft(text, terms)
    if head is None:
        if len(terms) > 1:
            way_out = f'write "any of {text.strip()}" or "all of {text.strip()}"'
            raise PatternError(text, terms[1].column, "more than one finding", way_out=way_out)
        return Condition("any", terms)
    if head[1]:
        kind: Kind = "any" if head[1] == "any" else "all" if head[1] == "all" else "none"
        return Condition(kind, terms)
    count = int(head[3])
    if not 1 <= count <= len(terms):
        raise PatternError(text, head.start(3) + 1, f"at least {count} of {len(terms)}", expected=f"1 to {len(terms)}")
    return Condition("at least", terms, count)


def resolve_condition(condition: Condition, states: Mapping[str, Sequence[str]]) -> Condition:
    """Check the names of a condition and spell out its states.

    Raises
    ------
    UnknownVariable, UnknownState, PatternError
        With the nearest names.

    >>> str(resolve_condition(parse_condition("all of a, !b"), dict.fromkeys("ab", ("absent", "present"))))
    'all of a=present, b=absent'

    """
    text = str(condition)
    return Condition(condition.kind, tuple(resolve(term, states, text) for term in condition.terms), condition.count)


def _refuse_soft(text: str, terms: Sequence[Term]) -> None:
    """A condition holds or does not: no weights, no interventions."""
    for term in terms:
        if term.weights or term.call:
            raise PatternError(text, term.column, f'"{term}" does not belong in a condition', expected="name=state")
