"""A small scanner for the two text formats (BIF and NET): marks, words and quoted strings, with the line of every mistake.

Comments are blanked before scanning. Every expression here is linear in the text: repetitions are possessive or end at the first
character that cannot go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from bayesnet.errors import Problem, SpecError, brief


@dataclass(frozen=True)
class Syntax:
    """How a format writes comments and quoted strings (patterns), and which characters stand alone.

    `begins` lists how a comment begins; `comment` has the group `open` for one that is not closed; `raw` matches text in which
    comments are not looked for.
    """

    begins: tuple[str, ...]
    comment: str
    marks: str
    quoted: str = r'"[^"\n]*+"'
    raw: str = r"(?!)"
    token: re.Pattern[str] = field(init=False)
    kept: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        marks = re.escape(self.marks)
        token = rf'\s*+(?:"(?P<quoted>[^"\n]*+)"|(?P<mark>[{marks}])|(?P<word>[^\s"{marks}]++)|(?P<end>\Z))'
        object.__setattr__(self, "token", re.compile(token))
        object.__setattr__(self, "kept", re.compile(rf"(?P<kept>{self.quoted}|{self.raw})|{self.comment}", re.DOTALL))

    def bare(self, text: str) -> bool:
        """Return whether a label needs no quotes."""
        match = self.token.fullmatch(text)
        return match is not None and match["word"] == text and self.kept.search(text) is None

    def without_comments(self, text: str, file: str) -> str:
        """Replace comments by blanks, quoted strings untouched, line breaks kept."""
        if not any(begin in text for begin in self.begins):
            return text

        def blank(match: re.Match[str]) -> str:
            if match["kept"] is not None:
                return match["kept"]
            if match.groupdict().get("open") is not None:
                line = text.count("\n", 0, match.start()) + 1
                raise SpecError(file, [Problem(file, f"line {line}", "a comment that is not closed", expected='"*/"')])
            return " " + "\n" * match[0].count("\n")

        return self.kept.sub(blank, text)


@dataclass
class Scanner:
    """A position in a text without comments; each method takes one thing and moves on, or raises `SpecError` with the line."""

    text: str
    file: str
    syntax: Syntax
    position: int = 0
    value: str = ""
    """The text of the last token, quotes taken off."""
    start: int = 0
    """The position of the last token."""
    _line: tuple[int, int] = (0, 1)
    """A position and its line, from which others are counted."""

    def next(self) -> str:
        """Move to the next token and give its kind: quoted, mark, word or end."""
        match = self.syntax.token.match(self.text, self.position)
        if match is None:
            self._begin()
            self.value = ""
            self.fail('a closing quote (") on the same line', self.text[self.position : self.position + 40].splitlines()[0])
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
        return self.line_of(self.start)

    def line_of(self, position: int) -> int:
        """Return the line of a position, counted from 1."""
        known, line = self._line if self._line[0] <= position else (0, 1)
        self._line = position, line + self.text.count("\n", known, position)
        return self._line[1]

    def fail(self, expected: str, got: str = "", way_out: str = "") -> NoReturn:
        """Raise `SpecError`: where, what was expected, what was there."""
        found = f'"{brief(self.value)}"' if self.value else "the end of the file"
        problem = Problem(self.file, f"line {self.line}", "cannot be read", brief(got) or found, expected, way_out)
        raise SpecError(self.file, [problem])

    def _begin(self) -> None:
        """Move over blanks."""
        self.start = self.position = _AFTER_BLANK.match(self.text, self.position).end()  # type: ignore[union-attr]


_AFTER_BLANK = re.compile(r"\s*+")


def numbers(chunk: str) -> tuple[list[float], list[str]] | str:
    """Read numbers between blanks or commas; give them with the words they were written as, or the first word that is none."""
    words = chunk.replace(",", " ").split()
    try:
        if "_" in chunk:
            raise ValueError
        return list(map(float, words)), words
    except ValueError:
        return next(word for word in words if not _is_number(word))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word
