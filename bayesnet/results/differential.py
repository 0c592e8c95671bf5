"""The ranked differential."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
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


CAUSES_SHOWN = 3
"""Causes named for a consequence, the most probable ones."""
_NAMED = 0.01
"""A cause less probable than this is not named, unless it is the only one."""


@dataclass(frozen=True, repr=False)
class CauseShare(Record):
    """One cause of a consequence, with P(cause, no nearer cause | consequence, findings); several can be present at once."""

    cause: str
    probability: float


@dataclass(frozen=True, repr=False)
class Diagnosis(Record):
    """One line of a differential.

    `low` and `high` hold the middle 95 % of the posterior when every number is drawn from its cited range; NaN where no number of
    the network has a range. `likelihood_ratio` is posterior odds over prior odds: what all findings together say.
    `consequence_of` names the causes of a diagnosis that is a consequence, and `causes` their probabilities where it is present,
    most probable first; empty where its own probability is below 1 %. `contains` says what the diagnosis that is assumed where
    no other is found includes.
    """

    diagnosis: str
    prior: float
    posterior: float
    low: float
    high: float
    likelihood_ratio: float
    role: str
    consequence_of: tuple[str, ...] = ()
    causes: tuple[CauseShare, ...] = ()
    contains: str = ""

    @property
    def likely_from(self) -> str:
        """The most probable causes of a consequence with their probabilities, for a sentence; empty elsewhere."""
        named = [share for i, share in enumerate(self.causes) if not i or share.probability >= _NAMED][:CAUSES_SHOWN]
        return ", ".join(f"{share.cause} ({percent(share.probability, figures=2)})" for share in named)


@dataclass(frozen=True, kw_only=True, repr=False)
class Differential(Records[Diagnosis], Result):
    """Diagnoses ranked by posterior; several can be present at once, so they need not sum to 1."""

    verb: ClassVar[str] = "diagnoses"
    held_in: ClassVar[str] = "diagnoses"
    key: ClassVar[tuple[str, ...]] = ("diagnosis",)

    columns: ClassVar[tuple[str, ...]] = (
        *("diagnosis", "prior", "posterior", "low", "high", "likelihood_ratio", "role"),
        "consequence_of",
    )

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

    @property
    def leading_cause(self) -> str:
        """The most probable cause of the leading specific diagnosis where that is a consequence; empty elsewhere."""
        led = self._found(self.leading_specific)
        return led.causes[0].cause if led and led.causes else ""

    @property
    def causes(self) -> tuple[Diagnosis, ...]:
        """The specific diagnoses that are no consequence, most probable first."""
        return tuple(d for d in self.diagnoses if d.role != OTHER_ROLE and not d.consequence_of)

    @property
    def consequences(self) -> tuple[Diagnosis, ...]:
        """The diagnoses that are consequences, most probable first."""
        return tuple(d for d in self.diagnoses if d.consequence_of)

    def rank(self, diagnosis: str, also: Collection[str] = ()) -> int:
        """Return the rank of a diagnosis among the specific ones; its own consequences do not count.

        Parameters
        ----------
        diagnosis
            A line of the differential.
        also
            Diagnoses that are not counted either.

        Raises
        ------
        UnknownRecord
            Where the differential has no such line.
        """
        line = self[diagnosis]
        own = {short(name) for name in (line.diagnosis, *also)}
        return 1 + sum(
            d.posterior > line.posterior
            and d.role != OTHER_ROLE
            and short(d.diagnosis) not in own
            and not own.intersection(d.consequence_of)
            for d in self.diagnoses
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per diagnosis, most probable first."""
        return [
            (d.diagnosis, d.prior, d.posterior, d.low, d.high, d.likelihood_ratio, d.role, ", ".join(d.consequence_of))
            for d in self.diagnoses
        ]

    @property
    def what_leads(self) -> str:
        """The content of the leading diagnosis, if it is the one that means none of the others; otherwise empty."""
        first = self.diagnoses[0] if self.diagnoses else None
        if first is None or first.role != OTHER_ROLE or not first.contains:
            return ""
        return f"{first.diagnosis} leads with {percent(first.posterior)}: {first.contains}"

    def introduction(self) -> str:
        """Return what the leading diagnosis contains, where that has to be said."""
        return wrapped(self.what_leads, "  ") if self.what_leads else ""

    @property
    def origins(self) -> tuple[str, ...]:
        """A sentence for each consequence: what it comes from, most probably."""
        return tuple(
            f"{d.diagnosis} ({percent(d.posterior)}) is a consequence, most likely from {d.likely_from}."
            for d in self.consequences
            if d.causes
        )

    def body(self) -> str:
        """Return the table, then what each consequence comes from."""
        told = "\n".join(wrapped(text, "  ") for text in self.origins)
        return "\n\n".join(part for part in (super().body(), told) if part)

    def body_html(self) -> str:
        """Return the table as HTML, then what each consequence comes from."""
        import html

        told = html.escape("\n".join(self.origins))
        return super().body_html() + (f'<p style="white-space: pre-wrap">{told}</p>' if told else "")

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
                    d.role.replace("_", " ") + (", consequence" if d.consequence_of else ""),
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
