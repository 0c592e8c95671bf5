"""Rows without age or sex: the same answers as one case at a time, in the time of a few rows that have them."""

from __future__ import annotations

import numpy as np
import pytest

import bayesnet


def test_rows_without_age_or_sex_get_the_answer_of_a_single_case() -> None:
    """Neither, either, or both known, and a column of ages that is empty; findings that exclude each other stay impossible."""
    net = bayesnet.load("back_pain")
    frame = net.simulate(8, seed=3)[["age_group", "female", "raised_alp", "alp_grade", "fever", "fracture_history"][:5]].astype(
        object
    )
    frame.loc[[1, 2, 6], "age_group"] = None
    frame.loc[[2, 3, 6], "female"] = None
    frame.loc[6, ["raised_alp", "alp_grade"]] = ["absent", net.variables["alp_grade"].states[-1]]
    targets = ["spinal_metastasis", "age_group"]
    scored = net.score(frame, targets)
    assert scored["log_probability"][6] == -np.inf
    assert "cannot hold together" in scored["problem"][6]
    for i in (0, 1, 2, 3):
        given = {name: value for name, value in frame.loc[i].items() if value is not None}
        answer = net.case(given)
        assert scored["P(spinal_metastasis)"][i] == pytest.approx(answer.posterior("spinal_metastasis")["present"], rel=1e-10)
        states = net.variables["age_group"].states
        ages = answer.posterior("age_group")
        assert [scored[f"P(age_group={s})"][i] for s in states] == pytest.approx([ages[s] for s in states], rel=1e-10)
    without = net.score(frame.drop(columns=["age_group"]), ["spinal_metastasis"])
    given = {name: value for name, value in frame.loc[0].items() if name != "age_group"}
    assert without["P(spinal_metastasis)"][0] == pytest.approx(net.posterior("spinal_metastasis", given)["present"], rel=1e-10)
