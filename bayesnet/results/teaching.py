"""Natural frequencies: a population split by a target and by a finding, as a tree and as a table of whole people."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.logodds import odds_ratio
from bayesnet.results.base import Result, safe
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, width, wrapped
from bayesnet.results.words import frequency, percent, ratio, under

Square = tuple[tuple[float, float], tuple[float, float]]
"""Four cells: `[0][0]` target and finding, `[0][1]` target without finding, `[1][0]` finding without target, `[1][1]` neither."""

Counts = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, repr=False)
class Group(Record):
    """One node of the tree: a number of people, with the exact share of the parent group and of all."""

    name: str
    count: int
    share: float
    probability: float
    parts: tuple[Group, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Group]]:
        """Return this group and all its parts with their depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, kw_only=True, repr=False)
class Frequencies(Result):
    """A population in whole people, with and without the target, with and without the finding, and the exact probabilities.

    Every count is less than one person away from the exact figure, and counts add up along the rows and the columns of the table.
    `counts` and `probabilities` are `[target or not][finding or not]`.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.
    """

    verb: ClassVar[str] = "frequencies"

    columns: ClassVar[tuple[str, ...]] = ("target", "finding", "count", "probability", "given_target", "given_finding")

    target: str
    without_target: str
    finding: str
    without_finding: str
    conditions: str
    population: int
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
        return Group("all", self.population, 1.0, 1.0, tuple(parts))

    @property
    def with_finding(self) -> int:
        """Number of people with the finding."""
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

    def subject(self) -> str:
        """Return what the answer is about."""
        return under(f"{self.target}, {self.finding}", self.conditions)

    def grid(self) -> Grid:
        """Return the two-by-two table with its sums; the exact share of the whole population in brackets."""
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
            return f"Fewer than one in {self.population:,d} has {self.finding}; of those, {self._exactly()}, have {self.target}."
        have = "has" if self.counts[0][0] == 1 else "have"
        return (
            f"Of the {self.with_finding:,d} with {self.finding}, {self.counts[0][0]:,d} {have} {self.target}; "
            f"exactly, {self._exactly()}."
        )

    def footer(self) -> str:
        """Return the conclusion, a larger population if this one is too small, and the caveats."""
        lines = [self.conclusion()]
        larger = self.larger()
        if larger > self.population:
            lines.append(f"{self.population:,d} people are too few to show every group; population={larger:_d} shows them all.")
        return "\n\n".join(part for part in ("\n".join(wrapped(line, "  ") for line in lines), super().footer()) if part)

    def larger(self) -> int:
        """Return the smallest power of ten in which no possible group is empty; this population if it suffices or none does."""
        rarest = min((p for row in self.probabilities for p in row if p > 0.0), default=1.0)
        if rarest * self.population >= 1.0 or rarest < 1e-9:
            return self.population
        size = 10
        while size * rarest < 1.0:
            size *= 10
        return size

    def introduction(self) -> str:
        """Return the tree."""
        return "\n".join(self._branches())

    def introduction_html(self) -> str:
        """Return the tree as HTML, in letters of one width."""
        import html

        return f"<pre>{html.escape(self.introduction())}</pre>"

    def to_dict(self) -> dict[str, Any]:
        """Return fields, tree and exact posterior as JSON-safe values."""
        return {**super().to_dict(), "tree": safe(self.tree), "posterior": safe(self.posterior)}

    def _count(self, h: int | None, e: int | None) -> int:
        return sum(self.counts[i][j] for i in _which(h) for j in _which(e))

    def _probability(self, h: int | None, e: int | None) -> float:
        return math.fsum(self.probabilities[i][j] for i in _which(h) for j in _which(e))

    def _exactly(self) -> str:
        return f"{percent(self.posterior)}, {frequency(self.posterior)}"

    def _branches(self) -> list[str]:
        """Return the tree in lines, each with its exact share of the group above."""
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
    """Return one branch; text that does not fit on the line continues below it, indented."""
    text = f"{group.count:,d} {group.name}: {percent(group.share)} {whole}"
    lines = textwrap.wrap(text, width() - len(stem) - 2, break_on_hyphens=False)
    return stem + ("\n" + stem.replace("├─", "│ ").replace("└─", "  ") + "  ").join(lines)


def _which(part: int | None) -> tuple[int, ...]:
    return (0, 1) if part is None else (part,)


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0.0 else math.nan


@dataclass(frozen=True, repr=False)
class SequenceStep(Record):
    """Those who have this finding and all before it: with and without the target, in people and exactly.

    `share_with` and `share_without` are the shares of those left at the step before, with the target and without it, who have
    this finding too; their ratio is its likelihood ratio.
    """

    finding: str
    with_target: int
    without_target: int
    probability_with: float
    probability_without: float
    share_with: float
    share_without: float

    @property
    def count(self) -> int:
        """Number of people left."""
        return self.with_target + self.without_target

    @property
    def posterior(self) -> float:
        """P(target | this finding and all before it), exactly; NaN where nobody can be left."""
        left = self.probability_with + self.probability_without
        return self.probability_with / left if left > 0.0 else math.nan


@dataclass(frozen=True, kw_only=True, repr=False)
class FrequencySequence(Records[SequenceStep], Result):
    """A population in whole people, parted by one finding after the other; at each step those who have all findings so far go on.

    The first step is the whole population, with an empty `finding`. Every count is the exact figure rounded to a whole person, so
    it is at most half a person off, and nobody joins on the way.

    References
    ----------
    Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and complex
    inference tasks. Frontiers in Psychology 6, 1473.
    """

    verb: ClassVar[str] = "frequencies"
    held_in: ClassVar[str] = "steps"
    key: ClassVar[tuple[str, ...]] = ("finding",)

    columns: ClassVar[tuple[str, ...]] = ("finding", "with_target", "without_target", "share_with", "share_without", "posterior")

    target: str
    without_target: str
    conditions: str
    population: int
    steps: tuple[SequenceStep, ...]

    @property
    def posterior(self) -> float:
        """P(target | all findings), exactly."""
        return self.steps[-1].posterior

    def subject(self) -> str:
        """Return what is counted, and among whom."""
        findings = ", ".join(step.finding for step in self.steps[1:])
        return under(f"{self.target} after {findings}", self.conditions)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per step, the whole population first."""
        return [(s.finding, s.with_target, s.without_target, s.share_with, s.share_without, s.posterior) for s in self.steps]

    def grid(self) -> Grid:
        """Return one line per step: people on both sides, the share that went on, and what the target is among those left."""
        lines = []
        for k, s in enumerate(self.steps):
            sides = ((s.with_target, s.share_with), (s.without_target, s.share_without))
            people = [f"{count:,d}" + (f" ({percent(share)})" if k else "") for count, share in sides]
            lines.append(
                (f"and {s.finding}" if k > 1 else s.finding or "all", *people, percent(s.posterior), frequency(s.posterior))
            )
        return Grid(
            ("who", f"{self.target} (share left)", f"{self.without_target} (share left)", "exactly", "that is"), tuple(lines)
        )

    def conclusion(self) -> str:
        """Say what all findings together mean, in whole people and exactly."""
        last = self.steps[-1]
        if math.isnan(last.posterior):
            return f"Nobody can have all of this, so that it says nothing of {self.target}."
        if not last.count:
            few = f"Fewer than one in {self.population:,d} has all of this"
            return f"{few}; {percent(last.posterior)} of them have {self.target}."
        have = "has" if last.with_target == 1 else "have"
        exactly = f"{percent(last.posterior)}, {frequency(last.posterior)}"
        return f"Of the {last.count:,d} left, {last.with_target:,d} {have} {self.target}; exactly, {exactly}."

    def larger(self) -> int:
        """Return the smallest power of ten that leaves people on both sides; this population if it suffices or none does."""
        last = self.steps[-1]
        rarest = min((p for p in (last.probability_with, last.probability_without) if p > 0.0), default=1.0)
        if rarest * self.population >= 1.0 or rarest < 1e-9:
            return self.population
        return int(10 ** math.ceil(-math.log10(rarest) - 1e-9))

    def footer(self) -> str:
        """Return the conclusion, a larger population if this one is too small, and the caveats."""
        lines = [self.conclusion()]
        if self.larger() > self.population:
            lines.append(f"{self.population:,d} people are too few to show both sides; population={self.larger():_d} shows them.")
        return "\n\n".join(part for part in ("\n".join(wrapped(line, "  ") for line in lines), super().footer()) if part)


ALIKE = 1.05
"""Odds that differ by less than this factor count as equal."""


@dataclass(frozen=True, repr=False)
class Rung(Record):
    """One finding: what it says alone and given those before it, and how far naive Bayes and the network have come with it.

    `alone` is its likelihood ratio when nothing else is found, `likelihood_ratio` that given the findings before it; `naive` is
    the probability after multiplying the odds by `alone` so far, `probability` that of the network.
    """

    finding: str
    alone: float
    naive: float
    likelihood_ratio: float
    probability: float


@dataclass(frozen=True, kw_only=True, repr=False)
class Ladder(Records[Rung], Result):
    """From prior to posterior, finding by finding, with and without the dependence between findings.

    Naive Bayes multiplies what each finding says alone, as if the findings were independent given the target and given its
    absence; the network multiplies what each says given those before it (Spiegelhalter & Knill-Jones 1984).
    """

    verb: ClassVar[str] = "ladder"
    held_in: ClassVar[str] = "rungs"
    key: ClassVar[tuple[str, ...]] = ("finding",)

    columns: ClassVar[tuple[str, ...]] = ("finding", "alone", "naive", "likelihood_ratio", "probability")

    target: str
    prior: float
    rungs: tuple[Rung, ...]

    @property
    def posterior(self) -> float:
        """The probability of the target after all findings."""
        return self.rungs[-1].probability if self.rungs else self.prior

    @property
    def naive(self) -> float:
        """The posterior of naive Bayes from the same findings."""
        return self.rungs[-1].naive if self.rungs else self.prior

    @property
    def excess(self) -> float:
        """Odds of naive Bayes over odds of the network: how much is counted twice; NaN where either is certain."""
        return odds_ratio(self.posterior, self.naive) if 0.0 < self.naive < 1.0 else math.nan

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per finding."""
        return [(r.finding, r.alone, r.naive, r.likelihood_ratio, r.probability) for r in self.rungs]

    def grid(self) -> Grid:
        """Return one line per finding after a first line for the prior: naive Bayes on the left, the network on the right."""
        first = ("before the findings", "", percent(self.prior), "", percent(self.prior), frequency(self.prior))
        lines = [
            (
                r.finding,
                ratio(r.alone),
                percent(r.naive),
                ratio(r.likelihood_ratio),
                percent(r.probability),
                frequency(r.probability),
            )
            for r in self.rungs
        ]
        return Grid(
            ("what is found", "LR alone", "naive Bayes", "LR here", "network", "that is"),
            (first, *lines),
            bars=frozenset({2, 4}),
            optional=(5,),
        )

    def conclusion(self) -> str:
        """Say what the dependence between the findings is worth."""
        if len(self.rungs) < 2:
            return "One finding alone cannot be counted twice: naive Bayes and the network agree."
        if math.isnan(self.excess):
            return f"Naive Bayes gives {percent(self.naive)}, the network {percent(self.posterior)}."
        both = (
            f"Taken as independent the findings would give {percent(self.naive)}, {frequency(self.naive)}; the network, which "
            f"knows how they hang together, gives {percent(self.posterior)}, {frequency(self.posterior)}."
        )
        if 1.0 / ALIKE < self.excess < ALIKE:
            return f"{both} Here the dependence between them hardly matters."
        high = self.excess > 1.0
        factor = ratio(self.excess if high else 1.0 / self.excess)
        return f"{both} Ignoring their dependence makes the odds {factor} times too {'high' if high else 'low'}."

    def footer(self) -> str:
        """Return the conclusion, and the caveats."""
        note = '"alone": with no other finding; "here": given the findings above it. LR: odds after over odds before.'
        return "\n\n".join(part for part in (wrapped(self.conclusion(), "  ") + "\n" + wrapped(note), super().footer()) if part)
