"""The same network with other numbers; the rest of each column co-varies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.parse import as_float
from bayesnet.analysis.sensitivity.parameter_map import ODDS, parameter_map
from bayesnet.errors import SpecError
from bayesnet.model.check import check_model
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.records import Model

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_SLACK = 1e-6
_ROUNDING = 1e-12


def changed(compiled: CompiledModel, new: Mapping[str, float]) -> Model:
    """Return the model with some numbers set to other values; see `Network.with_numbers`."""
    if not isinstance(new, Mapping):
        raise SpecError(_where(compiled), [f"expected a dict of values by number; got {type(new).__name__}"])
    wanted = {compiled.number(name): as_float(value) for name, value in new.items()}
    problems = [text for k, value in wanted.items() if (text := _wrong(compiled, k, value))]
    if not problems:
        values = np.array(compiled.factors.values)
        problems = _set(compiled, values, wanted)
    if problems:
        raise SpecError(_where(compiled), problems)
    numbers = dict(compiled.model.numbers)
    for k in np.flatnonzero(values != compiled.factors.values):
        number = numbers[compiled.factors.number_ids[k]]
        x = float(values[k])
        low, high = (x, x) if number.range == "exact" else (min(number.low, x), max(number.high, x))
        numbers[number.id] = replace(number, value=x, low=low, high=high)
    model = replace(compiled.model, numbers=numbers)
    # A gate may not take what each column would, such as a link below its leak.
    grave = [problem for problem in check_model(model) if problem.grave]
    if grave:
        raise SpecError(_where(compiled), grave)
    return model


def _where(compiled: CompiledModel) -> str:
    return f"{compiled.model.name} with other numbers"


def _wrong(compiled: CompiledModel, k: int, value: float) -> str:
    """Return what is wrong with one value by itself."""
    number = compiled.factors.number_ids[k]
    odds = parameter_map(compiled).kind[k] == ODDS
    if math.isfinite(value) and value >= 0.0 and (odds or value <= 1.0):
        return ""
    expected = "an odds or odds ratio of 0 or more" if odds else "a probability from 0 to 1"
    return f'number "{number}": got {value:g}; expected {expected}'


def _set(compiled: CompiledModel, values: FloatArray, wanted: Mapping[int, float]) -> list[str]:
    """Set the numbers in place and let the rest of their columns co-vary."""
    problems: list[str] = []
    columns: dict[int, list[int]] = {}
    for k in wanted:
        columns.setdefault(int(parameter_map(compiled).column[k]), []).append(k)
    for label, members in columns.items():
        total = math.fsum(wanted[k] for k in members)
        group = parameter_map(compiled).members.get(label, np.array(members))
        if parameter_map(compiled).kind[members[0]] == ODDS:
            values[members] = [wanted[k] for k in members]
        elif total > 1.0 + _SLACK or (_complete(compiled, members) and abs(total - 1.0) > _SLACK):
            names = ", ".join(f'"{compiled.factors.number_ids[k]}"' for k in members)
            problems.append(f"numbers {names}: they sum to {total:g}; expected at most 1, and 1 where they are the whole column")
        else:
            _give_way(compiled, values, group, {k: wanted[k] / max(1.0, total) for k in members})
    return problems


def _complete(compiled: CompiledModel, members: list[int]) -> bool:
    """Return whether the numbers set are all entries of their column."""
    return len(members) == len(compiled.factors.states[parameter_map(compiled).family[members[0]]])


def _give_way(compiled: CompiledModel, values: FloatArray, group: IntArray, wanted: Mapping[int, float]) -> None:
    """Set some entries of a column and scale the others to what is left."""
    others = np.array([k for k in group if int(k) not in wanted], dtype=np.int64)
    start = compiled.factors.values
    rest = 1.0 - math.fsum(wanted.values())
    had = 1.0 - math.fsum(float(start[k]) for k in wanted)
    for k, value in wanted.items():
        values[k] = value
    if len(others):
        states = len(compiled.factors.states[parameter_map(compiled).family[int(others[0])]])
        moved = start[others] * (rest / had) if had > _ROUNDING else rest / (states - len(wanted))
        values[others] = np.clip(moved, 0.0, 1.0)
