"""Pictures of how sure an answer is: quantile dots, shares of the variance, strength of arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.results.sensitivity import short
from bayesnet.results.uncertainty import ArcStrengths, Uncertainty, VarianceShares

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def uncertainty(result: Uncertainty, ax: Axes | None = None, *, dots: int = 50, scale: style.Scale = "percent") -> Axes:
    """Draw the answer under the uncertainty of all numbers as quantile dots: each dot is an equal share of the draws.

    With 50 dots, every dot is 2 chances in 100: count the dots beyond a point to read the chance of lying beyond it.

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
    import numpy as np

    quantiles = np.quantile(np.array(result.samples), (np.arange(dots) + 0.5) / dots)
    ax = style.axes_of(ax, 7.0, 3.4)
    ends = [*quantiles.tolist(), result.low, result.high, result.value]
    style.probability_axis(ax, "x", scale, ends, f"P({short(result.target)}); each dot is 1 of {dots} equally likely answers")
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
    style.finish(ax, heading, result, style.findings_of(result.title), 88)
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


def variance_shares(result: VarianceShares, ax: Axes | None = None, *, top: int = 12) -> Axes:
    """Draw Sobol indices: the share of the variance that a number causes alone (dark) and with all its interactions (light).

    Thin lines are the 95 % half-widths of the estimates.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> shares = bayesnet.load("asia").case("xray=yes").variance_shares("lung=yes", top=3, samples=64)
    >>> ax = bayesnet.plot.variance_shares(shares)
    >>> len(ax.get_yticklabels())
    3
    """
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
    style.rows_axis(ax, [style.number_label(s.number, s.citation or s.grade) for s in lines])
    ax.tick_params(axis="y", labelsize=style.SMALL)
    ax.set_xlim(left=0.0)
    ax.xaxis.set_major_formatter(lambda v, _: f"{100.0 * v:.4g} %")
    ax.set_xlabel("share of the variance of the answer")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    names = ((style.RAISES, "alone (first order)"), (style.BAND, "with interactions (total)"))
    style.legend_below(ax, handles=[Patch(color=colour, label=name) for colour, name in names])
    heading = f"Whose uncertainty matters for P({short(result.target)})"
    style.finish(ax, heading, result, style.findings_of(result.title), 70)
    return ax


def arc_strengths(result: ArcStrengths, ax: Axes | None = None, *, top: int = 20) -> Axes:
    """Draw the strongest arcs: how far the child's distribution moves (total variation) as the parent changes.

    The bar is weighted by how probable the other parents' states are; the mark is the largest over those states.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.arc_strengths(bayesnet.load("asia").arc_strengths())
    >>> len(ax.patches)
    8
    """
    import math

    lines = result.arcs[:top]
    ax = style.axes_of(ax, 7.2, style.rows_height(len(lines), 0.28, 1.4))
    widths = [a.variation_mean if math.isnan(a.variation_weighted) else a.variation_weighted for a in lines]
    ax.barh(range(len(lines)), widths, 0.62, color=style.RAISES, label="weighted mean")
    ax.plot([a.variation_max for a in lines], range(len(lines)), "D", mfc="white", mec=style.INK, markersize=5, label="largest")
    style.rows_axis(ax, [f"{style.shown(a.parent)} → {style.shown(a.child)}" for a in lines])
    ax.set_xlim(0.0, 1.04)
    ax.set_xlabel("total variation between the child's distributions as the parent changes")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    style.legend_below(ax)
    return style.finish(ax, "Strength of arcs", result, style.findings_of(result.title), 66)
