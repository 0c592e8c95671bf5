"""The Bayesian interchange format (BIF 0.15), as the public network repositories use it.

Labels with blanks, brackets, commas or digits first are read bare where they are unambiguous and in double quotes always;
they are written in quotes when a bare label would not read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from bayesnet.interop.draft import Draft
from bayesnet.interop.labels import refuse_labels
from bayesnet.interop.scan import Scanner, Syntax, numbers
from bayesnet.interop.tables import Tables

SYNTAX = Syntax(comment=r"(?://[^\n]*|/\*(?s:.)*?\*/)", marks="{}()[],;|")

_STATES = re.compile(r'(?:[^"{};]|"[^"\n]*")*\}')
_STATEMENT = re.compile(r'[^";}]*(?:"[^"\n]*"[^";}]*)*[;}]')
_ITEM = re.compile(r'"([^"\n]*)"|([^\s,"]+)')


@dataclass(frozen=True)
class _Body:
    """The place of the entries of one variable's table, kept until all variables are known."""

    child: str
    parents: tuple[str, ...]
    start: int
    line: int


def read(text: str, file: str, stem: str) -> Tables:
    """Read a network; `stem` is its name where the file gives none."""
    scanner = Scanner(text, file, SYNTAX)
    draft = Draft(file)
    bodies: list[_Body] = []
    name = stem
    while (kind := scanner.next()) != "end":
        if kind == "word" and scanner.value == "network":
            name = _network(scanner) or stem
        elif kind == "word" and scanner.value == "variable":
            _variable(scanner, draft)
        elif kind == "word" and scanner.value == "probability":
            bodies.append(_head(scanner))
        else:
            scanner.fail('"network", "variable" or "probability"')
    for body in bodies:
        if draft.family(body.child, body.parents, line=body.line):
            _entries(scanner, draft, body)
    return draft.finish(name)


def _network(scanner: Scanner) -> str:
    """Take the name of the network and skip its properties."""
    name = "" if scanner.peek() == ("mark", "{") else scanner.label("the name of the network")
    scanner.expect("{", "after the name of the network")
    for _ in _statements(scanner):
        pass
    return "" if name == "unknown" else name


def _statements(scanner: Scanner) -> Iterator[tuple[str, str, int]]:
    """Return the statements of a block up to its closing brace: first word, the whole text, where it starts."""
    while (first := scanner.peek()) != ("mark", "}"):
        if first[0] == "end":
            scanner.next()
            scanner.fail('"}" at the end of the block')
        if first[1] == "property":
            chunk = scanner.until(re.compile(r"[^;]*;"), '";" after the property')
        else:
            chunk = scanner.until(_STATEMENT, '";" at the end of the entry')
            if chunk.endswith("}"):
                scanner.start, scanner.value = scanner.position - 1, "}"
                scanner.fail('";" before the end of the block')
        yield first[1], chunk, scanner.start
    scanner.expect("}", "at the end of the block")


def _variable(scanner: Scanner, draft: Draft) -> None:
    """Take one variable with its states."""
    name = scanner.label("the name of a variable")
    line = scanner.line
    scanner.expect("{", f'after "variable {name}"')
    while (kind := scanner.next()) != "mark":
        if kind == "word" and scanner.value == "property":
            scanner.until(re.compile(r"[^;]*;"), '";" after the property')
        elif kind == "word" and scanner.value == "type":
            states = _states(scanner)
            draft.variable(name, states, line=line)
        else:
            scanner.fail('"type" or "property"')
    if scanner.value != "}":
        scanner.fail('"}" at the end of the variable')
    if name not in draft.states:
        draft.problem("has no states", name, line, expected='"type discrete [ n ] { states };"')


def _states(scanner: Scanner) -> list[str]:
    """Take `discrete [ n ] { a, b, ... };`."""
    scanner.expect("discrete", 'after "type"')
    scanner.expect("[", 'after "discrete"')
    count = scanner.label("the number of states")
    if not count.isdecimal():
        scanner.fail("the number of states")
    scanner.expect("]", "after the number of states")
    scanner.expect("{", "before the states")
    begin = scanner.position
    chunk = scanner.until(_STATES, '"}" after the states')[:-1]
    states = _labels(SYNTAX.without_comments(chunk), int(count))
    if states is None:
        scanner.start = begin
        scanner.fail(f"{count} states between commas", chunk.strip() or "none")
    scanner.expect(";", "after the states")
    return states


def _labels(chunk: str, count: int) -> list[str] | None:
    """Split labels at commas, or at blanks where that gives the right count; None where neither does."""
    if '"' not in chunk:
        items = [item.strip() for item in chunk.split(",")]
        if items[-1] == "":
            items.pop()
        if len(items) == count and all(items):
            return items
    found = [quoted or bare for quoted, bare in _ITEM.findall(chunk)]
    return found if len(found) == count else None


def _head(scanner: Scanner) -> _Body:
    """Take `( child | parents ) {` and step over the entries."""
    scanner.expect("(", 'after "probability"')
    names = [scanner.label("the name of a variable")]
    line = scanner.line
    while (kind := scanner.next()) != "mark" or scanner.value != ")":
        if kind in ("word", "quoted"):
            names.append(scanner.value)
        elif kind == "end" or scanner.value not in ("|", ","):
            scanner.fail('a variable, "|", "," or ")"')
    scanner.expect("{", 'after ")"')
    start = scanner.position
    for _ in _statements(scanner):
        pass
    return _Body(names[0], tuple(names[1:]), start, line)


def _entries(scanner: Scanner, draft: Draft, body: _Body) -> None:
    """Read the rows and the default, or the whole table of one variable; entries that exclude each other are problems."""
    cards = draft.cards(body.child)
    rows: list[list[float] | None] = [None] * prod(cards[:-1])
    places = [{state: i for i, state in enumerate(draft.states[p])} for p in body.parents]
    default: list[float] | None = None
    whole: list[float] | None = None
    scanner.position = body.start
    for word, chunk, start in _statements(scanner):
        text = (SYNTAX.without_comments(chunk) if "/" in chunk else chunk)[:-1]
        if word == "(":
            bracket = text.rfind(")")
            column = _column(scanner, body, text[1:bracket], places, start)
            values = _values(scanner, text[bracket + 1 :], cards[-1], start)
            if rows[column] is not None:
                draft.problem(f"two rows for {draft.given(body.child, column)}", body.child, _line(scanner, start))
            rows[column] = values
        elif word == "table":
            if whole is not None:
                draft.problem("two tables", body.child, _line(scanner, start))
            whole = _values(scanner, text[5:], prod(cards), start)
        elif word == "default":
            if default is not None:
                draft.problem("two defaults", body.child, _line(scanner, start))
            default = _values(scanner, text[7:], cards[-1], start)
        elif word != "property":
            scanner.start = start
            scanner.fail('"table", "default", "property" or a row in brackets', f'"{word}"')
    if whole is not None:
        if default is not None or any(row is not None for row in rows):
            draft.problem("a table beside rows or a default", body.child, body.line, expected="one or the other")
        draft.table(body.child, whole, child_first=True, line=body.line)
        return
    missing = [column for column, row in enumerate(rows) if row is None]
    if default is None and missing:
        more = f" and for {len(missing) - 1} more" if len(missing) > 1 else ""
        draft.problem(f"no row for {draft.given(body.child, missing[0]) or 'its states'}{more}", body.child, body.line)
        return
    draft.table(body.child, np.array([default if row is None else row for row in rows]), line=body.line)


def _column(scanner: Scanner, body: _Body, text: str, places: list[dict[str, int]], start: int) -> int:
    """Return the index of the column that the labels of a row name, the last parent moving fastest."""
    labels = _labels(text, len(places))
    column = 0
    if labels is None:
        scanner.start = start
        scanner.fail(f'{len(places)} states in brackets, one for each parent of "{body.child}"', f'"({text.strip()})"')
    for label, place, parent in zip(labels, places, body.parents, strict=True):
        if label not in place:
            scanner.start = start
            scanner.fail(f'a state of "{parent}" ({", ".join(place)})', f'"{label}"')
        column = column * len(place) + place[label]
    return column


def _values(scanner: Scanner, text: str, count: int, start: int) -> list[float]:
    """Read the numbers of one statement."""
    values = numbers(text)
    if isinstance(values, str) or len(values) != count:
        scanner.start = start
        scanner.fail(f"{count} numbers", f'"{values}"' if isinstance(values, str) else str(len(values)))
    return values


def _line(scanner: Scanner, start: int) -> int:
    scanner.start = start
    return scanner.line


def write(tables: Tables) -> str:
    """Write a network; numbers to full double precision."""
    refuse_labels(tables, "BIF", lambda label: '"' not in label, 'a double quote (")')
    lines = [f"network {_quote(tables.name or 'unknown')} {{", "}"]
    for name, states in zip(tables.names, tables.states, strict=True):
        labels = ", ".join(map(_quote, states))
        lines += [f"variable {_quote(name)} {{", f"  type discrete [ {len(states)} ] {{ {labels} }};", "}"]
    for i, (name, parents) in enumerate(zip(tables.names, tables.parents, strict=True)):
        given = " | " + ", ".join(_quote(tables.names[p]) for p in parents) if parents else ""
        lines.append(f"probability ( {_quote(name)}{given} ) {{")
        for setting, column in tables.columns(i):
            row = f"({', '.join(map(_quote, setting))})" if parents else "table"
            lines.append(f"  {row} {', '.join(map(repr, column.tolist()))};")
        lines.append("}")
    return "\n".join(lines) + "\n"


def _quote(label: str) -> str:
    """Quote a label that would not be read back bare."""
    return label if SYNTAX.bare(label) else f'"{label}"'
