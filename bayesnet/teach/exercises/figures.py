"""Figures as a question prints them: rounded as far as the answer bears it, and read back as printed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from bayesnet.results.words import two_figures
from bayesnet.teach.marking import tolerance

SIZES = (1_000, 10_000, 100_000, 1_000_000)
"""Populations that people are counted in, the smallest that will do first."""


def percent(p: float, figures: int = 2) -> str:
    """Return a probability as a percentage with some figures and no zeros at its end; near 100 %, figures of what is missing.

    >>> percent(0.01), percent(0.096), percent(0.8), percent(0.9874), percent(0.003333)
    ('1 %', '9.6 %', '80 %', '98.7 %', '0.33 %')
    """
    if p in (0.0, 1.0):
        return f"{100 * p:.0f} %"
    near = p if p < 0.9 else 1.0 - p
    digits = max(0, figures - 1 - math.floor(math.log10(100.0 * near) + 1e-9))
    text = f"{100.0 * p:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def value(text: str) -> float:
    """Return the probability that a printed percentage means.

    >>> value("9.6 %")
    0.096
    """
    return round(float(text.removesuffix(" %")) / 100.0, 12)


def one_in(p: float) -> str:
    """Return a small probability as one in N, N to two figures; empty for larger probabilities.

    >>> one_in(0.0124), one_in(0.6)
    ('1 in 81', '')
    """
    return f"1 in {two_figures(1.0 / p)}" if 0.0 < p < 0.2 else ""


def rounded(exact: Sequence[float], result: Callable[..., float]) -> tuple[list[str], float] | None:
    """Print probabilities with two or three figures, such that the result from the printed figures is the exact one.

    Gives the texts and the result from them; None where even three figures are too few.
    """
    wanted = result(*exact)
    for figures in (2, 3):
        texts = [percent(p, figures) for p in exact]
        found = result(*map(value, texts))
        if abs(found - wanted) <= 0.5 * tolerance(wanted):
            return texts, found
    return None


def likelihood_ratio(x: float) -> str:
    """Return a likelihood ratio with two figures.

    >>> likelihood_ratio(8.333), likelihood_ratio(0.2083), likelihood_ratio(123.0)
    ('8.3', '0.21', '120')
    """
    digits = max(0, 1 - math.floor(math.log10(x)))
    text = f"{x:.{digits}f}" if x < 100 else two_figures(x)
    return text.rstrip("0").rstrip(".") if "." in text else text


def probability(odds: float) -> float:
    """Return the probability of odds."""
    return odds / (1.0 + odds)


def bayes(prior: float, sensitivity: float, false_alarms: float) -> float:
    """Return P(h | e) by Bayes's theorem.

    >>> round(bayes(0.01, 0.8, 0.096), 4)
    0.0776
    """
    return prior * sensitivity / (prior * sensitivity + (1.0 - prior) * false_alarms)


def unrounded(right: float, exact: float) -> str:
    """Return a sentence on the network's own answer, where it differs from the one worked out from rounded figures."""
    same = percent(right) == percent(exact, 3)
    return "" if same else f" From its unrounded numbers the network says {percent(exact, 3)}."
