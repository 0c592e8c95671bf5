"""Plans tests: a tree that takes the best next test, follows each result, and stops where the decision would stay.

References
----------
Choi A, Xue Y, Darwiche A (2012). Same-decision probability: a confidence measure for threshold-based decisions. International
Journal of Approximate Reasoning 53, 1415-1428.

"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.decision.advise import DecisionNetwork, decision_network
from bayesnet.analysis.decision.next_tests import DECISION, next_tests
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import an_example, as_float, read_target
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.whole import whole
from bayesnet.errors import BayesnetError, NothingToAsk, TooWide
from bayesnet.model.factors import FloatArray
from bayesnet.results.tests import NextTest, Plan, Step

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

HIDDEN = 6
"""Findings that are left, the most telling ones, over which the same-decision probability is taken."""

RARE = 0.001
"""Results less probable than this are not followed."""


@dataclass(frozen=True)
class _Choice:
    """The rule of a decision: `joint` gives P(what it hangs on, hidden | findings), `pick` the decision for each column of it."""

    joint: Callable[[Findings, Sequence[int]], FloatArray]
    pick: Callable[[FloatArray], np.ndarray]
    names: tuple[str, ...]

    def now(self, findings: Findings) -> int:
        """Return the decision as things are."""
        return int(self.pick(self.joint(findings, ()))[0])


def plan(
    query: Query,
    target: str | None = None,
    depth: int = 3,
    threshold: float = 0.5,
    enough: float = 0.99,
) -> Plan:
    """Plan tests in sequence for a target or for the decision; see `Case.plan`."""
    depth = whole("The depth of a plan", depth, 0, 100)
    compiled = query.compiled
    for name, value in (("enough", enough), ("threshold", threshold)):
        if not 0.0 <= as_float(value) <= 1.0:
            raise BayesnetError(f"{name}={value} is not a probability; give a number from 0 to 1.")
    if target is None:
        network = decision_network(compiled)
        if network is None:
            raise NothingToAsk(
                f"{compiled.model.name} has no decision (no decision.toml beside its numbers)",
                "plan for a target",
                option="target",
                example=an_example(compiled),
            )
        aim, choice, unit, name = None, _of_decision(network), network.decision.unit, f"the decision ({network.decision.title})"
    else:
        aim = read_target(compiled, target)
        choice, unit, name = _of_threshold(compiled, aim, threshold), "bits", compiled.literal(*aim)
    return Plan(
        title=query.findings.text,
        provenance=query.provenance(),
        target=name,
        by="bits" if aim else "value",
        unit=unit,
        root=_Tree(compiled, choice, aim, enough).step(query.findings, depth),
    )


def same_decision(findings: Findings, choice: _Choice, hidden: Sequence[int]) -> tuple[float, tuple[int, ...]]:
    """Return the probability that the decision is the same after seeing `hidden`, and those that could be looked at together."""
    now = choice.now(findings)
    left = tuple(hidden)
    while left:
        try:
            columns = choice.joint(findings, left)
        except TooWide:
            left = left[:-1]
            continue
        columns = columns[:, columns.sum(axis=0) > 0.0]
        return min(1.0, float(columns.sum(axis=0)[choice.pick(columns) == now].sum())), left
    return 1.0, ()


@dataclass(frozen=True)
class _Tree:
    """Grows the plan."""

    compiled: CompiledModel
    choice: _Choice
    aim: tuple[int, int] | None
    enough: float

    def step(self, findings: Findings, depth: int) -> Step:
        """Return the step at these findings and all below it."""
        now = self.choice.now(findings)
        tests = self._tests(findings)
        telling = sorted(tests, key=lambda t: (-t.bits if self.aim else -t.value, -t.bits))[:HIDDEN]
        same, seen = same_decision(findings, self.choice, [self.compiled.index[t.finding] for t in telling if t.bits > 0.0])
        best = self._best(tests)
        stop = self._stop(best, same, depth)
        probability = math.nan
        if self.aim is not None:
            v, state = self.aim
            query = Query(self.compiled, findings, (v,))
            alone = query.ask(lambda engine, evidence: engine.posteriors(evidence, (v,)).marginals[v])
            probability = float(alone[state])
        names = tuple(self.compiled.names[v] for v in seen)
        here = Step(findings.text, probability, self.choice.names[now], same, names, "", 0.0, stop)
        if stop or best is None:
            return here
        w = self.compiled.index[best.finding]
        branches = tuple(
            (self.compiled.literal(w, s), o.probability, self.step(self._with(findings, w, s), depth - 1))
            for s, o in enumerate(best.outcomes)
            if o.probability >= RARE
        )
        return Step(findings.text, probability, here.decision, same, names, best.finding, self._gain(best), "", branches)

    def _tests(self, findings: Findings) -> tuple[NextTest, ...]:
        about = DECISION if self.aim is None else self.compiled.literal(*self.aim)
        return next_tests(Query(self.compiled, findings), about).best_of_each_test()

    def _gain(self, test: NextTest) -> float:
        if self.aim is not None:
            return test.bits
        return test.value if math.isnan(test.net_value) else test.net_value

    def _best(self, tests: Sequence[NextTest]) -> NextTest | None:
        best = max(tests, key=self._gain, default=None)
        return best if best is not None and self._gain(best) > 0.0 else None

    def _stop(self, best: NextTest | None, same: float, depth: int) -> str:
        if best is None:
            return "nothing left says anything about it" if self.aim else "no test is worth its price"
        if same >= self.enough:
            return f"the decision would stay with probability {same:.1%}".replace("%", " %")
        return "the plan is as deep as asked" if depth <= 0 else ""

    def _with(self, findings: Findings, w: int, state: int) -> Findings:
        return findings.with_findings(Findings((self.compiled.state_finding(w, state),)))


def _of_decision(network: DecisionNetwork) -> _Choice:
    table = network.decision.table

    def joint(findings: Findings, hidden: Sequence[int]) -> FloatArray:
        return network.joint(findings, hidden) if hidden else network.states(findings)[:, None]

    return _Choice(joint, lambda columns: (table @ columns).argmax(axis=0), tuple(o.label for o in network.decision.options))


def _of_threshold(compiled: CompiledModel, aim: tuple[int, int], level: float) -> _Choice:
    v, state = aim
    cards = len(compiled.states(v))

    def joint(findings: Findings, hidden: Sequence[int]) -> FloatArray:
        wanted = (v, *hidden)
        query = Query(compiled, findings, wanted)
        return query.ask(lambda engine, evidence: engine.joint(wanted, evidence).table).reshape(cards, -1)

    def pick(columns: FloatArray) -> np.ndarray:
        return np.asarray(columns[state] >= level * columns.sum(axis=0), dtype=np.int64)

    name, share = compiled.literal(*aim), f"{100.0 * level:g} %"
    return _Choice(joint, pick, (f"{name} below {share}", f"{name} at least {share}"))
