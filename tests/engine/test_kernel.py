"""The compiled kernel and planner beside their twins in Python: the same plans bit for bit, the same answers, no nonsense run."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from math import inf

import numpy as np
import pytest
from engine_networks import network as grid
from engine_networks import random_evidence, random_network, rare_diseases
from plain_elimination import gradients
from sanitized import nonsense

import bayesnet
from bayesnet.analysis.query.simulate import sample
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.kernel import compiled
from bayesnet.inference.ordering import TURNS, Search, best_order, masks
from bayesnet.inference.planner import make
from bayesnet.inference.question import compose
from bayesnet.inference.reduced_evidence import ReducedEvidence
from bayesnet.inference.threads import watched
from bayesnet.model.factors import Factors, TableFamily

needs_kernel = pytest.mark.skipif(compiled() is None, reason="there is no compiled kernel: no C compiler was found")


def same(one: object, other: object, name: str) -> None:
    """Equal, arrays to the last integer."""
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            if field.name not in ("cache", "composed"):
                same(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    else:
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, name


def same_plans(engine: Engine, situation: ReducedEvidence, wanted: tuple[int, ...] = (), **more: object) -> None:
    """Every field of both plans, the operations to the last integer, and what they mean."""
    one = make(engine.network, situation, wanted, **more)
    other = make(engine.network, situation, wanted, **more, kernel=compiled())
    same(one, other, "plan")
    assert one.details == other.details


@needs_kernel
@pytest.mark.parametrize("seed", range(40))
def test_both_planners_make_the_same_plan(seed: int) -> None:
    """Posteriors of all variables and of some, joints, likelihoods to come, derivatives."""
    rng = np.random.default_rng(seed)
    network, _ = random_network(rng, int(rng.integers(4, 14)))
    engine = Engine(network)
    situation = engine.situation(random_evidence(rng, network))
    if not situation.possible:
        return
    some = tuple(int(v) for v in rng.permutation(len(network.names))[:2])
    same_plans(engine, situation, engine.everything)
    same_plans(engine, situation, some, vectors=some)
    same_plans(engine, situation, kept=some)
    same_plans(engine, situation, vectors=some[:1], slopes=True)


@needs_kernel
@pytest.mark.parametrize("present", [3, 7])
def test_both_planners_join_many_gates_alike(present: int) -> None:
    """Positive findings that share all their causes, where gates are made wide and met one by one."""
    factors = rare_diseases(8, 10, 0.01, 0.02)
    engine = Engine(factors)
    evidence = Evidence.of(dict.fromkeys(range(8, 8 + present), 1), factors.cards)
    same_plans(engine, engine.situation(evidence), engine.everything)


@needs_kernel
def test_both_planners_make_the_same_plans_of_the_flagship() -> None:
    """All variables and one of them, for patients with few and many findings: gates of which some are joined early."""
    engine = bayesnet.load("back_pain").compiled.engine
    rng = np.random.default_rng(7)
    for share, world in zip((0.02, 0.1, 0.1, 0.2, 0.4), sample(engine.factors, Evidence(), 5, rng).tolist(), strict=True):
        seen = {v: state for v, state in enumerate(world) if rng.random() < share}
        situation = engine.situation(Evidence.of(seen, engine.factors.cards))
        same_plans(engine, situation, engine.everything)
        same_plans(engine, situation, (50,))


@needs_kernel
def test_both_planners_search_wide_questions_alike() -> None:
    """Findings on pairs of variables in a lattice: wide enough for every search of an order, of which a later one is taken."""
    side = 12
    places = [(i, j) for i in range(side) for j in range(side)]
    families = [TableFamily(v, (), np.array([0.5, 0.5])) for v in range(len(places))]
    for i, j in places:
        for a, b in ((i + 1, j), (i, j + 1), (i + 1, j + 1)):
            if a < side and b < side:
                pair = (places.index((i, j)), places.index((a, b)))
                families.append(TableFamily(len(families), pair, np.full((2, 2, 2), 0.5)))
    factors = grid([2] * len(families), families)
    engine = Engine(factors)
    evidence = Evidence.of(dict.fromkeys(range(len(places), len(families)), 1), factors.cards)
    same_plans(engine, engine.situation(evidence), engine.everything)
    question = compose(engine.network, engine.situation(evidence), engine.everything)
    axes = sorted(question.sizes)
    tensors = [part.axes for part in question.factors]
    searches = [Search(masks([2.0] * len(axes)), tensors, {}).run([axes], turn, inf) for turn in range(TURNS)]
    best = min(searches, key=lambda found: found[1])
    assert best[1] < min(searches[0][1], searches[1][1])
    assert best_order(masks([2.0] * len(axes)), tensors, {}, [axes]) == best[0]


@needs_kernel
@pytest.mark.parametrize("seed", range(20))
def test_kernel_and_numpy_agree_to_rounding(seed: int) -> None:
    """Posteriors to 1e-13, P(e) to 1e-13 relative, derivatives to 1e-12 of the largest."""
    rng = np.random.default_rng(500 + seed)
    network, _ = random_network(rng, 12)
    given = random_evidence(rng, network)
    fast, slow = Engine(network), Engine(network, fast=False)
    if fast.log_probability(given) == -np.inf:
        assert slow.log_probability(given) == -np.inf
        return
    one, other = fast.posteriors(given), slow.posteriors(given)
    assert one.log_probability == pytest.approx(other.log_probability, rel=1e-13, abs=1e-13)
    for v, marginal in one.marginals.items():
        assert np.allclose(marginal, other.marginals[v], rtol=0, atol=1e-13)
    for a, b in zip(gradients(fast, given, (0, 0)), gradients(slow, given, (0, 0)), strict=True):
        scale = np.exp(b.log_scale - a.log_scale)
        for mine, theirs in zip(a.adjoints, b.adjoints, strict=True):
            for x, y in zip(mine, theirs, strict=True):
                assert np.allclose(x, y * scale, rtol=1e-11, atol=1e-12 * max(1.0, float(np.abs(x).max(initial=0))))


@needs_kernel
def test_nonsense_is_refused() -> None:
    """Plans with mistakes are not run, questions with mistakes not planned; under sanitisers in `make sanitize`."""
    refused, tried = nonsense(8)
    assert 0 < refused <= tried


def test_without_the_kernel_numpy_runs_and_says_so() -> None:
    """The environment decides; the answer is the same."""
    question = "lung | smoke=yes, xray=yes"
    code = f"import bayesnet; print(bayesnet.engine_info().kernel, bayesnet.load('asia').posterior({question!r})['yes'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "BAYESNET_KERNEL": "numpy"}
    )
    kind, value = done.stdout.split()
    assert kind == "numpy"
    assert float(value) == pytest.approx(bayesnet.load("asia").posterior(question)["yes"], abs=1e-13)


def test_ctrl_c_is_heard_while_the_kernel_runs() -> None:
    """The run is asked to stop at once, and the kernel does so."""
    state, stopped = np.zeros(2, dtype=np.int64), []

    def work() -> int:
        while not state[0]:
            time.sleep(0.001)
        stopped.append(time.monotonic())
        return 0

    timer = threading.Timer(0.05, lambda: signal.raise_signal(signal.SIGINT))
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        watched(work, state, 10)
    assert stopped[0] - began < 0.25


@needs_kernel
def test_a_run_that_is_asked_to_stop_says_so() -> None:
    """Before its first operation, with nothing done."""
    engine = Engine(naive(3))
    plan = engine.plan(engine.situation(Evidence()), engine.everything)
    bases, state = np.zeros(len(plan.layout.factors.base), dtype=np.int64), np.array([1, 0])
    work, powers, values = np.zeros(plan.space), np.zeros(plan.slots, dtype=np.int64), np.ones(100)
    arrays = (plan.code, bases, values, bases, bases, values, bases, work, powers, state)
    code, where, numbers, *more = (a.ctypes.data for a in arrays)
    done = compiled().bn_run(code, len(plan.code), where, where, len(bases), numbers, 100, 0, 1, *more)
    assert (done, state.tolist()) == (-2, [1, 0])


def naive(findings: int) -> Factors:
    """A disease and many findings that depend on it alone."""
    from engine_networks import network

    from bayesnet.model.factors import TableFamily

    table = np.array([[0.4, 0.6], [0.35, 0.65]])
    families = [TableFamily(0, (), np.array([0.9, 0.1])), *(TableFamily(v, (0,), table) for v in range(1, findings + 1))]
    return network([2] * (findings + 1), families)


@pytest.mark.parametrize("scale", [1e5, 1e300, 1e-300, 380.0])
@pytest.mark.parametrize("fast", [True, False])
def test_only_ratios_of_likelihoods_matter(scale: float, fast: bool) -> None:
    """A hundred virtual findings on any scale give the posterior that they give on the scale of one."""
    factors = naive(100)
    engine = Engine(factors, fast=fast)
    ratio = np.array([1.0, 0.5])
    one = Evidence(dict.fromkeys(range(1, 101), ratio))
    other = Evidence(dict.fromkeys(range(1, 101), ratio * scale))
    expected, found = engine.posteriors(one), engine.posteriors(other)
    assert np.allclose(found.marginals[0], expected.marginals[0], rtol=1e-12)
    assert found.log_probability == pytest.approx(expected.log_probability + 100 * np.log(scale), rel=1e-12)


@pytest.mark.parametrize("fast", [True, False])
def test_the_smallest_number_that_there_is_supports_a_finding(fast: bool) -> None:
    """P(e) below 1e-308 by a single denormal entry: an answer, neither NaN nor a warning."""
    from engine_networks import network

    from bayesnet.model.factors import TableFamily

    tiny = 1e-320
    families = [TableFamily(0, (), np.array([0.5, 0.5])), TableFamily(1, (0,), np.array([[1.0, 0.0], [1.0, tiny]]))]
    engine = Engine(network([2, 2], families), fast=fast)
    answer = engine.posteriors(Evidence({1: one_hot(2, 1)}))
    assert answer.marginals[0].tolist() == [0.0, 1.0]
    assert answer.log_probability == pytest.approx(np.log(0.5) + np.log(tiny), rel=1e-12)
