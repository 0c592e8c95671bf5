"""Second stage: which variables the answer needs, and in what role. What cannot matter costs nothing.

A variable that is fixed is gone: its value slices the tables around it. Of the rest, an *axis* variable takes part in the
elimination with its own axis. A noisy gate known only up to an interval of ranks, with no child that matters, is an *interval*
gate: it needs no axis of its own, and none at all where the interval starts at rank zero (an absent finding), for then
it is a product of one vector per parent. Everything without findings below it is *barren* (Shachter 1988) and answered after the
elimination: a variable with at most one open parent by a *chain* from that parent's posterior, any other by *lanes*, extra
columns of the same program. Barren gates between a lane and the axes are folded into it, so they need no axis either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from bayesnet.inference.situation import Situation
from bayesnet.inference.structure import Structure

MOST_TERMS = 32
"""Lanes that one barren variable may take for each of its probabilities; with more, gates above it get an axis."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of the variables; each is in at most one of `axes`, `intervals`, `lanes`, `chains`.

    `families` are those that enter the elimination. `intervals[v]` holds the lowest and highest rank left; `undecided` are the
    interval gates with several ranks left whose posterior is needed.
    `chains` are in topological order, so that each finds its parent answered.
    """

    families: tuple[int, ...]
    axes: frozenset[int]
    intervals: dict[int, tuple[int, int]]
    undecided: tuple[int, ...]
    lanes: tuple[int, ...]
    chains: tuple[int, ...]


def assign(structure: Structure, situation: Situation, wanted: Iterable[int], held: Iterable[int] = ()) -> Roles:
    """Roles for a plan that answers `wanted`; variables in `held` must have an axis."""
    fixed = situation.fixed
    search = _Search(structure, situation, {v for v in held if v not in fixed})
    needed = {v for v in wanted if v not in fixed}
    lanes, chains = [], []
    for v in reversed(structure.topological):
        if v not in needed or v in search.core:
            continue
        free = search.free(v)
        if len(free) < 2:
            needed.update(free)
            chains.append(v)
        elif structure.noisy[v] or prod(structure.cards[p] for p in free) <= MOST_TERMS:
            search.support(v, free)
            lanes.append(v)
        else:
            search.hold(v)
    core, held = search.core, search.held
    families = tuple(sorted(v for v in core if v not in situation.cut and v not in situation.settled))
    used = {p for v in families for p in structure.parents[v] if p not in fixed} | held | set(situation.soft)
    axes, intervals = set(), {}
    for v in families:
        interval = _interval(structure, situation, v) if structure.noisy[v] and v not in used else None
        if interval is not None:
            intervals[v] = interval
        elif v not in fixed:
            axes.add(v)
    undecided = tuple(v for v, (low, high) in intervals.items() if v in needed and low < high)
    return Roles(families, frozenset(axes), intervals, undecided, tuple(reversed(lanes)), tuple(reversed(chains)))


class _Search:
    """The core (variables that take part in the elimination) and those of it that must have an axis, as they grow."""

    def __init__(self, structure: Structure, situation: Situation, held: set[int]) -> None:
        self.structure = structure
        self.situation = situation
        self.held = held
        self.core: set[int] = set()
        self._add([*situation.fixed, *situation.allowed, *situation.soft, *held])

    def free(self, v: int) -> list[int]:
        """The parents of v that are not fixed."""
        return [p for p in self.structure.parents[v] if p not in self.situation.fixed]

    def hold(self, v: int) -> None:
        """Give v an axis, which brings in everything above it."""
        self.held.add(v)
        self._add([v])

    def support(self, v: int, free: list[int]) -> None:
        """Make sure that every open parent of barren v has an axis or can be folded away in few terms."""
        terms = prod(self._terms(p) for p in free)
        terms *= 1 if self.structure.noisy[v] else prod(self.structure.cards[p] for p in free)
        for p in free:
            if terms > MOST_TERMS and self.structure.noisy[p]:
                self.hold(p)
            else:
                self._reach(p)

    def _terms(self, v: int) -> int:
        """How many products of vectors on axes a vector on v becomes."""
        if v in self.core:
            return 1
        free = self.free(v)
        if len(free) > 1 and not self.structure.noisy[v]:
            return 1
        return prod(self._terms(p) for p in free) * (self.structure.cards[v] if len(free) > 1 else 1)

    def _reach(self, v: int) -> None:
        free = self.free(v)
        if v in self.core or (len(free) > 1 and not self.structure.noisy[v]):
            self.hold(v)
        else:
            for p in free:
                self._reach(p)

    def _add(self, start: Iterable[int]) -> None:
        """Everything in `start` and above it that is not cut off by a fixed value or a settled family."""
        stack = list(start)
        while stack:
            v = stack.pop()
            if v in self.core:
                continue
            self.core.add(v)
            if v not in self.situation.cut and v not in self.situation.settled:
                stack.extend(p for p in self.structure.parents[v] if p not in self.situation.fixed)


def _interval(structure: Structure, situation: Situation, v: int) -> tuple[int, int] | None:
    """The ranks left to a gate, when they are adjacent; None otherwise."""
    if v in situation.fixed:
        rank = structure.rank[v][situation.fixed[v]]
        return rank, rank
    ranks = sorted(structure.rank[v][s] for s in situation.allowed.get(v, range(structure.cards[v])))
    return (ranks[0], ranks[-1]) if ranks[-1] - ranks[0] == len(ranks) - 1 else None
