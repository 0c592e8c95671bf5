"""Next tests: information, change, price and value of every unobserved finding, in about one pass.

References
----------
Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
Heckerman D, Horvitz E, Middleton B (1993). An approximate nonmyopic computation for value of information. IEEE Transactions on
Pattern Analysis and Machine Intelligence 15, 292-298.

"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.decision.advise import DecisionNetwork, before_deciding, candidates, decision_network, price, sample
from bayesnet.analysis.decision.costs import costs
from bayesnet.analysis.query.likelihood_batch import in_one_pass, one_by_one
from bayesnet.analysis.query.parse import an_example, read_target
from bayesnet.analysis.query.query import Query
from bayesnet.errors import NothingToAsk
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.model.factors import FloatArray
from bayesnet.results.tests import NextTest, NextTests, Outcome

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.engine import Engine

DIFFERENTIAL, DECISION = "differential", "decision"
"""Other choices than a single target."""

Joints = Mapping[int, FloatArray]


def next_tests(query: Query, target: str | None = None) -> NextTests:
    """Return every unobserved finding with its value for a target, the differential or the decision; see `Case.next_tests`."""
    compiled = query.compiled
    network = decision_network(compiled)
    if target is None:
        target = DECISION if network else DIFFERENTIAL
    if target == DIFFERENTIAL and target not in compiled.index:
        return _differential(query, network)
    if target == DECISION and target not in compiled.index:
        if network is None:
            raise _no("decision (no decision.toml beside its numbers)", compiled)
        return _decision(query, network)
    v, state = read_target(compiled, target)
    joints = _joints(query.about(v))
    here = np.array([float(s == state) for s in range(len(compiled.states(v)))])
    some = next(iter(joints.values()), None)
    now = float(here @ some.sum(axis=1)) if some is not None else math.nan

    def lines(w: int) -> tuple[float, float, tuple[Outcome, ...]]:
        table = np.stack([joints[w].sum(axis=0) - here @ joints[w], here @ joints[w]])
        return information(table), change(table), outcomes(compiled, w, table, ())

    tests = _tests(query, network, tuple(joints), lines)
    return _answer(query, compiled.literal(v, state), now, entropy(np.array([now, 1.0 - now])), tests, network)


def _no(what: str, compiled: CompiledModel) -> NothingToAsk:
    """Return the error for a network that does not define what was asked for."""
    return NothingToAsk(
        f"{compiled.model.name} has no {what}", "ask about a target", option="target", example=an_example(compiled)
    )


def information(joint: FloatArray) -> float:
    """Mutual information of the two variables of a joint table, in bits; of a stack of tables, the sum; never negative.

    >>> information(np.array([[0.5, 0.0], [0.0, 0.5]]))
    1.0
    """
    apart = joint.sum(axis=-1, keepdims=True) * joint.sum(axis=-2, keepdims=True)
    terms = joint * np.log2(np.divide(joint, apart, out=np.ones_like(joint), where=joint > 0.0))
    return float(np.maximum(terms.sum(axis=(-2, -1)), 0.0).sum())


def entropy(p: FloatArray) -> float:
    """Entropy of a distribution, in bits.

    >>> entropy(np.array([0.5, 0.5]))
    1.0
    """
    kept = p[p > 0.0]
    return max(0.0, float(-(kept * np.log2(kept)).sum()))


def change(joint: FloatArray) -> float:
    """Mean distance of P(target) from what it is now, over the results; `joint` is [not the target, the target] by result.

    Of a stack of tables, the sum.
    """
    hit = joint[..., 1, :]
    return float(np.abs(hit - joint.sum(axis=-2) * hit.sum(axis=-1, keepdims=True)).sum())


def outcomes(compiled: CompiledModel, w: int, joint: FloatArray, then: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Return the results of a finding with their probabilities and the target's after each."""
    each = joint.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        after = joint[1] / each
    return tuple(
        Outcome(state, float(p), float(q), then[i] if then else "")
        for i, (state, p, q) in enumerate(zip(compiled.states(w), each, after, strict=True))
    )


def _joints(query: Query) -> dict[int, FloatArray]:
    """Return P(target, w | findings) for every candidate w, in one pass."""
    (v,) = query.targets
    wanted = tuple(w for w in candidates(query.compiled, query.findings) if w != v)
    return query.ask(lambda engine, evidence: engine.joint_with_each(v, evidence, wanted))


def _differential(query: Query, network: DecisionNetwork | None) -> NextTests:
    """About all diagnoses: their information and changes summed, and which diagnosis would lead after each result."""
    compiled, known = query.compiled, query.findings.variables
    targets = [v for v in compiled.diagnoses if v not in known]
    if not targets:
        raise _no('variable of the group "diagnoses" that is still open', compiled)
    rows = _with_each_diagnosis(query, targets)

    def lines(w: int) -> tuple[float, float, tuple[Outcome, ...]]:
        each = rows[w][:, 1]
        leaders = tuple(compiled.names[targets[i]] for i in each.argmax(axis=0))
        top = each.max(axis=0)
        table = np.stack([rows[w][0].sum(axis=0) - top, top])
        return information(rows[w]), change(rows[w]), outcomes(compiled, w, table, leaders)

    tests = _tests(query, network, tuple(rows), lines)
    some = next(iter(rows.values()), np.empty((0, 2, 0)))
    now = [float(p) for p in some[:, 1].sum(axis=1)]
    total = sum(entropy(np.array([p, 1.0 - p])) for p in now)
    return _answer(query, "the differential", max(now, default=math.nan), total, tests, network)


def _with_each_diagnosis(query: Query, targets: Sequence[int]) -> dict[int, FloatArray]:
    """For every candidate w the tables [not d, d] by result of w, one for each diagnosis d; shape (diagnoses, 2, results)."""
    compiled, wanted = query.compiled, candidates(query.compiled, query.findings)
    certain = {v: one_hot(len(compiled.states(v)), compiled.state(v, "present")) for v in targets}
    columns = {v: np.ones((len(here), len(targets) + 1)) for v, here in certain.items()}
    for k, v in enumerate(targets):
        columns[v][:, k + 1] = certain[v]

    def ask(engine: Engine, evidence: Evidence) -> dict[int, FloatArray]:
        weighed = in_one_pass(engine, evidence, columns, wanted)
        if weighed is None:
            weighed = one_by_one(engine, evidence, certain, wanted)
        return {w: np.stack([np.maximum(m[:, :1] - m[:, 1:], 0.0).T, m[:, 1:].T], axis=1) for w, m in weighed.items()}

    return query.ask(ask)


def _decision(query: Query, network: DecisionNetwork) -> NextTests:
    """About the decision: most valuable first, with the option that would be advised after each result."""
    compiled, findings = query.compiled, query.findings
    joints = network.with_each(findings, before_deciding(compiled, network, findings))
    table = network.decision.table
    p = network.states(findings)
    now = int(np.argmax(table @ p))

    def lines(w: int) -> tuple[float, float, tuple[Outcome, ...]]:
        joint = joints[w]
        advised = (table @ joint).argmax(axis=0)
        each = joint.sum(axis=0)
        chosen = [network.decision.options[int(o)] for o in advised]
        found = tuple(
            Outcome(state, float(q), math.nan, option.name, option.label)
            for state, q, option in zip(compiled.states(w), each, chosen, strict=True)
        )
        return information(joint), float(each[advised != now].sum()), found

    tests = _tests(query, network, tuple(joints), lines, joints)
    ranked = tuple(sorted(tests, key=lambda t: (-t.net_value if t.net_value == t.net_value else math.inf, -t.bits)))
    return _answer(query, f"the decision ({network.decision.title})", math.nan, entropy(p), ranked, network)


def _tests(
    query: Query,
    network: DecisionNetwork | None,
    variables: tuple[int, ...],
    lines: Callable[[int], tuple[float, float, tuple[Outcome, ...]]],
    joints: Joints | None = None,
) -> tuple[NextTest, ...]:
    """Records of all candidates, most informative first."""
    compiled, findings = query.compiled, query.findings
    if network is not None and joints is None:
        joints = network.with_each(findings, before_deciding(compiled, network, findings))
    known = costs(compiled)
    found = []
    for w in variables:
        bits, moved, results = lines(w)
        test = known.by_variable.get(compiled.names[w])
        value = (
            sample(network.decision.table, joints[w]) if network is not None and joints is not None and w in joints else math.nan
        )
        net = value - price(compiled, network.decision, w) if network is not None else math.nan
        found.append(
            NextTest(
                finding=compiled.names[w],
                test=test.label if test else "",
                bits=bits,
                expected_change=moved,
                outcomes=results,
                cost=test.value if test else math.nan,
                cost_source=known.cited(compiled.names[w]),
                burden=test.burden if test else "",
                value=value,
                net_value=net,
            )
        )
    return tuple(sorted(found, key=lambda t: -t.bits))


def _answer(
    query: Query,
    target: str,
    now: float,
    total: float,
    tests: tuple[NextTest, ...],
    network: DecisionNetwork | None,
) -> NextTests:
    return NextTests(
        title=query.findings.text,
        provenance=query.provenance(),
        target=target,
        now=now,
        entropy=total,
        tests=tests,
        cost_unit=costs(query.compiled).unit,
        value_unit=network.decision.unit if network else "",
    )
