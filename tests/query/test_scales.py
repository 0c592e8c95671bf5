"""Only ratios of likelihoods matter, in every analysis; what is not zero is not impossible, down to the smallest double."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import bayesnet
from bayesnet.network import Network


@pytest.fixture(scope="module")
def asia() -> Network:
    """The chest clinic."""
    return bayesnet.load("asia")


ANALYSES: dict[str, Callable[[Any], Any]] = {
    "posteriors": lambda case: case.posteriors().to_frame(),
    "explain": lambda case: case.explain("lung=yes").to_frame().select_dtypes("number"),
    "tornado": lambda case: case.tornado("lung=yes").to_frame(),
    "sensitivities": lambda case: case.sensitivities("lung=yes").to_frame().drop(columns=list("abcd")),
    "two_way": lambda case: pd.DataFrame(case.two_way("lung=yes", "smoke=yes", "tub=yes | asia=yes").values),
    "next_tests": lambda case: case.next_tests("lung=yes").to_frame(),
    "uncertainty": lambda case: case.uncertainty("lung=yes", draws=50).to_frame(),
    "arc_strengths": lambda case: case.arc_strengths().to_frame(),
    "tune": lambda case: case.tune("lung=yes", at_least=0.2).to_frame(),
}


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_likelihoods_on_any_scale_give_the_same_analysis(asia: Network, name: str, scale: float) -> None:
    """Two findings whose likelihoods multiply to far more, or far less, than a double holds."""
    one = ANALYSES[name](asia.case({"smoke": [1.0, 0.5], "bronc": [0.25, 1.0]}))
    other = ANALYSES[name](asia.case({"smoke": [scale, 0.5 * scale], "bronc": [0.25 * scale, scale]}))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


NAIVE = """variable K {{ type discrete [2] {{ a, b }}; }}
{variables}
probability ( K ) {{ table 0.5, 0.5; }}
{tables}
"""


def naive(folder: Path, count: int, a: str, b: str) -> Network:
    """One cause K and findings y or n: P(y | a), P(y | b), as they are written with P(n)."""
    variables = "\n".join(f"variable f{i} {{ type discrete [2] {{ y, n }}; }}" for i in range(count))
    tables = "\n".join(f"probability ( f{i} | K ) {{ (a) {a}; (b) {b}; }}" for i in range(count))
    path = folder / "naive.bif"
    path.write_text(NAIVE.format(variables=variables, tables=tables))
    return bayesnet.load(path)


def test_a_hundred_soft_findings_are_their_odds_multiplied(tmp_path: Path) -> None:
    """Likelihoods as counts of 1e5: the odds of K are the product of (L_y P(y | a) + L_n P(n | a)) / (the same of b)."""
    net = naive(tmp_path, 100, "0.6, 0.4", "0.5, 0.5")
    one = (0.7 * 0.6 + 0.3 * 0.4) / (0.7 * 0.5 + 0.3 * 0.5)
    expected = one**100 / (1 + one**100)
    for scale in (1.0, 1e5, 1e-5):
        found = net.posterior("K", {f"f{i}": [0.7 * scale, 0.3 * scale] for i in range(100)})
        assert found["a"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [("1e-300, 1", "1e-305, 1"), ("1e-320, 1", "0, 1")])
def test_the_smallest_numbers_are_not_impossible(tmp_path: Path, a: str, b: str) -> None:
    """Three findings of 1e-300, one of the smallest double: answers, prints and analyses, neither NaN nor a warning."""
    count = 3 if "305" in b else 1
    net = naive(tmp_path, count, a, b)
    findings = ", ".join(f"f{i}=y" for i in range(count))
    case = net.case(findings)
    small = 1e-15 if count == 3 else 0.0
    assert case.posterior("K")["b"] == pytest.approx(small, rel=1e-12)
    log = count * math.log(float(a.split(",")[0])) + math.log(0.5)
    assert net.log_probability(findings) == pytest.approx(log, rel=1e-12)
    row = net.score(pd.DataFrame({f"f{i}": ["y"] for i in range(count)}), ["K=b"]).iloc[0]
    assert (row["P(K=b)"], row["log_probability"]) == pytest.approx((small, log), rel=1e-12)
    assert str(case.explain("K=a"))
    assert str(case.most_probable())
    lines = case.sensitivities("K=a").to_frame()
    assert lines["derivative"].notna().all()


def test_eighty_independent_findings_are_explained_each_by_its_own_weight(tmp_path: Path) -> None:
    """Each 1e-3 against 9e-4: the exact Shapley value of each is ln(10/9)."""
    net = naive(tmp_path, 80, "0.001, 0.999", "0.0009, 0.9991")
    found = net.case(", ".join(f"f{i}=y" for i in range(80))).explain("K=a")
    assert [impact.shapley for impact in found] == pytest.approx([math.log(10 / 9)] * 80, abs=1e-9)


@pytest.mark.parametrize("scale", [1e308, 1e-200])
def test_two_likelihoods_of_one_variable_multiply_on_any_scale(asia: Network, scale: float) -> None:
    """Their product may leave what a double holds; the ratio 1 : 0.25 is that of both together."""
    twice = f"smoke={{yes: {scale}, no: {scale / 2}}}, smoke={{yes: {scale}, no: {scale / 2}}}"
    expected = asia.posterior("lung | smoke={yes: 1, no: 0.25}")["yes"]
    assert asia.posterior(f"lung | {twice}")["yes"] == pytest.approx(expected, rel=1e-12)
    certain = asia.posterior("smoke | smoke={yes: 1e-200, no: 1}, smoke={yes: 1e-200, no: 1}, smoke=yes")
    assert certain["yes"] == 1.0
