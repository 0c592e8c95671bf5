"""The origin of the numbers of a network, each recomputed: the table of a reviewer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.model.known import WORDS
from bayesnet.model.provenance import Remark
from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.tornado import MATTERS
from bayesnet.results.words import counted, percent, plain

_BOTH = "figures and a judgement"

_MOST_EACH = 5
"""Remarks of one kind that a print names; it counts the others."""


@dataclass(frozen=True, repr=False)
class RecomputedNumber(Record):
    """One number: as written, as computed again (NaN if that is impossible), from what, and how it is known."""

    number: str
    grade: str
    range_grade: str
    known: str
    sources: int
    """Number of publications its figures are from."""
    value: float
    low: float
    high: float
    computed_value: float
    computed_low: float
    computed_high: float
    deviates: bool
    by: str
    why: str
    """The missing input if the value cannot be computed."""
    basis: str = ""
    """The basis of its value: `figures`, `figures and a judgement` or a `judgement`; empty if not computed."""
    moves: float = 0.0
    """The largest change of a probability over its range, where that was measured."""

    @property
    def verdict(self) -> str:
        """Whether the value was computed again, and agrees."""
        if self.deviates:
            return "deviates"
        if not math.isnan(self.computed_value):
            return "agrees"
        return self.grade if self.grade in ("judgement", "definition", "file") else "not computed"


@dataclass(frozen=True, kw_only=True, repr=False)
class Recomputation(Records[RecomputedNumber], Result):
    """Every number of a network as written and as computed again, how the numbers are known, and what to look at."""

    held_in: ClassVar[str] = "numbers"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number", "value", "computed_value", "low", "computed_low", "high", "computed_high", "verdict", "known", "grade",
        "range_grade", "sources", "by", "why", "basis", "moves",
    )  # fmt: skip

    numbers: tuple[RecomputedNumber, ...]
    known: Mapping[str, int]
    """Count of numbers by the way they are known, definitions left out."""
    records: int
    """Publications that a number cites."""
    complete: int
    """Publications with all authors, year, title, journal and a DOI or PMID."""
    settled: int
    """Publications that are complete or name what was searched for and not found."""
    others: int
    """Publications that no number cites: behind figures of the audit, claims, cases and costs."""
    others_complete: int
    """Those of them with a complete record."""
    remarks: tuple[Remark, ...]
    bases: Mapping[str, int]
    """Count of numbers by the basis on which their value is computed, definitions left out."""
    measured: bool = False
    """Whether the effect of each number on an answer was computed."""

    @property
    def influential(self) -> tuple[RecomputedNumber, ...]:
        """The numbers that move an answer by a point or more, most first."""
        found = [line for line in self.numbers if line.moves >= MATTERS and line.grade != "definition"]
        return tuple(sorted(found, key=lambda line: -line.moves))

    @property
    def deviations(self) -> tuple[RecomputedNumber, ...]:
        """The numbers that are not what is computed."""
        return tuple(line for line in self.numbers if line.deviates)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number."""
        return [tuple(getattr(line, name) for name in self.columns) for line in self.numbers]

    def grid(self) -> Grid:
        """Return one line per number: written, computed, verdict and how it is known."""
        lines = [
            (
                n.number,
                f"{plain(n.value)} [{plain(n.low)}, {plain(n.high)}]",
                f"{_shown(n.computed_value)} [{_shown(n.computed_low)}, {_shown(n.computed_high)}]",
                n.verdict,
                n.known,
                n.by or n.why,
            )
            for n in self.numbers
        ]
        return Grid(("number", "written", "computed", "verdict", "known", "from"), tuple(lines), frozenset(range(6)))

    def header(self) -> str:
        """Return the counts."""
        real = [n for n in self.numbers if n.grade != "definition"]
        ranges = sum(not (math.isnan(n.computed_low) or math.isnan(n.computed_high)) for n in real)
        several = sum(n.sources > 1 for n in real)
        how = ", ".join(f"{WORDS[name]} {count:,d}" for name, count in self.known.items())
        share = f" ({percent(self.complete / self.records, 2)})" if self.records else ""
        beside = f"; of {self.others:,d} that only audit, cases and costs cite, {self.others_complete:,d}" if self.others else ""
        lines = [
            super().header(),
            wrapped(f"{counted(len(real), 'number')}, how known: {how}", "  "),
            wrapped(
                f"computed again: the value of {self.bases['figures']:,d} from recorded figures alone, "
                f"of {self.bases[_BOTH]:,d} from figures and a judged factor, "
                f"of {self.bases['judgement']:,d} from judged constants alone; the range of {ranges:,d}; "
                f"{len(self.deviations) or 'none'} {'deviates' if len(self.deviations) == 1 else 'deviate'}",
                "  ",
            ),
            wrapped(
                f"{counted(several, 'number')} with more than one source; of {counted(self.records, 'publication')} that numbers "
                f"cite {self.complete:,d} have a complete record{share}, {self.settled:,d} with those that say what was not found"
                f"{beside}",
                "  ",
            ),
        ]
        if self.measured:
            lines.append(wrapped(self._influence(), "  "))
        return "\n".join(line for line in lines if line)

    def _influence(self) -> str:
        """Return how the numbers that matter are known, and the ten that matter most of those that no figure gives."""
        lines = self.influential
        known: dict[str, int] = {}
        for line in lines:
            known[line.known] = known.get(line.known, 0) + 1
        agreed = [line for line in lines if line.verdict == "agrees" and line.basis in ("figures", _BOTH)]
        alone = sum(line.basis == "figures" for line in agreed)
        share = f" ({100 * len(agreed) / len(lines):.0f} %)" if lines else ""
        how = ", ".join(f"{WORDS[name]} {known[name]:,d}" for name in WORDS if name in known)
        others = [line for line in lines if line not in agreed]
        rest = "; ".join(f"{line.number} ({percent(line.moves, 2)})" for line in others[:10])
        left = f"; of the others the first: {rest}" if rest else ""
        return (
            f"{counted(len(lines), 'number')} that move a diagnosis by a point or more, before any finding or in an example: "
            f"the value of {len(agreed):,d}{share} is computed again from recorded figures and agrees, of {alone:,d} from "
            f"figures alone and of {len(agreed) - alone:,d} from figures and a judged factor; known: {how or 'none'}{left}"
        )

    def remarked(self, most: int | None = _MOST_EACH) -> str:
        """Return the remarks by kind, `most` of each; all when None."""
        kinds: dict[str, list[Remark]] = {}
        for remark in self.remarks:
            kinds.setdefault(remark.kind, []).append(remark)
        lines = []
        for kind, found in kinds.items():
            lines.append(f"{kind}: {len(found):,d}")
            lines += [wrapped(f"  {r.subject}: {r.what}" if r.what else f"  {r.subject}", "    ") for r in found[:most]]
            if most is not None and len(found) > most:
                lines.append(f"  … and {len(found) - most:,d} more")
        return "\n".join(lines)

    def summarised(self) -> str:
        """Return the counts and the first remarks of each kind, without the table."""
        return "\n\n".join(part for part in (self.header(), self.remarked()) if part)

    def footer(self) -> str:
        """Return what to look at, and the warning."""
        return "\n\n".join(part for part in (self.remarked(None), super().footer()) if part)


def _shown(value: float) -> str:
    return "–" if math.isnan(value) else plain(value)
