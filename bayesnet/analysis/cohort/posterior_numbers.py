"""New values of the numbers of one gate from its counts and from the prior of each number: the M step of an update.

Every step maximises the expected log-likelihood plus the log-density of the priors in the log-odds of the numbers; there the mode
of a Beta or Dirichlet is its mean, so that for complete data the new value is the posterior mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesnet.model.factors import FloatArray
from bayesnet.model.gates import NoisyGate, OddsGate, TableGate

_ROUNDS = 5
"""Rounds in which leak and links of a gate are improved in turn, within one step of EM."""
_HALVINGS = 60


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
    """Improve leak and links of a noisy-OR by the expected counts of its hidden causes; in place.

    A hidden cause fires with its net probability c (Díez); a link states p = 1 - (1 - leak)(1 - c) (Henrion), and the prior is
    about p. Given one of leak and net links, the objective is concave in the other.

    Parameters
    ----------
    gate
        A noisy gate of two ranks.
    counts
        Expected counts by tensor: of the leak, shape (2,), then of each parent, shape (states, 2).
    values
        Of all numbers.
    priors
        Of all numbers.
    """
    number = gate.columns.number
    named = np.where(number[:, 1] >= 0, number[:, 1], number[:, 0])
    rises = number[:, 1] >= 0
    start = gate.columns.fill(priors.value[:, None])[:, 1, 0]
    p = gate.columns.fill(values[:, None])[:, 1, 0].copy()
    fixed, size = priors.fixed[named], priors.size[named]
    a, b = size * start, size * (1.0 - start)
    a[fixed] = b[fixed] = 0.0
    silent = np.array([counts[0][0], *(counts[1 + parent][state, 0] for parent, state in gate.slots)])
    fired = np.array([counts[0][1], *(counts[1 + parent][state, 1] for parent, state in gate.slots)])
    if fired.sum() + silent.sum() <= 0.0:
        return
    leak = float(p[0])
    net = np.clip((p[1:] - leak) / (1.0 - leak), 0.0, 1.0) if leak < 1.0 else np.ones(len(p) - 1)
    move = ~fixed[1:] & (fired[1:] + silent[1:] > 0.0)
    for _ in range(_ROUNDS):
        if move.any():
            net = np.where(move, _root(_net_slope(fired[1:], silent[1:], a[1:], b[1:], leak), len(net)), net)
        if not fixed[0]:
            free = ~fixed[1:]
            leak = float(_root(_leak_slope(fired[0], silent[0], a, b, net, free), 1)[0])
            held = p[1:][fixed[1:]]
            if len(held):
                leak = min(leak, float(held.min()))
    new = np.concatenate([[leak], 1.0 - (1.0 - leak) * (1.0 - net)])
    # A link that is not fixed follows its leak; one that is keeps its value, and its net part gives way.
    for k in np.flatnonzero(~fixed):
        values[named[k]] = new[k] if rises[k] else 1.0 - new[k]


def _net_slope(
    fired: FloatArray, silent: FloatArray, a: FloatArray, b: FloatArray, leak: float
) -> Callable[[FloatArray], FloatArray]:
    """Return the derivative of the objective by each net link."""

    def slope(c: FloatArray) -> FloatArray:
        p = 1.0 - (1.0 - leak) * (1.0 - c)
        found: FloatArray = fired / c - (silent + b) / (1.0 - c) + a * (1.0 - leak) / p
        return found

    return slope


def _leak_slope(
    fired: float, silent: float, a: FloatArray, b: FloatArray, net: FloatArray, free: NDArray[np.bool_]
) -> Callable[[FloatArray], FloatArray]:
    """Return the derivative of the objective by the leak, the net links held."""
    c, links_a, links_b = net[free], a[1:][free], float(b[1:][free].sum())

    def slope(leak: FloatArray) -> FloatArray:
        p = 1.0 - (1.0 - leak) * (1.0 - c)
        pull = float((links_a * (1.0 - c) / p).sum())
        found: FloatArray = (fired + a[0]) / leak - (silent + b[0] + links_b) / (1.0 - leak) + pull
        return found

    return slope


def _root(slope: Callable[[FloatArray], FloatArray], size: int) -> FloatArray:
    """Return where a falling function crosses zero between 0 and 1, by bisection in log-odds."""
    low, high = np.full(size, -40.0), np.full(size, 36.0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        up = slope(1.0 / (1.0 + np.exp(-middle))) > 0.0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    found: FloatArray = 1.0 / (1.0 + np.exp(-0.5 * (low + high)))
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
