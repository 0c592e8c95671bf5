"""Distributions fitted to the value and the range of each number; numpy alone, because every ranked differential uses them.

Conventions, shown in every fit: a probability gets the Beta distribution whose mean is the value and which holds 95 % of its
mass within the range; an odds or odds ratio gets the log-normal whose median is the value and whose width on the log scale is
that of the range. A range across studies, or of judgement, is read as if it were a central 95 % interval. A number whose range
has no width is fixed. The mean, not the mode, is the value, because P(h, e) and P(e) are multilinear in independent numbers:
their expectation over the draws is then what the values themselves give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesnet.model.factors import FloatArray, IntArray

FIXED, BETA, LOG_NORMAL = 0, 1, 2
LAWS = ("fixed", "Beta", "log-normal")

MASS = 0.95
_Z = 1.959963984540054
_LEAST_SHAPE = 0.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_LN_TWO_PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class Fits:
    """One law per number: `a` and `b` are the shapes of a Beta, or mean and standard deviation of the logarithm.

    `close` is false where no Beta with this mean holds 95 % of its mass in the range; the nearest by width is used.
    """

    law: IntArray
    a: FloatArray
    b: FloatArray
    close: NDArray[np.bool_]


def fit(values: FloatArray, low: FloatArray, high: FloatArray, odds: NDArray[np.bool_], fixed: NDArray[np.bool_]) -> Fits:
    """Fit every number; all arguments have shape (n_numbers,).

    `odds` marks odds and odds ratios, `fixed` numbers that are not uncertain (of grade definition, or structural).
    """
    law = np.where(odds, LOG_NORMAL, BETA)
    law[fixed | ~(high > low) | (values <= 0.0) | (~odds & (values >= 1.0))] = FIXED
    a, b, close = values.copy(), np.zeros_like(values), np.ones(len(values), dtype=bool)
    is_odds, is_beta = law == LOG_NORMAL, law == BETA
    a[is_odds] = np.log(values[is_odds])
    b[is_odds] = _log_width(values[is_odds], low[is_odds], high[is_odds])
    strength, good = _strength(values[is_beta], low[is_beta], high[is_beta])
    a[is_beta], b[is_beta], close[is_beta] = strength * values[is_beta], strength * (1.0 - values[is_beta]), good
    return Fits(law, a, b, close)


def _log_width(value: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Standard deviation of the logarithm; only the upper side counts where the range reaches down to zero."""
    open_below = low <= 0.0
    below = np.log(value) - np.log(np.where(open_below, value, low))
    above = np.log(high) - np.log(value)
    return np.where(open_below, above, 0.5 * (above + below)) / _Z


def _strength(mean: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the sum of the two shapes for which 95 % of the mass lies within [low, high], and whether there is one."""
    least = _LEAST_SHAPE / np.minimum(mean, 1.0 - mean)
    by_width = np.maximum(mean * (1.0 - mean) / ((high - low) / (2.0 * _Z)) ** 2 - 1.0, least)
    left, right = np.log(np.maximum(by_width / 40.0, least)), np.log(by_width * 40.0)
    open_low, open_high = _missing(left, mean, low, high), _missing(right, mean, low, high)
    good = (open_low <= 0.0) & (open_high >= 0.0)
    for step in range(12):
        # Regula falsi converges fast, bisection never fails; take them in turns.
        slope = np.where(open_high > open_low, open_high - open_low, 1.0)
        middle = left - open_low * (right - left) / slope if step % 3 < 2 else 0.5 * (left + right)
        middle = np.clip(middle, left, right)
        at = _missing(middle, mean, low, high)
        under = at < 0.0
        left, open_low = np.where(under, middle, left), np.where(under, at, open_low)
        right, open_high = np.where(under, right, middle), np.where(under, open_high, at)
    best = np.where(np.abs(open_low) < np.abs(open_high), left, right)
    return np.where(good, np.exp(best), by_width), good


def _missing(log_strength: FloatArray, mean: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Mass within [low, high] less 95 %, by Gauss-Legendre quadrature on the log-odds scale."""
    a, b = np.exp(log_strength) * mean, np.exp(log_strength) * (1.0 - mean)
    centre = np.log(mean) - np.log1p(-mean)
    from_, to = _log_odds(low, centre - 30.0), _log_odds(high, centre + 30.0)
    t = 0.5 * (from_ + to)[:, None] + 0.5 * (to - from_)[:, None] * _NODES
    log_x, log_rest = -np.logaddexp(0.0, -t), -np.logaddexp(0.0, t)
    norm = _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)
    density = np.exp(a[:, None] * log_x + b[:, None] * log_rest - norm[:, None])
    return 0.5 * (to - from_) * (density @ _WEIGHTS) - MASS


def _log_odds(x: FloatArray, at_end: FloatArray) -> FloatArray:
    """Return log-odds, finite also at zero and one."""
    inside = (x > 0.0) & (x < 1.0)
    safe = np.where(inside, x, 0.5)
    return np.where(inside, np.log(safe) - np.log1p(-safe), at_end)


def _log_gamma(x: FloatArray) -> FloatArray:
    """Return ln Gamma(x) for x > 0 to 1e-9, by Stirling's series eight places further on."""
    product = np.ones_like(x)
    for k in range(8):
        product = product * (x + k)
    y = x + 8.0
    series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * y * y)) / (y * y)) / y
    return (y - 0.5) * np.log(y) - y + 0.5 * _LN_TWO_PI + series - np.log(product)


def quantiles(fits: Fits, p: float) -> FloatArray:
    """Return the p-quantile of each fitted law, shape (n_numbers,); `a` where fixed. Imports scipy."""
    from scipy.special import betaincinv

    out = fits.a.copy()
    beta, odds = fits.law == BETA, fits.law == LOG_NORMAL
    out[beta] = betaincinv(fits.a[beta], fits.b[beta], p)
    out[odds] = np.exp(fits.a[odds] + fits.b[odds] * _normal_quantile(p))
    return out


def _normal_quantile(p: float) -> float:
    """Quantile of the standard normal distribution."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)
