"""Findings in turn: counts on paper, the same answers as the network, laws of whole people, and what is refused."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bayesnet
from bayesnet.results.teaching import SequenceStep

NET = bayesnet.load("asia")


def test_smokers_counted_on_paper() -> None:
    """Of 1,000 smokers 100 have cancer; 98 % and 5.95 % of either side have the film."""
    steps = NET.case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", population=1000)
    assert [(s.finding, s.with_target, s.without_target) for s in steps] == [
        ("", 100, 900), ("xray=yes", 98, 54), ("dysp=yes", 80, 31),
    ]  # fmt: skip
    assert steps.steps[1].share_with == pytest.approx(0.98)
    assert steps.conclusion() == "Of the 111 left, 80 have lung=yes; exactly, 72.4 %, 72 in 100."
    assert steps.conditions == "smoke=yes"


@given(
    st.lists(st.sampled_from(["xray=yes", "dysp=no", "bronc=yes", "asia=yes", "smoke=no", "tub=no"]), min_size=1, unique=True),
    st.integers(1, 10**7),
)
def test_each_step_is_what_the_network_says(findings: list[str], of: int) -> None:
    """Posteriors and shares are those of the network; counts are half a person off at most; nobody joins on the way."""
    steps = NET.case().frequency_sequence("lung=yes", ", ".join(findings), population=of)
    for k, step in enumerate(steps):
        known = ", ".join(findings[:k])
        assert step.posterior == pytest.approx(NET.posterior("lung", given=known or None)["yes"], abs=1e-10)
        if k:
            before = ", ".join(["lung=yes", *findings[: k - 1]])
            assert step.share_with == pytest.approx(NET.probability(findings[k - 1], given=before), abs=1e-10)
        assert abs(step.with_target - step.probability_with * of) <= 0.5 + 1e-6
        assert abs(step.without_target - step.probability_without * of) <= 0.5 + 1e-6
    people = [(s.with_target, s.without_target) for s in steps]
    assert sum(people[0]) == of
    assert all(a >= c and b >= d for (a, b), (c, d) in itertools.pairwise(people))


def test_one_finding_agrees_with_the_table_of_two_by_two() -> None:
    """The exact figures of `case.frequencies` and of one step are the same."""
    case = NET.case("smoke=yes")
    table, steps = case.frequencies("lung=yes", "xray=yes"), case.frequency_sequence("lung=yes", "xray=yes")
    assert steps.posterior == pytest.approx(table.posterior)
    assert steps.steps[1].probability_with == pytest.approx(table.probabilities[0][0])
    assert steps.steps[1].probability_without == pytest.approx(table.probabilities[1][0])


def test_what_the_case_knows_of_a_finding_is_left_out_of_the_population() -> None:
    """The population is everybody of whom the rest is true."""
    steps = NET.case("smoke=yes, xray=no").frequency_sequence("lung=yes", "xray=yes")
    assert steps.conditions == "smoke=yes"
    assert steps.posterior == pytest.approx(NET.posterior("lung | smoke=yes, xray=yes")["yes"])


def test_nobody_left_and_too_few_people_are_said() -> None:
    """What cannot be ends in nobody; a population in which a side dies out names one in which it does not."""
    nobody = NET.case("tub=no, lung=no").frequency_sequence("smoke=yes", "either=yes, xray=yes", population=100)
    assert [s.count for s in nobody] == [100, 0, 0]
    assert math.isnan(nobody.posterior)
    assert nobody.conclusion() == "Nobody can have all of this, so that it says nothing of smoke=yes."
    few = NET.case("smoke=no").frequency_sequence("tub=yes", "xray=yes", population=10)
    assert few.larger() == 100
    assert "population=100 shows them" in str(few)


def test_what_cannot_be_counted_is_refused() -> None:
    """As with one finding: the target itself, likelihoods, no finding, no people."""
    case = NET.case()
    for found, of in (("lung=yes", 10), ({"xray": {"yes": 3, "no": 1}}, 10), ("", 10), ("xray=yes", 0), ("do(xray=yes)", 10)):
        with pytest.raises(bayesnet.BayesnetError):
            case.frequency_sequence("lung=yes", found, population=of)


def test_the_likelihood_ratio_of_a_step_is_that_of_the_ladder() -> None:
    """Share with over share without is what the ladder says here."""
    steps = NET.case().frequency_sequence("lung=yes", "xray=yes, dysp=yes")
    ladder = NET.case("xray=yes, dysp=yes").ladder("lung=yes")
    for step, rung in zip(steps.steps[1:], ladder, strict=True):
        assert isinstance(step, SequenceStep)
        assert step.share_with / step.share_without == pytest.approx(rung.likelihood_ratio)
