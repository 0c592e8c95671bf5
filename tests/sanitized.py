"""The compiled kernel under the address and undefined-behaviour sanitisers: `python tests/sanitized.py [rounds]`.

Compiles it anew, starts Python again with the sanitiser loaded, and asks random networks everything; then hands plans and
questions with random mistakes to it: it has to refuse them, and must not touch a byte outside in any case.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

FLAGS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")


def start_again(rounds: int) -> int:
    """Compile with the sanitisers and run this file in a Python that has them loaded."""
    from bayesnet.inference.kernel import compile_kernel

    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "kernel.so"
        if not compile_kernel(library, *FLAGS):
            print("no C compiler with sanitisers was found, so nothing was checked", file=sys.stderr)
            return 2
        preload = [
            subprocess.run(["cc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
            for name in ("libasan.so", "libubsan.so")
        ]
        environment = {
            **os.environ,
            "BAYESNET_KERNEL": str(library),
            "LD_PRELOAD": " ".join(preload),
            "ASAN_OPTIONS": "detect_leaks=0",
            "SANITIZED": "1",
        }
        return subprocess.run([sys.executable, __file__, str(rounds)], env=environment, check=False).returncode


def answers(rounds: int) -> None:
    """Every kind of question, beside the same run by numpy."""
    from engine_networks import random_evidence, random_network

    from bayesnet.inference.engine import Engine

    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        network, _ = random_network(rng, int(rng.integers(4, 12)))
        given = random_evidence(rng, network)
        fast, slow = Engine(network), Engine(network, fast=False)
        assert fast.kernel is not None
        log = fast.log_probability(given)
        assert log == slow.log_probability(given) or abs(log - slow.log_probability(given)) < 1e-11
        fast.gradients(given, [(0, 0)])
        rows = rng.integers(-1, 2, (20, len(network.names)))
        fast.cohort(rows, range(len(network.names)), workers=2)
        if log > -np.inf:
            one, other = fast.posteriors(given), slow.posteriors(given)
            assert all(np.allclose(m, other.marginals[v], rtol=0, atol=1e-13) for v, m in one.marginals.items())
            fast.joint((0, 1), given)
            fast.joint_with_each(0, given)
            fast.most_probable(given)


def nonsense(rounds: int) -> tuple[int, int]:
    """Plans and questions with mistakes; how many were refused, of how many."""
    from engine_networks import random_evidence, random_network

    from bayesnet.inference.engine import Engine
    from bayesnet.inference.planner import make

    refused = tried = 0
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        network, _ = random_network(rng, 8)
        engine = Engine(network)
        situation = engine.situation(random_evidence(rng, network))
        if not situation.possible:
            continue
        plan = make(engine.network, situation, engine.everything, limit=2.0**20, kernel=engine.kernel)
        for _ in range(40):
            tried += 1
            refused += not _run_wrong(rng, engine.kernel, plan)
            _plan_wrong(rng, engine.kernel, engine.network.packed)
    return refused, tried


def _wrong(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    """A copy with one to three numbers changed, to near ones or to any."""
    made = array.copy()
    for i in rng.integers(0, len(made), int(rng.integers(1, 4))):
        made[i] = min(int(made[i]) + int(rng.choice([-1, 1, 7, -1000, 100_000, 2**31])), 2**31 - 1)
    return made


def _run_wrong(rng: np.random.Generator, kernel: object, plan: object) -> bool:
    """Check a wrong plan and, only where it passes, run it in a workspace of exactly its size."""
    code, ups = _wrong(rng, plan.code), plan.ups if rng.random() < 0.8 else int(rng.integers(-1, len(plan.code) + 2))
    factors = len(plan.question.factors)
    reach, bases = np.zeros(factors, dtype=np.int64), np.zeros(factors, dtype=np.int64)
    where = reach.ctypes.data
    if kernel.bn_check(code.ctypes.data, len(code), ups, plan.space, plan.slots, where, factors):
        return False
    if reach.max(initial=0) > 10**6:
        return True
    values = np.ones(int(reach.max(initial=0)) + 1)
    work, powers, state = np.ones(plan.space), np.zeros(plan.slots, dtype=np.int64), np.zeros(2, dtype=np.int64)
    arrays = (bases.ctypes.data, where, factors, values.ctypes.data)
    more = (0, 1, None, None, None, None, work.ctypes.data, powers.ctypes.data, state.ctypes.data)
    assert factors == 0 or kernel.bn_run(code.ctypes.data, len(code), *arrays, len(values) - 1, *more) == -1
    kernel.bn_run(code.ctypes.data, ups, *arrays, len(values), *more)
    kernel.bn_run(code.ctypes.data, len(code), *arrays, len(values), *more)
    return True


def _plan_wrong(rng: np.random.Generator, kernel: object, network: np.ndarray) -> None:
    """A network with mistakes, which is refused or harmless, and a question with mistakes, in rooms that may be too small."""
    network = _wrong(rng, network) if rng.random() < 0.5 else network
    if kernel.bn_network(network.ctypes.data, len(network)):
        return
    n = int(network[0])
    ask = rng.integers(-1, max(n, 1), 2 * n + int(rng.integers(0, 3))).astype(np.int32)
    ask[:n], ask[n : 2 * n] = rng.integers(-1, 2, n), rng.integers(0, 32, n)
    ask[n : 2 * n][ask[2 * n :]] |= 16 if rng.random() < 0.9 else 0
    if rng.random() < 0.3:
        ask = _wrong(rng, ask)
    sizes = np.empty(3)
    rooms = [np.empty(int(rng.integers(1, most)), kind) for most, kind in ((200_000, "u1"), (20_000, "i4"), (5000, "i8"))]
    places = [x for room in rooms for x in (room.ctypes.data, len(room))]
    given = (network.ctypes.data, ask.ctypes.data, len(ask), int(rng.integers(2)), 2.0**20)
    assert kernel.bn_plan(*given, *places, sizes.ctypes.data) in (-1, 0, 1)


def main() -> int:
    """Start again with the sanitisers; then ask."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    if "SANITIZED" not in os.environ:
        return start_again(rounds)
    answers(rounds)
    refused, tried = nonsense(rounds)
    print(f"{rounds} networks asked everything; of {tried} wrong plans {refused} were refused; no byte outside was touched")
    return 0


if __name__ == "__main__":
    sys.exit(main())
