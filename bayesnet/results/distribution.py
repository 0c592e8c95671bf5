"""Probabilities of one variable's states, before and after the findings; and of many variables at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bayesnet.errors import UnknownState, UnknownVariable
from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import frequency, percent

PRESENT = "present"


@dataclass(frozen=True)
class Distribution:
    """The probability of each state of one variable.

    >>> coin = Distribution("coin", ("absent", "present"), (0.25, 0.75))
    >>> coin["present"], float(coin)
    (0.75, 0.75)
    """

    variable: str
    states: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __getitem__(self, state: str) -> float:
        if state not in self.states:
            raise UnknownState(self.variable, state, self.states)
        return self.probabilities[self.states.index(state)]

    def __float__(self) -> float:
        return self[PRESENT]

    def __iter__(self) -> Iterator[str]:
        return iter(self.states)

    def __len__(self) -> int:
        return len(self.states)

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of state and probability, in the order of the states."""
        return tuple(zip(self.states, self.probabilities, strict=True))


@dataclass(frozen=True, kw_only=True)
class Posterior(Result):
    """P(variable | findings): `p[state]` for every state, `float(p)` for P(present), `p.prior` the same without the findings.

    The prior keeps what is not a finding: the context (setting), whether stated or assumed, and the interventions.
    """

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

    def __getitem__(self, state: str) -> float:
        return self.posterior[state]

    def __float__(self) -> float:
        return float(self.posterior)

    def __iter__(self) -> Iterator[str]:
        return iter(self.posterior)

    def __len__(self) -> int:
        return len(self.posterior)

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of state and probability given the findings."""
        return self.posterior.items()

    def heading(self) -> str:
        """Write the question as on paper."""
        return f"P({self.title})"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per state."""
        pairs = zip(self.states, self.prior.probabilities, self.probabilities, strict=True)
        return [(self.variable, state, before, after) for state, before, after in pairs]

    def grid(self) -> Grid:
        """One line per state, with the posterior as a natural frequency."""
        lines = tuple((state, percent(before), percent(after), frequency(after)) for _, state, before, after in self.rows())
        return Grid((self.variable, "prior", "posterior", "that is"), lines)

    def to_dict(self) -> dict[str, Any]:
        """Question, states, prior and posterior as dicts by state."""
        plain = super().to_dict()
        return {**plain, "variable": self.variable, "prior": dict(self.prior.items()), "posterior": dict(self.items())}


@dataclass(frozen=True, kw_only=True)
class Counterfactual(Posterior):
    """What would have been: `posterior` in the world as it would have been, `factual` in the world as it was found.

    `had` says what would have been otherwise.
    """

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "prior", "factual", "counterfactual")

    had: str
    factual: Distribution

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per state."""
        both = zip(self.states, self.prior.probabilities, self.factual.probabilities, self.probabilities, strict=True)
        return [(self.variable, *row) for row in both]

    def grid(self) -> Grid:
        """One line per state: before any finding, as it was found, as it would have been."""
        lines = tuple((state, *(percent(p) for p in row), frequency(row[-1])) for _, state, *row in self.rows())
        return Grid((self.variable, "prior", "as it was", "as it would be", "that is"), lines)

    def to_dict(self) -> dict[str, Any]:
        """Add the world as it was, by state."""
        return {**super().to_dict(), "factual": dict(self.factual.items())}


@dataclass(frozen=True, kw_only=True)
class Posteriors(Result):
    """The posterior of every variable, or of those asked for: `ps["fever"]["present"]`."""

    columns: ClassVar[tuple[str, ...]] = ("variable", "state", "prior", "posterior")

    posteriors: tuple[Posterior, ...]
    log_probability: float = field(default=float("nan"))
    """ln P(findings), likelihoods as given."""

    def heading(self) -> str:
        """Say what was asked."""
        return f"variables | {self.title}" if self.title else "variables before any finding"

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables, in the order of the model."""
        return tuple(p.variable for p in self.posteriors)

    def __getitem__(self, variable: str) -> Posterior:
        for p in self.posteriors:
            if p.variable == variable:
                return p
        raise UnknownVariable(variable, self.variables)

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.posteriors)

    def items(self) -> tuple[tuple[str, Posterior], ...]:
        """Pairs of variable and posterior."""
        return tuple((p.variable, p) for p in self.posteriors)

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per variable and state."""
        return [row for p in self.posteriors for row in p.rows()]

    def grid(self) -> Grid:
        """One line per state; of a variable that is absent or present, only the line of present."""
        lines = [
            (name if first else "", state, percent(before), percent(after))
            for p in self.posteriors
            for first, (name, state, before, after) in _lines(p)
        ]
        return Grid(("variable", "state", "prior", "posterior"), tuple(lines), frozenset({0, 1}))

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
