"""Sixth stage: posteriors of all variables from one run forwards, one backwards, and one with a column per barren gate.

Weights here are P(v, e) up to a common factor per batch column; callers divide by their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bayesnet.inference import lanes
from bayesnet.inference.evidence import one_hot
from bayesnet.inference.fill import Filler
from bayesnet.inference.numbers import Choice, Numbers, combine, larger, logarithm, pick
from bayesnet.inference.program import Program
from bayesnet.inference.run import Tape, backward, forward
from bayesnet.inference.situation import Situation
from bayesnet.model.factors import FloatArray

TINY = 1e-200
"""Below this P(e) the run is repeated with scaling; above, nothing that matters can have been lost to underflow."""


@dataclass
class Run:
    """One program filled and run for one situation, a batch of columns at once.

    `states` and `intervals` are those of the situation and the roles, unless given per column; `likelihoods[v]` is an extra
    vector of axis variable v, shape (states kept, batch).
    """

    program: Program
    numbers: Numbers
    situation: Situation
    states: Mapping[int, Choice] = field(default_factory=dict)
    likelihoods: Mapping[int, FloatArray] = field(default_factory=dict)
    intervals: Mapping[int, tuple[Choice, Choice]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states = self.states or self.situation.fixed
        self.filler = Filler(self.program, self.numbers, self.situation, self.states, self.intervals)
        self.tape = self._forward(False)
        if float(self.total.min()) < TINY:
            self.tape = self._forward(True)

    def _forward(self, scaled: bool) -> Tape:
        self.leaves, self.log_scalars, self.log_vectors = self.filler.buffers(scaled)
        for v, vector in self.likelihoods.items():
            buffer = self.program.unary[v]
            self.leaves[buffer] = self.leaves[buffer] * vector
        return forward(self.program, self.leaves, scaled)

    @property
    def total(self) -> FloatArray:
        """The result summed over the kept axes, per batch column."""
        result = self.tape.result
        return np.asarray(result.reshape(-1, result.shape[-1]).sum(0))

    @property
    def log_scale(self) -> FloatArray:
        """What the total must be multiplied by, as a logarithm: scalars, scaling, likelihood scales."""
        return self.log_scale_without_scalars + self.log_scalars

    @property
    def log_scale_without_scalars(self) -> FloatArray:
        """The same without the program's scalars, so that it is finite even where one of them is zero."""
        return self.tape.log_scale + self.log_vectors + self.situation.log_constant

    @property
    def log_probability(self) -> FloatArray:
        """Ln P(e), per batch column; -inf where it is impossible."""
        return logarithm(self.total) + self.log_scale

    def weights(self) -> dict[int, FloatArray]:
        """P(v, e) / exp(log_scale) of every axis variable over all its states, shape (states, batch)."""
        adjoints = backward(self.tape, np.ones_like(self.tape.result))
        found = {}
        for v, buffer in self.program.unary.items():
            own = self.leaves[buffer]
            found[v] = self.spread(v, own * adjoints[buffer].reshape(len(own), -1))
        return found

    def spread(self, v: int, kept: FloatArray) -> FloatArray:
        """From the states left to all states, zeros elsewhere."""
        if v not in self.situation.allowed:
            return kept
        full = np.zeros((self.situation.cards[v], *kept.shape[1:]))
        full[list(self.situation.allowed[v])] = kept
        return full

    def expanded(self, variables: tuple[int, ...]) -> FloatArray:
        """The result with one full axis per variable asked, fixed and narrowed ones filled up with zeros, batch last."""
        situation = self.situation
        kept = self.program.kept
        table = self.tape.result.reshape([*(len(situation.states(v)) for v in kept), -1])
        wanted = [v for v in variables if v not in situation.fixed]
        table = table.transpose(*(kept.index(v) for v in wanted), len(kept))
        full = np.zeros((*(situation.cards[v] for v in variables), table.shape[-1]))
        index = [list(situation.states(v)) if v not in situation.fixed else [situation.fixed[v]] for v in variables]
        full[np.ix_(*index)] = table.reshape(*(len(states) for states in index), -1)
        return full

    def answers(self, variables: Sequence[int]) -> dict[int, FloatArray]:
        """P(v | e) of the variables: read off the result if the program kept exactly these, otherwise by a run backwards."""
        if self.program.kept != tuple(variables):
            return self.marginals(variables)
        table = self.expanded(tuple(variables))
        with np.errstate(invalid="ignore", divide="ignore"):
            return {variables[0]: table / table.sum(0)}

    def marginals(self, wanted: Sequence[int]) -> dict[int, FloatArray]:
        """P(v | e) of the wanted variables, shape (states, batch); columns of probability zero are NaN."""
        found = {v: self._fixed(v) for v in wanted if v in self.situation.fixed}
        roles = self.program.roles
        if any(v not in found for v in wanted):
            with np.errstate(invalid="ignore", divide="ignore"):
                found |= {v: w / w.sum(0) for v, w in self.weights().items()}
                found |= lanes.answer(self)
            for v in roles.chains:
                found[v] = self._chain(v, found)
        return {v: found[v] for v in wanted}

    def _fixed(self, v: int) -> FloatArray:
        state = self.states[v]
        if isinstance(state, int):
            return one_hot(self.situation.cards[v], state)[:, None]
        return np.asarray(np.arange(self.situation.cards[v])[:, None] == state[None, :], dtype=float)

    def _chain(self, v: int, found: Mapping[int, FloatArray]) -> FloatArray:
        """A barren variable with at most one open parent: the parent's posterior through its table or gate."""
        parent, table = self.conditional(v)
        return np.asarray(((np.ones((1, 1, 1)) if parent is None else found[parent][:, None]) * table).sum(0))

    def conditional(self, v: int) -> tuple[int | None, FloatArray]:
        """The only open parent of v (None when there is none) and P(v | parent), shape (states of parent or 1, states, batch)."""
        structure = self.numbers.structure
        free = [(i, p) for i, p in enumerate(structure.parents[v]) if p not in self.situation.fixed]
        parent = free[0][1] if free else None
        if structure.noisy[v]:
            ranks = combine(self.filler.rows(v))[:, None]
            if free:
                ranks = larger(ranks, self.numbers.tensors[v][free[0][0] + 1].swapaxes(0, 1))
            return parent, ranks[list(structure.rank[v])].swapaxes(0, 1)
        table = self.numbers.tensors[v][0]
        for axis, p in reversed(list(enumerate(structure.parents[v]))):
            if p in self.situation.fixed:
                table = pick(table, self.states[p], axis)
        return parent, table if free else table[None]
