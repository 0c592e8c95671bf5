"""Rows without age or sex: the same answers as one case at a time, in the time of a few rows that have them."""

from __future__ import annotations

import numpy as np
import pytest
from engine_networks import random_network

import bayesnet
from bayesnet.analysis.cohort import contexts
from bayesnet.inference.engine import Engine


@pytest.mark.slow
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


@pytest.mark.parametrize("seed", range(6))
def test_mixing_the_states_of_hubs_changes_no_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random networks in which every variable with a child may be a hub; hubs asked for, rows that are impossible, no rows."""
    monkeypatch.setattr(contexts, "_CHILDREN", 1)
    monkeypatch.setattr(contexts, "_CONTEXTS", 30)
    monkeypatch.setattr(contexts, "_ROWS", 5)
    rng = np.random.default_rng(seed)
    network, _ = random_network(rng, 8)
    rows = np.where(rng.random((30, 8)) < 0.5, -1, rng.integers(0, network.cards, (30, 8)))
    engine, wanted = Engine(network), [0, 3, 7]
    found, expected = contexts.answered(engine, rows, wanted), engine.cohort(rows, wanted)
    assert found.log_probability == pytest.approx(expected.log_probability, rel=1e-10)
    for v in wanted:
        assert found.marginals[v] == pytest.approx(expected.marginals[v], abs=1e-12, nan_ok=True)
    assert len(contexts.answered(engine, rows[:0], wanted).log_probability) == 0
