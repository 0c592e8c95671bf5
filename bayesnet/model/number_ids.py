"""The numbers that a gate needs, by id. `check` compares them with the numbers there are, `expand` looks them up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from bayesnet.model.records import Variable
from bayesnet.pattern import literal, quote


@dataclass(frozen=True, slots=True)
class Column:
    """One distribution of a gate: `ids` has one id per state of the child; `parent` and `state` are set for links only."""

    ids: tuple[str, ...]
    condition: str = ""
    parent: int = -1
    state: int = -1


def columns(variable: Variable, variables: Mapping[str, Variable]) -> list[Column]:
    """Return the distributions of a table (last parent moving fastest) or of a noisy gate (the leak, then the links).

    >>> fever = Variable("fever", parents=("cold",), gate="noisy_or")
    >>> [column.ids[1] for column in columns(fever, {"fever": fever, "cold": Variable("cold")})]
    ['fever=present | leak', 'fever=present | cold=present']
    """
    heads = [literal(variable.name, state) for state in variable.states]
    if variable.gate == "table":
        settings = [[literal(p, state) for state in variables[p].states] for p in variable.parents]
        return [_column(heads, ", ".join(setting)) for setting in product(*settings)]
    return [_column(heads, "leak")] + [_column(heads, literal(p, s), i, j) for i, p, j, s in effects(variable, variables)]


def baseline_id(variable: Variable) -> str:
    """Return the id of the odds when every parent is neutral.

    >>> baseline_id(Variable("gout"))
    'odds(gout) | baseline'
    """
    return f"odds({quote(variable.name)}) | baseline"


def odds_ratio_ids(variable: Variable, variables: Mapping[str, Variable]) -> list[tuple[str, int, int]]:
    """Return the id of each odds ratio with the positions of the parent and of its state."""
    head = f"odds({quote(variable.name)})"
    return [(f"{head} | {literal(p, s)}", i, j) for i, p, j, s in effects(variable, variables)]


def effects(variable: Variable, variables: Mapping[str, Variable]) -> Iterator[tuple[int, str, int, str]]:
    """Yield every parent's state that has an effect: position and name of the parent, position and name of the state."""
    neutral = dict(variable.neutral)
    for i, parent in enumerate(variable.parents):
        states = variables[parent].states
        without = neutral.get(parent, states[0])
        yield from ((i, parent, j, state) for j, state in enumerate(states) if state != without)


def pushed_state(variable: Variable) -> int:
    """Return the state that causes push towards, and that odds are about: `towards`, or the last state."""
    return variable.states.index(variable.towards) if variable.towards else len(variable.states) - 1


def rank_order(variable: Variable) -> tuple[int, ...]:
    """Return the child's states from neutral upwards: as written, or turned round where causes push towards the first."""
    count = len(variable.states)
    return (1, 0) if count == 2 and pushed_state(variable) == 0 else tuple(range(count))


def _column(heads: list[str], condition: str, parent: int = -1, state: int = -1) -> Column:
    tail = f" | {condition}" if condition else ""
    return Column(tuple(head + tail for head in heads), condition, parent, state)
