"""XMLBIF 0.3: variables with outcomes, definitions with tables."""

from __future__ import annotations

from xml.sax.saxutils import escape

from bayesnet.interop.draft import Draft
from bayesnet.interop.labels import refuse_labels
from bayesnet.interop.tables import Tables
from bayesnet.interop.xml_formats import parse, table_numbers, text_of

_HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<BIF VERSION="0.3">
<NETWORK>"""


def read(data: bytes, file: str, stem: str) -> Tables:
    """Read a network; `stem` is its name where the file gives none."""
    draft = Draft(file)
    network = parse(data, file, "BIF").find("NETWORK")
    if network is None:
        draft.problem("no network", expected="a <NETWORK> element inside <BIF>")
        return draft.finish(stem)
    for variable in network.iter("VARIABLE"):
        name = text_of(variable.find("NAME"))
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
            values = table_numbers(draft, children[0], definition.find("TABLE"))
            if values is not None:
                draft.table(children[0], values)
    return draft.finish(text_of(network.find("NAME")) or stem)


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
