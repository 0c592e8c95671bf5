"""Promises of the teaching pictures, read from their artists: people in boxes and icons, areas that are probabilities."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

import bayesnet
from bayesnet import plot
from bayesnet.errors import BayesnetError
from bayesnet.results.teaching import Frequencies, Ladder

PICTURES = (plot.frequencies_tree, plot.icon_array, plot.unit_square)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Begin and end each test without figures."""
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def counted() -> Frequencies:
    """Smokers of the chest clinic by cancer and film."""
    return bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000)


@pytest.fixture(scope="module")
def impossible() -> Frequencies:
    """A finding that nobody here can have."""
    return bayesnet.load("asia").case("tub=no, lung=no").frequencies("smoke=yes", "either=yes", population=100)


def texts(ax: Any) -> list[str]:
    """All that is written in a picture."""
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("draw", PICTURES)
def test_each_draws_on_the_axes_given_without_a_warning_or_a_setting_changed(draw: Any, counted: Any, impossible: Any) -> None:
    """The axes come back, no other figure opens, settings stay; what nobody can have is drawn as well."""
    before = dict(mpl.rcParams)
    for result in (counted, impossible):
        figure, ax = plt.subplots(figsize=(7, 7), layout="constrained")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw(result, ax=ax) is ax
            figure.canvas.draw()
        assert plt.get_fignums() == [figure.number]
        assert any(result.provenance.digest[:8] in text for text in texts(ax))
        plt.close(figure)
    assert dict(mpl.rcParams) == before


def test_titles_say_what_the_finding_means(counted: Any, impossible: Any) -> None:
    """The title is the posterior as a natural frequency."""
    for draw in PICTURES:
        assert (
            draw(counted).get_title(loc="left").replace("\n", " ") == "Of those with positive X-ray, 65 in 100 have lung cancer"
        )
        assert draw(impossible).get_title(loc="left") == "Nobody can have tuberculosis or lung cancer"


def test_the_tree_has_a_box_for_each_group_and_parts_stand_below_their_whole(counted: Any) -> None:
    """Counts of two boxes add up to the one above; branches carry the exact shares."""
    ax = plot.frequencies_tree(counted)
    people = [int(box.get_gid()) for box in ax.patches]
    whole, ill, both, missed, well, false_alarm, neither = people
    assert (ill + well, both + missed, false_alarm + neither) == (whole, ill, well)
    heights = [box.get_y() for box in ax.patches]
    assert heights[0] < heights[1] == heights[4] < heights[2] == heights[3] == heights[5] == heights[6]
    written = texts(ax)
    for share in ("10 %", "90 %", "98 %", "2.0 %", "6.0 %", "94 %"):
        assert share in written
    assert "98\npositive X-ray" in written
    assert "Of the 152 with positive X-ray, 98 have lung cancer; exactly, 64.6 %, 65 in 100." in written
    shares = [part.share for depth, part in counted.tree.walk() if depth]
    widths = [line.get_linewidth() for line in ax.lines]
    assert sorted(range(6), key=widths.__getitem__) == sorted(range(6), key=shares.__getitem__)


def test_the_icon_array_has_one_icon_for_each_person(counted: Any) -> None:
    """As many squares of each kind as people, none on another, all inside the axes; the legend gives the numbers."""
    ax = plot.icon_array(counted)
    assert [len(group.get_paths()) for group in ax.collections] == [98, 2, 54, 846]
    corners = [tuple(path.vertices[0]) for group in ax.collections for path in group.get_paths()]
    assert len(set(corners)) == counted.population
    ends = [path.vertices.max(axis=0) for group in ax.collections for path in group.get_paths()]
    assert max(x for x, _ in ends) < max(ax.get_xlim())
    assert max(y for _, y in ends) < max(ax.get_ylim())
    assert [text.get_text().split()[0] for text in ax.get_legend().get_texts()] == ["98", "2", "54", "846"]


def test_more_people_than_can_be_seen_are_refused() -> None:
    """The refusal says how many there may be, and how to ask for them."""
    many = bayesnet.load("asia").case("").frequencies("lung=yes", "xray=yes", population=10_001)
    with pytest.raises(BayesnetError) as refused:
        plot.icon_array(many)
    assert str(refused.value) == (
        "10,001 people are too many to see one by one; ask for at most 10,000: "
        'case.frequencies("lung=yes", "xray=yes", population=10000).'
    )


def test_areas_of_the_unit_square_are_probabilities(counted: Any) -> None:
    """Four areas are the four probabilities, fill the square, and give the posterior; the ticks are width and heights."""
    ax = plot.unit_square(counted)
    areas = [part.get_width() * part.get_height() for part in ax.patches]
    assert areas == pytest.approx([p for row in counted.probabilities for p in row], abs=1e-12)
    assert sum(areas) == pytest.approx(1.0)
    assert areas[0] / (areas[0] + areas[2]) == pytest.approx(counted.posterior)
    assert list(ax.get_xticks()) == pytest.approx([0.0, 0.1, 1.0])
    assert list(ax.get_yticks()) == pytest.approx([0.0, 0.98])
    assert "6.0 %" in texts(ax)


def test_a_finding_independent_of_the_target_is_equally_high_on_both_sides() -> None:
    """A journey to Asia and smoking have nothing to do with each other: one straight line across the square."""
    ax = plot.unit_square(bayesnet.load("asia").case("").frequencies("smoke=yes", "asia=yes"))
    assert ax.patches[0].get_height() == pytest.approx(ax.patches[2].get_height())


def test_no_name_runs_out_of_its_box() -> None:
    """Long findings are broken into lines and shortened; every line stays inside the box it stands in."""
    net = bayesnet.load("back_pain")
    long = "age_group={60-69, 70-79}, raised_alp, hypercalcemia, anemia"
    ax = plot.frequencies_tree(net.case("").frequencies("spinal_metastasis", long))
    ax.figure.canvas.draw()
    counted = [text for text in ax.texts if "%" not in text.get_text().split("\n")[0]]
    named = [text for text in counted if text.get_text().split("\n")[0].replace(",", "").split()[0].isdigit()]
    boxes = [box.get_window_extent() for box in ax.patches]
    assert len(named) == len(boxes) == 7
    for text in named:
        extent = text.get_window_extent()
        assert any(b.x0 <= extent.x0 and extent.x1 <= b.x1 and b.y0 <= extent.y0 and extent.y1 <= b.y1 for b in boxes), text


@pytest.fixture(scope="module")
def climbed() -> Ladder:
    """Tuberculosis or cancer is known, then the film, which adds nothing, then smoking."""
    return bayesnet.load("asia").case("either=yes, xray=yes, smoke=yes").ladder("lung=yes")


@pytest.fixture(scope="module")
def settled() -> Ladder:
    """The first finding settles the question."""
    return bayesnet.load("asia").case("lung=yes, xray=yes").ladder("either=yes")


@pytest.mark.parametrize("draw", [plot.ladder, plot.nomogram])
def test_ladder_and_nomogram_draw_where_they_are_told(draw: Any, climbed: Any, settled: Any) -> None:
    """The axes come back without a warning, also where a question is settled or nothing is known."""
    nothing = bayesnet.load("asia").case("").ladder("lung=yes")
    for result in (climbed, settled, nothing):
        figure, ax = plt.subplots(figsize=(7, 7), layout="constrained")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw(result, ax=ax) is ax
            figure.canvas.draw()
        assert any(result.provenance.digest[:8] in text for text in texts(ax))


def test_the_title_says_from_where_to_where_and_naive_bayes_where_it_is_drawn(climbed: Any) -> None:
    """The nomogram shows the network alone, and one finding cannot be counted twice."""
    one = bayesnet.load("asia").case("xray=yes").ladder("lung=yes")

    def title(ax: Any) -> str:
        return str(ax.get_title(loc="left").replace("\n", " "))

    assert title(plot.ladder(climbed)) == "Lung cancer: from 1 in 18 to 91 in 100, naive Bayes 99 in 100"
    assert title(plot.nomogram(climbed)) == "Lung cancer: from 1 in 18 to 91 in 100"
    assert title(plot.ladder(one)) == "Lung cancer: from 1 in 18 to 49 in 100"


def test_a_long_scenario_is_broken_where_its_words_meet() -> None:
    """`setting=spine_clinic` does not become `setting: spine clin` and `ic`; nothing of a name is lost."""
    compared = bayesnet.load("back_pain").case("fever").compare("setting=spine_clinic", targets=["spinal_infection"])
    labels = [label.get_text() for label in plot.comparison(compared).get_xticklabels()]
    assert labels == ["this case", "setting spine\nclinic"]


def test_both_ladders_pass_through_the_probabilities_after_each_finding(climbed: Any) -> None:
    """One line for the network, one for naive Bayes, the prior on top; beside each rung what it says here and alone."""
    ax = plot.ladder(climbed)
    lines = {line.get_gid(): line for line in ax.lines}
    assert list(lines["network"].get_xdata()) == pytest.approx([climbed.prior, *(r.probability for r in climbed)])
    assert list(lines["naive"].get_xdata()) == pytest.approx([climbed.prior, *(r.naive for r in climbed)])
    assert list(lines["naive"].get_ydata()) == list(lines["network"].get_ydata()) == [0, 1, 2, 3]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["before the findings", "tuberculosis or lung cancer", "positive X-ray", "smoking"]
    assert "LR 1.00; alone 16.4" in texts(ax)


def test_each_line_of_the_nomogram_is_straight_and_begins_where_the_last_one_ended(climbed: Any) -> None:
    """Prior, likelihood ratio and posterior lie on one line; heights are decimal log-odds, downwards on the left."""
    ax = plot.nomogram(climbed)
    lines = [line for line in ax.lines if line.get_gid()]
    assert [line.get_gid() for line in lines] == ["either=yes", "xray=yes", "smoke=yes"]
    before = climbed.prior
    for line, rung in zip(lines, climbed, strict=True):
        left, middle, right = line.get_ydata()
        assert left == pytest.approx(-math.log10(before / (1 - before)))
        assert right == pytest.approx(math.log10(rung.probability / (1 - rung.probability)))
        assert middle == pytest.approx((left + right) / 2)
        assert middle == pytest.approx(math.log10(rung.likelihood_ratio) / 2, abs=1e-9)
        before = rung.probability


def test_the_scales_of_the_nomogram_say_at_each_tick_what_lies_there(climbed: Any) -> None:
    """50 % is in the middle of both outer scales and 1 in the middle of the ratios; 10 lies half a decade above."""
    ax = plot.nomogram(climbed)
    places = {(text.xy[0], text.get_text()): text.xy[1] for text in ax.texts if hasattr(text, "xy")}
    assert places[0.0, "50 %"] == places[1.0, "50 %"] == places[0.5, "1"] == pytest.approx(0.0)
    assert places[0.5, "10"] == pytest.approx(0.5)
    assert places[0.5, "0.01"] == pytest.approx(-1.0)
    assert places[0.0, "5.0 %"] == pytest.approx(math.log10(19))
    assert places[1.0, "5.0 %"] == pytest.approx(-math.log10(19))


def test_findings_that_settle_the_question_are_said_and_have_no_line(settled: Any) -> None:
    """Certainty lies at infinity; the list below says so."""
    ax = plot.nomogram(settled)
    assert [line.get_gid() for line in ax.lines if line.get_gid()] == []
    (listed,) = (text.get_text() for text in ax.texts if text.get_gid() == "findings")
    assert listed == "1. lung cancer: LR infinite, from 6.5 % to certainty\n2. positive X-ray: the question is settled already"


def test_ids_are_drawn_on_request(counted: Any, climbed: Any) -> None:
    """`ids=True` names variables as they are typed, in headings, boxes and lists."""
    assert plot.frequencies_tree(counted, ids=True).get_title(loc="left").startswith("Of those with xray=yes")
    assert "98\nxray=yes" in texts(plot.frequencies_tree(counted, ids=True))
    assert plot.ladder(climbed, ids=True).get_yticklabels()[1].get_text() == "either=yes"


def test_what_is_absent_is_drawn_in_words() -> None:
    """No fever, and the word for the contrary where there is one; no exclamation marks in any picture of the flagship."""
    case = bayesnet.load("back_pain").case("male, night pain")
    counted = case.frequencies("spinal_metastasis", "!fever", population=1000)
    sequence = case.frequency_sequence("spinal_metastasis", "raised_alp, !fever", population=1000)
    drawn = [
        *(draw(counted) for draw in PICTURES),
        plot.frequency_sequence(sequence),
        plot.nomogram(case.ladder("spinal_metastasis")),
    ]
    for ax in drawn:
        legend = [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else []
        said = "\n".join([ax.get_title(loc="left"), *texts(ax), *legend])
        assert "!" not in said
        assert "spinal_metastasis" not in said
        assert "male, night pain" in said.replace("\n", " ") or "1. male" in said
