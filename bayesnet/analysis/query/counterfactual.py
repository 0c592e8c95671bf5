"""Counterfactuals for one patient: what would have been, had something been otherwise.

Abduction, action, prediction (Pearl 2009, chapter 7) on a twin network: the actual world, and beside it the world as it
would have been, sharing every variable that the change cannot reach and the chance behind every other one. Tables and odds say
how often, not by which chance; the rule taken here is stated in `counterfactual`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.posterior import distribution, priors
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, FindingError
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Dependence, Factors, Family, FloatArray, NoisyFamily, TableFamily
from bayesnet.results.probability import Counterfactual

_SAME = 1e-15


def counterfactual(query: Query, had: Findings, name: str) -> Counterfactual:
    """Return P(target would be ... | findings, had variables been different); see `Network.counterfactual`.

    The findings of the query, interventions included, are those of the actual world; `name` is the target as typed, for the
    title.
    """
    action = _action(had)
    compiled, (target,) = query.compiled, query.targets
    before = query.ask(lambda engine, evidence: engine.posteriors(evidence, (target,)).marginals[target])
    twin = _Twin(_cut(compiled.factors, query.evidence), action)
    wanted = twin.other(target)
    found = Evidence(query.evidence.likelihoods)
    marginal = twin.engine().posteriors(found, (wanted,)).marginals[wanted]
    changed = ", ".join(item.text for item in had.items)
    return Counterfactual(
        title=f"{query.title(name)}, had it been that {changed}",
        provenance=query.provenance(),
        had=changed,
        posterior=distribution(compiled, target, marginal),
        factual=distribution(compiled, target, before),
        prior=distribution(compiled, target, priors(query)[target]),
    )


def _action(had: Findings) -> dict[int, int]:
    """Return the states that variables would have had."""
    if not had.items and not had.interventions:
        raise BayesnetError(
            '`had` is empty: name at least one state that would have been different, as in had={"smoking": "absent"}.'
        )
    action = {i.variable: i.state for i in had.interventions}
    for item in had.items:
        if item.kind != "state":
            raise FindingError(item.text, "`had` takes exactly one state per variable")
        action[item.variable] = item.vector.index(1.0)
    return action


def _cut(factors: Factors, evidence: Evidence) -> list[Family]:
    """Return the families with interventions carried out."""
    families = list(factors.families)
    for v, state in evidence.interventions.items():
        families[v] = _certain(v, factors.cards[v], state)
    return families


def _certain(v: int, card: int, state: int) -> TableFamily:
    return TableFamily(v, (), np.eye(card)[state])


@dataclass
class _Twin:
    """The two worlds as one network: variables keep their indices, their doubles and the chances behind them come after."""

    families: list[Family]
    action: dict[int, int]
    extra: list[Family] = field(default_factory=list)
    doubles: dict[int, int] = field(default_factory=dict)
    cards: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cards = [_card(f) for f in self.families]

    def other(self, target: int) -> int:
        """Build the other world as far as `target` needs it; give the target's double, or itself where nothing reaches it."""
        reached = _descendants(self.families, self.action)
        if target not in reached:
            return target
        if target in self.action:
            return self._double_action(target)
        for v in _ordered(self.families, target, reached, self.action):
            if v in self.action:
                self._double_action(v)
            else:
                self._double(v)
        return self.doubles[target]

    def engine(self) -> Engine:
        """Return the engine on both worlds."""
        families = (*self.families, *self.extra)
        names = tuple(f"v{i}" for i in range(len(families)))
        states = tuple(tuple(f"s{k}" for k in range(card)) for card in self.cards)
        none = np.empty(0, dtype=np.int64)
        dependence = Dependence(none, none, none, none, np.empty(0))
        return Engine(Factors(names, states, families, (), np.empty(0), np.empty(0, dtype=bool), dependence))

    def _add(self, make: Family) -> int:
        self.extra.append(make)
        self.cards.append(_card(make))
        return make.child

    @property
    def _free(self) -> int:
        return len(self.families) + len(self.extra)

    def _double_action(self, v: int) -> int:
        if v not in self.doubles:
            self.doubles[v] = self._add(_certain(self._free, self.cards[v], self.action[v]))
        return self.doubles[v]

    def _double(self, v: int) -> None:
        """Add a double of v with the same chance behind it."""
        family = self.families[v]
        if isinstance(family, TableFamily):
            self._double_table(v, family)
        else:
            self._double_noisy(v, family)

    def _double_table(self, v: int, family: TableFamily) -> None:
        """One draw from [0, 1] decides in both worlds; its pieces are what the cumulative probabilities cut it into."""
        edges = np.cumsum(family.table, axis=-1)[..., :-1]
        cuts = np.unique(np.concatenate([[0.0, 1.0], np.clip(edges, 0.0, 1.0).ravel()]))
        cuts = cuts[np.concatenate([[True], np.diff(cuts) > _SAME])]
        cuts[-1] = 1.0
        middle = 0.5 * (cuts[1:] + cuts[:-1])
        chance = self._add(TableFamily(self._free, (), np.diff(cuts)))
        table = np.eye(family.table.shape[-1])[_state(edges, middle)]
        self.families[v] = TableFamily(v, (*family.parents, chance), table)
        parents = tuple(self.doubles.get(p, p) for p in family.parents)
        self.doubles[v] = self._add(TableFamily(self._free, (*parents, chance), table))

    def _double_noisy(self, v: int, family: NoisyFamily) -> None:
        """The leak and every state of every parent have a chance of their own; it is the same in both worlds."""
        ranks = len(family.leak)
        leak = self._add(TableFamily(self._free, (), family.leak))
        same, mine, others = [leak], [], []
        for parent, link in zip(family.parents, family.links, strict=True):
            double = self.doubles.get(parent, parent)
            if double == parent:
                same.append(self._add(TableFamily(self._free, (parent,), link)))
                continue
            chances = self._chances(link)
            mine.append(self._effect(parent, link, chances))
            others.append(self._effect(double, link, chances))
        self.families[v] = _largest(v, family, [*same, *mine], ranks)
        self.doubles[v] = self._add(_largest(self._free, family, [*same, *others], ranks))

    def _chances(self, link: FloatArray) -> dict[int, int]:
        """Return one chance for each state of a parent whose effect is not certain."""
        uncertain = [s for s, row in enumerate(link) if row.max() < 1.0]
        return {s: self._add(TableFamily(self._free, (), link[s])) for s in uncertain}

    def _effect(self, parent: int, link: FloatArray, chances: dict[int, int]) -> int:
        """Return the rank that a parent produces: of the chances, the one that belongs to its state."""
        ranks = link.shape[1]
        shape = (len(link), *(ranks for _ in chances), ranks)
        table = np.zeros(shape)
        for s, row in enumerate(link):
            for drawn in np.ndindex(*shape[1:-1]):
                rank = drawn[list(chances).index(s)] if s in chances else int(row.argmax())
                table[(s, *drawn, rank)] = 1.0
        return self._add(TableFamily(self._free, (parent, *chances.values()), table))


def _state(edges: FloatArray, middle: FloatArray) -> np.ndarray:
    """Return which state each piece of the draw gives: how many cumulative probabilities lie below it."""
    pieces: np.ndarray = (middle[:, None] > edges[..., None, :]).sum(axis=-1)
    return pieces


def _largest(child: int, family: NoisyFamily, effects: Sequence[int], ranks: int) -> NoisyFamily:
    """Return the gate by which the child takes the largest of the ranks produced, with certainty."""
    certain = np.eye(ranks)
    return NoisyFamily(child, tuple(effects), family.order, certain[0], tuple(certain for _ in effects))


def _card(family: Family) -> int:
    return family.table.shape[-1] if isinstance(family, TableFamily) else len(family.order)


def _descendants(families: Sequence[Family], action: dict[int, int]) -> set[int]:
    """Return the variables set, and everything they reach."""
    reached = set(action)
    changed = True
    while changed:
        more = {v for v, f in enumerate(families) if v not in reached and reached.intersection(f.parents)}
        changed = bool(more)
        reached |= more
    return reached


def _ordered(families: Sequence[Family], target: int, reached: set[int], action: dict[int, int]) -> list[int]:
    """Return what must be doubled for the target, parents before children."""
    order: list[int] = []

    def visit(v: int) -> None:
        if v in order or v not in reached:
            return
        if v not in action:
            for parent in families[v].parents:
                visit(parent)
        order.append(v)

    visit(target)
    return order
