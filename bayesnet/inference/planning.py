"""Making a plan: by the compiled planner if there is one, otherwise by the planner in Python, to the same integers."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from bayesnet.inference import plan as limits
from bayesnet.inference.ordering import WORTH_A_SECOND, width
from bayesnet.inference.plan import AnswerPlace, EliminationPlan
from bayesnet.inference.question import ReducedQuestion

MOST_ROOM = 1 << 32
"""Bytes of a workspace of the compiled planner."""


class _Space:
    """The workspaces of one thread; they grow where they do not suffice, and are kept for the next plan."""

    def __init__(self) -> None:
        self.arena = np.empty(1 << 20, dtype=np.uint8)
        self.code = np.empty(1 << 17, dtype=np.int32)
        self.starts = np.empty(1 << 12, dtype=np.int64)


_SPACES = threading.local()


def make(question: ReducedQuestion, slopes: bool = False, limit: float = 2.0**27, kernel: Any = None) -> EliminationPlan:
    """Return the plan of a question; with `slopes` also the derivatives by every number.

    The compiled planner makes it if there is one, but for the most probable assignment; the arrays are the same. Where the
    largest table would have more than `limit` cells the plan has no operations: its sizes alone count.
    """
    if kernel is not None and not question.best:
        return planned(kernel, question, slopes, limit)
    from bayesnet.inference.planner import Planner

    return Planner(question, slopes, limit).plan()


def planned(kernel: Any, question: ReducedQuestion, slopes: bool, limit: float) -> EliminationPlan:
    """Return the same by the compiled planner, in workspaces that grow until they suffice."""
    axes = sorted(question.sizes)
    local = {axis: i for i, axis in enumerate(axes)}
    local[-1] = -1
    gates, size = question.gates, question.sizes
    n, factors, vectors, kept = len(axes), question.factors, question.vectors, question.kept
    packed = [
        n,
        len(factors),
        len(vectors),
        len(kept),
        int(slopes),
        limits.BLOCK,
        limits.LONGEST,
        limits.INPUTS,
        limits.SHARED,
        limits.MEETING,
        0,
        0,
    ]
    packed += [size[a] for a in axes]
    packed += [width(1.5 * size[a] if a in gates else size[a]) for a in axes]
    packed += [local[gates[a]] if a in gates else -2 for a in axes]
    packed += [int(a in question.asked) for a in axes]
    packed += [local[a] for a in (*vectors, *kept)]
    parts = np.frombuffer(b"".join([part.packed for part in factors]), dtype=np.int32).copy()
    axial = np.frombuffer(b"".join([part.axial for part in factors]), dtype=bool)
    places = np.full(axes[-1] + 2 if axes else 1, -1, dtype=np.int32)
    places[axes] = np.arange(n)
    parts[axial] = places[parts[axial]]
    question_ = np.concatenate([np.array(packed, dtype=np.int32), parts])
    found = np.empty(9 + len(kept) + 3 * n + 2 * len(factors), dtype=np.int64)
    sizes = np.empty(3)
    space = _SPACES.__dict__.setdefault("space", _Space())
    while True:
        arena, code, starts = space.arena, space.code, space.starts
        room, code_room, starts_room = len(arena), len(code), len(starts)
        bad = kernel.bn_plan(
            question_.ctypes.data, len(question_), limit, float(WORTH_A_SECOND), arena.ctypes.data, room, code.ctypes.data,
            code_room, starts.ctypes.data, starts_room, found.ctypes.data, len(found), sizes.ctypes.data,
        )  # fmt: skip
        if bad > 0 and max(room, code_room) > MOST_ROOM:
            raise MemoryError("a plan that would take more than four gigabytes to write down")
        if bad == 1:
            space.arena = np.empty(4 * room, dtype=np.uint8)
        elif bad == 2:
            space.code = np.empty(4 * code_room, dtype=np.int32)
        elif bad == 3:
            space.starts = np.empty(4 * starts_room, dtype=np.int64)
        elif bad:
            raise ValueError("the compiled planner was given a question that makes no sense; nothing was written")
        else:
            break
    length, count, ups, slots, result, result_slot, _, *rest = found.tolist()
    result_axes, rest = [axes[a] for a in rest[: len(kept)]], rest[len(kept) :]
    place, slope, mine = rest[:n], rest[n : 3 * n + 2], rest[3 * n + 2 :]
    order = [axes[a] for a in sorted(range(n), key=place.__getitem__)]
    bases, at = {}, 1
    for k, axis in enumerate(vectors):
        bases[axis] = (at, k + 1)
        at += size[axis]
    pairs = {axis: (slope[2 * i], slope[2 * i + 1]) for i, axis in enumerate([*axes, -1])}
    answers = {a: AnswerPlace(bases[a][0] if a in bases else -1, pairs[a][0], size[a]) for a in sorted(question.asked)}
    by_factor = {}
    for k, part in enumerate(factors if slopes else ()):
        if mine[2 * k] >= 0:
            strides, step = [], 1
            for a in sorted(part.axes, key=lambda a: place[local[a]]):
                strides.append((a, step))
                step *= size[a]
            by_factor[k] = (mine[2 * k], mine[2 * k + 1], tuple(reversed(strides)))
    too_wide = sizes[2] > limit
    return EliminationPlan(
        question=question,
        code=code[: 0 if too_wide else length].copy(),
        starts=starts[: 0 if too_wide else count].copy(),
        ups=ups,
        space=int(sizes[0]),
        slots=slots,
        vectors=bases,
        answers=answers,
        result=result,
        result_slot=result_slot,
        kept=tuple(result_axes),
        slopes=by_factor,
        vector_slopes={a: pairs[a] for a in (-1, *vectors) if pairs[a][0] >= 0},
        maxima=(),
        cells=float(sizes[1]),
        largest=float(sizes[2]),
        order=tuple(order[: n - len(kept)]),
    )
