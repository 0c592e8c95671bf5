"""One exercise of a notebook: its right answer and its known errors."""

from __future__ import annotations

from typing import NamedTuple

from bayesnet.case import Case


class Task(NamedTuple):
    """The right answer, a number or a name, and the answers of known errors, each with what it is.

    Not every number is a probability; of one that is not, no percent sign can be missing.
    """

    right: float | str
    wrong: tuple[tuple[float | str, str], ...]
    probability: bool = True


def odds(probability: float) -> float:
    """Return the odds of a probability."""
    return probability / (1.0 - probability)


def chance(odds_: float) -> float:
    """Return the probability of odds."""
    return odds_ / (1.0 + odds_)


def p(case: Case, target: str) -> float:
    """Return P(target=present) in a case."""
    return float(case.posterior(target))
