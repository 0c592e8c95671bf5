"""Sensitivity functions: every number of a network and what it does to one answer, from one pass up and one down per event."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.covariation import ORDER_PRESERVING, PROPORTIONAL, SCHEMES, with_scheme
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, Ranges, SensitivityQuery, ranges, records
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.analysis.sensitivity.roots import bracketed_roots, crossings, scan_points
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.results.sensitivity import NumberSensitivity, Sensitivities, SensitivityFunction

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


_SIDE = 6
_WITHIN = 1e-11


def admissible(response: Response, ks: IntArray, contest: FloatArray, leader: int) -> tuple[FloatArray, FloatArray]:
    """Return the least and the largest value of each number for which the leader stays, shape (m,) each.

    `contest`, shape (candidates, events + 1), gives each candidate's score as a weighted sum of the rows of the response: one row
    for a diagnosis, expected utilities for an option. All share P(e), so that for straight lines the leader stays where a set of
    linear inequalities holds; curves are scanned. Where nothing overtakes, the end of what the number can be.
    """
    lowest, highest = response.domain
    low, high = lowest[ks].copy(), highest[ks].copy()
    behind = contest[leader] - np.delete(contest, leader, axis=0)
    if not len(behind):
        return low, high
    used = np.flatnonzero(np.any(contest[:, :-1] != 0, axis=0))
    concerned = np.any(response.matters[np.ix_(used, ks)], axis=0)
    straight = np.flatnonzero(response.linear[ks] & concerned)
    _narrow_lines(response, ks, straight, behind, low, high)
    curved = np.flatnonzero(~response.linear[ks] & concerned)
    _narrow_curves(response, ks, curved, behind, low, high)
    return low, high


def one_each(rows: IntArray, events: int) -> FloatArray:
    """Return a contest between single rows of a response: the most probable wins."""
    contest = np.zeros((len(rows), events + 1))
    contest[np.arange(len(rows)), rows] = 1.0
    return contest


def _narrow_lines(
    response: Response, ks: IntArray, where: IntArray, behind: FloatArray, low: FloatArray, high: FloatArray
) -> None:
    """Intersect the lines by which the leader is ahead; in place."""
    x = response.numbers.factors.values[ks[where]]
    slope, _ = response.lines(ks[where])
    lead, lean = behind @ response.at(ks[where], x), behind @ slope
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x - lead / lean
    low[where] = np.maximum(low[where], np.where(lean > 0, at, -np.inf).max(axis=0))
    high[where] = np.minimum(high[where], np.where(lean < 0, at, np.inf).min(axis=0))


def _narrow_curves(
    response: Response, ks: IntArray, where: IntArray, behind: FloatArray, low: FloatArray, high: FloatArray
) -> None:
    """Scan each curve, all of them in one batch, and refine the nearest change on each side; in place."""
    if not len(where):
        return

    def margin(rows: FloatArray) -> FloatArray:
        return np.asarray((behind @ rows).min(axis=0))

    grids = [scan_points(response, int(ks[j]), _SIDE) for j in where]
    flat_ks = np.repeat(ks[where], [len(grid) for grid in grids])
    at = np.split(margin(response.at(flat_ks, np.concatenate(grids))), np.cumsum([len(grid) for grid in grids])[:-1])
    brackets: list[tuple[int, bool, float, float, float, float]] = []
    for j, grid, margins in zip(where.tolist(), grids, at, strict=True):
        here = int(np.argmin(np.abs(grid - response.numbers.factors.values[ks[j]])))
        for side, places in ((False, range(here, 0, -1)), (True, range(here, len(grid) - 1))):
            for p in places:
                q = p + 1 if side else p - 1
                if margins[q] < 0:
                    brackets.append((j, side, grid[p], grid[q], margins[p], margins[q]))
                    break
    if not brackets:
        return
    members, sides = [b[0] for b in brackets], [b[1] for b in brackets]
    left, right, at_left, at_right = (np.array([b[i] for b in brackets], dtype=float) for i in range(2, 6))
    its = ks[np.array(members)]
    roots = bracketed_roots(lambda xs: margin(response.at(its, xs)), left, right, at_left, at_right, _WITHIN)
    for j, side, root in zip(members, sides, roots.tolist(), strict=True):
        if side:
            high[j] = root
        else:
            low[j] = root


_LEAST_SCALE = -690.0
"""Below it exp(log_scale) is no longer a normal number; coefficients are then given on the scale of P(e) = 1."""

_POINTS = 101


def sensitivities(query: Query, target: str, covariation: str = PROPORTIONAL, sample_size: float = SAMPLE_SIZE) -> Sensitivities:
    """Return the sensitivity of P(target | findings) to every number of the network; see `Case.sensitivities`."""
    compiled = query.compiled
    subject = SensitivityQuery.of(query, target)
    alone = _under(subject.response((subject.target,)), covariation)
    ks = np.arange(parameter_map(compiled).count)
    slopes = {"value": compiled.factors.values, "derivative": alone.derivative[0], **_coefficients(alone, ks)}

    def complete() -> tuple[str, dict[str, list[Any]]]:
        response, leader, candidates = answered(subject, covariation)
        columns = _columns(response, ranges(compiled, sample_size), ks, leader, candidates)
        width = np.abs(columns["at_high"] - columns["at_low"])
        order = np.lexsort((-columns["sensitivity_value"], -width))
        numeric = {name: column[order].tolist() for name, column in columns.items()}
        return subject.event_name(response.events[leader]), {**numeric, **_words(compiled, ks[order])}

    return Sensitivities(
        title=subject.title,
        provenance=subject.provenance,
        target=subject.name,
        value=alone.value(0),
        slopes={"number": compiled.factors.number_ids, **slopes},
        complete=complete,
        assumption=ranges(compiled, sample_size).assumption,
        covariation=covariation,
    )


def sensitivity(
    query: Query, target: str, number: str, covariation: str = PROPORTIONAL, sample_size: float = SAMPLE_SIZE
) -> SensitivityFunction:
    """Return P(target | findings) as a function of one number; see `Case.sensitivity`."""
    compiled = query.compiled
    k = compiled.number(number)
    subject = SensitivityQuery.of(query, target)
    response, leader, candidates = answered(subject, covariation)
    ks = np.array([k])
    columns = _columns(response, ranges(compiled, sample_size), ks, leader, candidates)
    every: dict[str, Any] = {**{name: column.tolist() for name, column in columns.items()}, **_words(compiled, ks)}
    line = NumberSensitivity(**{name: column[0] for name, column in every.items()})
    highest = line.highest if math.isfinite(line.highest) else max(4.0 * line.high, 10.0 * line.value, 10.0)
    points = np.linspace(line.lowest, highest, _POINTS)
    rows = response.at(np.full(_POINTS, k), points)
    values = np.divide(rows[0], rows[-1], out=np.full(_POINTS, np.nan), where=rows[-1] > 0)

    def curve(x: float) -> tuple[float, float]:
        at = response.at(np.array([k]), np.array([x]))
        return float(at[0, 0]), float(at[-1, 0])

    def solver(p: float) -> list[float]:
        return crossings(response, k, lambda rows: rows[0] - p * rows[-1])

    return SensitivityFunction(
        title=subject.title,
        provenance=subject.provenance,
        target=subject.name,
        line=line,
        curve=curve,
        points=tuple(points.tolist()),
        values=tuple(values.tolist()),
        solver=solver,
    )


def answered(subject: SensitivityQuery, covariation: str = PROPORTIONAL) -> tuple[Response, int, IntArray]:
    """Return the response of target and candidates, the row of the leader, and the rows of all candidates."""
    candidates = subject.candidates
    events = tuple(dict.fromkeys((subject.target, *candidates)))
    response = _under(subject.response(events), covariation)
    rows = np.array([events.index(event) for event in candidates], dtype=np.int64)
    return response, int(rows[np.argmax(response.base[rows])]), rows


def _under(response: Response, covariation: str) -> Response:
    """Return the response under a scheme of co-variation. Raises BayesnetError if there is none of that name."""
    if covariation not in SCHEMES:
        raise BayesnetError(f'no co-variation "{covariation}"; there are {", ".join(SCHEMES)}.')
    return response if covariation == PROPORTIONAL else with_scheme(response, covariation)


def _columns(
    response: Response, cited_ranges: Ranges, ks: IntArray, leader: int, candidates: IntArray
) -> dict[str, NDArray[Any]]:
    """Return the numeric fields of `NumberSensitivity` for numbers ks."""
    numbers = response.numbers
    x = numbers.factors.values[ks]
    lowest, highest = response.domain
    contest = one_each(candidates, len(response.events))
    place = int(np.flatnonzero(candidates == leader)[0])
    admissible_low, admissible_high = admissible(response, ks, contest, place)
    derivative = response.derivative[0, ks]
    coefficients = _coefficients(response, ks)
    return {
        "value": x,
        "low": cited_ranges.low[ks],
        "high": cited_ranges.high[ks],
        "derivative": derivative,
        **coefficients,
        "sensitivity_value": np.abs(derivative),
        "vertex_proximity": _vertex_proximity(coefficients, derivative, x),
        "admissible_low": admissible_low,
        "admissible_high": admissible_high,
        "at_low": _answers(response, ks, cited_ranges.low[ks]),
        "at_high": _answers(response, ks, cited_ranges.high[ks]),
        "lowest": lowest[ks],
        "highest": highest[ks],
        "linear": response.linear[ks],
        "structural": numbers.structural[ks],
    }


def _words(compiled: CompiledModel, ks: IntArray) -> dict[str, list[str]]:
    """Return the fields of `NumberSensitivity` that are words."""
    all_records = records(compiled)
    mine = [all_records[k] for k in ks.tolist()]
    cited = {key: source.short for key, source in compiled.model.sources.items()}
    return {
        "number": [number.id for number in mine],
        "source": [number.source for number in mine],
        "citation": [cited.get(number.source, "") for number in mine],
        "grade": [number.grade for number in mine],
    }


def _coefficients(response: Response, ks: IntArray) -> dict[str, FloatArray]:
    """`a, b, c, d` with a x + b = P(h, e) and c x + d = P(e), unnormalised; NaN for curves that are no hyperbola."""
    scale = math.exp(response.log_scale) if abs(response.log_scale) < -_LEAST_SCALE else 1.0 / response.base[-1]
    slope, start = response.lines(ks)
    straight = response.linear[ks]
    found = (slope[0], start[0], slope[-1], start[-1])
    with np.errstate(over="ignore"):
        return {name: np.where(straight, row * scale, np.nan) for name, row in zip("abcd", found, strict=True)}


def _answers(response: Response, ks: IntArray, xs: FloatArray) -> FloatArray:
    """f with each number at its x; the present answer where the number does not move or cannot matter."""
    found = np.full(len(ks), response.value(0))
    moving = np.flatnonzero((xs != response.numbers.factors.values[ks]) & response.matters_to_target[ks])
    rows = response.at(ks[moving], xs[moving])
    found[moving] = np.divide(rows[0], rows[-1], out=np.full(len(moving), np.nan), where=rows[-1] > 0)
    return found


def _vertex_proximity(coefficients: dict[str, FloatArray], derivative: FloatArray, x: FloatArray) -> FloatArray:
    """Distance of x0 to the vertex of the hyperbola, where its slope is one (van der Gaag & Renooij 2001); a line has none."""
    # A common power of two changes nothing and keeps the products within what a double holds.
    largest = np.frexp(np.max([np.abs(coefficients[name]) for name in "abcd"], axis=0))[1]
    a, b, c, d = (np.ldexp(coefficients[name], -largest) for name in "abcd")
    finite = np.isfinite([a, b, c, d]).all(axis=0)
    bent = finite & (c != 0) & (derivative != 0)
    a, b, safe, d = (np.where(bent, one, 1.0) for one in (a, b, c, d))
    pole = -d / safe
    reach = np.sqrt(np.abs(b * safe - a * d)) / np.abs(safe)
    vertex = np.where(pole < x, pole + reach, pole - reach)
    return np.where(finite, np.where(bent, np.abs(x - vertex), np.inf), np.nan)


__all__ = ["ORDER_PRESERVING", "answered", "sensitivities", "sensitivity"]
