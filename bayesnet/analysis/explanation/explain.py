"""Explains a diagnosis: what speaks for and against it, whether the findings go together, and the paths they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.explanation.carried import Carried, joints
from bayesnet.analysis.explanation.coalitions import (
    CoalitionQuery,
    Player,
    SubsetLogOdds,
    coalition_query,
    log_odds,
    sampled_shapley,
    shapley,
    steps,
)
from bayesnet.analysis.explanation.conflict import analysed
from bayesnet.analysis.explanation.paths import Graph, separated, ways
from bayesnet.analysis.explanation.relevant import most_relevant
from bayesnet.analysis.explanation.wording import explained
from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.query import Query, checked
from bayesnet.errors import BayesnetError
from bayesnet.inference.evidence import Evidence
from bayesnet.logodds import BARELY, DECIBANS, expit, ratio_of
from bayesnet.model.factors import FloatArray
from bayesnet.results.explanation import Conflict, Explanation, Impact, Overlap, Relevant, Verdict, Ways, strongest

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

OVERLAP = math.log(1.5)
"""The smallest interaction of two findings that is reported."""


def explain(query: Query, target: tuple[int, int], order: str | Sequence[str] = "given", seed: int = 0) -> Explanation:
    """Explain the probability of a target, (variable, state); see `Case.explain`."""
    query, compiled = query.about(target[0]), query.compiled
    full = query.ask(checked)
    asked = coalition_query(query, target)
    parts = _Parts(compiled, asked, full, SubsetLogOdds(compiled, asked), order, seed)
    name = compiled.literal(*target)
    return Explanation.deferred(
        parts,
        title=query.title(name),
        provenance=query.provenance(weakest(query)),
        target=name,
        order=order if isinstance(order, str) else "chosen",
        **parts.ends,
    )


@dataclass(frozen=True, eq=False)
class _Parts:
    """The parts of an explanation by their names, each worked out when it is read."""

    compiled: CompiledModel
    asked: CoalitionQuery
    full: Evidence
    worths: SubsetLogOdds
    chosen: str | Sequence[str]
    seed: int

    def __post_init__(self) -> None:
        if self.chosen not in ("given", "best"):
            _ = self._taken

    @cached_property
    def _taken(self) -> tuple[int, ...]:
        """The order in which findings are taken, as places."""
        n, order = self.worths.count, self.chosen
        if order == "given":
            return tuple(range(n))
        if order == "best":
            return self._best()
        names = [player.name for player in self.asked.players]
        wanted = [part.strip() for part in order.split(",")] if isinstance(order, str) else list(order)
        if sorted(wanted) != sorted(names):
            raise BayesnetError(
                f'"{", ".join(wanted)}" is not an order of the findings; name each once, as in "{", ".join(names)}", '
                'or say "given" or "best".'
            )
        return tuple(names.index(name) for name in wanted)

    def _best(self) -> tuple[int, ...]:
        """Return the order in which each finding changes the log-odds most of those that are left."""
        worths, n = self.worths, self.worths.count
        taken: list[int] = []
        while len(taken) < n:
            now = tuple(i in taken for i in range(n))
            row = worths.around([now])[0][0] if all(now[i] for i in worths.held) else np.full(n, math.nan)
            left = [i for i in range(n) if not now[i]]
            with_ = {i: worths.of((*now[:i], True, *now[i + 1 :])) if math.isnan(row[i]) else float(row[i]) for i in left}
            taken.append(max(left, key=lambda i: abs(_less(with_[i], worths.of(now)))))
        return tuple(taken)

    @property
    def ends(self) -> dict[str, float]:
        """The probability of the target before and after all findings."""
        worths = self.worths
        return {"prior": expit(worths.of((False,) * worths.count)), "posterior": expit(worths.of(worths.every))}

    @property
    def exact(self) -> bool:
        """Whether every subset of the findings is asked."""
        return self.worths.table is not None

    @cached_property
    def impacts(self) -> tuple[Impact, ...]:
        """Every finding, in the order taken."""
        worths = self.worths
        values, error = self._shapley()
        path = worths.path(self._taken)
        omission = [_less(worths.of(worths.every), x) for x in worths.omitted]
        return _impacts(self.asked.players, self._taken, path, values, error, omission)

    def _shapley(self) -> tuple[FloatArray, FloatArray]:
        if self.worths.table is not None:
            values = shapley(log_odds(self.worths.table))
            return values, np.zeros(len(values))
        return sampled_shapley(self.worths, np.random.default_rng(self.seed))

    @cached_property
    def _strongest(self) -> tuple[int, ...]:
        """Places of the findings whose ways the text names."""
        names = strongest(self.impacts)
        return tuple(i for i, p in enumerate(self.asked.players) if p.name in names)

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """The interactions that are reported, largest first; of many findings, those of the strongest."""
        worths, players, found = self.worths, self.asked.players, []
        last = worths.of(worths.every)
        worths.prepare(self._strongest)
        for i, j in combinations(range(worths.count), 2):
            strong = {i, j} & {*self._strongest}
            if self.exact or len(strong) == 2 or (strong and not {i, j} & {*worths.held}):
                neither = worths.without(i, j) if i in self._strongest else worths.without(j, i)
                first, second = (_less(worths.without(k), neither) for k in (j, i))
                found.append(Overlap(players[i].text, players[j].text, first, second, _less(last, neither)))
        kept = [o for o in found if math.isfinite(o.interaction) and abs(o.interaction) >= OVERLAP]
        return tuple(sorted(kept, key=lambda o: -abs(o.interaction)))

    @cached_property
    def _marginals(self) -> tuple[dict[int, FloatArray], dict[int, FloatArray]]:
        """Prior and posterior of the variables of the hypotheses."""
        variables = tuple(dict.fromkeys(v for v, _ in self._hypotheses))
        before, after = (self.compiled.engine.posteriors(known, variables) for known in (self.asked.context, self.full))
        return before.marginals, after.marginals

    @cached_property
    def _hypotheses(self) -> list[tuple[int, int]]:
        """The diagnoses, or, in a network without any, every state that is not known."""
        compiled, asked = self.compiled, self.asked
        known = {p.variable for p in asked.players} | set(asked.context.likelihoods) | set(asked.context.interventions)
        variables = compiled.diagnoses or tuple(range(len(compiled.names)))
        return [(v, s) for v in variables if v not in known for s, state in enumerate(compiled.states(v)) if state != "absent"]

    @cached_property
    def conflict(self) -> Conflict:
        """The conflict measure of the findings, and the hypotheses under which they agree."""
        table, asked = self.worths.table, self.asked
        return analysed(self.compiled, asked.players, table, asked.context, self.full, self._hypotheses, *self._marginals)

    @cached_property
    def relevant(self) -> tuple[Relevant, ...]:
        """The partial assignments of largest generalised Bayes factor."""
        return most_relevant(self.compiled, self.asked.context, self.full, self._hypotheses, *self._marginals)

    @property
    def separated(self) -> tuple[str, ...]:
        """The findings that no open path joins to the target, given the others."""
        v, full = self.asked.variable, self.full
        return tuple(p.text for p in self.asked.players if separated(self.compiled, full.without(p.variable), p.variable, v))

    @property
    def ways(self) -> tuple[Ways, ...]:
        """The paths of every finding, strongest first."""
        return tuple(map(self._way, range(self.worths.count)))

    @property
    def main_ways(self) -> tuple[Ways, ...]:
        """The paths of the strongest findings."""
        return tuple(map(self._way, self._strongest))

    def _way(self, i: int) -> Ways:
        if i not in self._found:

            def scales(graph: Graph) -> Carried:
                return Carried(self.compiled, self.asked, self.full, self.worths.without, self._whole, i, graph)

            v = self.asked.players[i].variable
            self._found[i] = ways(self.compiled, self.full.without(v), v, self.asked.variable, weigh=scales)
        return self._found[i]

    @cached_property
    def _found(self) -> dict[int, Ways]:
        return {}

    def _whole(self) -> dict[int, FloatArray]:
        return self._joints

    @cached_property
    def _joints(self) -> dict[int, FloatArray]:
        return joints(self.compiled, self.asked, self.full)

    @property
    def text(self) -> str:
        """The explanation in words."""
        name, ends = self.compiled.literal(self.asked.variable, self.asked.states[0]), self.ends
        parts = (self.overlaps, self.conflict, self.relevant, self.separated, self.main_ways)
        return explained(name, ends["prior"], ends["posterior"], self.impacts, *parts)


def _impacts(
    players: Sequence[Player],
    order: Sequence[int],
    path: Sequence[float],
    values: FloatArray,
    error: FloatArray,
    omissions: Sequence[float],
) -> tuple[Impact, ...]:
    weights = steps(path)
    impacts = []
    for k, i in enumerate(order):
        player, weight, omission = players[i], weights[k], omissions[i]
        impacts.append(
            Impact(
                finding=player.name,
                state=player.state,
                text=player.text,
                likelihood_ratio=ratio_of(weight),
                decibans=weight * DECIBANS,
                shapley=float(values[i]),
                omission=omission,
                verdict=_verdict(weight if math.isnan(omission) else omission),
                negative=player.negative,
                error=float(error[i]),
                probability=expit(path[k + 1]),
            )
        )
    return tuple(impacts)


def _verdict(nats: float) -> Verdict:
    if math.isnan(nats) or abs(nats) < BARELY:
        return "uninformative"
    return "for" if nats > 0.0 else "against"


def _less(a: float, b: float) -> float:
    """Difference of two log-odds; nothing is lost between equal certainties."""
    return 0.0 if a == b else a - b
