"""Many patients at once: rows with nearly the same pattern of findings share a plan, as columns of one run, on several threads.

The plan of a row is decided by two things of each variable: whether anything at or below it is known, so that its family is
needed, and whether it is open, not known itself (a gate: pushed above its lowest rank). The states enter column by column. A
plan for several rows has what any of them needs and opens what any of them leaves open; a family that a row does not need is
ones there. The logarithm of the size of a plan is nearly a sum over the open axes and needed families, so its coefficients are
fitted to the plans of a few sets of rows, and a tree of the splits that save most by them cuts the cohort into chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bayesnet.errors import TooWide
from bayesnet.inference.answers import Cohort
from bayesnet.inference.kernel import LANES
from bayesnet.inference.plan import EliminationPlan
from bayesnet.inference.reduced_evidence import ReducedEvidence
from bayesnet.inference.run import LN2, Ready, Run
from bayesnet.inference.runner import Runner
from bayesnet.inference.threads import shared
from bayesnet.model.factors import Factors, FloatArray, IntArray, TableFamily

ROWS = 512
"""Most rows in a chunk."""
SECONDS_PER_OPERATION = 6e-6
SECONDS_PER_PRODUCT = 0.45e-9
"""Cost of planning an operation, and of a product in a row: only their ratio matters."""
FITTED, ROWS_PER_PLAN, OPERATIONS = 400, 100, 120_000
"""Most plans to which the cost is fitted; rows for each, and operations of all, so that they are fewer where rows are few or
plans long."""
PRIOR = 0.1
"""Coefficient expected of an axis or family before anything is fitted."""
LOOKED_AT, CANDIDATES = 256, 12
"""Rows by which a split is chosen, and of how many: products of matrices that small stay on one thread."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CohortRows:
    """The rows of a cohort by what decides their plans.

    `masks[v]`, shape (states, rows), are the states left to variables that are restricted in some row. `needed` and `open`, shape
    (variables, rows), say whether a variable's family matters and whether it has an axis; `places` is the place of the state of
    each variable that is known. `ranks` is the highest rank left to a gate of no other use, zero for other variables, and one
    more than the highest rank of all where the family is not needed. `possible` are the rows that certain children leave any
    states, `dropped` certain children that are now part of their parents.
    """

    masks: dict[int, Mask]
    needed: Mask
    open: Mask
    places: IntArray
    ranks: IntArray
    possible: IntArray
    dropped: frozenset[int]

    def at(self, order: IntArray) -> CohortRows:
        """Return some rows, in the order given."""
        return CohortRows(
            {v: mask.take(order, axis=1) for v, mask in self.masks.items()},
            self.needed.take(order, axis=1),
            self.open.take(order, axis=1),
            self.places.take(order, axis=1),
            self.ranks.take(order, axis=1),
            np.arange(len(order)),
            self.dropped,
        )


def read_rows(engine: Runner, rows: IntArray, wanted: Sequence[int]) -> CohortRows:
    """Return the roles of all variables in every row."""
    structure, shape = engine.structure, rows.T.shape
    links = {
        v: (structure.parents[v][0], _certain_table(engine.factors, v))
        for v, certain in enumerate(structure.certain)
        if certain and len(structure.parents[v]) == 1
    }
    masks = _masks(engine, rows, links)
    needed, dropped, gates = np.zeros(shape, dtype=bool), set(), set()
    for v in reversed(structure.topological):
        below = needed[[c for c in structure.children[v] if c not in dropped]].any(0)
        if v not in wanted and not below.any():
            if v in links:
                dropped.add(v)
                continue
            if v in masks and structure.noisy[v] and _contiguous(masks[v][list(structure.order[v])]):
                gates.add(v)
        needed[v] = True if v in wanted else below | ~masks[v].all(0) if v in masks else below
    for v in structure.topological:
        if v in links and v not in dropped and links[v][0] in masks:
            parent, table = links[v]
            _restrict(masks, v, table.T @ masks[parent])
    opened, possible = needed.copy(), np.ones(len(rows), dtype=bool)
    places, ranks = np.zeros((2, *shape), dtype=np.int8 if max(structure.cards) < 128 else np.int32)
    for v, mask in masks.items():
        possible &= mask.any(0)
        ordered = mask[list(engine.network.states[v])]
        if v in gates:
            opened[v] &= ~ordered[0]
            ranks[v] = len(ordered) - 1 - ordered[::-1].argmax(0)
        elif v not in dropped:
            places[v] = ordered.argmax(0)
            opened[v] &= ordered[1:].any(0) if structure.noisy[v] else ordered.sum(0) > 1
    ranks[~needed] = max(structure.cards)
    return CohortRows(masks, needed, opened, places, ranks, np.flatnonzero(possible), frozenset(dropped))


def _masks(engine: Runner, rows: IntArray, links: dict[int, tuple[int, Mask]]) -> dict[int, Mask]:
    """Return the states left to the variables known in some row, and to those whose certain children are known."""
    masks: dict[int, Mask] = {}
    for v, (row, card) in enumerate(zip(np.ascontiguousarray(rows.T), engine.structure.cards, strict=True)):
        seen = row >= 0
        if seen.any():
            masks[v] = (row == np.arange(card)[:, None]) | ~seen
    for v in reversed(engine.structure.topological):
        if v in masks and v in links:
            parent, table = links[v]
            _restrict(masks, parent, table @ masks[v])
    return masks


def _restrict(masks: dict[int, Mask], v: int, left: Mask) -> None:
    masks[v] = masks[v] & left if v in masks else left


class Scorer:
    """The state that the chunks of one cohort share.

    `sums[r]` says of each place among the values where the sum up to rank r is, if it belongs to the lowest rank of a gate, and
    in its last row where a one is.
    """

    def __init__(self, engine: Runner, rows: CohortRows, wanted: Sequence[int]) -> None:
        self.engine = engine
        self.rows = rows
        self.wanted = tuple(wanted)
        self.values = np.append(engine.values[:, 0], 1.0)
        self.repeated = np.repeat(self.values[:, None], LANES, axis=1)
        self.ones = [np.ones((card, 1)) for card in engine.structure.cards]
        network, one = engine.network, len(self.values) - 1
        self.first = np.array(network.base, dtype=np.int64)
        self.sums = np.tile(np.arange(one + 1), (max(engine.structure.cards) + 1, 1))
        self.sums[-1] = one
        for v, (card, noisy) in enumerate(zip(engine.structure.cards, engine.structure.noisy, strict=True)):
            count = np.arange(1 + sum(engine.structure.cards[p] for p in engine.structure.parents[v]))
            for rank in range(1, card - 1) if noisy else ():
                lowest, upto = network.gate(v, 0), network.up_to(v, rank)
                self.sums[rank, lowest.base + lowest.row * count] = upto.base + upto.row * count

    def situation(self, chunk: IntArray | slice) -> ReducedEvidence:
        """Return what is fixed in all of some rows, in one state or another, and what is open in any."""
        rows, structure = self.rows, self.engine.structure
        needed, opened = rows.needed[:, chunk].any(1), rows.open[:, chunk].any(1)
        fixed = {v: structure.order[v][0] if structure.noisy[v] else 0 for v in np.flatnonzero(needed & ~opened).tolist()}
        soft = {v: self.ones[v] for v in np.flatnonzero(opened).tolist() if v in rows.masks}
        return ReducedEvidence(structure.cards, fixed, {}, soft, frozenset(), set(rows.dropped))

    def chunks(self, workers: int | None) -> list[IntArray]:
        """Return the rows that share a plan."""
        possible = self.rows.possible
        all_bits = np.concatenate([self.rows.open, self.rows.needed])
        all_bits = all_bits[all_bits.any(1) & ~all_bits.all(1)]
        coefficients, constant, operations = self._fitted(all_bits, workers)
        useful = np.flatnonzero(coefficients)
        coefficients, bits = coefficients[useful], np.ascontiguousarray(all_bits[useful].T)
        planning = SECONDS_PER_OPERATION * operations

        def seconds(rows: FloatArray, unions: Mask) -> FloatArray:
            cells = np.exp(np.minimum(constant + unions @ coefficients, 50.0))
            return np.asarray(np.ceil(rows / LANES) * LANES * cells * SECONDS_PER_PRODUCT + planning)

        found, pending = [], [possible] if len(possible) else []
        while pending:
            chunk = pending.pop()
            some = bits[chunk[:: -(-len(chunk) // LOOKED_AT)]].astype(np.float32)
            have = some.sum(0)
            mixed = np.flatnonzero((have > 0) & (have < len(some)))
            mixed = mixed[np.argsort((have - len(some))[mixed] * coefficients[mixed], kind="stable")[:CANDIDATES]]
            if len(mixed):
                inside = some[:, mixed]
                ones = have[mixed] / len(some) * len(chunk)
                split = seconds(ones, inside.T @ some > 0) + seconds(len(chunk) - ones, (1 - inside).T @ some > 0)
                best = int(split.argmin())
                if split[best] < seconds(np.array(len(chunk)), have > 0):
                    have_it = bits[chunk, mixed[best]]
                    pending += [chunk[have_it], chunk[~have_it]]
                    continue
            found += [chunk[begin : begin + ROWS] for begin in range(0, len(chunk), ROWS)]
        return found

    def _fitted(self, bits: Mask, workers: int | None) -> tuple[FloatArray, float, float]:
        """Return by which coefficients of `bits` the logarithm of the products of a plan is a sum, and its mean operations."""
        possible, rng = self.rows.possible, np.random.default_rng(0)
        if not len(possible):
            return np.zeros(len(bits)), 0.0, 0.0
        count = 1 + min(FITTED, len(possible) // ROWS_PER_PLAN)
        some = [possible[rng.integers(0, len(possible), 1 + k % 4)] for k in range(count)]
        plans: dict[int, EliminationPlan] = {}

        def make(k: int) -> None:
            plans[k] = self.engine.plan(self.situation(some[k]), self.wanted)

        make(0)
        some = some[: 1 + OPERATIONS // plans[0].slots]
        shared(make, range(1, len(some)), workers)
        union = np.array([bits[:, rows].any(1) for rows in some], dtype=float)
        logs = np.log([min(max(plans[k].cells, 1.0), 1e100) for k in range(len(some))]) - union.sum(1) * PRIOR
        mean, middle = union.mean(0), logs.mean()
        step = np.linalg.solve((union - mean).T @ (union - mean) + np.eye(len(bits)), (union - mean).T @ (logs - middle))
        coefficients = np.round((step + PRIOR) * 1024) / 1024  # so that sums are exact, in whatever order, and chunks the same
        coefficients[coefficients < PRIOR / 4] = 0.0
        operations = float(np.mean([plan.slots for plan in plans.values()]))
        return coefficients, float(np.round(middle - mean @ step, 6)), operations

    def score(self, begin: int, end: int, logs: FloatArray, marginals: dict[int, FloatArray]) -> None:
        """Write ln P(e) and the posteriors of the rows of one chunk."""
        chunk, middle = slice(begin, end), (begin + end) // 2
        situation = self.situation(chunk)
        try:
            ready, apart = self.engine.aside(situation, self.wanted)
        except TooWide:
            if begin == middle:
                raise
            self.score(begin, middle, logs, marginals)
            self.score(middle, end, logs, marginals)
            return
        mine, weights = self._run(ready, situation, chunk)
        logs[chunk] = mine
        found = ready.shares(weights)
        for v in self.wanted:
            if v in situation.fixed:
                marginals[v][chunk] = self.rows.masks[v][:, chunk].T
            elif v not in apart:
                marginals[v][chunk] = found[v].T
        below = np.where(mine > -np.inf, mine, 0.0)
        for v, (lowest, with_lowest) in apart.items():
            alone, _ = self._run(lowest, with_lowest, chunk, down=False)
            marginals[v][chunk] = self.engine.split(v, np.exp(alone - below)).T

    def _run(self, ready: Ready, situation: ReducedEvidence, chunk: slice, *, down: bool = True) -> tuple[FloatArray, FloatArray]:
        """Return ln P(e) of each row, and the weights of all answers, a few rows at a time."""
        network, rows, layout, plan = self.engine.network, self.rows, ready.layout, ready.plan
        n, size, one = len(network.places), chunk.stop - chunk.start, len(self.values) - 1
        fixed = np.zeros((n, 1), dtype=bool)
        fixed[list(situation.fixed)] = True
        states, ranks = rows.places[:, chunk] * fixed, rows.ranks[:, chunk] * fixed
        soft = np.ones((int(layout.ends[-1]), size))
        for v in situation.soft:
            begin = ready.place(v)
            if begin is not None:
                soft[begin : begin + self.engine.structure.cards[v]] = rows.masks[v][:, chunk][list(network.states[v])]
        families = self._family(layout.unary.base)[layout.which]
        index = self.sums[ranks[families], layout.unary.at(states)[layout.which] + layout.index[:, None]]
        families = self._family(layout.factors.base)
        moving = np.flatnonzero(fixed[families, 0] | np.isin(np.arange(len(families)), layout.factors.fixed[:, 0]))
        lengths = ready.reach[moving] + 1
        ends, which = np.cumsum(lengths), np.repeat(moving, lengths)
        within = np.arange(len(which)) - np.repeat(ends - lengths, lengths)
        moved = self.sums[ranks[families[which]], layout.factors.at(states)[which] + within[:, None]]
        begins = layout.factors.base.copy()
        begins[moving] = one + 1 + ends - lengths
        values = np.concatenate([self.repeated, np.zeros((len(which), LANES))])
        totals, powers, weights = np.empty(size), np.empty(size), np.empty((len(layout.own), size))
        for begin in range(0, size, LANES):
            part = slice(begin, min(begin + LANES, size))
            values[one + 1 :, : part.stop - begin] = self.values.take(moved[:, part])
            run = Run(ready, values, begins, index[:, part], soft[:, part], part.stop - begin, down)
            totals[part], powers[part] = run.work[plan.result, : run.columns], run.powers[plan.result_slot, : run.columns]
            if down:
                weights[:, part] = run.weights()
        with np.errstate(divide="ignore"):
            return np.log(totals) + powers * LN2, weights

    def _family(self, bases: IntArray) -> IntArray:
        """Return the variables in whose families some places among the values lie."""
        return np.searchsorted(self.first, bases, side="right") - 1


def score_rows(engine: Runner, rows: IntArray, wanted: Sequence[int], workers: int | None) -> Cohort:
    """Return posteriors of `wanted` for every row; equal rows are computed once, chunks are shared out to `workers` threads."""
    different, inverse = _unique(rows)
    scorer = Scorer(engine, read_rows(engine, different, wanted), wanted)
    chunks = scorer.chunks(workers)
    order = np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int64)
    ends = np.cumsum([len(chunk) for chunk in chunks]).tolist()
    scorer.rows = scorer.rows.at(order)
    logs = np.empty(len(order))
    marginals = {v: np.empty((len(order), engine.structure.cards[v])) for v in wanted}
    shared(lambda part: scorer.score(*part, logs, marginals), list(pairwise([0, *ends])), workers)
    place = np.full(len(different), len(order))  # rows that are impossible get the last place
    place[order] = np.arange(len(order))
    place = place[inverse]
    all_logs = np.append(logs, -np.inf)[place]
    found = {}
    for v, table in marginals.items():
        table[logs == -np.inf] = np.nan
        found[v] = np.append(table, np.full((1, table.shape[1]), np.nan), axis=0)[place]
    return Cohort(all_logs, found)


def _unique(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different rows, and for each row which of them it is."""
    known = rows[:, (rows >= 0).any(0)]
    small = np.ascontiguousarray(known, dtype=np.int8 if known.max(initial=0) < 128 else np.int32)
    if not small.size:
        return rows[:1], np.zeros(len(rows), dtype=np.int64)
    _, first, inverse = np.unique(
        small.view([("", f"V{small.itemsize * small.shape[1]}")]), return_index=True, return_inverse=True
    )
    return rows[first], inverse.reshape(-1)


def _certain_table(factors: Factors, v: int) -> Mask:
    """Return which state of a certain variable goes with each state of its only parent, shape (states of parent, states)."""
    family = factors.families[v]
    if isinstance(family, TableFamily):
        return family.table > 0
    ranks = np.maximum(family.links[0].argmax(1), family.leak.argmax())
    return np.asarray(np.array(family.order)[ranks][:, None] == np.arange(len(family.order)))


def _contiguous(ranks: Mask) -> bool:
    """Return whether the ranks left, if there are any, are adjacent in every row."""
    low, high = ranks.argmax(0), len(ranks) - 1 - ranks[::-1].argmax(0)
    return bool(((high - low + 1 == ranks.sum(0)) | ~ranks.any(0)).all())
