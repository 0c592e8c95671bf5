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

SYNTAX = Syntax(
    begins=("//", "/*"),
    comment=r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|(?P<open>\Z))",
    marks="{}()[],;|",
    raw=r'\bproperty\b(?:(?:[^";]|"[^"\n]*+")*+;|[^;]*+(?:;|\Z))',
)

_STATES = re.compile(r'(?:[^"{};]|"[^"\n]*+")*+\}')
_STATEMENT = re.compile(r'(?:[^";}]|"[^"\n]*+")*+[;}]')
_PROPERTY = re.compile(r'(?:[^";]|"[^"\n]*+")*+;|[^;]*+;')
_ITEM = re.compile(r'"([^"\n]*+)"|([^\s,"]++)')
_DIGITS = 9
"""Digits of a number of states; more is a slip, or meant to use up memory."""


_Row = tuple[list[float], list[str]]


@dataclass(frozen=True)
class _Body:
    """The place of the entries of one variable's table, kept until all variables are known."""

    child: str
    parents: tuple[str, ...]
    start: int
    line: int
    plain: str = ""
    """The text of the entries where it is free of quotes, properties and inner braces."""


def read(text: str, file: str, stem: str, *, normalize: bool = False) -> Tables:
    """Read a network; `stem` is its name where the file gives none; `normalize` divides every column by its sum."""
    scanner = Scanner(SYNTAX.without_comments(text, file), file, SYNTAX)
    draft = Draft(file, normalize, len(text))
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
            _words_between(scanner, kind)
    for body in bodies:
        readable = draft.family(body.child, body.parents, line=body.line) and draft.room(body.child, body.line)
        if readable and not (body.plain and _plain_entries(draft, body)):
            _entries(scanner, draft, body)
    return draft.finish(name)


def _words_between(scanner: Scanner, kind: str) -> None:
    """Step over words between blocks, which BIF allows; a bracket shows that they were meant as a block."""
    value, start = scanner.value, scanner.start
    while kind in ("word", "quoted") or scanner.value in (",", ";"):
        if (following := scanner.peek())[0] == "end" or following[1] in ("network", "variable", "probability"):
            return
        kind = scanner.next()
    scanner.value, scanner.start = value, start
    scanner.fail('"network", "variable" or "probability"')


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
            chunk = scanner.until(_PROPERTY, '";" after the property')
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
            scanner.until(_PROPERTY, '";" after the property')
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
    if not count.isdecimal() or len(count) > _DIGITS:
        scanner.fail("the number of states")
    scanner.expect("]", "after the number of states")
    scanner.expect("{", "before the states")
    begin = scanner.position
    chunk = scanner.until(_STATES, '"}" after the states')[:-1]
    states = _labels(chunk, int(count))
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
    end = scanner.text.find("}", start)
    plain = scanner.text[start:end] if end >= 0 else ""
    if plain and not any(mark in plain for mark in ('"', "{", "property")):
        scanner.position = end + 1
        return _Body(names[0], tuple(names[1:]), start, line, plain)
    for _ in _statements(scanner):
        pass
    return _Body(names[0], tuple(names[1:]), start, line)


def _plain_entries(draft: Draft, body: _Body) -> bool:
    """Read entries as most files have them; false where anything is unusual, for `_entries` to read and to judge."""
    cards = draft.cards(body.child)
    *entries, rest = body.plain.split(";")
    if rest.strip() or "_" in body.plain.rpartition(")")[2]:
        return False
    words: list[str]
    if not body.parents or entries[0].lstrip()[:5] == "table":
        keyword, _, text = (entries[0].lstrip() if len(entries) == 1 else "").partition(" ")
        words = text.replace(",", " ").split()
        if keyword != "table":
            return False
    else:
        found = _plain_rows(draft, body, entries, cards)
        if found is None:
            return False
        words = [word for row in found for word in row]
    try:
        values = list(map(float, words))
    except ValueError:
        return False
    if len(values) != prod(cards):
        return False
    draft.table(body.child, values, words, child_first=entries[0].lstrip()[:1] == "t", line=body.line)
    return True


def _plain_rows(draft: Draft, body: _Body, entries: list[str], cards: tuple[int, ...]) -> list[list[str]] | None:
    """Return the words of every row in order; None where a row is missing, doubled or anything but labels and numbers."""
    places = [{state: i for i, state in enumerate(draft.states[p])} for p in body.parents]
    rows: list[list[str]] = [[]] * prod(cards[:-1])
    if len(entries) != len(rows):
        return None
    for entry in entries:
        head, bracket, text = entry.rpartition(")")
        opening, _, inner = head.partition("(")
        labels = inner.split(",")
        if not bracket or opening.strip() or len(labels) != len(places) or "_" in text:
            return None
        column = 0
        for label, place in zip(labels, places, strict=True):
            state = place.get(label.strip())
            if state is None:
                return None
            column = column * len(place) + state
        words = text.replace(",", " ").split()
        if rows[column] or len(words) != cards[-1]:
            return None
        rows[column] = words
    return rows


def _entries(scanner: Scanner, draft: Draft, body: _Body) -> None:
    """Read the rows and the default, or the whole table of one variable; entries that exclude each other are problems."""
    cards = draft.cards(body.child)
    rows: dict[int, _Row] = {}
    places = [{state: i for i, state in enumerate(draft.states[p])} for p in body.parents]
    default: _Row | None = None
    whole: _Row | None = None
    scanner.position = body.start
    for word, chunk, start in _statements(scanner):
        text = chunk[:-1]
        if word == "(":
            bracket = text.rfind(")")
            column = _column(scanner, body, text[1:bracket], places, start)
            values = _values(scanner, text[bracket + 1 :], cards[-1], start)
            if column in rows:
                draft.problem(f"two rows for {draft.given(body.child, column)}", body.child, scanner.line_of(start))
            rows[column] = values
        elif word == "table":
            if whole is not None:
                draft.problem("two tables", body.child, scanner.line_of(start))
            whole = _values(scanner, text[5:], prod(cards), start)
        elif word == "default":
            if default is not None:
                draft.problem("two defaults", body.child, scanner.line_of(start))
            default = _values(scanner, text[7:], cards[-1], start)
        elif word != "property":
            scanner.start = start
            scanner.fail('"table", "default", "property" or a row in brackets', f'"{word}"')
    if whole is None:
        _rows(draft, body, rows, default)
        return
    if default is not None or rows:
        draft.problem("a table beside rows or a default", body.child, body.line, expected="one or the other")
    draft.table(body.child, *whole, child_first=True, line=body.line)


def _rows(draft: Draft, body: _Body, rows: dict[int, _Row], default: _Row | None) -> None:
    """Put the rows of a table together, those that are not given from the default."""
    settings = prod(draft.cards(body.child)[:-1])
    if default is None and len(rows) < settings:
        first = next(column for column in range(settings) if column not in rows)
        missing = settings - len(rows)
        more = f" and for {missing - 1} more" if missing > 1 else ""
        draft.problem(f"no row for {draft.given(body.child, first) or 'its states'}{more}", body.child, body.line)
        return
    if default is None:
        words = [word for column in range(settings) for word in rows[column][1]]
        draft.table(body.child, np.array([rows[column][0] for column in range(settings)]), words, line=body.line)
        return
    filled = np.tile(default[0], (settings, 1))
    for column, row in rows.items():
        filled[column] = row[0]
    draft.table(body.child, filled, line=body.line)


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


def _values(scanner: Scanner, text: str, count: int, start: int) -> _Row:
    """Read the numbers of one statement."""
    found = numbers(text)
    if isinstance(found, str) or len(found[0]) != count:
        scanner.start = start
        scanner.fail(f"{count} numbers", f'"{found}"' if isinstance(found, str) else str(len(found[0])))
    return found


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
