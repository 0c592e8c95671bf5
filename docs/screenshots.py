"""Take the pictures of the explorer that the pages show: `python docs/screenshots.py`, with Chromium on the path.

`explorer.gif` is the explorer clicked through, each frame taken from the page itself, with a pointer drawn on it.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from shutil import which
from typing import Any

from PIL import Image, ImageDraw

import bayesnet

IMAGES = Path(__file__).parent / "images"
FOUND = ("age_group:60-69", "female:present", "cancer_history:present", "chronic_pain:present", "raised_alp:present")
CASE = f"see={','.join(FOUND)}&of=spinal_metastasis:present"
VIEWS = {
    "explorer": (CASE, 1280, 800, "light"),
    "explorer_phone": (CASE, 390, 844, "dark"),
}
"""Name of the picture: case as in the address, width, height, colours."""

FILM = (1200, 675)
STEPS = (
    ("click", '[data-variable="cancer_history"] label:has-text("yes")'),
    ("type", "66, female, chronic pain"),
    ("type", "raised ALP, anaemia"),
    ("click", '[data-tab="why"]'),
    ("click", '[data-tab="numbers"]'),
)
"""The film: a click on a place, or findings typed into the search box."""
SEEN, READ = 400, 1100
"""Milliseconds that a pointer and a changed page are shown."""
STILL = "!bayesnet.intervals.busy && !document.querySelector('[aria-busy=true]')"
POINTER = ((0, 0), (0, 21), (5, 16), (9, 24), (12, 23), (8, 15), (15, 15))


class Film:
    """The frames of a page that is clicked through, each with the time it is shown."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.frames: list[tuple[Image.Image, int]] = []
        self.shoot(READ)

    def shoot(self, milliseconds: int, pointer: tuple[float, float] | None = None) -> None:
        """Take one frame, with a pointer where it is clicked."""
        self.tab.wait_for_function(f"() => {STILL}", timeout=60_000)
        frame = Image.open(io.BytesIO(self.tab.screenshot())).convert("RGB")
        if pointer is not None:
            x, y = pointer
            ImageDraw.Draw(frame).polygon([(x + i, y + j) for i, j in POINTER], fill="black", outline="white")
        self.frames.append((frame, milliseconds))

    def click(self, where: str) -> None:
        """Show the pointer on a place, click there, and show what the page is then."""
        place = self.tab.locator(where).first
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        self.shoot(SEEN, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
        place.click()
        self.tab.mouse.move(0, 0)
        self.shoot(READ)

    def type(self, findings: str) -> None:
        """Type findings into the search box, enter them, and show what the page is then."""
        self.tab.locator("input.search").fill(findings)
        self.shoot(2 * SEEN)
        self.tab.locator("input.search").press("Enter")
        self.shoot(READ)

    def save(self, path: Path) -> None:
        """Write the film as a GIF of one palette, the last frame shown twice as long."""
        frames, times = zip(*self.frames, strict=True)
        palette = frames[-1].quantize(128, dither=Image.Dither.NONE)
        first, *rest = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
        first.save(path, save_all=True, append_images=rest, duration=[*times[:-1], 2 * READ], loop=0, optimize=True)


def main() -> int:
    """Write every picture."""
    from playwright.sync_api import sync_playwright

    found = which("chromium") or which("chromium-browser") or which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        page = bayesnet.load("back_pain").page(Path(folder) / "explorer.html").as_uri()
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, (case, width, height, colours) in VIEWS.items():
            tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=colours, reduced_motion="reduce")
            tab.goto(f"{page}#{case}")
            tab.wait_for_timeout(1000)
            tab.wait_for_function(f"() => {STILL}", timeout=60_000)
            tab.screenshot(path=IMAGES / f"{name}.png")
        width, height = FILM
        tab = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        tab.goto(f"{page}#tab=network")
        tab.wait_for_function("globalThis.bayesnet")
        film = Film(tab)
        for kind, what in STEPS:
            getattr(film, kind)(what)
        film.save(IMAGES / "explorer.gif")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
