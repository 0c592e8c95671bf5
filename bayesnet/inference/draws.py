"""Many draws of the numbers for one case: one plan, eight draws at a time, on as many threads as there are processors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesnet.inference.answers import Draws
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.inference.runner import Runner
from bayesnet.inference.threads import shared
from bayesnet.model.factors import FloatArray

CHUNK = 512
"""Number of draws per batch."""


def draw(engine: Runner, evidence: Evidence, tensors: Sequence[tuple[FloatArray, ...]], variables: tuple[int, ...]) -> Draws:
    """Return posteriors of `variables` in every draw, NaN where the findings are impossible."""
    situation = engine.situation(evidence)
    cards = engine.structure.cards
    size = max(t.shape[-1] for row in tensors for t in row)
    logs = np.full(size, -np.inf)
    marginals = {v: np.full((cards[v], size), np.nan) for v in variables}
    if not situation.possible:
        return Draws(logs, marginals)
    alone = len(variables) == 1 and variables[0] not in situation.fixed
    ready, apart = (engine.ready(situation, kept=variables), {}) if alone else engine.aside(situation, variables)

    def work(begin: int) -> None:
        end = min(begin + CHUNK, size)
        drawn = [t if t.shape[-1] == 1 else t[..., begin:end] for row in tensors for t in row]
        flat = np.concatenate([np.broadcast_to(t.reshape(-1, t.shape[-1]), (t[..., 0].size, end - begin)) for t in drawn])
        at, values = begin, engine.network.laid_out(flat)
        for run in engine.runs(ready, situation, {}, end - begin, values, down=not alone):
            part = slice(at, at + run.columns)
            logs[part] = run.log_probability + situation.log_constant
            if alone:
                total = run.total
                found = {variables[0]: run.result[list(engine.network.places[variables[0]])] / np.where(total > 0, total, 1.0)}
            else:
                found = run.marginals()
            for v in variables:
                if v not in apart:
                    fixed = situation.fixed.get(v)
                    marginals[v][:, part] = found[v] if fixed is None else one_hot(cards[v], fixed)[:, None]
            at += run.columns
        for v, (lowest, with_lowest) in apart.items():
            each = [run.log_probability for run in engine.runs(lowest, with_lowest, {}, end - begin, values, down=False)]
            below = logs[begin:end] - situation.log_constant
            marginals[v][:, begin:end] = engine.split(v, np.exp(np.concatenate(each) - np.where(below > -np.inf, below, 0.0)))

    shared(work, range(0, size, CHUNK))
    for marginal in marginals.values():
        marginal[:, logs == -np.inf] = np.nan
    return Draws(logs, marginals)
