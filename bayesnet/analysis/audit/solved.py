"""The value of one number with which the network answers a question with a given probability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.parse import read_question
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.parameter_map import ODDS, parameter_map
from bayesnet.analysis.sensitivity.query_ranges import SensitivityQuery
from bayesnet.errors import BayesnetError, SpecError
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_POINTS, _ROUNDS = 65, 5
_FIRST_REACH = 14.0
"""Natural logarithm of the odds by which the number is moved at first, up and down."""


def solved(compiled: CompiledModel, k: int, question: str, p: float) -> float:
    """Return the value of number k with which P(question) = p, all other numbers as they are; the nearest one to its own.

    Parameters
    ----------
    compiled, k
        The network, and the position of the number.
    question
        `target | findings`.
    p
        The answer.

    Raises
    ------
    SpecError
        Where no value gives this answer.

    Examples
    --------
    >>> from bayesnet.analysis.query.compiled import CompiledModel
    >>> from bayesnet.model import load_model
    >>> compiled = CompiledModel(load_model("asia"))
    >>> round(solved(compiled, compiled.number("lung=yes | smoke=yes"), "lung=yes", 0.1), 4)
    0.19
    """
    read = read_question(compiled, question, None, None)
    if len(read.targets) != 1:
        raise SpecError(compiled.model.name, [f"solve for one variable in one state; got {question}"])
    subject = SensitivityQuery.of(Query(compiled, read.findings), str(read.targets[0]))
    response = subject.response([subject.target])
    odds = bool(parameter_map(compiled).kind[k] == ODDS)
    middle, reach = _scale(float(compiled.factors.values[k]), odds=odds), _FIRST_REACH
    lowest, highest = response.domain
    for _ in range(_ROUNDS):
        steps = middle + np.linspace(-reach, reach, _POINTS)
        xs = np.clip(np.exp(steps) if odds else 1.0 / (1.0 + np.exp(-steps)), lowest[k], highest[k])
        rows = response.at(np.full(_POINTS, k, dtype=np.int64), xs)
        answers = np.divide(rows[0], rows[1], out=np.full(_POINTS, np.nan), where=rows[1] > 0)
        left = _crossing(answers - p)
        if left is None:
            raise SpecError(compiled.model.name, [f"no value of {compiled.factors.number_ids[k]} makes {question} {p:g}"])
        middle, reach = (steps[left] + steps[left + 1]) / 2.0, (steps[1] - steps[0])
    return math.exp(middle) if odds else 1.0 / (1.0 + math.exp(-middle))


def solve_number(compiled: CompiledModel, number: str, question: str, p: float) -> float:
    """Solve for a number by its id; what the formulas of a model call `solve`.

    Raises
    ------
    FormulaError
        Where the question cannot be asked, or no value answers it so.
    """
    from bayesnet.model.derivation import FormulaError

    try:
        return solved(compiled, compiled.number(number), question, p)
    except BayesnetError as error:
        raise FormulaError(f"solve: {' '.join(error.message.split())}") from None


def _scale(x: float, *, odds: bool) -> float:
    x = max(x, 1e-12)
    return math.log(x) if odds else math.log(x) - math.log1p(-min(x, 1.0 - 1e-12))


def _crossing(off: FloatArray) -> int | None:
    """Return the point before the sign change nearest to the middle, None if there is none."""
    sign = np.sign(off)
    at = np.flatnonzero((sign[:-1] * sign[1:] <= 0) & np.isfinite(off[:-1]) & np.isfinite(off[1:]))
    return int(at[np.argmin(np.abs(at - len(off) // 2))]) if len(at) else None
