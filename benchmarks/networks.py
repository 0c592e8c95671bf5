"""The standard networks: a quarter of the variables observed, posteriors of all others."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.interop import read_network
from bayesnet.model.expand import expand
from benchmarks.patients import evidence, findings, worlds
from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.rows import Interleaved, Peer, Row, Times, products

NETWORKS = Path(find_spec("pgmpy").origin).parent / "utils" / "example_models"
"""The standard networks, as they come with pgmpy."""
NAMES = ("alarm", "hepar2", "win95pts", "child", "hailfinder")
CASES = 60


def networks() -> Iterator[Row]:
    """Two rows a network: with the plan made anew, and with the plan at hand."""
    for name in NAMES:
        factors = expand(read_network(NETWORKS / f"{name}.bif.gz"))
        rng = np.random.default_rng(0)
        rows = worlds(factors, CASES, rng)
        rows[rng.random(rows.shape) >= 0.25] = -1
        rows = list(rows)
        pyagrum, pgmpy = PyAgrum(factors), Pgmpy(factors)
        wanted = tuple(range(len(factors.names)))
        fresh, kept = Engine(factors), Engine(factors)
        proofs = {id(row): evidence(factors, row) for row in rows}
        for row in rows:
            kept.posteriors(proofs[id(row)])
        for row in rows[:10]:
            fresh.posteriors(proofs[id(row)])
        fresh = Engine(factors)

        def in_pgmpy(
            row: np.ndarray, pgmpy: Pgmpy = pgmpy, wanted: tuple[int, ...] = wanted, rng: np.random.Generator = rng
        ) -> None:
            seen = findings(row)
            for v in rng.choice([v for v in wanted if v not in seen], 4, replace=False):
                pgmpy.query(seen, int(v))

        def in_pyagrum(row: np.ndarray, pyagrum: PyAgrum = pyagrum, wanted: tuple[int, ...] = wanted) -> None:
            seen = findings(row)
            pyagrum.posteriors(seen, [v for v in wanted if v not in seen], False)

        spent = Interleaved(5.0).run(
            list(rows),
            {
                "ours": lambda row, e=fresh, p=proofs: e.posteriors(p[id(row)]),
                "kept": lambda row, e=kept, p=proofs: e.posteriors(p[id(row)]),
                "pyagrum": in_pyagrum,
                "pgmpy": in_pgmpy,
            },
        )
        factor = float(np.mean([(row < 0).sum() for row in rows])) / 4
        pgmpy_times = Times.of([s * factor for s in spent["pgmpy"]], "from 4 queries a case")
        size = products([fresh.cost(proofs[id(row)]) for row in rows])
        for label, key, hoped in (("plan included", "ours", 1.3), ("plan at hand", "kept", 2.0)):
            yield Row(
                f"all variables of {name}, {label}",
                Times.of(spent[key]),
                Peer(pgmpy_times, 20),
                Peer(Times.of(spent["pyagrum"]), hoped),
                size,
            )
