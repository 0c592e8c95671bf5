"""Probabilities of one variable's states, before and after the findings; and of many variables at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, overload

from bayesnet.errors import UnknownRecord, UnknownVariable
from bayesnet.logodds import ratio_of
from bayesnet.results.base import Result
from bayesnet.results.distribution import PRESENT, Distribution, place_of
from bayesnet.results.records import Records
from bayesnet.results.table import Grid
from bayesnet.results.words import frequency, given, percent, plain

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, kw_only=True, repr=False)
class Posterior(Result):
    """P(variable | findings): `p[state]` for every state, `float(p)` for P(present), `p.prior` the same without the findings.

    The prior keeps what is not a finding: the context (setting), whether stated or assumed, and the interventions.
    """

    verb: ClassVar[str] = "posterior"

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "prior", "posterior")

    posterior: Distribution
    prior: Distribution

    @property
    def variable(self) -> str:
        """The variable asked about."""
        return self.posterior.variable

    @property
    def states(self) -> tuple[str, ...]:
        """Its states, in the order of the model."""
        return self.posterior.states

    @property
    def probabilities(self) -> tuple[float, ...]:
        """The probability of each state given the findings."""
        return self.posterior.probabilities

    def __getitem__(self, state: str | float) -> float:
        return self.posterior[state]

    def __contains__(self, state: object) -> bool:
        return state in self.posterior

    def __iter__(self) -> Iterator[float]:
        return iter(self.posterior)

    def __len__(self) -> int:
        return len(self.posterior)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.states)

    def __float__(self) -> float:
        return float(self.posterior)

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of state and probability given the findings."""
        return self.posterior.items()

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per state."""
        pairs = zip(self.states, self.prior.probabilities, self.probabilities, strict=True)
        return [(self.variable, state, before, after) for state, before, after in pairs]

    def grid(self) -> Grid:
        """Return one line per state, with the posterior as a natural frequency."""
        lines = tuple((state, percent(before), percent(after), frequency(after)) for _, state, before, after in self.rows())
        return Grid((self.variable, "prior", "posterior", "that is"), lines, bars=frozenset({2}), optional=(3,))

    def to_dict(self) -> dict[str, Any]:
        """Question, states, prior and posterior as dicts by state."""
        plain = super().to_dict()
        return {**plain, "variable": self.variable, "prior": dict(self.prior.items()), "posterior": dict(self.items())}


@dataclass(frozen=True, kw_only=True, repr=False)
class Counterfactual(Posterior):
    """A counterfactual answer: `posterior` in the counterfactual world, `factual` in the actual one.

    `had` names the states that would have been different.
    """

    verb: ClassVar[str] = "counterfactual"

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "prior", "factual", "counterfactual")

    had: str
    factual: Distribution

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per state."""
        both = zip(self.states, self.prior.probabilities, self.factual.probabilities, self.probabilities, strict=True)
        return [(self.variable, *row) for row in both]

    def grid(self) -> Grid:
        """Return one line per state: prior, actual and counterfactual probability."""
        lines = tuple((state, *(percent(p) for p in row), frequency(row[-1])) for _, state, *row in self.rows())
        return Grid(
            (self.variable, "prior", "factual", "counterfactual", "that is"), lines, bars=frozenset({2, 3}), optional=(4,)
        )

    def to_dict(self) -> dict[str, Any]:
        """Add the actual world, by state."""
        return {**super().to_dict(), "factual": dict(self.factual.items())}


class OnDemand(Sequence[Posterior]):
    """Posteriors that are made when they are looked at: most are asked for the few that are shown."""

    def __init__(self, variables: tuple[str, ...], make: Callable[[int], Posterior]) -> None:
        self.variables = variables
        self._make = make
        self._made: dict[int, Posterior] = {}

    def __len__(self) -> int:
        return len(self.variables)

    @overload
    def __getitem__(self, place: int) -> Posterior: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Posterior, ...]: ...

    def __getitem__(self, place: int | slice) -> Posterior | tuple[Posterior, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        i = range(len(self.variables))[place]
        if i not in self._made:
            self._made[i] = self._make(i)
        return self._made[i]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (OnDemand, tuple)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type[tuple[Posterior, ...]], tuple[list[Posterior]]]:
        """Pickle as a plain tuple."""
        return tuple, (list(self),)


@dataclass(frozen=True, kw_only=True, repr=False)
class Posteriors(Records[Posterior], Result):
    """The posterior of every variable, or of those asked for: `ps["fever"]["present"]`."""

    verb: ClassVar[str] = "posteriors"
    held_in: ClassVar[str] = "posteriors"
    key: ClassVar[tuple[str, ...]] = ("variable",)

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "prior", "posterior")

    posteriors: Sequence[Posterior]
    log_probability: float = field(default=float("nan"))
    """ln P(findings), likelihoods as given."""

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables, in the order of the model."""
        return self.posteriors.variables if isinstance(self.posteriors, OnDemand) else tuple(p.variable for p in self.posteriors)

    def items(self) -> tuple[tuple[str, Posterior], ...]:
        """Pairs of variable and posterior."""
        return tuple((p.variable, p) for p in self.posteriors)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per variable and state."""
        return [row for p in self.posteriors for row in p.rows()]

    def grid(self) -> Grid:
        """Return one line per state; of a variable that is absent or present, only the line of present."""
        lines = [
            (name if first else "", state, percent(before), percent(after))
            for p in self.posteriors
            for first, (name, state, before, after) in _lines(p)
        ]
        return Grid(("variable", "state", "prior", "posterior"), tuple(lines), frozenset({0, 1}), frozenset({3}))

    def to_dict(self) -> dict[str, Any]:
        """Prior and posterior of every variable as dicts by state."""
        plain = super().to_dict()
        each = {p.variable: {"prior": dict(p.prior.items()), "posterior": dict(p.items())} for p in self.posteriors}
        return {**plain, "posteriors": each}


def _lines(p: Posterior) -> list[tuple[bool, tuple[Any, ...]]]:
    rows = p.rows()
    if p.states == ("absent", PRESENT):
        return [(True, rows[1])]
    return [(i == 0, row) for i, row in enumerate(rows)]


@dataclass(frozen=True, kw_only=True, repr=False)
class Joint(Result):
    """P(variables | findings) as a labelled array: `joint["present", "absent"]`, with one state per variable in their order.

    `states[i]` are the states of `variables[i]`; `probabilities` runs through the combinations with the last variable fastest.
    """

    verb: ClassVar[str] = "joint"

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
        wanted = tuple(states) if isinstance(states, tuple | list) else (states,)
        if len(wanted) != len(self.variables):
            combinations = [", ".join(line) for line in product(*self.states)]
            raise UnknownRecord(", ".join(map(str, wanted)), combinations, what=f"combination of {', '.join(self.variables)}")
        position = 0
        for variable, known, state in zip(self.variables, self.states, wanted, strict=True):
            position = position * len(known) + place_of(variable, known, state)
        return self.probabilities[position]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per combination of states, the probability last."""
        return [(*states, p) for states, p in zip(product(*self.states), self.probabilities, strict=True)]

    def grid(self) -> Grid:
        """Return one line per combination."""
        lines = tuple((*row[:-1], percent(row[-1])) for row in self.rows())
        return Grid(
            (*self.variables, "probability"), lines, frozenset(range(len(self.variables))), frozenset({len(self.variables)})
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one column per variable and a column `probability`."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=[*self.variables, "probability"])


@dataclass(frozen=True, kw_only=True, repr=False)
class MostProbable(Result):
    """The most probable assignment of the variables that were asked for, or of all that are not known.

    `log_probability` is ln P(assignment, findings) with likelihoods as given, `log_posterior` ln P(assignment | findings).
    `runner_up` is the next most probable assignment, with its own `runner_up_log_probability`; None if there is no other that
    can be. `unique` is false where another assignment is as probable.
    """

    verb: ClassVar[str] = "most probable"

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
        if str(variable) not in self.assignment:
            raise UnknownVariable(str(variable), self.assignment)
        return self.assignment[str(variable)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.assignment)

    def __len__(self) -> int:
        return len(self.assignment)

    def items(self) -> tuple[tuple[str, str], ...]:
        """Pairs of variable and state."""
        return tuple(self.assignment.items())

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.assignment)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per variable, with its state in the runner-up."""
        other = self.runner_up or {}
        return [(name, state, other.get(name)) for name, state in self.assignment.items()]

    def grid(self) -> Grid:
        """Return one line per variable that is not absent, or differs in the runner-up; the rest is counted in the footer."""
        lines = tuple((name, state, "" if other == state else other or "–") for name, state, other in self._told())
        return Grid(("variable", "most probable", "runner-up where it differs"), lines, frozenset({0, 1, 2}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    def header(self) -> str:
        """Add the probability of the assignment and of the runner-up."""
        from math import exp, isfinite

        lines = [super().header(), f"probability given the findings {percent(exp(self.log_posterior))}"]
        if isfinite(self.runner_up_log_probability):
            lines[1] += f"; {plain(ratio_of(self.log_probability - self.runner_up_log_probability))} times that of the runner-up"
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


@dataclass(frozen=True, kw_only=True, repr=False)
class Probability(Result):
    """P(assignment | findings), of all parts of the assignment together."""

    verb: ClassVar[str] = "probability"

    columns: ClassVar[tuple[str, ...]] = ("assignment", "probability")

    assignment: str
    probability: float

    def __float__(self) -> float:
        return self.probability

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row."""
        return [(self.assignment, self.probability)]

    def grid(self) -> Grid:
        """Return one line, with the natural frequency."""
        return Grid(
            ("assignment", "probability", "that is"), ((self.assignment, percent(self.probability), frequency(self.probability)),)
        )
