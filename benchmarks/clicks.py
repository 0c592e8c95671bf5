"""The page in Chromium: from a click on a finding of back_pain to the bars.

Random findings are clicked one after the other, age and sex among them or not, and taken back after every 25. `bars` is the time
until the bars are written; `painted` adds what the browser does to lay out and paint them, without the wait for its next frame.

    python -m benchmarks.clicks
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

import bayesnet

WARM_UP, CLICKS, FRAME = 50, 300, 16.0

CLICK = """async (count) => {
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const any = (list) => list[Math.floor(random() * list.length)];
  const choices = [...document.querySelectorAll(".finding .choice")];
  const times = [];
  let seed = 1;
  while (times.length < count) {
    if (times.length % 25 === 0) bayesnet.store.dispatch({ type: "reset" });
    await new Promise((resolve) => setTimeout(resolve, 100 + 100 * random()));
    const choice = any(choices);
    const left = [...choice.querySelectorAll("input, option")].filter((one) => !(one.checked || one.selected));
    const one = any(left);
    let begun = 0;
    const frame = new Promise((resolve) => requestAnimationFrame(() => resolve((begun = performance.now()))));
    const start = performance.now();
    if (one.localName === "input") one.click();
    else { choice.value = one.value; choice.dispatchEvent(new Event("change")); }
    const written = performance.now() - start;
    await frame;
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(null); });
    times.push([written, written + performance.now() - begun]);
  }
  return times;
}"""


def measure() -> np.ndarray:
    """Return milliseconds of every click: until the bars are written, and until they are painted."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        page = bayesnet.load("back_pain").page(Path(folder) / "page.html")
        browser = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        tab.goto(page.as_uri())
        tab.wait_for_function("globalThis.bayesnet")
        tab.evaluate(CLICK, WARM_UP)
        times = np.array(tab.evaluate(CLICK, CLICKS))
        browser.close()
    return times


def main() -> int:
    """Measure and print; exit status 1 where the median click needs more than a frame to reach the bars."""
    times = measure()
    print(f"back_pain in Chromium, {len(times)} clicks at 1280 x 720, software rendering")
    for what, column in zip(("bars", "painted"), times.T, strict=True):
        middle, high, top = np.percentile(column, [50, 90, 100])
        print(f"  {what:8} median {middle:.1f} ms, 90th percentile {high:.1f} ms, maximum {top:.1f} ms")
    return int(np.median(times[:, 0]) > FRAME)


if __name__ == "__main__":
    sys.exit(main())
