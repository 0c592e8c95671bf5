"""What the tests of pages share: the pages, the browser that opens them, and a tab that allows no word on the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from odd_network import odd_network

import bayesnet

PATIENCE = 20_000
"""Milliseconds that a busy machine may take for one step; reached only where something fails."""


class Pages:
    """Path and network of a page by name; a page is written when a test first opens it."""

    BEGUN = "age_group=60-69, female, cancer_history, raised_alp, anemia"
    """The findings that the page `begun` opens with."""

    def __init__(self, folder: Path, networks: Path) -> None:
        self.folder, self.networks = folder, networks
        self.written: dict[str, tuple[Path, bayesnet.Network]] = {}

    def __getitem__(self, name: str) -> tuple[Path, bayesnet.Network]:
        if name not in self.written:
            net = self.network(name)
            self.written[name] = net.page(self.folder / f"{name}.html", self.BEGUN if name == "begun" else {}), net
        return self.written[name]

    def network(self, name: str) -> bayesnet.Network:
        """A shipped model, a standard network, or the one whose names are markup."""
        if name == "odd":
            return odd_network(self.folder / "odd")
        standard = self.networks / f"{name}.bif.gz"
        return bayesnet.load(standard if name in {"alarm", "hepar2"} else {"begun": "back_pain"}.get(name, name))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, networks: Path) -> Pages:
    """The pages that tests open, each written once and only where a test needs it."""
    return Pages(tmp_path_factory.mktemp("pages"), networks)


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
        tab.wait_for_function("globalThis.bayesnet")
        return tab

    yield call
    for window, address, said, asked in opened_here:
        window.close()
        assert said == []
        assert {url for url in asked if not url.startswith("blob:")} == {address}
