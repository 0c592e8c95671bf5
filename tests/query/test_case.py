"""Cases: findings held on a network, ranked, weighed and compared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from api_models import clinic
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet import BayesnetError, UnknownVariable
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.sampler import cited_sampler
from bayesnet.network import Network
from bayesnet.pattern import Term


def test_a_case_never_changes_and_adding_gives_a_new_one() -> None:
    """`add`, `drop` and `do` give new cases; equal findings in any order are equal cases."""
    case = clinic().case("fever, !cough")
    more = case.add("weight=lost")
    assert str(case) == "fever, !cough"
    assert str(more) == "fever, !cough, weight=lost"
    assert more.drop("weight") == case
    assert more.drop("weight, fever") == clinic().case("!cough")
    assert str(case.do("flu")) == "fever, !cough, do(flu)"
    assert clinic().case("!cough, fever") == case
    assert hash(clinic().case("!cough, fever")) == hash(case)
    assert case != clinic().case("fever")
    assert repr(case) == "<Case on clinic: fever, !cough; setting=practice (assumed)>"
    assert repr(clinic().case({"setting": "hospital"})) == "<Case on clinic: setting=hospital>"
    with pytest.raises(AttributeError):
        case.extra = 1  # type: ignore[attr-defined]


def test_soft_findings_added_one_after_the_other_multiply() -> None:
    """Two virtual findings on one variable count as their product."""
    twice = clinic().case({"fever": {"present": 2, "absent": 1}}).add({"fever": {"present": 5, "absent": 1}})
    once = clinic().case({"fever": {"present": 10, "absent": 1}})
    assert twice.posterior("flu")["present"] == pytest.approx(once.posterior("flu")["present"])
    assert str(twice.drop("fever")) == ""


def test_dropping_what_is_not_there_is_refused() -> None:
    """A misspelt or unknown variable is not dropped silently."""
    with pytest.raises(UnknownVariable, match='did you mean "fever"'):
        clinic().case("fever").drop("fevr")
    with pytest.raises(BayesnetError) as error:
        clinic().case("fever").drop("cough")
    assert str(error.value) == "Nothing is known about cough in this case, so it cannot be dropped; known: fever."


def test_diagnoses_are_ranked_with_odds_and_intervals() -> None:
    """Every diagnosis has prior, posterior, interval, likelihood ratio and role; the most probable comes first."""
    net = clinic()
    ranked = net.case("fever, cough").diagnoses()
    assert [d.diagnosis for d in ranked] == ["flu", "healthy", "tumour"]
    assert ranked.leading == ranked.leading_specific == "flu"
    for d in ranked:
        assert d.posterior == pytest.approx(net.posterior(f"{d.diagnosis} | fever, cough")["present"])
        assert d.prior == pytest.approx(net.posterior(d.diagnosis)["present"])
        odds = d.posterior / (1 - d.posterior) / (d.prior / (1 - d.prior))
        assert d.likelihood_ratio == pytest.approx(odds)
        assert 0 < d.low < d.posterior < d.high < 1
    assert ranked["tumour"].role == "must_not_miss"
    columns = ["diagnosis", "prior", "posterior", "low", "high", "likelihood_ratio", "role", "consequence_of"]
    assert list(ranked.to_frame().columns) == columns
    assert net.case("fever, cough").diagnoses() == ranked
    known = net.case("flu").diagnoses()
    assert known["flu"].likelihood_ratio == math.inf
    assert known["healthy"].likelihood_ratio == 0.0
    assert known["flu"].posterior == 1.0
    with pytest.raises(UnknownVariable):
        _ = ranked["fever"]


def test_intervals_are_those_of_draws_made_by_hand() -> None:
    """The interval is the middle 95 % of the posterior when the numbers are drawn and the network is asked anew each time."""
    from bayesnet.analysis.differential.differential import DRAWS

    net = clinic()
    ranked = net.case("fever, cough").diagnoses()
    compiled = net.compiled
    values = cited_sampler(compiled).draw(DRAWS, np.random.default_rng(0)).values
    answers = []
    for column in values.T:
        factors = compiled.expander.factors(column)
        engine = type(compiled.engine)(factors)
        evidence = Query(compiled, net.case("fever, cough").findings).evidence
        answers.append(engine.posteriors(evidence, (compiled.index["flu"],)).marginals[compiled.index["flu"]][1])
    assert (ranked["flu"].low, ranked["flu"].high) == pytest.approx(tuple(np.quantile(answers, [0.025, 0.975])), rel=1e-9)


def test_what_is_ranked_can_be_named() -> None:
    """A network without diagnoses says so and takes a list of targets."""
    net = bayesnet.load("asia")
    with pytest.raises(BayesnetError) as error:
        net.case("dysp=yes").diagnoses()
    assert str(error.value) == (
        'asia has no variables of the group "diagnoses", so there is nothing to rank; '
        'name what to ask, as in targets=["dysp=yes"].'
    )
    ranked = net.case("dysp=yes").diagnoses(targets=["lung=yes", "bronc=yes"])
    assert [d.diagnosis for d in ranked] == ["bronc=yes", "lung=yes"]


@given(st.data())
def test_weights_add_up_to_the_whole(data) -> None:
    """Along any order of the findings the decibans sum to those of all findings together (Good 1985)."""
    net = Network(data.draw(models(max_variables=5, extremes=False)))
    assume(not any(v.default for v in net.variables.values()))
    names = data.draw(st.permutations(net.compiled.names))
    case_row = net.simulate(1, seed=data.draw(st.integers(0, 50))).iloc[0]
    found = {name: case_row[name] for name in names[1:]}
    target = str(Term(names[0], (net.variables[names[0]].states[-1],)))
    state = net.variables[names[0]].states[-1]
    weights = net.case(found).weights(target)
    prior, posterior = (net.posterior(str(Term(names[0])), g)[state] for g in (None, found))
    assume(0 < prior < 1 and 0 < posterior < 1)
    assert weights.prior == pytest.approx(prior)
    assert weights.weights[-1].probability == pytest.approx(posterior)
    assert math.prod(w.likelihood_ratio for w in weights.weights) == pytest.approx(
        posterior / (1 - posterior) / (prior / (1 - prior)), rel=1e-7
    )


def test_context_is_no_finding_that_speaks_for_anything() -> None:
    """The setting moves the prior and gets no weight of its own."""
    weights = clinic().case("setting=hospital, fever, cough").weights("flu")
    assert [w.finding for w in weights.weights] == ["fever", "cough"]
    assert weights.prior == pytest.approx(clinic().posterior("flu | setting=hospital")["present"])


def test_scenarios_stand_side_by_side() -> None:
    """Each scenario replaces what the case says of the same variables; the changes are against the case."""
    net = clinic()
    case = net.case("fever, cough")
    both = case.compare("!cough", "setting=hospital", {"weight": "lost"}, case.do("tumour"))
    assert [s.name for s in both.scenarios] == ["case", "!cough", "setting=hospital", "weight=lost", "fever, cough, do(tumour)"]
    assert both["!cough"]["flu"] == pytest.approx(net.posterior("flu | fever, !cough")["present"])
    assert both["setting=hospital"]["flu"] == pytest.approx(net.posterior("flu | fever, cough, setting=hospital")["present"])
    assert both["fever, cough, do(tumour)"]["tumour"] == 1.0
    assert both.changes["!cough"]["flu"] == pytest.approx(both["!cough"]["flu"] - both["case"]["flu"])
    frame = both.to_frame()
    assert list(frame.columns[:3]) == ["target", "case", "!cough"]
    assert frame.set_index("target").loc["flu", "change: !cough"] == pytest.approx(both.changes["!cough"]["flu"])
    other = net.with_numbers({"tumour=present": 0.02}).case("fever, cough")
    doubled = case.compare(other, targets=["tumour"])
    assert doubled["fever, cough"]["tumour"] == pytest.approx(other.posterior("tumour")["present"])
    with pytest.raises(BayesnetError, match="Nothing to compare with"):
        case.compare()
    with pytest.raises(BayesnetError, match="Two scenarios have the same name: !cough"):
        case.compare("!cough", "!cough")


def test_seeing_is_not_doing() -> None:
    """Cough found raises the probability of flu; cough brought about does not."""
    both = clinic().case().compare("cough", "do(cough)", targets=["flu"])
    assert both["cough"]["flu"] > both["case"]["flu"]
    assert both["do(cough)"]["flu"] == pytest.approx(both["case"]["flu"], rel=1e-12)
