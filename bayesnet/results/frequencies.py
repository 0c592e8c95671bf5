"""Natural frequencies: a population split by a target and by a finding, as a tree and as a table of whole people."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result, safe
from bayesnet.results.table import WIDTH, Grid, wrapped
from bayesnet.results.words import frequency, percent

Square = tuple[tuple[float, float], tuple[float, float]]
"""Four cells: `[0][0]` target and finding, `[0][1]` target without finding, `[1][0]` finding without target, `[1][1]` neither."""

Counts = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Group:
    """One place in the tree: so many people, exactly this share of the group they come from, and of all."""

    name: str
    count: int
    share: float
    probability: float
    parts: tuple[Group, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Group]]:
        """Give this group and all its parts with their depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, kw_only=True)
class Frequencies(Result):
    """A population in whole people, with and without the target, with and without the finding, and the exact probabilities.

    Every count is less than one person away from the exact figure, and counts add up along the rows and the columns of the table.
    `counts` and `probabilities` are `[target or not][finding or not]`.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.
    """

    columns: ClassVar[tuple[str, ...]] = ("target", "finding", "count", "probability", "given_target", "given_finding")

    target: str
    without_target: str
    finding: str
    without_finding: str
    population: str
    of: int
    counts: Counts
    probabilities: Square

    @property
    def tree(self) -> Group:
        """The population, parted by the target first and then by the finding, as people are met (natural sampling)."""
        parts = []
        for h, name in enumerate((self.target, self.without_target)):
            p = self._probability(h, None)
            leaves = tuple(
                Group(leaf, self.counts[h][e], _share(self.probabilities[h][e], p), self.probabilities[h][e])
                for e, leaf in enumerate((self.finding, self.without_finding))
            )
            parts.append(Group(name, sum(self.counts[h]), p, p, leaves))
        return Group("all", self.of, 1.0, 1.0, tuple(parts))

    @property
    def with_finding(self) -> int:
        """How many have the finding."""
        return self.counts[0][0] + self.counts[1][0]

    @property
    def posterior(self) -> float:
        """P(target | finding) in this population, exactly; NaN where nobody can have the finding."""
        return _share(self.probabilities[0][0], self._probability(None, 0))

    def rows(self) -> list[tuple[Any, ...]]:
        """Nine rows: both parts of the target and all, by both parts of the finding and all."""
        lines: list[tuple[Any, ...]] = []
        for h, target in ((0, self.target), (1, self.without_target), (None, "all")):
            for e, finding in ((0, self.finding), (1, self.without_finding), (None, "all")):
                p = self._probability(h, e)
                given_target, given_finding = _share(p, self._probability(h, None)), _share(p, self._probability(None, e))
                lines.append((target, finding, self._count(h, e), p, given_target, given_finding))
        return lines

    def heading(self) -> str:
        """Say what is counted, and among whom."""
        return f"natural frequencies of {self.target} and {self.finding}" + (f" | {self.population}" if self.population else "")

    def grid(self) -> Grid:
        """The table of two by two with its sums; the exact share of the whole population stands in brackets."""
        rows = []
        for h, target in ((0, self.target), (1, self.without_target), (None, "all")):
            cells = (f"{self._count(h, e):,d} ({percent(self._probability(h, e))})" for e in (0, 1, None))
            rows.append((target, *cells))
        return Grid(("people (exactly)", self.finding, self.without_finding, "all"), tuple(rows))

    def conclusion(self) -> str:
        """Say what the finding means, in whole people and exactly."""
        if not self.with_finding:
            if math.isnan(self.posterior):
                return f"Nobody can have {self.finding} here, so that it says nothing of {self.target}."
            return (
                f"Fewer than one in {self.of:,d} has {self.finding}; of those who have it, {self._exactly()}, have {self.target}."
            )
        have = "has" if self.counts[0][0] == 1 else "have"
        return (
            f"Of the {self.with_finding:,d} with {self.finding}, {self.counts[0][0]:,d} {have} {self.target}; "
            f"exactly, {self._exactly()}."
        )

    def footer(self) -> str:
        """The conclusion, a way to see more where the population is too small, and what to distrust."""
        lines = [self.conclusion()]
        larger = self.larger()
        if larger > self.of:
            lines.append(f"{self.of:,d} people are too few to show every group; of={larger:_d} shows them all.")
        return "\n\n".join(part for part in ("\n".join(wrapped(line, "  ") for line in lines), super().footer()) if part)

    def larger(self) -> int:
        """The power of ten in which every group that can occur has someone; this population where it is enough or none is."""
        rarest = min((p for row in self.probabilities for p in row if p > 0.0), default=1.0)
        if rarest * self.of >= 1.0 or rarest < 1e-9:
            return self.of
        size = 10
        while size * rarest < 1.0:
            size *= 10
        return size

    def __str__(self) -> str:
        parts = [self.header(), "\n".join(self._branches()), self.grid().text(), self.footer()]
        return "\n\n".join(part for part in parts if part)

    def to_dict(self) -> dict[str, Any]:
        """Give fields, tree and exact posterior as JSON-safe values."""
        return {**super().to_dict(), "tree": safe(self.tree), "posterior": safe(self.posterior)}

    def _count(self, h: int | None, e: int | None) -> int:
        return sum(self.counts[i][j] for i in _which(h) for j in _which(e))

    def _probability(self, h: int | None, e: int | None) -> float:
        return math.fsum(self.probabilities[i][j] for i in _which(h) for j in _which(e))

    def _exactly(self) -> str:
        return f"{percent(self.posterior)}, {frequency(self.posterior)}"

    def _branches(self) -> list[str]:
        """The tree in lines, each with its exact share of the group above."""
        tree = self.tree
        lines = [f"{tree.count:,d} people"]
        for i, part in enumerate(tree.parts):
            last = i == len(tree.parts) - 1
            lines.append(_line("└─ " if last else "├─ ", part, "of all"))
            stem = "   " if last else "│  "
            for j, leaf in enumerate(part.parts):
                lines.append(_line(stem + ("└─ " if j == len(part.parts) - 1 else "├─ "), leaf, "of these"))
        return lines


def _line(stem: str, group: Group, whole: str) -> str:
    """One branch; what does not fit on the line stands below it, set in."""
    text = f"{group.count:,d} {group.name}: {percent(group.share)} {whole}"
    lines = textwrap.wrap(text, WIDTH - len(stem) - 2, break_on_hyphens=False)
    return stem + ("\n" + stem.replace("├─", "│ ").replace("└─", "  ") + "  ").join(lines)


def _which(part: int | None) -> tuple[int, ...]:
    return (0, 1) if part is None else (part,)


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0.0 else math.nan
