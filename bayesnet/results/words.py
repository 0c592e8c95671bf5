"""Numbers in words and digits for people: percentages, natural frequencies, likelihood ratios, cited values."""

from __future__ import annotations

import math
from collections.abc import Callable


def percent(probability: float, figures: int = 3) -> str:
    """Return a probability as a percentage with some figures; near certainty, with one figure less of what is missing to it.

    >>> percent(0.0342), percent(0.00001234), percent(0.5), percent(0.999987), percent(0.0342, figures=2)
    ('3.42 %', '0.00123 %', '50.0 %', '99.9987 %', '3.4 %')
    """
    if math.isnan(probability):
        return "–"
    if probability in (0.0, 1.0):
        return f"{probability:.0%}".replace("%", " %")
    near = min(probability, 1.0 - probability)
    if near < 1e-12:
        return f"{100.0 * probability:.3g} %" if probability < 1e-3 else "over 99.99999 %"
    digits = max(0, figures - 1 - math.floor(math.log10(100.0 * near)))
    if probability > 0.5:
        digits = max(figures - 2, digits - 1)
    return f"{100.0 * probability:.{digits}f} %"


def frequency(probability: float) -> str:
    """Return a probability as a natural frequency.

    >>> frequency(0.3), frequency(0.034), frequency(0.00071), frequency(0.0)
    ('30 in 100', '1 in 29', '1 in 1,400', 'never')
    """
    if math.isnan(probability):
        return "–"
    if probability == 0.0:
        return "never"
    if probability == 1.0:
        return "always"
    if probability >= 0.1:
        share = round(100.0 * probability)
        return f"{share} in 100" if share < 100 else "over 99 in 100"
    return f"1 in {two_figures(1.0 / probability)}"


def two_figures(value: float) -> str:
    """Return a large number to two figures, with thousands separated.

    >>> two_figures(1423.0), two_figures(29.4), two_figures(1.2e9)
    ('1,400', '29', '1.2e+09')
    """
    if value >= 1e8:
        return f"{value:.1e}"
    place = max(0, math.floor(math.log10(value)) - 1)
    return f"{round(value / 10**place) * 10**place:,d}"


def ratio(value: float) -> str:
    """Return a likelihood ratio to three figures.

    >>> ratio(12.34), ratio(0.05678), ratio(23456.0), ratio(float("inf"))
    ('12.3', '0.0568', '23,500', 'infinite')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "infinite"
    if value == 0.0:
        return "0"
    if value < 1e-4 or value >= 1e8:
        return f"{value:.2e}"
    if value >= 999.5:
        place = math.floor(math.log10(value)) - 2
        return f"{round(value / 10**place) * 10**place:,d}"
    return f"{value:#.3g}".rstrip(".")


def plain(value: float) -> str:
    """Return a number with up to four figures and no trailing zeros.

    >>> plain(0.25), plain(0.000123456), plain(1.0)
    ('0.25', '0.0001235', '1')
    """
    return f"{value:.4g}"


def interval(low: float, high: float, write: Callable[[float], str] = percent) -> str:
    """Write the two ends of an interval, a unit once; what is not there is a dash.

    >>> interval(0.613, 0.885), interval(0.1, 0.85, plain), interval(float("nan"), float("nan"))
    ('61.3 to 88.5 %', '0.1 to 0.85', '–')
    """
    if math.isnan(low) and math.isnan(high):
        return "–"
    first, second = write(low), write(high)
    both = first.endswith(" %") and second.endswith(" %")
    return f"{first.removesuffix(' %') if both else first} to {second}"


def rough_percent(probability: float) -> str:
    """Write a bound of an interval: a percentage to two figures.

    >>> rough_percent(0.784), rough_percent(0.0042)
    ('78 %', '0.42 %')
    """
    return percent(probability, figures=2)


def given(findings: str) -> str:
    """Return a question about all targets at once: under these findings.

    >>> given("fever, !cough"), given("")
    ('given fever, !cough', 'no findings')
    """
    return f"given {findings}" if findings else "no findings"


def under(target: str, findings: str) -> str:
    """Write a question in the pattern language.

    >>> under("flu", "fever"), under("flu", "")
    ('flu | fever', 'flu')
    """
    return f"{target} | {findings}" if findings else target


def cited(value: float, low: float, high: float, source: str) -> str:
    """Return a number with its range and source.

    >>> cited(0.45, 0.32, 0.61, "Mylona 2009")
    '0.45 [0.32, 0.61] (Mylona 2009)'
    """
    spread = "" if low == high else f" [{plain(low)}, {plain(high)}]"
    return f"{plain(value)}{spread}" + (f" ({source})" if source else "")


def short(number: str) -> str:
    """Return a pattern as people write it: `fever=present | epidural_abscess=present` without the `=present`.

    >>> short("fever=present | epidural_abscess=present"), short("odds(epidural_abscess) | iv_drug_use=present")
    ('fever | epidural_abscess', 'odds(epidural_abscess) | iv_drug_use')
    """
    return number.replace("=present", "")


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "number"), counted(3, "study", "studies")
    ('1 number', '3 studies')
    """
    return f"{count:,d} {one if count == 1 else many or one + 's'}"


CITATION = (
    "Words for probabilities follow Mastrandrea et al. 2010 (IPCC guidance note, Table 1): exceptionally unlikely below 1 %, "
    "very unlikely below 10 %, unlikely below 33 %, about as likely as not 33 to 66 %, likely above 66 %, very likely above "
    "90 %, virtually certain above 99 %."
)
"""The meaning of the words; printed wherever they are used."""

_SCALE = (
    (0.01, "exceptionally unlikely"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.66, "about as likely as not"),
    (0.90, "likely"),
    (0.99, "very likely"),
)


def word(probability: float) -> str:
    """Return the narrowest word of the scale that covers a probability.

    >>> word(0.004), word(0.5), word(0.95), word(0.999)
    ('exceptionally unlikely', 'about as likely as not', 'very likely', 'virtually certain')
    """
    if math.isnan(probability):
        return "undefined"
    for limit, name in _SCALE:
        if probability < limit or (probability == limit and limit >= 0.66):
            return name
    return "virtually certain"


_PROPER = frozenset(("Paget", "Bence", "Crohn", "Parkinson", "Alzheimer", "Hodgkin", "Cushing", "Down", "Graves"))
"""Names of people at the beginning of a label, which keep their capital letter."""


def lowered(label: str) -> str:
    """Write a label inside a sentence: small letters, but for names, acronyms and single letters.

    >>> lowered("Night pain"), lowered("ESR"), lowered("Paget disease"), lowered("C-reactive protein")
    ('night pain', 'ESR', 'Paget disease', 'C-reactive protein')
    """
    words = label.split()
    first = words[0]
    keeps = first in _PROPER or first[1:2] in ("", "-") or first[1:] != first[1:].casefold() or any(c.isdigit() for c in first)
    return label if keeps else " ".join([first[:1].casefold() + first[1:], *words[1:]])
