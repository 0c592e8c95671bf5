"""Causes and consequences in a differential: shares known on paper, the ranking, the prints, the report and the picture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_networks import network

import bayesnet.plot
from bayesnet.analysis.differential.differential import WORTH_A_PASS
from bayesnet.errors import UnknownRecord
from bayesnet.model.check import check_model
from bayesnet.model.records import Variable
from bayesnet.network import Network

RESIDUAL = "a residual: whatever is neither of the others"


def spine(squeezed: float = 0.6) -> Network:
    """Disc or tumour, exclusive by chance only, squeeze the nerves; weakness shows the squeeze, and "other" is neither cause."""
    return network(
        "spine",
        [
            Variable("disc", group="diagnoses", role="common"),
            Variable("tumour", group="diagnoses", role="serious"),
            Variable(
                *("squeeze", "", "nerves under pressure", "diagnoses", "must_not_miss"),
                parents=("disc", "tumour"),
                consequence_of=("tumour", "disc"),
            ),
            Variable("weakness", parents=("squeeze",)),
            Variable(
                *("other", "", "none of them", "diagnoses", "other"),
                parents=("disc", "tumour"),
                gate="deterministic",
                expression=(("present", "none of disc, tumour"),),
                note=RESIDUAL,
            ),
        ],
        {
            "disc=present": (0.1, 0.05, 0.2, "s1"),
            "tumour=present": 0.01,
            "squeeze=present | disc=absent, tumour=absent": 0.0,
            "squeeze=present | disc=present, tumour=absent": squeezed / 6.0,
            "squeeze=present | disc=absent, tumour=present": squeezed,
            "squeeze=present | disc=present, tumour=present": squeezed,
            "weakness=present | squeeze=present": 0.9,
            "weakness=present | squeeze=absent": 0.01,
        },
    )


SQUEEZED = 0.1 * 0.99 * 0.1 + 0.01 * 0.6
"""P(squeeze): disc alone, or tumour with or without disc."""


def test_shares_of_the_causes_are_those_of_bayes_theorem() -> None:
    ranked = spine().case("weakness").diagnoses(draws=0)
    line = ranked["squeeze"]
    assert {share.cause: share.probability for share in line.causes} == pytest.approx(
        {"disc": (0.1 * 0.99 * 0.1 + 0.1 * 0.01 * 0.6) / SQUEEZED, "tumour": 0.01 * 0.6 / SQUEEZED}
    )
    assert [share.cause for share in line.causes] == ["disc", "tumour"]
    assert line.consequence_of == ("tumour", "disc")
    weak = SQUEEZED * 0.9 + (1.0 - SQUEEZED) * 0.01
    assert line.posterior == pytest.approx(SQUEEZED * 0.9 / weak)
    assert ranked.leading_specific == "squeeze"
    assert line.posterior > ranked["disc"].posterior


def test_a_cause_that_acts_through_another_counts_where_that_one_is_absent() -> None:
    """An infected vertebra squeezes by itself or through an abscess; shares by hand."""
    net = network(
        "infection",
        [
            Variable("vertebra", group="diagnoses", role="serious"),
            Variable("abscess", group="diagnoses", role="serious", parents=("vertebra",)),
            Variable(
                *("squeeze", "", "nerves under pressure", "diagnoses", "must_not_miss"),
                parents=("vertebra", "abscess"),
                consequence_of=("vertebra", "abscess"),
            ),
        ],
        {
            "vertebra=present": 0.2,
            "abscess=present | vertebra=absent": 0.0,
            "abscess=present | vertebra=present": 0.3,
            "squeeze=present | vertebra=absent, abscess=absent": 0.01,
            "squeeze=present | vertebra=absent, abscess=present": 0.5,
            "squeeze=present | vertebra=present, abscess=absent": 0.1,
            "squeeze=present | vertebra=present, abscess=present": 0.5,
        },
    )
    through, alone, neither = 0.2 * 0.3 * 0.5, 0.2 * 0.7 * 0.1, 0.8 * 0.01
    shares = net.case("").diagnoses(draws=0)["squeeze"].causes
    assert [share.cause for share in shares] == ["abscess", "vertebra"]
    assert [share.probability for share in shares] == pytest.approx(
        [through / (through + alone + neither), alone / (through + alone + neither)]
    )
    seen = net.case("squeeze, abscess").diagnoses(draws=0)["squeeze"].causes
    assert [(share.cause, share.probability) for share in seen] == [("abscess", pytest.approx(1.0)), ("vertebra", 0.0)]


def test_a_consequence_that_leads_names_its_cause_and_does_not_hide_it() -> None:
    net = spine()
    sure = net.case("weakness, squeeze, !tumour").diagnoses(["squeeze", "tumour", "disc", "other"], draws=0)
    assert sure["disc"].posterior == pytest.approx(1.0)
    ranked = net.case("squeeze").diagnoses(draws=0)
    assert ranked.leading_specific == "squeeze"
    assert ranked.leading_cause == "disc"
    assert [line.diagnosis for line in ranked.causes] == ["disc", "tumour"]
    assert [line.diagnosis for line in ranked.consequences] == ["squeeze"]
    assert ranked.rank("disc") == 1
    assert ranked.rank("tumour") == 2
    assert ranked.rank("squeeze") == 1
    assert ranked.rank("tumour", also=["disc"]) == 1
    with pytest.raises(UnknownRecord):
        ranked.rank("gout")


def test_print_frame_and_dict_say_it() -> None:
    ranked = spine().case("weakness").diagnoses(draws=0)
    share = {s.cause: s.probability for s in ranked["squeeze"].causes}
    sentence = f"most likely from disc ({100 * share['disc']:.0f} %), tumour ({100 * share['tumour']:.0f} %)."
    assert sentence in str(ranked)
    assert sentence in ranked._repr_html_()
    assert "must not miss, consequence" in ranked.grid().text(200)
    frame = ranked.to_frame().set_index("diagnosis")
    assert frame.columns[-1] == "consequence_of"
    assert frame.loc["squeeze", "consequence_of"] == "tumour, disc"
    assert frame.loc["disc", "consequence_of"] == ""
    line = next(d for d in ranked.to_dict()["diagnoses"] if d["diagnosis"] == "squeeze")
    assert line["causes"][0] == {"cause": "disc", "probability": share["disc"]}


def test_what_the_other_diagnosis_contains_is_said_only_where_it_leads() -> None:
    alone = spine().case("").diagnoses(draws=0)
    assert alone.leading == "other"
    assert alone.introduction().startswith("other leads with 89.1 %: none of them. a residual")
    assert RESIDUAL in str(alone)
    assert spine().case("squeeze").diagnoses(draws=0).introduction() == ""


def test_no_pass_for_a_consequence_that_is_hardly_there_or_set_from_outside() -> None:
    rare = spine(0.01).case("").diagnoses(draws=0)
    assert rare["squeeze"].posterior < WORTH_A_PASS
    assert rare["squeeze"].causes == ()
    assert rare.origins == ()
    assert spine().case("").do("squeeze").diagnoses(draws=0)["squeeze"].causes == ()


def test_picture_and_report_name_the_cause(tmp_path: object) -> None:
    case = spine().case("squeeze")
    ax = bayesnet.plot.differential(case.diagnoses(draws=0))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert any(name.startswith("squeeze\nfrom disc (") for name in names)
    from bayesnet.web.report import report

    text = report(case.query, full=True)
    assert "squeeze (a consequence)" in text
    assert "is a consequence, most likely from disc (" in text
    assert "Explained here is the most probable specific diagnosis, disc.<" in report(spine().case("").query, full=True)


def test_a_cause_that_is_not_a_variable_is_a_problem_of_the_model() -> None:
    model = spine().model
    for causes, said in ((("disk",), 'consequence_of names "disk"'), (("squeeze",), "a consequence of itself")):
        squeeze = replace(model.variables["squeeze"], consequence_of=causes)
        problems = check_model(replace(model, variables={**model.variables, "squeeze": squeeze}))
        assert any(said in str(problem) for problem in problems)
    assert not [p for p in check_model(model) if "consequence" in str(p)]
