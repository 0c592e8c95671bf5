"""What may be given as findings, what it means, and how it is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from api_models import clinic
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet import BayesnetError, FindingError, ImpossibleEvidence, PatternError, UnknownState, UnknownVariable
from bayesnet.network import Network


def flu(given_=None, do=None) -> float:
    """P(flu | ...), setting open so that nothing is unsaid."""
    return clinic().posterior("flu", given_, do)["present"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"fever": "present"}, "fever"),
        ({"fever": "absent"}, "!fever"),
        ({"fever": True}, "fever"),
        ({"fever": 0}, "!fever"),
        ({"fever": np.int64(1)}, "fever"),
        ({"fever": np.float64(0.0)}, "!fever"),
        ({"fever": None, "cough": 1}, "cough"),
        ({"fever": math.nan, "cough": 1}, "cough"),
        ({"fever": pd.NA, "cough": 1}, "cough"),
        ({"weight": {"lost", "same"}}, "weight={lost, same}"),
        ({"weight": ["lost", "same"]}, "weight={same, lost}"),
        ({"weight": {"gained"}}, "weight=gained"),
        ({"fever": {"present": 10, "absent": 1}}, "fever={present:10, absent:1}"),
        ({"fever": [1, 10]}, "fever={present:10, absent:1}"),
        ({"fever": np.array([0.1, 1.0])}, "fever={present:10, absent:1}"),
        ({"fever": {"present": 1e-30, "absent": 1e-31}}, "fever={present:10, absent:1}"),
        ({"fever": [{"present": 2, "absent": 1}, {"present": 5, "absent": 1}]}, "fever={present:10, absent:1}"),
        (["fever={present:2, absent:1}", {"fever": {"present": 5, "absent": 1}}], "fever={present:10, absent:1}"),
        ({"fever": {"present": 1, "absent": 0}}, "fever"),
        (["fever", {"cough": "absent"}, None], "fever, !cough"),
        ("", None),
    ],
)
def test_findings_in_other_forms_mean_the_same(one, other) -> None:
    """States, booleans, sets, ratios, vectors, missing values and lists of findings are read as what they say."""
    assert flu(one) == pytest.approx(flu(other), abs=1e-15)


def test_interventions_are_given_apart_or_in_the_text() -> None:
    """`do=` as text or dict and `do(...)` in the findings are the same; what is set last counts."""
    net = clinic()
    answers = [
        net.posterior("flu | cough", do={"fever": "present"}),
        net.posterior("flu | cough", do="fever"),
        net.posterior("flu | cough, do(fever)"),
        net.case("cough", do="fever=absent").do("fever").posterior("flu"),
    ]
    for answer in answers:
        assert answer.probabilities == pytest.approx(net.posterior("flu | cough").probabilities, rel=1e-12)
    with pytest.raises(FindingError, match="an intervention sets a variable to one state"):
        net.posterior("flu", do={"weight": {"lost", "same"}})


NUMBERED = """variable 0 { type discrete [ 3 ] { 0, 1, 2 }; } variable 1 { type discrete [ 2 ] { 0, 1 }; }
probability ( 0 ) { table 0.2, 0.3, 0.5; } probability ( 1 | 0 ) { (0) 0.1, 0.9; (1) 0.2, 0.8; (2) 0.7, 0.3; }"""


@pytest.mark.parametrize("form", [list, tuple, np.array])
def test_numbers_that_are_states_are_no_likelihoods_in_a_list(tmp_path: Path, form) -> None:
    """One of 0 and 1, where these are all the states, is no news: P(0=2) stays 0.5. A list could mean 1=1 too: 0.15 / 0.57."""
    (tmp_path / "n.bif").write_text(NUMBERED)
    net = bayesnet.load(tmp_path / "n.bif")
    assert net.posterior("0", given={"1": {0, 1}})["2"] == pytest.approx(0.5, abs=1e-15)
    assert net.posterior("0", given={"1": {0: 0, 1: 1}})["2"] == pytest.approx(0.15 / 0.57, abs=1e-15)
    for given_ in ({"1": form([0, 1])}, {"1": form([1.0, 0.0])}, {"0": form([0, 2])}, {"0": form([2])}):
        with pytest.raises(FindingError, match="these numbers are states and could be likelihoods too"):
            net.posterior("0", given=given_)
    assert net.posterior("0", given={"1": form([0.5, 0.5])})["2"] == pytest.approx(0.5, abs=1e-15)
    assert net.posterior("0", given={"1": form([1, 3])})["2"] == pytest.approx((0.35 + 0.45) / (0.43 + 3 * 0.57), abs=1e-15)


REFUSED = [
    ({"fevr": 1}, UnknownVariable, 'no variable "fevr"; did you mean "fever"?'),
    (
        {"fever": "presnt"},
        UnknownState,
        'variable "fever" has no state "presnt"; its states are "absent", "present"; did you mean "present"?',
    ),
    ({"fever": 2}, UnknownState, 'variable "fever" has no state "2"; its states are "absent", "present".'),
    ({"weight": 1}, UnknownState, 'variable "weight" has no state "1"; its states are "lost", "same", "gained".'),
    ({"weight": set()}, FindingError, 'In "weight={}": no state is named; expected at least one state.'),
    (
        {"fever": {"present": 10}},
        FindingError,
        'In "fever={present:10}": "fever={present:10}" has no likelihood for absent; expected one for every state.',
    ),
    (
        "fever={present:10}",
        PatternError,
        'In "fever={present:10}", column 1: "fever={present:10}" has no likelihood for absent; expected one for every state.',
    ),
    (
        {"fever": {"present": -1, "absent": 1}},
        FindingError,
        ("In \"fever={'present': -1, 'absent': 1}\": \"-1\" is not a likelihood of present; expected a number of 0 or more."),
    ),
    (
        {"fever": {"present": math.nan, "absent": 1}},
        FindingError,
        ("In \"fever={'present': nan, 'absent': 1}\": \"nan\" is not a likelihood of present; expected a number of 0 or more."),
    ),
    (
        {"fever": {"present": 0, "absent": 0}},
        FindingError,
        'In "fever={present:0, absent:0}": all likelihoods are 0; expected at least one state that is possible.',
    ),
    (
        {"fever": [1, 2, 3]},
        FindingError,
        'In "fever=[1, 2, 3]": 3 likelihoods; expected 2, one for each of absent, present.',
    ),
    (7, FindingError, 'In "7": findings must be a text or a dict; got int.'),
    (
        "weight",
        PatternError,
        (
            'In "weight", column 1: "weight" means the state "present", which "weight" does not have; '
            "write weight=lost or weight=same or weight=gained."
        ),
    ),
]


@pytest.mark.parametrize(("findings", "kind", "text"), REFUSED)
def test_findings_that_say_nothing_sensible_are_refused(findings, kind, text) -> None:
    """Each refusal is one sentence: where, what, what was expected; and the builtin error that a caller expects."""
    with pytest.raises(kind) as error:
        clinic().case(findings)
    assert str(error.value) == text
    assert isinstance(error.value, BayesnetError)


def test_questions_that_are_none_are_refused() -> None:
    """A question names one variable of the network, without likelihoods or interventions."""
    net = clinic()
    for question, text in [
        ("xyzzy | fever", 'In "xyzzy | fever": no variable "xyzzy"; its variables are'),
        ("flue | fever", 'In "flue | fever": no variable "flue"; did you mean "flu"?'),
        (
            "flu, fever | cough",
            'In "flu, fever | cough", column 6: one variable is asked at a time; use joint() or probability() for several.',
        ),
        ("do(flu)", 'In "do(flu)", column 1: "do(flu)" cannot be asked for; expected a variable, or variable=state.'),
        ("flu={present:1, absent:2}", 'column 1: "flu={present:1, absent:2}" cannot be asked for; expected a variable'),
    ]:
        with pytest.raises(BayesnetError) as error:
            net.posterior(question)
        assert text in str(error.value)
    with pytest.raises(FindingError, match="a question must be a text; got dict"):
        net.posterior({"flu": "present"})  # type: ignore[arg-type]
    with pytest.raises(FindingError, match="a variable is given twice; expected each variable once"):
        net.joint(["flu", "flu"])
    with pytest.raises(FindingError, match="the probability of a likelihood is not defined; give it as a finding"):
        net.probability({"flu": {"present": 1, "absent": 2}})


@given(st.data())
def test_new_marginals_are_reached_and_nothing_else_is_learned(data) -> None:
    """After Jeffrey's rule each variable has its new marginal, and given the variables all else is as before."""
    net = Network(data.draw(models(max_variables=5, extremes=False)))
    names = data.draw(st.permutations(net.compiled.names))
    count = data.draw(st.integers(1, min(2, len(names) - 1)))
    wanted = {}
    for name in names[:count]:
        # Mix with the present marginal, so that variables tied to each other can still have their new marginals.
        now = net.posteriors(dict.fromkeys(names))[name].probabilities
        shares = data.draw(st.lists(st.floats(0.1, 1.0), min_size=len(now), max_size=len(now)))
        new = [0.98 * p + 0.02 * s / sum(shares) if count > 1 else s / sum(shares) for p, s in zip(now, shares, strict=True)]
        assume(all(p > 0 for p in now))
        wanted[name] = dict(zip(net.variables[name].states, new, strict=True))
    open_ = dict.fromkeys(names[count:])
    try:
        after = net.posteriors({**bayesnet.jeffrey(wanted), **open_})
    except BayesnetError:
        assume(count > 1)
        return
    for name, marginal in wanted.items():
        assert dict(after[name].items()) == pytest.approx(marginal, abs=1e-9)
    if count == 1:
        (name, marginal), other = *wanted.items(), names[-1]
        mixed = sum(p * np.array(net.posteriors({**open_, name: s})[other].probabilities) for s, p in marginal.items())
        assert after[other].probabilities == pytest.approx(mixed, abs=1e-9)


def test_new_marginals_go_with_other_findings_and_are_no_likelihoods() -> None:
    """`jeffrey` merges into a dict, keeps apart from virtual evidence, and counts after the other findings."""
    net = clinic()
    both = net.posterior("fever", {"cough": "present", **bayesnet.jeffrey({"fever": 0.7})})
    assert both["present"] == pytest.approx(0.7)
    assert net.posterior("fever", {"fever": {"present": 0.7, "absent": 0.3}})["present"] != pytest.approx(0.7)
    p = net.posterior("flu | cough, jeffrey(fever={present:0.7, absent:0.3})")
    assert p["present"] == net.posterior("flu", {"cough": 1, **bayesnet.jeffrey({"fever": 0.7})})["present"]
    by_hand = 0.7 * net.posterior("flu | cough, fever")["present"] + 0.3 * net.posterior("flu | cough, !fever")["present"]
    assert p["present"] == pytest.approx(by_hand)
    assert net.posterior(p.title)["present"] == pytest.approx(p["present"])
    assert net.log_probability({"cough": 1, **bayesnet.jeffrey({"fever": 0.7})}) == pytest.approx(net.log_probability("cough"))
    assert net.posterior("flu", bayesnet.jeffrey({"fever": 1}))["present"] == pytest.approx(
        net.posterior("flu | fever")["present"]
    )


def test_two_new_marginals_are_fitted_together() -> None:
    """Several new marginals hold at once, and the answer is the nearest distribution that has them (Csiszar 1975)."""
    net = clinic()
    wanted = bayesnet.jeffrey({"fever": 0.3, "cough": 0.4})
    after = net.posteriors(wanted)
    assert (after["fever"]["present"], after["cough"]["present"]) == pytest.approx((0.3, 0.4), abs=1e-11)
    joint, before = net.joint(["fever", "cough"], wanted).table, net.joint(["fever", "cough"]).table
    ratio = joint / before
    assert ratio[0, 0] * ratio[1, 1] == pytest.approx(ratio[0, 1] * ratio[1, 0], rel=1e-9)


def test_new_marginals_that_cannot_be_are_refused() -> None:
    """Marginals that contradict the findings or each other, or are no probabilities, are refused with the reason."""
    net = clinic()
    with pytest.raises(ImpossibleEvidence) as error:
        net.posterior("cough", bayesnet.jeffrey({"flu": 0.2, "any_disease": 0.1}))
    assert set(error.value.findings) == {"flu", "any_disease"}
    assert "No distribution that the model allows has these probabilities." in str(error.value)
    assert net.log_probability(bayesnet.jeffrey({"flu": 0.2, "any_disease": 0.1})) == -math.inf
    with pytest.raises(ImpossibleEvidence) as error:
        net.posterior("cough", {"female": 0, **bayesnet.jeffrey({"pregnancy": 0.5})})
    assert set(error.value.findings) == {"female", "pregnancy"}
    # With flu exactly as probable as any disease, a tumour alone must not be: that is reached in the limit only.
    with pytest.raises(BayesnetError, match="can be approached, but no likelihoods give them exactly"):
        net.posterior("cough", bayesnet.jeffrey({"flu": 0.2, "any_disease": 0.2}))
    for wanted, text in [
        ({"fever": 1.2}, '"1.2" is not a probability of present; expected a number from 0 to 1.'),
        (
            {"fever": {"present": 0.5, "absent": 0.4}},
            "the new probabilities sum to 0.9; expected one for every state, with sum 1.",
        ),
        ({"weight": {"lost": 0.5, "same": 0.5}}, "expected one for every state, with sum 1."),
    ]:
        with pytest.raises(FindingError) as refused:
            net.case(bayesnet.jeffrey(wanted))
        assert text in str(refused.value)
