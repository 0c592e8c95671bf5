"""Every part of the explorer by axe-core in headless Chromium: no serious and no critical fault, in light and in dark."""

from __future__ import annotations

import pytest
from axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINKS = {
    "back_pain": "#see=fever:present,age_group:60-69,cancer_history:present&num=odds(disc_herniation)%20%7C%20baseline:0.06",
    "asia": "#see=xray:yes&do=smoke:yes",
}


def settle(tab) -> None:
    """Wait until no view is still at work."""
    tab.locator("[aria-busy=true]").first.wait_for(state="detached", timeout=30000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LINKS)
def test_no_tab_has_a_serious_fault(name, scheme, axe, opened):
    """Each tab with a case entered, the findings opened, a number's card shown, two scenarios compared."""
    tab = opened(name, LINKS[name], color_scheme=scheme)
    names = tab.eval_on_selector_all(".tab", "tabs => tabs.map((one) => one.dataset.tab)")
    assert len(names) >= 4
    wrong = {}
    for one in names:
        tab.click(f'[data-tab="{one}"]')
        settle(tab)
        if one == "numbers":
            tab.click(".number-row >> nth=0")
        wrong[one] = faults(tab, axe, ".tabs")
    tab.locator(".finding .opener").first.click()
    tab.get_by_role("button", name="Compare").first.click()
    settle(tab)
    wrong["compared"] = faults(tab, axe)
    assert {key: said for key, said in wrong.items() if said} == {}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_strip_of_a_lesson_has_no_serious_fault(scheme, axe, opened, pages):
    """With the guess open, with what to enter, with a verdict, with choices; and the list of lessons."""
    net = pages["sprinkler"][1]
    pages.written["sprinkler-taught"] = net.page(pages.folder / "sprinkler-taught.html", lessons="seeing-and-doing"), net
    tab = opened("sprinkler-taught", color_scheme=scheme)
    wrong = {"guess": faults(tab, axe)}
    tab.locator(".lesson-number").fill("50 %")
    tab.get_by_role("button", name="This is my guess").click()
    wrong["entering"] = faults(tab, axe)
    tab.locator(".lesson-enter button").click()
    tab.locator(".lesson-verdict").wait_for()
    tab.locator(".lesson-about summary").click()
    wrong["verdict"] = faults(tab, axe)
    tab.get_by_role("button", name="Next step").click()
    tab.get_by_role("button", name="This is my guess").click()
    wrong["choices"] = faults(tab, axe)
    tab.get_by_role("button", name="Lessons", exact=True).click()
    wrong["list"] = faults(tab, axe)
    assert {key: said for key, said in wrong.items() if said} == {}


def test_the_dialog_of_examples_has_no_serious_fault(axe, opened):
    """The list of example cases, open over the page."""
    tab = opened("back_pain")
    tab.get_by_role("button", name="Examples").first.click()
    tab.wait_for_selector("dialog[open]")
    assert faults(tab, axe) == []


@pytest.mark.parametrize("width", [360])
def test_a_telephone_has_no_serious_fault(width, axe, opened):
    """The narrow page."""
    tab = opened("back_pain", LINKS["back_pain"], viewport={"width": width, "height": 740})
    settle(tab)
    assert faults(tab, axe) == []


def test_a_fault_would_be_found(axe, opened):
    """A picture without a text and a grey too pale are reported, so silence means something."""
    tab = opened("asia")
    tab.evaluate(
        """() => {
          const picture = document.body.appendChild(document.createElement("img"));
          const pale = document.querySelector(".explorer h1");
          picture.src = "data:,";
          pale.style.color = "#eee";
        }"""
    )
    told = " ".join(faults(tab, axe))
    assert "image-alt" in told
    assert "color-contrast" in told
