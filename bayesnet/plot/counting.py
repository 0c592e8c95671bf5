"""A population through several findings in turn: who is left at each step, with the target and without it."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from bayesnet.plot import style
from bayesnet.results.sensitivity import short
from bayesnet.results.teaching import FrequencySequence, Step
from bayesnet.results.words import frequency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _MIDDLE, _RIGHT = 0.0, 0.85, 1.7
_HALF, _TALL = 0.3, 0.29


def frequency_sequence(result: FrequencySequence, ax: Axes | None = None) -> Axes:
    """Draw a population as a tree through several findings: at each row those who have all findings so far go on.

    On the left those with the target, on the right those without it; branches carry the exact share that goes on, those who do
    not go on stand beside. In the margin the target among those left, so that each row answers the question once more.

    Parameters
    ----------
    result
        From `case.frequency_sequence(target, findings)`.
    ax
        Where to draw; a new figure when None.

    References
    ----------
    Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and complex
    inference tasks. Frontiers in Psychology 6, 1473.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> steps = bayesnet.load("asia").case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", of=1000)
    >>> ax = bayesnet.plot.frequency_sequence(steps)
    >>> [box.get_gid() for box in ax.patches]
    ['1000', '100', '900', '98', '54', '80', '31']
    """
    rows = len(result) + 1
    ax = style.axes_of(ax, 7.6, 1.2 + 0.78 * rows)
    _box(ax, _MIDDLE, 0, f"{result.of:,d} people", result.of, ("white", style.MUTED))
    names = (result.target, result.without_target)
    for row, step in enumerate(result, 1):
        last = row == len(result)
        before = result.steps[row - 2] if row > 1 else None
        for side, (x, colour) in enumerate(((_LEFT, style.RAISES), (_RIGHT, style.LOWERS))):
            count = (step.with_target, step.without_target)[side]
            share = (step.share_with, step.share_without)[side] if before else _whole(step)[side]
            _branch(ax, (_MIDDLE if before is None else x, row - 1), (x, row), share)
            text = f"{count:,d}\n{_short(names[side], 20)}" if before is None else f"{count:,d}"
            _box(ax, x, row, text, count, (colour if last else "white", colour))
            if before is not None:
                gone = (before.with_target, before.without_target)[side] - count
                _aside(ax, x, row - 0.5, gone)
        label = f"and {style.shown(step.finding)}" if row > 2 else style.shown(step.finding) or "before the findings"
        ax.text(
            _MIDDLE, row, "\n".join(textwrap.wrap(label, 24)), ha="center", va="center", fontsize=style.NORMAL, color=style.INK
        )
        style.in_margin(ax, row, _answer(step))
    ax.set_xlim(_LEFT - _HALF - 0.32, _RIGHT + _HALF + 0.32)
    ax.set_ylim(rows - 0.5, -_TALL - 0.1)
    heading = f"{short(result.target)}: {frequency(result.posterior)} of those who have all of this"
    style.finish(ax, "Nobody can have all of this" if math.isnan(result.posterior) else heading, result, result.population, 96)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _whole(step: Step) -> tuple[float, float]:
    """The shares of the whole population with the target and without it."""
    return step.probability_with, step.probability_without


def _answer(step: Step) -> str:
    """What the target is among those left."""
    if math.isnan(step.posterior):
        return "nobody"
    return f"{step.with_target:,d} of {step.count:,d}\n{frequency(step.posterior)}"


def _short(name: str, width: int) -> str:
    """What a side is called: `no spinal metastasis` rather than a pattern.

    >>> _short("!spinal_metastasis", 30), _short("lung=no", 30)
    ('no spinal metastasis', 'lung=no')
    """
    if name.startswith("!"):
        return textwrap.shorten(f"no {style.shown(name[1:])}", width, placeholder=" …")
    return textwrap.shorten(style.shown(name), width, placeholder=" …")


def _box(ax: Axes, x: float, y: float, text: str, count: int, colours: tuple[str, str]) -> None:
    """One group of people."""
    from matplotlib.patches import FancyBboxPatch

    face, edge = colours
    look: dict[str, Any] = {"facecolor": face, "edgecolor": edge, "linewidth": 1.4, "zorder": 3}
    box = FancyBboxPatch((x - _HALF, y - _TALL), 2 * _HALF, 2 * _TALL, "round,pad=0,rounding_size=0.05", **look)
    box.set_gid(str(count))
    ax.add_patch(box)
    ink = "white" if face == style.RAISES else style.INK
    ax.text(x, y, text, ha="center", va="center", fontsize=style.NORMAL, color=ink, zorder=4, linespacing=1.3)


def _branch(ax: Axes, above: tuple[float, float], below: tuple[float, float], share: float) -> None:
    """The way on, as thick as the share that takes it, with the exact share."""
    (x1, y1), (x2, y2) = (above[0], above[1] + _TALL), (below[0], below[1] - _TALL)
    ax.plot([x1, x2], [y1, y2], color=style.BAND, linewidth=0.8 + 5.0 * (share if share > 0 else 0.0), zorder=1)
    text = "–" if math.isnan(share) else style.probability_text(share)
    room = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.text((x1 + x2) / 2, (y1 + y2) / 2, text, ha="center", va="center", fontsize=style.SMALL, color=style.MUTED, bbox=room)


def _aside(ax: Axes, x: float, y: float, gone: int) -> None:
    """How many do not go on."""
    left = x < _MIDDLE
    place = x - 0.14 if left else x + 0.14
    text = f"{gone:,d} do not"
    ax.text(place, y, text, ha="right" if left else "left", va="center", fontsize=style.SMALL, color=style.MUTED, gid="gone")
