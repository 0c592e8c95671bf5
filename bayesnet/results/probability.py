"""The probability of an assignment of several variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import frequency, percent


@dataclass(frozen=True, kw_only=True)
class Probability(Result):
    """P(assignment | findings), of all parts of the assignment together."""

    columns: ClassVar[tuple[str, ...]] = ("assignment", "probability")

    assignment: str
    probability: float

    def __float__(self) -> float:
        return self.probability

    def heading(self) -> str:
        """Write the question as on paper."""
        return f"P({self.title})"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row."""
        return [(self.assignment, self.probability)]

    def grid(self) -> Grid:
        """One line, with the natural frequency."""
        return Grid(
            ("assignment", "probability", "that is"), ((self.assignment, percent(self.probability), frequency(self.probability)),)
        )
