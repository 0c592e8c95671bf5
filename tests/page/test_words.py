"""The figures of the page as Python writes them, its own tests in Node, and evidence that is too wide for it."""

from __future__ import annotations

import json
import math
import random
import subprocess
from pathlib import Path

import pytest
from engine_networks import rare_diseases
from node import FOLDER, Node, program

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.model.cache import load_model
from bayesnet.results.words import frequency, percent, ratio
from bayesnet.web.export import network_to_dict
from bayesnet.web.pagewords import word_data

pytestmark = pytest.mark.browser

SHARED = json.loads((Path(__file__).parent.parent / "data" / "frequencies.json").read_text(encoding="utf-8"))


def test_the_modules_of_the_page_pass_their_own_tests() -> None:
    """All of page/js/*.test.js, as `node --test` runs them."""
    files = sorted(FOLDER.glob("*.test.js"))
    assert files
    done = subprocess.run([program(), "--test", *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_frequencies_and_percentages_are_those_of_the_shared_table() -> None:
    """The table that the page's format.js is tested with, ties and ends included."""
    for p, text in SHARED["frequencies"]:
        assert frequency(p) == text, p
    for p, text in SHARED["percentages"]:
        assert percent(p) == text, p
    assert frequency(math.nan) == "–"
    vocabulary = word_data(CompiledModel(load_model("sprinkler")))["vocabulary"]
    assert {key: vocabulary[key] for key in SHARED["words"]} == SHARED["words"]


def test_figures_are_written_as_python_writes_them(node: Node) -> None:
    """Over fifteen powers of ten, near certainty, and where two figures are equally near."""
    rng = random.Random(0)
    small = [10 ** rng.uniform(-14, 0) for _ in range(600)]
    ties = [k / 2**n for n in range(1, 12) for k in range(1, 2**n, 2)]
    values = [0.0, 1.0, 0.5, 0.05, 0.0342, 0.999987, *ties, *small, *(1 - p for p in small if p < 0.5)]
    told = node.ask("percentages", values=values)
    assert [text.replace("\u00a0", " ") for text in told] == [percent(p) for p in values]
    assert node.ask("frequencies", values=values, words=SHARED["words"]) == [frequency(p) for p in values]
    ratios = [1.0, 12.34, 0.05678, 23456.0, *(10 ** rng.uniform(-3.9, 7.9) for _ in range(400))]
    assert node.ask("ratios", values=ratios) == [_trimmed(ratio(x)) for x in ratios]


def _trimmed(text: str) -> str:
    """Without zeros at the end of a decimal fraction, which a page can do without."""
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def test_evidence_too_wide_to_answer_is_refused_and_not_thrown(node: Node) -> None:
    """Where the engine refuses, the page has a sentence instead of an answer, and answers what is narrower."""
    network = network_to_dict(rare_diseases(40, 40, 0.01, 0.01))
    variables = [{"name": name, "states": [], "default": None} for name in network["names"]]
    data = {"network": network, "variables": variables}
    names, states = network["names"], network["states"]
    scenarios = [{"see": {names[v]: states[v][1] for v in range(40, 40 + count)}, "do": {}, "numbers": {}} for count in (3, 40)]
    narrow, wide = node.ask("answers", data=data, scenarios=scenarios)
    assert narrow["posteriors"]
    assert wide["posteriors"] is None
    assert wide["refused"].startswith("This evidence needs ")
