"""Public calls beside pyAgrum: `python -m benchmarks [--quick] [row ...]`; without names all rows, for docs/benchmarks.md.

Ours and the peer run in turn in one process on the same cases. A row that is lost comes first.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

# One thread each, so that ratios are ratios of work; what uses more says so.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import bayesnet  # noqa: E402 - numpy reads the number of threads when it is imported
from benchmarks import calls, cold  # noqa: E402
from benchmarks.rows import HEAD, Row, Times  # noqa: E402

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
READING = """\
Every row is a public call where it does not say otherwise. *First* is the first call with these findings, plan included;
*again* the same call repeated. bayesnet and pyAgrum run in turn in one process on the same cases, on one thread of arithmetic
where the row does not name more; either does the case before once more, untimed, so that the processor's caches hold its own code
and data and not the other's. Times are median / 90th percentile of processor seconds; of whole processes and of `net.score`,
seconds on the clock. The ratio is the peer's median by the median of our first call: above 1 we are faster. pyAgrum
gets full tables in double precision; gates above 2^12 cells are divorced into chains, the size with which it was fastest. A row
that is lost is first, in bold; then come those that miss the mark set for them."""


def javascript(_: int) -> Iterator[Row]:
    """A click in Node."""
    from benchmarks.javascript import FRAME, PATIENTS, WANTED, measure

    node = shutil.which("node")
    if node is None:
        print("no node on the path, rows left out")
        return
    clicks, harder = measure(node), measure(node, harder=True)
    yield Row(
        f"page: click to all posteriors in Node, {PATIENTS} patients", Times.from_(clicks.milliseconds / 1e3), below=WANTED / 1e3
    )
    name = "page: click to the diagnoses in Node, age or sex unknown"
    yield Row(name, Times.from_(harder.diagnoses / 1e3), below=FRAME / 1e3)


def explorer(_: int) -> Iterator[Row]:
    """A click in the explorer page, in Chromium."""
    from benchmarks.explorer import CLICKS, measure

    found = measure()
    if found is None:
        print("no Chromium or no playwright, row left out")
        return
    yield Row(f"page: click to the bars of all diagnoses in Chromium, {CLICKS} clicks", Times.from_(found[2]), below=0.016)


ROWS: dict[str, tuple[Callable[[int], Iterable[Row]], int, int]] = {
    "knowledge": (calls.knowledge, 60, 12),
    "standard": (calls.standard, 60, 25),
    "cohort": (calls.cohort, 100_000, 5_000),
    "cold": (cold.cold_start, 9, 3),
    "numpy": (calls.numpy_only, 20, 5),
    "qmr": (calls.two_layers, 15, 5),
    "large": (calls.large, 40, 0),
    "javascript": (javascript, 1, 0),
    "explorer": (explorer, 1, 0),
}
"""For each name the rows, and how many cases they take in full and in the quick run (0: left out)."""


def main(words: list[str]) -> int:
    """Run the rows named, print each as it is done, write the page when all were run."""
    quick = "--quick" in words
    names = [word for word in words if word != "--quick"]
    if unknown := [name for name in names if name not in ROWS]:
        print(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    print(HEAD)
    rows: list[Row] = []
    start = time.perf_counter()
    for name in names or ROWS:
        make, full, few = ROWS[name]
        count = few if quick else full
        for row in make(count) if count else ():
            rows.append(row)
            print(row.line(), flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s in all; {sum(r.lost for r in rows)} lost, {sum(r.missed for r in rows)} missed")
    if not names:
        PAGE.write_text(page(rows, quick), encoding="utf-8")
        print(f"written to {PAGE}")
    return 0


def page(rows: list[Row], quick: bool) -> str:
    """The page, lost rows first."""
    others = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pyagrum"))
    made = (
        f"Made by `make {'bench-quick' if quick else 'bench'}` on {dt.datetime.now(tz=dt.UTC):%Y-%m-%d} with bayesnet "
        f"{bayesnet.__version__} ({bayesnet.engine_info().kernel} engine): {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {others}."
    )
    ordered = sorted(rows, key=lambda row: (not row.lost, not row.missed))
    why = PAGE.read_text(encoding="utf-8").partition("\n## ")[2] if PAGE.exists() else ""
    parts = ["# Benchmarks", "", made, "", READING, "", HEAD, *(row.line() for row in ordered), ""]
    return "\n".join([*parts, *([f"## {why.rstrip()}", ""] if why else [])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
