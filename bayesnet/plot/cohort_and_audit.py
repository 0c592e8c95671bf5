"""Pictures of checks on the model: published figures beside its answers, and the smallest changes that meet a constraint."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from bayesnet.plot import style
from bayesnet.results.audit import Audit
from bayesnet.results.cohort import Calibration
from bayesnet.results.evaluation import Evaluation
from bayesnet.results.labels import shown
from bayesnet.results.tuning import Tuning
from bayesnet.results.words import percent, plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MARKS = {
    "inside": ("o", style.RAISES),
    "near": ("D", style.BAND),
    "outside": ("X", style.LOWERS),
    "disputed": ("s", style.PRIOR),
}
_SHAPES = ("o", "s", "^", "D", "v", "P")
"""Marks of the states by which the figures of an audit are parted."""
_FARTHEST = 64.0
"""Largest factor by which a drawn answer may be off."""


def audit(result: Audit, ax: Axes | None = None, *, top: int = 25, ids: bool = False) -> Axes:
    """Draw published figures beside the model's answers, worst first: the published range as a bar, the answer as a mark.

    Everything is drawn as a multiple of the published figure, so that base rates, likelihood ratios and predictive values share
    one axis; a mark inside its bar is an answer inside the published range.

    Parameters
    ----------
    result
        From `net.audit()`.
    ax
        Where to draw; a new figure when None.
    top
        How many figures, the worst ones.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.audit(bayesnet.load("back_pain").audit(), top=5)
    >>> len(ax.get_yticklabels())
    5
    """
    style.check_kind(result, Audit)
    names = style.names_of(result, ids=ids)
    from matplotlib.lines import Line2D

    lines = [t for t in result.targets if t.value > 0.0][:top]
    ax = style.axes_of(ax, 8.2, style.rows_height(len(lines), 0.46, 1.5))
    ax.set_xscale("log", base=2)
    for row, line in enumerate(lines):
        low, high = _times(line.low, line.value), _times(line.high, line.value)
        ax.plot([low, high], [row, row], color=style.FAINT, linewidth=8, solid_capstyle="butt", gid="published", zorder=1)
        if not math.isnan(line.model):
            marker, colour = _MARKS[line.verdict]
            place = _times(line.model, line.value)
            ax.plot([place], [row], marker, color=colour, mec=style.INK, markersize=7, gid=line.id, zorder=3)
        style.in_margin(ax, row, f"{plain(float(f'{line.model:.3g}'))}  [{plain(line.low)}, {plain(line.high)}]")
    ax.axvline(1.0, color=style.INK, linewidth=0.8)
    ticks = [
        t for t in (1 / 32, 1 / 16, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0) if ax.get_xlim()[0] <= t <= ax.get_xlim()[1]
    ]
    ax.set_xticks(ticks, [f"{t:g}" if t >= 1.0 else f"1/{1.0 / t:g}" for t in ticks])
    ax.minorticks_off()
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("times the published figure; in the margin the answer and the published range")
    style.rows_axis(ax, [f"{_wrapped(names.prose(t.question))}\n{t.source}" for t in lines])
    used = list(dict.fromkeys(t.verdict for t in lines))
    handles = [
        Line2D(
            [],
            [],
            marker=_MARKS[v][0],
            color=_MARKS[v][1],
            mec=style.INK,
            linestyle="none",
            label=f"{v} ({result.counts[v]} in all)",
        )
        for v in used
    ]
    style.legend_below(ax, handles=handles)
    style.finish(
        ax, f"{100.0 * result.inside:.0f} % of {len(result.targets)} published figures inside their range", result, "", 80
    )
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def agreement(result: Audit, ax: Axes | None = None, *, by: str = "") -> Axes:
    """Draw the model's answers against the published probabilities, on log-odds: on the dashed line both are the same.

    A line through each mark holds the published range; likelihood ratios and ratios have no place on these axes.

    Parameters
    ----------
    result
        From `net.audit()`.
    ax
        Where to draw; a new figure when None.
    by
        A context variable, such as `setting`: its states are distinguished by the mark; verdicts by colour either way.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> result = bayesnet.load("back_pain").audit()
    >>> ax = bayesnet.plot.agreement(result, by="setting")
    >>> ax.get_xlabel()
    'published, with its range'
    """
    style.check_kind(result, Audit)
    from matplotlib.lines import Line2D

    groups = result.by(by).targets if by else {"": result.targets}
    parted = {
        state: [t for t in targets if t.kind == "probability" and not math.isnan(t.model)] for state, targets in groups.items()
    }
    parted = {state: targets for state, targets in parted.items() if targets}
    drawn = [t for targets in parted.values() for t in targets]
    ax = style.axes_of(ax, 6.4, 6.4)
    values = [p for t in drawn for p in (t.model, t.value)]
    style.probability_axis(ax, "x", "log-odds", values, "published, with its range")
    style.probability_axis(ax, "y", "log-odds", values, "the model's answer")
    ends = (min(ax.get_xlim()[0], ax.get_ylim()[0]), max(ax.get_xlim()[1], ax.get_ylim()[1]))
    ax.set_xlim(ends)
    ax.set_ylim(ends)
    ax.plot(ends, ends, color=style.MUTED, linewidth=1.0, linestyle=(0, (5, 3)), gid="the same", zorder=1)
    shapes = dict(zip(parted, _SHAPES * len(parted), strict=False))
    for state, targets in parted.items():
        for t in targets:
            marker, colour = shapes[state] if by else _MARKS[t.verdict][0], _MARKS[t.verdict][1]
            y = style.inside(ax, t.model, "y")
            ax.plot([style.inside(ax, t.low), style.inside(ax, t.high)], [y, y], color=style.FAINT, linewidth=2.0, zorder=1)
            edge, depth = (1.4, 4) if t.verdict == "outside" else (0.5, 3)
            look: dict[str, Any] = {"color": colour, "mec": style.INK, "mew": edge, "markersize": 5.5, "clip_on": False}
            ax.plot([style.inside(ax, t.value)], [y], marker, gid=t.id, zorder=depth, **look)
    ax.set_box_aspect(1.0)
    verdicts = Counter(t.verdict for t in drawn)
    key: dict[str, Any] = {"linestyle": "none", "markersize": 6, "mec": style.INK}
    handles = [
        Line2D(
            [],
            [],
            marker="o" if by else _MARKS[v][0],
            color=_MARKS[v][1],
            mew=1.4 if v == "outside" else 0.5,
            label=f"{v} ({n})",
            **key,
        )
        for v, n in verdicts.items()
    ]
    if by:
        handles += [
            Line2D([], [], marker=shapes[state], color="white", label=f"{shown(state)} ({len(targets)})", **key)
            for state, targets in parted.items()
        ]
    style.legend_below(ax, 48.0, columns=3, handles=handles)
    inside = verdicts["inside"]
    title = f"{inside} of {len(drawn)} published probabilities hold the model's answer within their range"
    return style.finish(ax, title, result, "", 70)


def _times(value: float, published: float) -> float:
    """Return a value as a multiple of the published figure, held within what is drawn."""
    return min(max(value / published, 1.0 / _FARTHEST), _FARTHEST)


def _wrapped(question: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(short(question), 56, max_lines=2, placeholder=" …"))


def tuning(result: Tuning, ax: Axes | None = None, *, top: int = 10, ids: bool = False) -> Axes:
    """Draw the single numbers that can meet a constraint: from the value now to the value it would need, cheapest on top.

    Lengths are changes of log-odds; a dark arrow stays within the number's cited range, a light dashed one leaves it.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ways = bayesnet.load("asia").case("xray=yes").tune("lung=yes", at_least=0.5)
    >>> ax = bayesnet.plot.tuning(ways, top=3)
    >>> len(ax.get_yticklabels())
    3
    """
    style.check_kind(result, Tuning)
    names = style.names_of(result, ids=ids)
    from matplotlib.lines import Line2D

    lines = [change for change in result.changes if not isinstance(change.value, dict)][:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), 0.44, 1.5))
    for row, change in enumerate(lines):
        end = change.log_odds_change
        colour, line = (style.RAISES, "-") if change.inside else (style.LOWERS, (0, (4, 2)))
        ax.plot([0.0, end], [row, row], color=colour, linestyle=line, linewidth=2.2, gid=change.number)
        ax.plot([end], [row], ">" if end > 0.0 else "<", color=colour, markersize=7)
        style.in_margin(ax, row, f"{_three(change.value)} → {_three(change.new)}")
    ax.axvline(0.0, color=style.INK, linewidth=0.8)
    ax.margins(x=0.1)
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("change of the number in log-odds (nats)")
    style.rows_axis(ax, [style.number_label(c.number, c.citation or c.grade, names) for c in lines])
    handles = [
        Line2D([], [], color=style.RAISES, linewidth=2.2, label="within its cited range"),
        Line2D([], [], color=style.LOWERS, linewidth=2.2, linestyle=(0, (4, 2)), label="outside it"),
    ]
    style.legend_below(ax, handles=handles)
    asked, given, bound = _constraint(result.constraint)
    style.finish(ax, f"Single changes that give {asked} {bound}", result, given, 74, names=names)
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def _constraint(text: str) -> tuple[str, str, str]:
    """Return a constraint as target, findings and bound; undivided if it compares two questions.

    >>> _constraint("P(lung=yes | xray=yes, !fever) >= 0.5")
    ('P(lung=yes)', 'xray=yes, !fever', '>= 0.5')
    """
    if text.count("P(") != 1 or ") " not in text:
        return text, "", ""
    question, _, bound = text.rpartition(") ")
    asked, _, given = question.partition(" | ")
    return f"{asked})", given, bound


def _three(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def calibration(result: Calibration, ax: Axes | None = None, *, scale: style.Scale = "auto", ids: bool = False) -> Axes:
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
    ids
        Name variables by their ids, as they are typed, and not by their labels.

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
    style.check_kind(result, Calibration)
    names = style.names_of(result, ids=ids)
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
    return style.finish(ax, f"Can P({names(result.target)}) be taken at its word?", result, "", 70, told)


def _kept(share: float) -> str:
    """Return a percentage that no line break parts."""
    return percent(share, 2).replace(" ", "\N{NO-BREAK SPACE}")


def _keys(result: Calibration) -> list[object]:
    """Return what the marks mean, with how many there are of each, and how large the groups are."""
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


Measure = Literal["auroc", "brier", "log_score", "slope", "intercept"]
_MEASURES = {
    "auroc": ("AUROC", 0.5),
    "brier": ("Brier score", math.nan),
    "log_score": ("log score", math.nan),
    "slope": ("calibration slope", 1.0),
    "intercept": ("calibration intercept", 0.0),
}
"""Label of the axis, and the value of no discrimination, or of perfect calibration."""


def evaluation(result: Evaluation, ax: Axes | None = None, *, measure: Measure = "auroc") -> Axes:
    """Draw one measure of each target and group with its 95 % interval.

    The dashed line is no discrimination for the AUROC, perfect calibration for slope and intercept.

    Parameters
    ----------
    result
        From `bayesnet.evaluate(scored, truth)`.
    ax
        Where to draw; a new figure when None.
    measure
        `auroc`, `brier`, `log_score`, `slope` or `intercept`.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> people = bayesnet.load("asia").simulate(500, seed=1)
    >>> scored = bayesnet.load("asia").score(people[["smoke", "xray"]], targets=["lung=yes", "bronc=yes"])
    >>> ax = bayesnet.plot.evaluation(bayesnet.evaluate(scored, people))
    >>> len(ax.get_yticklabels())
    2
    """
    style.check_kind(result, Evaluation)
    name, line = _MEASURES[measure]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(result), 0.42, 1.5))
    for row, each in enumerate(result):
        value, (low, high) = getattr(each, measure), getattr(each, f"{measure}_interval")
        if math.isfinite(value):
            ax.plot([low, high], [row, row], color=style.RAISES, linewidth=2.0, gid=f"interval {row}")
            ax.plot([value], [row], "o", color=style.RAISES, mec=style.INK, markersize=7, gid=each.name)
        style.in_margin(ax, row, _three(value) if math.isfinite(value) else "–")
    if not math.isnan(line):
        ax.axvline(line, color=style.MUTED, linewidth=1.0, linestyle=(0, (5, 3)), gid="reference", zorder=1)
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel(f"{name}, with 95 % interval")
    style.rows_axis(ax, [f"{shown(each.name)}\n{each.size:,d} people" for each in result])
    told = f"{result.size:,d} patients; {result.resamples:,d} bootstrap resamples"
    return style.finish(ax, f"{name[0].upper()}{name[1:]} by target and group", result, "", 74, told)
