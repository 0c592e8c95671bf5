"""The decision and the costs of a model as data, so that a page can advise and price what could be asked next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.decision.advise import candidates, decision_network
from bayesnet.analysis.decision.costs import costs
from bayesnet.analysis.query.findings import Findings
from bayesnet.model.factors import FloatArray
from bayesnet.pattern import Condition, Term, parse_condition, resolve_condition

if TYPE_CHECKING:
    from bayesnet.analysis.decision.decision_file import Decision
    from bayesnet.analysis.query.compiled import CompiledModel

Box = dict[int, FloatArray]
"""Likelihoods of zeros and ones by variable: a part of all assignments in which every variable is free of the others."""

MOST_BOXES = 32
"""Parts from which a decision is too intricate for a page."""


def decision_data(compiled: CompiledModel) -> dict[str, Any]:
    """Return the parts of the page's data that its advice needs: what can be asked, and decision and costs if there are
    any.
    """
    found = {"decision": decision_to_dict(compiled), "costs": costs_to_dict(compiled)}
    return {"askable": list(candidates(compiled, Findings())), **{key: part for key, part in found.items() if part is not None}}


def decision_to_dict(compiled: CompiledModel) -> dict[str, Any] | None:
    """Return the decision beside the numbers of a model; None if there is none, or where it is too intricate for a page.

    Parameters
    ----------
    compiled
        The network.

    Returns
    -------
    dict or None
        Title, unit, warning, digest, `states` and `options` (name and label), `utilities` (option by option, state by state: id,
        value, low, high, grade, source), `money` (dollars of one unit of utility, or None), `before` (positions of what can be
        learnt before choosing), and `excluded`: for each state but the last, boxes whose union says that neither this state nor
        any before it holds. A box maps positions to zeros and ones for the states; boxes do not overlap. From P(none of the first
        k states) the probability of every state follows by differences.
    """
    network = decision_network(compiled)
    excluded = None if network is None else _excluded(compiled, network.decision)
    if network is None or excluded is None:
        return None
    about = network.decision
    groups = [variable.group for variable in compiled.model.variables.values()]
    return {
        "title": about.title,
        "unit": about.unit,
        "warning": about.warning,
        "digest": about.digest,
        "states": [{"name": state.name, "label": state.label} for state in about.states],
        "options": [{"name": option.name, "label": option.label} for option in about.options],
        "utilities": [
            {
                "id": u.id,
                "value": u.value,
                "low": u.low,
                "high": u.high,
                "grade": u.grade,
                "source": about.sources[u.source].short if u.source else "",
            }
            for u in about.utilities
        ],
        "money": {"unit": about.money.unit, "value": about.money.value} if about.money else None,
        "before": [v for v in candidates(compiled, Findings()) if groups[v] not in about.brought],
        "excluded": [[{str(v): [int(x) for x in vector] for v, vector in box.items()} for box in boxes] for boxes in excluded],
    }


def costs_to_dict(compiled: CompiledModel) -> dict[str, Any] | None:
    """Return the price of every test; None for a model without costs.

    Returns
    -------
    dict or None
        `unit`, `tests` (by name: label, value, low, high, burden, cited) and `by_variable` (the test that settles a variable).
    """
    known = costs(compiled)
    if not known.by_variable:
        return None
    tests = {
        test.name: {
            "label": test.label,
            "value": test.value,
            "low": test.low,
            "high": test.high,
            "burden": test.burden,
            "cited": known.cited(variable),
        }
        for variable, test in known.by_variable.items()
    }
    return {"unit": known.unit, "tests": tests, "by_variable": {v: test.name for v, test in known.by_variable.items()}}


def _excluded(compiled: CompiledModel, decision: Decision) -> list[list[Box]] | None:
    """After each state but the last, what is left: none of the states so far holds. None where that takes too many boxes."""
    left: list[Box] = [{}]
    found = []
    for state in decision.states[:-1]:
        condition = resolve_condition(parse_condition(state.when), compiled.states_by_name)
        left = [box for old in left for new in _fails(compiled, condition) if (box := _both(old, new)) is not None]
        if len(left) > MOST_BOXES:
            return None
        found.append(left)
    return found if sum(map(len, found)) <= MOST_BOXES else None


def _fails(compiled: CompiledModel, condition: Condition) -> list[Box]:
    """Disjoint boxes in which a condition does not hold."""
    terms = condition.terms
    if condition.kind == "none":
        return _counted(compiled, terms, 1, math.inf)
    least = {"any": 1, "all": len(terms)}.get(condition.kind, condition.count)
    return _counted(compiled, terms, 0, least - 1)


def _counted(compiled: CompiledModel, terms: Sequence[Term], least: float, most: float) -> list[Box]:
    """Return disjoint boxes in which at least and at most these numbers of the terms hold."""
    if most < 0 or least > len(terms):
        return []
    if least <= 0 and most >= len(terms):
        return [{}]
    v, holds = compiled.index[terms[0].name], compiled.states(compiled.index[terms[0].name])
    inside = np.array([float(state in terms[0].states) for state in holds])
    rest = terms[1:]
    parts = [
        *((inside, box) for box in _counted(compiled, rest, least - 1, most - 1)),
        *((1.0 - inside, box) for box in _counted(compiled, rest, least, most)),
    ]
    return [box for vector, other in parts if (box := _both({v: vector}, other)) is not None]


def _both(one: Box, other: Box) -> Box | None:
    """Return what lies in both boxes; None where nothing does."""
    joined = dict(one)
    for v, vector in other.items():
        joined[v] = joined[v] * vector if v in joined else vector
    return joined if all(vector.any() for vector in joined.values()) else None
