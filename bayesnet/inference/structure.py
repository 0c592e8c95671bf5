"""The structure of a network for planning: dependencies, and which gates are certain. No numbers."""

from __future__ import annotations

from dataclasses import dataclass

from bayesnet.model.factors import Factors, NoisyFamily


@dataclass(frozen=True)
class Structure:
    """A network without its numbers, one entry per variable in each tuple.

    `order[v][r]` is the state of rank r of a noisy gate; empty for tables. `certain[v]` says that the family holds only zeros and
    ones and that they come from no number of the model, so that what it implies may be deduced before planning. `topological`
    lists parents before children. `certain_near[v]` are those of v and its children that are certain.
    """

    cards: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]
    noisy: tuple[bool, ...]
    order: tuple[tuple[int, ...], ...]
    certain: tuple[bool, ...]
    topological: tuple[int, ...]
    certain_near: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, factors: Factors) -> Structure:
        """Read the structure off the factors."""
        families = factors.families
        children: list[list[int]] = [[] for _ in families]
        for v, family in enumerate(families):
            for p in family.parents:
                children[p].append(v)
        behind = factors.dependence.families()
        has_numbers = len(factors.number_ids) > 0
        certain = tuple(
            has_numbers and v not in behind and all(bool(((t == 0) | (t == 1)).all()) for t in family.tensors)
            for v, family in enumerate(families)
        )
        return cls(
            cards=factors.cards,
            parents=tuple(family.parents for family in families),
            children=tuple(tuple(c) for c in children),
            noisy=tuple(isinstance(family, NoisyFamily) for family in families),
            order=tuple(family.order if isinstance(family, NoisyFamily) else () for family in families),
            certain=certain,
            topological=tuple(factors.topological()),
            certain_near=tuple(tuple(c for c in (v, *children[v]) if certain[c]) for v in range(len(families))),
        )
