"""How far each number can move before something else leads (the admissible deviation of van der Gaag & Renooij 2001)."""

from __future__ import annotations

import numpy as np

from bayesnet.analysis.response import Response
from bayesnet.analysis.roots import bracketed_roots
from bayesnet.analysis.scan import scan_points
from bayesnet.model.factors import FloatArray, IntArray

_SIDE = 6
_WITHIN = 1e-11


def admissible(response: Response, ks: IntArray, contest: FloatArray, leader: int) -> tuple[FloatArray, FloatArray]:
    """The least and the largest value of each number for which the leader stays, shape (m,) each.

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
    """A contest between single rows of a response: the most probable wins."""
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
