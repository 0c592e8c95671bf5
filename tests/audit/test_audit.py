"""The audit: questions known on paper, verdicts known on paper, files refused with all that is wrong."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import network as small_network

from bayesnet.analysis.audit.audit import NEAR, answer_target, audit, audit_records, judge
from bayesnet.analysis.audit.own_inputs import own_inputs
from bayesnet.analysis.audit.quantified import QuantifiedQuestions
from bayesnet.analysis.audit.records import Check, Claim, Target, read_claims, read_targets
from bayesnet.analysis.audit.shared import shared
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.errors import PatternError, SpecError, UnknownVariable
from bayesnet.model.read import read_model
from bayesnet.model.records import CitedFigure, Model, Number, Printed, Source, Variable
from bayesnet.pattern import parse_quantified_question
from bayesnet.results.words import percent

SOURCES = {"smith2003": Source("smith2003", "Smith AB, Jones C", 2003), "jones2010": Source("jones2010", "Jones C", 2010)}


def network(
    hospital: float, disease: tuple[float, float], fever: tuple[float, float], pain: tuple[float, float], default: str = "primary"
) -> CompiledModel:
    """Site -> disease -> fever, pain; each pair gives P(present) for the parent's first and second state."""
    sites, binary = ("primary", "hospital"), ("absent", "present")
    variables = (
        Variable("site", states=sites, default=default),
        Variable("disease", group="diagnoses", role="common", parents=("site",)),
        Variable("fever", parents=("disease",)),
        Variable("pain", parents=("disease",)),
    )
    values = {"site=hospital": hospital, "site=primary": 1.0 - hospital}
    for child, parent, states, pair in (
        ("disease", "site", sites, disease),
        ("fever", "disease", binary, fever),
        ("pain", "disease", binary, pain),
    ):
        for state, p in zip(states, pair, strict=True):
            values[f"{child}=present | {parent}={state}"] = p
            values[f"{child}=absent | {parent}={state}"] = 1.0 - p
    made = small_network("clinic", variables, values).model
    return CompiledModel(replace(made, sources=SOURCES))


CLINIC = network(0.2, (0.1, 0.5), (0.2, 0.6), (0.5, 0.9))


def ask(compiled: CompiledModel = CLINIC) -> QuantifiedQuestions:
    return QuantifiedQuestions(compiled)


ON_PAPER = {
    "disease": 0.1,
    "disease | site=hospital": 0.5,
    "fever": 0.24,
    "disease | fever": 0.25,
    "!disease | fever": 0.75,
    "any of fever, pain | disease": 0.96,
    "none of fever, pain | disease": 0.04,
    "all of fever, pain | disease": 0.54,
    "fever, pain | disease": 0.54,
    "at least 1 of fever, pain | disease": 0.96,
    "at least 2 of fever, pain | disease": 0.54,
    "none of fever | disease": 0.4,
    "disease | at least 2 of (fever, pain)": 0.375,
    "disease | any of (fever, pain)": 0.096 / 0.636,
    "disease | none of (fever, pain)": 0.004 / 0.364,
    "none of disease | at least 2 of (fever, pain)": 0.625,
    "fever | any of (fever, pain)": 0.24 / 0.636,
    "pain, disease | any of (fever, pain)": 0.09 / 0.636,
    "disease | fever={present:0.5, absent:1}": 0.1 * 0.7 / (0.1 * 0.7 + 0.9 * 0.9),
    "fever={present:0.5, absent:1} | disease": 0.7,
    "disease={absent, present}": 1.0,
    "site=hospital": 0.2,
    "fever | do(disease=present)": 0.6,
    "disease | do(fever=present)": 0.1,
    "fever | jeffrey(disease={absent:0.5, present:0.5})": 0.4,
    "disease | any of (fever, site=hospital)": (0.2 * 0.5 + 0.8 * 0.1 * 0.6) / (0.2 + 0.8 * 0.24),
}


@pytest.mark.parametrize(("question", "value"), ON_PAPER.items())
def test_questions_give_what_paper_gives(question: str, value: float) -> None:
    """Counted findings, likelihoods, interventions, new marginals and the default site all come out as by hand."""
    assert ask().probability(question).value == pytest.approx(value, rel=1e-12)


def test_findings_given_apart_count_like_findings_after_the_bar() -> None:
    """`given` and the text after the bar are one set of findings."""
    assert ask().probability("disease | fever", "site=hospital") == ask().probability("disease | fever, site=hospital")


PROBABILITY = st.floats(0.02, 0.98)
PAIR = st.tuples(PROBABILITY, PROBABILITY)


@settings(max_examples=40)
@given(PROBABILITY, PAIR, PAIR, PAIR, st.integers(1, 3))
def test_counting_agrees_with_adding_up_every_case(
    hospital: float, disease: tuple[float, float], fever: tuple[float, float], pain: tuple[float, float], least: int
) -> None:
    """`at least k of` before and after the bar is the sum over all cases in which k or more hold."""
    questions = ask(network(hospital, disease, fever, pain, default=""))

    def p(case: tuple[int, ...]) -> float:
        s, d, f, q = case
        return (
            (hospital if s else 1 - hospital)
            * (disease[s] if d else 1 - disease[s])
            * (fever[d] if f else 1 - fever[d])
            * (pain[d] if q else 1 - pain[d])
        )

    cases = list(itertools.product((0, 1), repeat=4))
    many = {case: sum(case[1:]) >= least for case in cases}
    expected = sum(p(case) for case in cases if many[case])
    assert questions.probability(f"at least {least} of disease, fever, pain").value == pytest.approx(expected, rel=1e-9)
    hospital_share = sum(p(case) for case in cases if many[case] and case[0]) / expected
    text = f"site=hospital | at least {least} of (disease, fever, pain)"
    assert questions.probability(text).value == pytest.approx(hospital_share, rel=1e-9)


def test_a_condition_that_cannot_be_has_no_answer_and_says_so() -> None:
    """Where P(condition) is 0 the answer is not a number and its ln P is -inf, also for counted findings."""
    compiled = network(0.2, (0.0, 0.5), (0.2, 0.6), (0.5, 0.9))
    for question in ("fever | disease", "fever | disease, pain", "fever | any of (disease), pain", "fever, pain | disease"):
        answer = ask(compiled).probability(question)
        assert math.isnan(answer.value), question
        assert answer.log_condition == -math.inf, question


TARGETS = {
    "likelihood_ratio_positive": Target("a", "fever | disease", 3.0, 2.0, 4.0, kind="likelihood_ratio_positive"),
    "likelihood_ratio_negative": Target("b", "fever | disease", 0.5, 0.4, 0.6, kind="likelihood_ratio_negative"),
    "ratio": Target("c", "fever | disease", 3.0, 2.0, 4.0, kind="ratio", against="fever | !disease"),
    "odds_ratio": Target("d", "disease | fever", 6.0, 2.0, 9.0, kind="odds_ratio", against="disease | !fever"),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_ratios_are_those_of_the_tables(kind: str) -> None:
    """Likelihood ratios, ratios and odds ratios of the network on paper: 0.6/0.2, 0.4/0.8, 3 and 3/0.5."""
    assert answer_target(ask(), TARGETS[kind])[0] == pytest.approx(TARGETS[kind].value, rel=1e-12)


def test_a_ratio_within_a_population_conditions_both_sides() -> None:
    """`given` holds for numerator and denominator; the ratio of fever does not know the site, the prior of disease does."""
    ratio = Target("a", "disease | fever", 1, 0, 2, kind="ratio", against="disease", given="site=hospital")
    assert answer_target(ask(), ratio)[0] == pytest.approx((0.3 / 0.4) / 0.5)


@pytest.mark.parametrize(
    ("model_says", "low", "high", "probability", "verdict"),
    [
        (0.25, 0.2, 0.3, True, "inside"),
        (0.2, 0.2, 0.3, True, "inside"),
        (0.3 + 1e-12, 0.2, 0.3, True, "inside"),
        (0.348, 0.2, 0.3, True, "near"),  # odds 0.5337 against 0.4286: 1.245 times
        (0.35, 0.2, 0.3, True, "outside"),  # 1.256 times
        (0.167, 0.2, 0.3, True, "near"),  # odds 0.2005 against 0.25: 1.247 times
        (2.4, 3.0, 13.0, False, "near"),
        (2.3, 3.0, 13.0, False, "outside"),
        (0.0, 0.1, 0.2, True, "outside"),
        (math.nan, 0.1, 0.2, True, "outside"),
        (1.0, 0.1, 0.2, True, "outside"),
    ],
)
def test_verdicts_follow_one_factor_stated_once(
    model_says: float, low: float, high: float, probability: bool, verdict: str
) -> None:
    """Near is within 1.25 times of the closer end, on the odds for a probability; anything farther is outside."""
    assert NEAR == 1.25
    assert judge(model_says, low, high, probability=probability)[0] == verdict


def small_audit():
    """Four figures whose verdicts are known on paper, and three claims."""
    targets = [
        Target("inside", "disease | fever", 0.25, 0.2, 0.3, source="smith2003", note="As it should be."),
        Target("near", "fever | disease", 0.5, 0.4, 0.55, source="smith2003", note="An older series."),
        Target("outside", "pain | disease", 0.3, 0.2, 0.4, source="jones2010", note="Selected patients."),
        Target(
            "disputed", "disease", 0.5, 0.4, 0.6, source="jones2010", note="One ward.", disputed="The ward took only the ill."
        ),
    ]
    claims = [
        Claim(1, "A", "Fever points to the disease.", (Check("raises", ("disease",), ("fever", "pain")),)),
        Claim(2, "A", "Half of the ill have fever.", (Check("between", question="fever | disease", low=0.45, high=0.55),)),
        Claim(
            3, "B", "Most attenders are ill.", (Check("between", question="disease", low=0.5, high=1.0),),
            "disputed", "One in ten was ill.", ("smith2003",),
        ),
    ]  # fmt: skip
    return audit_records(CLINIC, targets, claims)


def test_the_audit_counts_what_is_inside_near_outside_and_disputed() -> None:
    """Every figure counts, the disputed one too: one of four is inside."""
    result = small_audit()
    assert result.counts == {"inside": 1, "near": 1, "outside": 1, "disputed": 1}
    assert result.claim_counts == {"held": 1, "disputed": 1, "not held": 1}
    assert result.inside == 0.25
    assert result.summary == (
        "4 published figures: 1 inside (25.0 %), 1 near, 1 outside, 1 disputed\n3 claims: 1 held, 1 disputed, 1 not held"
    )


def test_the_audit_prints_the_worst_first_within_100_columns() -> None:
    """Outside, disputed, near, inside; each line fits a terminal; what is not inside is explained, what is inside is not."""
    text = str(small_audit())
    assert [line[:8].strip() for line in text.splitlines() if line[:8].strip() in ("outside", "disputed", "near", "inside")] == [
        "outside", "disputed", "near", "inside",
    ]  # fmt: skip
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "Selected patients." in text
    assert "The ward took only the ill. One ward." in text
    assert "As it should be." not in text
    assert "outside   pain | disease                                   0.9         0.2 to 0.4  Jones 2010" in text


def test_claims_that_fail_come_first_with_what_the_model_says() -> None:
    """A claim is held, disputed where a reason is on record, otherwise not held."""
    result = small_audit()
    assert [(c.number, c.verdict) for c in result.claims] == [(2, "not held"), (3, "disputed"), (1, "held")]
    assert result.claims[2].checks[0].model == "0.1 becomes 0.25"
    assert " 2 A: Half of the ill have fever. NOT HELD\n   - fever | disease: 0.6 (expected: 0.45 to 0.55)" in str(result)
    assert "One in ten was ill." in str(result)


def test_frames_and_json_have_a_fixed_shape() -> None:
    """One row per figure with fixed columns; the dict survives JSON."""
    result = small_audit()
    frame = result.to_frame()
    assert list(frame.columns) == ["question", "model", "low", "high", "value", "source", "verdict", "why", "shared", "differs"]
    assert list(frame["verdict"]) == ["outside", "disputed", "near", "inside"]
    assert list(result.claims_frame()["held"]) == [False, False, True, True]
    document = json.loads(json.dumps(result.to_dict()))
    assert document["counts"]["inside"] == 1
    assert document["targets"][0]["question"] == "pain | disease"
    assert "<table>" in result._repr_html_()


def test_a_figure_whose_condition_cannot_be_is_a_row_that_says_so() -> None:
    """The audit does not fail: the row is outside, without a number, and gives the reason."""
    compiled = network(0.2, (0.0, 0.5), (0.2, 0.6), (0.5, 0.9))
    target = Target("a", "fever | disease", 0.6, 0.5, 0.7, source="smith2003", note="From a ward.")
    row = audit_records(compiled, [target], []).targets[0]
    assert math.isnan(row.model)
    assert row.verdict == "outside"
    assert row.why == "The model gives the condition probability 0, so that nothing can be said. From a ward."
    assert "–" in str(audit_records(compiled, [target], []))


def test_a_tiny_condition_is_named_even_where_the_answer_is_inside() -> None:
    """An answer that hangs on one case in 1e14 says on what it hangs."""
    compiled = network(0.2, (1e-14, 0.5), (0.2, 0.6), (0.5, 0.9))
    target = Target("a", "fever | disease", 0.6, 0.5, 0.7, source="smith2003", note="From a ward.")
    row = audit_records(compiled, [target], []).targets[0]
    assert row.verdict == "inside"
    assert row.why.startswith("The condition has probability 8e-15.")


def test_questions_that_name_what_there_is_not_are_refused_together() -> None:
    """All unreadable questions of both files are reported at once, with their places."""
    targets = [
        Target("first", "fevr | disease", 0.6, 0.5, 0.7, source="smith2003"),
        Target("second", "fever | at least 2 of fever, pain", 0.6, 0.5, 0.7, source="smith2003"),
    ]
    claims = [Claim(4, "A", "x", (Check("between", question="pain | sick", high=1.0),))]
    with pytest.raises(SpecError) as refused:
        audit_records(CLINIC, targets, claims)
    assert str(refused.value) == (
        "clinic: 3 problems\n"
        '  targets.toml, target "first": In "fevr | disease": no variable "fevr"; did you mean "fever"?\n'
        '  targets.toml, target "second": In "fever | at least 2 of fever, pain", column 9: `at least 2 of` without brackets; '
        "expected `at least 2 of (a, b)` after the bar.\n"
        '  claims.toml, claim 4, check 1: In "pain | sick": no variable "sick"; '
        'its variables are "site", "disease", "fever", "pain".'
    )


@pytest.mark.parametrize(
    "text",
    ["", " | fever", "fever | disease | pain", "fever | any of (disease", "at least 3 of fever, pain", 'fever | "pain', "any of"],
)
def test_questions_that_cannot_be_read_are_pattern_errors(text: str) -> None:
    """Nothing asked, two bars, open brackets and quotes, more counted than there is."""
    with pytest.raises(PatternError):
        parse_quantified_question(text)


def test_an_unknown_variable_keeps_its_own_error() -> None:
    """Asked one by one, a misspelt name gives the nearest."""
    with pytest.raises(UnknownVariable, match="did you mean"):
        ask().probability("disease | feverr")


def test_a_target_that_is_its_own_input_is_found() -> None:
    """Same question and same source is an input; another source, or the reverse question, is not."""
    sources = {"fever=present | disease=present": "smith2003", "odds(disease) | fever=present": "jones2010"}
    numbers = {name: Number(name, 0.5, 0.4, 0.6, sources=(CitedFigure(source),)) for name, source in sources.items()}
    compiled = CompiledModel(replace(CLINIC.model, numbers=numbers))
    targets = [
        Target("same", "fever | disease", 0.6, 0.5, 0.7, source="smith2003"),
        Target("same-elsewhere", "fever | disease, site=hospital", 0.6, 0.5, 0.7, source="smith2003"),
        Target("other-source", "fever | disease", 0.6, 0.5, 0.7, source="jones2010"),
        Target("reverse", "disease | fever", 0.6, 0.5, 0.7, source="smith2003"),
        Target("more", "fever | disease, pain", 0.6, 0.5, 0.7, source="smith2003"),
        Target("any", "any of fever, pain | disease", 0.6, 0.5, 0.7, source="smith2003"),
        Target("odds", "disease | fever", 6, 5, 7, kind="odds_ratio", against="disease | !fever", source="jones2010"),
        Target("ratio", "disease | fever", 6, 5, 7, kind="ratio", against="disease | !fever", source="jones2010"),
    ]
    assert own_inputs(compiled, targets) == {
        "same": "fever=present | disease=present",
        "same-elsewhere": "fever=present | disease=present",
        "odds": "odds(disease) | fever=present",
    }


BAD_TARGETS = """
[[targets]]
id = "one"
question = "fever"
value = 0.9
low = 0.2
high = 0.8
source = "smth2003"
sorce = "x"

[[targets]]
question = "pain"
value = "half"
low = 0.2
high = 0.8
source = "smith2003"

[[targets]]
id = "one"
kind = "likelihood_ratio"
question = "pain"
value = 0.5
low = 0.5
high = 0.5
source = "smith2003"
grade = "cohrt"
range = "judgement"
differs = "setting"

[[targets]]
id = "ratio"
kind = "ratio"
question = "pain"
value = 0.5
low = 0.4
high = 1.5
source = "smith2003"

[[targets]]
id = "sure"
question = "pain"
value = 0.5
low = 0.4
high = 1.5
source = "smith2003"
"""


def test_a_targets_file_is_refused_with_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    """Ranges, names, kinds, grades, doubles and sources in one message."""
    (tmp_path / "targets.toml").write_text(BAD_TARGETS)
    with pytest.raises(SpecError) as refused:
        read_targets(tmp_path / "targets.toml", ["smith2003"])
    assert str(refused.value) == (
        f"{tmp_path}: 13 problems\n"
        '  targets.toml, target "one": key "sorce" is not known; did you mean "source" or "sources"?\n'
        '  targets.toml, target "one": value 0.9 lies outside its range [0.2, 0.8]\n'
        '  targets.toml, target "one": source "smth2003" is not defined; did you mean "smith2003"?\n'
        '  targets.toml, target 2: has no "id"\n'
        "  targets.toml, target 2: \"value\" is not a number; got 'half'\n"
        '  targets.toml, target "one": is there twice; give each figure an id of its own\n'
        '  targets.toml, target "one": kind "likelihood_ratio" is not known; '
        'did you mean "likelihood_ratio_positive", "likelihood_ratio_negative" or "odds_ratio"?\n'
        '  targets.toml, target "one": grade "cohrt" is not known; did you mean "cohort"?\n'
        '  targets.toml, target "one": range "judgement" is not known; expected "95 % interval" or "range across studies"\n'
        '  targets.toml, target "one": differs "setting" is not known; expected "patients" or "words"\n'
        '  targets.toml, target "one": its range is a point; expected an interval or a range across studies\n'
        '  targets.toml, target "ratio": a ratio needs a second question in `against`\n'
        '  targets.toml, target "sure": its range [0.4, 1.5] leaves what a probability can be'
    )


BAD_CLAIMS = """
[[claims]]
number = 1
text = "A"
statement = "x"
expected = "disputed"
[[claims.checks]]
kind = "rises"
[[claims.checks]]
kind = "leads"
leaders = ["a"]
among = "specifics"

[[claims]]
number = 1
text = "A"
statement = "x"
disputed = "because"
sources = ["nobody1999"]
[[claims.checks]]
kind = "prints"
question = "a"
"""


def test_a_claims_file_is_refused_with_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    """Kinds, missing parts, named groups, verdicts without a reason, sources."""
    (tmp_path / "claims.toml").write_text(BAD_CLAIMS)
    with pytest.raises(SpecError) as refused:
        read_claims(tmp_path / "claims.toml", ["smith2003"])
    assert str(refused.value) == (
        f"{tmp_path}: 7 problems\n"
        '  claims.toml, claim 1, check 1: kind "rises" is not known; did you mean "raises" or "rises_more"?\n'
        '  claims.toml, claim 1, check 2: a check of kind "leads" needs "given"\n'
        '  claims.toml, claim 1, check 2: among "specifics" is not known; expected a list of variables, "specific" or "all"\n'
        "  claims.toml, claim 1: a disputed claim has both `expected` and the reason in `disputed`\n"
        "  claims.toml, claim 1: is there twice; number the claims one by one\n"
        "  claims.toml, claim 1: a disputed claim has both `expected` and the reason in `disputed`\n"
        '  claims.toml, claim 1: source "nobody1999" is not defined'
    )


def test_a_file_that_is_not_toml_is_refused_in_one_paragraph(tmp_path: Path) -> None:
    """The refusal names file, line and column."""
    (tmp_path / "targets.toml").write_text("[[targets]\n")
    with pytest.raises(SpecError, match=r"(?s)1 problem\n  targets.toml, line 1, column 10: not valid TOML: "):
        read_targets(tmp_path / "targets.toml")


CHECKS = {
    "lowers": (Check("lowers", ("disease",), ("!fever",)), True),
    "lowers not": (Check("lowers", ("disease",), ("fever",)), False),
    "raises by a factor": (Check("raises", ("disease",), ("fever",), factor=2.9), True),
    "raises not by so much": (Check("raises", ("disease",), ("fever",), factor=3.1), False),
    "raises in hospital": (Check("raises", ("disease",), ("fever",), given="site=hospital"), True),
    "barely": (Check("barely", ("fever",), ("pain",), within=1.5), True),
    "barely not": (Check("barely", ("disease",), ("fever",), within=1.5), False),
    "order": (Check("order", questions=("disease | fever", "disease", "disease | !fever")), True),
    "order not": (Check("order", questions=("disease", "disease | fever")), False),
    "order by a factor": (Check("order", questions=("disease | fever", "disease"), factor=2.6), False),
    "rises more": (Check("rises_more", ("disease", "pain"), ("fever",)), True),
    "rises more by difference": (Check("rises_more", ("pain", "disease"), ("fever",), scale="difference"), False),
    "leads": (Check("leads", given="fever", leaders=("pain",), among=("pain", "disease")), True),
    "leads not": (Check("leads", given="fever", leaders=("disease",), among=("pain", "disease")), False),
    "leads not by so much": (Check("leads", given="fever", leaders=("pain",), among=("pain", "disease"), factor=4.0), False),
    "most informative": (Check("most_informative", ("disease",), leaders=("pain",), among=("pain", "fever")), True),
    "most informative not": (Check("most_informative", ("disease",), leaders=("fever",), among=("pain", "fever")), False),
}


@pytest.mark.parametrize("name", CHECKS)
def test_each_kind_of_check_can_hold_and_can_fail(name: str) -> None:
    """P(disease) 0.1, 0.25 with fever, 1/19 without; pain 0.54, 0.6 with fever; fever carries 0.0482 bits and pain 0.0485."""
    check, held = CHECKS[name]
    claim = audit_records(CLINIC, [], [Claim(1, "A", "x", (check,))]).claims[0]
    assert claim.verdict == ("held" if held else "not held")


def test_flags_are_set_one_by_one_against_none() -> None:
    """No flag: 0.004/0.364; each flag alone is higher, and printed."""
    check = Check("flags", ("disease",), flags=("fever", "pain"))
    lines = audit_records(CLINIC, [], [Claim(1, "A", "x", (check,))]).claims[0].checks
    assert [(line.model, line.held) for line in lines] == [("0.011", None), ("0.0625", True), ("0.0909", True)]


def advise(findings: str) -> dict[str, float]:
    """Scan when fever is there and pain is not denied; the utilities are those of the two answers."""
    scan = "fever" in findings.split(", ") and "!pain" not in findings
    return {"wait": 0.0, "scan": 0.25 if scan else -0.5}


def test_advice_is_asked_for_each_flag_with_the_others_absent_or_open() -> None:
    """The advised option, how far the next is behind, and whether the text expects it."""
    checks = (
        Check("advice", options=("wait",)),
        Check("advice", given="!fever, !pain", options=("wait",)),
        Check("advice", flags=("fever", "pain"), options=("scan",)),
        Check("advice", given="site=hospital", flags=("fever",), others="open", options=("scan", "wait")),
    )
    claim = audit_records(CLINIC, [], [Claim(1, "A", "x", checks)], advise).claims[0]
    assert [(line.question, line.expected, line.model, line.held) for line in claim.checks] == [
        ("advice | nothing known", "wait", "wait, scan behind by 0.5", True),
        ("advice | !fever, !pain", "wait", "wait, scan behind by 0.5", True),
        ("advice | fever, the other flags absent", "scan", "wait, scan behind by 0.5", False),
        ("advice | pain, the other flags absent", "scan", "wait, scan behind by 0.5", False),
        ("advice | site=hospital, fever, the other flags not asked", "scan or wait", "scan, wait behind by 0.25", True),
    ]
    assert claim.verdict == "not held"


def test_advice_is_refused_without_a_decision_or_its_option() -> None:
    """No decision beside the claims; an option that the decision does not have, with the near one."""
    claims = [Claim(1, "A", "x", (Check("advice", options=("wait",)),))]
    with pytest.raises(SpecError, match=r"claim 1, check 1: there is no decision\.toml beside the claims"):
        audit_records(CLINIC, [], claims)
    claims = [Claim(1, "A", "x", (Check("advice", options=("wiat",)),))]
    with pytest.raises(SpecError, match=r'(?s)the decision has no option "wiat"; did you mean "wait"\?'):
        audit_records(CLINIC, [], claims, advise)


def test_prints_have_no_verdict() -> None:
    """A printed share stands beside its range and decides nothing."""
    check = Check("prints", question="fever | disease", low=0.1, high=0.2)
    claim = audit_records(CLINIC, [], [Claim(1, "A", "x", (check,))]).claims[0]
    assert claim.verdict == "held"
    assert claim.checks[0].model == "0.6, published 0.1 to 0.2"


ASIA = """
[[targets]]
id = "x-ray"
question = "xray=yes"
value = 0.11
low = 0.10
high = 0.12
source = "lauritzen1988"
where = "known by heart: 0.11029"

[[targets]]
id = "either"
question = "any of tub=yes, lung=yes"
value = 0.08
low = 0.07
high = 0.09
source = "lauritzen1988"
note = "0.064828; too low by a factor of 1.09 on the odds."

[[targets]]
id = "smokers"
kind = "ratio"
question = "lung=yes | smoke=yes"
against = "lung=yes | smoke=no"
value = 4
low = 3
high = 5
source = "lauritzen1988"
note = "0.1 over 0.01."
"""
ASIA_CLAIM = """
[[claims]]
number = 1
text = "A"
statement = "A visit to Asia says nothing once tuberculosis is known."
[[claims.checks]]
kind = "barely"
target = "dysp=yes"
by = "asia=yes"
given = "tub=no"
within = 1.000001
"""


def test_a_folder_is_audited_as_it_lies(tmp_path: Path, root: Path) -> None:
    """The chest clinic: P(xray) 0.11029 is inside, P(tub or lung) 0.0648 near, the ratio of smokers to others, 10, outside."""
    folder = tmp_path / "asia"
    shutil.copytree(root / "priors" / "asia", folder)
    compiled = CompiledModel(read_model(folder))
    key = next(iter(compiled.model.sources))
    (folder / "targets.toml").write_text(ASIA.replace("lauritzen1988", key))
    (folder / "claims.toml").write_text(ASIA_CLAIM)
    result = audit(compiled, folder)
    assert {t.id: t.verdict for t in result.targets} == {"x-ray": "inside", "either": "near", "smokers": "outside"}
    assert [round(t.model, 6) for t in result.targets] == [10.0, 0.064828, 0.11029]
    assert result.claims[0].verdict == "held"


def test_a_folder_without_an_audit_says_so(root: Path) -> None:
    """Nothing to audit is an error of one paragraph, not an empty success."""
    folder = root / "priors" / "asia"
    with pytest.raises(SpecError, match=r"nor are claims\.toml and cases\.toml; there is nothing to audit"):
        audit(CompiledModel(read_model(folder)), folder)


def test_a_figure_that_feeds_the_model_is_no_outside_test() -> None:
    """The figure itself, or its complement; another figure of the study or of the same patients."""
    cited = {
        "figure": CitedFigure("smith2003", count=(3, 10)),
        "complement": CitedFigure("smith2003", printed=Printed(0.7)),
        "study": CitedFigure("smith2003", count=(1, 10)),
        "cohort": CitedFigure("smith2004", count=(1, 10)),
        "background": CitedFigure("smith2003", count=(3, 10), use="background"),
        "another": CitedFigure("jones2010", count=(3, 10)),
    }
    sources = {
        "smith2003": Source("smith2003", "Smith A", 2003, cohort="Smithtown"),
        "smith2004": Source("smith2004", "Smith A", 2004, cohort="Smithtown"),
        "jones2010": Source("jones2010", "Jones C", 2010),
    }
    target = Target("a", "fever | disease", 0.3, 0.2, 0.4, source="smith2003")
    found = {}
    for name, figure in cited.items():
        number = Number("fever", 0.5, 0.4, 0.6, sources=(figure,))
        found[name] = shared(Model("m", numbers={"fever": number}, sources=sources), [target], {}).get("a", "")
    assert found == {
        "figure": "figure", "complement": "figure", "study": "study", "cohort": "study", "background": "", "another": "",
    }  # fmt: skip
    assert shared(Model("m", sources=sources), [target], {"a": "fever=present | disease=present"}) == {"a": "figure"}


def test_the_summary_gives_the_outside_agreement_apart() -> None:
    """Figures that also feed the model are counted by themselves, and marked in the list."""
    lines = [replace(t, shared=mark) for t, mark in zip(small_audit().targets, ("", "", "study", "figure"), strict=True)]
    result = replace(small_audit(), targets=tuple(lines))
    assert len(result.outside_targets) == 2
    apart = " ".join(result.summary.split("\n3 claims")[0].split()).partition("disputed ")[2]
    inside = {mark: [t.verdict for t in lines if t.shared == mark].count("inside") for mark in ("", "study", "figure")}
    assert apart == (
        f"from studies that feed no number {inside['']} of 2 inside ({percent(inside[''] / 2)}); "
        f"from studies that also feed a number (†) {inside['study']} of 1 inside ({percent(inside['study'])}); "
        "figures that are themselves behind a number (‡) "
        f"{inside['figure']} of 1 inside ({percent(inside['figure'])})"
    )
    assert [line[-1] for line in str(result).splitlines() if line.endswith(("†", "‡"))] == [
        {"study": "†", "figure": "‡"}[t.shared] for t in result.targets if t.shared
    ]


def test_the_summary_gives_the_agreement_by_what_the_question_cannot_say() -> None:
    """Figures of patients chosen otherwise, and those counted in other words, are counted by themselves."""
    kinds = ("", "patients", "words", "")
    lines = [replace(t, differs=kind) for t, kind in zip(small_audit().targets, kinds, strict=True)]
    result = replace(small_audit(), targets=tuple(lines))
    told = " ".join(result.summary.split("\n3 claims")[0].split()).partition("disputed ")[2]
    assert told == (
        "patients and words as asked 1 of 2 inside (50.0 %); "
        "patients chosen otherwise 0 of 1 inside (0 %); counted in other words 0 of 1 inside (0 %)"
    )
    assert list(result.to_frame()["differs"]) == ["", "patients", "words", ""]
