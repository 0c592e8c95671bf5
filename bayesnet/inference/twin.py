"""The kernel once more in numpy: the same arrays, the same order, the same powers of two. Fallback, and referee in the tests."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np

from bayesnet.inference.plan import BEST, HEADER, ONCE, EliminationPlan, Ints
from bayesnet.model.factors import FloatArray, IntArray

LEVEL, LOWEST = 16, np.iinfo(np.int64).min
CHUNK = 1 << 18
"""Cells of an operation that are listed at a time."""
KEPT = 1 << 21
"""Cells of a plan up to which its lists are kept for the next run."""


class Operation(NamedTuple):
    """One operation with its lists: those of the blocks around, and those inside a block, output first."""

    flags: int
    run: int
    cells: int
    bases: list[int]
    slots: list[int]
    around: list[IntArray]
    inside: list[IntArray]


def decode(code: Ints) -> Operation:
    """Read one operation."""
    _, flags, inputs, runs, run, loops, cells = code[:HEADER].tolist()
    n, at = inputs + 1, HEADER + 2 * (inputs + 1)
    bases, slots = code[HEADER : HEADER + n].tolist(), code[HEADER + n : at].tolist()
    around = [np.zeros(1, dtype=np.int64)] * n
    for _ in range(loops):
        size = int(code[at])
        tables = code[at + 1 : at + 1 + size * n].reshape(n, size)
        at += 1 + size * n
        around = [np.add.outer(old, table).ravel() for old, table in zip(around, tables, strict=True)]
    lists = code[at:].astype(np.int64)
    inside = [lists[:runs], *lists[runs:].reshape(inputs, -1)]
    if loops and len(around[0]) * runs * run <= CHUNK:
        inside = [np.add.outer(a, b).ravel() for a, b in zip(around, inside, strict=True)]
        around = [np.zeros(1, dtype=np.int64)] * n
    return Operation(flags, run, cells, bases, slots, around, inside)


def reach(plan: EliminationPlan) -> IntArray:
    """Return the furthest value of each factor from its base."""
    found = np.zeros(len(plan.layout.factors.base), dtype=np.int64)
    for op in map(decode, plan.operations()):
        for base, around, inside in zip(op.bases, op.around, op.inside, strict=True):
            if base < 0:
                found[-1 - base] = max(found[-1 - base], int(around.max()) + int(inside.max()))
    return found


def fill(
    values: FloatArray, index: IntArray, ptr: IntArray, soft: FloatArray, ends: IntArray, work: FloatArray, powers: IntArray
) -> None:
    """The vectors at the start of the workspace, each scaled by a power of two."""
    parts, exponents = np.frexp(soft)
    exponents = exponents.astype(np.int64)
    mantissa, more = np.frexp(np.take_along_axis(values, index, 0))
    lengths = np.diff(ptr)
    for begin in range(0, int(lengths.max(initial=0)), 256):
        mine = np.flatnonzero(lengths > begin)
        for k in range(begin, min(begin + 256, int(lengths.max()))):
            mine = mine[lengths[mine] > k]
            parts[mine] *= mantissa[ptr[mine] + k]
            exponents[mine] += more[ptr[mine] + k]
        parts, shift = np.frexp(parts)
        exponents += shift
    sizes = np.diff(ends, prepend=0)
    top = np.maximum.reduceat(np.where(parts > 0, exponents, LOWEST), ends - sizes, axis=0)
    powers[: len(ends)] = top = np.where(top > LOWEST, top, 0)
    shift = np.maximum(exponents - np.repeat(top, sizes, axis=0), -2000).astype(np.int32)
    with np.errstate(under="ignore"):
        work[: ends[-1]] = np.where(parts > 0, np.ldexp(parts, shift), 0.0)


def run(plan: EliminationPlan, last: int, bases: IntArray, values: FloatArray, work: FloatArray, powers: IntArray) -> None:
    """The operations of the first `last` integers."""
    kept: dict[int, Operation] = plan.cache.setdefault("operations", {}) if plan.cells <= KEPT else {}  # type: ignore[assignment]
    at = 0
    for code in plan.operations():
        if at < last:
            if at not in kept:
                kept[at] = decode(code)
            _run(kept[at], bases, values, work, powers)
        at += len(code)


def _run(op: Operation, bases: IntArray, values: FloatArray, work: FloatArray, powers: IntArray) -> None:
    out = work[op.bases[0] : op.bases[0] + op.cells]
    sources = [(values[bases[-1 - b] :] if b < 0 else work[b:]) for b in op.bases[1:]]
    once = op.flags & ONCE
    if not once or len(op.around[0]) * len(op.inside[0]) < op.cells:
        out[:] = 0.0
    step = max(1, CHUNK // (len(op.inside[0]) * op.run))
    for begin in range(0, len(op.around[0]), step):
        part = slice(begin, begin + step)
        where = [(a[part, None] + b).ravel() if len(a) > 1 else b for a, b in zip(op.around, op.inside, strict=True)]
        if sources:
            terms = reduce(np.multiply, [source[place] for source, place in zip(sources, where[1:], strict=True)])
        else:
            terms = np.ones((len(where[0]) * op.run, work.shape[1]))
        if op.run > 1:
            terms = terms.reshape(-1, op.run, terms.shape[1])
            terms = terms.max(1) if op.flags & BEST else terms.sum(1)
        if once:
            out[where[0]] = terms
        else:
            (np.maximum if op.flags & BEST else np.add).at(out, where[0], terms)
    top = out.max(0)
    away = np.frexp(np.where(np.isfinite(top), top, 0.0))[1]
    away = np.where(np.abs(away) > LEVEL, away, 0)
    if away.any():
        np.ldexp(out, -away, out=out)
    total = away.astype(np.int64)
    for slot in op.slots[1:]:
        if slot >= 0:
            total += powers[slot]
    powers[op.slots[0]] = total
