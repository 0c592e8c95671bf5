"""What can be wrong with single numbers and with sources: values, ranges, citations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import isfinite

from bayesnet.errors import Problem, did_you_mean, nearest
from bayesnet.model.check_gates import missing_ids
from bayesnet.model.number_ids import baseline_id, columns, odds_ratio_ids
from bayesnet.model.records import Model, Number
from bayesnet.model.vocabulary import GRADES, RANGE_KINDS

WITHOUT_SOURCE = ("judgement", "definition")
"""Grades that need no publication."""


def number_problems(model: Model, sound: Collection[str], *, sourced: bool = True) -> list[Problem]:
    """Check every number: that a gate asks for it, its value, its range, where it comes from.

    Parameters
    ----------
    model
        The model.
    sound
        Variables whose structure is as it was meant; whether a gate asks for a number can be told only for these.
    sourced
        Whether the sources are known; otherwise no number is blamed for one that is not there.
    """
    problems: list[Problem] = []
    wanted = {name: _wanted(model, name) for name in sound if set(model.variables[name].parents) <= set(sound)}
    for number in model.numbers.values():
        if number.variable in wanted and number.id not in wanted[number.variable]:
            problems.append(_unused(number, model))
        elif number.variable not in model.variables:
            hint = did_you_mean(nearest(number.variable, model.variables))
            problems.append(_problem(number, f'belongs to "{number.variable}", which is not a variable', way_out=hint))
        problems += _value(number)
        problems += _origin(number, model if sourced else None)
    return problems


def source_problems(model: Model, cited: Callable[[], Collection[str]] = tuple) -> list[Problem]:
    """Find sources that nothing cites; `cited` gives the keys cited outside the numbers."""
    unused = [key for key in model.sources if key not in {number.source for number in model.numbers.values()}]
    if unused:
        elsewhere = cited()
        unused = [key for key in unused if key not in elsewhere]
    way_out = "cite it or take it out"
    return [Problem("sources.toml", f'source "{key}"', "nothing cites it", way_out=way_out, grave=False) for key in unused]


def _wanted(model: Model, name: str) -> set[str]:
    """The ids of all numbers that a variable's gate can take."""
    variable = model.variables[name]
    if variable.gate == "deterministic":
        return set()
    if variable.gate == "odds_ratio":
        return {baseline_id(variable), *(number for number, _, _ in odds_ratio_ids(variable, model.variables))}
    return {number for column in columns(variable, model.variables) for number in column.ids}


def _unused(number: Number, model: Model) -> Problem:
    variable = model.variables[number.variable]
    if variable.gate == "deterministic":
        return _problem(number, f'"{variable.name}" is deterministic and takes no numbers', way_out="take the number out")
    hint = did_you_mean(nearest(number.id, missing_ids(variable, model), count=1)) or "take it out"
    return _problem(number, f'the {variable.gate} gate of "{variable.name}" does not ask for it', way_out=hint)


def _value(number: Number) -> Iterator[Problem]:
    """Value and range are finite, in order and within bounds."""
    odds = number.id.startswith("odds(")
    bounds = "an odds or odds ratio of 0 or more" if odds else "a probability between 0 and 1"
    for key in ("value", "low", "high"):
        value = getattr(number, key)
        if not isfinite(value) or value < 0 or (value > 1 and not odds):
            yield _problem(number, f"{key} {value!r}", expected=bounds)
    if number.low > number.high:
        yield _problem(number, f"its range [{number.low!r}, {number.high!r}] is upside down")
    elif not number.low <= number.value <= number.high:
        yield _problem(number, f"value {number.value!r} lies outside its range [{number.low!r}, {number.high!r}]")
    if number.range not in RANGE_KINDS:
        hint = did_you_mean(nearest(number.range, RANGE_KINDS))
        yield _problem(number, f'range "{number.range}"', expected=", ".join(RANGE_KINDS), way_out=hint)
    elif number.range == "exact" and number.low < number.high:
        yield _problem(number, f'an "exact" range [{number.low!r}, {number.high!r}]', expected="low and high equal to the value")


def _origin(number: Number, model: Model | None) -> Iterator[Problem]:
    """Every number says where it comes from, or that it is judged and why."""
    if number.grade not in GRADES:
        hint = did_you_mean(nearest(number.grade, GRADES))
        yield _problem(number, f'grade "{number.grade}"', expected=", ".join(GRADES), way_out=hint)
    if model and number.source and number.source not in model.sources:
        hint = did_you_mean(nearest(number.source, model.sources))
        yield _problem(number, f'source "{number.source}" is not defined', way_out=hint)
    if number.grade == "judgement" and not number.note:
        yield _problem(number, "a judgement without a note", expected="the reason")
    if number.grade not in WITHOUT_SOURCE:
        if not number.source:
            yield _problem(number, f'grade "{number.grade}" without a source', way_out='name one, or take grade = "judgement"')
        elif not number.where and number.grade != "file":
            yield _problem(number, 'no key "where"', expected="the place in the source")


def _problem(number: Number, what: str, *, expected: str = "", way_out: str = "") -> Problem:
    return Problem(number.location.file, f'number "{number.id}"', what, expected=expected, way_out=way_out)
