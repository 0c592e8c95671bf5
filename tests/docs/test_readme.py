"""What the README and the gallery promise: their code runs, prints what stands there, and their links and pictures exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from paths import ROOT

from bayesnet import plot
from bayesnet.cli import main

STALE = "is stale: run python docs/build.py"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


def tool(name: str) -> Any:
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def readme() -> str:
    """The README as it stands."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_code_of_the_readme_runs_and_prints_what_stands_there(readme: str) -> None:
    """Every block runs in the order of the page; every printed output is the one on the page."""
    blocks = tool("readme").blocks(readme)
    assert blocks
    for block in blocks:
        assert block.printed == block.written, f"README.md {STALE}"


def test_the_page_on_the_engine_says_what_the_engine_does() -> None:
    """Its walk through the stages runs, and prints what stands there."""
    blocks = tool("readme").blocks((ROOT / "docs" / "engine.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    for block in blocks:
        assert block.printed == block.written, f"docs/engine.md {STALE}"


def test_a_changed_output_is_noticed_and_renewed() -> None:
    """The check is not blind: a wrong output differs, and refreshing the page puts it right."""
    page = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
    tools = tool("readme")
    (block,) = tools.blocks(page)
    assert (block.written, block.printed) == ("3\n", "2\n")
    assert tools.refreshed(page) == page.replace("3", "2")
    assert tools.refreshed(tools.refreshed(page)) == tools.refreshed(page)


def test_the_first_screen_says_it_all(readme: str) -> None:
    """What it is, the page in a picture, three lines that install and open it, and the warning come before the case."""
    first, case = readme.split("## One case")
    assert len(first.splitlines()) < 25
    installed = re.search(r"```console\n(.*?)```", first, re.S)
    assert installed is not None
    assert len(installed[1].splitlines()) == 3
    for wanted in ("![The explorer", "`make demo`", "`make test`", "Not for the care of patients"):
        assert wanted in first
    code = re.search(r"```python\n(.*?)```", case, re.S)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line]) == 5
    assert len(readme.splitlines()) < 175


def test_the_film_of_the_explorer_is_short_and_small() -> None:
    """Eight to twelve seconds, below 1.5 MB, as wide as a page."""
    from PIL import Image

    path = ROOT / "docs" / "images" / "explorer.gif"
    assert path.stat().st_size < 1_500_000
    times = []
    with Image.open(path) as film:
        assert film.width >= 1000
        for frame in range(film.n_frames):
            film.seek(frame)
            times.append(film.info["duration"])
    assert len(times) > 8
    assert 8_000 <= sum(times) <= 12_000


def test_every_command_of_the_readme_works(
    readme: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that begin with `$ bayesnet` end with exit status 0; what they write goes to a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.launch", lambda _: 0)
    guide = (ROOT / "docs" / "five-minutes.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (?:\.venv/bin/)?bayesnet (.*)$", readme + guide, re.M)
    assert len(commands) >= 6
    for command in commands:
        with pytest.raises(SystemExit) as left:
            main(shlex.split(command))
        output = capsys.readouterr()
        assert left.value.code == 0, f"bayesnet {command}: {output.err}"
        assert output.out


@pytest.mark.parametrize("page", ["README.md", "docs/five-minutes.md", "docs/gallery.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    """Pictures and pages that are linked exist."""
    path = ROOT / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_gallery_shows_every_picture_there_is() -> None:
    """The page is what its script makes, and each function of `bayesnet.plot` is in it."""
    gallery = tool("gallery")
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert page == gallery.page(), f"docs/gallery.md {STALE}"
    assert [name for name in plot.__all__ if f"bayesnet.plot.{name}(" not in page] == []


def test_the_example_of_the_format_is_the_shipped_one() -> None:
    """The TOML on the page is read as TOML and says what the shipped model says."""
    import tomllib

    import bayesnet
    from bayesnet.model.records import Printed

    guide = (ROOT / "docs" / "five-minutes.md").read_text(encoding="utf-8")
    code = re.search(r"```toml\n(.*?)```", guide, re.S)
    assert code is not None
    shown = tomllib.loads(code[1])
    net = bayesnet.load("mammography")
    for written in shown["numbers"]:
        number = net.numbers[written["id"]]
        sources = written.pop("sources")
        assert {key: getattr(number, key) for key in written} == written
        assert [figure.source for figure in number.sources] == [figure["source"] for figure in sources]
        assert [number.sources[0].count, number.sources[1].printed] == [(8, 10), Printed(0.9)]
    for name, written in shown["variables"].items():
        variable = net.variables[name]
        assert {key: getattr(variable, key) for key in written} == {**written, "parents": tuple(written["parents"])}


def test_the_readme_travels_with_the_package() -> None:
    """pyproject names the README, so that it stands on the page of the package."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["readme"] == "README.md"
