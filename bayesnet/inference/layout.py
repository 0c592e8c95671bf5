"""The places of a network's numbers in a plan, whatever the states of the variables that are fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayesnet.inference.question import Part, ReducedQuestion
from bayesnet.model.factors import IntArray


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
        return cls(np.array([part.base for part in parts], dtype=np.int64), np.array(fixed, dtype=np.int64).reshape(-1, 3))

    def at(self, states: IntArray) -> IntArray:
        """Return the bases for these states, all variables in the order of the network; a second axis are columns."""
        part, variable, stride = self.fixed.T
        steps = states[variable] * stride.reshape(-1, *[1] * (states.ndim - 1))
        found = np.repeat(self.base, states[0].size).reshape(len(self.base), *states.shape[1:])
        np.add.at(found, part, steps)
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

    @cached_property
    def places(self) -> dict[int, int]:
        """The places of the vectors by axis; -1 are the scalars."""
        return {-1: 0, **{a: at for a, at in zip(self.axes.tolist(), self.begin.tolist(), strict=True) if at >= 0}}

    @classmethod
    def of(
        cls, question: ReducedQuestion, answers: Mapping[int, tuple[int, int, int]], places: Sequence[Sequence[int]], one: int
    ) -> PlanLayout:
        """Lay out a question whose plan has its answers at these places; `one` is the place of a number one."""
        axes = sorted(question.sizes)
        begin, ends = dict.fromkeys(axes, -1), [1]
        for axis in question.vectors:
            begin[axis] = ends[-1]
            ends.append(ends[-1] + question.sizes[axis])
        sizes, unary = {**question.sizes, -1: 1}, question.unary
        only = [part.axes[0] if part.axes else -1 for part in unary]
        count = np.array([sizes[axis] for axis in only], dtype=np.int64)
        stride = np.array([part.strides[0] if part.axes else 0 for part in unary], dtype=np.int64)
        which = np.repeat(np.arange(len(unary)), count)
        state = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        cells = np.array([begin.get(axis, 0) for axis in only], dtype=np.int64)[which] + state
        order = np.argsort(cells, kind="stable")
        ptr = np.zeros(ends[-1] + 1, dtype=np.int64)
        np.cumsum(np.bincount(cells, minlength=ends[-1]), out=ptr[1:])
        owner = np.array([part.owner for part in unary], dtype=np.int64)
        shown = [(v, answers[axis]) for v, axis in sorted(question.axis.items()) if axis in answers]
        vector, slope, size = np.array([answer for _, answer in shown], dtype=np.int64).reshape(-1, 3).T
        place = np.array([i for v, _ in shown for i in places[v]], dtype=np.int64)
        vector, slope = np.repeat(vector, size), np.repeat(slope, size)
        return cls(
            axes=np.array(axes, dtype=np.int64),
            begin=np.array(list(begin.values()), dtype=np.int64),
            ends=np.array(ends, dtype=np.int64),
            factors=Bases.of(question.factors),
            unary=Bases.of(unary),
            index=(stride[which] * state)[order],
            which=which[order],
            owner=owner[which[order]],
            ptr=ptr,
            variables=np.array([v for v, _ in shown], dtype=np.int64),
            cuts=np.concatenate([[0], np.cumsum(size)]),
            own=np.where(vector < 0, one, vector + place),
            slope=np.where(slope < 0, one, slope + place),
        )
