"""Advice: expected utilities of the options, thresholds, and the value of information before choosing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.decision.costs import costs
from bayesnet.analysis.decision.decision_file import Decision, read_decision
from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.likelihood_batch import in_one_pass
from bayesnet.analysis.query.parse import an_example
from bayesnet.analysis.query.query import Query
from bayesnet.errors import NothingToAsk
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray
from bayesnet.model.records import Variable
from bayesnet.model.vocabulary import BINARY, GROUPS_OF_VARIABLES, TO_FIND_OUT
from bayesnet.pattern import parse_condition, quote, resolve_condition
from bayesnet.results.advice import Advice, OptionLine, StateLine, Threshold, UtilityBar, ValuedTest

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.engine import Engine

    _Ask = Callable[[Engine, Evidence], tuple[float, dict[int, FloatArray]]]

STATE = "state of the decision"
"""The variable that a decision adds to the network: which of its states holds."""

_DUST = 1e-12
"""Gains smaller than this share of the largest utility are rounding."""


@dataclass(frozen=True)
class DecisionNetwork:
    """A network with a decision: one more variable, which of the decision's states holds."""

    decision: Decision
    compiled: CompiledModel
    variable: int
    plain: CompiledModel
    """The network without that variable; all others have the same indices in both, and it is narrower."""

    @classmethod
    def of(cls, compiled: CompiledModel, decision: Decision) -> DecisionNetwork:
        """Add the states of a decision to a network, as certain gates; no number of the network changes."""
        variables = dict(compiled.model.variables)
        helpers, cases = [], []
        for state in decision.states[:-1]:
            condition = parse_condition(state.when)
            name = f"{STATE}: {state.name}"
            variables[name] = Variable(
                name,
                group=GROUPS_OF_VARIABLES,
                states=BINARY,
                parents=condition.names,
                gate="deterministic",
                expression=(("present", state.when),),
            )
            helpers.append(name)
            cases.append((state.name, quote(name)))
        names = tuple(state.name for state in decision.states)
        variables[STATE] = Variable(
            STATE,
            group=GROUPS_OF_VARIABLES,
            states=names,
            parents=tuple(helpers),
            gate="deterministic",
            expression=(*cases, (names[-1], "")),
        )
        extended = CompiledModel(replace(compiled.model, variables=variables), compiled.folder)
        return cls(decision, extended, extended.index[STATE], compiled)

    def states(self, findings: Findings) -> FloatArray:
        """Return P(state | findings), in the order of the decision."""
        v = self.variable
        return Query(self.compiled, findings).ask(lambda engine, evidence: engine.posteriors(evidence, (v,)).marginals[v])

    def with_each(self, findings: Findings, variables: Sequence[int]) -> dict[int, FloatArray]:
        """Return P(state, variable | findings) for many variables, shape (states, states of the variable).

        Where every condition is `any of ...`, these are differences: of the findings, the findings and that the first state does
        not hold, and so on, in one pass or in one each. Otherwise one pass with the state as a variable.
        """
        excluded = self._excluded()
        if excluded is None:
            v = self.variable
            return Query(self.compiled, findings).ask(lambda engine, evidence: engine.joint_with_each(v, evidence, variables))
        columns = _running(excluded)

        def one(engine: Engine, evidence: Evidence) -> tuple[float, dict[int, FloatArray]]:
            answer = engine.posteriors(evidence, variables)
            return answer.log_probability, answer.marginals

        def ask(engine: Engine, evidence: Evidence) -> dict[int, FloatArray]:
            left = in_one_pass(engine, evidence, columns, variables)
            if left is None:
                return _peeled(engine, evidence, excluded, one)
            return {w: np.maximum(np.vstack([(m[:, :-1] - m[:, 1:]).T, m[:, -1]]), 0.0) for w, m in left.items()}

        return Query(self.plain, findings).ask(ask)

    def joint(self, findings: Findings, variables: Sequence[int]) -> FloatArray:
        """Return P(state, variables | findings), shape (states, combinations of the variables' states).

        Raises
        ------
        TooWide
            Where the table would be too large.
        """
        excluded = self._excluded()
        if excluded is None:
            wanted = (self.variable, *variables)
            table = Query(self.compiled, findings).ask(lambda engine, evidence: engine.joint(wanted, evidence).table)
            return table.reshape(len(self.decision.states), -1)

        def ask(engine: Engine, evidence: Evidence) -> tuple[float, dict[int, FloatArray]]:
            answer = engine.joint(variables, evidence)
            return answer.log_probability, {0: answer.table.reshape(-1)}

        return Query(self.plain, findings).ask(lambda engine, evidence: _peeled(engine, evidence, excluded, ask))[0]

    def _excluded(self) -> list[dict[int, FloatArray]] | None:
        """For each state but the last the likelihoods that say that it does not hold; None where that is not a product."""
        found = []
        for state in self.decision.states[:-1]:
            condition = resolve_condition(parse_condition(state.when), self.compiled.states_by_name)
            if condition.kind != "any":
                return None
            vectors: dict[int, FloatArray] = {}
            for term in condition.terms:
                v = self.compiled.index[term.name]
                open_states = np.array([float(s not in term.states) for s in self.compiled.states(v)])
                vectors[v] = vectors.get(v, np.ones_like(open_states)) * open_states
            found.append(vectors)
        return found


def _running(excluded: Sequence[Mapping[int, FloatArray]]) -> dict[int, FloatArray]:
    """For each variable of the conditions, likelihoods in columns: nothing excluded, the first state, the first two, ..."""
    variables = {v: len(vector) for vectors in excluded for v, vector in vectors.items()}
    columns = {v: [np.ones(states)] for v, states in variables.items()}
    for vectors in excluded:
        for v, each in columns.items():
            each.append(each[-1] * vectors.get(v, 1.0))
    return {v: np.column_stack(each) for v, each in columns.items()}


def _peeled(engine: Engine, evidence: Evidence, excluded: Sequence[Mapping[int, FloatArray]], ask: _Ask) -> dict[int, FloatArray]:
    """Return P(state, ... | e), by excluding one state after the other; `ask` gives ln P(e) and distributions under e."""
    below, left = ask(engine, evidence)
    rows: dict[int, list[FloatArray]] = {w: [] for w in left}
    for vectors in excluded:
        for v, vector in vectors.items():
            evidence = evidence.with_likelihood(v, vector)
        try:
            log, answer = ask(engine, evidence)
            rest = {w: m * math.exp(log - below) for w, m in answer.items()}
        except ZeroEvidence:
            rest = {w: np.zeros_like(m) for w, m in left.items()}
        for w in left:
            rows[w].append(np.maximum(left[w] - rest[w], 0.0))
        left = rest
    return {w: np.stack([*rows[w], left[w]]) for w in left}


@per_model
def decision_network(compiled: CompiledModel) -> DecisionNetwork | None:
    """Return the decision beside the numbers of a model, as a part of its network; None if there is none."""
    path = compiled.folder / "decision.toml" if compiled.folder else None
    if path is None or not path.is_file():
        return None
    return DecisionNetwork.of(compiled, read_decision(path, compiled.model))


def advise(query: Query, decision: Decision | None = None) -> Advice:
    """Return the option with the largest expected utility; see `Case.advise`. `decision` replaces that of the model."""
    compiled, findings = query.compiled, query.findings
    network = DecisionNetwork.of(compiled, decision) if decision else decision_network(compiled)
    if network is None:
        raise NothingToAsk(
            f"{compiled.model.name} has no decision.toml beside its numbers, so it defines no options and utilities to advise on",
            "the value of a finding for a target needs none",
            option="target",
            example=an_example(compiled),
            call="next_tests",
        )
    about = network.decision
    p, table = network.states(findings), about.table
    expected = table @ p
    best = int(np.argmax(expected))
    order = np.argsort(-expected, kind="stable")
    return Advice(
        title=findings.text,
        provenance=query.provenance(_caveats(about)),
        decision=about.title,
        decision_digest=about.digest,
        unit=about.unit,
        best=about.options[best].name,
        label=about.options[best].label,
        states=tuple(StateLine(s.name, s.label, float(q)) for s, q in zip(about.states, p, strict=True)),
        options=tuple(
            OptionLine(about.options[i].name, about.options[i].label, float(expected[i]), float(expected[best] - expected[i]))
            for i in order
        ),
        evpi=perfect(table, p),
        tests=_tests(compiled, network, findings),
        thresholds=tuple(_threshold(about, p, s) for s in range(len(about.states) - 1)),
        tornado=_tornado(about, p),
        warning_of_decision=about.warning,
    )


def perfect(table: FloatArray, p: FloatArray) -> float:
    """Expected value of perfect information: choosing with the state known, less choosing now."""
    return max(0.0, float((table.max(axis=0) * p).sum() - (table @ p).max()))


def sample(table: FloatArray, joint: FloatArray) -> float:
    """Expected value of sample information of a test, from P(state, result): never negative, never above the perfect one."""
    gain = float((table @ joint).max(axis=0).sum() - (table @ joint.sum(axis=1)).max())
    return gain if gain > _DUST * float(np.abs(table).max(initial=1e-300)) else 0.0


def candidates(compiled: CompiledModel, findings: Findings) -> tuple[int, ...]:
    """Return every finding that is not known yet: history, examination, tests and images; in a network without groups, all the
    rest.
    """
    known = findings.variables | {item.variable for item in compiled.defaults} | set(compiled.diagnoses)
    grouped = any(v.group in TO_FIND_OUT for v in compiled.model.variables.values())
    return tuple(
        v
        for v, variable in enumerate(compiled.model.variables.values())
        if v not in known and (variable.group in TO_FIND_OUT if grouped else variable.group != GROUPS_OF_VARIABLES)
    )


def before_deciding(compiled: CompiledModel, network: DecisionNetwork, findings: Findings) -> tuple[int, ...]:
    """Return the candidates that can be had before the choice: not those that the options themselves bring."""
    brought = network.decision.brought
    return tuple(v for v in candidates(compiled, findings) if compiled.model.variables[compiled.names[v]].group not in brought)


def values(compiled: CompiledModel, network: DecisionNetwork, findings: Findings) -> dict[int, float]:
    """Expected value of sample information of everything that can be learnt before the choice."""
    table = network.decision.table
    return {
        v: sample(table, joint) for v, joint in network.with_each(findings, before_deciding(compiled, network, findings)).items()
    }


def price(compiled: CompiledModel, decision: Decision, variable: int) -> float:
    """Return the price of a test in the unit of the decision; NaN where it or the worth of money is not known."""
    test = costs(compiled).by_variable.get(compiled.names[variable])
    return test.value / decision.money.value if test and decision.money else math.nan


def _tests(compiled: CompiledModel, network: DecisionNetwork, findings: Findings, most: int = 8) -> tuple[ValuedTest, ...]:
    """Return the tests worth most for the decision, net of their price; the best finding of each test."""
    found: dict[str, ValuedTest] = {}
    known = costs(compiled).by_variable
    for v, value in values(compiled, network, findings).items():
        cost = price(compiled, network.decision, v)
        test = known.get(compiled.names[v])
        shared = test is not None and test.value > 0.0
        line = ValuedTest(compiled.names[v], test.label if test else "", value, cost, value - (0.0 if math.isnan(cost) else cost))
        key = test.name if test and shared else compiled.names[v]
        if value > 0.0 and (key not in found or found[key].value < value):
            found[key] = line
    return tuple(sorted(found.values(), key=lambda line: -line.net)[:most])


def _threshold(decision: Decision, p: FloatArray, s: int) -> Threshold:
    """Return which option is best as one state's probability goes from 0 to 1 and the others keep their proportions."""
    table = decision.table
    others = np.delete(p, s)
    shares = others / others.sum() if others.sum() > 0 else np.full(len(others), 1.0 / len(others))
    at_none = np.delete(table, s, axis=1) @ shares
    at_all = table[:, s]
    x, steps, now = 0.0, [], int(np.lexsort((-at_all, -np.round(at_none, 12)))[0])
    while True:
        ahead = [(c, o) for o in range(len(table)) if (c := _crossing(at_none, at_all, now, o)) is not None and c > x]
        upto, after = min(ahead, default=(1.0, now))
        upto = min(upto, 1.0)
        steps.append((x, upto, decision.options[now].name))
        if upto >= 1.0:
            return Threshold(decision.states[s].name, decision.states[s].label, float(p[s]), tuple(steps))
        x, now = upto, after


def _crossing(at_none: FloatArray, at_all: FloatArray, now: int, other: int) -> float | None:
    """Return where an option overtakes another between 0 and 1; None where it does not."""
    behind, gain = float(at_none[now] - at_none[other]), float((at_all[other] - at_none[other]) - (at_all[now] - at_none[now]))
    if gain <= 0.0 or behind < 0.0 or behind > gain:
        return None
    return behind / gain


def _tornado(decision: Decision, p: FloatArray) -> tuple[UtilityBar, ...]:
    """Return the lead of the advised option with each utility at the ends of its range, widest first."""
    table = decision.table
    best = int(np.argmax(table @ p))
    options, states = ({part.name: part.label or part.name for part in parts} for parts in (decision.options, decision.states))
    bars = []
    for k, utility in enumerate(decision.utilities):
        if utility.low == utility.high:
            continue
        ends = []
        for value in (utility.low, utility.high):
            changed = table.copy()
            changed.flat[k] = value
            expected = changed @ p
            ends.append(
                (float(expected[best] - np.delete(expected, best).max()), decision.options[int(np.argmax(expected))].name)
            )
        source = decision.sources[utility.source].short if utility.source else utility.grade
        (at_low, low_option), (at_high, high_option) = ends
        bars.append(
            UtilityBar(
                utility.id,
                utility.value,
                utility.low,
                utility.high,
                at_low,
                at_high,
                low_option,
                high_option,
                source,
                utility.grade,
                f"{options[utility.option]} if {states[utility.state]}",
            )
        )
    return tuple(sorted(bars, key=lambda bar: -bar.width))


def _caveats(decision: Decision) -> tuple[str, ...]:
    judged = sum(u.grade == "judgement" for u in decision.utilities)
    share = f"{judged} of the {len(decision.utilities)} utilities are expert judgement"
    return (f"Caveats: {share}, each with its reason; the tornado shows which of them change the advice.",)
