"""Our door and pgmpy's variable elimination give the same answers: the small models, random networks, published ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.network import Network
from bayesnet.pattern import Term

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")


def by_pgmpy(net: Network, target: str, found: dict[str, str]) -> dict[str, float]:
    """P(target | found) by pgmpy; with nothing found it needs None."""
    from pgmpy.inference import VariableElimination

    factor = VariableElimination(net.to_pgmpy()).query([target], evidence=found or None, show_progress=False)
    return dict(zip(factor.state_names[target], map(float, factor.values), strict=True))


@pytest.mark.parametrize("name", ["asia", "sprinkler", "mammography"])
def test_the_small_models(name: str) -> None:
    """Every variable, for a simulated case of each model, agrees to 1e-9."""
    net = bayesnet.load(name)
    case = net.simulate(1, seed=3).iloc[0]
    for target in net.variables:
        found = {other: case[other] for other in list(net.variables)[::2] if other != target}
        assert dict(net.posterior(target, found).items()) == pytest.approx(by_pgmpy(net, target, found), abs=1e-9)


@settings(max_examples=25)
@given(st.data())
def test_random_networks_with_every_gate(data) -> None:
    """Gates of every kind, spelled out as tables for pgmpy, agree to 1e-9."""
    net = Network(data.draw(models(max_variables=5)))
    assume(not any(v.default for v in net.variables.values()))
    case = net.simulate(1, seed=data.draw(st.integers(0, 99))).iloc[0]
    names = data.draw(st.permutations(net.compiled.names))
    count = data.draw(st.integers(0, len(names) - 1))
    found = {name: case[name] for name in names[:count]}
    answer = dict(net.posterior(str(Term(names[-1])), found).items())
    assert answer == pytest.approx(by_pgmpy(net, names[-1], found), abs=1e-9)


def test_a_network_through_pgmpy_and_back(networks: Path) -> None:
    """Alarm, through pgmpy and back, gives the same answers."""
    net = bayesnet.load(networks / "alarm.bif.gz")
    back = bayesnet.from_pgmpy(net.to_pgmpy())
    question = "HYPOVOLEMIA | BP=LOW, HRBP=HIGH"
    assert back.posterior(question).probabilities == pytest.approx(net.posterior(question).probabilities, abs=1e-12)
    assert dict(net.posterior(question).items()) == pytest.approx(
        by_pgmpy(net, "HYPOVOLEMIA", {"BP": "LOW", "HRBP": "HIGH"}), abs=1e-9
    )
