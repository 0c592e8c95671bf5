"""Sensitivity of an answer to publications: how far it moves when all numbers of one move within their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, Ranges, SensitivityQuery, ranges, records
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.analysis.sensitivity.tornado import ends
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.records import Number
from bayesnet.results.tornado import Sources, SourceShare

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_ROUNDS = 4
"""Number of rounds in which single numbers of a corner are tried at their other end."""

_WORTH = 1e-6
"""Share of the strongest number's effect from which another number of the same source is tried; all those of one column are."""

_FURTHER = 1e-12
"""Change of an answer that counts as further."""


@dataclass
class _Corner:
    """One corner of the box of a source's ranges: `up` says which numbers are at their high end; `sign` what is sought.

    `tried` are the places of the numbers that are tried at their other end.
    """

    source: str
    members: IntArray
    sign: float
    up: np.ndarray
    tried: IntArray
    answer: float = float("nan")


def sources(query: Query, target: str, sample_size: float = SAMPLE_SIZE) -> Sources:
    """Return how far P(target | findings) moves when all numbers of one source move within their ranges; see `Case.sources`.

    The two worst corners are taken, not all-low and all-high: each number goes to the end that the sign of its slope calls for,
    then single numbers are switched as long as that helps, since slopes change sign far from the present values. The answer at
    each corner is a run of the network. Numbers of one column that move together keep its sum.
    """
    compiled = query.compiled
    subject = SensitivityQuery.of(query, target)
    response, cited_ranges = subject.response((subject.target,)), ranges(compiled, sample_size)
    moving = np.flatnonzero(~cited_ranges.fixed & response.matters_to_target)
    at = np.full((2, len(cited_ranges.low)), np.nan)
    at[:, moving] = ends(response, cited_ranges, moving)
    groups = _groups(compiled, moving)
    corners = [corner for source, members in groups.items() for corner in _corners(response, at, source, members)]
    _improve(subject, cited_ranges, corners)
    lines = [_line(compiled, response.value(0), at, *pair) for pair in zip(corners[::2], corners[1::2], strict=True)]
    silent = _silent(compiled, groups, response.value(0))
    return Sources(
        title=subject.title,
        provenance=subject.provenance,
        label=subject.label,
        value=response.value(0),
        sources=tuple(sorted([*lines, *silent], key=lambda line: (-line.width, line.source))),
        assumption=cited_ranges.assumption,
        records=tuple(compiled.model.sources[key] for key in sorted(groups) if key in compiled.model.sources),
    )


def _groups(compiled: CompiledModel, moving: IntArray) -> dict[str, IntArray]:
    """Return the numbers of each source that can move the answer, a number of several in each; those without by their grade."""
    found: dict[str, list[int]] = {}
    all_records = records(compiled)
    for k in moving.tolist():
        for key in _keys(all_records[k]):
            found.setdefault(key, []).append(k)
    return {source: np.array(members) for source, members in found.items()}


def _keys(number: Number) -> tuple[str, ...]:
    return number.publications or (f"({number.grade})",)


def _corners(response: Response, at: FloatArray, source: str, members: IntArray) -> list[_Corner]:
    """Return the two corners that the slopes call for; those of a single number are known."""
    ends_ = at[:, members]
    if len(members) == 1:
        low, high = (int(np.argmax(sign * ends_[:, 0])) for sign in (-1.0, 1.0))
        corners = ((-1.0, low), (1.0, high))
        return [_Corner(source, members, sign, np.array([end == 1]), members[:0], float(ends_[end, 0])) for sign, end in corners]
    width = np.abs(ends_[1] - ends_[0])
    _, place, count = np.unique(response.numbers.column[members], return_inverse=True, return_counts=True)
    tried = np.flatnonzero((count[place] > 1) | ~(width < _WORTH * float(np.nanmax(width, initial=0.0))))
    return [_Corner(source, members, sign, sign * response.derivative[0, members] > 0, tried) for sign in (-1.0, 1.0)]


def _improve(subject: SensitivityQuery, cited_ranges: Ranges, corners: list[_Corner]) -> None:
    """Run every corner, and turn over the number that helps most, until none does; all corners in one batch per round."""
    open_ = [corner for corner in corners if len(corner.members) > 1]
    tries = [(corner, corner.up) for corner in open_]
    for _ in range(_ROUNDS):
        tries += [
            (corner, np.where(np.arange(len(corner.up)) == i, ~corner.up, corner.up))
            for corner in open_
            for i in corner.tried.tolist()
        ]
        open_ = _run(subject, cited_ranges, tries)
        tries = []


def _run(subject: SensitivityQuery, cited_ranges: Ranges, tries: list[tuple[_Corner, np.ndarray]]) -> list[_Corner]:
    """Answer each try and keep it where it goes further; return the corners at which a switch did."""
    further: dict[int, _Corner] = {}
    if tries:
        values, moved = _at_corners(subject, cited_ranges, tries)
        answers, _ = subject.marginals(values, (subject.target,), np.flatnonzero(moved))
        for (corner, up), answer in zip(tries, answers[0].tolist(), strict=True):
            if np.isfinite(answer) and not corner.sign * (answer - corner.answer) <= _FURTHER:
                if up is not corner.up:
                    further[id(corner)] = corner
                corner.up, corner.answer = up, answer
    return list(further.values())


def _at_corners(
    subject: SensitivityQuery, cited_ranges: Ranges, tries: list[tuple[_Corner, np.ndarray]]
) -> tuple[FloatArray, np.ndarray]:
    """Return values of all numbers at each corner, shape (n_numbers, tries), and which of them move at any.

    The rest of their columns co-varies; a column whose moved entries sum to more than one is divided by its sum when it is
    expanded.
    """
    numbers = parameter_map(subject.compiled)
    start = numbers.factors.values
    values = np.repeat(start[:, None], len(tries), axis=1)
    moved = np.zeros(values.shape, dtype=bool)
    for j, (corner, up) in enumerate(tries):
        values[corner.members, j] = np.where(up, cited_ranges.high[corner.members], cited_ranges.low[corner.members])
        moved[corner.members, j] = True
    ever: np.ndarray = np.any(moved, axis=1)
    for label in np.unique(numbers.column[ever]).tolist():
        group = numbers.members.get(label)
        if group is not None:
            mine, had = moved[group], start[group][:, None]
            rest, left = (1.0 - np.where(mine, x, 0.0).sum(axis=0) for x in (values[group], had))
            some = mine.any(axis=0) & (left > 0)
            scale = np.divide(np.maximum(rest, 0.0), left, out=np.ones_like(rest), where=some)
            values[group] = np.where(mine | ~some, values[group], had * scale)
    return values, ever


def _line(compiled: CompiledModel, now: float, at: FloatArray, low: _Corner, high: _Corner) -> SourceShare:
    """Return one source from its two corners."""
    strongest = int(low.members[np.argmax(np.abs(at[1, low.members] - at[0, low.members]))])
    lowest, highest = min(low.answer, now), max(high.answer, now)
    number = compiled.factors.number_ids[strongest]
    return SourceShare(low.source, _cited(compiled, low.source), len(low.members), lowest, highest, number)


def _silent(compiled: CompiledModel, groups: dict[str, IntArray], now: float) -> list[SourceShare]:
    """Sources of the model none of whose numbers can move this answer."""
    counts: dict[str, int] = {}
    for number in records(compiled):
        for key in _keys(number):
            if key not in groups:
                counts[key] = counts.get(key, 0) + 1
    return [SourceShare(key, _cited(compiled, key), count, now, now, "") for key, count in counts.items()]


def _cited(compiled: CompiledModel, source: str) -> str:
    """Author and year of a source; numbers without one are named by their grade."""
    known = compiled.model.sources.get(source)
    return known.short if known else source.strip("()")
