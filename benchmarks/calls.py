"""Public calls on back_pain in every state of knowledge, and on the standard networks, beside pyAgrum on the same cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bayesnet
from bayesnet.case import Case
from bayesnet.errors import TooWide
from bayesnet.model.factors import Factors
from bayesnet.network import Network
from benchmarks import qmr
from benchmarks.patients import findings, flagship, observed, worlds
from benchmarks.peers import PyAgrum
from benchmarks.rows import Row, Times, interleaved, timed

STANDARD = ("alarm", "hepar2", "win95pts", "hailfinder", "child")
LARGE = (
    *("andes", "pigs", "pathfinder", "munin3", "munin4", "munin2", "munin", "munin1", "diabetes", "barley", "mildew", "water"),
    "link",
)
KNOWLEDGE = (
    ("hubs known", ()),
    ("age unknown", ("age_group",)),
    ("age, sex and setting unknown", ("age_group", "female", "setting")),
)
"""The three states of knowledge that decide how wide back_pain is; the setting has a default, which is dropped for the last."""
TARGET = "spinal_metastasis"


def cases(unknown: tuple[str, ...], count: int, seed: int) -> list[np.ndarray]:
    """Patients with about 45 % of the findings known."""
    factors, observable, _ = flagship()
    rows = observed(factors, observable, count, 0.45, seed)
    rows[:, [factors.index[name] for name in unknown]] = -1
    return list(rows)


def given(factors: Factors, row: np.ndarray) -> dict[str, object]:
    """Findings by name, as they are typed; a context variable that is unknown is said to be any of its states."""
    found: dict[str, object] = {factors.names[v]: factors.states[v][s] for v, s in findings(row).items()}
    v = factors.index.get("setting")
    if v is not None and row[v] < 0:
        found["setting"] = dict.fromkeys(factors.states[v], 1.0)
    return found


@dataclass(frozen=True)
class Typed:
    """A case as both are given it: findings as typed for us, by index for the peer."""

    given: dict[str, object]
    seen: dict[int, int]

    @classmethod
    def of(cls, factors: Factors, rows: Iterable[np.ndarray]) -> list[Typed]:
        """Prepare cases, outside the time."""
        return [cls(given(factors, row), findings(row)) for row in rows]


def warm(net: Network, factors: Factors, row: np.ndarray) -> None:
    """Import, expand and ask once what every later call finds at hand."""
    net.posteriors(given(factors, row))
    case = net.case(given(factors, row))
    case.diagnoses(draws=10)
    case.next_tests()


def knowledge(count: int) -> Iterator[Row]:
    """All variables, the diagnoses, one posterior; then the calls of a consultation."""
    factors, _, diagnoses = flagship()
    names = [factors.names[v] for v in diagnoses]
    net, peer = bayesnet.load("back_pain"), PyAgrum(factors)
    every = tuple(range(len(factors.names)))
    warm(net, factors, cases((), 1, 99)[0])
    for (label, unknown), times in zip(KNOWLEDGE, (30.0, 18.0, 5.0), strict=True):
        rows = Typed.of(factors, cases(unknown, count, 1))

        def theirs(case: Typed, wanted: tuple[int, ...] = every, only: bool = False) -> None:
            peer.posteriors(case.seen, [v for v in wanted if v not in case.seen], only)

        for work, ours, other, mark in (
            ("net.posteriors, 123 variables", lambda case: net.posteriors(case.given), theirs, times),
            (
                "net.posteriors, 17 diagnoses",
                lambda case: net.posteriors(case.given, targets=names),
                lambda case: theirs(case, diagnoses, True),
                15.0,
            ),
            (
                "net.posterior, one diagnosis",
                lambda case: net.posterior(TARGET, case.given),
                lambda case: theirs(case, (factors.index[TARGET],), True),
                15.0,
            ),
        ):
            first, again, peers = interleaved(rows, ours, other)
            yield Row(f"{work}, {label}", Times.from_(first), Times.from_(again), Times.from_(peers), times=mark)
    consultation: tuple[tuple[str, Callable[[Case], object], tuple[float | None, float | None]], ...] = (
        ("case.diagnoses with 95 % intervals", lambda case: case.diagnoses(), (0.04, 0.12)),
        ("case.uncertainty, 10,000 draws", lambda case: case.uncertainty(TARGET), (0.5, 1.5)),
        ("case.next_tests", lambda case: case.next_tests(), (None, 0.015)),
        ("case.explain, the weights of all findings read", lambda case: case.explain(TARGET).impacts, (None, 0.03)),
        ("case.explain, printed", lambda case: str(case.explain(TARGET)), (None, None)),
        ("case.tornado", lambda case: case.tornado(TARGET), (None, 0.01)),
        ("case.sources", lambda case: case.sources(TARGET), (None, 0.03)),
    )
    for work, ask, marks in consultation:
        for (label, unknown), below in zip(KNOWLEDGE[:2], marks, strict=True):
            rows = Typed.of(factors, cases(unknown, max(2, count // 5), 2))

            def ours(case: Typed, ask: Callable[[Case], object] = ask) -> object:
                return ask(net.case(case.given))

            first, again, _ = interleaved(rows, ours, None)
            yield Row(f"{work}, {label}", Times.from_(first), Times.from_(again), below=below)


def standard(count: int) -> Iterator[Row]:
    """The standard networks with ten findings each."""
    for name in STANDARD:
        path = find(name)
        if path is None:
            print(f"{name}: no file, left out")
            continue
        yield from _network(name, path, "10 findings", 10, count, 10.0)


def large(count: int) -> Iterator[Row]:
    """Every larger network that pgmpy ships, with nothing, a tenth and a quarter known."""
    for name in LARGE:
        path = find(name)
        if path is None:
            print(f"{name}: no file, left out")
            continue
        for share in (0.0, 0.1, 0.25):
            yield from _network(name, path, f"{share:.0%} known", share, max(1, count // 8), 1.0)


def _network(name: str, path: Path, label: str, known: float, count: int, times: float, seconds: float = 40.0) -> Iterator[Row]:
    net = bayesnet.load(str(path))
    factors = net.compiled.factors
    rng = np.random.default_rng(0)
    rows = worlds(factors, count, rng)
    for row in rows:
        n = int(known) if known >= 1 else round(known * len(row))
        row[rng.permutation(len(row))[n:]] = -1
    peer = PyAgrum(factors)

    def theirs(case: Typed) -> None:
        peer.posteriors(case.seen, [v for v in range(len(factors.names)) if v not in case.seen], False)

    try:
        if known:
            net.posteriors()
        first, again, peers = interleaved(Typed.of(factors, rows), lambda case: net.posteriors(case.given), theirs, seconds)
    except TooWide as wide:
        print(f"{name}, {label}: {wide}")
        return
    yield Row(f"{name}: net.posteriors, {label}", Times.from_(first), Times.from_(again), Times.from_(peers), times=times)


def find(name: str) -> Path | None:
    """Return the file of a standard network among those that pgmpy ships; None if it is not there."""
    import pgmpy

    shipped = Path(pgmpy.__file__).parent / "utils" / "example_models" / f"{name}.bif.gz"
    return shipped if shipped.is_file() else None


def numpy_only(count: int) -> Iterator[Row]:
    """The same public calls where there is no compiled kernel."""
    from bayesnet.inference.engine import Engine

    factors, _, _ = flagship()
    path = find("alarm")
    works = [("back_pain", label, cases(unknown, count, 1)) for label, unknown in KNOWLEDGE[:2]]
    for name, label, rows in [*works, *([(str(path), "alarm, 10 findings", [])] if path else [])]:
        net = bayesnet.load(name)
        if not rows:
            factors = net.compiled.factors
            rows = list(worlds(factors, count, np.random.default_rng(0)))
            rng = np.random.default_rng(1)
            for row in rows:
                row[rng.permutation(len(row))[10:]] = -1
        vars(net.compiled)["engine"] = Engine(net.compiled.factors, fast=False)
        net.posteriors()
        first, again, _ = interleaved(Typed.of(factors, rows), lambda case, net=net: net.posteriors(case.given), None)
        yield Row(f"numpy only: net.posteriors, {label}", Times.from_(first), Times.from_(again))


def two_layers(count: int) -> Iterator[Row]:
    """A network of the size of QMR-DT: neither peer can build it."""
    from bayesnet.inference.engine import Engine

    factors = qmr.network()
    engine = Engine(factors)
    engine.posteriors(qmr.cases(factors, 4, 1)[0], range(qmr.DISEASES))
    for present in (4, 8, 12):
        first, again = [], []
        for evidence in qmr.cases(factors, present, count):
            first.append(timed(lambda e: engine.posteriors(e, range(qmr.DISEASES)), evidence))
            again.append(timed(lambda e: engine.posteriors(e, range(qmr.DISEASES)), evidence))
        below = 0.01 if present == 12 else None
        work = f"QMR-DT size, 534 diseases, {present} findings present and 30 absent (engine, no public call)"
        yield Row(work, Times.from_(first), Times.from_(again), below=below, instead="cannot build it")


def cohort(count: int) -> Iterator[Row]:
    """`net.score` on many rows, about twenty findings each; the peer one row after the other, multiplied out."""
    import pandas as pd

    factors, observable, diagnoses = flagship()
    rows = observed(factors, observable, count, 0.23, seed=4)
    peer = PyAgrum(factors)
    columns = {
        name: pd.Series([factors.states[v][s] if s >= 0 else None for s in rows[:, v]], dtype=object)
        for v, name in enumerate(factors.names)
        if (rows[:, v] >= 0).any()
    }
    frame = pd.DataFrame(columns)
    net = bayesnet.load("back_pain")
    names = [factors.names[v] for v in diagnoses]
    net.score(frame.head(20), targets=names)
    start = time.perf_counter()
    net.score(frame, targets=names)
    ours = time.perf_counter() - start

    def theirs(row: np.ndarray) -> None:
        peer.posteriors(findings(row), [v for v in diagnoses if v not in findings(row)], True)

    spent = [timed(theirs, row) for row in rows[:: max(1, count // 60)]]
    total = float(np.mean(spent)) * count
    below = 4.0 if count == 100_000 else None
    work = f"net.score, {count:,} rows, 17 diagnoses, {bayesnet.engine_info().threads} threads"
    yield Row(work, Times(ours, ours, 1), None, Times(total, total, 1, f"from {len(spent)} rows"), times=150.0, below=below)
