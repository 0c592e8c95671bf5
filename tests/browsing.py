"""What one does on a page in a browser: click findings, read posteriors, compare them with Python."""

from __future__ import annotations

import pytest

import bayesnet

ALL_POSTERIORS = """() => {
  const { store, compute, data } = bayesnet;
  const answer = compute.answer(store.state.scenarios[store.state.active]);
  return answer.posteriors && data.network.names.map((name, v) => [name, [...answer.posteriors[v]]]);
}"""


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
