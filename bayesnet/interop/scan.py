"""A small scanner for the two text formats (BIF and NET): marks, words and quoted strings, with the line of every mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from bayesnet.errors import Problem, SpecError


@dataclass(frozen=True)
class Syntax:
    """The lexical rules of a format: the pattern of comments, and the single-character tokens."""

    comment: str
    marks: str
    token: re.Pattern[str] = field(init=False)
    blank: re.Pattern[str] = field(init=False)
    comment_or_quoted: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        marks = re.escape(self.marks)
        skip = rf"(?:\s+|{self.comment})*"
        word = rf'(?:(?!{self.comment})[^\s"{marks}])+'
        compiled = {
            "token": rf'{skip}(?:"(?P<quoted>[^"\n]*)"|(?P<mark>[{marks}])|(?P<word>{word})|(?P<end>\Z))',
            "blank": skip,
            "comment_or_quoted": rf'("[^"\n]*")|{self.comment}',
        }
        for name, pattern in compiled.items():
            object.__setattr__(self, name, re.compile(pattern))

    def bare(self, text: str) -> bool:
        """Return whether a label needs no quotes."""
        match = self.token.fullmatch(text)
        return match is not None and match["word"] == text

    def without_comments(self, text: str) -> str:
        """Replace comments by blanks, quoted strings untouched, line breaks kept."""
        return self.comment_or_quoted.sub(lambda m: m[1] or " " + "\n" * m[0].count("\n"), text)


@dataclass
class Scanner:
    """A position in a text; each method takes one thing and moves on, or raises `SpecError` with the line."""

    text: str
    file: str
    syntax: Syntax
    position: int = 0
    value: str = ""
    """The text of the last token, quotes taken off."""
    start: int = 0
    """The position of the last token."""

    def next(self) -> str:
        """Move to the next token and give its kind: quoted, mark, word or end."""
        match = self.syntax.token.match(self.text, self.position)
        if match is None:
            self.position = self._after_blank()
            self.fail('a closing quote (") on the same line', self.text[self.position :].splitlines()[0][:40])
        kind = match.lastgroup or "end"
        self.value, self.start, self.position = match[kind], match.start(kind), match.end()
        if kind == "quoted":
            self.start -= 1
        return kind

    def peek(self) -> tuple[str, str]:
        """Return the kind and text of the next token without moving."""
        state = self.position, self.value, self.start
        kind = self.next()
        value = self.value
        self.position, self.value, self.start = state
        return kind, value

    def expect(self, mark: str, after: str) -> None:
        """Take one mark or keyword."""
        if self.next() not in ("mark", "word") or self.value != mark:
            self.fail(f'"{mark}" {after}')

    def label(self, what: str) -> str:
        """Take a name, bare or quoted."""
        if self.next() not in ("word", "quoted") or not self.value:
            self.fail(what)
        return self.value

    def until(self, pattern: re.Pattern[str], expected: str) -> str:
        """Take everything that a pattern matches here and return it unchanged."""
        self._begin()
        match = pattern.match(self.text, self.position)
        if match is None:
            self.fail(expected, "the end of the file")
        self.position = match.end()
        return match[0]

    @property
    def line(self) -> int:
        """The line of the last token, counted from 1."""
        return self.text.count("\n", 0, self.start) + 1

    def fail(self, expected: str, got: str = "", way_out: str = "") -> NoReturn:
        """Raise `SpecError`: where, what was expected, what was there."""
        found = f'"{self.value}"' if self.value else "the end of the file"
        raise SpecError(self.file, [Problem(self.file, f"line {self.line}", "cannot be read", got or found, expected, way_out)])

    def _after_blank(self) -> int:
        match = self.syntax.blank.match(self.text, self.position)
        self.start = match.end() if match else self.position
        return self.start

    def _begin(self) -> None:
        self.position = self._after_blank()


def numbers(chunk: str) -> list[float] | str:
    """Read numbers between blanks or commas; the first word that is none of them, if there is one."""
    words = chunk.replace(",", " ").split()
    try:
        if "_" in chunk:
            raise ValueError
        return list(map(float, words))
    except ValueError:
        return next(word for word in words if not _is_number(word))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word
