"""Fourth stage: the numbers into the leaves of a program.

Every array carries a batch axis last, of length 1 where nothing varies. A batch is many draws of the numbers, many patients, or
the lanes of one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bayesnet.inference.numbers import Choice, Numbers, combine, logarithm, pick
from bayesnet.inference.program import Leaf, Program, Source
from bayesnet.inference.situation import Situation
from bayesnet.model.factors import FloatArray

_ALL = slice(None)


@dataclass
class Filler:
    """Fills the leaves of one program for one situation.

    `states[v]` is the state of each fixed variable, `intervals[v]` the lowest and highest rank left to an interval gate where
    they are not those of the roles.
    """

    program: Program
    numbers: Numbers
    situation: Situation
    states: Mapping[int, Choice]
    intervals: Mapping[int, tuple[Choice, Choice]] = field(default_factory=dict)

    @cached_property
    def varying(self) -> bool:
        """Whether fixed states differ between columns."""
        return any(not isinstance(state, int) for state in self.states.values())

    def buffers(self, scaled: bool = False) -> tuple[list[FloatArray], FloatArray, FloatArray]:
        """One array per leaf, then one per unary vector, in buffer order; and, per batch column, two logarithms.

        The first is of the product of all scalars, the second of what `scaled` divided out of the vectors.
        """
        filled = [self.leaf(leaf) for leaf in self.program.leaves]
        log_scalars = sum((logarithm(self.scalar(source)) for source in self.program.scalars), np.zeros(1))
        log_vectors = np.zeros(1)
        for v in self.program.unary:
            vector, log_top = self.unary(v, scaled)
            filled.append(vector)
            log_vectors = log_vectors + log_top
        return filled, log_scalars, log_vectors

    def leaf(self, leaf: Leaf) -> FloatArray:
        """One leaf: rows, then plain axes in the leaf's order, then the batch."""
        kind, v, i = leaf.source
        if kind == "table":
            return self.table(v, leaf.plain)
        if kind == "link":
            return self.kept(self.numbers.tensors[v][i + 1], leaf.plain[0]).swapaxes(0, 1)
        if kind == "band":
            return self.band(self.kept(self.numbers.tensors[v][i + 1], leaf.plain[0]), v).swapaxes(0, 1)
        if kind == "base":
            return combine(self.rows(v))
        if kind == "weight":
            below, inside = combine([self.band(row, v) for row in self.rows(v)])
            return np.stack([inside, below + inside])
        return np.ones((1, 1))

    def vectors(self, v: int) -> list[FloatArray]:
        """The factors of v's own vector, each of shape (states kept, batch)."""
        return [self.vector(v, source) for source in self.program.factors[v]]

    def unary(self, v: int, scaled: bool = False) -> tuple[FloatArray, FloatArray | float]:
        """The product of everything that bears on v alone (ones when nothing does), and the logarithm divided out of it."""
        vectors = self.vectors(v)
        log_scale: FloatArray | float = 0.0
        if not vectors:
            return np.ones((len(self.situation.states(v)), 1)), log_scale
        product = vectors[0]
        for vector in vectors[1:]:
            product = product * vector
            if scaled:
                top = product.max(0)
                top[top == 0] = 1.0
                product = product / top
                log_scale = log_scale + np.log(top)
        return product, log_scale

    def vector(self, v: int, source: Source) -> FloatArray:
        """One factor of v's own vector."""
        kind, f, i = source
        if kind == "low":
            return self.kept(self.low(f, i), v)
        if kind == "table":
            return self.table(f, (v,))
        if kind == "soft":
            return self.situation.soft[v][list(self.situation.states(v))]
        ranks = self.numbers.structure.rank[v]
        return combine(self.rows(v))[[ranks[s] for s in self.situation.states(v)]]

    def scalar(self, source: Source) -> FloatArray:
        """A factor that is a single number, shape (batch,)."""
        kind, v, i = source
        if kind == "table":
            return self.table(v, ())
        if kind == "low":
            vector = self.low(v, i)
            return vector if i < 0 else pick(vector, self.states[self.numbers.structure.parents[v][i]])
        return np.asarray(combine([self.band(row, v) for row in self.rows(v)])[1])

    def table(self, v: int, plain: Sequence[int]) -> FloatArray:
        """The slice of a table at the fixed states, its open axes in the order of `plain`."""
        part = self.numbers.tensors[v][0]
        family = (*self.numbers.structure.parents[v], v)
        axes = [axis for axis in family if axis in plain]
        if self.varying:
            for place, axis in reversed(list(enumerate(family))):
                part = part if axis in plain else pick(part, self.states[axis], place)
        else:
            part = part[tuple(_ALL if axis in plain else self.states[axis] for axis in family)]
        for place, axis in enumerate(axes):
            part = part.take(self.situation.allowed[axis], place) if axis in self.situation.allowed else part
        if len(axes) > 1 and tuple(axes) != tuple(plain):
            part = part.transpose(*(axes.index(a) for a in plain), len(axes))
        return part

    def kept(self, array: FloatArray, v: int) -> FloatArray:
        """Only the states of v that are left, along axis 0."""
        return array.take(self.situation.allowed[v], 0) if v in self.situation.allowed else array

    def low(self, v: int, i: int) -> FloatArray:
        """Probability that tensor i + 1 of gate v keeps its rank within an interval that starts at zero."""
        _, high = self.interval(v)
        if isinstance(high, int) and high == 0:
            return self.numbers.tensors[v][i + 1][..., 0, :]
        up_to = self.numbers.up_to(v)[i + 1]
        return pick(up_to, high, up_to.ndim - 2)

    def rows(self, v: int) -> list[FloatArray]:
        """Leak and links of the fixed parents of gate v, each of shape (ranks, batch)."""
        tensors = self.numbers.tensors[v]
        found = [tensors[0]]
        for i, p in enumerate(self.numbers.structure.parents[v]):
            if p in self.states:
                found.append(pick(tensors[i + 1], self.states[p]))
        return found

    def interval(self, v: int) -> tuple[Choice, Choice]:
        """The lowest and highest rank left to an interval gate."""
        return self.intervals[v] if v in self.intervals else self.program.roles.intervals[v]

    def band(self, array: FloatArray, v: int) -> FloatArray:
        """Two ranks instead of all, below and inside the interval of gate v; the ranks are the axis before the batch."""
        low, high = self.interval(v)
        if isinstance(low, int) and isinstance(high, int):
            if low == high == 1 and array.shape[-2] == 2:
                return array
            return np.stack([array[..., :low, :].sum(-2), array[..., low : high + 1, :].sum(-2)], -2)
        low, high = np.broadcast_arrays(low, high)
        ranks = np.arange(array.shape[-2])[:, None]
        below, inside = ranks < low, (ranks >= low) & (ranks <= high)
        return np.stack([(array * below).sum(-2), (array * inside).sum(-2)], -2)
