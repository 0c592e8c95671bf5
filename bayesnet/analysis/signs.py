"""Whether a parent raises or lowers its child, read from the columns of the child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.tables import table_of

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import Core
    from bayesnet.model.factors import Family, FloatArray

POSITIVE = ("present", "yes", "true", "positive", "high")
"""States that say that a variable with two of them holds."""


def holds(states: Sequence[str]) -> int | None:
    """The state of two that says that the variable holds; None where none of them does.

    >>> holds(("absent", "present")), holds(("a", "b"))
    (1, None)
    """
    return next((states.index(name) for name in POSITIVE if name in states), None) if len(states) == 2 else None


def sign(core: Core, family: Family, parent: int) -> int:
    """Whether the child's mean rank rises with the parent's: everywhere 1, nowhere -1, 0 where it depends on the others.

    Raises
    ------
    TooWide
        Where the child's table is too large to spell out.
    """
    table: FloatArray = table_of(family)
    ranks = np.array(_score(core.states(parent)))
    mean = table @ np.array(_score(core.states(family.child)))
    slope = np.tensordot(ranks - ranks.mean(), np.moveaxis(mean, family.parents.index(parent), 0), axes=1)
    up, down = float(max(slope.max(), 0.0)), float(max(-slope.min(), 0.0))
    if max(up, down) <= 1e-12 or min(up, down) > 0.1 * max(up, down):
        return 0
    return 1 if up > down else -1


def _score(states: Sequence[str]) -> list[float]:
    """Ranks of states: 1 for present or yes, otherwise their place in the order of the model."""
    if len(states) == 2:
        positive = holds(states)
        return [float(s == (1 if positive is None else positive)) for s in range(2)]
    return [float(s) for s in range(len(states))]
