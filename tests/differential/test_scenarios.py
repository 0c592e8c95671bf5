"""Why a scenario differs: seeing, forgetting, setting and other numbers are distinguished, with the target moved most."""

from __future__ import annotations

import bayesnet


def test_seeing_and_doing_are_told_apart():
    """To see the sprinkler on speaks against rain; to set it says nothing about rain."""
    case = bayesnet.load("sprinkler").case("")
    both = case.compare("sprinkler", "do(sprinkler)", targets=["rain"])
    assert both.scenarios[0].reason == ""
    seen, done = both.scenarios[1].reason, both.scenarios[2].reason
    assert seen.startswith("sprinkler observed: largest change is rain (odds / ")
    assert done == "do(sprinkler) set: no target changes."
    assert f"do(sprinkler): {done}" in str(both)


def test_the_factor_is_that_of_the_odds():
    """P(lung) goes from 0.055 to 0.1 when smoking is seen: odds times 21/11."""
    both = bayesnet.load("asia").case("").compare("smoke=yes", targets=["lung=yes", "tub=yes"])
    assert both.scenarios[1].reason == f"smoke=yes observed: largest change is lung=yes (odds x {21 / 11:.2f})."


def test_what_is_no_longer_known_and_other_numbers_are_named():
    """A dropped finding and a changed number are reasons as well."""
    net = bayesnet.load("asia")
    case = net.case("smoke=yes, dysp=yes")
    other = net.with_numbers({"smoke=yes": 0.3}).case("dysp=yes")
    reason = case.compare(other, targets=["lung=yes"]).scenarios[1].reason
    assert reason.startswith(
        "smoke=yes no longer observed; other numbers: smoke=yes 0.3 instead of 0.5: largest change is lung=yes ("
    )
    same = case.compare(case, targets=["lung=yes"]).scenarios[1]
    assert same.reason == "no difference: no target changes."


def test_another_setting_is_a_reason():
    """In the emergency department instead of primary care."""
    reason = bayesnet.load("back_pain").case("fever").compare("setting=emergency").scenarios[1].reason
    assert reason.startswith("setting=emergency observed; setting=primary_care no longer observed: largest change is ")


def test_what_would_have_been_stands_beside_what_is_seen_and_done():
    """Imagining, seeing and doing give three answers for one patient, and each says which it is."""
    net = bayesnet.load("back_pain")
    found = "setting=emergency, iv_drug_use, fever, neurological_deficit"
    three = net.case(found).compare(
        "!iv_drug_use", "do(!iv_drug_use)", had=["!iv_drug_use"], targets=["epidural_abscess", "fever"]
    )
    imagined = three["had(!iv_drug_use)"]
    assert imagined["epidural_abscess"] == net.counterfactual("epidural_abscess", found, had="!iv_drug_use")["present"]
    assert imagined["fever"] == net.counterfactual("fever", found, had="!iv_drug_use")["present"] < three["case"]["fever"] == 1.0
    assert imagined["epidural_abscess"] < three["!iv_drug_use"]["epidural_abscess"]
    reason = three.scenarios[3].reason
    assert reason.startswith("counterfactual !iv_drug_use (other findings unchanged): largest change is epidural_abscess (")


def test_another_number_is_a_column_of_its_own():
    """A changed number gives what a network with that number gives."""
    net = bayesnet.load("asia")
    both = net.case("dysp=yes").compare(numbers=[{"smoke=yes": 0.3}, {"smoke=yes": 0.7}], targets=["lung=yes"])
    less = net.with_numbers({"smoke=yes": 0.3}).posterior("lung=yes", "dysp=yes")["yes"]
    assert both["with smoke=yes: 0.3"]["lung=yes"] == less < both["case"]["lung=yes"] < both["with smoke=yes: 0.7"]["lung=yes"]
    assert both.scenarios[1].reason.startswith("other numbers: smoke=yes 0.3 instead of 0.5: largest change is lung=yes (")
