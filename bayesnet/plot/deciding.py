"""Pictures of what to do: which option is best where, which utilities the advice hangs on, and net benefit over thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.results.advice import Advice, UtilityBar
from bayesnet.results.cohort import DecisionCurve
from bayesnet.results.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OPTIONS = ((style.RAISES, ""), (style.BAND, ""), (style.LOWERS, "//"), (style.FAINT, ".."), (style.MUTED, "xx"))


def advice(result: Advice, ax: Axes | None = None) -> Axes:
    """Draw which option is best as the probability of each state goes from nearly 0 to nearly 1, with a mark where it is now.

    Where a strip changes colour is a decision threshold (Pauker & Kassirer 1980): below it one option, above it another.

    Parameters
    ----------
    result
        From `case.advise()`.
    ax
        Where to draw; a new figure when None.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.advice(bayesnet.load("back_pain").case("fever, night_pain").advise())
    >>> len(ax.get_yticklabels()) == len(bayesnet.load("back_pain").case("fever, night_pain").advise().thresholds)
    True
    """
    from matplotlib.patches import Patch

    ax = style.axes_of(ax, 7.6, style.rows_height(len(result.thresholds), 0.55, 1.9))
    values = [t.now for t in result.thresholds] + [p for t in result.thresholds for p in t.thresholds] + [0.002, 0.99]
    style.probability_axis(ax, "x", "log-odds", values, "probability of the state, the others in proportion")
    looks = {line.option: _OPTIONS[k % len(_OPTIONS)] for k, line in enumerate(result.options)}
    for row, threshold in enumerate(result.thresholds):
        for start, end, option in threshold.pieces:
            left, right = style.inside(ax, start), style.inside(ax, end)
            colour, hatch = looks[option]
            ax.barh(row, right - left, 0.5, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0.8, gid=option)
        now = style.inside(ax, threshold.now)
        ax.plot([now], [row], "o", mfc="white", mec=style.INK, markersize=8, markeredgewidth=1.5, gid="now", zorder=4)
        style.in_margin(ax, row, f"now {style.probability_text(threshold.now)}")
    style.rows_axis(ax, ["\n".join(_wrapped(t.label, 26)) for t in result.thresholds])
    handles = []
    for line in result.options:
        colour, hatch = looks[line.option]
        place = "best now" if line.option == result.best else f"{plain(line.behind)} {result.unit} behind"
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=f"{line.label} ({place})"))
    style.legend_below(ax, 46.0, columns=1, handles=handles)
    return style.finish(ax, f"{result.decision}: {result.label}", result, result.title, 100)


def utilities(result: Advice, ax: Axes | None = None, *, top: int = 10) -> Axes:
    """Draw what the advice hangs on: its lead over the next best option with one utility at the ends of its range.

    Left of zero another option is best.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.utilities(bayesnet.load("back_pain").case("fever, night_pain").advise(), top=3)
    >>> len(ax.get_yticklabels())
    3
    """
    from matplotlib.patches import Patch

    bars = [bar for bar in result.tornado if bar.width > 0.0][:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(bars), 0.42, 1.6))
    for row, bar in enumerate(bars):
        for end, colour, x in ((bar.at_low, style.LOWERS, bar.low), (bar.at_high, style.RAISES, bar.high)):
            ax.barh(row, abs(end - result.lead), 0.6, left=min(end, result.lead), color=colour, gid=f"{bar.utility}@{x:g}")
            other = bar.at_high if end == bar.at_low else bar.at_low
            style.beside(ax, end, row, plain(x), left=end < other, colour=style.MUTED)
    ax.axvline(result.lead, color=style.INK, linewidth=1.0)
    ax.axvline(0.0, color=style.INK, linewidth=1.2, linestyle=(0, (4, 3)), gid="turns")
    ax.use_sticky_edges = False
    ax.margins(x=0.16)
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel(f"lead of the advised option in {result.unit}; left of the dashed line another is best")
    style.rows_axis(ax, [_named(bar) for bar in bars])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    ends = ((style.LOWERS, "utility at the low end of its range"), (style.RAISES, "at the high end"))
    style.legend_below(ax, handles=[Patch(color=colour, label=name) for colour, name in ends])
    style.finish(ax, f"What the advice hangs on: {result.label}", result, result.title, 72)
    return ax


def _named(bar: UtilityBar) -> str:
    """A utility by option and state, and where it is from."""
    return "\n".join([*_wrapped(bar.label or bar.utility, 44), bar.source or bar.grade])


def decision_curve(result: DecisionCurve, ax: Axes | None = None) -> Axes:
    """Draw net benefit over thresholds: acting by the model with its 95 % interval, acting on all, acting on none.

    The threshold is the probability at which acting and not acting are worth the same; the model is worth using where its curve
    is the highest (Vickers & Elkin 2006).
    """
    ax = style.axes_of(ax, 6.8, 4.2)
    thresholds, model, low, high, everyone = (list(column) for column in list(zip(*result.points, strict=True))[:5])
    places = range(len(thresholds))
    ax.fill_between(places, low, high, color=style.BAND, alpha=0.7, linewidth=0, label="95 % interval")
    ax.plot(places, model, "o-", color=style.RAISES, linewidth=2.0, markersize=5, label="by the model", gid="model")
    ax.plot(places, everyone, "--", color=style.LOWERS, linewidth=2.0, label="on all", gid="all")
    ax.axhline(0.0, color=style.INK, linewidth=1.0, linestyle=":", label="on none")
    top = max([*high, *everyone, 1e-9])
    ax.set_ylim(-0.25 * top, 1.12 * top)
    ax.set_xticks(places, [f"{100.0 * t:g} %" for t in thresholds])
    ax.set_xlabel("threshold at which acting is worth it")
    ax.set_ylabel("net benefit per person")
    ax.grid(visible=True, axis="y", color=style.FAINT, linewidth=0.6)
    style.legend_below(ax)
    return style.finish(ax, f"Net benefit of acting on {style.shown(result.target)}", result, "", 90)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)
