"""The standard networks, whose authors never heard of us: posteriors, P(e) and explanations agree with pgmpy and pyAgrum."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from engine_networks import random_network

from bayesnet.analysis.query.simulate import sample
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.interop import full_tables, read_network, to_pgmpy
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors

ALL = ("alarm", "asia", "cancer", "child", "earthquake", "hailfinder", "hepar2", "insurance", "sachs", "survey", "win95pts")
SMALL = ("asia", "cancer", "earthquake", "survey", "sachs")


def standard(networks: Path, name: str) -> Factors:
    """One of the standard networks."""
    return expand(read_network(networks / f"{name}.bif.gz"))


def patients(factors: Factors, count: int, seed: int = 0, share: float = 0.3) -> list[Evidence]:
    """Findings sampled from the network itself; every other one has one virtual finding."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(count):
        world = sample(factors, Evidence(), 1, rng)[0].tolist()
        seen = {v: world[v] for v in range(len(world)) if rng.random() < share}
        evidence = Evidence.of(seen, factors.cards)
        if k % 2:
            v = int(rng.choice([v for v in range(len(world)) if v not in seen]))
            evidence = evidence.with_likelihood(v, rng.random(factors.cards[v]) + 0.1)
        found.append(evidence)
    return found


def in_pyagrum(factors: Factors):
    """The same network in pyAgrum, tables set directly (its BIF reader keeps single precision); gates as full tables."""
    gum = pytest.importorskip("pyagrum", reason="pyAgrum is not installed: pip install --group bench compares with it")
    tables = full_tables(factors)
    network = gum.BayesNet()
    for v, states in enumerate(tables.states):
        network.add(gum.LabelizedVariable(f"n{v}", "", [f"s{s}" for s in range(len(states))]))
    for v, parents in enumerate(tables.parents):
        for p in parents:
            network.addArc(f"n{p}", f"n{v}")
    for v, parents in enumerate(tables.parents):
        axes = [f"n{p}" for p in parents] + [f"n{v}"]
        table = tables.tables[v]
        order = [axes.index(name) for name in reversed(network.cpt(f"n{v}").names)]
        network.cpt(f"n{v}")[:] = np.ascontiguousarray(table.transpose(order))
    return gum, network


def compare_with_pyagrum(factors: Factors, cases: list[Evidence]) -> None:
    """P(e) and the posterior of every variable."""
    gum, network = in_pyagrum(factors)
    engine = Engine(factors)
    for evidence in cases:
        reference = gum.LazyPropagation(network)
        scale = 0.0
        for v, likelihood in evidence.likelihoods.items():
            top = float(likelihood.max())
            scale += math.log(top)
            reference.addEvidence(f"n{v}", (likelihood / top).tolist())
        reference.makeInference()
        answer = engine.posteriors(evidence)
        assert answer.log_probability == pytest.approx(math.log(reference.evidenceProbability()) + scale, abs=1e-9)
        for v in range(len(factors.names)):
            expected = reference.posterior(f"n{v}").toarray()
            assert np.allclose(answer.marginals[v], expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ALL)
def test_a_standard_network_agrees_with_pyagrum(name: str, networks: Path) -> None:
    """All posteriors and P(e) to 1e-10, with hard and virtual findings."""
    factors = standard(networks, name)
    compare_with_pyagrum(factors, [Evidence(), *patients(factors, 4)])


@pytest.mark.parametrize("seed", range(6))
def test_networks_with_every_gate_agree_with_pyagrum(seed: int) -> None:
    """Noisy-OR, noisy-MAX, certain gates, tables: expanded to full tables for the referee only."""
    factors, _ = random_network(np.random.default_rng(seed), 12, most_parents=3)
    compare_with_pyagrum(factors, patients(factors, 3, seed=seed))


@pytest.mark.parametrize("name", SMALL)
def test_a_small_network_agrees_with_pgmpy(name: str, networks: Path) -> None:
    """Posteriors of every open variable and the most probable explanation."""
    from pgmpy.inference import VariableElimination

    factors = standard(networks, name)
    model = to_pgmpy(factors)
    reference = VariableElimination(model)
    engine = Engine(factors)
    for evidence in patients(factors, 2, seed=1, share=0.25)[:1]:
        hard = evidence.hard()
        findings = {factors.names[v]: factors.states[v][s] for v, s in hard.items()}
        answer = engine.posteriors(evidence)
        for v, variable in enumerate(factors.names):
            if v in hard:
                continue
            table = reference.query([variable], evidence=findings, show_progress=False)
            expected = [table.get_value(**{variable: state}) for state in factors.states[v]]
            assert np.allclose(answer.marginals[v], expected, rtol=0, atol=1e-10)
        best = engine.most_probable(evidence)
        others = [factors.names[v] for v in best.assignment]
        theirs = reference.map_query(others, evidence=findings, show_progress=False)
        index = [factors.states[factors.index[n]].index(theirs[n]) for n in others]
        together = evidence
        for n, s in zip(others, index, strict=True):
            together = together.with_likelihood(factors.index[n], one_hot(factors.cards[factors.index[n]], s))
        assert engine.log_probability(together) == pytest.approx(best.log_probability, abs=1e-9)


@pytest.mark.parametrize("name", ["alarm", "child", "insurance", "hepar2", "win95pts", "hailfinder"])
def test_the_most_probable_explanation_of_a_large_network_cannot_be_improved(name: str, networks: Path) -> None:
    """Its log-probability is that of its assignment; no change of one variable, nor the runner-up, has a higher one."""
    factors = standard(networks, name)
    engine = Engine(factors)
    evidence = patients(factors, 1, seed=2)[0]
    best = engine.most_probable(evidence)

    def log_of(assignment: dict[int, int]) -> float:
        together = evidence
        for v, s in assignment.items():
            together = together.with_likelihood(v, one_hot(factors.cards[v], s))
        return engine.log_probability(together)

    assert log_of(dict(best.assignment)) == pytest.approx(best.log_probability, abs=1e-9)
    flips = [{**best.assignment, v: s} for v in best.assignment for s in range(factors.cards[v]) if s != best.assignment[v]]
    logs = [log_of(flip) for flip in flips]
    assert max(logs) <= best.log_probability + 1e-9
    assert best.runner_up is not None
    assert log_of(dict(best.runner_up)) == pytest.approx(best.runner_up_log_probability, abs=1e-9)
    assert max(logs) - 1e-9 <= best.runner_up_log_probability <= best.log_probability


@pytest.mark.parametrize("name", ["alarm", "insurance", "hepar2"])
def test_cohorts_of_a_standard_network_agree_with_single_cases(name: str, networks: Path) -> None:
    """Networks of tables only, every variable asked, findings missing at random."""
    factors = standard(networks, name)
    engine = Engine(factors)
    rng = np.random.default_rng(0)
    rows = sample(factors, Evidence(), 25, rng)
    rows[rng.random(rows.shape) < 0.75] = -1
    found = engine.cohort(rows, range(len(factors.names)))
    for i, row in enumerate(rows):
        answer = engine.posteriors(Evidence.of({v: int(s) for v, s in enumerate(row) if s >= 0}, factors.cards))
        assert found.log_probability[i] == pytest.approx(answer.log_probability, abs=1e-9)
        for v, marginal in answer.marginals.items():
            assert np.allclose(found.marginals[v][i], marginal, rtol=0, atol=1e-11)
