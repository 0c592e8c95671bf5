"""Pictures of many probabilities at once: every variable under the findings, and the joint table of a few."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.results.probability import Joint, Posterior, Posteriors
from bayesnet.results.sensitivity import short
from bayesnet.results.words import frequency

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def posteriors(result: Posteriors, ax: Axes | None = None, *, top: int = 16, scale: style.Scale = "log-odds") -> Axes:
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

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.posteriors(bayesnet.load("asia").posteriors("xray=yes"), top=3)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['either=yes', 'lung=yes', 'tub=yes']
    """
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
    style.rows_axis(ax, [style.shown(name) for name, *_ in lines])
    return style.finish(ax, "What the findings change", result, result.title, 96)


def _most_changed(p: Posterior) -> tuple[str, float, float, float]:
    """The state of a variable that changed most: its name, prior, posterior, and change of log-odds."""
    from bayesnet.pattern import Term

    states = ("present",) if set(p.states) == {"absent", "present"} else p.states[:1] if len(p.states) == 2 else p.states
    changes = [(s, p.prior[s], p[s], abs(_log_odds(p[s]) - _log_odds(p.prior[s]))) for s in states]
    state, before, after, change = max(changes, key=lambda line: line[3])
    return short(str(Term(p.variable, (state,)))), before, after, change


def _log_odds(p: float) -> float:
    bounded = min(max(p, 1e-12), 1.0 - 1e-12)
    return math.log(bounded / (1.0 - bounded))


def joint(result: Joint, ax: Axes | None = None) -> Axes:
    """Draw a joint table as shaded cells with their probability: the last variable across, all others down; dark is probable.

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
    ax.set_xticks([i + 0.5 for i in range(len(columns))], list(columns))
    ax.set_xlabel(style.shown(result.variables[-1]))
    ax.tick_params(axis="x", length=0)
    style.rows_axis(ax, [", ".join(states) for states in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_ylabel(", ".join(style.shown(v) for v in result.variables[:-1]))
    heading = f"P({', '.join(result.variables)})"
    style.finish(ax, heading, result, style.findings_of(result.title), 60)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _shade(share: float) -> tuple[float, float, float]:
    """From nearly white to the dark blue of the house."""
    from matplotlib.colors import to_rgb

    low, high = to_rgb(style.PALE), to_rgb(style.RAISES)
    red, green, blue = (a + (b - a) * share for a, b in zip(low, high, strict=True))
    return red, green, blue
