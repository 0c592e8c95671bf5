"""Checks of single numbers and of sources: values, ranges, citations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import isfinite

from bayesnet.errors import Problem, did_you_mean, nearest
from bayesnet.model.check_conditions import too_large
from bayesnet.model.check_figures import cycle_problems, figure_problems, problem
from bayesnet.model.check_gates import missing_ids
from bayesnet.model.number_ids import baseline_id, columns, odds_ratio_ids
from bayesnet.model.records import Model, Number
from bayesnet.model.vocabulary import RANGE_KINDS


def number_problems(model: Model, sound: Collection[str], *, lost: Collection[str] = (), sourced: bool = True) -> list[Problem]:
    """Check every number: that a gate asks for it, its value, its range, where it comes from.

    Parameters
    ----------
    model
        The model.
    sound
        Variables whose structure was read as meant; the numbers of a gate are known only for these.
    lost
        Ids of numbers that were not read as they were meant: what they rest on is not reported.
    sourced
        Whether the sources are known; otherwise no number is blamed for one that is not there.
    """
    problems: list[Problem] = []
    judged = (name for name in sound if set(model.variables[name].parents) <= set(sound))
    wanted = {name: _wanted(model, name) for name in judged if not _large_table(model, name)}
    for number in model.numbers.values():
        if number.variable in wanted and number.id not in wanted[number.variable]:
            problems.append(_unused(number, model))
        elif number.variable not in model.variables:
            hint = did_you_mean(nearest(number.variable, model.variables))
            problems.append(problem(number, f'belongs to "{number.variable}", which is not a variable', way_out=hint))
        problems += _value(number)
        if number.id not in lost:
            problems += figure_problems(number, model, sourced=sourced)
    if not lost:
        problems += cycle_problems(model)
    return problems


def source_problems(model: Model, cited: Callable[[], Collection[str]] = tuple) -> list[Problem]:
    """Find sources that nothing cites; `cited` gives the keys cited outside the numbers."""
    unused = [key for key in model.sources if key not in {f.source for n in model.numbers.values() for f in n.sources}]
    if unused:
        elsewhere = cited()
        unused = [key for key in unused if key not in elsewhere]
    way_out = "cite it or take it out"
    return [Problem("sources.toml", f'source "{key}"', "nothing cites it", way_out=way_out, grave=False) for key in unused]


def _large_table(model: Model, name: str) -> bool:
    """Return whether a table is too large to list its numbers, which is a problem of its own."""
    variable = model.variables[name]
    return variable.gate == "table" and any(too_large(variable, model))


def _wanted(model: Model, name: str) -> set[str]:
    """Return the ids of all numbers that a variable's gate can take."""
    variable = model.variables[name]
    if variable.gate == "deterministic":
        return set()
    if variable.gate == "odds_ratio":
        return {baseline_id(variable), *(number for number, _, _ in odds_ratio_ids(variable, model.variables))}
    return {number for column in columns(variable, model.variables) for number in column.ids}


def _unused(number: Number, model: Model) -> Problem:
    variable = model.variables[number.variable]
    if variable.gate == "deterministic":
        return problem(number, f'"{variable.name}" is deterministic and takes no numbers', way_out="take the number out")
    hint = did_you_mean(nearest(number.id, missing_ids(variable, model), count=1)) or "take it out"
    return problem(number, f'the {variable.gate} gate of "{variable.name}" does not ask for it', way_out=hint)


def _value(number: Number) -> Iterator[Problem]:
    """Check that value and range are finite, in order and within bounds."""
    odds = number.id.startswith("odds(")
    bounds = "an odds or odds ratio of 0 or more" if odds else "a probability between 0 and 1"
    for key in ("value", "low", "high"):
        value = getattr(number, key)
        if not isfinite(value) or value < 0 or (value > 1 and not odds):
            yield problem(number, f"{key} {value!r}", expected=bounds)
    if number.low > number.high:
        yield problem(number, f"its range [{number.low!r}, {number.high!r}] is upside down")
    elif not number.low <= number.value <= number.high:
        yield problem(number, f"value {number.value!r} lies outside its range [{number.low!r}, {number.high!r}]")
    if number.range not in RANGE_KINDS:
        hint = did_you_mean(nearest(number.range, RANGE_KINDS))
        yield problem(number, f'range "{number.range}"', expected=", ".join(RANGE_KINDS), way_out=hint)
    elif number.range == "exact" and number.low < number.high:
        yield problem(number, f'an "exact" range [{number.low!r}, {number.high!r}]', expected="low and high equal to the value")
