"""Make everything that shows numbers of the shipped models: `python docs/build.py`, after a number has changed.

The outputs in README.md and the pages of docs/, the pictures and the gallery, the list of commands, everything that can be asked,
and the notebooks with their outputs.
"""

from __future__ import annotations

import subprocess
import sys

import commands
import gallery
import readme
import vocabulary


def main() -> None:
    """Write everything anew."""
    gallery.draw()
    gallery.PAGE.write_text(gallery.page(), encoding="utf-8")
    commands.write()
    vocabulary.write()
    for page in readme.PAGES:
        readme.refresh(page)
    subprocess.run([sys.executable, str(readme.README.parent / "notebooks" / "build.py")], check=True)


if __name__ == "__main__":
    main()
