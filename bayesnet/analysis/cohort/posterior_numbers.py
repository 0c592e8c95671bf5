"""New values of the numbers of one gate from its counts and from the prior of each number: the M step of an update.

Every step maximises the expected log-likelihood plus the log-density of the priors in the log-odds of the numbers; there the mode
of a Beta or Dirichlet is its mean, so that for complete data the new value is the posterior mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesnet.model.factors import FloatArray
from bayesnet.model.gates import NoisyGate, OddsGate, TableGate

_ROUNDS = 300
"""Rounds at most in which leak and links of a gate are improved in turn, within one step of EM."""
_SETTLED = 1e-13
"""They end when no net probability moves farther."""
_LEAST = 1e-9
"""Least net probability from which a free link starts."""


@dataclass(frozen=True)
class Priors:
    """The prior of every number, arrays of shape (n_numbers,).

    `value` is its mean, `size` the prior sample size of a probability, `spread` the standard deviation of the logarithm of an
    odds or odds ratio. `fixed` numbers do not move.
    """

    value: FloatArray
    size: FloatArray
    spread: FloatArray
    fixed: NDArray[np.bool_]


def update_table(gate: TableGate, counts: FloatArray, values: FloatArray, priors: Priors) -> None:
    """Set the columns of a table to their Dirichlet posterior means; in place.

    A column without counts is unchanged. Numbers that are fixed keep their value, and the others share out the rest.

    Parameters
    ----------
    gate
        The table.
    counts
        Expected counts, shape (columns, states).
    values
        Of all numbers.
    priors
        Of all numbers.
    """
    start = gate.columns.fill(priors.value[:, None])[:, :, 0]
    for c in np.flatnonzero(counts.sum(axis=1) > 0.0):
        number = gate.columns.number[c]
        named = number >= 0
        open_ = ~named | ~priors.fixed[number]
        if not (open_ & named).any() or open_.sum() < 2:
            continue
        strength = float(np.exp(np.log(priors.size[number[open_ & named]]).mean()))
        weight = strength * start[c] + counts[c]
        mass = float(start[c][open_].sum())
        new = mass * weight / weight[open_].sum()
        values[number[open_ & named]] = new[open_ & named]


def update_noisy(gate: NoisyGate, counts: tuple[FloatArray, ...], values: FloatArray, priors: Priors) -> None:
    """Improve leak and links of a noisy-OR or noisy-MAX by the expected counts of its hidden causes; in place.

    Each hidden cause has its rank by its net distribution (Díez), and the child the largest of them; a column of the model states
    the larger of leak and cause (Henrion), and its prior, a Dirichlet, is about that. The prior thus counts patients with one
    cause of whom only the larger rank was seen; what leak and cause had is filled in by expected counts, as missing cells are.

    Parameters
    ----------
    gate
        A noisy gate.
    counts
        Expected counts by tensor: of the leak, shape (ranks,), then of each parent, shape (states, ranks).
    values
        Of all numbers.
    priors
        Of all numbers.
    """
    number = gate.columns.number
    free = (number >= 0) & ~priors.fixed[number]
    seen = np.stack([counts[0], *(counts[1 + parent][state] for parent, state in gate.slots)])
    if not free.any() or seen.sum() <= 0.0:
        return
    start = gate.columns.fill(priors.value[:, None])[:, :, 0]
    sizes = np.where(free, np.log(priors.size[number]), 0.0).sum(axis=1) / np.maximum(free.sum(axis=1), 1)
    prior = np.where(free.any(axis=1), np.exp(sizes), 0.0)[:, None] * start
    leak, *links = (tensor[..., 0] for tensor in gate.tensors(values[:, None]))
    net = np.array([links[parent][state] for parent, state in gate.slots]).reshape(-1, len(leak))
    moving = free.any(axis=1) & (seen.sum(axis=1) > 0.0)
    # A column that is fixed and not certain keeps its numbers, so that its leak cannot move under it.
    leak_moves = bool(free[0].any() and (free.any(axis=1) | (start.max(axis=1) == 1.0)).all())
    # What is zero by rounding alone may grow.
    net = np.where(moving[1:, None] & (start[1:] > 0.0), np.maximum(net, _LEAST), net)
    for _ in range(_ROUNDS):
        before = leak, net
        if moving[1:].any():
            pull = _filled_in(prior[1:], net, leak)
            new = np.where(moving[1:, None], seen[1:] + pull, net)
            net = new / new.sum(axis=1, keepdims=True)
        if leak_moves:
            leak = (
                seen[0]
                + prior[0]
                + sum(_filled_in(row[None], leak[None], each)[0] for row, each in zip(prior[1:], net, strict=True))
            )
            leak = leak / leak.sum()
        if max(np.abs(leak - before[0]).max(), np.abs(net - before[1]).max(initial=0.0)) < _SETTLED:
            break
    columns = np.concatenate([leak[None], net @ _larger(leak).T])
    values[number[free]] = columns[free]


def _larger(other: FloatArray) -> FloatArray:
    """Return P(the larger of both has rank r | one has rank j) where the other has this distribution, shape (r, j)."""
    below = np.tril(np.ones((len(other), len(other))), -1)
    found: FloatArray = below * other[:, None] + np.diag(np.cumsum(other))
    return found


def _filled_in(prior: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the expected counts of the ranks of one of two causes, given counts of the larger of both, shapes (rows, ranks)."""
    larger = _larger(other)
    whole = one @ larger.T
    found: FloatArray = one * (np.divide(prior, whole, out=np.zeros_like(whole), where=whole > 0.0) @ larger)
    return found


def update_odds(gate: OddsGate, counts: FloatArray, values: FloatArray, priors: Priors) -> None:
    """Set baseline odds and odds ratios to the mode of a logistic regression with normal priors on logarithms; in place.

    Parameters
    ----------
    gate
        The gate.
    counts
        Expected counts, shape (combinations of the parents, 2).
    values
        Of all numbers.
    priors
        Of all numbers.
    """
    seen = np.flatnonzero(counts.sum(axis=1) > 0.0)
    numbers = np.array([gate.baseline, *(number for number, _, _ in gate.ratios)])
    if not len(seen):
        return
    states = np.unravel_index(seen, gate.cards) if gate.cards else ()
    design = np.ones((len(seen), len(numbers)))
    for k, (_, parent, state) in enumerate(gate.ratios, start=1):
        design[:, k] = states[parent] == state
    with np.errstate(divide="ignore"):
        logs = np.log(values[numbers])
    # What is zero or infinite decides its combinations by itself; they say nothing about the others.
    certain = ~np.isfinite(logs)
    telling = ~(design[:, certain] > 0.0).any(axis=1)
    free = ~priors.fixed[numbers] & (design[telling] > 0.0).any(axis=0)
    if not free.any():
        return
    with_it, without = counts[seen][telling, gate.target], counts[seen][telling, 1 - gate.target]
    design = design[telling]
    offset = design[:, ~free & ~certain] @ logs[~free & ~certain]
    x, mean, precision = design[:, free], np.log(priors.value[numbers[free]]), priors.spread[numbers[free]] ** -2
    found = _logistic_mode(x, offset, with_it, without, logs[free], mean, precision)
    values[numbers[free]] = np.exp(found)


def _logistic_mode(
    x: FloatArray,
    offset: FloatArray,
    with_it: FloatArray,
    without: FloatArray,
    start: FloatArray,
    mean: FloatArray,
    precision: FloatArray,
) -> FloatArray:
    """Return the mode by Newton's method, halving a step that does not rise."""

    def height(w: FloatArray) -> float:
        eta = x @ w + offset
        fit = -with_it @ np.logaddexp(0.0, -eta) - without @ np.logaddexp(0.0, eta)
        return float(fit - 0.5 * precision @ (w - mean) ** 2)

    w, at = start, height(start)
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-(x @ w + offset)))
        slope = x.T @ (with_it - (with_it + without) * p) - precision * (w - mean)
        bend = x.T @ (x * ((with_it + without) * p * (1.0 - p))[:, None]) + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        while (new := height(w + step)) < at and float(np.abs(step).max()) > 1e-12:
            step = step / 2.0
        w, at = w + step, max(new, at)
        if float(np.abs(step).max()) < 1e-10:
            break
    return w
