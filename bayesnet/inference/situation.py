"""First stage: what the evidence says before any plan: fixed and allowed states, likelihoods, what follows with certainty."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bayesnet.inference.evidence import Evidence
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, NoisyFamily, TableFamily


@dataclass
class ReducedEvidence:
    """The evidence sorted by kind; each variable is in at most one of `fixed` and `allowed`.

    `fixed[v]` is the only state left, `allowed[v]` the states left where several are, `soft[v]` a likelihood that differs among
    them (batch axis last), `cut` the variables set by intervention, `settled` the certain families whose content has been deduced
    into the others. ln P(e) has the addend `log_constant`; `possible` is false when findings contradict each other outright.
    """

    cards: tuple[int, ...]
    fixed: dict[int, int] = field(default_factory=dict)
    allowed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    soft: dict[int, FloatArray] = field(default_factory=dict)
    cut: frozenset[int] = frozenset()
    settled: set[int] = field(default_factory=set)
    log_constant: float = 0.0
    possible: bool = True

    def pattern(self, structure: Structure) -> Hashable:
        """Return the evidence that decides the plan: which variables are fixed, and for fixed gates the rank."""
        fixed = frozenset((v, structure.rank[v][s] if structure.noisy[v] else -1) for v, s in self.fixed.items())
        return fixed, frozenset(self.allowed.items()), frozenset(self.soft), self.cut, frozenset(self.settled)

    def states(self, v: int) -> Sequence[int]:
        """Return the states left to a variable that is not fixed."""
        return self.allowed[v] if v in self.allowed else range(self.cards[v])

    def restrict(self, v: int, states: tuple[int, ...]) -> bool:
        """Allow only `states` of v from now on; returns whether anything became narrower."""
        if v in self.fixed:
            self.possible = self.possible and self.fixed[v] in states
            return False
        before = self.states(v)
        left = tuple(s for s in before if s in states)
        if len(left) == len(before):
            return False
        if not left:
            self.possible = False
        elif len(left) == 1:
            self.fixed[v] = left[0]
            self.allowed.pop(v, None)
            if v in self.soft:
                self.log_constant += float(np.log(self.soft.pop(v)[left[0], 0]))
        else:
            self.allowed[v] = left
        return True


def read(evidence: Evidence, structure: Structure, factors: Factors) -> ReducedEvidence:
    """Sort the evidence and deduce what certain gates imply."""
    situation = ReducedEvidence(structure.cards, cut=frozenset(evidence.interventions))
    for v, state in evidence.interventions.items():
        situation.fixed[v] = state
    certain, fixed = evidence.certain, situation.fixed
    for v, likelihood in evidence.likelihoods.items():
        if v in certain and v not in fixed:
            fixed[v] = certain[v]
        else:
            _enter(situation, v, likelihood)
    if situation.possible:
        deduce(situation, structure, factors)
    return situation


def _enter(situation: ReducedEvidence, v: int, likelihood: FloatArray) -> None:
    values = likelihood.tolist()
    states = tuple([s for s, x in enumerate(values) if x > 0])
    if v in situation.fixed:
        values = [values[situation.fixed[v]]]
        states = (0,) if values[0] > 0 else ()
    elif len(states) == 1:
        situation.fixed[v] = states[0]
    if not states:
        situation.possible = False
        return
    top = max(values)
    if top != 1.0:
        situation.log_constant += float(np.log(top))
    if len(states) > 1:
        situation.restrict(v, states)
        if any(values[s] != top for s in states):
            situation.soft[v] = (likelihood / top)[:, None]


def deduce(situation: ReducedEvidence, structure: Structure, factors: Factors) -> None:
    """Follow certain gates up from fixed children and down from fixed parents until nothing changes."""
    fixed, near = situation.fixed, structure.certain_near
    pending = list(fixed)
    while pending and situation.possible:
        for c in near[pending.pop()]:
            if c in situation.cut or c in situation.settled:
                continue
            before = len(fixed)
            family = factors.families[c]
            if isinstance(family, TableFamily):
                _deduce_table(situation, c, family)
            else:
                _deduce_noisy(situation, c, family)
            if len(fixed) > before:
                pending.extend(list(fixed)[before:])


def _deduce_table(situation: ReducedEvidence, c: int, family: TableFamily) -> None:
    free = [p for p in family.parents if p not in situation.fixed]
    if len(free) > 1 or (free and c not in situation.fixed):
        return
    part = family.table[tuple(situation.fixed.get(p, slice(None)) for p in family.parents)]
    if not free:
        situation.restrict(c, (int(part.argmax()),))
    else:
        situation.restrict(free[0], tuple(np.flatnonzero(part[:, situation.fixed[c]]).tolist()))
    situation.settled.add(c)


def _deduce_noisy(situation: ReducedEvidence, c: int, family: NoisyFamily) -> None:
    """A certain gate whose fixed parents already reach the top rank, or that is known to have stayed at rank zero."""
    free = [(p, link) for p, link in zip(family.parents, family.links, strict=True) if p not in situation.fixed]
    rows = [link[situation.fixed[p]] for p, link in zip(family.parents, family.links, strict=True) if p in situation.fixed]
    floor = max(int(row.argmax()) for row in (family.leak, *rows))
    if floor == len(family.order) - 1 or not free:
        situation.restrict(c, (family.order[floor],))
        situation.settled.add(c)
    elif c in situation.fixed and situation.fixed[c] == family.order[0]:
        situation.possible = situation.possible and floor == 0
        for p, link in free:
            situation.restrict(p, tuple(np.flatnonzero(link[:, 0]).tolist()))
        situation.settled.add(c)
    elif c in situation.fixed and len(free) == 1:
        rank = family.order.index(situation.fixed[c])
        reached = np.maximum(free[0][1].argmax(1), floor)
        situation.restrict(free[0][0], tuple(np.flatnonzero(reached == rank).tolist()))
        situation.settled.add(c)
