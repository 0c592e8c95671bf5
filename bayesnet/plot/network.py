"""The picture of a network: roles as columns, arcs by strength and sign, findings and posteriors in the nodes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bayesnet.plot import style
from bayesnet.plot.network_data import Arc, Drawing, Layout, Node, Subject, drawing, layout
from bayesnet.results.labels import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, HIGH = 0.74, 0.72
"""Size of a node in columns and rows."""

SMALL_NETWORK = 30
TALLEST = 14


def network(
    subject: Subject, target: str | None = None, ax: Axes | None = None, *, most: int | None = SMALL_NETWORK, least: float = 0.02
) -> Axes:
    """Draw a network or a case: findings in dark boxes, elsewhere the probability as a bar with a mark at the prior.

    Arcs are as thick as they are strong; a parent that raises its child is drawn dark and full, one that lowers it light and
    dashed, one that does either, grey and dotted. Of a network of more than `most` variables only the target, the findings,
    the open ways between them and the rival diagnoses are drawn; with neither findings nor target, all of it.

    Parameters
    ----------
    subject
        A network or a case.
    target
        `variable` or `variable=state` to be marked; in a large network, the leading diagnosis when None.
    ax
        Where to draw; a new figure when None.
    most
        The largest network that is drawn whole; None draws all of any network.
    least
        Arcs weaker than this (total variation, 0 to 1) are left out.

    Examples
    --------
    >>> import bayesnet, bayesnet.plot
    >>> ax = bayesnet.plot.network(bayesnet.load("asia").case("xray=yes"), "lung=yes")
    >>> len([patch for patch in ax.patches if patch.get_gid() == "node"])
    8
    """
    drawn = drawing(subject, target, most)
    plan = layout(drawn.nodes, drawn.arcs, TALLEST if len(drawn.nodes) <= 60 else 2 * TALLEST)
    ax = style.axes_of(ax, max(5.0, 1.72 * plan.columns + 0.3), max(3.0, 0.58 * plan.rows + 1.7))
    _frame(ax, plan)
    strongest = [arc for arc in drawn.arcs if arc.strength >= least]
    for arc in sorted(strongest, key=lambda arc: arc.strength):
        _arc(ax, arc, plan)
    for node in drawn.nodes:
        _node(ax, node, *plan.places[node.variable])
    _legend(ax, plan.columns)
    return _headed(ax, drawn, plan)


def _frame(ax: Axes, plan: Layout) -> None:
    """Limits and headings of the columns; no ticks."""
    ax.set_xlim(-0.45, plan.columns - 0.48)
    top = -(plan.rows - 1) / 2 - 0.5
    ax.set_ylim((plan.rows - 1) / 2 + 0.5, top - (0.7 if plan.headings else 0.1))
    ax.set_xticks([])
    ax.set_yticks([])
    for x, text in plan.headings:
        ax.text(x, top - 0.25, text, ha="center", va="center", fontsize=style.NORMAL, color=style.MUTED, fontweight="bold")


def _headed(ax: Axes, drawn: Drawing, plan: Layout) -> Axes:
    """Title, findings and provenance."""
    target = next((node for node in drawn.nodes if node.kind == "target"), None)
    names = style.names_of(drawn)
    heading = f"{drawn.provenance.network}: what matters for {names(target.name)}" if target else drawn.provenance.network
    if drawn.left_out:
        heading += f" ({drawn.left_out} more variables not shown)"
    style.finish(ax, heading, drawn, names(drawn.findings), 30 * plan.columns)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _node(ax: Axes, node: Node, x: float, y: float) -> None:
    """One variable: a box, its label, and its state or the probability of one."""
    from matplotlib.patches import FancyBboxPatch, Rectangle

    left, top = x - WIDE / 2, y - HIGH / 2
    known = node.kind in ("finding", "set", "assumed")
    face = {"finding": style.INK, "set": style.INK, "assumed": style.MUTED}.get(node.kind, "white")
    edge = style.RAISES if node.kind == "target" else style.MUTED
    heavy = 2.4 if node.kind in ("target", "set") else 0.9
    box = FancyBboxPatch(
        (left, top), WIDE, HIGH, "round,pad=0,rounding_size=0.06", facecolor=face, edgecolor=edge, linewidth=heavy, zorder=3
    )
    box.set_gid("node")
    ax.add_patch(box)
    colour = "white" if known else style.INK
    label = "\n".join(_two_lines(node.label, 20))
    ax.text(x, top + 0.36 * HIGH, label, ha="center", va="center", fontsize=6.8, color=colour, zorder=5, linespacing=0.95)
    if known:
        assumed = " (assumed)" if node.kind == "assumed" else ""
        text = f"do: {shown(node.state)}" if node.kind == "set" else f"{shown(node.state)}{assumed}"
        ax.text(x, top + 0.82 * HIGH, text, ha="center", va="center", fontsize=6.8, color=colour, zorder=5, fontweight="bold")
        return
    strip = top + 0.68 * HIGH
    inner, start = 0.92 * WIDE, x - 0.46 * WIDE
    ax.add_patch(Rectangle((start, strip), inner, 0.24 * HIGH, facecolor=style.PALE, edgecolor="none", zorder=4))
    bar = Rectangle((start, strip), inner * node.posterior, 0.24 * HIGH, facecolor=style.BAND, edgecolor="none", zorder=4)
    bar.set_gid("posterior")
    ax.add_patch(bar)
    tick = start + inner * node.prior
    ax.plot([tick], [strip + 0.29 * HIGH], "^", color=style.INK, markersize=4.5, zorder=4.6, gid="prior", clip_on=False)
    state = "" if node.state == "present" else f"{shown(node.state)} "
    text = f"{state}{style.probability_text(node.posterior)}"
    ax.text(x, strip + 0.125 * HIGH, text, ha="center", va="center", fontsize=6.8, color=style.INK, zorder=5)


def _two_lines(label: str, width: int) -> list[str]:
    """Return a label on at most two lines."""
    lines = textwrap.wrap(label, width, break_on_hyphens=False)
    return lines if len(lines) <= 2 else [lines[0], textwrap.shorten(" ".join(lines[1:]), width + 3, placeholder="…")]


def _arc(ax: Axes, arc: Arc, plan: Layout) -> None:
    """One arc from side to side of the boxes; within a column it bows out to the right."""
    from matplotlib.patches import FancyArrowPatch

    (x1, y1), (x2, y2) = plan.places[arc.parent], plan.places[arc.child]
    half = WIDE / 2
    if x1 == x2:
        start, end, bow = (x1 + half, y1), (x2 + half, y2), -0.45 if y2 > y1 else 0.45
    elif x2 > x1:
        start, end, bow = (x1 + half, y1), (x2 - half, y2), 0.0
    else:
        start, end, bow = (x1 - half, y1), (x2 + half, y2), 0.12
    colour = {1: style.RAISES, -1: style.LOWERS}.get(arc.sign, style.MUTED)
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=7.0,
        connectionstyle=f"arc3,rad={bow}",
        linestyle={1: "solid", -1: (0, (4, 2))}.get(arc.sign, (0, (1, 1.2))),
        linewidth=0.5 + 3.0 * arc.strength,
        color=colour,
        alpha=0.35 + 0.55 * arc.strength,
        shrinkA=0.0,
        shrinkB=1.0,
        zorder=2,
    )
    arrow.set_gid(f"{arc.parent}>{arc.child}")
    ax.add_patch(arrow)


def _legend(ax: Axes, columns: int) -> None:
    """Return the meaning of the marks."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=style.INK, label="found"),
        Patch(facecolor=style.BAND, edgecolor=style.MUTED, linewidth=0.6, label="probability now"),
        Line2D([], [], color=style.INK, marker="^", linestyle="none", markersize=4.5, label="before the findings"),
        Line2D([], [], color=style.RAISES, linewidth=2.2, label="raises"),
        Line2D([], [], color=style.LOWERS, linewidth=2.2, linestyle=(0, (3, 1.5)), label="lowers"),
        Line2D([], [], color=style.MUTED, linewidth=2.2, linestyle=(0, (1, 1.2)), label="either"),
    ]
    style.legend_below(ax, 6.0, columns=6 if columns > 3 else 3, handles=handles)
