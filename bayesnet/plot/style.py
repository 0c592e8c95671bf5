"""The house style in one place: colours, axes of probability, titles. Nothing here touches matplotlib's global settings.

The colours are safe for colour-blind eyes (dark blue against light orange) and differ in lightness, so that they can be told
apart in grey as well.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bayesnet.errors import WrongKind
from bayesnet.results.base import Provenance
from bayesnet.results.labels import Names
from bayesnet.results.words import percent, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1b2733"
MUTED = "#6b7785"
FAINT = "#d5dae0"
PALE = "#eef1f4"
RAISES = "#1f4e9c"
LOWERS = "#f2a33a"
PRIOR = "#9aa5b1"
BAND = "#b9d3ee"

Scale = Literal["auto", "log-odds", "percent"]
Direction = Literal["x", "y"]

SMALL, NORMAL, LARGE = 7.5, 8.5, 10.0
MARGIN = 0.1
"""Inches of white around a picture."""
_DECADES = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
_FLOOR = 1e-8


class Based(Protocol):
    """A result, or anything else that says what it rests on."""

    @property
    def provenance(self) -> Provenance:
        """The provenance of the answer."""
        ...


def axes_of(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the axes given, or those of a new figure of this size in inches: white with a margin, under a dark style too."""
    if ax is None:
        import matplotlib.pyplot as plt
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        layout = ConstrainedLayoutEngine(w_pad=MARGIN, h_pad=MARGIN)
        _, ax = plt.subplots(figsize=(width, height), layout=layout, facecolor="white")
        ax.set_facecolor("white")
    return ax


def rows_height(count: int, each: float = 0.32, around: float = 1.25) -> float:
    """Return the height in inches of a picture with this number of rows."""
    return max(2.2, around + each * count)


_MADE_BY = {
    "Advice": "case.advise()",
    "ArcStrengths": "net.arc_strengths()",
    "Audit": "net.audit()",
    "Calibration": "net.calibration(target, known)",
    "Comparison": "case.compare(scenario)",
    "DecisionCurve": "net.decision_curve(target, known)",
    "Differential": "case.diagnoses()",
    "Distance": "bayesnet.distance(net, other)",
    "Evaluation": "bayesnet.evaluate(scored, truth)",
    "Explanation": "case.explain(target)",
    "ExplanationRange": "case.explanation_range(number)",
    "Flips": "case.flips()",
    "Frequencies": "case.frequencies(target, finding)",
    "FrequencySequence": "case.frequency_sequence(target, findings)",
    "Joint": "net.joint(variables)",
    "Ladder": "case.ladder(target)",
    "NextTests": "case.next_tests(target)",
    "Numbers": "net.numbers",
    "Plan": "case.plan(target)",
    "Posterior": "case.posterior(variable)",
    "Posteriors": "case.posteriors()",
    "Sensitivities": "case.sensitivities(target)",
    "SensitivityFunction": "case.sensitivity(target, number)",
    "Sources": "case.sources(target)",
    "Tornado": "case.tornado(target)",
    "Tuning": "case.tune(target, at_least=0.5)",
    "TwoWay": "case.two_way(target, number_1, number_2)",
    "Uncertainty": "case.uncertainty(target)",
    "VarianceShares": "case.variance_shares(target)",
    "Weights": "case.weights(target)",
}
"""The call that returns each kind of result."""


def check_kind(result: object, *kinds: type) -> None:
    """Refuse what is not a result of these kinds.

    Raises
    ------
    WrongKind
        With the call that returns such a result.
    """
    if isinstance(result, kinds):
        return
    calls = " or ".join(_MADE_BY[kind.__name__] for kind in kinds)
    name = getattr(result, "__name__", "")
    uncalled = callable(result) and name
    got = f"the method {name} itself, which was not called" if uncalled else f"an object of type {type(result).__name__}"
    raise WrongKind(f"Expected a result of type {' or '.join(kind.__name__ for kind in kinds)}; got {got}; pass {calls}.")


def finish(
    ax: Axes, heading: str, result: Based, given: str = "", width: int = 84, told: str = "", names: Names | None = None
) -> Axes:
    """Set what the picture shows and, in small print below it, the findings and what the answer rests on; tidy the axes.

    `given` are the findings, from `findings_of`; `width` is how many small characters fit on a line; `told` are figures of the
    whole result; `names` writes both with labels.
    """
    if names:
        heading, given = names.prose(heading), names(given)
    texts = (told, f"given {given}" if given else "", result.provenance.line)
    small = [line for text in texts for line in textwrap.wrap(short(text), width)]
    headings = textwrap.wrap(short(heading), round(width * 0.72))
    ax.set_title("\n".join(headings), loc="left", fontsize=LARGE, color=INK, pad=8.0 + 10.4 * len(small), fontweight="bold")
    if small:
        place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
        ax.annotate("\n".join(small), (0.0, 1.0), (0.0, 4.0), fontsize=SMALL, color=MUTED, gid="provenance", **place)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(FAINT)
    ax.tick_params(labelsize=NORMAL, labelcolor=INK, color=FAINT)
    ax.xaxis.label.set(fontsize=NORMAL, color=MUTED)
    ax.yaxis.label.set(fontsize=NORMAL, color=MUTED)
    ax.set_axisbelow(True)
    return ax


def findings_of(title: str) -> str:
    """Return the findings of a title: the text after the first bar, without the variable of a curve.

    >>> findings_of("tornado of lung=yes | xray=yes, !fever"), findings_of("lung=yes as a function of lung=yes | smoke=yes")
    ('xray=yes, !fever', '')
    """
    for mark in (" as a function of ", " over "):
        title = title.partition(mark)[0]
    return title.partition(" | ")[2]


def legend_below(ax: Axes, points: float = 38.0, columns: int = 4, handles: Sequence[Any] | None = None) -> None:
    """Put the legend below the axis, this number of points away, so that it hides nothing."""
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    assert figure is not None
    below = ax.transAxes + ScaledTranslation(0.0, -points / 72.0, figure.dpi_scale_trans)
    known: dict[str, Any] = {} if handles is None else {"handles": handles}
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=below,
        ncols=columns,
        fontsize=SMALL,
        labelcolor=INK,
        frameon=False,
        borderaxespad=0.0,
        borderpad=0.0,
        **known,
    )


def beside(ax: Axes, x: float, y: float, text: str, *, left: bool = False, gap: float = 4.0, colour: str = INK) -> None:
    """Write a figure beside a mark, to its left or right."""
    side, offset = ("right", -gap) if left else ("left", gap)
    place: dict[str, Any] = {"textcoords": "offset points", "ha": side, "va": "center"}
    ax.annotate(text, (x, y), (offset, 0.0), fontsize=NORMAL if colour == INK else SMALL, color=colour, **place)


def in_margin(ax: Axes, y: float, text: str, colour: str = INK) -> None:
    """Write a figure in the column to the right of the axes, at the height of a row."""
    place: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    ax.annotate(text, (1.0, y), (10.0, 0.0), fontsize=NORMAL, color=colour, **place)


def rows_axis(ax: Axes, labels: Sequence[str], bold: Iterable[int] = ()) -> None:
    """Name the rows of a picture, the first on top."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    for i in bold:
        ax.get_yticklabels()[i].set_fontweight("bold")


def chosen(scale: Scale, probabilities: Iterable[float]) -> Scale:
    """Return the scale for some probabilities: log-odds where a percent axis would hide any of them at an end."""
    if scale != "auto":
        return scale
    inner = [p for p in probabilities if 1e-9 < p < 1.0 - 1e-9]
    return "log-odds" if inner and (min(inner) < 0.02 or max(inner) > 0.98) else "percent"


def probability_axis(ax: Axes, direction: Direction, scale: Scale, probabilities: Iterable[float], label: str = "") -> None:
    """Make one axis an axis of probability.

    A log-odds axis is labelled with percentages and natural frequencies, so that 1 in 10,000 is as legible as 1 in 2; a percent
    axis starts at zero. `probabilities` are all that will be drawn.
    """
    axis = ax.xaxis if direction == "x" else ax.yaxis
    set_scale, set_limits = (ax.set_xscale, ax.set_xlim) if direction == "x" else (ax.set_yscale, ax.set_ylim)
    values = [p for p in probabilities if not math.isnan(p)]
    if chosen(scale, values) == "log-odds":
        from matplotlib.ticker import NullFormatter, NullLocator

        low, high = log_odds_limits(values)
        set_scale("logit")
        ticks = _few([p for p in _DECADES if low <= p <= high], 6 if direction == "x" else 7)
        axis.set_ticks(ticks, [tick(p, direction) for p in ticks])
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
        set_limits(low, high)
    else:
        top = max([min(p, 1.0) for p in values if p <= 1.0 + 1e-9], default=1.0)  # A sum may end a hair above 1.
        top = min(1.0, max(top * 1.08, 1e-9)) if top < 0.9 else 1.0
        set_limits(0.0, top)
        axis.set_major_formatter(lambda p, _: f"{100.0 * p:.6g} %")
    ax.grid(visible=True, axis=direction, color=FAINT, linewidth=0.6)
    (ax.set_xlabel if direction == "x" else ax.set_ylabel)(label)


def _few(ticks: list[float], most: int) -> list[float]:
    """Return every other tick, one half among them, if there are too many for the labels."""
    if len(ticks) <= most or 0.5 not in ticks:
        return ticks
    return ticks[ticks.index(0.5) % 2 :: 2]


def log_odds_limits(probabilities: Sequence[float]) -> tuple[float, float]:
    """Limits of a log-odds axis: a little beyond the outermost probabilities that are neither 0 nor 1."""
    inner = [p for p in probabilities if 0.0 < p < 1.0] or [0.1, 0.9]
    low, high = min([*inner, 0.3]), max([*inner, 0.7])
    return max(_FLOOR, low / (low + (1.0 - low) * 2.0)), min(1.0 - _FLOOR, high * 2.0 / (high * 2.0 + 1.0 - high))


def inside(ax: Axes, probability: float, direction: Direction = "x") -> float:
    """Return a probability moved to the end of a log-odds axis where it lies beyond, as 0 and 1 do."""
    low, high = sorted(ax.get_xlim() if direction == "x" else ax.get_ylim())
    return min(max(probability, low), high)


def names_of(result: Based, *, ids: bool = False) -> Names:
    """Return how a picture of a result names its variables: by label, or by id."""
    return Names({} if ids else result.provenance.labels)


def number_label(number: str, citation: str = "", names: Names | None = None) -> str:
    """Return a number on two lines, with its source: in words, without `names` by its id.

    >>> print(number_label("fever=present | epidural_abscess=present", "Davis 2004"))
    fever | epidural_abscess
    Davis 2004
    """
    text = names.number(number) if names else short(number)
    if len(text) > 44:
        words = names and names.labels
        text = "\n".join(textwrap.wrap(text, 44, break_long_words=False)) if words else "\n| ".join(text.split(" | ", 1))
    return f"{text}\n{citation}" if citation else text


def probability_text(p: float) -> str:
    """Return a probability beside a mark: short, and never a bare zero.

    >>> probability_text(0.0342), probability_text(0.0), probability_text(0.5)
    ('3.4 %', '0 %', '50 %')
    """
    return percent(p, 2)


def tick(p: float, direction: Direction) -> str:
    """Return a tick of a log-odds axis."""
    if p == 0.5:
        often = "1 in 2"
    elif p < 0.5:
        often = f"1 in {round(1.0 / p):,d}"
    else:
        whole = round(1.0 / (1.0 - p))
        often = f"{whole - 1:,d} in {whole:,d}"
    share = f"{100.0 * p:.7g} %"
    return f"{share}\n{often}" if direction == "x" else f"{often}  ({share})"
