"""Fifth stage: the program forwards, and backwards for all derivatives at once.

The backward pass is reverse differentiation (Darwiche 2003). It never divides by a number of the network, so numbers and
findings at zero are no special case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesnet.inference.program import Axis, Program
from bayesnet.model.factors import FloatArray


@dataclass
class Tape:
    """The buffers of one forward run, and the factor each was divided by when the run was scaled.

    The true value of the result is `buffers[program.result]` * exp(`log_scale`), column by column of the batch.
    """

    program: Program
    buffers: list[FloatArray]
    scales: list[FloatArray] | None
    log_scale: FloatArray

    @property
    def result(self) -> FloatArray:
        """The scaled result: one axis per kept variable, batch last."""
        return self.buffers[self.program.result]


def forward(program: Program, leaves: list[FloatArray], scaled: bool = False, base: Tape | None = None) -> Tape:
    """Run all steps; `scaled` divides each buffer by its largest entry, against underflow.

    With `base`, a run of the same program, only what depends on leaves that are other arrays than there is computed again, and
    operands are freed as soon as they have been used.
    """
    buffers = list(leaves)
    scales: list[FloatArray] | None = [] if scaled else None
    log_scale = np.zeros(1)
    changed = [True] * len(leaves) if base is None else [x is not y for x, y in zip(leaves, base.buffers, strict=False)]
    for k, step in enumerate(program.steps):
        a = buffers[step.a]
        new = changed[step.a] or (step.b >= 0 and changed[step.b])
        changed.append(new)
        if base is not None and not new:
            buffers.append(base.buffers[len(buffers)])
            if scales is not None and base.scales is not None:
                scales.append(base.scales[k])
                log_scale = log_scale + np.log(base.scales[k])
            continue
        if step.axis is not None:
            out = to_axis(a, step.axis)
        else:
            b = buffers[step.b]
            cells = step.cells * max(a.shape[-1], b.shape[-1])
            reduce = np.maximum if step.best else np.add
            out = program.operations[k].product(a.reshape(step.shape_a), b.reshape(step.shape_b), cells, reduce)
        if scales is not None:
            top = out.max(tuple(range(out.ndim - 1)))
            top[top == 0] = 1.0
            out = out / top
            scales.append(top)
            log_scale = log_scale + np.log(top)
        buffers.append(out)
        if base is not None:
            buffers[step.a] = _GONE
            if step.b >= 0 and step.b != program.one:
                buffers[step.b] = _GONE
    return Tape(program, buffers, scales, log_scale)


_GONE = np.zeros(0)


def backward(tape: Tape, seed: FloatArray, everything: bool = False) -> dict[int, FloatArray]:
    """Derivatives of sum(seed * result) by the leaves, buffer number to array, batch columns apart.

    Only the unary vectors are reached, unless `everything` is set. The seed has the shape of the result; so that true derivatives
    are the ones returned times exp(log_scale). Steps that maximise give the best value with each entry held instead.
    """
    program, buffers = tape.program, tape.buffers
    adjoints = {program.result: seed}
    first = len(buffers) - len(program.steps)
    for k in range(len(program.steps) - 1, -1, -1):
        step, operation = program.steps[k], program.operations[k]
        out = adjoints.pop(first + k, None)
        if out is None or not (everything or step.carry_a or step.carry_b):
            continue
        if tape.scales is not None:
            out = out / tape.scales[k]
        a = buffers[step.a]
        if step.axis is not None:
            adjoints[step.a] = from_axis(out, step.axis)
            continue
        reduce = np.maximum if step.best else np.add
        out = out.reshape(step.shape_out)
        b = buffers[step.b].reshape(step.shape_b)
        cells = step.cells * max(out.shape[-1], b.shape[-1], a.shape[-1])
        if everything or step.carry_a:
            back = operation.to_a(out, b, cells, reduce)
            adjoints[step.a] = reduce.reduce(back, step.missing_a) if step.missing_a else back
        if everything or step.carry_b:
            back = operation.to_b(out, a.reshape(step.shape_a), cells, reduce)
            adjoints[step.b] = reduce.reduce(back, step.missing_b) if step.missing_b else back
    return adjoints


def to_axis(a: FloatArray, axis: Axis) -> FloatArray:
    """Rows of an assembled gate to the plain axis of its variable."""
    states = len(axis.ranks)
    if axis.diagonal:
        split = a.reshape(axis.before, axis.size, axis.after, axis.left, states, axis.right, -1)
        return split[:, list(axis.ranks), :, :, range(states)].transpose(1, 2, 3, 0, 4, 5)
    split = a.reshape(axis.before, axis.size, axis.after, axis.left, axis.right, -1).transpose(0, 2, 3, 1, 4, 5)
    return split if axis.ranks == tuple(range(axis.size)) else split.take(axis.ranks, 3)


def from_axis(out: FloatArray, axis: Axis) -> FloatArray:
    """The derivative of `to_axis`."""
    states = len(axis.ranks)
    split = out.reshape(axis.before, axis.after, axis.left, states, axis.right, -1)
    if axis.diagonal:
        back = np.zeros((axis.before, axis.size, axis.after, axis.left, states, axis.right, split.shape[-1]))
        back[:, list(axis.ranks), :, :, range(states)] = split.transpose(3, 0, 1, 2, 4, 5)
        return back
    if axis.ranks == tuple(range(axis.size)):
        return split.transpose(0, 3, 1, 2, 4, 5)
    back = np.zeros((axis.before, axis.size, axis.after, axis.left, axis.right, split.shape[-1]))
    back[:, list(axis.ranks)] = split.transpose(0, 3, 1, 2, 4, 5)
    return back
