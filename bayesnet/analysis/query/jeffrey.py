"""Jeffrey's rule: likelihoods that give variables a new marginal, by iterative proportional fitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray

TOLERANCE = 1e-12
_ROUNDS = 20_000
_PASSES = 300


class OutOfReach(ValueError):  # noqa: N818 - the name says what happened
    """No likelihoods give these marginals; `possible` says whether any distribution of the network has them at all."""

    def __init__(self, possible: bool) -> None:
        super().__init__("new marginals out of reach")
        self.possible = possible


def fit_marginals(engine: Engine, evidence: Evidence, wanted: Mapping[int, FloatArray]) -> Evidence:
    """Evidence under which every variable v of `wanted` has the marginal `wanted[v]`, shape (states of v,).

    The other findings count first. Of all distributions with these marginals the answer is the one nearest to them in relative
    entropy; it is the network with one likelihood per state of each such variable (Jeffrey 1965; Csiszar 1975), so that every
    analysis of soft findings applies to it.

    Raises
    ------
    OutOfReach
        When the marginals contradict the findings or each other.
    ZeroEvidence
        When P(evidence) = 0.

    References
    ----------
    Jeffrey RC (1965). The Logic of Decision. McGraw-Hill.
    Csiszar I (1975). I-divergence geometry of probability distributions and minimization problems. Ann Probab 3(1):146-158.
    Chan H, Darwiche A (2005). On the revision of probabilistic beliefs using uncertain evidence. Artif Intell 163(1):67-90.
    """
    variables = tuple(sorted(wanted))
    targets = [np.asarray(wanted[v], dtype=float) for v in variables]
    try:
        table = engine.joint(variables, evidence).table
    except TooWide:
        factors = _fit_by_passes(engine, evidence, variables, targets)
    else:
        factors = _fit_table(table, targets)
    for v, factor in zip(variables, factors, strict=True):
        evidence = evidence.with_likelihood(v, factor)
    return evidence


def _fit_table(table: FloatArray, targets: Sequence[FloatArray]) -> list[FloatArray]:
    """Scale the axes of a joint table in turn until all marginals are right."""
    axes = range(table.ndim)
    factors = [np.ones(n) for n in table.shape]
    current = table
    for _ in range(_ROUNDS):
        worst = 0.0
        for axis in axes:
            marginal = current.sum(axis=tuple(a for a in axes if a != axis))
            worst = max(worst, float(np.abs(marginal - targets[axis]).max()))
            factor = _quotient(targets[axis], marginal)
            if factor is None:
                raise OutOfReach(possible=False)
            current = current * factor.reshape([-1 if a == axis else 1 for a in axes])
            factors[axis] = _scaled(factors[axis] * factor)
        if worst < TOLERANCE:
            return factors
    raise OutOfReach(possible=_has_marginals(table, targets))


def _fit_by_passes(
    engine: Engine, evidence: Evidence, variables: Sequence[int], targets: Sequence[FloatArray]
) -> list[FloatArray]:
    """Scale one variable after the other, with one pass of the engine each; for joints too large for one table."""
    factors = [np.ones(len(t)) for t in targets]
    for _ in range(_PASSES):
        worst = 0.0
        for i, v in enumerate(variables):
            current = evidence
            for w, factor in zip(variables, factors, strict=True):
                current = current.with_likelihood(w, factor)
            marginal = engine.posteriors(current, (v,)).marginals[v]
            worst = max(worst, float(np.abs(marginal - targets[i]).max()))
            quotient = _quotient(targets[i], marginal)
            if quotient is None:
                raise OutOfReach(possible=False)
            factors[i] = _scaled(factors[i] * quotient)
        if worst < TOLERANCE:
            return factors
    raise OutOfReach(possible=True)


def _quotient(target: FloatArray, marginal: FloatArray) -> FloatArray | None:
    """Return the factor for the likelihood; None if an impossible state is wanted."""
    if bool(np.any((marginal <= 0.0) & (target > 0.0))):
        return None
    return np.divide(target, marginal, out=np.zeros_like(target), where=marginal > 0.0)


def _scaled(factor: FloatArray) -> FloatArray:
    top = float(factor.max())
    return factor / top if top > 0 else factor


def _has_marginals(table: FloatArray, targets: Sequence[FloatArray]) -> bool:
    """Return whether any distribution on the possible cells of `table` has these marginals: a linear programme."""
    from scipy.optimize import linprog

    cells = np.argwhere(table > 0.0)
    rows = [(cells[:, axis] == s).astype(float) for axis, target in enumerate(targets) for s in range(len(target))]
    wanted = np.concatenate(targets)
    solution = linprog(np.zeros(len(cells)), A_eq=np.array(rows), b_eq=wanted, bounds=(0.0, None), method="highs")
    return bool(solution.status == 0)
