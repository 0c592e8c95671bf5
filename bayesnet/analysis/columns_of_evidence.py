"""Several likelihoods on some variables at once: posteriors of many variables under each, in one pass of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.inference.posterior import Run
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.inference.engine import Engine

_DEARER = 1.5
"""A plan that keeps the columns apart may be so many times as large; its steps are walked once and not once a column."""


def worth_it(engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]) -> bool:
    """Whether one pass for all columns takes no more products than one pass for each of them."""
    situation = engine.situation(evidence)
    free = tuple(sorted(v for v in columns if v not in situation.fixed))
    if not situation.possible or not free:
        return False
    wanted = tuple(variables)
    together = engine.program(situation, wanted=wanted, axes=free).cells
    return together <= _DEARER * engine.program(situation, wanted=wanted).cells


def weighted_posteriors(
    engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
) -> dict[int, FloatArray]:
    """P(v, column | e) for many v: how each column of likelihoods weighs every variable.

    Parameters
    ----------
    engine, evidence
        The network, and what is known in every column.
    columns
        For some variables likelihoods of shape (states, B), between 0 and 1, the first column all ones.
    variables
        What is asked.

    Returns
    -------
    For each v shape (states of v, B): P(v, l_b | e); the first column is P(v | e).

    Raises
    ------
    ZeroEvidence
        When P(e) = 0.
    """
    situation = engine.situation(evidence)
    if not situation.possible:
        raise ZeroEvidence("the findings exclude each other")
    wanted = tuple(variables)
    size = next(iter(columns.values())).shape[1]
    free = tuple(sorted(v for v in columns if v not in situation.fixed))
    settled = np.ones(size)
    for v, table in columns.items():
        if v in situation.fixed:
            settled = settled * table[situation.fixed[v]]
    likelihoods = {v: columns[v][list(situation.states(v))] for v in free}
    if not free:
        alone = engine.posteriors(evidence, wanted).marginals
        return {v: marginal[:, None] * settled for v, marginal in alone.items()}
    run = Run(engine.program(situation, wanted=wanted, axes=free), engine.numbers, situation, likelihoods=likelihoods)
    log = np.broadcast_to(run.log_probability, (size,))
    if log[0] == -np.inf:
        raise ZeroEvidence("the findings have probability zero")
    share = np.exp(log - log[0]) * settled
    found = {}
    for v, marginal in run.marginals(wanted).items():
        each = np.broadcast_to(marginal, (len(marginal), size))
        found[v] = np.where(share > 0.0, np.nan_to_num(each) * share, 0.0)
    return found
