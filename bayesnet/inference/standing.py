"""Running the standing tree: messages up give P(e), messages down the posteriors of all variables, with no plan to be made.

Every array carries a batch axis first (states of a target asked jointly, or lanes): columns are few and rows long. Messages are
sums of positive products; a message down is divided by the one that went up, which keeps relative precision and is not needed
where that was zero.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.numbers import Numbers, combine, larger, logarithm
from bayesnet.inference.structure import Structure
from bayesnet.inference.tree import Part, Tree, View, hubs, make_tree
from bayesnet.model.factors import FloatArray

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
    """The tables of a tree for known hub states: one per clique, shape (1, cells), and one per leaf, (states, parents)."""

    def __init__(self, tree: Tree, numbers: Numbers, known: Mapping[int, int]) -> None:
        self.tree = tree
        self.numbers = numbers
        self.states = dict(known)
        for v in tree.fixed:
            if v not in known:
                self.states[v] = int(self._leaf(Part(v, (), -1, v, ()))[:, 0].argmax())
        self.scalar = 1.0
        for v in known:
            if all(p in self.states for p in numbers.structure.parents[v]):
                self.scalar *= float(self._leaf(Part(v, (), -1, v, ()))[self.states[v], 0])
        self.cliques = [self._clique(axes=clique.axes, parts=clique.parts) for clique in tree.cliques]
        self.leaves = {v: self._leaf(leaf.part) for v, (_, leaf) in tree.leaves.items()}
        self.alone = {v: self._leaf(Part(v, (), -1, v, ()))[:, 0] for v in tree.alone}

    def _clique(self, axes: tuple[int, ...], parts: Sequence[Part]) -> FloatArray:
        sizes = [self.tree.sizes[a] for a in axes]
        table = np.ones(sizes)
        for part in parts:
            mine = self._table(part)
            if part.after in self.states:
                mine = mine[..., self.states[part.after]]
            order = sorted(range(len(part.axes)), key=lambda k: axes.index(part.axes[k]))
            shape = [size if a in part.axes else 1 for a, size in zip(axes, sizes, strict=True)]
            table = table * mine.transpose(order).reshape(shape)
        return table.reshape(1, -1)

    def _leaf(self, part: Part) -> FloatArray:
        """P(leaf | parents), the parents in the order of `part.axes`, flattened."""
        parents = self.numbers.structure.parents[part.family]
        original = (*(parents[i] for i in part.group), *((part.before,) if part.before >= 0 else ()))
        table = self._table(part)
        order = (len(original), *(original.index(a) for a in part.axes))
        return np.ascontiguousarray(table.transpose(order)).reshape(table.shape[-1], -1)

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
    """The standing trees of one network, by which hubs are known, and their tables, by the hubs' states."""

    def __init__(self, structure: Structure, numbers: Numbers) -> None:
        self.structure = structure
        self.numbers = numbers
        self.hubs = hubs(structure)
        self._trees: OrderedDict[frozenset[int], Tree | None] = OrderedDict()
        self._tables: OrderedDict[tuple[tuple[int, int], ...], Tables] = OrderedDict()

    def tree(self, evidence: Evidence) -> Tree | None:
        """The tree for the evidence, or None where the network is too wide or the evidence not of a kind for trees."""
        if len(self.structure.cards) > LARGEST:
            return None
        tree = self._made(frozenset())
        if tree is None and self.hubs:
            tree = self._made(frozenset(self._known(evidence)))
        return None if tree is None or any(v in tree.extras for v in evidence.likelihoods) else tree

    def _made(self, known: frozenset[int]) -> Tree | None:
        if known not in self._trees:
            self._trees[known] = make_tree(self.structure, known, NARROW if known or not self.hubs else MODEST)
            if len(self._trees) > CONTEXTS:
                self._trees.popitem(last=False)
        return self._trees[known]

    def ask(self, evidence: Evidence, columns: Mapping[int, FloatArray] | None = None) -> TreeRun | None:
        """A run for the evidence, or None where the question is not one for a tree.

        `columns[v]` is an extra likelihood of axis v for each column of a batch, shape (states, batch).
        """
        acted = _acted(evidence, self.structure, self.numbers)
        if acted is None:
            return None
        evidence, scalar = acted
        tree = self.tree(evidence)
        if tree is None or any(v not in tree.place for v in columns or {}):
            return None
        known = {v: state for v, state in self._known(evidence).items() if v in tree.fixed}
        run = TreeRun(self._filled(tree, known), evidence, columns or {}, scalar)
        return run if float(run.total.min()) >= TINY else None

    def _known(self, evidence: Evidence) -> dict[int, int]:
        likelihoods = evidence.likelihoods
        return {v: int(likelihoods[v].argmax()) for v in self.hubs if v in likelihoods and np.count_nonzero(likelihoods[v]) == 1}

    def _filled(self, tree: Tree, known: dict[int, int]) -> Tables:
        key = tuple(sorted(known.items()))
        if key in self._tables:
            self._tables.move_to_end(key)
            return self._tables[key]
        self._tables[key] = Tables(tree, self.numbers, known)
        if len(self._tables) > CONTEXTS:
            self._tables.popitem(last=False)
        return self._tables[key]


class TreeRun:
    """Messages up for one body of evidence, a batch of columns at once; messages down when posteriors are asked."""

    def __init__(self, tables: Tables, evidence: Evidence, columns: Mapping[int, FloatArray], scalar: float) -> None:
        self.tables = tables
        self.tree = tables.tree
        self.evidence = evidence
        self.vectors: dict[int, FloatArray] = {}
        self.inbox: dict[int, list[tuple[View, FloatArray]]] = {}
        self.messages: dict[int, FloatArray] = {}
        scalar *= tables.scalar
        for v, likelihood in evidence.likelihoods.items():
            if v in self.tree.place:
                self.vectors[v] = likelihood[None]
            elif v in self.tree.leaves:
                place, leaf = self.tree.leaves[v]
                self.messages[v] = (likelihood @ tables.leaves[v])[None]
                self.inbox.setdefault(place, []).append((leaf.view, self.messages[v]))
            else:
                scalar *= float(likelihood[tables.states[v]] if v in tables.states else likelihood @ tables.alone[v])
        for v, vector in columns.items():
            self.vectors[v] = self.vectors[v] * vector.T if v in self.vectors else vector.T
        self.log_scalar = logarithm(np.array(scalar))
        self.up, self.sent, self.total = self._collect(self.vectors)
        if scalar == 0.0:
            self.total = self.total * 0.0

    @property
    def log_probability(self) -> FloatArray:
        """Ln P(e), per batch column."""
        return logarithm(self.total) + self.log_scalar

    def marginals(self, wanted: Sequence[int]) -> dict[int, FloatArray]:
        """P(v | e) of the wanted variables, shape (states, batch)."""
        tree = self.tree
        places = {tree.reads[v][0] for v in wanted if v in tree.reads}
        places |= {tree.leaves[v][0] for v in wanted if v in tree.leaves and not self._hard(v)}
        beliefs = self._distribute(places)
        acted = self.evidence.interventions
        found = self._extras([v for v in wanted if v in tree.extras and v not in acted])
        for v in wanted:
            if v in acted:
                found[v] = one_hot(self.tables.numbers.structure.cards[v], acted[v])[:, None]
            elif v in tree.reads:
                k, view = tree.reads[v]
                found[v] = (_gathered(beliefs[k], view) / self.sent[tree.cliques[k].root]).T
            elif v in self.tables.states:
                found[v] = one_hot(self.tables.numbers.structure.cards[v], self.tables.states[v])[:, None]
            elif v in tree.alone:
                found[v] = _normalised((self.tables.alone[v] * self.evidence.likelihoods.get(v, 1.0))[None])
            elif v in tree.leaves:
                found[v] = self._leaf(v, beliefs)
        return found

    def _collect(
        self, vectors: Mapping[int, FloatArray], lanes: int = 0
    ) -> tuple[list[FloatArray], list[FloatArray], FloatArray]:
        """Tables with all messages in, messages up, and P(e) but for the scalars.

        With `lanes` the batch is that many times as long and `vectors` are those that differ from the run's own: what does not
        depend on them is taken from there.
        """
        up: list[FloatArray] = []
        sent: list[FloatArray] = []
        changed: list[bool] = []
        total = np.ones(1)
        for k, (axes, shape, cells, parent, _, _, children, _) in enumerate(self.tree.cliques):
            axis = axes[0]
            if lanes:
                changed.append(axis in vectors or any(changed[c] for c in children))
                if not changed[k]:
                    up.append(self.up[k])
                    sent.append(_repeated(self.sent[k], lanes))
                    total = total * sent[k][:, 0] if parent < 0 else total
                    continue
            table = self.tables.cliques[k]
            if axis in vectors or axis in self.vectors:
                vector = vectors[axis] if axis in vectors else _repeated(self.vectors[axis], lanes)
                table = (table.reshape(shape) * vector[:, :, None]).reshape(-1, cells)
            for view, message in self.inbox.get(k, ()):
                table = table * message.take(view.spread, 1)
            for c in children:
                table = table * sent[c].take(self.tree.cliques[c].view.spread, 1)
            up.append(table)
            sent.append(np.add.reduce(table.reshape(shape), 1))
            if parent < 0:
                total = total * sent[k][:, 0]
        return up, sent, total

    def _distribute(self, places: set[int]) -> dict[int, FloatArray]:
        """P(clique, e) up to a factor per column, for the cliques in `places` and those on the way to them."""
        cliques = self.tree.cliques
        needed = set(places)
        for k, clique in enumerate(cliques):
            if k in needed and clique.parent >= 0:
                needed.add(clique.parent)
        beliefs: dict[int, FloatArray] = {}
        for k in sorted(needed, reverse=True):
            _, shape, cells, parent, view, *_ = cliques[k]
            if parent < 0:
                beliefs[k] = self.up[k]
                continue
            down = _gathered(beliefs[parent], view) / np.maximum(self.sent[k], SAFE)
            beliefs[k] = (self.up[k].reshape(shape) * down[:, None]).reshape(-1, cells)
        return beliefs

    def _hard(self, v: int) -> bool:
        likelihood = self.evidence.likelihoods.get(v)
        return likelihood is not None and np.count_nonzero(likelihood) == 1

    def _leaf(self, v: int, beliefs: Mapping[int, FloatArray]) -> FloatArray:
        """A leaf: its table times what its parents are believed to be without it."""
        likelihood = self.evidence.likelihoods.get(v)
        if likelihood is not None and self._hard(v):
            return one_hot(len(likelihood), int(likelihood.argmax()))[:, None]
        place, leaf = self.tree.leaves[v]
        parents = _gathered(beliefs[place], leaf.view)
        if likelihood is None:
            return np.asarray((parents @ self.tables.leaves[v].T / self.sent[self.tree.cliques[place].root]).T)
        return _normalised(((parents / np.maximum(self.messages[v], SAFE)) @ self.tables.leaves[v].T) * likelihood)

    def _extras(self, gates: Sequence[int]) -> dict[int, FloatArray]:
        """Certain leaf gates: the probability of each rank or less, one lane each, by one more pass up."""
        if not gates:
            return {}
        numbers, states, batch = self.tables.numbers, self.tables.states, len(self.total)
        cuts = np.cumsum([0, *(numbers.structure.cards[v] - 1 for v in gates)]).tolist()
        weight = np.ones(cuts[-1])
        lanes: dict[int, FloatArray] = {}
        for v, begin, end in zip(gates, cuts, cuts[1:], strict=False):
            leak, *links = (t[..., 0] for t in numbers.up_to(v))
            weight[begin:end] *= leak[:-1]
            for p, link in zip(numbers.structure.parents[v], links, strict=True):
                if p in states:
                    weight[begin:end] *= link[states[p], :-1]
                else:
                    lanes.setdefault(p, np.ones((len(link), cuts[-1])))[:, begin:end] *= link[:, :-1]
        vectors = {}
        for v, vector in lanes.items():
            own = self.vectors[v][:, None] * vector.T if v in self.vectors else vector.T[None]
            vectors[v] = np.broadcast_to(own, (batch, cuts[-1], len(vector))).reshape(-1, len(vector))
        total = np.broadcast_to(self._collect(vectors, cuts[-1])[2], (batch * cuts[-1],)).reshape(batch, -1)
        up_to = (total / self.total[:, None] * weight).T
        found = {}
        for v, begin, end in zip(gates, cuts, cuts[1:], strict=False):
            ranks = np.diff(np.concatenate([up_to[begin:end], np.ones((1, batch))]), axis=0, prepend=0.0)
            found[v] = np.maximum(ranks, 0.0)[list(numbers.structure.rank[v])]
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


def _normalised(weights: FloatArray) -> FloatArray:
    """Rows of weights as probabilities, shape (states, batch)."""
    return np.asarray((weights / np.add.reduce(weights, 1, keepdims=True)).T)


def _gathered(table: FloatArray, view: View) -> FloatArray:
    """A clique's table summed onto some of its axes."""
    return np.asarray(np.add.reduce(table.take(view.groups, 1), 1))


def _repeated(x: FloatArray, lanes: int) -> FloatArray:
    """Each column of the batch `lanes` times, if columns differ at all."""
    return np.repeat(x, lanes, 0) if lanes and len(x) > 1 else x
