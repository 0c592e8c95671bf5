"""The referee: every answer by summing over all assignments, in exact fractions or in floats. Small networks only.

Nothing here is shared with the compiled engine, so that the two can check each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily


@dataclass(frozen=True)
class Enumeration:
    """P(assignment, e) for every assignment of all variables, as exact fractions of the stored doubles.

    Noisy gates follow their definition by cumulative products: P(rank <= r) = leak(<= r) * product of link(<= r).
    """

    factors: Factors
    evidence: Evidence

    def worlds(self) -> Iterator[tuple[tuple[int, ...], Fraction]]:
        """Every assignment that is not impossible, with its probability together with the evidence."""
        ranges = [self._states(v) for v in range(len(self.factors.names))]
        tables = [_entries(family) for family in self.factors.families]
        for world in product(*ranges):
            weight = Fraction(1)
            for v, family in enumerate(self.factors.families):
                if v not in self.evidence.interventions:
                    weight *= tables[v][(*(world[p] for p in family.parents), world[v])]
                if v in self.evidence.likelihoods:
                    weight *= Fraction(float(self.evidence.likelihoods[v][world[v]]))
                if not weight:
                    break
            else:
                yield world, weight

    def probability(self) -> Fraction:
        """P(e): the sum over all assignments."""
        return sum((weight for _, weight in self.worlds()), Fraction(0))

    def joint(self, variables: tuple[int, ...]) -> dict[tuple[int, ...], Fraction]:
        """P(variables, e), not normalised; combinations of probability zero are left out."""
        table: dict[tuple[int, ...], Fraction] = {}
        for world, weight in self.worlds():
            key = tuple(world[v] for v in variables)
            table[key] = table.get(key, Fraction(0)) + weight
        return table

    def marginals(self) -> list[list[Fraction]]:
        """P(v | e) for every variable and state; raises ZeroDivisionError when P(e) = 0."""
        sums = [[Fraction(0)] * card for card in self.factors.cards]
        for world, weight in self.worlds():
            for v, state in enumerate(world):
                sums[v][state] += weight
        total = sum(sums[0], Fraction(0))
        return [[x / total for x in row] for row in sums]

    def ranked(self, variables: tuple[int, ...]) -> list[tuple[tuple[int, ...], Fraction]]:
        """Assignments of `variables` with P(assignment, e), most probable first, the rest summed out."""
        return sorted(self.joint(variables).items(), key=lambda item: -item[1])

    def _states(self, v: int) -> tuple[int, ...]:
        if v in self.evidence.interventions:
            return (self.evidence.interventions[v],)
        if v in self.evidence.likelihoods:
            return tuple(s for s, x in enumerate(self.evidence.likelihoods[v]) if x > 0)
        return tuple(range(self.factors.cards[v]))


def _entries(family: TableFamily | NoisyFamily) -> Mapping[tuple[int, ...], Fraction]:
    """Every entry P(child | parents) of a family by (parent states ..., child state)."""
    if isinstance(family, TableFamily):
        return {key: Fraction(float(family.table[key])) for key in product(*map(range, family.table.shape))}
    leak = [Fraction(float(x)) for x in family.leak]
    links = [[[Fraction(float(x)) for x in row] for row in link] for link in family.links]
    entries: dict[tuple[int, ...], Fraction] = {}
    for states in product(*(range(len(link)) for link in links)):
        columns = [leak, *(link[s] for link, s in zip(links, states, strict=True))]
        below = Fraction(0)
        for rank, state in enumerate(family.order):
            up_to = prod((sum(column[: rank + 1], Fraction(0)) for column in columns), start=Fraction(1))
            entries[(*states, state)] = up_to - below
            below = up_to
    return entries
