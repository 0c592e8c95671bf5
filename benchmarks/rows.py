"""What a benchmark row is: our times over many cases, the peers' on the same cases, and what was hoped for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Times:
    """Seconds per case: median, 90th percentile and maximum of `count` measurements; `of` when extrapolated from fewer units."""

    median: float
    p90: float
    largest: float
    count: int
    extrapolated: str = ""

    @classmethod
    def of(cls, seconds: Sequence[float], extrapolated: str = "") -> Times:
        """Summarise measurements."""
        return cls(float(np.median(seconds)), float(np.percentile(seconds, 90)), float(max(seconds)), len(seconds), extrapolated)

    def text(self) -> str:
        """Median / 90th percentile / maximum, or one number."""
        mark = f" ({self.extrapolated})" if self.extrapolated else ""
        if self.count == 1:
            return f"{duration(self.median)}{mark}"
        return f"{duration(self.median)} / {duration(self.p90)} / {duration(self.largest)}{mark}"


@dataclass(frozen=True)
class Peer:
    """A peer's times, or why there are none, and the ratio hoped for."""

    times: Times | None
    wanted: float | None = None
    instead: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table. `products` are log2 of the predicted cost: median, 90th percentile, maximum."""

    work: str
    ours: Times
    pgmpy: Peer = Peer(None, instead="-")
    pyagrum: Peer = Peer(None, instead="-")
    products: tuple[float, ...] = ()
    note: str = ""
    limit: float | None = None
    """Seconds that our 90th percentile should stay below, where that is what was hoped for."""


@dataclass
class Interleaved:
    """Runs ours and the peers alternately, each peer until its time is used up, so that all meet the same machine."""

    seconds: float = 40.0
    spent: dict[str, list[float]] = field(default_factory=dict)

    def run(self, cases: Sequence[object], works: dict[str, Callable[[object], object]]) -> dict[str, list[float]]:
        """Seconds per case and work; a work stops when it has used its time, `ours` never does."""
        self.spent = {name: [] for name in works}
        for case in cases:
            for name, work in works.items():
                if name != "ours" and sum(self.spent[name]) > self.seconds:
                    continue
                start = time.perf_counter()
                work(case)
                self.spent[name].append(time.perf_counter() - start)
        return self.spent


def duration(seconds: float) -> str:
    """Seconds in a readable unit."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 1e3 else f"{seconds:,.0f} s"


def products(costs: Sequence[float]) -> tuple[float, ...]:
    """log2 of the median, 90th percentile and maximum of predicted costs."""
    return tuple(float(x) for x in np.log2(np.percentile(np.maximum(costs, 1.0), [50, 90, 100])))


def ratio(peer: Peer, ours: Times) -> str:
    """How many times as long the peer takes, beside what was hoped for."""
    if peer.times is None:
        return peer.instead
    times = peer.times.median / ours.median
    if peer.wanted is None:
        return f"{times:,.3g} x"
    return f"{times:,.3g} x {'>=' if times >= peer.wanted else '**<**'} {peer.wanted:,g}"


HEAD = """| work | bayesnet: median / p90 / max | log2 products | pgmpy | ratio | pyAgrum | ratio |
| --- | --- | --- | --- | --- | --- | --- |"""


def line(row: Row) -> str:
    """The row in Markdown."""
    size = " / ".join(f"{x:.1f}" for x in row.products) or "-"
    ours = row.ours.text()
    if row.limit is not None:
        ours += f" (p90 {'<=' if row.ours.p90 <= row.limit else '**>**'} {duration(row.limit)})"
    texts = [peer.times.text() if peer.times else peer.instead for peer in (row.pgmpy, row.pyagrum)]
    ratios = [ratio(peer, row.ours) if peer.times else "" for peer in (row.pgmpy, row.pyagrum)]
    work = row.work + (f" ({row.note})" if row.note else "")
    return f"| {work} | {ours} | {size} | {texts[0]} | {ratios[0]} | {texts[1]} | {ratios[1]} |"
