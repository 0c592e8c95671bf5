"""Quantifiers over findings: `any of a, b=high, !c`, `at least 2 of (a, b, c)`; in conditions of a model and in questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bayesnet.errors import PatternError
from bayesnet.pattern.names import resolve
from bayesnet.pattern.reader import Reader
from bayesnet.pattern.terms import Term, format_terms

Kind = Literal["any", "all", "none", "at least", "otherwise"]

FORMS = '"any of a, b", "all of a, b", "none of a, b", "at least 2 of a, b, c" or one finding'
"""Examples of conditions, for messages."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A quantifier over several findings; `count` is the N of `at least N of`, and `otherwise` always holds."""

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
        """The variables it names, each once, in order."""
        return tuple(dict.fromkeys(term.name for term in self.terms))

    @property
    def least(self) -> int:
        """The smallest number of findings that hold."""
        return {"any": 1, "all": len(self.terms), "at least": self.count}.get(self.kind, 0)

    @property
    def most(self) -> int:
        """The largest number of findings that hold."""
        return 0 if self.kind == "none" else len(self.terms)


@dataclass(frozen=True, slots=True)
class QuantifiedQuestion:
    """`event | findings`, with a quantifier before the bar and quantified findings in brackets among the plain ones after it."""

    event: Condition
    given: tuple[Term, ...] = ()
    counted: tuple[Condition, ...] = ()
    text: str = field(default="", compare=False)


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
    quantified = False
    try:
        reader = _Reader(text)
        quantified = reader.at_quantifier()
        condition = reader.condition()
        reader.findings_end()
    except PatternError as error:
        way_out = error.way_out if quantified else f"write {FORMS}"
        raise PatternError(text, error.column, error.what, expected=error.expected, way_out=way_out) from None
    for term in condition.terms:
        if term.weights or term.call:
            raise PatternError(text, term.column, f'"{term}" does not belong in a condition', expected="name=state")
    if not quantified and len(condition.terms) > 1:
        way_out = f'write "any of {text.strip()}" or "all of {text.strip()}"'
        raise PatternError(text, condition.terms[1].column, "more than one finding", way_out=way_out)
    return condition


def parse_quantified_question(text: str) -> QuantifiedQuestion:
    """Read `[any of] a, b=high | c, at least 2 of (d, !e, f)`.

    Before the bar, findings separated by commas all hold unless a quantifier comes first: `any of`, `all of`, `none of`,
    `at least 2 of`. After the bar, quantified findings are in brackets among the plain ones.

    Raises
    ------
    PatternError
        Where the text is not such a question; names the column.

    >>> question = parse_quantified_question("any of fever, !anemia | setting=emergency, at least 2 of (a, b, c)")
    >>> str(question.event), str(question.given[0]), str(question.counted[0])
    ('any of fever, !anemia', 'setting=emergency', 'at least 2 of a, b, c')
    """
    return _Reader(text).quantified_question()


def resolve_condition(condition: Condition, states: Mapping[str, Sequence[str]], text: str = "") -> Condition:
    """Check the names of a condition and spell out its states; `text` is the question it is part of, for errors.

    Raises
    ------
    UnknownVariable, UnknownState, PatternError
        With the nearest names.

    >>> str(resolve_condition(parse_condition("all of a, !b"), dict.fromkeys("ab", ("absent", "present"))))
    'all of a=present, b=absent'
    """
    text = text or str(condition)
    return Condition(condition.kind, tuple(resolve(term, states, text) for term in condition.terms), condition.count)


class _Reader(Reader):
    """Reads quantifiers beside what the language has without them."""

    def quantified_question(self) -> QuantifiedQuestion:
        event = self.condition()
        given: list[Term] = []
        counted: list[Condition] = []
        if self.take("|") and self.next.kind != "end":
            while True:
                if self.at_quantifier():
                    counted.append(self.condition(bracketed=True))
                else:
                    given.append(self.term("a finding", odds=False))
                if not self.take(","):
                    break
        self.end()
        return QuantifiedQuestion(event, tuple(given), tuple(counted), self.text)

    def condition(self, *, bracketed: bool = False) -> Condition:
        """Findings, all of which hold unless a quantifier comes first; in brackets if there is one."""
        first = self.at
        kind, count = self.quantifier()
        words = " ".join(token.text for token in self.tokens[first : self.at])
        bracket = self.at > first and self.take("(")
        if bracketed and not bracket:
            self.fail(self.tokens[first], f"`{words}` without brackets", expected=f"`{words} (a, b)` after the bar")
        terms = self.terms("a finding", odds=False)
        if bracket:
            self.sign(")")
        if kind == "at least" and not 1 <= count <= len(terms):
            self.fail(self.tokens[first + 2], f"at least {count} of {len(terms)}", expected=f"1 to {len(terms)}")
        return Condition("any" if not words and len(terms) == 1 else kind, terms, count)

    def at_quantifier(self) -> bool:
        """Return whether a quantifier comes next."""
        at = self.at
        self.quantifier()
        found, self.at = self.at > at, at
        return found

    def quantifier(self) -> tuple[Kind, int]:
        """Move over a quantifier if one comes next; all, without one."""
        words = [token.text if token.kind == "word" and not token.quoted else "" for token in self.tokens[self.at : self.at + 4]]
        if words[1:2] == ["of"] and words[0] in ("any", "all", "none"):
            self.at += 2
            return ("any" if words[0] == "any" else "none" if words[0] == "none" else "all"), 0
        if words[:2] == ["at", "least"] and words[3:] == ["of"] and words[2].isdecimal():
            self.at += 4
            return "at least", int(words[2])
        return "all", 0
