"""Joint probabilities of several variables, and the most probable assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.errors import UnknownState
from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import percent, plain

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, kw_only=True)
class Joint(Result):
    """P(variables | findings) as a labelled array: `joint["present", "absent"]`, with one state per variable in their order.

    `states[i]` are the states of `variables[i]`; `probabilities` runs through the combinations with the last variable fastest.
    """

    variables: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    probabilities: tuple[float, ...]
    log_probability: float
    """ln P(findings), likelihoods as given."""

    @property
    def table(self) -> FloatArray:
        """The probabilities as an array with one axis per variable."""
        import numpy as np

        return np.array(self.probabilities).reshape([len(s) for s in self.states])

    def __getitem__(self, states: str | tuple[str, ...]) -> float:
        wanted = (states,) if isinstance(states, str) else tuple(states)
        if len(wanted) != len(self.variables):
            raise KeyError(
                f"{len(self.variables)} states expected, one for each of {', '.join(self.variables)}; got {len(wanted)}"
            )
        position = 0
        for variable, known, state in zip(self.variables, self.states, wanted, strict=True):
            if state not in known:
                raise UnknownState(variable, state, known)
            position = position * len(known) + known.index(state)
        return self.probabilities[position]

    def heading(self) -> str:
        """Write the question as on paper."""
        return f"P({self.title})"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per combination of states, the probability last."""
        return [(*states, p) for states, p in zip(product(*self.states), self.probabilities, strict=True)]

    def grid(self) -> Grid:
        """One line per combination."""
        lines = tuple((*row[:-1], percent(row[-1])) for row in self.rows())
        return Grid((*self.variables, "probability"), lines, frozenset(range(len(self.variables))))

    def to_frame(self) -> pd.DataFrame:
        """One column per variable and a column `probability`."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=[*self.variables, "probability"])


@dataclass(frozen=True, kw_only=True)
class MostProbable(Result):
    """The most probable assignment of the variables that were asked for, or of all that are not known.

    `log_probability` is ln P(assignment, findings) with likelihoods as given, `log_posterior` ln P(assignment | findings).
    `runner_up` is the next most probable assignment, with its own `runner_up_log_probability`; None where there is no other that
    can be. `unique` is false where another assignment is as probable.
    """

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "runner_up")

    assignment: Mapping[str, str]
    log_probability: float
    log_posterior: float
    runner_up: Mapping[str, str] | None
    runner_up_log_probability: float
    unique: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "assignment", MappingProxyType(dict(self.assignment)))
        if self.runner_up is not None:
            object.__setattr__(self, "runner_up", MappingProxyType(dict(self.runner_up)))

    def __getitem__(self, variable: str) -> str:
        return self.assignment[variable]

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per variable, with its state in the runner-up."""
        other = self.runner_up or {}
        return [(name, state, other.get(name)) for name, state in self.assignment.items()]

    def grid(self) -> Grid:
        """One line per variable that is not absent, or differs in the runner-up; the rest is counted in the footer."""
        lines = tuple((name, state, "" if other == state else other or "–") for name, state, other in self._told())
        return Grid(("variable", "most probable", "runner-up where it differs"), lines, frozenset({0, 1, 2}))

    def heading(self) -> str:
        """Say what was asked."""
        return f"most probable | {self.title}" if self.title else "most probable"

    def header(self) -> str:
        """Add the probability of the assignment and of the runner-up."""
        from math import exp, isfinite

        lines = [super().header(), f"probability given the findings {percent(exp(self.log_posterior))}"]
        if isfinite(self.runner_up_log_probability):
            lines[1] += f"; {plain(exp(self.log_probability - self.runner_up_log_probability))} times that of the runner-up"
        return "\n".join(lines)

    def footer(self) -> str:
        """Say what is not listed, and whether the answer is unique."""
        hidden = len(self.assignment) - len(self._told())
        lines = [f"{hidden} more variables are absent in both." if hidden else ""]
        lines.append("" if self.unique else "Another assignment is exactly as probable.")
        return "\n".join(line for line in (*lines, super().footer()) if line)

    def _told(self) -> list[tuple[Any, ...]]:
        rows = self.rows()
        return [row for row in rows if row[1] != "absent" or row[2] not in ("absent", None)] or rows
