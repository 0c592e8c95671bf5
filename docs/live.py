"""Write the live pages of the site: the explorer of each shipped model, with the commands that a reader has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bayesnet

MODELS = [model.name for model in bayesnet.models()]


def write(site: Path) -> None:
    """Write every page into the folder of the site."""
    for model in MODELS:
        _made(["page", model, "-o", str(_folder(site / "explorer") / f"{model}.html")])


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _made(command: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "bayesnet", *command], check=True, stdout=subprocess.DEVNULL, cwd=Path(bayesnet.__file__).parents[1])
