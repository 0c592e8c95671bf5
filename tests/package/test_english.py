"""The English that readers see: phrases that native readers stumbled over stay out, once they are gone."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT

PHRASES = tomllib.loads((ROOT / "tests" / "data" / "english.toml").read_text(encoding="utf-8"))["phrase"]


def sentences_of_python(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string in a module that is prose: docstrings, messages, help texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces and " " in node.value:
            yield node.lineno, node.value


def docstrings() -> list[tuple[str, str]]:
    """Place and text of every docstring of the package, those of constants and fields included."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node.value.value)
        for path in sorted((ROOT / "bayesnet").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]


def sentences() -> list[tuple[str, str]]:
    """Place and text of all that is read: strings of the package, lines of the guide, of the lessons' sources and of the page."""
    read = []
    for path in sorted((ROOT / "bayesnet").rglob("*.py")):
        read += [(f"{path.relative_to(ROOT)}:{line}", text) for line, text in sentences_of_python(path)]
    prose = [*ROOT.glob("README.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "notebooks" / "source").glob("*.md")]
    prose += [path for kind in ("*.js", "*.html") for path in (ROOT / "bayesnet" / "web" / "static").rglob(kind)]
    for path in sorted(prose):
        lines = path.read_text(encoding="utf-8").splitlines()
        read += [(f"{path.relative_to(ROOT)}:{line}", text) for line, text in enumerate(lines, 1)]
    return read


@pytest.fixture(scope="module")
def read() -> dict[str, list[tuple[str, str]]]:
    """All sentences, and the docstrings among them, collected once, with line breaks as blanks."""
    found = {"everything": sentences(), "docstrings": docstrings()}
    return {part: [(place, " ".join(text.split())) for place, text in texts] for part, texts in found.items()}


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase["pattern"])
def test_a_phrase_that_puzzled_readers_is_gone(phrase: dict[str, str], read: dict[str, list[tuple[str, str]]]) -> None:
    """No string of the package, line of the guide or word of the page has it."""
    pattern = re.compile(phrase["pattern"], re.I)
    places = [place for place, text in read[phrase.get("only", "everything")] if pattern.search(text)]
    assert not places, f"write {phrase['instead']!r} instead"


def test_the_strings_of_a_module_are_found() -> None:
    """Docstrings, messages with values in them and help texts are among what is read."""
    texts = [text for place, text in sentences() if place.startswith("bayesnet/errors.py:")]
    assert any("which is not installed" in text for text in texts)
    assert any(text.startswith("A library that comes with an extra") for text in texts)
    assert any(place.startswith("bayesnet/errors.py:") and text.startswith("Number of states") for place, text in docstrings())
