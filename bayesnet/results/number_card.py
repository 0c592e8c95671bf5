"""One number with the whole chain, from the figures on the paper to the number in the model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.description import INDENT, RANGE_WORDS, CitedNumber, VariableCard
from bayesnet.results.records import Record
from bayesnet.results.table import wrapped
from bayesnet.results.words import cited, plain


@dataclass(frozen=True, repr=False)
class FigureLine(Record):
    """One figure behind a number: what a formula calls it, what it is for, and where it can be read."""

    name: str
    use: str
    citation: str
    reference: str
    quantity: str
    place: str
    figure: str
    value: float
    low: float
    high: float
    population: str
    known: str
    address: str

    def lines(self) -> list[str]:
        """Return the figure and its meaning; its population and how it is known; the publication."""
        name = f"{self.name} (for {self.use})" if self.name else f"for {self.use}"
        share = "" if math.isnan(self.value) or plain(self.value) == self.figure else f" = {plain(self.value)}"
        spread = "" if math.isnan(self.low + self.high) else f" [{plain(self.low)}, {plain(self.high)}]"
        said = "; ".join(part for part in (self.quantity, self.place) if part)
        figure = f"{self.figure}{share}{spread if '(' not in self.figure else ''}"
        first = f"{name}: {'; '.join(part for part in (said, figure) if part)}"
        known = f"{self.known}{f', {self.address}' if self.address else ''}"
        return [first, *(part for part in (self.population, known, self.reference) if part)]


@dataclass(frozen=True, repr=False)
class ComputedLine(Record):
    """The value or an end of the range: as written, as computed (NaN if that is impossible), from what or why not."""

    end: str
    written: float
    computed: float
    agrees: bool
    by: str
    why: str

    def line(self) -> str:
        """From the formula or figure to the number."""
        if math.isnan(self.computed):
            return f"{self.end} {plain(self.written)}: not computed; {self.why}"
        verdict = "as written" if self.agrees else f"written {self.written:.6g}"
        found = f"{self.computed:.4g}"
        return f"{self.end}: {self.by}{'' if self.by == found else f' = {found}'}, {verdict}"


@dataclass(frozen=True, kw_only=True, repr=False)
class NumberCard(Result):
    """One number with the whole chain: the figures of the publications, the formulas, and what is written."""

    columns: ClassVar[tuple[str, ...]] = VariableCard.columns

    number: CitedNumber
    known: str
    figures: tuple[FigureLine, ...]
    computed: tuple[ComputedLine, ...]
    assumed: tuple[tuple[str, float], ...]
    steps: tuple[str, ...]
    adjusted: str
    not_used: str

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row."""
        return [tuple(getattr(self.number, name) for name in self.columns)]

    def body(self) -> str:
        """Return the number and, below it, everything behind it."""
        n = self.number
        kind = f"; {RANGE_WORDS.get(n.range, n.range)}" if n.low < n.high and n.range != n.grade else ""
        lines = [f"{cited(n.value, n.low, n.high, n.citation)}{kind}; {n.grade}; {self.known}"]
        for figure in self.figures:
            first, *more = figure.lines()
            lines += [first, *(f"{INDENT}{text}" for text in more)]
        lines += [f"assumed: {name} = {plain(value)}" for name, value in self.assumed]
        lines += [f"step {at}: {step}" for at, step in enumerate(self.steps, start=1)]
        lines += [each.line() for each in self.computed]
        said = (("reason", n.reason), ("adjusted", self.adjusted), ("not used", self.not_used), ("note", n.note))
        lines += [f"{name}: {text}" for name, text in said if text]
        lines += [f"written in {n.file}"] if n.file else []
        return "\n".join([wrapped(n.number, INDENT), *(wrapped(INDENT + line, 2 * INDENT) for line in lines)])

    def body_html(self) -> str:
        """Return the same as HTML."""
        import html

        return f'<p style="white-space: pre-wrap">{html.escape(self.body())}</p>'
