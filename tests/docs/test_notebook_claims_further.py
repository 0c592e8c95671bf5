"""What notebooks 5 to 8 say in words is what their cells show: if the model changes, these tell which sentence to rewrite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from paths import ROOT

import bayesnet
from bayesnet.case import Case
from bayesnet.network import Network

pytestmark = pytest.mark.slow

SOURCES = ROOT / "notebooks" / "source"
METASTASIS, FRACTURE = "spinal_metastasis", "compression_fracture"


@pytest.fixture(scope="module")
def net() -> Network:
    """The flagship."""
    return bayesnet.load("back_pain")


@pytest.fixture(scope="module")
def woman(net: Network) -> Case:
    """Her of notebooks 1 and 5."""
    return net.case("age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia")


@pytest.fixture(scope="module")
def case(net: Network) -> Case:
    """Somebody of the same age of whom less is known, of notebooks 5 and 6."""
    return net.case("age_group=60-69, raised_alp, chronic_pain")


# ---- 5 · How sure are we? ----


def test_the_history_of_cancer_takes_the_woman_further_down_than_up_to_about_a_half(net: Network, woman: Case) -> None:
    """About 70 %; the range is a factor of five; at its low end a metastasis is hardly more likely than not."""
    number = net.numbers["odds(spinal_metastasis) | cancer_history=present"]
    curve = woman.sensitivity(METASTASIS, number.id)
    now = float(woman.posterior(METASTASIS))
    assert now == pytest.approx(0.7, abs=0.05)
    assert number.high / number.low == pytest.approx(5)
    assert now - curve(number.low) > curve(number.high) - now
    assert curve(number.low) == pytest.approx(0.5, abs=0.07)
    assert curve.solve(0.5)[0] == pytest.approx(number.low, rel=0.3)
    assert number.grade != "judgement"
    assert number.range == "judgement"


def test_two_numbers_together_do_more_than_either_and_a_rival_is_among_them(woman: Case) -> None:
    """The worst corner lies far below the ends of both bars; primary hyperparathyroidism takes from the metastasis."""
    bars = woman.tornado(METASTASIS, top=10).bars
    surface = woman.two_way(METASTASIS, bars[0].number, bars[1].number)
    alone = min(end for bar in bars[:2] for end in (bar.at_low, bar.at_high))
    assert min(min(line) for line in surface.values) < alone - 0.12
    rival = next(bar for bar in bars if bar.number == "odds(hyperparathyroidism) | baseline")
    assert rival.at_high < rival.at_low
    assert sum("hyperparathyroidism" in bar.number for bar in bars) > 1


def test_no_number_turns_the_advice_for_the_woman_and_some_turn_that_for_the_less_known(woman: Case, case: Case) -> None:
    """Nor puts another disease first in her; of the other, single numbers change the leader or the advice."""
    assert list(woman.flips()) == []
    flips = list(case.flips())
    assert len(flips) > 2
    assert {flip.what for flip in flips} == {"advice", "leader"}


def test_her_interval_has_more_room_below_and_hardly_changes_if_studies_err_as_a_whole(net: Network, woman: Case) -> None:
    """The metastasis leads in most draws all the same; what moves it most is from different papers."""
    apart = woman.uncertainty(METASTASIS, draws=2000)
    together = woman.uncertainty(METASTASIS, draws=2000, together=True)
    now = float(woman.posterior(METASTASIS))
    assert now - apart.low > 1.5 * (apart.high - now)
    assert together.high - together.low == pytest.approx(apart.high - apart.low, rel=0.15)
    assert apart[METASTASIS].leads > 0.75
    papers = [net.numbers[bar.number].source for bar in woman.tornado(METASTASIS, top=4).bars]
    assert len(set(papers)) == 4


def test_eighty_percent_need_one_of_five_counted_numbers_and_ninety_are_out_of_reach(net: Network, woman: Case) -> None:
    """No judgement need move; each of the five goes by nearly a half up or down, the others beyond their ranges."""
    left = woman.tune(METASTASIS, at_least=0.8, lock=["judgement"]).changes
    assert all(net.numbers[change.number].grade != "judgement" for change in left)
    inside = {change.number: change.new / change.value for change in left if change.inside}
    metastasis = [f"odds(spinal_metastasis) | {name}" for name in ("baseline", "cancer_history=present", "female=present")]
    parathyroid = [f"odds(hyperparathyroidism) | {name}" for name in ("baseline", "age_over_50=present")]
    assert set(inside) == {*metastasis, *parathyroid}
    assert all(1.3 < max(ratio, 1.0 / ratio) < 2.1 for ratio in inside.values())
    assert not any(change.inside for change in woman.tune(METASTASIS, at_least=0.9).changes)


# ---- 6 · Which test next, and when to image? ----


def test_magnetic_resonance_says_most_and_costs_most_and_a_free_question_about_half_as_much(case: Case) -> None:
    """By bits about the metastasis."""
    tests = case.next_tests(METASTASIS).best_of_each_test()
    assert tests[0].finding == "mri_marrow_lesion"
    assert tests[0].cost == max(test.cost for test in tests if test.cost == test.cost)
    assert tests[1].finding == "cancer_history"
    assert tests[1].cost == 0.0
    assert tests[1].bits == pytest.approx(0.5 * tests[0].bits, rel=0.3)


def test_two_thresholds_say_when_to_image_and_values_turn_the_advice(case: Case) -> None:
    """As cancer or infection becomes more probable: wait, X-ray with blood tests, magnetic resonance."""
    advice = case.advise()
    (serious,) = [threshold for threshold in advice.thresholds if threshold.state == "serious"]
    assert [option for _, _, option in serious.pieces] == ["conservative_care", "xray_and_blood_tests", "urgent_mri"]
    assert advice.turning


def test_a_blood_test_is_worth_most_because_it_changes_the_choice(case: Case) -> None:
    """Raised it sends to the scanner, else not; value and bits order findings differently; no value exceeds certainty's."""
    by_value = [test for test in case.next_tests() if test.value == test.value]
    assert {by_value[0].test, by_value[2].test} == {"C-reactive protein", "Erythrocyte sedimentation rate"}  # grades and raised
    assert case.add("raised_esr").advise().best == "urgent_mri"
    assert case.add("!raised_esr").advise().best != "urgent_mri"
    assert [test.bits for test in by_value] != sorted((test.bits for test in by_value), reverse=True)
    assert max(test.value for test in by_value) < case.advise().evpi
    assert not any(test.finding.startswith("mri_") for test in by_value)


def test_most_leave_the_plan_without_magnetic_resonance(case: Case) -> None:
    """After a blood test or two and what is free, such as the liver, which would explain the phosphatase; the depth ends some."""
    steps = list(case.plan(depth=3).root.walk())
    blood = {"crp_grade", "raised_crp", "esr_grade", "raised_esr", "hemoglobin_grade"}
    assert steps[0][2].test in blood
    after_blood = {step.test for _, _, step in steps[1:] if step.test} - blood
    assert {"cancer_history", "liver_disease"} <= after_blood
    free = {test.finding for test in case.next_tests() if test.cost == 0.0}
    assert after_blood <= free
    assert case.add("liver_disease").posterior(METASTASIS)["present"] < 0.5 * case.posterior(METASTASIS)["present"]
    leaves = [(share, step) for _, share, step in steps if step.stop]
    assert sum(share for share, step in leaves if "MRI" not in step.decision) > 0.6
    assert "the plan is as deep as asked" in {step.stop for _, step in leaves}


def test_asking_beats_scanning_all_or_none_and_blood_finds_more(net: Network) -> None:
    """At every threshold drawn but the lowest; with the blood tests more are found, and no more or hardly more are scanned."""
    people = net.simulate(8000, seed=1, given="age_group={60-69, 70-79, 80+}, chronic_pain")
    asked = ["age_group", "cancer_history", "weight_loss", "failure_conservative_therapy"]
    thresholds = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
    history = net.decision_curve(METASTASIS, asked, frame=people, thresholds=thresholds).to_frame().set_index("threshold")
    assert (history["model"] > 0.0).all()
    assert history["model"][0.002] == pytest.approx(history["all"][0.002], rel=0.1)
    assert (history["model"] > history["all"])[history.index > 0.002].all()
    with_blood = [*asked, "raised_esr", "raised_alp"]
    blood = net.decision_curve(METASTASIS, with_blood, frame=people, thresholds=(0.01, 0.02, 0.05, 0.1)).to_frame()
    blood = blood.set_index("threshold")
    assert (blood["acted_on"] < 1.05 * history["acted_on"][blood.index]).all()
    assert (blood["acted_on"] < 0.8 * history["acted_on"][blood.index]).any()
    assert (blood["found"] > history["found"][blood.index] + 0.02).all()


# ---- 7 · Write your own network ----


@pytest.fixture(scope="module")
def strep() -> Iterator[dict[str, Any]]:
    """What the cells of notebook 7 made, up to its exercises."""
    text = (SOURCES / "7-write-your-own-network.md").read_text(encoding="utf-8").split("## Exercises")[0]
    made: dict[str, Any] = {}
    for code in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
        exec(compile(code, "cell", "exec"), made)
    plt.close("all")
    yield made
    made["desk"].cleanup()


def test_the_first_draft_has_three_mistakes_and_no_more(strep: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """And the folder as it is in the end has none."""
    text = (SOURCES / "7-write-your-own-network.md").read_text(encoding="utf-8")
    draft = re.search(r"\(folder / \"signs.toml\"\).write_text\('''(.*?)'''\);", text, re.S)
    assert draft is not None
    kept = (strep["folder"] / "signs.toml").read_text()
    strep["bayesnet_check"]()
    assert "No problems." in capsys.readouterr().out
    (strep["folder"] / "signs.toml").write_text(draft[1])
    strep["bayesnet_check"]()
    (strep["folder"] / "signs.toml").write_text(kept)
    out = capsys.readouterr().out
    assert 'no number for "fever=present | strep=absent"' in out
    assert 'source "aalbers2001" is not defined' in out
    assert "its range [0.37, 0.18] is upside down" in out


def test_the_signs_are_weak_and_the_test_leaves_each_group_open_on_one_side(strep: dict[str, Any]) -> None:
    """Each sign about doubles the odds at most; a positive test decides for the second group only, a negative for the first."""
    net = strep["net"]
    ratios = [line.likelihood_ratio for line in net.case("exudate, tender_nodes, fever, !cough").weights("strep").weights]
    assert max(ratios) < 2.3
    few, all_four = "cough, !exudate, !tender_nodes, !fever", "!cough, exudate, tender_nodes, fever"
    assert 0.2 < float(net.posterior(f"strep | {few}, rapid_test")) < 0.5
    assert 0.1 < float(net.posterior(f"strep | {all_four}, !rapid_test")) < 0.5
    assert float(net.posterior(f"strep | {few}, !rapid_test")) < 0.01
    assert float(net.posterior(f"strep | {all_four}, rapid_test")) > 0.95


def test_the_base_rate_leads_the_tornado_once_its_range_is_that_across_studies(strep: dict[str, Any]) -> None:
    """With the narrow interval of one big study it came last."""
    case = strep["net"].case("fever, !cough, !exudate, !tender_nodes")
    assert case.tornado("strep").bars[0].number == "strep=present"
    curve = case.sensitivity("strep", "strep=present")
    narrow = abs(curve(0.23) - curve(0.22))
    assert narrow < min(bar.width for bar in case.tornado("strep").bars[1:])


def test_the_audit_finds_double_counting(strep: dict[str, Any]) -> None:
    """Too low below, too high above, about right in the middle; and yet the specificity of three signs is within its interval."""
    model = {target.id: target.model / target.value for target in strep["audit"].targets}
    assert model["centor-0"] < 0.6
    assert model["centor-1"] < 1.0
    assert model["centor-2"] == pytest.approx(1.0, abs=0.15)
    assert model["centor-3"] > 1.2
    assert model["centor-4"] > 1.2
    assert 0.72 < strep["net"].probability("centor={0, 1, 2}", given="!strep") < 0.88


# ---- 8 · A cohort ----

KNOWN = [
    "age_group",
    "female",
    "osteoporosis",
    "corticosteroids",
    "trauma",
    "contusion_abrasion",
    "acute_onset",
    "midline_tenderness",
]
OVER_60 = "age_group={60-69, 70-79, 80+}"


@pytest.fixture(scope="module")
def people(net: Network) -> pd.DataFrame:
    """The cohort of notebook 8."""
    return net.simulate(8000, seed=1, given=OVER_60)


def scored(net: Network, record: pd.DataFrame) -> Any:
    """P(fracture) of each person."""
    return net.score(record, targets=[FRACTURE])[f"P({FRACTURE})"].to_numpy()


def test_odds_squared_keep_the_order_and_halve_the_slope(net: Network, people: pd.DataFrame) -> None:
    """The network itself is calibrated as well as chance allows."""
    right = net.calibration(FRACTURE, KNOWN, frame=people)
    assert right.calibration_error < right.error_if_right
    p = scored(net, people[KNOWN])
    bold = bayesnet.calibration(p**2 / (p**2 + (1 - p) ** 2), people[FRACTURE] == "present")
    assert bold.auroc == pytest.approx(right.auroc, abs=1e-12)
    assert bold.slope == pytest.approx(0.5 * right.slope, abs=0.01)
    assert right.slope == pytest.approx(1.0, abs=0.1)
    assert bold.brier > right.brier


def test_multiplied_likelihood_ratios_are_too_bold_at_nearly_the_same_auroc(net: Network, people: pd.DataFrame) -> None:
    """Its highest group lies below the line."""
    prior = np.log(float(net.posterior(FRACTURE)) / (1 - float(net.posterior(FRACTURE))))
    alone = [scored(net, people[[name]]) for name in KNOWN]
    total = prior + sum(np.log(p / (1 - p)) - prior for p in alone)
    naive = bayesnet.calibration(1 / (1 + np.exp(-total)), people[FRACTURE] == "present")
    right = net.calibration(FRACTURE, KNOWN, frame=people)
    assert right.auroc - naive.auroc < 0.01
    assert naive.slope_interval[1] < 1.0
    highest = naive.groups[-1]
    assert highest.misses
    assert highest.observed < highest.predicted


def test_cells_empty_at_random_cost_only_discrimination_and_those_empty_for_a_reason_more(
    net: Network, people: pd.DataFrame
) -> None:
    """Empty as unknown predicts too much, empty as absent too little, where absence is never written."""
    has = people[FRACTURE] == "present"
    right = net.calibration(FRACTURE, KNOWN, frame=people)
    rng = np.random.default_rng(0)
    record = people[KNOWN].astype(object)
    for name in KNOWN[1:]:
        record[name] = record[name].where(rng.random(len(record)) < 0.5)
    half = bayesnet.calibration(scored(net, record), has)
    assert half.calibration_error < half.error_if_right
    assert half.slope_interval[0] < 1.0 < half.slope_interval[1]
    assert half.auroc < right.auroc - 0.05
    record = people[KNOWN].astype(object)
    for name in ("osteoporosis", "corticosteroids", "trauma", "contusion_abrasion", "midline_tenderness"):
        record[name] = record[name].where((record[name] == "present") & (rng.random(len(record)) < 0.6))
    assert bayesnet.calibration(scored(net, record), has).predicted > 1.4 * has.mean()
    assert bayesnet.calibration(scored(net, record.fillna("absent")), has).predicted < 0.7 * has.mean()


def test_elsewhere_only_the_intercept_is_off_and_every_threshold_suffers(net: Network) -> None:
    """The AUROC is as good; unmended, too many are sent and the net benefit is lower."""
    base_rate = "odds(compression_fracture) | baseline"
    there = net.with_numbers({base_rate: net.numbers[base_rate].low})
    others = there.simulate(8000, seed=3, given=OVER_60)
    moved = net.calibration(FRACTURE, KNOWN, frame=others)
    at_home = net.calibration(FRACTURE, KNOWN, frame=net.simulate(8000, seed=3, given=OVER_60))
    assert moved.auroc > at_home.auroc - 0.02
    assert moved.intercept_interval[1] < -0.5
    assert moved.slope_interval[0] < 1.0 < moved.slope_interval[1]
    thresholds = (0.02, 0.05, 0.1, 0.2, 0.3)
    unmended = net.decision_curve(FRACTURE, KNOWN, frame=others, thresholds=thresholds).to_frame()
    put_right = there.decision_curve(FRACTURE, KNOWN, frame=others, thresholds=thresholds).to_frame()
    assert (unmended["model"] < put_right["model"]).all()
    assert (unmended["acted_on"] > put_right["acted_on"]).all()


def test_an_untold_setting_makes_the_dangerous_diagnoses_far_too_rare(net: Network) -> None:
    """In the emergency department; once it is known, prediction and observation agree."""
    targets = [METASTASIS, "vertebral_osteomyelitis", "epidural_abscess"]
    emergency = net.simulate(20_000, seed=2, given="setting=emergency")
    asked = ["age_group", "cancer_history", "fever", "iv_drug_use"]
    untold, told = net.score(emergency[asked], targets=targets), net.score(emergency[[*asked, "setting"]], targets=targets)
    for name in targets:
        observed = (emergency[name] == "present").mean()
        assert untold[f"P({name})"].mean() < 0.7 * observed
        assert told[f"P({name})"].mean() == pytest.approx(observed, abs=3 * (observed / 20_000) ** 0.5)
