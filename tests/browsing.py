"""A browser, and what one does on a page in it: click findings, read posteriors, compare them with Python."""

from __future__ import annotations

import os
import shutil

import pytest

import bayesnet

ALL_POSTERIORS = """() => {
  const { store, compute, data } = bayesnet;
  const answer = compute.answer(store.state.scenarios[store.state.active]);
  return answer.posteriors && data.network.names.map((name, v) => [name, [...answer.posteriors[v]]]);
}"""


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; skips, visibly, where there is none. It ends with its module: its event loop is in the way of others."""
    sync = pytest.importorskip("playwright.sync_api")
    names = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    found = os.environ.get("BAYESNET_CHROMIUM") or next(filter(None, names), None)
    with sync.sync_playwright() as player:
        try:
            running = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        except sync.Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}")
        yield running
        running.close()


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
