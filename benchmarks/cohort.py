"""A hundred thousand patients of back_pain, about twenty findings each at random, posteriors of the diagnoses."""

from __future__ import annotations

import time

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.inference.workers import processors
from benchmarks.patients import findings, flagship, observed
from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.rows import Peer, Row, Times

ROWS = 100_000
SHARE = 0.23


def cohort() -> Row:
    """Ours in full; the peers one row after the other, multiplied out."""
    factors, observable, targets = flagship()
    rows = observed(factors, observable, ROWS, SHARE, seed=4)
    engine, pyagrum, pgmpy = Engine(factors), PyAgrum(factors), Pgmpy(factors)
    start = time.perf_counter()
    found = engine.cohort(rows, targets)
    ours = time.perf_counter() - start
    assert np.isfinite(found.log_probability).all()
    spent: dict[str, list[float]] = {"pyagrum": [], "pgmpy": []}
    for row in rows[:: ROWS // 300]:
        seen = findings(row)
        if sum(spent["pyagrum"]) < 20:
            start = time.perf_counter()
            pyagrum.posteriors(seen, [v for v in targets if v not in seen], only=True)
            spent["pyagrum"].append(time.perf_counter() - start)
        if sum(spent["pgmpy"]) < 20:
            start = time.perf_counter()
            for v in targets:
                if v not in seen:
                    pgmpy.query(seen, v)
            spent["pgmpy"].append(time.perf_counter() - start)
    peers = {name: float(np.mean(s)) * ROWS for name, s in spent.items()}
    counts = {name: len(s) for name, s in spent.items()}
    mean = float((rows >= 0).sum(1).mean())
    return Row(
        f"cohort of {ROWS:,} rows, 17 diagnoses",
        Times(ours, ours, ours, 1),
        Peer(Times(*[peers["pgmpy"]] * 3, 1, f"from {counts['pgmpy']} rows"), 1500),
        Peer(Times(*[peers["pyagrum"]] * 3, 1, f"from {counts['pyagrum']} rows"), 40),
        note=f"{mean:.0f} findings a row, {processors()} cores, {1e6 * ours / ROWS:.0f} us a row",
    )
