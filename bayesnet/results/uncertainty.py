"""Answers under the uncertainty of all numbers at once: intervals, who leads how often, the fits, and shares of the variance."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.results.base import Result, safe
from bayesnet.results.records import Record, Records
from bayesnet.results.sensitivity import brief
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import given, interval, percent, short

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Interval(Record):
    """One diagnosis over the draws: mean, median, the middle 95 %, and the share of the draws in which it leads."""

    diagnosis: str
    posterior: float
    mean: float
    low: float
    median: float
    high: float
    leads: float


@dataclass(frozen=True, repr=False)
class Fit(Record):
    """The law fitted to one number: `a` and `b` are the shapes of a Beta, or mean and standard deviation of the logarithm.

    `q025` and `q975` are its 2.5 % and 97.5 % quantiles, to be compared with the cited range; `no_effect` the share of draws
    in which a link fell below its leak, so that the cause had no effect.
    """

    number: str
    value: float
    low: float
    high: float
    range: str
    law: str
    a: float
    b: float
    mean: float
    q025: float
    q975: float
    note: str
    no_effect: float
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Uncertainty(Records[Interval], Result):
    """The answer when every number is drawn from its own distribution.

    `value` is the answer at the cited values; `mean`, `low`, `median`, `high` describe it over the draws, of which `low` to
    `high` hold 95 %. `diagnoses` has one line for each diagnosis, `numbers` the fitted laws, `samples` the draws of the answer.
    """

    verb: ClassVar[str] = "uncertainty"
    held_in: ClassVar[str] = "diagnoses"
    key: ClassVar[tuple[str, ...]] = ("diagnosis",)

    columns: ClassVar[tuple[str, ...]] = ("diagnosis", "posterior", "mean", "low", "median", "high", "leads")

    target: str
    value: float
    mean: float
    low: float
    median: float
    high: float
    draws: int
    diagnoses: tuple[Interval, ...]
    numbers: tuple[Fit, ...]
    conventions: tuple[str, ...]
    impossible: int = 0
    samples: tuple[float, ...] = field(default=(), repr=False)

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 95 % of the answer."""
        return self.low, self.high

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per diagnosis, most probable first."""
        return [tuple(getattr(line, name) for name in self.columns) for line in self.diagnoses]

    @property
    def fit(self) -> pd.DataFrame:
        """The law of every number as a frame, one row per number."""
        import pandas as pd

        names = [f.name for f in fields(Fit)]
        return pd.DataFrame([[getattr(line, name) for name in names] for line in self.numbers], columns=names)

    def grid(self) -> Grid:
        """Return one line per diagnosis."""
        lines = tuple(
            (
                short(d.diagnosis),
                percent(d.posterior),
                percent(d.median),
                interval(d.low, d.high),
                percent(d.leads),
            )
            for d in self.diagnoses
        )
        return Grid(("diagnosis", "at the cited values", "median", "95 % interval", "leads in"), lines)

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the answer with its interval."""
        text = (
            f"{percent(self.value)} at the cited values; 95 % of {self.draws:,d} draws of all numbers lie between "
            f"{percent(self.low)} and {percent(self.high)} (median {percent(self.median)}, mean {percent(self.mean)})."
        )
        return "\n".join([super().header(), wrapped(text)])

    def footer(self) -> str:
        """Return how the numbers were drawn."""
        left_out = f"{self.impossible} draws ruled the findings out and were left out." if self.impossible else ""
        return "\n".join(part for part in (*(wrapped(text) for text in self.conventions), left_out, super().footer()) if part)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer; the draws as their percentiles 0, 1, ..., 100."""
        ordered = sorted(self.samples)
        spots = [ordered[round(i * (len(ordered) - 1) / 100)] for i in range(101)] if ordered else []
        return {**super().to_dict(), "samples": None, "percentiles": safe(spots)}


@dataclass(frozen=True, repr=False)
class Share(Record):
    """One number's share of the variance of the answer: alone (`first_order`) and with all interactions (`total`)."""

    number: str
    first_order: float
    first_order_error: float
    total: float
    total_error: float
    source: str
    citation: str
    grade: str


@dataclass(frozen=True, kw_only=True, repr=False)
class VarianceShares(Records[Share], Result):
    """Sobol indices of the answer over the distributions of the numbers, largest total first; errors are half-widths at 95 %.

    References
    ----------
    Sobol IM (2001). Math Comput Simul 55:271-280. Saltelli A et al. (2010). Comput Phys Commun 181:259-270.
    Ballester-Ripoll R, Leonelli M (2024). Global sensitivity analysis of uncertain parameters in Bayesian networks.
    arXiv:2406.05764.
    """

    verb: ClassVar[str] = "variance shares"
    held_in: ClassVar[str] = "shares"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number",
        "first_order",
        "first_order_error",
        "total",
        "total_error",
        "source",
        "grade",
    )

    target: str
    value: float
    mean: float
    deviation: float
    runs: int
    shares: tuple[Share, ...]
    held: int
    conventions: tuple[str, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number that was varied."""
        return [tuple(getattr(line, name) for name in self.columns) for line in self.shares]

    def grid(self) -> Grid:
        """Return one line per number."""
        lines = tuple(
            (
                short(s.number),
                f"{s.first_order:.3f} ± {s.first_order_error:.3f}",
                f"{s.total:.3f} ± {s.total_error:.3f}",
                brief(s.citation or s.grade),
            )
            for s in self.shares
        )
        return Grid(("number", "alone", "with interactions", "source"), lines, frozenset({0, 3}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return short(self.title)

    def header(self) -> str:
        """Return the answer, its spread and the runs."""
        text = (
            f"{percent(self.value)} at the cited values; mean {percent(self.mean)}, standard deviation "
            f"{percent(self.deviation)} over {self.runs:,d} runs."
        )
        return "\n".join([super().header(), wrapped(text)])

    def footer(self) -> str:
        """Return the numbers that were kept fixed, and the law of the others."""
        held = f"{self.held} further numbers were held at their values: alone, none moves the answer as much as those listed."
        return "\n".join(part for part in (wrapped(held), *(wrapped(t) for t in self.conventions), super().footer()) if part)


@dataclass(frozen=True, repr=False)
class ArcStrength(Record):
    """One arc: total variation and Hellinger distance between the child's columns as the parent changes."""

    parent: str
    child: str
    variation_mean: float
    variation_max: float
    variation_weighted: float
    hellinger_mean: float
    hellinger_max: float
    hellinger_weighted: float

    @property
    def arc(self) -> str:
        """The name of the arc."""
        return f"{self.parent} -> {self.child}"


@dataclass(frozen=True, kw_only=True, repr=False)
class ArcStrengths(Records[ArcStrength], Result):
    """The strength of every arc, the strongest (by weighted total variation) first.

    References
    ----------
    Koiter JR (2006). Visualizing inference in Bayesian networks. MSc thesis, Delft University of Technology.
    Leonelli M, Smith JQ, Wright SK (2024). The diameter of a stochastic matrix. arXiv:2407.04667.
    """

    verb: ClassVar[str] = "arc strengths"
    held_in: ClassVar[str] = "arcs"
    key: ClassVar[tuple[str, ...]] = ("arc",)

    columns: ClassVar[tuple[str, ...]] = (
        "parent",
        "child",
        "variation_mean",
        "variation_max",
        "variation_weighted",
        "hellinger_mean",
        "hellinger_max",
        "hellinger_weighted",
    )

    arcs: tuple[ArcStrength, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per arc."""
        return [tuple(getattr(arc, name) for name in self.columns) for arc in self.arcs]

    def grid(self) -> Grid:
        """Return the forty strongest arcs."""
        lines = tuple(
            (a.parent, a.child, f"{a.variation_weighted:.3f}", f"{a.variation_mean:.3f}", f"{a.variation_max:.3f}")
            for a in self.arcs[:40]
        )
        return Grid(("parent", "child", "weighted", "mean", "largest"), lines, frozenset({0, 1}))

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    def footer(self) -> str:
        """Return the meaning of the columns."""
        text = (
            "Total variation between the child's columns as the parent changes and the others stay: weighted by the other "
            "parents' probabilities given the findings, plain mean, largest."
        )
        return "\n".join(part for part in (wrapped(text), super().footer()) if part)
