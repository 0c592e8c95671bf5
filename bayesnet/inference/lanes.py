"""Posteriors of variables that have no axis, by lanes: extra batch columns of the same program with other vectors.

That a barren gate stays at rank r or below is one vector on each of its parents, so P(rank <= r, e) is the same program
with other vectors on its axes. A parent that is barren itself is folded: a vector on it is a sum over its ranks r of numbers
times "at rank r or below", which is again a vector on each of its parents. A barren table with several open parents takes one
lane per setting of them. All lanes of all variables run side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bayesnet.inference.numbers import Choice, logarithm, pick
from bayesnet.inference.run import forward
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.inference.posterior import Run

CELLS = 1 << 18
"""Cells of the largest buffer of a pass; more lanes run in several passes."""

Vectors = dict[int, FloatArray]
"""Per axis variable a vector for each of some lanes, shape (states kept, lanes, batch)."""


class Term(NamedTuple):
    """`weight` (lanes, batch) times P(vectors, e), to be added to the probabilities `quantities` of its variable."""

    weight: FloatArray
    vectors: Vectors


def answer(run: Run) -> dict[int, FloatArray]:
    """P(v | e) of the program's lane variables and undecided interval gates, shape (states, batch)."""
    roles, structure = run.program.roles, run.numbers.structure
    found = _undecided(run) if roles.undecided else {}
    starts = {v: (_cumulated if structure.noisy[v] else _settings)(run, v) for v in roles.lanes}
    expanded = {v: _fold(run, vectors, weight) for v, (vectors, weight) in starts.items()}
    ratios = iter(_ratios(run, [term for terms in expanded.values() for term in terms]))
    for v, terms in expanded.items():
        probabilities = sum((term.weight * next(ratios) for term in terms), np.zeros((1, 1)))
        found[v] = _from_cumulated(run, v, probabilities) if structure.noisy[v] else _from_settings(run, v, probabilities)
    return found


def _cumulated(run: Run, v: int) -> tuple[Vectors, FloatArray]:
    """A barren gate at rank r or below, one lane for each r but the highest."""
    return _stays(run, v, slice(0, run.situation.cards[v] - 1))


def _from_cumulated(run: Run, v: int, up_to: FloatArray) -> FloatArray:
    """Ranks from their sums, and states from ranks."""
    up_to = np.concatenate([up_to, np.ones((1, up_to.shape[1]))])
    return np.maximum(np.diff(up_to, axis=0, prepend=0.0), 0.0)[list(run.numbers.structure.rank[v])]


def _settings(run: Run, v: int) -> tuple[Vectors, FloatArray]:
    """A barren table's open parents in each of their settings, one lane each."""
    free = [p for p in run.numbers.structure.parents[v] if p not in run.situation.fixed]
    cards = [run.situation.cards[p] for p in free]
    places = np.indices(cards).reshape(len(free), -1)
    vectors = {p: np.eye(card)[:, place, None] for p, card, place in zip(free, cards, places, strict=True)}
    return vectors, np.ones((places.shape[1], 1))


def _from_settings(run: Run, v: int, settings: FloatArray) -> FloatArray:
    """The table times the probability of each setting."""
    table = run.numbers.tensors[v][0]
    for axis, p in reversed(list(enumerate(run.numbers.structure.parents[v]))):
        if p in run.situation.fixed:
            table = pick(table, run.states[p], axis)
    weighted = (table.reshape(len(settings), -1, table.shape[-1]) * settings[:, None]).sum(0)
    return np.asarray(np.maximum(weighted, 0.0))


def _stays(run: Run, v: int, ranks: slice | int) -> tuple[Vectors, FloatArray]:
    """Gate v at each of some ranks or below: vectors on its open parents (all their states), and the weight of the rest."""
    ranks = slice(ranks, ranks + 1) if isinstance(ranks, int) else ranks
    leak, *links = run.numbers.up_to(v)
    weight, vectors = leak[ranks], {}
    for p, link in zip(run.numbers.structure.parents[v], links, strict=True):
        if p in run.situation.fixed:
            weight = weight * pick(link, run.states[p])[ranks]
        else:
            vectors[p] = link[:, ranks]
    return vectors, weight


def _fold(run: Run, vectors: Vectors, weight: FloatArray) -> list[Term]:
    """Vectors on any variables as a sum of products of vectors on axis variables."""
    place, axes = run.numbers.structure.place, run.program.roles.axes
    open_, terms = [(vectors, weight)], []
    while open_:
        vectors, weight = open_.pop()
        barren = [v for v in vectors if v not in axes]
        if not barren:
            terms.append(Term(weight, {v: run.filler.kept(vector, v) for v, vector in vectors.items()}))
            continue
        v = max(barren, key=place.__getitem__)
        vector = vectors.pop(v)
        if sum(p not in run.situation.fixed for p in run.numbers.structure.parents[v]) < 2:
            parent, table = run.conditional(v)
            seen = (table[:, :, None] * vector).sum(1)
            more, factor = ({}, seen[0]) if parent is None else ({parent: seen}, np.ones((1, 1)))
            open_.append((_merge(vectors, more), weight * factor))
        else:
            open_.extend(_by_ranks(run, v, vector, vectors, weight))
    return terms


def _by_ranks(run: Run, v: int, vector: FloatArray, vectors: Vectors, weight: FloatArray) -> list[tuple[Vectors, FloatArray]]:
    """A vector on a barren gate, as a sum over ranks r of a number times the gate at rank r or below."""
    by_rank = vector[list(run.numbers.structure.order[v])]
    found = [(dict(vectors), weight * by_rank[-1])]
    for rank, drop in enumerate(by_rank[:-1] - by_rank[1:]):
        if drop.any():
            more, factor = _stays(run, v, rank)
            found.append((_merge(vectors, more), weight * drop * factor))
    return found


def _merge(vectors: Vectors, more: Vectors) -> Vectors:
    """The product of two sets of vectors."""
    merged = dict(vectors)
    for v, vector in more.items():
        merged[v] = merged[v] * vector if v in merged else vector
    return merged


def _ratios(run: Run, terms: Sequence[Term]) -> list[FloatArray]:
    """P(vectors, e) / P(e) of every lane of every term, each of shape (lanes, batch)."""
    if not terms:
        return []
    ends = np.cumsum([_lanes(term) for term in terms]).tolist()
    varying = max(x.shape[-1] for term in terms for x in (term.weight, *term.vectors.values()))
    varying = max(varying, *(leaf.shape[-1] for leaf in run.leaves[: len(run.program.leaves)]))
    batch = max(len(run.total), varying)
    vectors: Vectors = {}
    for term, end in zip(terms, ends, strict=True):
        for v, vector in term.vectors.items():
            if v not in vectors:
                vectors[v] = np.ones((len(vector), ends[-1], varying))
            vectors[v][:, end - _lanes(term) : end] = vector
    chunk = 1 if varying > 1 else max(1, int(CELLS / (run.program.largest * batch)))
    ratios = np.empty((ends[-1], batch))
    for begin in range(0, ends[-1], chunk):
        part = slice(begin, min(begin + chunk, ends[-1]))
        ratios[part] = _pass(run, {v: vector[:, part] for v, vector in vectors.items()}, {}, part.stop - part.start, batch)
    return np.split(ratios, ends[:-1])


def _lanes(term: Term) -> int:
    return int(max([len(term.weight), *(vector.shape[1] for vector in term.vectors.values())]))


def _undecided(run: Run) -> dict[int, FloatArray]:
    """Interval gates of the evidence: their interval cut short at each rank below the highest, in one pass for all of them."""
    intervals = {v: run.program.roles.intervals[v] for v in run.program.roles.undecided}
    lanes = [(v, top) for v, (low, high) in intervals.items() for top in range(low, high)]
    batch = max(leaf.shape[-1] for leaf in (*run.leaves, run.total))
    if batch > 1:
        ratios = [_pass(run, {}, {v: (intervals[v][0], top)}, 1, batch)[0] for v, top in lanes]
    else:
        tops = {v: np.array([top if u == v else high for u, top in lanes]) for v, (_, high) in intervals.items()}
        ratios = list(_pass(run, {}, {v: (low, tops[v]) for v, (low, _) in intervals.items()}, len(lanes), 1))
    found = {}
    for v, (low, high) in intervals.items():
        up_to = [ratio for (u, _), ratio in zip(lanes, ratios, strict=True) if u == v]
        ranks = np.zeros((run.situation.cards[v], batch))
        ranks[low : high + 1] = np.maximum(np.diff([*up_to, np.ones(batch)], axis=0, prepend=0.0), 0.0)
        found[v] = ranks[list(run.numbers.structure.rank[v])]
    return found


def _pass(run: Run, vectors: Vectors, narrowed: dict[int, tuple[Choice, Choice]], lanes: int, batch: int) -> FloatArray:
    """One run with `lanes` x `batch` columns, divided by the base run, shape (lanes, batch)."""
    program = run.program
    leaves, shift = _narrow(run, narrowed) if narrowed else (list(run.leaves), np.zeros(1))
    for v, vector in vectors.items():
        own = _split(leaves[program.unary[v]], lanes, batch) * vector
        leaves[program.unary[v]] = np.broadcast_to(own, (len(own), lanes, batch)).reshape(len(own), -1)
    columns = [leaf if leaf.shape[-1] in (1, lanes * batch) else np.tile(leaf, lanes) for leaf in leaves]
    tape = forward(program, columns, run.tape.scales is not None, base=run.tape)
    total = tape.result.reshape(-1, tape.result.shape[-1]).sum(0)
    shift = _split(shift, lanes, batch) + _split(tape.log_scale, lanes, batch) - run.tape.log_scale
    return np.asarray(_split(total, lanes, batch) / run.total * np.exp(shift))


def _narrow(run: Run, narrowed: dict[int, tuple[Choice, Choice]]) -> tuple[list[FloatArray], FloatArray]:
    """The leaves with some interval gates cut short, and the change of the logarithms divided out of them."""
    program, scaled = run.program, run.tape.scales is not None
    filler = replace(run.filler, intervals={**run.filler.intervals, **narrowed})
    leaves, shift = list(run.leaves), np.zeros(1)
    for buffer, leaf in enumerate(program.leaves):
        if leaf.source[0] in ("band", "weight") and leaf.source[1] in narrowed:
            leaves[buffer] = filler.leaf(leaf)
    for v, buffer in program.unary.items():
        if any(kind == "low" and f in narrowed for kind, f, _ in program.factors[v]):
            vector, log_top = filler.unary(v, scaled)
            leaves[buffer] = vector * run.likelihoods[v] if v in run.likelihoods else vector
            shift = shift + log_top - run.filler.unary(v, scaled)[1]
    for source in program.scalars:
        if source[1] in narrowed and source[0] in ("low", "inside"):
            shift = shift + logarithm(filler.scalar(source)) - logarithm(run.filler.scalar(source))
    return leaves, shift


def _split(x: FloatArray, lanes: int, batch: int) -> FloatArray:
    """The batch axis as (lanes, batch), each of length 1 where nothing varies along it."""
    last = x.shape[-1]
    return x.reshape(*x.shape[:-1], *((1, 1) if last == 1 else (lanes, batch) if last == lanes * batch else (1, batch)))
