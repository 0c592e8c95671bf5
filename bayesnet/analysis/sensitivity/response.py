"""The probabilities of several events as functions of any one number, exactly.

Three kinds of curve. A number that enters every entry linearly gives straight lines, from the slopes alone (Castillo,
Gutierrez & Hadi 1997). An odds or odds ratio shifts the log-odds of known entries of one table, and P is linear in those
entries, so its curve follows from the same gradients. A leak of a noisy gate moves several tensors at once: its curve is had
by running the network again, for the whole curve a few times (see `leaks`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.requisite import above, requisite_families
from bayesnet.analysis.sensitivity.parameter_map import LEAK, ODDS, ParameterMap
from bayesnet.inference.answers import EventGradients
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray, IntArray

_LEAST = 1e-6
"""A leak that leaves less than this without effect is run point by point."""

MOST_POINTS = 2
"""Points of a leak that are run themselves; for more of them its whole curve is."""

_NODES = 32
_ACCURATE = 1e-10


@dataclass(frozen=True)
class LeakCurve:
    """Probabilities P as functions of a leak number x: `nodes` are values of x, Chebyshev points in u = 1 / (start + slope x).

    start + slope x is the probability L that the leak leaves the gate at its lowest rank. With m active causes a noisy-OR stays
    there with probability L^(1 - m) times a constant: P u is a polynomial in u of degree at most the number of causes, and
    barycentric interpolation through one node more is exact (Berrut & Trefethen 2004). For a noisy-MAX P u is smooth in u;
    it is interpolated through 33 nodes where 17 of them already give the others to 1e-10, and not at all elsewhere.
    """

    start: float
    slope: float
    u: FloatArray
    nodes: FloatArray
    exact: bool
    values: FloatArray

    @classmethod
    def of(cls, numbers: ParameterMap, k: int) -> LeakCurve | None:
        """Return the nodes for leak number k; None where u does not follow it or grows too large, or where x is one point."""
        f = int(numbers.family[k])
        x, (low, high) = float(numbers.factors.values[k]), (float(bound[k]) for bound in numbers.domain)
        lowest_rank, slope = numbers.leak_line(f, k)
        start = lowest_rank - slope * x
        ends = start + slope * np.array([low, high])
        if not low < high or abs(slope) < _LEAST or ends.min() < _LEAST:
            return None
        exact = numbers.two_ranked(f)
        degree = max(1, len(numbers.factors.families[f].parents)) if exact else _NODES
        first, last = 1.0 / ends
        u = 0.5 * (first + last) + 0.5 * (first - last) * np.cos(np.pi * np.arange(degree + 1) / degree)
        return cls(start, slope, u, np.clip((1.0 / u - start) / slope, low, high), exact, np.empty((0, 0)))

    def through(self, values: FloatArray) -> LeakCurve | None:
        """Return the curve with the probabilities at its nodes, shape (rows, nodes); None where it is not smooth enough."""
        curve = replace(self, values=values)
        if not self.exact:
            half = replace(curve, u=self.u[::2], values=values[:, ::2])
            missed = np.abs(half.at(self.nodes[1::2]) - values[:, 1::2]).max()
            if missed > _ACCURATE * np.abs(values).max():
                return None
        return curve

    def at(self, xs: FloatArray) -> FloatArray:
        """Return the probabilities with the number at each x, shape (rows, m)."""
        u = 1.0 / (self.start + self.slope * np.asarray(xs))
        weights = np.where(np.arange(len(self.u)) % 2, -1.0, 1.0)
        weights[[0, -1]] *= 0.5
        gap = u[:, None] - self.u
        there = gap == 0.0
        share = np.where(there.any(axis=1)[:, None], there, weights / np.where(there, 1.0, gap))
        found: FloatArray = (self.values * self.u) @ (share / share.sum(axis=1, keepdims=True)).T / u
        return found


Event = tuple[int, int]
Rerun = Callable[[IntArray, FloatArray, float], FloatArray]
"""Numbers (m,), their new values (m,) and a log-scale to P(event, e) of all events and P(e), shape (events + 1, m)."""


@dataclass(frozen=True)
class Response:
    """P(event, e) of each event, and P(e) last, at the present numbers and as functions of one number at a time.

    All probabilities are times exp(`log_scale`). Arrays over rows have shape (events + 1, ...).
    """

    numbers: ParameterMap
    evidence: Evidence
    events: tuple[Event, ...]
    gradients: EventGradients
    rerun: Rerun
    leaks: dict[int, LeakCurve | None] = field(default_factory=dict, repr=False, compare=False)
    """Curves of leaks that were asked for before; None for one that has to be run at every point."""

    @classmethod
    def of(cls, numbers: ParameterMap, engine: Engine, evidence: Evidence, events: Sequence[Event], rerun: Rerun) -> Response:
        """Differentiate every event. Raises ZeroEvidence when P(evidence) = 0."""
        gradients = engine.gradients(evidence, events)
        if not gradients.values[-1] > 0:
            raise ZeroEvidence
        return cls(numbers, evidence, tuple(events), gradients, rerun)

    @property
    def log_scale(self) -> float:
        """The logarithm of the factor left out of every probability here."""
        return self.gradients.log_scale

    @property
    def base(self) -> FloatArray:
        """The probabilities at the present numbers, shape (events + 1,)."""
        return self.gradients.values

    def value(self, event: int) -> float:
        """Return P(event | e) at the present numbers."""
        return float(self.base[event] / self.base[-1])

    @cached_property
    def slopes(self) -> FloatArray:
        """The derivatives by every number, shape (events + 1, n_numbers)."""
        return self.numbers.slopes(self.weights) * self.moves

    @cached_property
    def moves(self) -> NDArray[np.bool_]:
        """Whether each probability depends on each number at all, shape (events + 1, n_numbers): not where it is barren."""
        factors = self.numbers.factors
        rows = [above(factors, self.evidence, targets) for targets in (*((v,) for v, _ in self.events), ())]
        return np.array([self.numbers.of_families(row) for row in rows], dtype=bool)

    @property
    def weights(self) -> FloatArray:
        """The derivatives by every tensor entry, shape (events + 1, entries), in the order of `ParameterMap.position`."""
        return self.gradients.by_entry

    @cached_property
    def matters(self) -> NDArray[np.bool_]:
        """Whether each number can matter to each event, shape (events, n_numbers): false where it is d-separated or barren."""
        by_variable = {v: self._requisite(v) for v, _ in self.events}
        return np.array([by_variable[v] for v, _ in self.events], dtype=bool)

    @property
    def matters_to_target(self) -> NDArray[np.bool_]:
        """The same for the first event alone."""
        found: NDArray[np.bool_] = self.matters[0]
        return found

    def _requisite(self, v: int) -> NDArray[np.bool_]:
        return self.numbers.of_families(requisite_families(self.numbers.factors, self.evidence, (v,)))

    @cached_property
    def derivative(self) -> FloatArray:
        """d P(event | e) / d number, shape (events, n_numbers); exactly zero where the number cannot matter."""
        hit, total = self.base[:-1, None], self.base[-1]
        # Beside a P(e) of 1e-320 the derivative by a number at zero may be larger than any double: it is infinite then.
        with np.errstate(over="ignore"):
            slope = (self.slopes[:-1] * total - self.slopes[-1] * hit) / (total * total)
        return np.where(self.matters, slope, 0.0)

    @property
    def linear(self) -> NDArray[np.bool_]:
        """Whether P(event, e) and P(e) are linear in each number, shape (n_numbers,)."""
        return self.numbers.factors.linear

    @property
    def domain(self) -> tuple[FloatArray, FloatArray]:
        """The least and the largest value of each number."""
        return self.numbers.domain

    def lines(self, ks: IntArray) -> tuple[FloatArray, FloatArray]:
        """Slope, and value at zero, of every probability as a line in numbers ks, shape (events + 1, m) each."""
        slope = self.slopes[:, ks]
        return slope, self.base[:, None] - slope * self.numbers.factors.values[ks]

    def at(self, ks: IntArray, xs: FloatArray) -> FloatArray:
        """Return the probabilities with number ks[j] at xs[j] and all others as they are, shape (events + 1, m)."""
        ks, xs = np.asarray(ks, dtype=np.int64), np.asarray(xs, dtype=float)
        rows = np.empty((len(self.base), len(ks)))
        straight = np.flatnonzero(self.linear[ks])
        rows[:, straight] = self._on_lines(ks[straight], xs[straight])
        curved = np.flatnonzero(~self.linear[ks])
        odds = curved[self.numbers.kind[ks[curved]] == ODDS]
        rows[:, odds] = self._odds(ks[odds], xs[odds])
        others = curved[self.numbers.kind[ks[curved]] != ODDS]
        unique, counts = np.unique(ks[others], return_counts=True)
        self._run_leaks(unique, counts)
        again = []
        for k in unique.tolist():
            where = others[ks[others] == k]
            curve = self.curve(k, xs[where])
            if curve is None:
                again.append(where)
            else:
                rows[:, where] = curve
        if again:
            where = np.concatenate(again)
            rows[:, where] = self.rerun(ks[where], xs[where], self.log_scale)
        return rows

    def _on_lines(self, ks: IntArray, xs: FloatArray) -> FloatArray:
        """Points on straight lines, from the present point outwards."""
        return self.base[:, None] + self.slopes[:, ks] * (xs - self.numbers.factors.values[ks])

    def curve(self, k: int, xs: FloatArray) -> FloatArray | None:
        """Return the probabilities along a leak's curve, shape (events + 1, m); None where every point takes a run."""
        leak = self.leaks.get(k)
        return None if leak is None else leak.at(xs)

    def _odds(self, ks: IntArray, xs: FloatArray) -> FloatArray:
        """Return the probabilities with odds numbers ks at xs, shape (events + 1, m).

        An odds number multiplies the odds of every column that it touches; P is linear in their entries. At zero the odds that
        it multiplies are known from the slope there alone.
        """
        rows, sizes = self.numbers.rows_of(ks)
        which = np.repeat(np.arange(len(ks)), sizes)
        read = self.weights.any(axis=0)[self.numbers.position[rows]]
        rows, which = rows[read], which[read]
        position, partial = self.numbers.position[rows], self.numbers.partial[rows]
        start, x = self.numbers.factors.values[ks][which], xs[which]
        rising, p = partial > 0, self.numbers.flat[position]
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.where(rising, x / start, start / x) * p / (1.0 - p)
            odds = np.where(start > 0, odds, np.where(rising, np.abs(partial) * x, 1.0 / (np.abs(partial) * x)))
            moved = np.where((start > 0) & ((p == 0.0) | (p == 1.0)), p, 1.0 / (1.0 + 1.0 / odds))
        found = np.repeat(self.base[:, None], len(ks), axis=1)
        for row, weight in zip(found, self.weights, strict=True):
            row += np.bincount(which, weight[position] * (moved - p), len(ks))
        return found

    def _run_leaks(self, ks: IntArray, counts: IntArray) -> None:
        """Run the network at the nodes of every leak among ks whose curve follows from fewer than `counts`, all in one batch."""
        curves = {}
        for k, count in zip(ks.tolist(), counts.tolist(), strict=True):
            if self.numbers.kind[k] == LEAK and k not in self.leaks and count > MOST_POINTS:
                self.leaks[k] = None
                curve = LeakCurve.of(self.numbers, k)
                if curve is not None:
                    curves[k] = curve
        if not curves:
            return
        which = np.repeat(list(curves), [len(curve.nodes) for curve in curves.values()])
        rows = self.rerun(which, np.concatenate([curve.nodes for curve in curves.values()]), self.log_scale)
        for k, curve in curves.items():
            self.leaks[k] = curve.through(rows[:, which == k])
