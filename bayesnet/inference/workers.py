"""A second core for cohorts: fresh Python processes that receive their share on standard input.

Neither fork nor multiprocessing: forking is unsafe with threads, and spawning through multiprocessing runs the user's script a
second time. A fresh interpreter that imports only this package has neither trouble, in a script, a notebook or at a prompt.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

JobT = TypeVar("JobT")
AnswerT = TypeVar("AnswerT")

CODE = """
import pickle, sys
out, sys.stdout = sys.stdout.buffer, sys.stderr
sys.path[:] = pickle.load(sys.stdin.buffer)
work, jobs = pickle.load(sys.stdin.buffer)
pickle.dump([work(job) for job in jobs], out, protocol=5)
"""


def processors() -> int:
    """The number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(work: Callable[[JobT], AnswerT], jobs: Sequence[JobT], workers: int) -> list[AnswerT]:
    """`work(job)` for every job, in order; this process takes one share and `workers` - 1 others take the rest.

    `work` and the jobs are pickled. Raises RuntimeError when a process fails.
    """
    workers = min(workers, len(jobs)) if sys.executable else 1
    if workers <= 1:
        return [work(job) for job in jobs]
    answers: list[AnswerT | None] = [None] * len(jobs)
    with ThreadPoolExecutor(workers - 1) as threads:
        shares = [list(range(k, len(jobs), workers)) for k in range(workers)]
        others = [threads.submit(_elsewhere, work, [jobs[i] for i in mine]) for mine in shares[1:]]
        for i in shares[0]:
            answers[i] = work(jobs[i])
        for mine, other in zip(shares[1:], others, strict=True):
            for i, answer in zip(mine, other.result(), strict=True):
                answers[i] = answer
    return answers  # type: ignore[return-value] # every place has been filled


def _elsewhere(work: Callable[[JobT], AnswerT], jobs: Sequence[JobT]) -> list[AnswerT]:
    """Run the jobs in a fresh interpreter, on one thread of arithmetic."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    message = pickle.dumps(sys.path) + pickle.dumps((work, jobs), protocol=5)
    done = subprocess.run([sys.executable, "-c", CODE], input=message, capture_output=True, env=environment, check=False)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"A process that scored part of the cohort failed: {''.join(last) or 'no message'}")
    answers: list[AnswerT] = pickle.loads(done.stdout)  # noqa: S301 - written by our own process a moment ago
    return answers
