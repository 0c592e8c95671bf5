"""What a benchmark row is: a public call on many cases, first and again, beside the peer on the same cases, and the mark."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Times:
    """Seconds a case: median, 90th percentile, how many; `of` says from what a longer time was multiplied out."""

    median: float
    p90: float
    count: int
    of: str = ""

    @classmethod
    def from_(cls, seconds: Sequence[float], of: str = "") -> Times:
        """Summarise measurements."""
        return cls(float(np.median(seconds)), float(np.percentile(seconds, 90)), len(seconds), of)

    def __str__(self) -> str:
        """Median / 90th percentile, or one number."""
        mark = f" ({self.of})" if self.of else ""
        return duration(self.median) + (f" / {duration(self.p90)}" if self.count > 1 else "") + mark


@dataclass(frozen=True)
class Row:
    """One line. `first` is the first call with these findings, `again` the same call repeated.

    The mark is a ratio to the peer's median (`times`) or seconds that our median should stay below (`below`).
    """

    work: str
    first: Times
    again: Times | None = None
    peer: Times | None = None
    peer_name: str = "pyAgrum"
    times: float | None = None
    below: float | None = None
    instead: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times as long the peer takes as our first call."""
        return None if self.peer is None else self.peer.median / self.first.median

    @property
    def lost(self) -> bool:
        """Whether the peer is faster."""
        return self.ratio is not None and self.ratio < 1.0

    @property
    def missed(self) -> bool:
        """Whether the mark is missed."""
        short = self.times is not None and self.ratio is not None and self.ratio < self.times
        return short or (self.below is not None and self.first.median > self.below)

    def line(self) -> str:
        """The row in Markdown."""
        ratio = "-" if self.ratio is None else f"**{self.ratio:.2g} x**" if self.lost else f"{self.ratio:.3g} x"
        mark = f"{self.times:g} x" if self.times else f"{duration(self.below)}" if self.below else "-"
        if self.times or self.below:
            mark += " missed" if self.missed else " met"
        peer = self.instead or (f"{self.peer_name} {self.peer}" if self.peer else "-")
        return f"| {self.work} | {self.first} | {self.again or '-'} | {peer} | {ratio} | {mark} |"


SHORT = 0.1
"""Seconds of a peer's call up to which it matters what the caches hold."""
HEAD = """| public call | first: median / p90 | again | peer | peer / first | mark |
| --- | --- | --- | --- | --- | --- |"""


def duration(seconds: float) -> str:
    """Seconds in a readable unit."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 1e3 else f"{seconds:,.0f} s"


def interleaved(
    cases: Sequence[object], ours: Callable[[object], object], peer: Callable[[object], object] | None, seconds: float = 15.0
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of our first call, of the same call repeated, and of the peer, in turn for each case.

    Either side first does the case before once more, untimed, so that the processor's caches hold its own code and not that of
    the other, as they do in a program that uses one of the two.
    """
    first, again, theirs = [], [], []
    for before, case in zip([cases[-1], *cases], cases, strict=False):
        if peer is not None and first:
            ours(before)
        first.append(timed(ours, case))
        again.append(timed(ours, case))
        if peer is not None and sum(theirs) < seconds:
            if theirs and theirs[-1] < SHORT:
                peer(before)
            theirs.append(timed(peer, case))
        if peer is not None and sum(theirs) >= seconds and len(first) >= 10:
            break
    return first, again, theirs


def timed(work: Callable[[object], object], case: object) -> float:
    """Processor seconds of one call, all threads together: what other programs do on the machine does not count."""
    start = time.process_time()
    work(case)
    return time.process_time() - start
