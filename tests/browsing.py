"""A browser for tests of pages: tabs that fail on any word on the console and on any other request, and what one does in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from odd_network import odd_network

import bayesnet

PATIENCE = 20_000
"""Milliseconds that a busy machine may take for one step; reached only where something fails."""

ALL_POSTERIORS = """() => {
  const { store, compute, data } = bayesnet;
  const answer = compute.answer(store.state.scenarios[store.state.active]);
  return answer.posteriors && data.network.names.map((name, v) => [name, [...answer.posteriors[v]]]);
}"""


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; skips, visibly, where there is none."""
    sync = pytest.importorskip("playwright.sync_api")
    found = os.environ.get("BAYESNET_CHROMIUM") or which("chromium") or which("chromium-browser") or which("google-chrome")
    with sync.sync_playwright() as player:
        try:
            running = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        except sync.Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}")
        yield running
        running.close()


BEGUN = "age_group=60-69, female, cancer_history, raised_alp, anemia"


@pytest.fixture(scope="module")
def pages(tmp_path_factory, networks) -> dict[str, tuple[Path, bayesnet.Network]]:
    """Each network's page, written once."""
    folder = tmp_path_factory.mktemp("pages")
    odd = odd_network(folder / "odd")
    nets = {name: bayesnet.load(name) for name in ("back_pain", "asia")}
    nets |= {name: bayesnet.load(networks / f"{name}.bif.gz") for name in ("alarm", "hepar2")}
    made = {name: (net.page(folder / f"{name}.html"), net) for name, net in (nets | {"odd": odd}).items()}
    return made | {"begun": (nets["back_pain"].page(folder / "begun.html", BEGUN), nets["back_pain"])}


DESKTOP = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def desktop(browser):
    """The window that most tests share, each with tabs of its own."""
    context = browser.new_context(**DESKTOP)
    yield context
    context.close()


@pytest.fixture
def opened(browser, desktop, pages) -> Iterator:
    """Open a page: `opened("asia")` gives a tab; at the end nothing may have been said on the console nor asked of any host."""
    opened_here = []

    def call(name: str, hash_: str = "", **options):
        context = browser.new_context(**{**DESKTOP, **options}) if options else desktop
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        said: list[str] = []
        asked: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("dialog", lambda dialog: said.append(dialog.message))
        tab.on("request", lambda request: asked.append(request.url.split("#")[0]))
        opened_here.append((context if options else tab, pages[name][0].as_uri(), said, asked))
        tab.goto(pages[name][0].as_uri() + hash_)
        return tab

    yield call
    for window, address, said, asked in opened_here:
        window.close()
        assert said == []
        assert {url for url in asked if not url.startswith("blob:")} == {address}


def group_of(tab, name: str):
    """The row of a variable, its group opened."""
    row = tab.locator(f'.finding[data-variable="{name}"]')
    row.evaluate("row => { row.closest('details').open = true; }")
    return row


def unfold(tab) -> None:
    """Show the whole differential, the less probable too."""
    tab.locator(".differential .rest").first.click()


def choose(tab, name: str, state: str | None) -> None:
    """Click a state of a variable, or unknown."""
    row = group_of(tab, name)
    if row.locator("select.choice").count():
        row.locator("select.choice").select_option(state or "")
    else:
        row.locator(f'.segment:has(input[value="{state or ""}"])').click()


def assert_agrees(tab, net: bayesnet.Network, given, do=None) -> None:
    """Every posterior of the page is Python's."""
    told = dict(tab.evaluate(ALL_POSTERIORS))
    expected = net.posteriors(given, do=do)
    assert list(told) == list(net.variables)
    for name, variable in net.variables.items():
        assert told[name] == pytest.approx([expected[name][state] for state in variable.states], rel=1e-9, abs=1e-15)


def address_of(tab) -> str:
    """What follows the address, once it has been written."""
    tab.wait_for_timeout(300)
    return tab.evaluate("location.hash")
