"""Naive Bayes beside the network: the steps multiply to the network's answer, and agree where findings are independent."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.results.teaching import Ladder
from bayesnet.teach.ladder import ladder

DEMO = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"


@st.composite
def climbed(draw: st.DrawFn) -> tuple[CompiledModel, Ladder, tuple[int, int], dict[str, str]]:
    """A random network without certainties, hard findings on some variables and a target among the rest."""
    compiled = CompiledModel(
        draw(models(min_variables=3, max_variables=6, extremes=False, gates=("table", "noisy_or", "noisy_max")))
    )
    assume(not compiled.defaults)
    v, *known = draw(st.permutations(range(len(compiled.names))))[: draw(st.integers(2, len(compiled.names)))]
    findings = {compiled.names[u]: draw(st.sampled_from(compiled.states(u))) for u in known}
    state = draw(st.integers(0, len(compiled.states(v)) - 1))
    assume(compiled.engine.log_probability(read_given(compiled, findings).evidence()) > -50.0)
    answer = ladder(Query(compiled, read_given(compiled, findings)), (v, state))
    assume(all(1e-9 < p < 1 - 1e-9 for p in (answer.prior, *(r.probability for r in answer))))
    return compiled, answer, (v, state), findings


def odds(p: float) -> float:
    return p / (1 - p)


@settings(max_examples=60)
@given(climbed())
def test_the_steps_multiply_from_prior_to_posterior_on_both_ladders(drawn):
    """Prior odds times all likelihood ratios are the network's posterior odds; times those alone, the odds of naive Bayes."""
    compiled, answer, (v, state), findings = drawn
    asked = compiled.engine.posteriors(read_given(compiled, findings).evidence(), (v,)).marginals[v][state]
    assert answer.posterior == pytest.approx(asked, abs=1e-12)
    here = odds(answer.prior) * math.prod(r.likelihood_ratio for r in answer)
    assert here == pytest.approx(odds(asked), rel=1e-6)
    alone = odds(answer.prior) * math.prod(r.alone for r in answer)
    assert alone / (1 + alone) == pytest.approx(answer.naive, rel=1e-9, abs=1e-12)
    first = answer.rungs[0]
    assert first.alone == pytest.approx(first.likelihood_ratio, rel=1e-9)


@settings(max_examples=40)
@given(climbed())
def test_what_a_finding_says_alone_is_its_share_with_the_target_over_that_without(drawn):
    """The ratio alone is P(finding | target)/P(finding | not target), read from the joint table of the two."""
    compiled, answer, (v, state), findings = drawn
    for rung, (name, value) in zip(answer, findings.items(), strict=True):
        u = compiled.index[name]
        table = compiled.engine.joint((v, u), read_given(compiled, {}).evidence()).table
        column = table[:, compiled.states(u).index(value)]
        p = table.sum(axis=1)
        expected = column[state] / p[state] / ((column.sum() - column[state]) / (p.sum() - p[state]))
        assert rung.alone == pytest.approx(expected, rel=1e-6)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_naive_bayes_is_right_where_findings_have_nothing_but_the_target_in_common(seed, count):
    """In a network that is naive Bayes both ladders are the same, rung by rung."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, (count, 2))
    model = DiscreteBayesianNetwork([("ill", f"sign{i}") for i in range(count)])
    prior = rng.uniform(0.05, 0.95)
    names = {"ill": ["no", "yes"]}
    model.add_cpds(TabularCPD("ill", 2, [[1 - prior], [prior]], state_names=names))
    for i in range(count):
        sign = {f"sign{i}": ["no", "yes"], **names}
        model.add_cpds(TabularCPD(f"sign{i}", 2, [1 - p[i], p[i]], ["ill"], [2], state_names=sign))
    case = bayesnet.from_pgmpy(model).case(", ".join(f"sign{i}=yes" for i in range(count)))
    answer = case.ladder("ill=yes")
    for i, rung in enumerate(answer):
        assert rung.alone == pytest.approx(p[i, 1] / p[i, 0], rel=1e-9)
        assert rung.likelihood_ratio == pytest.approx(rung.alone, rel=1e-9)
        assert rung.naive == pytest.approx(rung.probability, rel=1e-9)
    assert answer.excess == pytest.approx(1.0, rel=1e-9)


def test_a_film_that_shows_what_is_known_already_is_counted_twice_by_naive_bayes():
    """Once it is known that there is tuberculosis or cancer the film says nothing more; alone it says a lot."""
    net = bayesnet.load("asia")
    answer = net.case("either=yes, xray=yes").ladder("lung=yes")
    film = answer.rungs[1]
    assert film.likelihood_ratio == pytest.approx(1.0)
    assert answer.excess == pytest.approx(film.alone)
    assert film.alone > 10
    assert answer.posterior == pytest.approx(net.posterior("lung | either=yes")["yes"])
    assert "makes the odds 16.4 times too high" in answer.conclusion()


def test_the_ladder_of_the_published_case_agrees_with_its_weights():
    """The network's side is what `case.weights` says; it prints within 100 columns, with naive Bayes beside it."""
    case = bayesnet.load("back_pain").case(DEMO)
    answer, weights = case.ladder("spinal_metastasis"), case.weights("spinal_metastasis")
    assert [r.likelihood_ratio for r in answer] == pytest.approx([w.likelihood_ratio for w in weights.weights], rel=1e-6)
    assert [r.probability for r in answer] == pytest.approx([w.probability for w in weights.weights], rel=1e-9)
    text = str(answer)
    assert max(map(len, text.splitlines())) <= 100
    assert "Ignoring their dependence makes the odds" in text
    assert answer.naive > answer.posterior
    assert list(answer.to_frame().columns) == ["finding", "alone", "naive", "likelihood_ratio", "probability"]
    assert json.loads(json.dumps(answer.to_dict()))["rungs"][0]["finding"] == "age_group=60-69"


def test_certainty_one_finding_and_none_are_said_in_words():
    """A finding that settles the question has an infinite ratio; one finding cannot be counted twice; none is the prior."""
    net = bayesnet.load("asia")
    settled = net.case("lung=yes, xray=yes").ladder("either=yes")
    assert settled.rungs[0].likelihood_ratio == math.inf
    assert math.isnan(settled.excess)
    assert "Naive Bayes gives 100 %, the network 100 %." in str(settled)
    assert "One finding alone cannot be counted twice" in str(net.case("xray=yes").ladder("lung=yes"))
    nothing = net.case("").ladder("lung=yes")
    assert nothing.posterior == nothing.naive == nothing.prior == pytest.approx(0.055)


def test_a_case_that_cannot_be_has_no_ladder():
    """Impossible evidence is refused as everywhere."""
    with pytest.raises(bayesnet.ImpossibleEvidence):
        bayesnet.load("asia").case("lung=yes, either=no").ladder("bronc=yes")
