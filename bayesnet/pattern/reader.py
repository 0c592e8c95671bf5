"""Reads the pattern language: text to records, or an error that names the column."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from bayesnet.errors import PatternError
from bayesnet.pattern.terms import WORD, Question, Term, literal, quote, special


def _tokenizer(word: str) -> re.Pattern[str]:
    return re.compile(rf'\s*(?:(?P<word>{word})|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign>[|,=!{{}}:()])|(?P<end>\Z))', re.DOTALL)


_TOKEN = _tokenizer(WORD.pattern)
_GENEROUS_TOKEN = _tokenizer(r'[^\s|,=!{}:()"]+')
"""Words of questions: whatever is neither a sign nor a blank nor a quote."""
_DEEPEST = 20
"""Brackets inside each other that are read before they are refused; none belongs there."""


def parse_question(text: str, *, generous: bool = False) -> Question:
    """Read `targets` or `targets | findings`.

    Parameters
    ----------
    text
        What was typed.
    generous
        Take adjacent words as one name, and any character in a word; the names are then looked up in the
        words of a model.

    Raises
    ------
    PatternError
        Where the text is not in the language; names the column.

    >>> parse_question("fever | anemia").given[0].name
    'anemia'
    """
    return Reader(text, generous=generous).question()


def parse_findings(text: str, *, generous: bool = False) -> tuple[Term, ...]:
    """Read findings, separated by commas; an empty text is no findings. `generous` as for `parse_question`.

    Raises
    ------
    PatternError
        Where the text is not in the language; names the column.

    >>> [str(term) for term in parse_findings("fever, !anemia, do(smoking=absent)")]
    ['fever', '!anemia', 'do(smoking=absent)']
    """
    return Reader(text, generous=generous).findings()


def parse_number_id(text: str) -> Question:
    """Read the pattern that names a number, such as `fever=present | leak` or `odds(gout) | baseline`.

    Raises
    ------
    PatternError
        Where the text is not in the language, or names something other than one number.

    >>> str(parse_number_id("odds(gout)|baseline"))
    'odds(gout) | baseline'
    """
    return Reader(text).number_id()


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign or the end; `text` without quotes."""

    kind: Literal["word", "sign", "end"]
    text: str
    column: int
    quoted: bool = False

    def __str__(self) -> str:
        return "the text ends" if self.kind == "end" else f"got '{self.text}'" if '"' in self.text else f'got "{self.text}"'


class Reader:
    """Takes the tokens of one text from left to right."""

    def __init__(self, text: str, *, generous: bool = False) -> None:
        if not isinstance(text, str):
            raise PatternError(str(text), 1, f"a text is expected here; got {type(text).__name__}")
        self.text = text
        self.generous = generous
        self.tokens = _tokens(text, _GENEROUS_TOKEN if generous else _TOKEN)
        self.at = 0
        self.depth = 0

    def question(self) -> Question:
        """Read `targets | findings` to the end of the text."""
        targets = self.terms("a variable to ask for", odds=False)
        given = self.given(odds=False)
        return Question(targets, given, self.text)

    def findings(self) -> tuple[Term, ...]:
        """Read findings to the end of the text; there may be none."""
        if self.next.kind == "end":
            return ()
        terms = self.terms("a finding", odds=False)
        self.findings_end()
        return terms

    def findings_end(self) -> None:
        """Refuse a bar and whatever else follows findings."""
        if self.next.text == "|" and not self.next.quoted:
            self.fail(self.next, "findings have no bar", way_out='separate them by commas, or ask "target | findings"')
        self.end()

    def number_id(self) -> Question:
        """Read the pattern of a number to the end of the text."""
        targets = self.terms("the variable of the number", odds=True)
        pattern = Question(targets, self.given(odds=False), self.text)
        kind = special(pattern)
        for term in (*targets[1:], *(t for t in (*targets, *pattern.given) if not t.hard or t.call == "do")):
            self.refuse(term, f'"{term}" does not belong in the name of a number', way_out='write "child=state | parent=state"')
        target = targets[0]
        if target.call and target != Term(target.name, call="odds"):
            self.refuse(target, f'"{target}" names a state', expected=f'"odds({quote(target.name)})"')
        if target.call and not pattern.given:
            self.refuse(target, "odds need a condition", way_out=f'write "{target} | baseline" or "{target} | parent=state"')
        if kind and (kind == "baseline") != bool(target.call):
            way_out = f'write "odds({quote(target.name)}) | baseline" or "{literal(target.name, "state")} | leak"'
            self.refuse(pattern.given[0], f'"{pattern}" mixes the gates', way_out=way_out)
        return pattern

    def given(self, *, odds: bool) -> tuple[Term, ...]:
        """Return the text after the bar, if there is one."""
        terms: tuple[Term, ...] = ()
        if self.take("|") and self.next.kind != "end":
            terms = self.terms("a finding", odds=odds)
        self.end()
        return terms

    def terms(self, what: str, *, odds: bool) -> tuple[Term, ...]:
        """Read terms separated by commas; `what` is expected if there is none."""
        found = [self.term(what, odds=odds)]
        while self.take(","):
            found.append(self.term(what, odds=odds))
        return tuple(found)

    def term(self, what: str, *, odds: bool) -> Term:
        """Read one term."""
        start = self.next
        negated = self.take("!")
        name = self.word(what)
        if not negated and not name.quoted and self.take("("):
            return self.call(name, odds=odds)
        term = Term(name.text, negated=negated, column=start.column)
        if not self.take("="):
            return term
        if negated:
            way_out = f"name the states that are left, as in {quote(name.text)}={{...}}"
            self.refuse(term, '"!" and "=" do not go together', way_out=way_out)
        if not self.take("{"):
            return replace(term, states=(self.word("a state").text,))
        return self.braces(term)

    def call(self, name: Token, *, odds: bool) -> Term:
        """Return the content of `odds(...)`, `do(...)` or `jeffrey(...)`, its opening bracket taken."""
        if name.text not in ("odds", "do", "jeffrey"):
            self.fail(name, f'"{name.text}(" is not part of the language', expected='"do(", "jeffrey(" or "odds("')
        if name.text == "odds" and not odds:
            self.fail(name, '"odds(" names a number of the model', way_out="ask for the probability")
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(name, f'more than {_DEEPEST} "(" inside each other', expected="one variable in one state")
        inner = self.term("a variable", odds=False)
        self.depth -= 1
        self.sign(")")
        if name.text == "jeffrey":
            if inner.call or not inner.weights:
                expected = "a new probability for every state, as in jeffrey(fever={present:0.7, absent:0.3})"
                self.refuse(inner, f'"{inner}" does not belong inside "jeffrey()"', expected=expected)
            return replace(inner, call="jeffrey", column=name.column)
        if inner.call or not inner.hard:
            self.refuse(inner, f'"{inner}" does not belong inside "{name.text}()"', expected="one variable in one state")
        return replace(inner, call="odds" if name.text == "odds" else "do", column=name.column)

    def braces(self, term: Term) -> Term:
        """Return the states, with or without weights, of `name={...}`, its opening brace taken."""
        states: dict[str, None] = {}
        weights: list[float] = []
        while True:
            state = self.word("a state")
            if state.text in states:
                self.fail(state, f'the state "{state.text}" is given twice')
            states[state.text] = None
            if self.take(":"):
                weights.append(self.weight())
            if not self.take(","):
                break
        self.sign("}")
        if weights and len(weights) < len(states):
            self.refuse(term, "some states have a weight and some have none", expected="a weight for each or for none")
        if weights and not any(weights):
            self.refuse(term, "all weights are 0", expected="at least one state that is possible")
        return replace(term, states=tuple(states), weights=tuple(weights))

    def weight(self) -> float:
        """Read a number of 0 or more."""
        token = self.word("a weight")
        try:
            value = float(token.text)
        except ValueError:
            value = math.nan
        if not (0 <= value < math.inf):
            self.fail(token, f'"{token.text}" is not a weight', expected="a number of 0 or more")
        return value + 0.0

    @property
    def next(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def take(self, sign: str) -> bool:
        """Move over this sign if it comes next."""
        if self.next.kind == "sign" and self.next.text == sign:
            self.at += 1
            return True
        return False

    def word(self, what: str) -> Token:
        """Move over a word."""
        token = self.next
        if token.kind != "word":
            self.fail(token, str(token), expected=what)
        if not token.text:
            self.fail(token, "an empty name", expected=what)
        self.at += 1
        while self.generous and not token.quoted and self.next.kind == "word" and not self.next.quoted:
            token = replace(token, text=f"{token.text} {self.next.text}")
            self.at += 1
        return token

    def sign(self, sign: str) -> None:
        """Move over this sign; refuse anything else."""
        if not self.take(sign):
            self.fail(self.next, str(self.next), expected=f'"{sign}"')

    def end(self) -> None:
        """Refuse whatever is left of the text."""
        if self.next.kind != "end":
            way_out = "put names with blanks or other characters in double quotes" if self.next.kind == "word" else ""
            self.fail(self.next, str(self.next), expected='"," or "|"', way_out=way_out)

    def refuse(self, term: Term, what: str, *, expected: str = "", way_out: str = "") -> None:
        """Raise the error of a term."""
        raise PatternError(self.text, term.column, what, expected=expected, way_out=way_out)

    def fail(self, token: Token, what: str, *, expected: str = "", way_out: str = "") -> None:
        """Raise the error of a token."""
        raise PatternError(self.text, token.column, what, expected=expected, way_out=way_out)


def _tokens(text: str, pattern: re.Pattern[str] = _TOKEN) -> list[Token]:
    """Cut a text into words, signs and the end."""
    tokens: list[Token] = []
    position = 0
    while True:
        match = pattern.match(text, position)
        if match is None:
            start = len(text) - len(text[position:].lstrip())
            what, way_out = f'"{text[start]}" is not part of the language', "put names with such characters in double quotes"
            if text[start] == '"':
                what, way_out = "a double quote is opened and not closed", ""
            raise PatternError(text, start + 1, what, way_out=way_out)
        kind = str(match.lastgroup)
        column, word = match.start(kind) + 1, match.group(kind)
        position = match.end()
        if kind == "quoted":
            tokens.append(Token("word", re.sub(r"\\(.)", r"\1", word[1:-1], flags=re.DOTALL), column, quoted=True))
        else:
            tokens.append(Token("word" if kind == "word" else "sign" if kind == "sign" else "end", word, column))
        if kind == "end":
            return tokens
