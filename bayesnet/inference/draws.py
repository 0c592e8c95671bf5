"""Many draws of the numbers for one case: one plan, eight draws at a time, on as many threads as there are processors.

Of the numbers drawn only those are laid out that the plans read: the columns of the states that are known, and no family below
which nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bayesnet.inference.answers import Draws
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.kernel import LANES
from bayesnet.inference.network import NetworkArrays
from bayesnet.inference.reduced_evidence import ReducedEvidence
from bayesnet.inference.run import Ready, Run
from bayesnet.inference.runner import Runner
from bayesnet.inference.threads import shared
from bayesnet.model.factors import FloatArray, IntArray

CHUNK = 256
"""Number of draws per batch."""


def draw(engine: Runner, evidence: Evidence, tensors: Sequence[tuple[FloatArray, ...]], variables: tuple[int, ...]) -> Draws:
    """Return posteriors of `variables` in every draw, NaN where the findings are impossible."""
    situation = engine.situation(evidence)
    cards, network = engine.structure.cards, engine.network
    size = max(t.shape[-1] for row in tensors for t in row)
    logs = np.full(size, -np.inf)
    marginals = {v: np.full((cards[v], size), np.nan) for v in variables}
    if not situation.possible:
        return Draws(logs, marginals)
    alone, ready, apart = _plans(engine, situation, variables)
    together = _Prepared(engine, ready, situation)
    lowest = {v: _Prepared(engine, *each) for v, each in apart.items()}
    layout = _Layout(network, tensors, np.concatenate([each.read() for each in (together, *lowest.values())]))

    def work(begin: int) -> None:
        end = min(begin + CHUNK, size)
        mine = np.empty(end - begin)
        weights = np.empty((cards[variables[0]] if alone else len(ready.layout.own), end - begin))
        below = {v: np.empty(end - begin) for v in lowest}
        for part, values in layout.lanes(begin, end):
            run = together.run(values, part, down=not alone)
            mine[part] = run.log_probability
            weights[:, part] = run.result if alone else run.weights()
            for v, each in lowest.items():
                below[v][part] = each.run(values, part, down=False).log_probability
        if alone:
            total = weights.sum(0)
            found = {variables[0]: weights[list(network.places[variables[0]])] / np.where(total > 0, total, 1.0)}
        else:
            found = ready.shares(weights)
        for v in variables:
            if v in lowest:
                marginals[v][:, begin:end] = engine.split(v, np.exp(below[v] - np.where(mine > -np.inf, mine, 0.0)))
            else:
                fixed = situation.fixed.get(v)
                marginals[v][:, begin:end] = found[v] if fixed is None else one_hot(cards[v], fixed)[:, None]
        logs[begin:end] = mine + situation.log_constant

    shared(work, range(0, size, CHUNK))
    for marginal in marginals.values():
        marginal[:, logs == -np.inf] = np.nan
    return Draws(logs, marginals)


def entries_read(engine: Runner, evidence: Evidence, variables: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which entries of all tensors, one after the other, `draw` looks at: not those of states that are excluded."""
    situation, network = engine.situation(evidence), engine.network
    read = np.zeros(len(network.values), dtype=bool)
    if situation.possible:
        _, ready, apart = _plans(engine, situation, variables)
        for each in ((ready, situation), *apart.values()):
            read[_Prepared(engine, *each).read()] = True
    count, sizes = len(network.entry), np.diff(np.append(network.starts, len(network.parts)))
    found = np.zeros(count, dtype=bool)
    found[network.entry[read[:count]]] = True
    found[network.entry[network.parts[np.repeat(read[count:], sizes)]]] = True
    return found


def _plans(
    engine: Runner, situation: ReducedEvidence, variables: tuple[int, ...]
) -> tuple[bool, Ready, dict[int, tuple[Ready, ReducedEvidence]]]:
    """Return whether one open variable is asked, the plan, and the plans of gates that are answered apart."""
    alone = len(variables) == 1 and variables[0] not in situation.fixed
    return alone, *((engine.ready(situation, kept=variables), {}) if alone else engine.aside(situation, variables))


class _Prepared:
    """A plan with everything but the numbers filled in, for eight columns."""

    def __init__(self, engine: Runner, ready: Ready, situation: ReducedEvidence) -> None:
        states = engine.states(situation)
        self.ready = ready
        self.bases = ready.layout.factors.at(states)
        self.index = np.repeat(ready.indices(states), LANES, axis=1)
        self.soft = np.repeat(engine.soft(ready, situation, {}), LANES, axis=1)

    def read(self) -> IntArray:
        """Return the values that the plan reads, some of them several times."""
        question = self.ready.plan.question
        factors = [part.places(int(base), question.sizes) for base, part in zip(self.bases, question.factors, strict=True)]
        return np.concatenate([self.index[:, 0], *factors])

    def run(self, values: FloatArray, part: slice, *, down: bool) -> Run:
        """Run it on eight columns of numbers, of which as many count as `part` is long."""
        return Run(self.ready, values, self.bases, self.index, self.soft, part.stop - part.start, down)


class _Layout:
    """The values that change with the draws and are read, and the entry of the tensor that each one copies."""

    def __init__(self, network: NetworkArrays, tensors: Sequence[tuple[FloatArray, ...]], read: IntArray) -> None:
        flat = [t for row in tensors for t in row]
        cuts = np.cumsum([0, *(t.size // t.shape[-1] for t in flat)])
        count, entry = len(network.entry), network.entry
        drawn = np.repeat([t.shape[-1] > 1 for t in flat], np.diff(cuts))[entry]
        used = np.zeros(len(network.values), dtype=bool)
        used[read] = True
        # Values that are sums of others follow those that they are sums of.
        ends = np.append(network.starts[1:], len(network.parts))
        sums = np.flatnonzero(used[count:])
        sums = sums[drawn[network.parts[network.starts[sums]]]]
        parts = [network.parts[network.starts[j] : ends[j]] for j in sums.tolist()]
        rows = used[:count] & drawn
        rows[np.concatenate([*parts, np.zeros(0, dtype=np.int64)])] = True
        copied = np.flatnonzero(rows)
        copied = copied[np.argsort(entry[copied], kind="stable")]
        bounds = np.searchsorted(entry[copied], cuts)
        self.copies = [
            (flat[k].reshape(-1, flat[k].shape[-1]), entry[copied[a:b]] - cuts[k], slice(a, b))
            for k, (a, b) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
            if a < b
        ]
        place = np.zeros(count, dtype=np.int64)
        place[copied] = np.arange(len(copied))
        self.parts = place[np.concatenate([*parts, np.zeros(0, dtype=np.int64)])]
        self.starts = np.cumsum([0, *map(len, parts)])[:-1]
        self.rows = np.concatenate([copied, count + sums])
        self.copied = len(copied)
        self.values = network.laid_out(np.concatenate([t[..., 0].ravel() for t in flat]))

    def lanes(self, begin: int, end: int) -> Iterator[tuple[slice, FloatArray]]:
        """Draws `begin` to `end`, eight at a time: which, counted from `begin`, and the values, always the same array."""
        size = end - begin
        blocks = -(-size // LANES)
        laid = np.empty((len(self.rows), blocks * LANES))
        for tensor, entries, part in self.copies:
            laid[part, :size] = tensor[entries, begin:end]
        laid[: self.copied, size:] = laid[: self.copied, size - 1 : size]
        if len(self.starts):
            laid[self.copied :] = np.add.reduceat(laid[self.parts], self.starts, axis=0)
        each = np.ascontiguousarray(laid.reshape(-1, blocks, LANES).swapaxes(0, 1))
        values = np.repeat(self.values[:, None], LANES, axis=1)
        for k in range(blocks):
            values[self.rows] = each[k]
            yield slice(k * LANES, min((k + 1) * LANES, size)), values
