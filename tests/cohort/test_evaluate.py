"""Evaluation of scored cohorts: figures counted by hand, other routes to the same figures, intervals, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import bayesnet
from bayesnet import plot


@pytest.fixture(scope="module")
def cohort() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Patients of the chest clinic and their scores."""
    net = bayesnet.load("asia")
    people = net.simulate(1500, seed=1)
    return net.score(people[["smoke", "xray", "dysp"]], targets=["lung=yes", "bronc"]), people


@pytest.fixture(scope="module")
def result(cohort: Any) -> Any:
    """Their evaluation, by smoking."""
    return bayesnet.evaluate(*cohort, by="smoke", bins=4)


def test_four_patients_counted_by_hand() -> None:
    """AUROC 3 of 4 pairs, Brier and log score by their definitions, the net benefit at one half."""
    result = bayesnet.evaluate([0.9, 0.4, 0.6, 0.1], [1, 1, 0, 0], thresholds=[0.5], bins=2)
    (only,) = result
    assert only.auroc == 0.75
    assert only.brier == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert only.log_score == pytest.approx(-np.log([0.9, 0.4, 0.4, 0.9]).mean())
    assert only.net_benefit.points[0][:2] == (0.5, 0.0)
    assert [g.size for g in only.calibration.groups] == [2, 2]


def test_scores_are_those_of_calibration_and_of_the_decision_curve(cohort: Any, result: Any) -> None:
    """One mechanism: the same figures by `calibration`, and net benefit as `decision_curve` gives it."""
    scored, people = cohort
    alone = bayesnet.calibration(scored["P(lung=yes)"], people["lung"] == "yes", bins=4)
    found = result["lung=yes"]
    assert (found.auroc, found.brier, found.slope, found.calibration.groups) == (
        alone.auroc,
        alone.brier,
        alone.slope,
        alone.groups,
    )
    curve = bayesnet.load("asia").decision_curve("lung=yes", ["smoke", "xray", "dysp"], frame=people)
    assert [row[:2] + row[4:] for row in found.net_benefit.points] == [row[:2] + row[4:] for row in curve.points]
    for row, other in zip(found.net_benefit.points, curve.points, strict=True):
        assert row[2:4] == pytest.approx(other[2:4], abs=0.004)


def test_groups_are_the_cohort_parted(cohort: Any, result: Any) -> None:
    """A group is evaluated as if it were the cohort, and the groups together are everybody."""
    scored, people = cohort
    smokers = (people["smoke"] == "yes").to_numpy()
    alone = bayesnet.evaluate(scored[smokers], people[smokers], bins=4)
    assert result["lung=yes | smoke=yes"].auroc_interval == alone["lung=yes"].auroc_interval
    assert result["bronc=yes | smoke=yes"].brier == alone["bronc=yes"].brier
    assert sum(p.size for p in result if p.group and p.target == "lung=yes") == len(people)


@pytest.mark.slow
def test_intervals_hold_the_truth_about_nineteen_times_in_twenty() -> None:
    """The Brier score and AUROC of a large cohort lie in the intervals of 60 small ones at least 51 times, and not always."""
    rng = np.random.default_rng(7)
    p = rng.beta(1, 3, 200_000)
    y = (rng.random(len(p)) < p).astype(float)
    whole = bayesnet.calibration(p, y)
    held = {"brier": 0, "auroc": 0}
    for k in range(60):
        part = slice(300 * k, 300 * (k + 1))
        (found,) = bayesnet.evaluate(p[part], y[part], thresholds=[0.3], seed=k)
        for name in held:
            low, high = getattr(found, f"{name}_interval")
            held[name] += low <= getattr(whole, name) <= high
    assert all(51 <= count < 60 for count in held.values()), held


def test_the_seed_decides_the_intervals(cohort: Any) -> None:
    """The same seed gives the same result, another one other intervals and the same figures."""
    one, same, other = (bayesnet.evaluate(*cohort, seed=seed) for seed in (3, 3, 4))
    assert one == same
    assert one["lung=yes"].brier_interval != other["lung=yes"].brier_interval
    assert one["lung=yes"].brier == other["lung=yes"].brier


def test_the_impossible_that_happened_is_an_infinite_log_score() -> None:
    """It is neither hidden nor NaN, in print and JSON either."""
    result = bayesnet.evaluate([0.0, 0.5, 0.5, 0.2], [1, 1, 0, 0], bins=2)
    assert result[0].log_score == math.inf
    assert result.to_dict()["performances"][0]["log_score"] == "inf"
    assert math.isnan(bayesnet.evaluate([0.1, 0.2], [0, 0])[0].auroc)


def test_what_is_missing_is_left_out_and_said(cohort: Any) -> None:
    """A row that could not be scored and one without an outcome."""
    scored, people = cohort
    scored, people = scored.copy(), people.astype(object)
    scored.iloc[0, 0] = np.nan
    people.loc[people.index[1], "lung"] = None
    result = bayesnet.evaluate(scored[["P(lung=yes)"]], people)
    assert (result.left_out, result["lung=yes"].size) == (2, len(people) - 2)
    assert "2 predictions left out" in str(result)


def test_outcomes_are_read_as_they_are_written() -> None:
    """Present and absent, 1 and 0, True and False, and a column that has the name of the target."""
    p = [0.9, 0.2, 0.4]
    for values in (["present", "absent", "absent"], [1, 0, 0], [True, False, False], ["1", "0", "0"]):
        assert bayesnet.evaluate(pd.DataFrame({"P(flu)": p}), pd.DataFrame({"flu": values}), bins=1)[0].auroc == 1.0
        assert bayesnet.evaluate(pd.DataFrame({"P(!flu)": p}), pd.DataFrame({"flu": values}), bins=1)[0].auroc == 0.0
    named = pd.DataFrame({"lung=yes": [1, 0, 0]})
    assert bayesnet.evaluate(pd.DataFrame({"P(lung=yes)": p}), named, bins=1)["lung=yes"].observed == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("truth", "options", "said"),
    [
        ({"lugn": ["yes", "no"]}, {}, 'no column "lung" with the outcome of P(lung=yes); did you mean "lugn"?'),
        ({"lung": [1, 0]}, {}, 'column "lung" has 0, 1; expected the states of lung, such as yes'),
        ({"lung": ["yes"]}, {}, "must be the same patients in the same order; got 2 and 1 rows."),
        ({"lung": ["yes", "no"], "id": ["a", "c"]}, {}, 'column "id" is not the same in both: row 2 has "b" and "c"'),
        ({"lung": ["yes", "no"]}, {"by": "sex"}, 'no column "sex" to group by'),
        ({"lung": ["yes", "no"]}, {"thresholds": [math.nan]}, "Thresholds lie between 0 and 1; got nan."),
        ({"lung": [None, None]}, {}, "there is nothing to evaluate"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(truth: dict[str, Any], options: dict[str, Any], said: str) -> None:
    """Each with what was got and what was expected."""
    scored = pd.DataFrame({"id": ["a", "b"], "P(lung=yes)": [0.1, 0.2], "problem": ["", ""]})
    with pytest.raises(bayesnet.BayesnetError) as error:
        bayesnet.evaluate(scored, pd.DataFrame(truth), **options)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("predictions", "outcomes", "said"),
    [
        ([0.5, 1j], [0, 1], "probabilities lie between 0 and 1"),
        ([0.5, 10**400], [0, 1], "probabilities lie between 0 and 1; 1 do not, the first is 1000"),
        ([0.5, {"yes": 1}], [0, 1], "probabilities lie between 0 and 1; 1 do not, the first is {'yes': 1}"),
        ([0.5, [0.2]], [0, 1], "probabilities lie between 0 and 1; 1 do not, the first is [0.2]"),
        ([0.5, 0.2], [0, {"yes"}], "expected present or absent, 1 or 0; 1 are neither"),
        ([[0.5], [0.2]], [0], "Give one probability and one outcome for each patient"),
        (np.array([[0.5]]), np.array([[1]]), "Give one probability and one outcome for each patient"),
        (0.5, 1, "Give one probability and one outcome for each patient"),
    ],
)
def test_anything_but_a_probability_and_an_outcome_is_refused(predictions: Any, outcomes: Any, said: str) -> None:
    """No cell of another kind is read, none raises another error."""
    with pytest.raises(bayesnet.BayesnetError) as error:
        bayesnet.evaluate(predictions, outcomes)
    assert said in str(error.value)


def test_the_picture_shows_each_line_with_its_interval(result: Any) -> None:
    """A mark at the figure and a line from end to end."""
    for measure in ("auroc", "slope", "brier"):
        ax = plot.evaluation(result, measure=measure)
        lines = {line.get_gid(): line for line in ax.lines}
        for row, each in enumerate(result):
            assert lines[each.name].get_xdata()[0] == getattr(each, measure)
            assert tuple(lines[f"interval {row}"].get_xdata()) == getattr(each, f"{measure}_interval")
    plt.close("all")
