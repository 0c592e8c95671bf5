"""The planner in Python: for machines without a compiler, for the most probable assignment, and referee of `planner.c`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np

from bayesnet.inference import plan as limits
from bayesnet.inference.ordering import best_order, bits, masks
from bayesnet.inference.plan import BEST, ONCE, EliminationPlan, PlanLayout
from bayesnet.inference.question import SCALAR, ReducedQuestion

Loop = tuple[int, list[Sequence[int]]]
"""Its length, and the steps of each operand, those of the output first."""


class Tensor:
    """An array while planning, over axes numbered from 0 on in the order of their ids; sets of axes are bit masks.

    `axes` maps axis to stride, `has` is the set of them; `wide` has also those of units below it. `base` below zero is -1 minus
    the factor whose values it reads; from zero on it is a place in the workspace. `slot` is where its power of two is kept.
    `owner` is the axis whose distribution it is. `slope` is its derivative, once it has one. `sizes` are those of axes that are
    longer here than elsewhere.
    """

    __slots__ = ("axes", "base", "carry", "cells", "has", "owner", "sizes", "slope", "slot", "unit", "wide")

    def __init__(self, base: int, wide: int, *, unit: bool = False, carry: bool = False, owner: int = -1) -> None:
        self.base = base
        self.axes: dict[int, int] = {}
        self.has = 0
        self.wide = wide
        self.cells = 1
        self.slot = -1
        self.unit = unit
        self.carry = carry
        self.owner = owner
        self.slope: Tensor | None = None
        self.sizes: dict[int, int] = {}


class Relation(NamedTuple):
    """The combination of two inputs on a gate axis: cells (rank of the first, of the second, of the result).

    `second` is the input that takes the second rank. `becomes` is the axis of the gate's variable where the result has that.
    """

    axis: int
    cells: list[tuple[int, int, int]]
    second: Tensor | None
    becomes: int


class ProductNode(NamedTuple):
    """One product: `inputs` with numbers, `units` without; `relations` for the gate axes that two inputs share."""

    out: Tensor
    inputs: list[Tensor]
    units: list[Tensor]
    relations: list[Relation]
    best: bool


class Planner:
    """Writes one plan."""

    def __init__(self, question: ReducedQuestion, slopes: bool, limit: float) -> None:
        self.question = question
        self.axes = sorted(question.sizes)
        self.size = [question.sizes[a] for a in self.axes]
        local = self.local = {axis: i for i, axis in enumerate(self.axes)}
        self.becomes = {local[g]: local.get(a, -1) for g, a in question.gates.items()}
        self.gates = sum(1 << g for g in self.becomes)
        self.best = {local[a] for a in question.best}
        self.slopes = slopes
        self.limit = limit
        self.code: list[int] = []
        self.space = self.slots = 1
        self.cells = 0.0
        self.largest = 1.0
        self.late = False
        self.nodes: list[ProductNode] = []
        self.maxima: list[tuple[int, list[Tensor]]] = []
        self.volumes: dict[int, int] = {0: 1}

    def plan(self, places: Sequence[Sequence[int]]) -> EliminationPlan:
        """Leaves, order, up, down; `places` are those of the states of all variables."""
        question, local = self.question, self.local
        factors = []
        for k, part in enumerate(question.factors):
            tensor = Tensor(-1 - k, 0, carry=self.slopes, owner=local.get(part.owner, -1))
            tensor.axes = {local[a]: stride for a, stride in zip(part.axes, part.strides, strict=True)}
            tensor.has = tensor.wide = sum(1 << a for a in tensor.axes)
            tensor.cells = self._volume(tensor.has)
            factors.append(tensor)
        kept = [local[a] for a in question.kept]
        order = self._order(factors, kept)
        self.place = {axis: i for i, axis in enumerate([*order, *kept])}
        scalar = Tensor(0, 0, carry=self.slopes)
        scalar.slot = 0
        self.vectors, ids = {}, {SCALAR: scalar}
        for a, axis in enumerate(self.axes):
            if axis in question.vectors:
                ids[axis] = self.vectors[a] = self._new(1 << a, 1 << a)
                self.vectors[a].carry = self.slopes or axis in question.asked
            elif axis in question.asked:
                ids[axis] = Tensor(0, 1 << a, unit=True, carry=True)
        self.left = [scalar, *factors, *list(ids.values())[1:]]
        result = self._up(order, sum(1 << a for a in kept))
        ups = len(self.code)
        self._down()

        tensors = [*(ids.get(axis) for axis in self.axes), scalar, *factors]
        slopes = np.array([(t.slope.base, t.slope.slot) if t and t.slope else (-1, -1) for t in tensors], dtype=np.int64)
        by_axis, by_factor = slopes[: len(self.axes) + 1], slopes[len(self.axes) + 1 :]
        return EliminationPlan(
            code=np.array(self.code if self.largest <= self.limit else [], dtype=np.int32),
            ups=ups,
            space=self.space,
            slots=self.slots,
            result=result.base,
            result_slot=result.slot,
            kept=question.kept[::-1],
            cells=self.cells,
            largest=self.largest,
            layout=PlanLayout.of(question, by_axis[:, 0], places, self.space),
            order=tuple(self.axes[a] for a in (*order, *kept)),
            by_axis=by_axis,
            by_factor=by_factor,
            composed=lambda: question,
            maxima=tuple((self.axes[a], tuple((t.base, self._named(t)) for t in bucket)) for a, bucket in self.maxima),
        )

    def _named(self, tensor: Tensor) -> tuple[tuple[int, int], ...]:
        return tuple((self.axes[a], stride) for a, stride in tensor.axes.items())

    def _order(self, factors: Iterable[Tensor], kept: Sequence[int]) -> list[int]:
        """Return the elimination order: gates and summed axes first, maximised axes after."""
        sizes = [1.5 * size if a in self.becomes else size for a, size in enumerate(self.size)]
        becomes = {g: a for g, a in self.becomes.items() if a not in (g, -1)}
        early = [a for a in range(len(sizes)) if a not in self.best and a not in kept]
        return best_order(masks(sizes), [t.axes for t in factors], becomes, [early, sorted(self.best)])

    def _new(self, axes: int, wide: int, sizes: dict[int, int] | None = None) -> Tensor:
        """Return a tensor in the workspace, outermost what is eliminated last."""
        tensor = Tensor(self.space, wide)
        tensor.has, tensor.slot, tensor.sizes = axes, self.slots, sizes or {}
        for axis in sorted(bits(axes), key=self.place.__getitem__):
            tensor.axes[axis] = tensor.cells
            tensor.cells *= tensor.sizes.get(axis, self.size[axis])
        tensor.axes = dict(reversed(tensor.axes.items()))
        self.space = min(self.space + tensor.cells, limits.FAR)
        self.slots += 1
        self.largest = max(self.largest, float(min(tensor.cells, 2**1000)))
        return tensor

    def _volume(self, axes: int) -> int:
        if axes not in self.volumes:
            low = axes & -axes
            self.volumes[axes] = self.size[low.bit_length() - 1] * self._volume(axes ^ low)
        return self.volumes[axes]

    # ---- up

    def _up(self, order: Iterable[int], kept: int) -> Tensor:
        for axis in order:
            bucket = self._taken(lambda t, axis=axis: t.wide >> axis & 1)  # type: ignore[misc]
            if bucket:
                out = self._eliminated(axis, bucket)
                self.left.append(out)
        inputs, nodes = [t for t in self.left if not t.unit], list(self.nodes)
        while True:
            inputs[: limits.INPUTS] = [self._multiply(inputs[: limits.INPUTS], [], [], -1, kept)]
            if len(inputs) == 1:
                break
        if not self.slopes and not self.best:
            self.nodes = nodes
        return inputs[0]

    def _taken(self, which: Callable[[Tensor], object]) -> list[Tensor]:
        """Take away those tensors that are left and meet a condition."""
        taken = [t for t in self.left if which(t)]
        if taken:
            self.left = [t for t in self.left if not which(t)]
        return taken

    def _eliminated(self, x: int, bucket: Sequence[Tensor]) -> Tensor:
        """Multiply everything that mentions x and sum (or maximise) it out.

        A gate's causes are combined, and its axis turned into its variable's, or its ranks weighed, or the last alone kept. Where
        tensors have several gates, others are taken that have so too, all of them among these, though not the axis at hand.
        """
        wide = reduce(or_, (t.wide for t in bucket)) & ~(1 << x)
        inputs, units = [t for t in bucket if not t.unit], [t for t in bucket if t.unit]
        if x not in self.becomes:
            gates = reduce(or_, (t.has for t in inputs), 0) & self.gates
            if gates.bit_count() >= limits.MEETING:
                inputs += self._taken(
                    lambda t: not t.unit and not t.wide & ~wide and (t.has & self.gates).bit_count() >= limits.MEETING
                )
            if x in self.best:
                self.late = True
                self.maxima.append((x, inputs))
            elif not inputs or (len(inputs) == 1 and inputs[0].owner == x):
                return self._multiply(inputs, units, [], x, wide, barren=True)
            inputs, relations = self._meet(self._few(inputs, 2))
            return self._multiply(inputs, units, relations, x, wide)
        becomes, weight = self.becomes[x], self.vectors.get(x)
        inputs = [t for t in inputs if t is not weight]
        own, renamed = all(t.owner == x for t in inputs), becomes not in (x, -1)
        if weight:
            return self._multiply([*self._few(inputs, 1, always=True), weight], units, [], x, wide)
        inputs, relations = self._meet(self._few(inputs, 2, always=True), x)
        out = self._multiply(inputs, units, relations, x, wide | (renamed << max(becomes, 0)), barren=own and becomes == x)
        out.owner = becomes if renamed and own else -1
        return out

    def _few(self, tensors: Iterable[Tensor], most: int, always: bool = False) -> list[Tensor]:
        """Multiply small tensors together until `most` are left, or few enough that one operation takes the rest."""
        tensors = sorted(tensors, key=_cells)
        while len(tensors) > most:
            other, everything, gates, shared = 1, 0, 0, 0
            for t in tensors:
                everything |= t.has
                shared |= gates & t.has
                gates |= t.has & self.gates
            both = tensors[0].has | tensors[1].has
            if not shared and not always:
                if len(tensors) <= limits.INPUTS and 3 * self._volume(both) > self._volume(everything):
                    break
            elif len(tensors) > 2 and (gates & both & tensors[-1].has).bit_count() > limits.SHARED:
                other = len(tensors) - 1
            b, a = tensors.pop(other), tensors.pop(0)
            inputs, relations = self._meet([b, a])
            product = self._multiply(inputs, [], relations, -1, a.wide | b.wide)
            product.owner = a.owner if a.owner == b.owner else -1
            place = next((i for i, t in enumerate(tensors) if t.cells > product.cells), len(tensors))
            tensors.insert(place, product)
        return tensors

    def _meet(self, inputs: list[Tensor], last: int = -1) -> tuple[list[Tensor], list[Relation]]:
        """Return inputs, of which one or two meet on shared gate axes, and how; `last` is a gate that is complete with them.

        Of two ranks with a given maximum, either both are at most it and the first's is equal, or the first's is below and the
        second's equal. So where the second input also has its sums up to each rank (is made *wide*), two binary ranks meet in
        three products instead of four.
        """
        shared, wide, second = 0, False, None
        if len(inputs) == 2:
            first, second = inputs if inputs[0].cells >= inputs[1].cells else inputs[::-1]
            shared = first.has & second.has & self.gates
            narrow, fewer, wider = 1, 1, 1
            for k in (self.size[h] for h in bits(shared)):
                narrow, fewer, wider = narrow * k * k, fewer * (k * (k + 1) // 2), wider * (2 * k - 1)
            rest, mine = self._volume((first.has | second.has) & ~shared), self._volume(second.has & ~shared) * wider
            wide = narrow > fewer and (narrow - fewer) * rest > 6 * mine + 64
            if wide:
                second = self._widened(second, shared)
            inputs = [first, second]
        relations = []
        for h in bits(shared | (1 << last if last >= 0 else 0)):
            k, together = self.size[h], shared >> h & 1
            if not together:
                cells = [(i, 0, i) for i in range(k)]
            elif wide:
                cells = [(j, j, j) for j in range(k)] + [(i, k - 1 + j, j) for j in range(1, k) for i in range(j)]
            else:
                cells = [(i, j, max(i, j)) for i in range(k) for j in range(k)]
            becomes = self.becomes[h] if h == last else h
            if becomes == -1:
                cells = [cell for cell in cells if cell[2] == k - 1]
            relations.append(Relation(h, cells, second if together else None, becomes))
        return inputs, relations

    def _widened(self, tensor: Tensor, gates: int) -> Tensor:
        """Return a tensor with, along gate axes, the sums up to each rank and then the single ranks but the lowest."""
        for h in bits(gates):
            k = self.size[h]
            cells = [(i, 0, j) for j in range(k) for i in range(j + 1)] + [(j, 0, k - 1 + j) for j in range(1, k)]
            relations = [Relation(h, cells, None, h)]
            tensor = self._multiply([tensor], [], relations, -1, tensor.wide, sizes={**tensor.sizes, h: 2 * k - 1})
        return tensor

    def _multiply(
        self,
        inputs: list[Tensor],
        units: list[Tensor],
        relations: list[Relation],
        summed: int,
        wide: int,
        barren: bool = False,
        sizes: dict[int, int] | None = None,
    ) -> Tensor:
        """Write a node; its output has the axes of the inputs but that summed, and the variable of a gate that is complete.

        `wide` are its axes and those of units below it. Where it is `barren` its output is a unit.
        """
        axes = reduce(or_, (t.has for t in inputs), 0)
        if summed >= 0:
            axes &= ~(1 << summed)
        for r in relations:
            if r.axis == summed and r.becomes not in (summed, -1):
                axes |= 1 << r.becomes
        out = Tensor(0, wide, unit=True) if barren else self._new(axes, wide, sizes)
        out.carry = any(t.carry for t in (*inputs, *units))
        self.nodes.append(ProductNode(out, inputs, units, relations, self.late))
        if not barren:
            self._write(self.nodes[-1], out, out, inputs, inputs)
        return out

    # ---- down

    def _down(self) -> None:
        """The nodes in reverse: the derivative of every input that leads to something asked."""
        for node in reversed(self.nodes):
            above = node.out.slope
            for tensor in (*node.inputs, *node.units):
                if not tensor.carry:
                    continue
                others = [t for t in node.inputs if t is not tensor]
                inputs, parts = ([above, *others], [node.out, *others]) if above is not None else (others, others)
                if inputs or node.relations:
                    tensor.slope = self._new(tensor.wide, tensor.wide, tensor.sizes)
                    self._write(node, tensor.slope, tensor, inputs, parts)

    # ---- operations

    def _write(self, node: ProductNode, out: Tensor, role: Tensor, inputs: list[Tensor], parts: list[Tensor]) -> None:
        """One operation. Each tensor comes with the one whose part it plays in the node."""
        operands, parts = [out, *inputs], [role, *parts]
        loops: list[Loop] = []
        plain = reduce(or_, (t.has for t in operands))
        cells, once = 1.0, True
        for r in node.relations:
            plain &= ~(1 << r.axis | (1 << r.becomes if r.becomes >= 0 else 0))
            tables: list[Sequence[int]] = []
            for tensor, part in zip(operands, parts, strict=True):
                which = 1 if part is r.second else 2 if part is node.out or part.unit else 0
                stride, more = tensor.axes.get(r.axis, 0), tensor.axes.get(r.becomes, 0) if r.becomes != r.axis else 0
                tables.append([stride * cell[which] + more * cell[2] for cell in r.cells])
            loops.append((len(r.cells), tables))
            once = once and not any(tables[0])
            cells *= len(r.cells)
        for axis in bits(plain):
            size = next((t.sizes[axis] for t in operands if axis in t.sizes), self.size[axis])
            strides = [t.axes.get(axis, 0) for t in operands]
            loops.append((size, [range(0, s * size, s) if s else (0,) * size for s in strides]))
            cells *= size
        self.cells += cells
        if self.largest <= self.limit and cells <= 64 * self.limit:
            loops.sort(key=_steps)
            self._record(loops, BEST * node.best, once, operands)

    def _record(self, loops: list[Loop], flags: int, once: bool, operands: list[Tensor]) -> None:
        """Write the loops, outermost first: those around as tables of steps, those inside as lists of cells."""
        lists: list[Sequence[int]] = [(0,)] * len(operands)
        length, run, at = 1, 1, len(loops)
        while at and (length < limits.BLOCK or (not any(loops[at - 1][1][0]) and length * loops[at - 1][0] <= limits.LONGEST)):
            at -= 1
            size, tables = loops[at]
            if not any(tables[0]):
                run *= size
            lists = [[far + near for far in table for near in old] for table, old in zip(tables, lists, strict=True)]
            length *= size
        around = [step for size, tables in loops[:at] for steps in ((size,), *tables) for step in steps]
        flags += ONCE * (once and all(any(tables[0]) for _, tables in loops[:at]))
        inner = [*lists[0][::run], *(step for steps in lists[1:] for step in steps)]
        head = [flags, len(operands) - 1, length // run, run, at, operands[0].cells]
        code = [*head, *(t.base for t in operands), *(t.slot for t in operands), *around, *inner]
        self.code += [len(code) + 1, *code]


def _steps(loop: Loop) -> int:
    """Loops with large steps of the output go around, those that are summed go inside."""
    return -max(loop[1][0])


def _cells(tensor: Tensor) -> int:
    return tensor.cells
