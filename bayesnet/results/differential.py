"""The ranked differential."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.errors import UnknownVariable
from bayesnet.model.vocabulary import OTHER_ROLE
from bayesnet.results.base import Result
from bayesnet.results.table import Grid
from bayesnet.results.words import frequency, percent, ratio


@dataclass(frozen=True)
class Diagnosis:
    """One line of a differential.

    `low` and `high` hold the middle 95 % of the posterior when every number is drawn from its cited range; NaN where no number of
    the network has a range. `likelihood_ratio` is posterior odds over prior odds: what all findings together say.
    """

    diagnosis: str
    prior: float
    posterior: float
    low: float
    high: float
    likelihood_ratio: float
    role: str


@dataclass(frozen=True, kw_only=True)
class Differential(Result):
    """Diagnoses ranked by posterior; several can be present at once, so they need not sum to 1."""

    columns: ClassVar[tuple[str, ...]] = ("diagnosis", "prior", "posterior", "low", "high", "likelihood_ratio", "role")

    diagnoses: tuple[Diagnosis, ...]

    def heading(self) -> str:
        """Say what is ranked."""
        return f"diagnoses | {self.title}" if self.title else "diagnoses before any finding"

    @property
    def leader(self) -> str:
        """The most probable diagnosis."""
        return self.diagnoses[0].diagnosis

    @property
    def leading(self) -> str:
        """The most probable diagnosis that is not the default one (none of the others); empty where there is none."""
        return next((line.diagnosis for line in self.diagnoses if line.role != OTHER_ROLE), "")

    def __getitem__(self, diagnosis: str) -> Diagnosis:
        for line in self.diagnoses:
            if line.diagnosis == diagnosis:
                return line
        raise UnknownVariable(diagnosis, tuple(line.diagnosis for line in self.diagnoses))

    def __iter__(self) -> Iterator[Diagnosis]:
        return iter(self.diagnoses)

    def __len__(self) -> int:
        return len(self.diagnoses)

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per diagnosis, most probable first."""
        return [(d.diagnosis, d.prior, d.posterior, d.low, d.high, d.likelihood_ratio, d.role) for d in self.diagnoses]

    def grid(self) -> Grid:
        """One line per diagnosis, with natural frequencies; no column of intervals where none were drawn."""
        drawn = any(not math.isnan(d.low) for d in self.diagnoses)
        lines = []
        for d in self.diagnoses:
            interval = (f"{percent(d.low, 2)[:-2]} – {percent(d.high, 2)}" if not math.isnan(d.low) else "–",) if drawn else ()
            lines.append(
                (
                    d.diagnosis,
                    percent(d.prior),
                    percent(d.posterior),
                    *interval,
                    frequency(d.posterior),
                    ratio(d.likelihood_ratio),
                    d.role.replace("_", " "),
                )
            )
        headings = ("diagnosis", "prior", "posterior", *(("95 % interval",) if drawn else ()), "that is", "LR", "role")
        return Grid(headings, tuple(lines), frozenset({0, len(headings) - 1}))
