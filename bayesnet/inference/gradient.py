"""Derivatives by the leaves of a run, carried back to derivatives by the entries of every table and gate.

Products of several factors hand each of them the product of the others, never a quotient, so entries at zero are no special case.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesnet.inference.answers import Gradient
from bayesnet.inference.numbers import combine, logarithm
from bayesnet.inference.posterior import Run
from bayesnet.inference.program import Source
from bayesnet.inference.run import backward
from bayesnet.model.factors import Factors, FloatArray


class Adjoints:
    """Collects d P / d entry for every tensor entry, shape of the tensor and the batch last, on the scale exp(`log_scale`)."""

    def __init__(self, factors: Factors, run: Run) -> None:
        self.run = run
        self.batch = len(run.total)
        self.arrays = [[np.zeros((*t.shape, self.batch)) for t in family.tensors] for family in factors.families]
        scalars = [run.filler.scalar(source) for source in run.program.scalars]
        zeros = sum((scalar == 0 for scalar in scalars), np.zeros(1, dtype=int))
        alive = np.broadcast_to(zeros == 0, (self.batch,)).astype(float)
        self.value = run.total * alive
        self.log_scale = run.log_scale_without_scalars + sum((_finite_log(s) for s in scalars), np.zeros(1))
        self._leaves(alive)
        for source, scalar in zip(run.program.scalars, scalars, strict=True):
            others = np.where(zeros == (scalar == 0), 1.0, 0.0) / np.where(scalar == 0, 1.0, scalar)
            self._single(source, np.broadcast_to(others * run.total, (self.batch,)))

    def column(self, batch: int, log_scale: float) -> Gradient:
        """One column as a gradient on the given scale."""
        factor = float(np.exp(np.broadcast_to(self.log_scale, (self.batch,))[batch] - log_scale))
        adjoints = tuple(tuple(array[..., batch] * factor for array in row) for row in self.arrays)
        return Gradient(float(self.value[batch]) * factor, log_scale, adjoints)

    def _leaves(self, alive: FloatArray) -> None:
        run, program = self.run, self.run.program
        reached = backward(run.tape, np.ones_like(run.tape.result) * alive, everything=True)
        for buffer, leaf in enumerate(program.leaves[:-1]):
            sizes = [len(run.situation.states(v)) for v in leaf.plain]
            adjoint = reached[buffer].reshape(*([-1] if leaf.gate >= 0 else []), *sizes, self.batch)
            self._tensor(leaf.source, leaf.plain, adjoint)
        for v, buffer in program.unary.items():
            vectors = run.filler.vectors(v)
            adjoint = reached[buffer].reshape(-1, self.batch)
            if v in run.likelihoods:
                adjoint = adjoint * run.likelihoods[v]
            if run.tape.scales is not None:
                others = _others_scaled(vectors, run.filler.unary(v, scaled=True)[1])
            else:
                others = _others(vectors)
            for source, other in zip(program.factors[v], others, strict=True):
                self._vector(source, v, adjoint * other)

    def _tensor(self, source: Source, plain: tuple[int, ...], adjoint: FloatArray) -> None:
        kind, v, i = source
        if kind == "table":
            self._table(v, plain, adjoint)
        elif kind == "link":
            self.arrays[v][i + 1][self._states(plain[0])] += adjoint.swapaxes(0, 1)
        elif kind == "band":
            low, high = self.run.program.roles.intervals[v]
            target, states = self.arrays[v][i + 1], self._states(plain[0])
            target[states, :low] += adjoint[0][:, None]
            target[states, low : high + 1] += adjoint[1][:, None]
        elif kind == "base":
            self._rows(v, adjoint)
        else:
            self._rows(v, np.stack([adjoint[1], adjoint[0] + adjoint[1]]), banded=True)

    def _vector(self, source: Source, v: int, adjoint: FloatArray) -> None:
        kind, f, i = source
        if kind == "table":
            self._table(f, (v,), adjoint)
        elif kind == "low":
            high = self.run.program.roles.intervals[f][1]
            self.arrays[f][i + 1][self._states(v), : high + 1] += adjoint[:, None]
        elif kind == "base":
            ranks = np.zeros((self.run.situation.cards[v], self.batch))
            ranks[[self.run.numbers.structure.rank[v][s] for s in self._states(v)]] = adjoint
            self._rows(v, ranks)

    def _single(self, source: Source, adjoint: FloatArray) -> None:
        kind, v, i = source
        if kind == "table":
            self._table(v, (), adjoint)
        elif kind == "inside":
            self._rows(v, np.stack([np.zeros(self.batch), adjoint]), banded=True)
        else:
            high = self.run.program.roles.intervals[v][1]
            target = self.arrays[v][i + 1]
            (target if i < 0 else target[self._fixed(self.run.numbers.structure.parents[v][i])])[: high + 1] += adjoint

    def _table(self, v: int, plain: tuple[int, ...], adjoint: FloatArray) -> None:
        axes = (*self.run.numbers.structure.parents[v], v)
        order = [plain.index(a) for a in axes if a in plain]
        adjoint = adjoint.transpose(*order, len(order))
        if not any(a in self.run.situation.allowed for a in plain):
            self.arrays[v][0][tuple(slice(None) if a in plain else self._fixed(a) for a in axes)] += adjoint
            return
        index = [self._states(a) if a in plain else [self._fixed(a)] for a in axes]
        self.arrays[v][0][np.ix_(*index)] += adjoint.reshape(*(len(states) for states in index), self.batch)

    def _rows(self, v: int, adjoint: FloatArray, banded: bool = False) -> None:
        """To the leak and the links of fixed parents, whose ranks were combined; with `banded`, into two ranks."""
        rows = self.run.filler.rows(v)
        low, high = self.run.program.roles.intervals[v] if banded else (0, 0)
        if banded:
            rows = [self.run.filler.band(row, v) for row in rows]
        fixed = [(i, p) for i, p in enumerate(self.run.numbers.structure.parents[v]) if p in self.run.situation.fixed]
        targets = [self.arrays[v][0], *(self.arrays[v][i + 1][self._fixed(p)] for i, p in fixed)]
        for k, target in enumerate(targets):
            others = rows[:k] + rows[k + 1 :]
            own = _larger_back(adjoint, combine(others)) if others else adjoint
            if banded:
                target[:low] += own[0]
                target[low : high + 1] += own[1]
            else:
                target += own

    def _states(self, v: int) -> list[int]:
        return list(self.run.situation.states(v))

    def _fixed(self, v: int) -> int:
        return self.run.situation.fixed[v]


def _larger_back(adjoint: FloatArray, other: FloatArray) -> FloatArray:
    """The derivative of the distribution of a larger rank by one of its two arguments."""
    weighted = adjoint * other
    above = np.zeros_like(weighted)
    above[:-1] = np.cumsum(weighted[:0:-1], axis=0)[::-1]
    return np.asarray(adjoint * np.cumsum(other, axis=0) + above)


def _others(vectors: Sequence[FloatArray]) -> list[FloatArray]:
    """For each vector the product of all the others, by products from the front and from the back."""
    after: list[FloatArray] = [np.ones(1)]
    for vector in reversed(vectors[1:]):
        after.append(after[-1] * vector)
    found, before = [], np.ones(1)
    for vector, rest in zip(vectors, reversed(after), strict=False):
        found.append(before * rest)
        before = before * vector
    return found


def _others_scaled(vectors: Sequence[FloatArray], log_scale: FloatArray | float) -> list[FloatArray]:
    """The same divided by exp(log_scale), through logarithms, for products too small to write down."""
    if not vectors:
        return []
    zeros = sum((vector == 0).astype(int) for vector in vectors)
    logs = [_finite_log(vector) for vector in vectors]
    total = sum(logs, np.zeros(1)) - log_scale
    return [np.where(zeros == (vector == 0), np.exp(total - log), 0.0) for vector, log in zip(vectors, logs, strict=True)]


def _finite_log(x: FloatArray) -> FloatArray:
    """The logarithm, zero where there is none."""
    return np.where(x > 0, logarithm(x), 0.0)
