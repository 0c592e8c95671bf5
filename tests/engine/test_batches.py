"""Batches say what one case at a time says: draws of the numbers, cohorts of patients, one thread or several."""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_networks import random_evidence, random_network
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_elimination import Engine as PlainEngine
from strategies import factors

from bayesnet.errors import TooWide
from bayesnet.inference import cohort, draws
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.threads import processors, shared
from bayesnet.model.factors import Factors


def some_rows(rng: np.random.Generator, network: Factors, count: int, probability: float = 0.35) -> np.ndarray:
    """Rows of states with gaps; one variable is known in almost every row, and some rows are equal."""
    rows = np.full((count, len(network.names)), -1)
    for v, card in enumerate(network.cards):
        seen = rng.random(count) < (0.95 if v == 0 else probability)
        rows[seen, v] = rng.integers(0, card, int(seen.sum()))
    rows[count // 2] = rows[0]
    return rows


def agree(network: Factors, rows: np.ndarray, wanted: list[int], workers: int = 1) -> None:
    """Every row of the cohort equals the answer to that row alone; impossible rows stop nobody."""
    engine = Engine(network)
    found = engine.cohort(rows, wanted, workers=workers)
    assert found.log_probability.shape == (len(rows),)
    for i, row in enumerate(rows):
        evidence = Evidence.of({v: int(s) for v, s in enumerate(row) if s >= 0}, network.cards)
        log = engine.log_probability(evidence)
        if log == -math.inf:
            assert found.log_probability[i] == -math.inf
            assert all(np.isnan(found.marginals[v][i]).all() for v in wanted)
            continue
        assert found.log_probability[i] == pytest.approx(log, abs=1e-10)
        answer = engine.posteriors(evidence, wanted)
        for v in wanted:
            assert np.allclose(found.marginals[v][i], answer.marginals[v], rtol=0, atol=1e-12)


@given(st.data())
@settings(max_examples=25)
def test_a_row_of_a_cohort_gets_the_answer_of_a_single_case(data: st.DataObject) -> None:
    """Random models with every gate, every variable asked, findings missing at random."""
    network = data.draw(factors())
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    agree(network, some_rows(rng, network, 12), list(range(len(network.names))))


@pytest.mark.parametrize("seed", range(8))
def test_cohorts_of_larger_networks_agree_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of few rows and unions of many gates, a few variables asked."""
    rng = np.random.default_rng(seed)
    network, _ = random_network(rng, 10)
    monkeypatch.setattr(cohort, "ROWS", 7)
    monkeypatch.setattr(cohort, "ROWS_PER_PLAN", int(rng.integers(1, 50)))
    agree(network, some_rows(rng, network, 40), [int(v) for v in rng.permutation(10)[:3]])


@pytest.mark.parametrize("seed", [105980, 106032, 106048, 106124, 106226, 106360, 106378, 106450, *range(4)])
def test_variables_known_in_every_row_settle_others_by_certain_gates(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables known in all rows, in most, or in few: what certain gates make of the former holds in every row of a chunk."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 12))
    network, _ = random_network(rng, size, int(rng.integers(2, 5)))
    monkeypatch.setattr(cohort, "ROWS", int(rng.integers(2, 40)))
    rows = np.full((25, size), -1)
    for v in range(size):
        seen = rng.random(25) < rng.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        rows[seen, v] = rng.integers(0, network.cards[v], 25)[seen]
    agree(network, rows, [int(v) for v in rng.permutation(size)[: int(rng.integers(1, size + 1))]])


def test_rows_that_together_would_be_too_wide_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that every row meets alone and all rows in one plan do not changes no answer."""
    monkeypatch.setattr(cohort, "PRIOR", 0.0)
    monkeypatch.setattr(cohort, "ROWS_PER_PLAN", 10**9)
    rng = np.random.default_rng(6)
    network, _ = random_network(rng, 14, 4)
    rows, wanted = some_rows(rng, network, 30, 0.6), (1, 2)
    engine = Engine(network)
    scorer = cohort.Scorer(engine, cohort.read_rows(engine, rows, wanted), wanted)
    chunks = scorer.chunks(1)
    alone = [engine.plan(scorer.situation(scorer.rows.possible[i : i + 1]), wanted) for i in range(len(scorer.rows.possible))]
    limit = max(max(plan.largest, plan.space / 16) for plan in alone)
    assert len(chunks) == 1
    with pytest.raises(TooWide):
        Engine(network, limit).ready(scorer.situation(chunks[0]), wanted)
    found, expected = Engine(network, limit).cohort(rows, wanted), engine.cohort(rows, wanted)
    assert np.allclose(found.log_probability, expected.log_probability, rtol=1e-12)
    for v in wanted:
        assert np.allclose(found.marginals[v], expected.marginals[v], rtol=0, atol=1e-12, equal_nan=True)


def test_several_threads_give_the_very_same_numbers() -> None:
    """Chunks are fixed before they are shared out, so the results are equal to the last bit."""
    rng = np.random.default_rng(1)
    network, _ = random_network(rng, 9)
    rows = some_rows(rng, network, 300)
    engine = Engine(network)
    one, two = engine.cohort(rows, [1, 2, 3], workers=1), engine.cohort(rows, [1, 2, 3], workers=3)
    assert np.array_equal(one.log_probability, two.log_probability)
    for v in (1, 2, 3):
        assert np.array_equal(one.marginals[v], two.marginals[v], equal_nan=True)


def test_many_threads_may_ask_one_engine_at_once() -> None:
    """Different questions at the same time get the answers that they get one after the other."""
    rng = np.random.default_rng(4)
    network, _ = random_network(rng, 10)
    questions = [Evidence.of({int(v): 0}, network.cards) for v in rng.integers(0, 10, 60)]
    engine = Engine(network)
    possible = [q for q in questions if Engine(network).log_probability(q) > -math.inf]
    expected = [Engine(network).posteriors(q).marginals for q in possible]
    found: dict[int, dict[int, np.ndarray]] = {}
    shared(lambda i: found.__setitem__(i, engine.posteriors(possible[i]).marginals), range(len(possible)), 8)
    for i, marginals in enumerate(expected):
        assert all(np.array_equal(found[i][v], m) for v, m in marginals.items())


def test_a_failing_thread_is_an_error_that_says_so() -> None:
    """What went wrong on another thread is raised here."""
    assert processors() >= 1
    with pytest.raises(ValueError, match="math domain error"):
        shared(_fails_at_odd, [0, 1, 2, 3], 2)


def _fails_at_odd(number: int) -> None:
    math.sqrt(-number if number % 2 else number)


def test_a_cohort_of_nobody_is_empty() -> None:
    """No rows, no answers, no error."""
    network, _ = random_network(np.random.default_rng(0), 4)
    found = Engine(network).cohort(np.empty((0, 4), dtype=int), [1])
    assert found.log_probability.shape == (0,)
    assert found.marginals[1].shape == (0, network.cards[1])


def test_rows_of_the_wrong_shape_are_refused() -> None:
    """One column per variable is expected."""
    network, _ = random_network(np.random.default_rng(0), 4)
    with pytest.raises(ValueError, match=r"rows must have one column per variable, shape \(n, 4\); got \(2, 3\)"):
        Engine(network).cohort(np.zeros((2, 3), dtype=int), [1])


@pytest.mark.parametrize("seed", range(25))
def test_draws_of_the_numbers_agree_with_one_network_per_draw(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All variables, two, or one; some tensors fixed, some drawn; in chunks."""
    rng = np.random.default_rng(seed)
    network, certain = random_network(rng, 7)
    given_ = random_evidence(rng, network)
    count = 5
    monkeypatch.setattr(draws, "CHUNK", 2)
    tensors = []
    for v, family in enumerate(network.families):
        row = []
        for t in family.tensors:
            if v in certain or rng.random() < 0.3:
                row.append(t[..., None])
            else:
                drawn = t[..., None] * rng.uniform(0.5, 1.5, (*t.shape, count))
                row.append(drawn / drawn.sum(-2, keepdims=True))
        tensors.append(tuple(row))
    for wanted in (list(range(7)), [int(v) for v in rng.permutation(7)[:2]], [int(rng.integers(7))]):
        found, expected = Engine(network).draws(given_, tensors, wanted), PlainEngine(network).draws(given_, tensors, wanted)
        assert np.allclose(np.exp(found.log_probability), np.exp(expected.log_probability), rtol=1e-11)
        for v in wanted:
            assert np.allclose(found.marginals[v], expected.marginals[v], rtol=0, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("seed", range(12))
def test_draws_look_at_no_other_entries_than_they_say(seed: int) -> None:
    """Whatever stands in the entries that are not read, the posteriors are the same to the last bit; not in those that are."""
    rng = np.random.default_rng(900 + seed)
    network, _ = random_network(rng, 8)
    seen = random_evidence(rng, network)
    engine, variables = Engine(network), (0, 1, 2)
    if engine.log_probability(seen) == -np.inf:
        return
    read = draws.entries_read(engine, seen, variables)
    flat = np.concatenate([t.ravel() for family in network.families for t in family.tensors])
    drawn = np.stack([flat, np.where(read, flat, rng.random(len(flat))), np.where(read, 0.5 * flat, flat)], axis=1)
    parts = iter(np.split(drawn, np.cumsum([t.size for family in network.families for t in family.tensors])[:-1]))
    tensors = [tuple(next(parts).reshape(*t.shape, 3) for t in family.tensors) for family in network.families]
    found = engine.draws(seen, tensors, variables)
    for v in variables:
        assert np.array_equal(found.marginals[v][:, 0], found.marginals[v][:, 1])
    assert found.log_probability[0] == found.log_probability[1]
    assert not read.any() or found.log_probability[2] < found.log_probability[0]
