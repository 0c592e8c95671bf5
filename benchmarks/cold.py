"""A whole process from the shell: load the network, answer for the diagnoses, print; beside a script for the peer."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from bayesnet.interop import write_network
from benchmarks.patients import flagship
from benchmarks.rows import Row, Times

QUESTION = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"


def cold_start(rounds: int) -> Iterator[Row]:
    """A whole process from the shell: load the network, answer for the diagnoses, print."""
    factors, _, targets = flagship()
    names = [factors.names[v] for v in targets]
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "back_pain.xdsl"
        write_network(factors, other)  # pyAgrum's BIF reader does not take states such as "80+"
        seen = {"age_group": "60-69"} | dict.fromkeys(
            ("female", "cancer_history", "chronic_pain", "raised_alp", "anemia", "hypercalcemia"), "present"
        )
        seen["setting"] = "primary_care"
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
            "ours": [sys.executable, "-m", "bayesnet", "diagnose", "back_pain", QUESTION],
            "pyagrum": [sys.executable, "-c", textwrap.dedent(in_pyagrum)],
        }
        # Both may keep their bytecode, as they do wherever nobody forbids it; the first run here writes it.
        env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, capture_output=True, check=True, env=env)
                spent[name].append(time.perf_counter() - start)
    ours, theirs = Times.from_(spent["ours"][1:]), Times.from_(spent["pyagrum"][1:])
    yield Row("`bayesnet diagnose back_pain`, whole process", ours, None, theirs, times=1.0)
