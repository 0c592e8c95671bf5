"""Naive Bayes beside a network: posteriors, areas and weights known on paper, on small models made up here."""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_networks import Cited, network

from bayesnet.analysis.audit.cases import PublishedCase
from bayesnet.analysis.audit.naive import NaiveBayes, _area, _error_of_difference, compare_with_naive
from bayesnet.analysis.audit.walk import walk
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, UnknownRecord
from bayesnet.model.records import Variable
from bayesnet.network import Network
from bayesnet.results.naive import CASES, PEOPLE

FEVER = {"flu": 0.8, "gout": 0.1}
PAIN = {"flu": 0.3, "gout": 0.9}


def exclusive() -> Network:
    """One disease, flu or gout, and two findings that are independent given it: what naive Bayes assumes is true here."""
    numbers: dict[str, Cited] = {"disease=flu": 0.6, "disease=gout": 0.4}
    for name in ("flu", "gout"):
        for disease in ("flu", "gout"):
            numbers[f"{name}=present | disease={disease}"] = float(name == disease)
    for finding, given in (("fever", FEVER), ("pain", PAIN)):
        numbers |= {f"{finding}=present | disease={disease}": p for disease, p in given.items()}
    return network(
        "exclusive",
        [
            Variable("disease", states=("flu", "gout"), group="mechanisms"),
            Variable("flu", group="diagnoses", role="common", parents=("disease",)),
            Variable("gout", group="diagnoses", role="common", parents=("disease",)),
            Variable("fever", group="history_and_examination", parents=("disease",)),
            Variable("pain", group="history_and_examination", parents=("disease",)),
        ],
        numbers,
    )


def repeated() -> Network:
    """Each disease causes one sign; the second finding of the first disease only repeats its first."""
    return network(
        "repeated",
        [
            Variable("setting", states=("home", "ward"), default="home"),
            Variable("flu", group="diagnoses", role="common", parents=("setting",)),
            Variable("gout", group="diagnoses", role="common"),
            Variable("fever", group="history_and_examination", parents=("flu",)),
            Variable(
                *("heat", "", "", "history_and_examination"),
                parents=("fever",),
                gate="deterministic",
                expression=(("present", "fever"),),
            ),
            Variable("pain", group="history_and_examination", parents=("gout",)),
            Variable(
                "none",
                group="diagnoses",
                role="other",
                parents=("flu", "gout"),
                gate="deterministic",
                expression=(("present", "none of flu, gout"),),
            ),
        ],
        {
            "setting=home": 0.7,
            "setting=ward": 0.3,
            "flu=present | setting=home": 0.2,
            "flu=present | setting=ward": 0.4,
            "gout=present": 0.1,
            "fever=present | flu=present": 0.8,
            "fever=present | flu=absent": 0.1,
            "pain=present | gout=present": 0.9,
            "pain=present | gout=absent": 0.2,
        },
    )


def query(net: Network, findings: str) -> Query:
    return Query(net.compiled, read_given(net.compiled, findings))


def test_where_its_assumptions_hold_naive_bayes_is_the_network() -> None:
    net = exclusive()
    flu, gout = 0.6 * 0.8 * 0.7, 0.4 * 0.1 * 0.1
    found = NaiveBayes(net.compiled).posteriors(query(net, "fever, !pain"))
    assert found == pytest.approx([flu / (flu + gout), gout / (flu + gout)])
    assert found[0] == pytest.approx(net.probability("flu | fever, !pain"))
    comparison = compare_with_naive(net.compiled, each=40)
    assert all(d.difference == pytest.approx(0.0) for d in comparison)
    assert comparison.ahead == ()
    ours, shared, theirs, ours_alone, theirs_alone = comparison.rankings
    assert ours.log_score == pytest.approx(theirs.log_score)
    assert shared.mean_area == pytest.approx(theirs.mean_area)
    assert ours_alone.log_score == pytest.approx(theirs_alone.log_score)
    assert comparison.within == {PEOPLE: (0, 0)}


def test_a_finding_that_repeats_another_counts_twice_in_the_naive_model_only() -> None:
    net = repeated()
    found = NaiveBayes(net.compiled).posteriors(query(net, "fever, heat"))
    any_fever = 0.2 * 0.8 + 0.8 * 0.1
    weights = [0.2 * 0.8**2, 0.1 * any_fever**2, 0.9 * 0.8 * 0.1**2]
    assert found == pytest.approx(np.array(weights) / sum(weights))
    once = NaiveBayes(net.compiled).posteriors(query(net, "fever"))
    assert found[0] > once[0]
    assert net.probability("flu | fever, heat") == pytest.approx(net.probability("flu | fever"))


def test_the_context_enters_the_prior_and_not_the_findings() -> None:
    net = repeated()
    prior, _ = NaiveBayes(net.compiled).tables(query(net, "setting=ward"))
    assert prior == pytest.approx([0.4, 0.1, 0.6 * 0.9])
    assert NaiveBayes(net.compiled).posteriors(query(net, "setting=ward")) == pytest.approx(prior / prior.sum())


def test_rows_give_what_single_questions_give() -> None:
    net = repeated()
    names = net.compiled.names
    known = [names.index("fever"), names.index("pain")]
    rows = np.zeros((2, len(names)), dtype=np.int64)
    rows[1, known] = 1
    naive = NaiveBayes(net.compiled)
    found = naive.posteriors_of_rows(query(net, ""), rows, known)
    assert found[0] == pytest.approx(naive.posteriors(query(net, "!fever, !pain")))
    assert found[1] == pytest.approx(naive.posteriors(query(net, "fever, pain")))


def test_people_are_asked_only_what_repeats_nothing_else() -> None:
    comparison = compare_with_naive(repeated().compiled, each=30)
    assert comparison.known == ("fever", "pain")
    assert {d.people for d in comparison} == {PEOPLE}
    assert [r.count for r in comparison.rankings] == [60] * 5
    again = compare_with_naive(repeated().compiled, each=30)
    assert again.rows() == comparison.rows()
    assert compare_with_naive(repeated().compiled, each=30, seed=1).rows() != comparison.rows()


def test_cases_give_areas_ranks_and_scores_that_paper_gives() -> None:
    """Two cases, each with its own disease: the flu with fever is ranked right, the gout with fever and without pain is not."""
    net = exclusive()
    cases = [PublishedCase("a", "fever", ("flu",), "s"), PublishedCase("b", "fever, !pain", ("gout",), "s")]
    comparison = compare_with_naive(net.compiled, cases, each=0)
    ours = comparison.rankings[0]
    flu = net.probability("flu | fever")
    gout = net.probability("gout | fever, !pain")
    assert (ours.people, ours.count, ours.first, ours.first_three) == (CASES, 2, 0.5, 1.0)
    assert ours.log_score == pytest.approx((math.log(flu) + math.log(gout)) / 2.0)
    alone = comparison.rankings[3]
    ratios = [
        [net.probability(f"{d} | {findings}") / net.probability(d) for d in ("flu", "gout")]
        for findings in ("fever", "fever, !pain")
    ]
    shares = ratios[0][0] / sum(ratios[0]), ratios[1][1] / sum(ratios[1])
    assert alone.model == "network, base rates out"
    assert alone.log_score == pytest.approx((math.log(shares[0]) + math.log(shares[1])) / 2.0)
    assert comparison["flu"].network == 0.0
    assert math.isnan(comparison["flu"].error)


def test_the_area_is_the_share_of_pairs_in_order_and_its_error_is_that_of_delong() -> None:
    p, has = np.array([0.9, 0.5, 0.5, 0.1, 0.7]), np.array([True, True, False, False, False])
    area = _area(p, has)
    pairs = [(a > b) + 0.5 * (a == b) for a in p[has] for b in p[~has]]
    assert area.value == pytest.approx(np.mean(pairs))
    assert area.without.mean() == pytest.approx(area.value)
    rng = np.random.default_rng(3)
    yes, no = rng.normal(1.0, 1.0, (300, 200)), rng.normal(0.0, 1.0, (300, 150))
    errors, values = [], []
    for a, b in zip(yes, no, strict=True):
        scores, who = np.concatenate([a, b]), np.arange(350) < 200
        first = _area(scores, who)
        second = _area(scores + rng.normal(0.0, 1.0, 350), who)
        values.append(first.value - second.value)
        errors.append(_error_of_difference(first, second))
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.15)


def test_it_says_where_naive_bayes_is_ahead_and_why() -> None:
    """Of two people with flu and pain each has what the other is not; only sharing one probability out parts them."""
    comparison = compare_with_naive(
        repeated().compiled,
        [
            PublishedCase("a", "setting=ward, fever, pain", ("gout",), "s"),
            PublishedCase("b", "!fever, !pain", ("flu",), "s"),
            PublishedCase("c", "setting=ward, fever, heat", ("flu",), "s"),
        ],
        each=20,
    )
    text = str(comparison)
    assert "20 from the network for each specific diagnosis" in " ".join(text.split())
    assert "3 published cases" in text
    for people in (CASES, PEOPLE):
        ours, _, theirs, *_ = (r for r in comparison.rankings if r.people == people)
        leads = "Naive Bayes" if theirs.mean_area > ours.mean_area else "The network"
        assert f"{leads} is ahead on {people}" in " ".join(text.split())
    for line in comparison.ahead:
        assert line.naive > line.network
    frame = comparison.to_frame()
    assert list(frame.columns) == list(comparison.columns)
    assert comparison.to_dict()["diagnoses"][0]["difference"] == comparison[0].difference
    assert len(comparison.rankings_frame()) == 10
    assert "<td" in comparison._repr_html_()


def test_a_walk_adds_up_to_the_odds_of_both_models() -> None:
    net = repeated()
    asked = query(net, "setting=ward, fever, heat, !pain")
    found = walk(asked, "flu", "gout")
    network, naive = found.total
    ours = {d: net.probability(f"{d} | setting=ward, fever, heat, !pain") for d in ("flu", "gout")}
    theirs = NaiveBayes(net.compiled).posteriors(asked)
    assert network == pytest.approx(10.0 * math.log10(ours["flu"] / ours["gout"]))
    assert naive == pytest.approx(10.0 * math.log10(theirs[0] / theirs[1]))
    assert found["heat"].network == pytest.approx(0.0)
    assert found["heat"].naive == pytest.approx(found["fever"].naive)
    assert found.names == ("fever", "heat", "!pain")
    assert "together" in str(found)
    assert "setting" not in found.grid().text()
    assert walk(query(net, "fever"), "gout").rival == "flu"


def test_a_network_with_nothing_specific_has_nothing_to_compare() -> None:
    net = network("dull", [Variable("well", group="diagnoses", role="other")], {"well=present": 0.9})
    comparison = compare_with_naive(net.compiled)
    assert comparison.rankings == ()
    assert len(comparison) == 0
    assert str(comparison).startswith("network beside naive Bayes: dull")


def test_a_walk_needs_two_diagnoses() -> None:
    net = repeated()
    with pytest.raises(UnknownRecord):
        walk(query(net, "fever"), "flu", "fever")
    with pytest.raises(BayesnetError):
        walk(query(net, "fever"), "flu", "flu")
