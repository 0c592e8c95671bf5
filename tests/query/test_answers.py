"""Plain questions answer what enumeration answers, however they are asked."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from api_models import clinic
from hypothesis import assume, given
from hypothesis import strategies as st
from referee import Enumeration
from strategies import evidence, models

import bayesnet
from bayesnet import ImpossibleEvidence
from bayesnet.inference.evidence import Evidence
from bayesnet.network import Network
from bayesnet.pattern import Term

CLOSE = 1e-9


def plain(model) -> Network:
    """A random model without context defaults, so that a question holds nothing unsaid."""
    assume(not any(v.default for v in model.variables.values()))
    return Network(model)


def as_dict(net: Network, found: Evidence) -> dict[str, dict[str, float]]:
    """Evidence as a dict of likelihoods by name."""
    compiled = net.compiled
    return {
        compiled.names[v]: dict(zip(compiled.states(v), map(float, vector), strict=True))
        for v, vector in found.likelihoods.items()
    }


def do_dict(net: Network, found: Evidence) -> dict[str, str]:
    """Interventions as a dict by name."""
    return {net.compiled.names[v]: net.compiled.states(v)[state] for v, state in found.interventions.items()}


@given(st.data())
def test_every_answer_is_that_of_enumeration(data) -> None:
    """Posteriors, P(findings), joints and assignments under soft findings and interventions agree with plain summation."""
    net = plain(data.draw(models(max_variables=5)))
    found = data.draw(evidence(net.compiled.factors, interventions=True, max_findings=3))
    exact = Enumeration(net.compiled.factors, found)
    total = exact.probability()
    asked, do = as_dict(net, found), do_dict(net, found)
    if not total:
        assert net.log_probability(asked, do) == -math.inf
        with pytest.raises(ImpossibleEvidence):
            net.posteriors(asked, do)
        return
    assert net.log_probability(asked, do) == pytest.approx(math.log(total), abs=CLOSE)
    for v, row in enumerate(exact.marginals()):
        name = net.compiled.names[v]
        expected = [float(p) for p in row]
        answer = net.posterior(str(Term(name)) if name else name, asked, do)
        assert answer.probabilities == pytest.approx(expected, abs=CLOSE)
    both = tuple(data.draw(st.permutations(range(len(net.compiled.names))))[:2])
    table = exact.joint(both)
    joint = net.joint([net.compiled.names[v] for v in both], asked, do)
    for states in product(*(range(net.compiled.factors.cards[v]) for v in both)):
        named = tuple(net.compiled.states(v)[s] for v, s in zip(both, states, strict=True))
        p = float(table.get(states, Fraction(0)) / total)
        assert joint[named] == pytest.approx(p, abs=CLOSE)
        wanted = dict(zip((net.compiled.names[v] for v in both), named, strict=True))
        assert net.probability(wanted, asked, do) == pytest.approx(p, abs=CLOSE)


@given(st.data())
def test_the_most_probable_assignment_is_the_best_of_all(data) -> None:
    """MPE, MAP and their runners-up are those of enumeration, with the probabilities of assignment and findings."""
    net = plain(data.draw(models(max_variables=4)))
    found = data.draw(evidence(net.compiled.factors, max_findings=2))
    exact = Enumeration(net.compiled.factors, found)
    total = exact.probability()
    assume(total)
    names = list(net.compiled.names)
    of = data.draw(st.one_of(st.none(), st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=2)))
    best = net.most_probable(as_dict(net, found), targets=of)
    asked = names if of is None else of
    ranked = exact.ranked(tuple(net.compiled.index[name] for name in asked))
    top = float(ranked[0][1])
    assert best.log_probability == pytest.approx(math.log(top), abs=CLOSE)
    assert best.log_posterior == pytest.approx(math.log(top / float(total)), abs=CLOSE)
    known = {net.compiled.names[v]: net.compiled.states(v)[s] for v, s in found.hard().items()}
    full = {**known, **best.assignment}
    states = tuple(net.compiled.states(net.compiled.index[name]).index(full[name]) for name in asked)
    assert float(dict(ranked)[states]) == pytest.approx(top, rel=1e-9)
    if len(ranked) > 1 and best.runner_up is not None:
        assert best.runner_up_log_probability == pytest.approx(math.log(float(ranked[1][1])), abs=1e-6)
        assert best.unique == (float(ranked[0][1]) > float(ranked[1][1]) * (1 + 1e-12))


@given(st.data())
def test_findings_as_text_and_as_dict_mean_the_same(data) -> None:
    """The same findings typed, given as a dict, and read back from the title of the answer give the same answer."""
    net = plain(data.draw(models(max_variables=5)))
    found = data.draw(evidence(net.compiled.factors, interventions=True, max_findings=3))
    assume(Enumeration(net.compiled.factors, found).probability())
    case = net.case(as_dict(net, found), do_dict(net, found))
    first = net.compiled.names[0]
    answer = case.posterior(str(Term(first)))
    assert net.case(str(case)) == case
    assert net.posterior(answer.title).probabilities == answer.probabilities
    assert net.posterior(str(Term(first)), given=str(case)).probabilities == answer.probabilities


@given(st.data())
def test_the_order_of_findings_does_not_matter(data) -> None:
    """Findings in any order give the same answer."""
    net = plain(data.draw(models(max_variables=5)))
    found = data.draw(evidence(net.compiled.factors, max_findings=4))
    assume(Enumeration(net.compiled.factors, found).probability())
    asked = as_dict(net, found)
    other = dict(data.draw(st.permutations(list(asked.items()))))
    name = str(Term(net.compiled.names[0]))
    assert net.posterior(name, other).probabilities == pytest.approx(net.posterior(name, asked).probabilities, abs=CLOSE)


@given(st.data())
def test_averaging_over_a_finding_gives_the_prior(data) -> None:
    """The posterior averaged over what a finding may turn out to be is the prior."""
    net = plain(data.draw(models(max_variables=5)))
    target, finding = data.draw(st.permutations(net.compiled.names))[:2]
    prior = np.array(net.posterior(str(Term(target))).probabilities)
    average = np.zeros_like(prior)
    for state in net.variables[finding].states:
        weight = net.probability({finding: state})
        if weight:
            average += weight * np.array(net.posterior(str(Term(target)), {finding: state}).probabilities)
    assert average == pytest.approx(prior, abs=CLOSE)


@given(st.data())
def test_acting_on_a_root_equals_seeing_it(data) -> None:
    """Setting a variable without parents and finding it so give the same answers."""
    net = plain(data.draw(models(max_variables=5)))
    root = next(name for name, v in net.variables.items() if not v.parents)
    state = data.draw(st.sampled_from(net.variables[root].states))
    assume(net.probability({root: state}) > 0)
    seen, done = net.posteriors({root: state}), net.posteriors(do={root: state})
    for name in net.variables:
        assert done[name].probabilities == pytest.approx(seen[name].probabilities, abs=CLOSE)


@given(st.data())
def test_equal_likelihoods_change_nothing(data) -> None:
    """A virtual finding with equal ratios, or one of all states, leaves every answer as it was."""
    net = plain(data.draw(models(max_variables=5)))
    name = data.draw(st.sampled_from(net.compiled.names))
    scale = data.draw(st.sampled_from([1e-6, 1.0, 700.0]))
    states = net.variables[name].states
    before = net.posteriors()
    for given_ in ({name: dict.fromkeys(states, scale)}, {name: set(states)}, {name: None}):
        after = net.posteriors(given_)
        assert all(after[n].probabilities == pytest.approx(before[n].probabilities, abs=CLOSE) for n in net.variables)


def test_the_prior_keeps_context_and_interventions() -> None:
    """`p.prior` is the answer without findings, in the same setting and under the same interventions."""
    net = clinic()
    p = net.posterior("flu | fever, setting=hospital")
    assert p.prior["present"] == net.posterior("flu | setting=hospital")["present"]
    assert net.posterior("flu | fever").prior["present"] == net.posterior("flu")["present"]
    acted = net.posterior("cough | fever", do="flu")
    assert acted.prior["present"] == pytest.approx(0.7)


def test_the_default_of_a_context_variable_is_assumed_and_said() -> None:
    """Without a word on the setting its default counts, and every print says so; None leaves it open; asked, it is open."""
    net = clinic()
    assumed = net.posterior("flu | fever")
    assert "setting=practice (assumed)" in str(assumed)
    assert assumed["present"] == net.posterior("flu | fever, setting=practice")["present"]
    left_open = net.posterior("flu", {"fever": "present", "setting": None})
    assert left_open["present"] == net.posterior("flu | fever, setting={practice, hospital}")["present"]
    assert left_open["present"] != assumed["present"]
    assert "assumed" not in str(left_open)
    assert net.posterior(left_open.title)["present"] == left_open["present"]
    assert net.posterior("setting | fever")["hospital"] > 0.1
    assert net.probability("setting=hospital, flu") == pytest.approx(0.1 * (0.2 / 1.2))
    for result in (
        net.joint(["flu", "fever"]),
        net.most_probable("fever"),
        net.case("fever").diagnoses(),
        net.posteriors("fever"),
    ):
        assert "setting=practice (assumed)" in str(result)


def test_the_probability_of_findings_is_conditional_on_what_was_assumed() -> None:
    """exp of `log_probability` is `probability`, defaults and likelihoods included; an assignment that cannot be has 0."""
    net = clinic()
    for text in ("fever", "fever, !cough, weight=lost", "setting=hospital, fever"):
        assert math.exp(net.log_probability(text)) == pytest.approx(net.probability(text))
    assert net.log_probability({"fever": {"present": 10, "absent": 10}}) == pytest.approx(math.log(10))
    assert net.probability("pregnancy, !female") == 0.0
    assert net.probability("fever, !fever") == 0.0
    assert net.log_probability("pregnancy, !female") == -math.inf
    best = net.most_probable("fever")
    assert best.log_posterior == pytest.approx(best.log_probability - net.log_probability("fever"))


def test_groups_are_asked_like_variables() -> None:
    """A group is absent or present: at least one of its members."""
    net = clinic()
    both = net.probability("!flu, !tumour", given="cough")
    assert net.posterior("any_disease | cough")["present"] == pytest.approx(1 - both)
    assert net.posterior("flu | any_disease, !tumour")["present"] == 1.0


def test_a_posterior_is_read_by_state_and_as_a_number() -> None:
    """`p[state]` holds every state, `float(p)` is P(present), and a variable without that state says so."""
    net = clinic()
    p = net.posterior("flu | fever")
    assert float(p) == p["present"] == pytest.approx(1 - p["absent"])
    weight = net.posterior("weight | tumour")
    assert [weight[s] for s in ("lost", "same", "gained")] == pytest.approx([0.6, 0.4, 0.0])
    with pytest.raises(bayesnet.UnknownState) as error:
        float(weight)
    assert str(error.value) == 'variable "weight" has no state "present"; its states are "lost", "same", "gained".'
    with pytest.raises(bayesnet.UnknownState):
        _ = weight["lots"]


def test_asking_many_things_changes_no_answer() -> None:
    """The same question gives the same bits before and after other questions, soft ones and refused ones among them."""
    net = clinic()
    digest, before = net.digest, net.posterior("flu | fever").probabilities
    net.posterior("flu", {"fever": {"present": 3, "absent": 1}}, do="tumour")
    with pytest.raises(ImpossibleEvidence):
        net.posterior("flu | pregnancy, !female")
    net.most_probable("cough")
    assert (net.digest, net.posterior("flu | fever").probabilities) == (digest, before)
