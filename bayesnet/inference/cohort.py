"""Many patients at once: rows that need nearly the same plan share it, as the columns of one batch.

A finding enters a batch column by column: a vector of ones where it was not observed. Only the set of gates that are pushed above
rank zero in some row decides the plan, so rows are sorted by that set and cut into chunks whose union stays small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.answers import Cohort
from bayesnet.inference.numbers import Choice, Numbers
from bayesnet.inference.plan import Planner
from bayesnet.inference.posterior import Run
from bayesnet.inference.program import Program
from bayesnet.inference.relevance import assign
from bayesnet.inference.situation import Situation
from bayesnet.inference.structure import Structure
from bayesnet.inference.workers import processors, share
from bayesnet.model.factors import Factors, FloatArray, IntArray, TableFamily

ROWS = 1024
"""Most rows in a chunk."""
CACHED = 1 << 19
"""Cells of the largest buffer of a batch; a chunk runs in several batches where its plan is wide."""
SECONDS_PER_BATCH = 9e-3
SECONDS_PER_PRODUCT = 3e-9
"""What planning and running a batch costs, roughly: only the balance between the two matters."""
WIDTHS = (2, 4, 6, 8, 10, 12, 15, 18)
"""Sizes tried for the union of the pushed gates of a chunk."""
WORTH_A_PROCESS = 1.0
"""Seconds of work from which a second process is started."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """How the variables of a cohort enter every plan.

    `known` are known in every row; `soft` in some, and keep an axis; `gates` are noisy gates that need no axis, known in every
    row, or known to an interval of ranks in some and of no other use; `dropped` certain children, now part of their parents.
    """

    wanted: tuple[int, ...]
    known: tuple[int, ...]
    soft: tuple[int, ...]
    gates: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True)
class Chunk:
    """Rows `start` to `stop` of the sorted cohort; `pushed` are the gates above rank zero in some of them."""

    start: int
    stop: int
    pushed: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """A chunk with its rows."""

    chunk: Chunk
    rows: IntArray


class Scorer:
    """Everything that the chunks of one cohort share."""

    def __init__(self, factors: Factors, structure: Structure, wanted: Sequence[int]) -> None:
        self.factors = factors
        self.structure = structure
        self.wanted = tuple(wanted)
        self.numbers = Numbers.of(structure, factors)
        self.links = {
            v: (structure.parents[v][0], _certain_table(factors, v))
            for v, certain in enumerate(structure.certain)
            if certain and len(structure.parents[v]) == 1
        }

    def masks(self, rows: IntArray) -> dict[int, Mask]:
        """The states left to each variable in each row, shape (rows, states), for variables restricted in some row."""
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

    def layout(self, masks: dict[int, Mask], observed: set[int]) -> Layout:
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
            elif v in masks and bool((masks[v].sum(1) == 1).all()):
                known.append(v)
            elif v in masks:
                soft.append(v)
        gates.extend(v for v in known if structure.noisy[v])
        return Layout(self.wanted, tuple(known), tuple(soft), tuple(gates), tuple(dropped))

    def program(self, layout: Layout, pushed: tuple[int, ...]) -> tuple[Program, Situation]:
        """The plan of a chunk."""
        order = self.structure.order
        fixed = dict.fromkeys(layout.known, 0)
        fixed |= {v: order[v][-1] if v in pushed else order[v][0] for v in layout.gates}
        settled = {*layout.dropped, *(v for v in layout.known if v in self.links)}
        situation = Situation(self.structure.cards, fixed, {}, dict.fromkeys(layout.soft, _NOTHING), frozenset(), settled)
        roles = assign(self.structure, situation, layout.wanted)
        return Planner(self.structure, situation, roles).program(), situation

    def chunks(self, layout: Layout, masks: dict[int, Mask], size: int) -> tuple[IntArray, list[Chunk], float]:
        """The order of the rows, the chunks in it, of several widths the one that promises to be fastest, and its seconds."""
        if not layout.gates or not size:
            cut = [Chunk(i, min(i + ROWS, size), ()) for i in range(0, size, ROWS)]
            return np.arange(size), cut, self._seconds(layout, cut)
        pushed = np.stack([~masks[v][:, self.structure.order[v][0]] for v in layout.gates], 1)
        gates = np.argsort(-pushed.sum(0), kind="stable")
        pushed = pushed[:, gates]
        order = np.lexsort(pushed.T)
        sets = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(pushed[order], axis=1, bitorder="little")]
        names = [layout.gates[i] for i in gates]
        best: tuple[float, list[Chunk]] = (np.inf, [])
        for width in WIDTHS:
            cut = [Chunk(a, b, tuple(v for i, v in enumerate(names) if union >> i & 1)) for a, b, union in _cut(sets, width)]
            seconds = self._seconds(layout, cut)
            if seconds < best[0]:
                best = seconds, cut
        return order, best[1], best[0]

    def _seconds(self, layout: Layout, chunks: list[Chunk]) -> float:
        """An estimate from a dozen of the chunks."""
        sample = chunks[:: max(1, len(chunks) // 12)]
        if not sample:
            return 0.0
        seconds = 0.0
        for chunk in sample:
            program, _ = self.program(layout, chunk.pushed)
            size = chunk.stop - chunk.start
            seconds += -(-size // _batch(program)) * SECONDS_PER_BATCH + size * program.cells * SECONDS_PER_PRODUCT
        return seconds * len(chunks) / len(sample)

    def score(self, layout: Layout, chunk: Chunk, masks: dict[int, Mask]) -> tuple[FloatArray, dict[int, FloatArray]]:
        """ln P(e) and the marginals of one chunk, `masks` being those of its rows."""
        program, situation = self.program(layout, chunk.pushed)
        size = chunk.stop - chunk.start
        batch = _batch(program)
        logs = np.empty(size)
        marginals = {v: np.empty((size, self.structure.cards[v])) for v in self.wanted}
        for begin in range(0, size, batch):
            part = slice(begin, min(begin + batch, size))
            run = self._run(program, situation, layout, {v: mask[part] for v, mask in masks.items()})
            logs[part] = run.log_probability
            for v, marginal in run.marginals(self.wanted).items():
                marginals[v][part] = marginal.T
        return logs, marginals

    def _run(self, program: Program, situation: Situation, layout: Layout, masks: dict[int, Mask]) -> Run:
        states: dict[int, Choice] = {v: masks[v].argmax(1) for v in layout.known}
        intervals: dict[int, tuple[Choice, Choice]] = {}
        for v in layout.gates:
            ranks = masks[v][:, list(self.structure.order[v])]
            intervals[v] = ranks.argmax(1), ranks.shape[1] - 1 - ranks[:, ::-1].argmax(1)
            states.setdefault(v, situation.fixed[v])
        soft = {v: masks[v].T.astype(float) for v in layout.soft}
        filled = Situation(situation.cards, situation.fixed, {}, soft, situation.cut, situation.settled)
        return Run(program, self.numbers, filled, states, {}, intervals)


_NOTHING = np.ones((1, 1))


def score_rows(factors: Factors, structure: Structure, rows: IntArray, wanted: Sequence[int], workers: int | None) -> Cohort:
    """Posteriors of `wanted` for every row; equal rows are computed once, chunks are shared out to `workers` processes."""
    scorer = Scorer(factors, structure, wanted)
    different, inverse = _unique(rows)
    masks = scorer.masks(different)
    possible = np.ones(len(different), dtype=bool)
    for mask in masks.values():
        possible &= mask.any(1)
    chosen = np.flatnonzero(possible)
    masks = {v: mask[chosen] for v, mask in masks.items()}
    layout = scorer.layout(masks, {v for v in range(rows.shape[1]) if bool((rows[:, v] >= 0).any())})
    order, chunks, seconds = scorer.chunks(layout, masks, len(chosen))
    logs = np.full(len(different), -np.inf)
    marginals = {v: np.full((len(different), structure.cards[v]), np.nan) for v in wanted}
    jobs = [Job(chunk, different[chosen[order[chunk.start : chunk.stop]]]) for chunk in chunks]
    count = 1 if seconds < WORTH_A_PROCESS else processors() if workers is None else workers
    for job, (found, tables) in zip(jobs, share(partial(_score, scorer, layout), jobs, count), strict=True):
        part = chosen[order[job.chunk.start : job.chunk.stop]]
        logs[part] = found
        for v, table in tables.items():
            marginals[v][part] = table
    marginals = {v: np.where(logs[:, None] > -np.inf, table, np.nan)[inverse] for v, table in marginals.items()}
    return Cohort(logs[inverse], marginals)


def _score(scorer: Scorer, layout: Layout, job: Job) -> tuple[FloatArray, dict[int, FloatArray]]:
    masks = scorer.masks(job.rows)
    open_ = {v: np.ones((len(job.rows), scorer.structure.cards[v]), dtype=bool) for v in (*layout.soft, *layout.gates)}
    return scorer.score(layout, job.chunk, open_ | masks)


def _unique(rows: IntArray) -> tuple[IntArray, IntArray]:
    """The different rows, and for each row which of them it is."""
    small = np.ascontiguousarray(rows, dtype=np.int16)
    _, first, inverse = np.unique(
        small.view([("", f"V{small.itemsize * small.shape[1]}")]), return_index=True, return_inverse=True
    )
    return rows[first], inverse.reshape(-1)


def _cut(sets: Sequence[int], width: int) -> list[tuple[int, int, int]]:
    """Runs of sorted rows whose union has at most `width` members, or as many as their largest: (start, stop, union)."""
    runs, start, union, largest = [], 0, 0, 0
    for i, members in enumerate(sets):
        joined = union | members
        most = max(largest, members.bit_count())
        if i > start and (i - start == ROWS or joined.bit_count() > max(width, most)):
            runs.append((start, i, union))
            start, joined, most = i, members, members.bit_count()
        union, largest = joined, most
    runs.append((start, len(sets), union))
    return runs


def _batch(program: Program) -> int:
    """Rows that run together."""
    return max(16, min(ROWS, int(CACHED / program.largest)))


def _certain_table(factors: Factors, v: int) -> Mask:
    """Which state of a certain variable goes with each state of its only parent, shape (states of parent, states)."""
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
    """Whether the ranks left are adjacent in every row."""
    low, high = ranks.argmax(1), ranks.shape[1] - 1 - ranks[:, ::-1].argmax(1)
    return bool((high - low + 1 == ranks.sum(1)).all())
