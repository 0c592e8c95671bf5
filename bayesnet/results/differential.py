"""The ranked differential."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.errors import UnknownRecord
from bayesnet.model.vocabulary import OTHER_ROLE
from bayesnet.results.base import Result, safe
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import frequency, given, interval, percent, ratio, rough_percent, short

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Diagnosis(Record):
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


@dataclass(frozen=True, kw_only=True, repr=False)
class Differential(Records[Diagnosis], Result):
    """Diagnoses ranked by posterior; several can be present at once, so they need not sum to 1."""

    verb: ClassVar[str] = "diagnoses"
    held_in: ClassVar[str] = "diagnoses"
    key: ClassVar[tuple[str, ...]] = ("diagnosis",)

    columns: ClassVar[tuple[str, ...]] = ("diagnosis", "prior", "posterior", "low", "high", "likelihood_ratio", "role")

    diagnoses: tuple[Diagnosis, ...]

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    @property
    def leading(self) -> str:
        """The most probable diagnosis."""
        return self.diagnoses[0].diagnosis

    @property
    def leading_specific(self) -> str:
        """The most probable diagnosis other than the one that means none of the others; empty if there is none."""
        return next((line.diagnosis for line in self.diagnoses if line.role != OTHER_ROLE), "")

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per diagnosis, most probable first."""
        return [(d.diagnosis, d.prior, d.posterior, d.low, d.high, d.likelihood_ratio, d.role) for d in self.diagnoses]

    def grid(self) -> Grid:
        """Return one line per diagnosis, with natural frequencies; no column of intervals where none were drawn."""
        drawn = any(not math.isnan(d.low) for d in self.diagnoses)
        lines = []
        for d in self.diagnoses:
            spread = (interval(d.low, d.high, rough_percent),) if drawn else ()
            lines.append(
                (
                    d.diagnosis,
                    percent(d.prior),
                    percent(d.posterior),
                    *spread,
                    frequency(d.posterior),
                    ratio(d.likelihood_ratio),
                    d.role.replace("_", " "),
                )
            )
        headings = ("diagnosis", "prior", "posterior", *(("95 % interval",) if drawn else ()), "that is", "LR", "role")
        return Grid(headings, tuple(lines), frozenset({0, len(headings) - 1}), frozenset({2}), (headings.index("that is"),))


@dataclass(frozen=True, repr=False)
class Scenario(Record):
    """One column of a comparison: its name, its findings, the probability of each target, and why it differs.

    `scenario[target]` is the probability of one target.
    """

    name: str
    findings: str
    assumed: tuple[str, ...]
    probabilities: tuple[float, ...]
    reason: str = ""
    targets: tuple[str, ...] = ()

    def __getitem__(self, target: str) -> float:
        for name, probability in self.items():
            if short(name) == short(target):
                return probability
        raise UnknownRecord(target, self.targets, what="target")

    def __iter__(self) -> Iterator[str]:
        return iter(self.targets)

    def __len__(self) -> int:
        return len(self.targets)

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of target and probability."""
        return tuple(zip(self.targets, self.probabilities, strict=True))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.targets)


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Records[Scenario], Result):
    """Scenarios side by side: `targets` down, one column per scenario, and the change against the case.

    The first scenario is the case itself.
    """

    verb: ClassVar[str] = "compare"
    held_in: ClassVar[str] = "scenarios"
    key: ClassVar[tuple[str, ...]] = ("name",)

    targets: tuple[str, ...]
    scenarios: tuple[Scenario, ...]

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    @property
    def changes(self) -> dict[str, dict[str, float]]:
        """By scenario and target, the probability there less that of the case."""
        here = self.scenarios[0].probabilities
        return {
            s.name: {t: p - q for t, p, q in zip(self.targets, s.probabilities, here, strict=True)} for s in self.scenarios[1:]
        }

    def headings(self) -> tuple[str, ...]:
        """Return the columns of the frame: the target, one per scenario, then one per change."""
        names = [s.name for s in self.scenarios]
        return ("target", *names, *(f"change: {name}" for name in names[1:]))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per target."""
        rows = []
        for i, target in enumerate(self.targets):
            here = [s.probabilities[i] for s in self.scenarios]
            rows.append((target, *here, *(p - here[0] for p in here[1:])))
        return rows

    def to_frame(self) -> pd.DataFrame:
        """Return one row per target: `target`, one column per scenario (`case` first), then `change: <scenario>` columns."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=list(self.headings()))

    def grid(self) -> Grid:
        """Probabilities, each with its change in percentage points."""
        count = len(self.scenarios)
        lines = []
        for row in self.rows():
            here, changes = row[1 : count + 1], row[count + 1 :]
            cells = [percent(here[0])]
            for p, change in zip(here[1:], changes, strict=True):
                cells += [percent(p), _points(change)]
            lines.append((row[0], *cells))
        headings = ["target", self.scenarios[0].name]
        for scenario in self.scenarios[1:]:
            headings += [scenario.name, "change"]
        return Grid(tuple(headings), tuple(lines), bars=frozenset({1, *range(2, len(headings), 2)}))

    def footer(self) -> str:
        """Return why each scenario differs, and the caveats."""
        why = "\n".join(wrapped(f"{s.name}: {s.reason}", "  ") for s in self.scenarios if s.reason)
        return "\n\n".join(part for part in (why, super().footer()) if part)

    def to_dict(self) -> dict[str, Any]:
        """Scenarios with their findings and probabilities, and the changes."""
        return {**super().to_dict(), "changes": safe(self.changes)}


def _points(change: float) -> str:
    """Return a change in percentage points, to two figures but never finer than a hundredth."""
    points = 100.0 * change
    if abs(points) < 0.005:
        return "0"
    return (
        f"{points:+.2g}"
        if abs(points) < 10 and abs(points) >= 0.1
        else f"{points:+.1f}"
        if abs(points) >= 10
        else f"{points:+.2f}"
    )
