"""Write the live pages of the site, with the commands that a reader has: explorers with their lessons, and quizzes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from html import escape
from pathlib import Path

from bayesnet.model.find import MODEL_FILE, shipped_models

ROOT = Path(__file__).resolve().parent.parent
MODELS = dict(sorted(shipped_models().items(), key=lambda model: (model[0] != "back_pain", model[0])))

FRAME = '<iframe src="../explorer/back_pain.html" title="The explorer of the back-pain model" loading="lazy"></iframe>'
"""The explorer inside a page of the folder docs."""


def write(site: Path) -> None:
    """Write every page into the folder of the site."""
    for folder in ("explorer", "quiz"):
        (site / folder).mkdir(parents=True, exist_ok=True)
    for model in MODELS:
        _run("page", model, "--lessons", "-o", str(site / "explorer" / f"{model}.html"))
        _run("exercises", model, "--html", str(site / "quiz" / f"{model}.html"))


def index() -> str:
    """Return the list of the pages as HTML, for a page of the folder docs."""
    parts = []
    for model, folder in MODELS.items():
        title = _read(folder / MODEL_FILE)["title"]
        parts.append(f"<h2>{escape(title)}</h2>\n<ul>")
        parts.append(f'<li><a href="../explorer/{model}.html">The explorer</a></li>')
        for path in sorted(folder.glob("lessons/*.toml")):
            lesson = _read(path)
            address = f"../explorer/{model}.html#lesson={path.stem}:1"
            parts.append(
                f'<li><a href="{address}">Lesson: {escape(lesson["title"])}</a>, {lesson["minutes"]} minutes. '
                f"{escape(lesson['teaches'])}</li>"
            )
        parts.append(f'<li><a href="../quiz/{model}.html">A quiz</a></li></ul>')
    return "\n".join(parts)


def _read(path: Path) -> dict[str, str]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "bayesnet", *command], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
