"""Work shared out to threads: the compiled kernel does not hold Python's lock, and no two runs share anything that changes."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from bayesnet.model.factors import IntArray

JobT = TypeVar("JobT")
PATIENCE = 1.0
"""Seconds before a progress bar appears."""


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
        try:
            for done in [pool.submit(work, job) for job in listed]:
                done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def watched(work: Callable[[], int], state: IntArray, total: int) -> int:
    """Do `work` in a thread of its own, so that Ctrl-C is heard: `state[0]` asks it to stop, `state[1]` is how much is done."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    found: list[int] = []
    done = threading.Event()

    def run() -> None:
        try:
            found.append(work())
        finally:
            done.set()

    # An interrupted `Thread.join` takes the thread for ended, so that what it writes to would be freed: an event is waited for.
    threading.Thread(target=run).start()
    try:
        with progress("operations", total) as advance:
            while not done.wait(0.05):
                advance(int(state[1]))
    except BaseException:
        state[0] = 1
        done.wait()
        raise
    return found[0]


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function to be told how much is done; draws a bar on a terminal once a second has passed."""
    began = time.monotonic()
    bar: list[Any] = []

    def advance(done: int) -> None:
        if not bar and time.monotonic() - began > PATIENCE and done < total and sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            shown = Progress(console=Console(stderr=True), transient=True)
            shown.start()
            bar.extend([shown, shown.add_task(what, total=total)])
        if bar:
            bar[0].update(bar[1], completed=done)

    try:
        yield advance
    finally:
        if bar:
            bar[0].stop()
