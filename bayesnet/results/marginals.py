"""How common findings are in each state of a context variable, with the published figures beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import interval, percent, rough_percent

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class PublishedMarginal(Record):
    """A published share of people with a finding: its range, its source, and whether the network's lies inside."""

    low: float
    high: float
    source: str
    verdict: str


@dataclass(frozen=True, repr=False)
class FindingMarginal(Record):
    """One finding: its probability in each state of the context variable, and a published figure where there is one."""

    finding: str
    group: str
    probabilities: tuple[float, ...]
    published: tuple[PublishedMarginal | None, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class ContextMarginals(Records[FindingMarginal], Result):
    """How common each finding is in each state of a context variable, exactly; no other finding is known."""

    verb: ClassVar[str] = "marginals"
    held_in: ClassVar[str] = "findings"
    key: ClassVar[tuple[str, ...]] = ("finding",)

    by: str
    states: tuple[str, ...]
    findings: tuple[FindingMarginal, ...]

    def headings(self) -> tuple[str, ...]:
        """The columns of the frame: the finding, its group, then each state with the ends of the published range."""
        return ("finding", "group", *(f"{state}{end}" for state in self.states for end in ("", ": low", ": high")))

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per finding; NaN where no figure is published."""
        rows = []
        for f in self.findings:
            cells: list[float] = []
            for p, figure in zip(f.probabilities, f.published, strict=True):
                cells += [p, figure.low if figure else float("nan"), figure.high if figure else float("nan")]
            rows.append((f.finding, f.group, *cells))
        return rows

    def to_frame(self) -> pd.DataFrame:
        """One row per finding: `finding`, `group`, then for each state its probability and the published range."""
        import pandas as pd

        return pd.DataFrame(self.rows(), columns=list(self.headings()))

    def introduction(self) -> str:
        """Return how many published figures the probabilities lie in."""
        figures = [figure for f in self.findings for figure in f.published if figure]
        if not figures:
            return ""
        inside = sum(figure.verdict == "inside" for figure in figures)
        return wrapped(f"{inside} of {len(figures)} lie inside the published range in brackets; * marks those that do not.", "  ")

    def grid(self) -> Grid:
        """One line per finding, one column per state, the published range in brackets."""
        rows = tuple(
            (f.finding, *(_cell(p, figure) for p, figure in zip(f.probabilities, f.published, strict=True)))
            for f in self.findings
        )
        return Grid(("finding", *self.states), rows, frozenset({0}))


def _cell(p: float, figure: PublishedMarginal | None) -> str:
    """A probability, with the published range."""
    if figure is None:
        return percent(p, 2)
    mark = "" if figure.verdict == "inside" else "*"
    return f"{percent(p, 2)}{mark} ({interval(figure.low, figure.high, rough_percent)})"
