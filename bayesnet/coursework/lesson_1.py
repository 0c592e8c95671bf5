"""First questions."""

from __future__ import annotations

from bayesnet.case import Case
from bayesnet.coursework.task import Task, odds, p
from bayesnet.network import Network, load


def _woman(net: Network) -> tuple[Case, str]:
    """Return the woman of the notebook, and her leading diagnosis."""
    woman = net.case("age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia")
    return woman, woman.diagnoses().leading_specific


def _of_history(case: Case, target: str) -> float:
    """Return the likelihood ratio of the history of cancer."""
    return next(line.likelihood_ratio for line in case.weights(target).weights if line.finding == "cancer_history")


def counting_people(_: Network) -> Task:
    """Return the share with cancer among women with a positive mammogram."""
    screening = load("mammography")
    asked = screening.posterior("breast_cancer | positive_mammogram")
    wrong = (
        (float(screening.posterior("positive_mammogram | breast_cancer")), "P(positive | cancer), the question turned round"),
        (asked.prior["present"], "the base rate, as if the test said nothing"),
        (1.0 - asked["present"], "the share of false alarms"),
    )
    return Task(asked["present"], wrong)


def odds_by_hand(net: Network) -> Task:
    """Return the probability of the leading diagnosis."""
    woman, target = _woman(net)
    right = p(woman, target)
    wrong = (
        (odds(right), "the odds, or prior times likelihood ratios, not yet a probability"),
        (woman.weights(target).prior, "the prior: nothing has been multiplied"),
    )
    return Task(right, wrong)


def another_order(net: Network) -> Task:
    """Return the likelihood ratio of the history of cancer with the findings in the opposite order."""
    woman, target = _woman(net)
    turned = net.case(", ".join(reversed(str(woman).split(", "))))
    wrong = ((_of_history(woman, target), "the likelihood ratio in the first order"),)
    return Task(_of_history(turned, target), wrong, probability=False)


def where_she_is_seen(net: Network) -> Task:
    """Return how many times as probable the leading diagnosis is in the emergency department."""
    woman, target = _woman(net)
    here, there = p(woman, target), p(woman.add("setting=emergency"), target)
    wrong = ((odds(there) / odds(here), "the ratio of the odds, not of the probabilities"),)
    return Task(there / here, wrong, probability=False)


EXERCISES = (counting_people, odds_by_hand, another_order, where_she_is_seen)
