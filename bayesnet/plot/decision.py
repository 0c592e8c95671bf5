"""Pictures of what to do: which option is best where, which utilities the advice hangs on, and net benefit over thresholds."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.results.advice import Advice, UtilityBar
from bayesnet.results.cohort import DecisionCurve
from bayesnet.results.labels import Names, shown
from bayesnet.results.tests import NextTest, NextTests, Plan, Step
from bayesnet.results.words import plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_OPTIONS = ((style.RAISES, ""), (style.BAND, ""), (style.LOWERS, "//"), (style.FAINT, ".."), (style.MUTED, "xx"))


def advice(result: Advice, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw which option is best as the probability of each state goes from nearly 0 to nearly 1, with a mark where it is now.

    Where a strip changes colour is a decision threshold (Pauker & Kassirer 1980): below it one option, above it another.

    Parameters
    ----------
    result
        From `case.advise()`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.advice(bayesnet.load("back_pain").case("fever, night_pain").advise())
    >>> len(ax.get_yticklabels()) == len(bayesnet.load("back_pain").case("fever, night_pain").advise().thresholds)
    True
    """
    style.check_kind(result, Advice)
    names = style.names_of(result, ids=ids)
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
    return style.finish(ax, f"{result.decision}: {result.label}", result, names(result.title), 100)


def utilities(result: Advice, ax: Axes | None = None, *, top: int = 10, ids: bool = False) -> Axes:
    """Draw what the advice hangs on: its lead over the next best option with one utility at the ends of its range.

    Left of zero another option is best.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.utilities(bayesnet.load("back_pain").case("fever, night_pain").advise(), top=3)
    >>> len(ax.get_yticklabels())
    3
    """
    style.check_kind(result, Advice)
    names = style.names_of(result, ids=ids)
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
    ax.set_xlabel(f"lead of the advised option in {result.unit};\nleft of the dashed line another is best")
    ax.locator_params(axis="x", nbins=6)
    style.rows_axis(ax, [_bar_label(bar) for bar in bars])
    ends = ((style.LOWERS, "utility at the low end of its range"), (style.RAISES, "at the high end"))
    style.legend_below(ax, 50.0, handles=[Patch(color=colour, label=name) for colour, name in ends])
    style.finish(ax, f"What the advice hangs on: {result.label}", result, names(result.title), 72)
    ax.tick_params(axis="y", labelsize=style.SMALL)
    return ax


def _bar_label(bar: UtilityBar) -> str:
    """Return a utility by option and state, and where it is from."""
    return "\n".join([*_wrapped(bar.label or bar.utility, 44), bar.source or bar.grade])


def decision_curve(result: DecisionCurve, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw net benefit over thresholds: acting by the model with its 95 % interval, acting on all, acting on none.

    The threshold is the probability at which acting and not acting are worth the same; the model is worth using where its curve
    is the highest (Vickers & Elkin 2006).

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet
    >>> curve = bayesnet.load("asia").decision_curve("lung=yes", ["smoke", "xray"], size=500)
    >>> bayesnet.plot.decision_curve(curve).get_ylabel()
    'net benefit per person'
    """
    style.check_kind(result, DecisionCurve)
    names = style.names_of(result, ids=ids)
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
    return style.finish(ax, f"Net benefit of acting on {names(result.target)}", result, "", 90)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


LARGEST = 170.0
"""Area, in square points, of the mark of a result that is certain."""

BOX = 0.8
"""Width of a box of the plan, in columns."""


def next_tests(
    result: NextTests, ax: Axes | None = None, *, top: int = 10, scale: style.Scale = "log-odds", ids: bool = False
) -> Axes:
    """Draw what each test could tell: a mark at the probability after each result, as large as the result is probable.

    A test that spreads its marks far apart says much; one far mark of small area is a surprise that rarely comes. Where the
    question is the decision and not a target, bars show the value of each finding in the unit of the decision.

    Parameters
    ----------
    result
        From `case.next_tests(target)`.
    ax
        Where to draw; a new figure when None.
    top
        How many findings, one for each test that has a price.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.next_tests(bayesnet.load("asia").case("dysp=yes").next_tests("lung=yes"), top=2)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['tuberculosis or lung cancer', 'positive X-ray']
    """
    style.check_kind(result, NextTests)
    names = style.names_of(result, ids=ids)
    lines = result.best_of_each_test()[:top]
    ax = style.axes_of(ax, 7.6, style.rows_height(len(lines), 0.4, 1.6))
    if math.isnan(result.now):
        _values(ax, result, lines)
    else:
        _outcomes(ax, result, lines, scale, names)
    style.rows_axis(ax, [_finding_with_test(line, names) for line in lines])
    return style.finish(ax, f"What to learn next about {names(result.target)}", result, names(result.title), 96)


def _finding_with_test(line: NextTest, names: Names) -> str:
    """Return a finding, with its test where that has another name."""
    name = names(line.finding)
    told = line.test and line.cost > 0.0 and line.test.casefold() not in (line.finding, name.casefold())
    return f"{name}\n{line.test}" if told else name


def _outcomes(ax: Axes, result: NextTests, lines: tuple[NextTest, ...], scale: style.Scale, names: Names) -> None:
    """One mark for each result."""
    values = [o.posterior for t in lines for o in t.outcomes] + [result.now]
    label = f"P({names(result.target)}) after each result; area: how probable the result is"
    style.probability_axis(ax, "x", scale, values, label)
    ax.axvline(style.inside(ax, result.now), color=style.INK, linewidth=1.0)
    for row, line in enumerate(lines):
        told = [o for o in line.outcomes if not math.isnan(o.posterior)]
        places = [style.inside(ax, o.posterior) for o in told]
        ax.plot([min(places), max(places)], [row, row], color=style.FAINT, linewidth=2.0, zorder=1)
        for outcome, x in zip(told, places, strict=True):
            raises = outcome.posterior >= result.now
            ax.scatter(
                [x],
                [row],
                s=max(8.0, LARGEST * outcome.probability),
                color=style.RAISES if raises else style.LOWERS,
                edgecolor=style.INK,
                linewidth=0.6,
                zorder=3,
                gid=f"{line.finding}={outcome.state}",
            )
        highest = max(told, key=lambda o: o.posterior)
        style.beside(ax, max(places), row, shown(highest.state), gap=9.0, colour=style.MUTED)
        price = "" if math.isnan(line.cost) else "free" if line.cost == 0.0 else f"{result.cost_unit} {plain(line.cost)}"
        style.in_margin(ax, row, f"{line.bits:.3f} bits" + (f"\n{price}" if price else ""))


def _values(ax: Axes, result: NextTests, lines: tuple[NextTest, ...]) -> None:
    """Bars of value and, as marks, value less price."""
    ax.barh(range(len(lines)), [_or_zero(line.value) for line in lines], 0.62, color=style.RAISES, label="value")
    nets = [(line.net_value, row) for row, line in enumerate(lines) if not math.isnan(line.net_value)]
    ax.plot([x for x, _ in nets], [row for _, row in nets], "D", mfc="white", mec=style.INK, label="less its price")
    ax.axvline(0.0, color=style.INK, linewidth=0.8)
    if not any(_or_zero(line.value) > 0.0 for line in lines):
        ax.text(
            0.0, -0.45, "  no finding by itself would change the decision", va="center", fontsize=style.NORMAL, color=style.MUTED
        )
    ax.set_xlabel(f"expected gain for the decision, in {result.value_unit}")
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    style.legend_below(ax)


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def plan(result: Plan, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the plan as a tree from left to right: what is decided at each place, what is learned next, or why to stop.

    Branches are as thick as they are probable; places where the plan stops are grey.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.plan(bayesnet.load("asia").case("dysp=yes").plan("lung=yes", depth=1))
    >>> len(ax.patches)
    3
    """
    style.check_kind(result, Plan)
    names = style.names_of(result, ids=ids)
    places: dict[int, tuple[float, float]] = {}
    leaves = _placed(result.root, 0, 0.0, places)
    depth = max(x for x, _ in places.values())
    ax = style.axes_of(ax, max(5.5, 2.3 * (depth + 1) + 0.4), max(2.4, 0.76 * leaves + 1.0))
    for _, share, step in result.root.walk():
        _branches(ax, step, places, share)
    for _, share, step in result.root.walk():
        _box(ax, step, *places[id(step)], share, names)
    ax.set_xlim(-BOX / 2 - 0.05, depth + BOX / 2 + 0.05)
    ax.set_ylim(leaves - 0.4, -0.6)
    ax.set_xticks([])
    ax.set_yticks([])
    chosen = "information on the target" if result.by == "bits" else "value for the decision"
    style.finish(
        ax, f"Plan for {short(result.target)}, by {chosen}", result, result.title, max(88, round(38 * (depth + 1))), names=names
    )
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _placed(step: Step, depth: int, row: float, places: dict[int, tuple[float, float]]) -> float:
    """Return every step its place; returns how many rows it takes."""
    if not step.branches:
        places[id(step)] = (float(depth), row)
        return 1.0
    taken = 0.0
    for _, _, after in step.branches:
        taken += _placed(after, depth + 1, row + taken, places)
    below = [places[id(after)][1] for _, _, after in step.branches]
    places[id(step)] = (float(depth), sum(below) / len(below))
    return taken


def _box(ax: Axes, step: Step, x: float, y: float, share: float, names: Names) -> None:
    """One place in the plan."""
    from matplotlib.patches import FancyBboxPatch

    face = style.PALE if step.stop else "white"
    edge = style.MUTED if step.stop else style.RAISES
    box = FancyBboxPatch(
        (x - BOX / 2, y - 0.4), BOX, 0.8, "round,pad=0,rounding_size=0.05", facecolor=face, edgecolor=edge, zorder=3
    )
    box.set_gid("stop" if step.stop else "step")
    ax.add_patch(box)
    chance = "" if math.isnan(step.probability) else f"P = {style.probability_text(step.probability)}"
    lines = [
        chance or textwrap.shorten(step.decision, 34, placeholder="…"),
        f"stays: {style.probability_text(step.same_decision)}",
    ]
    if chance:
        lines = ["; ".join(lines)]
    after = f"stop, {style.probability_text(share)} come here" if step.stop else f"next: {names(step.test)}"
    lines += textwrap.wrap(after, 30)[:2]
    ax.text(x, y, "\n".join(lines), ha="center", va="center", fontsize=style.SMALL, color=style.INK, zorder=4)


def _branches(ax: Axes, step: Step, places: dict[int, tuple[float, float]], share: float) -> None:
    """The ways from one step to those after it."""
    x1, y1 = places[id(step)]
    for result, p, after in step.branches:
        x2, y2 = places[id(after)]
        ax.plot([x1 + BOX / 2, x2 - BOX / 2], [y1, y2], color=style.BAND, linewidth=0.8 + 6.0 * share * p, zorder=1, gid=result)
        ax.annotate(
            f"{_said(result)} {style.probability_text(p)}",
            (x2 - BOX / 2, y2 - 0.4),
            (0.0, 2.0),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.MUTED,
            ha="left",
            va="bottom",
        )


def _said(result: str) -> str:
    """Return a result without its variable, which the box before it names.

    >>> _said("!fever"), _said("fever"), _said("esr_grade=20-49")
    ('absent', 'present', '20-49')
    """
    if "=" in result:
        return shown(result.split("=", 1)[1])
    return "absent" if result.startswith("!") else "present"
