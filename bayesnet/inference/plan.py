"""Third stage: the question as a flat list of products, up and down one bucket tree. Plain integers, run by C or by numpy.

One operation does everything: `out[o] += product of in_q[i_q]` over a list of cells. A node of the tree multiplies the tensors
that mention an axis and sums it out; the way down is the same operation with the derivative of the output in the place of one
input, so it divides by nothing and is right where numbers are zero. Two tensors that share the axis of a gate whose causes are
still being gathered are multiplied by taking the larger rank; that is a list of cells too, and nothing is ever subtracted, so
an answer keeps its relative precision where the signed form of a noisy-OR (Heckerman 1989) loses every digit.

What would be ones on the way up (a variable below which nothing is known) is a *unit*: it is only there on the way down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from operator import mul
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.question import SCALAR, Part, ReducedQuestion
from bayesnet.model.factors import IntArray

Ints = NDArray[np.int32]
BLOCK, LONGEST = 32, 512
"""Cells that the inner lists of an operation have at least, and at most where sums make them longer."""
INPUTS = 5
"""Most inputs of one operation."""
SHARED, MEETING = 2, 3
"""Gate axes that a small tensor may share with the largest before it is multiplied in; with these many it is, where all of them
are among those of the tensors that meet, though it does not mention the axis that is summed out.
"""
BEST, ONCE = 1, 2
"""Flags of an operation: maxima in place of sums; every cell of the output is written once."""
HEADER = 7
"""Integers at the head of an operation: its length, flags, inputs, sums, cells of a sum, loops around, cells of the output."""
FAR = 2**62
"""The largest place in a workspace; a plan that needs more is never run."""


@dataclass(frozen=True)
class Bases:
    """The beginnings of parts of families: at `base`, and further on by the states of fixed variables times their strides.

    `fixed` has a row for each of these: part, variable, stride.
    """

    base: IntArray
    fixed: IntArray

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Bases:
        """Return the bases of parts."""
        fixed = [(k, v, stride) for k, part in enumerate(parts) for v, stride in part.fixed]
        return cls(_ints(part.base for part in parts), _ints(fixed).reshape(-1, 3))

    def at(self, states: IntArray) -> IntArray:
        """Return the bases for these states, all variables in the order of the network; a second axis are columns."""
        part, variable, stride = self.fixed.T
        found = np.repeat(self.base, states[0].size).reshape(len(self.base), *states.shape[1:])
        np.add.at(found, part, states[variable] * stride.reshape(-1, *[1] * (states.ndim - 1)))
        return found


@dataclass(frozen=True)
class PlanLayout:
    """The places where numbers come in and answers come out.

    The vectors lie at the start of the workspace, the product of the scalars first; vector k ends at `ends[k]`, and that of axis
    `axes[i]` begins at `begin[i]` (-1: it has none). Each of their cells is a product of entries: cell c of those from `ptr[c]`
    to `ptr[c + 1]`, entry i at `index[i]` from the base of unary part `which[i]`, which belongs to axis `owner[i]`. The cells of
    the answer to `variables[k]` are `cuts[k]` to `cuts[k + 1]`; each is the product of the places `own` and `slope`.
    """

    axes: IntArray
    begin: IntArray
    ends: IntArray
    factors: Bases
    unary: Bases
    index: IntArray
    which: IntArray
    owner: IntArray
    ptr: IntArray
    variables: IntArray
    cuts: IntArray
    own: IntArray
    slope: IntArray

    @classmethod
    def of(cls, question: ReducedQuestion, slopes: IntArray, places: Sequence[Sequence[int]], one: int) -> PlanLayout:
        """Lay out a question with the derivatives by its axes at `slopes`; `one` is the place of a number one."""
        axes, sizes = sorted(question.sizes), {**question.sizes, SCALAR: 1}
        ends = [*accumulate((sizes[axis] for axis in question.vectors), initial=1)]
        begin = {**dict.fromkeys(axes, -1), **dict(zip(question.vectors, ends, strict=False))}
        cells: list[list[tuple[int, int, int]]] = [[] for _ in range(ends[-1])]
        for k, part in enumerate(question.unary):
            axis, stride = (part.axes[0], part.strides[0]) if part.axes else (SCALAR, 0)
            for state in range(sizes[axis]):
                cells[begin.get(axis, 0) + state].append((stride * state, k, part.owner))
        index, which, owner = _ints([entry for cell in cells for entry in cell]).reshape(-1, 3).T.copy()
        shown = [(v, a) for v, a in sorted(question.axis.items()) if a in question.asked]
        own = [begin[a] + i if begin[a] >= 0 else one for v, a in shown for i in places[v]]
        slope_of = dict(zip(axes, slopes.tolist(), strict=False))
        slope = [slope_of[a] + i if slope_of[a] >= 0 else one for v, a in shown for i in places[v]]
        ptr, cuts = accumulate(map(len, cells), initial=0), accumulate((sizes[a] for _, a in shown), initial=0)
        at, first, last, of, shown_, answers, mine, theirs = map(
            _ints, (axes, begin.values(), ends, ptr, [v for v, _ in shown], cuts, own, slope)
        )
        factors, unary = Bases.of(question.factors), Bases.of(question.unary)
        return cls(at, first, last, factors, unary, index, which, owner, of, shown_, answers, mine, theirs)


def _ints(found: Iterable[Any]) -> IntArray:
    return np.array([*found], dtype=np.int64)


class PlanDetails(NamedTuple):
    """The meaning of a plan: looked at for derivatives, draws, maxima and by the tests; posteriors do without.

    `vectors` are the places and slots of the vectors by axis, `vector_slopes` those of the derivatives by them, `slopes` of the
    derivatives by the numbers of factor k, with their strides.
    """

    question: ReducedQuestion
    vectors: dict[int, tuple[int, int]]
    slopes: dict[int, tuple[int, int, tuple[tuple[int, int], ...]]]
    vector_slopes: dict[int, tuple[int, int]]


@dataclass(frozen=True)
class EliminationPlan:
    """A question written down.

    `code` are the operations one after the other; the way down begins at `ups`. The workspace has `space` numbers and `slots`
    powers of two. It begins with the product of all scalars and the vectors. `result` is the product of everything over the axes
    `kept`. `layout` says where the numbers of the network come in. `order` has the axes as they are eliminated, those kept last.
    `by_axis` and `by_factor` are the places and slots of the derivatives by each axis's vector, by the scalars behind these, and
    by each factor (-1: none). `maxima` lists for each maximised axis the tensors that meet there. `composed` is the question.
    """

    code: Ints
    ups: int
    space: int
    slots: int
    result: int
    result_slot: int
    kept: tuple[int, ...]
    cells: float
    largest: float
    layout: PlanLayout
    order: tuple[int, ...]
    by_axis: IntArray
    by_factor: IntArray
    composed: Callable[[], ReducedQuestion] = field(compare=False, repr=False)
    maxima: tuple[tuple[int, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]], ...] = ()
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def question(self) -> ReducedQuestion:
        """The question, composed when it is first looked at."""
        return self.composed()

    @cached_property
    def details(self) -> PlanDetails:
        """The meaning of the plan, worked out when it is first looked at."""
        question, size, axes = self.question, self.question.sizes, [*self.layout.axes.tolist(), SCALAR]
        begin = accumulate((size[axis] for axis in question.vectors), initial=1)
        vectors = {axis: (at, k) for k, (axis, at) in enumerate(zip(question.vectors, begin, strict=False), 1)}
        known = {a: (at, slot) for a, (at, slot) in zip(axes, self.by_axis.tolist(), strict=True) if at >= 0}
        slopes = {}
        for k, (at, slot) in enumerate(self.by_factor.tolist()):
            inner = sorted(question.factors[k].axes, key=self.order.index) if at >= 0 else []
            steps = accumulate((size[a] for a in inner), mul, initial=1)
            if at >= 0:
                slopes[k] = (at, slot, tuple(zip(inner, steps, strict=False))[::-1])
        return PlanDetails(question, vectors, slopes, {a: known[a] for a in (SCALAR, *vectors) if a in known})

    def operations(self) -> Iterator[Ints]:
        """Yield the integers of each operation."""
        at = 0
        while at < len(self.code):
            yield self.code[at : at + int(self.code[at])]
            at += int(self.code[at])
