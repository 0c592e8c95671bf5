"""What the guide promises: its code runs and prints what stands there, nothing is left out, pages are built without a warning."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

import bayesnet
from bayesnet.cli import main
from bayesnet.cli.program import COMMANDS
from bayesnet.model import file_shapes, find_model

DOCS = ROOT / "docs"
STALE = "is stale: run python docs/build.py"
PAGES = sorted(path.relative_to(DOCS).as_posix() for folder in (DOCS, DOCS / "reference") for path in folder.glob("*.md"))


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
        target = (DOCS / name).parent / link if link else DOCS / name
        assert target.exists(), f"docs/{name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"docs/{name}: {link}#{anchor}"


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script that says which pages use which object; it imports its neighbours."""
    monkeypatch.syspath_prepend(DOCS)
    return importlib.import_module("objects")


def test_the_reference_has_a_page_for_everything_public(objects: Any) -> None:
    """Every name of `bayesnet`, every method, every picture and every kind of result is on one page of the reference."""
    listed: list[str] = []
    for path in (DOCS / "reference.md", *(DOCS / "reference").glob("*.md")):
        for block in re.findall(r":toctree: .*?objects\n.*?\n\n(.*?)```", path.read_text(encoding="utf-8"), re.S):
            listed += [f"bayesnet.{name}" for name in block.split()]
    assert sorted(listed) == sorted(set(listed))
    public = objects.public()
    assert len(public) > 150
    assert set(public) - set(listed) == set()


def test_the_topics_of_the_source_are_those_of_the_reference() -> None:
    """Each folder of the analyses is a page."""
    topics = {path.name for path in (ROOT / "bayesnet" / "analysis").iterdir() if (path / "__init__.py").exists()}
    assert len(topics) == 8
    assert topics <= {path.stem for path in (DOCS / "reference").glob("*.md")}


def test_which_objects_a_piece_of_code_uses_is_read_from_it(objects: Any) -> None:
    """A method is known by what it is called on, through names, chains and arguments; others of the same name are not."""
    reader = objects.Reader(objects.public())
    reader.read('import bayesnet\nnet = bayesnet.load("asia")\ncase = net.case("smoke=yes")')
    used = reader.read('bayesnet.plot.tornado(case.add("xray=yes").tornado("lung=yes"))\nframe.drop("a").posterior("b")')
    assert used == {
        "bayesnet.Case",
        "bayesnet.Case.add",
        "bayesnet.Case.tornado",
        "bayesnet.plot.tornado",
        "bayesnet.results.tornado.Tornado",
    }


def test_every_function_has_an_example(objects: Any) -> None:
    """Every function and method has an example that runs, and so has every class of results that one of them returns."""
    import inspect

    public = objects.public()
    functions = {name: thing for name, thing in public.items() if inspect.isfunction(thing)}
    assert [name for name, thing in functions.items() if ">>>" not in (inspect.getdoc(thing) or "")] == []
    context = objects.context()
    assert set(context["returned"]) - set(context["example"]) == {"bayesnet.Network", "bayesnet.Case"} & set(context["returned"])


def test_a_diagram_has_every_arc_and_no_two_boxes_touch() -> None:
    """The flow charts of the pages, drawn."""
    diagrams = tool("diagrams")
    pages = (*DOCS.glob("*.md"), ROOT / "priors" / "back_pain" / "README.md")
    charts = [text for path in pages for text in re.findall(r"```mermaid\n(.*?)```", path.read_text(encoding="utf-8"), re.S)]
    assert len(charts) >= 8
    for text in charts:
        _, labels, arcs = diagrams.read(text)
        drawn = diagrams.svg(text)
        assert drawn.count('class="arc"') == len(arcs) > len(labels) / 2
        boxes = [tuple(map(int, box)) for box in re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', drawn)]
        assert len(boxes) == len(labels)
        for i, (x, y, width, height) in enumerate(boxes):
            for left, top, wide, high in boxes[:i]:
                assert x >= left + wide or left >= x + width or y >= top + high or top >= y + height


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
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body, encoding="utf-8")
    net = bayesnet.load(tmp_path)
    assert "From {before:in}" in net.page(tmp_path / "page.html", lessons="fever").read_text(encoding="utf-8")
    audit = net.audit()
    assert (len(audit.targets), audit.inside) == (2, 1.0)
    assert [claim.verdict for claim in audit.claims] == ["held"]
    assert [(c.id, c.probability) for c in audit.cases] == [
        ("abscess-after-injection", pytest.approx(net.probability("abscess | fever, esr=raised")))
    ]
    case = net.case("fever")
    assert case.advise().best == "scan"
    assert case.next_tests().tests[0].cost == 6.0
