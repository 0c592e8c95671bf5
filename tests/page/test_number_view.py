"""The numbers of the page in headless Chromium and Node: which ones the answer rests on, how far each moves it, the slider."""

from __future__ import annotations

import numpy as np
import pytest

import bayesnet
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.inference.evidence import Evidence
from bayesnet.web.pagedata import page_data

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = {
    "asia": ("lung=yes", {"xray": "yes", "smoke": "yes"}, {}),
    "asia with another number": ("tub=yes", {"either": "yes"}, {"smoke=yes": 0.3}),
    "sprinkler": ("rain=present", {"wet_grass": "present"}, {}),
    "back_pain": ("spinal_metastasis=present", {"cancer_history": "present", "weight_loss": "present", "age_group": "60-69"}, {}),
}


def answer(net: bayesnet.Network, question: str, given: dict) -> float:
    """P(question | given) in Python."""
    variable, state = question.split("=")
    return float(net.posterior(variable, given)[state])


@pytest.mark.parametrize("case", CASES)
def test_how_far_each_number_moves_the_answer_is_as_python_says(case, node):
    """The answer at both ends of every range, which numbers there are, and the widest first."""
    question, given, numbers = CASES[case]
    net = bayesnet.load(case.split()[0])
    target, state = question.split("=")
    scenario = {"see": given, "do": {}, "numbers": numbers}
    at = net.model.variables[target].states.index(state)
    told = node.ask("sweep", data=page_data(net.compiled, Findings()), scenario=scenario, target=target, state=at)
    changed = net.with_numbers(numbers) if numbers else net
    factors = changed.compiled.factors
    assert told["now"] == pytest.approx(answer(changed, question, given), rel=1e-9)
    known = given | {v.name: v.default for v in net.model.variables.values() if v.default and v.name not in given}
    states = {factors.index[name]: factors.states[factors.index[name]].index(value) for name, value in known.items()}
    evidence = Evidence.of(states, tuple(map(len, factors.states)))
    assert set(told["requisite"]) == requisite_families(factors, evidence, [factors.index[target]])
    widths = [line["width"] for line in told["lines"]]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) > 2
    rng = np.random.default_rng(0)
    for i in {0, 1, *rng.choice(len(widths), min(6, len(widths)), replace=False).tolist()}:
        line = told["lines"][i]
        for end, found in (("low", "atLow"), ("high", "atHigh")):
            moved = changed.with_numbers({line["id"]: line[end]})
            assert line[found] == pytest.approx(answer(moved, question, given), rel=1e-8), line["id"]


def test_a_slider_moves_the_answer_and_back(opened, pages):
    """A card says value, range and source; arrow keys move the number; the answer is that of `with_numbers`; back is back."""
    tab = opened("asia", "#see=xray:yes&of=lung:yes")
    tab.click('[data-tab="numbers"]')
    tab.click(".number-row >> nth=0")
    card = tab.locator(".number-card")
    name = card.locator(".number-id").inner_text()
    net = pages["asia"][1]
    number = net.model.numbers[name]
    assert net.model.sources[number.source].title in card.inner_text()
    slider = card.get_by_role("slider")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    moved = tab.evaluate("bayesnet.store.state.scenarios[0]")
    assert list(moved["numbers"]) == [name]
    assert number.low <= moved["numbers"][name] <= number.high
    ask = "bayesnet.compute.answer(bayesnet.store.state.scenarios[0]).posteriors[bayesnet.compute.index('lung')][0]"
    changed = net.with_numbers(moved["numbers"])
    assert tab.evaluate(ask) == pytest.approx(answer(changed, "lung=yes", {"xray": "yes"}), rel=1e-9)
    card.get_by_role("button", name="Back to").click()
    assert tab.evaluate("bayesnet.store.state.scenarios[0].numbers") == {}
    assert tab.evaluate(ask) == pytest.approx(answer(net, "lung=yes", {"xray": "yes"}), rel=1e-9)
    tab.get_by_role("button", name="Undo").click()
    assert list(tab.evaluate("bayesnet.store.state.scenarios[0].numbers")) == [name]


def test_a_number_is_found_by_its_words(opened):
    """Typing words lists the numbers that have them, also those that do not move this answer."""
    tab = opened("back_pain")
    tab.click('[data-tab="numbers"]')
    tab.wait_for_selector(".number-row")
    tab.get_by_role("searchbox", name="Find a number").fill("hemoglobin")
    names = tab.eval_on_selector_all(".number-list li", "items => items.map((item) => item.dataset.number)")
    assert names
    assert all("hemoglobin" in name for name in names)
    assert "does not move this answer" in tab.locator(".number-list").inner_text()


def test_a_number_leads_to_its_paper_and_can_be_disputed(opened, pages, browser):
    """Its row links the publication; its card makes a report with the reader's value, and copies it and the link of the case."""
    tab = opened("asia", "#see=xray:yes&of=lung:yes&tab=numbers", permissions=["clipboard-read", "clipboard-write"])
    row = tab.locator(".number-list li").first
    row.wait_for()
    name = row.get_attribute("data-number")
    net = pages["asia"][1]
    number = net.model.numbers[name]
    assert row.get_by_role("link").get_attribute("href") == f"https://doi.org/{net.model.sources[number.source].doi}"
    row.get_by_role("button").click()
    card = tab.locator(".number-card")
    card.get_by_role("button", name="Dispute this number").click()
    slider = card.get_by_role("slider")
    assert slider.evaluate("slider => slider === document.activeElement")
    slider.press("End")
    report = card.get_by_label("The report on this number").input_value()
    for part in (f'"{name}"', f"{number.value:g}, range", f"My value: {number.high:g}", "in place of", net.digest[:8]):
        assert part in report
    card.get_by_role("button", name="Copy the report").click()
    tab.get_by_text("The report is copied.").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == report
    card.get_by_role("button", name="Copy the link").click()
    tab.get_by_text("The link is copied.").wait_for()
    link = tab.evaluate("navigator.clipboard.readText()")
    assert "num=" in link
    assert link.rpartition("/")[2] in report
    assert "file:" not in report
    assert card.get_by_role("link", name="Open the form").is_hidden()


@pytest.mark.parametrize(("owner", "name", "there"), [("me", "asia", True), ("OWNER", "asia", False), ("me", "my_model", False)])
def test_a_shipped_model_names_its_issue_tracker_once_there_is_an_owner(owner, name, there, monkeypatch):
    """The address of the project is in its metadata and nowhere else; a placeholder and a model of one's own have none."""
    from email.message import Message

    from bayesnet.web import pagedata

    address = f"https://forge.example/{owner}/bayesnet/issues"
    written = Message()
    written["Project-URL"] = "Source, https://forge.example"
    written["Project-URL"] = f"Issues, {address}"
    monkeypatch.setattr(pagedata, "metadata", lambda _: written)
    assert pagedata.issues(name) == (address if there else "")
