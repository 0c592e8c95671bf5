"""Promises of the notebooks: they run clean, show what the committed copy shows, and their exercises know right from wrong."""

from __future__ import annotations

import ast
import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
STALE = "is stale: run python notebooks/build.py"


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


def test_there_are_notebooks() -> None:
    """The tests below have something to look at."""
    assert "1-first-questions" in names(NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names(NOTEBOOKS))
def test_a_notebook_runs_clean_in_under_a_minute(path: Path, build: Any) -> None:
    """It is what its source says, runs without error or warning, and prints what the committed copy shows."""
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    made = build.notebook(FOLDER / "source" / f"{path.stem}.md")
    assert [(c.cell_type, c.source) for c in made.cells] == [(c.cell_type, c.source) for c in kept.cells], f"{path.name} {STALE}"
    started = time.monotonic()
    build.run(made)
    assert time.monotonic() - started < 60.0
    loud = [o for cell in made.cells for o in cell.get("outputs", []) if o.output_type == "error" or o.get("name") == "stderr"]
    assert loud == []
    assert printed(made) == printed(kept), f"{path.name} {STALE}"


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
def test_exercises_accept_the_right_answer_and_name_the_known_mistakes(path: Path) -> None:
    """Each check says `Right.` to the solution, refuses others, and recognises each mistake that it lists."""
    namespace: dict[str, Any] = {}
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    exercises = 0
    for solution, after in zip(code, [*code[1:], None], strict=True):
        _run(solution.source, namespace)
        if "solution" not in solution.metadata.get("tags", []):
            continue
        assert after is not None
        exercises += 1
        name = next(n for n in reversed(list(namespace)) if n.startswith("answer_"))
        right = namespace[name]
        asked: list[Any] = []
        known = {**namespace, "check": lambda answer, truth, mistakes=(), asked=asked: asked.append((truth, mistakes))}
        _run(after.source, known)
        ((truth, mistakes),) = asked
        assert right == pytest.approx(truth, rel=1e-6)
        assert mistakes
        check = namespace["check"]
        assert check(right, truth, mistakes) == "Right."
        assert check(None, truth, mistakes) == "No answer yet."
        assert check(1.2 * right + 0.001, truth, ()) == "Not yet."
        for wrong, said in mistakes:
            assert check(wrong, truth, mistakes) == f"Not yet: this is {said}."
    assert exercises >= 3


def _run(code: str, namespace: dict[str, Any]) -> None:
    """Run a cell in this process."""
    exec(compile(ast.parse(code), "cell", "exec"), namespace)
