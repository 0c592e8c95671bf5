"""Caveats of an answer: how the numbers behind it are known, and which move it most over their own range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.known import WORDS, known, known_list
from bayesnet.model.records import Number
from bayesnet.model.table_numbers import TableNumbers
from bayesnet.results.words import cited, counted

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

Event = tuple[int, int]
"""A variable and one of its states."""

_LEAST = 1e-12
"""The smallest change of an answer that counts."""


@dataclass(frozen=True)
class Trust:
    """The numbers that could be otherwise, in the order of the model, and how tensors depend on them.

    `place` is the position among all numbers, `variable` the variable a number belongs to. `position` indexes the entries of all
    tensors, one after the other; `number` and `partial` go with it.
    """

    records: tuple[Number, ...]
    place: IntArray
    low: FloatArray
    high: FloatArray
    variable: IntArray
    position: IntArray
    number: IntArray
    partial: FloatArray


@per_model
def trust(compiled: CompiledModel) -> Trust:
    """Ranges and derivatives of all numbers as arrays."""
    numbers = compiled.model.numbers
    if isinstance(numbers, TableNumbers):  # none has a range or is judged, so no record is needed
        exact, none = np.zeros(len(numbers)), np.zeros(0, dtype=np.int64)
        return Trust((), none, exact, exact, numbers.variable, none, none, np.zeros(0))
    factors = compiled.factors
    place = {identity: k for k, identity in enumerate(factors.number_ids)}
    records = tuple(n for n in compiled.model.numbers.values() if n.grade != "definition" and n.id in place)
    sizes = [t.size for family in factors.families for t in family.tensors]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    first = np.cumsum([0, *(len(family.tensors) for family in factors.families)])
    dependence = factors.dependence
    return Trust(
        records,
        np.array([place[n.id] for n in records], dtype=np.int64),
        np.array([min(n.low, n.value) for n in records]),
        np.array([max(n.high, n.value) for n in records]),
        np.array([compiled.index[n.variable] for n in records], dtype=np.int64),
        starts[first[dependence.family] + dependence.tensor] + dependence.entry,
        dependence.number,
        dependence.partial,
    )


def weakest(
    query: Query, targets: Sequence[int] | None = None, most: int = 3, about: Sequence[int] | None = None
) -> Callable[[], tuple[str, ...]]:
    """Return a function that says how the numbers behind an answer are known, and which move it most.

    Parameters
    ----------
    query
        The network and what is known.
    targets
        The variables of the answer; those of the query when None.
    most
        How many numbers are named.
    about
        The variables whose posteriors the named numbers move, where these are not all targets.

    """
    asked = tuple(query.targets if targets is None else targets)
    return partial(_weakest, query, asked, tuple(asked if about is None else about), most)


def _weakest(query: Query, targets: tuple[int, ...], about: tuple[int, ...], most: int) -> tuple[str, ...]:
    """Write the sentence of `weakest`."""
    behind = behind_answer(query, targets)
    known = trust(query.compiled)
    ranged = [k for k in behind.tolist() if known.low[k] < known.high[k]]
    if not ranged:
        return (f"Caveats: none of the {counted(len(behind), 'number')} used has a range.",) if len(behind) else ()
    moved = movements(query, about)
    first = sorted((k for k in ranged if moved[k] > _LEAST), key=lambda k: -moved[k])[:most]
    return (sentence(query.compiled, behind, [known.records[k] for k in first]),)


def behind_answer(query: Query, targets: Sequence[int]) -> IntArray:
    """Return the numbers that can matter to an answer, by their place in `trust`."""
    needed = requisite_families(query.compiled.factors, query.evidence, targets)
    return np.flatnonzero(np.isin(trust(query.compiled).variable, np.fromiter(needed, dtype=np.int64)))


def sentence(compiled: CompiledModel, behind: IntArray, first: Sequence[Number]) -> str:
    """Say how the numbers behind an answer are known, and name those that move it most."""
    records = trust(compiled).records
    if not records:
        return f"Caveats: none of the {counted(len(behind), 'number')} used has a range."
    told = f"Caveats: how the {counted(len(behind), 'number')} used are known: {known_list(records[k] for k in behind)}."
    listed = "; ".join(described(compiled, number) for number in first)
    return f"{told} These move it most over their ranges: {listed}." if listed else told


def movements(query: Query, about: Sequence[int]) -> FloatArray:
    """Return how far each number of `trust` moves the posteriors of some variables over its range, the largest of their moves.

    Exact for numbers in which P(e) is a straight line; for odds and odds ratios by the slope of the answer's log odds.
    """
    compiled = query.compiled
    known, factors = trust(compiled), compiled.factors
    events = [(v, s) for v in about for s in range(len(compiled.states(v)))]
    events = [event for event in events if len(compiled.states(event[0])) > 2 or event[1] == 1]
    if not events or not len(known.records):
        return np.zeros(known.low.size)
    found = query.ask(lambda engine, evidence: engine.gradients(evidence, events))
    slopes = np.array(
        [
            np.bincount(known.number, weights=row[known.position] * known.partial, minlength=len(factors.number_ids))[known.place]
            for row in found.by_entry
        ]
    )
    value = np.asarray(factors.values)[known.place]
    straight = np.asarray(factors.linear)[known.place]
    ends = np.stack([known.low, known.high]) - value
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.stack([np.log(known.low / value), np.log(known.high / value)])
        moved = [
            np.where(straight, _straight(found.values, slopes, i, ends), _curved(found.values, slopes, i, growth * value))
            for i in range(len(events))
        ]
    largest: FloatArray = np.nan_to_num(np.max(moved, axis=0))
    return largest


def _straight(values: FloatArray, slopes: FloatArray, i: int, ends: FloatArray) -> FloatArray:
    """Return the move of P(event, e) / P(e) where both are straight lines in the number."""
    low, high = np.clip(values[i] + slopes[i] * ends, 0.0, None) / (values[-1] + slopes[-1] * ends)
    move: FloatArray = np.abs(np.clip(high, 0.0, 1.0) - np.clip(low, 0.0, 1.0))
    return move


def _curved(values: FloatArray, slopes: FloatArray, i: int, ends: FloatArray) -> FloatArray:
    """Return the move along the tangent of the answer's log odds."""
    p = values[i] / values[-1]
    slope = (slopes[i] - p * slopes[-1]) / values[-1] / (p * (1.0 - p))
    low, high = 1.0 / (1.0 + np.exp(np.clip(-(np.log(p / (1.0 - p)) + slope * ends), -700.0, 700.0)))
    move: FloatArray = np.abs(high - low)
    return move


def described(compiled: CompiledModel, number: Number) -> str:
    """Return a number with its value, range, where it is from and how it is known.

    As in `fever=present | leak 0.02 [0.01, 0.05] (Davis 2004, read in an abstract)`.
    """
    source = compiled.model.sources.get(number.source)
    how = known(number)
    details = [source.short] if source else []
    if how not in ("file", "defined"):
        details.append(WORDS[how])
    return f"{number.id} {cited(number.value, number.low, number.high, ', '.join(details) or number.grade)}"
