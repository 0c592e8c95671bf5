"""A million back-pain patients, a third of them without age and sex: `python -m benchmarks.million FOLDER [--rows N] [step ...]`.

Steps, each taken up where it was stopped: `make` the patients (Parquet parts), `score` them with the command in one run, `kill`
the same run twenty times and resume it, score them with `dask` on two processes, ask the `peers` on a sample, `report`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bayesnet
from benchmarks.patients import findings, flagship, observed

PART = 25_000
"""Patients of a part: as many as the command scores at a time, so that both ways group the same rows."""
SHARE = 0.23
"""How often a finding is recorded: about twenty findings each, as in the other benchmarks."""
KILLS = 20


def patients(part: int, count: int) -> np.ndarray:
    """States by row and variable, -1 where unobserved; every third has neither age nor sex."""
    factors, observable, _ = flagship()
    rows = observed(factors, observable, count, SHARE, seed=1_000 + part)
    rows[::3, [factors.index["age_group"], factors.index["female"]]] = -1
    return rows


def make(folder: Path, count: int) -> None:
    """Write the patients, a part at a time."""
    factors, observable, _ = flagship()
    variables = [factors.index[name] for name in ("setting", "age_group", "female")] + list(observable)
    parts = folder / "patients"
    parts.mkdir(parents=True, exist_ok=True)
    for part, start in enumerate(range(0, count, PART)):
        path = parts / f"part-{part:04d}.parquet"
        if not path.exists():
            rows = patients(part, min(PART, count - start))
            frame = pd.DataFrame(
                {
                    factors.names[v]: pd.Categorical.from_codes(rows[:, v], categories=list(factors.states[v])).astype(object)
                    for v in variables
                }
            )
            frame.insert(0, "patient", [f"p{start + k}" for k in range(len(frame))])
            frame.to_parquet(path.with_suffix(".new"))
            path.with_suffix(".new").replace(path)


def command(folder: Path, out: str) -> list[str]:
    """The command that scores them; it takes up what is there."""
    first = [sys.executable, "-m", "bayesnet", "score", "back_pain", str(folder / "patients"), str(folder / out)]
    return [*first, "--keep", "patient", *(["--resume"] if (folder / f"{out}.part.json").exists() else [])]


def rows_done(folder: Path, out: str) -> int:
    """How many rows a run that is not finished has written."""
    try:
        return int(json.loads((folder / f"{out}.part.json").read_text())["rows"])
    except (OSError, ValueError):
        return 0


def score(folder: Path, count: int) -> dict[str, Any]:
    """One run, stopped by nobody; where the script was stopped, it goes on and adds up the time."""
    note = folder / "score.json"
    before = json.loads(note.read_text()) if note.exists() else {"seconds": 0.0}
    done = rows_done(folder, "whole.csv")
    if (folder / "whole.csv").exists():
        return dict(before)
    start = time.perf_counter()
    process = subprocess.Popen(command(folder, "whole.csv"))
    while process.poll() is None:
        time.sleep(1.0)
        seconds = before["seconds"] + time.perf_counter() - start
        note.write_text(json.dumps({"seconds": seconds, "rows": max(done, rows_done(folder, "whole.csv"))}))
    assert process.returncode == 0
    found = {
        "seconds": before["seconds"] + time.perf_counter() - start,
        "rows": count,
        "mebibytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    note.write_text(json.dumps(found))
    return found


def kill(folder: Path, _: int) -> dict[str, Any]:
    """The same run, killed at twenty random moments and resumed; equal to the other to the last byte."""
    note = folder / "kill.json"
    killed = json.loads(note.read_text())["killed"] if note.exists() else []
    chance = random.Random(len(killed))
    longest = 2.0 * json.loads((folder / "score.json").read_text())["seconds"] / (KILLS + 1)
    while not (folder / "killed.csv").exists():
        process = subprocess.Popen(command(folder, "killed.csv"), stdout=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.0, longest) if len(killed) < KILLS else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed.append(rows_done(folder, "killed.csv"))
            note.write_text(json.dumps({"killed": killed}))
    same = (folder / "killed.csv").read_bytes() == (folder / "whole.csv").read_bytes()
    return {"killed": len(killed), "after rows": killed, "same": same}


def dask(folder: Path, count: int) -> dict[str, Any]:
    """Parts scored on two processes of a cluster, written as parts, two at a time."""
    from dask.dataframe import read_parquet
    from distributed import Client, LocalCluster

    net = bayesnet.load("back_pain")
    out = folder / "scored"
    out.mkdir(exist_ok=True)
    note = folder / "dask.json"
    seconds = json.loads(note.read_text())["seconds"] if note.exists() else 0.0
    parts = sorted((folder / "patients").glob("*.parquet"))
    left = [part for part in parts if not (out / part.name).exists()]
    if left:
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
            for k in range(0, len(left), 2):
                start = time.perf_counter()
                scored = net.score(read_parquet([str(part) for part in left[k : k + 2]]), keep=["patient"]).to_delayed()
                for path, frame in zip(left[k : k + 2], _computed(scored), strict=True):
                    frame.to_parquet(out / path.name)
                seconds += time.perf_counter() - start
                note.write_text(json.dumps({"seconds": seconds}))
    whole = pd.read_csv(folder / "whole.csv")
    found = pd.concat([pd.read_parquet(out / part.name) for part in parts], ignore_index=True)
    assert found["patient"].tolist() == whole["patient"].tolist()
    numbers = [name for name in whole.columns if name.startswith("P(")]
    largest = float(np.abs(found[numbers].to_numpy() - whole[numbers].to_numpy()).max())
    return {"seconds": seconds, "rows": count, "difference": largest}


def _computed(delayed: Any) -> Any:
    import dask as library

    return library.compute(*delayed)


def peers(folder: Path, count: int) -> dict[str, Any]:
    """Rows of the first part, one after the other, for a minute each."""
    from benchmarks.peers import Pgmpy, PyAgrum

    factors, _, diagnoses = flagship()
    rows = patients(0, min(PART, count))
    note = folder / "peers.json"
    found: dict[str, Any] = json.loads(note.read_text()) if note.exists() else {}

    def timed(name: str, ask: Callable[[dict[int, int]], object]) -> None:
        seconds: list[float] = []
        while sum(seconds) < 60.0:
            start = time.perf_counter()
            ask(findings(rows[len(seconds)]))
            seconds.append(time.perf_counter() - start)
        found[name] = {"seconds": sum(seconds), "rows": len(seconds)}
        note.write_text(json.dumps(found))

    if "pyAgrum" not in found:
        agrum = PyAgrum(factors)
        timed("pyAgrum", lambda known: agrum.posteriors(known, [v for v in diagnoses if v not in known], True))
    if "pgmpy" not in found:
        slow = Pgmpy(factors)
        timed("pgmpy", lambda known: [slow.query(known, v) for v in diagnoses if v not in known])
    return found


STEPS: dict[str, Callable[[Path, int], Any]] = {
    "make": make,
    "score": score,
    "kill": kill,
    "dask": dask,
    "peers": peers,
}


def main() -> int:
    """Take the steps named, all when none is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []])
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    print(f"{chosen.rows:,} patients, {os.cpu_count()} processors, bayesnet {bayesnet.__version__}")
    for name in chosen.steps or STEPS:
        found = STEPS[name](chosen.folder, chosen.rows)
        print(f"{name}: {_said(found)}", flush=True)
    return 0


def _said(found: Any) -> str:
    """Say what a step has found, with its rate."""
    if not isinstance(found, dict):
        return "done"
    if "rows" in found and "seconds" in found:
        found = {**found, "rows a second": round(found["rows"] / found["seconds"], 2)}
    return ", ".join(f"{name} {_said(value) if isinstance(value, dict) else value}" for name, value in found.items())


if __name__ == "__main__":
    sys.exit(main())
