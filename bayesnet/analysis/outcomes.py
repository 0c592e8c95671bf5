"""A cohort whose outcomes are known: the probability the model gave each patient, beside what the patient turned out to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import read_target, state_name
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import Core


@dataclass(frozen=True)
class Outcomes:
    """P(target) of each patient from what was known, one or zero for what turned out, and where the cohort comes from."""

    target: str
    probability: FloatArray
    has: FloatArray
    cohort: str


def outcomes(core: Core, target: str, known: Sequence[str], frame: pd.DataFrame | None, size: int, seed: int | None) -> Outcomes:
    """Score a cohort from the known variables and read who has the target; simulate the cohort when there is none.

    Raises
    ------
    BayesnetError
        When the cohort is empty, lacks a column or an outcome, knows the target itself, or rows cannot be scored.
    """
    from bayesnet.analysis.query.simulate import simulate
    from bayesnet.analysis.scoring import score

    v, state = read_target(core, target)
    name = core.names[v]
    if name in known:
        raise BayesnetError(f"{name} is what is asked; it cannot be among what is known.")
    cases = simulate(core, size, Findings(), seed) if frame is None else frame
    missing = [column for column in (name, *known) if column not in cases.columns]
    if missing:
        raise BayesnetError(f"The cohort has no column {', '.join(missing)}; it needs {name} and every known variable.")
    if not len(cases):
        raise BayesnetError("The cohort is empty; it needs at least one patient.")
    unknown = int(cases[name].isna().sum())
    if unknown:
        raise BayesnetError(f'{unknown} of {len(cases)} rows have no outcome in column "{name}"; drop them, or find it out.')
    context = [core.names[item.variable] for item in core.defaults if core.names[item.variable] in cases.columns]
    scored = score(core, cases[list(dict.fromkeys([*known, *context]))], [target])
    bad = scored["problem"].fillna("") != ""
    if bad.any():
        raise BayesnetError(f"{int(bad.sum())} rows cannot be scored; the first: {scored.loc[bad, 'problem'].iloc[0]}")
    truth = core.states(v)[state]
    return Outcomes(
        target=core.literal(v, state),
        probability=scored.iloc[:, 0].to_numpy(dtype=float),
        has=np.array([float(state_name(core, v, value) == truth) for value in cases[name]]),
        cohort="simulated" if frame is None else "cohort",
    )
