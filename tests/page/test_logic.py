"""What the page works out around its answers, in Node: paths, for and against, next tests and advice are those of Python.

Node has the modules as the page has them. Without it these tests are skipped, visibly, and in continuous integration they fail.
"""

from __future__ import annotations

import math
import shutil
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_networks import random_network
from hypothesis import given
from hypothesis import strategies as st
from node import Node, as_json
from strategies import evidence, factors

import bayesnet
from bayesnet.analysis.decision.advise import decision_network
from bayesnet.analysis.explanation.paths import Graph, separated
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.logodds import BARELY
from bayesnet.model.cache import load_model
from bayesnet.model.factors import Factors
from bayesnet.web.export import network_to_dict
from bayesnet.web.pagedecision import decision_data, decision_to_dict
from bayesnet.web.pagelayout import layout_to_dict

pytestmark = pytest.mark.browser


def number(x: float | str) -> float:
    """A number as it came from Node."""
    return {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}.get(x, math.nan) if isinstance(x, str) else x


def same(told: float | str, expected: float) -> None:
    """Equal to 1e-9, and of the same kind where it is no finite number."""
    assert number(told) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


# Paths


@given(st.data())
def test_separation_is_that_of_python(node: Node, data: st.DataObject) -> None:
    """For every pair of variables of random networks with findings and interventions."""
    drawn = data.draw(factors())
    case = data.draw(evidence(drawn, interventions=True))
    check_paths(node, drawn, case)


@pytest.mark.parametrize("seed", range(20))
def test_separation_agrees_on_larger_networks(node: Node, seed: int) -> None:
    """Sixteen variables, a third of them known, a few set."""
    rng = np.random.default_rng(seed)
    drawn, _ = random_network(rng, 16, most_parents=3)
    seen = {int(v): int(rng.integers(drawn.cards[v])) for v in rng.choice(16, 5, replace=False)}
    done = {v: seen.pop(v) for v in list(seen)[:2]}
    check_paths(node, drawn, Evidence(Evidence.of(seen, drawn.cards).likelihoods, done))


def check_paths(node: Node, drawn: Factors, case: Evidence) -> None:
    """Separation, shortest open paths and the arcs on them, between all that is not known, against a search of all paths."""
    compiled = Bare(drawn)
    graph = Graph(drawn, case)
    free = [v for v in range(len(drawn.names)) if v not in graph.known]
    pairs = [(u, v) for u, v in product(free, repeat=2) if u != v]
    told = node.ask("paths", network=network_to_dict(drawn), evidence=as_json(case), pairs=pairs)
    for (u, v), line in zip(pairs, told, strict=True):
        apart = separated(compiled, case, u, v)
        assert line["separated"] == apart
        assert line["connected"] == (not apart)
        ways = shortest_open(graph, u, v)
        assert (line["path"] is None) == (not ways)
        if ways:
            assert tuple(line["path"]) in ways
        arcs = {f"{a}>{b}" if a in graph.parents[b] else f"{b}>{a}" for way in ways for a, b in pairwise(way)}
        assert set(line["lit"]) == arcs
        assert arcs <= set(line["open"])


@given(st.data())
def test_what_is_settled_by_certain_gates_closes_ways_and_only_rightly(node: Node, data: st.DataObject) -> None:
    """Where no way is said to be open, no state of the one moves any probability of the other; and no way is invented."""
    drawn = data.draw(factors())
    case = data.draw(evidence(drawn))
    engine = Engine(drawn)
    if engine.log_probability(case) == -math.inf:
        return
    free = [v for v in range(len(drawn.names)) if v not in case.likelihoods]
    pairs = [(u, v) for u, v in product(free, repeat=2) if u != v]
    told = node.ask("settled", network=network_to_dict(drawn), evidence=as_json(case), pairs=pairs)
    before = engine.posteriors(case).marginals
    compiled = Bare(drawn)
    for (u, v), line in zip(pairs, told, strict=True):
        if not line["separated"]:
            assert not separated(compiled, case, u, v)
            continue
        assert line["path"] is None
        for state in range(drawn.cards[u]):
            if before[u][state] > 1e-9:
                moved = engine.posteriors(case.with_likelihood(u, np.eye(drawn.cards[u])[state])).marginals
                assert np.allclose(moved[v], before[v], rtol=1e-7, atol=1e-9)


def test_a_settled_variable_is_no_way_on_the_shipped_model(node: Node) -> None:
    """With the age group known, what is made of it says no more: corticosteroids do not speak by way of age over 70."""
    compiled = CompiledModel(load_model("back_pain"))
    known = Query(compiled, read_given(compiled, "age_group=60-69, anemia")).evidence
    pair = [compiled.index["corticosteroids"], compiled.index["hemoglobin_grade"]]
    told = node.ask("settled", network=network_to_dict(compiled.factors), evidence=as_json(known), pairs=[pair])
    plain = node.ask("paths", network=network_to_dict(compiled.factors), evidence=as_json(known), pairs=[pair])
    over = compiled.index["age_over_70"]
    assert over in plain[0]["path"]
    assert told[0]["path"] is not None
    assert over not in told[0]["path"]


class Bare:
    """A compiled of which only the arrays are asked."""

    def __init__(self, drawn: Factors) -> None:
        self.factors = drawn


def shortest_open(graph: Graph, start: int, end: int) -> set[tuple[int, ...]]:
    """All shortest open paths, by looking at every path that is open so far."""
    front = [(start,)]
    while front:
        found = {way for way in front if way[-1] == end and graph.blocker(way) is None}
        if found:
            return found
        front = [(*way, u) for way in front if way[-1] != end for u in graph.neighbours(way[-1]) if u not in way]
        front = [way for way in front if way[-1] == end or graph.blocker(way) is None]
    return set()


@pytest.mark.parametrize(
    ("given", "target"), [("multiple_myeloma", "anemia, fever"), ("epidural_abscess", "do(fever), raised_esr")]
)
def test_blocked_ways_are_blocked_where_python_says(node: Node, given: str, target: str) -> None:
    """The shortest ways whatever is known, and the variable that blocks each, with the reason."""
    compiled = CompiledModel(load_model("back_pain"))
    case = Query(compiled, read_given(compiled, target)).evidence
    goal = compiled.index[given]
    words = {
        "known": "it is known",
        "set": "it was set from outside",
        "collider": "nothing is known of it or of what follows from it",
    }
    graph = Graph(compiled.factors, case)
    ways = [way for v in range(0, len(compiled.names), 3) if v != goal for way in two_or_three_steps(graph, goal, v)][:400]
    told = node.ask("blockers", network=network_to_dict(compiled.factors), evidence=as_json(case), ways=ways)
    found = [None if line is None else (line["variable"], words[line["why"]]) for line in told]
    assert found == [graph.blocker(way) for way in ways]
    assert {None} < {line if line is None else line[1] for line in found}


def two_or_three_steps(graph: Graph, start: int, end: int) -> list[tuple[int, ...]]:
    """Short ways between two variables, whatever is known."""
    middle = [(start, u, end) for u in graph.neighbours(start) if end in graph.neighbours(u) and u != end]
    far = [(start, u, w, end) for u in graph.neighbours(start) for w in graph.neighbours(u) if end in graph.neighbours(w)]
    return middle + [way for way in far if len(set(way)) == 4]


# For and against

CASES = [
    ("age_group=60-69, anemia, !fever, setting=primary_care", "multiple_myeloma"),
    ("fever, iv_drug_use, raised_esr, midline_tenderness, !neurological_deficit, setting=emergency", "epidural_abscess"),
    ("cancer_history, weight_loss, night_pain={present:3, absent:1}, alp_grade={normal, 1_to_2_times}", "spinal_metastasis"),
    ("do(corticosteroids), osteoporosis, trauma, female, age_group=80+, compression_fracture_xray", "compression_fracture"),
    ("!fever", "nonspecific_lbp"),
    ("m_protein, bence_jones_protein, lytic_lesions, hypercalcemia, age_over_70", "multiple_myeloma=absent"),
    ("", "cauda_equina_syndrome"),
]


def posed(net: Any, findings: str, target: str) -> tuple[Any, dict[str, Any]]:
    """A case, and the same for Node; findings with the default of the setting."""
    compiled = net.compiled
    case = net.case(findings)
    name, _, state = target.partition("=")
    v = compiled.index[name]
    position = compiled.state(v, state or "present")
    given = {
        "network": network_to_dict(compiled.factors),
        "evidence": as_json(Query(compiled, case.findings, (v,)).evidence),
        "target": v,
        "state": position,
    }
    return case, given


@pytest.fixture(scope="module")
def back_pain() -> Any:
    """The shipped model."""
    return bayesnet.load("back_pain")


@pytest.mark.parametrize(("findings", "target"), CASES)
def test_for_and_against_are_those_of_explain(node: Node, back_pain: Any, findings: str, target: str) -> None:
    """Ratio given the rest, decibans, verdict, and the same along the order given; two answers a finding at most."""
    case, given = posed(back_pain, findings, target)
    check_why(node, case, given, target, {item.variable for item in back_pain.compiled.defaults})


@pytest.mark.parametrize(
    ("findings", "target"),
    [("asia=yes, xray=yes, dysp=no", "tub=yes"), ("smoke=no, either=no, dysp=yes", "lung=yes"), ("xray=yes", "lung=no")],
)
def test_for_and_against_on_asia(node: Node, findings: str, target: str) -> None:
    """A network without roles or context; a finding that settles the question, and one that no way joins to it."""
    net = bayesnet.load("asia")
    case, given = posed(net, findings, target)
    check_why(node, case, given, target, set())


def check_why(node: Node, case: Any, given: dict[str, Any], target: str, context: set[int]) -> None:
    """Compare with the explanation that Python gives."""
    expected = case.explain(target)
    compiled = case.compiled
    order = list(dict.fromkeys(item.variable for item in case.findings.items))
    told = node.ask("why", **given, context=sorted(context), order=order, barely=BARELY)
    same(told["prior"], expected.prior)
    same(told["posterior"], expected.posterior)
    assert [compiled.names[line["variable"]] for line in told["impacts"]] == [impact.finding for impact in expected]
    for line, impact in zip(told["impacts"], expected, strict=True):
        same(line["nats"], impact.omission)
        same(line["decibans"], 10.0 / math.log(10.0) * impact.omission)
        same(line["ratio"], math.exp(impact.omission))
        same(line["after"], impact.probability)
        same(10.0 / math.log(10.0) * number(line["step"]), impact.decibans)
        assert line["verdict"] == impact.verdict
        assert line["separated"] == (impact.text in expected.separated)
    count = len(expected)
    assert told["answers"] <= max(1, 2 * count)
    assert told["yields"] >= told["answers"]


# What next


@pytest.mark.parametrize(("findings", "target"), CASES)
def test_next_tests_are_those_of_python(node: Node, back_pain: Any, findings: str, target: str) -> None:
    """Bits, change, every result and the target after it, price and net value, in the same order, from six answers."""
    case, given = posed(back_pain, findings, target)
    expected = case.next_tests(target)
    told = node.ask("next", **given, **decision_data(back_pain.compiled))
    check_next(told, expected, back_pain.compiled)
    assert told["answers"] == 2 + 1 + 3
    assert any(math.isfinite(test.net_value) for test in expected)
    assert any(math.isnan(test.value) for test in expected)


@pytest.mark.parametrize(
    ("name", "findings", "target"), [("asia", "xray=yes", "lung=yes"), ("back_pain", "fever", "age_group=60-69")]
)
def test_next_tests_without_a_decision(node: Node, name: str, findings: str, target: str) -> None:
    """A network with neither decision nor prices; a target of six states takes seven answers."""
    net = bayesnet.load(name)
    case, given = posed(net, findings, target)
    data = {**decision_data(net.compiled), "decision": None, "costs": None}
    told = node.ask("next", **given, **data)
    assert told["answers"] == len(net.compiled.states(given["target"])) + 1
    if name == "asia":
        check_next(told, case.next_tests(target), net.compiled)
        return
    for line, test in zip(told["tests"], case.next_tests(target), strict=True):
        same(line["bits"], test.bits)
        assert (line["cost"], line["value"], line["net"]) == (None, "NaN", "NaN")


def check_next(told: dict[str, Any], expected: Any, compiled: CompiledModel) -> None:
    """Compare with the list that Python gives."""
    same(told["now"], expected.now)
    same(told["entropy"], expected.entropy)
    assert {compiled.names[line["variable"]] for line in told["tests"]} == {test.finding for test in expected}
    bits = [line["bits"] for line in told["tests"]]
    assert bits == sorted(bits, reverse=True)
    for line in told["tests"]:
        test = expected[compiled.names[line["variable"]]]
        same(line["bits"], test.bits)
        same(line["change"], test.expected_change)
        assert number(line["value"]) == pytest.approx(test.value, rel=1e-7, abs=1e-12, nan_ok=True)
        assert number(line["net"]) == pytest.approx(test.net_value, rel=1e-7, abs=1e-12, nan_ok=True)
        assert (line["cost"] is None) == math.isnan(test.cost)
        if line["cost"]:
            assert (line["cost"]["value"], line["cost"]["burden"], line["cost"]["label"]) == (test.cost, test.burden, test.test)
        for outcome, result in zip(line["outcomes"], test.outcomes, strict=True):
            assert compiled.states(line["variable"])[outcome["state"]] == result.state
            same(outcome["probability"], result.probability)
            same(outcome["after"], result.posterior)


def test_the_advice_after_each_result_is_that_of_python(node: Node, back_pain: Any) -> None:
    """For the decision: what would be advised once the result is in."""
    case, given = posed(back_pain, *CASES[0])
    data = decision_data(back_pain.compiled)
    told = {back_pain.compiled.names[t["variable"]]: t for t in node.ask("next", **given, **data)["tests"]}
    names = [option["name"] for option in data["decision"]["options"]]
    expected = case.next_tests()
    assert len({outcome.then for test in expected for outcome in test.outcomes}) > 1
    for test in expected:
        assert [names[outcome["advised"]] for outcome in told[test.finding]["outcomes"]] == [o.then for o in test.outcomes]


# What to do


@pytest.mark.parametrize("findings", [findings for findings, _ in CASES])
def test_the_advice_is_that_of_python(node: Node, back_pain: Any, findings: str) -> None:
    """States, expected utilities, lead, worth of certainty, thresholds, and the utilities that would turn it."""
    check_advice(node, back_pain.case(findings))


STATES = """
title = "A made-up decision"
unit = "points"
[[states]]
name = "two"
when = "at least 2 of tub=yes, lung=yes, bronc=yes"
[[states]]
name = "healthy"
when = "none of either=yes, bronc=yes, dysp=yes"
[[states]]
name = "both"
when = "all of smoke=yes, dysp=yes"
[[states]]
name = "rest"
when = ""
[[options]]
name = "wait"
[[options]]
name = "treat"
"""


@pytest.fixture(scope="module")
def intricate(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Any:
    """The chest clinic with a decision whose states are counted, excluded and joined."""
    folder = tmp_path_factory.mktemp("models") / "asia"
    shutil.copytree(root / "priors" / "asia", folder)
    values = {"wait": (-10.0, 0.0, -3.0, -1.0), "treat": (-2.0, -4.0, -2.5, -2.0)}
    utilities = "".join(
        f'[[utilities]]\nid = "{option} | {state}"\nvalue = {value}\nlow = {value - 6}\nhigh = {value + 1}\ngrade = "judgement"\n'
        f'note = "made up for this test"\n'
        for option, row in values.items()
        for state, value in zip(("two", "healthy", "both", "rest"), row, strict=True)
    )
    (folder / "decision.toml").write_text(STATES + utilities, encoding="utf-8")
    return bayesnet.load(folder)


@pytest.mark.parametrize("findings", ["", "xray=yes", "smoke=yes, dysp=yes", "bronc=no, dysp=no", "dysp={yes:2, no:1}, asia=yes"])
def test_conditions_of_every_kind_are_advised_on(node: Node, intricate: Any, findings: str) -> None:
    """At least two, none and all of several variables, the later given that the earlier fail."""
    check_advice(node, intricate.case(findings))


def check_advice(node: Node, case: Any) -> None:
    """Compare with the advice that Python gives."""
    compiled = case.compiled
    expected = case.advise()
    decision = decision_to_dict(compiled)
    assert decision is not None
    asked = as_json(Query(compiled, case.findings).evidence)
    told = node.ask("advice", network=network_to_dict(compiled.factors), evidence=asked, decision=decision)
    names = [option["name"] for option in decision["options"]]
    assert told["states"] == pytest.approx([line.probability for line in expected.states], rel=1e-7, abs=1e-12)
    assert names[told["best"]] == expected.best
    assert [names[line["option"]] for line in told["options"]] == [line.option for line in expected.options]
    for line, option in zip(told["options"], expected.options, strict=True):
        same(line["expected"], option.expected_utility)
        assert line["behind"] == pytest.approx(option.behind, abs=1e-10)
    assert told["lead"] == pytest.approx(expected.lead, abs=1e-10)
    assert told["evpi"] == pytest.approx(expected.evpi, rel=1e-7, abs=1e-12)
    for pieces, threshold in zip(told["thresholds"], expected.thresholds, strict=True):
        assert [names[option] for _, _, option in pieces] == [option for _, _, option in threshold.pieces]
        assert [upto for _, upto, _ in pieces] == pytest.approx([upto for _, upto, _ in threshold.pieces], rel=1e-7)
    turning = [decision["utilities"][bar["utility"]]["id"] for bar in told["turning"]]
    assert turning == [bar.utility for bar in expected.turning]
    assert told["answers"] == 1 + sum(map(len, decision["excluded"]))


def test_boxes_of_a_decision_do_not_overlap(intricate: Any) -> None:
    """Every assignment lies in one box where neither this state nor one before it holds, and in none elsewhere."""
    decision = decision_to_dict(intricate.compiled)
    laid = decision_network(intricate.compiled)
    assert decision is not None
    assert laid is not None
    compiled = intricate.compiled
    for world in product(range(2), repeat=len(compiled.names)):
        names = {name: compiled.states(v)[world[v]] for v, name in enumerate(compiled.names)}
        held = ("no", "yes")
        two = sum(names[n] == "yes" for n in ("tub", "lung", "bronc")) >= 2
        healthy = not any(names[n] == "yes" for n in ("either", "bronc", "dysp"))
        both = all(names[n] == "yes" for n in ("smoke", "dysp"))
        assert set(names.values()) <= set(held)
        inside = [sum(all(vector[world[int(v)]] for v, vector in box.items()) for box in boxes) for boxes in decision["excluded"]]
        assert inside == [int(not two), int(not two and not healthy), int(not two and not healthy and not both)]


def test_a_decision_too_intricate_for_a_page_is_left_out(tmp_path: Path, root: Path) -> None:
    """Many ways to hold, many boxes: no decision in the page, rather than a page that does not answer."""
    folder = tmp_path / "asia"
    shutil.copytree(root / "priors" / "asia", folder)
    kinds = "at least 4 of asia=yes, tub=yes, smoke=yes, lung=yes, bronc=yes, either=yes, xray=yes, dysp=yes"
    head = f'title = "t"\nunit = "u"\n[[states]]\nname = "a"\nwhen = "{kinds}"\n[[states]]\nname = "b"\nwhen = ""\n'
    options = '[[options]]\nname = "x"\n[[options]]\nname = "y"\n'
    made = "".join(
        f'[[utilities]]\nid = "{o} | {s}"\nvalue = 1.0\nlow = 0.0\nhigh = 2.0\ngrade = "judgement"\nnote = "made up"\n'
        for o in "xy"
        for s in "ab"
    )
    (folder / "decision.toml").write_text(head + options + made, encoding="utf-8")
    net = bayesnet.load(folder)
    assert decision_network(net.compiled) is not None
    assert decision_to_dict(net.compiled) is None


# The drawing


def test_the_drawing_holds_every_variable_and_arc_once(back_pain: Any) -> None:
    """Columns are a partition of the variables; arcs are those of the network, with strengths from 0 to 1 and signs."""
    drawn = layout_to_dict(back_pain.compiled)
    placed = [v for column in drawn["columns"] for v in column["variables"]]
    assert sorted(placed) == list(range(len(back_pain.compiled.names)))
    families = back_pain.compiled.factors.families
    assert sorted((p, c) for p, c, *_ in drawn["arcs"]) == sorted((p, f.child) for f in families for p in f.parents)
    assert all(0.0 <= strength <= 1.0 and sign in (-1, 0, 1) for _, _, strength, sign in drawn["arcs"])
    assert [column["heading"] for column in drawn["columns"]][:2] == ["risk factors", "diagnoses"]
    known = {(p, c): sign for p, c, _, sign in drawn["arcs"]}
    index = back_pain.compiled.index
    assert known[index["myeloma_burden"], index["hemoglobin_grade"]] == 1
