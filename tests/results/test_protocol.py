"""Results are frozen, print within a hundred columns, and become frames with fixed columns and plain JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import pytest
from api_models import clinic
from hypothesis import given
from hypothesis import strategies as st

import bayesnet
from bayesnet.results.base import safe
from bayesnet.results.table import WIDTH, Grid
from bayesnet.results.words import frequency, percent, ratio


def results() -> dict[str, object]:
    """One of each result of asking."""
    from bayesnet.analysis.description.cards import number_card, variable_card, variables
    from bayesnet.analysis.query.posterior import assignment

    net = clinic()
    case = net.case("fever, cough, weight={lost:3, same:1, gained:1}")
    return {
        "posterior": net.posterior("weight | fever, flu"),
        "posteriors": net.posteriors("fever"),
        "joint": net.joint(["flu", "weight"], given="fever"),
        "most_probable": net.most_probable("fever"),
        "assignment": assignment(net.compiled, "flu, !tumour | fever"),
        "counterfactual": net.counterfactual("fever", given="flu, fever", had="flu=absent"),
        "diagnoses": case.diagnoses(),
        "certain": net.case("flu").diagnoses(),
        "weights": case.weights("flu"),
        "compare": case.compare("!cough", "do(cough)"),
        "summary": net.summary(),
        "variables": variables(net.compiled),
        "variable": variable_card(net.compiled, net.compiled.variable("fever")),
        "number": number_card(net.compiled, net.compiled.number("fever | flu")),
    }


RESULTS = results()


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_is_frozen_and_prints_header_table_and_footer(kind: str) -> None:
    """What was asked and of which network stands above, the warning below, and no line is wider than a terminal."""
    result = RESULTS[kind]
    text = str(result)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "clinic 1.2" in text
    assert text.endswith("Only for tests.")
    field = dataclasses.fields(result)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, field, None)


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_is_plain_json_and_a_frame(kind: str) -> None:
    """`to_dict` survives JSON without NaN, and the frame has its columns whatever was asked."""
    result = RESULTS[kind]
    content = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert content["network"] == "clinic"
    assert content["digest"] == clinic().digest
    assert content["kind"] == type(result).__name__
    frame = result.to_frame()
    assert len(frame) == len(result.rows())
    if result.columns:
        assert tuple(frame.columns) == result.columns


def test_the_same_shape_whatever_was_asked() -> None:
    """One state or several, soft findings or none: the frame of a posterior has the same columns."""
    net = clinic()
    asked = [net.posterior("flu"), net.posterior("weight | flu"), net.posterior("flu", {"fever": {"present": 2, "absent": 1}})]
    assert {tuple(p.to_frame().columns) for p in asked} == {("variable", "state", "prior", "posterior")}


def test_titles_are_the_question() -> None:
    """The title of an answer can be asked again, or held as a case again."""
    net = clinic()
    for p in (
        net.posterior("weight=lost | fever, !cough, do(flu)"),
        net.posterior("flu", {"weight": {"lost", "same"}, "fever": {"present": 0.25, "absent": 1}}),
        net.posterior("flu | jeffrey(fever={present:0.7, absent:0.3})"),
    ):
        assert net.posterior(p.title).probabilities == pytest.approx(p.probabilities, abs=1e-12)
        assert str(p).splitlines()[0] == f"posterior: {p.title}"
    ranked = net.case("fever, !cough").diagnoses()
    assert net.case(ranked.title).diagnoses() == ranked
    table = net.joint(["flu", "fever"], given="cough")
    assert table.title == "flu, fever | cough"


def test_html_holds_no_markup_of_the_model() -> None:
    """Names with markup are harmless in a notebook."""
    from bayesnet.model.records import Model, Number, Variable
    from bayesnet.network import Network

    name = "<script>alert(1)</script>"
    numbers = {'"<script>alert(1)</script>"=present': Number('"<script>alert(1)</script>"=present', 0.5, 0.5, 0.5, variable=name)}
    net = Network(Model("odd", variables={name: Variable(name)}, numbers=numbers))
    html = net.posterior(f'"{name}"')._repr_html_()
    assert "<script" not in html + net._repr_html_()
    assert "&lt;script&gt;" in html


def test_prints_name_the_caveats() -> None:
    """The footer names the weakest numbers behind the answer with range and source, and the model's warning."""
    net = clinic()
    foot = " ".join(str(net.posterior("tumour | fever")).split())
    assert "Caveats: how the 6 numbers used are known: 5 not recorded how, 1 judged." in foot
    bars = [f"{bar.number} " for bar in net.case("fever").tornado("tumour")][:3]
    assert [foot.index(number) for number in bars] == sorted(foot.index(number) for number in bars)
    ranked = " ".join(str(net.case("fever, cough").diagnoses()).split())
    assert "Caveats for P(flu): odds(flu) | baseline 0.05 [0.02, 0.1] (Roe 2010, not recorded how) moves it over" in ranked
    assert "that can move it by a point or more are known: " in ranked


def test_the_network_prints_what_it_is_made_of() -> None:
    """`net` prints variables, numbers, sources and what moves a diagnosis most."""
    text = repr(clinic())
    for part in (
        "clinic: A small clinic",
        "10 variables: risk factors 3, diagnoses 3, history 3, groups 1",
        "16 numbers from 2 sources: cohort 12, judgement 2, definition 2",
        "86 % of the numbers rest on a study",
        "move a diagnosis most",
    ):
        assert part in text


@given(st.lists(st.lists(st.text("ab_ ", max_size=80), min_size=4, max_size=4), min_size=1, max_size=4))
def test_a_table_keeps_its_width_and_every_letter(rows) -> None:
    """However long the cells, a table fits a hundred columns and nothing is cut off."""
    text = Grid(("a", "b", "c", "d"), tuple(map(tuple, rows)), frozenset({0, 1, 2, 3})).text()
    assert max(map(len, text.splitlines())) <= WIDTH
    letters = "".join(cell for row in rows for cell in row)
    assert sorted(text.split("\n", 2)[2].replace(" ", "").replace("\n", "")) == sorted(letters.replace(" ", ""))


@given(st.floats(0.0, 1.0))
def test_percentages_and_frequencies_are_honest(p: float) -> None:
    """A printed percentage is right to its figures, never 0 or 100 for what can be; frequencies count whole people."""
    text = percent(p)
    if p not in (0.0, 1.0):
        assert not text.startswith("0 %")
        assert text != "100 %"
    if 1e-9 < p < 1 - 1e-9:
        value = float(text[:-2]) / 100
        assert value == pytest.approx(p, abs=0.006 * p if p <= 0.5 else 0.06 * (1 - p))
    assert frequency(p)


def test_what_json_cannot_hold_becomes_none_or_text() -> None:
    """NaN is null, infinities are text, sets are sorted lists, records are dicts."""
    assert safe({"a": math.nan, "b": math.inf, "c": {2, 1}, "d": (1.0, None)}) == {
        "a": None,
        "b": "inf",
        "c": [1, 2],
        "d": [1.0, None],
    }
    assert ratio(math.nan) == "–"
    assert (ratio(1234567.0), ratio(2e9), ratio(0.0)) == ("1,230,000", "2.00e+09", "0")


def test_a_notebook_reads_labels_and_keeps_the_ids_of_numbers() -> None:
    """A finding is called what the model calls it, its id is the title of the cell; numbers and variables keep what is typed."""
    case = bayesnet.load("back_pain").case("male, fever")
    shown = case.explain("spinal_metastasis")._repr_html_()
    assert re.search(r'title="!female">male</td>', shown)
    assert re.search(r'title="nonspecific_lbp">nonspecific low back pain</td>', case.diagnoses()._repr_html_())
    assert "nonspecific_lbp" in str(case.diagnoses())
    assert ">odds(spinal_metastasis) | baseline</td>" in case.tornado("spinal_metastasis")._repr_html_()
    assert ">night_pain</td>" in bayesnet.load("back_pain").find("night")._repr_html_()
