"""Relative precision where signed methods lose every digit: rare diseases, many positive findings, tiny probabilities."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from engine_networks import network, rare_diseases, routes

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily


def quickscore(factors: Factors, diseases: int, present: list[int], absent: list[int]) -> tuple[mpmath.mpf, list[mpmath.mpf]]:
    """P(e) and P(d, e) of a two-layer network by inclusion and exclusion (Heckerman 1989), in high precision."""
    mp = mpmath.mp
    total, with_disease = mp.mpf(0), [mp.mpf(0)] * diseases
    for subset in range(1 << len(present)):
        chosen = [f for k, f in enumerate(present) if subset >> k & 1] + absent
        term = mp.mpf(-1) ** subset.bit_count()
        ratios = []
        for f in chosen:
            term *= mp.mpf(float(factors.families[f].leak[0]))
        for d in range(diseases):
            off, on = (mp.mpf(float(x)) for x in factors.families[d].table)
            for f in chosen:
                on *= mp.mpf(float(factors.families[f].links[d][1, 0]))
            term *= off + on
            ratios.append(on / (off + on))
        total += term
        for d in range(diseases):
            with_disease[d] += term * ratios[d]
    return total, with_disease


@pytest.mark.parametrize(("prior", "leak"), [(1e-2, 1e-2), (1e-5, 1e-2), (1e-5, 1e-4)])
def test_twelve_positive_findings_of_rare_diseases(prior: float, leak: float) -> None:
    """P(e) and every posterior to 1e-12 relative, where signed elimination is off by percents."""
    diseases, present, absent = 10, list(range(10, 22)), list(range(22, 26))
    factors = rare_diseases(diseases, 16, prior, leak)
    evidence = Evidence.of({**dict.fromkeys(present, 1), **dict.fromkeys(absent, 0)}, factors.cards)
    with mpmath.workdps(80):
        total, with_disease = quickscore(factors, diseases, present, absent)
        expected = [float(x / total) for x in with_disease]
        log = float(mpmath.log(total))
    for engine in routes(factors):
        answer = engine.posteriors(evidence)
        assert answer.log_probability == pytest.approx(log, rel=1e-13)
        for d in range(diseases):
            assert answer.marginals[d][1] == pytest.approx(expected[d], rel=1e-12)
        assert engine.posteriors(evidence, (0,)).marginals[0][1] == pytest.approx(expected[0], rel=1e-12)


def test_a_posterior_of_one_in_a_hundred_thousand_keeps_its_digits() -> None:
    """A disease of prior 1e-5 whose findings are absent: posterior far below its prior, to 1e-12 relative."""
    factors = rare_diseases(8, 12, 1e-5, 0.2, seed=4)
    evidence = Evidence.of(dict.fromkeys(range(8, 20), 0), factors.cards)
    for engine in routes(factors):
        answer = engine.posteriors(evidence)
        for d in range(8):
            odds = 1e-5 / (1 - 1e-5) * math.prod(float(factors.families[f].links[d][1, 0]) for f in range(8, 20))
            assert answer.marginals[d][1] == pytest.approx(odds / (1 + odds), rel=1e-12)


@pytest.mark.parametrize("findings", [10, 140])
def test_tiny_probabilities_of_evidence(findings: int) -> None:
    """P(e) of 1e-30 and of 1e-420 with the posterior odds known in closed form."""
    root = TableFamily(0, (), np.array([0.999, 0.001]))
    children = [TableFamily(v, (0,), np.array([[1 - 1e-3, 1e-3], [1 - 2e-3, 2e-3]])) for v in range(1, findings + 1)]
    factors = network([2] * (findings + 1), [root, *children])
    evidence = Evidence.of(dict.fromkeys(range(1, findings + 1), 1), factors.cards)
    answer = Engine(factors).posteriors(evidence)
    log_no, log_yes = math.log(0.999) + findings * math.log(1e-3), math.log(0.001) + findings * math.log(2e-3)
    high = max(log_no, log_yes)
    assert answer.log_probability == pytest.approx(high + math.log(math.exp(log_no - high) + math.exp(log_yes - high)), rel=1e-13)
    assert answer.marginals[0][0] / answer.marginals[0][1] == pytest.approx(math.exp(log_no - log_yes), rel=1e-10)


def test_a_gate_with_hundreds_of_parents_needs_no_table() -> None:
    """A finding with 400 causes: P(present) by hand, posterior of each cause by Bayes."""
    causes = 400
    rng = np.random.default_rng(0)
    priors, strengths = rng.uniform(1e-6, 1e-2, causes), rng.uniform(0.01, 0.99, causes)
    roots = [TableFamily(d, (), np.array([1 - p, p])) for d, p in enumerate(priors)]
    links = tuple(np.array([[1.0, 0.0], [1 - s, s]]) for s in strengths)
    gate = NoisyFamily(causes, tuple(range(causes)), (0, 1), np.array([0.999, 0.001]), links)
    factors = network([2] * (causes + 1), [*roots, gate])
    engine = Engine(factors)
    log_absent = math.log(0.999) + math.fsum(math.log1p(-p * s) for p, s in zip(priors, strengths, strict=True))
    present = -math.expm1(log_absent)
    answer = engine.posteriors(Evidence.of({causes: 1}, factors.cards))
    assert math.exp(answer.log_probability) == pytest.approx(present, rel=1e-12)
    for d in range(0, causes, 37):
        others = log_absent - math.log1p(-priors[d] * strengths[d])
        expected = priors[d] * -math.expm1(others + math.log1p(-strengths[d])) / present
        assert answer.marginals[d][1] == pytest.approx(expected, rel=1e-10)
    assert engine.posteriors(Evidence()).marginals[causes][1] == pytest.approx(present, rel=1e-12)
