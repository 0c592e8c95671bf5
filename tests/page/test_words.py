"""The page's small modules in Node: figures as Python writes them, links and files that come back, a state that never changes."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from typing import Any

import pytest
from engine_networks import rare_diseases

import bayesnet
from bayesnet.analysis.query.parse import read_given
from bayesnet.results.words import percent, ratio
from bayesnet.web.bundle import bundle
from bayesnet.web.export import network_to_dict
from bayesnet.web.page import page_data

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """`run(module, code, given)`: what `code`, the body of a function that knows `given` and the module as `page`, returns."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("no node on the path: install Node.js 18 or newer to test the page's modules")
    folder = tmp_path_factory.mktemp("modules")

    def call(module: str, code: str, given: Any) -> Any:
        (folder / module).write_text(bundle(f"page/{module}"), encoding="utf-8")
        text = f'import * as page from "./{module}";\nimport {{ readFileSync }} from "node:fs";\n'
        text += 'const given = JSON.parse(readFileSync(0, "utf-8"));\n'
        text += f"const asked = (() => {{ {code} }})();\nprocess.stdout.write(JSON.stringify(asked));\n"
        (folder / "asked.mjs").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [program, str(folder / "asked.mjs")], input=json.dumps(given), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """What the page knows of the chest clinic and of back pain."""
    nets = {name: bayesnet.load(name) for name in ("asia", "back_pain")}
    return {name: json.loads(json.dumps(page_data(net.compiled, read_given(net.compiled, None)))) for name, net in nets.items()}


def test_percentages_and_ratios_are_written_as_python_writes_them(run) -> None:
    """Over fifteen powers of ten, and near certainty."""
    rng = random.Random(0)
    small = [10 ** rng.uniform(-11, 0) for _ in range(400)]
    values = [0.0, 1.0, 0.5, 0.05, 0.0342, 0.999987, *small, *(1 - p for p in small if p < 0.5)]
    told = run("format.js", "return given.map((p) => page.percent(p));", values)
    assert [text.replace("\u00a0", " ") for text in told] == [percent(p) for p in values]
    ratios = [1.0, 12.34, 0.05678, 23456.0, *(10 ** rng.uniform(-3.9, 7.9) for _ in range(400))]
    assert run("format.js", "return given.map((x) => page.ratio(x));", ratios) == [_trimmed(ratio(x)) for x in ratios]


def _trimmed(text: str) -> str:
    """Without zeros at the end of a decimal fraction, which a page can do without."""
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def test_people_are_counted_in_a_crowd_that_fits(run) -> None:
    """Out of 10,000; what is rarer out of a million or a thousand million."""
    expected = {
        0.0: "none",
        1.0: "all",
        0.8192: "8,192 in 10,000",
        0.00029: "3 in 10,000",
        0.0000666: "67 in 1,000,000",
        1.2e-6: "1 in 1,000,000",
        4e-8: "40 in 1,000,000,000",
        1e-12: "under 1 in 1,000,000,000",
        0.99999: "over 9,999 in 10,000",
    }
    assert run("format.js", "return given.map((p) => page.frequency(p));", list(expected)) == list(expected.values())


def test_changes_are_told_as_factors(run) -> None:
    """Times and divided by, never a change that rounds to none."""
    pairs = {
        (0.1, 0.1): "same",
        (0.1, 0.1002): "same",
        (0.01, 0.5): "× 50",
        (0.5, 0.16): "÷ 3.1",
        (0.1, 0.102): "× 1.02",
        (0, 0.1): "from none",
    }
    told = run("format.js", "return given.map(([a, b]) => page.change(a, b));", list(pairs))
    assert [text.replace("\u00a0", " ") for text in told] == list(pairs.values())


def test_the_log_odds_axis_is_ordered_and_ends_at_its_edges(run) -> None:
    """Larger probabilities stand further right; 0 and 1 stand at the ends."""
    values = [0.0, 1e-5, 1e-4, 0.01, 0.5, 0.9, 0.9999, 1.0]
    told = run("format.js", "return given.map((p) => page.logOddsPosition(p));", values)
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)
    assert len(set(told[1:-1])) == len(told) - 2


def random_scenario(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Some variables seen in a state, some weighed, some set, some numbers changed."""
    see: dict[str, Any] = {}
    do: dict[str, str] = {}
    for variable in rng.sample(data["variables"], 6):
        states = [state["name"] for state in variable["states"]]
        kind = rng.random()
        if kind < 0.5:
            see[variable["name"]] = rng.choice(states)
        elif kind < 0.8:
            see[variable["name"]] = {state: rng.choice([0.5, 1, 1e-7, 12345.678]) for state in states}
        else:
            do[variable["name"]] = rng.choice(states)
    numbers = {number["id"]: rng.random() for number in rng.sample(data["numbers"], 2)}
    return {"see": see, "do": do, "numbers": numbers}


@pytest.mark.parametrize("name", ["asia", "back_pain"])
def test_links_and_files_give_back_the_state(name, run, data) -> None:
    """Through the address and through JSON, for one scenario and for two, every state comes back as it was."""
    known = data[name]
    rng = random.Random(1)
    states = []
    for _ in range(60):
        variable = rng.choice(known["variables"])
        count = rng.choice([1, 2])
        states.append(
            {
                "scenarios": [random_scenario(known, rng) for _ in range(count)],
                "active": rng.randrange(count),
                "target": variable["name"],
                "targetState": rng.choice(variable["states"])["name"],
                "scale": rng.choice(["log", "linear"]),
                "tab": rng.choice(["", "network", "a tab & more"]),
            }
        )
    code = """
      const { data, states } = given;
      const now = states[0];
      return states.map((state) => {
        const link = page.readLink(data, page.linkOf(state), now);
        const file = page.readCase(data, JSON.stringify(page.caseFile(data, state)), now);
        return [link.state, file.state, link.lost.length + file.lost.length, page.linkOf(state)];
      });"""
    for state, (link, file, lost, text) in zip(states, run("link.js", code, {"data": known, "states": states}), strict=True):
        assert link == state
        assert file == state
        assert lost == 0
        assert text.isascii()
        assert not set(text) & set(' "<>\\^`{|}')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "This file is not JSON; a case saved from this page is."),
        ("null", 'This file is not a saved case: it has no "format": "bayesnet-case/1".'),
        ('{"format": "bayesnet-case/1"}', "This case holds no findings."),
        ('{"format": "bayesnet-case/1", "scenarios": []}', "This case holds no findings."),
    ],
)
def test_a_file_that_is_no_case_is_refused_in_words(text, said, run, data) -> None:
    """Each with its reason."""
    code = "try { page.readCase(given.data, given.text, {}); } catch (error) { return error.message; }"
    assert run("link.js", code, {"data": data["asia"], "text": text}) == said


def test_what_does_not_fit_the_network_is_left_out_and_named(run, data) -> None:
    """Unknown variables and states, weights that are none, numbers that are not there; the other network is named."""
    scenario = {
        "see": {
            "dysp": "yes",
            "fever": "present",
            "xray": "maybe",
            "smoke": {"yes": -1, "no": 1},
            "bronc": {"yes": 0, "no": 0},
            "tub": 3,
        },
        "do": {"lung": {"yes": 1}, "either": "no"},
        "numbers": {"no such number": 0.5},
    }
    case = {
        "format": "bayesnet-case/1",
        "model": {"name": "other", "version": "2", "digest": "abc"},
        "scenarios": [scenario],
        "target": "fever",
    }
    now = {"target": "tub", "targetState": "yes"}
    code = "const { data, text, now } = given; return page.readCase(data, text, now);"
    read = run("link.js", code, {"data": data["asia"], "text": json.dumps(case), "now": now})
    assert read["state"]["scenarios"] == [{"see": {"dysp": "yes"}, "do": {"either": "no"}, "numbers": {}}]
    assert read["state"]["target"] == "tub"
    assert set(read["lost"]) == {"fever=present", "xray=maybe", "smoke", "bronc", "tub", "lung", "no such number", "fever"}
    assert read["other"] == "other 2"


def test_evidence_too_wide_to_answer_is_refused_and_not_thrown(run) -> None:
    """Where the engine refuses, the page has a sentence instead of an answer, and answers what is narrower."""
    network = network_to_dict(rare_diseases(40, 40, 0.01, 0.01))
    variables = [{"name": name, "states": [], "default": None} for name in network["names"]]
    code = """
      const compute = page.createCompute(given);
      const { names, states } = given.network;
      const seen = (count) => Object.fromEntries(names.slice(40, 40 + count).map((name, i) => [name, states[40 + i][1]]));
      return [3, 40].map((count) => compute.answer({ see: seen(count), do: {}, numbers: {} }));"""
    narrow, wide = run("compute.js", code, {"network": network, "variables": variables})
    assert narrow["posteriors"]
    assert wide["posteriors"] is None
    assert wide["refused"].startswith("This evidence needs ")


def test_states_never_change_and_undo_gives_back_the_old_ones(run, data) -> None:
    """Every action makes a new state; undo all the way gives the first, redo the last; seeing takes back setting."""
    code = """
      const store = page.createStore(given);
      const freeze = (x) => (x && typeof x === "object" ? (Object.values(x).forEach(freeze), Object.freeze(x)) : x);
      const states = [freeze(store.state)];
      const step = (action) => { store.dispatch(action); states.push(freeze(store.state)); };
      step({ type: "see", variable: "dysp", value: "yes" });
      step({ type: "do", variable: "dysp", value: "no" });
      step({ type: "see", variable: "dysp", value: "yes" });
      step({ type: "scale", scale: "linear" });
      step({ type: "compare", on: true });
      step({ type: "see", variable: "smoke", value: "no" });
      step({ type: "active", index: 0 });
      step({ type: "load", scenario: { see: { xray: "yes" } } });
      step({ type: "compare", on: false });
      step({ type: "see", variable: "nothing", value: null });
      step({ type: "reset" });
      const last = store.state;
      let count = 0;
      while (store.canUndo && count < 100) { store.dispatch({ type: "undo" }); count += 1; }
      const first = store.state;
      while (store.canRedo) store.dispatch({ type: "redo" });
      return { states, first, last, again: store.state, count };"""
    told = run("store.js", code, data["asia"])
    states = told["states"]
    assert states[1]["scenarios"][0]["see"] == {"dysp": "yes"}
    assert (states[2]["scenarios"][0]["see"], states[2]["scenarios"][0]["do"]) == ({}, {"dysp": "no"})
    assert (states[3]["scenarios"][0]["see"], states[3]["scenarios"][0]["do"]) == ({"dysp": "yes"}, {})
    assert [len(state["scenarios"]) for state in states[4:7]] == [1, 2, 2]
    assert [scenario["see"] for scenario in states[6]["scenarios"]] == [{"dysp": "yes"}, {"dysp": "yes", "smoke": "no"}]
    assert [scenario["see"] for scenario in states[8]["scenarios"]] == [{"xray": "yes"}, {"dysp": "yes", "smoke": "no"}]
    assert states[9]["scenarios"] == [states[8]["scenarios"][0]]
    assert states[10] == states[9]
    assert told["first"] == {**states[0], "scale": "linear"}
    assert told["again"] == told["last"]
    assert told["count"] == 8
