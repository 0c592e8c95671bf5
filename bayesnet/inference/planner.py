"""The planner in Python: for machines without a compiler, for the most probable assignment, and referee of `planner.c`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet.inference import plan as limits
from bayesnet.inference.layout import PlanLayout
from bayesnet.inference.ordering import best_order, masks
from bayesnet.inference.plan import BEST, FAR, ONCE, AnswerPlace, EliminationPlan, PlanDetails
from bayesnet.inference.question import ReducedQuestion


class Tensor:
    """An array while planning. `axes` maps axis to stride; `wide` are its axes and those of units below it.

    `base` below zero is -1 minus the factor whose values it reads; from zero on it is a place in the workspace. `slot` is where
    its power of two is kept. `owner` is the axis whose distribution it is. `slope` is its derivative, once it has one.
    """

    __slots__ = ("alive", "axes", "base", "carry", "cells", "owner", "sizes", "slope", "slot", "unit", "wide")

    def __init__(self, base: int, axes: dict[int, int], wide: frozenset[int], cells: int, slot: int = -1) -> None:
        self.base = base
        self.axes = axes
        self.wide = wide
        self.cells = cells
        self.slot = slot
        self.unit = False
        self.carry = False
        self.owner = -1
        self.alive = True
        self.slope: Tensor | None = None
        self.sizes: dict[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The combination of two inputs on a gate axis: cells (rank of the first, of the second, of the result).

    `second` is the input that takes the second rank; `third` says that `axis` itself counts as the result's rank for inputs
    from there on. `becomes` is the axis of the gate's variable where the result has that instead.
    """

    axis: int
    cells: tuple[tuple[int, int, int], ...]
    second: Tensor | None = None
    third: tuple[Tensor, ...] = ()
    becomes: int = -1


@dataclass(slots=True)
class ProductNode:
    """One product: `inputs` with numbers, `units` without; `relations` for the gate axes that two inputs share."""

    out: Tensor
    inputs: list[Tensor]
    units: list[Tensor]
    relations: tuple[Relation, ...] = ()
    best: bool = False


class Planner:
    """Writes one plan."""

    def __init__(self, question: ReducedQuestion, slopes: bool, limit: float) -> None:
        self.question = question
        self.size = question.sizes
        self.all_slopes = slopes
        self.limit = limit
        self.code: list[int] = []
        self.starts: list[int] = []
        self.space = 1
        self.slots = 1
        self.cells = 0.0
        self.largest = 1.0
        self.late = False
        self.nodes: list[ProductNode] = []
        self.maxima: list[tuple[int, list[Tensor]]] = []

    def plan(self, places: Sequence[Sequence[int]]) -> EliminationPlan:
        """Leaves, order, up, down; `places` are those of the states of all variables."""
        question = self.question
        values = [self._factor(k) for k in range(len(question.factors))]
        vectors, units = self._vectors()
        self.vectors = vectors
        order = self._order()
        self.place = {axis: i for i, axis in enumerate([*order, *question.kept])}
        result = self._up(order, [*values, *vectors.values(), *units.values()])
        ups = len(self.starts)
        self._down()
        answers = {}
        for axis in sorted(question.asked):
            tensor = vectors.get(axis) or units.get(axis)
            if tensor is not None:
                slope = tensor.slope.base if tensor.slope is not None else -1
                answers[axis] = AnswerPlace(-1 if tensor.unit else tensor.base, slope, self.size[axis])
        details = PlanDetails(
            question=question,
            vectors={axis: (t.base, t.slot) for axis, t in vectors.items()},
            answers=answers,
            slopes={
                -1 - t.base: (t.slope.base, t.slope.slot, tuple(t.slope.axes.items())) for t in values if t.slope is not None
            },
            vector_slopes={
                a: (t.slope.base, t.slope.slot) for a, t in {-1: self.scalar, **vectors}.items() if t.slope is not None
            },
            maxima=tuple((a, tuple((t.base, tuple(t.axes.items())) for t in bucket)) for a, bucket in self.maxima),
            order=tuple(order),
        )
        return EliminationPlan(
            code=np.array(self.code if self.largest <= self.limit else [], dtype=np.int32),
            starts=np.array(self.starts if self.largest <= self.limit else [], dtype=np.int64),
            ups=ups,
            space=self.space,
            slots=self.slots,
            result=result.base,
            result_slot=result.slot,
            kept=tuple(result.axes),
            cells=self.cells,
            largest=self.largest,
            layout=PlanLayout.of(question, answers, places, self.space),
            explained=lambda: details,
        )

    def _factor(self, k: int) -> Tensor:
        part = self.question.factors[k]
        axes = dict(zip(part.axes, part.strides, strict=True))
        tensor = Tensor(-1 - k, axes, frozenset(part.axes), self._volume(part.axes))
        tensor.owner = part.owner
        tensor.carry = self.all_slopes
        return tensor

    def _vectors(self) -> tuple[dict[int, Tensor], dict[int, Tensor]]:
        """Return the vectors with numbers, at the start of the workspace, and the units that only wait for their derivative."""
        vectors, units = {}, {}
        for axis in self.question.vectors:
            vectors[axis] = self._new((axis,), frozenset((axis,)))
            vectors[axis].carry = self.all_slopes or axis in self.question.asked
        for axis in sorted(self.question.asked - frozenset(self.question.vectors)):
            unit = Tensor(0, {}, frozenset((axis,)), 1)
            unit.unit = unit.carry = True
            units[axis] = unit
        return vectors, units

    def _order(self) -> list[int]:
        """Return the elimination order: gates and summed axes first, maximised axes after."""
        question, size = self.question, self.size
        axes = sorted(size)
        local = {axis: i for i, axis in enumerate(axes)}
        sizes = [1.5 * size[a] if a in question.gates else size[a] for a in axes]
        tensors = [[local[a] for a in part.axes] for part in question.factors]
        becomes = {local[g]: local[a] for g, a in question.gates.items() if a not in (g, -1)}
        late = [local[a] for a in axes if a in question.best]
        early = [local[a] for a in axes if a not in question.best and a not in question.kept]
        return [axes[i] for i in best_order(masks(sizes), tensors, becomes, [early, late])]

    def _new(self, axes: Iterable[int], wide: frozenset[int], sizes: dict[int, int] | None = None) -> Tensor:
        """Return a tensor in the workspace; `axes` outermost first."""
        strides, step = {}, 1
        for axis in reversed(list(axes)):
            strides[axis] = step
            step *= sizes.get(axis, self.size[axis]) if sizes else self.size[axis]
        tensor = Tensor(self.space, dict(reversed(strides.items())), wide, step, self.slots)
        tensor.sizes = sizes
        self.space = min(self.space + step, FAR)
        self.slots += 1
        self.largest = max(self.largest, float(min(step, 2**1000)))
        return tensor

    def _sorted(self, axes: Iterable[int]) -> list[int]:
        """Outermost first: what is eliminated last."""
        return sorted(axes, key=self.place.__getitem__, reverse=True)

    def _volume(self, axes: Iterable[int]) -> int:
        volume = 1
        for axis in axes:
            volume *= self.size[axis]
        return volume

    # ---- up

    def _up(self, order: list[int], tensors: list[Tensor]) -> Tensor:
        holders: dict[int, list[Tensor]] = {axis: [] for axis in self.place}
        self.holders = holders
        loose: list[Tensor] = []
        scalar = Tensor(0, {}, frozenset(), 1, 0)
        scalar.carry = self.all_slopes

        def add(tensor: Tensor) -> None:
            for axis in tensor.wide:
                holders[axis].append(tensor)
            if not tensor.wide:
                loose.append(tensor)

        for tensor in tensors:
            add(tensor)
        for axis in order:
            bucket = [t for t in holders[axis] if t.alive]
            for t in bucket:
                t.alive = False
            if bucket:
                add(self._gate(axis, bucket) if axis in self.question.gates else self._variable(axis, bucket))
        rest = {id(t): t for axis in self.question.kept for t in holders[axis] if t.alive}
        inputs = [scalar, *(t for t in loose if not t.unit), *(t for t in rest.values() if not t.unit)]
        self.scalar = scalar
        if self.all_slopes or self.question.best:
            return self._few(inputs, 1, always=True)[0]
        nodes, wide = list(self.nodes), frozenset(self.question.kept)
        while len(inputs) > limits.INPUTS:
            inputs[: limits.INPUTS] = [self._multiply(inputs[: limits.INPUTS], [], (), (), wide)]
        result = self._multiply(inputs, [], (), (), wide)
        self.nodes = nodes
        return result

    def _variable(self, x: int, bucket: list[Tensor]) -> Tensor:
        """Multiply everything that mentions x and sum (or maximise) it out."""
        best = x in self.question.best
        wide = frozenset().union(*(t.wide for t in bucket)) - {x}
        inputs = [t for t in bucket if not t.unit]
        units = self._one([t for t in bucket if t.unit])
        inputs += self._joining(inputs, wide)
        if best:
            self.late = True
            self.maxima.append((x, inputs))
        elif not inputs or (len(inputs) == 1 and inputs[0].owner == x):
            return self._unit(inputs, units, (), wide)
        inputs = self._few(inputs, 2)
        relations: tuple[Relation, ...] = ()
        if len(inputs) == 2:
            inputs, relations = self._meet(inputs)
        return self._multiply(inputs, units, relations, (x,), wide)

    def _joining(self, inputs: list[Tensor], wide: frozenset[int]) -> list[Tensor]:
        """Tensors of the same gates, though not of the axis at hand: gate by gate into these is cheaper than all gates later."""
        gates = sorted(self._gates_of(*inputs))
        if len(gates) < limits.MEETING:
            return []
        near = {
            id(t): t for h in gates[: -limits.MEETING + 1] for t in self.holders[h] if t.alive and not t.unit and t.wide <= wide
        }
        found = [t for t in near.values() if len(self._gates_of(t)) >= limits.MEETING]
        for t in found:
            t.alive = False
        return found

    def _gate(self, g: int, bucket: list[Tensor]) -> Tensor:
        """Combine all causes of a gate, and turn it into its variable, weigh its ranks, or keep the last of them alone."""
        becomes = self.question.gates[g]
        weights = [t for t in bucket if t is self.vectors.get(g)]
        units = self._one([t for t in bucket if t.unit])
        inputs = [t for t in bucket if not t.unit and t not in weights]
        own = all(t.owner == g for t in inputs)
        inputs = self._few(inputs, 2, always=True)
        wide = frozenset().union(*(t.wide for t in bucket)) - {g}
        inputs, relations = self._meet(inputs, g, tuple(weights))
        if becomes not in (g, -1):
            out = self._multiply(inputs, units, relations, (g,), wide | {becomes})
            out.owner = becomes if own else -1
            return out
        if becomes == g and own and not weights:
            return self._unit(inputs, units, relations, wide)
        return self._multiply([*inputs, *weights], units, relations, (g,), wide)

    def _unit(self, inputs: list[Tensor], units: list[Tensor], relations: tuple[Relation, ...], wide: frozenset[int]) -> Tensor:
        out = Tensor(0, {}, wide, 1)
        out.unit = True
        out.carry = any(t.carry for t in (*inputs, *units))
        self.nodes.append(ProductNode(out, inputs, units, relations))
        return out

    def _one(self, units: list[Tensor]) -> list[Tensor]:
        """At most one unit: smaller ones are made part of a larger one, from which their derivatives are summed."""
        units = sorted(units, key=lambda t: self._volume(t.wide))
        while len(units) > 1:
            pair = units[:2]
            del units[:2]
            merged = Tensor(0, {}, pair[0].wide | pair[1].wide, 1)
            merged.unit = True
            merged.carry = pair[0].carry or pair[1].carry
            self.nodes.append(ProductNode(merged, [], pair))
            cells = self._volume(merged.wide)
            place = next((i for i, t in enumerate(units) if self._volume(t.wide) > cells), len(units))
            units.insert(place, merged)
        return units

    def _few(self, tensors: list[Tensor], most: int, always: bool = False) -> list[Tensor]:
        """Multiply small tensors together until `most` are left, or few enough that one operation takes the rest."""
        tensors = sorted(tensors, key=_cells)
        while len(tensors) > most:
            a, b, largest = tensors[0], tensors[1], tensors[-1]
            gates = self._gates_of(*tensors)
            sharing = sum(len(gates & t.axes.keys()) for t in tensors) > len(gates)
            union = a.axes.keys() | b.axes.keys()
            if not sharing and not always:
                everything = self._volume(frozenset().union(*(t.axes for t in tensors)))
                if len(tensors) <= limits.INPUTS and 3 * self._volume(union) > everything:
                    break
            elif len(tensors) > 2 and b is not largest and len(gates & union & largest.axes.keys()) > limits.SHARED:
                b = largest
            tensors.remove(a)
            tensors.remove(b)
            product = self._pair(a, b)
            place = next((i for i, t in enumerate(tensors) if t.cells > product.cells), len(tensors))
            tensors.insert(place, product)
        return tensors

    def _pair(self, a: Tensor, b: Tensor) -> Tensor:
        """Return the product of two tensors with nothing summed out."""
        inputs, relations = self._meet([b, a])
        out = self._multiply(inputs, [], relations, (), a.wide | b.wide)
        out.owner = a.owner if a.owner == b.owner else -1
        return out

    def _gates_of(self, *tensors: Tensor) -> set[int]:
        return {axis for t in tensors for axis in t.axes if axis in self.question.gates}

    def _meet(
        self, inputs: list[Tensor], last: int = -1, weights: tuple[Tensor, ...] = ()
    ) -> tuple[list[Tensor], tuple[Relation, ...]]:
        """Return one or two inputs as they meet on shared gate axes, and how; `last` is a gate that is complete with them.

        Of two ranks with a given maximum, either both are at most it and the first's is equal, or the first's is below and the
        second's equal. So where the second input also has its sums up to each rank (is made *wide*), two binary ranks meet in
        three products instead of four.
        """
        first = max(inputs, key=_cells)
        second = next((t for t in inputs if t is not first), None)
        shared = sorted(self._gates_of(first) & self._gates_of(second)) if second is not None else []
        wide = False
        if second is not None and shared:
            narrow, fewer, wider = 1, 1, 1
            for h in shared:
                k = self.size[h]
                narrow, fewer, wider = narrow * k * k, fewer * (k * (k + 1) // 2), wider * (2 * k - 1)
            rest = self._volume((first.axes.keys() | second.axes.keys()) - set(shared))
            mine = self._volume(second.axes.keys() - set(shared)) * wider
            wide = (narrow - fewer) * rest > 6 * mine + 64
            if wide:
                second = self._widened(second, shared)
        relations = []
        for h in {*shared, *((last,) if last >= 0 else ())}:
            k = self.size[h]
            if h not in shared:
                cells = [(i, 0, i) for i in range(k)]
            elif wide:
                cells = [(j, j, j) for j in range(k)] + [(i, k - 1 + j, j) for j in range(1, k) for i in range(j)]
            else:
                cells = [(i, j, max(i, j)) for i in range(k) for j in range(k)]
            becomes = self.question.gates[h] if h == last else h
            if becomes == -1:
                cells = [cell for cell in cells if cell[2] == k - 1]
            relations.append(Relation(h, tuple(cells), second if h in shared else None, weights if h == last else (), becomes))
        return ([first] if second is None else [first, second]), tuple(sorted(relations, key=_axis))

    def _widened(self, tensor: Tensor, gates: Sequence[int]) -> Tensor:
        """Return a tensor with, along gate axes, the sums up to each rank and then the single ranks but the lowest."""
        for h in gates:
            k = self.size[h]
            cells = [(i, 0, j) for j in range(k) for i in range(j + 1)] + [(j, 0, k - 1 + j) for j in range(1, k)]
            sizes = {**(tensor.sizes or {}), h: 2 * k - 1}
            tensor = self._multiply([tensor], [], (Relation(h, tuple(cells), None, (), h),), (), tensor.wide, sizes)
        return tensor

    def _multiply(
        self,
        inputs: list[Tensor],
        units: list[Tensor],
        relations: tuple[Relation, ...],
        summed: tuple[int, ...],
        wide: frozenset[int],
        sizes: dict[int, int] | None = None,
    ) -> Tensor:
        """Write a node; its output has the axes of the inputs but those summed, and the variable of a gate that is complete."""
        axes: set[int] = set().union(*(t.axes.keys() for t in inputs)) - set(summed)
        axes.update(r.becomes for r in relations if r.axis in summed and r.becomes not in (r.axis, -1))
        out = self._new(self._sorted(axes), wide, sizes)
        out.carry = any(t.carry for t in (*inputs, *units))
        node = ProductNode(out, inputs, units, relations, self.late)
        self.nodes.append(node)
        self._write(node, out, out, [(t, t) for t in inputs])
        return out

    # ---- down

    def _down(self) -> None:
        """The nodes in reverse: the derivative of every input that leads to something asked."""
        for node in reversed(self.nodes):
            above = node.out.slope
            for tensor in (*node.inputs, *node.units):
                if not tensor.carry:
                    continue
                others = [(t, t) for t in node.inputs if t is not tensor]
                if above is not None:
                    others.insert(0, (above, node.out))
                if others or node.relations:
                    tensor.slope = self._new(self._sorted(tensor.wide), tensor.wide, tensor.sizes)
                    self._write(node, tensor.slope, tensor, others)

    # ---- operations

    def _write(self, node: ProductNode, out: Tensor, role: Tensor, inputs: list[tuple[Tensor, Tensor]]) -> None:
        """One operation. Each tensor comes with the one whose part it plays in the node."""
        operands = [(out, role), *inputs]
        loops: list[tuple[int, list[list[int]]]] = []
        covered: set[int] = set()
        for relation in node.relations:
            covered.update((relation.axis, relation.becomes))
            tables = []
            for tensor, part in operands:
                which = 1 if part is relation.second else 2 if part is node.out or part.unit or part in relation.third else 0
                stride, more = tensor.axes.get(relation.axis, 0), 0
                if relation.becomes != relation.axis and relation.becomes >= 0:
                    more = tensor.axes.get(relation.becomes, 0)
                tables.append([stride * cell[which] + more * cell[2] for cell in relation.cells])
            loops.append((len(relation.cells), tables))
        once = not any(any(tables[0]) for _, tables in loops)
        plain: set[int] = set()
        for tensor, _ in operands:
            plain.update(tensor.axes)
        for axis in sorted(plain - covered):
            size = next((t.sizes[axis] for t, _ in operands if t.sizes and axis in t.sizes), self.size[axis])
            loops.append((size, [[stride * i for i in range(size)] for stride in (t.axes.get(axis, 0) for t, _ in operands)]))
        cells = 1.0
        for size, _ in loops:
            cells *= size
        self.cells += cells
        if self.largest <= self.limit and cells <= 64 * self.limit:
            loops.sort(key=_steps)
            self._record(loops, node.best, once, out, [t for t, _ in inputs])

    def _record(
        self, loops: list[tuple[int, list[list[int]]]], best: bool, once: bool, out: Tensor, inputs: list[Tensor]
    ) -> None:
        """Write the loops, outermost first: those around as tables of steps, those inside as lists of cells."""
        lists: list[list[int]] = [[0] for _ in range(len(inputs) + 1)]
        length, run, at = 1, 1, len(loops)
        while at and (length < limits.BLOCK or (not any(loops[at - 1][1][0]) and length * loops[at - 1][0] <= limits.LONGEST)):
            at -= 1
            size, tables = loops[at]
            if not any(tables[0]):
                run *= size
            lists = [[far + near for far in table for near in old] for table, old in zip(tables, lists, strict=True)]
            length *= size
        outer = loops[:at]
        once = once and all(any(tables[0]) for _, tables in outer)
        self.starts.append(len(self.code))
        code = self.code
        code += [BEST * best + ONCE * once, len(inputs), length // run, run, len(outer), out.cells]
        code += [out.base, *(t.base for t in inputs), out.slot, *(t.slot for t in inputs)]
        for size, tables in outer:
            code.append(size)
            for table in tables:
                code += table
        code += lists[0][::run]
        for mine in lists[1:]:
            code += mine


def _steps(loop: tuple[int, list[list[int]]]) -> int:
    """Loops with large steps of the output go around, those that are summed go inside."""
    return -max(loop[1][0])


def _cells(tensor: Tensor) -> int:
    return tensor.cells


def _axis(relation: Relation) -> int:
    return relation.axis
