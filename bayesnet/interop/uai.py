"""The UAI competition format: numbers only. Variables are named x0, x1, ..., states s0, s1, ...

In a scope the child is last and moves fastest in its table, the first parent slowest. pyAgrum writes the parents backwards
(version 3.3.1, checked with eleven networks) and the name of the child as a comment behind each scope, `1 0   # A`; files
in which every scope has such a comment are turned round. Other comments, from `#` to the end of a line, are passed over.
"""

from __future__ import annotations

import re
from math import prod
from typing import NoReturn

import numpy as np

from bayesnet.errors import WIDEST_LIST, Problem, SpecError, brief, shown
from bayesnet.interop.draft import Draft
from bayesnet.interop.tables import Tables

_DIGITS = 9
_OF_AGRUM = re.compile(r"^\d+(?: \d+)*   # \S", re.MULTILINE)


def read(text: str, file: str, stem: str, *, normalize: bool = False) -> Tables:
    """Read a network of type BAYES; `normalize` divides every column by its sum."""
    draft = Draft(file, normalize, len(text))
    take = _Words(text, file)
    kind = take.word()
    if kind.upper() != "BAYES":
        way_out = "a Markov network has no conditional tables" if kind.upper() == "MARKOV" else ""
        take.fail(kind, '"BAYES"', way_out)
    names = [f"x{i}" for i in range(take.count("the number of variables"))]
    if not names:
        take.fail("0", "at least one variable")
    for name in names:
        states = take.count(f"the number of states of {name}")
        draft.variable(name, [f"s{k}" for k in range(states)], line=take.line)
    scopes = []
    for k in range(take.count("the number of tables")):
        size = take.count(f"the size of the scope of table {k}")
        scopes.append([take.count(f"a variable of table {k}, 0 to {len(names) - 1}", len(names)) for _ in range(size)])
    backwards = bool(scopes) and len(_OF_AGRUM.findall(text)) == len(scopes)
    for k, scope in enumerate(scopes):
        values, words = take.numbers(take.count(f"the length of table {k}"), f"table {k}")
        if not scope:
            draft.problem(f"table {k} has no variables")
        elif draft.family(names[scope[-1]], [names[p] for p in scope[:-1]], line=take.line):
            if backwards and len(values) == prod(cards := draft.cards(names[scope[-1]])):
                order = np.arange(len(values)).reshape(*cards[-2::-1], cards[-1])
                turned = order.transpose(*range(len(cards) - 1)[::-1], len(cards) - 1).ravel().tolist()
                values, words = [values[i] for i in turned], [words[i] for i in turned]
            draft.table(names[scope[-1]], values, words, line=take.line)
    if word := take.word():
        take.fail(word, "the end of the file after the last table")
    return draft.finish(stem)


class _Words:
    """Takes words off the text, with the line and the meaning of the one that is missing or wrong."""

    def __init__(self, text: str, file: str) -> None:
        self.words: list[str] = []
        self.lines: list[int] = []
        for number, line in enumerate(text.splitlines(), 1):
            found = line.partition("#")[0].split()
            self.words += found
            self.lines += [number] * len(found)
        self.file, self.line, self.at = file, 1, 0

    def word(self) -> str:
        """Take the next word, empty at the end of the file."""
        if self.at == len(self.words):
            return ""
        word, self.line = self.words[self.at], self.lines[self.at]
        self.at += 1
        return word

    def count(self, what: str, below: int = 0) -> int:
        """Take a number of things; there cannot be more of them than there are words in the file."""
        word = self.word()
        if not word.isdecimal() or len(word) > _DIGITS or int(word) >= (below or len(self.words) + 1):
            too_many = word.isdecimal() and not below and f"the file holds {len(self.words)} words in all"
            self.fail(word, what, too_many or "")
        return int(word)

    def numbers(self, count: int, what: str) -> tuple[list[float], list[str]]:
        """Take this number of numbers; return them with the words they are written as."""
        words = self.words[self.at : self.at + count]
        values = []
        for k in range(count):
            word = self.word()
            try:
                values.append(float(word if "_" not in word else ""))
            except ValueError:
                self.fail(word, f"number {k + 1} of the {count} of {what}")
        return values, words

    def fail(self, word: str, expected: str, way_out: str = "") -> NoReturn:
        """Raise `SpecError`: where, what was expected, what was there."""
        got = f'"{brief(word)}"' if word else "the end of the file"
        raise SpecError(self.file, [Problem(self.file, f"line {self.line}", "cannot be read", got, expected, way_out)])


def write(tables: Tables) -> str:
    """Write a network; refused when its names are other than x0, x1, ... or its states other than s0, s1, ..."""
    problems = []
    for i, (name, states) in enumerate(zip(tables.names, tables.states, strict=True)):
        plain = tuple(f"s{k}" for k in range(len(states)))
        lost = [f"{shown(name)} would come back as x{i}"] if name != f"x{i}" else []
        lost += [f"its states {', '.join(states)} as {', '.join(plain)}"] if states != plain else []
        if lost:
            problems.append(Problem("", f"variable {shown(name)}", "UAI keeps no names", way_out=", ".join(lost)))
    if problems:
        network, more = tables.name or "the network", len(problems) - WIDEST_LIST
        rest = [f"and {more:,d} more variables"] if more > 0 else []
        allowed = "drop_names=True, or --drop-names, accepts that"
        raise SpecError(f"cannot write {network} as UAI without losing names ({allowed})", [*problems[:WIDEST_LIST], *rest])
    return text_of(tables)


def text_of(tables: Tables) -> str:
    """Write the numbers alone, whatever the names; to full double precision."""
    count = len(tables.names)
    lines = ["BAYES", str(count), " ".join(str(len(states)) for states in tables.states), str(count)]
    lines += [" ".join(map(str, (len(parents) + 1, *parents, i))) for i, parents in enumerate(tables.parents)]
    for table in tables.tables:
        rows = table.reshape(-1, table.shape[-1]).tolist()
        lines += ["", str(prod(table.shape)), *(" ".join(map(repr, row)) for row in rows)]
    return "\n".join(lines) + "\n"
