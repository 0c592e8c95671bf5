"""A two-layer network of the size of QMR-DT (534 diseases, 4,040 findings, 40,740 links): the cost of positive findings.

Strengths, priors and who causes what are drawn: the published counts, not the network itself, which is not public. Findings are
chosen in proportion to the number of their causes, which makes them overlap, and thirty absent ones are added.
"""

from __future__ import annotations

import numpy as np

from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Dependence, Factors, Family, NoisyFamily, TableFamily

DISEASES, FINDINGS, LINKS, MOST = 534, 4040, 40740, 184


def network(seed: int = 0) -> Factors:
    """Generate it; parents per finding are spread as in QMR-DT, ten on average and at most 184."""
    rng = np.random.default_rng(seed)
    share = rng.lognormal(0.0, 1.0, FINDINGS)
    degree = np.clip(np.round(share / share.sum() * LINKS).astype(int), 1, MOST)
    while degree.sum() != LINKS:
        f, step = rng.integers(FINDINGS), int(np.sign(LINKS - degree.sum()))
        degree[f] += step if 1 <= degree[f] + step <= MOST else 0
    weight = rng.lognormal(0.0, 0.8, DISEASES)
    families: list[Family] = []
    for d in range(DISEASES):
        prior = 10 ** rng.uniform(-5.0, -1.5)
        families.append(TableFamily(d, (), np.array([1 - prior, prior])))
    for f in range(FINDINGS):
        causes = tuple(sorted(int(d) for d in rng.choice(DISEASES, degree[f], replace=False, p=weight / weight.sum())))
        leak = 10 ** rng.uniform(-4.0, -1.5)
        links = tuple(np.array([[1.0, 0.0], [1 - s, s]]) for s in rng.uniform(0.025, 0.985, degree[f]))
        families.append(NoisyFamily(DISEASES + f, causes, (0, 1), np.array([1 - leak, leak]), links))
    names = tuple([f"disease_{d}" for d in range(DISEASES)] + [f"finding_{f}" for f in range(FINDINGS)])
    none = np.zeros(0, dtype=np.int64)
    return Factors(
        names,
        (("absent", "present"),) * len(names),
        tuple(families),
        (),
        np.zeros(0),
        np.zeros(0, dtype=bool),
        Dependence(none, none, none, none, np.zeros(0)),
    )


def cases(factors: Factors, present: int, count: int) -> list[Evidence]:
    """Positive findings in proportion to their causes, thirty absent ones at random."""
    rng = np.random.default_rng(present)
    degree = np.array([len(family.parents) for family in factors.families[DISEASES:]], dtype=float)
    found = []
    for _ in range(count):
        yes = rng.choice(FINDINGS, present, replace=False, p=degree / degree.sum()) + DISEASES
        no = rng.choice(FINDINGS, 30, replace=False) + DISEASES
        found.append(Evidence.of({**{int(v): 0 for v in no}, **{int(v): 1 for v in yes}}, factors.cards))
    return found
