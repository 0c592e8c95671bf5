"""The explorer in the programs that show it: a live JupyterLab, a live marimo, and a notebook exported by nbconvert."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PATIENCE = 90
"""Seconds until a server answers, and for one step in it."""

CELL = 'import bayesnet\nw = bayesnet.load("asia").explorer("dysp=yes")\nw'


@contextmanager
def served(folder: Path, port: int, *command: str) -> Iterator[str]:
    """Run a server on loopback, with settings of its own, until the test ends."""
    home = {name: str(folder / name) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    run = [sys.executable, "-m", *command]
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(run, cwd=folder, stdout=log, stderr=log, env={**os.environ, **home})
    try:
        until = time.monotonic() + PATIENCE
        while True:
            assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except (urllib.error.URLError, TimeoutError):
                assert time.monotonic() < until, (folder / "log").read_text(encoding="utf-8")
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def notebook(path: Path, *cells: str) -> Path:
    """Write a notebook."""
    written = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    written.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(written, path)
    return path


def run_cell(tab, place: int, awaited) -> None:
    """Run a cell until what it shows is there: JupyterLab loses a key that is pressed before its kernel answers."""
    from playwright.sync_api import TimeoutError as Unseen

    for patience in (10, 20, PATIENCE):
        tab.locator(".jp-Notebook .jp-Cell").nth(place).locator(".jp-InputArea").first.click()
        tab.keyboard.press("Shift+Enter")
        try:
            awaited.wait_for(timeout=patience * 1000)
        except Unseen:
            if patience == PATIENCE:
                raise
        else:
            return


def test_jupyterlab_shows_it_in_step_with_python(browser, tmp_path, port):
    """A click arrives in the kernel, and the colours follow the theme of JupyterLab."""
    notebook(tmp_path / "case.ipynb", CELL, "print(sorted(w.given.items()))")
    options = ("--no-browser", "--allow-root", "--IdentityProvider.token=", f"--port={port}", f"--ServerApp.root_dir={tmp_path}")
    with served(tmp_path, port, "jupyterlab", *options) as address:
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_default_timeout(PATIENCE * 1000)
        tab.goto(f"{address}/lab/tree/case.ipynb")
        explorer = tab.locator(".explorer.in-notebook")
        run_cell(tab, 0, explorer)
        explorer.locator('.finding[data-variable="xray"] input[value="yes"]').check(force=True)
        tab.evaluate("document.body.dataset.jpThemeLight = 'false'")
        tab.wait_for_function("getComputedStyle(document.querySelector('.explorer')).colorScheme === 'dark'")
        assert explorer.locator(".masthead").evaluate("one => one.getBoundingClientRect().height") < 60
        run_cell(tab, 1, tab.get_by_text("[('dysp', 'yes'), ('xray', 'yes')]"))
        tab.close()


MARIMO = """import marimo

app = marimo.App()


@app.cell
def _():
    import bayesnet
    import marimo as mo

    w = mo.ui.anywidget(bayesnet.load("asia").explorer("dysp=yes"))
    w
    return mo, w


@app.cell
def _(mo, w):
    mo.md("known: " + ", ".join(sorted(w.value["given"])))
    return
"""


def test_marimo_shows_it_in_step_with_python(browser, tmp_path, port):
    """A click runs the cells that read the widget."""
    (tmp_path / "case.py").write_text(MARIMO, encoding="utf-8")
    options = ("--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port))
    with served(tmp_path, port, "marimo", "run", "case.py", *options) as address:
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_default_timeout(PATIENCE * 1000)
        tab.goto(address)
        tab.get_by_text("known: dysp", exact=True).wait_for()
        tab.locator('.explorer .finding[data-variable="xray"] input[value="yes"]').check(force=True)
        tab.get_by_text("known: dysp, xray", exact=True).wait_for()
        tab.close()


def test_an_exported_notebook_holds_the_page(browser, tmp_path):
    """`jupyter nbconvert --to html` without the state of widgets: the page is in the file and answers offline."""
    source = notebook(tmp_path / "case.ipynb", CELL)
    options = ("--to", "html", "--execute", "--ExecutePreprocessor.store_widget_state=False", str(source))
    subprocess.run([sys.executable, "-m", "nbconvert", *options], check=True, capture_output=True, timeout=4 * PATIENCE)
    tab = browser.new_page()
    tab.set_default_timeout(PATIENCE * 1000)
    tab.context.set_offline(True)
    tab.goto((tmp_path / "case.html").as_uri())
    assert tab.frame_locator("iframe").locator(".differential li").count() >= 2
    tab.close()
