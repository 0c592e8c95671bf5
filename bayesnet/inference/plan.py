"""Third stage: the question as a flat list of products, up and down one bucket tree. Plain integers, run by C or by numpy.

One operation does everything: `out[o] += product of in_q[i_q]` over a list of cells. A node of the tree multiplies the tensors
that mention an axis and sums it out; the way down is the same operation with the derivative of the output in the place of one
input, so it divides by nothing and is right where numbers are zero. Two tensors that share the axis of a gate whose causes are
still being gathered are multiplied by taking the larger rank; that is a list of cells too, and nothing is ever subtracted, so
an answer keeps its relative precision where the signed form of a noisy-OR (Heckerman 1989) loses every digit.

What would be ones on the way up (a variable below which nothing is known) is a *unit*: it is only there on the way down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.ordering import WORTH_A_SECOND, width
from bayesnet.inference.question import Question
from bayesnet.model.factors import IntArray

Ints = NDArray[np.int32]
BLOCK, LONGEST = 32, 512
"""Cells that the inner lists of an operation have at least, and at most where sums make them longer."""
INPUTS = 5
"""Most inputs of one operation."""
MEETING = 3
"""Gate axes from which tensors that share them are multiplied as soon as one of their causes is summed out."""
SHARED = 2
"""Gate axes that a small tensor may share with the largest before it is multiplied in."""
BEST, ONCE = 1, 2
"""Flags of an operation: maxima in place of sums; every cell of the output is written once."""
HEADER = 6
MOST_ROOM = 1 << 32
"""Bytes of a workspace of the compiled planner."""


class Answer(NamedTuple):
    """The place of the posterior of an axis: its vector (-1: ones) times its derivative (-1: ones), `size` states."""

    vector: int
    slope: int
    size: int


@dataclass(frozen=True)
class Plan:
    """A question written down.

    `code` are the operations, the first `ups` of them on the way up, each beginning where `starts` says. The workspace has
    `space` numbers and `slots` powers of two. It begins with the product of all scalars and the `vectors` (axis to place).
    `answers` are the posteriors, `result` the product of everything over the axes `kept`. `slopes` are the derivatives by the
    numbers of factor k: place and slot. `maxima` lists for each maximised axis the tensors that meet there.
    """

    question: Question
    code: Ints
    starts: IntArray
    ups: int
    space: int
    slots: int
    vectors: dict[int, tuple[int, int]]
    answers: dict[int, Answer]
    result: int
    result_slot: int
    kept: tuple[int, ...]
    slopes: dict[int, tuple[int, int, tuple[tuple[int, int], ...]]]
    vector_slopes: dict[int, tuple[int, int]]
    maxima: tuple[tuple[int, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]], ...]
    cells: float
    largest: float
    order: tuple[int, ...] = ()
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


def make(question: Question, slopes: bool = False, limit: float = 2.0**27, kernel: Any = None) -> Plan:
    """Return the plan of a question; with `slopes` also the derivatives by every number.

    The compiled planner makes it if there is one, but for the most probable assignment; the arrays are the same. Where the
    largest table would have more than `limit` cells the plan has no operations: its sizes alone count.
    """
    if kernel is not None and not question.best:
        return planned(kernel, question, slopes, limit)
    from bayesnet.inference.planner import Planner

    return Planner(question, slopes, limit).plan()


def planned(kernel: Any, question: Question, slopes: bool, limit: float) -> Plan:
    """Return the same by the compiled planner, in workspaces that grow until they suffice."""
    axes = sorted(question.sizes)
    local = {axis: i for i, axis in enumerate(axes)}
    local[-1] = -1
    gates, size = question.gates, question.sizes
    n, factors, vectors, kept = len(axes), question.factors, question.vectors, question.kept
    packed = [n, len(factors), len(vectors), len(kept), int(slopes), BLOCK, LONGEST, INPUTS, SHARED, MEETING, 0, 0]
    packed += [size[a] for a in axes]
    packed += [width(1.5 * size[a] if a in gates else size[a]) for a in axes]
    packed += [local[gates[a]] if a in gates else -2 for a in axes]
    packed += [int(a in question.asked) for a in axes]
    packed += [local[a] for a in (*vectors, *kept)]
    for part in factors:
        packed.append(local[part.owner])
        packed.append(len(part.axes))
        packed += [local[a] for a in part.axes]
        packed += part.strides
    question_ = np.array(packed, dtype=np.int32)
    room, code_room, starts_room = 1 << 20, 1 << 17, 1 << 12
    found = np.empty(9 + len(kept) + 3 * n + 2 * len(factors), dtype=np.int64)
    sizes = np.empty(3)
    while True:
        arena, code, starts = (
            np.empty(room, dtype=np.uint8),
            np.empty(code_room, dtype=np.int32),
            np.empty(starts_room, dtype=np.int64),
        )
        bad = kernel.bn_plan(
            question_.ctypes.data, len(question_), limit, float(WORTH_A_SECOND), arena.ctypes.data, room, code.ctypes.data,
            code_room, starts.ctypes.data, starts_room, found.ctypes.data, len(found), sizes.ctypes.data,
        )  # fmt: skip
        if bad > 0 and max(room, code_room) > MOST_ROOM:
            raise MemoryError("a plan that would take more than four gigabytes to write down")
        if bad == 1:
            room *= 4
        elif bad == 2:
            code_room *= 4
        elif bad == 3:
            starts_room *= 4
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
    answers = {a: Answer(bases[a][0] if a in bases else -1, pairs[a][0], size[a]) for a in sorted(question.asked)}
    by_factor = {}
    for k, part in enumerate(factors if slopes else ()):
        if mine[2 * k] >= 0:
            strides, step = [], 1
            for a in sorted(part.axes, key=lambda a: place[local[a]]):
                strides.append((a, step))
                step *= size[a]
            by_factor[k] = (mine[2 * k], mine[2 * k + 1], tuple(reversed(strides)))
    too_wide = sizes[2] > limit
    return Plan(
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
