"""How findings act on a target, strongest path first: Python and the page against one table of cases."""

from __future__ import annotations

import json
import math

import pytest
from paths import ROOT

import bayesnet
from bayesnet.cli import main
from bayesnet.logodds import BARELY
from bayesnet.web.pagedata import page_data

CASES = json.loads((ROOT / "tests" / "data" / "ways.json").read_text(encoding="utf-8"))
MYELOMA = "age_group=60-69, anemia, hypercalcemia, chronic_pain, multiple_myeloma"


def names_of(path: str) -> list[str]:
    """The variables of a path without its arrows."""
    return path.replace("←", "→").split(" → ")


def name_of(case) -> str:
    return f"{case['model']}: {case['target'][0]} | {', '.join(case['given'])}"


def acts(case) -> tuple[dict, dict]:
    """First path and words of every finding that changes the odds, and the weights of these paths."""
    answer = bayesnet.load(case["model"]).case(case["given"]).explain("=".join(case["target"]))
    first = {way.finding: (way.open[0], way.words) for way in answer.ways if way.open and not math.isnan(way.open[0].weight)}
    assert all(not way.words for way in answer.ways if way.finding not in first)
    told = {finding: {"path": names_of(path.path), "words": words} for finding, (path, words) in first.items()}
    return told, {finding: path.weight for finding, (path, _) in first.items()}


@pytest.mark.parametrize("case", [case for case in CASES if "acts" in case], ids=name_of)
def test_python_names_the_strongest_path(case):
    """The table: first path and words of every finding that changes the odds."""
    assert acts(case)[0] == case["acts"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_page_names_the_same_path(case, node):
    """Path, weight and words of each finding are those of Python."""
    net = bayesnet.load(case["model"])
    data = page_data(net.compiled, net.case(case["given"]).query.findings)
    target, state = case["target"]
    states = net.variables[target].states
    told = node.ask("carried", data=data, scenario=data["start"], target=target, state=states.index(state), barely=BARELY)
    weights = {finding: one.pop("weight") for finding, one in told.items()}
    expected, by_python = acts(case)
    assert told == expected
    assert weights == pytest.approx(by_python, rel=1e-6, abs=1e-9)


def test_explaining_away_names_what_is_shared(capsys):
    """Myeloma takes metastasis from 19.9 % to 1.08 % because both would explain the calcium and the blood, not because of sex."""
    said = "competes with spinal metastasis to explain "
    answer = bayesnet.load("back_pain").case(MYELOMA).explain("spinal_metastasis")
    assert f"multiple_myeloma {said}" in answer.text
    shared = answer.text.split(said)[1].split(".")[0]
    assert {"anaemia", "hypercalcaemia"} <= set(shared.split(", "))
    way = next(way for way in answer.ways if way.finding == "multiple_myeloma")
    assert "female" not in names_of(way.open[0].path)
    assert way.open[0].weight < -1
    by_sex = [path.weight for path in way.open if names_of(path.path) == ["multiple_myeloma", "female", "spinal_metastasis"]]
    assert len(by_sex) == 1
    assert by_sex[0] > 0
    with pytest.raises(SystemExit) as left:
        main(["explain", "back_pain", f"spinal_metastasis | {MYELOMA}"])
    assert left.value.code == 0
    assert f"multiple_myeloma {said}" in " ".join(capsys.readouterr().out.split())
