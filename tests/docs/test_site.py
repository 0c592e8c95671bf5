"""The site, built once into a folder with an odd name and opened from it without a server, as whoever unpacks it would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe import faults
from paths import ROOT

from bayesnet.model.find import shipped_models

pytestmark = pytest.mark.slow

OBJECT = "docs/reference/objects/bayesnet.Case.tornado.html"
LESSON = "explorer/back_pain.html#lesson=explaining-away:1"
LOOKED_AT = (
    *("docs/index.html", "docs/gallery.html", "docs/architecture.html", OBJECT),
    *("explorer/asia.html", "quiz/back_pain.html", LESSON),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page, built with warnings as errors, by the first worker that needs it."""
    for needed in ("sphinx", "myst_nb", "furo"):
        pytest.importorskip(needed, reason="the documentation needs pip install --group docs")
    home = tmp_path_factory.getbasetemp()
    shared = (home.parent if "PYTEST_XDIST_WORKER" in os.environ else home) / "site"
    folder, done = shared / "a site ä", shared / "done"
    try:
        shared.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 500
        while not done.exists():
            assert time.monotonic() < deadline, "another worker did not finish the site"
            time.sleep(1)
    else:
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-c", "docs"]
        places = ["-d", str(shared / "trees"), ".", str(folder)]
        built = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, check=False)
        (shared / "draft").write_text(built.stderr if built.returncode else "", encoding="utf-8")
        (shared / "draft").rename(done)
    assert done.read_text(encoding="utf-8") == ""
    return folder


def test_every_page_is_there_and_loads_nothing_from_elsewhere(site: Path) -> None:
    """The guide, the notebooks, an object's page, explorer and quiz of each model; no script, style or picture by network."""
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    expected = {f"docs/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")} | {OBJECT, "index.html"}
    expected |= {f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")}
    expected |= {f"{kind}/{model}.html" for model in shipped_models() for kind in ("explorer", "quiz")}
    assert pages >= expected
    loaded = re.compile(r"<(?:script|img|iframe)[^>]*\ssrc=\"(?:https?:)?//|<link[^>]*rel=\"stylesheet\"[^>]*href=\"https?:")
    assert [page for page in pages if loaded.search((site / page).read_text(encoding="utf-8"))] == []
    assert 'class="mermaid' not in (site / "docs" / "architecture.html").read_text(encoding="utf-8")


def test_no_link_is_dead(site: Path) -> None:
    """Each link and picture inside the site leads to a file, and each anchor to a place in it."""
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places = {path: set(re.findall(r'\s(?:id|name)="([^"]+)"', text)) for path, text in texts.items()}
    assert len(texts) > 200
    dead = set()
    for path, text in texts.items():
        if path.parent.name in {"explorer", "quiz"}:
            continue
        for link in re.findall(r'<(?:a|img|iframe|link|script)\s[^>]*?(?:href|src)="([^"]+)"', text):
            address, _, anchor = unquote(unescape(link)).partition("#")
            if re.match(r"[a-z]+:", address):
                continue
            target = (path.parent / address.partition("?")[0]).resolve() if address else path
            live = target.parent.name == "explorer" and anchor.startswith("lesson=")
            if not target.is_file() or (anchor and not live and anchor not in places.get(target, ())):
                dead.add((path.name, link))
    assert dead == set()


@pytest.fixture
def quiet(browser) -> Iterator:
    """A tab that may say nothing on the console and ask nothing of a host."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(f"{tab.url}: {message.text}"))
    tab.on("pageerror", lambda error: said.append(f"{tab.url}: {error}"))
    tab.on("requestfailed", lambda request: said.append(f"{tab.url}: {request.url} failed"))
    tab.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    yield tab
    context.close()
    assert said == []


@pytest.mark.browser
def test_every_page_opens_and_fits_the_screen(site: Path, quiet) -> None:
    """From the disk, without sideways scrolling: all on a phone, those with a layout of their own on a desk too."""
    wide = {}
    for width in (390, 1280):
        quiet.set_viewport_size({"width": width, "height": 844})
        for path in sorted({*site.rglob("*.html")} - {site / "index.html"}):
            if width > 390 and path.parent.name == "objects":
                continue
            quiet.goto(path.as_uri())
            needed = quiet.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wide[path.name] = needed
    assert wide == {}


@pytest.mark.browser
def test_the_search_finds_from_the_disk(site: Path, quiet) -> None:
    """A word leads to the page of the object that has it in its name."""
    quiet.goto((site / "search.html").as_uri() + "?q=tornado")
    quiet.get_by_role("link", name="Case.tornado").first.wait_for()


@pytest.fixture(params=["light", "dark"])
def tab(request: pytest.FixtureRequest, browser) -> Iterator:
    """A tab of a small screen, in either scheme of colours."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_no_serious_fault_is_found(site: Path, axe: str, tab) -> None:
    """axe-core on the front page, the gallery, an object, a drawing, a quiz and a lesson."""
    found = {}
    for page in LOOKED_AT:
        name, _, anchor = page.partition("#")
        tab.goto((site / name).as_uri() + (f"#{anchor}" if anchor else ""))
        tab.locator("[aria-busy=true]").first.wait_for(state="detached", timeout=60_000)
        found[page] = faults(tab, axe)
    assert {page: told for page, told in found.items() if told} == {}


@pytest.mark.browser
def test_the_explorer_on_the_front_page_answers(site: Path, browser) -> None:
    """A click in the frame moves the headline, and a lesson opens by its link."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((site / "index.html").as_uri())
    tab.wait_for_url("**/docs/index.html")
    frame = tab.frame_locator(".live iframe")
    frame.locator(".search").fill("cancer history")
    frame.locator(".search").press("Enter")
    assert frame.locator(".chip", has_text="History of cancer").first.is_visible()
    tab.goto((site / "docs" / "live.html").as_uri())
    tab.get_by_role("link", name="Lesson: ").first.click()
    tab.wait_for_selector(".lesson")
    tab.close()
