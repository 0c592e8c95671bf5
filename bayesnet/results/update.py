"""Updates: which numbers counted data moved, how far, and where the data and the cited ranges disagree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import counted, interval, plain

_SHOWN = 30
"""Numbers in a print; the frame has all of them."""


@dataclass(frozen=True, repr=False)
class UpdatedNumber(Record):
    """One number before and after: value and cited range, posterior value with its 95 % interval.

    `prior_size` is how many patients the cited range is worth, `local_size` how many the data are (NaN for odds);
    `log_odds_change` says how far the number moved (for odds and odds ratios in their logarithm). `outside` is true where the
    posterior value lies outside the cited range: data and papers disagree.
    """

    number: str
    before: float
    low: float
    high: float
    after: float
    after_low: float
    after_high: float
    prior_size: float
    local_size: float
    log_odds_change: float
    outside: bool


@dataclass(frozen=True, repr=False)
class KeptNumbers(Record):
    """Numbers that the data could have moved and that were kept, and why."""

    reason: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Update(Records[UpdatedNumber], Result):
    """Numbers updated by counted data, those that moved farthest first; `network` is the network with the new numbers.

    The cited range of each number is read as a prior: a Beta (a Dirichlet for a column) that holds 95 % of its mass in the range,
    a log-normal for odds. The data enter as counts, expected counts where cells are missing (EM), of the hidden causes in a
    noisy gate, and by their logistic likelihood in an odds gate. The posterior value is the mean for complete data, which is
    the mode in log-odds. `local_size` and the interval rest on the observed information of each number by itself, so that a
    patient whose finding is missing counts for what the other findings say about it.

    `used` counts the rows that were used, `left_out` those that could not be read or are impossible by the network. `kept` lists
    numbers that were not updated, by reason. `log_likelihood` is ln P(rows) before and after.

    References
    ----------
    Dempster AP, Laird NM, Rubin DB (1977). Maximum likelihood from incomplete data via the EM algorithm. J R Stat Soc B 39(1),
    1-38.
    Louis TA (1982). Finding the observed information matrix when using the EM algorithm. J R Stat Soc B 44(2), 226-233.
    Spiegelhalter DJ, Lauritzen SL (1990). Sequential updating of conditional probabilities on directed graphical structures.
    Networks 20(5), 579-605.
    Lauritzen SL (1995). The EM algorithm for graphical association models with missing data. Comput Stat Data Anal 19(2),
    191-201.
    Varadhan R, Roland C (2008). Simple and globally convergent methods for accelerating the convergence of any EM algorithm.
    Scand J Stat 35(2), 335-353.
    """

    verb: ClassVar[str] = "update"
    held_in: ClassVar[str] = "updated"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number", "before", "low", "high", "after", "after_low", "after_high", "prior_size", "local_size", "log_odds_change",
        "outside",
    )  # fmt: skip

    used: int
    left_out: int
    problems: tuple[str, ...]
    iterations: int
    converged: bool
    log_likelihood: tuple[float, float]
    updated: tuple[UpdatedNumber, ...]
    kept: tuple[KeptNumbers, ...]
    network: Any = field(default=None, compare=False)

    @property
    def surprises(self) -> tuple[UpdatedNumber, ...]:
        """The numbers whose posterior value lies outside their cited range."""
        return tuple(number for number in self.updated if number.outside)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-safe values, without the network."""
        return {name: value for name, value in super().to_dict().items() if name != "network"}

    def subject(self) -> str:
        """Return what the answer is about."""
        return f"{counted(len(self.updated), 'number')} by {counted(self.used, 'local row')}"

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per number that was updated."""
        return [tuple(getattr(number, f.name) for f in fields(UpdatedNumber)) for number in self.updated]

    def grid(self) -> Grid:
        """One line per number: before and after, and how many patients each rests on."""
        lines = tuple(
            (
                n.number,
                plain(float(f"{n.before:.3g}")),
                interval(n.low, n.high, _short) if n.high > n.low else "–",
                plain(float(f"{n.after:.3g}")),
                interval(n.after_low, n.after_high, _short),
                _patients(n.prior_size),
                _patients(n.local_size),
                "outside" if n.outside else "",
            )
            for n in self.updated[:_SHOWN]
        )
        headings = ("number", "before", "cited range", "after", "95 % interval", "worth, cited", "worth, local", "cited range?")
        return Grid(headings, lines, frozenset({0, 7}), optional=(5,))

    def footer(self) -> str:
        """Return how many numbers surprise, which were kept, and what was left out."""
        lines = []
        if len(self.updated) > _SHOWN:
            lines.append(f"And {counted(len(self.updated) - _SHOWN, 'number')} more, in the frame.")
        if self.surprises:
            count = len(self.surprises)
            lines.append(
                f"{counted(count, 'number')} left {'its' if count == 1 else 'their'} cited range: data and papers disagree."
            )
        lines += [f"Not updated, {kept.reason}: {counted(len(kept.numbers), 'number')}." for kept in self.kept]
        if self.left_out:
            lines.append(f"{counted(self.left_out, 'row')} left out: {'; '.join(self.problems)}.")
        if not self.converged:
            lines.append(f"Not converged after {self.iterations:,d} iterations of EM.")
        above = "\n".join(wrapped(line, "  ") for line in lines)
        return "\n\n".join(part for part in (above, super().footer()) if part)


def _short(value: float) -> str:
    return plain(float(f"{value:.3g}"))


def _patients(size: float) -> str:
    """Write a sample size; a dash for odds, which have none."""
    return "–" if math.isnan(size) else f"{size:,.0f}"
