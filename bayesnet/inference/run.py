"""Fourth stage: numbers. A plan that is ready for a network is filled with evidence, run up, and run down.

A run holds a few columns side by side: one case, or eight draws, patients or states of a target. Every array has them last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bayesnet.inference import twin
from bayesnet.inference.kernel import LANES
from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.plan import EliminationPlan
from bayesnet.inference.question import Part
from bayesnet.model.factors import FloatArray, IntArray

LN2 = math.log(2.0)
AnyArray = np.ndarray[Any, Any]


class Ready:
    """A plan and where it finds its numbers in one network, whatever the states of the variables that are fixed."""

    def __init__(self, plan: EliminationPlan, network: NetworkArrays, kernel: Any) -> None:
        self.plan = plan
        self.kernel = kernel
        self.network = network
        question = plan.question
        self.factors = _Bases(question.factors)
        self.unary = _Bases(question.unary)
        self.ends, self.places = self._vectors()
        self.index, self.which, self.ptr = self._entries()
        self.reach = np.zeros(len(question.factors), dtype=np.int64)
        self._check()
        self.variables, self.cuts, self.own, self.slope = self._answers()
        self.variable = np.repeat(np.arange(len(self.variables)), np.diff(self.cuts))

    def _vectors(self) -> tuple[IntArray, dict[int, int]]:
        """Return where each vector ends, the product of the scalars first, and where each axis begins."""
        ends, places = [1], {-1: 0}
        for axis, (base, _) in self.plan.vectors.items():
            places[axis] = base
            ends.append(base + self.plan.question.sizes[axis])
        return np.array(ends, dtype=np.int64), places

    def _entries(self) -> tuple[IntArray, IntArray, IntArray]:
        """For each cell of a vector what it is the product of: the distance from the base of which part."""
        unary, sizes = self.plan.question.unary, {**self.plan.question.sizes, -1: 1}
        axes = [part.axes[0] if part.axes else -1 for part in unary]
        count = np.array([sizes[axis] for axis in axes], dtype=np.int64)
        stride = np.array([part.strides[0] if part.axes else 0 for part in unary], dtype=np.int64)
        begin = np.array([self.places[axis] for axis in axes], dtype=np.int64)
        which = np.repeat(np.arange(len(unary)), count)
        state = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        cells = begin[which] + state
        order = np.argsort(cells, kind="stable")
        ptr = np.zeros(int(self.ends[-1]) + 1, dtype=np.int64)
        np.cumsum(np.bincount(cells, minlength=len(ptr) - 1), out=ptr[1:])
        return (stride[which] * state)[order], which[order], ptr

    def _check(self) -> None:
        """Refuse a plan that names a place outside its own arrays, before anything is run."""
        plan = self.plan
        if self.kernel is None:
            bad = twin.check(plan, self.reach)
        else:
            code, starts, reach = plan.code.ctypes.data, plan.starts.ctypes.data, self.reach.ctypes.data
            size, count = len(plan.code), len(plan.starts)
            bad = self.kernel.bn_check(code, size, starts, count, plan.space, plan.slots, reach, len(self.reach))
        if bad:
            raise ValueError(f"operation {bad} of {len(plan.starts)} of a plan names a place outside it; nothing was run")

    def _answers(self) -> tuple[tuple[int, ...], IntArray, IntArray, IntArray]:
        """Return the open variables with answers, where each begins, and for each cell the vector and derivative to multiply."""
        plan, places = self.plan, self.network.places
        one = plan.space
        found = [(v, plan.answers[axis]) for v, axis in plan.question.axis.items() if axis in plan.answers]
        vector, slope, size = np.array([answer for _, answer in found], dtype=np.int64).reshape(-1, 3).T
        state = np.array([i for v, _ in found for i in places[v]], dtype=np.int64)
        vector, slope = np.repeat(vector, size), np.repeat(slope, size)
        cuts = np.concatenate([[0], np.cumsum(size)])
        names = tuple(v for v, _ in found)
        return names, cuts, np.where(vector < 0, one, vector + state), np.where(slope < 0, one, slope + state)

    def shares(self, weights: FloatArray) -> dict[int, FloatArray]:
        """Divide the weights of each variable (`Run.weights`) by their sum, in place; by variable, shape (states, columns)."""
        if not self.variables:
            return {}
        with np.errstate(invalid="ignore", divide="ignore"):
            weights /= np.add.reduceat(weights, self.cuts[:-1], axis=0)[self.variable]
        places = self.cuts.tolist()
        return {v: weights[places[i] : places[i + 1]] for i, v in enumerate(self.variables)}

    def bases(self, states: IntArray) -> IntArray:
        """Return where each factor begins, given the places of the states of the fixed variables."""
        return self.factors.at(states)

    def indices(self, states: IntArray) -> IntArray:
        """Return which values each cell of the vectors is the product of, shape (entries, 1)."""
        return (self.index + self.unary.at(states)[self.which])[:, None]


class _Bases:
    """Offsets of parts of families, given the states of the fixed variables."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.base = np.array([part.base for part in parts], dtype=np.int64)
        fixed = [(k, v, stride) for k, part in enumerate(parts) for v, stride in part.fixed]
        self.part, self.variable, self.stride = np.array(fixed, dtype=np.int64).reshape(-1, 3).T

    def at(self, states: IntArray) -> IntArray:
        """Return the bases for these states, all variables in the order of the network."""
        found = self.base.copy()
        np.add.at(found, self.part, self.stride * states[self.variable])
        return found


class Run:
    """A plan run for the states of the fixed variables and likelihoods of others.

    Parameters
    ----------
    ready
        The plan.
    values
        All numbers, shape (values, 1) or (values, columns).
    bases
        Where each factor begins among them (`Ready.bases`).
    index
        Which values each vector is the product of (`Ready.indices`), shape (entries, 1) or (entries, columns).
    soft
        Likelihoods of the cells of all vectors, shape (cells, 1) or (cells, columns).
    columns
        How many columns.
    down
        Whether the way down is run too.
    """

    def __init__(
        self,
        ready: Ready,
        values: FloatArray,
        bases: IntArray,
        index: IntArray,
        soft: FloatArray,
        columns: int = 1,
        down: bool = True,
    ) -> None:
        plan = self.plan = ready.plan
        self.ready = ready
        lib = ready.kernel
        width = self.width = columns if lib is None else 1 if columns == 1 else LANES
        self.columns = columns
        self.bases = bases
        self.values, self.index, self.soft = _columns(values, width), _columns(index, width), _columns(soft, width)
        self.work = np.empty((plan.space + 1, width))
        self.work[-1] = 1.0
        self.powers = np.zeros((plan.slots, width), dtype=np.int64)
        last = len(plan.starts) if down else plan.ups
        if lib is None:
            twin.fill(self.values, self.index, ready.ptr, self.soft, ready.ends, self.work, self.powers)
            twin.run(plan, 0, last, self.bases, self.values, self.work, self.powers)
        else:
            self._compiled(lib, last)

    def _compiled(self, lib: Any, last: int) -> None:
        ready, plan, width = self.ready, self.plan, self.width
        values, work, powers = self.values.ctypes.data, self.work.ctypes.data, self.powers.ctypes.data
        size = len(self.values)
        index, ptr, soft, ends = (a.ctypes.data for a in (self.index, ready.ptr, self.soft, ready.ends))
        bad = lib.bn_fill(values, size, index, ptr, soft, ends, len(ready.ends), work, powers, width)
        code, starts, bases, reach = (a.ctypes.data for a in (plan.code, plan.starts, self.bases, ready.reach))
        count, factors = len(plan.starts), len(self.bases)
        bad = bad or lib.bn_run(code, starts, 0, last, count, bases, reach, factors, values, size, work, powers, width)
        if bad:
            raise ValueError("a plan was run with numbers of another length than it was made for; nothing was written")

    @property
    def total(self) -> FloatArray:
        """The result summed over the axes kept, per column, without its power of two."""
        return np.asarray(self.result.reshape(-1, self.columns).sum(0))

    @property
    def result(self) -> FloatArray:
        """The result over the axes kept, columns last."""
        sizes = [self.plan.question.sizes[a] for a in self.plan.kept]
        count = math.prod(sizes)
        return self.work[self.plan.result : self.plan.result + count, : self.columns].reshape(*sizes, self.columns)

    @property
    def log_probability(self) -> FloatArray:
        """Ln P(e) per column, without the scales of likelihoods; -inf where it is impossible."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.total) + self.powers[self.plan.result_slot, : self.columns] * LN2)

    def weights(self) -> FloatArray:
        """P(v, e) of every state of every open variable that was asked, on a scale of its own for each variable and column."""
        weights: FloatArray = self.work[self.ready.own, : self.columns] * self.work[self.ready.slope, : self.columns]
        return weights

    def marginals(self) -> dict[int, FloatArray]:
        """Return P(v | e) of every open variable that was asked, shape (states, columns); NaN where P(e) = 0."""
        return self.ready.shares(self.weights())


def _columns(values: AnyArray, width: int) -> AnyArray:
    """Return numbers with as many columns as the kernel runs, contiguous; missing columns repeat the last."""
    if values.shape[-1] >= width:
        return np.ascontiguousarray(values[..., :width])
    if values.shape[-1] == 1:
        return np.repeat(values, width, axis=-1)
    return np.concatenate([values, np.repeat(values[..., -1:], width - values.shape[-1], axis=-1)], axis=-1)
