"""Pictures for teaching: a population as a tree of people, as icons and as the unit square."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from bayesnet.errors import BayesnetError
from bayesnet.plot import style
from bayesnet.results.sensitivity import short
from bayesnet.results.teaching import Frequencies, Group
from bayesnet.results.words import frequency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ICONS = 10_000
"""People of whom each still can be seen."""

_FACES = (style.RAISES, style.BAND, style.LOWERS, style.PALE)
_EDGES = (style.RAISES, style.RAISES, style.LOWERS, style.FAINT)
_HATCHES = ("", "///", "", "")
"""Light blue and light grey are one grey on paper; the hatch tells them apart."""
_HALF, _TALL = 0.44, 0.3


def frequencies_tree(result: Frequencies, ax: Axes | None = None) -> Axes:
    """Draw a population as a tree: all, those with and without the target, and of each those with and without the finding.

    The boxes hold people, the branches exact shares. The boxes in full colour are those who have the finding: what it means is
    the blue one beside the orange one.

    Parameters
    ----------
    result
        From `case.frequencies(target, finding)`.
    ax
        Where to draw; a new figure when None.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", of=1000)
    >>> ax = bayesnet.plot.frequencies_tree(counted)
    >>> [box.get_gid() for box in ax.patches]
    ['1000', '100', '98', '2', '900', '54', '846']
    """
    ax = style.axes_of(ax, 7.4, 4.6)
    tree = result.tree
    _box(ax, 1.5, 0.0, f"{tree.count:,d} people", tree.count, "white", style.MUTED)
    for h, (part, x) in enumerate(zip(tree.parts, (0.5, 2.5), strict=True)):
        _branch(ax, (1.5, 0.0), (x, 1.0), part)
        edge = style.RAISES if h == 0 else style.MUTED
        _box(ax, x, 1.0, _named(part), part.count, "white", edge)
        for e, leaf in enumerate(part.parts):
            place = (x - 0.5 + e, 2.0)
            _branch(ax, (x, 1.0), place, leaf)
            _box(ax, *place, _named(leaf), leaf.count, _FACES[2 * h + e], _EDGES[2 * h + e])
    ax.set_xlim(-0.55, 3.55)
    ax.set_ylim(2.0 + _TALL + 0.55, -_TALL - 0.05)
    ax.text(1.5, 2.0 + _TALL + 0.12, _conclusion(result, 92), ha="center", va="top", fontsize=style.NORMAL, color=style.INK)
    return _bare(style.finish(ax, _heading(result), result, result.population, 92))


def icon_array(result: Frequencies, ax: Axes | None = None) -> Axes:
    """Draw every person of a population as a square; blue with the target, in full colour with the finding.

    Raises
    ------
    BayesnetError
        When there are more people than can be seen one by one.

    References
    ----------
    Galesic M, Garcia-Retamero R, Gigerenzer G (2009). Using icon arrays to communicate medical risks: overcoming low numeracy.
    Health Psychology 28(2), 210-216.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", of=1000)
    >>> ax = bayesnet.plot.icon_array(counted)
    >>> [len(group.get_paths()) for group in ax.collections]
    [98, 2, 54, 846]
    """
    if result.of > MOST_ICONS:
        raise BayesnetError(
            f"{result.of:,d} people are too many to see one by one; ask for at most {MOST_ICONS:,d}: "
            f'case.frequencies("{result.target}", "{result.finding}", of={MOST_ICONS}).'
        )
    from matplotlib.collections import PolyCollection

    wide = 10 * max(1, math.ceil(math.sqrt(result.of) / 10))
    tall = math.ceil(result.of / wide)
    ax = style.axes_of(ax, 6.4, 2.0 + 6.2 * tall / wide)
    first = 0
    for name, count, face, edge in zip(_groups(result), _cells(result.counts), _FACES, _EDGES, strict=True):
        squares = [_square(i % wide, i // wide) for i in range(first, first + count)]
        look: dict[str, Any] = {"facecolors": face, "edgecolors": edge, "linewidths": 20.0 / (wide + 10), "snap": False}
        ax.add_collection(PolyCollection(squares, label=f"{count:,d} {name}", **look))
        first += count
    ax.set_xlim(-0.5, wide + 0.5)
    ax.set_ylim(tall + 0.5, -0.5)
    ax.set_aspect("equal", anchor="NW")
    style.legend_below(ax, 8.0, columns=1 if max(map(len, _groups(result))) > 30 else 2, handles=_keys(result))
    return _bare(style.finish(ax, _heading(result), result, result.population, 74))


def unit_square(result: Frequencies, ax: Axes | None = None) -> Axes:
    """Draw the unit square: as wide as the target is probable, each side filled as high as the finding is probable there.

    Areas are probabilities, so the blue area as a share of all in full colour is the probability of the target given the finding;
    equal heights are independence. A rare target is a hairline, true to scale. Such pictures are called eikosograms
    (Oldford & Cherry 2006).

    References
    ----------
    Oldford RW, Cherry WH (2006). Picturing probability: the poverty of Venn diagrams, the richness of eikosograms. University of
    Waterloo.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.unit_square(bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes"))
    >>> [round(float(part.get_width() * part.get_height()), 3) for part in ax.patches]
    [0.098, 0.002, 0.054, 0.846]
    """
    ax = style.axes_of(ax, 6.0, 6.2)
    left = 0.0
    names = _groups(result)
    for h, part in enumerate(result.tree.parts):
        bottom = 0.0
        for e, leaf in enumerate(part.parts):
            height = 0.0 if math.isnan(leaf.share) else leaf.share
            k = 2 * h + e
            look: dict[str, Any] = {
                "facecolor": _FACES[k],
                "edgecolor": _EDGES[k] if _HATCHES[k] else style.MUTED if e else "white",
            }
            look["hatch"] = _HATCHES[k]
            label = f"{names[k]}: {style.probability_text(leaf.probability)}"
            ax.bar(left, height, part.probability, bottom, align="edge", linewidth=0.6, label=label, **look)
            bottom += height
        left += part.probability
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.0)
    ax.set_aspect("equal", anchor="NW")
    _sides(ax, result)
    style.legend_below(ax, 44.0, columns=1 if max(map(len, names)) > 30 else 2)
    ax.set_xlabel(f"width: P({short(result.target)}) = {style.probability_text(result.tree.parts[0].probability)}")
    ax.set_ylabel("height: how probable the finding is on each side")
    return style.finish(ax, _heading(result), result, result.population, 74)


def _sides(ax: Axes, result: Frequencies) -> None:
    """Mark both heights and the width on the axes."""
    wide = result.tree.parts[0].probability
    ax.set_xticks(_apart(wide))
    ax.xaxis.set_major_formatter(lambda p, _: style.probability_text(p))
    inside, outside = (part.parts[0].share for part in result.tree.parts)
    ax.set_yticks([0.0, 1.0] if math.isnan(inside) else _apart(inside))
    ax.yaxis.set_major_formatter(lambda p, _: style.probability_text(p))
    if not math.isnan(outside):
        style.in_margin(ax, outside, style.probability_text(outside))


def _apart(middle: float, room: float = 0.08) -> list[float]:
    """The ends and a place between them, without an end that its label would run into.

    >>> _apart(0.5), _apart(0.03), _apart(0.98)
    ([0.0, 0.5, 1.0], [0.03, 1.0], [0.0, 0.98])
    """
    return [end for end in (0.0,) if middle - end > room] + [middle] + [end for end in (1.0,) if end - middle > room]


def _box(ax: Axes, x: float, y: float, text: str, count: int, face: str, edge: str) -> None:
    """One group of people."""
    from matplotlib.patches import FancyBboxPatch

    look: dict[str, Any] = {"facecolor": face, "edgecolor": edge, "linewidth": 1.2, "zorder": 3}
    box = FancyBboxPatch((x - _HALF, y - _TALL), 2 * _HALF, 2 * _TALL, "round,pad=0,rounding_size=0.05", **look)
    box.set_gid(str(count))
    ax.add_patch(box)
    ink = "white" if face == style.RAISES else style.INK
    ax.text(x, y, text, ha="center", va="center", fontsize=style.NORMAL, color=ink, zorder=4, linespacing=1.3)


def _branch(ax: Axes, above: tuple[float, float], below: tuple[float, float], part: Group) -> None:
    """The way from a group to one of its parts, with the exact share."""
    (x1, y1), (x2, y2) = (above[0], above[1] + _TALL), (below[0], below[1] - _TALL)
    ax.plot([x1, x2], [y1, y2], color=style.BAND, linewidth=0.8 + 5.0 * (part.share if part.share > 0 else 0.0), zorder=1)
    text = "–" if math.isnan(part.share) else style.probability_text(part.share)
    room = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.text((x1 + x2) / 2, (y1 + y2) / 2, text, ha="center", va="center", fontsize=style.SMALL, color=style.MUTED, bbox=room)


def _named(group: Group) -> str:
    """How many, and what they are called, in the lines of a box."""
    lines = textwrap.wrap(style.shown(group.name), 19, max_lines=3, placeholder=" …")
    return "\n".join([f"{group.count:,d}", *lines])


def _groups(result: Frequencies) -> list[str]:
    """What the four groups are called."""
    pairs = [(t, f) for t in (result.target, result.without_target) for f in (result.finding, result.without_finding)]
    return [", ".join(style.shown(name) for name in pair) for pair in pairs]


def _cells(square: tuple[tuple[int, int], tuple[int, int]]) -> list[int]:
    return [count for row in square for count in row]


def _square(column: int, row: int) -> list[tuple[float, float]]:
    """The corners of one icon."""
    low, high = 0.12, 0.88
    return [(column + x, row + y) for x, y in ((low, low), (high, low), (high, high), (low, high))]


def _keys(result: Frequencies) -> list[Any]:
    """What the colours mean, with the number of people."""
    from matplotlib.patches import Patch

    lines = zip(_groups(result), _cells(result.counts), _FACES, _EDGES, strict=True)
    return [Patch(facecolor=face, edgecolor=edge, label=f"{count:,d} {name}") for name, count, face, edge in lines]


def _conclusion(result: Frequencies, width: int) -> str:
    return "\n".join(textwrap.wrap(short(result.conclusion()), width))


def _heading(result: Frequencies) -> str:
    """What the finding means, as the title of a picture."""
    if math.isnan(result.posterior):
        return f"Nobody can have {short(result.finding)}"
    often = {"never": "none", "always": "all"}.get(frequency(result.posterior), frequency(result.posterior))
    return f"Of those with {short(result.finding)}, {often} {'has' if often.startswith('1 ') else 'have'} {short(result.target)}"


def _bare(ax: Axes) -> Axes:
    """Take away ticks and frame."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    return ax
