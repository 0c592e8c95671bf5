"""A second route to every answer: plain variable elimination with gates spelled out as chains.

Slow, and shares no code with the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bayesnet.inference.answers import Cohort, Draws, RawJoint, RawMostProbable, RawPosteriors
from bayesnet.inference.evidence import Evidence, ZeroEvidence, one_hot
from bayesnet.model.factors import Factors, FloatArray, IntArray, NoisyFamily, TableFamily


class Gradient(NamedTuple):
    """P(e) = `value` * exp(`log_scale`), and its derivatives by every tensor entry, on the same scale, family by family."""

    value: float
    log_scale: float
    adjoints: tuple[tuple[FloatArray, ...], ...]


def gradients(engine: object, evidence: Evidence, *events: tuple[int, int]) -> list[Gradient]:
    """What another engine says of P(event, e) of each event, then of P(e), by family and tensor."""
    found, made = engine.gradients(evidence, events), []
    shapes = [[t.shape for t in family.tensors] for family in engine.factors.families]
    for value, row in zip(found.values, found.by_entry, strict=True):
        entries = iter(np.split(row, np.cumsum([int(np.prod(shape)) for shapes_ in shapes for shape in shapes_])))
        adjoints = tuple(tuple(next(entries).reshape(shape) for shape in shapes_) for shapes_ in shapes)
        made.append(Gradient(float(value), found.log_scale, adjoints))
    return made


@dataclass
class _Leaf:
    axes: tuple[int, ...]
    array: FloatArray
    source: tuple[int, int] | None = None


@dataclass
class _Step:
    inputs: list[int]
    axes: tuple[int, ...]
    scale: float


class _Elimination:
    """One elimination with its tape, so that it can be run backwards."""

    def __init__(self, leaves: Sequence[_Leaf], keep: Sequence[int], best: Sequence[int] = ()) -> None:
        self.values: list[FloatArray] = [leaf.array for leaf in leaves]
        self.axes: list[tuple[int, ...]] = [leaf.axes for leaf in leaves]
        self.steps: list[_Step] = []
        self.log_scale = 0.0
        self.traces: list[tuple[int, tuple[int, ...], FloatArray]] = []
        live = list(range(len(leaves)))
        pending = {a for axes in self.axes for a in axes} - set(keep)
        sizes = {a: n for axes, v in zip(self.axes, self.values, strict=True) for a, n in zip(axes, v.shape, strict=True)}
        maxed = set(best)
        while pending:
            pool = pending - maxed or pending
            axis = min(
                sorted(pool),
                key=lambda a: np.prod([sizes[b] for b in {b for i in live for b in self.axes[i] if a in self.axes[i]}]),
            )
            bucket = [i for i in live if axis in self.axes[i]]
            live = [i for i in live if i not in bucket]
            live.append(self._combine(bucket, axis, axis in maxed))
            pending.discard(axis)
        self.top = self._combine(live, None, False, tuple(keep))

    def _combine(self, bucket: list[int], axis: int | None, best: bool, order: tuple[int, ...] | None = None) -> int:
        union = sorted({a for i in bucket for a in self.axes[i]})
        out = order if order is not None else tuple(a for a in union if a != axis)
        if best:
            assert axis is not None
            full = _einsum([(self.axes[i], self.values[i]) for i in bucket], (axis, *out))
            self.traces.append((axis, out, full.argmax(axis=0)))
            value = full.max(axis=0)
        else:
            value = _einsum([(self.axes[i], self.values[i]) for i in bucket], out)
        top = float(value.max()) if value.size else 1.0
        scale = top if top > 0 else 1.0
        self.values.append(value / scale)
        self.axes.append(out)
        self.steps.append(_Step(bucket, out, scale))
        self.log_scale += float(np.log(scale))
        return len(self.values) - 1

    def backward(self, seed: FloatArray) -> list[FloatArray]:
        """Derivatives of sum(seed * top) by every leaf, on the scale of the scaled top."""
        adjoints = [np.zeros_like(v) for v in self.values]
        adjoints[self.top] = seed
        first = len(self.values) - len(self.steps)
        for k in range(len(self.steps) - 1, -1, -1):
            step, out = self.steps[k], adjoints[first + k]
            for i in step.inputs:
                others = [(self.axes[j], self.values[j]) for j in step.inputs if j != i]
                sizes = dict(zip(self.axes[i], self.values[i].shape, strict=True))
                ones = [((a,), np.ones(n)) for a, n in sizes.items()]
                adjoints[i] = adjoints[i] + _einsum([(step.axes, out / step.scale), *others, *ones], self.axes[i])
        return adjoints


def _einsum(parts: Sequence[tuple[tuple[int, ...], FloatArray]], out: tuple[int, ...]) -> FloatArray:
    """Sum of products over integer axes, two operands at a time."""
    axes, value = (), np.array(1.0)
    for k, (more, array) in enumerate(parts):
        wanted = set(out) | {a for rest, _ in parts[k + 1 :] for a in rest}
        keep = tuple(sorted((set(axes) | set(more)) & wanted)) if k + 1 < len(parts) else out
        names = {a: i for i, a in enumerate(sorted(set(axes) | set(more)))}
        value = np.einsum(value, [names[a] for a in axes], array, [names[a] for a in more], [names[a] for a in keep])
        axes = keep
    return value if parts else np.array(1.0)


class Engine:
    """Exact inference on one network. Stateless but for its cache of plans; safe to share."""

    def __init__(self, factors: Factors, max_cells: float = 2.0**27) -> None:
        self.factors = factors
        self.max_cells = max_cells

    def _leaves(self, evidence: Evidence, wanted: Sequence[int], ones: Sequence[int] = ()) -> list[_Leaf]:
        factors = self.factors
        n, aux = len(factors.names), len(factors.names)
        relevant: set[int] = set()
        stack = [*evidence.likelihoods, *wanted, *evidence.interventions]
        while stack:
            v = stack.pop()
            if v not in relevant:
                relevant.add(v)
                if v not in evidence.interventions:
                    stack += factors.families[v].parents
        leaves: list[_Leaf] = []
        for v in sorted(relevant):
            family = factors.families[v]
            if v in evidence.interventions:
                leaves.append(_Leaf((v,), one_hot(factors.cards[v], evidence.interventions[v])))
            elif isinstance(family, TableFamily):
                leaves.append(_Leaf((*family.parents, v), family.table, (v, 0)))
            else:
                more, aux = _chain(family, v, aux)
                leaves += more
            if v in evidence.likelihoods:
                leaves.append(_Leaf((v,), np.asarray(evidence.likelihoods[v], dtype=float)))
        leaves += [_Leaf((v,), np.ones(factors.cards[v])) for v in ones if v in relevant]
        assert n <= aux
        return leaves

    def cost(self, evidence: Evidence, variables: Sequence[int] | None = None) -> float:
        """Predicted table cells of the plan."""
        run = _Elimination(self._leaves(evidence, list(variables or range(len(self.factors.names)))), ())
        return float(sum(v.size for v in run.values))

    def log_probability(self, evidence: Evidence) -> float:
        """ln P(e), findings after interventions; -inf when impossible; the scale of likelihoods counts as given."""
        run = _Elimination(self._leaves(evidence, ()), ())
        top = float(run.values[run.top])
        return float(np.log(top)) + run.log_scale if top > 0 else -np.inf

    def posteriors(self, evidence: Evidence, variables: Sequence[int] | None = None) -> RawPosteriors:
        """P(v | e) of `variables` (all when None). Raises ZeroEvidence when P(e) = 0."""
        wanted = range(len(self.factors.names)) if variables is None else variables
        tables = {v: self.joint((v,), evidence) for v in wanted}
        return RawPosteriors(self.log_probability(evidence), {v: joint.table for v, joint in tables.items()})

    def joint(self, variables: Sequence[int], evidence: Evidence) -> RawJoint:
        """P(variables | e). Raises ZeroEvidence when P(e) = 0."""
        run = _Elimination(self._leaves(evidence, variables), tuple(variables))
        table = run.values[run.top]
        total = float(table.sum())
        if total <= 0:
            raise ZeroEvidence
        return RawJoint(tuple(variables), table / total, float(np.log(total)) + run.log_scale)

    def joint_with_each(self, target: int, evidence: Evidence, variables: Sequence[int] | None = None) -> dict[int, FloatArray]:
        """P(target, v | e), shape (states of target, states of v), for every unobserved v (or those in `variables`)."""
        taken = set(evidence.likelihoods) | set(evidence.interventions) | {target}
        wanted = [v for v in range(len(self.factors.names)) if v not in taken] if variables is None else variables
        return {v: self.joint((target, v), evidence).table for v in wanted}

    def gradient(self, evidence: Evidence, clamp: Mapping[int, int] | None = None) -> Gradient:
        """P(clamp, e) and its derivative by every tensor entry. Right also where P = 0."""
        for v, state in (clamp or {}).items():
            evidence = evidence.with_likelihood(v, one_hot(self.factors.cards[v], state))
        leaves = self._leaves(evidence, ())
        run = _Elimination(leaves, ())
        backward = run.backward(np.array(1.0))
        adjoints = [[np.zeros_like(t) for t in family.tensors] for family in self.factors.families]
        for leaf, adjoint in zip(leaves, backward, strict=False):
            if leaf.source is not None:
                adjoints[leaf.source[0]][leaf.source[1]] = adjoint
        return Gradient(float(run.values[run.top]), run.log_scale, tuple(tuple(row) for row in adjoints))

    def draws(self, evidence: Evidence, tensors: Sequence[tuple[FloatArray, ...]], variables: Sequence[int]) -> Draws:
        """Posteriors under B draws of the numbers; `tensors` as from the expander, batch axis last."""
        size = max(t.shape[-1] for row in tensors for t in row)
        logs, marginals = np.empty(size), {v: np.empty((self.factors.cards[v], size)) for v in variables}
        for b in range(size):
            engine = Engine(_with_tensors(self.factors, [[t[..., b if t.shape[-1] > 1 else 0] for t in row] for row in tensors]))
            logs[b] = engine.log_probability(evidence)
            for v in variables:
                marginals[v][:, b] = engine.joint((v,), evidence).table if logs[b] > -np.inf else np.nan
        return Draws(logs, marginals)

    def cohort(self, rows: IntArray, variables: Sequence[int], workers: int | None = None) -> Cohort:
        """Posteriors of `variables` for each row of states, shape (n, n_variables), -1 where unobserved."""
        logs = np.empty(len(rows))
        marginals = {v: np.full((len(rows), self.factors.cards[v]), np.nan) for v in variables}
        for i, row in enumerate(rows):
            evidence = Evidence.of({v: int(s) for v, s in enumerate(row) if s >= 0}, self.factors.cards)
            logs[i] = self.log_probability(evidence)
            if logs[i] > -np.inf:
                for v, marginal in self.posteriors(evidence, variables).marginals.items():
                    marginals[v][i] = marginal
        return Cohort(logs, marginals)

    def most_probable(self, evidence: Evidence, of: Sequence[int] | None = None) -> RawMostProbable:
        """The most probable assignment of `of` (all variables not observed when None), the rest summed out."""
        fixed = {**evidence.hard(), **evidence.interventions}
        chosen = tuple(of) if of is not None else tuple(v for v in range(len(self.factors.names)) if v not in fixed)
        assignment, log = self._best(evidence, chosen)
        others = []
        for v in chosen:
            for state in range(self.factors.cards[v]):
                if state != assignment[v]:
                    clamped = evidence.with_likelihood(v, one_hot(self.factors.cards[v], state))
                    try:
                        others.append(self._best(clamped, chosen))
                    except ZeroEvidence:
                        continue
        runner, runner_log = max(others, key=lambda pair: pair[1], default=(None, -np.inf))
        return RawMostProbable(assignment, log, runner, runner_log, not runner_log > log - 1e-12)

    def _best(self, evidence: Evidence, chosen: tuple[int, ...]) -> tuple[dict[int, int], float]:
        run = _Elimination(self._leaves(evidence, chosen), (), chosen)
        top = float(run.values[run.top])
        if top <= 0:
            raise ZeroEvidence
        states: dict[int, int] = {}
        for axis, others, best in reversed(run.traces):
            states[axis] = int(best[tuple(states[a] for a in others)])
        return {v: states[v] for v in chosen}, float(np.log(top)) + run.log_scale


def _chain(family: NoisyFamily, v: int, aux: int) -> tuple[list[_Leaf], int]:
    """A noisy gate as a chain of running maxima over helper axes."""
    ranks = len(family.leak)
    largest = np.zeros((ranks, ranks, ranks))
    for a in range(ranks):
        for b in range(ranks):
            largest[a, b, max(a, b)] = 1.0
    named = np.zeros((ranks, ranks))
    named[np.arange(ranks), list(family.order)] = 1.0
    current, aux = aux, aux + 1
    leaves = [_Leaf((current,), family.leak, (v, 0))]
    for i, (parent, link) in enumerate(zip(family.parents, family.links, strict=True)):
        leaves += [_Leaf((parent, aux), link, (v, i + 1)), _Leaf((current, aux, aux + 1), largest)]
        current, aux = aux + 1, aux + 2
    return [*leaves, _Leaf((current, v), named)], aux


def _with_tensors(factors: Factors, tensors: Sequence[Sequence[FloatArray]]) -> Factors:
    """The same network with other arrays in its families."""
    families = tuple(
        TableFamily(f.child, f.parents, row[0])
        if isinstance(f, TableFamily)
        else NoisyFamily(f.child, f.parents, f.order, row[0], tuple(row[1:]))
        for f, row in zip(factors.families, tensors, strict=True)
    )
    return Factors(
        factors.names, factors.states, families, factors.number_ids, factors.values, factors.linear, factors.dependence
    )
