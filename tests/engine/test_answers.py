"""The compiled engine agrees with enumeration in exact fractions: probabilities, posteriors, joints, explanations."""

from __future__ import annotations

import itertools
import math
import pickle

import numpy as np
import pytest
from engine_networks import chain, random_evidence, random_network, routes
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_elimination import Engine as PlainEngine
from referee import Enumeration
from strategies import evidence, factors

from bayesnet.errors import BayesnetError
from bayesnet.inference import plan, twin
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence, one_hot

CLOSE = 1e-12


def close(found: np.ndarray, expected: list[object]) -> bool:
    """Equal to 1e-12 of 1."""
    return np.allclose(np.asarray(found, dtype=float), np.asarray([float(x) for x in expected]), rtol=0, atol=CLOSE)


@given(st.data())
@settings(max_examples=60)
def test_probability_and_posteriors_are_those_of_enumeration(data: st.DataObject) -> None:
    """P(e) to 1e-12 relative, every posterior to 1e-12, with virtual and one-of findings and interventions."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, interventions=True))
    referee = Enumeration(network, given_)
    total = float(referee.probability())
    for engine in routes(network):
        if total == 0:
            assert engine.log_probability(given_) == -math.inf
            with pytest.raises(ZeroEvidence):
                engine.posteriors(given_)
            continue
        answer = engine.posteriors(given_)
        assert math.exp(answer.log_probability) == pytest.approx(total, rel=CLOSE)
        assert math.exp(engine.log_probability(given_)) == pytest.approx(total, rel=CLOSE)
        for v, expected in enumerate(referee.marginals()):
            assert close(answer.marginals[v], expected)


@given(st.data())
@settings(max_examples=40)
def test_asking_for_fewer_variables_gives_the_same_answers(data: st.DataObject) -> None:
    """What is pruned because nobody asked for it cannot change what was asked."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, interventions=True))
    assume(Engine(network).log_probability(given_) > -math.inf)
    some = data.draw(st.lists(st.integers(0, len(network.names) - 1), unique=True, min_size=1, max_size=3))
    for engine in routes(network):
        everything = engine.posteriors(given_)
        answer = engine.posteriors(given_, some)
        assert set(answer.marginals) == set(some)
        assert answer.log_probability == pytest.approx(everything.log_probability, abs=1e-11)
        for v in some:
            assert np.allclose(answer.marginals[v], everything.marginals[v], rtol=0, atol=CLOSE)


@given(st.data())
@settings(max_examples=40)
def test_joint_tables_are_those_of_enumeration(data: st.DataObject) -> None:
    """One axis per variable in the order asked, observed and set ones included."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, interventions=True))
    referee = Enumeration(network, given_)
    total = referee.probability()
    assume(total > 0)
    some = data.draw(st.lists(st.integers(0, len(network.names) - 1), unique=True, min_size=1, max_size=3))
    joint = Engine(network).joint(some, given_)
    expected = referee.joint(tuple(some))
    assert joint.table.shape == tuple(network.cards[v] for v in some)
    for states in np.ndindex(*joint.table.shape):
        assert joint.table[states] == pytest.approx(float(expected.get(states, 0) / total), abs=CLOSE)


@given(st.data())
@settings(max_examples=40)
def test_one_pass_gives_the_joint_of_a_target_with_every_open_variable(data: st.DataObject) -> None:
    """P(target, v | e) of every unobserved v agrees with the joint of the two."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, interventions=True))
    assume(Engine(network).log_probability(given_) > -math.inf)
    target = data.draw(st.integers(0, len(network.names) - 1))
    for engine in routes(network):
        tables = engine.joint_with_each(target, given_)
        assert set(tables) == set(range(len(network.names))) - {target, *given_.hard(), *given_.interventions}
        for v, table in tables.items():
            assert np.allclose(table, engine.joint((target, v), given_).table, rtol=0, atol=CLOSE)


@given(st.data())
@settings(max_examples=40)
def test_the_most_probable_assignment_and_the_next_best_are_those_of_enumeration(data: st.DataObject) -> None:
    """All variables or some with the rest summed out; uniqueness says whether the second is as good."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, interventions=True))
    referee = Enumeration(network, given_)
    assume(referee.probability() > 0)
    some = data.draw(st.one_of(st.none(), st.lists(st.integers(0, len(network.names) - 1), unique=True, min_size=1, max_size=3)))
    found = Engine(network).most_probable(given_, some)
    chosen = tuple(found.assignment)
    ranked = referee.ranked(chosen)
    assert math.exp(found.log_probability) == pytest.approx(float(ranked[0][1]), rel=CLOSE)
    assert float(dict(ranked)[tuple(found.assignment.values())]) == pytest.approx(float(ranked[0][1]), rel=CLOSE)
    if len(ranked) == 1:
        assert found.runner_up is None
        assert found.unique
        return
    assert found.runner_up is not None
    assert found.runner_up != found.assignment
    assert math.exp(found.runner_up_log_probability) == pytest.approx(float(ranked[1][1]), rel=CLOSE)
    assert float(dict(ranked)[tuple(found.runner_up.values())]) == pytest.approx(float(ranked[1][1]), rel=CLOSE)
    assert found.unique == (float(ranked[1][1]) < float(ranked[0][1]) * (1 - CLOSE))


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (plan, "BLOCK", 1),
        (plan, "LONGEST", 1),
        (plan, "BLOCK", 4096),
        (plan, "INPUTS", 2),
        (plan, "SHARED", 0),
        (twin, "CHUNK", 1),
    ],
)
def test_every_way_through_the_code_gives_the_same_answer(
    module: object, name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks, loops around them, products of few or many inputs: sizes decide the speed, never the answer."""
    cases = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        network, _ = random_network(rng, 9)
        cases.append((network, random_evidence(rng, network)))
    expected = [Engine(network).log_probability(given_) for network, given_ in cases]
    posteriors = [Engine(n).posteriors(e) if log > -math.inf else None for (n, e), log in zip(cases, expected, strict=True)]
    monkeypatch.setattr(module, name, value)
    for (network, given_), log, before in zip(cases, expected, posteriors, strict=True):
        for engine in routes(network):
            assert engine.log_probability(given_) == pytest.approx(log, abs=1e-11)
            if before is not None:
                after = engine.posteriors(given_)
                assert all(np.allclose(after.marginals[v], m, rtol=0, atol=CLOSE) for v, m in before.marginals.items())


@pytest.mark.parametrize("seed", range(12))
def test_networks_too_large_to_enumerate_agree_with_plain_elimination(seed: int) -> None:
    """Fourteen variables of up to four states against a second program that spells gates out."""
    rng = np.random.default_rng(1000 + seed)
    network, _ = random_network(rng, 14, most_parents=3)
    given_ = random_evidence(rng, network)
    plain = PlainEngine(network)
    log = plain.log_probability(given_)
    for engine in routes(network):
        assert engine.log_probability(given_) == (pytest.approx(log, abs=1e-11) if log > -math.inf else -math.inf)
        if log > -math.inf:
            answer = engine.posteriors(given_)
            for v in range(14):
                assert np.allclose(answer.marginals[v], plain.joint((v,), given_).table, rtol=0, atol=CLOSE)


@given(st.data())
@settings(max_examples=30)
def test_averaging_the_posterior_over_a_finding_gives_the_posterior_without_it(data: st.DataObject) -> None:
    """Sum over the states t of P(t | e) P(v | e, t) is P(v | e)."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, max_findings=2))
    engine = Engine(network)
    assume(engine.log_probability(given_) > -math.inf)
    v, t = data.draw(st.permutations(range(len(network.names))))[:2]
    assume(t not in given_.likelihoods)
    before = engine.posteriors(given_)
    mixed = np.zeros(network.cards[v])
    for state, weight in enumerate(before.marginals[t]):
        if weight > 1e-9:
            mixed += weight * engine.posteriors(given_.with_likelihood(t, one_hot(network.cards[t], state)), (v,)).marginals[v]
    assert np.allclose(mixed, before.marginals[v], rtol=0, atol=1e-8)


@given(st.data())
@settings(max_examples=30)
def test_acting_on_a_root_equals_seeing_it(data: st.DataObject) -> None:
    """Without parents there is nothing to cut."""
    network = data.draw(factors())
    root = next(v for v, family in enumerate(network.families) if not family.parents)
    state = data.draw(st.integers(0, network.cards[root] - 1))
    engine = Engine(network)
    seen = Evidence({root: one_hot(network.cards[root], state)})
    assume(engine.log_probability(seen) > -math.inf)
    by_seeing, by_doing = engine.posteriors(seen), engine.posteriors(Evidence({}, {root: state}))
    for v, marginal in by_seeing.marginals.items():
        assert np.allclose(marginal, by_doing.marginals[v], rtol=0, atol=CLOSE)


@given(st.data())
@settings(max_examples=30)
def test_the_scale_of_a_likelihood_counts_in_the_probability_only(
    data: st.DataObject,
) -> None:
    """Multiplying a likelihood by c adds ln c to ln P(e) and changes no posterior."""
    network = data.draw(factors())
    given_ = data.draw(evidence(network, max_findings=3))
    assume(given_.likelihoods)
    engine = Engine(network)
    assume(engine.log_probability(given_) > -math.inf)
    v = min(given_.likelihoods)
    scaled = given_.without(v).with_likelihood(v, given_.likelihoods[v] * 1e6)
    assert engine.log_probability(scaled) == pytest.approx(engine.log_probability(given_) + math.log(1e6), abs=1e-9)
    before, after = engine.posteriors(given_), engine.posteriors(scaled)
    assert all(np.allclose(after.marginals[u], m, rtol=0, atol=CLOSE) for u, m in before.marginals.items())


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    """Plans are shared by pattern; the same question gives the same bits before and after all its neighbours."""
    rng = np.random.default_rng(5)
    network, _ = random_network(rng, 8)
    questions = []
    for states in itertools.product(range(2), repeat=4):
        given_ = Evidence.of(dict(zip((1, 3, 5, 7), states, strict=True)), network.cards)
        if Engine(network).log_probability(given_) > -math.inf:
            questions.append(given_)
    for fast in (True, False):
        asked = Engine(network, fast=fast)
        first = [asked.posteriors(q) for q in questions]
        again = [asked.posteriors(q) for q in reversed(questions)][::-1]
        fresh = [Engine(network, fast=fast).posteriors(q) for q in questions]
        for a, b, c in zip(first, again, fresh, strict=True):
            for v in range(8):
                assert np.array_equal(a.marginals[v], b.marginals[v])
                assert np.array_equal(a.marginals[v], c.marginals[v])


def test_evidence_is_immutable_and_travels() -> None:
    """Adding and dropping findings gives new evidence; pickling keeps it."""
    one = Evidence.of({0: 1}, (2, 3), text="a")
    two = one.with_likelihood(1, np.array([1.0, 2.0, 0.0]))
    assert set(one.likelihoods) == {0}
    assert set(two.without(0).likelihoods) == {1}
    both = two.with_likelihood(1, np.array([0.0, 3.0, 1.0]))
    assert both.likelihoods[1].tolist() == [0.0, 6.0, 0.0]
    assert both.hard() == {0: 1, 1: 1}
    back = pickle.loads(pickle.dumps(two))
    assert back.text == "a"
    assert back.likelihoods[1].tolist() == [1.0, 2.0, 0.0]
    with pytest.raises(TypeError):
        one.likelihoods[1] = np.ones(3)  # type: ignore[index]


def test_a_long_chain_has_the_probability_of_the_forward_recursion() -> None:
    """Fifteen hundred observed copies, P(e) below 1e-400: far less than a double can hold."""
    network = chain(1500, 0.3)
    rng = np.random.default_rng(0)
    seen = rng.integers(0, 2, 1500)
    given_ = Evidence.of({2 * k + 1: int(s) for k, s in enumerate(seen)}, network.cards)
    move, copy = network.families[2].table, network.families[1].table
    alpha, log = np.array([0.5, 0.5]) * copy[:, seen[0]], 0.0
    for s in seen[1:]:
        alpha = (alpha @ move) * copy[:, s]
        log += math.log(alpha.sum())
        alpha = alpha / alpha.sum()
    engine = Engine(network)
    assert engine.log_probability(given_) == pytest.approx(log + math.log(alpha.sum()), rel=1e-12)
    assert log / math.log(10) < -400
    answer = engine.posteriors(given_)
    assert np.allclose(answer.marginals[2998], alpha / alpha.sum(), rtol=1e-10)
    best = engine.most_probable(given_)
    assert best.log_probability < log


def test_evidence_that_does_not_fit_the_network_is_refused_in_words() -> None:
    """By every door of the engine: a likelihood of the wrong length, a variable or a state that there is not."""
    factors = random_network(np.random.default_rng(1), 4)[0]
    short = Evidence({1: np.ones(factors.cards[1] - 1)})
    for engine in routes(factors):
        others = lambda e: engine.gradients(e, []), lambda e: engine.joint_with_each(0, e)  # noqa: B023
        for ask in (engine.posteriors, engine.log_probability, *others):
            with pytest.raises(BayesnetError, match=r"^The likelihood of variable 1 has \d numbers?; expected one for each"):
                ask(short)
        with pytest.raises(BayesnetError, match=r"^Variable 2 is set to state 9; expected one from 0 to"):
            engine.posteriors(Evidence({}, {2: 9}))
