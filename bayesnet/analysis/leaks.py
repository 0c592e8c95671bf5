"""The curve of a leak of a noisy gate, from a few runs of the network: a polynomial in 1 / P(nothing happens | leak)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bayesnet.analysis.numbers import NumberMap
from bayesnet.model.factors import FloatArray

_LEAST = 1e-6
"""A leak that leaves less than this without effect is run point by point."""

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
    def of(cls, numbers: NumberMap, k: int) -> LeakCurve | None:
        """The nodes for leak number k; None where u does not follow it or grows too large, or where x is one point."""
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
        """The curve with the probabilities at its nodes, shape (rows, nodes); None where it is not smooth enough."""
        curve = replace(self, values=values)
        if not self.exact:
            half = replace(curve, u=self.u[::2], values=values[:, ::2])
            missed = np.abs(half.at(self.nodes[1::2]) - values[:, 1::2]).max()
            if missed > _ACCURATE * np.abs(values).max():
                return None
        return curve

    def at(self, xs: FloatArray) -> FloatArray:
        """The probabilities with the number at each x, shape (rows, m)."""
        u = 1.0 / (self.start + self.slope * np.asarray(xs))
        weights = np.where(np.arange(len(self.u)) % 2, -1.0, 1.0)
        weights[[0, -1]] *= 0.5
        gap = u[:, None] - self.u
        there = gap == 0.0
        share = np.where(there.any(axis=1)[:, None], there, weights / np.where(there, 1.0, gap))
        found: FloatArray = (self.values * self.u) @ (share / share.sum(axis=1, keepdims=True)).T / u
        return found
