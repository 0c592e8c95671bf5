"""Pictures of what the numbers do to an answer: tornado, curve, contours, sources, flips, tuning."""

from __future__ import annotations

import math
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bayesnet.errors import BayesnetError, UnknownVariable
from bayesnet.model.records import Number
from bayesnet.pattern import Term
from bayesnet.plot import style
from bayesnet.results.description import Numbers
from bayesnet.results.sensitivity import Sensitivities, SensitivityFunction
from bayesnet.results.tornado import Flips, Sources, Tornado, TwoWay
from bayesnet.results.tuning import Distance, ExplanationRange
from bayesnet.results.uncertainty import ArcStrengths, Uncertainty, VarianceShares
from bayesnet.results.words import plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def tornado(result: Tornado, ax: Axes | None = None, *, top: int = 12, scale: style.Scale = "auto", ids: bool = False) -> Axes:
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
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.tornado(bayesnet.load("asia").case("xray=yes").tornado("lung=yes"), top=3)
    >>> len(ax.get_yticklabels())
    3
    """
    style.check_kind(result, Tornado)
    names = style.names_of(result, ids=ids)
    bars = result.bars[:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(bars), 0.44, 1.5))
    values = [p for b in bars for p in (b.at_low, b.at_high)] + [result.value]
    _answer_axis(ax, scale, values, names.prose(_asked(result.label)))
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
    style.rows_axis(ax, [style.number_label(b.number, b.citation or b.grade, names) for b in bars])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return style.finish(
        ax, f"Which numbers move {_asked(result.label)}", result, style.findings_of(result.title), 70, names=names
    )


def sensitivity(
    result: SensitivityFunction, ax: Axes | None = None, *, scale: style.Scale = "percent", ids: bool = False
) -> Axes:
    """Draw the answer as a function of one number, with its value, its cited range and the point where the leader changes.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> f = bayesnet.load("asia").case("xray=yes").sensitivity("lung=yes", "smoke=yes")
    >>> ax = bayesnet.plot.sensitivity(f)
    >>> ax.get_xlabel(), bayesnet.plot.sensitivity(f, ids=True).get_xlabel()
    ('Smoking', 'smoke=yes')
    """
    style.check_kind(result, SensitivityFunction)
    names = style.names_of(result, ids=ids)
    line = result.line
    ax = style.axes_of(ax, 6.6, 4.2)
    pairs = _points(result)
    style.probability_axis(ax, "y", scale, [f for _, f in pairs], names.prose(_asked(result.target)))
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
    ax.set_xlabel(names.number(result.number))
    style.legend_below(ax, columns=2)
    return style.finish(
        ax, f"{_asked(result.target)} as one number moves", result, style.findings_of(result.title), 80, names=names
    )


def two_way(result: TwoWay, ax: Axes | None = None, *, levels: int = 9, ids: bool = False) -> Axes:
    """Draw the answer over two numbers as labelled contours, with a mark where both are now.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> case = bayesnet.load("asia").case("xray=yes")
    >>> ax = bayesnet.plot.two_way(case.two_way("lung=yes", "smoke=yes", "xray=yes | either=no"))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Smoking', 'Positive X-ray, given no tuberculosis or lung cancer')
    """
    style.check_kind(result, TwoWay)
    names = style.names_of(result, ids=ids)
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
    ax.set_xlabel(names.number(result.number_1))
    ax.set_ylabel(names.number(result.number_2))
    return style.finish(
        ax, f"{_asked(result.label)} over two numbers at once", result, style.findings_of(result.title), 76, names=names
    )


def sources(result: Sources, ax: Axes | None = None, *, top: int = 12, scale: style.Scale = "auto", ids: bool = False) -> Axes:
    """Draw which publications an answer rests on: how far it moves when all numbers of one move within their ranges.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.sources(bayesnet.load("asia").case("xray=yes").sources("lung=yes"))
    >>> ax.get_yticklabels()[0].get_text()
    'Lauritzen 1988 (8 numbers)'
    """
    style.check_kind(result, Sources)
    names = style.names_of(result, ids=ids)
    lines = [s for s in result.sources if s.width > 0.0][:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), 0.36, 1.5))
    values = [p for s in lines for p in (s.low, s.high)] + [result.value]
    _answer_axis(ax, scale, values, names.prose(_asked(result.label)))
    for row, line in enumerate(lines):
        low, high = style.inside(ax, line.low), style.inside(ax, line.high)
        ax.barh(row, high - low, 0.6, left=low, color=style.RAISES)
        style.beside(ax, low, row, style.probability_text(line.low), left=True, colour=style.MUTED)
        style.beside(ax, high, row, style.probability_text(line.high), colour=style.MUTED)
    ax.axvline(style.inside(ax, result.value), color=style.INK, linewidth=1.0)
    labels = [f"{s.citation} ({s.numbers} number{'' if s.numbers == 1 else 's'})" for s in lines]
    style.rows_axis(ax, labels)
    return style.finish(ax, f"What {_asked(result.label)} rests on", result, style.findings_of(result.title), 74, names=names)


def flips(result: Flips, ax: Axes | None = None, *, top: int = 12, ids: bool = False) -> Axes:
    """Draw the numbers whose own range reaches the point where something else takes over.

    Every line is scaled to its own cited range, from its low end on the left to its high end on the right.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.flips(bayesnet.load("asia").case("xray=yes").flips("lung=yes"))
    >>> ax.get_xlabel()
    'place within the cited range of each number'
    """
    style.check_kind(result, Flips)
    names = style.names_of(result, ids=ids)
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
        after = names(flip.after) if flip.what == "leader" else f"advice: {result.named(flip)}"
        style.in_margin(ax, row, f"at {flip.at:.3g}\n{after}")
    if not lines:
        ax.text(0.5, 0.0, "no number does by itself", ha="center", va="center", color=style.MUTED, fontsize=style.NORMAL)
    style.rows_axis(ax, [style.number_label(f.number, f.citation or f.grade, names) for f in lines] or [""])
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
    return style.finish(ax, f"Single numbers that change {what}", result, given, 76, names=names)


def _within(low: float, high: float, x: float) -> float:
    """Return where x lies in a range; on a log scale where the range spans more than a factor of ten."""
    if low >= high:
        return 0.5
    if low > 0.0 and high / low > 10.0:
        low, high, x = math.log(low), math.log(high), math.log(max(x, 1e-300))
    return min(max((x - low) / (high - low), 0.0), 1.0)


def _answer_axis(ax: Axes, scale: style.Scale, values: list[float], label: str) -> None:
    """An axis of the answer that need not start at zero: it shows where the answer lies, and bars start at the answer now."""
    style.probability_axis(ax, "x", scale, values, label)
    if style.chosen(scale, values) == "percent":
        low, high = min(values), max(values)
        room = 0.2 * max(high - low, 0.02)
        ax.set_xlim(max(0.0, low - room), min(1.0, high + room))


def _legend(ax: Axes, entries: tuple[tuple[str, str], ...]) -> None:
    from matplotlib.patches import Patch

    style.legend_below(ax, handles=[Patch(color=c, label=t) for c, t in entries])


def _asked(label: str) -> str:
    """Return the answer that is drawn, without its findings.

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
    """Return whether the number is an odds or odds ratio, which multiplies and so is drawn on a log scale."""
    return result.number.startswith("odds(") and result.line.low > 0.0


def sensitivities(result: Sensitivities, ax: Axes | None = None, *, top: int = 12, ids: bool = False) -> Axes:
    """Draw the numbers with the largest sensitivity values: how far the answer moves when the number moves a little.

    The sensitivity value is the size of the derivative (Laskey 1995); right of the dashed line, at 1, an error in the number is
    amplified in the answer. In the margin the value now and the values between which the leading diagnosis stays. Zeros and ones
    that say what can be are left out.

    Parameters
    ----------
    result
        From `case.sensitivities(target)`.
    ax
        Where to draw; a new figure when None.
    top
        How many numbers.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    References
    ----------
    Laskey KB (1995). Sensitivity analysis for probability assessments in Bayesian networks. IEEE Transactions on Systems, Man,
    and Cybernetics 25(6), 901-909.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.sensitivities(bayesnet.load("asia").case("xray=yes").sensitivities("lung=yes"), top=4)
    >>> len(ax.patches)
    4
    """
    style.check_kind(result, Sensitivities)
    names = style.names_of(result, ids=ids)
    known = [n for n in result.numbers if n.sensitivity_value > 0.0 and not n.structural]
    lines = sorted(known, key=lambda n: -n.sensitivity_value)[:top]
    ax = style.axes_of(ax, 7.6, style.rows_height(len(lines), 0.44, 1.5))
    ax.set_xscale("log")
    floor = min([n.sensitivity_value for n in lines] + [1.0]) / 2.0
    for row, n in enumerate(lines):
        raises = n.derivative > 0.0
        look: dict[str, Any] = {"color": style.RAISES} if raises else {"color": style.LOWERS, "hatch": "//", "edgecolor": "white"}
        ax.barh(row, n.sensitivity_value - floor, 0.6, left=floor, gid=n.number, **look)
        ends = (plain(n.admissible_low), "∞" if math.isinf(n.admissible_high) else plain(n.admissible_high))
        style.in_margin(ax, row, f"{plain(n.value)}\n[{', '.join(ends)}]")
    ax.axvline(1.0, color=style.INK, linewidth=1.0, linestyle=(0, (4, 3)), gid="amplified")
    ax.set_xlim(floor, max([n.sensitivity_value for n in lines] + [1.0]) * 1.4)
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
    ax.set_xlabel("sensitivity value; in the margin the number, and between what values the leader stays")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    style.rows_axis(ax, [style.number_label(n.number, n.citation or n.grade, names) for n in lines])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    _up_and_down(ax)
    style.finish(
        ax, f"Where an error counts most for P({short(result.target)})", result, style.findings_of(result.title), 70, names=names
    )
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def _up_and_down(ax: Axes) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=style.RAISES, label="a larger number raises the answer"),
        Patch(facecolor=style.LOWERS, hatch="//", edgecolor="white", label="lowers it"),
    ]
    style.legend_below(ax, handles=handles)


def explanation_range(result: ExplanationRange, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the values of a number for which the most probable explanation stays, and what changes in it beyond them.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    References
    ----------
    Chan H, Darwiche A (2006). On the robustness of most probable explanations. UAI 2006, 63-71.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.explanation_range(bayesnet.load("asia").case("xray=yes").explanation_range("smoke=yes"))
    >>> [round(float(x), 3) for x in ax.lines[0].get_xdata()]
    [0.371, 1.0]
    """
    style.check_kind(result, ExplanationRange)
    names = style.names_of(result, ids=ids)
    ax = style.axes_of(ax, 7.4, 2.3)
    top = 1.0 if result.high <= 1.0 else result.high * 1.05 if math.isfinite(result.high) else 3.0 * result.value
    high = min(result.high, top)
    ax.plot([result.low, high], [0, 0], color=style.BAND, linewidth=14, solid_capstyle="butt", gid="stays", zorder=2)
    ax.plot([result.value], [0], "o", color=style.RAISES, mec=style.INK, markersize=9, gid="now", zorder=4)
    for start, end, change in ((0.0, result.low, result.below), (high, top, result.above)):
        if change and end > start:
            ax.plot([start, end], [0, 0], color=style.LOWERS, linewidth=5, solid_capstyle="butt", gid="changes", zorder=1)
            text = "\n".join(
                textwrap.wrap(names(", ".join(str(Term(variable, (state,))) for variable, state in change.items())), 34)
            )
            ax.text((start + end) / 2, -0.16, text, ha="center", va="top", fontsize=style.NORMAL, color=style.INK)
    ax.text((result.low + high) / 2, 0.2, "the explanation stays", ha="center", fontsize=style.NORMAL, color=style.INK)
    ax.text(result.value, -0.16, f"now {plain(result.value)}", ha="center", va="top", fontsize=style.NORMAL, color=style.MUTED)
    ax.set_xlim(0.0, top)
    ax.set_ylim(-0.8, 0.5)
    ax.set_yticks([])
    ax.set_xlabel(names.number(result.number))
    style.finish(ax, "Where the most probable explanation stays", result, result.title, 90, names=names)
    ax.spines["left"].set_visible(False)
    return ax


def distance(result: Distance, ax: Axes | None = None) -> Axes:
    """Draw what the CD distance bounds: a query in the first network across, what it can be in the second between the curves.

    On the dashed line nothing changes; the band is tight, that is, some query reaches it.

    References
    ----------
    Chan H, Darwiche A (2005). A distance measure for bounding probabilistic belief change. Int J Approx Reason 38:149-174.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> asia = bayesnet.load("asia")
    >>> ax = bayesnet.plot.distance(bayesnet.distance(asia, asia.with_numbers({"smoke=yes": 0.6})))
    >>> ax.get_title(loc="left")
    'CD distance 0.4055: odds within a factor of 1.5'
    """
    style.check_kind(result, Distance)
    ax = style.axes_of(ax, 5.6, 5.4)
    places = [k / 200.0 for k in range(201)]
    bounds = [result.bound(p) for p in places]
    low, high = zip(*bounds, strict=True)
    ax.fill_between(places, low, high, color=style.BAND, linewidth=0, label="what it can be in the second network")
    for values, name in ((low, "low"), (high, "high")):
        ax.plot(places, values, color=style.RAISES, linewidth=1.6, gid=name)
    ax.plot([0.0, 1.0], [0.0, 1.0], color=style.INK, linewidth=1.0, linestyle=(0, (5, 3)), label="the same in both")
    for set_limits, axis in ((ax.set_xlim, ax.xaxis), (ax.set_ylim, ax.yaxis)):
        set_limits(0.0, 1.0)
        axis.set_major_formatter(lambda p, _: f"{100.0 * p:g} %")
    ax.grid(visible=True, color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("probability of any query in the first network")
    ax.set_ylabel("in the second")
    style.legend_below(ax, columns=2)
    factor = "without bound" if math.isinf(result.cd) else f"within a factor of {math.exp(min(result.cd, 700.0)):.4g}"
    return style.finish(ax, f"CD distance {plain(result.cd)}: odds {factor}", result, "", 70)


def uncertainty(
    result: Uncertainty, ax: Axes | None = None, *, dots: int = 50, scale: style.Scale = "percent", ids: bool = False
) -> Axes:
    """Draw the answer under the uncertainty of all numbers as quantile dots: each dot is an equal share of the draws.

    With 50 dots, every dot is 2 chances in 100: count the dots beyond a point to read the chance of lying beyond it.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    References
    ----------
    Kay M, Kola T, Hullman JR, Munson SA (2016). When (ish) is my bus? User-centered visualizations of uncertainty in everyday,
    mobile predictive systems. CHI 2016, 5092-5103.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> result = bayesnet.load("asia").case("xray=yes").uncertainty("lung=yes", draws=500)
    >>> ax = bayesnet.plot.uncertainty(result, dots=20)
    >>> len(ax.collections[0].get_offsets())
    20
    """
    style.check_kind(result, Uncertainty)
    names = style.names_of(result, ids=ids)
    import numpy as np

    quantiles = np.quantile(np.array(result.samples), (np.arange(dots) + 0.5) / dots)
    ax = style.axes_of(ax, 7.0, 3.4)
    ends = [*quantiles.tolist(), result.low, result.high, result.value]
    style.probability_axis(ax, "x", scale, ends, f"P({names(result.target)}); each dot is 1 of {dots} equally likely answers")
    xs, ys = _stacked(quantiles, dots)
    ax.scatter(xs, ys, s=(170.0 if dots <= 60 else 60.0), color=style.RAISES, edgecolor="white", linewidth=0.8, zorder=3)
    height = max(ys) + 1.0
    ax.plot([result.low, result.high], [0.0, 0.0], color=style.BAND, linewidth=7, solid_capstyle="butt", zorder=1, gid="interval")
    ax.axvline(result.value, color=style.INK, linewidth=1.2, zorder=2)
    left = result.value < float(np.mean(ax.get_xlim()))
    ax.annotate(
        f"{style.probability_text(result.value)} at the cited values",
        (result.value, height),
        (5.0 if left else -5.0, 0.0),
        textcoords="offset points",
        va="top",
        fontsize=style.NORMAL,
        color=style.INK,
        ha="left" if left else "right",
    )
    span = f"95 % of the draws: {style.probability_text(result.low)} to {style.probability_text(result.high)}"
    ax.annotate(
        span, (result.low, 0.0), (0.0, -5.0), textcoords="offset points", va="top", fontsize=style.NORMAL, color=style.MUTED
    )
    ax.set_ylim(-1.1, height + 0.4)
    ax.set_yticks([])
    heading = f"P({short(result.target)}) with every number drawn from its range"
    style.finish(ax, heading, result, style.findings_of(result.title), 88, names=names)
    ax.spines["left"].set_visible(False)
    return ax


def _stacked(quantiles: object, dots: int) -> tuple[list[float], list[float]]:
    """Dots in bins, each bin a stack."""
    import numpy as np

    values = np.asarray(quantiles, dtype=float)
    low, high = float(values.min()), float(values.max())
    bins = max(5, round(dots**0.5 * 2.2))
    width = max((high - low) / bins, 1e-12)
    place = np.minimum(((values - low) / width).astype(int), bins - 1)
    xs, ys, seen = [], [], dict.fromkeys(range(bins), 0)
    for b in place.tolist():
        xs.append(low + (b + 0.5) * width)
        ys.append(0.6 + seen[b])
        seen[b] += 1
    return xs, ys


def variance_shares(result: VarianceShares, ax: Axes | None = None, *, top: int = 12, ids: bool = False) -> Axes:
    """Draw Sobol indices: the share of the variance that a number causes alone (dark) and with all its interactions (light).

    Thin lines are the 95 % half-widths of the estimates.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> shares = bayesnet.load("asia").case("xray=yes").variance_shares("lung=yes", top=3, samples=64)
    >>> ax = bayesnet.plot.variance_shares(shares)
    >>> len(ax.get_yticklabels())
    3
    """
    style.check_kind(result, VarianceShares)
    names = style.names_of(result, ids=ids)
    from matplotlib.patches import Patch

    lines = result.shares[:top]
    ax = style.axes_of(ax, 7.2, style.rows_height(len(lines), 0.44, 1.4))
    for row, s in enumerate(lines):
        for value, error, place, colour, name in (
            (s.first_order, s.first_order_error, row - 0.19, style.RAISES, "alone"),
            (s.total, s.total_error, row + 0.19, style.BAND, "total"),
        ):
            ax.barh(place, max(value, 0.0), 0.36, color=colour, gid=name)
            ax.plot([max(0.0, value - error), max(0.0, value + error)], [place] * 2, color=style.INK, linewidth=0.9, gid="error")
    style.rows_axis(ax, [style.number_label(s.number, s.citation or s.grade, names) for s in lines])
    ax.set_xlim(left=0.0)
    ax.xaxis.set_major_formatter(lambda v, _: f"{100.0 * v:.4g} %")
    ax.set_xlabel("share of the variance of the answer")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    looks = ((style.RAISES, "alone (first order)"), (style.BAND, "with interactions (total)"))
    style.legend_below(ax, handles=[Patch(color=colour, label=name) for colour, name in looks])
    heading = f"Whose uncertainty matters for P({short(result.target)})"
    style.finish(ax, heading, result, style.findings_of(result.title), 70, names=names)
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def arc_strengths(result: ArcStrengths, ax: Axes | None = None, *, top: int = 20, ids: bool = False) -> Axes:
    """Draw the strongest arcs: how far the child's distribution moves (total variation) as the parent changes.

    The bar is weighted by how probable the other parents' states are; the mark is the largest over those states.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.arc_strengths(bayesnet.load("asia").arc_strengths())
    >>> len(ax.patches)
    8
    """
    style.check_kind(result, ArcStrengths)
    names = style.names_of(result, ids=ids)
    import math

    lines = result.arcs[:top]
    ax = style.axes_of(ax, 7.2, style.rows_height(len(lines), 0.28, 1.4))
    widths = [a.variation_mean if math.isnan(a.variation_weighted) else a.variation_weighted for a in lines]
    ax.barh(range(len(lines)), widths, 0.62, color=style.RAISES, label="weighted mean")
    ax.plot([a.variation_max for a in lines], range(len(lines)), "D", mfc="white", mec=style.INK, markersize=5, label="largest")
    style.rows_axis(ax, [f"{names(a.parent)} → {names(a.child)}" for a in lines])
    ax.set_xlim(0.0, 1.04)
    ax.set_xlabel("total variation of the child as the parent changes")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    style.legend_below(ax)
    return style.finish(ax, "Strength of arcs", result, style.findings_of(result.title), 66, names=names)


def cited_numbers(result: Numbers, variable: str, ax: Axes | None = None, *, top: int = 25, ids: bool = False) -> Axes:
    """Draw the numbers of one variable: value as a mark, cited range as a bar, source beside; a judgement is a hollow square.

    Probabilities are on an axis of log-odds where one is small or large, odds and odds ratios on a log scale.

    Parameters
    ----------
    result
        From `net.numbers`.
    variable
        Whose numbers.
    ax
        Where to draw; a new figure when None.
    top
        How many numbers, in the order of the model.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Raises
    ------
    UnknownVariable
        When there is no variable of this name.
    BayesnetError
        When its states follow from others, so that it has no numbers.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.cited_numbers(bayesnet.load("back_pain").numbers, "fever", top=4)
    >>> len(ax.get_yticklabels())
    4
    """
    style.check_kind(result, Numbers)
    names = style.names_of(result, ids=ids)
    lines = [n for n in result.values() if n.variable == variable][:top]
    if not lines and variable in result.provenance.labels:
        raise BayesnetError(f'"{variable}" has no numbers of its own: its states follow from those of its parents.')
    if not lines:
        raise UnknownVariable(variable, tuple(dict.fromkeys(n.variable for n in result.values())))
    ax = style.axes_of(ax, 7.6, style.rows_height(len(lines), 0.44, 1.4))
    values = [x for n in lines for x in (n.low, n.value, n.high)]
    if any(n.id.startswith("odds(") for n in lines):
        _odds_axis(ax, values)
    else:
        style.probability_axis(ax, "x", "auto", values, "value and cited range")
    for row, n in enumerate(lines):
        ends = [style.inside(ax, x) for x in (n.low, n.high)]
        ax.plot(ends, [row, row], color=style.BAND, linewidth=7, solid_capstyle="butt", zorder=1, gid=f"range {n.id}")
        face = "white" if n.grade == "judgement" else style.RAISES
        mark = "s" if n.grade == "judgement" else "o"
        ax.plot([style.inside(ax, n.value)], [row], mark, mfc=face, mec=style.RAISES, markersize=7, zorder=3, gid=n.id)
        style.in_margin(ax, row, f"{plain(n.value)}  [{plain(n.low)}, {plain(n.high)}]")
    style.rows_axis(ax, [style.number_label(n.id, _from(result, n), names) for n in lines])
    ax.plot([], [], "o", color=style.RAISES, label="from a study")
    ax.plot([], [], "s", mfc="white", mec=style.RAISES, label="a judgement")
    style.legend_below(ax, 46.0)
    style.finish(ax, f"The numbers of {names(variable)}", result)
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def _from(result: Numbers, number: Number) -> str:
    """Author and year, or the grade."""
    return result.cited(number.id) or number.grade


def _odds_axis(ax: Axes, values: list[float]) -> None:
    """Odds and odds ratios multiply, so equal steps are equal factors."""
    positive = [x for x in values if x > 0.0] or [1.0]
    ax.set_xscale("log")
    ax.set_xlim(min(positive) / 1.6, max(positive) * 1.6)
    ax.xaxis.set_major_formatter(lambda x, _: plain(x))
    ax.minorticks_off()
    ax.axvline(1.0, color=style.MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("odds and odds ratios with their cited ranges")
