"""Running the standing tree: messages up give P(e), messages down the posteriors of all variables, with no plan to be made.

Every array carries a batch axis first (states of a target asked jointly, or lanes): columns are few and rows long. Messages are
sums of positive products; a message down is divided by the one that went up, which keeps relative precision and is not needed
where that was zero.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.layout import Layout, Room
from bayesnet.inference.numbers import Numbers, combine, larger
from bayesnet.inference.structure import Structure
from bayesnet.inference.tree import Clique, Part, hubs, make_tree
from bayesnet.model.factors import FloatArray, IntArray

NARROW = 1 << 17
"""Cells of a tree up to which it is used; a wider network is planned for the evidence at hand."""
MODEST = 1 << 14
"""Cells up to which one tree serves whatever hubs are known."""
CONTEXTS = 32
"""Combinations of known hub states whose tables are kept."""
LARGEST = 400
"""Variables of a network up to which a tree is tried."""
TINY = 1e-200
"""Below this P(e) a tree does not answer, since messages could have lost digits to underflow."""
SAFE = 1e-300
"""Stands in for a message of zero as a divisor; what is divided is zero there too."""


class Tables:
    """The tables of a tree for known hub states: one row of all cells, as the layout says."""

    def __init__(self, layout: Layout, numbers: Numbers, known: Mapping[int, int]) -> None:
        self.layout = layout
        self.tree = layout.tree
        self.numbers = numbers
        self.states = dict(known)
        for v in self.tree.fixed:
            if v not in known:
                self.states[v] = int(self._given_known(v).argmax())
        self.scalar = 1.0
        for v in known:
            if all(p in self.states for p in numbers.structure.parents[v]):
                self.scalar *= float(self._given_known(v)[self.states[v]])
        self.lanes: dict[tuple[int, ...], Lanes] = {}
        self.alone = {v: self._given_known(v) for v in self.tree.alone}
        flat = np.empty(layout.cells)
        for k, clique in enumerate(self.tree.cliques):
            block = layout.table(k, flat)
            block[:] = self._clique(clique).reshape(block.shape)
        self.blocks = [flat[block.cells].reshape(block.shape) for block in layout.blocks]

    def _given_known(self, v: int) -> FloatArray:
        """P(v | its parents), all of which are known."""
        return self._table(Part(v, (), -1, v, (v,)))

    def _clique(self, clique: Clique) -> FloatArray:
        sizes = [self.tree.sizes[a] for a in clique.axes]
        table = np.ones(sizes)
        for part in clique.parts:
            mine = self._table(part)
            if part.after in self.states:
                mine = mine[..., self.states[part.after]]
            order = sorted(range(len(part.axes)), key=lambda k: clique.axes.index(part.axes[k]))
            shape = [size if a in part.axes else 1 for a, size in zip(clique.axes, sizes, strict=True)]
            table = table * mine.transpose(order).reshape(shape)
        return table

    def _table(self, part: Part) -> FloatArray:
        """One axis per parent of the group, one for the helper that comes in, and last the one that goes out."""
        structure, v = self.numbers.structure, part.family
        tensors = self.numbers.tensors[v]
        if not structure.noisy[v]:
            return tensors[0][(*(self.states.get(p, slice(None)) for p in structure.parents[v]), slice(None), 0)]
        if part.before < 0:
            fixed = [tensors[i + 1][self.states[p]] for i, p in enumerate(structure.parents[v]) if p in self.states]
            ranks = combine([tensors[0], *fixed])[:, 0]
        else:
            ranks = np.eye(structure.cards[v])
        for k, i in enumerate(part.group):
            link = tensors[i + 1][..., 0].T
            before = ranks.reshape(len(ranks), *ranks.shape[1 : k + 1], 1, *ranks.shape[k + 1 :])
            ranks = larger(before, link.reshape(len(link), *[1] * k, -1, *[1] * (ranks.ndim - 1 - k)))
        if part.after == v:
            ranks = ranks[list(structure.rank[v])]
        return np.moveaxis(ranks, 0, -1)


class Standing:
    """The standing trees of one network, by which hubs are known, and their tables, by the hubs' states.

    Making a tree takes as long as some ten plans; `patience` is how many questions with the same hubs known go by plans first.
    """

    def __init__(self, structure: Structure, numbers: Numbers) -> None:
        self.structure = structure
        self.numbers = numbers
        self.hubs = hubs(structure)
        self.patience = 0
        self._asked: Counter[frozenset[int]] = Counter()
        self._layouts: OrderedDict[frozenset[int], Layout | None] = OrderedDict()
        self._tables: OrderedDict[tuple[tuple[int, int], ...], Tables] = OrderedDict()

    def layout(self, evidence: Evidence) -> Layout | None:
        """The tree for the evidence, or None where the network is too wide or the evidence not of a kind for trees."""
        if len(self.structure.cards) > LARGEST:
            return None
        known = frozenset(self._known(evidence))
        self._asked[known] += 1
        if self._asked[known] <= self.patience:
            return None
        layout = self._made(frozenset())
        if layout is None and self.hubs:
            layout = self._made(known)
        return None if layout is None or any(v in layout.tree.extras for v in evidence.likelihoods) else layout

    def _made(self, known: frozenset[int]) -> Layout | None:
        if known not in self._layouts:
            tree = make_tree(self.structure, known, NARROW if known or not self.hubs else MODEST)
            self._layouts[known] = None if tree is None else Layout(tree)
            if len(self._layouts) > CONTEXTS:
                self._layouts.popitem(last=False)
        return self._layouts[known]

    def ask(
        self, evidence: Evidence, wanted: Sequence[int] = (), columns: Mapping[int, FloatArray] | None = None
    ) -> Answer | None:
        """P(e) and the marginals of `wanted`, or None where the question is not one for a tree.

        `columns[v]` is an extra likelihood of axis v for each column of a batch, shape (states, batch).
        """
        acted = _acted(evidence.checked(self.structure.cards), self.structure, self.numbers)
        if acted is None:
            return None
        evidence, scalar = acted
        layout = self.layout(evidence)
        if layout is None or any(v not in layout.likelihood or v in evidence.interventions for v in columns or {}):
            return None
        known = {v: state for v, state in self._known(evidence).items() if v in layout.tree.fixed}
        return _answer(self._filled(layout, known), evidence, tuple(wanted), columns or {}, scalar)

    def _known(self, evidence: Evidence) -> dict[int, int]:
        likelihoods = evidence.likelihoods
        return {v: int(likelihoods[v].argmax()) for v in self.hubs if v in likelihoods and np.count_nonzero(likelihoods[v]) == 1}

    def _filled(self, layout: Layout, known: dict[int, int]) -> Tables:
        key = tuple(sorted(known.items()))
        if key in self._tables:
            self._tables.move_to_end(key)
            return self._tables[key]
        self._tables[key] = Tables(layout, self.numbers, known)
        if len(self._tables) > CONTEXTS:
            self._tables.popitem(last=False)
        return self._tables[key]


class Answer(NamedTuple):
    """Ln P(e), per batch column, and P(v | e) of what was asked, shape (states, batch)."""

    log_probability: FloatArray
    marginals: dict[int, FloatArray]


def _answer(
    tables: Tables, evidence: Evidence, wanted: tuple[int, ...], columns: Mapping[int, FloatArray], scalar: float
) -> Answer | None:
    """Messages up, and down to what is wanted; None where P(e) is too small for it.

    Certain gates among `wanted` that are no axis are answered by lanes: each column again, with one more likelihood.
    """
    layout, acted = tables.layout, evidence.interventions
    inputs, factor = _inputs(tables, evidence, columns)
    batch = len(inputs)
    lanes = Lanes.of(tables, [v for v in wanted if v in tables.tree.extras and v not in acted])
    if lanes:
        inputs = lanes.added(inputs)
    with layout.room(len(inputs), batch) as room:
        _collect(tables, room, inputs)
        reached = np.multiply.reduce(room.messages.take(layout.roots, 1), 1)
        total = reached[:batch] if scalar * factor > 0.0 else np.zeros(batch)
        if total.min() < TINY:
            return None
        found = _read(layout, room, tuple(v for v in wanted if v in layout.likelihood and v not in acted))
    if lanes:
        found |= lanes.ranks(reached, batch)
    cards = tables.numbers.structure.cards
    for v in wanted:
        if v in acted:
            found[v] = one_hot(cards[v], acted[v])[:, None]
        elif v in tables.alone:
            weights = tables.alone[v] * evidence.likelihoods.get(v, 1.0)
            found[v] = (weights / weights.sum())[:, None]
        elif v in tables.states:
            found[v] = one_hot(cards[v], tables.states[v])[:, None]
    return Answer(np.log(total) + math.log(scalar * factor), {v: found[v] for v in wanted})


def _inputs(tables: Tables, evidence: Evidence, columns: Mapping[int, FloatArray]) -> tuple[FloatArray, float]:
    """The likelihoods of all axes, shape (batch, inputs), and what the findings on other variables multiply P(e) by."""
    layout, scalar = tables.layout, tables.scalar
    inputs = np.ones((max((vector.shape[1] for vector in columns.values()), default=1), layout.inputs))
    for v, likelihood in evidence.likelihoods.items():
        if v in layout.likelihood:
            inputs[:, layout.likelihood[v]] = likelihood
        else:
            scalar *= float(likelihood[tables.states[v]] if v in tables.states else likelihood @ tables.alone[v])
    for v, vector in columns.items():
        inputs[:, layout.likelihood[v]] *= vector.T
    return inputs, scalar


def _collect(tables: Tables, room: Room, inputs: FloatArray) -> None:
    """Fill all cells with their tables times all that comes into them, and all messages up."""
    messages = room.messages
    messages[:, : tables.layout.inputs] = inputs
    rows = zip(tables.layout.blocks, tables.blocks, room.tables, room.come, room.sent, strict=True)
    for block, static, parts, come, sent in rows:
        for i, (source, into, part) in enumerate(zip(block.incoming, come, parts, strict=True)):
            messages.take(source, 1, into, "clip")
            np.multiply(part if i else static, into, part)
        np.add.reduce(parts[0], 1, out=sent)


def _read(layout: Layout, room: Room, wanted: tuple[int, ...]) -> dict[int, FloatArray]:
    """Messages down to where the wanted axes are, and their marginals there; the cells become beliefs."""
    if not wanted:
        return {}
    reading, beliefs = layout.reading(wanted), room.beliefs
    np.maximum(room.messages[: len(beliefs)], SAFE, out=room.safe)
    for b in reading.blocks:
        block = layout.blocks[b]
        if len(block.above):
            down = _summed(beliefs.take(block.above, 1), block.below, block.shape[2])
            if len(block.roots):
                down[:, block.roots] = room.safe_down[b][:, block.roots]
            np.divide(down, room.safe_down[b], down)
            np.multiply(room.tables_down[b], down[:, None], room.tables_down[b])
    weights = _summed(beliefs.take(reading.cells, 1), reading.states, reading.size)
    sums = np.add.reduceat(weights, reading.starts, 1)
    shares = (weights / sums.repeat(reading.cards, 1)).T
    return {v: shares[where] for v, where in reading.where.items()}


class Lanes:
    """Certain leaf gates with many parents: the probability of each rank or less, as one more likelihood of the parents.

    Gate v has lanes `cuts[v]`, one for each rank but the highest; `weights` are what known parents and the leak give.
    """

    def __init__(self, tables: Tables, gates: Sequence[int]) -> None:
        self.numbers = numbers = tables.numbers
        self.cuts: dict[int, slice] = {}
        self.count = 0
        for v in gates:
            self.cuts[v] = slice(self.count, self.count + numbers.structure.cards[v] - 1)
            self.count = self.cuts[v].stop
        self.weights = np.ones(self.count)
        self.inputs = np.ones((self.count, tables.layout.inputs))
        for v, cut in self.cuts.items():
            leak, *links = (t[..., 0] for t in numbers.up_to(v))
            self.weights[cut] *= leak[:-1]
            for p, link in zip(numbers.structure.parents[v], links, strict=True):
                if p in tables.states:
                    self.weights[cut] *= link[tables.states[p], :-1]
                else:
                    self.inputs[cut, tables.layout.likelihood[p]] *= link[:, :-1].T

    @classmethod
    def of(cls, tables: Tables, gates: Sequence[int]) -> Lanes | None:
        """The lanes of these gates, kept with the tables; None for no gates."""
        if not gates:
            return None
        key = tuple(gates)
        if key not in tables.lanes:
            tables.lanes[key] = cls(tables, gates)
        return tables.lanes[key]

    def added(self, inputs: FloatArray) -> FloatArray:
        """The columns of a batch, then each of them in each lane."""
        return np.concatenate([inputs, (inputs[:, None] * self.inputs).reshape(-1, inputs.shape[1])])

    def ranks(self, reached: FloatArray, batch: int) -> dict[int, FloatArray]:
        """The marginal of each gate, shape (states, batch), from P(e) of the columns and of their lanes."""
        up_to = (reached[batch:].reshape(batch, -1) / reached[:batch, None] * self.weights).T
        found = {}
        for v, cut in self.cuts.items():
            ranks = np.diff(np.concatenate([up_to[cut], np.ones((1, batch))]), axis=0, prepend=0.0)
            found[v] = np.maximum(ranks, 0.0)[list(self.numbers.structure.rank[v])]
        return found


def _acted(evidence: Evidence, structure: Structure, numbers: Numbers) -> tuple[Evidence, float] | None:
    """The evidence with the interventions on leaves alone, and a factor of P(e); None where others are not roots.

    Acting on a root is seeing it, but for the probability of what was seen; acting on a leaf tells nothing of anything else.
    """
    if not evidence.interventions:
        return evidence, 1.0
    likelihoods, leaves, scalar = dict(evidence.likelihoods), {}, 1.0
    for v, state in evidence.interventions.items():
        seen = likelihoods.pop(v, None)
        scalar *= 1.0 if seen is None else float(seen[state])
        if structure.children[v] and structure.parents[v]:
            return None
        if structure.children[v]:
            rank = structure.rank[v][state] if structure.noisy[v] else state
            prior = float(numbers.tensors[v][0][rank, 0])
            if prior == 0.0:
                return None
            scalar /= prior
            likelihoods[v] = one_hot(structure.cards[v], state)
        else:
            leaves[v] = state
    return Evidence(likelihoods, leaves, evidence.text), scalar


def _summed(values: FloatArray, places: IntArray, size: int) -> FloatArray:
    """The sum of the values that go to each place, shape (batch, size)."""
    if len(values) == 1:
        return np.asarray(np.bincount(places, values[0], size)[None], dtype=float)
    return np.stack([np.bincount(places, row, size) for row in values])
