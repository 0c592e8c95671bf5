"""A generated network as wide as medical ones are before anyone narrows them: every case is planned for its own findings.

Twelve risk factors, seventeen diagnoses of one to three of them, one node that is true when no diagnosis is, four mechanisms of
three to five diagnoses, 39 noisy-OR findings of two to twelve causes and five three-state tables. A patient: the first two risk
factors known, every finding with probability 0.45.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.model.factors import Dependence, Factors, Family, FloatArray, NoisyFamily, TableFamily
from benchmarks.patients import evidence, findings, worlds
from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.rows import Interleaved, Peer, Row, Times, products

RISKS, DIAGNOSES = 12, 17
CASES = 60


def network(seed: int = 0) -> Factors:
    """Generate it."""
    rng = np.random.default_rng(seed)
    cards = [4, 3] + [2] * (RISKS - 2)
    families: list[Family] = [TableFamily(v, (), rng.dirichlet(np.full(card, 3.0))) for v, card in enumerate(cards)]

    def gate(parents: list[int], leak: float, low: float, high: float) -> int:
        v = len(cards)
        cards.append(2)
        links = tuple(_link(cards[p], rng.uniform(low, high, cards[p] - 1)) for p in parents)
        families.append(NoisyFamily(v, tuple(parents), (0, 1), np.array([1 - leak, leak]), links))
        return v

    diagnoses: list[int] = []
    for d in range(DIAGNOSES):
        parents = [int(p) for p in rng.choice(RISKS, int(rng.integers(1, 4)), replace=False)]
        if d >= 3 and d % 3 == 0:
            parents.append(int(rng.choice(diagnoses)))
        diagnoses.append(gate(parents, 10 ** rng.uniform(-4.5, -1.7), 0.005, 0.1))
    none = len(cards)
    cards.append(2)
    certain = np.array([[1.0, 0.0], [0.0, 1.0]])
    families.append(NoisyFamily(none, tuple(diagnoses), (1, 0), np.array([1.0, 0.0]), (certain,) * DIAGNOSES))
    mechanisms = []
    for m in range(4):
        some = rng.permutation(6)[: int(rng.integers(3, 6))]
        mechanisms.append(gate([diagnoses[(4 * m + int(k)) % DIAGNOSES] for k in some], 0.01, 0.2, 0.9))
    for _ in range(39):
        centre, count = int(rng.integers(DIAGNOSES)), int(rng.integers(2, 11))
        near = [diagnoses[(centre + k) % DIAGNOSES] for k in range(count)]
        causes = [int(p) for p in rng.permutation(near)[: max(2, count - 2)]]
        causes += [mechanisms[int(rng.integers(4))]] if rng.random() < 0.5 else []
        causes += [none] if rng.random() < 0.4 else []
        causes += [int(rng.integers(2, RISKS))] if rng.random() < 0.25 else []
        gate(causes, 10 ** rng.uniform(-2.0, -1.0), 0.1, 0.6)
    for _ in range(5):
        v = len(cards)
        cards.append(3)
        families.append(TableFamily(v, (int(rng.choice(diagnoses)),), rng.dirichlet(np.ones(3), 2)))
    empty = np.zeros(0, dtype=np.int64)
    return Factors(
        tuple(f"v{v}" for v in range(len(cards))),
        tuple(tuple(f"s{s}" for s in range(card)) for card in cards),
        tuple(families),
        (),
        np.zeros(0),
        np.zeros(0, dtype=bool),
        Dependence(empty, empty, empty, empty, np.zeros(0)),
    )


def _link(states: int, strengths: FloatArray) -> FloatArray:
    return np.vstack([[1.0, 0.0], np.column_stack([1 - strengths, strengths])[: states - 1]])


def wide() -> Iterator[Row]:
    """All variables, and the diagnoses only, plan included."""
    factors = network()
    first = RISKS + DIAGNOSES + 5
    rng = np.random.default_rng(1)
    rows = worlds(factors, CASES + 10, rng)
    hidden = rng.random(rows.shape) >= 0.45
    hidden[:, :2], hidden[:, 2:first] = False, True
    rows[hidden] = -1
    cases = list(rows)
    pyagrum, pgmpy = PyAgrum(factors), Pgmpy(factors)
    everything = tuple(range(len(factors.names)))
    proofs = {id(row): evidence(factors, row) for row in cases}
    for work, wanted, hoped, only in (
        ("all variables", everything, (400.0, 30.0), False),
        ("the 17 diagnoses", tuple(range(RISKS, RISKS + DIAGNOSES)), (250.0, 6.0), True),
    ):
        engine = Engine(factors)
        for row in cases[:10]:
            engine.posteriors(proofs[id(row)], wanted)

        def in_pgmpy(row: np.ndarray, wanted: tuple[int, ...] = wanted) -> None:
            seen = findings(row)
            pgmpy.query(seen, int(rng.choice([v for v in wanted if v not in seen])))

        def in_pyagrum(row: np.ndarray, wanted: tuple[int, ...] = wanted, only: bool = only) -> None:
            seen = findings(row)
            pyagrum.posteriors(seen, [v for v in wanted if v not in seen], only)

        spent = Interleaved(25.0).run(
            cases[10:],
            {"ours": lambda row, e=engine, w=wanted: e.posteriors(proofs[id(row)], w), "pyagrum": in_pyagrum, "pgmpy": in_pgmpy},
        )
        open_ = float(np.mean([sum(v not in findings(row) for v in wanted) for row in cases[10:]]))
        yield Row(
            f"{work} of a wide generated network of {len(everything)}",
            Times.of(spent["ours"]),
            Peer(Times.of([s * open_ for s in spent["pgmpy"]], f"one query a case, {len(spent['pgmpy'])} cases"), hoped[0]),
            Peer(Times.of(spent["pyagrum"], f"{len(spent['pyagrum'])} cases"), hoped[1]),
            products([engine.cost(proofs[id(row)], wanted) for row in cases[10:]]),
        )
