"""Speed beside pgmpy and pyAgrum: `python -m benchmarks [row ...]`; without names all rows, for docs/benchmarks.md.

Ours and the peers run alternately in one process on the same cases; a peer that would take hours answers as many as fit into
its time and the table says so. Every answer of ours includes its plan unless the row says that the plan was at hand.
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

from benchmarks import cohort, networks, one_case, qmr, wide  # noqa: E402 - numpy reads the number of threads when it is imported
from benchmarks.rows import HEAD, Peer, Row, Times, line  # noqa: E402

READING = """\
All programs run alternately in one process on the same cases, on one thread of arithmetic where it can be set. Times are
median / 90th percentile / maximum over the cases, the plan included unless the row says otherwise; the ratio is of medians, `>=`
or **<** what we set out for. Predicted cost is the logarithm (base 2) of the products of the plan. What was multiplied out from
fewer runs says from how many. pyAgrum and pgmpy get full tables in double precision; gates above 2^12 cells are divorced into
chains, the size with which pyAgrum was fastest."""

WHY = """\
## Where we miss, and why

The marks were set on a generated network of 12 risk factors and 17 diagnoses whose tables reach 2^24 cells, where pyAgrum takes
0.2 to 1 s a case. The back-pain network is narrow by design (mechanism nodes, 2^13 products a patient), so both peers answer it
in a fraction of that, and ours is bound by calls to numpy, not by arithmetic.

A profile of one case with all 123 variables asked, 1.47 ms at best with no other work on the machine: finding the tree and its
tables 0.02 ms, likelihoods of the findings 0.03, messages up 0.65 (27 levels, two columns: the case, and the case with every
diagnosis absent, for "none of these"), messages down and reading 0.52, the rest making the answer. 110,000 cells are gathered on
the way up and as many on the way down, by a few hundred calls to numpy. Far below a millisecond only compiled code would go. The
ratios grow with the width of the network: neither peer can build those of QMR-DT size.

A cold `diagnose` takes 0.38 s on this machine, of which numpy's import is 0.12 and the package's own modules about as much;
pyAgrum starts without numpy and has answered by then. The mark of a third of its time lies below the import of numpy alone.

A click in the page is slowest where age is unknown and most findings are known: the diagnoses answer within a frame at the 90th
percentile, not at the maximum; what is not known is filled in after the paint."""

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def sensitivity() -> Iterator[Row]:
    """Value and slope of every number, and draws of all numbers."""
    from benchmarks.sensitivity import rows

    for row in rows():
        peers = [
            Peer(Times(seconds, seconds, seconds, 1, f"from {count} of {row.runs:,} runs"), wanted)
            for seconds, count, wanted in zip((row.pgmpy, row.pyagrum), row.sampled, row.wanted, strict=True)
        ]
        yield Row(f"{row.work} numbers, {row.network}", Times(row.ours, row.ours, row.ours, 1), *peers)


def javascript() -> Iterator[Row]:
    """A click in Node."""
    from benchmarks.javascript import FRAME, PATIENTS, WANTED, measure
    from benchmarks.rows import products

    node = shutil.which("node")
    if node is None:
        print("no node on the path, rows left out")
        return
    clicks, harder = measure(node), measure(node, harder=True)
    row = f"JavaScript in Node, click to all posteriors of back_pain, {PATIENTS} patients"
    hard = f"{PATIENTS} harder patients (age or sex unknown, few to most findings)"
    cost = products(list(harder.products))
    yield Row(row, Times.of(list(clicks.milliseconds / 1e3)), products=products(list(clicks.products)), limit=WANTED / 1e3)
    yield Row(f"the same, the diagnoses only, {hard}", Times.of(list(harder.diagnoses / 1e3)), products=cost, limit=FRAME / 1e3)
    yield Row(f"the same, all posteriors, {hard}", Times.of(list(harder.milliseconds / 1e3)), products=cost)


def explorer() -> Iterator[Row]:
    """A click in the explorer page, in Chromium."""
    from benchmarks.explorer import CLICKS, measure

    found = measure()
    if found is None:
        print("no Chromium or no playwright, row left out")
        return
    size, zipped, clicks = found
    name = f"the explorer page of back_pain ({size / 1e3:.0f} kB, {zipped / 1e3:.0f} zipped) in Chromium"
    yield Row(f"{name}, click to the bars of all diagnoses, {CLICKS} clicks", Times.of(clicks), limit=0.016)


ROWS: dict[str, Callable[[], Row | Iterable[Row]]] = {
    "all": one_case.all_variables,
    "diagnoses": one_case.diagnoses,
    "cold": one_case.cold_start,
    "cohort": cohort.cohort,
    "sensitivity": sensitivity,
    "joint": one_case.joint_with_each,
    "networks": networks.networks,
    "wide": wide.wide,
    "explanation": one_case.explanation,
    "javascript": javascript,
    "explorer": explorer,
    "qmr": qmr.qmr,
}


def main(names: list[str]) -> int:
    """Run the rows named, print each as it is done, write the page when all were run."""
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    print(HEAD)
    lines = []
    start = time.perf_counter()
    for name in names or ROWS:
        made = ROWS[name]()
        for row in [made] if isinstance(made, Row) else made:
            lines.append(line(row))
            print(lines[-1], flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s in all")
    if not names:
        PAGE.write_text(_page(lines), encoding="utf-8")
        print(f"written to {PAGE}")
    return 0


def _page(lines: list[str]) -> str:
    peers = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pgmpy", "pyagrum"))
    made = (
        f"Made by `make bench` on {dt.datetime.now(tz=dt.UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {peers}."
    )
    return "\n".join(["# Benchmarks", "", made, "", READING, "", HEAD, *lines, "", WHY, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
