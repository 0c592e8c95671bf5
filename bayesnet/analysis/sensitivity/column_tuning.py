"""Whole columns: of all ways to change one distribution, the one with the smallest CD distance that meets a constraint.

P is linear in the entries of a column. Moving mass between two sets of its states, in proportion within each, changes the
log-odds of one set against the other by exactly the CD distance; for a given distance no other change of the column moves a
linear function further, and the best sets are those with the largest and the smallest slopes (Chan & Darwiche 2004).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.sensitivity.constraints import Questions
from bayesnet.analysis.sensitivity.parameter_map import ENTRY, parameter_map
from bayesnet.analysis.sensitivity.query_ranges import citation, records
from bayesnet.model.factors import FloatArray
from bayesnet.results.tuning import Change

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def column_changes(compiled: CompiledModel, asked: Questions, free: NDArray[np.bool_], locked: NDArray[np.bool_]) -> list[Change]:
    """Return the smallest change of each table column that meets the bound; columns with a locked number stay."""
    numbers = parameter_map(compiled)
    entries = np.flatnonzero((numbers.kind == ENTRY) & free)
    stuck = set(numbers.first[np.flatnonzero(locked & (numbers.kind == ENTRY))].tolist())
    firsts = [first for first in dict.fromkeys(numbers.first[entries].tolist()) if first not in stuck]
    changes = (_column_change(compiled, asked, first) for first in firsts)
    return [change for change in changes if change is not None]


def _column_change(compiled: CompiledModel, asked: Questions, first: int) -> Change | None:
    """Return the smallest change of one column, None where no change of it meets the bound."""
    numbers = parameter_map(compiled)
    k = int(np.flatnonzero(numbers.first == first)[0])
    states = compiled.factors.states[numbers.family[k]]
    position = np.arange(first, first + len(states))
    column = numbers.flat[position]
    rows = asked.entries(position)
    order = np.argsort(_pull(asked, rows, column), kind="stable")[::-1]
    best: tuple[float, FloatArray] | None = None
    for count in range(1, len(states)):
        up = np.zeros(len(states), dtype=bool)
        up[order[:count]] = True
        for moved, shift in _splits(asked, rows, column, up):
            if best is None or abs(shift) < abs(best[0]):
                best = (shift, moved)
    return None if best is None else _record(compiled, k, states, column, best)


def _pull(asked: Questions, rows: FloatArray, column: FloatArray) -> FloatArray:
    """Return how the margin changes with mass in each state, up to a constant, shape (states,)."""
    base = asked.base
    step = 1e-6 / max(float(np.abs(rows).max() / np.abs(base).max()), 1e-300)
    up, down = asked.constraint.margin(base + step * rows), asked.constraint.margin(base - step * rows)
    slope: FloatArray = up - down
    return np.where(column > 0, slope, -np.inf)


def _splits(asked: Questions, rows: FloatArray, column: FloatArray, up: NDArray[np.bool_]) -> list[tuple[FloatArray, float]]:
    """Columns that meet the bound by moving mass between the states `up` and the others, with the shift of their log-odds."""
    share = float(column[up].sum())
    if not 0.0 < share < 1.0:
        return []
    slope = rows[:, up] @ (column[up] / share) - rows[:, ~up] @ (column[~up] / (1.0 - share))
    changes = []
    for step in asked.constraint.steps(asked.base, slope[:, None])[:, 0].tolist():
        new = share + step
        if math.isfinite(step) and 0.0 < new < 1.0:
            moved = np.where(up, column * (new / share), column * ((1.0 - new) / (1.0 - share)))
            changes.append((moved, math.log(new / (1.0 - new)) - math.log(share / (1.0 - share))))
    return changes


def _record(
    compiled: CompiledModel, k: int, states: tuple[str, ...], column: FloatArray, best: tuple[float, FloatArray]
) -> Change:
    """Return the record of a column: `variable | parents`, its states before and after."""
    shift, moved = best
    number = records(compiled)[k]
    _, bar, condition = number.id.partition(" | ")
    before, after = (dict(zip(states, part.tolist(), strict=True)) for part in (column, moved))
    about = (number.source, number.grade, citation(compiled, number))
    return Change(f"{number.variable}{bar}{condition}", before, after, shift, abs(shift), False, *about)
