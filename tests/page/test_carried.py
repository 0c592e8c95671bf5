"""How findings act on a target, strongest path first: Python and the page against one table of cases."""

from __future__ import annotations

import json

import pytest
from paths import ROOT

import bayesnet
from bayesnet.analysis.explanation.carried import BARELY
from bayesnet.cli import main
from bayesnet.web.pagedata import page_data

CASES = json.loads((ROOT / "tests" / "data" / "ways.json").read_text(encoding="utf-8"))
MYELOMA = "age_group=60-69, anemia, hypercalcemia, chronic_pain, multiple_myeloma"


def names_of(path: str) -> list[str]:
    """The variables of a path without its arrows."""
    return path.replace("←", "→").split(" → ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['model']}: {case['target']} | {', '.join(case['given'])}")
def test_python_names_the_strongest_path(case):
    """First path and words of every finding that changes the odds; nothing of the others."""
    answer = bayesnet.load(case["model"]).case(case["given"]).explain("=".join(case["target"]))
    told = {way.finding: {"path": names_of(way.open[0].path), "words": way.words} for way in answer.ways if way.open}
    weighed = {way.finding for way in answer.ways if way.open and way.open[0].weight == way.open[0].weight}
    assert {finding: told[finding] for finding in weighed} == case["acts"]
    assert all(not way.words for way in answer.ways if way.finding not in weighed)


@pytest.mark.browser
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['model']}: {case['target']} | {', '.join(case['given'])}")
def test_the_page_names_the_same_path(case, node):
    """Path, weight and words of each finding are those of Python."""
    net = bayesnet.load(case["model"])
    opened = net.case(case["given"])
    data = page_data(net.compiled, opened.query.findings)
    target, state = case["target"]
    states = net.variables[target].states
    told = node.ask("carried", data=data, scenario=data["start"], target=target, state=states.index(state), barely=BARELY)
    weights = {finding: one.pop("weight") for finding, one in told.items()}
    assert told == case["acts"]
    expected = {way.finding: way.open[0].weight for way in opened.explain(f"{target}={state}").ways if way.finding in told}
    assert weights == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_explaining_away_names_what_is_shared(capsys):
    """Myeloma takes metastasis from 19.9 % to 1.08 % because both would explain the calcium and the blood, not because of sex."""
    said = "competes with spinal metastasis to explain anaemia, hypercalcaemia"
    answer = bayesnet.load("back_pain").case(MYELOMA).explain("spinal_metastasis")
    assert f"multiple_myeloma {said}" in answer.text
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
