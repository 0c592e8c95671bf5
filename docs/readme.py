"""Run the Python of a Markdown page and keep its printed output beside it: the README is what the program says.

A fence marked `python` runs, in the order of the page and in one namespace; a fence marked `text` directly after it holds what it
printed. `refresh` writes that output anew.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
NAMES = ("five-minutes", "index", "concepts", "lessons", "limits", "citing", "engine")
PAGES = (README, *(DOCS / f"{name}.md" for name in NAMES))
"""Pages whose code runs and whose outputs are kept."""

FENCES = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.S)


@dataclass(frozen=True)
class Block:
    """One piece of code, the output the page prints, and what it prints now."""

    code: str
    written: str
    printed: str


def blocks(page: str) -> list[Block]:
    """Run a page from top to bottom."""
    namespace: dict[str, Any] = {}
    return [Block(match["code"], match["output"] or "", _printed(match["code"], namespace)) for match in FENCES.finditer(page)]


def refreshed(page: str) -> str:
    """Give the page with every output as it is now."""
    printed = iter(blocks(page))

    def renewed(_: re.Match[str]) -> str:
        block = next(printed)
        output = f"\n```text\n{block.printed}```\n" if block.printed else ""
        return f"```python\n{block.code}```\n{output}"

    return FENCES.sub(renewed, page)


def _printed(code: str, namespace: dict[str, Any]) -> str:
    """What a piece of code prints."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        exec(compile(code, "README.md", "exec"), namespace)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n" if stream.getvalue() else ""


def refresh(path: Path = README) -> None:
    """Write the outputs of a page anew."""
    path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
