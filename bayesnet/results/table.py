"""Tables in plain text and HTML, no wider than a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

WIDTH = 100
"""Columns of text that a print keeps to where standard output is not a terminal; prose keeps to them on a wider one too."""

_LEAST_WIDTH, _MOST_WIDTH = 60, 160
_NARROWEST, _SHORT_HEADING = 6, 9
_MEASURED = 60
"""Rows by which the widths of columns are chosen."""
_TYPED = frozenset({"number", "variable", "parents", "group", "widest ranges", "type", "key", "source", "states", "set"})
"""Headings over what is typed or cited, which has no label in HTML."""
_CELL = "padding: 1px 8px; vertical-align: top"
_BAR = "rgba(70, 130, 180, 0.3)"

_fixed: ContextVar[int | None] = ContextVar("fixed", default=None)


def width() -> int:
    """Return the columns that a print may take: those of the variable COLUMNS or the terminal, `WIDTH` if there is neither."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    asked = os.environ.get("COLUMNS", "")
    if (sys.stdout is None or not sys.stdout.isatty()) and not (asked.isdecimal() and asked.strip("0")):
        return WIDTH
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, _LEAST_WIDTH), _MOST_WIDTH)


@contextmanager
def printed_at(columns: int) -> Iterator[None]:
    """Print in this many columns, whatever the terminal has.

    >>> with printed_at(20):
    ...     print(wrapped("no line is longer than twenty"))
    no line is longer
    than twenty
    """
    token = _fixed.set(columns)
    try:
        yield
    finally:
        _fixed.reset(token)


@dataclass(frozen=True)
class Grid:
    """A table of texts: one heading per column, `left` naming the columns that hold words and not numbers.

    `bars` names the columns of percentages that have a bar behind them in HTML; `optional` those that are left out, the first
    first, where the print is too narrow for all.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset({0})
    bars: frozenset[int] = frozenset()
    optional: tuple[int, ...] = ()

    def text(self, columns: int = 0) -> str:
        """Return the table in at most `columns`, those of the terminal when 0; columns of words run over several lines."""
        grid, widths = self.fitting(columns or width())
        lines = [*grid.lines_of(grid.headings, widths), "  ".join("-" * n for n in widths)]
        for row in grid.rows:
            lines += grid.lines_of(row, widths)
        return "\n".join(lines)

    def html(self, named: Callable[[str], str] | None = None) -> str:
        """Return the table as HTML with everything escaped; `named` gives the label of a cell, empty if it has none."""
        import html

        head = "".join(
            f'<th style="text-align: {self._side(i)}; {_CELL}">{html.escape(text)}</th>' for i, text in enumerate(self.headings)
        )
        body = "".join("<tr>" + "".join(self._cell(i, text, named) for i, text in enumerate(row)) + "</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cell(self, i: int, text: str, named: Callable[[str], str] | None) -> str:
        import html

        percentage = _PERCENTAGE.fullmatch(text) if i in self.bars else None
        label = named(text) if named is not None and i in self.left and self.headings[i] not in _TYPED else ""
        about = f' title="{html.escape(text)}"' if label else ""
        share = f"{float(percentage[1]):.4g}%" if percentage else ""
        bar = f"; background: linear-gradient(to right, {_BAR} {share}, transparent {share})" if share else ""
        return f'<td style="text-align: {self._side(i)}; {_CELL}{bar}"{about}>{html.escape(label or text)}</td>'

    def _side(self, i: int) -> str:
        return "left" if i in self.left else "right"

    def fitting(self, columns: int) -> tuple[Grid, list[int]]:
        """Return the table without the optional columns for which there is no room, and the widths of its columns.

        Headings over short cells break first, then words where that costs the fewest lines, then numbers. No word is broken while
        there is room in another column.
        """
        each = range(len(self.headings))
        cells = [max((len(row[i]) for row in self.rows), default=0) for i in each]
        heads = [_longest_piece(text) for text in self.headings]
        pieces = [max((_longest_piece(row[i]) for row in self.rows), default=0) for i in each]
        least = [max(heads[i], pieces[i] if i in self.left else cells[i], _NARROWEST) for i in each]
        if self.optional and sum(least) + 2 * (len(least) - 1) > columns:
            return self._without(self.optional[0]).fitting(columns)
        widths = [max(cells[i], len(self.headings[i])) for i in each]
        while sum(widths) + 2 * (len(widths) - 1) > columns:
            choice = (
                [i for i in each if widths[i] > max(cells[i], heads[i], _SHORT_HEADING)]
                or [i for i in self.left if widths[i] > least[i]]
                or [i for i in each if widths[i] > max(cells[i], heads[i], _NARROWEST)]
                or [i for i in each if widths[i] > max(heads[i], pieces[i], _NARROWEST)]
                or [i for i in each if widths[i] > _NARROWEST]
            )
            if not choice:
                break
            widths[min(choice, key=lambda i: (self._height(widths, i), -widths[i]))] -= 1
        return self, widths

    def _height(self, widths: Sequence[int], narrower: int) -> int:
        """Return the lines that the first rows take, one column being narrower by one."""
        at = [n - (i == narrower) for i, n in enumerate(widths)]
        return sum(max(_count(text, n) for text, n in zip(row, at, strict=True)) for row in self.rows[:_MEASURED])

    def _without(self, column: int) -> Grid:
        """Return the table without one of its optional columns."""
        kept = [i for i in range(len(self.headings)) if i != column]
        place = {i: k for k, i in enumerate(kept)}
        return Grid(
            tuple(self.headings[i] for i in kept),
            tuple(tuple(row[i] for i in kept) for row in self.rows),
            frozenset(place[i] for i in self.left if i != column),
            frozenset(place[i] for i in self.bars if i != column),
            tuple(place[i] for i in self.optional if i != column),
        )

    def lines_of(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        """Return one row, over as many lines as its longest cell needs."""
        cells = [[text] if len(text) <= n else broken(text, n) for text, n in zip(row, widths, strict=True)]
        lines = []
        for k in range(max(map(len, cells), default=0)):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            padded = [
                p.ljust(n) if i in self.left else p.strip().rjust(n) for i, (p, n) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append("  ".join(padded).rstrip())
        return lines


def broken(text: str, width: int) -> list[str]:
    """Return a long cell in lines: broken at blanks, after an underscore, an equals sign or a hyphen, else anywhere.

    What follows is set in by one.

    >>> broken("odds(spinal_metastasis) | baseline", 14)
    ['odds(spinal_', ' metastasis) |', ' baseline']
    """
    lines: list[str] = []
    while len(text) > width:
        at = max((m.start() for m in _BREAK.finditer(text, 1, width + 1) if m.start() <= width), default=width)
        lines.append(text[:at].rstrip())
        text = " " + text[at:].lstrip()
    return [*lines, text]


@lru_cache(maxsize=10_000)
def _count(text: str, width: int) -> int:
    return 1 if len(text) <= width else len(broken(text, width))


_PERCENTAGE = re.compile(r"([\d.]+) %")
_BREAK = re.compile(r"(?<=[^ ]) |(?<=[_=])(?=.)|(?<=[a-z]-)(?=[a-z])")


def _longest_piece(text: str) -> int:
    """Return the narrowest column in which no word of a text is broken."""
    first, *rest = (len(piece.strip()) for piece in _BREAK.split(text))
    return max(first, *(n + 1 for n in rest)) if rest else first


def wrapped(text: str, indent: str = "") -> str:
    """Return a paragraph no wider than the print, and never wider than `WIDTH`; long names and percentages are not broken."""
    import textwrap

    columns = _fixed.get() or min(width(), WIDTH)
    text = text.replace(" %", "\N{NO-BREAK SPACE}%")
    filled = textwrap.fill(text, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return filled.replace("\N{NO-BREAK SPACE}%", " %")
