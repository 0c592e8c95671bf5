"""XMLBIF: variables with outcomes, definitions with tables.

In version 0.3 the variable itself moves fastest in its table. Before it (`VALUE` and `PROBABILITY` instead of `OUTCOME` and
`DEFINITION`) it moves slowest; settled on seven public networks that exist in the old form and as BIF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bayesnet.interop.draft import Draft
from bayesnet.interop.labels import refuse_labels
from bayesnet.interop.tables import Tables
from bayesnet.interop.xml_formats import only, parse, table_numbers, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<BIF VERSION="0.3">
<NETWORK>"""

_READ = ("FOR", "GIVEN", "TABLE", "PROPERTY")
"""The parts of a definition; others, such as <ENTRY> and <DEFAULT>, would hold numbers."""


def read(data: bytes, file: str, stem: str, *, normalize: bool = False) -> Tables:
    """Read a network; `stem` is its name where the file gives none; `normalize` divides every column by its sum."""
    draft = Draft(file, normalize, len(data))
    network = only(draft, parse(data, file, "BIF"), "NETWORK")
    if network is None:
        draft.problem("no network", expected="a <NETWORK> element inside <BIF>")
        return draft.finish(stem)
    old = _is_old(draft, network)
    for variable in network.iter("VARIABLE"):
        name = text_of(only(draft, variable, "NAME"))
        kind = variable.get("TYPE", "nature")
        if kind != "nature":
            draft.problem("is no chance variable", name, got=f'TYPE="{kind}"', expected='"nature"')
        outcomes = [text_of(outcome) for tag in ("OUTCOME", "VALUE") for outcome in variable.findall(tag)]
        draft.variable(name, outcomes)
    for definition in (element for tag in ("DEFINITION", "PROBABILITY") for element in network.iter(tag)):
        children = [text_of(element) for element in definition.findall("FOR")]
        parents = [text_of(element) for element in definition.findall("GIVEN")]
        if len(children) != 1:
            draft.problem(f"a definition is for {len(children)} variables", expected="one <FOR>")
        elif draft.family(children[0], parents):
            for tag in dict.fromkeys(part.tag for part in definition if part.tag not in _READ):
                draft.problem(f"its <{tag}> is not read", children[0], expected="every number in <TABLE>")
            values, words = table_numbers(draft, children[0], definition, "TABLE")
            if values is not None:
                draft.table(children[0], values, words, child_first=old)
    return draft.finish(text_of(only(draft, network, "NAME")) or stem)


def _is_old(draft: Draft, network: Element) -> bool:
    """Return whether the file has the form from before version 0.3; a mixture of both, which could mean either, is a problem."""
    old, new = (
        [tag for tag, path in tags.items() if network.find(path) is not None]
        for tags in (
            {"VALUE": ".//VARIABLE/VALUE", "PROBABILITY": ".//PROBABILITY"},
            {"OUTCOME": ".//VARIABLE/OUTCOME", "DEFINITION": ".//DEFINITION"},
        )
    )
    if old and new:
        what = f"has <{old[0]}> as before XMLBIF 0.3 and <{new[0]}> as in 0.3, which order their tables differently"
        draft.problem(what, way_out="save it in one of the two forms")
    return bool(old)


def write(tables: Tables) -> str:
    """Write a network; numbers to full double precision."""
    refuse_labels(tables, "XMLBIF")
    lines = [_HEADER, f"<NAME>{escape(tables.name)}</NAME>"]
    for name, states in zip(tables.names, tables.states, strict=True):
        outcomes = "".join(f"\n  <OUTCOME>{escape(state)}</OUTCOME>" for state in states)
        lines.append(f'<VARIABLE TYPE="nature">\n  <NAME>{escape(name)}</NAME>{outcomes}\n</VARIABLE>')
    for i, (name, parents) in enumerate(zip(tables.names, tables.parents, strict=True)):
        given = "".join(f"\n  <GIVEN>{escape(tables.names[p])}</GIVEN>" for p in parents)
        rows = "\n    ".join(" ".join(map(repr, column.tolist())) for _, column in tables.columns(i))
        lines.append(f"<DEFINITION>\n  <FOR>{escape(name)}</FOR>{given}\n  <TABLE>\n    {rows}\n  </TABLE>\n</DEFINITION>")
    return "\n".join([*lines, "</NETWORK>", "</BIF>"]) + "\n"
