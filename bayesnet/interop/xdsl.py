"""XDSL, the format of GeNIe and SMILE: chance nodes (`cpt`) and deterministic nodes.

The first parent moves slowest and the node itself fastest (SMILE manual, "Multidimensional arrays"). pyAgrum writes the parents
backwards (version 3.3.1, checked with eleven networks); its files are known by their signature and turned round.
Noisy-MAX nodes are refused: GeNIe exports them as tables on request, and a file does not say whether its parameters hold the
leak. Labels are written as they are; GeNIe itself wants them to be identifiers and may ask to rename others.
"""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from bayesnet.errors import brief, listed
from bayesnet.interop.draft import LARGEST_SHORT, Draft
from bayesnet.interop.labels import refuse_labels, refuse_names
from bayesnet.interop.order import parents_first
from bayesnet.interop.tables import Tables
from bayesnet.interop.xml_formats import only, parse, table_numbers, text_of
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_AGRUM_TRIED = (3, 3)
_WAY_OUT = {
    "noisymax": "in GeNIe, change the node's type to general chance (CPT) and save again",
    "noisyadder": "in GeNIe, change the node's type to general chance (CPT) and save again",
}


def read(data: bytes, file: str, stem: str, *, normalize: bool = False) -> Tables:
    """Read a network; `stem` is its name where the file gives none; `normalize` divides every column by its sum."""
    draft = Draft(file, normalize, len(data))
    root = parse(data, file, "smile")
    labels = {node.get("id", ""): text_of(node.find("name")) for node in root.iterfind("extensions/genie//node")}
    nodes = root.findall("nodes/*")
    _refuse_more(draft, root, nodes)
    for node in nodes:
        states = [state.get("id", "") for state in node.findall("state")]
        draft.variable(node.get("id", ""), states, label=labels.get(node.get("id", ""), ""))
    backwards = _parents_backwards(draft, root)
    for node in nodes:
        name = node.get("id", "")
        known = draft.family(name, text_of(only(draft, node, "parents", name)).split())
        if node.tag not in ("cpt", "deterministic"):
            way_out = _WAY_OUT.get(node.tag, "only chance and deterministic nodes are read")
            draft.problem(f'is a "{node.tag}" node', name, way_out=way_out)
        elif known:
            values, words = _certain(draft, name, node) if node.tag == "deterministic" else _chances(draft, name, node)
            if values is not None:
                draft.table(name, *(_turned(draft, name, values, words) if backwards else (values, words)))
    return draft.finish(root.get("id") or stem)


def _refuse_more(draft: Draft, root: Element, nodes: list[Element]) -> None:
    """Note arrows and tables beside those of the nodes: a network over time, or a part nobody has tried."""
    if root.find("dynamic") is not None or any(node.get("dynamic") for node in nodes):
        way_out = "unroll it (SMILE's Network.unroll) and save the result"
        draft.problem("a dynamic network, whose arrows lead from one step of time to the next, is not read", way_out=way_out)
    for part in root:
        if part.tag not in ("nodes", "dynamic", "extensions") and not {"parents", "probabilities"}.isdisjoint(
            element.tag for element in part.iter()
        ):
            draft.problem(f"<{part.tag}> holds arrows or tables that are not read", expected="all of them in <nodes>")


def _parents_backwards(draft: Draft, root: Element) -> bool:
    """Return whether the file is one of pyAgrum's; a version nobody has tried is refused rather than misread."""
    genie = root.find("extensions/genie")
    signature = re.match(r"aGrUM (\d+)\.(\d+)", genie.get("app", "") if genie is not None else "")
    if signature is None:
        return False
    if (int(signature[1][:9]), int(signature[2][:9])) > _AGRUM_TRIED:
        what = f"written by {signature[0]}; up to version 3.3 it lists parents backwards, later ones are untried"
        draft.problem(what, way_out="save it as BIF")
    return True


def _turned(draft: Draft, name: str, values: list[float], words: list[str]) -> tuple[list[float] | FloatArray, list[str]]:
    """Turn a table whose parents were listed backwards."""
    cards = draft.cards(name)
    if len(values) != prod(cards):
        return values, words
    parents = len(cards) - 1

    def turned(flat: np.ndarray) -> np.ndarray:
        return flat.reshape(cards[-2::-1] + cards[-1:]).transpose(*range(parents)[::-1], parents)

    return turned(np.array(values)), turned(np.array(words, dtype=object)).ravel().tolist()


def _chances(draft: Draft, name: str, node: Element) -> tuple[list[float] | None, list[str]]:
    return table_numbers(draft, name, node, "probabilities")


def _certain(draft: Draft, name: str, node: Element) -> tuple[list[float] | None, list[str]]:
    """Return the table of a deterministic node: one certain state per setting of the parents."""
    states = draft.states[name]
    results = text_of(only(draft, node, "resultingstates", name)).split()
    for result in results:
        if result not in states:
            draft.problem("its resulting states cannot be read", name, got=f'"{brief(result)}"', expected=listed(states))
            return None, []
    if len(results) * len(states) > max(LARGEST_SHORT, draft.size):
        draft.problem(f"its table has {len(results) * len(states):,} cells", name, expected=f"at most {LARGEST_SHORT:,}")
        return None, []
    table = [float(state == result) for result in results for state in states]
    return table, ["1" if value else "0" for value in table]


def write(tables: Tables) -> str:
    """Write a network, parents before children as SMILE wants them; numbers to full double precision."""
    refuse_labels(tables, "XDSL")
    refuse_names(
        tables, "XDSL", lambda name: " " not in name, "a name with a blank in it, since parents are listed between blanks"
    )
    lines = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<smile version="1.0" id={quoteattr(tables.name or "network")}>',
        " <nodes>",
    ]
    for i in parents_first(tables.parents):
        states = "".join(f"\n   <state id={quoteattr(state)} />" for state in tables.states[i])
        given = " ".join(escape(tables.names[p]) for p in tables.parents[i])
        parents = f"\n   <parents>{given}</parents>" if given else ""
        values = " ".join(map(repr, tables.tables[i].ravel().tolist()))
        head = f"  <cpt id={quoteattr(tables.names[i])}>{states}{parents}"
        lines.append(f"{head}\n   <probabilities>{values}</probabilities>\n  </cpt>")
    return "\n".join([*lines, " </nodes>", *_pictures(tables), "</smile>"]) + "\n"


def _pictures(tables: Tables) -> list[str]:
    """Name and place each node for GeNIe's canvas, eight to a row; other programs look for the names here too."""
    title = quoteattr(tables.name or "network")
    lines = [" <extensions>", f'  <genie version="1.0" app="bayesnet" name={title}>']
    for i, name in enumerate(tables.names):
        left, top = 20 + 120 * (i % 8), 20 + 90 * (i // 8)
        label = escape(tables.labels[i] if tables.labels and tables.labels[i] else name)
        place = f"<position>{left} {top} {left + 90} {top + 50}</position>"
        colours = '<interior color="e5f6f7" /><outline color="000080" /><font color="000000" name="Arial" size="8" />'
        lines.append(f"   <node id={quoteattr(name)}><name>{label}</name>{colours}{place}</node>")
    return [*lines, "  </genie>", " </extensions>"]
