"""Next tests and plans: information by definition, change by re-asking, prices with their sources, and why a plan stops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.decision.costs import costs, read_costs
from bayesnet.analysis.decision.decision_file import read_decision
from bayesnet.analysis.decision.next_tests import next_tests
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.model.find import find_model

DEMO = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"


@settings(max_examples=40)
@given(st.data())
def test_bits_and_expected_change_follow_from_asking_after_every_result(data):
    """0 <= bits <= entropy; bits are the mean fall of entropy, and averaging over the results gives the probability now."""
    compiled = CompiledModel(data.draw(models(min_variables=3, max_variables=6)))
    assume(not compiled.defaults)
    known, target = data.draw(st.permutations(range(len(compiled.names))))[:2]
    state = data.draw(st.integers(0, len(compiled.states(target)) - 1))
    findings = read_given(compiled, {compiled.names[known]: compiled.states(known)[0]})
    assume(compiled.engine.log_probability(findings.evidence()) > -30.0)
    answer = next_tests(Query(compiled, findings), compiled.literal(target, state))

    def binary(p: float) -> float:
        return -sum(x * math.log2(x) for x in (p, 1 - p) if x > 0)

    for test in answer:
        mean = entropy = change = 0.0
        for outcome in test.outcomes:
            if outcome.probability > 1e-12:
                more = findings.with_findings(read_given(compiled, {test.finding: outcome.state}))
                p = compiled.engine.posteriors(more.evidence(), (target,)).marginals[target][state]
                assert outcome.posterior == pytest.approx(p, abs=1e-8)
                mean += outcome.probability * p
                entropy += outcome.probability * binary(p)
                change += outcome.probability * abs(p - answer.now)
        assert mean == pytest.approx(answer.now, abs=1e-8)
        assert test.bits == pytest.approx(binary(answer.now) - entropy, abs=1e-8)
        assert -1e-12 <= test.bits <= answer.entropy + 1e-9
        assert test.expected_change == pytest.approx(change, abs=1e-8)


def test_every_finding_that_is_not_known_is_listed_once():
    """No diagnosis, no mechanism, nothing known; all else, most informative first."""
    net = bayesnet.load("back_pain")
    tests = net.case(DEMO).next_tests("spinal_metastasis")
    asked = {"risk_factors", "history_and_examination", "laboratory", "imaging"}
    known = {"age_group", "female", "cancer_history", "chronic_pain", "raised_alp", "anemia", "hypercalcemia"}
    assert {t.finding for t in tests} == {v.name for v in net.variables.values() if v.group in asked} - known
    assert len({t.finding for t in tests}) == len(tests)
    bits = [t.bits for t in tests]
    assert bits == sorted(bits, reverse=True)


def test_light_chains_and_electrophoresis_lead_for_myeloma():
    """For myeloma in an anaemic patient over 50, the protein studies say most (source text C)."""
    tests = bayesnet.load("back_pain").case("age_over_50, anemia").next_tests("multiple_myeloma")
    assert {t.finding for t in list(tests)[:2]} == {"m_protein", "bence_jones_protein"}


def test_every_test_of_back_pain_has_a_price_and_its_origin():
    """Each finding that can be asked for has a test, a burden and either a source that was seen or a reasoned judgement."""
    net = bayesnet.load("back_pain")
    known = costs(net.compiled)
    for variable in net.variables.values():
        if variable.group in ("risk_factors", "history_and_examination", "laboratory", "imaging"):
            test = known.by_variable[variable.name]
            assert test.burden
            assert test.low <= test.value <= test.high
            assert test.note if test.grade == "judgement" else test.source
    assert known.by_variable["fever"].value == 0.0
    assert (
        known.by_variable["mri_marrow_lesion"].value
        > known.by_variable["lytic_lesions"].value
        > known.by_variable["anemia"].value
    )


def test_net_value_is_value_less_price_and_images_are_not_asked_before_the_imaging_decision():
    """The value of a finding is for the choice; what the options bring themselves has none."""
    tests = bayesnet.load("back_pain").case("fever").next_tests("spinal_metastasis")
    for name in ("esr_grade", "raised_crp", "weight_loss"):
        assert tests[name].net_value == pytest.approx(tests[name].value - tests[name].cost / 100_000)
    assert math.isnan(tests["mri_marrow_lesion"].value)
    about = {t.finding for t in bayesnet.load("back_pain").case("fever").next_tests("decision")}
    assert "esr_grade" in about
    assert "mri_marrow_lesion" not in about


def test_about_the_decision_the_most_valuable_comes_first_and_says_what_would_be_done():
    """Without any finding, saddle anaesthesia is worth asking most, next new incontinence; either would send to MRI."""
    net = bayesnet.load("back_pain")
    tests = net.case("").next_tests()
    first, second, third = list(tests)[:3]  # the last two settle the same and are worth the same: their order is chance
    assert first.finding == "saddle_anesthesia"
    assert {second.finding, third.finding} == {"urinary_incontinence_onset", "new_urinary_incontinence"}
    for test in [t for t in (first, second, third) if t.finding != "urinary_incontinence_onset"]:
        assert {o.state: o.then for o in test.outcomes} == {"absent": "conservative_care", "present": "urgent_mri"}
    assert net.case("saddle_anesthesia").advise().best == "urgent_mri"
    assert tests.value_unit == "QALY"


@pytest.mark.slow
def test_about_the_differential_information_sums_over_the_diagnoses():
    """Bits about the differential are the sum of the bits about each diagnosis."""
    case = bayesnet.load("back_pain").case("fever, flank_pain")
    whole = case.next_tests("differential")["pyuria"].bits
    each = [case.next_tests(name)["pyuria"].bits for name in bayesnet.load("back_pain").variables if _diagnosis(name)]
    assert whole == pytest.approx(sum(each))


def _diagnosis(name: str) -> bool:
    return bayesnet.load("back_pain").variables[name].group == "diagnoses"


def test_the_frame_has_fixed_columns():
    """Ten columns, whatever was asked; probabilities and posteriors by result."""
    frame = bayesnet.load("asia").case("smoke=yes").next_tests("lung=yes").to_frame()
    assert list(frame.columns) == [
        "finding", "test", "bits", "expected_change", "probabilities", "posteriors", "cost", "burden", "value", "net_value",
    ]  # fmt: skip
    assert np.isnan(frame["cost"]).all()
    assert set(frame["finding"]) == {"asia", "tub", "bronc", "either", "xray", "dysp"}
    assert frame["probabilities"][0].keys() == {"yes", "no"}


def test_costs_are_refused_with_every_problem(tmp_path):
    """A variable that is not there, one settled twice, and a price without origin are reported together."""
    test = 'label = "x"\nburden = "none"\nvalue = 1.0\nlow = 0.0\nhigh = 2.0\n'
    text = f'unit = "$"\n[tests.a]\n{test}gives = ["dysp", "nothing"]\ngrade = "cohort"\n[tests.b]\n{test}gives = ["dysp"]\n'
    (tmp_path / "costs.toml").write_text(text + 'grade = "judgement"\nnote = "guessed"\n')
    with pytest.raises(bayesnet.SpecError) as refused:
        read_costs(tmp_path / "costs.toml", bayesnet.load("asia").model)
    assert str(refused.value).splitlines()[1:] == [
        '  costs.toml, test "a": has no source; expected one, or the grade judgement or definition',
        '  costs.toml, test "a": no variable "nothing"',
        '  costs.toml, test "b": dysp is settled by two tests; take it from a',
    ]


PRICES = """unit = "$"
year = 2025
[index]
name = "prices"
source = "lauritzen1988"
values = { 2011 = 100.0, 2025 = 150.0 }
[tests.a]
label = "x"
burden = "none"
gives = ["dysp"]
value = 6.0
low = 3.0
high = 12.0
grade = "judgement"
note = "so"
paid = [{ for = "high", amount = 8.0, year = 2011 }, { for = "low", amount = 3.0, year = 2025 }]
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("high = 12.0", "high = 8.0", 'test "a": high 8 is not what 8 of 2011 gives: 12 in money of 2025'),
        ("year = 2011", "year = 1999", 'test "a": the price index has no value of 1999 or of 2025'),
        ("lauritzen1988", "nobody", 'the price index: source "nobody" is not defined'),
        ("year = 2025\n[index]", "[index]", 'the file: has no "year" whose money it counts in; expected a year, such as 2025'),
    ],
)
def test_prices_are_of_one_year(tmp_path, before, after, told):
    """Amounts of other years are carried over by the index and compared; the unit says the year."""
    path, model = tmp_path / "costs.toml", bayesnet.load("asia").model
    path.write_text(PRICES)
    assert read_costs(path, model).unit == "$ (2025)"
    path.write_text(PRICES.replace(before, after, 1))
    with pytest.raises(bayesnet.SpecError) as refused:
        read_costs(path, model)
    assert f"  costs.toml, {told}" in str(refused.value).splitlines()


def test_losses_in_money_are_of_one_year(tmp_path):
    """A utility that is money lost is computed again from the amount, the index and the worth of a unit of utility."""
    text = (find_model("back_pain") / "decision.toml").read_text(encoding="utf-8")
    path, model = tmp_path / "decision.toml", bayesnet.load("back_pain").model
    path.write_text(text.replace("low = -0.0381", "low = -0.0276"))
    with pytest.raises(bayesnet.SpecError, match=r"low -0\.0276 is not what 1380 of 2013 gives: -0\.03814 in money of 2025"):
        read_decision(path, model)


def test_a_plan_stops_where_the_decision_would_stay():
    """Back pain with nothing known: saddle anaesthesia is asked first; only what could turn the decision is followed."""
    case = bayesnet.load("back_pain").case("")
    plan = case.plan(enough=1.0, depth=1)
    assert plan.root.test == "saddle_anesthesia"
    new = next(after for result, _, after in plan.root.branches if result == "saddle_anesthesia")
    others = [after for result, _, after in plan.root.branches if result != "saddle_anesthesia"]
    assert {after.decision for after in others} == {"conservative care for four to six weeks"}
    assert new.decision == "urgent MRI with referral"
    assert min(*(after.same_decision for after in others), plan.root.same_decision) > 0.9
    assert new.same_decision < 0.9
    calm = case.plan(enough=plan.root.same_decision).root
    assert calm.branches == ()
    assert calm.stop == f"the decision would stay with probability {plan.root.same_decision:.1%}".replace("%", " %")


def test_same_decision_probability_agrees_with_looking_at_every_combination():
    """On the chest clinic: the chance that lung cancer stays below one half after the findings that are left."""
    net = bayesnet.load("asia")
    step = net.case("dysp=yes").plan("lung=yes", depth=1).root
    table = net.joint(list(step.hidden), given="dysp=yes").to_frame()
    stays = 0.0
    for _, row in table.iterrows():
        if row["probability"] > 0.0:
            given_ = {"dysp": "yes", **{name: row[name] for name in step.hidden}}
            stays += row["probability"] * (net.posterior("lung", given=given_)["yes"] < 0.5)
    assert step.same_decision == pytest.approx(stays)
    assert len(step.hidden) == 6


def test_a_plan_is_a_tree_of_probabilities():
    """Shares of each level sum to one or less, and the steps of the frame are those of the tree."""
    plan = bayesnet.load("back_pain").case(DEMO).plan("spinal_metastasis", depth=2)
    frame = plan.to_frame()
    assert frame["share"][0] == 1.0
    assert frame.loc[frame["stop"] != "", "share"].sum() == pytest.approx(1.0, abs=0.01)
    assert plan.by == "bits"
    assert frame["depth"].max() == 2
    assert "stop: the plan is as deep as asked" in str(plan)


def test_a_plan_needs_a_target_or_a_decision():
    """Neither is refused, and so is a threshold that is no probability."""
    case = bayesnet.load("asia").case("dysp=yes")
    with pytest.raises(bayesnet.BayesnetError, match="has no decision") as refused:
        case.plan()
    way = 'asia has no decision (no decision.toml beside its numbers); plan for a target, as in target="dysp=yes".'
    assert str(refused.value) == way
    with pytest.raises(bayesnet.BayesnetError, match="utilities to advise on") as refused:
        case.advise()
    assert str(refused.value) == (
        "asia has no decision.toml beside its numbers, so it defines no options and utilities to advise on; "
        'the value of a finding for a target needs none, as in next_tests(target="dysp=yes").'
    )
    with pytest.raises(bayesnet.BayesnetError, match="still open") as refused:
        case.next_tests()
    assert str(refused.value) == (
        'asia has no variable of the group "diagnoses" that is still open; ask about a target, as in target="dysp=yes".'
    )
    with pytest.raises(bayesnet.BayesnetError, match=r"threshold=2 is not a probability; give a number from 0 to 1\."):
        case.plan("lung=yes", threshold=2)
