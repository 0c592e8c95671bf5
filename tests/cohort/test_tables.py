"""Tables of a cohort as programs write them: numbered states, words for missing, identifiers, cells that are no states."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import bayesnet
from bayesnet.errors import FindingError, SpecError, UnknownState
from bayesnet.network import Network

NUMBERED = """variable 0 { type discrete [ 3 ] { 0, 1, 2 }; } variable 1 { type discrete [ 2 ] { 0, 1 }; }
probability ( 0 ) { table 0.2, 0.3, 0.5; } probability ( 1 | 0 ) { (0) 0.1, 0.9; (1) 0.2, 0.8; (2) 0.7, 0.3; }"""

DECIMAL = """variable dose { type discrete [ 2 ] { 0.5, 1.0 }; } variable well { type discrete [ 2 ] { t, f }; }
probability ( dose ) { table 0.25, 0.75; } probability ( well | dose ) { (0.5) 0.4, 0.6; (1.0) 0.8, 0.2; }"""

ASIA = {("no", "yes"): 0.142286172920096, ("yes", "no"): 0.00235766983003087, ("yes", "yes"): 0.645991425452590}
"""P(lung=yes | smoke, xray) by pgmpy's variable elimination."""


def network(folder: Path, text: str) -> Network:
    """A network of a BIF text."""
    path = folder / "n.bif"
    path.write_text(text)
    return bayesnet.load(path)


@pytest.fixture(scope="module")
def asia() -> Network:
    """The small model of chest clinic."""
    return bayesnet.load("asia")


def test_a_number_is_the_state_of_its_value_however_it_is_written(tmp_path: Path) -> None:
    """pandas writes whole numbers with gaps as 2.0: P(0=2 | 0=2) = 1, P(0=2 | 1=1) = 0.263158 by enumeration."""
    net = network(tmp_path, NUMBERED)
    for frame in (
        pd.DataFrame({"0": [2.0, None], "1": [None, 1.0]}),
        pd.DataFrame({"0": ["2.0", None], "1": [None, "1.0"]}),
        pd.DataFrame({"0": ["2", None], "1": [None, "1e0"]}),
    ):
        scored = net.score(frame, ["0=2"])
        assert scored["problem"].tolist() == ["", ""]
        assert scored["P(0=2)"].tolist() == pytest.approx([1, 0.263158], abs=5e-7)


def test_decimal_states_are_found_by_their_value(tmp_path: Path) -> None:
    """P(well=t) = 0.8 for 1.0 and 0.4 for 0.5 by enumeration."""
    net = network(tmp_path, DECIMAL)
    assert net.posterior("well", {"dose": 1.0})["t"] == pytest.approx(0.8)
    assert net.posterior("well", {"dose": 1})["t"] == pytest.approx(0.8)
    assert net.posterior("well", {"dose": {0.5: 1, 1.0: 0}})["t"] == pytest.approx(0.4)
    assert net.score(pd.DataFrame({"dose": [0.5, 1.0]}), ["well=t"])["P(well=t)"].tolist() == pytest.approx([0.4, 0.8])
    with pytest.raises(UnknownState, match=r'has no state "0\.7"'):
        net.posterior("well", {"dose": 0.7})
    with pytest.raises(FindingError, match="are states and could be likelihoods too"):
        net.posterior("well", {"dose": [0.5, 1]})


def test_words_for_missing_can_be_named(asia: Network) -> None:
    """`NA` is R's, `?` Weka's, `NULL` SQL's; a word that is not named is a problem of its row."""
    frame = pd.DataFrame({"smoke": ["yes", "NA", "?", "NULL"], "xray": ["no", "?", "yes", "NA"]})
    scored = asia.score(frame, ["lung=yes"], missing=["NA", "?", "NULL"])
    assert scored["problem"].tolist() == [""] * 4
    assert scored["P(lung=yes)"][0] == pytest.approx(ASIA["yes", "no"])
    assert scored["P(lung=yes)"][1] == scored["P(lung=yes)"][3] == pytest.approx(0.055)
    assert [bool(text) for text in asia.score(frame, ["lung=yes"])["problem"]] == [False, True, True, True]


def test_a_state_called_like_a_word_for_missing_stays_a_state(tmp_path: Path) -> None:
    """`NA` may be a state of its own."""
    net = network(tmp_path, NUMBERED.replace("{ 0, 1, 2 }", "{ NA, 1, 2 }").replace("(0)", "(NA)"))
    assert net.score(pd.DataFrame({"0": ["NA"]}), ["0=NA"], missing="NA")["P(0=NA)"].tolist() == [1.0]


def test_an_identifier_is_carried_through(asia: Network) -> None:
    """It comes back beside the answers, as it is; what is neither kept nor a variable is refused with both ways out."""
    frame = pd.DataFrame({"id": ["p1", "p2"], "smoke": ["yes", "no"], "xray": ["yes", None]}, index=[7, 9])
    scored = asia.score(frame, ["lung=yes"], keep=["id"])
    assert list(scored.columns) == ["id", "P(lung=yes)", "log_probability", "problem"]
    assert scored["id"].to_dict() == {7: "p1", 9: "p2"}
    assert scored["P(lung=yes)"].tolist() == pytest.approx([ASIA["yes", "yes"], 0.01])
    with pytest.raises(SpecError, match=r"keep it \(keep=\[\.\.\.\], --keep\) or drop it"):
        asia.score(frame, ["lung=yes"])


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        ("ids", 'did you mean "id"'),
        ("smoke", "is a variable of asia"),
        ("P(x)", "has the name of an answer"),
        ("twice", "2 times"),
    ],
)
def test_what_cannot_be_carried_through_is_refused(asia: Network, keep: str, said: str) -> None:
    """A column that is missing, doubled, a variable, or called like an answer."""
    frame = pd.DataFrame([["p1", "yes", 1, 2, 3]], columns=["id", "smoke", "P(x)", "twice", "twice"])
    with pytest.raises(SpecError, match=said.replace("(", r"\(").replace(")", r"\)")):
        asia.score(frame, ["lung=yes"], keep=[keep])


def test_a_cell_that_is_no_state_is_a_problem_of_its_row(asia: Network) -> None:
    """A set, a list, a dict, an array: the other rows are answered."""
    frame = pd.DataFrame({"smoke": ["yes", {"yes"}, ["no"], {"yes": 2}, None], "xray": ["yes"] * 5})
    scored = asia.score(frame, ["lung=yes"])
    assert scored["P(lung=yes)"][0] == pytest.approx(ASIA["yes", "yes"])
    assert scored["problem"][1] == "variable \"smoke\" takes one state in a row, or none; got set {'yes'}"
    assert [bool(text) for text in scored["problem"]] == [False, True, True, True, False]


def test_many_wrong_columns_are_counted(asia: Network) -> None:
    """Ten thousand columns give no ten thousand lines, and a name of megabytes is cut."""
    with pytest.raises(SpecError) as refusal:
        asia.score(pd.DataFrame([[1] * 5_000], columns=[*(f"c{i}" for i in range(4_999)), "x" * 10**6]))
    assert len(str(refusal.value)) < 10_000
    assert "and 4,988 more columns" in str(refusal.value)
    with pytest.raises(SpecError, match=r"\(1,000,000 characters\)"):
        asia.score(pd.DataFrame({"x" * 10**6: [1]}))


def test_a_posterior_takes_the_states_that_findings_take(tmp_path: Path) -> None:
    """Numbers as `given` takes them; what is no state is refused as such."""
    p = network(tmp_path, NUMBERED).posterior("0")
    assert (p[2], p["2"]) == (0.5, 0.5)
    for key in (None, "7"):
        with pytest.raises(UnknownState, match='variable "0" has no state'):
            p[key]
