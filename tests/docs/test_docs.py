"""What the guide promises: its code runs and prints what stands there, nothing is left out, pages are built without a warning."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

import bayesnet
from bayesnet import plot
from bayesnet.cli import main
from bayesnet.cli.program import COMMANDS
from bayesnet.model import file_shapes, find_model

DOCS = ROOT / "docs"
STALE = "is stale: run python docs/build.py"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))


def tool(name: str) -> Any:
    """A script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["five-minutes", "index", "concepts", "lessons", "limits", "citing"])
def test_the_code_of_the_guide_runs_and_prints_what_stands_there(name: str) -> None:
    """Every block runs in the order of its page, and each page has some."""
    readme = tool("readme")
    assert DOCS / f"{name}.md" in readme.PAGES
    blocks = readme.blocks((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        assert block.printed == block.written, f"docs/{name}.md {STALE}"


def test_pages_with_code_are_all_kept() -> None:
    """A page with Python is in the list of those that run, or is made by a script."""
    kept = {path.name for path in tool("readme").PAGES}
    assert [name for name in PAGES if "```python" in (DOCS / name).read_text(encoding="utf-8") and name not in kept] == [
        "gallery.md"
    ]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    """It is made from them, names every command and every option, and has an example of each."""
    commands = tool("commands")
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert page == commands.page(), f"docs/commands.md {STALE}"
    assert set(commands.EXAMPLES) == set(COMMANDS)
    for name in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        assert f"\n## {name}\n" in page


def test_the_page_of_everything_that_can_be_asked_is_what_the_models_say() -> None:
    """It is made from the models and names every variable of each."""
    vocabulary = tool("vocabulary")
    page = (DOCS / "vocabulary.md").read_text(encoding="utf-8")
    assert page == vocabulary.page(), f"docs/vocabulary.md {STALE}"
    for model in bayesnet.models():
        for name in bayesnet.load(model.name).variables:
            assert f"| `{name}`" in page


@pytest.mark.slow
def test_every_example_of_a_command_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line ends with exit status 0 and prints something."""
    people = bayesnet.load("asia").simulate(200, seed=0)
    people[["smoke", "xray"]].to_csv(tmp_path / "cohort.csv", index=False)
    people[["lung"]].to_csv(tmp_path / "outcomes.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.launch", lambda _: 0)
    shutil.copytree(find_model("back_pain"), tmp_path / "my_copy_of_back_pain")
    examples = dict(tool("commands").EXAMPLES)
    # The model that others read is begun first.
    for lines in (examples.pop("new"), *examples.values()):
        for line in lines:
            with pytest.raises(SystemExit) as left:
                main(shlex.split(line.split(" > ")[0])[1:])
            output = capsys.readouterr()
            assert left.value.code == 0, f"{line}: {output.err}"
            assert output.out, line


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_the_guide_leads_somewhere(name: str) -> None:
    """Pages, pictures and notebooks exist, and so does the heading behind a hash."""
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", (DOCS / name).read_text(encoding="utf-8")):
        target = (DOCS / link) if link else DOCS / name
        assert target.exists(), f"docs/{name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"docs/{name}: {link}#{anchor}"


def test_the_reference_names_everything_public() -> None:
    """Every name of `bayesnet`, every picture, and every kind of result."""
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    names = [name for name in bayesnet.__all__ if name not in {"plot", "__version__"}]
    assert [name for name in names if not re.search(rf"\b{name}\b", page)] == []
    assert "automodule:: bayesnet.plot" in page
    assert plot.__all__

    from bayesnet.results.base import Result

    for path in (ROOT / "bayesnet" / "results").glob("*.py"):
        importlib.import_module(f"bayesnet.results.{path.stem}")
    ours = [kind for kind in _below(Result) if kind.__module__.startswith("bayesnet.results")]
    assert len(ours) > 25
    assert [kind.__name__ for kind in ours if f"autoclass:: {kind.__module__}.{kind.__name__}\n" not in page] == []


def _below(kind: type) -> list[type]:
    return [below for child in kind.__subclasses__() for below in (child, *_below(child))]


def test_every_notebook_is_a_lesson() -> None:
    """The teachers' page links each, and the students' copies."""
    page = (DOCS / "lessons.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "notebooks").glob("*.ipynb") if f"(../notebooks/{path.name})" not in page] == []
    assert "notebooks/students/" in page


def test_the_priors_format_names_every_key() -> None:
    """Each key that a file of a model may have stands on the page, as code."""
    from dataclasses import fields

    from bayesnet.analysis.audit import records
    from bayesnet.analysis.audit.cases import PublishedCase
    from bayesnet.analysis.decision import costs, decision_file

    page = (DOCS / "priors-format.md").read_text(encoding="utf-8")
    shapes = (
        file_shapes.ModelFile,
        file_shapes.ExampleEntry,
        file_shapes.VariableEntry,
        file_shapes.NumberEntry,
        file_shapes.NumberSourceEntry,
        file_shapes.PrintedEntry,
        file_shapes.VerifiedEntry,
        file_shapes.SourceEntry,
    )
    keys = {key for shape in (*shapes, file_shapes.GroupFile) for key in file_shapes.keys_of(shape)}
    keys |= {f.name for kind in (records.Target, records.Check, records.Claim, PublishedCase) for f in fields(kind)}
    keys |= {*records.NEEDS, *records.TARGET_KINDS, *costs._FIELDS, *decision_file._FILE, *decision_file._UTILITY}
    assert [key for key in sorted(keys) if not re.search(rf"[`\[.]{key}[`\].<]|^`?{key} = |`{key} = ", page, re.M)] == []


def test_the_files_beside_the_example_model_are_read_and_answer(tmp_path: Path) -> None:
    """The audit, the prices and the decision on the page work on the model on the page."""
    text = (DOCS / "priors-format.md").read_text(encoding="utf-8")
    for name, body in re.findall(r"```toml\n# file: (\S+)\n(.*?)```", text, re.S):
        (tmp_path / name).write_text(body, encoding="utf-8")
    net = bayesnet.load(tmp_path)
    audit = net.audit()
    assert (len(audit.targets), audit.inside) == (2, 1.0)
    assert [claim.verdict for claim in audit.claims] == ["held"]
    assert [(c.id, c.probability) for c in audit.cases] == [
        ("abscess-after-injection", pytest.approx(net.probability("abscess | fever, esr=raised")))
    ]
    case = net.case("fever")
    assert case.advise().best == "scan"
    assert case.next_tests().tests[0].cost == 6.0


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Sphinx takes warnings as errors; every page is there; no script, style or picture comes over a network."""
    for needed in ("sphinx", "myst_nb", "furo"):
        pytest.importorskip(needed, reason="the documentation needs pip install --group docs")
    site = tmp_path / "site"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-c", "docs"]
    built = subprocess.run(
        [*command, "-d", str(tmp_path / "trees"), ".", str(site)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    assert 'url=docs/index.html"' in (site / "index.html").read_text(encoding="utf-8")
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert pages >= {f"docs/{Path(name).stem}.html" for name in PAGES} | {
        f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    for page in pages:
        text = (site / page).read_text(encoding="utf-8")
        loaded = re.findall(
            r"<(?:script|img|iframe)[^>]*\ssrc=\"(https?:)?//|<link[^>]*rel=\"stylesheet\"[^>]*href=\"https?:", text
        )
        assert loaded == [], page
    reference = (site / "docs" / "reference.html").read_text(encoding="utf-8")
    for wanted in ("bayesnet.load", "bayesnet.plot.tornado", "bayesnet.results.cohort.Calibration"):
        assert f'id="{wanted}"' in reference
