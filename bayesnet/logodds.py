"""Odds, log-odds and weights of evidence of single probabilities."""

from __future__ import annotations

import math

DECIBANS = 10.0 / math.log(10.0)
"""Decibans in a nat: ten decibans multiply the odds by ten (Good 1985)."""

BARELY = math.log(1.1)
"""A weight of evidence below this, in nats, is called uninformative: the odds change by less than a factor of 1.1."""


def odds(p: float) -> float:
    """Return the odds of a probability; infinite at one.

    >>> odds(0.75), odds(1.0)
    (3.0, inf)
    """
    return p / (1.0 - p) if p < 1.0 else math.inf


def log_odds(p: float, least: float = 0.0) -> float:
    """Return the natural logarithm of the odds; infinite at zero and one.

    Parameters
    ----------
    p
        The probability.
    least
        Probabilities nearer than this to zero or one are taken as this near; for what is drawn.

    >>> log_odds(0.5), log_odds(0.0), round(log_odds(0.0, least=1e-3), 3)
    (0.0, -inf, -6.907)
    """
    p = min(max(p, least), 1.0 - least)
    return _log(p) - _log(1.0 - p)


def expit(x: float) -> float:
    """Return the probability of log-odds, without overflow on either side.

    >>> expit(0.0), expit(-1000.0), expit(math.inf)
    (0.5, 0.0, 1.0)
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def ratio_of(nats: float) -> float:
    """Return the likelihood ratio of a weight of evidence in nats; beyond what a float can hold it is infinite.

    >>> ratio_of(0.0), ratio_of(1e4)
    (1.0, inf)
    """
    return math.inf if nats > 709.0 else math.exp(nats)


def odds_ratio(before: float, after: float) -> float:
    """Return odds after over odds before; infinite where certainty was reached, NaN where nothing could change.

    >>> odds_ratio(0.1, 0.5)
    9.0
    """
    if before in (0.0, 1.0):
        return math.nan
    if after >= 1.0:
        return math.inf
    return after / (1.0 - after) * ((1.0 - before) / before)


def decibans(likelihood_ratio: float) -> float:
    """Return the weight of evidence of a likelihood ratio: ten times its decimal logarithm (Good 1985).

    >>> decibans(100.0), decibans(0.0)
    (20.0, -inf)
    """
    return 10.0 * math.log10(likelihood_ratio) if likelihood_ratio != 0.0 else -math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0.0 else math.nan if math.isnan(x) else -math.inf
