"""Value and slope of every number, and 10,000 draws of all numbers: ours beside pgmpy and pyAgrum, in one run.

The peers have neither, so that they are asked again: once for every number that is not a structural zero or one, with its
column changed; once for every draw. That takes minutes to hours, so a few re-runs are timed and multiplied out, which the table
says. The peers receive finished tables and pay only for setting them and for the inference.

    python -m benchmarks.sensitivity
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np

import bayesnet
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.covariation import moved_values
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.query_ranges import Subject
from bayesnet.analysis.sensitivity.uncertainty import drawn_answers, sampler
from bayesnet.model.factors import Factors
from benchmarks.networks import NETWORKS

DRAWS = 10_000
SECONDS = 4.0
"""How long each peer is sampled for one row; at least three re-runs."""

TARGETS = {"back_pain": "spinal_metastasis", "alarm": "LVFAILURE=TRUE", "hepar2": "Cirrhosis=decompensate"}
GROUPS = {"history_and_examination", "laboratory", "imaging"}
SHARE = 0.3
"""How much of a network without groups is observed; of back_pain age, sex and twenty findings are."""


@dataclass(frozen=True)
class Row:
    """One workload: our time in seconds, the peers' (extrapolated from `sampled` re-runs of `runs`), and the targets."""

    work: str
    network: str
    runs: int
    ours: float
    pgmpy: float
    pyagrum: float
    sampled: tuple[int, int]
    wanted: tuple[float, float]
    note: str = ""

    def line(self) -> str:
        """The row as it is printed."""
        ratios = (self.pgmpy / self.ours, self.pyagrum / self.ours)
        told = [f"{ratio:>8,.0f} x (wanted {wanted:,.0f})" for ratio, wanted in zip(ratios, self.wanted, strict=True)]
        sample = f"{self.sampled[0]} / {self.sampled[1]} of {self.runs:,d}"
        return (
            f"{self.work:<28} {self.network:<10} {1e3 * self.ours:>9.1f} ms  "
            f"{self.pgmpy:>9.1f} s {told[0]}  {self.pyagrum:>8.1f} s {told[1]}  sampled {sample}{self.note}"
        )


class Pgmpy:
    """The network in pgmpy; one table is replaced and the question asked again."""

    def __init__(self, factors: Factors, subject: Subject) -> None:
        self.model = bayesnet.network.Network(subject.compiled.model).to_pgmpy()
        self.factors = factors
        self.target = factors.names[subject.target[0]]
        self.state = factors.states[subject.target[0]][subject.target[1]]
        hard = subject.evidence.hard()
        self.evidence = {factors.names[v]: factors.states[v][s] for v, s in hard.items()}
        self.originals = {node: self.model.get_cpds(node).values.copy() for node in self.model.nodes}

    def again(self) -> float:
        """One query with the tables as they are."""
        from pgmpy.inference import VariableElimination

        asked = VariableElimination(self.model).query([self.target], evidence=self.evidence, show_progress=False)
        return float(asked.get_value(**{self.target: self.state}))


class PyAgrum:
    """The network in pyAgrum, tables set in double precision; changed in place and asked again."""

    def __init__(self, factors: Factors, subject: Subject) -> None:
        import pyagrum

        self.net = pyagrum.BayesNet("benchmark")
        for v, states in enumerate(factors.states):
            self.net.add(pyagrum.LabelizedVariable(f"v{v}", "", [f"s{i}" for i in range(len(states))]))
        for v, family in enumerate(factors.families):
            for parent in family.parents:
                self.net.addArc(f"v{parent}", f"v{v}")
        self.tables = [table_of(family) for family in factors.families]
        for v in range(len(self.tables)):
            self.set(v, self.tables[v])
        self.engine = pyagrum.LazyPropagation(self.net)
        self.target, self.state = f"v{subject.target[0]}", subject.target[1]
        self.evidence = {f"v{v}": s for v, s in subject.evidence.hard().items()}
        self.engine.addTarget(self.target)

    def set(self, v: int, table: np.ndarray) -> None:
        """Replace the table of one variable; pyAgrum's axes run parents last to first, the child last."""
        parents = table.ndim - 1
        self.net.cpt(f"v{v}")[:] = np.ascontiguousarray(table.transpose(*range(parents - 1, -1, -1), parents))

    def again(self) -> float:
        """One inference with the tables as they are; only new evidence makes it look at the tables again."""
        self.engine.eraseAllEvidence()
        self.engine.setEvidence(self.evidence)
        self.engine.makeInference()
        return float(self.engine.posterior(self.target)[self.state])


def timed(function: Callable[[], object], repeat: int = 5) -> float:
    """Median seconds of a few calls, after one that is not counted."""
    function()
    spent = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        spent.append(time.perf_counter() - start)
    return median(spent)


def sampled(prepare: Callable[[int], None], ask: Callable[[], object], runs: int) -> tuple[float, int]:
    """Seconds for all `runs`, multiplied out from as many as fit into the time, and how many those were."""
    spent: list[float] = []
    rng = np.random.default_rng(0)
    while sum(spent) < SECONDS or len(spent) < 3:
        i = int(rng.integers(runs))
        start = time.perf_counter()
        prepare(i)
        ask()
        spent.append(time.perf_counter() - start)
        if sum(spent) > 10 * SECONDS:
            break
    return float(np.mean(spent)) * runs, len(spent)


def patient(net: bayesnet.Network, target: str, seed: int = 1) -> dict[str, str]:
    """What is known of one simulated patient."""
    drawn = net.simulate(1, seed=seed).iloc[0].to_dict()
    rng = np.random.default_rng(seed)
    hidden = {target.split("=", maxsplit=1)[0]}
    known: list[str] = [name for name in ("age_group", "female") if name in drawn]
    if known:
        pool = [name for name, variable in net.variables.items() if variable.group in GROUPS]
        known += [str(name) for name in rng.choice(pool, size=20, replace=False)]
    else:
        pool = [name for name in net.variables if name not in hidden]
        known = [str(name) for name in rng.choice(pool, size=round(SHARE * len(pool)), replace=False)]
    return {name: str(drawn[name]) for name in known}


def rows() -> Iterator[Row]:
    """All workloads, one after the other."""
    for name, target in TARGETS.items():
        net = bayesnet.load(name if name == "back_pain" else NETWORKS / f"{name}.bif.gz")
        case = net.case(patient(net, target))
        subject = Subject.of(Query(net.compiled, case.findings), target)
        peers = (Pgmpy(net.compiled.factors, subject), PyAgrum(net.compiled.factors, subject))
        _agree(net, subject, peers)
        yield _all_numbers(name, net, case, target, peers)
        yield _draws(name, net, subject, peers)


def _agree(net: bayesnet.Network, subject: Subject, peers: tuple[Pgmpy, PyAgrum]) -> None:
    """All three give the same answer before anything is timed."""
    ours = float(
        net.compiled.engine.posteriors(subject.evidence, (subject.target[0],)).marginals[subject.target[0]][subject.target[1]]
    )
    for peer in peers:
        assert abs(peer.again() - ours) < 1e-9, (type(peer).__name__, peer.again(), ours)


def _all_numbers(name: str, net: bayesnet.Network, case: bayesnet.Case, target: str, peers: tuple[Pgmpy, PyAgrum]) -> Row:
    """Value, slope and coefficients of every number; beside it, not compared, the frame with ends of ranges and flip points."""
    numbers = parameter_map(net.compiled)
    ks = np.flatnonzero(~numbers.structural)
    ours = timed(lambda: case.sensitivities(target))
    pgmpy, pyagrum = peers

    def moved(i: int) -> tuple[int, np.ndarray]:
        k = int(ks[i])
        x = 0.5 * float(net.compiled.factors.values[k])
        f = int(numbers.family[k])
        gate = net.compiled.expander.gates[f]
        tensors = gate.tensors(moved_values(numbers, np.array([k]), np.array([x])))
        return f, table_of(gate.family(tuple(t[..., 0] for t in tensors)))

    tables = [moved(i) for i in range(len(ks))]

    def in_pgmpy(i: int) -> None:
        f, table = tables[i]
        cpd = pgmpy.model.get_cpds(pgmpy.factors.names[f])
        if cpd.values.size == table.size:
            cpd.values = np.moveaxis(table, -1, 0)

    spent = []
    for prepare, peer in ((in_pgmpy, pgmpy), (lambda i: pyagrum.set(*tables[i]), pyagrum)):
        prepare(0)
        changed = peer.again()
        assert abs(changed - _curve(case, target, net, int(ks[0]))) < 1e-9, (type(peer).__name__, changed)
        _restore(pgmpy, pyagrum)
        spent.append(sampled(prepare, peer.again, len(ks)))
        _restore(pgmpy, pyagrum)
    sample = (spent[0][1], spent[1][1])
    frame = timed(lambda: case.sensitivities(target).to_frame())
    note = f"; as a frame with ends of ranges and flip points {1e3 * frame:.0f} ms"
    return Row("value and slope of all", name, len(ks), ours, spent[0][0], spent[1][0], sample, (1500.0, 300.0), note)


def _curve(case: bayesnet.Case, target: str, net: bayesnet.Network, k: int) -> float:
    """Our answer with number k at half its value, from the table of sensitivities."""
    return case.sensitivity(target, net.compiled.factors.number_ids[k])(0.5 * float(net.compiled.factors.values[k]))


def _draws(name: str, net: bayesnet.Network, subject: Subject, peers: tuple[Pgmpy, PyAgrum]) -> Row:
    """10,000 draws of all numbers: drawn, expanded and answered."""
    pgmpy, pyagrum = peers
    v, state = subject.target

    def ours() -> float:
        answers, _ = drawn_answers(subject, sampler(net.compiled), ((v, state),), DRAWS, np.random.default_rng(0))
        return float(answers.mean())

    spent = timed(ours, repeat=3)
    drawn = net.compiled.expander.tensors(sampler(net.compiled).draw(64, np.random.default_rng(1)).values)
    tables = [
        [
            table_of(gate.family(tuple(t[..., i] for t in row)))
            for gate, row in zip(net.compiled.expander.gates, drawn, strict=True)
        ]
        for i in range(8)
    ]

    def in_pgmpy(i: int) -> None:
        for name_, table in zip(pgmpy.factors.names, tables[i % 8], strict=True):
            cpd = pgmpy.model.get_cpds(name_)
            if cpd.values.size == table.size:
                cpd.values = np.moveaxis(table, -1, 0)

    def in_pyagrum(i: int) -> None:
        for f, table in enumerate(tables[i % 8]):
            pyagrum.set(f, table)

    others = [sampled(in_pgmpy, pgmpy.again, DRAWS), sampled(in_pyagrum, pyagrum.again, DRAWS)]
    _restore(pgmpy, pyagrum)
    sample = (others[0][1], others[1][1])
    return Row(f"{DRAWS:,d} draws of all", name, DRAWS, spent, others[0][0], others[1][0], sample, (1000.0, 100.0))


def _restore(pgmpy: Pgmpy, pyagrum: PyAgrum) -> None:
    """Set all tables back."""
    for node, values in pgmpy.originals.items():
        pgmpy.model.get_cpds(node).values = values.copy()
    for v, table in enumerate(pyagrum.tables):
        pyagrum.set(v, table)


def main() -> None:
    """Print one line per workload."""
    print("ours: median of repeated runs; pgmpy and pyAgrum: extrapolated from the re-runs sampled")
    for row in rows():
        print(row.line(), flush=True)


if __name__ == "__main__":
    main()
