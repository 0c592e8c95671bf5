"""Explanations of a posterior: findings for and against, their interactions, and the paths they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import CITATION, frequency, percent, ratio

Verdict = Literal["for", "against", "uninformative"]

OPEN_SHOWN, CLOSED_SHOWN = 2, 1
"""Paths of one finding that are printed."""

WAYS_SHOWN = 8
"""Findings whose ways are printed: the strongest."""

_FAR_FETCHED = 0.05


@dataclass(frozen=True, repr=False)
class Impact(Record):
    """The effect of one finding on the target.

    `likelihood_ratio` and `decibans` are given the findings above it in the order taken; `omission` is what would be lost without
    the finding, all others kept; `shapley` is the mean over all orders. Of more than fifteen findings, those on variables with
    more than two children, such as age, come first in these orders, and `error` is the standard error of the others' means (0
    where exact). Shapley value and omission are in nats of log-odds. `negative` marks an absence; `probability` is that of the
    target after this finding and those above it.
    """

    finding: str
    state: str
    text: str
    likelihood_ratio: float
    decibans: float
    shapley: float
    omission: float
    verdict: Verdict
    negative: bool
    error: float
    probability: float

    @property
    def pertinent_negative(self) -> bool:
        """Whether the finding is an absence that matters (Kyrimi et al. 2020)."""
        return self.negative and self.verdict != "uninformative"


@dataclass(frozen=True, repr=False)
class Overlap(Record):
    """The interaction of two findings' weights, all others kept: `together` less `first_alone` less `second_alone`, in nats.

    Opposite in sign to both weights: they count the same thing twice. Of the same sign: each makes the other say more.
    """

    first: str
    second: str
    first_alone: float
    second_alone: float
    together: float

    @property
    def interaction(self) -> float:
        """The weight of the two together less the sum of their single weights."""
        return self.together - self.first_alone - self.second_alone

    @property
    def twice(self) -> bool:
        """Whether the two are redundant: together they weigh less than the sum."""
        same = self.first_alone * self.second_alone > 0.0
        return same and self.interaction * self.first_alone < 0.0


@dataclass(frozen=True, repr=False)
class RareCase(Record):
    """A hypothesis, its posterior, and the conflict of the findings that is left once it is added to them."""

    hypothesis: str
    posterior: float
    conflict: float


@dataclass(frozen=True, repr=False)
class Conflict(Record):
    """Conflict measure of the findings: `value = ln prod P(e_i) / P(e)`, positive if they conflict.

    `between` is the conflict between the two parts `first` and `second`, chosen so that it is largest; NaN where there were too
    many findings to look at every part. `rare_cases` say what conflict is left if a hypothesis is added, smallest first.

    References
    ----------
    Jensen FV, Chamberlain B, Nordahl T, Jensen F (1991). Analysis in HUGIN of data conflict. UAI-90, 519-528.
    """

    value: float
    between: float
    first: tuple[str, ...]
    second: tuple[str, ...]
    rare_cases: tuple[RareCase, ...]

    @property
    def rare_case(self) -> RareCase | None:
        """The hypothesis that makes most sense of conflicting findings; None without conflict, or where none removes it.

        Those with a posterior of at least 5 % go before all others, which would be far-fetched.
        """
        removing = [case for case in self.rare_cases if case.conflict <= 0.0]
        if self.value <= 0.0 or not removing:
            return None
        return min(removing, key=lambda case: (case.posterior < _FAR_FETCHED, case.conflict))


@dataclass(frozen=True, repr=False)
class Relevant(Record):
    """A partial assignment that explains the findings, with its generalised Bayes factor (Yuan, Lim & Lu 2011)."""

    assignment: tuple[str, ...]
    factor: float
    prior: float
    posterior: float


@dataclass(frozen=True, repr=False)
class Path(Record):
    """One way from a finding to the target; `blocker` names what blocks it and `reason` says why, both empty where it is open.

    `weight` is what the finding loses, in nats, when the path is closed; NaN where that was not computed.
    """

    finding: str
    path: str
    blocker: str
    reason: str
    weight: float = math.nan

    @property
    def open(self) -> bool:
        """Whether the path is active: evidence passes along it."""
        return not self.blocker


@dataclass(frozen=True, repr=False)
class Ways(Record):
    """All ways from a finding to the target: the strongest `paths`, and how many open ones there are.

    `count` is the number of open paths; a lower bound where the search was not `complete`. `words` says how the strongest acts.
    """

    finding: str
    paths: tuple[Path, ...]
    count: int
    complete: bool
    words: str = ""

    @property
    def open(self) -> tuple[Path, ...]:
        """The open paths that are held, strongest first; those that carry next to nothing, shortest first."""
        return tuple(path for path in self.paths if path.open)

    @property
    def closed(self) -> tuple[Path, ...]:
        """The closed paths, shortest first."""
        return tuple(path for path in self.paths if not path.open)

    def more(self, shown: int) -> str:
        """Return how many open paths there are beyond those shown, in words; empty if there are none."""
        left = self.count - min(shown, len(self.open))
        if self.complete:
            return f"and {left:,d} more" if left > 0 else ""
        return f"and at least {left:,d} more" if left > 0 else "and perhaps more"


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation(Records[Impact], Result):
    """Findings for, against and uninformative, in the order taken, and how they go together.

    `prior` and `posterior` are of the target before and after all findings; context (setting) and interventions hold in both.
    `separated` names the findings that no open path joins to the target, given the others. Of more than fifteen findings
    `overlaps` has those of the strongest eight; only of these are the ways printed. All but `prior`, `posterior` and `order` is
    worked out when it is read.

    References
    ----------
    Frye C, Rowat C, Feige I (2020). Asymmetric Shapley values: incorporating causal knowledge into model-agnostic explainability.
    NeurIPS 33, 1229-1239.
    Good IJ (1985). Weight of evidence: a brief survey. Bayesian Statistics 2, 249-270.
    Kyrimi E, Mossadegh S, Tai N, Marsh W (2020). An incremental explanation of inference in Bayesian networks for increasing
    model trustworthiness and supporting clinical decision making. Artificial Intelligence in Medicine 103, 101812.
    """

    verb: ClassVar[str] = "explain"
    held_in: ClassVar[str] = "impacts"
    key: ClassVar[tuple[str, ...]] = ("finding", "text")

    columns: ClassVar[tuple[str, ...]] = (
        "finding",
        "state",
        "likelihood_ratio",
        "decibans",
        "shapley",
        "omission",
        "verdict",
    )

    target: str
    prior: float
    posterior: float
    impacts: tuple[Impact, ...]
    order: str
    exact: bool
    overlaps: tuple[Overlap, ...]
    conflict: Conflict
    relevant: tuple[Relevant, ...]
    ways: tuple[Ways, ...]
    separated: tuple[str, ...]
    text: str

    @classmethod
    def deferred(cls, parts: object, **known: Any) -> Explanation:
        """Return an explanation whose other fields are the attributes of `parts`, worked out when they are read."""
        found = object.__new__(cls)
        vars(found).update(known, _parts=parts)
        return found

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Work out a field that is read for the first time."""
            if name not in type(self).__dataclass_fields__ or "_parts" not in vars(self):
                raise AttributeError(name)
            return vars(self).setdefault(name, getattr(vars(self)["_parts"], name))

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what was asked, all of it worked out."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def main_ways(self) -> tuple[Ways, ...]:
        """The ways of the strongest findings, those that are printed: no others are worked out for it."""
        if "_parts" in vars(self) and "ways" not in vars(self):
            found: tuple[Ways, ...] = vars(self)["_parts"].main_ways
            return found
        names = strongest(self.impacts)
        return tuple(way for way in self.ways if way.finding in names)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths, finding by finding, the open ones of each first."""
        return tuple(path for way in self.ways for path in way.paths)

    def verdict(self, verdict: Verdict) -> tuple[Impact, ...]:
        """Return the findings of one verdict, strongest first."""
        chosen = [impact for impact in self.impacts if impact.verdict == verdict]
        return tuple(sorted(chosen, key=lambda i: -abs(i.omission) if not math.isnan(i.omission) else 0.0))

    @property
    def pertinent_negatives(self) -> tuple[Impact, ...]:
        """Absent findings that matter."""
        return tuple(impact for impact in self.impacts if impact.pertinent_negative)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per finding, in the order taken."""
        return [tuple(getattr(impact, name) for name in self.columns) for impact in self.impacts]

    def grid(self) -> Grid:
        """Return one line per finding, after a first line for the prior."""
        lines = [("before the findings", "", "", "", "", percent(self.prior), "")]
        for i in self.impacts:
            mean = signed(i.shapley, 2) + (f" ± {i.error:.2f}" if i.error else "")
            weight, loss = signed(i.decibans, 1), signed(i.omission, 2)
            lines.append((i.text, ratio(i.likelihood_ratio), weight, mean, loss, percent(i.probability), i.verdict))
        headings = ("finding, in the order taken", "LR", "decibans", "Shapley", "omission", "probability", "verdict")
        return Grid(headings, tuple(lines), frozenset({0, 6}), frozenset({5}))

    @property
    def reading(self) -> str:
        """Return how to read the columns."""
        orders = "all orders" if self.exact else "orders in which findings such as age come first, with its standard error"
        return (
            f"Findings are taken in the {self.order} order: LR and decibans are given those above; decibans add up. Shapley is "
            f"the mean over {orders}; omission is the loss without the finding, all others kept; both in nats of log-odds."
        )

    def footer(self) -> str:
        """Return the explanation in words, the paths, how to read the figures."""
        open_paths = []
        for way in self.main_ways:
            open_paths += [wrapped(f"  {way.finding} {way.words}", "    ")] if way.words else []
            open_paths += [wrapped(f"  {path.path}", "    ") for path in way.open[:OPEN_SHOWN]]
            open_paths += [f"    {way.more(OPEN_SHOWN)}"] if way.more(OPEN_SHOWN) else []
        shut = [path for way in self.main_ways for path in way.closed[:CLOSED_SHOWN]]
        blocked = [wrapped(f"  {path.path}: blocked at {path.blocker}, {path.reason}", "    ") for path in shut]
        parts = [
            "\n".join(wrapped(line) for line in self.text.split("\n")),
            "\n".join(["Open paths from the findings:", *open_paths]) if open_paths else "",
            "\n".join(["Closed paths:", *blocked]) if blocked else "",
            wrapped(self.reading),
            wrapped(CITATION),
            super().footer(),
        ]
        return "\n\n".join(part for part in parts if part)


def strongest(impacts: Sequence[Impact]) -> frozenset[str]:
    """Return the findings without which the odds change most, as many as are printed with their ways."""
    ranked = sorted(impacts, key=lambda i: 0.0 if math.isnan(i.omission) else -abs(i.omission))
    return frozenset(impact.finding for impact in ranked[:WAYS_SHOWN])


def signed(value: float, digits: int) -> str:
    """Return a number with its sign.

    >>> signed(1.234, 2), signed(float("-inf"), 1)
    ('+1.23', '-inf')
    """
    if math.isnan(value):
        return "–"
    return f"{value:+.{digits}f}" if math.isfinite(value) else f"{value:+}"


@dataclass(frozen=True, repr=False)
class Weight(Record):
    """One finding on the way from prior to posterior, taken in the order in which the findings were given.

    `likelihood_ratio` is odds after over odds before, so given the findings above it; `decibans` is ten times its decimal
    logarithm; `probability` is that of the target after this finding.
    """

    finding: str
    likelihood_ratio: float
    decibans: float
    probability: float


@dataclass(frozen=True, kw_only=True, repr=False)
class Weights(Records[Weight], Result):
    """Evidence for and against a target: its findings in order, each with its likelihood ratio given those before it.

    The decibans add up to those of all findings together (Good 1985).
    """

    verb: ClassVar[str] = "weights"
    held_in: ClassVar[str] = "weights"
    key: ClassVar[tuple[str, ...]] = ("finding",)

    columns: ClassVar[tuple[str, ...]] = ("finding", "likelihood_ratio", "decibans", "probability")

    target: str
    prior: float
    weights: tuple[Weight, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per finding."""
        return [(w.finding, w.likelihood_ratio, w.decibans, w.probability) for w in self.weights]

    def grid(self) -> Grid:
        """Return one line per finding, after a first line for the prior."""
        first = ("before the findings", "", "", percent(self.prior), frequency(self.prior))
        lines = [
            (w.finding, ratio(w.likelihood_ratio), _signed(w.decibans), percent(w.probability), frequency(w.probability))
            for w in self.weights
        ]
        return Grid(
            (f"evidence for {self.target}", "LR", "decibans", "probability", "that is"),
            (first, *lines),
            bars=frozenset({3}),
            optional=(4,),
        )


def _signed(value: float) -> str:
    if not math.isfinite(value):
        return "–" if math.isnan(value) else f"{value:+}"
    return f"{value:+.1f}" if abs(value) >= 0.05 else "0.0"
