"""Many patients at once: rows that need nearly the same plan share it, as columns of one run, on several threads.

A finding enters a column by itself: as a likelihood, of ones where it was not observed. What decides the plan are the states of
the few hubs that are known in every row (age, sex), and which gates are pushed above rank zero in some row; so rows are sorted
by both and cut into chunks in which the hubs agree and the union of the pushed gates stays small.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.answers import Cohort
from bayesnet.inference.kernel import LANES
from bayesnet.inference.network import GatePlaces
from bayesnet.inference.reduced_evidence import ReducedEvidence, deduce
from bayesnet.inference.run import Ready, Run
from bayesnet.inference.runner import Runner
from bayesnet.inference.structure import Structure
from bayesnet.inference.threads import shared
from bayesnet.model.factors import Factors, FloatArray, IntArray, TableFamily

ROWS = 1024
"""Most rows in a chunk."""
CONTEXTS = 64
"""Most combinations of the states of hubs."""
SECONDS_PER_PLAN = 1e-3
SECONDS_PER_PRODUCT = 0.8e-9
"""Cost of a chunk by itself, and of a product in a row: only their ratio matters."""
SAMPLED = 12
"""Rows whose chunks are planned to estimate the cost of all."""
WIDTHS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15)
"""Sizes tried for the union of the pushed gates of a chunk."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CohortLayout:
    """The roles of the variables of a cohort in every plan.

    `hubs` are known in every row and fixed; `soft` known in some, or in all, and keep an axis; `gates` are noisy gates of no
    other use, known to an interval of ranks in some rows; `dropped` certain children, now part of their parents.
    """

    hubs: tuple[int, ...]
    soft: tuple[int, ...]
    gates: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True)
class Chunk:
    """Rows `start` to `stop` of the sorted cohort; `pushed` are the gates above rank zero in some of them."""

    start: int
    stop: int
    hubs: tuple[int, ...]
    pushed: tuple[int, ...]


class Scorer:
    """The state that the chunks of one cohort share."""

    def __init__(self, engine: Runner, wanted: Sequence[int]) -> None:
        self.engine = engine
        self.structure = engine.structure
        self.wanted = tuple(wanted)
        self.values = np.repeat(np.append(engine.network.values, 1.0)[:, None], LANES, axis=1)
        self.links = {
            v: (engine.structure.parents[v][0], _certain_table(engine.factors, v))
            for v, certain in enumerate(engine.structure.certain)
            if certain and len(engine.structure.parents[v]) == 1
        }

    def masks(self, rows: IntArray) -> dict[int, Mask]:
        """Return the states left to each variable in each row, shape (rows, states), for variables restricted in some row."""
        masks: dict[int, Mask] = {}
        for v, card in enumerate(self.structure.cards):
            seen = rows[:, v] >= 0
            if seen.any():
                masks[v] = (rows[:, v, None] == np.arange(card)) | ~seen[:, None]
        for v in reversed(self.structure.topological):
            if v in masks and v in self.links:
                parent, table = self.links[v]
                left = masks[v] @ table.T
                masks[parent] = masks[parent] & left if parent in masks else left
        for v in self.structure.topological:
            if v in self.links and self.links[v][0] in masks:
                parent, table = self.links[v]
                left = masks[parent] @ table
                masks[v] = masks[v] & left if v in masks else left
        return masks

    def layout(self, masks: dict[int, Mask], observed: set[int]) -> CohortLayout:
        """Decide once, from all rows, how each variable enters."""
        structure = self.structure
        relevant = _above(structure, {*observed, *self.wanted})
        dropped: set[int] = set()
        known, soft, gates = [], [], []
        for v in reversed(structure.topological):
            if v not in relevant:
                continue
            alone = v not in self.wanted and all(c in dropped or c not in relevant for c in structure.children[v])
            if v in self.links and alone:
                dropped.add(v)
            elif v in masks and structure.noisy[v] and alone and _contiguous(masks[v][:, list(structure.order[v])]):
                gates.append(v)
            elif v in masks and v not in self.links and bool((masks[v].sum(1) == 1).all()):
                known.append(v)
            elif v in masks:
                soft.append(v)
        hubs: list[int] = []
        contexts = 1
        for v in sorted(known, key=lambda v: -len(structure.children[v])):
            contexts *= structure.cards[v]
            (hubs if contexts <= CONTEXTS else soft).append(v)
        return CohortLayout(tuple(hubs), tuple(soft), tuple(gates), tuple(dropped))

    def plans(
        self, layout: CohortLayout, chunk: Chunk
    ) -> tuple[Ready, ReducedEvidence, dict[int, tuple[Ready, ReducedEvidence]]]:
        """Return the plan of a chunk and those of separate gates; gates without active cause get no axis, others likelihoods."""
        order = self.structure.order
        fixed = dict(zip(layout.hubs, chunk.hubs, strict=True))
        soft = {v: np.ones((self.structure.cards[v], 1)) for v in (*layout.soft, *chunk.pushed)}
        situation = ReducedEvidence(self.structure.cards, fixed, {}, soft, frozenset(), set(layout.dropped))
        deduce(situation, self.structure, self.engine.factors)
        situation.fixed |= {v: order[v][0] for v in layout.gates if v not in chunk.pushed and v not in situation.fixed}
        ready, apart = self.engine.aside(situation, self.wanted)
        return ready, situation, apart

    def chunks(self, layout: CohortLayout, masks: dict[int, Mask], size: int) -> tuple[IntArray, list[Chunk]]:
        """Return the order of the rows, and the chunks in it: of several widths those that promise to be fastest."""
        hubs = np.zeros((size, len(layout.hubs)), dtype=np.int64)
        for i, v in enumerate(layout.hubs):
            hubs[:, i] = masks[v].argmax(1)
        pushed = np.zeros((size, len(layout.gates)), dtype=bool)
        for i, v in enumerate(layout.gates):
            pushed[:, i] = ~masks[v][:, self.structure.order[v][0]]
        gates = np.argsort(-pushed.sum(0), kind="stable")
        pushed = pushed[:, gates]
        order = np.lexsort([*pushed.T, *hubs.T]) if pushed.shape[1] + hubs.shape[1] else np.arange(size)
        hubs, pushed = hubs[order], pushed[order]
        sets = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(pushed, axis=1, bitorder="little")]
        names = [layout.gates[i] for i in gates]
        changes = np.flatnonzero((hubs[1:] != hubs[:-1]).any(1)) + 1 if size else np.zeros(0, dtype=np.int64)
        bounds = [0, *changes.tolist(), size]
        best: tuple[float, list[Chunk]] = (np.inf, [])
        for width in WIDTHS if names else WIDTHS[:1]:
            cut = []
            for begin, end in pairwise(bounds):
                for a, b, union in _cut(sets[begin:end], width):
                    mine = tuple(v for i, v in enumerate(names) if union >> i & 1)
                    cut.append(Chunk(begin + a, begin + b, tuple(hubs[begin].tolist()), mine))
            seconds = self._seconds(layout, cut) if names else 0.0
            if seconds < best[0]:
                best = seconds, cut
        return order, best[1]

    def _seconds(self, layout: CohortLayout, chunks: list[Chunk]) -> float:
        """Return an estimate from the chunks of a few rows."""
        size = chunks[-1].stop if chunks else 0
        starts = [chunk.start for chunk in chunks]
        seconds = SECONDS_PER_PLAN * len(chunks)
        for k in range(min(SAMPLED, size)):
            chunk = chunks[bisect_right(starts, (2 * k + 1) * size // (2 * min(SAMPLED, size))) - 1]
            ready, _, apart = self.plans(layout, chunk)
            cells = ready.plan.cells + sum(each.plan.cells for each, _ in apart.values())
            rows = chunk.stop - chunk.start
            full = -(-rows // LANES) * LANES / rows
            seconds += full * cells * SECONDS_PER_PRODUCT * size / min(SAMPLED, size)
        return seconds

    def score(
        self, layout: CohortLayout, chunk: Chunk, masks: dict[int, Mask], logs: FloatArray, marginals: dict[int, FloatArray]
    ) -> None:
        """ln P(e) and the marginals of the rows of one chunk, `masks` being theirs; written to the arrays given."""
        ready, situation, apart = self.plans(layout, chunk)
        if not situation.possible:  # the states of the hubs exclude each other
            return
        for part, run in self._runs(ready, situation, layout, chunk, masks):
            logs[part] = run.log_probability
            found = run.marginals()
            for v in self.wanted:
                if v in situation.fixed:
                    marginals[v][part] = np.arange(self.structure.cards[v]) == situation.fixed[v]
                elif v not in apart:
                    marginals[v][part] = found[v].T
        for v, state in situation.fixed.items():
            if v in masks:
                logs[~masks[v][:, state]] = -np.inf
        below = np.where(logs > -np.inf, logs, 0.0)
        for v, (lowest, with_lowest) in apart.items():
            for part, run in self._runs(lowest, with_lowest, layout, chunk, masks, down=False):
                marginals[v][part] = self.engine.split(v, np.exp(run.log_probability - below[part])).T

    def _runs(
        self,
        ready: Ready,
        situation: ReducedEvidence,
        layout: CohortLayout,
        chunk: Chunk,
        masks: dict[int, Mask],
        *,
        down: bool = True,
    ) -> Iterator[tuple[slice, Run]]:
        """Yield the rows of a chunk, a few at a time."""
        network, size = self.engine.network, chunk.stop - chunk.start
        states = self.engine.states(situation)
        bases = ready.bases(states)
        soft = np.ones((int(ready.layout.ends[-1]), size))
        for v in (*layout.soft, *chunk.pushed):
            begin = ready.place(v)
            if begin is not None and v in masks:
                soft[begin : begin + self.structure.cards[v]] = masks[v].T[list(network.states[v])]
        index = self._index(ready, states, layout, chunk, masks)
        soft *= self.engine.soft(ready, situation, {})  # states that the hubs leave to variables beside certain gates
        for begin in range(0, size, LANES):
            part = slice(begin, min(begin + LANES, size))
            yield part, Run(ready, self.values, bases, index[:, part], soft[:, part], part.stop - begin, down)

    def _index(self, ready: Ready, states: IntArray, layout: CohortLayout, chunk: Chunk, masks: dict[int, Mask]) -> IntArray:
        """Return the values whose products the vectors are, row by row; ones for a gate not observed, sums up to its top rank."""
        network, structure = self.engine.network, self.structure
        one, n = len(self.values) - 1, len(structure.cards)
        index = np.repeat(ready.indices(states), chunk.stop - chunk.start, axis=1)
        owners = ready.layout.owner
        for v in layout.gates:
            if v in chunk.pushed:
                continue
            mine = np.flatnonzero(owners == n + v)
            if not len(mine):
                continue
            card = structure.cards[v]
            left = masks[v][:, list(structure.order[v])]
            high = card - 1 - left[:, ::-1].argmax(1)
            lowest = network.gate(v, 0, 0)
            for rank in range(card):
                rows = np.flatnonzero(high == rank)
                if rank == card - 1:
                    index[np.ix_(mine, rows)] = one
                elif rank:
                    index[np.ix_(mine, rows)] = _moved(index[mine, :1], lowest, network.gate(v, 0, rank))
        return index


def _moved(index: IntArray, lowest: GatePlaces, other: GatePlaces) -> IntArray:
    """Places of the lowest rank as places of the sum up to another one."""
    return other.base + other.row * ((index - lowest.base) // lowest.row)


def score_rows(engine: Runner, rows: IntArray, wanted: Sequence[int], workers: int | None) -> Cohort:
    """Return posteriors of `wanted` for every row; equal rows are computed once, chunks are shared out to `workers` threads."""
    scorer = Scorer(engine, wanted)
    cards = engine.structure.cards
    different, inverse = _unique(rows)
    masks = scorer.masks(different)
    possible = np.ones(len(different), dtype=bool)
    for mask in masks.values():
        possible &= mask.any(1)
    chosen = np.flatnonzero(possible)
    layout = scorer.layout({v: mask[chosen] for v, mask in masks.items()}, set(np.flatnonzero((rows >= 0).any(0)).tolist()))
    order, chunks = scorer.chunks(layout, {v: mask[chosen] for v, mask in masks.items()}, len(chosen))
    chosen = chosen[order]
    masks = {v: mask[chosen] for v, mask in masks.items()}
    logs = np.full(len(chosen), -np.inf)
    marginals = {v: np.full((len(chosen), cards[v]), np.nan) for v in wanted}

    def work(chunk: Chunk) -> None:
        part = slice(chunk.start, chunk.stop)
        mine = {v: mask[part] for v, mask in masks.items()}
        scorer.score(layout, chunk, mine, logs[part], {v: table[part] for v, table in marginals.items()})

    shared(work, chunks, workers)
    all_logs = np.full(len(different), -np.inf)
    all_logs[chosen] = logs
    found = {}
    for v, table in marginals.items():
        table[logs == -np.inf] = np.nan
        full = np.full((len(different), cards[v]), np.nan)
        full[chosen] = table
        found[v] = full[inverse]
    return Cohort(all_logs[inverse], found)


def _unique(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different rows, and for each row which of them it is."""
    small = np.ascontiguousarray(rows, dtype=np.int16)
    _, first, inverse = np.unique(
        small.view([("", f"V{small.itemsize * small.shape[1]}")]), return_index=True, return_inverse=True
    )
    return rows[first], inverse.reshape(-1)


def _cut(sets: Sequence[int], width: int) -> list[tuple[int, int, int]]:
    """Runs of sorted rows whose union has at most `width` members, or as many as their largest: (start, stop, union)."""
    runs, start, union, largest = [], 0, 0, 0
    if not sets:
        return []
    for i, members in enumerate(sets):
        joined = union | members
        most = max(largest, members.bit_count())
        if i > start and (i - start == ROWS or joined.bit_count() > max(width, most)):
            runs.append((start, i, union))
            start, joined, most = i, members, members.bit_count()
        union, largest = joined, most
    runs.append((start, len(sets), union))
    return runs


def _certain_table(factors: Factors, v: int) -> Mask:
    """Return which state of a certain variable goes with each state of its only parent, shape (states of parent, states)."""
    family = factors.families[v]
    if isinstance(family, TableFamily):
        return family.table > 0
    ranks = np.maximum(family.links[0].argmax(1), family.leak.argmax())
    return np.asarray(np.array(family.order)[ranks][:, None] == np.arange(len(family.order)))


def _above(structure: Structure, start: set[int]) -> set[int]:
    seen: set[int] = set()
    stack = list(start)
    while stack:
        v = stack.pop()
        if v not in seen:
            seen.add(v)
            stack.extend(structure.parents[v])
    return seen


def _contiguous(ranks: Mask) -> bool:
    """Return whether the ranks left are adjacent in every row."""
    low, high = ranks.argmax(1), ranks.shape[1] - 1 - ranks[:, ::-1].argmax(1)
    return bool((high - low + 1 == ranks.sum(1)).all())
