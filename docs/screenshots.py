"""Take the pictures of the explorer that the pages show: `python docs/screenshots.py`, with Chromium on the path."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import which

import bayesnet

IMAGES = Path(__file__).parent / "images"
FOUND = ("age_group:60-69", "female:present", "cancer_history:present", "chronic_pain:present", "raised_alp:present")
CASE = f"see={','.join(FOUND)}&of=spinal_metastasis:present"
VIEWS = {
    "explorer": ("back_pain", CASE, 1280, 800, "light"),
    "explorer_phone": ("back_pain", CASE, 390, 844, "dark"),
}
"""Name of the picture: network, case as in the address, width, height, colours."""


def main() -> int:
    """Write every picture."""
    from playwright.sync_api import sync_playwright

    found = which("chromium") or which("chromium-browser") or which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, (network, case, width, height, colours) in VIEWS.items():
            page = bayesnet.load(network).page(Path(folder) / f"{name}.html")
            tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=colours, reduced_motion="reduce")
            tab.goto(f"{page.as_uri()}#{case}")
            tab.wait_for_timeout(1000)
            tab.wait_for_function("() => !bayesnet.intervals.busy", timeout=60_000)
            tab.screenshot(path=IMAGES / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
