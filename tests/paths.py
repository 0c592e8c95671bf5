"""Where the source tree is, and which models it ships."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SHIPPED = tuple(sorted(file.parent.name for file in (ROOT / "priors").glob("*/model.toml")))
"""The names of the models that come with the package."""
