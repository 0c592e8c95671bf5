"""Sample cases from the network, exactly, also under findings: eliminate once, then draw backwards for all cases at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.whole import whole, whole_seed
from bayesnet.errors import TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import Factors, FloatArray, IntArray, NoisyFamily, TableFamily

if TYPE_CHECKING:
    import pandas as pd


_MAX_CELLS = 2.0**25
_HELPERS = 1_000_000
"""Indices of helper axes start here."""


@dataclass(frozen=True)
class _Part:
    """A factor: axes and array."""

    axes: tuple[int, ...]
    array: FloatArray


_OBSERVED = 0.45
"""Share of the findings of a sampled patient that are known."""
_MOST = 10**8
"""Cases that one call simulates; of a hundred variables as many take 80 gigabytes."""


def simulate(query: Query, count: int, seed: int | None) -> pd.DataFrame:
    """Draw `count` cases as a DataFrame, one column per variable; see `Network.simulate`."""
    import pandas as pd

    count, rng = whole("The number of cases to simulate", count, 0, _MOST), np.random.default_rng(whole_seed(seed))
    compiled = query.compiled
    states = query.ask(lambda _, evidence: sample(compiled.factors, evidence, count, rng))
    columns = {
        name: pd.Categorical.from_codes(states[:, v], categories=pd.Index(compiled.states(v)))
        for v, name in enumerate(compiled.names)
    }
    return pd.DataFrame(columns, columns=list(compiled.names))


def sample(factors: Factors, evidence: Evidence, count: int, rng: np.random.Generator) -> IntArray:
    """Return states of all variables, shape (count, n_variables), drawn from P(. | evidence).

    Raises
    ------
    ZeroEvidence
        When P(evidence) = 0.
    TooWide
        When the elimination would need too large a table.
    """
    drawn: dict[int, IntArray] = {v: np.full(count, state) for v, state in evidence.interventions.items()}
    for v, state in evidence.interventions.items():
        if v in evidence.likelihoods and not evidence.likelihoods[v][state] > 0:
            raise ZeroEvidence
    hard = {v: state for v, state in evidence.hard().items() if v not in evidence.interventions}
    behind = _ancestors(factors, evidence)
    fixed = {**hard, **evidence.interventions}
    drawn.update({v: np.full(count, state) for v, state in hard.items()})
    _draw_backwards(_eliminated(_parts(factors, evidence, behind, fixed)), drawn, count, rng)
    for v in factors.topological():
        if v not in drawn:
            drawn[v] = _pick(_conditional(factors, v, drawn, count), rng)
    return (
        np.stack([drawn[v] for v in range(len(factors.names))], axis=1) if factors.names else np.empty((count, 0), dtype=np.int64)
    )


def sample_costs(factors: Factors, n: int = 500, seed: int = 0, always: Collection[str] = ()) -> FloatArray:
    """Return the products that the plans for all posteriors of n sampled patients take, shape (n,).

    Of a patient drawn from the network the variables in `always` are known, and of all other roots and leaves 45 %.
    """
    rng, engine, known = np.random.default_rng(seed), Engine(factors), {factors.index[name] for name in always}
    ends = [v for v, below in enumerate(engine.structure.children) if not below or not engine.structure.parents[v]]
    costs = []
    for world in sample(factors, Evidence(), n, rng).tolist():
        seen = known | {v for v in ends if rng.random() < _OBSERVED}
        costs.append(engine.cost(Evidence.of({v: world[v] for v in sorted(seen)}, factors.cards)))
    return np.array(costs)


def _ancestors(factors: Factors, evidence: Evidence) -> list[int]:
    """Return the variables that findings depend on, themselves included; interventions cut."""
    found: set[int] = set()
    stack = list(evidence.likelihoods)
    while stack:
        v = stack.pop()
        if v not in found and v not in evidence.interventions:
            found.add(v)
            stack += factors.families[v].parents
    return sorted(found)


def _parts(factors: Factors, evidence: Evidence, behind: Sequence[int], fixed: Mapping[int, int]) -> list[_Part]:
    """Return the factors of P(behind, evidence), fixed variables sliced out."""
    parts: list[_Part] = []
    helper = _HELPERS
    for v in behind:
        family = factors.families[v]
        if isinstance(family, TableFamily):
            parts.append(_sliced(_Part((*family.parents, v), family.table), fixed))
        else:
            more, helper = _chain(family, fixed, helper)
            parts += more
        if v in evidence.likelihoods and v not in fixed:
            parts.append(_Part((v,), np.asarray(evidence.likelihoods[v], dtype=float)))
    return parts


def _sliced(part: _Part, fixed: Mapping[int, int]) -> _Part:
    values = part.array[tuple(fixed.get(a, slice(None)) for a in part.axes)]
    return _Part(tuple(a for a in part.axes if a not in fixed), np.asarray(values))


def _chain(family: NoisyFamily, fixed: Mapping[int, int], helper: int) -> tuple[list[_Part], int]:
    """Return a noisy gate as running maxima, or, where its child stayed at rank zero, one vector per parent."""
    child, ranks = family.child, len(family.leak)
    links = list(zip(family.parents, family.links, strict=True))
    if fixed.get(child) == family.order[0]:
        parts = [_Part((), np.asarray(family.leak[0]))]
        return parts + [_sliced(_Part((p,), link[:, 0]), fixed) for p, link in links], helper
    largest = np.zeros((ranks, ranks, ranks))
    for a in range(ranks):
        for b in range(ranks):
            largest[a, b, max(a, b)] = 1.0
    parts = [_Part((helper,), family.leak)]
    for parent, link in links:
        table = np.einsum("abc,pb->apc", largest, link)
        parts.append(_sliced(_Part((helper, parent, helper + 1), table), fixed))
        helper += 1
    named = np.zeros((ranks, ranks))
    named[np.arange(ranks), list(family.order)] = 1.0
    parts.append(_sliced(_Part((helper, child), named), fixed))
    return parts, helper + 1


def _eliminated(parts: list[_Part]) -> list[tuple[int, _Part]]:
    """Eliminate every axis, cheapest table first; what stood before each sum, in that order: (axis, factor with it last)."""
    kept: list[tuple[int, _Part]] = []
    for axis in _order(parts):
        bucket = [part for part in parts if axis in part.axes]
        parts = [part for part in parts if axis not in part.axes]
        others = sorted({a for part in bucket for a in part.axes} - {axis})
        joined = _product(bucket, (*others, axis))
        kept.append((axis, joined))
        message = joined.array.sum(axis=-1)
        top = float(message.max())
        if not top > 0:
            raise ZeroEvidence
        parts.append(_Part(tuple(others), message / top))
    if any(not part.array > 0 for part in parts):
        raise ZeroEvidence
    return kept


def _order(parts: Sequence[_Part]) -> list[int]:
    """Return every axis, that with the smallest table first; refuse tables that are too large before any is made."""
    sizes = {a: float(n) for part in parts for a, n in zip(part.axes, part.array.shape, strict=True)}
    near: dict[int, set[int]] = {a: set() for a in sizes}
    for part in parts:
        for a in part.axes:
            near[a].update(part.axes)
    cells = {a: math.prod(sizes[b] for b in near[a]) for a in sizes}
    heap, order = [(cells[a], a) for a in sizes], []
    heapify(heap)
    while heap:
        most, axis = heappop(heap)
        if axis not in near or most != cells[axis]:
            continue
        if most > _MAX_CELLS:
            text = (
                f"Sampling under these findings needs a table of more than 2^{math.log2(_MAX_CELLS):.0f} cells, the limit. "
                "Sample with fewer findings."
            )
            raise TooWide(text, most)
        order.append(axis)
        group = near.pop(axis) - {axis}
        for a in group:
            near[a] = (near[a] | group) - {axis}
            cells[a] = math.prod(sizes[b] for b in near[a])
            heappush(heap, (cells[a], a))
    return order


def _product(bucket: Sequence[_Part], axes: tuple[int, ...]) -> _Part:
    """Multiply factors on the given axes."""
    values: FloatArray | None = None
    for part in bucket:
        order = sorted(range(len(part.axes)), key=lambda i: axes.index(part.axes[i]))
        shape = [1] * len(axes)
        for i in order:
            shape[axes.index(part.axes[i])] = part.array.shape[i]
        aligned = part.array.transpose(order).reshape(shape)
        values = aligned if values is None else values * aligned
    assert values is not None
    return _Part(axes, values)


def _draw_backwards(kept: Sequence[tuple[int, _Part]], drawn: dict[int, IntArray], count: int, rng: np.random.Generator) -> None:
    """Draw the eliminated variables, last first, each given those drawn before it; in place."""
    for axis, part in reversed(kept):
        weights = part.array[tuple(drawn[a] for a in part.axes[:-1])]
        drawn[axis] = _pick(np.broadcast_to(weights, (count, part.array.shape[-1])), rng)


def _conditional(factors: Factors, v: int, drawn: Mapping[int, IntArray], count: int) -> FloatArray:
    """Return P(v | parents as drawn), shape (count, states)."""
    family = factors.families[v]
    if isinstance(family, TableFamily):
        weights = family.table[tuple(drawn[p] for p in family.parents)]
        return np.broadcast_to(weights, (count, family.table.shape[-1]))
    up_to = np.broadcast_to(np.cumsum(family.leak), (count, len(family.leak)))
    for parent, link in zip(family.parents, family.links, strict=True):
        up_to = up_to * np.cumsum(link, axis=1)[drawn[parent]]
    weights = np.empty(up_to.shape)
    weights[:, list(family.order)] = np.maximum(np.diff(up_to, axis=1, prepend=0.0), 0.0)
    return weights


def _pick(weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return one state per row, with probabilities in proportion to the weights."""
    up_to = np.cumsum(weights, axis=1)
    at = rng.random(len(weights)) * up_to[:, -1]
    states: IntArray = (at[:, None] >= up_to[:, :-1]).sum(axis=1, dtype=np.int64)
    return states
