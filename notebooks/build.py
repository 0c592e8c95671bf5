"""Make the notebooks from their sources and run them: `python notebooks/build.py`, or with `--check` only say what is stale.

A source is Markdown in `notebooks/source/`: text between code fences is a text cell, a fence marked `python` a code cell, one
marked `python solution` a code cell that a student's copy leaves out. Outputs are those of the shipped models as they are now.
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


def run(made: Any) -> Any:
    """Run a notebook from top to bottom, stopping at the first error."""
    # Pictures go into the notebook whatever the surroundings say of matplotlib.
    surroundings = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    folder = {"metadata": {"path": str(HERE)}}
    NotebookClient(made, timeout=120, kernel_name="python3", record_timing=False, resources=folder).execute(env=surroundings)
    made.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    return made


def main(arguments: list[str]) -> int:
    """Build every notebook, or tell which do not match their source."""
    stale = []
    for source in sorted(HERE.glob("source/*.md")):
        target = HERE / f"{source.stem}.ipynb"
        made = notebook(source)
        if "--check" in arguments:
            old = nbformat.read(target, as_version=4) if target.exists() else None
            if old is None or [(c.cell_type, c.source) for c in old.cells] != [(c.cell_type, c.source) for c in made.cells]:
                stale.append(target.name)
            continue
        nbformat.write(run(made), target)
        print(f"wrote {target.name}")
    if stale:
        print(f"stale: {', '.join(stale)}; run python notebooks/build.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
