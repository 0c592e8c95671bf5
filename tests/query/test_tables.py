"""Simulated cases and scored cohorts: rows in, rows out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from api_models import clinic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from referee import Enumeration
from strategies import evidence, models

import bayesnet
from bayesnet import BayesnetError, ImpossibleEvidence, SpecError
from bayesnet.analysis.query.simulate import sample
from bayesnet.network import Network

CASES = 4000


@settings(max_examples=25)
@given(st.data())
def test_simulated_cases_follow_the_posterior(data) -> None:
    """Under any findings and interventions the frequencies of states and pairs are the exact probabilities, within 5 sigma."""
    net = Network(data.draw(models(max_variables=5)))
    factors = net.compiled.factors
    found = data.draw(evidence(factors, interventions=True, max_findings=3))
    exact = Enumeration(factors, found)
    total = exact.probability()
    assume(total)
    states = sample(factors, found, CASES, np.random.default_rng(0))
    pair = tuple(data.draw(st.permutations(range(len(factors.names))))[:2])
    expected = {key: float(p / total) for key, p in exact.joint(pair).items()}
    for key in np.ndindex(*(factors.cards[v] for v in pair)):
        p = expected.get(key, 0.0)
        share = float((states[:, pair] == key).all(axis=1).mean())
        assert (share == 0.0) if p == 0 else abs(share - p) < 5 * math.sqrt(p * (1 - p) / CASES) + 2 / CASES


def test_simulation_is_repeatable_and_tells_what_it_assumed() -> None:
    """One seed gives one frame, 0 is a seed, and the default of the setting is entered unless left open."""
    net = clinic()
    first, again, other = (net.simulate(50, seed=s) for s in (0, 0, 1))
    assert first.equals(again)
    assert not first.equals(other)
    assert list(first.columns) == list(net.variables)
    assert set(first["setting"]) == {"practice"}
    assert set(net.simulate(200, seed=0, given={"setting": None})["setting"]) == {"practice", "hospital"}
    assert set(net.simulate(50, seed=0, given="fever", do={"cough": "present"})[["fever", "cough"]].stack()) == {"present"}
    assert net.simulate(0, seed=0).shape == (0, len(net.variables))
    with pytest.raises(BayesnetError, match="a whole number from 0 to 100,000,000; got -1"):
        net.simulate(-1)


def _defaults_can_be(net: Network) -> bool:
    """A random model may give the state that is entered by default a probability of zero; then nobody can be drawn."""
    try:
        net.simulate(1, seed=0)
    except ImpossibleEvidence:
        return False
    return True


@settings(max_examples=25)
@given(st.data())
def test_scoring_is_asking_row_by_row(data) -> None:
    """Every row's posteriors and log-probability are those of the same findings asked alone; missing values are unobserved."""
    net = Network(data.draw(models(max_variables=5)))
    assume(_defaults_can_be(net))
    frame = net.simulate(12, seed=data.draw(st.integers(0, 99))).astype(object)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    frame = frame.mask(rng.random(frame.shape) < 0.5)
    target = data.draw(st.sampled_from(net.compiled.names))
    frame = frame.drop(columns=[target])
    if frame.columns.empty:
        return
    scored = net.score(frame, targets=[f'"{target}"'])
    for i, row in frame.iterrows():
        findings = row.to_dict()
        p = net.posterior(f'"{target}"', findings)
        columns = [c for c in scored.columns if c.startswith("P(")]
        values = scored.loc[i, columns].tolist()
        expected = [p["present"]] if len(columns) == 1 else list(p.probabilities)
        assert values == pytest.approx(expected, abs=1e-9)
        assert scored.loc[i, "problem"] == ""
        given_ = {**findings, target: None} if net.variables[target].default else findings
        assert scored.loc[i, "log_probability"] == pytest.approx(net.log_probability(given_), abs=1e-9)


def test_a_bad_row_is_named_and_stops_no_other() -> None:
    """Unknown states and clashing findings leave NaN and a reason in their own row; index and order stay."""
    net = clinic()
    frame = pd.DataFrame(
        {
            "fever": [1, 0, "maybe", "present", None],
            "female": ["absent", None, "present", 1, "absent"],
            "pregnancy": ["present", "absent", "lots", None, None],
        },
        index=["a", "b", "c", "d", "d"],
    )
    scored = net.score(frame, targets=["flu", "weight"])
    assert list(scored.index) == ["a", "b", "c", "d", "d"]
    assert list(scored.columns) == [
        "P(flu)",
        "P(weight=lost)",
        "P(weight=same)",
        "P(weight=gained)",
        "log_probability",
        "problem",
    ]
    assert scored["problem"].tolist() == [
        "cannot hold together: !female, pregnancy",
        "",
        (
            'variable "fever" has no state "maybe"; its states are "absent", "present"; '
            'variable "pregnancy" has no state "lots"; its states are "absent", "present"'
        ),
        "",
        "",
    ]
    assert scored["log_probability"].iloc[0] == -math.inf
    assert math.isnan(scored["log_probability"].iloc[2])
    assert scored["P(flu)"].isna().tolist() == [True, False, True, False, False]
    assert scored["P(flu)"].iloc[3] == pytest.approx(net.posterior("flu | fever, female")["present"])


def test_one_patients_missing_value_changes_no_other() -> None:
    """A row's answer does not depend on what is missing in other rows."""
    net = clinic()
    whole = pd.DataFrame({"fever": [1, 1, 0], "cough": [0, 1, 1]})
    holes = pd.DataFrame({"fever": [1, None, 0], "cough": [0, 1, None]})
    kept = net.score(whole)["P(flu)"].iloc[0]
    assert net.score(holes)["P(flu)"].iloc[0] == kept
    assert net.score(holes.iloc[:1])["P(flu)"].iloc[0] == kept


def test_no_column_is_ignored() -> None:
    """A column that is not a variable, or is given twice, is refused with all others of its kind."""
    net = clinic()
    frame = pd.DataFrame([[1, 1, 1, 1]], columns=["fever", "fevr", "name", "fever"])
    with pytest.raises(SpecError) as error:
        net.score(frame)
    assert str(error.value) == (
        "the frame: 3 problems\n"
        '  column "fever" is given 2 times\n'
        '  column "fevr" is not a variable of clinic; did you mean "fever"?\n'
        '  column "name" is not a variable of clinic; keep it (keep=[...], --keep) or drop it'
    )


def test_the_setting_of_a_cohort_is_assumed_like_that_of_a_case() -> None:
    """Without a column the default counts; with one, an empty cell leaves the setting open in that row."""
    net = clinic()
    assumed = net.score(pd.DataFrame({"fever": [1]}))
    assert list(assumed.columns) == ["P(flu)", "P(tumour)", "P(healthy)", "log_probability", "problem"]
    assert assumed["P(flu)"].iloc[0] == pytest.approx(net.posterior("flu | fever")["present"])
    assert assumed["log_probability"].iloc[0] == pytest.approx(net.log_probability("fever"))
    rows = net.score(pd.DataFrame({"fever": [1, 1], "setting": ["hospital", None]}))["P(flu)"].tolist()
    assert rows[0] == pytest.approx(net.posterior("flu | fever, setting=hospital")["present"])
    assert rows[1] == pytest.approx(net.posterior("flu", {"fever": 1, "setting": None})["present"])


def test_a_cohort_of_a_network_without_diagnoses_names_its_targets() -> None:
    """Targets are variables or variable=state; without diagnoses they must be named."""
    net = bayesnet.load("asia")
    frame = pd.DataFrame({"smoke": ["yes", "no"]})
    with pytest.raises(BayesnetError, match="so there is nothing to rank"):
        net.score(frame)
    assert list(net.score(frame, targets=["lung=yes"]).columns) == ["P(lung=yes)", "log_probability", "problem"]
    assert net.score(frame.iloc[:0], targets=["lung=yes"]).shape == (0, 3)
