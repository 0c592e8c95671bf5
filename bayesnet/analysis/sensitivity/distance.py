"""Distances between two networks: the CD distance and the Kullback-Leibler divergence of their joint distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.tables import table_of
from bayesnet.errors import SpecError, TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors, Family, FloatArray, NoisyFamily
from bayesnet.results.base import Provenance
from bayesnet.results.tuning import Distance

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


Term = tuple[tuple[int, ...], FloatArray]
"""Variables and an array of log-values with one axis for each of them."""


def largest_sum(terms: Sequence[Term], max_cells: float = 2.0**24) -> float:
    """Return the maximum over all assignments of the sum of the terms; -inf marks impossible entries.

    Raises
    ------
    TooWide
        When an intermediate table would have more than `max_cells` cells.
    """
    live = [(axes, np.asarray(array, dtype=float)) for axes, array in terms]
    sizes = {a: n for axes, array in live for a, n in zip(axes, array.shape, strict=True)}
    pending = set(sizes)
    while pending:
        axis = min(sorted(pending), key=lambda a: _cells(live, sizes, a))
        cells = _cells(live, sizes, axis)
        if cells > max_cells:
            raise TooWide(f"the distance needs a table of {cells:.2g} cells, more than the {max_cells:.2g} allowed", cells)
        bucket = [term for term in live if axis in term[0]]
        rest = [term for term in live if axis not in term[0]]
        live = [*rest, _eliminate(bucket, axis)]
        pending.discard(axis)
    return float(sum(float(array) for _, array in live))


def _cells(live: Sequence[Term], sizes: dict[int, int], axis: int) -> float:
    """Size of the table in which `axis` is eliminated."""
    scope = {a for axes, _ in live if axis in axes for a in axes}
    return float(np.prod([float(sizes[a]) for a in scope]))


def _eliminate(bucket: Sequence[Term], axis: int) -> Term:
    """Add the terms that hold `axis` and take the maximum over it."""
    scope = (*sorted({a for axes, _ in bucket for a in axes} - {axis}), axis)
    total: FloatArray = np.zeros(())
    for axes, array in bucket:
        order = sorted(range(len(axes)), key=lambda i: scope.index(axes[i]))
        moved = array.transpose(order)
        shape = [moved.shape[sorted(axes, key=scope.index).index(a)] if a in axes else 1 for a in scope]
        total = total + moved.reshape(shape)
    return scope[:-1], total.max(axis=-1)


_INFINITE = 1e9
"""Takes the place of the logarithm of infinity in a sum; no sum of finite terms comes near it."""


@dataclass(frozen=True)
class Conditional:
    """P(variable | others) as a table over `axes`, variables of the first network, states in its order."""

    axes: tuple[int, ...]
    table: FloatArray


def distance(compiled: CompiledModel, other: CompiledModel) -> Distance:
    """Return CD distance and KL(first || second) of two networks, and the variables that differ; see `bayesnet.distance`."""
    first, second = compiled.factors, other.factors
    changed, _ = _parts(first, second)
    return Distance(
        title=f"{compiled.model.name} and {other.model.name}",
        provenance=Provenance(compiled.model.name, compiled.model.version, compiled.model.digest),
        cd=cd_distance(first, second),
        kl=kl_divergence(first, second, compiled.engine),
        changed=tuple(first.names[old.axes[-1]] if old.axes else "" for old, _ in changed),
    )


def cd_distance(first: Factors, second: Factors) -> float:
    """Return the CD distance ln max P'(w)/P(w) - ln min P'(w)/P(w) over all assignments w; exact, without listing them.

    The ratio of two joints is a product of ratios of families, so its extremes are found by eliminating variables; families
    that did not change matter only by what they make impossible. Infinite when one network allows what the other forbids.

    References
    ----------
    Chan H, Darwiche A (2005). A distance measure for bounding probabilistic belief change.
    Int J Approx Reason 38:149-174.
    """
    changed, support = _parts(first, second)
    if not changed:
        return 0.0
    up = [_log_ratio(new, old) for old, new in changed]
    down = [_log_ratio(old, new) for old, new in changed]
    zeros = [(c.axes, np.where(c.table > 0, 0.0, -np.inf)) for c in support]
    largest = largest_sum([term for pair in up for term in pair] + zeros)
    smallest = -largest_sum([term for pair in down for term in pair] + zeros)
    if largest > _INFINITE / 2 or smallest < -_INFINITE / 2:
        return float("inf")
    return max(0.0, largest - smallest)


def kl_divergence(first: Factors, second: Factors, engine: Engine) -> float:
    """KL(first || second) of the joint distributions in nats: the sum over families of the expected log-ratio of their columns.

    `engine` runs on `first`. Infinite when `first` allows what `second` forbids.
    """
    changed, _ = _parts(first, second)
    total = 0.0
    for old, new in changed:
        scope = tuple(dict.fromkeys((*old.axes, *new.axes)))
        weight = engine.joint(scope, Evidence()).table
        total += _expected_log(weight, scope, old) - _expected_log(weight, scope, new)
    return max(0.0, total)


def column_cd(old: FloatArray, new: FloatArray) -> float:
    """Return the CD distance of a change inside one family: the extremes of new/old over its entries.

    References
    ----------
    Chan H, Darwiche A (2002). When do numbers really matter? J Artif Intell Res 17:265-287.
    """
    possible = (old > 0) | (new > 0)
    with np.errstate(divide="ignore"):
        ratio = np.log(new[possible]) - np.log(old[possible])
    return float(max(ratio.max(), 0.0) - min(ratio.min(), 0.0)) if ratio.size else 0.0


def _expected_log(weight: FloatArray, scope: tuple[int, ...], conditional: Conditional) -> float:
    """Return the mean of ln P(variable | others) under the joint `weight` over `scope`."""
    rest = tuple(i for i, v in enumerate(scope) if v not in conditional.axes)
    kept = [v for v in scope if v in conditional.axes]
    marginal = weight.sum(axis=rest).transpose([kept.index(v) for v in conditional.axes])
    with np.errstate(divide="ignore"):
        logs = np.log(conditional.table)
    seen = marginal > 0
    return float((marginal[seen] * logs[seen]).sum())


def _log_ratio(upper: Conditional, lower: Conditional) -> tuple[Term, ...]:
    """Return ln upper/lower as terms: nothing where the upper is impossible, as good as infinite where only the lower is."""
    with np.errstate(divide="ignore"):
        above, below = np.log(upper.table), -np.log(lower.table)
    below = np.where(np.isposinf(below), _INFINITE, below)
    if upper.axes == lower.axes:
        return ((upper.axes, np.where(np.isneginf(above), -np.inf, above + below)),)
    return (upper.axes, above), (lower.axes, below)


def _parts(first: Factors, second: Factors) -> tuple[list[tuple[Conditional, Conditional]], list[Conditional]]:
    """Return the families that differ, and those unchanged ones that make something impossible above them."""
    _refuse_other_variables(first, second)
    changed, same = [], []
    for v, family in enumerate(first.families):
        other = second.families[second.index[first.names[v]]]
        if _identical(first, second, family, other):
            same.append(v)
            continue
        old, new = Conditional((*family.parents, v), table_of(family)), _aligned(first, second, other)
        if old.axes == new.axes and np.array_equal(old.table, new.table):
            same.append(v)
        else:
            changed.append((old, new))
    above = _ancestors(first, {v for pair in changed for c in pair for v in c.axes})
    support = [
        Conditional((*first.families[v].parents, v), table_of(first.families[v]))
        for v in same
        if v in above and _may_forbid(first.families[v])
    ]
    return changed, support


def _may_forbid(family: Family) -> bool:
    """Return whether some entry of the family may be zero."""
    if isinstance(family, NoisyFamily):
        return bool((family.leak == 0).any() or any((link[:, 0] == 0).any() for link in family.links))
    return bool((family.table == 0).any())


def _ancestors(factors: Factors, variables: set[int]) -> set[int]:
    """Return the variables and everything above them."""
    found: set[int] = set()
    stack = list(variables)
    while stack:
        v = stack.pop()
        if v not in found:
            found.add(v)
            stack += factors.families[v].parents
    return found


def _identical(first: Factors, second: Factors, family: Family, other: Family) -> bool:
    """Return whether two families are the same arrays over the same variables and states."""
    names = [first.names[v] for v in (family.child, *family.parents)]
    if type(family) is not type(other) or names != [second.names[v] for v in (other.child, *other.parents)]:
        return False
    if any(first.states[first.index[name]] != second.states[second.index[name]] for name in names):
        return False
    if isinstance(family, NoisyFamily) and isinstance(other, NoisyFamily) and family.order != other.order:
        return False
    return all(np.array_equal(a, b) for a, b in zip(family.tensors, other.tensors, strict=True))


def _aligned(first: Factors, second: Factors, other: Family) -> Conditional:
    """Return a family of the second network in the variables and states of the first, parents in the first's order where it
    has them.
    """
    axes = [first.index[second.names[v]] for v in (*other.parents, other.child)]
    table = table_of(other)
    for axis, v in enumerate(axes):
        states = second.states[second.index[first.names[v]]]
        table = table.take([states.index(s) for s in first.states[v]], axis=axis)
    known = (*first.families[axes[-1]].parents, axes[-1])
    order = sorted(range(len(axes)), key=lambda i: (known.index(axes[i]) if axes[i] in known else -1, axes[i]))
    return Conditional(tuple(axes[i] for i in order), np.ascontiguousarray(table.transpose(order)))


def _refuse_other_variables(first: Factors, second: Factors) -> None:
    """Two networks can be compared when they have the same variables with the same states, in whatever order."""
    problems = [f'variable "{name}" is only in the first network' for name in first.names if name not in second.index]
    problems += [f'variable "{name}" is only in the second network' for name in second.names if name not in first.index]
    for name in first.names:
        if name in second.index:
            here, there = first.states[first.index[name]], second.states[second.index[name]]
            if sorted(here) != sorted(there):
                problems.append(
                    f'variable "{name}" has states {", ".join(here)} in the first and {", ".join(there)} in the second'
                )
    if problems:
        raise SpecError("The distance needs two networks over the same variables with the same states", problems)
