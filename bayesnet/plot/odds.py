"""Pictures of the way from prior to posterior: the ladder beside naive Bayes, and the nomogram."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bayesnet.plot import style
from bayesnet.results.sensitivity import short
from bayesnet.results.teaching import Ladder, Rung
from bayesnet.results.words import frequency, ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PLACES = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999, 0.99999)
_FARTHEST = math.log10(1e8)


def ladder(result: Ladder, ax: Axes | None = None) -> Axes:
    """Draw the probability after each finding, by the network and by naive Bayes; where they part, something counts twice.

    Parameters
    ----------
    result
        From `case.ladder(target)`.
    ax
        Where to draw; a new figure when None.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.ladder(bayesnet.load("asia").case("xray=yes, dysp=yes").ladder("lung=yes"))
    >>> [line.get_gid() for line in ax.lines]
    ['naive', 'network']
    """
    ax = style.axes_of(ax, 7.4, style.rows_height(len(result) + 1, each=0.42, around=1.9))
    network = [result.prior, *(rung.probability for rung in result)]
    naive = [result.prior, *(rung.naive for rung in result)]
    style.probability_axis(ax, "x", "auto", [*network, *naive], "probability after each finding, from above")
    rows = list(range(len(network)))
    for gid, values, colour, mark in (("naive", naive, style.LOWERS, "D"), ("network", network, style.RAISES, "o")):
        label = "the network" if gid == "network" else "naive Bayes: as if each finding stood alone"
        drawn = [style.inside(ax, p) for p in values]
        ax.plot(drawn, rows, mark + "-", color=colour, markersize=6, linewidth=1.6, gid=gid, label=label)
    for row, rung in enumerate(result, 1):
        style.in_margin(ax, row, f"LR {ratio(rung.likelihood_ratio)}; alone {ratio(rung.alone)}")
    style.rows_axis(ax, ["before the findings", *(style.shown(rung.finding) for rung in result)], bold=(0,))
    style.legend_below(ax, 52.0, columns=2)
    return style.finish(ax, f"{short(result.target)}: {_text(result)}", result, style.findings_of(result.title), 84)


def nomogram(result: Ladder, ax: Axes | None = None) -> Axes:
    """Draw Fagan's nomogram: a straight line from the prior through the likelihood ratio ends at the posterior.

    With several findings the posterior of one is the prior of the next, so that each has a line of its own; the likelihood ratios
    are those given the findings before. Findings that settle the question have no line.

    References
    ----------
    Fagan TJ (1975). Nomogram for Bayes's theorem. New England Journal of Medicine 293(5), 257.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.nomogram(bayesnet.load("asia").case("xray=yes, dysp=yes").ladder("lung=yes"))
    >>> [line.get_gid() for line in ax.lines if line.get_gid()]
    ['xray=yes', 'dysp=yes']
    """
    ax = style.axes_of(ax, 7.0, 6.6)
    before = result.prior
    steps = []
    for rung in result:
        steps.append((rung, before))
        before = rung.probability
    reach = 0.6 + max(abs(_log_odds(p)) for p in (0.02, result.prior, *(rung.probability for rung in result)))
    _scales(ax, reach)
    drawn = [(rung, p) for rung, p in steps if 0.0 < p < 1.0 and 0.0 < rung.probability < 1.0]
    for i, (rung, p) in enumerate(drawn):
        share = i / max(1, len(drawn) - 1)
        look: dict[str, Any] = {"color": style.RAISES, "alpha": 0.4 + 0.6 * share, "linewidth": 1.2 + share, "marker": "o"}
        ends = [-_log_odds(p), (_log_odds(rung.probability) - _log_odds(p)) / 2.0, _log_odds(rung.probability)]
        ax.plot([0.0, 0.5, 1.0], ends, markersize=4, gid=rung.finding, zorder=4, **look)
        _numbered(ax, 1 + steps.index((rung, p)), ends, i)
    if drawn:
        last = drawn[-1][0].probability
        style.beside(ax, 1.0, _log_odds(last), style.probability_text(last), gap=42.0)
    listed = [f"{i}. {style.shown(rung.finding)}: {_said(rung, p)}" for i, (rung, p) in enumerate(steps, 1)]
    ax.text(-0.2, -reach - 0.35, "\n".join(listed), va="top", fontsize=style.NORMAL, color=style.INK, gid="findings")
    ax.set_xlim(-0.25, 1.4)
    ax.set_ylim(-reach - 0.5 - 0.052 * reach * max(1, len(listed)), reach + 0.35)
    ax.set_xticks([])
    ax.set_yticks([])
    style.finish(ax, f"{short(result.target)}: {_way(result)}", result, style.findings_of(result.title), 84)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _numbered(ax: Axes, number: int, ends: list[float], place: int) -> None:
    """Put the number of a finding on its line, each a little further along than the one before, so that none covers another."""
    at = 0.09 + 0.045 * (place % 7)
    y = ends[0] + (ends[1] - ends[0]) * at / 0.5
    room = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": style.RAISES, "linewidth": 0.8}
    ax.text(
        at, y, str(number), ha="center", va="center", fontsize=style.SMALL, color=style.INK, bbox=room, zorder=5, gid="number"
    )


def _scales(ax: Axes, reach: float) -> None:
    """The three scales: prior downwards, likelihood ratio, posterior upwards, all straight in log-odds."""
    places = [p for p in _PLACES if abs(_log_odds(p)) <= reach]
    powers = [k for k in range(-8, 9) if abs(k) / 2.0 <= reach]
    left = [(-_log_odds(p), style.probability_text(p)) for p in places]
    middle = [(k / 2.0, f"{10.0**k:,.{max(0, -k)}f}") for k in powers]
    right = [(_log_odds(p), style.probability_text(p)) for p in places]
    for x, ticks, name in ((0.0, left, "before"), (0.5, middle, "likelihood ratio"), (1.0, right, "after")):
        ax.plot([x, x], [-reach, reach], color=style.MUTED, linewidth=1.0, zorder=1)
        ax.text(x, reach + 0.08, name, ha="center", va="bottom", fontsize=style.NORMAL, color=style.INK, fontweight="bold")
        for y, text in ticks:
            ax.plot([x - 0.012, x + 0.012], [y, y], color=style.MUTED, linewidth=0.8, zorder=1)
            style.beside(ax, x, y, text, left=x == 0.0, gap=8.0, colour=style.MUTED)


def _said(rung: Rung, before: float) -> str:
    """What a finding does, in the list below the scales."""
    if before in (0.0, 1.0):
        return "the question is settled already"
    after = "to certainty" if rung.probability in (0.0, 1.0) else f"to {style.probability_text(rung.probability)}"
    return f"LR {ratio(rung.likelihood_ratio)}, from {style.probability_text(before)} {after}"


def _way(result: Ladder) -> str:
    """From where to where."""
    return f"from {frequency(result.prior)} to {frequency(result.posterior)}"


def _text(result: Ladder) -> str:
    """From where to where, and where naive Bayes goes if there is anything that it could count twice."""
    return f"{_way(result)}, naive Bayes {frequency(result.naive)}" if len(result) > 1 else _way(result)


def _log_odds(p: float) -> float:
    """Decimal log-odds, held within what can be drawn."""
    if p <= 0.0 or p >= 1.0:
        return _FARTHEST if p >= 1.0 else -_FARTHEST
    return max(-_FARTHEST, min(_FARTHEST, math.log10(p / (1.0 - p))))
