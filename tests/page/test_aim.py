"""What the page asks about, in headless Chromium: the leading diagnosis until somebody picks one, and never what is known."""

from __future__ import annotations

import re

import pytest
from browsing import choose

import bayesnet

pytestmark = pytest.mark.browser

SHIPPED = ("asia", "back_pain", "mammography", "sprinkler")
PROBABILITY = re.compile(r": about (?:[\d,]+ in 100|1 in [\d,]+)\b.*\s[\d.,]+\u00a0%", re.DOTALL)


def asked(tab) -> str:
    """The variable that the views ask about."""
    return tab.evaluate("bayesnet.view().state.target")


def commonest(net: bayesnet.Network) -> tuple[str, str]:
    """The most probable sign: of the leaves that are no diagnosis, in the state that is not the neutral one."""
    names, families = net.compiled.names, net.compiled.factors.families
    parents = {names[p] for family in families for p in family.parents}
    leaves = [name for name in net.variables if name not in parents and net.variables[name].group != "diagnoses"]
    answers = net.posteriors()
    found = [
        (answers[name][state], name, state)
        for name in leaves
        for state in net.variables[name].states
        if state in ("present", "yes")
    ]
    return max(found)[1:]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_commonest_finding_leaves_a_probability_in_the_headline(name, opened, pages):
    """The first click of a newcomer is answered: the headline says a variable that is not known, with its probability."""
    net, tab = pages[name][1], opened(name)
    assert PROBABILITY.search(tab.locator(".headline").inner_text())
    variable, state = commonest(net)
    choose(tab, variable, state)
    assert asked(tab) != variable
    headline = tab.locator(".headline").inner_text()
    assert PROBABILITY.search(headline)
    assert headline.startswith(net.variables[asked(tab)].label)


def test_the_positive_mammogram_asks_about_cancer(opened, pages):
    """The best known exercise: 7.76 %."""
    tab = opened("mammography")
    choose(tab, "positive_mammogram", "present")
    headline = tab.locator(".headline").inner_text()
    assert headline.startswith("Breast cancer: about 1 in 13")
    assert headline.endswith("7.76\u00a0%; 1.00\u00a0% before any finding.")


def test_the_leader_is_followed_until_somebody_picks(opened, pages):
    """Clicks and links follow the leading specific diagnosis; a picked one stays; a picked one that becomes known gives way."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=age_group:60-69,cancer_history:present")
    assert asked(tab) == net.case("age_group=60-69, cancer_history").diagnoses(draws=0).leading_specific
    choose(tab, "fever", "present")
    choose(tab, "iv_drug_use", "present")
    leader = net.case("age_group=60-69, cancer_history, fever, iv_drug_use").diagnoses(draws=0).leading_specific
    assert asked(tab) == leader
    assert "of=" not in tab.evaluate("new Promise((next) => setTimeout(() => next(location.hash), 400))")
    tab.locator('.bars li[data-variable="spinal_metastasis"] button').click()
    choose(tab, "fever", None)
    assert asked(tab) == "spinal_metastasis"
    assert "of=spinal_metastasis:present" in tab.evaluate("new Promise((next) => setTimeout(() => next(location.hash), 400))")
    choose(tab, "spinal_metastasis", "present")
    assert asked(tab) not in ("spinal_metastasis", "")
    choose(tab, "spinal_metastasis", None)
    assert asked(tab) == "spinal_metastasis"
    tab.get_by_role("button", name="Clear").click()
    assert asked(tab) == net.case("").diagnoses(draws=0).leading_specific
