"""Fourth stage: numbers. A plan that is ready for a network is filled with evidence, run up, and run down.

A run holds a few columns side by side: one case, or eight draws, patients or states of a target. Every array has them last.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesnet.inference import twin
from bayesnet.inference.kernel import LANES
from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.plan import EliminationPlan
from bayesnet.inference.threads import watched
from bayesnet.model.factors import FloatArray, IntArray

LN2 = math.log(2.0)
LONG = 5e7
"""Products from which a run can be interrupted and shows how far it is: about a tenth of a second."""
AnyArray = np.ndarray[Any, Any]


class Ready:
    """A plan that was checked, whatever the states of the variables that are fixed.

    Raises `ValueError` where the plan names a place outside its own arrays.
    """

    def __init__(self, plan: EliminationPlan, network: NetworkArrays, kernel: Any) -> None:
        self.plan = plan
        self.layout = plan.layout
        self.kernel = kernel
        self.network = network
        self.variables = self.layout.variables.tolist()
        if kernel is None:
            self.reach = twin.reach(plan)
            return
        self.reach = np.zeros(len(self.layout.factors.base), dtype=np.int64)
        code, reach = plan.code.ctypes.data, self.reach.ctypes.data
        bad = kernel.bn_check(code, len(plan.code), plan.ups, plan.space, plan.slots, reach, len(self.reach))
        if bad:
            raise ValueError(f"operation {bad} of a plan names a place outside it; nothing was run")

    def place(self, v: int) -> int | None:
        """Return where the vector of a variable begins in the workspace; None where it has none."""
        axes = zip(self.layout.axes.tolist(), self.layout.begin.tolist(), strict=True)
        return next((at for axis, at in axes if at >= 0 and axis % len(self.network.places) == v), None)

    def shares(self, weights: FloatArray) -> dict[int, FloatArray]:
        """Divide the weights of each variable (`Run.weights`) by their sum, in place; by variable, shape (states, columns)."""
        if not self.variables:
            return {}
        cuts = self.layout.cuts
        with np.errstate(invalid="ignore", divide="ignore"):
            weights /= np.repeat(np.add.reduceat(weights, cuts[:-1], axis=0), np.diff(cuts), axis=0)
        ends = cuts.tolist()
        return {v: weights[ends[i] : ends[i + 1]] for i, v in enumerate(self.variables)}

    def indices(self, states: IntArray) -> IntArray:
        """Return which values each cell of the vectors is the product of, shape (entries, 1)."""
        return (self.layout.index + self.layout.unary.at(states)[self.layout.which])[:, None]


class Run:
    """A plan run for the states of the fixed variables and likelihoods of others, `columns` side by side.

    `values` are all numbers, shape (values, columns), and `bases` where each factor begins among them (`PlanLayout.factors`);
    `index` says which of them each vector is the product of (`Ready.indices`), shape (entries, columns); `soft` are the
    likelihoods of the cells of all vectors, shape (cells, columns). One column counts for all. Without `down` the way down is not
    run.
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
        plan, layout, lib = ready.plan, ready.layout, ready.kernel
        self.plan, self.ready, self.columns, self.bases = plan, ready, columns, bases
        width = columns if lib is None else 1 if columns == 1 else LANES
        self.values, self.index, self.soft = _columns(values, width), _columns(index, width), _columns(soft, width)
        self.work = np.empty((plan.space + 1, width))
        self.work[-1] = 1.0
        self.powers = np.zeros((plan.slots, width), dtype=np.int64)
        last = len(plan.code) if down else plan.ups
        if lib is None:
            twin.fill(self.values, self.index, layout.ptr, self.soft, layout.ends, self.work, self.powers)
            twin.run(plan, last, bases, self.values, self.work, self.powers)
            return
        state = np.zeros(2, dtype=np.int64)
        arrays = (self.index, layout.ptr, self.soft, layout.ends, self.work, self.powers, state)
        code, reach, start, numbers, *rest = [a.ctypes.data for a in (plan.code, ready.reach, bases, self.values, *arrays)]
        sizes = len(bases), len(self.values), len(layout.ends)

        def run(_: Run = self) -> int:
            """Run, and keep what is written to until it has ended."""
            return int(lib.bn_run(code, last, start, reach, sizes[0], numbers, *sizes[1:], width, *rest))

        if watched(run, state, last) if plan.cells * width > LONG else run():
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
        layout, work = self.ready.layout, self.work[:, : self.columns]
        weights: FloatArray = work[layout.own] * work[layout.slope]
        return weights

    def marginals(self) -> dict[int, FloatArray]:
        """Return P(v | e) of every open variable that was asked, shape (states, columns); NaN where P(e) = 0."""
        return self.ready.shares(self.weights())


def _columns(values: AnyArray, width: int) -> AnyArray:
    """Return numbers with as many columns as the kernel runs, contiguous; missing columns repeat the last."""
    if values.shape[-1] >= width:
        return np.ascontiguousarray(values[..., :width])
    return np.concatenate([values, np.repeat(values[..., -1:], width - values.shape[-1], axis=-1)], axis=-1)
