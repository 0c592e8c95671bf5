"""The planner: `make` calls `planner.c` if it can; the same in Python is for machines without a compiler, for the most probable
assignment, and referee of the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import accumulate, pairwise
from operator import attrgetter, or_
from typing import Any, NamedTuple

import numpy as np

from bayesnet.inference import plan as limits
from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.ordering import best_order, bits, masks
from bayesnet.inference.plan import BEST, ONCE, Bases, EliminationPlan, Ints, PlanLayout
from bayesnet.inference.question import SCALAR, ReducedQuestion, compose
from bayesnet.inference.reduced_evidence import ReducedEvidence

CUT, SETTLED, GIVEN, WANTED, KEPT = 1, 2, 4, 8, 16
"""Flags of variables in `planner.c`."""
MOST_ROOM = 1 << 32
"""Bytes of a workspace of the compiled planner."""
Loop = tuple[int, list[Sequence[int]]]
"""Its length, and the steps of each operand, those of the output first."""


@dataclass(eq=False, slots=True)
class Tensor:
    """An array while planning, over axes numbered from 0 on in the order of their ids; sets of axes are bit masks.

    `axes` maps axis to stride, `has` is the set of them; `wide` has also those of units below it. `base` below zero is -1 minus
    the factor whose values it reads; from zero on it is a place in the workspace. `slot` is where its power of two is kept.
    `owner` is the axis whose distribution it is. `slope` is its derivative, once it has one. `sizes` are those of axes that are
    longer here than elsewhere.
    """

    base: int
    wide: int
    unit: bool = False
    carry: bool = False
    owner: int = -1
    slot: int = -1
    has: int = 0
    cells: int = 1
    axes: dict[int, int] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    slope: Tensor | None = None


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
        self.maxima: list[tuple[int, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]]] = []
        self.volumes: dict[int, int] = {0: 1}

    def plan(self, places: Sequence[Sequence[int]]) -> EliminationPlan:
        """Leaves, order, up, down; `places` are those of the states of all variables."""
        question, local = self.question, self.local
        factors = []
        for k, part in enumerate(question.factors):
            axes = {local[a]: stride for a, stride in zip(part.axes, part.strides, strict=True)}
            has = sum(1 << a for a in axes)
            owner = local.get(part.owner, -1)
            factors.append(Tensor(-1 - k, has, False, self.slopes, owner, has=has, cells=self._volume(has), axes=axes))
        kept = [local[a] for a in question.kept]
        order = self._order(factors, kept)
        self.place = {axis: i for i, axis in enumerate([*order, *kept])}
        scalar = Tensor(0, 0, carry=self.slopes, slot=0)
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
            maxima=tuple(self.maxima),
        )

    def _order(self, factors: Iterable[Tensor], kept: Sequence[int]) -> list[int]:
        """Return the elimination order: gates and summed axes first, maximised axes after."""
        sizes = [1.5 * size if a in self.becomes else size for a, size in enumerate(self.size)]
        becomes = {g: a for g, a in self.becomes.items() if a not in (g, -1)}
        early = [a for a in range(len(sizes)) if a not in self.best and a not in kept]
        return best_order(masks(sizes), [t.axes for t in factors], becomes, [early, sorted(self.best)])

    def _new(self, axes: int, wide: int, sizes: dict[int, int] | None = None) -> Tensor:
        """Return a tensor in the workspace, outermost what is eliminated last."""
        tensor = Tensor(self.space, wide, slot=self.slots, has=axes, sizes=sizes or {})
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
                found = ((t.base, tuple((self.axes[a], stride) for a, stride in t.axes.items())) for t in inputs)
                self.maxima.append((self.axes[x], tuple(found)))
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
        tensors = sorted(tensors, key=attrgetter("cells"))
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
            loops.sort(key=lambda loop: -max(loop[1][0]))  # large steps of the output go around, those that are summed inside
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


class _Rooms(threading.local):
    """The workspaces of one thread; they grow where they do not suffice, and are kept for the next plan."""

    size = 1 << 12

    def grow(self) -> None:
        """Make them four times as long."""
        self.size *= 4
        if 64 * self.size > MOST_ROOM:
            raise MemoryError("a plan that would take more than four gigabytes to write down")
        self.arena, self.code = np.empty(64 * self.size, dtype=np.uint8), np.empty(8 * self.size, dtype=np.int32)
        self.found, self.sizes = np.empty(self.size, dtype=np.int64), np.empty(3)
        rooms = [x for array in (self.arena, self.code, self.found) for x in (array.ctypes.data, len(array))]
        self.given = (*rooms, self.sizes.ctypes.data)

    __init__ = grow


_ROOMS = _Rooms()


def make(
    network: NetworkArrays,
    situation: ReducedEvidence,
    wanted: Sequence[int] = (),
    kept: Sequence[int] = (),
    best: Sequence[int] = (),
    vectors: Sequence[int] = (),
    slopes: bool = False,
    *,
    limit: float = 2.0**27,
    kernel: Any = None,
) -> EliminationPlan:
    """Return the plan for a situation, as `compose` asks; with `slopes` also the derivatives by every number.

    It is made in C if there is a compiled kernel, but for the most probable assignment; the arrays are the same. Where the
    largest table would have more than `limit` cells the plan has no operations: its sizes alone count.
    """
    later = partial(compose, network, situation, tuple(wanted), tuple(kept), tuple(best), tuple(vectors))
    if kernel is None or best:
        return Planner(later(), slopes, limit).plan(network.places)
    ask, net = _asked(network, situation, wanted, kept, vectors), network.packed
    while bad := kernel.bn_plan(net.ctypes.data, ask.ctypes.data, len(ask), slopes, limit, *_ROOMS.given):
        if bad < 0:
            raise ValueError("a question that makes no sense was to be planned; nothing was written")
        _ROOMS.grow()
    code, found, sizes = _ROOMS.code, _ROOMS.found, _ROOMS.sizes
    length, ups, slots, result, result_slot, *lengths = found[:23].tolist()
    cuts = [*accumulate(lengths, initial=23)]
    found = found[: cuts[-1]].copy()
    (axes, begin, ends, base, fixed, unary, fixed_unary, *rest, place, by_axis, by_factor) = (
        found[a:b] for a, b in pairwise(cuts)
    )
    bases, bases_unary = Bases(base, fixed.reshape(-1, 3)), Bases(unary, fixed_unary.reshape(-1, 3))

    order = tuple(axes[np.argsort(place)].tolist())
    return EliminationPlan(
        code=code[: length if sizes[2] <= limit else 0].copy(),
        ups=ups,
        space=int(min(sizes[0], limits.FAR)),
        slots=slots,
        result=result,
        result_slot=result_slot,
        kept=order[len(order) - sum(v not in situation.fixed for v in kept) :][::-1],
        cells=float(sizes[1]),
        largest=float(sizes[2]),
        layout=PlanLayout(axes, begin, ends, bases, bases_unary, *rest),
        order=order,
        by_axis=by_axis.reshape(-1, 2),
        by_factor=by_factor.reshape(-1, 2),
        composed=later,
    )


def _asked(
    network: NetworkArrays, situation: ReducedEvidence, wanted: Sequence[int], kept: Sequence[int], vectors: Sequence[int]
) -> Ints:
    """Return a question about a situation as `planner.c` reads it."""
    n, fixed, places = len(network.places), situation.fixed, network.places
    ask = np.full(2 * n, -1, dtype=np.int32)
    ask[list(fixed)] = [places[v][state] for v, state in fixed.items()]
    flags = ask[n:]
    flags[:] = 0
    kept = [v for v in kept if v not in fixed]
    given = {*situation.allowed, *situation.soft, *vectors}
    for which, flag in ((situation.cut, CUT), (situation.settled, SETTLED), (given, GIVEN), (wanted, WANTED), (kept, KEPT)):
        if which:
            flags[list(which)] |= flag
    return np.concatenate([ask, np.array(kept, dtype=np.int32)]) if kept else ask
