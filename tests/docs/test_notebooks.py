"""Promises of the notebooks: they run clean, show what the committed copy shows, and their exercises know right from wrong."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest
from paths import ROOT

from bayesnet.errors import BayesnetError
from bayesnet.teach import lesson

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
STALE = "stale: run python notebooks/build.py --changed"


@pytest.fixture(scope="module")
def build() -> Any:
    """The script that makes the notebooks."""
    spec = importlib.util.spec_from_file_location("notebooks_build", FOLDER / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


def printed(notebook: Any) -> list[str]:
    """The text of all outputs; pictures are left out."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [o.text if o.output_type == "stream" else o.data.get("text/plain", "") for o in outputs]


def names(paths: list[Path]) -> list[str]:
    """Names for the parameters of a test."""
    return [path.stem for path in paths]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_a_notebook_fits_a_lesson_and_holds_no_answer(path: Path) -> None:
    """The minutes of its sections are those that it names, at most 45; no check cell computes anything."""
    text = (FOLDER / "source" / f"{path.stem}.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## .* \((\d+ minutes?|at home)\)$", text, re.M)
    assert len(sections) == len(re.findall("^## ", text, re.M))
    minutes = sum(int(section.split()[0]) for section in sections if section != "at home")
    assert f"\n{minutes} minutes in class." in text
    assert minutes <= 45
    assert re.findall(r"^check\(.*", text, re.M) == [
        f"check({k}, answer_{k})" for k in range(1, text.count("python solution") + 1)
    ]


def test_a_lesson_or_an_exercise_that_is_not_there_is_refused() -> None:
    """In words, with what there is."""
    for wrong, said in (((0,), "lessons 1 to 8; got 0"), ((7,), r"lesson\(7, net\)")):
        with pytest.raises(BayesnetError, match=said):
            lesson(*wrong)
    with pytest.raises(BayesnetError, match="exercises 1 to 4; got 5"):
        lesson(1)(5, 0.5)
    assert repr(lesson(1)) == "the 4 exercises of lesson 1"
    assert lesson(1)(1, "<b>")._repr_html_() == (
        "<p><strong>Not yet: a number is expected, such as 25 %, 0.25 or 1 in 4; this is “&lt;b&gt;”.</strong></p>"
    )


def test_there_are_notebooks() -> None:
    """The tests below have something to look at."""
    assert "1-first-questions" in names(NOTEBOOKS)


# One of them in every run; all of them in continuous integration.
RUN = [pytest.param(path, id=path.stem, marks=[] if number == 0 else pytest.mark.slow) for number, path in enumerate(NOTEBOOKS)]


@pytest.mark.parametrize("path", RUN)
def test_a_notebook_runs_clean_in_under_a_minute(path: Path, build: Any) -> None:
    """It is what its source says, runs without error or warning, and prints what the committed copy shows."""
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    source = FOLDER / "source" / f"{path.stem}.md"
    assert build.stale(source) == [], STALE
    made = build.notebook(source)
    before = _seconds_of_children()
    build.run(made)
    assert _seconds_of_children() - before < 60.0
    loud = [o for cell in made.cells for o in cell.get("outputs", []) if o.output_type == "error" or o.get("name") == "stderr"]
    assert loud == []
    assert printed(made) == printed(kept), f"{path.name} is {STALE}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_a_notebook_is_committed_with_its_outputs_and_names_no_machine(path: Path) -> None:
    """Every code cell has run, in order; some outputs are pictures; no path of a machine is in the file."""
    kept = nbformat.read(path, as_version=4)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    pictures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    assert pictures
    text = path.read_text(encoding="utf-8")
    assert not any(mark in text for mark in ("/home/", "/tmp/", "/Users/", str(FOLDER.parent), "site-packages", "Warning"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_what_a_notebook_prints_fits_the_page(path: Path) -> None:
    """No line of output and no line of code is wider than a page shows without scrolling."""
    kept = nbformat.read(path, as_version=4)
    code = [cell.source for cell in kept.cells if cell.cell_type == "code"]
    assert [line for text in printed(kept) for line in text.splitlines() if len(line) > 110] == []
    assert [line for text in code for line in text.splitlines() if len(line) > 120] == []


@pytest.mark.parametrize("path", RUN)
def test_exercises_accept_the_right_answer_and_name_the_known_mistakes(path: Path) -> None:
    """Each check says `Right.` to the solution, refuses others, recognises each mistake that it lists, and needs no solution.

    The notebook is run as a student sees it: of what a solution makes, nothing is left for the cells that follow.
    """
    namespace: dict[str, Any] = {}
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    exercises = []
    for cell, after in zip(code, [*code[1:], None], strict=True):
        if "solution" not in cell.metadata.get("tags", []):
            _run(cell.source, namespace)
            continue
        assert after is not None
        solved = dict(namespace)
        _run(cell.source, solved)
        name = next(n for n in reversed(list(solved)) if n.startswith("answer_"))
        _checks_well(len(exercises) + 1, solved[name], after.source, namespace)
        namespace[name] = None
        exercises.append(name)
    assert exercises == [f"answer_{number}" for number in range(1, len(exercises) + 1)]
    assert len(exercises) >= 4


def _checks_well(number: int, right: Any, check_cell: str, namespace: dict[str, Any]) -> None:
    """Try a check with the right answer, with none, with wrong ones and with each known mistake."""
    assert check_cell == f"check({number}, answer_{number})"
    check = namespace["check"]
    truth, mistakes, _ = check.task(number)
    assert right == (truth if isinstance(truth, str) else pytest.approx(truth, rel=1e-6))
    assert mistakes
    assert str(check(number, right)) == "Right."
    assert str(check(number, None)) == "No answer yet."
    assert not check(number, f"not {right}" if isinstance(truth, str) else 1.2 * right + 0.001)
    for wrong, said in mistakes:
        assert str(check(number, wrong)) == f"Not yet: {said}.", f"exercise {number}: the checks cannot tell {said!r}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_the_student_copy_is_the_notebook_without_solutions(path: Path, build: Any) -> None:
    """It has the same cells, not run; where a solution was there is a place for an answer, and nothing of the solution."""
    assert build.stale(FOLDER / "source" / f"{path.stem}.md") == [], STALE
    copy = nbformat.read(FOLDER / "students" / path.name, as_version=4)
    nbformat.validate(copy)
    full = nbformat.read(path, as_version=4)
    assert [cell.id for cell in copy.cells] == [cell.id for cell in full.cells]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)
    changed = [(here, there) for here, there in zip(copy.cells, full.cells, strict=True) if here.source != there.source]
    assert [there.metadata["tags"] for _, there in changed] == [["solution"]] * len(changed)
    assert [here.source for here, _ in changed] == [f"answer_{n} = None  # your answer" for n in range(1, len(changed) + 1)]
    assert len(changed) == sum("solution" in cell.metadata.get("tags", []) for cell in full.cells)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_a_student_copy_runs_before_anything_is_answered(path: Path, build: Any) -> None:
    """From top to bottom without error or warning; every check says that there is no answer yet."""
    ran = build.run(nbformat.read(FOLDER / "students" / path.name, as_version=4))
    code = [cell for cell in ran.cells if cell.cell_type == "code"]
    assert [o for cell in code for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    places = [number for number, cell in enumerate(code) if "answer" in cell.metadata.get("tags", [])]
    assert places
    for number in places:
        assert code[number + 1].outputs[-1].data["text/plain"] == "No answer yet."


def test_no_student_copy_is_left_of_a_notebook_that_is_gone() -> None:
    """Each copy belongs to a notebook, each notebook to a source."""
    assert names(sorted((FOLDER / "students").glob("*.ipynb"))) == names(NOTEBOOKS) == names(sorted(FOLDER.glob("source/*.md")))


def test_a_changed_source_makes_both_copies_stale(build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solution that changes makes only the notebook stale, a text both; a missing copy is stale."""
    (tmp_path / "source").mkdir()
    (tmp_path / "students").mkdir()
    source = tmp_path / "source" / "9-short.md"
    text = "# Short\n\n```python solution\nanswer_1 = 1 + 1\n```\n\n```python\nprint(answer_1)\n```\n"
    source.write_text(text)
    monkeypatch.setattr(build, "HERE", tmp_path)
    assert build.stale(source) == ["9-short.ipynb", "students/9-short.ipynb"]
    nbformat.write(build.notebook(source), tmp_path / "9-short.ipynb")
    nbformat.write(build.student(source), tmp_path / "students" / "9-short.ipynb")
    assert build.stale(source) == []
    source.write_text(text.replace("1 + 1", "2"))
    assert build.stale(source) == ["9-short.ipynb"]
    source.write_text(text.replace("Short", "Long"))
    assert build.stale(source) == ["9-short.ipynb", "students/9-short.ipynb"]


def test_a_solution_must_set_an_answer(build: Any, tmp_path: Path) -> None:
    """A source whose solution sets none is refused, because a student would have no place to answer."""
    source = tmp_path / "9-short.md"
    source.write_text("# Short\n\n```python solution\nresult = 2\n```\n")
    with pytest.raises(ValueError, match=r"9-short.md: a solution sets no answer_1"):
        build.student(source)


def test_a_name_that_no_notebook_has_is_told(build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The names that there are stand in the line, and nothing is built."""
    assert build.main(["0-nothing"]) == 2
    assert capsys.readouterr().out.startswith(
        "usage: build.py [--check | --changed] [NAME ...] with names out of: 1-first-questions"
    )


def _seconds_of_children() -> float:
    """Processor time of the programs that this one has started and seen end; a busy machine does not change it."""
    used = os.times()
    return used.children_user + used.children_system


def _run(code: str, namespace: dict[str, Any]) -> None:
    """Run a cell in this process."""
    exec(compile(ast.parse(code), "cell", "exec"), namespace)
