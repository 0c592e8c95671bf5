"""One protocol for every result with records, and prints that fit where they are read."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from api_models import clinic

import bayesnet
import bayesnet.plot
from bayesnet.errors import UnknownRecord, UnknownVariable
from bayesnet.results.base import Result
from bayesnet.results.distribution import Distribution
from bayesnet.results.records import Records
from bayesnet.results.table import WIDTH, Grid, broken, printed_at, width, wrapped
from bayesnet.results.words import interval, plain, rough_percent


def answers() -> dict[str, Records]:
    """A result with records of most kinds."""
    net = clinic()
    case = net.case("fever, cough")
    return {
        "diagnoses": case.diagnoses(),
        "compare": case.compare("!cough"),
        "posteriors": case.posteriors(),
        "weights": case.weights("flu"),
        "explain": case.explain("flu"),
        "sensitivities": case.sensitivities("flu"),
        "tornado": case.tornado("flu"),
        "sources": case.sources("flu"),
        "tune": case.tune("flu", at_least=0.99),
        "uncertainty": case.uncertainty("flu", draws=50),
        "arc_strengths": case.arc_strengths(),
        "next_tests": case.next_tests("flu"),
        "ladder": case.ladder("flu"),
    }


ANSWERS = answers()


@pytest.mark.parametrize("kind", ANSWERS)
def test_records_are_found_by_name_and_by_place(kind: str) -> None:
    """Length, iteration, the first and the last, the name of each, and the names for completion agree."""
    result = ANSWERS[kind]
    records = list(result)
    assert len(records) == len(result) == len(result.names) > 0
    assert result[0] is records[0]
    assert result[-1] is records[-1]
    assert list(result[:2]) == records[:2]
    assert result._ipython_key_completions_() == list(result.names)
    for name in result.names:
        assert name in result
        assert result[name] is records[result.names.index(name)]
    with pytest.raises(IndexError):
        result[len(records)]


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_name_that_is_not_there_is_refused_with_the_nearest(kind: str) -> None:
    """The refusal is a KeyError and an UnknownVariable, and offers the name that was meant."""
    result = ANSWERS[kind]
    typed = result.names[0] + "x"
    assert typed not in result
    with pytest.raises(UnknownRecord) as refusal:
        result[typed]
    assert isinstance(refusal.value, KeyError | UnknownVariable)
    assert result.names[0] in refusal.value.nearest
    assert f'"{typed}"; did you mean' in str(refusal.value)


def test_present_may_be_left_out_of_a_name() -> None:
    """`fever=present | flu=present` is found as `fever | flu` too, and a diagnosis with its state."""
    table = ANSWERS["sensitivities"]
    assert table["fever | flu"] is table["fever=present | flu=present"]
    assert ANSWERS["diagnoses"]["flu=present"] is ANSWERS["diagnoses"]["flu"]


def test_a_distribution_takes_states_and_places() -> None:
    """A state by name, by place, and a missing one with the states there are."""
    p = clinic().posterior("weight | fever")
    assert p[0] == p[p.states[0]]
    assert p[-1] == p[p.states[-1]]
    for missing in ("heavy", 3, -4, True, None, 0.5):
        with pytest.raises(bayesnet.UnknownState, match=f'has no state "{missing}"; its states are'):
            p[missing]
    best = clinic().most_probable("fever")
    with pytest.raises(UnknownVariable, match='did you mean "flu"'):
        best["flv"]


def test_a_state_is_read_as_in_findings() -> None:
    """True and False are present and absent, 2.0 is 2; `in` asks for a state; joint tables take the same."""
    net = clinic()
    p = net.posterior("flu | fever")
    assert p[True] == p["present"] == p[np.True_]
    assert p[False] == p["absent"]
    assert ("present" in p, "nope" in p, list(p), len(p)) == (True, False, list(p.probabilities), 2)
    table = net.joint(["flu", "fever"], given="cough")
    assert table[True, False] == table["present", "absent"]
    for missing in (None, 2):
        with pytest.raises(UnknownVariable, match="No combination of flu, fever"):
            table[missing]
    numbered = Distribution("dose", ("1", "2", "3"), (0.2, 0.3, 0.5))
    assert (numbered[2], numbered[2.0], numbered[np.float64(3)]) == (0.3, 0.3, 0.5)
    for missing in (0, -1, 1.5, True):
        with pytest.raises(bayesnet.UnknownState):
            numbered[missing]


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_repr_of_a_result_is_its_print_and_of_a_record_one_line(kind: str) -> None:
    """At the plain prompt an answer can be read; a record in a list is one line without numpy's numbers."""
    result = ANSWERS[kind]
    assert repr(result) == str(result)
    assert str(result).startswith(f"{result.verb}: ")
    if not isinstance(result[0], Result):
        line = repr(result[0])
        assert line.startswith(f"{type(result[0]).__name__}(")
        assert "\n" not in line
        assert "np.float64" not in line


def test_ipython_prints_an_answer_whole_and_names_it_in_a_container() -> None:
    """In a list, IPython's printer shows the heading of each answer only."""
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    result = ANSWERS["diagnoses"]
    assert pretty(result) == str(result)
    assert pretty([result]) == "[<Differential diagnoses: given fever, cough>]"


@pytest.mark.parametrize("kind", ANSWERS)
def test_html_has_the_rows_and_no_broken_lines(kind: str) -> None:
    """The browser breaks the lines; headings stand over their columns."""
    html = ANSWERS[kind]._repr_html_()
    assert html.count("<tr>") > 1
    assert '<th style="text-align: left; ' in html
    assert "<br>" not in html


def test_html_draws_a_bar_behind_each_probability() -> None:
    """The length is the probability."""
    html = Grid(("", "p"), (("a", "25.0 %"), ("b", "–")), bars=frozenset({1})).html()
    assert html.count("linear-gradient") == 1
    assert " 25%, transparent 25%" in html


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_print_keeps_to_the_columns_there_are(kind: str, columns: int) -> None:
    """No line is wider, and prose is never wider than a hundred."""
    with printed_at(columns):
        lines = str(ANSWERS[kind]).splitlines()
    assert max(map(len, lines)) <= columns


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty columns in a terminal of eighty; a hundred where there is none, as in a pipe, unless COLUMNS says otherwise."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert width() == WIDTH
    for asked, columns in (("72", 72), ("9" * 30, 160), ("0", WIDTH), ("wide", WIDTH)):
        monkeypatch.setenv("COLUMNS", asked)
        assert width() == columns
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "80")
    assert width() == 80
    assert max(map(len, wrapped("word " * 100).splitlines())) <= 80
    monkeypatch.setenv("COLUMNS", "400")
    assert max(map(len, wrapped("word " * 100).splitlines())) <= WIDTH


def test_no_word_is_broken_while_another_column_has_room() -> None:
    """Names break after underscores; a column that can be left out goes before a number is broken."""
    rows = (("hyperparathyroidism", "0.147 %", "1 in 680"), ("abdominal_aortic_aneurysm", "0.0570 %", "1 in 1,800"))
    table = Grid(("diagnosis", "posterior", "that is"), rows, optional=(2,))
    assert "1 in 680" in table.text(46)
    narrow = table.text(36)
    assert "that is" not in narrow
    assert "hyperparathyroidism" in narrow
    assert "0.0570 %" in narrow
    assert broken("vertebral_osteomyelitis", 14) == ["vertebral_", " osteomyelitis"]
    assert broken("age_group=50-59", 12) == ["age_group=", " 50-59"]


def test_an_interval_has_one_form() -> None:
    """The unit stands once; a range without figures is a dash."""
    assert interval(0.1, 0.2) == "10.0 to 20.0 %"
    assert interval(0.1, 0.2, rough_percent) == "10 to 20 %"
    assert interval(0.5, 12.0, plain) == "0.5 to 12"
    assert interval(float("nan"), float("nan")) == "–"


def test_what_a_network_holds_is_a_listing() -> None:
    """Variables, numbers and sources print as a table, complete their names and refuse others with the nearest."""
    net = clinic()
    for listing, name, typo in (
        (net.variables, "fever", "fevr"),
        (net.sources, "roe2010", "roe2001x"),
        (net.numbers, "tumour", ""),
    ):
        assert listing._ipython_key_completions_() == list(listing)
        assert repr(listing) == str(listing)
        assert name in str(listing)
        assert "<table>" in listing._repr_html_()
        if typo:
            assert typo not in listing
            assert listing.get(typo) is None
            with pytest.raises(UnknownRecord, match=f'did you mean "{name}"'):
                listing[typo]


def test_a_plot_refuses_what_it_cannot_draw() -> None:
    """A case, or a method that was not called, is refused with the call that returns what is drawn."""
    case = clinic().case("fever")
    with pytest.raises(
        TypeError, match=r"Expected a result of type Differential; got an object of type Case; pass case\.diagnoses\(\)\."
    ):
        bayesnet.plot.differential(case)  # type: ignore[arg-type]
    with pytest.raises(bayesnet.BayesnetError, match="the method diagnoses itself, which was not called"):
        bayesnet.plot.differential(case.diagnoses)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="type Weights or Explanation"):
        bayesnet.plot.weights(case.diagnoses())  # type: ignore[arg-type]
