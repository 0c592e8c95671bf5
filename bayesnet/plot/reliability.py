"""The reliability curve: what was predicted for groups of patients, and how many of them had it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesnet.plot import style
from bayesnet.results.cohort import Calibration
from bayesnet.results.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def calibration(result: Calibration, ax: Axes | None = None, *, scale: style.Scale = "auto") -> Axes:
    """Draw what was predicted for each group of patients beside how many of them had it, with 95 % intervals.

    On the dashed line predictions are right. A group whose interval does not reach it is drawn as a diamond. Both axes have the
    same scale, log-odds where predictions are small or large, so that rare diagnoses are not heaped in a corner.

    Parameters
    ----------
    result
        From `net.calibration(...)` or `bayesnet.calibration(...)`.
    ax
        Where to draw; a new figure when None.
    scale
        `log-odds`, `percent`, or `auto`.

    References
    ----------
    Bröcker J, Smith LA (2007). Increasing the reliability of reliability diagrams. Weather and Forecasting 22(3), 651-661.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> result = bayesnet.load("asia").calibration("lung=yes", ["smoke", "xray"], size=500)
    >>> ax = bayesnet.plot.calibration(result)
    >>> len(ax.lines) == 2 * len(result.groups) + 1
    True
    """
    ax = style.axes_of(ax, 6.0, 6.0)
    drawn = [p for g in result.groups for p in (g.predicted, g.observed)]
    if style.chosen(scale, drawn) == "percent":
        drawn += [g.observed_high for g in result.groups]
    style.probability_axis(ax, "x", style.chosen(scale, drawn), drawn, "predicted, mean of the group")
    style.probability_axis(ax, "y", style.chosen(scale, drawn), drawn, "observed in the group, with 95 % interval")
    low, high = ax.get_xlim()
    ax.plot([low, high], [low, high], color=style.MUTED, linewidth=1.0, linestyle=(0, (5, 3)), gid="right", zorder=1)
    for k, group in enumerate(result.groups):
        x = style.inside(ax, group.predicted)
        colour, marker = (style.LOWERS, "D") if group.misses else (style.RAISES, "o")
        ends = [style.inside(ax, p, "y") for p in (group.observed_low, group.observed_high)]
        ax.plot([x, x], ends, color=colour, linewidth=2.0, gid=f"interval {k}", zorder=2)
        look: dict[str, Any] = {"color": colour, "mec": style.INK, "markersize": 7, "clip_on": False, "zorder": 3}
        ax.plot([x], [style.inside(ax, group.observed, "y")], marker, gid=f"group {k}", **look)
    for place, text in (((0.03, 0.97), "happened more often\nthan predicted"), ((0.97, 0.03), "less often\nthan predicted")):
        side, height = ("left", "top") if place[0] < 0.5 else ("right", "bottom")
        ax.text(*place, text, transform=ax.transAxes, ha=side, va=height, fontsize=style.SMALL, color=style.MUTED)
    ax.set_box_aspect(1.0)
    style.legend_below(ax, 48.0, columns=3, handles=_keys(result))
    error, chance = _kept(result.calibration_error), _kept(result.error_if_right)
    told = (
        f"{result.cohort} of {result.size:,d}; calibration error {error} (by chance alone up to {chance}), "
        f"Brier score {result.brier:.4f}"
    )
    return style.finish(ax, f"Can P({style.shown(result.target)}) be taken at its word?", result, "", 70, told)


def _kept(share: float) -> str:
    """A percentage that no line break parts."""
    return percent(share, 2).replace(" ", "\N{NO-BREAK SPACE}")


def _keys(result: Calibration) -> list[object]:
    """What the marks mean, with how many there are of each, and how large the groups are."""
    from matplotlib.lines import Line2D

    off = sum(group.misses for group in result.groups)
    sizes = sorted(group.size for group in result.groups)
    people = f"{sizes[0]:,d}" if sizes[0] == sizes[-1] else f"{sizes[0]:,d} to {sizes[-1]:,d}"
    handles = [
        Line2D([], [], color=style.RAISES, marker="o", mec=style.INK, label=f"{len(sizes) - off} as predicted"),
        Line2D([], [], color=style.LOWERS, marker="D", mec=style.INK, label=f"{off} not"),
        Line2D([], [], color=style.MUTED, linestyle=(0, (5, 3)), label=f"right (groups of {people})"),
    ]
    return [handle for handle, count in zip(handles, (len(sizes) - off, off, 1), strict=True) if count]
