"""Networks for the engine's tests that hypothesis does not draw: larger random ones, and rare diseases with many findings."""

from __future__ import annotations

import numpy as np

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.model.factors import Dependence, Factors, Family, NoisyFamily, TableFamily


def network(cards: list[int], families: list[Family], certain: set[int] = frozenset()) -> Factors:
    """Factors with one number behind every family that is not in `certain`."""
    behind = np.array([v for v in range(len(families)) if v not in certain], dtype=np.int64)
    zeros = np.zeros(len(behind), dtype=np.int64)
    return Factors(
        tuple(f"v{v}" for v in range(len(cards))),
        tuple(tuple(f"s{s}" for s in range(card)) for card in cards),
        tuple(families),
        tuple(f"number {k}" for k in range(len(behind))),
        np.zeros(len(behind)),
        np.ones(len(behind), dtype=bool),
        Dependence(behind, zeros, zeros, np.arange(len(behind)), np.ones(len(behind))),
    )


def routes(factors: Factors) -> tuple[Engine, Engine]:
    """Both ways to run a plan: by the compiled kernel, where there is one, and by numpy."""
    return Engine(factors), Engine(factors, fast=False)


def random_network(rng: np.random.Generator, size: int, most_parents: int = 4) -> tuple[Factors, set[int]]:
    """Tables, noisy gates with states in any order, and certain families of either kind; returns which are certain."""
    cards = [int(rng.integers(2, 5)) for _ in range(size)]
    families: list[Family] = []
    certain: set[int] = set()
    for v, card in enumerate(cards):
        parents = tuple(int(p) for p in rng.permutation(v)[: int(rng.integers(0, min(v, most_parents) + 1))])
        sure = bool(parents) and rng.random() < 0.25
        if sure:
            certain.add(v)
        if parents and rng.random() < 0.6:
            links = []
            for p in parents:
                shape = (cards[p], card)
                link = np.eye(card)[rng.integers(0, card, cards[p])] if sure else rng.dirichlet(np.full(card, 0.7), cards[p])
                assert link.shape == shape
                link[0] = np.eye(card)[0]
                links.append(link)
            leak = np.eye(card)[0] if sure else rng.dirichlet(np.ones(card))
            families.append(NoisyFamily(v, parents, tuple(int(s) for s in rng.permutation(card)), leak, tuple(links)))
        else:
            above = tuple(cards[p] for p in parents)
            table = np.eye(card)[rng.integers(0, card, above)] if sure else rng.dirichlet(np.ones(card), above)
            if not sure and rng.random() < 0.2:
                table.reshape(-1, card)[0] = np.eye(card)[0]
            families.append(TableFamily(v, parents, table))
    return network(cards, families, certain), certain


def random_evidence(rng: np.random.Generator, factors: Factors) -> Evidence:
    """Hard, virtual and one-of findings and interventions, some on the same variable."""
    likelihoods, interventions = {}, {}
    for v, card in enumerate(factors.cards):
        kind = rng.choice(["hard", "virtual", "one of", "set", "none"], p=[0.25, 0.12, 0.1, 0.1, 0.43])
        if kind == "hard":
            likelihoods[v] = one_hot(card, int(rng.integers(card)))
        elif kind == "virtual":
            likelihoods[v] = rng.random(card) * 5
        elif kind == "one of":
            states = rng.random(card) < 0.6
            states[int(rng.integers(card))] = True
            likelihoods[v] = states * 3.0
        elif kind == "set":
            interventions[v] = int(rng.integers(card))
            if rng.random() < 0.2:
                likelihoods[v] = rng.random(card)
    return Evidence(likelihoods, interventions)


def rare_diseases(diseases: int, findings: int, prior: float, leak: float, seed: int = 0) -> Factors:
    """Two layers: independent diseases, each finding a leaky noisy-OR of all of them."""
    rng = np.random.default_rng(seed)
    families: list[Family] = [TableFamily(d, (), np.array([1 - prior, prior])) for d in range(diseases)]
    for f in range(findings):
        strengths = rng.uniform(0.05, 0.9, diseases)
        links = tuple(np.array([[1.0, 0.0], [1 - s, s]]) for s in strengths)
        families.append(NoisyFamily(diseases + f, tuple(range(diseases)), (0, 1), np.array([1 - leak, leak]), links))
    return network([2] * (diseases + findings), families)


def chain(length: int, flip: float) -> Factors:
    """A hidden chain with a noisy copy of every link: P(copies) shrinks without bound as it grows."""
    families: list[Family] = []
    for k in range(length):
        parents = (2 * (k - 1),) if k else ()
        table = np.array([[0.9, 0.1], [0.2, 0.8]]) if k else np.array([0.5, 0.5])
        families.append(TableFamily(2 * k, parents, table))
        families.append(TableFamily(2 * k + 1, (2 * k,), np.array([[1 - flip, flip], [flip, 1 - flip]])))
    return network([2] * (2 * length), families)
