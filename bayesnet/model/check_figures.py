"""Checks of the figures behind a number and of the formulas over them."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping

from bayesnet.errors import BayesnetError, Problem, did_you_mean, nearest
from bayesnet.model.derivation import FUNCTIONS, Formula, FormulaError, parse_formula
from bayesnet.model.records import CitedFigure, Model, Number
from bayesnet.model.vocabulary import GRADES, HOW_KNOWN, JUDGED, USES, WITHOUT_SOURCE
from bayesnet.pattern import canonical_id, parse_number_id

FORMULAS = ("derivation", "derivation_low", "derivation_high")


def figure_problems(number: Number, model: Model, *, sourced: bool = True) -> Iterator[Problem]:
    """Check that a number says where it comes from, or that it is judged and why.

    Parameters
    ----------
    number, model
        The number and its model.
    sourced
        Whether the sources are known; otherwise no number is blamed for one that is not there.
    """
    for key in ("grade", "range_grade"):
        if getattr(number, key) not in GRADES:
            hint = did_you_mean(nearest(getattr(number, key), GRADES))
            yield problem(number, f'{key} "{getattr(number, key)}"', expected=", ".join(GRADES), way_out=hint)
    if number.range == JUDGED and number.range_grade != JUDGED:
        yield problem(number, f'a range by judgement with range_grade "{number.range_grade}"', expected=f'"{JUDGED}"')
    if number.grade == JUDGED and not number.reason:
        yield problem(number, "a judgement without a reason", expected='the key "reason"')
    if number.assumed and not number.reason:
        yield problem(number, "an assumed constant without a reason", expected='the key "reason"')
    if number.grade not in WITHOUT_SOURCE and not number.sources:
        yield problem(number, f'grade "{number.grade}" without a source', way_out=f'name one, or take grade = "{JUDGED}"')
    for at, figure in enumerate(number.sources, start=1):
        named = f'source "{figure.source}"' if figure.source else f"source {at}"
        for what, expected, way_out in _figure(figure, number, model if sourced else None):
            yield problem(number, f"{named}{what}", expected=expected, way_out=way_out)
    yield from _names(number)
    yield from _formulas(number)


def cycle_problems(model: Model) -> Iterator[Problem]:
    """Find formulas that use a number which is not there, and numbers that are computed from each other in a circle."""
    uses: dict[str, list[str]] = {}
    for number in model.numbers.values():
        for formula in formulas(number).values():
            for written in formula.numbers:
                name = number_named(written, model)
                if name in model.numbers:
                    uses.setdefault(number.id, []).append(name)
                else:
                    hint = did_you_mean(nearest(name, model.numbers, count=1))
                    yield problem(number, f'{formula.text}: there is no number "{written}"', way_out=hint)
    left = dict(uses)
    while ready := [name for name, used in left.items() if not any(other in left for other in used)]:
        for name in ready:
            del left[name]
    if left:
        path = [next(iter(left))]
        while (step := next(other for other in left[path[-1]] if other in left)) not in path:
            path.append(step)
        circle = path[path.index(step) :]
        first = model.numbers[circle[0]]
        yield problem(first, f"computed from itself: {' <- '.join([*circle, circle[0]])}")


def formulas(number: Number) -> dict[str, Formula]:
    """Return the formulas of a number that can be read, by key."""
    found = {}
    for key in FORMULAS:
        if text := getattr(number, key):
            try:
                found[key] = parse_formula(text)
            except FormulaError:
                continue  # figure_problems says so
    return found


def number_named(written: str, model: Model) -> str:
    """Return the id that a formula means by a text: the text itself, or its canonical form."""
    if written in model.numbers:
        return written
    try:
        child = parse_number_id(written).targets[0].name
        states: Mapping[str, tuple[str, ...]] = {name: variable.states for name, variable in model.variables.items()}
        return canonical_id(written, states, model.variables[child].parents if child in model.variables else ())
    except BayesnetError:
        return written


def _figure(figure: CitedFigure, number: Number, model: Model | None) -> Iterator[tuple[str, str, str]]:
    """Yield the problems of one figure: what is wrong, what was expected, how to mend it."""
    if not figure.source:
        yield ': no key "source"', "a key of sources.toml", ""
    elif model and figure.source not in model.sources:
        yield " is not defined", "", did_you_mean(nearest(figure.source, model.sources))
    if number.grade not in (*WITHOUT_SOURCE, "file") and figure.use != "background" and not figure.place:
        yield ': no key "place"', "the place in the source", ""
    if figure.use not in USES:
        yield f': for = "{figure.use}"', ", ".join(USES), did_you_mean(nearest(figure.use, USES))
    if figure.verified.how not in HOW_KNOWN:
        yield f': how = "{figure.verified.how}"', ", ".join(HOW_KNOWN), did_you_mean(nearest(figure.verified.how, HOW_KNOWN))
    if figure.count and not 0 <= figure.count[0] <= figure.count[1] * (figure.count[1] > 0):
        yield f": count {list(figure.count)}", "[k, n] with k between 0 and n", ""
    if figure.count and figure.count[1] < 1:
        yield f": count {list(figure.count)}", "an n of 1 or more", ""
    if figure.printed:
        ends = [end for end in (figure.printed.low, figure.printed.value, figure.printed.high) if end is not None]
        if not ends:
            yield ": printed without a figure", "value, low or high", ""
        if ends != sorted(ends):
            yield f": printed {', '.join(f'{end:g}' for end in ends)}", "low, value and high in this order", ""


def _names(number: Number) -> Iterator[Problem]:
    """Check that names in formulas are words, each of one figure or constant, and that none is the name of a function."""
    names = [figure.name for figure in number.sources if figure.name] + [name for name, _ in number.assumed]
    for name in dict.fromkeys(names):
        if not name.isidentifier() or keyword.iskeyword(name) or name in FUNCTIONS:
            taken = "that is a function" if name in FUNCTIONS else "expected letters, digits and _"
            yield problem(number, f'the name "{name}"; {taken}')
        if names.count(name) > 1:
            yield problem(number, f'the name "{name}" is given twice')


def _formulas(number: Number) -> Iterator[Problem]:
    """Formulas can be read, their names mean something, and every assumed constant is used."""
    names = [figure.name for figure in number.sources if figure.name] + [name for name, _ in number.assumed]
    used: set[str] = set()
    for key in FORMULAS:
        text = getattr(number, key)
        if not text:
            continue
        try:
            formula = parse_formula(text)
        except FormulaError as error:
            yield problem(number, f"{key}: {error}")
            used.update(names)
            continue
        used.update(formula.names)
        for name in formula.names:
            if name not in names:
                there = f"the names are {', '.join(names)}" if names else "no source has a name"
                hint = did_you_mean(nearest(name, names)) or there
                yield problem(number, f'{key}: "{name}" is neither a source nor an assumed constant of this number', way_out=hint)
    for name, _ in number.assumed:
        if name not in used:
            yield problem(number, f'the assumed constant "{name}" is in no formula', way_out="take it out")


def problem(number: Number, what: str, *, expected: str = "", way_out: str = "") -> Problem:
    """Say that something is wrong with a number, with file and id."""
    return Problem(number.location.file, f'number "{number.id}"', what, expected=expected, way_out=way_out)
