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

from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.reduced_evidence import ReducedEvidence
from bayesnet.model.factors import IntArray

SCALAR = -1
"""The axis of what is a single number."""


class Part(NamedTuple):
    """A piece of a family: its axes, the stride of each among the values, and where it begins.

    The states of the variables in `fixed`, times their strides, are added to `base`. `owner` is the axis that it is the
    distribution of.
    """

    axes: tuple[int, ...]
    strides: tuple[int, ...]
    base: int
    fixed: tuple[tuple[int, int], ...]
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
    structure, fixed, cards = network.structure, situation.fixed, network.structure.cards
    wanted, kept, best = (tuple(v for v in each if v not in fixed) for each in (wanted, kept, best))
    given = {v for v in (*vectors, *situation.allowed, *situation.soft) if v not in fixed}
    ended = situation.cut | situation.settled

    # Findings, targets, and all their ancestors that are not cut off by a fixed value.
    used, seen, stack = {*kept, *best}, set(), [*fixed, *given, *wanted, *kept, *best]
    while stack:
        v = stack.pop()
        if v not in seen:
            seen.add(v)
            above = [] if v in ended else [p for p in structure.parents[v] if p not in fixed]
            used.update(above)
            stack += above
    n, needed = len(cards), sorted(seen)
    axis = {v: n + v if structure.noisy[v] and v not in used else v for v in needed if v not in fixed}
    sizes = {a: cards[v] for v, a in axis.items()}

    gates: dict[int, int] = {}
    factors: list[Part] = []
    unary: list[Part] = []
    for v in needed:
        if v in ended:
            continue
        parents = structure.parents[v]
        if not structure.noisy[v]:
            pairs = list(zip((*parents, v), network.strides(v), strict=True))
            known, left = (tuple(pair for pair in pairs if (pair[0] in fixed) is which) for which in (True, False))
            axes, steps = tuple(p for p, _ in left), tuple(step for _, step in left)
            part = Part(axes, steps, network.base[v], known, SCALAR if v in fixed else v)
            (unary if len(axes) < 2 else factors).append(part)
            continue
        gate, own = network.gate(v, network.places[v][fixed[v]] if v in fixed else None), n + v
        base, found, ends, step = gate.base, unary, tuple[int, ...](), tuple[int, ...]()
        if gate.columns > 1:
            sizes[own], gates[own] = gate.columns, axis.get(v, -1)
            found, ends, step = factors, (own,), (1,)
        found.append(Part(ends, step, base, (), own))
        base += gate.row
        for p in parents:
            if p in fixed:
                found.append(Part(ends, step, base, ((p, gate.row),), own))
            else:
                found.append(Part((p, *ends), (gate.row, *step), base, (), own))
            base += gate.row * cards[p]
    places = {axis[v] for v in given if v in axis} | {part.axes[0] for part in unary if part.axes}
    return ReducedQuestion(
        sizes, axis, gates, tuple(factors), tuple(unary), tuple(sorted(places)), frozenset(axis[v] for v in wanted),
        tuple(axis[v] for v in kept), frozenset(axis[v] for v in best),
    )  # fmt: skip
