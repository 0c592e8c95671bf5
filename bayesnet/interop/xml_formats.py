"""Shared parts of the two XML formats: parsing with the place of a mistake, and text of elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.errors import Problem, SpecError
from bayesnet.interop.draft import Draft
from bayesnet.interop.scan import numbers

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse(data: bytes, file: str, root: str) -> Element:
    """Parse a document and check the name of its root element."""
    from xml.etree import ElementTree as ET

    try:
        element = ET.fromstring(data)  # noqa: S314  (a model the user names; expat bounds entity expansion)
    except ET.ParseError as error:
        line, column = error.position
        reason = str(error).split(":")[0]
        raise SpecError(file, [Problem(file, f"line {line}, column {column + 1}", f"not well-formed XML ({reason})")]) from error
    if element.tag.upper() != root.upper():
        raise SpecError(file, [Problem(file, "", "another kind of document", f"<{element.tag}>", f"<{root}>")])
    return element


def text_of(element: Element | None) -> str:
    """Return the text of an element without the blanks around it."""
    return (element.text or "").strip() if element is not None else ""


def only(draft: Draft, element: Element, tag: str, variable: str = "") -> Element | None:
    """Return the part of this name; a second one is noted as a problem."""
    parts = element.findall(tag)
    if len(parts) > 1:
        draft.problem(f"has {len(parts)} <{tag}> elements", variable, expected="one")
    return parts[0] if parts else None


def table_numbers(draft: Draft, child: str, element: Element, tag: str) -> list[float] | None:
    """Read the numbers of a table; None, with the reason noted, where they cannot be read."""
    values = numbers(text_of(only(draft, element, tag, child)))
    if isinstance(values, str):
        draft.problem("its table cannot be read", child, got=f'"{values}"', expected="a number")
        return None
    if not values:
        draft.problem("its table is empty", child)
        return None
    return values
