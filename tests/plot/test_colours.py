"""The house colours on grey paper and for colour-blind eyes, and second marks wherever lightness alone would not do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import bayesnet
from bayesnet import plot
from bayesnet.plot import style

# Colours that a picture sets side by side with nothing but the colour to tell them apart.
ALONE = (
    ("INK", "LOWERS"), ("INK", "MUTED"), ("INK", "BAND"), ("RAISES", "LOWERS"), ("RAISES", "BAND"), ("RAISES", "FAINT"),
    ("RAISES", "PRIOR"), ("MUTED", "LOWERS"), ("MUTED", "FAINT"), ("PRIOR", "PALE"), ("LOWERS", "PALE"),
)  # fmt: skip
# Severity 1 of Machado, Oliveira and Fernandes (2009), in linear light.
DEUTERANOPIA = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


def linear(colour: str) -> np.ndarray:
    """A colour in linear light."""
    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of a colour in linear light."""
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    xyz = matrix @ light / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def lightness(colour: str) -> float:
    """L* of a colour, from 0 (black) to 100 (white)."""
    return float(lab(linear(colour))[0])


def test_lightness_is_that_of_the_definition() -> None:
    """Black, white and the grey that is defined as the middle."""
    assert lightness("#000000") == pytest.approx(0.0)
    assert lightness("#ffffff") == pytest.approx(100.0, abs=1e-3)
    assert lightness("#777777") == pytest.approx(50.03, abs=0.01)


@pytest.mark.parametrize(("one", "other"), ALONE)
def test_colours_that_stand_alone_are_twenty_steps_of_lightness_apart(one: str, other: str) -> None:
    """In grey, where only L* is left, they remain two."""
    assert abs(lightness(getattr(style, one)) - lightness(getattr(style, other))) >= 20.0


def test_no_two_house_colours_are_one_for_colour_blind_eyes() -> None:
    """With deuteranopia the saturated colours stay 20 apart (CIELAB), greys by their lightness."""
    names = ("INK", "RAISES", "LOWERS", "BAND", "PALE")
    seen = {name: lab(np.clip(DEUTERANOPIA @ linear(getattr(style, name)), 0, 1)) for name in names}
    for one, other in combinations(names, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 10.0, (one, other)
    assert np.linalg.norm(seen["RAISES"] - seen["LOWERS"]) >= 60.0


def test_text_can_be_read_on_what_it_stands_on() -> None:
    """Contrast of at least 4.5 (WCAG AA) for ink, small print and white on dark blue."""

    def contrast(one: str, other: str) -> float:
        weights = np.array([0.2126, 0.7152, 0.0722])
        low, high = sorted(float(weights @ linear(colour)) for colour in (one, other))
        return (high + 0.05) / (low + 0.05)

    for text, ground in (
        (style.INK, "white"),
        (style.INK, style.BAND),
        (style.INK, style.LOWERS),
        (style.MUTED, "white"),
        ("white", style.RAISES),
    ):
        assert contrast(text, ground) >= 4.5, (text, ground)


def alike(one: Any, other: Any) -> bool:
    """Whether two patches would be one on grey paper: fills closer than 20, the same hatch, edges closer than 20."""
    from matplotlib.colors import to_hex

    near = [abs(lightness(to_hex(a)) - lightness(to_hex(b))) < 20.0 for a, b in (
        (one.get_facecolor(), other.get_facecolor()), (one.get_edgecolor(), other.get_edgecolor()),
    )]  # fmt: skip
    return all(near) and (one.get_hatch() or "") == (other.get_hatch() or "")


def test_groups_and_options_differ_in_grey_by_lightness_edge_or_hatch() -> None:
    """Any two of the four groups, in the unit square, the tree and the icons, and any two options of the advice."""
    counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=100)
    tree = plot.frequencies_tree(counted).patches
    options = bayesnet.load("back_pain").case("age_group=60-69, raised_alp, chronic_pain").advise()
    for groups in (
        plot.unit_square(counted).patches,
        [tree[k] for k in (2, 3, 5, 6)],
        plot.icon_array(counted).get_legend().get_patches(),
        plot.advice(options).get_legend().get_patches(),
    ):
        assert len(groups) >= 3
        assert not any(alike(a, b) for a, b in combinations(groups, 2))


def test_lines_of_the_nomogram_are_numbered_as_in_the_list_below() -> None:
    """One number on each line, in the order of the findings."""
    ax = plot.nomogram(bayesnet.load("asia").case("smoke=yes, xray=yes, dysp=yes").ladder("lung=yes"))
    numbers = [text.get_text() for text in ax.texts if text.get_gid() == "number"]
    (listed,) = [text.get_text() for text in ax.texts if text.get_gid() == "findings"]
    assert numbers == ["1", "2", "3"] == [line.split(".")[0] for line in listed.splitlines()]


def test_bars_of_utilities_have_a_key() -> None:
    """Which colour is which end of the range."""
    ax = plot.utilities(bayesnet.load("back_pain").case("fever, night_pain").advise(), top=3)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["utility at the low end of its range", "at the high end"]
