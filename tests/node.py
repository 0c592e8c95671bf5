"""A running Node with the modules of the page; what it can be asked is in page/js/server.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bayesnet.inference.evidence import Evidence

FOLDER = Path(__file__).parent / "page" / "js"


def program() -> str:
    """Return the path of Node; skip the test where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on the path: install Node.js 20 or newer to test the page's modules")
    return found


class Node:
    """One Node process that answers tasks, each a line of JSON.

    Parameters
    ----------
    engine
        The engine module to test in place of the one beside the page.
    """

    def __init__(self, engine: Path | None = None) -> None:
        command = [program(), str(FOLDER / "server.js"), *([engine.as_uri()] if engine else [])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, task: str, **given: Any) -> Any:
        """Return the result of a task; numbers that JSON does not have come as texts."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"task": task, **given}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "Node ended without an answer"
        reply = json.loads(line)
        assert "thrown" not in reply, reply["thrown"]
        return reply["value"]

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def as_json(case: Evidence) -> dict[str, Any]:
    """Return evidence as the page hands it to the engine."""
    likelihoods = {str(v): [float(x) for x in vector] for v, vector in case.likelihoods.items()}
    return {"likelihoods": likelihoods, "interventions": {str(v): int(s) for v, s in case.interventions.items()}}


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """One process with the modules of the page for all tests; skips, visibly, where there is no Node."""
    running = Node()
    yield running
    running.close()
