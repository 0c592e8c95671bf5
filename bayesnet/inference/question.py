"""Second stage: the question in axes and factors. What cannot matter is left out; what has one open variable is no factor.

A variable that is fixed is gone: its value moves the places where the numbers around it are read. Of the rest, those above
findings and above targets get an axis. A gate has an axis of its own while its causes are gathered, and needs none at all
where it is known to have stayed at its lowest ranks: then it is a product of one vector per parent, which is why absent
findings cost almost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bayesnet.inference.network import GatePositions, NetworkArrays
from bayesnet.inference.situation import ReducedEvidence
from bayesnet.model.factors import IntArray

SCALAR = -1
"""The axis of what is a single number."""
Fixed = tuple[tuple[int, int], ...]
"""Fixed variables and the stride that each one's state has in a family."""


class Part(NamedTuple):
    """A piece of a family: its axes, the stride of each among the values, and where it begins.

    The states of the variables in `fixed` are added to `base`. `owner` is the axis that it is the distribution of.
    """

    axes: tuple[int, ...]
    strides: tuple[int, ...]
    base: int
    fixed: Fixed
    owner: int

    def places(self, base: int, sizes: Mapping[int, int]) -> IntArray:
        """All places among the values, from `base` on, the last axis running fastest."""
        found = np.array([base], dtype=np.int64)
        for axis, stride in zip(self.axes, self.strides, strict=True):
            found = np.add.outer(found, stride * np.arange(sizes[axis])).ravel()
        return found


class ReducedQuestion(NamedTuple):
    """Axes and factors of one question.

    `sizes[a]` is the size of axis a. Axis `axis[v]` is that of open variable v. `gates[g]` is the axis that gate axis g becomes
    when all its causes are in; g itself where it is its variable's only axis, -1 where only its last rank counts. `vectors`
    are the axes with a vector of numbers, `asked` those whose posterior is wanted, `kept` and `best` those that the result
    keeps and that are maximised.
    """

    sizes: dict[int, int]
    axis: dict[int, int]
    gates: dict[int, int]
    factors: tuple[Part, ...]
    unary: tuple[Part, ...]
    vectors: tuple[int, ...]
    asked: frozenset[int]
    kept: tuple[int, ...]
    best: frozenset[int]


def compose(
    network: NetworkArrays,
    situation: ReducedEvidence,
    wanted: Iterable[int],
    kept: Sequence[int] = (),
    best: Sequence[int] = (),
    vectors: Sequence[int] = (),
) -> ReducedQuestion:
    """Return the question for a situation: posteriors of `wanted`, a result over `kept`, maxima over `best`, extra `vectors`."""
    return _Composer(network, situation, wanted, kept, best, vectors).question()


class _Composer:
    def __init__(
        self,
        network: NetworkArrays,
        situation: ReducedEvidence,
        wanted: Iterable[int],
        kept: Sequence[int],
        best: Sequence[int],
        vectors: Sequence[int],
    ) -> None:
        self.network = network
        self.structure = network.structure
        self.situation = situation
        fixed = situation.fixed
        self.wanted = {v for v in wanted if v not in fixed}
        self.kept = tuple(v for v in kept if v not in fixed)
        self.best = frozenset(v for v in best if v not in fixed)
        self.vectors = frozenset(v for v in vectors if v not in fixed)
        self.given = self.vectors | {v for v in (*situation.allowed, *situation.soft) if v not in fixed}
        self.sizes: dict[int, int] = {}
        self.axis: dict[int, int] = {}
        self.gates: dict[int, int] = {}
        self.factors: list[Part] = []
        self.unary: list[Part] = []

    def question(self) -> ReducedQuestion:
        """Families in the order of their variables."""
        structure, fixed = self.structure, self.situation.fixed
        needed = self._needed()
        families = [v for v in needed if v not in self.situation.cut and v not in self.situation.settled]
        used = {p for v in families for p in structure.parents[v] if p not in fixed} | {*self.kept, *self.best}
        closed: list[tuple[int, GatePositions]] = []
        n = len(structure.cards)
        for v in needed:
            if v in fixed:
                continue
            if structure.noisy[v] and v not in used:
                gate = self._interval(v)
                if gate is not None:
                    closed.append((v, gate))
                    continue
                self.axis[v] = n + v
            else:
                self.axis[v] = v
            self.sizes[self.axis[v]] = structure.cards[v]
        intervals = dict(closed)
        for v in families:
            if not structure.noisy[v]:
                self._table(v)
            elif v in fixed:
                ranks = self.network.places[v][fixed[v]]
                gate = self.network.gates[v][ranks, ranks]
                self._gate(v, gate, n + v)
            else:
                self._gate(v, intervals.get(v) or self.network.gates[v][0, structure.cards[v] - 1], n + v)
        vectors = {self.axis[v] for v in self.given if v in self.axis} | {part.axes[0] for part in self.unary if part.axes}
        return ReducedQuestion(
            self.sizes,
            self.axis,
            self.gates,
            tuple(self.factors),
            tuple(self.unary),
            tuple(sorted(vectors)),
            frozenset(self.axis[v] for v in self.wanted),
            tuple(self.axis[v] for v in self.kept),
            frozenset(self.axis[v] for v in self.best),
        )

    def _needed(self) -> list[int]:
        """Findings, targets, and all their ancestors that are not cut off by a fixed value."""
        structure, situation = self.structure, self.situation
        seen: set[int] = set()
        stack = [*situation.fixed, *self.given, *self.wanted, *self.kept, *self.best]
        while stack:
            v = stack.pop()
            if v not in seen:
                seen.add(v)
                if v not in situation.cut and v not in situation.settled:
                    stack.extend(p for p in structure.parents[v] if p not in situation.fixed)
        return sorted(seen)

    def _interval(self, v: int) -> GatePositions | None:
        """Return the place of an open gate that is only known to an interval of ranks and of no other use; None otherwise."""
        if v in self.wanted or v in self.vectors or v in self.situation.soft or v not in self.situation.allowed:
            return None
        ranks = sorted(self.network.places[v][s] for s in self.situation.allowed[v])
        return self.network.gates[v][ranks[0], ranks[-1]] if ranks[-1] - ranks[0] == len(ranks) - 1 else None

    def _table(self, v: int) -> None:
        base, strides = self.network.tables[v]
        known = self.situation.fixed
        pairs = list(zip(self.structure.family[v], strides, strict=True))
        axes = tuple(p for p, _ in pairs if p not in known)
        steps = tuple(stride for p, stride in pairs if p not in known)
        part = Part(axes, steps, base, tuple(pair for pair in pairs if pair[0] in known), SCALAR if v in known else v)
        (self.unary if len(axes) < 2 else self.factors).append(part)

    def _gate(self, v: int, gate: GatePositions, axis: int) -> None:
        """Add the leak of a gate, and for each parent its link, where the parent is open or fixed."""
        found = self.unary
        own: tuple[int, ...] = ()
        step: tuple[int, ...] = ()
        if gate.columns > 1:
            self.sizes[axis] = gate.columns
            self.gates[axis] = self.axis.get(v, -1)
            found, own, step = self.factors, (axis,), (1,)
        found.append(Part(own, step, gate.bases[0], (), axis))
        for p, base, row in zip(self.structure.parents[v], gate.bases[1:], gate.rows[1:], strict=True):
            if p in self.situation.fixed:
                found.append(Part(own, step, base, ((p, row),), axis))
            else:
                found.append(Part((p, *own), (row, *step), base, (), axis))
