"""A compiled plan as plain data: leaves to fill, steps to run, and which buffer holds what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bayesnet.inference.ortensor import Key, Operation, operation
from bayesnet.inference.relevance import Roles

Source = tuple[str, int, int]
"""What fills a leaf: its kind, its family (for `soft`, the variable), and the index of the parent (-1: the leak).

`table`: a slice of a table. Gates that have an axis: `link`, one parent's ranks; `base`, leak and fixed parents together.
Interval gates: `low`, one parent's (or the leak's) probability to stay within an interval that starts at rank zero; otherwise
`band`, one parent's ranks as two rows, below and inside the interval; `weight`, leak and fixed parents as weights of those two
rows; `inside`, the same as a single number where every parent is fixed. `soft`: a likelihood. `one`: the number 1.
"""


class Leaf(NamedTuple):
    """One input tensor: its gate axis (-1: none), its plain axes in elimination order, and what fills it."""

    gate: int
    plain: tuple[int, ...]
    source: Source


class Step(NamedTuple):
    """The next buffer = product of buffers `a` and `b` over the triples of `key`.

    The shapes bring both operands and the result to equally many axes, rows first and batch (-1) last, a row of the result having
    `cells` cells for each batch column. `missing_a` and
    `missing_b` are the axes along which a derivative is summed back. `carry_a` and `carry_b` say whether a posterior hangs on
    the operand, so that its derivative is wanted even when those of the numbers are not. With `best` sums are maxima.
    `axis` is set for the one kind of step that is no product.
    """

    a: int
    b: int
    key: Key
    shape_a: tuple[int, ...]
    shape_b: tuple[int, ...]
    shape_out: tuple[int, ...]
    cells: int
    missing_a: tuple[int, ...]
    missing_b: tuple[int, ...]
    carry_a: bool
    carry_b: bool
    best: bool
    axis: Axis | None


class Axis(NamedTuple):
    """A gate whose causes are all in becomes its variable's plain axis.

    The operand is seen as (before, size, after, left, right) and becomes (before, after, left, states, right); `ranks` lists the
    rank of each state kept. With `diagonal` the variable's own axis is there already, between left and right.
    """

    before: int
    size: int
    after: int
    left: int
    right: int
    ranks: tuple[int, ...]
    diagonal: bool


class Maximum(NamedTuple):
    """One maximised variable: the buffers multiplied in its bucket and their plain axes, for tracing the best states back."""

    variable: int
    buffers: tuple[int, ...]
    axes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Program:
    """The plan for one pattern of evidence.

    `leaves` fill buffers 0..len(leaves)-1; `unary[v]` is the buffer of variable v's own vector, the product of `factors[v]`;
    `scalars` are sources that are single numbers; step i writes buffer len(leaves)+i; `result` holds the answer with the axes
    `kept`; `cells` counts the products of all steps and `largest` the cells of the largest buffer.
    """

    roles: Roles
    leaves: tuple[Leaf, ...]
    unary: dict[int, int]
    factors: dict[int, tuple[Source, ...]]
    scalars: tuple[Source, ...]
    steps: tuple[Step, ...]
    maxima: tuple[Maximum, ...]
    result: int
    kept: tuple[int, ...]
    cells: float
    largest: float

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """What each step does, looked up once."""
        return tuple(operation(step.key) for step in self.steps)

    @property
    def one(self) -> int:
        """The buffer that holds the number 1: the last leaf."""
        return len(self.leaves) - 1
