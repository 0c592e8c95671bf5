"""Pictures of what the findings say: the waterfall of the weight of evidence, and the findings for and against."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bayesnet.logodds import DECIBANS, decibans, log_odds
from bayesnet.plot import style
from bayesnet.results.explanation import Explanation, Weights
from bayesnet.results.words import frequency, ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def weights(result: Weights | Explanation, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the weight of evidence as a waterfall from prior to posterior, one step for each finding in the order taken.

    Lengths are decibans, so that steps add up; the axis above says which probability each place is. A step is the finding's
    likelihood ratio given the findings above it (Good 1985).

    Parameters
    ----------
    result
        From `case.weights(target)` or `case.explain(target)`.
    ax
        Where to draw; a new figure when None.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.weights(bayesnet.load("asia").case("smoke=yes, xray=yes").weights("lung=yes"))
    >>> [round(float(bar.get_width()), 1) for bar in ax.patches]
    [2.8, 12.2]
    """
    style.check_kind(result, Weights, Explanation)
    steps = _steps(result)
    ax = style.axes_of(ax, 7.4, style.rows_height(len(steps) + 2, around=1.5))
    here = _place_of(result.prior)
    reached = [here]
    _place(ax, 0, here, result.prior, "prior")
    for row, (_, likelihood_ratio, _) in enumerate(steps, 1):
        after = here + _bounded(likelihood_ratio)
        ax.plot([here, here], [row - 1.3, row + 0.31], color=style.MUTED, linewidth=0.8, zorder=0)
        colour = style.RAISES if after >= here else style.LOWERS
        ax.barh(row, abs(after - here), 0.62, left=min(here, after), color=colour)
        style.beside(ax, max(here, after), row, _step_text(likelihood_ratio))
        here = after
        reached.append(here)
    final = steps[-1][2] if steps else result.prior
    ax.plot([here, here], [len(steps) - 0.3, len(steps) + 1.0], color=style.MUTED, linewidth=0.8, zorder=0)
    _place(ax, len(steps) + 1, here, final, "posterior")
    names = style.names_of(result, ids=ids)
    style.rows_axis(ax, ["before the findings", *(names(name) for name, _, _ in steps), "after all of them"])
    _odds_axis(ax, reached)
    return style.finish(ax, f"What speaks for {names(result.target)}", result, names(style.findings_of(result.title)), 100)


def _place(ax: Axes, row: int, decibans: float, p: float, name: str) -> None:
    """A mark for the prior or the posterior, with its probability."""
    face = "white" if name == "prior" else style.RAISES
    ax.plot(
        [decibans], [row], "o", mfc=face, mec=style.MUTED if name == "prior" else style.RAISES, markersize=8, gid=name, zorder=4
    )
    style.beside(ax, decibans, row, f"{style.probability_text(p)}, {frequency(p)}", gap=9.0)


def explanation(result: Explanation, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the findings for and against: Shapley value as a bar, what would be lost by leaving the finding out as a mark.

    Both are in decibans here, so that ten of them are a factor of ten in the odds. A mark far from the end of its bar says that
    the finding overlaps with others (mark shorter) or makes them say more (mark longer).

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.explanation(bayesnet.load("asia").case("xray=yes, dysp=yes").explain("lung=yes"))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['positive X-ray', 'dyspnoea']
    """
    style.check_kind(result, Explanation)
    lines = sorted(result.impacts, key=lambda i: -i.shapley if math.isfinite(i.shapley) else -math.inf)
    ax = style.axes_of(ax, 7.4, style.rows_height(len(lines), around=1.5))
    values = [_finite(i.shapley) * DECIBANS for i in lines]
    ax.barh(
        range(len(lines)),
        values,
        0.62,
        color=[style.RAISES if v >= 0 else style.LOWERS for v in values],
        label="mean over all orders (Shapley)",
    )
    marks = [_finite(i.omission) * DECIBANS for i in lines]
    ax.plot(
        marks,
        range(len(lines)),
        "D",
        mfc="white",
        mec=style.INK,
        markersize=6,
        linestyle="none",
        label="lost without the finding",
    )
    ax.axvline(0.0, color=style.INK, linewidth=0.8)
    for row, (line, value, mark) in enumerate(zip(lines, values, marks, strict=True)):
        style.beside(ax, max(value, mark, 0.0), row, line.verdict, gap=9.0, colour=style.MUTED)
    ax.use_sticky_edges = False
    ax.margins(x=0.14)
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("decibans: to the right for, to the left against; 10 multiply the odds by 10")
    style.legend_below(ax)
    names = style.names_of(result, ids=ids)
    style.rows_axis(ax, [names(i.text) for i in lines])
    known = names(style.findings_of(result.title))
    return style.finish(ax, f"Findings for and against {names(result.target)}", result, known, 100)


def _steps(result: Weights | Explanation) -> list[tuple[str, float, float]]:
    """Return name, likelihood ratio and probability after each finding."""
    if isinstance(result, Explanation):
        return [(i.text, i.likelihood_ratio, i.probability) for i in result.impacts]
    return [(w.finding, w.likelihood_ratio, w.probability) for w in result.weights]


def _odds_axis(ax: Axes, reached: list[float]) -> None:
    """Mark probabilities at their places on the axis of weights."""
    low, high = min(reached), max(reached)
    room = max(6.0, 0.3 * (high - low))
    ax.set_xlim(low - 0.3 * room, high + room)
    places = [
        p for p in (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999) if low - 0.3 * room <= _place_of(p) <= high + room
    ]
    ax.set_xticks([_place_of(p) for p in places], [style.tick(p, "x") for p in places])
    ax.grid(visible=True, axis="x", color=style.FAINT, linewidth=0.6)
    ax.set_xlabel("probability so far; steps of equal length change the odds by equal factors")


def _step_text(likelihood_ratio: float) -> str:
    weight = decibans(likelihood_ratio) if 0.0 < likelihood_ratio < math.inf else math.nan
    return f"LR {ratio(likelihood_ratio)}" + ("" if math.isnan(weight) else f"  ({weight:+.1f} dB)")


def _place_of(p: float) -> float:
    """Log-odds in decibans, held within what can be drawn."""
    return DECIBANS * log_odds(p, 1e-8)


def _bounded(likelihood_ratio: float) -> float:
    """Decibans of a likelihood ratio; one that settles the question is drawn as 40."""
    if math.isnan(likelihood_ratio):
        return 0.0
    return min(max(decibans(likelihood_ratio), -40.0), 40.0)


def _finite(nats: float) -> float:
    """Return a value that can be drawn."""
    return 0.0 if math.isnan(nats) else max(-10.0, min(10.0, nats))
