"""The UAI competition format: numbers only. Variables are named x0, x1, ..., states s0, s1, ..."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NoReturn

from bayesnet.errors import Problem, SpecError
from bayesnet.interop.draft import Draft
from bayesnet.interop.tables import Tables


def read(text: str, file: str, stem: str) -> Tables:
    """Read a network of type BAYES; in each scope the child is last, as in the format."""
    draft = Draft(file)
    take = _Words(text, file)
    kind = take.word()
    if kind.upper() != "BAYES":
        take.fail(kind, '"BAYES"', "a Markov network has no conditional tables")
    names = [f"x{i}" for i in range(take.count("the number of variables"))]
    for name in names:
        draft.variable(name, [f"s{k}" for k in range(take.count(f"the number of states of {name}"))])
    scopes = []
    for k in range(take.count("the number of tables")):
        size = take.count(f"the size of the scope of table {k}")
        scopes.append([take.count(f"a variable of table {k}, 0 to {len(names) - 1}", len(names)) for _ in range(size)])
    for k, scope in enumerate(scopes):
        values = take.numbers(take.count(f"the length of table {k}"), f"table {k}")
        if not scope:
            draft.problem(f"table {k} has no variables")
        elif draft.family(names[scope[-1]], [names[p] for p in scope[:-1]], line=take.line):
            draft.table(names[scope[-1]], values, line=take.line)
    if word := take.word():
        take.fail(word, "the end of the file after the last table")
    return draft.finish(stem)


class _Words:
    """Takes words off the text, with the line and the meaning of the one that is missing or wrong."""

    def __init__(self, text: str, file: str) -> None:
        self.words = self._split(text)
        self.file, self.line = file, 1

    @staticmethod
    def _split(text: str) -> Iterator[tuple[str, int]]:
        for number, line in enumerate(text.splitlines(), 1):
            for word in line.split():
                yield word, number

    def word(self) -> str:
        word, self.line = next(self.words, ("", self.line))
        return word

    def count(self, what: str, below: int = 10**7) -> int:
        word = self.word()
        if not word.isdecimal() or int(word) >= below:
            self.fail(word, what)
        return int(word)

    def numbers(self, count: int, what: str) -> list[float]:
        values = []
        for k in range(count):
            word = self.word()
            try:
                values.append(float(word))
            except ValueError:
                self.fail(word, f"number {k + 1} of the {count} of {what}")
        return values

    def fail(self, word: str, expected: str, way_out: str = "") -> NoReturn:
        got = f'"{word}"' if word else "the end of the file"
        raise SpecError(self.file, [Problem(self.file, f"line {self.line}", "cannot be read", got, expected, way_out)])


def write(tables: Tables) -> str:
    """Write a network; refused when its names are other than x0, x1, ... or its states other than s0, s1, ..."""
    problems = []
    for i, (name, states) in enumerate(zip(tables.names, tables.states, strict=True)):
        plain = tuple(f"s{k}" for k in range(len(states)))
        if name != f"x{i}":
            problems.append(Problem("", f"variable {name!r}", "UAI keeps no names", way_out=f"it would come back as x{i}"))
        if states != plain:
            lost = f"{', '.join(states)} would come back as {', '.join(plain)}"
            problems.append(Problem("", f"variable {name!r}", "UAI keeps no states", way_out=lost))
    if problems:
        network = tables.name or "the network"
        raise SpecError(f"cannot write {network} as UAI without losing names (drop_names=True accepts that)", problems)
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
