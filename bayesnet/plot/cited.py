"""The numbers themselves: value, range and source of each, as a forest plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bayesnet.errors import UnknownVariable
from bayesnet.model.records import Number
from bayesnet.plot import style
from bayesnet.results.base import Basis
from bayesnet.results.description import Numbers
from bayesnet.results.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class _Unasked:
    """Numbers before any question rest on nothing but their sources, which the picture names."""

    basis: Basis = field(default_factory=Basis)


def cited_numbers(result: Numbers, variable: str, ax: Axes | None = None, *, top: int = 25) -> Axes:
    """Draw the numbers of one variable: value as a mark, cited range as a bar, source beside; a judgement is a hollow square.

    Probabilities stand on an axis of log-odds where one is small or large, odds and odds ratios on a log scale.

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

    Raises
    ------
    UnknownVariable
        When no number belongs to a variable of this name.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.cited_numbers(bayesnet.load("back_pain").numbers, "fever", top=4)
    >>> len(ax.get_yticklabels())
    4
    """
    lines = [n for n in result.values() if n.variable == variable][:top]
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
    style.rows_axis(ax, [style.number_label(n.id, _from(result, n)) for n in lines])
    ax.plot([], [], "o", color=style.RAISES, label="from a study")
    ax.plot([], [], "s", mfc="white", mec=style.RAISES, label="a judgement")
    style.legend_below(ax, 46.0)
    style.finish(ax, f"The numbers of {style.shown(variable)}", _Unasked())
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
