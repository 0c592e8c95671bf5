"""Pictures of how far numbers and networks may move: sensitivity values, the range of an explanation, the CD distance."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from bayesnet.plot import style
from bayesnet.results.sensitivity import Sensitivities, short
from bayesnet.results.tuning import Distance, ExplanationRange
from bayesnet.results.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def sensitivities(result: Sensitivities, ax: Axes | None = None, *, top: int = 12) -> Axes:
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
    style.rows_axis(ax, [style.number_label(n.number, n.citation or n.grade) for n in lines])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    _up_and_down(ax)
    style.finish(ax, f"Where an error counts most for P({short(result.target)})", result, style.findings_of(result.title), 70)
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def _up_and_down(ax: Axes) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=style.RAISES, label="a larger number raises the answer"),
        Patch(facecolor=style.LOWERS, hatch="//", edgecolor="white", label="lowers it"),
    ]
    style.legend_below(ax, handles=handles)


def explanation_range(result: ExplanationRange, ax: Axes | None = None) -> Axes:
    """Draw the values of a number for which the most probable explanation stays, and what changes in it beyond them.

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
    ax = style.axes_of(ax, 7.4, 2.3)
    top = 1.0 if result.high <= 1.0 else result.high * 1.05 if math.isfinite(result.high) else 3.0 * result.value
    high = min(result.high, top)
    ax.plot([result.low, high], [0, 0], color=style.BAND, linewidth=14, solid_capstyle="butt", gid="stays", zorder=2)
    ax.plot([result.value], [0], "o", color=style.RAISES, mec=style.INK, markersize=9, gid="now", zorder=4)
    for start, end, change in ((0.0, result.low, result.below), (high, top, result.above)):
        if change and end > start:
            ax.plot([start, end], [0, 0], color=style.LOWERS, linewidth=5, solid_capstyle="butt", gid="changes", zorder=1)
            text = "\n".join(textwrap.wrap(", ".join(f"{variable}={state}" for variable, state in change.items()), 34))
            ax.text((start + end) / 2, -0.16, text, ha="center", va="top", fontsize=style.NORMAL, color=style.INK)
    ax.text((result.low + high) / 2, 0.2, "the explanation stays", ha="center", fontsize=style.NORMAL, color=style.INK)
    ax.text(result.value, -0.16, f"now {plain(result.value)}", ha="center", va="top", fontsize=style.NORMAL, color=style.MUTED)
    ax.set_xlim(0.0, top)
    ax.set_ylim(-0.8, 0.5)
    ax.set_yticks([])
    ax.set_xlabel(short(result.number))
    style.finish(ax, "Where the most probable explanation stays", result, result.title, 90)
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
