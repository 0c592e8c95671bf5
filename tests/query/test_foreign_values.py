"""Values of the wrong kind are refused in our own words, and everything that is shown can be pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bayesnet
from bayesnet.errors import BayesnetError
from bayesnet.network import Network


@pytest.fixture(scope="module")
def net() -> Network:
    """A network that nothing was asked of."""
    return bayesnet.load("asia")


WRONG: list[Callable[[Any], object]] = [
    lambda net: net.posterior("lung", bayesnet.jeffrey({"smoke": {"yes": "x", "no": 1}})),
    lambda net: net.posterior("lung", bayesnet.jeffrey({"smoke": {"yes": None, "no": 1}})),
    lambda _: bayesnet.jeffrey(None),  # type: ignore[arg-type]
    lambda net: net.posterior("lung", {"smoke": {"yes": 10**400, "no": 1}}),
    lambda net: net.posterior("lung", {"smoke": [10**400, 1]}),
    lambda net: net.posterior("lung", {"xray": [np.array([0.2, 0.8])]}),
    lambda net: net.posterior("do(" * 5_000),
    lambda net: net.posterior("lung", "do(" * 5_000),
    lambda net: net.posterior(5),
    lambda net: net.posteriors(targets=5),
    lambda net: net.posteriors(targets=[5]),
    lambda net: net.simulate(float("nan")),
    lambda net: net.simulate(10**30),
    lambda net: net.simulate("x"),
    lambda net: net.simulate(3, seed="x"),
    lambda net: net.simulate(3, seed=-1),
    lambda net: net.with_numbers({"smoke=yes": "x"}),
    lambda net: net.with_numbers({"smoke=yes": None}),
    lambda net: net.with_numbers([1]),
    lambda _: bayesnet.load(None),  # type: ignore[arg-type]
    lambda _: bayesnet.load("x" * 5_000),
    lambda _: bayesnet.load("a\0b"),
    lambda net: net.save(Path("/no/such/folder/a.bif")),
    lambda net: net.score([1]),
    lambda net: net.score(pd.DataFrame({"smoke": ["yes"]}), targets=5),
    lambda net: net.decision_curve("lung=yes", ["smoke"], size=50, thresholds=["x"]),
    lambda net: net.calibration("lung=yes", ["smoke"], size=50, bins="x"),
    lambda net: net.case().diagnoses(5),
    lambda net: net.case().diagnoses(""),
    lambda net: net.case().drop(5),
    lambda net: net.case().drop(["smoke"]),
    lambda net: net.case().explain(None),
    lambda net: net.case().next_tests(["lung=yes"]),
    lambda net: net.case().explanation_range(["lung=yes"]),
    lambda net: net.case().tornado(5),
    lambda net: net.case().uncertainty(5),
    lambda net: net.case().weights(float("nan")),
    lambda net: net.calibration("lung=yes", ["smoke"], size=50, bins=10**30),
    *(lambda net, draws=draws: net.case().uncertainty("lung=yes", draws=draws) for draws in (10**30, float("nan"), "x", None)),
    *(lambda net, seed=seed: net.case().uncertainty("lung=yes", seed=seed) for seed in (-1, "x", 1.5)),
    *(lambda net, top=top: net.case().tornado("lung=yes", top=top) for top in (-1, "x", 1.5)),
    *(lambda net, count=count: net.case().variance_shares("lung=yes", samples=count) for count in (10**30, -1, "x", 1.5, None)),
    lambda net: net.case().variance_shares("lung=yes", top=-1),
    lambda net: net.case().variance_shares("lung=yes", seed=-1),
    *(lambda net, depth=depth: net.case().plan("lung=yes", depth=depth) for depth in (-1, "x", None)),
    lambda net: net.case().plan("lung=yes", enough="x"),
]


@pytest.mark.parametrize("call", WRONG, ids=range(len(WRONG)))
def test_a_value_of_the_wrong_kind_is_refused_in_our_words(net: Network, call: Callable[[Any], object]) -> None:
    """A number for a text, a text for a number, numbers too large for a float, brackets without end."""
    with pytest.raises(BayesnetError) as refusal:
        call(net)
    assert 10 < len(str(refusal.value)) < 3_000


def test_a_network_is_pickled_as_its_model_whatever_was_asked_of_it() -> None:
    """So are its cases, its listings and its results; a copy answers the same and is as small as an unused one."""
    used = bayesnet.load("asia")
    small = len(pickle.dumps(used))
    answers = [used.posterior("lung | smoke=yes"), used.most_probable("xray=yes"), used.numbers, used.variables, used.sources]
    again: Network = pickle.loads(pickle.dumps(used))
    assert again.posterior("lung | smoke=yes") == answers[0]
    assert copy.deepcopy(used).posterior("lung | smoke=yes") == answers[0]
    assert len(pickle.dumps(used)) == small
    assert pickle.loads(pickle.dumps(used.case("smoke=yes"))).posterior("lung")["yes"] == pytest.approx(0.1)
    for answer in answers:
        back = pickle.loads(pickle.dumps(answer))
        assert str(back) == str(answer)
        assert type(back) is type(answer)
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(answers[1])).assignment["lung"] = "no"
