"""The explorer page in headless Chromium: how large it is, and how long a click keeps it busy.

Patients are sampled as for the engine in Node; their findings are entered one after the other as a click does it, and the time is
taken until the page is changed: the answer and the bars, not the painting. Clicks before the JavaScript is compiled count.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

import bayesnet
from bayesnet.analysis.query.simulate import sample
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.network import Structure

CLICKS, PATIENTS = 300, 15

DRIVER = """async (patients) => {
  const { store } = bayesnet;
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)));
  const times = [];
  for (const patient of patients) {
    store.dispatch({ type: "reset" });
    await painted();
    for (const [variable, value] of patient) {
      const start = performance.now();
      store.dispatch({ type: "see", variable, value });
      times.push(performance.now() - start);
      await painted();
    }
  }
  return times;
}"""


def patients(net: bayesnet.Network, seed: int = 0) -> list[list[tuple[str, str]]]:
    """Findings in the order in which they are clicked, the same number for each patient, age and sex among them or not."""
    rng = np.random.default_rng(seed)
    factors = net.compiled.factors
    structure = Structure.of(factors)
    findings = [v for v, children in enumerate(structure.children) if not children or not structure.parents[v]]
    found = []
    for _ in range(PATIENTS):
        world = sample(factors, Evidence(), 1, rng)[0].tolist()
        chosen = rng.choice(findings, CLICKS // PATIENTS, replace=False).tolist()
        found.append([(factors.names[v], factors.states[v][world[v]]) for v in chosen])
    return found


def measure() -> tuple[int, int, list[float]] | None:
    """Bytes of the page, zipped too, and seconds of each click; None without a browser."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    browser = os.environ.get("BAYESNET_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    net = bayesnet.load("back_pain")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        path = net.page(Path(folder) / "explorer.html")
        text = path.read_bytes()
        try:
            running = player.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        except Error:
            return None
        tab = running.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        tab.goto(path.as_uri())
        tab.wait_for_function("globalThis.bayesnet")
        times = tab.evaluate(DRIVER, patients(net))
        running.close()
    return len(text), len(gzip.compress(text)), [time / 1e3 for time in times]


def main() -> int:
    """Measure and print."""
    found = measure()
    if found is None:
        print("no Chromium or no playwright: install both to measure the page", file=sys.stderr)
        return 1
    size, zipped, clicks = found
    low, high, top = np.percentile(np.array(clicks) * 1e3, [50, 90, 100])
    print(f"The explorer page of back_pain: {size / 1e3:.0f} kB, {zipped / 1e3:.0f} kB zipped")
    print(
        f"  a click in Chromium, {len(clicks)} clicks: median {low:.1f} ms, 90th percentile {high:.1f} ms, maximum {top:.1f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
