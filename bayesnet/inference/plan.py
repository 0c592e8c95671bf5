"""Third stage: roles -> program. Bucket elimination written down as a flat list of products over numbered buffers."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from bayesnet.inference.ordering import best_order, masks
from bayesnet.inference.program import Axis, Leaf, Maximum, Program, Source, Step
from bayesnet.inference.relevance import Roles
from bayesnet.inference.situation import Situation
from bayesnet.inference.structure import Structure

Shape = tuple[int, ...]


class Tensor:
    """A buffer while planning: gate axes in row order, plain axes by elimination, and whether a posterior hangs on it."""

    __slots__ = ("alive", "buffer", "carry", "cells", "gates", "plain", "rows")

    def __init__(self, buffer: int, gates: Shape, plain: Shape, carry: bool, rows: int, cells: int) -> None:
        self.buffer = buffer
        self.gates = gates
        self.plain = plain
        self.carry = carry
        self.rows = rows
        self.cells = cells
        self.alive = True


class Planner:
    """Builds one program. Axis ids while planning: a variable is itself, the gate of variable v is v + n."""

    def __init__(
        self,
        structure: Structure,
        situation: Situation,
        roles: Roles,
        kept: Sequence[int] = (),
        maximised: frozenset[int] = frozenset(),
    ) -> None:
        self.structure = structure
        self.situation = situation
        self.roles = roles
        self.kept = tuple(v for v in kept if v not in situation.fixed)
        self.maximised = maximised
        self.n = len(structure.cards)
        self.size: dict[int, int] = {v: len(situation.allowed.get(v, range(structure.cards[v]))) for v in roles.axes}
        self.becomes: dict[int, int] = {}
        self.leaves: list[tuple[int, tuple[int, ...], Source]] = []
        self.factors: dict[int, list[Source]] = {v: [] for v in sorted(roles.axes)}
        self.scalars: list[Source] = []
        self.steps: list[Step] = []
        self.maxima: list[Maximum] = []
        self.late = False
        self.cells = 0.0
        self.largest = 1.0

    def program(self) -> Program:
        """Leaves, order, steps."""
        for v in self.roles.families:
            self._family(v)
        for v in self.situation.soft:
            self.factors[v].append(("soft", v, 0))
        order = self._order()
        self.place = {axis: i for i, axis in enumerate([*order, *self.kept])}
        leaves = [Leaf(gate, tuple(sorted(plain, key=self.place.__getitem__)), source) for gate, plain, source in self.leaves]
        leaves.append(Leaf(-1, (), ("one", 0, 0)))
        self.next = len(leaves) + len(self.factors)
        unary = {v: len(leaves) + i for i, v in enumerate(self.factors)}
        result = self._eliminate(order, leaves, unary)
        return Program(
            roles=self.roles,
            leaves=tuple(leaves),
            unary=unary,
            factors={v: tuple(sources) for v, sources in self.factors.items()},
            scalars=tuple(self.scalars),
            steps=tuple(self.steps),
            maxima=tuple(self.maxima),
            result=result.buffer,
            kept=result.plain,
            cells=self.cells,
            largest=self.largest,
        )

    def _family(self, v: int) -> None:
        """Decide how the family of v enters: as scalars, vectors or tensors."""
        fixed, parents = self.situation.fixed, self.structure.parents[v]
        free = [(i, p) for i, p in enumerate(parents) if p not in fixed]
        if not self.structure.noisy[v]:
            axes = tuple(p for _, p in free) + ((v,) if v in self.roles.axes else ())
            self._enter(-1, axes, ("table", v, 0))
        elif v in self.roles.axes:
            if not free:
                self.factors[v].append(("base", v, 0))
                return
            gate = v + self.n
            self.becomes[gate] = v
            self.size[gate] = self.structure.cards[v]
            self.leaves.append((gate, (), ("base", v, 0)))
            self.leaves.extend((gate, (p,), ("link", v, i)) for i, p in free)
        elif self.roles.intervals[v][0] == 0:
            self.scalars.append(("low", v, -1))
            for i, p in enumerate(parents):
                self._enter(-1, () if p in fixed else (p,), ("low", v, i))
        elif not free:
            self.scalars.append(("inside", v, 0))
        else:
            gate = v + self.n
            self.size[gate] = 2
            self.leaves.append((gate, (), ("weight", v, 0)))
            self.leaves.extend((gate, (p,), ("band", v, i)) for i, p in free)

    def _enter(self, gate: int, plain: tuple[int, ...], source: Source) -> None:
        if not plain:
            self.scalars.append(source)
        elif len(plain) == 1:
            self.factors[plain[0]].append(source)
        else:
            self.leaves.append((gate, plain, source))

    def _order(self) -> list[int]:
        """The elimination order: gates and summed variables first, maximised variables after."""
        axes = list(self.size)
        local = {axis: i for i, axis in enumerate(axes)}
        sizes = [1.5 * self.size[a] if a >= self.n else self.size[a] for a in axes]
        tensors = [[local[a] for a in (*plain, gate) if a >= 0] for gate, plain, _ in self.leaves]
        becomes = {local[g]: local[v] for g, v in self.becomes.items()}
        late = [local[v] for v in axes if v in self.maximised]
        early = [local[a] for a in axes if a not in self.maximised and a not in self.kept]
        return [axes[i] for i in best_order(masks(sizes), tensors, becomes, [early, late])]

    def _eliminate(self, order: list[int], leaves: list[Leaf], unary: dict[int, int]) -> Tensor:
        """Run bucket elimination on paper; returns the tensor that holds the answer."""
        holders: dict[int, list[Tensor]] = {axis: [] for axis in self.place}
        loose: list[Tensor] = []

        def add(tensor: Tensor) -> None:
            for axis in tensor.plain:
                holders[axis].append(tensor)
            for axis in tensor.gates:
                holders[axis].append(tensor)
            if not tensor.plain and not tensor.gates:
                loose.append(tensor)

        for i, leaf in enumerate(leaves[:-1]):
            gates = (leaf.gate,) if leaf.gate >= 0 else ()
            add(Tensor(i, gates, leaf.plain, False, self._volume(gates), self._volume(gates + leaf.plain)))
        self.one = Tensor(len(leaves) - 1, (), (), False, 1, 1)
        for v, buffer in unary.items():
            add(Tensor(buffer, (), (v,), True, 1, self.size[v]))
        for axis in order:
            self.late = axis in self.maximised
            bucket = [t for t in holders[axis] if t.alive]
            for t in bucket:
                t.alive = False
            add(self._gate(axis, bucket) if axis >= self.n else self._variable(axis, bucket))
        rest = {t.buffer: t for v in self.kept for t in holders[v] if t.alive}
        return self._product([*loose, *rest.values()]) if loose or rest else self.one

    def _variable(self, v: int, bucket: list[Tensor]) -> Tensor:
        """Multiply everything that mentions v and sum (or maximise) it out."""
        if v in self.maximised:
            self.maxima.append(Maximum(v, tuple(t.buffer for t in bucket), tuple(t.plain for t in bucket)))
        if len(bucket) == 1:
            return self._times(bucket[0], self.one, v)
        small, large = self._pair(bucket)
        return self._times(large, small, v)

    def _gate(self, gate: int, bucket: list[Tensor]) -> Tensor:
        """Combine all causes of a gate, then turn it into its variable, or weigh its two rows if it is known to an interval."""
        if gate in self.becomes:
            return self._rename(self._product(bucket), gate - self.n)
        weight = next(t for t in bucket if t.gates == (gate,) and not t.plain)
        return self._times(self._product([t for t in bucket if t is not weight]), weight, gate)

    def _product(self, tensors: list[Tensor]) -> Tensor:
        """The product of all, one step at a time."""
        rest = self._pair(tensors)
        return self._times(rest[1], rest[0], -1) if len(rest) == 2 else rest[0]

    def _pair(self, tensors: list[Tensor]) -> list[Tensor]:
        """Multiply until two are left, smallest first; numbers before messages: what carries no posterior needs no derivative."""
        plain = self._smallest_first([t for t in tensors if not t.carry], 1)
        return self._smallest_first([*plain, *(t for t in tensors if t.carry)], 2)

    def _smallest_first(self, tensors: list[Tensor], until: int) -> list[Tensor]:
        tensors.sort(key=_cells)
        while len(tensors) > until:
            product = self._times(tensors[1], tensors[0], -1)
            del tensors[:2]
            insort(tensors, product, key=_cells)
        return tensors

    def _times(self, a: Tensor, b: Tensor, summed: int) -> Tensor:
        """Write the product of two tensors, with axis `summed` summed out (-1: none), as the next step."""
        size = self.size
        gates_a, gates_b = a.gates, b.gates
        dimensions, triples, rows = [], 1, 1
        for g in gates_a:
            s = size[g]
            if g == summed:
                dimensions.append(("dot", s))
                triples *= s
                continue
            if g in gates_b:
                dimensions.append(("max", s))
                triples *= s * (s + 1) // 2
            else:
                dimensions.append(("a", s))
                triples *= s
            rows *= s
        gates = gates_a if summed < self.n else tuple([g for g in gates_a if g != summed])
        extra: Shape = ()
        order_a: Shape = _RANGES[len(gates_a)]
        order_b: Shape = ()
        if gates_b:
            extra = tuple([g for g in gates_b if g not in gates_a])
            for g in extra:
                dimensions.append(("b", size[g]))
                triples *= size[g]
                rows *= size[g]
            names = gates_a + extra
            order_b = tuple([names.index(g) for g in gates_b])
        plain_a, plain_b, rows_a, rows_b = a.plain, b.plain, a.rows, b.rows
        if 0 <= summed < self.n:
            s, last = size[summed], (len(dimensions),)
            alone = b is self.one
            dimensions.append(("sum a" if alone else "dot", s))
            triples *= s
            order_a, plain_a, rows_a = order_a + last, plain_a[1:], rows_a * s
            if not alone:
                order_b, plain_b, rows_b = order_b + last, plain_b[1:], rows_b * s
        plain, (shape_a, shape_b, shape_out), missing, rest = self._align(plain_a, plain_b)
        self.cells += triples * rest
        out = Tensor(self.next, gates + extra, plain, a.carry or b.carry, rows, rows * rest)
        self.largest = max(self.largest, out.cells)
        self.next += 1
        key = (tuple(dimensions), order_a, order_b)
        self.steps.append(
            Step(
                a.buffer,
                b.buffer,
                key,
                (rows_a, *shape_a, -1),
                (rows_b, *shape_b, -1),
                (rows, *shape_out, -1),
                rest,
                *missing,
                a.carry,
                b.carry,
                self.late,
                None,
            )
        )
        return out

    def _align(
        self, a: tuple[int, ...], b: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[Shape, Shape, Shape], tuple[Shape, Shape], int]:
        """How two lists of plain axes broadcast.

        Returns their union, the shapes of both operands and of the result with neighbours merged where possible, the axes that
        each operand lacks, and the cells of the union.
        """
        if a == b or not b or not a:
            volume_a, volume_b = self._volume(a), self._volume(b)
            out = max(volume_a, volume_b)
            missing_a, missing_b = (() if volume_a == out else _SECOND), (() if volume_b == out else _SECOND)
            return a or b, ((volume_a,), (volume_b,), (out,)), (missing_a, missing_b), out
        union = tuple(sorted({*a, *b}, key=self.place.__getitem__))
        shapes: tuple[list[int], list[int], list[int]] = ([], [], [])
        missing: tuple[list[int], list[int]] = ([], [])
        before, volume = (False, False), 1
        for axis in union:
            where = (axis in a, axis in b)
            s = self.size[axis]
            volume *= s
            if where != before:
                before = where
                for shape in shapes:
                    shape.append(1)
                for k in (0, 1):
                    if not where[k]:
                        missing[k].append(len(shapes[k]))
            for k in (0, 1):
                if where[k]:
                    shapes[k][-1] *= s
            shapes[2][-1] *= s
        return union, (tuple(shapes[0]), tuple(shapes[1]), tuple(shapes[2])), (tuple(missing[0]), tuple(missing[1])), volume

    def _rename(self, tensor: Tensor, v: int) -> Tensor:
        """Turn the gate axis of v, whose causes are all in, into v's plain axis."""
        index = tensor.gates.index(v + self.n)
        gates = tensor.gates[:index] + tensor.gates[index + 1 :]
        diagonal = v in tensor.plain
        others = tuple(p for p in tensor.plain if p != v)
        left = sum(1 for p in others if self.place[p] < self.place[v])
        ranks = self.structure.rank[v]
        states = self.situation.allowed.get(v, range(self.structure.cards[v]))
        axis = Axis(
            self._volume(tensor.gates[:index]),
            self.size[v + self.n],
            self._volume(tensor.gates[index + 1 :]),
            self._volume(others[:left]),
            self._volume(others[left:]),
            tuple(ranks[s] for s in states),
            diagonal,
        )
        plain = (*others[:left], v, *others[left:])
        rows = self._volume(gates)
        out = Tensor(self.next, gates, plain, tensor.carry, rows, rows * self._volume(plain))
        self.cells += out.cells
        self.largest = max(self.largest, out.cells)
        self.next += 1
        self.steps.append(Step(tensor.buffer, -1, ((), (), ()), (), (), (), 0, (), (), tensor.carry, False, False, axis))
        return out

    def _volume(self, axes: Sequence[int]) -> int:
        volume = 1
        for axis in axes:
            volume *= self.size[axis]
        return volume


def _cells(tensor: Tensor) -> float:
    return tensor.cells


_RANGES = tuple(tuple(range(k)) for k in range(64))
_SECOND = (1,)
