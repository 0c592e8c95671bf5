"""Hugin's NET language: nodes with quoted states, potentials with nested brackets."""

from __future__ import annotations

import re
from itertools import pairwise
from math import prod

from bayesnet.errors import brief
from bayesnet.interop.draft import Draft
from bayesnet.interop.labels import refuse_labels, refuse_names
from bayesnet.interop.scan import Scanner, Syntax, numbers
from bayesnet.interop.tables import Tables

_QUOTED = r'"(?:[^"\\]|\\.?)*+(?:"|\Z)'

SYNTAX = Syntax(begins=("%",), comment=r"%[^\n]*+", marks="{}()|=;", quoted=_QUOTED)

_STATEMENT = re.compile(rf'(?:[^";]|{_QUOTED})*+;', re.DOTALL)
_ITEM = re.compile(r'"((?:[^"\\]|\\.?)*+)(?:"|\Z)|([^\s,"()]++)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACKET = re.compile(rf"{_QUOTED}|[()]", re.DOTALL)
_READ = ("name", "states", "state_values", "subtype", "label", "data")
_BLOCKS = '"net", "node" or "potential"'
_OTHER_NODES = ("continuous", "decision", "utility", "function")


def read(text: str, file: str, stem: str, *, normalize: bool = False) -> Tables:
    """Read a network; `stem` is its name where the file gives none; `normalize` divides every column by its sum."""
    scanner = Scanner(SYNTAX.without_comments(text, file), file, SYNTAX)
    draft = Draft(file, normalize, len(text))
    potentials: list[tuple[str, list[str], dict[str, str], int]] = []
    name = stem
    in_class: bool | None = None
    while scanner.next() != "end":
        keyword = scanner.value
        if keyword == "net":
            found = _items(_block(scanner).get("name", ""))
            name = found[0] if found else stem
        elif keyword in ("node", "discrete"):
            _node(scanner, draft, keyword)
        elif keyword in ("class", "instance"):
            name, in_class = _class(scanner, keyword, first=in_class is None), True
        elif keyword in _OTHER_NODES:
            scanner.fail("discrete nodes only", f'"{keyword}"', "turn it into a discrete node before export")
        elif keyword == "potential":
            child, parents = _head(scanner)
            line = scanner.line
            potentials.append((child, parents, _block(scanner), line))
        elif in_class:
            in_class = _rest_of_class(scanner, keyword)
        else:
            scanner.fail(_BLOCKS)
    if in_class:
        scanner.fail('"}" at the end of the class')
    for child, parents, block, line in potentials:
        if draft.family(child, parents, line=line):
            _data(draft, child, block, line)
    return draft.finish(name)


def _class(scanner: Scanner, keyword: str, *, first: bool) -> str:
    """Take the name of a class around one plain network; several of them, or instances, are no plain network."""
    if keyword == "instance" or not first:
        way_out = "save the unrolled network in the program that made it"
        scanner.fail("one plain network, since object-oriented networks are not read", f'"{keyword}"', way_out)
    name = scanner.label("the name of the class")
    scanner.expect("{", f'after "class {name}"')
    return name


def _rest_of_class(scanner: Scanner, key: str) -> bool:
    """Step over `key = value;` or take the closing brace, and return whether the class goes on."""
    if key == "}":
        return False
    if scanner.peek() != ("mark", "="):
        scanner.fail(_BLOCKS)
    start = scanner.start
    scanner.expect("=", f'after "{key}"')
    value = scanner.until(_STATEMENT, f'";" after the value of "{key}"')[:-1].strip()
    if key == "inputs" and _items(value):
        scanner.start, scanner.value = start, key
        scanner.fail("a class without input nodes, since object-oriented networks are not read", f"inputs {value}")
    return True


def _block(scanner: Scanner) -> dict[str, str]:
    """Take `{ key = value; ... }`; values are kept as text."""
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
        block[key] = chunk[:-1].strip()
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
    states = _items(block.get("states", "")) or _values_as_states(block)
    label = _items(block.get("label", ""))
    draft.variable(name, states, label=label[0] if label else "", line=line)


def _values_as_states(block: dict[str, str]) -> list[str]:
    """Return name states by their values; of an interval node the values are the bounds between which its states lie."""
    values = _items(block.get("state_values", ""))
    if _items(block.get("subtype", "")) != ["interval"]:
        return values
    return [f"{low} - {high}" for low, high in pairwise(values)]


def _items(text: str) -> list[str]:
    """Split a bracketed list, or a single value, into its quoted and bare parts."""
    return [_ESCAPED.sub(r"\1", quoted) if quoted else bare for quoted, bare in _ITEM.findall(text)]


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
        way_out = "export it with tables" if formula else "give it a line such as data = (0.5 0.5);"
        draft.problem("is given by an expression (model_data)" if formula else "has no data", child, line, way_out=way_out)
        return
    found = numbers(block["data"].replace("(", " ").replace(")", " "))
    if isinstance(found, str):
        draft.problem("its data cannot be read", child, line, got=f'"{brief(found)}"', expected="a number")
        return
    values, words = found
    states = len(draft.states[child])
    if len(values) == prod(draft.cards(child)) and states > 1 and set(values) == {1.0}:
        draft.divided.append(f"{child} (a table of ones, which nobody filled in)")
        values, words = [1.0 / states] * len(values), []
    draft.table(child, values, words, line=line)


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
