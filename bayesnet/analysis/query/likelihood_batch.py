"""Several likelihoods on some variables at once: posteriors of many variables under each, as columns of one plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.inference.engine import Engine


def in_one_pass(
    engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
) -> dict[int, FloatArray] | None:
    """Return P(v, column | e) as `weighted_posteriors` gives it; None where a plan for all columns together would be too wide.

    Raises
    ------
    ZeroEvidence
        When P(e) = 0.
    """
    try:
        return weighted_posteriors(engine, evidence, columns, variables)
    except TooWide:
        return None


def weighted_posteriors(
    engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
) -> dict[int, FloatArray]:
    """Return P(v, column | e) for many v: how each column of likelihoods weighs every variable.

    Parameters
    ----------
    engine, evidence
        The network, and what is known in every column.
    columns
        For some variables likelihoods of shape (states, B), between 0 and 1, the first column all ones.
    variables
        The targets.

    Returns
    -------
    For each v shape (states of v, B): P(v, l_b | e); the first column is P(v | e).

    Raises
    ------
    ZeroEvidence
        When P(e) = 0.
    """
    logs, marginals = engine.compared(evidence, columns, variables)
    if logs[0] == -np.inf:
        raise ZeroEvidence("the findings have probability zero")
    share = np.exp(logs - logs[0])
    return {v: np.where(share > 0.0, np.nan_to_num(marginal) * share, 0.0) for v, marginal in marginals.items()}


def one_by_one(
    engine: Engine, evidence: Evidence, findings: Mapping[int, FloatArray], variables: Sequence[int]
) -> dict[int, FloatArray]:
    """Return P(v | e) and P(v, f | e) for each of some findings alone, in the columns of `weighted_posteriors`; a pass for
    each.
    """
    before = engine.posteriors(evidence, variables)
    columns = {w: [before.marginals[w]] for w in variables}
    for v, likelihood in findings.items():
        try:
            after = engine.posteriors(evidence.with_likelihood(v, likelihood), variables)
            weighed = {w: math.exp(after.log_probability - before.log_probability) * after.marginals[w] for w in variables}
        except ZeroEvidence:
            weighed = {w: np.zeros_like(before.marginals[w]) for w in variables}
        for w in variables:
            columns[w].append(weighed[w])
    return {w: np.column_stack(each) for w, each in columns.items()}
