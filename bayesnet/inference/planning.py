"""Making a plan: composed and planned in C if there is a compiled kernel, otherwise in Python, to the same integers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from bayesnet.inference import plan as limits
from bayesnet.inference.layout import Bases, PlanLayout
from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.ordering import WORTH_A_SECOND
from bayesnet.inference.plan import FAR, AnswerPlace, EliminationPlan, PlanDetails
from bayesnet.inference.question import ReducedQuestion, compose
from bayesnet.inference.situation import ReducedEvidence
from bayesnet.model.factors import IntArray

MOST_ROOM = 1 << 32
"""Bytes of a workspace of the compiled planner."""
CUT, SETTLED, GIVEN, WANTED, KEPT = 1, 2, 4, 8, 16
"""Flags of variables in `question.c`."""
HEAD = (limits.BLOCK, limits.LONGEST, limits.INPUTS, limits.SHARED, limits.MEETING, 0, 0)
COUNTS = 11
"""Numbers at the start of what `question.c` finds."""

Ints = limits.Ints


class _Space:
    """The workspaces of one thread; they grow where they do not suffice, and are kept for the next plan."""

    def __init__(self) -> None:
        self.arena = np.empty(1 << 20, dtype=np.uint8)
        self.code = np.empty(1 << 17, dtype=np.int32)
        self.starts = np.empty(1 << 12, dtype=np.int64)
        self.question = np.empty(1 << 13, dtype=np.int32)
        self.layout = np.empty(1 << 14, dtype=np.int64)
        self.scratch = np.empty(1 << 14, dtype=np.int64)

    def grow(self, *names: str) -> None:
        """Make some of them four times as long."""
        for name in names:
            array = getattr(self, name)
            if 4 * array.nbytes > MOST_ROOM:
                raise MemoryError("a plan that would take more than four gigabytes to write down")
            setattr(self, name, np.empty(4 * len(array), dtype=array.dtype))


_SPACES = threading.local()


def make(
    network: NetworkArrays,
    situation: ReducedEvidence,
    wanted: Sequence[int] = (),
    kept: Sequence[int] = (),
    best: Sequence[int] = (),
    vectors: Sequence[int] = (),
    slopes: bool = False,
    limit: float = 2.0**27,
    kernel: Any = None,
) -> EliminationPlan:
    """Return the plan for a situation, as `compose` asks; with `slopes` also the derivatives by every number.

    It is made in C if there is a compiled kernel, but for the most probable assignment; the arrays are the same. Where the
    largest table would have more than `limit` cells the plan has no operations: its sizes alone count.
    """
    kept = tuple(v for v in kept if v not in situation.fixed)
    if kernel is None or best:
        from bayesnet.inference.planner import Planner

        return Planner(compose(network, situation, wanted, kept, best, vectors), slopes, limit).plan(network.places)
    later = partial(compose, network, situation, tuple(wanted), kept, (), tuple(vectors))
    space = _SPACES.__dict__.setdefault("space", _Space())
    ask = _asked(network, situation, wanted, kept, vectors)
    head = np.array([0, 0, 0, 0, slopes, *HEAD], dtype=np.int32)
    net = network.packed
    while bad := kernel.bn_compose(
        net.ctypes.data, ask.ctypes.data, len(ask), head.ctypes.data, space.question.ctypes.data, len(space.question),
        space.layout.ctypes.data, len(space.layout), space.scratch.ctypes.data, len(space.scratch),
    ):  # fmt: skip
        if bad < 0:
            raise ValueError("a question that makes no sense was to be composed; nothing was written")
        space.grow("question", "layout", "scratch")
    counts = space.layout[:COUNTS].tolist()
    n, factors, length = counts[0], counts[1], counts[-1]
    question = space.question[:length]
    found, sizes = np.empty(9 + len(kept) + 3 * n + 2 * factors, dtype=np.int64), np.empty(3)
    while bad := kernel.bn_plan(
        question.ctypes.data, length, limit, float(WORTH_A_SECOND), space.arena.ctypes.data, len(space.arena),
        space.code.ctypes.data, len(space.code), space.starts.ctypes.data, len(space.starts), found.ctypes.data, len(found),
        sizes.ctypes.data,
    ):  # fmt: skip
        if bad < 0:
            raise ValueError("the compiled planner was given a question that makes no sense; nothing was written")
        space.grow(("arena", "code", "starts")[bad - 1])
    length, count, ups, slots, result, result_slot, _, *kept_axes = found[: 7 + len(kept)].tolist()
    found = found[7 + len(kept) :]
    room, too_wide = int(min(sizes[0], FAR)), sizes[2] > limit
    layout = _layout(space.layout, counts, found[n : 3 * n : 2], room)
    return EliminationPlan(
        code=space.code[: 0 if too_wide else length].copy(),
        starts=space.starts[: 0 if too_wide else count].copy(),
        ups=ups,
        space=room,
        slots=slots,
        result=result,
        result_slot=result_slot,
        kept=tuple(int(layout.axes[a]) for a in kept_axes),
        cells=float(sizes[1]),
        largest=float(sizes[2]),
        layout=layout,
        explained=lambda: _explained(later(), found, slopes),
    )


def _asked(
    network: NetworkArrays, situation: ReducedEvidence, wanted: Sequence[int], kept: Sequence[int], vectors: Sequence[int]
) -> Ints:
    """Return a question about a situation as `question.c` reads it."""
    n, fixed, places = len(network.places), situation.fixed, network.places
    ask = np.full(4 * n + len(kept), -1, dtype=np.int32)
    ask[list(fixed)] = [places[v][state] for v, state in fixed.items()]
    flags = ask[n : 2 * n]
    flags[:] = 0
    for which, flag in (
        (situation.cut, CUT),
        (situation.settled, SETTLED),
        ({*situation.allowed, *situation.soft, *vectors}, GIVEN),
        (wanted, WANTED),
        (kept, KEPT),
    ):
        if which:
            flags[list(which)] |= flag
    for v, states in situation.allowed.items():
        if network.structure.noisy[v] and v not in wanted and v not in vectors and v not in situation.soft:
            ranks = sorted(places[v][state] for state in states)
            if ranks[-1] - ranks[0] == len(ranks) - 1:
                ask[2 * n + v], ask[3 * n + v] = ranks[0], ranks[-1]
    ask[4 * n :] = kept
    return ask


def _layout(found: IntArray, counts: Sequence[int], slopes: IntArray, one: int) -> PlanLayout:
    """Return the layout that `question.c` found; `slopes` are the places of the derivatives of the axes."""
    axes, factors, unary, vectors, fixed, fixed_unary, entries, cells, answers, shown, _ = counts
    lengths = (
        axes, axes, vectors + 1, factors, 3 * fixed, unary, 3 * fixed_unary, entries, entries, entries, cells + 1, answers,
        answers + 1, shown, shown,
    )  # fmt: skip
    found = found[COUNTS : COUNTS + sum(lengths)].copy()
    parts, at = [], 0
    for length in lengths:
        parts.append(found[at : at + length])
        at += length
    ids, begin, ends, base, fixes, base_unary, fixes_unary, index, which, owner, ptr, variables, cuts, axis, place = parts
    vector, slope = begin[axis], slopes[axis]
    return PlanLayout(
        ids, begin, ends, Bases(base, fixes.reshape(-1, 3)), Bases(base_unary, fixes_unary.reshape(-1, 3)), index, which, owner,
        ptr, variables, cuts, np.where(vector < 0, one, vector + place), np.where(slope < 0, one, slope + place),
    )  # fmt: skip


def _explained(question: ReducedQuestion, found: IntArray, slopes: bool) -> PlanDetails:
    """Return what a compiled plan means: `found` are the places in the order, and of the derivatives of axes and factors."""
    axes, size = sorted(question.sizes), question.sizes
    n, rest = len(axes), found.tolist()
    place, slope, mine = dict(zip(axes, rest[:n], strict=True)), rest[n : 3 * n + 2], rest[3 * n + 2 :]
    vectors, at = {}, 1
    for k, axis in enumerate(question.vectors):
        vectors[axis] = (at, k + 1)
        at += size[axis]
    pairs = {axis: (slope[2 * i], slope[2 * i + 1]) for i, axis in enumerate([*axes, -1])}
    by_factor = {}
    for k, part in enumerate(question.factors if slopes else ()):
        if mine[2 * k] >= 0:
            strides, step = [], 1
            for a in sorted(part.axes, key=place.__getitem__):
                strides.append((a, step))
                step *= size[a]
            by_factor[k] = (mine[2 * k], mine[2 * k + 1], tuple(reversed(strides)))
    return PlanDetails(
        question=question,
        vectors=vectors,
        answers={a: AnswerPlace(vectors[a][0] if a in vectors else -1, pairs[a][0], size[a]) for a in sorted(question.asked)},
        slopes=by_factor,
        vector_slopes={a: pairs[a] for a in (-1, *question.vectors) if pairs[a][0] >= 0},
        order=tuple(sorted(axes, key=place.__getitem__)[: n - len(question.kept)]),
    )
