"""Tables in plain text and HTML, no wider than a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100
"""Columns of text that every print keeps to."""

_NARROWEST, _NARROWEST_HEADING = 12, 8


@dataclass(frozen=True)
class Grid:
    """A table of texts: one heading per column, `left` naming the columns that hold words and not numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int] = frozenset({0})

    def text(self, width: int = WIDTH) -> str:
        """Lay the table out; where it would be wider than `width`, the widest columns of words run over several lines."""
        widths = [max(len(row[i]) for row in (self.headings, *self.rows)) for i in range(len(self.headings))]
        self._shrink(widths, width)
        lines = [*self._lines(self.headings, widths), "  ".join("-" * n for n in widths)]
        for row in self.rows:
            lines += self._lines(row, widths)
        return "\n".join(lines)

    def html(self) -> str:
        """Give the table as HTML with everything escaped."""
        import html

        head = "".join(f"<th>{html.escape(text)}</th>" for text in self.headings)
        body = "".join("<tr>" + "".join(self._cell(i, text) for i, text in enumerate(row)) + "</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cell(self, i: int, text: str) -> str:
        import html

        side = "left" if i in self.left else "right"
        return f'<td style="text-align: {side}">{html.escape(text)}</td>'

    def _shrink(self, widths: list[int], width: int) -> None:
        """Make columns narrower until the table fits: first long headings over short cells, then words, then anything."""
        cells = [max((len(row[i]) for row in self.rows), default=0) for i in range(len(widths))]
        while sum(widths) + 2 * (len(widths) - 1) > width:
            choice = (
                [i for i, n in enumerate(widths) if n > max(cells[i], _NARROWEST_HEADING)]
                or [i for i in self.left if widths[i] > _NARROWEST]
                or [i for i, n in enumerate(widths) if n > _NARROWEST_HEADING]
            )
            if not choice:
                return
            widths[max(choice, key=lambda i: widths[i])] -= 1

    def _lines(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        """One row, over as many lines as its longest cell needs."""
        cells = [[text] if len(text) <= n else _broken(text, n) for text, n in zip(row, widths, strict=True)]
        lines = []
        for k in range(max(map(len, cells), default=0)):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            padded = [
                p.ljust(n) if i in self.left else p.strip().rjust(n) for i, (p, n) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append("  ".join(padded).rstrip())
        return lines


def _broken(text: str, width: int) -> list[str]:
    """A long cell in lines: at blanks, else after an underscore or equals sign, else anywhere; what follows is set in by one."""
    lines: list[str] = []
    while len(text) > width:
        at = max(text.rfind(" ", 1, width + 1), text.rfind("_", 1, width) + 1, text.rfind("=", 1, width) + 1)
        at = at if at > width // 3 else width
        lines.append(text[:at].rstrip())
        text = " " + text[at:].lstrip()
    return [*lines, text]


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph no wider than `WIDTH`; long names are not broken."""
    import textwrap

    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
