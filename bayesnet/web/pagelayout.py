"""The drawn network as data: the columns of its variables, and every arc with its strength and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesnet.analysis.description.arc_strength import arc_strengths, sign
from bayesnet.analysis.description.drawing_columns import columns
from bayesnet.analysis.query.query import Query
from bayesnet.errors import TooWide

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_DIGITS = 4


def layout_data(compiled: CompiledModel) -> dict[str, Any]:
    """Return the part of the page's data that its drawing needs."""
    return {"layout": layout_to_dict(compiled)}


def layout_to_dict(compiled: CompiledModel) -> dict[str, Any]:
    """Return what a page needs to draw a network, before anything is found.

    Parameters
    ----------
    compiled
        The network.

    Returns
    -------
    dict
        `columns`: lists of `heading` (None in a network without roles) and `variables` (positions, from top to bottom); `arcs`:
        one list for each, of parent, child, strength (total variation, 0 to 1; None where a gate is too wide to spell out) and
        sign (1 raises, -1 lowers, 0 either).

    Examples
    --------
    >>> from bayesnet.analysis.query.compiled import CompiledModel
    >>> from bayesnet.model.cache import load_model
    >>> drawn = layout_to_dict(CompiledModel(load_model("sprinkler")))
    >>> [column["variables"] for column in drawn["columns"]], drawn["arcs"][0]
    ([[0], [1, 2], [3]], [0, 1, 0.4, -1])
    """
    strength = _strengths(compiled)
    arcs = [(p, family.child) for family in compiled.factors.families for p in family.parents]
    groups = {v: variable.group for v, variable in enumerate(compiled.model.variables.values())}
    found, headings = columns(groups, [(p, c, strength.get((p, c)) or 0.0) for p, c in arcs])
    return {
        "columns": [{"heading": headings[k] if headings else None, "variables": variables} for k, variables in enumerate(found)],
        "arcs": [[p, c, strength.get((p, c)), _sign(compiled, p, c)] for p, c in arcs],
    }


def _strengths(compiled: CompiledModel) -> dict[tuple[int, int], float]:
    """Strength of every arc; none where a gate is too wide."""
    try:
        lines = arc_strengths(Query(compiled)).arcs
    except TooWide:
        return {}
    found = {}
    for line in lines:
        known = line.variation_weighted == line.variation_weighted
        value = line.variation_weighted if known else line.variation_mean
        found[compiled.index[line.parent], compiled.index[line.child]] = round(value, _DIGITS)
    return found


def _sign(compiled: CompiledModel, parent: int, child: int) -> int:
    try:
        return sign(compiled, compiled.factors.families[child], parent)
    except TooWide:
        return 0
