"""Make the notebooks from their sources and run them, and make the student copies.

`python notebooks/build.py` makes all of them, `python notebooks/build.py 2 3` those whose names begin so, `--changed` those whose
source has changed; `--check` only says what does not match its source.

A source is Markdown in `notebooks/source/`: text between code fences is a text cell, a fence marked `python` a code cell, one
marked `python solution` a code cell that sets `answer_1`, `answer_2` ... last. Outputs are those of the shipped models as they
are now. A student copy, in `notebooks/students/`, has no outputs, and a place for an answer where the solution was.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
FENCE = re.compile(r"^```python( solution)?\n(.*?)^```$", re.M | re.S)
ANSWER = re.compile(r"^(answer_\d+) =", re.M)


def cells(text: str) -> list[Any]:
    """Turn a source into cells, each with an id that stays the same from run to run."""
    made, at = [], 0
    for match in FENCE.finditer(text):
        made.append(nbformat.v4.new_markdown_cell(text[at : match.start()].strip()))
        code = nbformat.v4.new_code_cell(match[2].strip())
        if match[1]:
            code.metadata["tags"] = ["solution"]
        made.append(code)
        at = match.end()
    made.append(nbformat.v4.new_markdown_cell(text[at:].strip()))
    kept = [cell for cell in made if cell.source]
    for number, cell in enumerate(kept, 1):
        cell.id = f"cell-{number:02d}"
    return kept


def notebook(source: Path) -> Any:
    """Give the notebook of a source, not yet run."""
    made = nbformat.v4.new_notebook(cells=cells(source.read_text(encoding="utf-8")))
    made.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    return made


def student(source: Path) -> Any:
    """Give the copy of a notebook that a student gets: not run, and each solution a place for an answer."""
    made = notebook(source)
    for cell in made.cells:
        if "solution" in cell.metadata.get("tags", []):
            names = ANSWER.findall(cell.source)
            if not names:
                raise ValueError(f"{source.name}: a solution sets no answer_1, answer_2 ...: {cell.source!r}")
            cell.source = f"{names[-1]} = None  # your answer"
            cell.metadata["tags"] = ["answer"]
    return made


def run(made: Any) -> Any:
    """Run a notebook from top to bottom, stopping at the first error."""
    # Pictures go into the notebook whatever the surroundings say of matplotlib.
    surroundings = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    folder = {"metadata": {"path": str(HERE)}}
    # Without coalescing, what a cell prints falls into pieces as chance will have it.
    options = {"timeout": 120, "kernel_name": "python3", "record_timing": False, "coalesce_streams": True}
    NotebookClient(made, resources=folder, **options).execute(env=surroundings)
    made.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    return made


def stale(source: Path) -> list[str]:
    """Name what does not match a source: the notebook, the student copy, both or none."""
    pairs = [(HERE / f"{source.stem}.ipynb", notebook(source)), (HERE / "students" / f"{source.stem}.ipynb", student(source))]
    return [path.relative_to(HERE).as_posix() for path, made in pairs if not path.exists() or _sources(path) != _texts(made)]


def _sources(path: Path) -> list[tuple[str, str]]:
    """Read the cells of a notebook, without outputs."""
    return _texts(nbformat.read(path, as_version=4))


def _texts(made: Any) -> list[tuple[str, str]]:
    """Give kind and text of every cell."""
    return [(cell.cell_type, cell.source) for cell in made.cells]


def build(source: Path) -> None:
    """Run the notebook of a source and write it beside its student copy."""
    made, copy = run(notebook(source)), student(source)
    (HERE / "students").mkdir(exist_ok=True)
    nbformat.write(made, HERE / f"{source.stem}.ipynb")
    nbformat.write(copy, HERE / "students" / f"{source.stem}.ipynb")
    print(f"wrote {source.stem}.ipynb and its student copy")


def main(arguments: list[str]) -> int:
    """Build the notebooks asked for, or tell which do not match their source."""
    options = {argument for argument in arguments if argument.startswith("-")}
    names = [argument for argument in arguments if argument not in options]
    every = sorted(HERE.glob("source/*.md"))
    unknown = [name for name in names if not any(source.name.startswith(name) for source in every)]
    if unknown or options - {"--check", "--changed"}:
        print(f"usage: build.py [--check | --changed] [NAME ...] with names out of: {', '.join(source.stem for source in every)}")
        return 2
    asked = [source for source in every if not names or source.name.startswith(tuple(names))]
    if "--check" in options:
        old = [name for source in asked for name in stale(source)]
        if old:
            print(f"stale: {', '.join(old)}; run python notebooks/build.py --changed")
        return 1 if old else 0
    for source in asked:
        if "--changed" not in options or stale(source):
            build(source)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
