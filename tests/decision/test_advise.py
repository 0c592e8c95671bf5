"""Decisions: published values of information, laws on random networks, and how the advice for back pain reads."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.decision.advise import DecisionNetwork, advise, candidates, decision_network, perfect, sample
from bayesnet.analysis.decision.costs import read_costs
from bayesnet.analysis.decision.decision_file import Decision, Option, State, Utility, read_decision
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.model import load_model
from bayesnet.model.find import find_model
from bayesnet.results.table import printed_at

MODEL = """
name = "oil"
title = "The oil wildcatter"
version = "1"
files = ["oil.toml"]
"""
OIL = """
group = "wells"
[variables.oil]
states = ["dry", "wet", "soaking"]
gate = "table"
[[numbers]]
id = "oil=wet"
value = 0.3
low = 0.3
high = 0.3
range = "exact"
grade = "definition"
[[numbers]]
id = "oil=soaking"
value = 0.2
low = 0.2
high = 0.2
range = "exact"
grade = "definition"
[variables.seismic]
states = ["none", "open", "closed"]
parents = ["oil"]
gate = "table"
"""
SEISMIC = {"dry": (0.6, 0.3, 0.1), "wet": (0.3, 0.4, 0.3), "soaking": (0.1, 0.4, 0.5)}
SAS = {"dry": -310_000.0, "wet": 390_000.0, "soaking": 890_000.0}
HUGIN = {"dry": -70.0, "wet": 50.0, "soaking": 200.0}


def decision_text(payoffs: dict[str, float]) -> str:
    parts = ['title = "Drill"', 'unit = "money"']
    for state, when in (("dry", "oil=dry"), ("wet", "oil=wet"), ("soaking", "")):
        parts.append(f'[[states]]\nname = "{state}"\nwhen = "{when}"')
    parts += ['[[options]]\nname = "drill"', '[[options]]\nname = "leave"']
    for option in ("drill", "leave"):
        for state, payoff in payoffs.items():
            value = payoff if option == "drill" else 0.0
            parts.append(
                f'[[utilities]]\nid = "{option} | {state}"\nvalue = {value}\nlow = {value - 100}\nhigh = {value + 100}\n'
                'grade = "definition"'
            )
    return "\n".join(parts)


@pytest.fixture
def oil(tmp_path: Path) -> Path:
    """A folder with the wildcatter's network."""
    rows = []
    for state, row in SEISMIC.items():
        for result, p in zip(("none", "open"), row, strict=False):
            rows.append(
                f'[[numbers]]\nid = "seismic={result} | oil={state}"\nvalue = {p}\nlow = {p}\nhigh = {p}\n'
                'range = "exact"\ngrade = "definition"'
            )
    (tmp_path / "model.toml").write_text(MODEL)
    (tmp_path / "oil.toml").write_text(OIL + "\n".join(rows))
    return tmp_path


def test_the_value_of_perfect_information_of_the_oil_wildcatter_is_the_published_one(oil):
    """155,000 dollars, as the SAS/OR manual gives it for this well (PROC DTREE, Oil Wildcatter's Problem)."""
    (oil / "decision.toml").write_text(decision_text(SAS))
    advice = bayesnet.load(oil).case("").advise()
    assert advice.best == "drill"
    assert advice["drill"].expected_utility == pytest.approx(140_000.0)
    assert advice.evpi == pytest.approx(155_000.0)


def test_the_wildcatter_tests_first(oil):
    """With Raiffa's payoffs (1968), as in HUGIN's manual: 20 at once, 12.5 more after sounding, so 22.5 less its price."""
    (oil / "decision.toml").write_text(decision_text(HUGIN))
    advice = bayesnet.load(oil).case("").advise()
    assert advice["drill"].expected_utility == pytest.approx(20.0)
    assert advice.evpi == pytest.approx(35.0)
    assert {t.finding: t.value for t in advice.tests} == {"oil": pytest.approx(35.0), "seismic": pytest.approx(12.5)}
    assert bayesnet.load(oil).case("seismic=none").advise().best == "leave"


def test_thresholds_lie_where_the_options_are_worth_the_same(oil):
    """Drilling pays while the well is dry with less than 110/180 of probability: worth 110 otherwise, and -70 if dry."""
    (oil / "decision.toml").write_text(decision_text(HUGIN))
    dry, wet = bayesnet.load(oil).case("").advise().thresholds
    assert [piece[2] for piece in dry.pieces] == ["drill", "leave"]
    assert dry.thresholds == pytest.approx((110 / 180,))
    assert dry.now == pytest.approx(0.5)
    others = (0.5 * -70 + 0.2 * 200) / 0.7
    assert others > 0
    assert [piece[2] for piece in wet.pieces] == ["drill"]
    assert "is best at any probability of wet" in bayesnet.load(oil).case("").advise().text


def test_a_decision_file_is_refused_with_every_problem(oil):
    """A missing utility, a condition on what is not there, and a range that misses its value are reported together."""
    text = decision_text(HUGIN).replace("oil=wet", "gas=wet").replace("leave | soaking", "leave | flooded")
    (oil / "decision.toml").write_text(text.replace("low = -170.0", "low = 0.0"))
    with pytest.raises(bayesnet.SpecError) as refused:
        read_decision(oil / "decision.toml", bayesnet.load(oil).model)
    lines = str(refused.value).splitlines()
    assert lines[0].endswith("4 problems")
    assert '  decision.toml, utility "drill | dry": value -70 lies outside its range [0, 30]' in lines
    assert '  decision.toml, utility "leave | soaking": is missing' in lines
    assert '  decision.toml, utility "leave | flooded": names no option and state' in lines
    assert any('state "wet"' in line and "gas" in line for line in lines)


def test_without_a_decision_there_is_no_advice():
    """A network without a decision says so."""
    with pytest.raises(bayesnet.BayesnetError) as refused:
        bayesnet.load("asia").case("").advise()
    assert str(refused.value) == (
        "asia has no decision.toml beside its numbers, so it defines no options and utilities to advise on; "
        'the value of a finding for a target needs none, as in next_tests(target="dysp=yes").'
    )


@st.composite
def decisions(draw: st.DrawFn) -> tuple[CompiledModel, Decision, object]:
    """A random network, a decision on two of its variables, and one finding."""
    compiled = CompiledModel(draw(models(min_variables=4, max_variables=6)))
    assume(not compiled.defaults)
    a, b, c = draw(st.permutations(range(len(compiled.names))))[:3]
    whens = [compiled.literal(v, draw(st.integers(0, len(compiled.states(v)) - 1))) for v in (a, b)]
    states = (State("first", "", whens[0]), State("second", "", f"any of {whens[0]}, {whens[1]}"), State("rest", "", ""))
    options = tuple(Option(name, name) for name in ("x", "y", "z"))
    value = st.floats(-10, 10).map(lambda x: round(x, 3))
    drawn = [(o.name, s.name, draw(value)) for o, s in product(options, states)]
    utilities = tuple(Utility(o, s, u, u - 1, u + 1, "judgement", "", "", "drawn") for o, s, u in drawn)
    decision = Decision("drawn", "points", "", states, options, utilities, {})
    findings = read_given(compiled, {compiled.names[c]: compiled.states(c)[0]})
    assume(compiled.engine.log_probability(findings.evidence()) > -30.0)
    return compiled, decision, findings


@settings(max_examples=40)
@given(decisions())
def test_a_test_is_worth_something_between_nothing_and_perfect_information(drawn):
    """0 <= EVSI <= EVPI for every finding, and every figure agrees with choosing after each result in turn."""
    compiled, decision, findings = drawn
    network = DecisionNetwork.of(compiled, decision)
    p, table = network.states(findings), decision.table
    advice = advise(Query(compiled, findings), decision)
    assert advice.evpi == pytest.approx(perfect(table, p))
    assert advice.options[0].expected_utility == pytest.approx(max(table @ p))
    for w, joint in network.with_each(findings, candidates(compiled, findings)).items():
        assert joint.sum() == pytest.approx(1.0)
        assert -1e-12 <= sample(table, joint) <= advice.evpi + 1e-9
        later = 0.0
        for s, q in enumerate(joint.sum(axis=0)):
            if q > 1e-12:
                more = findings.with_findings(read_given(compiled, {compiled.names[w]: compiled.states(w)[s]}))
                later += q * max(table @ network.states(more))
        assert sample(table, joint) == pytest.approx(later - max(table @ p), abs=1e-8)


@settings(max_examples=30)
@given(decisions())
def test_excluding_states_one_by_one_gives_their_joint_distribution(drawn):
    """P(state, finding) by passes that exclude one state after the other agrees with the state as a variable of its own."""
    compiled, decision, findings = drawn
    network = DecisionNetwork.of(compiled, decision)
    wanted = candidates(compiled, findings)
    v = network.variable
    direct = Query(network.compiled, findings).ask(lambda engine, evidence: engine.joint_with_each(v, evidence, wanted))
    for w, table in network.with_each(findings, wanted).items():
        np.testing.assert_allclose(table, direct[w], atol=1e-10)
    two = wanted[:2]
    table = Query(network.compiled, findings).ask(lambda engine, evidence: engine.joint((v, *two), evidence).table)
    np.testing.assert_allclose(network.joint(findings, two), table.reshape(3, -1), atol=1e-10)


@settings(max_examples=30)
@given(decisions())
def test_the_tornado_asks_each_utility_at_the_ends_of_its_range(drawn):
    """The lead at an end is that of the advised option over the best other one with the utility changed by hand."""
    compiled, decision, findings = drawn
    advice = advise(Query(compiled, findings), decision)
    p = np.array([s.probability for s in advice.states])
    names = [o.name for o in decision.options]
    best = names.index(advice.best)
    for bar in advice.tornado:
        k = [u.id for u in decision.utilities].index(bar.utility)
        for end, lead in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            table = decision.table
            table.flat[k] = end
            expected = table @ p
            assert lead == pytest.approx(expected[best] - np.delete(expected, best).max(), abs=1e-9)


def test_back_pain_without_any_flag_is_treated_without_imaging():
    """Nothing known, or no flag present: conservative care, far ahead."""
    net = bayesnet.load("back_pain")
    none = "!cancer_history, !iv_drug_use, !fever, !trauma, !corticosteroids, !neurological_deficit, !saddle_anesthesia"
    for given_ in ("", f"{none}, !urinary_retention, !weight_loss, !age_over_70"):
        advice = net.case(given_).advise()
        assert advice.best == "conservative_care"
        assert advice.lead > advice.evpi


def test_the_demo_cases_are_sent_to_urgent_mri():
    """A woman with cancer, anaemia and raised ALP, and an injection drug user with fever and weak legs."""
    net = bayesnet.load("back_pain")
    cancer = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"
    for given_ in (cancer, "setting=emergency, iv_drug_use, fever, neurological_deficit", "saddle_anesthesia"):
        assert net.case(given_).advise().best == "urgent_mri"


def test_one_sign_of_the_cauda_equina_alone_is_as_the_notes_of_the_model_say():
    """Two absences outweigh it; with each utility where it favours MRI most, the threshold still lies above the probability."""
    net = bayesnet.load("back_pain")
    flags = ("age_over_70", "trauma", "corticosteroids", "contusion_abrasion", "cancer_history", "weight_loss", "fever")
    flags += ("iv_drug_use", "immunosuppression", "neurological_deficit", "urinary_retention")
    case = net.case(", ".join(["saddle_anesthesia", *(f"!{flag}" for flag in flags)]))
    assert case.posterior("cauda_equina_syndrome")["present"] == pytest.approx(0.00196, abs=5e-5)
    ratios = [impact.likelihood_ratio for impact in case.explain("cauda_equina_syndrome")]
    assert ratios[-2:] == pytest.approx([0.19, 0.19], abs=0.005)
    assert math.prod(ratios[1:-2]) == pytest.approx(1 / 1.33, abs=0.02)
    for setting in ("primary_care", "emergency", "spine_clinic", "hospital"):
        assert case.add(f"setting={setting}").advise().best == "conservative_care"
    assert not case.advise().turning
    network = decision_network(net.compiled)
    mri = [option.name for option in network.decision.options].index("urgent_mri")
    table, p = network.decision.table, network.states(case.findings)
    assert min(case.advise().thresholds[0].thresholds[-1:]) == pytest.approx(0.026, abs=5e-4)
    for k, utility in enumerate(network.decision.utilities):
        table.flat[k] = utility.high if utility.option == "urgent_mri" else utility.low
    rest = (table[:, 1:] @ p[1:]) / p[1:].sum()
    lead = table[mri, 0] - table[:, 0]
    needed = max(d / (d + g) for o, (d, g) in enumerate(zip(rest - rest[mri], lead, strict=True)) if o != mri)
    assert needed == pytest.approx(0.00362, abs=5e-5)
    assert needed > p[0]


def test_advice_names_what_would_turn_it():
    """Each utility listed as turning the advice does so at an end of its own range; the others do not."""
    net = bayesnet.load("back_pain")
    advice = net.case("urinary_retention").advise()
    assert advice.turning
    network = decision_network(net.compiled)
    p = np.array([s.probability for s in advice.states])
    for bar in advice.tornado:
        k = [u.id for u in network.decision.utilities].index(bar.utility)
        chosen = set()
        for end in (bar.low, bar.high):
            table = network.decision.table
            table.flat[k] = end
            chosen.add(network.decision.options[int(np.argmax(table @ p))].name)
        assert bar.turns == (chosen != {advice.best})
    assert advice.turning[0].label in advice.text


def test_what_a_person_reads_names_options_by_their_labels_and_frames_by_name():
    """No print of the decision holds a raw name of an option; frames and JSON hold them."""
    case = bayesnet.load("back_pain").case("age_group=60-69, cancer_history")
    advice, tests, flips = case.advise(), case.next_tests("decision"), case.flips()
    with printed_at(160):
        prints = (str(advice), str(tests), str(flips), str(case.plan()))
    for printed in prints:
        assert "X-ray with blood tests" in " ".join(printed.split())
        for option in advice.options:
            assert option.option not in printed
    assert advice.to_frame()["option"].tolist() == [line.option for line in advice.options]
    assert {flip.after for flip in flips if flip.what == "advice"} <= {line.option for line in advice.options}
    told = {outcome["then"]: outcome["then_label"] for test in tests.to_dict()["tests"] for outcome in test["outcomes"]}
    assert told["urgent_mri"] == "urgent MRI with referral"


def test_advice_prints_and_becomes_a_frame():
    """Fixed columns, best first; the print says the options, the thresholds and what to distrust."""
    advice = bayesnet.load("back_pain").case("fever").advise()
    assert list(advice.to_frame().columns) == ["option", "expected_utility", "behind"]
    assert advice.to_frame()["behind"].tolist() == sorted(advice.to_frame()["behind"])
    assert "utilities are expert judgement" in str(advice).replace("\n  ", " ")
    assert advice.to_dict()["decision_digest"]
    assert math.isfinite(advice.to_dict()["evpi"])


def test_publications_beside_the_model_keep_every_field() -> None:
    """What `[sources.<key>]` of decision.toml and costs.toml says is in the record of the same name."""
    import tomllib

    for name, reader in (("decision.toml", read_decision), ("costs.toml", read_costs)):
        path = find_model("back_pain") / name
        written = tomllib.loads(path.read_text(encoding="utf-8"))["sources"]
        sources = reader(path, load_model("back_pain")).sources
        for key, row in written.items():
            assert {field: getattr(sources[key], field) for field in row} == row
