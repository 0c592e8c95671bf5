"""The back-pain network leaves the house and comes back with the same answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.interop import from_pgmpy, helper_nodes, read_network, to_pgmpy, write_network
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors
from bayesnet.model.find import find_model
from bayesnet.model.read import read_model

CASE = {"age_group": "60-69", "cancer_history": "present", "raised_alp": "present", "fever": "absent"}


@pytest.fixture(scope="module")
def back_pain() -> Factors:
    """The flagship model, its gates factorised."""
    return expand(read_model(find_model("back_pain")))


def posteriors(factors: Factors) -> dict[str, np.ndarray]:
    """Every variable's posterior in one case, by name."""
    findings = {}
    for name, state in CASE.items():
        v = factors.index[name]
        findings[v] = np.eye(factors.cards[v])[factors.states[v].index(state)]
    answer = Engine(factors).posteriors(Evidence(findings, {}))
    return {factors.names[v]: marginal for v, marginal in answer.marginals.items()}


def assert_same_answers(found: Factors, expected: Factors) -> None:
    """Check the posterior of every original variable."""
    answers = posteriors(found)
    for name, marginal in posteriors(expected).items():
        order = [found.states[found.index[name]].index(state) for state in expected.states[expected.index[name]]]
        np.testing.assert_allclose(answers[name][order], marginal, rtol=1e-9, atol=1e-15, err_msg=name)


@pytest.mark.parametrize("extension", ["bif.gz", "xmlbif", "xdsl", "net"])
def test_back_pain_answers_the_same_from_every_format(back_pain: Factors, extension: str, tmp_path: Path) -> None:
    """Written as tables, with its helpers, and read again: every posterior of a case is the same."""
    path = tmp_path / f"back_pain.{extension}"
    helpers = write_network(back_pain, path)
    again = expand(read_network(path))
    assert set(again.names) == {*back_pain.names, *helpers}
    assert_same_answers(again, back_pain)


def test_back_pain_answers_the_same_by_way_of_pgmpy(back_pain: Factors) -> None:
    """Through pgmpy and back, helper nodes and all, every posterior of a case is the same."""
    model = to_pgmpy(back_pain)
    assert set(model.nodes()) == {*back_pain.names, *helper_nodes(model)}
    assert_same_answers(expand(from_pgmpy(model)), back_pain)
