"""The next test, and when to image."""

from __future__ import annotations

from math import log2

from bayesnet.case import Case
from bayesnet.coursework.task import Task, p
from bayesnet.network import Network, load


def _case(net: Network) -> Case:
    """Return the case of the notebook."""
    return net.case("age_group=60-69, raised_alp, chronic_pain")


def _bits(share: float) -> float:
    """Return the entropy of a yes-or-no question."""
    return -sum(q * log2(q) for q in (share, 1.0 - share) if q > 0.0)


def _best(case: Case) -> float:
    """Return the expected utility of the best option."""
    return case.advise().options[0].expected_utility


def bits_by_hand(_: Network) -> Task:
    """Return the bits about cancer that a mammogram brings on average."""
    screening = load("mammography").case()
    prior, positive = p(screening, "breast_cancer"), p(screening.add("positive_mammogram"), "breast_cancer")
    right = screening.next_tests("breast_cancer")["positive_mammogram"].bits
    wrong = (
        (_bits(prior), "all the uncertainty there is, not what the test takes away"),
        (_bits(prior) - right, "the uncertainty that is left"),
        (_bits(positive) - _bits(prior), "what a positive result adds: it makes us less sure"),
        (_bits(prior) - _bits(positive), "the positive result only; average over both results"),
    )
    return Task(right, wrong, probability=False)


def threshold_from_values(_: Network) -> Task:
    """Return the probability of a serious disease from which on the scanner is better."""
    harm, benefit = 0.0162, 0.05
    wrong = (
        (harm / benefit, "the odds at the threshold"),
        (benefit / (harm + benefit), "the probability of no serious disease at the threshold"),
        (benefit - harm, "a difference of utilities"),
    )
    return Task(harm / (harm + benefit), wrong)


def worth_of_a_question(net: Network) -> Task:
    """Return what the question about an old cancer is worth for the decision, in QALY."""
    case = _case(net)
    share, gain = p(case, "cancer_history"), _best(case.add("cancer_history")) - _best(case)
    wrong = (
        (gain, "what a yes would change; the answer may be no"),
        (share * gain, "the part of yes only"),
        (case.advise().evpi, "the value of perfect information, the ceiling for all tests"),
        (case.next_tests("spinal_metastasis")["cancer_history"].bits, "bits, not QALY"),
    )
    return Task(case.next_tests()["cancer_history"].value, wrong, probability=False)


def without_a_laboratory(net: Network) -> Task:
    """Return the finding for nothing that is worth most for the decision."""
    case = _case(net)
    tests = list(case.next_tests())
    free, priced = ([test for test in tests if (test.cost == 0) == nothing] for nothing in (True, False))
    wrong = (
        (max(priced, key=lambda test: test.value).finding, "a laboratory test"),
        (next(iter(case.next_tests("spinal_metastasis"))).finding, "the finding with the most bits, and it needs a scanner"),
    )
    return Task(max(free, key=lambda test: test.value).finding, wrong)


EXERCISES = (bits_by_hand, threshold_from_values, worth_of_a_question, without_a_laboratory)
