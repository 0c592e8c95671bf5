"""Deterministic variables: conditions become noisy families with certain links, or small tables of zeros and ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bayesnet.errors import SpecError
from bayesnet.model.factors import Family, FloatArray, NoisyFamily, TableFamily
from bayesnet.model.records import Variable
from bayesnet.pattern import Condition, Term, parse_condition, resolve_condition

Holds = NDArray[np.bool_]


def deterministic_family(variable: Variable, variables: Mapping[str, Variable], index: Mapping[str, int]) -> Family:
    """Return the family of a deterministic variable.

    `any`, `all` and `none` over several parents stay factorised: causes that push with certainty. Everything else is a table.

    Parameters
    ----------
    variable
        The deterministic variable.
    variables
        All variables by name.
    index
        The position of each variable.

    Raises
    ------
    SpecError
        Where some combination of the parents' states meets no condition.
    """
    child, parents = index[variable.name], tuple(index[p] for p in variable.parents)
    conditions = resolved_conditions(variable, variables)
    states = [variables[p].states for p in variable.parents]
    pushing = pushes(variable, conditions)
    if pushing is None:
        return TableFamily(child, parents, decide(variable, conditions, states))
    turned, kind = pushing
    state, condition = conditions[0]
    target = variable.states.index(state)
    links = []
    for parent, own in zip(variable.parents, states, strict=True):
        holds = [_holds(term, own) for term in condition.terms if term.name == parent]
        certain = ~np.all(holds, axis=0) if kind == "all" else np.any(holds, axis=0)
        links.append(np.stack([~certain, certain], axis=1).astype(float))
    order = (target, 1 - target) if turned else (1 - target, target)
    return NoisyFamily(child, parents, order, np.array([1.0, 0.0]), tuple(links))


def resolved_conditions(variable: Variable, variables: Mapping[str, Variable]) -> list[tuple[str, Condition]]:
    """Parse the conditions of a variable and spell out the states they name.

    Raises
    ------
    PatternError, UnknownVariable, UnknownState
        Where a condition is not in the language or names what is not a parent.
    """
    states = {p: variables[p].states for p in variable.parents}
    return [(state, resolve_condition(parse_condition(text), states)) for state, text in variable.expression]


def decide(variable: Variable, conditions: Sequence[tuple[str, Condition]], states: Sequence[Sequence[str]]) -> FloatArray:
    """Return the table of zeros and ones: each combination of the parents' states goes to the first condition it meets.

    Parameters
    ----------
    variable
        The deterministic variable.
    conditions
        State and resolved condition, in the order they are tried.
    states
        The states of each parent, in the order of `variable.parents`.

    Raises
    ------
    SpecError
        Where some combination meets no condition and no single state is left over.
    """
    cards = tuple(len(own) for own in states)
    table = np.zeros((*cards, len(variable.states)))
    left = np.ones(cards, dtype=bool)
    for state, condition in conditions:
        meets = left & covered(condition, variable.parents, states)
        table[meets, variable.states.index(state)] = 1.0
        left &= ~meets
    if left.any():
        named = {state for state, _ in conditions}
        other = [i for i, state in enumerate(variable.states) if state not in named]
        if len(other) != 1:
            where = np.argwhere(left)[0] if cards else ()
            case = ", ".join(str(Term(p, (own[int(i)],))) for p, own, i in zip(variable.parents, states, where, strict=True))
            raise SpecError(f'variable "{variable.name}"', [f"no condition covers {case}"])
        table[left, other[0]] = 1.0
    return table


def covered(condition: Condition, parents: Sequence[str], states: Sequence[Sequence[str]]) -> Holds:
    """Return which combinations of the parents' states meet a resolved condition; one axis per parent."""
    cards = tuple(len(own) for own in states)
    count = np.zeros(cards, dtype=np.int64)
    for term in condition.terms:
        axis = parents.index(term.name)
        shape = [1] * len(cards)
        shape[axis] = cards[axis]
        count += _holds(term, states[axis]).reshape(shape)
    return np.greater_equal(count, condition.least) & np.less_equal(count, condition.most)


def pushes(variable: Variable, conditions: Sequence[tuple[str, Condition]]) -> tuple[bool, str] | None:
    """Return a deterministic variable as a noisy family with certain links; None if it is a table.

    Returns
    -------
    Whether the parents push away from the state of the first condition; and whether a parent pushes when any of its findings
    holds ("any") or when not all of them do ("all").
    """
    first = conditions[0][1]
    otherwise = all(condition.kind == "otherwise" for _, condition in conditions[1:])
    if len(variable.states) > 2 or len(variable.parents) < 2 or not otherwise:
        return None
    kind = first.kind
    if kind == "at least":
        kind = "any" if first.count == 1 else "all" if first.count == len(first.terms) else kind
    return {"any": (False, "any"), "none": (True, "any"), "all": (True, "all")}.get(kind)


def _holds(term: Term, states: Sequence[str]) -> Holds:
    """In which states of its variable a term holds."""
    return np.array([state in term.states for state in states], dtype=bool)
