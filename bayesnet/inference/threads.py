"""Work shared out to threads: the compiled kernel does not hold Python's lock, and no two runs share anything that changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

JobT = TypeVar("JobT")


def processors() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared(work: Callable[[JobT], None], jobs: Iterable[JobT], workers: int | None = None) -> None:
    """Do `work(job)` for every job, on `workers` threads (one for each processor when None). The first error is raised."""
    listed = list(jobs)
    count = min(processors() if workers is None else workers, len(listed))
    if count <= 1:
        for job in listed:
            work(job)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work, job) for job in listed]:
            done.result()
