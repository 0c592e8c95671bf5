"""What the explorer explains, in headless Chromium: for and against, the drawn network, what to ask and do, against Python."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASE = {"age_group": "60-69", "anemia": "present", "fever": "absent", "weight_loss": "present", "m_protein": "absent"}


PATIENCE = 30_000
"""Milliseconds to wait for a page on a machine that does much else."""


@pytest.fixture
def opened(browser, pages) -> Iterator:
    """Open a page: `opened("asia")` gives a tab; at the end nothing may have been said on the console."""
    contexts, said = [], []

    def call(name: str, **options):
        contexts.append(
            browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options})
        )
        tab = contexts[-1].new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(pages[name][0].as_uri())
        tab.wait_for_function("globalThis.bayesnet")
        return tab

    yield call
    for context in contexts:
        context.close()
    assert said == []


def settled(tab, panel: str):
    """The panel of a tab once its work is done."""
    tab.locator(f'.tab[data-tab="{panel}"]').click()
    shown = tab.locator(f'.panel[data-panel="{panel}"]')
    shown.wait_for()
    tab.wait_for_function("() => !document.querySelector('.panel:not([hidden]) [aria-busy]')", timeout=PATIENCE)
    return shown


def started(opened, name: str, given: dict[str, str], target: tuple[str, str] | None = None, **options):
    """A page with findings, asked about a target."""
    tab = opened(name, **options)
    for variable, state in given.items():
        dispatch(tab, type="see", variable=variable, value=state)
    if target:
        dispatch(tab, type="target", variable=target[0], state=target[1])
    return tab


def dispatch(tab, **action) -> None:
    """Do what a click does."""
    tab.evaluate("action => bayesnet.store.dispatch(action)", action)


def drawn(tab) -> None:
    """Wait until the picture shows the present case."""
    tab.evaluate("() => new Promise((next) => requestAnimationFrame(() => setTimeout(next, 150)))")


@pytest.mark.parametrize(
    ("name", "given", "target"),
    [("back_pain", CASE, "multiple_myeloma"), ("asia", {"xray": "yes", "smoke": "no", "dysp": "yes"}, "lung=yes")],
)
def test_bars_for_and_against_are_the_weights_of_python(name, given, target, opened, pages):
    """One bar for each finding with its weight, the strongest for first; in turn, the steps in the order entered."""
    variable, _, state = target.partition("=")
    tab = started(opened, name, given, (variable, state or "present"))
    panel = settled(tab, "why")
    expected = pages[name][1].case(given).explain(target)
    read = "rows => rows.map((row) => [row.dataset.variable, Number(row.dataset.nats), Number(row.dataset.step)])"
    rows = panel.locator("ol li[data-variable]").evaluate_all(read)
    assert {variable for variable, *_ in rows} == set(given)
    for variable, nats, step in rows:
        assert nats == pytest.approx(expected[variable].omission, rel=1e-9, abs=1e-12)
        assert 10 / math.log(10) * step == pytest.approx(expected[variable].decibans, rel=1e-9, abs=1e-12)
    assert [nats for _, nats, _ in rows] == sorted((nats for _, nats, _ in rows), reverse=True)
    panel.get_by_role("button", name="one after the other").click()
    assert [row[0] for row in panel.locator("ol li[data-variable]").evaluate_all(read)] == list(given)


def test_what_says_nothing_and_what_is_closed_is_told(opened):
    """Nothing found; the target itself known; a finding whose every way is closed, with what closes it."""
    tab = opened("asia")
    assert "Nothing has been found yet" in settled(tab, "why").inner_text()
    dispatch(tab, type="target", variable="lung", state="yes")
    dispatch(tab, type="see", variable="smoke", value="yes")
    dispatch(tab, type="see", variable="bronc", value="yes")
    told = settled(tab, "why").locator('li[data-variable="bronc"]').inner_text()
    assert "No active path: the shortest is blocked at Smoking, which is known." in told
    dispatch(tab, type="see", variable="lung", value="yes")
    assert tab.evaluate("bayesnet.view().state.target") == "asia"
    assert "asia" not in tab.evaluate("Object.keys(bayesnet.store.state.scenarios[0].see)")


def test_what_to_ask_is_ranked_as_in_python_and_a_result_is_entered_by_its_button(opened, pages):
    """Bits, net values and what each result would do; sorted by either; pressing a result makes it a finding."""
    net = pages["back_pain"][1]
    tab = started(opened, "back_pain", CASE, ("multiple_myeloma", "present"))
    panel = settled(tab, "next")
    expected = net.case(CASE).next_tests("multiple_myeloma")
    read = "rows => rows.map((row) => [row.dataset.variable, Number(row.dataset.bits), Number(row.dataset.net)])"
    rows = panel.locator("tbody tr").evaluate_all(read)
    assert [row[0] for row in rows] == [test.finding for test in expected.best_of_each_test()[: len(rows)]]
    for variable, bits, value in rows:
        assert bits == pytest.approx(expected[variable].bits, rel=1e-9)
        assert value == pytest.approx(expected[variable].net_value, rel=1e-7, abs=1e-12, nan_ok=True)
    panel.get_by_role("button", name="net value").click()
    worth = [row[2] for row in panel.locator("tbody tr").evaluate_all(read)]
    assert worth == sorted(worth, reverse=True)
    assert max(worth) == pytest.approx(max(t.net_value for t in expected if not math.isnan(t.net_value)), rel=1e-7)
    assert panel.locator('th[aria-sort="descending"]').inner_text().startswith("net value")
    panel.get_by_role("button", name="bits").click()
    button = panel.locator('tr[data-variable="bence_jones_protein"] .next-result[data-state="present"]')
    after = float(button.get_attribute("data-after"))
    button.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => bayesnet.store.state.scenarios[0].see.bence_jones_protein") == "present"
    now = net.probability("multiple_myeloma", {**CASE, "bence_jones_protein": "present"})
    assert after == pytest.approx(now, rel=1e-9)
    assert settled(tab, "next").locator('tr[data-variable="bence_jones_protein"]').count() == 0


def test_the_advice_is_on_the_page(opened, pages):
    """Options by expected utility, as Python ranks them, thresholds; a network without a decision has no such tab."""
    tab = started(opened, "back_pain", CASE)
    panel = settled(tab, "advice")
    expected = pages["back_pain"][1].case(CASE).advise()
    read = "rows => rows.map((row) => [row.dataset.option, Number(row.dataset.expected)])"
    rows = panel.locator(".advice-options li").evaluate_all(read)
    assert [option for option, _ in rows] == [line.option for line in expected.options]
    assert [value for _, value in rows] == pytest.approx([line.expected_utility for line in expected.options], rel=1e-9)
    assert panel.locator(".advice-strips > li").count() == len(expected.thresholds)
    assert opened("asia").locator('.tab[data-tab="advice"]').count() == 0


def test_nodes_show_posteriors_and_what_is_known_or_set(opened, pages):
    """All of a small network; bars are Python's posteriors, known variables say so in words, an intervention cuts its arrows."""
    tab = started(opened, "asia", {"xray": "yes"}, ("lung", "yes"))
    dispatch(tab, type="do", variable="bronc", value="no")
    panel = settled(tab, "network")
    drawn(tab)
    assert panel.locator(".node").count() == 8
    expected = pages["asia"][1].posteriors({"xray": "yes"}, do={"bronc": "no"})
    read = "nodes => nodes.map((node) => [node.dataset.variable, node.dataset.state, Number(node.dataset.posterior)])"
    for variable, state, posterior in panel.locator(".node:not(.is-known)").evaluate_all(read):
        assert posterior == pytest.approx(expected[variable][state], rel=1e-9)
    assert panel.get_by_role("button", name="Positive X-ray, known: yes").count() == 1
    assert panel.get_by_role("button", name="Bronchitis, set: no").count() == 1
    kinds = panel.locator(".net-stage .net-arc").evaluate_all(
        "arcs => arcs.map((arc) => arc.getAttribute('class').split(' ')[1])"
    )
    assert sorted(kinds) == sorted(["is-lit"] * 2 + ["is-cut"] + ["is-open"] * 4 + ["is-closed"])
    assert panel.locator(".net-ways").text_content() == (
        "Positive X-ray ← Tuberculosis or lung cancer ← Lung cancerBronchitis: no active path to Lung cancer."
    )


def test_a_large_network_shows_what_matters_and_everything_on_demand(opened, pages):
    """Target, findings and the ways between them; then all variables, each once, none over another."""
    tab = started(opened, "back_pain", CASE, ("multiple_myeloma", "present"))
    panel = settled(tab, "network")
    drawn(tab)
    names = panel.locator(".node").evaluate_all("nodes => nodes.map((node) => node.dataset.variable)")
    assert {*CASE, "multiple_myeloma", "hemoglobin_grade"} <= set(names)
    assert 12 <= len(names) <= 40
    panel.get_by_role("button", name="everything").click()
    drawn(tab)
    boxes = panel.locator(".node").evaluate_all("nodes => nodes.map((node) => [node.offsetLeft, node.offsetTop])")
    assert len({tuple(box) for box in boxes}) == len(pages["back_pain"][1].variables)
    assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if abs(a[0] - b[0]) < 140 and abs(a[1] - b[1]) < 50]


def test_the_network_is_walked_and_changed_with_the_keyboard(opened):
    """One stop of the tab key; arrows move, Enter opens a node, a state is chosen, Escape goes back to the node."""
    tab = started(opened, "asia", {"xray": "yes"}, ("lung", "yes"))
    panel = settled(tab, "network")
    drawn(tab)
    assert panel.locator('.node[tabindex="0"]').count() == 1
    panel.locator('.node[data-variable="lung"]').focus()
    here = "() => document.activeElement.dataset.variable"
    for key, reached in [("ArrowUp", "tub"), ("ArrowUp", "tub"), ("ArrowRight", "either"), ("ArrowRight", "xray")]:
        tab.keyboard.press(key)
        assert tab.evaluate(here) == reached
    assert panel.locator('.node[tabindex="0"]').get_attribute("data-variable") == "xray"
    panel.locator('.node[data-variable="lung"]').focus()
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate(here) == "bronc"
    tab.keyboard.press("Enter")
    card = panel.get_by_role("dialog", name="Bronchitis")
    card.wait_for()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("() => typeof bayesnet.store.state.scenarios[0].see.bronc") == "string"
    drawn(tab)
    ask = card.get_by_role("button", name="Ask about Bronchitis: yes")
    assert ask.is_disabled()
    dispatch(tab, type="see", variable="bronc", value=None)
    ask.click()
    assert tab.evaluate("() => [bayesnet.view().state.target, bayesnet.view().state.targetState]") == ["bronc", "yes"]
    tab.keyboard.press("Escape")
    assert card.is_hidden()
    drawn(tab)
    assert tab.evaluate(here) == "bronc"


def test_the_next_click_ends_the_work_of_the_last(opened, pages):
    """Many findings in a row: what is shown in the end is about all of them, and no click waited for it."""
    tab = started(opened, "back_pain", {}, ("spinal_metastasis", "present"))
    settled(tab, "why")
    shown = tab.evaluate(
        """(given) => Object.entries(given).map(([variable, value]) => {
      bayesnet.store.dispatch({ type: "see", variable, value });
      return [document.querySelectorAll(".why li").length, Boolean(document.querySelector(".why [aria-busy]"))];
    })""",
        CASE,
    )
    assert all(busy for _, busy in shown)
    assert {count for count, _ in shown} == {0}
    rows = settled(tab, "why").locator("ol li[data-variable]")
    assert rows.count() == len(CASE)
    expected = pages["back_pain"][1].case(CASE).explain("spinal_metastasis")
    for variable, nats in rows.evaluate_all("rows => rows.map((row) => [row.dataset.variable, Number(row.dataset.nats)])"):
        assert nats == pytest.approx(expected[variable].omission, rel=1e-9)


@pytest.mark.parametrize("name", ["alarm", "hepar2", "odd"])
def test_every_view_copes_with_a_network_that_has_nothing_but_numbers(name, opened, pages):
    """No roles, diagnoses, prices or decision, odd names: every tab fills, with a finding, without one, and without an answer."""
    net = pages[name][1]
    tab = opened(name)
    variable = list(net.variables.values())[-1]
    for value in (None, variable.states[0]):
        dispatch(tab, type="see", variable=variable.name, value=value)
        for panel in ("why", "network", "next"):
            shown = settled(tab, panel)
            drawn(tab)
            assert len(shown.inner_text()) > 80


def test_findings_that_cannot_be_leave_every_view_in_words(opened):
    """No view shows figures of the case before."""
    tab = started(opened, "back_pain", {"age_over_70": "absent", "age_group": "80+"})
    for panel in ("why", "next", "advice"):
        assert settled(tab, panel).inner_text().count("There is no answer to this case") == 1
    nodes = settled(tab, "network")
    drawn(tab)
    assert set(nodes.locator(".node:not(.is-known) .node-text").all_inner_texts()) == {"–"}


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_view_is_wider_than_the_window(width, opened):
    """Also on the smallest phone, with many findings; the network scrolls inside its frame."""
    tab = started(opened, "back_pain", CASE, ("multiple_myeloma", "present"), viewport={"width": width, "height": 700})
    for panel in ("why", "network", "next", "advice"):
        settled(tab, panel)
        drawn(tab)
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        outside = """box => [...box.querySelectorAll('*')].filter((e) => !e.closest('.net-frame, .unseen') && !e.closest('svg'))
          .filter((e) => e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().left < 0)
          .map((e) => e.className)"""
        assert tab.locator(f'.panel[data-panel="{panel}"]').evaluate(outside) == []


def test_the_leading_diagnosis_is_one_click_away(opened, pages):
    """Asked about something else, the explanation offers the most probable specific diagnosis; asked about that, nothing."""
    tab = started(opened, "back_pain", CASE, ("disc_herniation", "present"))
    ranked = pages["back_pain"][1].case(CASE).diagnoses()
    offer = settled(tab, "why").get_by_role("button", name="the most probable specific diagnosis")
    offer.click()
    assert tab.evaluate("() => bayesnet.view().state.target") == ranked.leading_specific
    settled(tab, "why")
    assert offer.count() == 0
