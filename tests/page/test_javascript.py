"""The page's engine in Node: what it answers is what Python answers, for every model, gate and kind of evidence.

Node runs the joined module that a page carries, not the files beside each other. Marked as page tests: without Node they are
skipped, visibly, and in continuous integration they fail.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_networks import chain, network, random_evidence, random_network, rare_diseases
from hypothesis import given
from hypothesis import strategies as st
from node import Node, as_json
from paths import SHIPPED
from strategies import evidence, factors

from bayesnet.analysis.query.simulate import sample
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.kernel import LANES, SOURCES
from bayesnet.inference.network import Structure
from bayesnet.inference.planner import CUT, GIVEN, SETTLED, WANTED
from bayesnet.interop import read_network
from bayesnet.model.cache import load_model
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily
from bayesnet.web.bundle import STATIC, bundle
from bayesnet.web.export import network_to_dict

pytestmark = pytest.mark.browser


class JoinedEngine:
    """A running Node with the joined engine."""

    def __init__(self, folder: Path) -> None:
        (folder / "engine.mjs").write_text(bundle("engine.js"), encoding="utf-8")
        self.node = Node(folder / "engine.mjs")

    def ask(self, data: dict[str, Any], cases: Sequence[dict[str, Any]], **options: Any) -> Any:
        """One answer per case, or what was thrown."""
        return self.node.ask("engine", network=data, cases=cases, options=options)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JoinedEngine]:
    """The engine as a page carries it; skips where there is no Node."""
    running = JoinedEngine(tmp_path_factory.mktemp("engine"))
    yield running
    running.node.close()


def compare(page: JoinedEngine, factors: Factors, cases: Sequence[Evidence]) -> int:
    """P(e) and every posterior to 1e-9, impossible evidence told as such; returns how many cases were possible."""
    engine = Engine(factors)
    possible = 0
    for case, told in zip(cases, page.ask(network_to_dict(factors), [as_json(case) for case in cases]), strict=True):
        log = engine.log_probability(case)
        if log == -math.inf:
            assert told["log"] == "-Infinity"
            assert told["posteriors"] is None
            continue
        possible += 1
        assert float(told["log"]) == pytest.approx(log, rel=1e-12, abs=1e-9)
        for v, marginal in engine.posteriors(case).marginals.items():
            assert np.allclose(told["posteriors"][v], marginal, rtol=1e-9, atol=1e-12), factors.names[v]
    return possible


def patients(factors: Factors, count: int, share: float, seed: int = 0) -> list[Evidence]:
    """Findings sampled from the network; every third patient has a virtual finding too, every fifth an intervention."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(count):
        world = sample(factors, Evidence(), 1, rng)[0].tolist()
        case = Evidence.of({v: world[v] for v in range(len(world)) if rng.random() < share}, factors.cards)
        v = int(rng.integers(len(world)))
        if k % 3 == 0:
            case = case.with_likelihood(v, rng.random(factors.cards[v]) + 0.1)
        if k % 5 == 0:
            case = Evidence(case.likelihoods, {v: world[v]})
        found.append(case)
    return found


@given(st.data())
def test_random_models_with_every_gate_agree(page: JoinedEngine, data: st.DataObject) -> None:
    """Tables, noisy and certain gates, odds; hard, virtual and one-of findings, interventions, certainties, tiny numbers."""
    drawn = data.draw(factors())
    cases = [data.draw(evidence(drawn, interventions=True)) for _ in range(3)]
    compare(page, drawn, cases)


@pytest.mark.parametrize("seed", range(40))
def test_larger_random_networks_agree(page: JoinedEngine, seed: int) -> None:
    """Up to 14 variables of up to 4 states in any rank order, half of them observed or set."""
    rng = np.random.default_rng(seed)
    drawn, _ = random_network(rng, int(rng.integers(4, 15)), most_parents=int(rng.integers(2, 5)))
    assert compare(page, drawn, [random_evidence(rng, drawn) for _ in range(8)] + patients(drawn, 2, 0.4, seed)) > 0


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_models_agree(page: JoinedEngine, name: str) -> None:
    """No findings, and patients sampled from the model with few and with many findings."""
    model = expand(load_model(name))
    cases = [Evidence(), *patients(model, 6, 0.1), *patients(model, 6, 0.4, seed=1)]
    assert compare(page, model, cases) == len(cases)


@pytest.mark.parametrize("name", ["asia", "alarm", "hepar2", "child", "win95pts", "hailfinder"])
def test_the_standard_networks_agree(page: JoinedEngine, name: str, networks: Path) -> None:
    """Networks of full tables, whose labels and sizes are not ours."""
    standard = expand(read_network(networks / f"{name}.bif.gz"))
    cases = [Evidence(), *patients(standard, 6, 0.3)]
    assert compare(page, standard, cases) == len(cases)


@pytest.mark.parametrize("prior", [1e-2, 1e-5])
def test_twelve_present_findings_of_rare_diseases_agree(page: JoinedEngine, prior: float) -> None:
    """Where subtracting would lose every digit, posteriors agree to 1e-9 of themselves."""
    rare = rare_diseases(10, 16, prior, 1e-4)
    case = Evidence.of({**dict.fromkeys(range(10, 22), 1), **dict.fromkeys(range(22, 26), 0)}, rare.cards)
    (told,) = page.ask(network_to_dict(rare), [as_json(case)])
    answer = Engine(rare).posteriors(case)
    assert float(told["log"]) == pytest.approx(answer.log_probability, rel=1e-12)
    for d in range(10):
        assert told["posteriors"][d][1] == pytest.approx(answer.marginals[d][1], rel=1e-9)


def test_probabilities_below_the_smallest_double_agree(page: JoinedEngine) -> None:
    """A chain of 600 steps, all observed through noise, with P(e) far below 1e-308; and many findings of one cause."""
    long = chain(600, 0.02)
    alternating = Evidence.of({2 * k + 1: k % 2 for k in range(600)}, long.cards)
    assert Engine(long).log_probability(alternating) < -710
    assert compare(page, long, [alternating]) == 1
    count = 140
    children = [TableFamily(v, (0,), np.array([[1 - 1e-3, 1e-3], [1 - 2e-3, 2e-3]])) for v in range(1, count + 1)]
    wide = network([2] * (count + 1), [TableFamily(0, (), np.array([0.999, 0.001])), *children])
    (told,) = page.ask(network_to_dict(wide), [as_json(Evidence.of(dict.fromkeys(range(1, count + 1), 1), wide.cards))])
    no, yes = math.log(0.999) + count * math.log(1e-3), math.log(0.001) + count * math.log(2e-3)
    assert float(told["log"]) == pytest.approx(np.logaddexp(no, yes), rel=1e-12)
    assert told["posteriors"][0][0] == pytest.approx(math.exp(no - yes), rel=1e-9)


@pytest.mark.slow
def test_no_click_on_back_pain_takes_long(page: JoinedEngine) -> None:
    """200 patients, age and sex known or not: no plan needs more than 2^24 multiplications, up and down, half need 2^16."""
    model = expand(load_model("back_pain"))
    rng = np.random.default_rng(0)
    structure = Structure.of(model)
    setting, *context = (model.index[name] for name in ("setting", "age_group", "female"))
    findings = [v for v, children in enumerate(structure.children) if not children or not structure.parents[v]]
    cases = []
    for k in range(200):
        world = sample(model, Evidence(), 1, rng)[0].tolist()
        share = rng.choice([0.05, 0.2, 0.45, 0.7])
        seen = {setting, *(v for v in findings if v not in context and rng.random() < share), *context[: k % 3]}
        cases.append(Evidence.of({v: world[v] for v in seen}, model.cards))
    products = [told["products"] for told in page.ask(network_to_dict(model), [as_json(case) for case in cases])]
    assert min(products) > 0
    assert max(products) <= 2**24
    assert np.median(products) <= 2**16


def test_the_network_survives_json_to_the_last_bit() -> None:
    """Every number reads back as the same double, gates stay linear in their parents, the model is named when it is given."""
    model = load_model("back_pain")
    expected = expand(model)
    told = json.loads(json.dumps(network_to_dict(expected, model), allow_nan=False))
    assert told["names"] == list(expected.names)
    assert told["states"] == [list(states) for states in expected.states]
    assert told["model"]["name"] == "back_pain"
    assert any(isinstance(family, NoisyFamily) for family in expected.families)
    for family, data in zip(expected.families, told["families"], strict=True):
        arrays = [data["leak"], *data["links"]] if isinstance(family, NoisyFamily) else [data["table"]]
        assert data["parents"] == list(family.parents)
        assert all(a == list(b.ravel()) for a, b in zip(arrays, family.tensors, strict=True))


def test_what_cannot_be_answered_is_refused_in_words(page: JoinedEngine) -> None:
    """A vector of the wrong length, a state that does not exist, a cycle, evidence that is too wide."""
    sprinkler = network_to_dict(expand(load_model("sprinkler")))
    name = sprinkler["names"][0]
    assert page.ask(sprinkler, [{"likelihoods": {"0": [1.0]}}]) == {
        "error": f"RangeError: {name} has 2 states; got likelihoods 1; expected one number >= 0 for each."
    }
    assert page.ask(sprinkler, [{"interventions": {"0": 7}}]) == {"error": f"RangeError: {name} has no state number 7."}
    looped = {**sprinkler, "families": [{**family, "parents": [0]} for family in sprinkler["families"]]}
    assert page.ask(looped, []) == {"error": "RangeError: The network has a cycle of arrows, so it is no Bayesian network."}
    rare = rare_diseases(10, 12, 0.01, 0.01)
    case = as_json(Evidence.of(dict.fromkeys(range(10, 22), 1), rare.cards))
    assert page.ask(network_to_dict(rare), [case], maxCells=1000) == {
        "error": "RangeError: This evidence needs tables of more than 1000 cells, too many to answer exactly here."
    }
    assert page.ask(network_to_dict(rare), [case], maxProducts=1000) == {
        "error": "RangeError: This evidence needs a plan of more than 1000 multiplications, too many to answer exactly here."
    }


def test_evidence_far_too_wide_is_refused_and_not_attempted(page: JoinedEngine) -> None:
    """40 findings present with 40 causes each would need 2^40 cells: refused at once, before anything is allocated."""
    rare = rare_diseases(40, 40, 0.01, 0.01)
    told = page.ask(network_to_dict(rare), [as_json(Evidence.of(dict.fromkeys(range(40, 80), 1), rare.cards))])
    assert told["error"].startswith("RangeError: This evidence needs")
    told = page.ask(network_to_dict(rare), [as_json(Evidence.of(dict.fromkeys(range(40, 56), 1), rare.cards))], maxCells=2.0**40)
    assert told["error"] == "RangeError: This evidence needs more than 512 MiB, too many to answer exactly here."
    assert page.ask(network_to_dict(rare), [as_json(Evidence.of({40: 1}, rare.cards))])[0]["products"] > 0


def test_what_is_too_wide_beside_the_first_is_no_number(page: JoinedEngine) -> None:
    """An answer begins with what it was compiled for; the others are refused without taking it along."""
    rare = rare_diseases(10, 12, 0.01, 0.01)
    case = as_json(Evidence.of({10: 1}, rare.cards))
    (whole,) = page.ask(network_to_dict(rare), [case])
    (told,) = page.ask(network_to_dict(rare), [case], first=[0], maxProducts=whole["products"] - 1)
    assert told["posteriors"][0] == pytest.approx(whole["posteriors"][0], rel=1e-12)
    assert told["posteriors"][1] == ["NaN", "NaN"]


def test_an_answer_can_be_read_in_any_order_and_twice(page: JoinedEngine) -> None:
    """Two answers of one engine, read one after the other, are those of an engine that answers each alone."""
    model = expand(load_model("back_pain"))
    cases = [as_json(case) for case in patients(model, 4, 0.2, seed=3)]
    together = page.ask(network_to_dict(model), cases)
    alone = [page.ask(network_to_dict(model), [case])[0] for case in cases]
    for one, other in zip(together, alone, strict=True):
        assert one["log"] == other["log"]
        assert one["posteriors"] == other["posteriors"]


def test_the_joined_module_imports_nothing() -> None:
    """A page loads nothing from elsewhere."""
    assert not [line for line in bundle("engine.js").splitlines() if line.startswith("import") or "import(" in line]


def test_the_kernel_of_the_page_is_that_of_the_package() -> None:
    """Compiled from these C files, it is asked with the numbers of the package and names no path of the machine that did it."""
    text = (STATIC / "wasm.js").read_text(encoding="utf-8")
    sources = b"".join(source.read_bytes() for source in SOURCES)
    assert f'SOURCES = "{hashlib.sha256(sources).hexdigest()}"' in text, "compile it again: python .ci/wasm.py, with ziglang"
    module = base64.b64decode(text.split('WASM =\n  "')[1].split('"')[0])
    assert module.startswith(b"\0asm\1\0\0\0")
    assert not re.search(rb"(?:/[A-Za-z][\w.-]+){2}", module)
    glue = (STATIC / "kernel.js").read_text(encoding="utf-8")
    assert f"const [CUT, SETTLED, GIVEN, WANTED] = {[CUT, SETTLED, GIVEN, WANTED]};" in glue
    assert f"const LANES = {LANES};" in glue
