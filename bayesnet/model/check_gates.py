"""Checks of gates with numbers: missing numbers, columns that do not close, links below the leak."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bayesnet.errors import Problem
from bayesnet.model.check_conditions import Finding, condition_findings, too_large
from bayesnet.model.columns import CLOSES_WITHIN
from bayesnet.model.number_ids import Column, baseline_id, columns, odds_ratio_ids, rank_order
from bayesnet.model.records import Model, Variable
from bayesnet.pattern import literal

ROUNDING = 1e-9
"""Slack for comparing printed decimals."""

MOST_MISSING = 5
"""Number of missing numbers of one variable that are listed one by one."""


def gate_problems(variable: Variable, model: Model, lost: Collection[str] = ()) -> list[Problem]:
    """Check the gate of a variable whose structure is sound.

    Parameters
    ----------
    variable
        The variable.
    model
        The model it belongs to.
    lost
        Ids of numbers that are there but could not be read; their columns are not judged.
    """
    subject = variable.location.table or f'variable "{variable.name}"'
    return [Problem(variable.location.file, subject, what, **more) for what, more in _findings(variable, model, lost)]


def _findings(variable: Variable, model: Model, lost: Collection[str]) -> Iterator[Finding]:
    """Yield each problem with its details."""
    if variable.gate == "deterministic":
        yield from condition_findings(variable, model)
        return
    if variable.gate == "odds_ratio":
        yield from too_large(variable, model)
        yield from _missing([name for name in missing_ids(variable, model) if name not in lost])
        return
    if variable.gate == "table" and (large := list(too_large(variable, model))):
        yield from large
        return
    judged = [c for c in columns(variable, model.variables) if not any(name in lost for name in c.ids)]
    whole = [column for column in judged if len(_given(column, model)) >= len(column.ids) - 1]
    for column in whole:
        yield from _closing(column, model)
    yield from _missing([name for column in judged for name in _lacking(variable, column, model)])
    if variable.gate != "table" and whole and whole[0].condition == "leak":
        yield from _links(variable, model, whole)


def missing_ids(variable: Variable, model: Model) -> list[str]:
    """Return the ids of the numbers that a gate still needs; one state of a column may be left out."""
    if variable.gate == "deterministic":
        return []
    if variable.gate == "odds_ratio":
        ids = [baseline_id(variable), *(name for name, _, _ in odds_ratio_ids(variable, model.variables))]
        return [name for name in ids if name not in model.numbers]
    return [name for column in columns(variable, model.variables) for name in _lacking(variable, column, model)]


def _given(column: Column, model: Model) -> list[float]:
    return [model.numbers[name].value for name in column.ids if name in model.numbers]


def _lacking(variable: Variable, column: Column, model: Model) -> list[str]:
    """Return the ids that a column still needs: all missing ones but one, by custom the neutral or the last state."""
    absent = [name for name in column.ids if name not in model.numbers]
    customary = column.ids[rank_order(variable)[0]]
    rest = customary if customary in absent else absent[-1] if absent else ""
    return [name for name in absent if name != rest]


def _missing(ids: Sequence[str]) -> Iterator[Finding]:
    """Name the numbers that are missing, the first few one by one."""
    for name in ids[:MOST_MISSING]:
        yield f'no number for "{name}"', {}
    if len(ids) > MOST_MISSING:
        yield f"{len(ids) - MOST_MISSING} more numbers are missing", {}


def _closing(column: Column, model: Model) -> Iterator[Finding]:
    """Check that the numbers of a column sum to 1, or to at most 1 where one state is the complement."""
    given = _given(column, model)
    total = sum(given)
    slack = CLOSES_WITHIN * (1 + ROUNDING)
    full = len(given) == len(column.ids)
    if total > 1 + slack or (full and total < 1 - slack):
        where = f"the column | {column.condition}" if column.condition else "the column"
        yield f"{where} sums to {total:.10g}", {"expected": "1 (within 1e-6)" if full else "at most 1, the rest being left out"}


def _links(variable: Variable, model: Model, whole: Sequence[Column]) -> Iterator[Finding]:
    """Check that every link, which includes the leak, can be split into the leak and an independent cause."""
    order = rank_order(variable)
    leak = _cumulative(whole[0], order, model)
    for column in whole[1:]:
        own = _cumulative(column, order, model)
        for rank in range(len(order) - 1):
            state = variable.states[order[rank]]
            if own[rank] > leak[rank] + ROUNDING:
                yield _below_leak(variable, column, own[rank], leak[rank], state)
                break
            if rank and own[rank] * leak[rank - 1] < own[rank - 1] * leak[rank] - ROUNDING:
                what = f'the link | {column.condition} is no noisy_max: P(up to a state) relative to the leak falls at "{state}"'
                yield (
                    what,
                    {"expected": "a ratio that rises from state to state", "way_out": 'change the column or take gate = "table"'},
                )
                break


def _below_leak(variable: Variable, column: Column, own: float, leak: float, state: str) -> Finding:
    if len(variable.states) > 2:
        what = f'the link | {column.condition} lies below the leak: P(up to "{state}") is {own:.10g} with it, {leak:.10g} without'
        return what, {
            "expected": "no more than the leak (a link includes it)",
            "way_out": 'a cause that lowers needs gate = "table"',
        }
    pushed = variable.states[rank_order(variable)[1]]
    what = (
        f'the link "{literal(variable.name, pushed)} | {column.condition}" = {1 - own:.10g} lies below the leak {1 - leak:.10g}'
    )
    way_out = f'for causes that lower take towards = "{state}"'
    return what, {"expected": "at least the leak (a link includes it)", "way_out": way_out}


def _cumulative(column: Column, order: Sequence[int], model: Model) -> list[float]:
    """Return P(rank <= k) of a column that has all its numbers but one at most."""
    values = [model.numbers[column.ids[s]].value if column.ids[s] in model.numbers else None for s in order]
    rest = 1.0 - sum(v for v in values if v is not None)
    sums: list[float] = []
    for value in values:
        sums.append((sums[-1] if sums else 0.0) + (rest if value is None else value))
    return sums
