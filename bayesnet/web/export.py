"""The network as plain data, for the page; `static/engine.js` answers from it."""

from __future__ import annotations

from typing import Any

from bayesnet.model.factors import Factors, Family, FloatArray, NoisyFamily
from bayesnet.model.records import Model

FORMAT = "bayesnet-network/1"


def network_to_dict(factors: Factors, model: Model | None = None) -> dict[str, Any]:
    """Write a network as lists and numbers that JSON keeps exactly.

    Gates stay factorised: a noisy family is its leak and one link per parent, never a table, so the result grows with the links
    and not with the combinations of parents.

    Parameters
    ----------
    factors
        The network; what `bayesnet.model.expand.expand` returns.
    model
        The model it came from, when the page shall say which: name, version, title and warning are added.

    Returns
    -------
    dict
        `format`, `names`, `states` (one list per variable) and `families` (one per variable, in the same order). A family has
        `parents` (positions in `names`) and either `table`, P(child | parents) flattened with one axis per parent in order and
        the child's states last, or `order` (the child's state of each rank), `leak` (one probability per rank) and `links` (per
        parent, its states by the ranks, flattened; net of the leak, Diez 1993). All numbers are doubles without rounding.

    Examples
    --------
    >>> from bayesnet.model.expand import expand
    >>> from bayesnet.model.cache import load_model
    >>> data = network_to_dict(expand(load_model("sprinkler")))
    >>> sorted(data)
    ['families', 'format', 'names', 'states']
    """
    data: dict[str, Any] = {
        "format": FORMAT,
        "names": list(factors.names),
        "states": [list(states) for states in factors.states],
        "families": [_family(family) for family in factors.families],
    }
    if model is not None:
        data["model"] = {"name": model.name, "version": model.version, "title": model.title, "warning": model.warning}
    return data


def _family(family: Family) -> dict[str, Any]:
    parents = [int(p) for p in family.parents]
    if isinstance(family, NoisyFamily):
        return {
            "parents": parents,
            "order": [int(state) for state in family.order],
            "leak": _flat(family.leak),
            "links": [_flat(link) for link in family.links],
        }
    return {"parents": parents, "table": _flat(family.table)}


def _flat(array: FloatArray) -> list[float]:
    """Return all entries, the last axis fastest, as Python floats: JSON writes those so that they read back as the same
    double.
    """
    return [float(x) for x in array.ravel()]
