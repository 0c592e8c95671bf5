"""A cohort."""

from __future__ import annotations

from math import exp

import numpy as np

from bayesnet.analysis.cohort.calibration import calibration
from bayesnet.coursework.task import Task, chance, odds
from bayesnet.network import Network

_TARGET, _OVER_60 = "compression_fracture", "age_group={60-69, 70-79, 80+}"
_KNOWN = [
    *("age_group", "female", "osteoporosis", "corticosteroids"),
    *("trauma", "contusion_abrasion", "acute_onset", "midline_tenderness"),
]
_GIVEN, _TRUTH = np.array([0.9, 0.6, 0.3, 0.2]), np.array([1, 0, 1, 0])


def brier_by_hand(_: Network) -> Task:
    """Return the Brier score of four people."""
    right = float(((_GIVEN - _TRUTH) ** 2).mean())
    wrong = (
        (4.0 * right, "the sum; divide by the number of people"),
        (float(np.abs(_GIVEN - _TRUTH).mean()), "the mean distance, not its square"),
        (right**0.5, "the root of the Brier score"),
        (float((_GIVEN**2).mean()), "the mean of the squared predictions, without the truth"),
    )
    return Task(right, wrong)


def auroc_by_hand(_: Network) -> Task:
    """Return the AUROC of four people."""
    right = calibration(_GIVEN, _TRUTH, bins=1).auroc
    wrong = (
        (1.0 - right, "the share of pairs in the wrong order"),
        (float(((_GIVEN > 0.5) == _TRUTH).mean()), "the share of people on the right side of 50 %; AUROC needs no threshold"),
    )
    return Task(right, wrong)


def mending_one_person(net: Network) -> Task:
    """Return what the intercept elsewhere makes of 30 %."""
    base_rate = "odds(compression_fracture) | baseline"
    there = net.with_numbers({base_rate: net.numbers[base_rate].low})
    people = there.simulate(8000, seed=3, given=_OVER_60)
    factor = exp(net.calibration(_TARGET, _KNOWN, frame=people).intercept)
    wrong = (
        (0.3 * factor, "the probability times the factor; only odds may be multiplied"),
        (odds(0.3) * factor, "the odds, not yet turned back into a probability"),
        (chance(odds(0.3) / factor), "the wrong direction; elsewhere fractures are rarer"),
    )
    return Task(chance(odds(0.3) * factor), wrong)


def x_ray_everybody(net: Network) -> Task:
    """Return the net benefit of X-raying everybody at a threshold of 2 %."""
    share = float((net.simulate(8000, seed=1, given=_OVER_60)[_TARGET] == "present").mean())
    right = share - (1.0 - share) * odds(0.02)
    wrong = (
        (share, "the share who are found; those X-rayed in vain count, too"),
        (share - (1.0 - share), "found less X-rayed in vain, one for one"),
        (1000.0 * right, "for 1,000 people, not per person"),
        (share - odds(0.02), "everybody counted as X-rayed in vain"),
    )
    return Task(right, wrong, probability=False)


EXERCISES = (brier_by_hand, auroc_by_hand, mending_one_person, x_ray_everybody)
