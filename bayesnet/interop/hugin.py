"""Hugin's NET language: nodes with quoted states, potentials with nested brackets."""

from __future__ import annotations

import re

from bayesnet.interop.draft import Draft
from bayesnet.interop.labels import refuse_labels, refuse_names
from bayesnet.interop.scan import Scanner, Syntax, numbers
from bayesnet.interop.tables import Tables

SYNTAX = Syntax(comment=r"%[^\n]*", marks="{}()|=;")

_STATEMENT = re.compile(r'[^";]*(?:"(?:[^"\\]|\\.)*"[^";]*)*;', re.DOTALL)
_ITEM = re.compile(r'"([^"]*)"|([^\s,"()]+)')
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|%[^\n]*|[()]', re.DOTALL)
_READ = ("name", "states", "state_values", "label", "data")
_OTHER_NODES = ("continuous", "decision", "utility", "function")


def read(text: str, file: str, stem: str) -> Tables:
    """Read a network; `stem` is its name where the file gives none."""
    scanner = Scanner(text, file, SYNTAX)
    draft = Draft(file)
    potentials: list[tuple[str, list[str], dict[str, str], int]] = []
    name = stem
    while scanner.next() != "end":
        keyword = scanner.value
        if keyword == "net":
            found = _items(_block(scanner).get("name", ""))
            name = found[0] if found else stem
        elif keyword in ("node", "discrete"):
            _node(scanner, draft, keyword)
        elif keyword in _OTHER_NODES:
            scanner.fail("discrete nodes only", f'"{keyword}"', "turn it into a discrete node before export")
        elif keyword == "potential":
            child, parents = _head(scanner)
            line = scanner.line
            potentials.append((child, parents, _block(scanner), line))
        else:
            scanner.fail('"net", "node" or "potential"')
    for child, parents, block, line in potentials:
        if draft.family(child, parents, line=line):
            _data(draft, child, block, line)
    return draft.finish(name)


def _block(scanner: Scanner) -> dict[str, str]:
    """Take `{ key = value; ... }`; values are kept as text, comments taken out."""
    scanner.expect("{", "at the start of the block")
    block: dict[str, str] = {}
    while (kind := scanner.next()) != "mark":
        if kind == "end":
            scanner.fail('"}" at the end of the block')
        key = scanner.value
        scanner.expect("=", f'after "{key}"')
        if key in block and key in _READ:
            scanner.fail(f'one "{key}" in a block', f'"{key}" again')
        chunk = scanner.until(_STATEMENT, f'";" after the value of "{key}"')
        block[key] = SYNTAX.without_comments(chunk)[:-1].strip()
        _check_brackets(scanner, chunk, key)
    if scanner.value != "}":
        scanner.fail('a key or "}"')
    return block


def _check_brackets(scanner: Scanner, chunk: str, key: str) -> None:
    """Refuse a value, the last chunk of the scanner, in which a bracket has no counterpart; name the line of the bracket."""
    unclosed: list[int] = []
    for match in _BRACKET.finditer(chunk):
        if match[0] == ")" and unclosed:
            unclosed.pop()
        elif match[0] == "(":
            unclosed.append(match.start())
        elif match[0] == ")":
            scanner.start += match.start()
            scanner.fail(f'"(" before each ")" in "{key}"', '")" alone')
    if unclosed:
        scanner.start += unclosed[-1]
        scanner.fail(f'")" after each "(" in "{key}"', '"(" that is not closed')


def _node(scanner: Scanner, draft: Draft, keyword: str) -> None:
    """Take one discrete node with its states."""
    if keyword == "discrete":
        scanner.expect("node", 'after "discrete"')
    name = scanner.label("the name of a node")
    line = scanner.line
    block = _block(scanner)
    states = _items(block.get("states", "")) or _items(block.get("state_values", ""))
    label = _items(block.get("label", ""))
    draft.variable(name, states, label=label[0] if label else "", line=line)


def _items(text: str) -> list[str]:
    """Split a bracketed list, or a single value, into its quoted and bare parts."""
    return [quoted or bare for quoted, bare in _ITEM.findall(text)]


def _head(scanner: Scanner) -> tuple[str, list[str]]:
    """Take `( child | parents )`."""
    scanner.expect("(", 'after "potential"')
    child = scanner.label("the name of a node")
    parents: list[str] = []
    conditional = False
    while (kind := scanner.next()) != "mark" or scanner.value != ")":
        if kind == "mark" and scanner.value == "|" and not conditional:
            conditional = True
            continue
        if kind not in ("word", "quoted") or not conditional:
            scanner.fail('a node or ")"' if conditional else f'"|" or ")" after "{child}", since joint potentials are not read')
        parents.append(scanner.value)
    return child, parents


def _data(draft: Draft, child: str, block: dict[str, str], line: int) -> None:
    """Read the numbers of one potential: parents in order, the child moving fastest."""
    if "data" not in block:
        formula = "model_data" in block
        way_out = "export it with tables" if formula else ""
        draft.problem("is given by an expression (model_data)" if formula else "has no data", child, line, way_out=way_out)
        return
    values = numbers(block["data"].replace("(", " ").replace(")", " "))
    if isinstance(values, str):
        draft.problem("its data cannot be read", child, line, got=f'"{values}"', expected="a number")
    else:
        draft.table(child, values, line=line)


def write(tables: Tables) -> str:
    """Write a network; numbers to full double precision."""
    refuse_labels(tables, "NET", lambda label: not set(label) & {'"', "\\"}, 'a double quote (") or a backslash')
    refuse_names(tables, "NET", _IDENTIFIER.fullmatch, "a name with anything but letters, digits and underscores")
    lines = ["net", "{", f'  name = "{tables.name}";', "  node_size = (80 40);", "}"]
    for name, states in zip(tables.names, tables.states, strict=True):
        labels = " ".join(f'"{state}"' for state in states)
        lines += [f"node {name}", "{", f"  states = ({labels});", "}"]
    for i, (name, parents) in enumerate(zip(tables.names, tables.parents, strict=True)):
        given = " | " + " ".join(tables.names[p] for p in parents) if parents else ""
        lines += [f"potential ({name}{given})", "{", f"  data = {_brackets(tables.tables[i].tolist())};", "}"]
    return "\n".join(lines) + "\n"


def _brackets(values: list[object] | object) -> str:
    """Write nested lists as nested brackets, one column a line."""
    if not isinstance(values, list):
        return repr(values)
    inner = [_brackets(value) for value in values]
    return f"({' '.join(inner)})" if not isinstance(values[0], list) else "(" + "\n    ".join(inner) + ")"
