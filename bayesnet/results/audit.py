"""The audit: published figures and claims beside what a network says, worst first."""

from __future__ import annotations

import html
import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bayesnet.errors import UnknownRecord
from bayesnet.results.base import Result, safe
from bayesnet.results.naive import NaiveComparison
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, broken, width, wrapped
from bayesnet.results.words import counted, interval, percent, plain

if TYPE_CHECKING:
    import pandas as pd

TargetVerdict = Literal["inside", "near", "outside", "disputed"]
Shared = Literal["", "study", "figure"]
"""Overlap of a published figure with the numbers of the model: none, the study, or the figure itself."""
ClaimVerdict = Literal["held", "disputed", "not held"]

_WORST_FIRST = ("outside", "disputed", "near", "inside")
_CLAIMS_FIRST = ("not held", "disputed", "held")
_SHARED: dict[Shared, str] = {
    "": "from studies that feed no number",
    "study": "from studies that also feed a number (†)",
    "figure": "figures that are themselves behind a number (‡)",
}
_DIFFERS = {"": "patients and words as asked", "patients": "patients chosen otherwise", "words": "counted in other words"}
_MARKS: dict[Shared, str] = {"": "", "study": " †", "figure": " ‡"}
_SURPRISING = (
    "Cases are published because they surprise: hard ones are over-represented, and the ranks are no estimate of accuracy."
)
_QUESTION, _MODEL, _RANGE, _SOURCE, _VERDICT = 22, 8, 17, 15, 8


@dataclass(frozen=True, repr=False)
class AuditedTarget(Record):
    """One published figure beside the model's answer.

    `model` is not a number if the condition of the question is impossible; `why` then says so. `distance` is how many times the
    answer lies outside the published range, on the odds scale for a probability: 1 inside, infinite where nothing can be said.
    `kind` is probability, likelihood ratio, ratio or odds ratio; `differs` is what of the study the question cannot say, its
    patients or its words; `context` holds the context variables as asked or assumed, such as `setting=emergency`.
    """

    id: str
    question: str
    model: float
    low: float
    high: float
    value: float
    source: str
    verdict: TargetVerdict
    why: str = ""
    distance: float = 1.0
    where: str = ""
    population: str = ""
    grade: str = ""
    shared: Shared = ""
    kind: str = "probability"
    differs: str = ""
    context: tuple[str, ...] = ()

    @property
    def published(self) -> str:
        """The published range as printed."""
        return interval(self.low, self.high, _brief)


@dataclass(frozen=True, repr=False)
class AuditedCheck(Record):
    """One question that tests a claim: what was asked, expected and answered; `held` is None for a mere print."""

    question: str
    expected: str
    model: str
    held: bool | None


@dataclass(frozen=True, repr=False)
class AuditedClaim(Record):
    """One statement of a source text, the checks that test it, and the verdict."""

    number: int
    text: str
    statement: str
    verdict: ClaimVerdict
    why: str = ""
    checks: tuple[AuditedCheck, ...] = ()


@dataclass(frozen=True, repr=False)
class AuditedCase(Record):
    """One published case: what leads among the specific diagnoses, and the rank and probability of what was found in the end.

    `rank` is that of the first of `diagnosis` among the specific diagnoses, where the others that were found and the consequences
    of it are not counted; 0 where the findings cannot hold together in the network, and `why` then says so. `leading_cause` is
    the most probable cause of a leading diagnosis that is a consequence.
    """

    id: str
    findings: str
    diagnosis: tuple[str, ...]
    leading: str = ""
    leading_probability: float = math.nan
    rank: int = 0
    probability: float = math.nan
    leading_cause: str = ""
    citation: str = ""
    url: str = ""
    read: str = ""
    note: str = ""
    why: str = ""

    @property
    def found(self) -> str:
        """The final diagnosis, in one text."""
        return ", ".join(self.diagnosis)


@dataclass(frozen=True, kw_only=True, repr=False)
class AuditBy(Result):
    """The published figures of an audit parted by the state of a context variable: how many of each verdict."""

    verb: ClassVar[str] = "audit by"
    columns: ClassVar[tuple[str, ...]] = ("state", "figures", "inside", "near", "outside", "disputed", "share_inside")

    by: str
    targets: Mapping[str, tuple[AuditedTarget, ...]]

    def subject(self) -> str:
        """Return the variable."""
        return self.by

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per state, with the share inside; the disputed figures count as not inside."""
        rows = []
        for state, targets in self.targets.items():
            found = Counter(t.verdict for t in targets)
            counts = [found[verdict] for verdict in ("inside", "near", "outside", "disputed")]
            rows.append((state, len(targets), *counts, counts[0] / len(targets)))
        return rows

    def grid(self) -> Grid:
        """Return one line per state."""
        lines = tuple((*map(str, row[:-1]), percent(row[-1])) for row in self.rows())
        return Grid((self.by, "figures", "inside", "near", "outside", "disputed", "share inside"), lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and the ids of the figures by state."""
        ids = {state: [t.id for t in targets] for state, targets in self.targets.items()}
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows()]
        return {**super().to_dict(), "targets": ids, "counts": safe(rows)}


@dataclass(frozen=True, kw_only=True, repr=False)
class Audit(Records[AuditedTarget], Result):
    """Every published figure and every claim beside what the network says, worst first; then the published cases.

    `naive` is the naive Bayes model of the network's own marginals beside it, where it was asked for. `near` is the factor by
    which a near answer may lie outside its range. A figure that stays outside is printed and explained, never dropped.
    """

    verb: ClassVar[str] = "audit"
    held_in: ClassVar[str] = "targets"
    key: ClassVar[tuple[str, ...]] = ("id",)

    targets: tuple[AuditedTarget, ...] = ()
    claims: tuple[AuditedClaim, ...] = ()
    cases: tuple[AuditedCase, ...] = ()
    naive: NaiveComparison | None = None
    near: float = 1.0
    columns: ClassVar[tuple[str, ...]] = (
        "question", "model", "low", "high", "value", "source", "verdict", "why", "shared", "differs",
    )  # fmt: skip

    def __post_init__(self) -> None:
        targets = sorted(self.targets, key=lambda t: (_WORST_FIRST.index(t.verdict), -t.distance))
        claims = sorted(self.claims, key=lambda c: (_CLAIMS_FIRST.index(c.verdict), c.number))
        object.__setattr__(self, "targets", tuple(targets))
        object.__setattr__(self, "claims", tuple(claims))

    @property
    def counts(self) -> dict[str, int]:
        """Number of published figures inside, near, outside and disputed."""
        found = Counter(t.verdict for t in self.targets)
        return {verdict: found[verdict] for verdict in ("inside", "near", "outside", "disputed")}

    @property
    def claim_counts(self) -> dict[str, int]:
        """Number of claims held, disputed and not held."""
        found = Counter(c.verdict for c in self.claims)
        return {verdict: found[verdict] for verdict in ("held", "disputed", "not held")}

    @property
    def inside(self) -> float:
        """The share of all published figures, the disputed ones too, that lie inside their range; 1 if there are none."""
        return self.counts["inside"] / len(self.targets) if self.targets else 1.0

    @property
    def outside_targets(self) -> tuple[AuditedTarget, ...]:
        """The published figures of studies that feed no number: only these test the model from outside."""
        return tuple(t for t in self.targets if not t.shared)

    def _apart(self, name: Literal["shared", "differs"], words: Mapping[Any, str]) -> str:
        """Return the agreement of the figures parted by a field, each part in words."""
        told = []
        for kind, said in words.items():
            mine = [t for t in self.targets if getattr(t, name) == kind]
            if mine:
                inside = sum(t.verdict == "inside" for t in mine)
                told.append(f"{said} {inside} of {len(mine)} inside ({percent(inside / len(mine))})")
        return wrapped("; ".join(told), "  ")

    def case(self, name: str) -> AuditedCase:
        """Return a published case by its id.

        Raises
        ------
        UnknownRecord
            When there is none, with the nearest ids; a KeyError.
        """
        named = {case.id: case for case in self.cases}
        if name not in named:
            raise UnknownRecord(name, tuple(named), what="published case")
        return named[name]

    @property
    def summary(self) -> str:
        """One line each for the figures, the claims and the cases."""
        counts, claims = self.counts, self.claim_counts
        figures = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("near", "outside", "disputed"))
        inside = f"{counts['inside']} inside ({percent(self.inside)})"
        told = f"{counted(len(self.targets), 'published figure')}: {inside}, {figures}"
        lines = [told] if self.targets or not self.cases else []
        if len(self.outside_targets) < len(self.targets):
            lines.append(self._apart("shared", _SHARED))
        if any(t.differs for t in self.targets):
            lines.append(self._apart("differs", _DIFFERS))
        if self.claims:
            lines.append(f"{counted(len(self.claims), 'claim')}: " + ", ".join(f"{n} {verdict}" for verdict, n in claims.items()))
        if self.cases:
            ranks = [case.rank for case in self.cases]
            first, three = sum(rank == 1 for rank in ranks), sum(0 < rank <= 3 for rank in ranks)
            lines.append(
                f"{counted(len(ranks), 'published case')}: what was found ranks first in {first}, in the first three in {three}"
            )
        return "\n".join(lines)

    def by(self, variable: str = "setting") -> AuditBy:
        """Part the published figures by the state of a context variable.

        Parameters
        ----------
        variable
            A context variable: one with a default.

        Raises
        ------
        UnknownRecord
            Where no figure was asked in a context of this variable.
        """
        parted: dict[str, list[AuditedTarget]] = {}
        for target in sorted(self.targets, key=lambda t: t.context):
            for text in target.context:
                name, _, state = text.partition("=")
                if name == variable:
                    parted.setdefault(state, []).append(target)
        if not parted:
            names = dict.fromkeys(text.partition("=")[0] for t in self.targets for text in t.context)
            raise UnknownRecord(variable, tuple(names), what="context variable")
        return AuditBy(
            title=self.title,
            provenance=self.provenance,
            by=variable,
            targets={state: tuple(targets) for state, targets in parted.items()},
        )

    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Return one tuple per published figure, worst first."""
        return [tuple(getattr(target, name) for name in self.columns) for target in self.targets]

    def claims_frame(self) -> pd.DataFrame:
        """Return the claims as a DataFrame, one row per check, with fixed columns."""
        import pandas as pd

        columns = ["number", "text", "statement", "question", "expected", "model", "held", "verdict", "why"]
        rows = [
            (c.number, c.text, c.statement, k.question, k.expected, k.model, k.held, c.verdict, c.why)
            for c in self.claims
            for k in c.checks
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as JSON-safe values, with the summary counted."""
        return {**super().to_dict(), "counts": self.counts, "claim_counts": self.claim_counts, "inside": self.inside}

    def grid(self) -> Grid:
        """Return the published figures as a table."""
        rows = tuple((t.verdict, t.question, _brief(t.model), t.published, t.source) for t in self.targets)
        return Grid(("verdict", "question", "model", "published", "source"), rows, frozenset({0, 1, 4}))

    def subject(self) -> str:
        """Return the name of the network."""
        return self.provenance.network or self.title

    def introduction(self) -> str:
        """Return the summary."""
        return self.summary

    def body(self) -> str:
        """Return the published figures, each with what explains it, the claims with their checks, the cases, and naive Bayes."""
        parts = ("\n".join(self._figures()), "\n".join(self._statements()), self.cases_text(), self._naive_text())
        return "\n\n".join(part for part in parts if part)

    def _naive_text(self) -> str:
        """Return the comparison with naive Bayes without what the audit has said already."""
        if self.naive is None:
            return ""
        return "\n\n".join((f"{self.naive.verb}:", self.naive.introduction(), self.naive.body()))

    def cases_text(self) -> str:
        """Return the published cases as a table, in the order of the file; empty if there are none."""
        if not self.cases:
            return ""
        reasons = "\n".join(wrapped(f"{case.id}: {case.why}", "  ") for case in self.cases if case.why)
        return "\n".join(part for part in (self.cases_grid().text(), reasons, wrapped(_SURPRISING)) if part)

    def cases_grid(self) -> Grid:
        """Return the published cases as a table: what was found, its rank and probability, and what leads."""
        rows = []
        for c in self.cases:
            leads = f"{c.leading} from {c.leading_cause}" if c.leading_cause else c.leading
            leads = "the same" if c.rank == 1 and c.leading in c.diagnosis else leads
            rank = str(c.rank) if c.rank else "–"
            rows.append((c.id, c.found, rank, percent(c.probability, 2), leads, percent(c.leading_probability, 2)))
        headings = ("published case", "found in the end", "rank", "P", "leads among the specific", "P")
        return Grid(headings, tuple(rows), frozenset({0, 1, 4}), frozenset({3, 5}))

    def cases_frame(self) -> pd.DataFrame:
        """Return the published cases as a DataFrame, one row per case, with fixed columns."""
        import pandas as pd

        columns = ["id", "findings", "diagnosis", "rank", "probability", "leading", "leading_probability", "leading_cause"]
        columns += ["citation", "url", "read", "note", "why"]
        rows = [[c.found if name == "diagnosis" else getattr(c, name) for name in columns] for c in self.cases]
        return pd.DataFrame(rows, columns=columns)

    def body_html(self) -> str:
        """Return the figures as a table, the claims as text, and the cases as a table."""
        claims = html.escape("\n".join(self._statements()))
        naive = self.naive._repr_html_() if self.naive else ""
        cases = self.cases_grid().html() + f"<p>{html.escape(_SURPRISING)}</p>" if self.cases else ""
        return super().body_html() + (f'<p style="white-space: pre-wrap">{claims}</p>' if claims else "") + cases + naive

    def _figures(self) -> Iterator[str]:
        if not self.targets:
            return
        columns = max(_QUESTION, width() - _VERDICT - _MODEL - _RANGE - _SOURCE - 10)
        yield _line("verdict", "question", "model", "published range", "source", columns)
        yield "  ".join("-" * n for n in (_VERDICT, columns, _MODEL, _RANGE, _SOURCE))
        for t in self.targets:
            first, *rest = broken(t.question, columns)
            yield _line(t.verdict, first, _brief(t.model), t.published, t.source[: _SOURCE - 2] + _MARKS[t.shared], columns)
            for line in rest:
                yield _line("", line, "", "", "", columns)
            if t.why:
                yield textwrap.indent(textwrap.fill(t.why, width() - 12, break_on_hyphens=False), " " * 12)

    def _statements(self) -> Iterator[str]:
        for c in self.claims:
            yield wrapped(f"{c.number:>2} {c.text}: {c.statement} {c.verdict.upper()}", "     ")
            if c.why:
                yield textwrap.indent(textwrap.fill(c.why, width() - 5, break_on_hyphens=False), " " * 5)
            for check in c.checks:
                mark = {True: "+", False: "-", None: " "}[check.held]
                expected = f" (expected: {check.expected})" if check.expected else ""
                line = f"   {mark} {check.question}: {check.model}{expected}"
                yield textwrap.fill(line, width(), subsequent_indent=" " * 7, break_on_hyphens=False)


def _brief(value: float) -> str:
    """Return a figure short enough for a column."""
    return "–" if math.isnan(value) else plain(float(f"{value:.3g}"))


def _line(verdict: str, question: str, model: str, published: str, source: str, columns: int) -> str:
    cells = (verdict[:_VERDICT].ljust(_VERDICT), question.ljust(columns), model.rjust(_MODEL), published.rjust(_RANGE))
    return "  ".join([*cells, source[:_SOURCE]]).rstrip()
