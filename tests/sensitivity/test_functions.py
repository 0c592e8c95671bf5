"""Every number's curve is exact: against enumeration in exact fractions, re-asking the engine, and d-separation by graphs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
import strategies
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from referee import Enumeration
from small_networks import clinic, collider

import bayesnet
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.covariation import SCHEMES, moved_values, order_preserving
from bayesnet.analysis.sensitivity.parameter_map import LEAK, parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SensitivityQuery
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors
from bayesnet.network import Network

RANDOM = settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def _response(compiled: CompiledModel, evidence: Evidence, target: tuple[int, int]) -> Response:
    """The response of one target, or a rejected example where the evidence cannot be."""
    if compiled.engine.log_probability(evidence) == -np.inf:
        reject()
    query = Query(compiled, targets=(target[0],))
    query.__dict__["evidence"] = evidence  # the cached property: likelihoods that no finding writes down
    return SensitivityQuery(query, target, "target").response((target,))


def _moved(compiled: CompiledModel, k: int, x: float) -> Factors:
    """The network with number k at x, the rest of its column in proportion."""
    return compiled.expander.factors(moved_values(parameter_map(compiled), np.array([k]), np.array([x]))[:, 0])


def _rounding(evidence: Evidence) -> float:
    """What rounding leaves of a probability of one, on the scale of the likelihoods: a rest of a column may be no more."""
    return 1e-15 * float(np.prod([vector.max() for vector in evidence.likelihoods.values()]))


def _exact(factors: Factors, evidence: Evidence, target: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """P(target, e) and P(e) by enumeration in exact fractions."""
    joint = Enumeration(factors, evidence).joint((target[0],))
    return joint.get((target[1],), Fraction(0)), sum(joint.values(), Fraction(0))


def _drawn(data: st.DataObject, **options: Any) -> tuple[CompiledModel, Evidence, tuple[int, int]]:
    compiled = CompiledModel(data.draw(strategies.models(**options)))
    assume(parameter_map(compiled).count > 0)
    evidence = data.draw(strategies.evidence(compiled.factors, interventions=True))
    v = data.draw(st.integers(0, len(compiled.names) - 1))
    return compiled, evidence, (v, data.draw(st.integers(0, len(compiled.states(v)) - 1)))


@RANDOM
@given(st.data())
def test_lines_are_those_of_enumeration(data):
    """P(h, e) and P(e) lie on the stated lines for linear numbers of every gate, under soft evidence and interventions."""
    compiled, evidence, target = _drawn(data)
    response = _response(compiled, evidence, target)
    k = data.draw(st.integers(0, parameter_map(compiled).count - 1))
    assume(compiled.factors.linear[k])
    # A leak of nearly one leaves its links next to nothing: their net form has lost the digits that are compared here.
    assume(parameter_map(compiled).kind[k] != LEAK or 1e-6 < compiled.factors.values[k] < 1 - 1e-6)
    lowest, highest = (bound[k] for bound in parameter_map(compiled).domain)
    x = lowest + data.draw(st.integers(0, 100)) / 100 * (highest - lowest)
    hit, total = _exact(_moved(compiled, k, x), evidence, target)
    slope, start = response.lines(np.array([k]))
    scale = np.exp(response.log_scale)
    rounding = _rounding(evidence)
    assert (slope[0, 0] * x + start[0, 0]) * scale == pytest.approx(float(hit), rel=1e-9, abs=rounding)
    assert (slope[1, 0] * x + start[1, 0]) * scale == pytest.approx(float(total), rel=1e-9, abs=rounding)


@RANDOM
@given(st.data())
def test_derivatives_are_those_of_enumeration(data):
    """The slope of the posterior is the exact one, taken from two exact answers, to 1e-8 of its size."""
    compiled, evidence, target = _drawn(data, extremes=False)
    response = _response(compiled, evidence, target)
    k = data.draw(st.integers(0, parameter_map(compiled).count - 1))
    assume(compiled.factors.linear[k])
    lowest, highest = (bound[k] for bound in parameter_map(compiled).domain)
    assume(highest - lowest > 1e-3)
    x0, (x1, x2) = float(compiled.factors.values[k]), (float(lowest), float(highest))
    hit, total = _exact(compiled.factors, evidence, target)
    (h1, e1), (h2, e2) = (_exact(_moved(compiled, k, x), evidence, target) for x in (x1, x2))
    width = Fraction(x2) - Fraction(x1)
    exact = ((h2 - h1) / width * total - (e2 - e1) / width * hit) / total**2
    assert lowest <= x0 <= highest
    assert response.derivative[0, k] == pytest.approx(float(exact), rel=1e-8, abs=1e-10)


@RANDOM
@given(st.data())
def test_curves_of_leaks_and_odds_are_those_of_enumeration(data):
    """A number that enters non-linearly has its exact curve: leaks of several parents, odds, odds ratios."""
    compiled, evidence, target = _drawn(data, gates=("noisy_or", "noisy_max", "odds_ratio"), max_variables=5)
    curved = np.flatnonzero(~compiled.factors.linear)
    assume(len(curved) > 0)
    response = _response(compiled, evidence, target)
    k = int(data.draw(st.sampled_from(curved.tolist())))
    lowest, highest = (float(bound[k]) for bound in parameter_map(compiled).domain)
    x = lowest + data.draw(st.integers(0, 95)) / 100 * (min(highest, 5.0) - lowest)
    hit, total = _exact(_moved(compiled, k, x), evidence, target)
    rows = response.at(np.array([k]), np.array([x]))[:, 0] * np.exp(response.log_scale)
    rounding = _rounding(evidence)
    assert rows[0] == pytest.approx(float(hit), rel=1e-9, abs=rounding)
    assert rows[1] == pytest.approx(float(total), rel=1e-9, abs=rounding)


@RANDOM
@given(st.data())
def test_slopes_of_curves_are_their_tangents(data):
    """The derivative of a curve is the limit of its chords."""
    compiled, evidence, target = _drawn(data, gates=("noisy_or", "odds_ratio"), max_variables=5, extremes=False)
    curved = np.flatnonzero(~compiled.factors.linear & (compiled.factors.values > 0))
    assume(len(curved) > 0)
    response = _response(compiled, evidence, target)
    k = int(data.draw(st.sampled_from(curved.tolist())))
    x = float(compiled.factors.values[k])
    h = 1e-4 * min(x, max(parameter_map(compiled).domain[1][k] - x, 0.0), 1.0)
    assume(h > 1e-7)
    (h1, e1), (h2, e2) = (response.at(np.array([k]), np.array([x + s * h]))[:, 0] for s in (-1, 1))
    assert response.derivative[0, k] == pytest.approx((h2 / e2 - h1 / e1) / (2 * h), rel=2e-5, abs=1e-8)


@RANDOM
@given(st.data())
def test_separated_numbers_have_no_slope_at_all(data):
    """A number that the graph separates from the question, or that is barren, has a derivative of exactly zero."""
    compiled, evidence, (v, state) = _drawn(data)
    assume(v not in evidence.hard() and v not in evidence.interventions)
    response = _response(compiled, evidence, (v, state))
    for k in range(parameter_map(compiled).count):
        if _separated(compiled.factors, evidence, int(parameter_map(compiled).family[k]), v):
            assert response.derivative[0, k] == 0.0


def _separated(factors: Factors, evidence: Evidence, family: int, target: int) -> bool:
    """d-separation of a family's parameters from the target, by networkx on the graph with one node for the parameters."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(factors.names)))
    for v, f in enumerate(factors.families):
        if v not in evidence.interventions:
            graph.add_edges_from((p, v) for p in f.parents)
    if family not in evidence.interventions:
        graph.add_edge("parameters", family)
    else:
        return True
    known = set(evidence.hard()) | set(evidence.interventions)
    for v in evidence.likelihoods:
        if v not in known:
            graph.add_edge(v, ("seen", v))
            known.add(("seen", v))
    return bool(nx.is_d_separator(graph, {"parameters"}, {target}, known))


def test_the_oracle_knows_separation():
    """In a -> b <- c, c's number matters to a only once b is seen, also when b is seen only vaguely."""
    net = collider()
    compiled = net.compiled
    k = compiled.number("c")
    blind, vague = Evidence(), Evidence({1: np.array([1.0, 3.0, 0.5])})
    assert _response(compiled, blind, (0, 1)).derivative[0, k] == 0.0
    assert _response(compiled, vague, (0, 1)).derivative[0, k] != 0.0
    assert _separated(compiled.factors, blind, 2, 0)
    assert not _separated(compiled.factors, vague, 2, 0)


def test_numbers_at_zero_and_one_have_their_lines():
    """Where an entry is 0 or 1 its line is exact, the freed mass of a certain entry spread evenly; both are marked structural."""
    net = collider(certain=True)
    table = net.case("a").sensitivities("c")
    line = table["b=s0 | a=present, c=present"]
    assert (line.value, line.structural) == (1.0, True)
    spread = net.with_numbers({"b=s0 | a=present, c=present": 0.4})
    column = spread.compiled.factors.families[1].table[1, 1]
    assert column == pytest.approx([0.4, 0.3, 0.3])
    seen = net.case("a, b=s1").sensitivities("c")["b=s0 | a=present, c=present"]
    f = (seen.a * 0.4 + seen.b) / (seen.c * 0.4 + seen.d)
    assert f == pytest.approx(spread.posterior("c | a, b=s1")["present"], abs=1e-12)


@pytest.mark.parametrize("covariation", SCHEMES)
def test_schemes_of_covariation_move_the_whole_column(covariation):
    """Under each scheme the curve is that of a network whose column was changed by hand."""
    net = collider()
    case = net.case("a, b=s1")
    number = "b=s1 | a=present, c=present"
    f = case.sensitivity("c", number, covariation=covariation)
    x = 0.25
    column = dict(zip(("s0", "s1", "s2"), _by_hand(covariation, (0.2, 0.3, 0.5), x), strict=True))
    moved = net.with_numbers({f"b={s} | a=present, c=present": p for s, p in column.items()})
    assert f(x) == pytest.approx(moved.posterior("c | a, b=s1")["present"], abs=1e-12)
    table = case.sensitivities("c", covariation=covariation)[number]
    assert table.linear is (covariation != "order-preserving")
    if table.linear:
        assert (table.a * x + table.b) / (table.c * x + table.d) == pytest.approx(f(x), abs=1e-12)


def _by_hand(covariation: str, column: tuple[float, float, float], x: float) -> tuple[float, ...]:
    low, own, high = column
    if covariation == "proportional":
        return low * (1 - x) / (1 - own), x, high * (1 - x) / (1 - own)
    if covariation == "uniform":
        return (1 - x) / 2, x, (1 - x) / 2
    return low * x / own, x, 1 - x - low * x / own


def test_order_preserving_keeps_to_its_bounds():
    """The largest entry is stuck, a middle one reaches the mean of those above it, and beyond that the curve refuses."""
    case = collider().case("a, b=s1")
    middle = case.sensitivity("c", "b=s1 | a=present, c=present", covariation="order-preserving")
    assert middle.line.highest == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"allowed: 0 to 0\.5"):
        middle(0.6)
    assert np.isnan(order_preserving(np.array([0.2, 0.3, 0.5]), 1, np.array([-0.1, 0.6]))).all()
    largest = case.sensitivities("c", covariation="order-preserving")["b=s2 | a=present, c=present"]
    assert (largest.lowest, largest.highest) == (0.5, 0.5)


def test_an_unknown_scheme_is_refused():
    """A scheme that is none is named together with those there are."""
    with pytest.raises(bayesnet.BayesnetError) as refused:
        collider().case().sensitivities("c", covariation="fair")
    assert str(refused.value) == 'no co-variation "fair"; there are proportional, uniform, order-preserving.'


def test_solve_inverts_the_curve():
    """Every solution gives the answer asked for, on lines, odds ratios and leaks; none is offered for an answer out of reach."""
    case = clinic().case("fever, pain")
    for number in ("fever | abscess", "fever | leak", "odds(abscess) | drugs", "odds(abscess) | baseline"):
        f = case.sensitivity("abscess", number)
        for p in (0.9 * f(f.line.value), 1.1 * f(f.line.value)):
            for x in f.solve(p):
                assert f(x) == pytest.approx(p, rel=1e-10)
        assert f.solve(f(f.line.value)) == [pytest.approx(f.line.value, rel=1e-9)]
        assert f.solve(1.5) == []


def test_leaks_and_odds_say_that_they_are_no_hyperbola():
    """Numbers that enter non-linearly have NaN coefficients and a derivative; their curve is still exact."""
    net = clinic()
    case = net.case("fever, pain")
    table = case.sensitivities("abscess")
    for number in ("fever=present | leak", "odds(abscess) | drugs=present"):
        line = table[number]
        assert not line.linear
        assert np.isnan([line.a, line.b, line.c, line.d]).all()
        x = 1.5 * line.value
        moved = net.with_numbers({number: x}).posterior("abscess | fever, pain")["present"]
        assert case.sensitivity("abscess", number)(x) == pytest.approx(moved, rel=1e-10)


def test_a_value_that_a_gate_cannot_hold_is_refused():
    """A link may not fall below its leak; the message gives the bounds."""
    f = clinic().case("fever").sensitivity("abscess", "fever | abscess")
    with pytest.raises(ValueError, match="is out of range") as refused:
        f(0.001)
    assert str(refused.value) == (
        '"fever=present | abscess=present": 0.001 is out of range with the other numbers fixed (allowed: 0.02 to 1).'
    )


def test_leaks_and_links_are_bounded_by_each_other():
    """A link reaches down to its leak, a leak up to its lowest link; odds have no upper bound."""
    case = clinic().case("fever, pain")
    assert case.sensitivity("abscess", "fever | leak").line.highest == pytest.approx(0.5)
    assert case.sensitivity("abscess", "fever | infection").line.lowest == pytest.approx(0.02)
    assert case.sensitivity("abscess", "odds(abscess) | drugs").line.highest == np.inf


@RANDOM
@given(st.data())
def test_the_bounds_of_a_leak_are_where_its_gate_breaks(data):
    """Just inside its bounds every net link of a noisy gate is a distribution, just outside one is not."""
    compiled = CompiledModel(data.draw(strategies.models(gates=("noisy_or", "noisy_max"), max_variables=4, extremes=False)))
    leaks = np.flatnonzero(parameter_map(compiled).kind == LEAK)
    assume(len(leaks) > 0)
    k = int(data.draw(st.sampled_from(leaks.tolist())))
    for bound, side in ((parameter_map(compiled).domain[0][k], -1), (parameter_map(compiled).domain[1][k], 1)):
        if 1e-3 < bound < 1 - 1e-3:
            assert _holds(compiled, k, bound - side * 1e-6)
            assert not _holds(compiled, k, bound + side * 1e-6)


def _holds(compiled: CompiledModel, k: int, x: float) -> bool:
    """Whether all links of the gate of leak number k keep their stored columns with the leak at x (none is cut at no effect)."""
    f = int(parameter_map(compiled).family[k])
    values = moved_values(parameter_map(compiled), np.array([k]), np.array([x]))
    gate = compiled.expander.gates[f]
    compound = gate.columns.fill(values)[:, :, 0]
    sums = np.cumsum(compound, axis=1)
    net = np.diff(sums[1:] / sums[0], axis=1, prepend=0.0)
    return bool((net >= -1e-12).all())


@RANDOM
@given(st.data())
def test_admissible_values_keep_the_leader_and_no_more(data):
    """Inside the admissible range the same state leads, just beyond it another does."""
    compiled = CompiledModel(
        data.draw(strategies.models(extremes=False, max_variables=5, gates=("table", "noisy_or", "odds_ratio")))
    )
    net = Network(compiled.model)
    assume(parameter_map(compiled).count > 0)
    v = data.draw(st.integers(0, len(compiled.names) - 1))
    name, states = compiled.names[v], compiled.states(v)
    table = net.case().sensitivities(f"{name}={states[0]}")
    line = data.draw(st.sampled_from(table.numbers))
    ends = [(line.admissible_low, line.lowest, -1), (line.admissible_high, line.highest, 1)]
    for end, bound, side in ends:
        if not np.isfinite(end) or abs(end - bound) < 1e-6 or abs(end - line.value) < 1e-6:
            continue
        step = 1e-7 * max(1.0, abs(end))
        for x, same in ((end - side * step, True), (end + side * step, False)):
            p = Network(net.with_numbers({line.number: x}).model).posterior(name)
            leads = f"{name}={max(states, key=lambda s: p[s])}"
            assert (leads == table.leader) is same


def test_the_table_has_its_fixed_columns_whatever_was_asked():
    """Lines, curves, structural numbers: always the same columns, one row per number."""
    expected = [
        *("number", "value", "low", "high", "derivative", "a", "b", "c", "d", "sensitivity_value"),
        *("admissible_low", "admissible_high", "source", "grade"),
    ]
    for net, target in ((clinic(), "abscess"), (collider(certain=True), "b=s1")):
        frame = net.case().sensitivities(target).to_frame()
        assert list(frame.columns) == expected
        assert sorted(frame["number"]) == sorted(net.numbers)


def test_the_vertex_is_where_the_slope_is_one():
    """At the vertex, as far off as stated and on the same side of the pole, the curve has slope one or minus one."""
    checked = 0
    for line in collider().case("a, b=s1").sensitivities("c"):
        if not np.isfinite(line.vertex_proximity):
            continue
        slope = [(line.a * line.d - line.b * line.c) / (line.c * x + line.d) ** 2 for x in _either_way(line)]
        sides = [(x + line.d / line.c) * (line.value + line.d / line.c) > 0 for x in _either_way(line)]
        assert any(abs(s) == pytest.approx(1.0) and side for s, side in zip(slope, sides, strict=True))
        checked += 1
    assert checked > 5


def _either_way(line) -> tuple[float, float]:
    return line.value - line.vertex_proximity, line.value + line.vertex_proximity


def test_equal_likelihoods_change_nothing():
    """Virtual evidence with equal ratios leaves every slope as it was."""
    net = clinic()
    plain, vague = (net.case(given).sensitivities("abscess") for given in ("fever", "fever, pain={absent:3, present:3}"))
    for line in plain:
        assert vague[line.number].derivative == pytest.approx(line.derivative, abs=1e-14)


@pytest.mark.parametrize(
    ("name", "target", "findings"),
    [
        ("asia", "lung=yes", {"dysp": "yes", "xray": {"yes": 4.0, "no": 1.0}}),
        ("alarm", "LVFAILURE=TRUE", {"HRBP": "HIGH", "CVP": {"LOW": 5.0, "NORMAL": 1.0, "HIGH": 2.0}, "BP": {"LOW", "NORMAL"}}),
        ("hepar2", "Cirrhosis=decompensate", {"fatigue": "present", "alcoholism": "present"}),
    ],
)
def test_every_coefficient_of_public_networks_agrees_with_asking_again(networks, name, target, findings):
    """On asia, alarm and hepar2 every line agrees with the network re-run at two other values of every number."""
    net = bayesnet.load(networks / f"{name}.bif.gz")
    case = net.case(findings)
    table = case.sensitivities(target)
    compiled = net.compiled
    subject = SensitivityQuery.of(Query(compiled, case.findings), target)
    by_id = {line.number: line for line in table}
    lines = [by_id[number] for number in compiled.factors.number_ids]
    a, b, c, d, derivative, x0 = (
        np.array([getattr(line, n) for line in lines]) for n in ("a", "b", "c", "d", "derivative", "value")
    )
    ks = np.arange(parameter_map(compiled).count)
    hits, totals = [], []
    for x in (0.25, 0.75):
        answers, logs = subject.marginals(moved_values(parameter_map(compiled), ks, np.full(len(ks), x)), (subject.target,))
        total = np.exp(logs)
        hit = np.where(total > 0, answers[0], 0.0) * total
        np.testing.assert_allclose(c * x + d, total, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(a * x + b, hit, rtol=1e-9, atol=1e-15)
        hits.append(hit)
        totals.append(total)
    dh, de = (2.0 * (pair[1] - pair[0]) for pair in (hits, totals))
    now, everything = (c * x0 + d), float(np.exp(compiled.engine.log_probability(subject.evidence)))
    np.testing.assert_allclose(now, everything, rtol=1e-9)
    again = (dh * everything - de * table.value * everything) / everything**2
    np.testing.assert_allclose(derivative, again, rtol=1e-8, atol=1e-11)
