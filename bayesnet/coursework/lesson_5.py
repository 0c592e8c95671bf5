"""How sure are we?"""

from __future__ import annotations

from bayesnet.case import Case
from bayesnet.coursework.task import Task, odds
from bayesnet.network import Network, load

_TARGET, _RIVAL = "spinal_metastasis", "hyperparathyroidism"


def _woman(net: Network) -> Case:
    """Return the woman of the notebook."""
    return net.case("age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia")


def half_and_half(_: Network) -> Task:
    """Return the rate of false positives at which a positive mammogram means cancer, half and half."""
    screening = load("mammography")
    base = float(screening.posterior("breast_cancer"))
    right = float(screening.posterior("positive_mammogram | breast_cancer")) * odds(base)
    wrong = (
        (1.0 - right, "the specificity that it takes, not the rate of false positives"),
        (base, "the base rate; but of ten women with cancer only eight are positive"),
        (0.5, "every other healthy woman; that would bury the eight with cancer"),
    )
    return Task(right, wrong)


def not_a_straight_line(net: Network) -> Task:
    """Return the answer with the odds ratio of the history of cancer at the low end of its range."""
    number = net.numbers["odds(spinal_metastasis) | cancer_history=present"]
    curve = _woman(net).sensitivity(_TARGET, number.id)
    wrong = (
        (curve(number.value) + curve.derivative * (number.low - number.value), "the present slope drawn on as a straight line"),
        (curve(number.high), "the high end"),
        (curve(number.value), "the answer now"),
    )
    return Task(curve(number.low), wrong)


def papers_of_the_rival(net: Network) -> Task:
    """Return the source that can move the probability of the rival most."""
    behind = list(_woman(net).sources(_RIVAL))
    wrong = (
        (next(iter(_woman(net).sources(_TARGET))).source, "the source that moves the metastasis most"),
        (max(behind, key=lambda line: line.numbers).source, "where most of the numbers come from, which is not the same"),
    )
    return Task(max(behind, key=lambda line: line.width).source, wrong)


def who_else_could_lead(net: Network) -> Task:
    """Return the share of the draws in which another diagnosis leads."""
    line = _woman(net).uncertainty(_TARGET, draws=2000)[_TARGET]
    wrong = (
        (line.leads, "the share in which the metastasis does lead"),
        (1.0 - line.posterior, "the probability that it is no metastasis, which is another question"),
        (1.0 - line.mean, "the mean probability that it is no metastasis"),
    )
    return Task(1.0 - line.leads, wrong)


EXERCISES = (half_and_half, not_a_straight_line, papers_of_the_rival, who_else_could_lead)
