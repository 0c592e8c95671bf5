"""The explorer in headless Chromium: clicked, typed in, linked, compared and taken back, with posteriors against Python.

Every test opens its own tab; see `browsing`.
"""

from __future__ import annotations

import json
import re

import pytest
from browsing import ALL_POSTERIORS, address_of, assert_agrees, choose, group_of, unfold
from odd_network import EVIL, ODD

from bayesnet.results.labels import Names
from bayesnet.results.words import percent

pytestmark = pytest.mark.browser

CASES = {
    "back_pain": [
        ("age_group", "60-69"),
        ("female", "present"),
        ("raised_alp", "present"),
        ("fever", "absent"),
        ("esr_grade", "50-99"),
    ],
    "asia": [("dysp", "yes"), ("smoke", "no"), ("xray", "yes")],
    "alarm": [("HRBP", "HIGH"), ("BP", "LOW"), ("CO", "LOW")],
    "hepar2": [("fatigue", "present"), ("sex", "female"), ("age", "age31_50"), ("bilirubin", "a88_20")],
}


@pytest.mark.parametrize("name", CASES)
def test_a_click_answers_as_python_does(name, opened, pages):
    """Findings are clicked one after the other; after each all posteriors are Python's, and the bars show them."""
    net = pages[name][1]
    tab = opened(name)
    given: dict[str, str] = {}
    for variable, state in CASES[name]:
        choose(tab, variable, state)
        given[variable] = state
        assert_agrees(tab, net, given)
    expected = net.posteriors(given)
    bars = tab.locator(".differential .bars").first.locator("li")
    assert bars.count() >= 2
    shown = bars.evaluate_all(
        "rows => rows.map((row) => [row.dataset.variable, row.dataset.state, Number(row.dataset.posterior)])"
    )
    assert [p for *_, p in shown] == sorted((p for *_, p in shown), reverse=True)
    for variable, state, posterior in shown:
        assert posterior == pytest.approx(expected[variable][state], rel=1e-9)
    for variable, _ in CASES[name]:
        choose(tab, variable, None)
    assert_agrees(tab, net, None)


def test_the_differential_says_what_was_before_and_how_many_people_that_is(opened, pages):
    """Prior and posterior of each diagnosis with full digits; the sentence and the frequency for readers."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=fever:present,iv_drug_use:present&of=epidural_abscess:present")
    ranked = net.case("fever, iv_drug_use").diagnoses()
    rows = tab.locator(".differential .bars").first.locator("li")
    assert rows.count() == 8
    assert tab.locator(".differential .rest").first.inner_text().startswith("9 more, each at most ")
    unfold(tab)
    told = rows.evaluate_all(
        "rows => rows.map(({ dataset }) => [dataset.variable, Number(dataset.posterior), Number(dataset.prior)])"
    )
    assert [name for name, *_ in told] == [line.diagnosis for line in ranked]
    for (_, posterior, prior), line in zip(told, ranked, strict=True):
        assert (posterior, prior) == pytest.approx((line.posterior, line.prior), rel=1e-9)
    leader = next(iter(ranked))
    assert rows.first.locator(".now").inner_text() == percent(leader.posterior, 2).replace(" %", "\u00a0%")
    label = net.variables[ranked.leading_specific].label
    assert f"Most probable specific diagnosis: {label}" in tab.locator(".headline").inner_text()
    assert tab.locator(".headline").inner_text().startswith("Epidural abscess: about 1 in ")
    pressed = tab.locator('.bar-button[aria-pressed="true"]')
    assert pressed.count() == 1
    assert pressed.inner_text().startswith("Epidural abscess")
    tab.get_by_role("button", name="linear").click()
    middle = "({ offsetLeft, offsetWidth, parentElement }) => (offsetLeft + offsetWidth / 2) / parentElement.clientWidth"
    assert rows.first.locator(".dot").first.evaluate(middle) == pytest.approx(leader.posterior, abs=0.01)


def test_the_page_gives_the_intervals_of_python(opened, pages):
    """Once the draws are counted each row has a band, the sentence an interval, and both are those of `diagnoses`."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=age_group:60-69,female:present,cancer_history:present,raised_alp:present")
    unfold(tab)
    done = "() => [...document.querySelectorAll('.differential li')].every((row) => Number(row.dataset.high) > 0)"
    tab.wait_for_function(done)
    tab.wait_for_function("() => !bayesnet.intervals.busy", timeout=120_000)
    read = "rows => rows.map(({ dataset }) => [dataset.variable, Number(dataset.low), Number(dataset.high)])"
    told = {name: ends for name, *ends in tab.locator(".differential li").evaluate_all(read)}
    ranked = net.case("age_group=60-69, female, cancer_history, raised_alp").diagnoses()
    for line in ranked:
        assert told[line.diagnosis] == pytest.approx([line.low, line.high], rel=0.02)
    leader = next(line for line in ranked if line.diagnosis == ranked.leading_specific)
    said = re.search(r"about \d+ in 100, (\d+) to (\d+)", tab.locator(".headline").inner_text())
    assert said is not None
    assert [int(end) for end in said.groups()] == pytest.approx([100 * leader.low, 100 * leader.high], abs=1.0)


def test_everything_is_in_view_on_a_projector(opened):
    """At 1280 x 720: the sentence, findings, eight diagnoses and the open tab at once, below a header of 56 pixels."""
    tab = opened("back_pain", "#see=fever:present", viewport={"width": 1280, "height": 720})
    assert tab.locator(".masthead").evaluate("one => one.getBoundingClientRect().height") <= 58
    boxes = [tab.locator(place).bounding_box() for place in (".headline", ".findings .search", ".tablist", ".panel:visible h2")]
    boxes += [row.bounding_box() for row in tab.locator(".differential .bars li").all()]
    assert len(boxes) >= 12
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= 720 for box in boxes)


def test_typed_findings_are_entered(opened, pages):
    """Enter in the search takes a list; what means nothing stays and is named. A question mark lists the keys."""
    net = pages["back_pain"][1]
    tab = opened("back_pain")
    tab.keyboard.press("?")
    assert tab.get_by_role("dialog", name="Keys").is_visible()
    tab.keyboard.press("Escape")
    search = tab.get_by_label("Search findings")
    search.fill("fever, !vomiting, 66, frobnication")
    assert "Enter adds Fever: yes" in tab.locator(".findings").inner_text()
    search.press("Enter")
    assert_agrees(tab, net, "fever, !nausea_vomiting, age_group=60-69")
    assert search.input_value() == "frobnication"
    assert "Not understood: frobnication" in tab.locator(".notice").inner_text()


def test_a_finding_can_be_weighed_and_set(opened, pages):
    """Soft evidence is likelihood weights; set means an intervention; both as in Python."""
    net = pages["back_pain"][1]
    tab = opened("back_pain")
    row = group_of(tab, "fever")
    row.get_by_role("button", name="More about Fever").click()
    row.get_by_label("Weight if Fever: yes").fill("10")
    row.get_by_label("Weight if Fever: yes").press("Tab")
    assert_agrees(tab, net, {"fever": {"absent": 1, "present": 10}})
    assert "Fever: no (1), yes (10)" in tab.locator(".chips").inner_text()
    row.get_by_label("Weight if Fever: no").fill("-1")
    row.get_by_label("Weight if Fever: no").press("Tab")
    assert row.get_by_role("alert").inner_text() == "Weights must be 0 or more, at least one above 0."
    group_of(tab, "corticosteroids").get_by_role("button", name="More about Corticosteroids").click()
    choose(tab, "corticosteroids", "present")
    group_of(tab, "corticosteroids").get_by_label("set by intervention").check()
    assert_agrees(tab, net, {"fever": {"absent": 1, "present": 10}}, "corticosteroids")
    choose(tab, "corticosteroids", "absent")
    assert_agrees(tab, net, {"fever": {"absent": 1, "present": 10}}, "!corticosteroids")
    group_of(tab, "corticosteroids").get_by_label("seen").check()
    assert_agrees(tab, net, {"fever": {"absent": 1, "present": 10}, "corticosteroids": "absent"})


def test_the_setting_is_assumed_until_it_is_said(opened, pages):
    """The page says what it assumes, and another setting moves the base rates."""
    net = pages["back_pain"][1]
    tab = opened("back_pain")
    assert "Setting: primary care assumed" in " ".join(tab.locator(".chips").inner_text().split())
    choose(tab, "setting", "emergency")
    assert "assumed" not in tab.locator(".chips").inner_text()
    assert_agrees(tab, net, {"setting": "emergency"})
    unfold(tab)
    row = tab.locator('.bars li[data-variable="epidural_abscess"]').first
    prior = net.posterior("epidural_abscess", {"setting": "emergency"})["present"]
    assert float(row.get_attribute("data-prior")) == pytest.approx(prior, rel=1e-9)


def test_everything_is_reached_with_the_keyboard(opened, pages):
    """Slash to the search, Tab to the choice, arrows to change it, Ctrl+Z back, Enter on a bar to ask about it."""
    net = pages["back_pain"][1]
    tab = opened("back_pain")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Examples"
    tab.locator("body").press("/")
    tab.keyboard.type("saddle anaes")
    assert tab.evaluate("document.activeElement.type") == "search"
    shown = tab.locator(".finding:visible")
    assert shown.count() == 1
    tab.keyboard.press("Tab")
    while tab.evaluate("document.activeElement.type") != "radio":
        tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowRight")
    assert_agrees(tab, net, "!saddle_anesthesia")
    tab.keyboard.press("ArrowRight")
    assert_agrees(tab, net, "saddle_anesthesia")
    tab.keyboard.press("Control+z")
    assert_agrees(tab, net, "!saddle_anesthesia")
    tab.keyboard.press("Control+Shift+z")
    assert_agrees(tab, net, "saddle_anesthesia")
    unfold(tab)
    bar = tab.locator('.bars li[data-variable="multiple_myeloma"] button').first
    bar.focus()
    tab.keyboard.press("Enter")
    assert bar.get_attribute("aria-pressed") == "true"
    assert tab.locator(".ask").input_value() == "multiple_myeloma"
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_an_example_is_loaded_from_the_dialog(opened, pages):
    """The dialog takes the focus, closes with Escape, and an example is the case of its text."""
    net = pages["back_pain"][1]
    tab = opened("back_pain")
    tab.get_by_role("button", name="Examples").click()
    dialog = tab.get_by_role("dialog", name="Example cases")
    assert dialog.get_by_role("listitem").count() == len(net.model.examples)
    tab.keyboard.press("Escape")
    assert not dialog.is_visible()
    tab.get_by_role("button", name="Examples").click()
    example = net.model.examples[1]
    dialog.get_by_role("button", name=example.title).click()
    assert not dialog.is_visible()
    assert_agrees(tab, net, example.evidence)


def test_a_page_that_opens_with_a_case_asks_about_what_leads_in_it(opened, pages):
    """Its findings are entered, and the diagnosis asked about is the first of the ranking, where one is specific."""
    tab, net = opened("begun"), pages["begun"][1]
    assert_agrees(tab, net, pages.BEGUN)
    assert (
        tab.evaluate("bayesnet.view().state.target") == net.case(pages.BEGUN).diagnoses().leading_specific == "spinal_metastasis"
    )
    assert opened("begun", "#of=epidural_abscess:present").evaluate("bayesnet.view().state.target") == "epidural_abscess"


def test_a_link_opens_the_same_case(opened, pages):
    """The address holds findings, weights, interventions, both scenarios, target and scale; a new tab shows the same."""
    tab = opened("back_pain")
    choose(tab, "age_group", "60-69")
    choose(tab, "fever", "absent")
    tab.evaluate("bayesnet.store.dispatch({ type: 'see', variable: 'anemia', value: { absent: 1, present: 7.5 } })")
    tab.evaluate("bayesnet.store.dispatch({ type: 'do', variable: 'smoking', value: 'absent' })")
    tab.get_by_role("button", name="Compare").click()
    choose(tab, "fever", "present")
    tab.locator(".ask").select_option("epidural_abscess")
    tab.get_by_role("button", name="linear").click()
    again = opened("back_pain", address_of(tab))
    assert again.evaluate("bayesnet.store.state") == tab.evaluate("bayesnet.store.state")
    assert again.evaluate(ALL_POSTERIORS) == tab.evaluate(ALL_POSTERIORS)
    again.reload()
    assert again.evaluate("bayesnet.store.state") == tab.evaluate("bayesnet.store.state")
    # An address typed into the open page counts too, and can be taken back.
    again.evaluate("location.hash = 'see=fever:present'")
    again.wait_for_function("Object.keys(bayesnet.store.state.scenarios[0].see).length === 1")
    assert_agrees(again, pages["back_pain"][1], "fever")


def test_a_link_that_names_what_is_not_there_says_so(opened, pages):
    """What this network does not have is left out and named; the rest holds."""
    tab = opened("asia", "#see=dysp:yes,fever:present,smoke:often&do=nothing:no&of=cancer:yes&tab=none")
    assert (
        tab.locator(".notice")
        .inner_text()
        .split("\n")[0]
        .startswith("Ignored, because this network does not have it: nothing=no, fever=present, smoke=often, cancer.")
    )
    assert_agrees(tab, pages["asia"][1], "dysp=yes")
    for broken in ("see=%E0%A4%A:yes", "see=dysp:yes@1;no@x", "compare=7", "see", "=&&"):
        tab.evaluate("hash => { location.hash = hash; }", broken)
        tab.wait_for_timeout(20)


def test_two_scenarios_stand_side_by_side(opened, pages):
    """A keeps the case, B is changed; both posteriors stand on each bar, and in words what differs."""
    net = pages["asia"][1]
    tab = opened("asia", "#see=dysp:yes&of=lung:yes")
    tab.get_by_role("button", name="Compare").click()
    assert "A and B are identical" in tab.locator(".difference").inner_text()
    choose(tab, "smoke", "no")
    row = tab.locator('.bars li[data-variable="lung"][data-state="yes"]').first
    both = [float(row.get_attribute(f"data-{which}")) for which in "ab"]
    assert both == pytest.approx([net.posterior(q)["yes"] for q in ("lung | dysp=yes", "lung | dysp=yes, smoke=no")], rel=1e-9)
    assert tab.locator(".difference").inner_text() == "A and B differ in Smoking: no only in B."
    tab.get_by_role("button", name="Edit A").click()
    choose(tab, "smoke", "yes")
    assert float(row.get_attribute("data-a")) == pytest.approx(net.posterior("lung | dysp=yes, smoke=yes")["yes"], rel=1e-9)
    assert float(row.get_attribute("data-b")) == pytest.approx(both[1], rel=1e-9)
    assert tab.locator(".difference").inner_text() == "A and B differ in Smoking: yes in A, no in B."
    tab.get_by_role("button", name="Compare").click()
    assert tab.locator(".card").count() == 1
    assert_agrees(tab, net, "dysp=yes, smoke=yes")


def test_undo_goes_back_step_by_step_and_forth_again(opened, pages):
    """Every change of a case can be taken back, also clearing and comparing; looking at another tab is not a change."""
    net = pages["asia"][1]
    tab = opened("asia")
    undo, redo = tab.get_by_role("button", name="Undo"), tab.get_by_role("button", name="Redo")
    assert undo.is_disabled()
    choose(tab, "dysp", "yes")
    choose(tab, "smoke", "no")
    tab.get_by_role("button", name="linear").click()
    tab.get_by_role("button", name="Clear").click()
    assert_agrees(tab, net, None)
    undo.click()
    assert_agrees(tab, net, "dysp=yes, smoke=no")
    tab.get_by_role("button", name="Remove Smoking: no").click()
    assert_agrees(tab, net, "dysp=yes")
    undo.click()
    undo.click()
    assert_agrees(tab, net, "dysp=yes")
    undo.click()
    assert_agrees(tab, net, None)
    assert undo.is_disabled()
    redo.click()
    redo.click()
    assert_agrees(tab, net, "dysp=yes, smoke=no")
    assert tab.evaluate("bayesnet.store.state.scale") == "linear"


def test_what_cannot_be_is_said_in_words(opened, pages):
    """Findings that cannot hold together are named, a smallest set of them, in the live region, and can be taken back."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=fever:present,anemia:present,female:absent")
    choose(tab, "vaginal_discharge", "present")
    headline = tab.locator(".headline")
    assert headline.inner_text().strip() == (
        "These findings are impossible together in this network: Female: no and Vaginal discharge: yes. Their probability is 0, "
        "so there is no answer. Remove one of them."
    )
    assert headline.locator("[role=status]").get_attribute("aria-live") == "polite"
    first = tab.locator(".differential .bars li button").first
    assert first.inner_text().split("\n")[0].endswith(": no answer")
    choose(tab, "vaginal_discharge", None)
    assert_agrees(tab, net, "fever, anemia, !female")


def test_a_case_is_saved_and_opened_again(opened, pages, tmp_path):
    """The file is JSON that the page reads back, and that Python can ask."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=fever:present,anemia:absent@1;present@4&do=smoking:absent&of=epidural_abscess:present")
    before = tab.evaluate("bayesnet.store.state")
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name="Save").click()
    path = tmp_path / "case.json"
    waiting.value.save_as(path)
    assert waiting.value.suggested_filename == "back_pain-case.json"
    case = json.loads(path.read_text())
    assert case["format"] == "bayesnet-case/1"
    assert case["model"]["digest"] == net.digest
    (scenario,) = case["scenarios"]
    assert_agrees(tab, net, scenario["see"], scenario["do"])
    tab.get_by_role("button", name="Clear").click()
    tab.set_input_files("input[type=file]", path)
    tab.locator(".notice").wait_for()
    assert tab.locator(".notice").inner_text().startswith("Opened case.json.")
    assert tab.evaluate("bayesnet.store.state") == before
    path.write_text('{"format": "something else"}')
    tab.set_input_files("input[type=file]", path)
    tab.get_by_text("was not opened").wait_for()
    assert (
        tab.locator(".notice")
        .inner_text()
        .startswith('case.json was not opened. This file is not a saved case: it has no "format": "bayesnet-case/1".')
    )


def test_names_that_are_markup_do_no_harm(opened, pages):
    """Names of markup, separators and object properties are shown as they are, answered, linked and read back."""
    net = pages["odd"][1]
    tab = opened("odd")
    labels = tab.locator(".finding-label").all_inner_texts()
    assert sorted(" ".join(label.split()) for label in labels) == sorted(" ".join(name.split()) for name in ODD)
    for name in ODD:
        tab.evaluate("([variable, value]) => bayesnet.store.dispatch({ type: 'see', variable, value })", [name, EVIL[0]])
    tab.evaluate("([variable]) => bayesnet.store.dispatch({ type: 'see', variable, value: null })", [ODD[1]])
    given = {name: EVIL[0] for name in ODD if name != ODD[1]}
    seen = "JSON.stringify(bayesnet.store.state.scenarios[0].see)"
    assert json.loads(tab.evaluate(seen)) == given
    assert_agrees(tab, net, given)
    again = opened("odd", address_of(tab))
    assert json.loads(again.evaluate(seen)) == given
    assert_agrees(again, net, given)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["back_pain", "hepar2"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(name, width, opened):
    """At phone, tablet and desktop width the page does not scroll sideways, also when two scenarios are compared."""
    tab = opened(name, "#compare=1", viewport={"width": width, "height": 800})
    tab.evaluate("for (const group of document.querySelectorAll('details')) group.open = true")
    for part in tab.locator(".tab").all():
        part.click()
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_colours_follow_the_system_and_the_switch(opened):
    """Dark where the system is dark, the other way by the switch."""
    tab = opened("asia", color_scheme="dark")

    def paper() -> str:
        return tab.evaluate("getComputedStyle(document.querySelector('.explorer')).backgroundColor")

    dark = paper()
    tab.get_by_role("button", name="Colours").click()
    light = paper()
    assert light != dark
    tab.get_by_role("button", name="Colours").click()
    assert paper() == dark


def test_it_prints_the_case_and_the_answer(opened):
    """On paper the controls are gone; case, answer and warning stay."""
    tab = opened("back_pain", "#see=fever:present")
    tab.emulate_media(media="print")
    assert not tab.locator(".toolbar").is_visible()
    assert not tab.locator(".findings").is_visible()
    for kept in (".chips", ".headline", ".differential .bars", ".warning"):
        assert tab.locator(kept).first.is_visible()
    assert tab.pdf()[:5] == b"%PDF-"


@pytest.mark.slow
def test_bars_move_to_their_place_unless_motion_is_unwanted(opened):
    """Ranks that change are animated, and not where the system asks for less motion."""
    count = "document.getAnimations().filter((one) => one.effect.target.matches('.bars li')).length"
    look = f"const look = () => {{ most = Math.max(most, {count}); requestAnimationFrame(look); }}"
    for motion, expected in (("no-preference", True), ("reduce", False)):
        tab = opened("back_pain", reduced_motion=motion)
        tab.evaluate(f"() => {{ globalThis.most = 0; {look}; look(); }}")
        choose(tab, "raised_alp", "present")
        tab.wait_for_timeout(400)
        assert (tab.evaluate("most") > 0) is expected


def test_a_consequence_says_what_it_comes_from(opened, pages):
    """The sentences of Python's differential; what leads is said where it means none of the others, with its note behind it."""
    net = pages["back_pain"][1]
    tab = opened("back_pain", "#see=age_group:60-69,cancer_history:present,raised_alp:present")
    ranked = net.case("age_group=60-69, cancer_history, raised_alp").diagnoses()
    origins = [Names(net.compiled.labels).prose(text) for text in ranked.origins]
    assert len(origins) >= 2
    for text in origins:
        tab.locator(".origins").get_by_text(text[1:]).wait_for()
    leads = tab.locator(".origins details")
    assert leads.locator("summary").inner_text().startswith("Nonspecific low back pain leads with ")
    leads.locator("summary").click()
    assert "none of the sixteen" in leads.inner_text()
    choose(tab, "nonspecific_lbp", "absent")
    assert leads.is_hidden()
