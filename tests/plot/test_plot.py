"""Promises of the pictures, read from their artists: lengths of bars, labels, order, scales; never pixels."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import bayesnet
from bayesnet import plot
from bayesnet.plot import style

TARGET = "lung=yes"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def case() -> Any:
    """A smoker with a positive film and breathlessness in the chest clinic."""
    return bayesnet.load("asia").case("smoke=yes, xray=yes, dysp=yes")


@pytest.fixture(scope="module")
def patient() -> Any:
    """The first published case of the shipped model."""
    net = bayesnet.load("back_pain")
    return net.case(net.model.examples[0][1])


def with_gid(ax: Any, gid: str) -> list[Any]:
    """Lines and patches that carry a name."""
    return [artist for artist in (*ax.lines, *ax.patches) if artist.get_gid() == gid]


def labels(ax: Any) -> list[str]:
    """Names of the rows."""
    return [label.get_text() for label in ax.get_yticklabels()]


def every_picture(case: Any) -> dict[str, Any]:
    """One call for each picture, as a function of the axes."""
    results = {
        "differential": case.diagnoses(targets=[TARGET, "tub=yes", "bronc=yes"]),
        "posterior": case.posterior("lung"),
        "comparison": case.compare("xray=no", targets=[TARGET, "tub=yes"]),
        "weights": case.weights(TARGET),
        "explanation": case.explain(TARGET),
        "tornado": case.tornado(TARGET),
        "sensitivity": case.sensitivity(TARGET, "lung=yes | smoke=yes"),
        "two_way": case.two_way(TARGET, "lung=yes | smoke=yes", "tub=yes | asia=no"),
        "sources": case.sources(TARGET),
        "flips": case.flips(TARGET),
        "uncertainty": case.uncertainty(TARGET, draws=300),
        "variance_shares": case.variance_shares(TARGET, top=3, samples=32),
        "arc_strengths": case.arc_strengths(),
        "network": case,
    }
    return {name: (getattr(plot, name), result) for name, result in results.items()}


def test_every_picture_draws_on_the_axes_given_and_gives_them_back(case: Any) -> None:
    """`plot.x(result, ax=ax)` is `ax`, opens no other figure, and is drawn without a warning."""
    pictures = every_picture(case)
    for name, (draw, result) in pictures.items():
        figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert draw(result, ax=ax) is ax, name
            figure.canvas.draw()
        assert plt.get_fignums() == [figure.number], name
        assert ax.get_title(loc="left"), name
        plt.close(figure)


def test_no_picture_shows_itself_or_changes_a_global_setting(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`show` is never called, and matplotlib's settings are the same afterwards."""
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("a picture called show"))
    before = dict(mpl.rcParams)
    for draw, result in every_picture(case).values():
        draw(result)
    assert dict(mpl.rcParams) == before


def test_importing_the_pictures_does_not_import_matplotlib() -> None:
    """`bayesnet.plot` can be named without paying for matplotlib or numpy."""
    code = "import sys, bayesnet; bayesnet.plot.tornado; print([m for m in ('matplotlib', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_picture_says_what_it_rests_on(case: Any, patient: Any) -> None:
    """The network, its digest and an assumed setting stand in the small print of each picture."""
    for name, (draw, result) in every_picture(case).items():
        ax = draw(result)
        assert any(case.compiled.model.digest[:8] in text.get_text() for text in ax.texts), name
        plt.close(ax.figure)
    small = next(text for text in plot.weights(patient.weights("spinal_metastasis")).texts if text.get_gid() == "provenance")
    assert "setting=primary_care (assumed)" in small.get_text()


def test_the_differential_marks_prior_posterior_and_interval_in_order(patient: Any) -> None:
    """Rows are diagnoses, most probable on top; marks stand at the numbers of the result, on a log-odds axis."""
    result = patient.diagnoses()
    ax = plot.differential(result, top=6)
    lines = result.diagnoses[:6]
    variables = bayesnet.load("back_pain").variables
    assert [label.splitlines()[0] for label in labels(ax)] == [variables[line.diagnosis].label for line in lines]
    for line, label in zip(lines, labels(ax), strict=True):
        assert len(label.splitlines()) == (2 if line.causes else 1)
    ids = [line.diagnosis.replace("_", " ") for line in lines]
    assert [label.splitlines()[0] for label in labels(plot.differential(result, top=6, ids=True))] == ids
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_xscale() == "logit"
    for gid, name in (("prior", "prior"), ("posterior", "posterior")):
        assert [mark.get_xdata()[0] for mark in with_gid(ax, gid)] == [getattr(line, name) for line in lines]
    assert [tuple(bar.get_xdata()) for bar in with_gid(ax, "interval")] == [(line.low, line.high) for line in lines]


def test_rare_diagnoses_are_told_in_natural_frequencies(patient: Any) -> None:
    """The axis says `1 in 1,000` under 0.1 %, and neighbouring rare diagnoses stand visibly apart."""
    ax = plot.differential(patient.diagnoses(), top=17)
    assert "0.1 %\n1 in 1,000" in [label.get_text() for label in ax.get_xticklabels()]
    to_pixels = ax.transData.transform
    width = np.ptp(ax.get_window_extent().get_points()[:, 0])
    assert (to_pixels((0.001, 0))[0] - to_pixels((0.0001, 0))[0] if ax.get_xlim()[0] < 1e-4 else width) > 0.04 * width


def test_a_probability_of_zero_stays_inside_the_picture(patient: Any) -> None:
    """0 and 1 stand at the ends of a log-odds axis instead of vanishing, and are told as never and always."""
    result = patient.diagnoses()
    first, second, *rest = result.diagnoses
    gone = replace(result, diagnoses=(replace(first, posterior=1.0), replace(second, posterior=0.0, low=0.0), *rest))
    ax = plot.differential(gone, top=4)
    low, high = ax.get_xlim()
    places = [mark.get_xdata()[0] for mark in with_gid(ax, "posterior")]
    assert places[:2] == [high, low]
    assert {"never", "always"} <= {text.get_text() for text in ax.texts}


def test_a_posterior_is_drawn_as_two_bars_for_each_state(case: Any) -> None:
    """Bars are as long as prior and posterior; a percent axis starts at zero."""
    result = case.posterior("bronc")
    ax = plot.posterior(result)
    assert [bar.get_width() for bar in ax.patches] == [*result.prior.probabilities, *result.probabilities]
    assert ax.get_xlim()[0] == 0.0
    assert labels(ax) == ["yes", "no"]


def test_a_counterfactual_has_a_third_set_of_bars() -> None:
    """As it was and as it would be stand beside the prior."""
    net = bayesnet.load("sprinkler")
    result = net.counterfactual("wet_grass", given="sprinkler, wet_grass", had={"sprinkler": "absent"})
    ax = plot.posterior(result)
    assert [bar.get_width() for bar in ax.patches] == [d["present"] for d in (result.prior, result.factual, result.posterior)]


def test_slopes_run_through_every_scenario(case: Any) -> None:
    """Each line goes through the probabilities of its target; what falls is dashed, so that it shows without colour."""
    result = case.compare("xray=no", "smoke=no", targets=[TARGET, "tub=yes", "bronc=yes"])
    ax = plot.comparison(result, ids=True)
    drawn = {line.get_label(): line for line in ax.lines}
    for i, target in enumerate(result.targets):
        wanted = [s.probabilities[i] for s in result.scenarios]
        assert list(drawn[target].get_ydata()) == wanted
        assert (drawn[target].get_linestyle() == "--") == (wanted[-1] < wanted[0])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["this case", "xray=no", "smoke=no"]


def test_the_waterfall_adds_up_to_the_posterior(case: Any) -> None:
    """Steps are decibans, start where the one above ended, and end at the posterior log-odds."""
    result = case.explain(TARGET)
    ax = plot.weights(result)
    start = with_gid(ax, "prior")[0].get_xdata()[0]
    end = with_gid(ax, "posterior")[0].get_xdata()[0]
    assert start == pytest.approx(10 * math.log10(result.prior / (1 - result.prior)))
    assert end == pytest.approx(10 * math.log10(result.posterior / (1 - result.posterior)))
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([abs(i.decibans) for i in result.impacts])
    assert labels(ax) == ["before the findings", "smoking", "positive X-ray", "dyspnoea", "after all of them"]


def test_a_finding_against_is_drawn_in_the_other_colour() -> None:
    """What lowers the target is light, what raises it dark; lightness differs, so grey is enough."""
    case = bayesnet.load("asia").case("smoke=yes, xray=no")
    colours = [bar.get_facecolor() for bar in plot.weights(case.weights(TARGET)).patches]
    assert colours == [mpl.colors.to_rgba(style.RAISES), mpl.colors.to_rgba(style.LOWERS)]
    grey = [float(np.dot(colour[:3], (0.2126, 0.7152, 0.0722))) for colour in colours]
    assert grey[1] - grey[0] > 0.3


def test_findings_for_come_first_and_bars_are_shapley_values(case: Any) -> None:
    """Bars hold the Shapley values in decibans, largest first; marks what is lost without the finding."""
    result = case.explain(TARGET)
    ax = plot.explanation(result)
    ordered = sorted(result.impacts, key=lambda i: -i.shapley)
    assert labels(plot.explanation(result, ids=True)) == [i.text for i in ordered]
    assert labels(ax)[0] == "positive X-ray"
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([i.shapley * 10 / math.log(10) for i in ordered])
    marks = next(line for line in ax.lines if line.get_label() == "lost without the finding")
    assert list(marks.get_xdata()) == pytest.approx([i.omission * 10 / math.log(10) for i in ordered])


def test_tornado_bars_reach_from_the_answer_to_both_ends(case: Any) -> None:
    """Each row has a bar to f(low) and one to f(high), widest on top, and says what the bars are about."""
    result = case.tornado(TARGET)
    ax = plot.tornado(result, top=4, ids=True)
    for row, (bar, low, high) in enumerate(zip(result.bars, with_gid(ax, "low"), with_gid(ax, "high"), strict=False)):
        for patch, p in ((low, bar.at_low), (high, bar.at_high)):
            ends = sorted((patch.get_x(), patch.get_x() + patch.get_width()))
            assert ends == pytest.approx(sorted((result.value, p)))
            assert patch.get_y() + patch.get_height() / 2 == pytest.approx(row)
    assert [label.split("\n")[0] for label in labels(ax)] == [bar.number for bar in result.bars[:4]]
    assert ax.get_xlabel() == "P(lung=yes)"


def test_a_curve_that_begins_at_certainty_is_drawn_to_the_top() -> None:
    """Without false positives a positive mammogram proves the cancer: the axis ends at 100 %, and the curve begins there."""
    number = "positive_mammogram=present | breast_cancer=absent"
    ax = plot.sensitivity(bayesnet.load("mammography").case("positive_mammogram").sensitivity("breast_cancer", number))
    (curve,) = [line for line in ax.lines if line.get_gid() == "curve"]
    assert ax.get_ylim() == (0.0, 1.0)
    assert curve.get_ydata()[0] == 1.0
    assert max(abs(np.diff(np.asarray(curve.get_ydata(), dtype=float)))) < 0.05


def test_the_curve_shows_value_cited_range_and_flip(case: Any) -> None:
    """The curve is f at its points, the band the cited range, the dashed line where the leader changes."""
    result = case.sensitivity(TARGET, "lung=yes | smoke=yes")
    ax = plot.sensitivity(result)
    (curve,) = with_gid(ax, "curve")
    for x, y in list(zip(*curve.get_data(), strict=True))[::10]:
        assert y == pytest.approx(result(x))
    band = next(patch for patch in ax.patches if patch.get_label().startswith("cited range"))
    left = band.get_x()
    assert (left, left + band.get_width()) == pytest.approx((result.line.low, result.line.high))
    assert [mark.get_xdata()[0] for mark in with_gid(ax, "now")] == [result.line.value]
    assert [mark.get_xdata()[0] for mark in with_gid(ax, "flip")] == ([] if math.isnan(result.line.flip) else [result.line.flip])


def test_an_odds_ratio_is_drawn_on_a_log_axis_around_its_range(patient: Any) -> None:
    """Odds multiply: their axis is logarithmic, holds the whole cited range, and its curve is exact."""
    number = "odds(spinal_metastasis) | cancer_history=present"
    result = patient.sensitivity("spinal_metastasis", number)
    ax = plot.sensitivity(result)
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    assert low < result.line.low < result.line.high < high
    (curve,) = with_gid(ax, "curve")
    x, y = (values[20] for values in curve.get_data())
    assert y == pytest.approx(result(x))


def test_contours_lie_where_the_surface_says(case: Any) -> None:
    """The first number runs to the right, the second upwards, and a contour passes through points of its own height."""
    result = case.two_way(TARGET, "lung=yes | smoke=yes", "tub=yes | asia=no")
    ax = plot.two_way(result, ids=True)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("lung=yes | smoke=yes", "tub=yes | asia=no")
    (now,) = with_gid(ax, "now")
    assert (now.get_xdata()[0], now.get_ydata()[0]) == result.now[:2]
    lines = ax.collections[-1]
    checked = 0
    for height, path in zip(lines.levels, lines.get_paths(), strict=True):
        for x, y in path.vertices[1:-1:9]:
            assert result(x, y) == pytest.approx(height, abs=2e-3)
            checked += 1
    assert checked > 5


def test_source_bars_are_as_long_as_the_answer_moves(case: Any) -> None:
    """One bar for each source that moves the answer, from its lowest to its highest answer."""
    result = case.sources(TARGET)
    ax = plot.sources(result)
    moving = [source for source in result if source.width > 0]
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [pytest.approx((s.low, s.width)) for s in moving]


def test_flips_stand_at_their_place_within_the_range() -> None:
    """The mark of the present value and that of the flip stand where they lie between low and high."""
    result = bayesnet.load("asia").case("xray=yes").flips(TARGET)
    assert len(result) > 1
    ax = plot.flips(result)
    for flip, now, at in zip(result.flips, with_gid(ax, "now"), with_gid(ax, "flip"), strict=False):
        if flip.high / flip.low <= 10:
            assert now.get_xdata()[0] == pytest.approx((flip.value - flip.low) / (flip.high - flip.low))
            assert at.get_xdata()[0] == pytest.approx((flip.at - flip.low) / (flip.high - flip.low))


def test_no_flip_is_said_so(case: Any) -> None:
    """An empty result is a picture that says that no number does it."""
    ax = plot.flips(replace(case.flips(TARGET), flips=()))
    assert "no number does by itself" in [text.get_text() for text in ax.texts]


def test_quantile_dots_are_equal_shares_of_the_draws(case: Any) -> None:
    """There are as many dots as asked for, none on another, and half of them on either side of the median."""
    result = case.uncertainty(TARGET, draws=2000)
    ax = plot.uncertainty(result, dots=40)
    dots = np.asarray(ax.collections[0].get_offsets())
    assert len(dots) == 40
    assert len({(round(float(x), 9), round(float(y), 9)) for x, y in dots}) == 40
    width = np.ptp(dots[:, 0])
    assert abs(float(np.median(dots[:, 0])) - result.median) < 0.08 * width
    assert tuple(with_gid(ax, "interval")[0].get_xdata()) == (result.low, result.high)


def test_variance_bars_are_the_indices(case: Any) -> None:
    """Dark bars are first-order shares, light ones totals, in the order of the result."""
    result = case.variance_shares(TARGET, top=3, samples=64)
    ax = plot.variance_shares(result)
    assert [bar.get_width() for bar in with_gid(ax, "alone")] == [max(s.first_order, 0.0) for s in result]
    assert [bar.get_width() for bar in with_gid(ax, "total")] == [max(s.total, 0.0) for s in result]


def test_arcs_are_listed_strongest_first() -> None:
    """Bars are the weighted total variation."""
    result = bayesnet.load("asia").arc_strengths()
    ax = plot.arc_strengths(result, ids=True)
    assert [bar.get_width() for bar in ax.patches] == [arc.variation_weighted for arc in result]
    assert labels(ax)[0] == f"{result.arcs[0].parent} → {result.arcs[0].child}"


def test_pictures_name_variables_by_their_labels():
    """Headings, rows and axes of every kind hold labels; ids only on request."""
    case = bayesnet.load("back_pain").case("raised_alp, chronic_pain")
    target = "spinal_metastasis"
    tornado = case.tornado(target, top=3)
    numbers = [bar.number for bar in tornado]
    made = (
        (plot.tornado, tornado),
        (plot.posteriors, case.posteriors()),
        (plot.comparison, case.compare("fever")),
        (plot.sensitivities, case.sensitivities(target)),
        (plot.two_way, case.two_way(target, *numbers[:2])),
        (plot.sensitivity, case.sensitivity(target, numbers[0])),
        (plot.joint, bayesnet.load("back_pain").joint([target, "esr_grade"])),
    )

    def has_ids(ax: Any) -> bool:
        written = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), *(t.get_text() for t in ax.get_xticklabels())]
        return any(re.search(r"[a-z]_[a-z]", text) for text in [*written, *labels(ax)])

    for draw, result in made:
        assert not has_ids(draw(result)), draw.__name__
        assert draw is plot.comparison or has_ids(draw(result, ids=True)), draw.__name__
