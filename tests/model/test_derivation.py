"""The formulas of numbers: what they compute, what they refuse, and that they never run anything."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from bayesnet.model.derivation import FUNCTIONS, FormulaError, Reading, Scope, compute, parse_formula, reading
from bayesnet.model.intervals import wilson
from bayesnet.model.recompute import recomputed, tolerance
from bayesnet.model.records import CitedFigure, Model, Number, Printed

COUNTS = {
    "a": CitedFigure("x", "a", count=(45, 86)),
    "b": CitedFigure("x", "b", count=(12, 61)),
    "c": CitedFigure("x", "c", printed=Printed(0.88, 0.85, 0.91)),
}
SCOPE = Scope({name: reading(figure) for name, figure in COUNTS.items()}, {"half": 0.5}, lambda _: Reading(0.25, 0.2, 0.3))  # type: ignore[misc]

VALUES = {
    "a": 45 / 86,
    "1 - c": 0.12,
    "a.k / (a.n + 14)": 0.45,
    "odds(a)": 45 / 41,
    "from_odds(3)": 0.75,
    "logit(0.75)": math.log(3),
    "half * a": 45 / 172,
    "sqrt(16) + exp(0) + log(1) - -2": 7.0,
    "min(c, a, 0.9)": 45 / 86,
    "max(0.1, c)": 0.88,
    "mean(0.1, 0.2, 0.6)": 0.3,
    "geometric_mean(2, 8)": 4.0,
    "pooled(a, b)": 57 / 147,
    "pooled(a, b).n": 147.0,
    "pooled(a, b).low": wilson(57, 147)[0],
    "wilson_high(a)": wilson(45, 86)[1],
    "a.low": wilson(45, 86)[0],
    "c.high": 0.91,
    "odds_ratio(a, b)": (45 / 41) / (12 / 49),
    "normal_below(90, 56, 20)": norm.cdf(90, 56, 20),
    'number("fever | leak") * 2': 0.5,
    'number("fever | leak").high': 0.3,
    'solve("cancer", 0.02 + 0.01)': 0.03,
    "2 ** 3": 8.0,
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_formulas_compute(text: str, value: float) -> None:
    """Each function and operator gives what it says."""
    assert compute(parse_formula(text), SCOPE) == pytest.approx(value, abs=1e-12)


REFUSED = {
    "a +": "is not a formula",
    "__import__('os')": "no such function",
    "a.__class__": "a figure has .value, .low, .high, .k, .n",
    "[1, 2]": "is not arithmetic on figures",
    "lambda: 1": "is not arithmetic on figures",
    "a if a else b": "is not arithmetic on figures",
    "a == b": "is not arithmetic on figures",
    "'text'": "is not a number",
    "True": "is not a number",
    "odd(a)": 'did you mean "odds"',
    "odds()": "0 arguments; expected 1",
    "odds(a, b)": "2 arguments; expected 1",
    "odds(p=a)": "no such function",
    "number(a)": 'write number("id")',
    '1 + solve("x", a)': "only be the whole formula",
    "solve(a, b)": 'write solve("question", probability)',
    "(" * 50 + "a" + ")" * 50 + "+" + "-" * 60 + "a": "nested too deeply",
    "a" * 700: "at most 600",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_anything_but_arithmetic_is_refused(text: str, said: str) -> None:
    """Nothing but figures, numbers and known functions is let through, and the message says what is possible."""
    with pytest.raises(FormulaError) as refusal:
        parse_formula(text)
    assert said in str(refusal.value)


FAILS = {
    "d": '"d" is neither a figure nor an assumed constant of this number; the names are a, b, c, half',
    "c.k": "the figure lacks a count",
    "half.low": "not a figure",
    "pooled(a, c)": "c is not a count",
    "1 / (a - a)": "divides by 0",
    "log(0)": "math domain error",
    "10 ** 400": "",
    "(0 - 1) ** 0.5": "gives no number",
}


@pytest.mark.parametrize(("text", "said"), FAILS.items())
def test_arithmetic_that_fails_says_why(text: str, said: str) -> None:
    """A formula that cannot be computed is refused with a message, never as a Python error."""
    with pytest.raises(FormulaError) as refusal:
        compute(parse_formula(text), SCOPE)
    assert said in str(refusal.value)


@given(st.text(max_size=40))
def test_no_text_is_run(text: str) -> None:
    """Whatever is written is computed or refused."""
    with contextlib.suppress(FormulaError):
        assert math.isfinite(compute(parse_formula(text), SCOPE))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_count_is_that_of_scipy(count: tuple[int, int]) -> None:
    """Wilson's interval without continuity correction, for every count."""
    low, high = wilson(*count)
    known = binomtest(*count).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_the_odds_ratio_has_woolfs_interval() -> None:
    """The logarithm plus and minus 1.96 standard errors."""
    error = math.sqrt(1 / 45 + 1 / 41 + 1 / 12 + 1 / 49)
    log = math.log((45 / 41) / (12 / 49))
    assert compute(parse_formula("odds_ratio(a, b).low"), SCOPE) == pytest.approx(math.exp(log - norm.ppf(0.975) * error))


@pytest.mark.parametrize(
    ("written", "found", "same"),
    [(0.52, 45 / 86, True), (0.5, 45 / 86, False), (0.056, 11 / 195, True), (0.055, 11 / 195, False), (1.0, 0.97, False),
     (500.0, 504.0, True), (500.0, 506.0, False), (8.07e-05, 8.071e-05, True), (0.0, 0.0, True), (0.0, 1e-4, False)],
)  # fmt: skip
def test_agreement_is_to_the_digits_written(written: float, found: float, same: bool) -> None:
    """Half a unit of the last digit, of at least two; of a probability half a percentage point at most."""
    assert (abs(written - found) <= tolerance(written)) is same


def number(value: float, low: float, high: float, *figures: CitedFigure, **more: str) -> Number:
    return Number("fever=present", value, low, high, grade="cohort", sources=figures, **{"range": "95 % interval"} | more)  # type: ignore[arg-type]


def computed(known: Number) -> list[str | float]:
    """What each end is computed to, or why not."""
    return [each.why or round(each.found, 4) for each in recomputed(known, Model("m")).values()]


def test_value_and_interval_follow_from_a_count() -> None:
    """The share, and its Wilson interval."""
    assert computed(number(0.52, 0.42, 0.63, COUNTS["a"])) == [0.5233, 0.419, 0.6255]


def test_an_interval_is_taken_through_a_formula() -> None:
    """The complement turns the ends round; pooled counts have the interval of all patients together."""
    assert computed(number(0.12, 0.09, 0.15, COUNTS["c"], derivation="1 - c")) == [0.12, 0.09, 0.15]
    low, high = wilson(57, 147)
    pooled = number(0.63, 0.4, 0.9, COUNTS["a"], COUNTS["b"], derivation="odds(pooled(a, b))")
    assert computed(pooled) == [round(57 / 90, 4), round(low / (1 - low), 4), round(high / (1 - high), 4)]


def test_an_assumed_constant_is_not_uncertain() -> None:
    """The interval is that of the figure, times the constant."""
    halved = replace(number(0.26, 0.21, 0.31, COUNTS["a"], derivation="half * a", reason="so"), assumed=(("half", 0.5),))
    assert computed(halved) == [0.2616, 0.2095, 0.3128]


def test_ends_have_figures_of_their_own() -> None:
    """The smallest of those for the low end, the largest for the high, both ends of one for the range."""
    lows = [CitedFigure("x", count=(1, 10), use="low"), CitedFigure("y", count=(2, 10), use="low")]
    high = CitedFigure("z", printed=Printed(0.9), use="high")
    assert computed(number(0.52, 0.1, 0.9, COUNTS["a"], *lows, high, range="range across studies")) == [0.5233, 0.1, 0.9]
    both = CitedFigure("z", printed=Printed(low=0.2, high=0.83), use="range")
    assert computed(number(0.52, 0.2, 0.83, COUNTS["a"], both, range="range across studies")) == [0.5233, 0.2, 0.83]
    formulas = {"derivation_low": "a - 0.2", "derivation_high": "max(a, 0.8)"}
    assert computed(number(0.52, 0.32, 0.8, COUNTS["a"], range="range across studies", **formulas)) == [0.5233, 0.3233, 0.8]


def test_what_cannot_be_computed_says_what_lacks() -> None:
    """No figure, no count, several figures without a formula, several uncertain ones, a question without a network."""
    bare = CitedFigure("x", place="Table 1")
    assert computed(number(0.5, 0.4, 0.6)) == ["no source", "no figure gives the interval", "no figure gives the interval"]
    assert computed(number(0.5, 0.4, 0.6, bare))[0] == "the figure is neither counted nor printed"
    assert computed(number(0.5, 0.4, 0.6, COUNTS["a"], COUNTS["b"]))[0] == "2 figures for the value and no derivation"
    several = computed(number(0.46, 0.4, 0.6, COUNTS["a"], COUNTS["c"], derivation="a * c"))
    assert several == [0.4605, *(f"the derivation has 2 uncertain figures: say derivation_{end}" for end in ("low", "high"))]
    question = computed(number(0.5, 0.4, 0.6, COUNTS["a"], derivation='solve("fever", a)'))
    assert question[0] == "solve(...) is computed by the network, not by the file"
    judged = computed(number(0.52, 0.4, 0.6, COUNTS["a"], range="judgement"))
    assert judged == [0.5233, "no figure is cited for it", "no figure is cited for it"]


def test_the_documentation_names_every_function(root: object) -> None:
    """docs/priors-format.md lists the functions of the formulas."""
    from pathlib import Path

    page = (Path(str(root)) / "docs" / "priors-format.md").read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"`{name}" not in page] == []
