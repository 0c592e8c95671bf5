"""Promises of the pictures of tests, plans, decisions, audits and tuning, read from their artists."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import bayesnet
from bayesnet import plot

TARGET = "spinal_metastasis"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def net() -> Any:
    """The shipped model, which has costs and a decision."""
    return bayesnet.load("back_pain")


@pytest.fixture(scope="module")
def patient(net: Any) -> Any:
    """Suspicion, before the blood count."""
    return net.case("age_group=60-69, cancer_history, chronic_pain, raised_alp")


def with_gid(ax: Any, gid: str) -> list[Any]:
    """Lines and patches that carry a name."""
    return [artist for artist in (*ax.lines, *ax.patches) if artist.get_gid() == gid]


def test_each_result_of_a_test_stands_at_its_posterior_with_its_probability_as_area(patient: Any) -> None:
    """Marks are the posteriors of the result; twice as probable is twice as large; bits stand beside."""
    result = patient.next_tests(TARGET)
    ax = plot.next_tests(result, top=4)
    marks = {mark.get_gid(): mark for mark in ax.collections if mark.get_gid()}
    for test in result.best_of_each_test()[:4]:
        for outcome in test.outcomes:
            mark = marks[f"{test.finding}={outcome.state}"]
            assert float(np.asarray(mark.get_offsets())[0, 0]) == pytest.approx(outcome.posterior)
            if outcome.probability > 0.05:
                assert float(mark.get_sizes()[0]) == pytest.approx(170.0 * outcome.probability)
        assert any(text.get_text().startswith(f"{test.bits:.3f} bits") for text in ax.texts)
    assert ax.get_xlabel().startswith("P(spinal metastasis) after")


def test_the_average_of_the_marks_is_the_probability_now(patient: Any) -> None:
    """Weighted by their areas the posteriors of a test average to the line of the present probability."""
    result = patient.next_tests(TARGET)
    ax = plot.next_tests(result, top=1)
    marks = [mark for mark in ax.collections if mark.get_gid()]
    places = np.array([float(np.asarray(mark.get_offsets())[0, 0]) for mark in marks])
    areas = np.array([float(mark.get_sizes()[0]) for mark in marks])
    assert float((places * areas).sum() / areas.sum()) == pytest.approx(result.now, rel=1e-6)


def test_a_question_about_the_decision_is_drawn_as_value_and_value_less_price(patient: Any) -> None:
    """Without a target bars hold the value of each finding; where nothing is worth learning, the picture says so."""
    result = patient.next_tests()
    lines = result.best_of_each_test()[:3]
    ax = plot.next_tests(result, top=3)
    assert [bar.get_width() for bar in ax.patches] == [line.value if line.value == line.value else 0.0 for line in lines]
    worthless = replace(result, tests=tuple(replace(line, value=0.0, net_value=0.0) for line in result.tests))
    texts = [text.get_text().strip() for text in plot.next_tests(worthless).texts]
    assert "no finding by itself would change the decision" in texts


def test_the_plan_has_a_box_for_each_step_and_no_two_overlap(patient: Any) -> None:
    """Each step is a box, stops are marked, branches are as thick as they are probable, and no box covers another."""
    result = patient.plan(TARGET, depth=2)
    steps = list(result.root.walk())
    ax = plot.plan(result)
    assert len(ax.patches) == len(steps) > 3
    assert len(with_gid(ax, "stop")) == sum(bool(step.stop) for _, _, step in steps)
    boxes = [(p.get_x(), p.get_y(), p.get_x() + p.get_width(), p.get_y() + p.get_height()) for p in ax.patches]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    widths = {line.get_gid(): line.get_linewidth() for line in ax.lines}
    for name, p, _ in result.root.branches:
        assert widths[name] == pytest.approx(0.8 + 6.0 * p)


def test_the_strips_of_the_advice_change_where_the_thresholds_are(patient: Any) -> None:
    """Each state has a strip whose pieces join at the thresholds, a mark where it is now, and the options a legend."""
    result = patient.advise()
    ax = plot.advice(result)
    for row, (threshold, mark) in enumerate(zip(result.thresholds, with_gid(ax, "now"), strict=True)):
        low, high = ax.get_xlim()
        assert mark.get_xdata()[0] == pytest.approx(min(max(threshold.now, low), high))
        pieces = [p for p in ax.patches if abs(p.get_y() + p.get_height() / 2 - row) < 1e-9]
        assert [p.get_gid() for p in pieces] == [option for _, _, option in threshold.pieces]
        joints = [p.get_x() for p in pieces[1:]]
        assert joints == pytest.approx([min(max(t, low), high) for t in threshold.thresholds])
        assert pieces[0].get_x() == low
        assert pieces[-1].get_x() + pieces[-1].get_width() == pytest.approx(high)
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [line.split(" (")[0] for line in told] == [line.label for line in result.options]
    assert "(best now)" in told[0]


def test_utilities_are_bars_around_the_lead_and_zero_is_where_the_advice_turns(patient: Any) -> None:
    """A bar crosses the dashed line exactly where the utility would turn the advice within its range."""
    result = patient.advise()
    ax = plot.utilities(result, top=5)
    assert with_gid(ax, "turns")[0].get_xdata()[0] == 0.0
    for bar in [bar for bar in result.tornado if bar.width > 0.0][:5]:
        for value, end in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            (patch,) = with_gid(ax, f"{bar.utility}@{value:g}")
            ends = sorted((patch.get_x(), patch.get_x() + patch.get_width()))
            assert ends == pytest.approx(sorted((end, result.lead)), abs=1e-12)


def test_the_decision_curve_shows_the_model_beside_all_and_none(net: Any) -> None:
    """Lines hold the net benefits at each threshold; none is the line at zero."""
    result = net.decision_curve(TARGET, ["age_group", "cancer_history"], size=400)
    ax = plot.decision_curve(result)
    frame = result.to_frame()
    assert list(with_gid(ax, "model")[0].get_ydata()) == frame["model"].tolist()
    assert list(with_gid(ax, "all")[0].get_ydata()) == frame["all"].tolist()
    assert [label.get_text() for label in ax.get_xticklabels()] == [f"{100 * t:g} %" for t in frame["threshold"]]


def test_pictures_of_decisions_draw_on_the_axes_given_without_a_warning(net: Any, patient: Any) -> None:
    """Each gives its axes back and can be drawn with warnings as errors."""
    calls = [
        (plot.next_tests, patient.next_tests(TARGET)),
        (plot.next_tests, patient.next_tests()),
        (plot.plan, patient.plan(TARGET, depth=1)),
        (plot.advice, patient.advise()),
        (plot.utilities, patient.advise()),
        (plot.decision_curve, net.decision_curve(TARGET, ["age_group"], size=200)),
    ]
    for draw, result in calls:
        figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw(result, ax=ax) is ax
            figure.canvas.draw()
        plt.close(figure)


def test_the_audit_stands_every_answer_beside_its_published_range(net: Any) -> None:
    """Worst first; bars and marks are multiples of the published figure; no answer that is outside stands in its bar."""
    result = net.audit()
    lines = [t for t in result.targets if t.value > 0.0]
    ax = plot.audit(result, top=len(lines))
    bars = with_gid(ax, "published")
    assert len(bars) == len(lines)
    for line, bar in zip(lines, bars, strict=True):
        low, high = bar.get_xdata()
        assert (low, high) == pytest.approx(tuple(min(max(x / line.value, 1 / 64), 64) for x in (line.low, line.high)))
        if line.model == line.model:
            (mark,) = with_gid(ax, line.id)
            place = mark.get_xdata()[0]
            assert place == pytest.approx(min(max(line.model / line.value, 1 / 64), 64))
            assert not (line.verdict == "outside" and low <= place <= high)
    rows = {ids: [label.get_text() for label in plot.audit(result, top=30, ids=ids).get_yticklabels()] for ids in (False, True)}
    assert any("setting primary care" in " ".join(row.split()) for row in rows[False])
    assert not any("_" in row or "!" in row for row in rows[False])
    assert any("setting=primary_care" in row for row in rows[True])


def test_tuning_arrows_are_changes_of_log_odds(patient: Any) -> None:
    """Cheapest on top; an arrow that leaves the cited range is dashed; value and needed value stand beside."""
    result = patient.tune(TARGET, at_least=0.6)
    ax = plot.tuning(result, top=5)
    for change in result.changes[:5]:
        (arrow,) = with_gid(ax, change.number)
        assert list(arrow.get_xdata()) == [0.0, change.log_odds_change]
        assert (arrow.get_linestyle() == "-") == change.inside
        assert f"{change.value:.3g} → {change.new:.3g}" in [text.get_text() for text in ax.texts]
    labels = [label.get_text().splitlines()[-1] for label in ax.get_yticklabels()]
    assert labels == [change.citation or change.grade for change in result.changes[:5]]
    assert ax.get_title(loc="left").endswith(">= 0.6")


def test_agreement_puts_each_probability_where_it_is_and_leaves_ratios_out(net: Any) -> None:
    """The published value is across, the answer up; marks tell the settings apart, and only probabilities have one."""
    result = net.audit()
    ax = plot.agreement(result, by="setting")
    marks = {line.get_gid(): line for line in ax.lines if line.get_gid() in result}
    probabilities = [t for t in result.targets if t.kind == "probability" and t.model == t.model]
    assert set(marks) == {t.id for t in probabilities}
    assert len(probabilities) < len(result.targets)
    shapes: dict[str, set[object]] = {}
    low, high = ax.get_xlim()
    for t in probabilities:
        assert marks[t.id].get_ydata()[0] == pytest.approx(min(max(t.model, low), high))
        assert marks[t.id].get_xdata()[0] == pytest.approx(min(max(t.value, low), high))
        shapes.setdefault(t.context[0], set()).add(marks[t.id].get_marker())
    assert all(len(each) == 1 for each in shapes.values())
    assert len({next(iter(each)) for each in shapes.values()}) == len(shapes)
    inside = sum(t.verdict == "inside" for t in probabilities)
    legend = ax.get_legend()
    assert not any("_" in text.get_text() for text in legend.get_texts())
    assert f"{inside} of {len(probabilities)}" in " ".join(ax.get_title(loc="left").split())
