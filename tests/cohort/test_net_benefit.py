"""Net benefit: the definition on paper, laws of the curve, and a simulated cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bayesnet
from bayesnet.analysis.cohort.net_benefit import net_benefit


def test_the_published_definition_on_paper():
    """Of 10 patients 3 have it; acting on 4 with 2 of them: 2/10 - 2/10 * 0.25/0.75 at a threshold of one quarter."""
    p = np.array([0.9, 0.8, 0.7, 0.6] + [0.1] * 6)
    has = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0], dtype=float)
    assert net_benefit(p, has, 0.25) == pytest.approx(0.2 - 0.2 / 3)


@given(st.integers(1, 40), st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_net_benefit_never_exceeds_the_share_that_has_it(n, threshold, seed):
    """At most the prevalence, reached by acting on exactly those who have it; acting on none gives nothing."""
    rng = np.random.default_rng(seed)
    p, has = rng.random(n), (rng.random(n) < 0.4).astype(float)
    assert net_benefit(p, has, threshold) <= has.mean() + 1e-12
    assert net_benefit(has, has, threshold) == pytest.approx(has.mean())
    assert net_benefit(np.zeros(n), has, threshold) == 0.0


def test_a_network_that_is_right_is_never_worse_than_all_or_none():
    """On its own simulated cohort, acting by the posterior does at least as well as acting on all or on none, within error."""
    curve = bayesnet.load("asia").decision_curve(
        "lung=yes", ["smoke", "xray", "dysp"], size=3000, thresholds=[0.02, 0.1, 0.3, 0.6]
    )
    frame = curve.to_frame()
    assert list(frame.columns) == ["threshold", "model", "low", "high", "all", "none", "acted_on", "found"]
    assert (frame["high"] >= frame[["all", "none"]].max(axis=1)).all()
    assert (frame["low"] <= frame["model"]).all()
    assert frame["acted_on"].is_monotonic_decreasing
    assert curve.prevalence == pytest.approx(0.055, abs=0.02)


def test_a_given_cohort_is_taken_as_it_is():
    """Two patients, one with it, told apart by smoking and X-ray: the curve is counted by hand."""
    frame = pd.DataFrame({"smoke": ["yes", "no"], "xray": ["yes", "no"], "lung": ["yes", "no"]})
    curve = bayesnet.load("asia").decision_curve("lung=yes", ["smoke", "xray"], frame=frame, thresholds=[0.5])
    ((threshold, model, *_),) = curve.rows()
    assert (threshold, model) == (0.5, 0.5)
    assert "cohort of 2" in curve.heading()


def test_what_cannot_be_scored_is_refused():
    """A missing column, a threshold of one and a state that is not there are each named."""
    net = bayesnet.load("asia")
    with pytest.raises(bayesnet.BayesnetError, match="The cohort has no column lung; it needs lung and every known variable"):
        net.decision_curve("lung=yes", ["smoke"], frame=pd.DataFrame({"smoke": ["yes"]}))
    with pytest.raises(bayesnet.BayesnetError, match="Thresholds lie between 0 and 1; got 1"):
        net.decision_curve("lung=yes", ["smoke"], thresholds=[1.0])
    with pytest.raises(bayesnet.BayesnetError, match=r"1 rows cannot be scored; the first: .*maybe"):
        net.decision_curve("lung=yes", ["smoke"], frame=pd.DataFrame({"smoke": ["maybe"], "lung": ["no"]}))
