"""First stage: what the evidence says before any plan: fixed and allowed states, likelihoods, what follows with certainty."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bayesnet.inference.evidence import Evidence
from bayesnet.inference.network import Structure
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
        """Return the evidence that decides the plan: which variables are fixed, and for fixed gates the state."""
        noisy = structure.noisy
        fixed = frozenset([(v, s) if noisy[v] else v for v, s in self.fixed.items()])
        return fixed, frozenset(self.allowed.items()), frozenset(self.soft), self.cut, frozenset(self.settled)

    def restrict(self, v: int, states: Sequence[int]) -> None:
        """Allow only `states` of v from now on."""
        if v in self.fixed:
            self.possible = self.possible and self.fixed[v] in states
            return
        before = self.allowed.get(v) or range(self.cards[v])
        left = tuple([s for s in before if s in states])
        if not left:
            self.possible = False
        elif len(left) == 1:
            self.fixed[v] = left[0]
            self.allowed.pop(v, None)
            if v in self.soft:
                self.log_constant += math.log(self.soft.pop(v)[left[0], 0])
        elif len(left) < len(before):
            self.allowed[v] = left


def reduced(evidence: Evidence, structure: Structure, factors: Factors) -> ReducedEvidence:
    """Sort the evidence and deduce what certain gates imply."""
    situation = ReducedEvidence(structure.cards, dict(evidence.interventions), cut=frozenset(evidence.interventions))
    certain, fixed = evidence.certain, situation.fixed
    for v, likelihood in evidence.likelihoods.items():
        if v in certain and v not in fixed:
            fixed[v] = certain[v]
            continue
        states = [fixed[v]] if v in fixed else range(structure.cards[v])
        values = likelihood.tolist()
        top = max(values[s] for s in states)
        if top <= 0:
            situation.possible = False
            continue
        situation.log_constant += math.log(top)
        if v not in fixed:
            situation.restrict(v, [s for s in states if values[s] > 0])
            if any(values[s] not in (0.0, top) for s in states):
                situation.soft[v] = (likelihood / top)[:, None]
    if situation.possible:
        deduce(situation, structure, factors)
    return situation


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
                _deduce_gate(situation, c, family)
            if len(fixed) > before:
                pending.extend(list(fixed)[before:])


def _deduce_table(situation: ReducedEvidence, c: int, family: TableFamily) -> None:
    fixed = situation.fixed
    free = [p for p in family.parents if p not in fixed]
    if len(free) > 1 or (free and c not in fixed):
        return
    part = family.table[tuple([fixed.get(p, slice(None)) for p in family.parents])]
    if free:
        situation.restrict(free[0], np.flatnonzero(part[:, fixed[c]]).tolist())
    else:
        situation.restrict(c, (int(part.argmax()),))
    situation.settled.add(c)


def _deduce_gate(situation: ReducedEvidence, c: int, family: NoisyFamily) -> None:
    """A certain gate whose fixed parents already reach the top rank, or that is known to have stayed at rank zero."""
    fixed, links = situation.fixed, list(zip(family.parents, family.links, strict=True))
    free = [(p, link) for p, link in links if p not in fixed]
    floor = max(int(row.argmax()) for row in (family.leak, *(link[fixed[p]] for p, link in links if p in fixed)))
    if floor == len(family.order) - 1 or not free:
        situation.restrict(c, (family.order[floor],))
    elif c in fixed and fixed[c] == family.order[0]:
        situation.possible = situation.possible and floor == 0
        for p, link in free:
            situation.restrict(p, np.flatnonzero(link[:, 0]).tolist())
    elif c in fixed and len(free) == 1:
        reached = np.maximum(free[0][1].argmax(1), floor)
        situation.restrict(free[0][0], np.flatnonzero(reached == family.order.index(fixed[c])).tolist())
    else:
        return
    situation.settled.add(c)
