"""Derivatives of P(e) by every entry of every table and gate: exact, also at zero, and consistent for pairs of events."""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_networks import chain, random_evidence, random_network
from engine_networks import network as build_network
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_elimination import Engine as PlainEngine
from plain_elimination import _with_tensors, gradients
from strategies import evidence, factors

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily


def contrasts(adjoint: np.ndarray) -> np.ndarray:
    """Derivatives along changes that keep the columns' sums: each entry against the first of its column."""
    return adjoint - adjoint[..., :1]


def behind(network: Factors) -> set[int]:
    """Families with a number of the model behind them."""
    return set(network.dependence.family.tolist())


@pytest.mark.parametrize("seed", range(40))
def test_derivatives_agree_with_reverse_differentiation_of_plain_elimination(seed: int) -> None:
    """Every entry of every family with numbers, with all kinds of evidence, for P(e) and for P(h, e)."""
    rng = np.random.default_rng(seed)
    network, certain = random_network(rng, 8)
    given_ = random_evidence(rng, network)
    h = int(rng.integers(8))
    state = int(rng.integers(network.cards[h]))
    engine, plain = Engine(network), PlainEngine(network)
    both = gradients(engine, given_, (h, state))
    expected = plain.gradient(given_, {h: state}), plain.gradient(given_)
    alone = gradients(engine, given_.with_likelihood(h, one_hot(network.cards[h], state)))[-1], gradients(engine, given_)[-1]
    for found, single, reference in zip(both, alone, expected, strict=True):
        scale = math.exp(reference.log_scale)
        for gradient in (found, single):
            factor = math.exp(gradient.log_scale)
            assert gradient.value * factor == pytest.approx(reference.value * scale, rel=1e-11, abs=1e-300)
            for v, family in enumerate(network.families):
                for t, tensor in enumerate(family.tensors):
                    assert gradient.adjoints[v][t].shape == tensor.shape
                    if v not in certain:
                        got, want = contrasts(gradient.adjoints[v][t]) * factor, contrasts(reference.adjoints[v][t]) * scale
                        assert np.allclose(got, want, rtol=1e-9, atol=1e-12)
    assert both[0].log_scale == both[1].log_scale


@given(st.data())
@settings(max_examples=25)
def test_derivatives_agree_with_central_differences(data: st.DataObject) -> None:
    """Moving a little mass between two entries of a column changes P(e) by their difference in derivative."""
    network = data.draw(factors(max_variables=5))
    given_ = data.draw(evidence(network, interventions=True))
    found = gradients(Engine(network), given_)[-1]
    numbered = sorted(behind(network))
    assume(numbered)
    v = data.draw(st.sampled_from(numbered))
    t = data.draw(st.integers(0, len(network.families[v].tensors) - 1))
    tensor = network.families[v].tensors[t]
    columns = tensor.reshape(-1, tensor.shape[-1])
    row = data.draw(st.integers(0, len(columns) - 1))
    up, down = data.draw(st.permutations(range(tensor.shape[-1])))[:2]
    step = min(1e-4, columns[row, down] / 2, columns[row, up] / 2)
    assume(step > 1e-9)
    values = []
    for sign in (1.0, -1.0):
        moved = tensor.copy()
        moved.reshape(-1, tensor.shape[-1])[row, up] += sign * step
        moved.reshape(-1, tensor.shape[-1])[row, down] -= sign * step
        tensors = [list(family.tensors) for family in network.families]
        tensors[v][t] = moved
        values.append(math.exp(Engine(_with_tensors(network, tensors)).log_probability(given_)))
    slope = found.adjoints[v][t].reshape(-1, tensor.shape[-1])[row] * math.exp(found.log_scale)
    assert (values[0] - values[1]) / (2 * step) == pytest.approx(slope[up] - slope[down], rel=1e-6, abs=1e-6 * max(values))


@given(st.data())
@settings(max_examples=25)
def test_the_value_is_the_sum_of_entries_times_derivatives_of_any_family_that_matters(data: st.DataObject) -> None:
    """P(e) is linear and homogeneous in the entries of a table that takes part (Euler's identity)."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network))
    found = gradients(Engine(network), given_)[-1]
    for v, family in enumerate(network.families):
        if len(family.tensors) == 1 and found.adjoints[v][0].any():
            assert float((family.tensors[0] * found.adjoints[v][0]).sum()) == pytest.approx(found.value, rel=1e-10)


def test_a_finding_that_cannot_be_still_has_a_slope() -> None:
    """P(e) = 0 because one entry is 0: its derivative is the probability of its column, not zero and not NaN."""
    root = TableFamily(0, (), np.array([0.7, 0.3]))
    table = TableFamily(1, (0,), np.array([[1.0, 0.0], [0.4, 0.6]]))
    links = (np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.5, 0.5]]))
    gate = NoisyFamily(2, (0, 1), (0, 1), np.array([1.0, 0.0]), links)
    network = build_network([2, 2, 2], [root, table, gate])
    engine = Engine(network)
    seen = Evidence.of({0: 0, 1: 1}, network.cards)
    assert engine.log_probability(seen) == -math.inf
    found = gradients(engine, seen)[-1]
    assert found.value == 0.0
    assert found.adjoints[1][0][0, 1] * math.exp(found.log_scale) == pytest.approx(0.7)
    seen = Evidence.of({1: 0, 2: 1}, network.cards)
    found = gradients(engine, seen)[-1]
    scale = math.exp(found.log_scale)
    assert found.value == 0.0
    assert found.adjoints[2][0][1] * scale == pytest.approx(0.7 + 0.3 * 0.4)
    assert found.adjoints[2][1][1, 1] * scale == pytest.approx(0.3 * 0.4)


def test_contradicting_findings_have_no_slope() -> None:
    """No change of the numbers makes one variable be in two states."""
    network, _ = random_network(np.random.default_rng(1), 5)
    vector = np.zeros(network.cards[2])
    found = gradients(Engine(network), Evidence({2: vector}))[-1]
    assert found.value == 0.0
    assert all(not t.any() for row in found.adjoints for t in row)


def test_derivatives_survive_underflow() -> None:
    """Where P(e) is below 1e-400 the derivative of ln P(e) is finite and agrees with a change of one entry."""
    network = chain(1500, 0.3)
    given_ = Evidence.of({2 * k + 1: k % 2 for k in range(1500)}, network.cards)
    engine = Engine(network)
    found = gradients(engine, given_)[-1]
    assert found.value > 0
    assert math.log(found.value) + found.log_scale == pytest.approx(engine.log_probability(given_), rel=1e-12)
    tensors = [list(family.tensors) for family in network.families]
    step = 1e-6
    logs = []
    for sign in (1.0, -1.0):
        tensors[200] = [network.families[200].table + sign * step * np.array([[-1.0, 1.0], [0.0, 0.0]])]
        logs.append(Engine(_with_tensors(network, tensors)).log_probability(given_))
    slope = found.adjoints[200][0]
    assert (logs[0] - logs[1]) / (2 * step) == pytest.approx((slope[0, 1] - slope[0, 0]) / found.value, rel=1e-4)


def test_an_unobserved_branch_has_no_derivative() -> None:
    """A number that is d-separated from the findings moves nothing."""
    network = chain(4, 0.3)
    found = gradients(Engine(network), Evidence({0: one_hot(2, 1)}))[-1]
    for v in range(1, 8):
        assert not found.adjoints[v][0].any()
