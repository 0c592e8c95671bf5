"""Pictures of what the numbers do to an answer: tornado, curve, contours, sources, flips, tuning."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.results.sensitivity import SensitivityFunction, short
from bayesnet.results.tornado import Flips, Sources, Tornado, TwoWay
from bayesnet.results.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def tornado(result: Tornado, ax: Axes | None = None, *, top: int = 12, scale: style.Scale = "auto") -> Axes:
    """Draw one bar for each number: the answer over the number's own cited range, widest first.

    Dark is the part reached at the high end of the range, light the part reached at the low end; the line is the answer now.

    Parameters
    ----------
    result
        From `case.tornado(target)`.
    ax
        Where to draw; a new figure when None.
    top
        How many bars.
    scale
        `auto`, `percent` or `log-odds`.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.tornado(bayesnet.load("asia").case("xray=yes").tornado("lung=yes"), top=3)
    >>> len(ax.get_yticklabels())
    3
    """
    bars = result.bars[:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(bars), 0.44, 1.5))
    values = [p for b in bars for p in (b.at_low, b.at_high)] + [result.value]
    _answer_axis(ax, scale, values, result.label)
    now = style.inside(ax, result.value)
    for row, bar in enumerate(bars):
        for p, colour, name in ((bar.at_low, style.LOWERS, "low"), (bar.at_high, style.RAISES, "high")):
            end = style.inside(ax, p)
            ax.barh(row, abs(end - now), 0.6, left=min(end, now), color=colour, gid=name)
        for p, x in ((bar.at_low, bar.low), (bar.at_high, bar.high)):
            left = p < (bar.at_high if p == bar.at_low else bar.at_low)
            style.beside(ax, style.inside(ax, p), row, plain(x), left=left, colour=style.MUTED)
    ax.axvline(now, color=style.INK, linewidth=1.0)
    _legend(ax, ((style.LOWERS, "number at the low end of its range"), (style.RAISES, "at the high end")))
    style.rows_axis(ax, [style.number_label(b.number, b.citation or b.grade) for b in bars])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return style.finish(ax, f"Which numbers move {_asked(result.label)}", result, style.findings_of(result.title), 70)


def sensitivity(result: SensitivityFunction, ax: Axes | None = None, *, scale: style.Scale = "percent") -> Axes:
    """Draw the answer as a function of one number, with its value, its cited range and the point where the leader changes.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> f = bayesnet.load("asia").case("xray=yes").sensitivity("lung=yes", "smoke=yes")
    >>> ax = bayesnet.plot.sensitivity(f)
    >>> ax.get_xlabel()
    'smoke=yes'
    """
    line = result.line
    ax = style.axes_of(ax, 6.6, 4.2)
    pairs = _points(result)
    style.probability_axis(ax, "y", scale, [f for _, f in pairs], _asked(result.target))
    ax.plot(
        [x for x, _ in pairs],
        [style.inside(ax, f, "y") for _, f in pairs],
        color=style.RAISES,
        linewidth=2.2,
        gid="curve",
        zorder=3,
    )
    if line.low < line.high:
        source = line.citation or line.grade
        ax.axvspan(
            line.low,
            line.high,
            color=style.BAND,
            alpha=0.6,
            linewidth=0,
            label=f"cited range: {plain(line.low)} to {plain(line.high)} ({source})",
        )
    now = result(line.value)
    label = f"now {plain(line.value)}: {style.probability_text(now)}"
    ax.plot([line.value], [style.inside(ax, now, "y")], "o", color=style.INK, markersize=7, label=label, zorder=4, gid="now")
    if not math.isnan(line.flip):
        ax.axvline(
            line.flip,
            color=style.INK,
            linewidth=1.3,
            linestyle=(0, (4, 3)),
            label=f"at {plain(line.flip)} another leads",
            gid="flip",
        )
    if _odds(result):
        ax.set_xscale("log")
        first, last = pairs[0][0], pairs[-1][0]
        ticks = [m * 10.0**e for e in range(-9, 9) for m in (1, 2, 5) if first <= m * 10.0**e <= last]
        ax.set_xticks(ticks, [plain(x) for x in ticks])
        ax.minorticks_off()
    ax.set_xlabel(short(result.number))
    style.legend_below(ax, columns=2)
    return style.finish(ax, f"{_asked(result.target)} as one number moves", result, style.findings_of(result.title), 80)


def two_way(result: TwoWay, ax: Axes | None = None, *, levels: int = 9) -> Axes:
    """Draw the answer over two numbers as labelled contours, with a mark where both are now.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> case = bayesnet.load("asia").case("xray=yes")
    >>> ax = bayesnet.plot.two_way(case.two_way("lung=yes", "smoke=yes", "xray=yes | either=no"))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('smoke=yes', 'xray=yes | either=no')
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.ticker import MaxNLocator

    ax = style.axes_of(ax, 6.4, 4.8)
    columns = [list(column) for column in zip(*result.values, strict=True)]
    flat = [p for line in result.values for p in line if not math.isnan(p)]
    steps = MaxNLocator(levels, min_n_ticks=3).tick_values(min(flat), max(flat)) if min(flat) < max(flat) else None
    shades = LinearSegmentedColormap.from_list("house", ["#ffffff", style.BAND, style.RAISES])
    filled = ax.contourf(result.first, result.second, columns, levels=steps, cmap=shades, alpha=0.75)
    lines = ax.contour(result.first, result.second, columns, levels=filled.levels, colors=style.INK, linewidths=0.7)
    ax.clabel(lines, fmt=lambda p: f"{100.0 * p:.4g} %", fontsize=style.NORMAL)
    x, y, f = result.now
    ax.plot([x], [y], "o", mfc="white", mec=style.INK, markersize=9, gid="now")
    ax.annotate(
        f"now {style.probability_text(f)}",
        (x, y),
        (8.0, 8.0),
        textcoords="offset points",
        fontsize=style.NORMAL,
        color=style.INK,
        bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
    )
    ax.set_xlabel(short(result.number_1))
    ax.set_ylabel(short(result.number_2))
    return style.finish(ax, f"{_asked(result.label)} over two numbers at once", result, style.findings_of(result.title), 76)


def sources(result: Sources, ax: Axes | None = None, *, top: int = 12, scale: style.Scale = "auto") -> Axes:
    """Draw which publications an answer rests on: how far it moves when all numbers of one move within their ranges.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.sources(bayesnet.load("asia").case("xray=yes").sources("lung=yes"))
    >>> ax.get_yticklabels()[0].get_text()
    'Lauritzen 1988 (8 numbers)'
    """
    lines = [s for s in result.sources if s.width > 0.0][:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), 0.36, 1.5))
    values = [p for s in lines for p in (s.low, s.high)] + [result.value]
    _answer_axis(ax, scale, values, result.label)
    for row, line in enumerate(lines):
        low, high = style.inside(ax, line.low), style.inside(ax, line.high)
        ax.barh(row, high - low, 0.6, left=low, color=style.RAISES)
        style.beside(ax, low, row, style.probability_text(line.low), left=True, colour=style.MUTED)
        style.beside(ax, high, row, style.probability_text(line.high), colour=style.MUTED)
    ax.axvline(style.inside(ax, result.value), color=style.INK, linewidth=1.0)
    labels = [f"{s.citation} ({s.numbers} number{'' if s.numbers == 1 else 's'})" for s in lines]
    style.rows_axis(ax, labels)
    return style.finish(ax, f"What {_asked(result.label)} rests on", result, style.findings_of(result.title), 74)


def flips(result: Flips, ax: Axes | None = None, *, top: int = 12) -> Axes:
    """Draw the numbers whose own range reaches the point where something else takes over.

    Every line is scaled to its own cited range, from its low end on the left to its high end on the right.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.flips(bayesnet.load("asia").case("xray=yes").flips("lung=yes"))
    >>> ax.get_xlabel()
    'place within the cited range of each number'
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = result.flips[:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), 0.46, 1.5))
    for row, flip in enumerate(lines):
        now, at = (_within(flip.low, flip.high, x) for x in (flip.value, flip.at))
        ax.plot([0.0, 1.0], [row, row], color=style.FAINT, linewidth=6, solid_capstyle="butt", gid="range")
        beyond = 1.0 if at > now else 0.0
        ax.plot([at, beyond], [row, row], color=style.LOWERS, linewidth=11, solid_capstyle="butt", gid="beyond")
        ax.plot([now], [row], "o", color=style.RAISES, markersize=8, gid="now")
        ax.plot([at], [row], "|", color=style.INK, markersize=14, markeredgewidth=2.0, gid="flip")
        after = style.shown(flip.after) if flip.what == "leader" else f"advice: {result.named(flip)}"
        style.in_margin(ax, row, f"at {flip.at:.3g}\n{after}")
    if not lines:
        ax.text(0.5, 0.0, "no number does by itself", ha="center", va="center", color=style.MUTED, fontsize=style.NORMAL)
    style.rows_axis(ax, [style.number_label(f.number, f.citation or f.grade) for f in lines] or [""])
    ax.set_xlim(-0.03, 1.03)
    ax.set_xticks([0.0, 1.0], ["low end", "high end"])
    ax.set_xlabel("place within the cited range of each number")
    marks = (
        Line2D([], [], color=style.RAISES, marker="o", markersize=7, linestyle="none", label="value now"),
        Line2D([], [], color=style.INK, marker="|", markersize=11, markeredgewidth=2.0, linestyle="none", label="turning point"),
        Patch(color=style.LOWERS, label="another takes over"),
    )
    style.legend_below(ax, handles=marks)
    given = style.findings_of(result.title) if " | " in result.title else result.title
    what = "the leader or the advice" if result.advice else "the leader"
    return style.finish(ax, f"Single numbers that change {what}", result, given, 76)


def _within(low: float, high: float, x: float) -> float:
    """Where x lies in a range; on a log scale where the range spans more than a factor of ten."""
    if low >= high:
        return 0.5
    if low > 0.0 and high / low > 10.0:
        low, high, x = math.log(low), math.log(high), math.log(max(x, 1e-300))
    return min(max((x - low) / (high - low), 0.0), 1.0)


def _answer_axis(ax: Axes, scale: style.Scale, values: list[float], label: str) -> None:
    """An axis of the answer that need not start at zero: it shows where the answer lies, and bars start at the answer now."""
    style.probability_axis(ax, "x", scale, values, _asked(label))
    if style.chosen(scale, values) == "percent":
        low, high = min(values), max(values)
        room = 0.2 * max(high - low, 0.02)
        ax.set_xlim(max(0.0, low - room), min(1.0, high + room))


def _legend(ax: Axes, entries: tuple[tuple[str, str], ...]) -> None:
    from matplotlib.patches import Patch

    style.legend_below(ax, handles=[Patch(color=c, label=t) for c, t in entries])


def _asked(label: str) -> str:
    """The answer that is drawn, without its findings.

    >>> _asked("P(spinal_metastasis | fever, anemia)"), _asked("lung=yes")
    ('P(spinal_metastasis)', 'P(lung=yes)')
    """
    return f"P({short(label).removeprefix('P(').partition(' | ')[0].removesuffix(')')})"


def _points(result: SensitivityFunction) -> list[tuple[float, float]]:
    """Points of the curve: over all that a probability can be, or around the range of an odds or odds ratio."""
    line = result.line
    if not _odds(result):
        pairs = _finer(result, list(zip(result.points, result.values, strict=True)))
    else:
        first, last = line.low / 4.0, line.high * 4.0
        steps = [first * (last / first) ** (k / 60) for k in range(61)]
        pairs = [(x, result(x)) for x in steps if line.lowest <= x <= line.highest]
    return [(x, f) for x, f in pairs if not math.isnan(f)]


def _finer(result: SensitivityFunction, pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """More points where the curve is steep, so that a hyperbola does not look broken at its shoulder."""
    for _ in range(6):
        steep = [(x, u) for (x, f), (u, g) in pairwise(pairs) if abs(g - f) > 0.02]
        pairs = sorted([*pairs, *(((x + u) / 2.0, result((x + u) / 2.0)) for x, u in steep)])
    return pairs


def _odds(result: SensitivityFunction) -> bool:
    """Whether the number is an odds or odds ratio, which multiplies and so is drawn on a log scale."""
    return result.number.startswith("odds(") and result.line.low > 0.0
