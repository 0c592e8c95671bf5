"""A network beside the naive Bayes model made of its own marginals, and the walk through one case with both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.results.base import Result, safe
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import counted, percent

if TYPE_CHECKING:
    import pandas as pd

CASES, PEOPLE = "published cases", "simulated people"
NETWORK, SHARED, NAIVE = "network", "network, shared out", "naive Bayes"
NETWORK_FINDINGS, NAIVE_FINDINGS = "network, base rates out", "naive Bayes, base rates out"


@dataclass(frozen=True, repr=False)
class Ranking(Record):
    """One model on one kind of people: how well it ranks what they have among the specific diagnoses.

    `mean_area` is the mean over the diagnoses of the area under the receiver operating characteristic curve, `first` and
    `first_three` the shares of people whose diagnosis ranks so high, `log_score` the mean natural logarithm of the share of
    probability that it has among the specific diagnoses: 0 at best.
    """

    people: str
    model: str
    count: int
    mean_area: float
    first: float
    first_three: float
    log_score: float


@dataclass(frozen=True, repr=False)
class DiagnosisArea(Record):
    """The areas under the curve of one diagnosis: the network's and the naive model's, on the same people.

    `shared` is the area of the network's posteriors shared out among the diagnoses, as those of the naive model are.
    `error` is the standard error of their difference; NaN where only one person has the diagnosis.
    """

    diagnosis: str
    people: str
    with_it: int
    without: int
    network: float
    shared: float
    naive: float
    error: float

    @property
    def difference(self) -> float:
        """The area of the naive model less that of the network: above 0 the naive model ranks better."""
        return self.naive - self.network


@dataclass(frozen=True, kw_only=True, repr=False)
class NaiveComparison(Records[DiagnosisArea], Result):
    """A network beside the naive Bayes model of its own marginals: where the structure earns its place, and where it does not.

    The naive model multiplies the prior in the context by P(finding | diagnosis) for each finding and shares 1 out among the
    diagnoses. It assumes two things: findings that are independent given a diagnosis, and diagnoses that exclude each other. The
    network's posteriors, shared out among the diagnoses in proportion, assume only the second, and tell which of the two a lead
    comes from. With the base rates out (each posterior over the prior of its diagnosis in the context, shared out among the
    specific diagnoses) both rank by the findings alone. `within` counts, for each kind of people, those whose diagnosis the
    network ranks higher than the naive model does, and those whose it ranks lower. Of `each` simulated people for each diagnosis
    the `known` variables were looked at. People simulated from the network say what is lost where the network is right; published
    cases say more of life, and are few.

    References
    ----------
    Hand DJ, Yu K (2001). Idiot's Bayes: not so stupid after all? International Statistical Review 69, 385-398.
    DeLong ER, DeLong DM, Clarke-Pearson DL (1988). Comparing the areas under two or more correlated receiver operating
    characteristic curves: a nonparametric approach. Biometrics 44, 837-845.
    """

    verb: ClassVar[str] = "network beside naive Bayes"
    held_in: ClassVar[str] = "diagnoses"
    key: ClassVar[tuple[str, ...]] = ("diagnosis",)
    columns: ClassVar[tuple[str, ...]] = (
        *("diagnosis", "people", "with_it", "without", "network", "shared", "naive", "difference", "error"),
    )

    diagnoses: tuple[DiagnosisArea, ...]
    rankings: tuple[Ranking, ...]
    within: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    each: int = 0
    known: tuple[str, ...] = ()

    @property
    def ahead(self) -> tuple[DiagnosisArea, ...]:
        """The diagnoses that the naive model ranks better, by how much."""
        return tuple(sorted((d for d in self.diagnoses if d.difference > 0.0), key=lambda d: -d.difference))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per diagnosis and kind of people."""
        return [
            (d.diagnosis, d.people, d.with_it, d.without, d.network, d.shared, d.naive, d.difference, d.error)
            for d in self.diagnoses
        ]

    def rankings_frame(self) -> pd.DataFrame:
        """Return each model on each kind of people as a DataFrame."""
        import pandas as pd

        columns = ["people", "model", "count", "mean_area", "first", "first_three", "log_score"]
        return pd.DataFrame([[getattr(r, name) for name in columns] for r in self.rankings], columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-safe values, with the difference of each diagnosis."""
        found = super().to_dict()
        for line, d in zip(found["diagnoses"], self.diagnoses, strict=True):
            line["difference"] = safe(d.difference)
        return found

    def introduction(self) -> str:
        """Return each model on each kind of people, and who is ahead."""
        rows = tuple(
            (
                f"{r.count:,d} {r.people}",
                r.model,
                f"{r.mean_area:.3f}",
                percent(r.first),
                percent(r.first_three),
                f"{r.log_score:.2f}",
            )
            for r in self.rankings
        )
        grid = Grid(("people", "model", "mean area", "ranked first", "in the first three", "log score"), rows, frozenset({0, 1}))
        return "\n\n".join((grid.text(), "\n".join(wrapped(text, "  ") for text in self.verdicts)))

    @property
    def verdicts(self) -> tuple[str, ...]:
        """A sentence for each kind of people: which model is ahead, and for which diagnoses the naive one is."""
        told = []
        for people in dict.fromkeys(r.people for r in self.rankings):
            ours, shared, theirs = (
                next(r for r in self.rankings if (r.people, r.model) == (people, model)) for model in (NETWORK, SHARED, NAIVE)
            )
            ahead = [d for d in self.ahead if d.people == people]
            gap = theirs.mean_area - ours.mean_area
            who = "Naive Bayes" if gap > 0.0 else "The network"
            text = f"{who} is ahead on {people}: mean area under the curve higher by {abs(gap):.3f}."
            if gap > 0.0:
                text += f" {_origin(ours.mean_area, shared.mean_area, theirs.mean_area)}"
            if ahead:
                names = ", ".join(f"{d.diagnosis} ({d.network:.2f} against {d.naive:.2f}{_sure(d)})" for d in ahead)
                text += f" Naive Bayes is ahead for {names}."
            if people in self.within:
                higher, lower = self.within[people]
                text += f" The network ranks the diagnosis of {higher:,d} higher than naive Bayes does, of {lower:,d} lower."
            told.append(text)
        return tuple(told)

    def grid(self) -> Grid:
        """Return one line per diagnosis, largest lead of the naive model first within each kind of people."""
        order = [r.people for r in self.rankings]
        lines = sorted(self.diagnoses, key=lambda d: (order.index(d.people), -d.difference))
        rows = tuple(
            (
                d.diagnosis,
                d.people,
                f"{d.with_it} : {d.without}",
                f"{d.network:.3f}",
                f"{d.shared:.3f}",
                f"{d.naive:.3f}",
                f"{d.difference:+.3f}",
                "–" if math.isnan(d.error) else f"{d.error:.3f}",
            )
            for d in lines
        )
        headings = (
            "area under the curve of",
            "people",
            "with : without",
            "network",
            "shared out",
            "naive",
            "difference",
            "its error",
        )
        return Grid(headings, rows, frozenset({0, 1}))

    def footer(self) -> str:
        """Return who the people are, and the warning."""
        people = (
            f"Simulated people: {self.each} from the network for each specific diagnosis, in the default context; "
            f"{counted(len(self.known), 'variable')} known of each."
            if self.each
            else ""
        )
        return "\n".join(part for part in (wrapped(people, "  ") if people else "", super().footer()) if part)


def _origin(network: float, shared: float, naive: float) -> str:
    """Say which of its two assumptions the lead of the naive model comes from."""
    told = f"Shared out among the diagnoses, the network's own posteriors reach {shared:.3f}"
    if shared >= naive:
        return f"{told}: the lead comes from diagnoses that exclude each other, not from findings that are independent."
    if shared <= network:
        return f"{told}: the lead comes from findings that are taken as independent."
    share = percent((shared - network) / (naive - network), figures=2)
    return f"{told}: {share} of the lead comes from diagnoses that exclude each other, the rest from independent findings."


def _sure(area: DiagnosisArea) -> str:
    """Say where a lead is within two standard errors, or rests on one person."""
    if math.isnan(area.error):
        return ", one person"
    return "" if area.difference > 2.0 * area.error else ", within chance"


@dataclass(frozen=True, repr=False)
class WalkStep(Record):
    """The effect of one finding on the odds of the diagnosis against its rival, in decibans.

    `network` is the change given the findings before it, `naive` ten times the decimal logarithm of P(finding | diagnosis) over
    P(finding | rival); NaN where the matter was settled before.
    """

    finding: str
    network: float
    naive: float

    @property
    def difference(self) -> float:
        """The weight that naive Bayes adds to that of the network."""
        return self.naive - self.network


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseWalk(Records[WalkStep], Result):
    """A case, finding by finding, with the network and with naive Bayes: the odds of a diagnosis against a rival, in decibans.

    A finding with a large difference is where the two part: explained by a leak or by a second disease, by a mechanism that is
    already there, or counted twice.
    """

    verb: ClassVar[str] = "weights of evidence"
    held_in: ClassVar[str] = "steps"
    key: ClassVar[tuple[str, ...]] = ("finding",)
    columns: ClassVar[tuple[str, ...]] = ("finding", "network", "naive", "difference")

    diagnosis: str
    rival: str
    prior: float
    naive_prior: float
    steps: tuple[WalkStep, ...]

    @property
    def total(self) -> tuple[float, float]:
        """The log-odds after all findings, by the network and by naive Bayes, in decibans."""
        network = self.prior + sum(step.network for step in self.steps)
        return network, self.naive_prior + sum(step.naive for step in self.steps)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per finding, in the order given."""
        return [(step.finding, step.network, step.naive, step.difference) for step in self.steps]

    def grid(self) -> Grid:
        """Return one line per finding between the prior and the total."""
        lines = [("before the findings", self.prior, self.naive_prior, self.naive_prior - self.prior)]
        lines += self.rows()
        network, naive = self.total
        lines.append(("together", network, naive, naive - network))
        rows = tuple((str(name), *(_points(value) for value in values)) for name, *values in lines)
        return Grid(("finding", "network", "naive Bayes", "difference"), rows)

    def footer(self) -> str:
        """Return what the numbers are, and the warning."""
        what = f"Decibans for {self.diagnosis} against {self.rival}: 10 multiply the odds by ten; above 0 for {self.diagnosis}."
        return "\n".join(part for part in (wrapped(what, "  "), super().footer()) if part)


def _points(value: float) -> str:
    """Decibans to one place."""
    return "–" if math.isnan(value) else f"{round(value, 1) + 0.0:+.1f}"
