"""What the back-pain network promises of itself: its names, its studies, its impossibilities, its width."""

from __future__ import annotations

import importlib.util
import tomllib

import pytest
from paths import ROOT

import bayesnet
from bayesnet.analysis.query.simulate import sample_costs

NAMES = ROOT / "tests" / "data" / "back_pain_names.txt"
"""One variable a line, `name: state, state`: what notebooks, saved cases and published case series are written in."""


@pytest.fixture(scope="module")
def net():
    return bayesnet.load("back_pain")


def test_every_agreed_name_and_state_is_there(net) -> None:
    """Names and states are an interface: those, in order; states may be added behind, as the hospital was."""
    lines = [line.split(": ") for line in NAMES.read_text(encoding="utf-8").splitlines()]
    agreed = {name: tuple(states.split(", ")) for name, states in lines}
    assert len(agreed) == 99
    assert {name: net.variables[name].states[: len(states)] for name, states in agreed.items()} == agreed
    assert net.variables["setting"].states[-1] == "hospital"


def test_nine_in_ten_of_the_numbers_that_matter_name_a_study(net) -> None:
    """A number matters when, over its own range, it moves a leading diagnosis of an example case by a percentage point."""
    widths: dict[str, float] = {}
    for example in net.compiled.model.examples:
        case = net.case(example.evidence)
        for bar in case.tornado(case.diagnoses().leading_specific, top=1000).to_frame().itertuples():
            widths[bar.number] = max(widths.get(bar.number, 0.0), bar.width)
    matter = [net.numbers[number] for number, width in widths.items() if width >= 0.01]
    assert len(matter) > 100
    assert sum(bool(number.source) for number in matter) / len(matter) >= 0.9


def test_every_judgement_gives_a_reason_and_a_range(net) -> None:
    """A judged number says why and is never a point."""
    judged = [number for number in net.numbers.values() if number.grade == "judgement"]
    assert judged
    assert all(number.reason and number.low < number.high for number in judged)


@pytest.mark.parametrize(
    "impossible",
    [
        "pelvic_inflammatory_disease, !female",
        "pregnancy, !female",
        "pregnancy, age_over_50",
        "vaginal_discharge, !female",
        "cervical_motion_tenderness, !female",
        "chronic_pain, !pain_over_1_month",
        "bilateral_leg_pain, !leg_pain",
        "age_over_70, !age_over_50",
        "nonspecific_lbp, spinal_metastasis",
        "hypocalcemia, hypercalcemia",
        "raised_psa, female",
        "spinal_metastasis, !vertebral_osteomyelitis, organism=tuberculous",
        "cauda_equina_syndrome, !neural_compression",
    ],
)
def test_impossible_combinations_are_impossible(net, impossible: str) -> None:
    """What cannot be has probability 0, not a small number."""
    assert net.probability(impossible) == 0.0


def test_the_sixteen_specific_diagnoses_can_all_coexist(net) -> None:
    """No diagnosis rules out another, and none of them is exactly nonspecific pain."""
    specific = [v.name for v in net.variables.values() if v.group == "diagnoses" and v.role != "other"]
    assert len(specific) == 16
    assert net.probability(", ".join(specific)) > 0.0
    none = ", ".join(f"!{name}" for name in specific)
    assert net.probability(none) == pytest.approx(net.probability("nonspecific_lbp"), rel=1e-12)


def test_no_sampled_patient_is_too_wide_to_be_exact(net) -> None:
    """The predicted cost of 500 sampled patients stays within 2^22 products."""
    assert max(sample_costs(net.compiled.factors, n=500, seed=1, always=("setting", "age_group", "female"))) <= 2**22


def test_the_page_of_the_model_holds_the_marginals_of_today() -> None:
    """The table by setting is what ``docs/back_pain_marginals.py`` makes of the model as it is."""
    spec = importlib.util.spec_from_file_location("back_pain_marginals", ROOT / "docs" / "back_pain_marginals.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.BEGIN + tool.table() + tool.END in tool.PAGE.read_text(encoding="utf-8")


def test_what_a_consequence_names_is_in_the_model_and_above_it(net) -> None:
    """Each cause that ``consequence_of`` names is an ancestor, so that P(cause | consequence, findings) is a causal reading."""
    named = {name: v.consequence_of for name, v in net.variables.items() if v.consequence_of}
    assert {"cauda_equina_syndrome", "compression_fracture"} <= set(named)
    for name, causes in named.items():
        above, todo = set(), [name]
        while todo:
            for parent in net.variables[todo.pop()].parents:
                if parent not in above:
                    above.add(parent)
                    todo.append(parent)
        assert set(causes) <= above, name


def test_the_published_cases_can_be_asked(net) -> None:
    """Every coded finding and every final diagnosis is a word of the model, and each case names its publication."""
    path = ROOT / "priors" / "back_pain" / "cases.toml"
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["cases"]
    assert len({case["id"] for case in cases}) == len(cases) >= 40
    for case in cases:
        net.case(f"setting={case['setting']}, {case['findings']}")
        assert all(case[key] for key in ("citation", "url", "diagnosis")), case["id"]
        assert set(case["diagnosis"]) <= set(net.variables), case["id"]
