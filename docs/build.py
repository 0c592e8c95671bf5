"""Make everything that shows numbers of the shipped models: `python docs/build.py`, after a number has changed.

The outputs in README.md and docs/engine.md, the pictures and the gallery in docs/, and the notebooks with their outputs.
"""

from __future__ import annotations

import subprocess
import sys

import gallery
import readme


def main() -> None:
    """Write everything anew."""
    gallery.draw()
    gallery.PAGE.write_text(gallery.page(), encoding="utf-8")
    readme.refresh()
    readme.refresh(readme.README.parent / "docs" / "engine.md")
    subprocess.run([sys.executable, str(readme.README.parent / "notebooks" / "build.py")], check=True)


if __name__ == "__main__":
    main()
