"""The audit: published figures and claims beside what a network says, worst first."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bayesnet.results.base import Result
from bayesnet.results.table import WIDTH, Grid, wrapped
from bayesnet.results.words import counted, plain

if TYPE_CHECKING:
    import pandas as pd

TargetVerdict = Literal["inside", "near", "outside", "disputed"]
Shared = Literal["", "study", "figure"]
"""What a published figure shares with the numbers of the model: nothing, the study, or the figure itself."""
ClaimVerdict = Literal["held", "disputed", "not held"]

_WORST_FIRST = ("outside", "disputed", "near", "inside")
_CLAIMS_FIRST = ("not held", "disputed", "held")
_SHARED: dict[Shared, str] = {
    "": "from studies that feed no number",
    "study": "from studies that also feed a number (†)",
    "figure": "figures that are themselves behind a number (‡)",
}
_MARKS: dict[Shared, str] = {"": "", "study": " †", "figure": " ‡"}
_QUESTION, _MODEL, _RANGE, _SOURCE, _VERDICT = 42, 8, 17, 15, 8


@dataclass(frozen=True)
class AuditedTarget:
    """One published figure beside the model's answer.

    `model` is not a number where the condition of the question cannot be; `why` then says so. `distance` is how many times the
    answer lies outside the published range, on the odds scale for a probability: 1 inside, infinite where nothing can be said.
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

    @property
    def published(self) -> str:
        """The published range as it is printed."""
        return f"{_brief(self.low)} to {_brief(self.high)}"


@dataclass(frozen=True)
class AuditedCheck:
    """One question that tests a claim: what was asked, expected and answered; `held` is None for a mere print."""

    question: str
    expected: str
    model: str
    held: bool | None


@dataclass(frozen=True)
class AuditedClaim:
    """One statement of a source text, the checks that test it, and the verdict."""

    number: int
    text: str
    statement: str
    verdict: ClaimVerdict
    why: str = ""
    checks: tuple[AuditedCheck, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audit(Result):
    """Every published figure and every claim beside what the network says, worst first.

    `near` is the factor by which a near answer may lie outside its range. A figure that stays outside is printed and explained,
    never dropped.
    """

    targets: tuple[AuditedTarget, ...] = ()
    claims: tuple[AuditedClaim, ...] = ()
    near: float = 1.0
    columns: ClassVar[tuple[str, ...]] = ("question", "model", "low", "high", "value", "source", "verdict", "why", "shared")

    def __post_init__(self) -> None:
        targets = sorted(self.targets, key=lambda t: (_WORST_FIRST.index(t.verdict), -t.distance))
        claims = sorted(self.claims, key=lambda c: (_CLAIMS_FIRST.index(c.verdict), c.number))
        object.__setattr__(self, "targets", tuple(targets))
        object.__setattr__(self, "claims", tuple(claims))

    @property
    def counts(self) -> dict[str, int]:
        """How many published figures are inside, near, outside and disputed."""
        found = Counter(t.verdict for t in self.targets)
        return {verdict: found[verdict] for verdict in ("inside", "near", "outside", "disputed")}

    @property
    def claim_counts(self) -> dict[str, int]:
        """How many claims are held, disputed and not held."""
        found = Counter(c.verdict for c in self.claims)
        return {verdict: found[verdict] for verdict in ("held", "disputed", "not held")}

    @property
    def inside(self) -> float:
        """The share of all published figures, the disputed ones too, that lie inside their range; 1 where there are none."""
        return self.counts["inside"] / len(self.targets) if self.targets else 1.0

    @property
    def outside_targets(self) -> tuple[AuditedTarget, ...]:
        """The published figures of studies that feed no number: only these test the model from outside."""
        return tuple(t for t in self.targets if not t.shared)

    def _apart(self) -> str:
        """The agreement with figures from outside, apart from that with figures of studies that feed the model."""
        told = []
        for shared, words in _SHARED.items():
            mine = [t for t in self.targets if t.shared == shared]
            if mine:
                inside = sum(t.verdict == "inside" for t in mine)
                told.append(f"{words} {inside} of {len(mine)} inside ({inside / len(mine):.1%})")
        return wrapped("; ".join(told), "  ")

    @property
    def summary(self) -> str:
        """One line for the figures and one for the claims."""
        counts, claims = self.counts, self.claim_counts
        figures = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("near", "outside", "disputed"))
        lines = [f"{counted(len(self.targets), 'published figure')}: {counts['inside']} inside ({self.inside:.1%}), {figures}"]
        if len(self.outside_targets) < len(self.targets):
            lines.append(self._apart())
        if self.claims:
            lines.append(f"{counted(len(self.claims), 'claim')}: " + ", ".join(f"{n} {verdict}" for verdict, n in claims.items()))
        return "\n".join(lines)

    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Give one tuple per published figure, worst first."""
        return [(t.question, t.model, t.low, t.high, t.value, t.source, t.verdict, t.why, t.shared) for t in self.targets]

    def claims_frame(self) -> pd.DataFrame:
        """Give the claims as a DataFrame, one row per check, with fixed columns."""
        import pandas as pd

        columns = ["number", "text", "statement", "question", "expected", "model", "held", "verdict", "why"]
        rows = [
            (c.number, c.text, c.statement, k.question, k.expected, k.model, k.held, c.verdict, c.why)
            for c in self.claims
            for k in c.checks
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Give the audit as JSON-safe values, with the summary counted."""
        return {**super().to_dict(), "counts": self.counts, "claim_counts": self.claim_counts, "inside": self.inside}

    def grid(self) -> Grid:
        """Give the published figures as a table."""
        rows = tuple((t.verdict, t.question, _brief(t.model), t.published, t.source) for t in self.targets)
        return Grid(("verdict", "question", "model", "published", "source"), rows, frozenset({0, 1, 4}))

    def __str__(self) -> str:
        parts = [self.header(), self.summary, "\n".join(self._figures()), "\n".join(self._statements()), self.footer()]
        return "\n\n".join(part for part in parts if part)

    def _figures(self) -> Iterator[str]:
        if not self.targets:
            return
        yield _line("verdict", "question", "model", "published range", "source")
        yield "  ".join("-" * n for n in (_VERDICT, _QUESTION, _MODEL, _RANGE, _SOURCE))
        for t in self.targets:
            first, *rest = textwrap.wrap(t.question, _QUESTION, break_long_words=True) or [""]
            yield _line(t.verdict, first, _brief(t.model), t.published, t.source[: _SOURCE - 2] + _MARKS[t.shared])
            for line in rest:
                yield _line("", line, "", "", "")
            if t.why:
                yield textwrap.indent(textwrap.fill(t.why, WIDTH - 12, break_on_hyphens=False), " " * 12)

    def _statements(self) -> Iterator[str]:
        for c in self.claims:
            yield wrapped(f"{c.number:>2} {c.text}: {c.statement} {c.verdict.upper()}", "     ")
            if c.why:
                yield textwrap.indent(textwrap.fill(c.why, WIDTH - 5, break_on_hyphens=False), " " * 5)
            for check in c.checks:
                mark = {True: "+", False: "-", None: " "}[check.held]
                expected = f" (expected: {check.expected})" if check.expected else ""
                line = f"   {mark} {check.question}: {check.model}{expected}"
                yield textwrap.fill(line, WIDTH, subsequent_indent=" " * 7, break_on_hyphens=False)


def _brief(value: float) -> str:
    """A figure short enough for a column."""
    return "–" if math.isnan(value) else plain(float(f"{value:.3g}"))


def _line(verdict: str, question: str, model: str, published: str, source: str) -> str:
    cells = (verdict[:_VERDICT].ljust(_VERDICT), question.ljust(_QUESTION), model.rjust(_MODEL), published.rjust(_RANGE))
    return "  ".join([*cells, source[:_SOURCE]]).rstrip()
