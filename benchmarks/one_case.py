"""One case of back_pain at a time, new findings each time: posteriors, diagnoses, joints, explanations, the cold start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.interop import write_network
from benchmarks.patients import evidence, findings, flagship, observed
from benchmarks.peers import Pgmpy, PyAgrum
from benchmarks.rows import Interleaved, Peer, Row, Times, products

CASES = 200
SOME_NODES = 4
"""pgmpy's queries per case; the time for all variables is multiplied out from them."""


def all_variables() -> Row:
    """Posteriors of every variable, plan included."""
    factors, observable, _ = flagship()
    return _posteriors("posteriors of all variables of back_pain", tuple(range(len(factors.names))), observable, (400, 30), False)


def diagnoses() -> Row:
    """Posteriors of the diagnoses only, plan included."""
    _, observable, targets = flagship()
    return _posteriors("posteriors of the 17 diagnoses of back_pain", targets, observable, (250, 6), True)


def _posteriors(work: str, wanted: tuple[int, ...], observable: tuple[int, ...], hoped: tuple[float, float], only: bool) -> Row:
    factors = flagship()[0]
    cases = list(observed(factors, observable, CASES + 20, 0.45, seed=1))
    engine, pyagrum, pgmpy = Engine(factors), PyAgrum(factors), Pgmpy(factors)
    for row in cases[:20]:
        engine.posteriors(evidence(factors, row), wanted)
    engine = Engine(factors)
    rng = np.random.default_rng(0)
    proofs = {id(row): evidence(factors, row) for row in cases}

    def in_pgmpy(row: np.ndarray) -> None:
        seen = findings(row)
        some = rng.choice([v for v in wanted if v not in seen], SOME_NODES, replace=False)
        for v in some:
            pgmpy.query(seen, int(v))

    def in_pyagrum(row: np.ndarray) -> None:
        seen = findings(row)
        pyagrum.posteriors(seen, [v for v in wanted if v not in seen], only)

    spent = Interleaved(30.0).run(
        cases[20:],
        {"ours": lambda row: engine.posteriors(proofs[id(row)], wanted), "pyagrum": in_pyagrum, "pgmpy": in_pgmpy},
    )
    open_ = np.mean([sum(v not in findings(row) for v in wanted) for row in cases[20 : 20 + len(spent["pgmpy"])]])
    factor = float(open_) / SOME_NODES
    return Row(
        work,
        Times.of(spent["ours"]),
        Peer(Times.of([s * factor for s in spent["pgmpy"]], f"from {SOME_NODES} queries a case"), hoped[0]),
        Peer(Times.of(spent["pyagrum"]), hoped[1]),
        products([engine.cost(proofs[id(row)], wanted) for row in cases[20:]]),
    )


def joint_with_each() -> Row:
    """P(target, finding | e) for every unobserved variable."""
    factors, observable, targets = flagship()
    target = targets[4]
    cases = list(observed(factors, observable, CASES // 2 + 10, 0.45, seed=2))
    engine, pyagrum, pgmpy = Engine(factors), PyAgrum(factors), Pgmpy(factors)
    for row in cases[:10]:
        engine.joint_with_each(target, evidence(factors, row))
    engine = Engine(factors)
    rng = np.random.default_rng(0)

    def open_(row: np.ndarray) -> list[int]:
        return [v for v in range(len(factors.names)) if row[v] < 0 and v != target]

    def in_pyagrum(row: np.ndarray) -> None:
        for state in range(factors.cards[target]):
            pyagrum.posteriors({**findings(row), target: state}, open_(row), False)
        pyagrum.posteriors(findings(row), [target], True)

    def in_pgmpy(row: np.ndarray) -> None:
        for v in rng.choice(open_(row), SOME_NODES, replace=False):
            pgmpy.query(findings(row), target, int(v))

    spent = Interleaved(20.0).run(
        cases[10:],
        {"ours": lambda row: engine.joint_with_each(target, evidence(factors, row)), "pyagrum": in_pyagrum, "pgmpy": in_pgmpy},
    )
    factor = float(np.mean([len(open_(row)) for row in cases[10:]])) / SOME_NODES
    return Row(
        "joint of a diagnosis with every unobserved variable",
        Times.of(spent["ours"]),
        Peer(Times.of([s * factor for s in spent["pgmpy"]], f"from {SOME_NODES} queries a case"), 400),
        Peer(Times.of(spent["pyagrum"], "one inference per state of the diagnosis"), 20),
        products([engine.cost(evidence(factors, row)) for row in cases[10:]]),
    )


def explanation() -> Row:
    """The most probable explanation of all unobserved variables, runner-up included; pgmpy in a process of its own."""
    factors, observable, _ = flagship()
    cases = list(observed(factors, observable, 45, 0.45, seed=3))
    engine = Engine(factors)
    for row in cases[:5]:
        engine.most_probable(evidence(factors, row))
    spent = Interleaved().run(cases[5:], {"ours": lambda row: engine.most_probable(evidence(factors, row))})
    return Row(
        "most probable explanation, all unobserved variables, and the next best",
        Times.of(spent["ours"]),
        Peer(None, instead=_pgmpy_explains(findings(cases[5]))),
        Peer(None, instead="has none"),
        products([_explanation_cost(engine, evidence(factors, row)) for row in cases[5:]]),
        note=f"{np.mean([(row < 0).sum() for row in cases]):.0f} variables",
    )


def _explanation_cost(engine: Engine, proof: object) -> float:
    situation = engine.situation(proof)  # type: ignore[arg-type]
    return engine.program(situation, maximised=tuple(v for v in engine.everything if v not in situation.fixed)).cells


def _pgmpy_explains(seen: dict[int, int]) -> str:
    """What becomes of pgmpy's map_query within 8 GB and two minutes."""
    code = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        from benchmarks.patients import flagship
        from benchmarks.peers import Pgmpy
        factors = flagship()[0]
        pgmpy = Pgmpy(factors)
        seen = {seen}
        rest = [factors.names[v] for v in range(len(factors.names)) if v not in seen]
        pgmpy.engine.map_query(rest, evidence=pgmpy.findings(seen), show_progress=False)
    """
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, check=False
        )
    except subprocess.TimeoutExpired:
        return "no answer in 120 s"
    if done.returncode == 0:
        return f"{time.perf_counter() - start:.3g} s"
    last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"status {done.returncode}"
    return last.split(":")[0].split(".")[-1] + " (8 GB)"


QUESTION = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"


def cold_start() -> Row:
    """A whole process from the shell: load the network, answer for the diagnoses, print."""
    factors, _, targets = flagship()
    names = [factors.names[v] for v in targets]
    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder) / "back_pain.bif", Path(folder) / "back_pain.xdsl"
        write_network(factors, path)
        write_network(factors, other)  # pyAgrum's BIF reader does not take states such as "80+"
        seen = {"age_group": "60-69"} | dict.fromkeys(
            ("female", "cancer_history", "chronic_pain", "raised_alp", "anemia", "hypercalcemia"), "present"
        )
        seen["setting"] = "primary_care"
        in_pgmpy = f"""
            from pgmpy.readwrite import BIFReader
            from pgmpy.inference import VariableElimination
            model = BIFReader({str(path)!r}).get_model()
            engine = VariableElimination(model)
            seen = {{k: v for k, v in {seen!r}.items()}}
            for name in {names!r}:
                print(name, engine.query([name], evidence=seen, show_progress=False).values[-1])
        """
        in_pyagrum = f"""
            import pyagrum
            net = pyagrum.loadBN({str(other)!r})
            engine = pyagrum.LazyPropagation(net)
            engine.setEvidence({seen!r})
            for name in {names!r}:
                engine.addTarget(name)
            engine.makeInference()
            for name in {names!r}:
                print(name, engine.posterior(name)[1])
        """
        commands = {
            "ours": [str(Path(sys.executable).with_name("bayesnet")), "diagnose", "back_pain", QUESTION],
            "pyagrum": [sys.executable, "-c", textwrap.dedent(in_pyagrum)],
            "pgmpy": [sys.executable, "-c", textwrap.dedent(in_pgmpy)],
        }
        # All three may keep their bytecode, as they do wherever nobody forbids it; the first run here writes it.
        env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        failed = {
            name: done.stderr.strip().splitlines()[-1]
            for name, command in commands.items()
            if (done := subprocess.run(command, capture_output=True, text=True, check=False, env=env)).returncode
        }
        works = {name: command for name, command in commands.items() if name not in failed}
        spent = Interleaved(60.0).run(
            range(9), {n: lambda _, c=c: subprocess.run(c, capture_output=True, check=True, env=env) for n, c in works.items()}
        )
    peers = {
        name: Peer(Times.of(spent[name]), hoped) if name in spent else Peer(None, instead=f"fails: {failed[name][:60]}")
        for name, hoped in (("pgmpy", 20.0), ("pyagrum", 3.0))
    }
    return Row("`bayesnet diagnose`, whole process from the shell", Times.of(spent["ours"]), peers["pgmpy"], peers["pyagrum"])
