"""Checks of deterministic variables: their conditions, the names in them, the combinations not covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10, prod
from typing import Any

from bayesnet.errors import BayesnetError, did_you_mean, nearest, said
from bayesnet.model.deterministic import decide, pushes, resolved_conditions
from bayesnet.model.records import Model, Variable
from bayesnet.pattern import parse_condition

LARGEST_TABLE = 2**20
"""Cells of the largest table that a deterministic or odds-ratio gate may spell out."""

Finding = tuple[str, dict[str, Any]]
"""A problem, and its details (keywords of `Problem`)."""


def condition_findings(variable: Variable, model: Model) -> Iterator[Finding]:
    """Check that the conditions parse, name all parents and nothing else, and cover every combination of their states."""
    found = [*_states_of_conditions(variable), *_texts(variable)] or [*_names(variable, model)]
    yield from found
    if found:
        return
    try:
        conditions = resolved_conditions(variable, model.variables)
        if pushes(variable, conditions) is None:
            wide = list(too_large(variable, model))
            yield from wide
            if not wide:
                decide(variable, conditions, [model.variables[p].states for p in variable.parents])
    except BayesnetError as error:
        problems: Sequence[object] = getattr(error, "problems", (said(error),))
        yield f"the expression: {problems[0]}", {}


def _texts(variable: Variable) -> Iterator[Finding]:
    """Check that each condition parses."""
    for _, text in variable.expression:
        try:
            parse_condition(text)
        except BayesnetError as error:
            yield f'the expression "{text}": {said(error)}', {}


def _names(variable: Variable, model: Model) -> Iterator[Finding]:
    """Check that the conditions name every parent and nothing else."""
    names = dict.fromkeys(name for _, text in variable.expression for name in parse_condition(text).names)
    for name in names:
        if name in variable.parents:
            continue
        known = name in model.variables
        hint = "add it to the parents" if known else did_you_mean(nearest(name, variable.parents))
        yield f'the expression names "{name}", which is not {"a parent" if known else "a variable"}', {"way_out": hint}
    for name in variable.parents:
        if name not in names:
            yield f'the expression does not name the parent "{name}"', {"way_out": "take the parent out"}


def _states_of_conditions(variable: Variable) -> Iterator[Finding]:
    """Check that each condition decides for a state of its own; only the last may be the remainder."""
    seen: Mapping[str, int] = {}
    for at, (state, text) in enumerate(variable.expression):
        if state not in variable.states:
            hint = did_you_mean(nearest(state, variable.states)) or 'name the states: expression = {state = "any of ..."}'
            yield f'the expression decides for "{state}", which is not one of its states', {"way_out": hint}
        if state in seen:
            yield f'the expression decides for "{state}" twice', {}
        if not text.strip() and at < len(variable.expression) - 1:
            yield f'an empty condition for "{state}" before the last', {"way_out": "put it last: it means otherwise"}
        if not text.strip() and len(variable.expression) == 1:
            yield "an empty expression", {}
        seen = {**seen, state: at}
    if len(variable.expression) == 1 and len(variable.states) > 2:
        yield (
            "one condition for more than two states",
            {"way_out": 'name the states: expression = {high = "any of ...", low = ""}'},
        )


def too_large(variable: Variable, model: Model) -> Iterator[Finding]:
    """Check that the table a gate expands to fits into memory."""
    cells = prod(len(model.variables[p].states) for p in variable.parents) * len(variable.states)
    if cells > LARGEST_TABLE:
        size = str(cells) if cells < 10**15 else f"about 1e{log10(cells):.0f}"
        yield f"its table would have {size} cells", {"expected": f"at most {LARGEST_TABLE}", "way_out": "take fewer parents"}
