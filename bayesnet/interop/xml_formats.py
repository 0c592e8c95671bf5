"""Shared parts of the two XML formats: parsing with the place of a mistake, and text of elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bayesnet.errors import Problem, SpecError, brief
from bayesnet.interop.draft import Draft
from bayesnet.interop.scan import numbers

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse(data: bytes, file: str, root: str) -> Element:
    """Parse a document and check the name of its root element."""
    from xml.etree import ElementTree as ET

    # A declaration must stand at the very start; programs and editors put blank lines before it.
    before = _BEFORE.match(data)
    skipped = before.end() if before else 0
    try:
        element = ET.fromstring(data[skipped:])  # noqa: S314  (a model the user names; expat bounds entity expansion)
    except ET.ParseError as error:
        line, column = error.position
        line += data.count(b"\n", 0, skipped)
        reason = str(error).split(":")[0]
        raise SpecError(file, [Problem(file, f"line {line}, column {column + 1}", f"not well-formed XML ({reason})")]) from error
    except (LookupError, ValueError) as error:
        what = f"written in an encoding that cannot be read ({brief(str(error))})"
        raise SpecError(file, [Problem(file, "line 1", what, way_out="save it as UTF-8")]) from error
    for part in element.iter():
        if part.tag.startswith("{"):  # a namespace says nothing that the root does not
            part.tag = part.tag.partition("}")[2]
    if element.tag.upper() != root.upper():
        raise SpecError(file, [Problem(file, "", "another kind of document", f"<{brief(element.tag)}>", f"<{root}>")])
    return element


_BEFORE = re.compile(rb"\s++(?=<\?xml)")


def text_of(element: Element | None) -> str:
    """Return the text of an element without the blanks around it."""
    return (element.text or "").strip() if element is not None else ""


def only(draft: Draft, element: Element, tag: str, variable: str = "") -> Element | None:
    """Return the part of this name; a second one is noted as a problem."""
    parts = element.findall(tag)
    if len(parts) > 1:
        draft.problem(f"has {len(parts)} <{tag}> elements", variable, expected="one")
    return parts[0] if parts else None


def table_numbers(draft: Draft, child: str, element: Element, tag: str) -> tuple[list[float] | None, list[str]]:
    """Read the numbers of a table with the words they are written as; None, with the reason noted, where they cannot be read."""
    found = numbers(text_of(only(draft, element, tag, child)))
    if isinstance(found, str):
        draft.problem("its table cannot be read", child, got=f'"{brief(found)}"', expected="a number")
        return None, []
    if not found[0]:
        draft.problem("its table is empty", child)
        return None, []
    return found
