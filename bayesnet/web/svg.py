"""Charts as SVG, drawn by plain code: probabilities with intervals, weights to both sides, and spans."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, LABEL, ROW, VALUE = 900, 280, 24, 150


TICKS = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)


def dots(rows: Sequence[tuple[str, float, float, float, float, str, str]], title: str) -> str:
    """Draw probabilities on an axis in log odds.

    Each row has a label, the probability before and now, the ends of its interval (NaN for none), and the two texts at the end.
    """
    plot = WIDTH - LABEL - 2 * VALUE
    inner = [p for _, *figures, _, _ in rows for p in figures if 0.0 < p < 1.0] or [0.1, 0.9]
    least, most = math.log(min(inner) / (1 - min(inner))) - 0.4, math.log(max(inner) / (1 - max(inner))) + 0.4

    def at(p: float) -> float:
        x = -math.inf if p == 0.0 else math.inf if p == 1.0 else math.log(p / (1.0 - p))
        return LABEL + plot * (min(most, max(least, x)) - least) / (most - least)

    bottom = len(rows) * ROW
    parts = []
    for tick in (p for p in TICKS if LABEL < at(p) < LABEL + plot):
        parts.append(f'<line class="axis" x1="{_n(at(tick))}" x2="{_n(at(tick))}" y1="0" y2="{bottom}"/>')
        parts.append(f'<text class="soft" x="{_n(at(tick))}" y="{bottom + 14}" text-anchor="middle">{100 * tick:.4g} %</text>')
    for i, (label, before, now, low, high, text, spread) in enumerate(rows):
        y = i * ROW
        parts.append(_label(label, y))
        if not (math.isnan(low) or math.isnan(high)):
            width = max(1.0, at(high) - at(low))
            parts.append(f'<rect class="span" x="{_n(at(low))}" y="{y + 8}" width="{_n(width)}" height="8"/>')
        parts.append(f'<line class="range" x1="{_n(at(before))}" x2="{_n(at(before))}" y1="{y + 6}" y2="{y + 18}"/>')
        parts.append(f'<circle class="for" cx="{_n(at(now))}" cy="{y + 12}" r="5"/>')
        parts += [_end(text, y, 2 * VALUE), _end(spread, y)]
    return _svg(parts, len(rows) + 1, title)


def both_sides(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Draw weights to the left and right of zero: label, weight, text; an infinite weight reaches the edge."""
    plot = WIDTH - LABEL - VALUE
    finite = [abs(value) for _, value, _ in rows if math.isfinite(value)]
    largest = max(finite, default=1.0) or 1.0
    middle = LABEL + plot / 2
    parts = [f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{len(rows) * ROW}"/>']
    for i, (label, value, text) in enumerate(rows):
        y = i * ROW
        parts.append(_label(label, y))
        if not math.isnan(value):
            length = plot / 2 * min(1.0, abs(value) / largest)
            x = middle if value >= 0 else middle - length
            side = "for" if value >= 0 else "against"
            parts.append(f'<rect class="{side}" x="{_n(x)}" y="{y + 5}" width="{_n(length)}" height="14"/>')
        parts.append(_end(text, y))
    return _svg(parts, len(rows), title)


def spans(rows: Sequence[tuple[str, float, float, str]], now: float, title: str) -> str:
    """Draw a tornado: label, one end, other end, text; a line marks the value now. The axis spans what is drawn."""
    plot = WIDTH - LABEL - VALUE
    ends = [x for _, low, high, _ in rows for x in (low, high)] + [now]
    least, most = min(ends), max(ends)
    width = (most - least) or 1.0

    def at(x: float) -> float:
        return LABEL + plot * (x - least) / width

    parts = []
    for i, (label, first, second, text) in enumerate(rows):
        y = i * ROW
        low, high = min(first, second), max(first, second)
        parts += [
            _label(label, y),
            f'<rect class="span" x="{_n(at(low))}" y="{y + 5}" width="{_n(at(high) - at(low))}" height="14"/>',
        ]
        parts.append(_end(text, y))
    x = _n(at(now))
    parts.append(f'<line class="range" x1="{x}" x2="{x}" y1="0" y2="{len(rows) * ROW}"/>')
    return _svg(parts, len(rows), title)


def _label(text: str, y: int) -> str:
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return f'<text x="{LABEL - 10}" y="{y + 16}" text-anchor="end">{escape(short)}</text>'


def _end(text: str, y: int, room: int = VALUE) -> str:
    return f'<text class="soft" x="{WIDTH - room + 10}" y="{y + 16}">{escape(text)}</text>'


def _svg(parts: Sequence[str], rows: int, title: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(1, rows) * ROW}" role="img">'
    return f"{head}<title>{escape(title)}</title>{''.join(parts)}</svg>"


def _n(x: float) -> str:
    """Return a coordinate to a tenth."""
    return f"{x:.1f}"
