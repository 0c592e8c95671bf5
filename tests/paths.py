"""Where the source tree is, for the tests that read it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
