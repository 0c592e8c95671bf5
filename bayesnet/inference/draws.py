"""Many draws of the numbers for one case: one plan, the draws as the batch, in chunks that stay in cache."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesnet.inference.answers import Draws
from bayesnet.inference.numbers import Numbers
from bayesnet.inference.posterior import Run
from bayesnet.inference.program import Program
from bayesnet.inference.situation import Situation
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import FloatArray

CACHED = 1 << 18
"""Cells of the largest buffer of a chunk."""
CHUNK = (64, 512)
"""Fewest and most draws in a chunk."""


def draw(
    program: Program,
    structure: Structure,
    situation: Situation,
    tensors: Sequence[tuple[FloatArray, ...]],
    variables: Sequence[int],
) -> Draws:
    """Posteriors of `variables` in every draw, NaN where the findings are impossible.

    `program` keeps the variable as its result where there is only one, and otherwise answers them all.
    """
    size = max(t.shape[-1] for row in tensors for t in row)
    chunk = min(max(int(CACHED / program.largest), CHUNK[0]), CHUNK[1])
    logs = np.empty(size)
    marginals = {v: np.empty((situation.cards[v], size)) for v in variables}
    for begin in range(0, size, chunk):
        part = slice(begin, min(begin + chunk, size))
        numbers = Numbers(structure, tuple(tuple(t if t.shape[-1] == 1 else t[..., part] for t in row) for row in tensors))
        run = Run(program, numbers, situation)
        logs[part] = run.log_probability
        for v, marginal in run.answers(variables).items():
            marginals[v][:, part] = marginal
    for marginal in marginals.values():
        marginal[:, logs == -np.inf] = np.nan
    return Draws(logs, marginals)
