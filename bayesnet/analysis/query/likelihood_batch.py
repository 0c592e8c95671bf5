"""Several likelihoods on some variables at once: posteriors of many variables under each, in one pass of the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.inference.posterior import Run
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.inference.engine import Engine

_DEARER = 1.5
"""A plan that keeps the columns apart may be so many times as large; its steps are walked once and not once a column."""
_CELLS = 1 << 25
"""Cells of one table, all columns together, above which memory would cost more than passes."""


def in_one_pass(
    engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
) -> dict[int, FloatArray] | None:
    """Return P(v, column | e) as `weighted_posteriors` gives it; None where a pass for each column would take no more products.

    A standing tree needs no plan and takes the columns as they are; otherwise the plans with and without them are compared.

    Raises
    ------
    ZeroEvidence
        When P(e) = 0.

    """
    layout = engine.standing.layout(evidence)
    if layout is not None and layout.cells * _count(columns) <= _CELLS:
        run = engine.standing.ask(evidence, tuple(variables), columns)
        if run is not None:
            share = _shares(run.log_probability, 1.0)
            return {v: marginal * share for v, marginal in run.marginals.items()}
    return weighted_posteriors(engine, evidence, columns, variables) if worth_it(engine, evidence, columns, variables) else None


def worth_it(engine: Engine, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]) -> bool:
    """Return whether one pass for all columns takes no more products than one pass for each of them."""
    situation = engine.situation(evidence)
    free = tuple(sorted(v for v in columns if v not in situation.fixed))
    if not situation.possible or not free:
        return False
    wanted = tuple(variables)
    try:
        together = engine.program(situation, wanted=wanted, axes=free)
    except TooWide:
        return False
    apart = engine.program(situation, wanted=wanted)
    return together.largest * _count(columns) <= _CELLS and together.cells <= _DEARER * apart.cells


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
    size = _count(columns)
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
    share = _shares(np.broadcast_to(run.log_probability, (size,)), settled)
    found = {}
    for v, marginal in run.marginals(wanted).items():
        each = np.broadcast_to(marginal, (len(marginal), size))
        found[v] = np.where(share > 0.0, np.nan_to_num(each) * share, 0.0)
    return found


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


def _shares(logs: FloatArray, settled: FloatArray | float) -> FloatArray:
    """Return P(l_b | e) of each column, from ln P(l_b, e); the first column is P(e)."""
    if logs[0] == -np.inf:
        raise ZeroEvidence("the findings have probability zero")
    return np.asarray(np.exp(logs - logs[0]) * settled)


def _count(columns: Mapping[int, FloatArray]) -> int:
    return int(next(iter(columns.values())).shape[1])
