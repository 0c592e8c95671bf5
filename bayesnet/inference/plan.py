"""Third stage: the question as a flat list of products, up and down one bucket tree. Plain integers, run by C or by numpy.

One operation does everything: `out[o] += product of in_q[i_q]` over a list of cells. A node of the tree multiplies the tensors
that mention an axis and sums it out; the way down is the same operation with the derivative of the output in the place of one
input, so it divides by nothing and is right where numbers are zero. Two tensors that share the axis of a gate whose causes are
still being gathered are multiplied by taking the larger rank; that is a list of cells too, and nothing is ever subtracted, so
an answer keeps its relative precision where the signed form of a noisy-OR (Heckerman 1989) loses every digit.

What would be ones on the way up (a variable below which nothing is known) is a *unit*: it is only there on the way down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.layout import PlanLayout
from bayesnet.inference.question import ReducedQuestion
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
FAR = 2**62
"""The largest place in a workspace; a plan that needs more is never run."""


class AnswerPlace(NamedTuple):
    """The place of the posterior of an axis: its vector (-1: ones) times its derivative (-1: ones), `size` states."""

    vector: int
    slope: int
    size: int


class PlanDetails(NamedTuple):
    """The meaning of a plan: looked at for derivatives, draws, maxima and by the tests; posteriors do without.

    `vectors` are the places and slots of the vectors by axis, `answers` the posteriors. `slopes` are the derivatives by the
    numbers of factor k: place, slot and strides; `vector_slopes` those by vectors. `maxima` lists for each maximised axis the
    tensors that meet there. `order` is that in which the axes are eliminated.
    """

    question: ReducedQuestion
    vectors: dict[int, tuple[int, int]]
    answers: dict[int, AnswerPlace]
    slopes: dict[int, tuple[int, int, tuple[tuple[int, int], ...]]]
    vector_slopes: dict[int, tuple[int, int]]
    maxima: tuple[tuple[int, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]], ...] = ()
    order: tuple[int, ...] = ()


@dataclass(frozen=True)
class EliminationPlan:
    """A question written down.

    `code` are the operations, the first `ups` of them on the way up, each beginning where `starts` says. The workspace has
    `space` numbers and `slots` powers of two. It begins with the product of all scalars and the vectors. `result` is the product
    of everything over the axes `kept`. `layout` says where the numbers of the network come in, `explained` makes the details.
    """

    code: Ints
    starts: IntArray
    ups: int
    space: int
    slots: int
    result: int
    result_slot: int
    kept: tuple[int, ...]
    cells: float
    largest: float
    layout: PlanLayout
    explained: Callable[[], PlanDetails] = field(compare=False, repr=False)
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def details(self) -> PlanDetails:
        """The meaning of the plan, worked out when it is first looked at."""
        return self.explained()

    @property
    def question(self) -> ReducedQuestion:
        """The question."""
        return self.details.question
