"""Faults of accessibility that axe-core finds in a page.

axe-core (Deque) comes in the wheel of axe-playwright-python; its script is handed to the browser from there, nothing is loaded.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

RUN = """async (where) => {
  const { violations, passes } = await axe.run(where, { resultTypes: ["violations"] });
  const fault = ({ id, impact, help, nodes }) => ({ id, impact, help, at: nodes.map(({ html }) => html.slice(0, 200)) });
  return { told: violations.map(fault), passed: passes.length };
}"""
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core; skips, visibly, where it is not installed."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("no axe-core: pip install --group test brings it")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def faults(tab, axe: str, where: str = "html") -> list[str]:
    """What is wrong with the page, or a part of it, as it stands, a line each."""
    if not tab.evaluate("typeof axe !== 'undefined'"):
        tab.evaluate(axe)
    found = tab.evaluate(RUN, where)
    assert found["passed"] > 5
    return [f"{one['impact']}: {one['id']}: {one['help']}: {one['at'][:3]}" for one in found["told"] if one["impact"] in GRAVE]
