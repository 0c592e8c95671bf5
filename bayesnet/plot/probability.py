"""Pictures of probabilities before and after: the differential, one variable, scenarios side by side."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from bayesnet.logodds import log_odds
from bayesnet.plot import style
from bayesnet.results.differential import Comparison, Diagnosis, Differential
from bayesnet.results.probability import Counterfactual, Joint, Posterior, Posteriors
from bayesnet.results.words import frequency, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bayesnet.results.labels import Names

_NEAREST = 1e-12
"""Probabilities nearer to zero or one are compared as this near."""


def differential(
    result: Differential, ax: Axes | None = None, *, top: int = 12, scale: style.Scale = "log-odds", ids: bool = False
) -> Axes:
    """Draw the ranked diagnoses: prior as a hollow mark, posterior as a full one, its 95 % interval as a bar.

    A consequence has its most probable cause under its name.

    Parameters
    ----------
    result
        From `case.diagnoses()`.
    ax
        Where to draw; a new figure when None.
    top
        How many diagnoses, most probable first.
    scale
        `log-odds`, on which 1 in 10,000 is as legible as 1 in 2; `percent`; or `auto`.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> case = bayesnet.load("asia").case("xray=yes")
    >>> ax = bayesnet.plot.differential(case.diagnoses(targets=["lung=yes", "tub=yes"]))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Lung cancer', 'Tuberculosis']
    """
    style.check_kind(result, Differential)
    lines = result.diagnoses[:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), around=1.5))
    values = [p for d in lines for p in (d.prior, d.posterior, d.low, d.high)]
    style.probability_axis(ax, "x", scale, values, "probability")
    for i, line in enumerate(lines):
        _dumbbell(ax, i, line)
    ax.plot([], [], "o", mfc="white", mec=style.MUTED, label="prior")
    ax.plot([], [], "o", color=style.RAISES, label="posterior")
    if any(not math.isnan(d.low) for d in lines):
        ax.plot([], [], color=style.BAND, linewidth=7, solid_capstyle="butt", label="95 % interval of the posterior")
    style.legend_below(ax, 46.0)
    names = style.names_of(result, ids=ids)
    style.rows_axis(ax, [_named(d, names) for d in lines])
    return style.finish(ax, "Diagnoses, most probable first", result, names(result.title), 100)


def _named(line: Diagnosis, names: Names) -> str:
    """Return the name of a diagnosis; of a consequence, with its most probable cause on a second line."""
    name = names.heading(line.diagnosis)
    if not line.causes:
        return name
    share = line.causes[0]
    return f"{name}\nfrom {names(share.cause)} ({style.probability_text(share.probability)})"


def _dumbbell(ax: Axes, row: int, line: Diagnosis) -> None:
    """One diagnosis: interval, way from prior to posterior, both marks, and the posterior in figures."""
    before, after = style.inside(ax, line.prior), style.inside(ax, line.posterior)
    if not math.isnan(line.low):
        ends = [style.inside(ax, line.low), style.inside(ax, line.high)]
        ax.plot(ends, [row, row], color=style.BAND, linewidth=7, solid_capstyle="butt", zorder=1, gid="interval")
    ax.plot([before, after], [row, row], color=style.MUTED, linewidth=1.0, zorder=2, gid="change")
    ax.plot([before], [row], "o", mfc="white", mec=style.MUTED, markersize=6, zorder=3, gid="prior")
    ax.plot([after], [row], "o", color=style.RAISES, markersize=7, zorder=4, gid="posterior")
    style.in_margin(ax, row, _both(line.posterior))


def _both(p: float) -> str:
    """Return a probability as a percentage and as a natural frequency; only once where both would say the same.

    >>> _both(0.0342), _both(0.77), _both(0.0)
    ('3.4 %   1 in 29', '77 %', 'never')
    """
    if p == 0.0 or p == 1.0:
        return frequency(p)
    return style.probability_text(p) + (f"   {frequency(p)}" if p < 0.095 else "")


def posterior(result: Posterior, ax: Axes | None = None, *, scale: style.Scale = "percent", ids: bool = False) -> Axes:
    """Draw one variable before and after the findings: two bars for each state, three for a counterfactual.

    On a log-odds scale bars have no meaningful start, so marks are drawn instead.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.posterior(bayesnet.load("asia").posterior("lung | xray=yes"))
    >>> [round(float(bar.get_width()), 3) for bar in ax.patches]
    [0.055, 0.945, 0.489, 0.511]
    """
    style.check_kind(result, Posterior)
    names = style.names_of(result, ids=ids)
    sets = [("prior", style.FAINT, style.MUTED, result.prior.probabilities)]
    if isinstance(result, Counterfactual):
        sets.append(("actual", style.BAND, style.RAISES, result.factual.probabilities))
        sets.append(("as it would be", style.RAISES, style.RAISES, result.probabilities))
    else:
        sets.append(("posterior", style.RAISES, style.RAISES, result.probabilities))
    rows = [i for i, state in enumerate(result.states) if result.states != ("absent", "present") or state == "present"]
    ax = style.axes_of(ax, 6.8, style.rows_height(len(rows), 0.25 * len(sets) + 0.12, 1.3))
    values = [probabilities[i] for *_, probabilities in sets for i in rows]
    drawn = style.chosen(scale, values)
    style.probability_axis(ax, "x", drawn, values, "probability")
    height = 0.8 / len(sets)
    for k, (name, fill, edge, probabilities) in enumerate(sets):
        places = [row + (k - (len(sets) - 1) / 2) * height for row in range(len(rows))]
        heights = [probabilities[i] for i in rows]
        if drawn == "percent":
            ax.barh(places, heights, height * 0.88, color=fill, edgecolor=edge, linewidth=0.8)
        else:
            ax.plot([style.inside(ax, p) for p in heights], places, "o", color=fill, mec=edge, markersize=8)
        for place, p in zip(places, heights, strict=True):
            style.in_margin(ax, place, f"{name} {_both(p)}", style.INK if k else style.MUTED)
    style.rows_axis(ax, [result.states[i].replace("_", " ") for i in rows])
    ax.set_ylabel(names(result.variable))
    return style.finish(ax, f"P({result.title})", result, "", 96, names=names)


_MARKS = "os^DvPX*"
"""Marks that tell the lines of a comparison apart, also in grey."""


def comparison(
    result: Comparison, ax: Axes | None = None, *, top: int = 8, scale: style.Scale = "log-odds", ids: bool = False
) -> Axes:
    """Draw scenarios as slopes: one line for each target, from the case through every scenario.

    Shown are the `top` targets whose log-odds change most; lines that rise are dark and full, lines that fall light and dashed.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> what_if = bayesnet.load("asia").case("dysp=yes").compare("xray=yes", targets=["lung=yes", "bronc=yes"])
    >>> ax = bayesnet.plot.comparison(what_if)
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['this case', 'positive X-ray']
    """
    style.check_kind(result, Comparison)
    names = style.names_of(result, ids=ids)
    columns = list(zip(*(s.probabilities for s in result.scenarios), strict=True))
    order = sorted(range(len(columns)), key=lambda i: -_spread(columns[i]))[:top]
    lines = sorted(order, key=lambda i: columns[i][-1])
    ax = style.axes_of(ax, 3.6 + 1.6 * len(result.scenarios), 4.6)
    values = [p for i in lines for p in columns[i]]
    style.probability_axis(ax, "y", scale, values, "probability")
    places = range(len(result.scenarios))
    for k, i in enumerate(lines):
        rises = columns[i][-1] >= columns[i][0]
        ax.plot(
            places,
            [style.inside(ax, p, "y") for p in columns[i]],
            f"{_MARKS[k % len(_MARKS)]}{'-' if rises else '--'}",
            color=style.RAISES if rises else style.LOWERS,
            linewidth=1.8,
            markersize=6,
            label=result.targets[i],
        )
    _end_labels(ax, [(names(result.targets[i]), columns[i]) for i in lines])
    columns_named = ["this case", *(names(s.name) for s in result.scenarios[1:])]
    ax.set_xticks(places, ["\n".join(_wrapped(name, 18)) for name in columns_named])
    ax.set_xlim(-0.15, len(result.scenarios) - 0.85)
    style.finish(ax, "What if", result, result.title, 40 + 22 * len(result.scenarios), names=names)
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=1.2)
    return ax


def _spread(probabilities: tuple[float, ...]) -> float:
    """Return how far the log-odds of a target move over the scenarios."""
    places = [log_odds(p, _NEAREST) for p in probabilities]
    return max(places) - min(places)


def _end_labels(ax: Axes, ends: list[tuple[str, tuple[float, ...]]]) -> None:
    """Name the lines at their right end, moved apart where they would overlap, in the order of the lines."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    last = len(ends[0][1]) - 1
    heights = [float(ax.transData.transform((last, style.inside(ax, line[-1], "y")))[1]) for _, line in ends]
    spread = list(heights)
    for i in range(1, len(spread)):
        spread[i] = max(spread[i], spread[i - 1] + 12.5 * figure.dpi / 72.0)
    for (name, line), height, moved in zip(ends, heights, spread, strict=True):
        text = f"{name}  {style.probability_text(line[0])} → {style.probability_text(line[-1])}"
        ax.annotate(
            text,
            (last, style.inside(ax, line[-1], "y")),
            (10.0, (moved - height) * 72.0 / figure.dpi),
            textcoords="offset points",
            va="center",
            fontsize=style.NORMAL,
            color=style.INK,
            annotation_clip=False,
        )


def _wrapped(text: str, width: int) -> list[str]:
    """Return a scenario on several lines; a name too long for one is broken where its words meet."""
    import textwrap

    lines: list[str] = []
    for line in textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False):
        while len(line) > width and (cut := max(line.rfind(mark, 0, width) for mark in "=_") + 1):
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return lines or [""]


def posteriors(
    result: Posteriors, ax: Axes | None = None, *, top: int = 16, scale: style.Scale = "log-odds", ids: bool = False
) -> Axes:
    """Draw the variables that the findings changed most: prior as a hollow mark, posterior as a full one, the change as an arrow.

    Of a variable with several states the one that changed most in log-odds is drawn. What is known for certain is left out.

    Parameters
    ----------
    result
        From `net.posteriors(given)` or `case.posteriors()`.
    ax
        Where to draw; a new figure when None.
    top
        How many variables.
    scale
        `log-odds`, `percent` or `auto`.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.posteriors(bayesnet.load("asia").posteriors("xray=yes"), top=3)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['tuberculosis or lung cancer', 'lung cancer', 'tuberculosis']
    """
    style.check_kind(result, Posteriors)
    names = style.names_of(result, ids=ids)
    lines = sorted((_most_changed(p) for _, p in result.items() if max(p.probabilities) < 1.0), key=lambda line: -line[3])[:top]
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), 0.3, 1.5))
    style.probability_axis(ax, "x", scale, [p for _, before, after, _ in lines for p in (before, after)], "probability")
    for row, (name, before, after, _) in enumerate(lines):
        start, end = style.inside(ax, before), style.inside(ax, after)
        colour, line = (style.RAISES, "-") if after >= before else (style.LOWERS, (0, (4, 2)))
        ax.plot([start, end], [row, row], color=colour, linestyle=line, linewidth=2.0, zorder=2, gid="change")
        ax.plot([start], [row], "o", mfc="white", mec=style.MUTED, markersize=6, zorder=3, gid="prior")
        ax.plot([end], [row], ">" if after >= before else "<", color=colour, mec=style.INK, markersize=8, zorder=4, gid=name)
        style.in_margin(ax, row, f"{frequency(before)} → {frequency(after)}")
    ax.plot([], [], "o", mfc="white", mec=style.MUTED, label="prior")
    ax.plot([], [], ">-", color=style.RAISES, mec=style.INK, label="more probable now")
    ax.plot([], [], "<", linestyle=(0, (4, 2)), color=style.LOWERS, mec=style.INK, label="less probable now")
    style.legend_below(ax, 46.0)
    style.rows_axis(ax, [names(name) for name, *_ in lines])
    return style.finish(ax, "What the findings change", result, result.title, 96, names=names)


def _most_changed(p: Posterior) -> tuple[str, float, float, float]:
    """Return the state of a variable that changed most: its name, prior, posterior, and change of log-odds."""
    from bayesnet.pattern import Term

    states = ("present",) if set(p.states) == {"absent", "present"} else p.states[:1] if len(p.states) == 2 else p.states
    changes = [(s, p.prior[s], p[s], abs(log_odds(p[s], _NEAREST) - log_odds(p.prior[s], _NEAREST))) for s in states]
    state, before, after, change = max(changes, key=lambda line: line[3])
    return short(str(Term(p.variable, (state,)))), before, after, change


def joint(result: Joint, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw a joint table as shaded cells with their probability: the last variable across, all others down; dark is probable.

    `ids` names variables by their ids, as they are typed, and not by their labels.

    Raises
    ------
    BayesnetError
        When there are more cells than can be read.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.joint(bayesnet.load("asia").joint(["lung", "bronc"], given="smoke=yes"))
    >>> [cell.get_gid() for cell in ax.patches]
    ['lung=yes, bronc=yes', 'lung=yes, bronc=no', 'lung=no, bronc=yes', 'lung=no, bronc=no']
    """
    style.check_kind(result, Joint)
    names = style.names_of(result, ids=ids)
    from matplotlib.patches import Rectangle

    from bayesnet.errors import BayesnetError

    if len(result.probabilities) > 400:
        raise BayesnetError(
            f"{len(result.probabilities)} cells are too many to read; ask for the joint table of fewer variables."
        )
    rows, columns = list(product(*result.states[:-1])), result.states[-1]
    ax = style.axes_of(ax, max(4.6, 2.6 + 1.0 * len(columns)), style.rows_height(len(rows), 0.42, 1.6))
    most = max(result.probabilities)
    for k, (states, p) in enumerate(zip(product(*result.states), result.probabilities, strict=True)):
        row, column = divmod(k, len(columns))
        name = ", ".join(f"{v}={s}" for v, s in zip(result.variables, states, strict=True))
        share = p / most if most > 0.0 else 0.0
        look = {"facecolor": _shade(share), "edgecolor": "white", "linewidth": 1.5}
        ax.add_patch(Rectangle((column, row - 0.5), 1.0, 1.0, gid=name, **look))  # type: ignore[arg-type]
        ink = "white" if share > 0.55 else style.INK
        ax.text(column + 0.5, row, style.probability_text(p), ha="center", va="center", fontsize=style.NORMAL, color=ink)
    ax.set_xlim(0.0, len(columns))
    ax.set_xticks([i + 0.5 for i in range(len(columns))], [state.replace("_", " ") for state in columns])
    ax.set_xlabel(names(result.variables[-1]))
    ax.tick_params(axis="x", length=0)
    style.rows_axis(ax, [", ".join(states).replace("_", " ") for states in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_ylabel(", ".join(names(v) for v in result.variables[:-1]))
    heading = f"P({', '.join(result.variables)})"
    style.finish(ax, heading, result, style.findings_of(result.title), 60, names=names)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _shade(share: float) -> tuple[float, float, float]:
    """From nearly white to the palette's dark blue."""
    from matplotlib.colors import to_rgb

    low, high = to_rgb(style.PALE), to_rgb(style.RAISES)
    red, green, blue = (a + (b - a) * share for a, b in zip(low, high, strict=True))
    return red, green, blue
