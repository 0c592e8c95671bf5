"""Pictures for teaching: a population as a tree of people, as icons and as the unit square."""

from __future__ import annotations

import math
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayesnet.errors import BayesnetError
from bayesnet.logodds import DECIBANS, log_odds
from bayesnet.plot import style
from bayesnet.results.labels import Names
from bayesnet.results.teaching import Frequencies, FrequencySequence, Group, Ladder, Rung, SequenceStep
from bayesnet.results.words import frequency, ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_ICONS = 10_000
"""People of whom each still can be seen."""

_FACES = (style.RAISES, style.BAND, style.LOWERS, style.PALE)
_EDGES = (style.RAISES, style.RAISES, style.LOWERS, style.FAINT)
_HATCHES = ("", "///", "", "")
"""Light blue and light grey are one grey on paper; the hatch tells them apart."""
_HALF, _TALL = 0.44, 0.3


def frequencies_tree(result: Frequencies, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw a population as a tree: all, those with and without the target, and of each those with and without the finding.

    The boxes hold people, the branches exact shares. The boxes in full colour are those who have the finding: what it means is
    the blue one beside the orange one.

    Parameters
    ----------
    result
        From `case.frequencies(target, finding)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000)
    >>> ax = bayesnet.plot.frequencies_tree(counted)
    >>> [box.get_gid() for box in ax.patches]
    ['1000', '100', '98', '2', '900', '54', '846']
    """
    style.check_kind(result, Frequencies)
    names = style.names_of(result, ids=ids)
    ax = style.axes_of(ax, 7.4, 4.6)
    tree = result.tree
    _box(ax, 1.5, 0.0, f"{tree.count:,d} people", tree.count, "white", style.MUTED)
    for h, (part, x) in enumerate(zip(tree.parts, (0.5, 2.5), strict=True)):
        _branch(ax, (1.5, 0.0), (x, 1.0), part)
        edge = style.RAISES if h == 0 else style.MUTED
        _box(ax, x, 1.0, _named(part, names), part.count, "white", edge)
        for e, leaf in enumerate(part.parts):
            place = (x - 0.5 + e, 2.0)
            _branch(ax, (x, 1.0), place, leaf)
            _box(ax, *place, _named(leaf, names), leaf.count, _FACES[2 * h + e], _EDGES[2 * h + e])
    ax.set_xlim(-0.55, 3.55)
    ax.set_ylim(2.0 + _TALL + 0.55, -_TALL - 0.05)
    ax.text(
        1.5, 2.0 + _TALL + 0.12, _conclusion(result, names, 92), ha="center", va="top", fontsize=style.NORMAL, color=style.INK
    )
    return _bare(style.finish(ax, _heading(result, names), result, names(result.conditions), 92))


def icon_array(result: Frequencies, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw every person of a population as a square; blue with the target, in full colour with the finding.

    Parameters
    ----------
    result
        From `case.frequencies(target, finding)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

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
    >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000)
    >>> ax = bayesnet.plot.icon_array(counted)
    >>> [len(group.get_paths()) for group in ax.collections]
    [98, 2, 54, 846]
    """
    style.check_kind(result, Frequencies)
    names = style.names_of(result, ids=ids)
    if result.population > MOST_ICONS:
        raise BayesnetError(
            f"{result.population:,d} people are too many to see one by one; ask for at most {MOST_ICONS:,d}: "
            f'case.frequencies("{result.target}", "{result.finding}", population={MOST_ICONS}).'
        )
    from matplotlib.collections import PolyCollection

    wide = 10 * max(1, math.ceil(math.sqrt(result.population) / 10))
    tall = math.ceil(result.population / wide)
    ax = style.axes_of(ax, 6.4, 2.0 + 6.2 * tall / wide)
    first = 0
    for name, count, face, edge in zip(_groups(result, names), _cells(result.counts), _FACES, _EDGES, strict=True):
        squares = [_square(i % wide, i // wide) for i in range(first, first + count)]
        look: dict[str, Any] = {"facecolors": face, "edgecolors": edge, "linewidths": 20.0 / (wide + 10), "snap": False}
        ax.add_collection(PolyCollection(squares, label=f"{count:,d} {name}", **look))
        first += count
    ax.set_xlim(-0.5, wide + 0.5)
    ax.set_ylim(tall + 0.5, -0.5)
    ax.set_aspect("equal", anchor="NW")
    style.legend_below(ax, 8.0, columns=1 if max(map(len, _groups(result, names))) > 30 else 2, handles=_keys(result, names))
    return _bare(style.finish(ax, _heading(result, names), result, names(result.conditions), 74))


def unit_square(result: Frequencies, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the unit square: as wide as the target is probable, each side filled as high as the finding is probable there.

    Areas are probabilities, so the blue area as a share of all in full colour is the probability of the target given the finding;
    equal heights are independence. A rare target is a hairline, true to scale. Such pictures are called eikosograms
    (Oldford & Cherry 2006).

    Parameters
    ----------
    result
        From `case.frequencies(target, finding)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

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
    style.check_kind(result, Frequencies)
    names = style.names_of(result, ids=ids)
    ax = style.axes_of(ax, 6.0, 6.2)
    left = 0.0
    groups = _groups(result, names)
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
            label = f"{groups[k]}: {style.probability_text(leaf.probability)}"
            ax.bar(left, height, part.probability, bottom, align="edge", linewidth=0.6, label=label, **look)
            bottom += height
        left += part.probability
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.0)
    ax.set_aspect("equal", anchor="NW")
    _sides(ax, result)
    style.legend_below(ax, 44.0, columns=1 if max(map(len, groups)) > 30 else 2)
    ax.set_xlabel(f"width: P({names(result.target)}) = {style.probability_text(result.tree.parts[0].probability)}")
    ax.set_ylabel("height: how probable the finding is on each side")
    return style.finish(ax, _heading(result, names), result, names(result.conditions), 74)


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
    """Return the ends and a place between them, without an end that its label would run into.

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


def _named(group: Group, names: Names) -> str:
    """Return the count and the name of a group, in the lines of a box."""
    lines = textwrap.wrap(names(group.name), 19, max_lines=3, placeholder=" …")
    return "\n".join([f"{group.count:,d}", *lines])


def _groups(result: Frequencies, names: Names) -> list[str]:
    """Return the names of the four groups."""
    pairs = [(t, f) for t in (result.target, result.without_target) for f in (result.finding, result.without_finding)]
    return [", ".join(names(name) for name in pair) for pair in pairs]


def _cells(square: tuple[tuple[int, int], tuple[int, int]]) -> list[int]:
    return [count for row in square for count in row]


def _square(column: int, row: int) -> list[tuple[float, float]]:
    """Return the corners of one icon."""
    low, high = 0.12, 0.88
    return [(column + x, row + y) for x, y in ((low, low), (high, low), (high, high), (low, high))]


def _keys(result: Frequencies, names: Names) -> list[Any]:
    """Return what the colours mean, with the number of people."""
    from matplotlib.patches import Patch

    lines = zip(_groups(result, names), _cells(result.counts), _FACES, _EDGES, strict=True)
    return [Patch(facecolor=face, edgecolor=edge, label=f"{count:,d} {name}") for name, count, face, edge in lines]


def _conclusion(result: Frequencies, names: Names, width: int) -> str:
    named = replace(result, target=names(result.target), finding=names(result.finding))
    return "\n".join(textwrap.wrap(named.conclusion(), width))


def _heading(result: Frequencies, names: Names) -> str:
    """Return what the finding means, as the title of a picture."""
    if math.isnan(result.posterior):
        return f"Nobody can have {names(result.finding)}"
    often = {"never": "none", "always": "all"}.get(frequency(result.posterior), frequency(result.posterior))
    return f"Of those with {names(result.finding)}, {often} {'has' if often.startswith('1 ') else 'have'} {names(result.target)}"


def _bare(ax: Axes) -> Axes:
    """Take away ticks and frame."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


_STEP_LEFT, _STEP_MIDDLE, _STEP_RIGHT = 0.0, 0.85, 1.7
_STEP_HALF, _STEP_TALL = 0.3, 0.29


def frequency_sequence(result: FrequencySequence, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw a population as a tree through several findings: at each row those who have all findings so far go on.

    On the left those with the target, on the right those without it; branches carry the exact share that goes on, those who do
    not go on are beside it. In the margin the target among those left, so that each row answers the question once more.

    Parameters
    ----------
    result
        From `case.frequency_sequence(target, findings)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    References
    ----------
    Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and complex
    inference tasks. Frontiers in Psychology 6, 1473.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> steps = bayesnet.load("asia").case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", population=1000)
    >>> ax = bayesnet.plot.frequency_sequence(steps)
    >>> [box.get_gid() for box in ax.patches]
    ['1000', '100', '900', '98', '54', '80', '31']
    """
    style.check_kind(result, FrequencySequence)
    names = style.names_of(result, ids=ids)
    rows = len(result) + 1
    ax = style.axes_of(ax, 7.6, 1.2 + 0.78 * rows)
    _step_box(ax, _STEP_MIDDLE, 0, f"{result.population:,d} people", result.population, ("white", style.MUTED))
    sides = (result.target, result.without_target)
    for row, step in enumerate(result, 1):
        last = row == len(result)
        before = result.steps[row - 2] if row > 1 else None
        for side, (x, colour) in enumerate(((_STEP_LEFT, style.RAISES), (_STEP_RIGHT, style.LOWERS))):
            count = (step.with_target, step.without_target)[side]
            share = (step.share_with, step.share_without)[side] if before else _whole(step)[side]
            _step_branch(ax, (_STEP_MIDDLE if before is None else x, row - 1), (x, row), share)
            called = textwrap.wrap(names(sides[side]), 20, max_lines=2, placeholder=" …") if before is None else []
            text = "\n".join([f"{count:,d}", *called])
            _step_box(ax, x, row, text, count, (colour if last else "white", colour))
            if before is not None:
                gone = (before.with_target, before.without_target)[side] - count
                _aside(ax, x, row - 0.5, gone)
        label = f"and {names(step.finding)}" if row > 2 else names(step.finding) or "before the findings"
        ax.text(
            _STEP_MIDDLE,
            row,
            "\n".join(textwrap.wrap(label, 24)),
            ha="center",
            va="center",
            fontsize=style.NORMAL,
            color=style.INK,
        )
        style.in_margin(ax, row, _answer(step))
    ax.set_xlim(_STEP_LEFT - _STEP_HALF - 0.32, _STEP_RIGHT + _STEP_HALF + 0.32)
    ax.set_ylim(rows - 0.5, -_STEP_TALL - 0.1)
    heading = f"{names.heading(result.target)}: {frequency(result.posterior)} of those who have all of this"
    style.finish(
        ax, "Nobody can have all of this" if math.isnan(result.posterior) else heading, result, names(result.conditions), 96
    )
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _whole(step: SequenceStep) -> tuple[float, float]:
    """Return the shares of the whole population with the target and without it."""
    return step.probability_with, step.probability_without


def _answer(step: SequenceStep) -> str:
    """Return what the target is among those left."""
    if math.isnan(step.posterior):
        return "nobody"
    return f"{step.with_target:,d} of {step.count:,d}\n{frequency(step.posterior)}"


def _step_box(ax: Axes, x: float, y: float, text: str, count: int, colours: tuple[str, str]) -> None:
    """One group of people."""
    from matplotlib.patches import FancyBboxPatch

    face, edge = colours
    look: dict[str, Any] = {"facecolor": face, "edgecolor": edge, "linewidth": 1.4, "zorder": 3}
    box = FancyBboxPatch(
        (x - _STEP_HALF, y - _STEP_TALL), 2 * _STEP_HALF, 2 * _STEP_TALL, "round,pad=0,rounding_size=0.05", **look
    )
    box.set_gid(str(count))
    ax.add_patch(box)
    ink = "white" if face == style.RAISES else style.INK
    ax.text(x, y, text, ha="center", va="center", fontsize=style.NORMAL, color=ink, zorder=4, linespacing=1.3)


def _step_branch(ax: Axes, above: tuple[float, float], below: tuple[float, float], share: float) -> None:
    """The way on, as thick as the share that takes it, with the exact share."""
    (x1, y1), (x2, y2) = (above[0], above[1] + _STEP_TALL), (below[0], below[1] - _STEP_TALL)
    ax.plot([x1, x2], [y1, y2], color=style.BAND, linewidth=0.8 + 5.0 * (share if share > 0 else 0.0), zorder=1)
    text = "–" if math.isnan(share) else style.probability_text(share)
    room = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    ax.text((x1 + x2) / 2, (y1 + y2) / 2, text, ha="center", va="center", fontsize=style.SMALL, color=style.MUTED, bbox=room)


def _aside(ax: Axes, x: float, y: float, gone: int) -> None:
    """Number of people who do not go on."""
    left = x < _STEP_MIDDLE
    place = x - 0.14 if left else x + 0.14
    text = f"{gone:,d} do not"
    ax.text(place, y, text, ha="right" if left else "left", va="center", fontsize=style.SMALL, color=style.MUTED, gid="gone")


_PLACES = (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999, 0.99999)


def ladder(result: Ladder, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw the probability after each finding, by the network and by naive Bayes; where they part, something counts twice.

    Parameters
    ----------
    result
        From `case.ladder(target)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.ladder(bayesnet.load("asia").case("xray=yes, dysp=yes").ladder("lung=yes"))
    >>> [line.get_gid() for line in ax.lines]
    ['naive', 'network']
    """
    style.check_kind(result, Ladder)
    names = style.names_of(result, ids=ids)
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
    style.rows_axis(ax, ["before the findings", *(names(rung.finding) for rung in result)], bold=(0,))
    style.legend_below(ax, 52.0, columns=2)
    return style.finish(
        ax, f"{names.heading(result.target)}: {_text(result)}", result, names(style.findings_of(result.title)), 84
    )


def nomogram(result: Ladder, ax: Axes | None = None, *, ids: bool = False) -> Axes:
    """Draw Fagan's nomogram: a straight line from the prior through the likelihood ratio ends at the posterior.

    With several findings the posterior of one is the prior of the next, so that each has a line of its own; the likelihood ratios
    are those given the findings before. Findings that settle the question have no line.

    Parameters
    ----------
    result
        From `case.ladder(target)`.
    ax
        Where to draw; a new figure when None.
    ids
        Name variables by their ids, as they are typed, and not by their labels.

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
    style.check_kind(result, Ladder)
    names = style.names_of(result, ids=ids)
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
    listed = [f"{i}. {names(rung.finding)}: {_said(rung, p)}" for i, (rung, p) in enumerate(steps, 1)]
    ax.text(-0.2, -reach - 0.35, "\n".join(listed), va="top", fontsize=style.NORMAL, color=style.INK, gid="findings")
    ax.set_xlim(-0.25, 1.4)
    ax.set_ylim(-reach - 0.5 - 0.052 * reach * max(1, len(listed)), reach + 0.35)
    ax.set_xticks([])
    ax.set_yticks([])
    style.finish(ax, f"{names.heading(result.target)}: {_way(result)}", result, names(style.findings_of(result.title)), 84)
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
    """Return what a finding does, in the list below the scales."""
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
    return DECIBANS / 10.0 * log_odds(p, 1e-8)
