"""Promises of the pictures of many answers, of robustness and of findings in turn, read from their artists."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

import bayesnet
from bayesnet import plot


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Begin and end each test without figures."""
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def asia() -> Any:
    """The chest clinic."""
    return bayesnet.load("asia")


@pytest.fixture(scope="module")
def steps(asia: Any) -> Any:
    """Smokers through a film and breathlessness."""
    return asia.case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", population=1000)


def with_gid(ax: Any, gid: str) -> list[Any]:
    """Lines and patches that carry a name."""
    return [artist for artist in (*ax.lines, *ax.patches) if artist.get_gid() == gid]


def texts(ax: Any) -> list[str]:
    """All that is written in a picture."""
    return [text.get_text() for text in ax.texts]


def test_each_draws_on_the_axes_given_without_a_warning_or_a_setting_changed(asia: Any, steps: Any) -> None:
    """The axes come back, no other figure opens, settings stay."""
    calls = [
        (plot.posteriors, asia.posteriors("xray=yes")),
        (plot.joint, asia.joint(["lung", "tub", "bronc"])),
        (plot.sensitivities, asia.case("xray=yes").sensitivities("lung=yes")),
        (plot.explanation_range, asia.case("xray=yes").explanation_range("smoke=yes")),
        (plot.distance, bayesnet.distance(asia, asia)),
        (plot.frequency_sequence, steps),
        (
            plot.frequency_sequence,
            asia.case("tub=no, lung=no").frequency_sequence("smoke=yes", "either=yes, xray=yes", population=50),
        ),
    ]
    before = dict(mpl.rcParams)
    for draw, result in calls:
        figure, ax = plt.subplots(figsize=(8, 6), layout="constrained")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw(result, ax=ax) is ax
            figure.canvas.draw()
        assert plt.get_fignums() == [figure.number]
        assert any(result.provenance.digest[:8] in text for text in texts(ax))
        plt.close(figure)
    assert dict(mpl.rcParams) == before


def test_posteriors_go_from_prior_to_posterior_and_the_largest_change_is_on_top(asia: Any) -> None:
    """Arrows begin at the prior and end at the posterior; a fall is dashed; what is known is left out."""
    result = asia.posteriors("xray=yes, tub=no")
    ax = plot.posteriors(result, ids=True)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert "xray=yes" not in names
    assert "tub=yes" not in names
    changes = []
    for name, arrow in zip(names, with_gid(ax, "change"), strict=True):
        p = result[name.split("=")[0]]
        assert list(arrow.get_xdata()) == pytest.approx([p.prior["yes"], p["yes"]])
        assert (arrow.get_linestyle() == "-") == (p["yes"] >= p.prior["yes"])
        changes.append(abs(math.log(p["yes"] / p["no"] * p.prior["no"] / p.prior["yes"])))
    assert changes == sorted(changes, reverse=True)


def test_cells_of_the_joint_table_stand_in_their_place_and_darker_is_more_probable(asia: Any) -> None:
    """One cell per combination, lightness in the order of the probabilities, the probability written in it."""
    result = asia.joint(["lung", "bronc"], given="smoke=yes")
    ax = plot.joint(result)
    cells = {cell.get_gid(): cell for cell in ax.patches}
    assert len(cells) == 4
    assert cells["lung=yes, bronc=no"].get_xy() == (1.0, -0.5)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["yes", "no"]
    probability = {f"lung={a}, bronc={b}": result[a, b] for a in ("yes", "no") for b in ("yes", "no")}
    by_shade = sorted(cells, key=lambda name: sum(cells[name].get_facecolor()[:3]))
    assert [probability[name] for name in by_shade] == sorted(probability.values(), reverse=True)
    assert "6.0 %" in texts(ax)


def test_too_many_cells_are_refused() -> None:
    """The refusal says how many, and the way out."""
    net = bayesnet.load("back_pain")
    with pytest.raises(bayesnet.BayesnetError) as refused:
        plot.joint(net.joint(["age_group", "esr_grade", "alp_grade", "calcium_grade", "fever"]))
    assert str(refused.value).endswith("cells are too many to read; ask for the joint table of fewer variables.")


def test_sensitivity_values_are_lengths_and_the_line_is_at_one(asia: Any) -> None:
    """Largest first; a bar ends at the size of the derivative; a number that lowers the answer is hatched."""
    result = asia.case("xray=yes").sensitivities("lung=yes")
    ax = plot.sensitivities(result, top=5)
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == sorted(ends, reverse=True)
    assert with_gid(ax, "amplified")[0].get_xdata()[0] == 1.0
    for bar, end in zip(ax.patches, ends, strict=True):
        number = result[bar.get_gid()]
        assert end == pytest.approx(abs(number.derivative))
        assert bool(bar.get_hatch()) == (number.derivative < 0.0)
        assert not number.structural


def test_the_range_of_an_explanation_ends_where_another_takes_over(asia: Any) -> None:
    """The bar is the range, the mark the value now, and beyond the end stands what changes."""
    result = asia.case("xray=yes").explanation_range("smoke=yes")
    ax = plot.explanation_range(result, ids=True)
    assert list(with_gid(ax, "stays")[0].get_xdata()) == [result.low, result.high]
    assert with_gid(ax, "now")[0].get_xdata()[0] == result.value
    assert list(with_gid(ax, "changes")[0].get_xdata()) == [0.0, result.low]
    assert any("smoke=no" in text for text in texts(ax))


def test_the_band_of_the_distance_is_its_bound_and_queries_lie_in_it(asia: Any) -> None:
    """Curves are `bound`; every query of the second network lies between them; equal networks have no band."""
    other = asia.with_numbers({"smoke=yes": 0.7, "tub=yes | asia=no": 0.02})
    ax = plot.distance(bayesnet.distance(asia, other))
    low, high = with_gid(ax, "low")[0], with_gid(ax, "high")[0]
    for given in ("", "xray=yes", "dysp=yes", "smoke=no, dysp=no"):
        for name, p in asia.posteriors(given or None).items():
            here, there = p.probabilities[0], other.posteriors(given or None)[name].probabilities[0]
            k = round(here * 200)
            if abs(here * 200 - k) < 0.2:
                assert low.get_ydata()[k] - 0.01 <= there <= high.get_ydata()[k] + 0.01
    same = plot.distance(bayesnet.distance(asia, asia))
    assert list(with_gid(same, "low")[0].get_ydata()) == list(with_gid(same, "high")[0].get_ydata())


def test_findings_in_turn_have_two_boxes_a_row_and_nobody_is_lost(steps: Any) -> None:
    """People of a row are those left; with those who do not go on they are the row above; the margin answers each time."""
    ax = plot.frequency_sequence(steps)
    people = [int(box.get_gid()) for box in ax.patches]
    assert people == [1000, *(n for s in steps for n in (s.with_target, s.without_target))]
    gone = [int(text.get_text().split()[0].replace(",", "")) for text in ax.texts if text.get_gid() == "gone"]
    for k, left in enumerate(people[3:]):
        assert left + gone[k] == people[k + 1]
    written = texts(ax)
    assert "98 of 152\n65 in 100" in written
    assert "and dyspnoea" in written
    assert ax.get_title(loc="left") == "Lung cancer: 72 in 100 of those who have all of this"
    nobody = bayesnet.load("asia").case("tub=no, lung=no").frequency_sequence("smoke=yes", "either=yes", population=50)
    assert "nobody" in texts(plot.frequency_sequence(nobody))


def test_numbers_stand_in_their_ranges_with_their_sources() -> None:
    """One row per number of the variable, in the order of the model; judgements are hollow squares; odds are on a log scale."""
    net = bayesnet.load("back_pain")
    for variable in ("fever", "spinal_metastasis"):
        mine = [n for n in net.numbers.values() if n.variable == variable]
        ax = plot.cited_numbers(net.numbers, variable)
        labels = [label.get_text() for label in ax.get_yticklabels()]
        assert len(labels) == len(mine) > 4
        for number, label in zip(mine, labels, strict=True):
            (bar,), (mark,) = with_gid(ax, f"range {number.id}"), with_gid(ax, number.id)
            low, high = ax.get_xlim()
            kept = [min(max(x, low), high) for x in (number.low, number.value, number.high)]
            assert [bar.get_xdata()[0], mark.get_xdata()[0], bar.get_xdata()[1]] == pytest.approx(kept)
            assert mark.get_marker() == ("s" if number.grade == "judgement" else "o")
            assert label.endswith(net.sources[number.source].short if number.source else number.grade)
        assert (ax.get_xscale() == "log") == (variable == "spinal_metastasis")
    ax = plot.cited_numbers(net.numbers, "straight_leg_raise")
    assert ax.get_title(loc="left") == "The numbers of straight-leg raise positive"
    assert not any("_" in label.get_text() for label in ax.get_yticklabels())
    ax = plot.cited_numbers(net.numbers, "fever", ids=True)
    assert ax.get_yticklabels()[3].get_text().startswith("fever | epidural_abscess\n")
    with pytest.raises(bayesnet.UnknownVariable, match="fever"):
        plot.cited_numbers(net.numbers, "fevre")
    with pytest.raises(bayesnet.BayesnetError, match="has no numbers of its own"):
        plot.cited_numbers(net.numbers, "hypercalcemia")


def test_a_picture_is_white_with_a_margin_under_a_dark_style_too(asia: Any) -> None:
    """Dark text would not be legible on the figure of a dark notebook; nothing touches the edge."""
    with plt.style.context("dark_background"):
        ax = plot.tornado(asia.case("xray=yes").tornado("lung=yes"), top=3)
        figure = ax.get_figure()
        assert figure.get_facecolor() == ax.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
        dark = [text for text in (ax.title, ax.xaxis.label, *ax.get_xticklabels(), *ax.texts) if text.get_text()]
        assert all(to_rgb(text.get_color()) != (1.0, 1.0, 1.0) for text in dark)
        figure.canvas.draw()
        box = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) > 0.08
        plt.close(figure)
