"""Explanations: the sums that must hold on any network, two routes to each figure, and what a person reads."""

from __future__ import annotations

import math
from itertools import permutations
from unittest import mock

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.explanation import coalitions
from bayesnet.analysis.explanation.coalitions import (
    SubsetLogOdds,
    coalition_query,
    log_odds,
    sampled_shapley,
    shapley,
    subset_table,
)
from bayesnet.analysis.explanation.explain import explain
from bayesnet.analysis.explanation.paths import Graph, separated, ways
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.results.words import word

DEMO = "age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia"


@st.composite
def questions(draw: st.DrawFn, extremes: bool = False) -> tuple[CompiledModel, object, tuple[int, int]]:
    """A network, without certainties or with all gates and some, findings on some of its variables, a target among the rest."""
    gates = () if extremes else ("table", "noisy_or", "noisy_max")
    compiled = CompiledModel(
        draw(models(min_variables=3, max_variables=6, extremes=extremes, **({"gates": gates} if gates else {})))
    )
    assume(not compiled.defaults)
    order = draw(st.permutations(range(len(compiled.names))))
    count = draw(st.integers(1, len(order) - 1))
    known = {compiled.names[v]: compiled.states(v)[draw(st.integers(0, len(compiled.states(v)) - 1))] for v in order[:count]}
    target = order[count]
    state = draw(st.integers(0, len(compiled.states(target)) - 1))
    findings = read_given(compiled, known)
    assume(compiled.engine.log_probability(findings.evidence()) > -50.0)
    if not extremes:
        assume(np.abs(log_odds(subset_table(compiled, coalition_query(Query(compiled, findings), (target, state))))).max() < 20.0)
    return compiled, findings, (target, state)


def logit(compiled: CompiledModel, evidence, target: tuple[int, int]) -> float:
    v, state = target
    marginal = compiled.engine.posteriors(evidence, (v,)).marginals[v]
    with np.errstate(divide="ignore"):
        return float(np.log(marginal[state]) - np.log(np.delete(marginal, state).sum()))


@settings(max_examples=40)
@given(questions())
def test_weights_along_any_order_and_shapley_values_sum_to_the_change_of_log_odds(question):
    """The weights of all findings, in any order, and their Shapley values sum to the change of the log-odds."""
    compiled, findings, target = question
    asked = coalition_query(Query(compiled, findings), target)
    full = Query(compiled, findings, (target[0],)).evidence
    change = logit(compiled, full, target) - logit(compiled, asked.context, target)
    for order in ("given", "best", [p.name for p in asked.players][::-1]):
        answer = explain(Query(compiled, findings), target, order)
        assert sum(i.decibans for i in answer) * math.log(10) / 10 == pytest.approx(change, abs=1e-8)
        assert sum(i.shapley for i in answer) == pytest.approx(change, abs=1e-8)
        assert answer.posterior == pytest.approx(1 / (1 + math.exp(-logit(compiled, full, target))), abs=1e-10)


@settings(max_examples=25)
@given(questions())
def test_shapley_values_are_means_over_all_orders(question):
    """Each Shapley value is the mean of the finding's weight over every order, asked one posterior at a time."""
    compiled, findings, target = question
    asked = coalition_query(Query(compiled, findings), target)
    n = len(asked.players)
    assume(n <= 4)
    known = {}
    total = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        taken = [False] * n
        for i in order:
            before = known.setdefault(tuple(taken), logit(compiled, asked.evidence(taken), target))
            taken[i] = True
            total[i] += known.setdefault(tuple(taken), logit(compiled, asked.evidence(taken), target)) - before
    exact = {i.finding: i.shapley for i in explain(Query(compiled, findings), target)}
    assert [exact[p.name] for p in asked.players] == pytest.approx(list(total / len(orders)), abs=1e-8)


@settings(max_examples=25)
@given(questions())
def test_omission_is_the_log_odds_lost_without_a_finding(question):
    """Omission is the log-odds with all findings less that with all but one."""
    compiled, findings, target = question
    asked = coalition_query(Query(compiled, findings), target)
    full = Query(compiled, findings, (target[0],)).evidence
    for impact in explain(Query(compiled, findings), target):
        v = compiled.index[impact.finding]
        assert impact.omission == pytest.approx(
            logit(compiled, full, target) - logit(compiled, full.without(v), target), abs=1e-8
        )
    assert len(asked.players) == len(findings.items)


@settings(max_examples=25)
@given(questions())
def test_conflict_is_that_between_the_parts_and_that_within_each(question):
    """conf(e) is defined by probabilities of the findings alone, and splits exactly into between and within the parts."""
    compiled, findings, target = question
    assume(len(findings.items) > 1)
    answer = explain(Query(compiled, findings), target).conflict
    evidence = findings.evidence()
    log = compiled.engine.log_probability

    def part(texts):
        chosen = {item.variable for item in findings.items if item.text in texts}
        kept = evidence
        for v in list(evidence.likelihoods):
            kept = kept if v in chosen else kept.without(v)
        alone = sum(log(type(evidence)({v: evidence.likelihoods[v]})) for v in chosen)
        return alone - log(kept), log(kept)

    whole, log_whole = part([item.text for item in findings.items])
    assert answer.value == pytest.approx(whole, abs=1e-8)
    (first, log_first), (second, log_second) = part(answer.first), part(answer.second)
    assert answer.between == pytest.approx(log_first + log_second - log_whole, abs=1e-8)
    assert answer.value == pytest.approx(answer.between + first + second, abs=1e-8)


@settings(max_examples=40)
@given(questions())
def test_a_separated_finding_has_no_weight(question):
    """Where no path is open, a finding changes nothing, whatever the numbers are."""
    compiled, findings, (target, state) = question
    full = Query(compiled, findings, (target,)).evidence
    for item in findings.items:
        rest = full.without(item.variable)
        if separated(compiled, rest, item.variable, target):
            assert logit(compiled, full, (target, state)) == pytest.approx(logit(compiled, rest, (target, state)), abs=1e-8)


@settings(max_examples=60)
@given(questions())
def test_every_way_from_a_finding_is_held_or_counted(question):
    """Against a listing of all paths: the open ones in full and shortest first, each closed one with its own block."""
    compiled, findings, (target, _) = question
    full = Query(compiled, findings, (target,)).evidence
    for item in findings.items:
        rest = full.without(item.variable)
        graph = Graph(compiled.factors, rest)
        every, front = [], [(item.variable,)]
        while front:
            front = [(*way, u) for way in front for u in set(graph.neighbours(way[-1])) - set(way)]
            every += [way for way in front if way[-1] == target]
            front = [way for way in front if way[-1] != target]
        passing = [way for way in every if graph.blocker(way) is None]
        found = ways(compiled, rest, item.variable, target)
        assert found.complete
        assert found.count == len(found.open) == len(passing)
        lengths = [path.path.count(" ") for path in found.open]
        assert lengths == sorted(2 * len(way) - 2 for way in passing)
        assert (found.count == 0) == separated(compiled, rest, item.variable, target)
        assert len({path.path for path in found.paths}) == len(found.paths)
        assert bool(found.closed) or len(passing) == len(every) or len(passing) > 1
        assert [way.finding for way in explain(Query(compiled, findings), question[2]).ways if way.count == 0] == [
            finding.name
            for finding in findings.items
            if separated(compiled, full.without(finding.variable), finding.variable, target)
        ]


def test_the_print_shows_the_strongest_ways_and_counts_the_rest():
    """Two open ways of each finding are printed; the result holds twenty, and says how many more there are at least."""
    answer = bayesnet.load("back_pain").case(DEMO).explain("spinal_metastasis")
    anemia = next(way for way in answer.ways if way.finding == "anemia")
    assert len(anemia.open) == 20 < anemia.count
    assert not anemia.complete
    printed = str(answer)
    assert f"    and at least {anemia.count - 2} more\n" in printed
    assert all(path.path in printed for path in anemia.open[:2])
    assert anemia.open[2].path not in printed
    history = next(way for way in answer.ways if way.finding == "cancer_history")
    assert (history.count, history.complete, history.more(2), history.more(0)) == (1, True, "", "and 1 more")
    assert answer.to_dict()["ways"][2]["count"] == 1


def test_sampled_shapley_values_agree_with_exact_ones_and_sum_exactly(monkeypatch):
    """Against the table of subsets, the crowded findings first: within their error, and the sum is exact."""
    monkeypatch.setattr(coalitions, "EXACT", 0)
    net = bayesnet.load("back_pain")
    target = net.compiled.index["spinal_metastasis"], 1
    asked = coalition_query(Query(net.compiled, net.case(DEMO).findings), target)
    worths = SubsetLogOdds(net.compiled, asked)
    assert [asked.players[i].name for i in worths.held] == ["age_group", "female"]
    assert worths.table is None
    monkeypatch.undo()
    worth = log_odds(subset_table(net.compiled, asked))
    exact = shapley(worth[1, 1])
    means, errors = sampled_shapley(worths, np.random.default_rng(1), 100)
    assert (np.abs(means[2:] - exact) < 4 * errors[2:] + 1e-9).all()
    assert means[:2] == pytest.approx(
        np.diff([worth[0, 0, 0, 0, 0, 0, 0], worth[1, 0, 0, 0, 0, 0, 0], worth[1, 1, 0, 0, 0, 0, 0]])
    )
    assert errors.max() < 0.03
    assert means.sum() == pytest.approx(worth[(1,) * 7] - worth[(0,) * 7])


@settings(max_examples=15)
@given(questions(extremes=True), st.sampled_from((0, 1, 6)), st.randoms(use_true_random=False))
def test_one_pass_gives_the_log_odds_with_and_without_every_finding(question, crowded, random):
    """With and without each finding, pairs, prefixes: from the passes of many findings as by asking each subset."""
    compiled, findings, target = question
    asked = coalition_query(Query(compiled, findings), target)
    with mock.patch.object(coalitions, "EXACT", 0), mock.patch.object(coalitions, "CROWDED", crowded):
        worths = SubsetLogOdds(compiled, asked)
        assert worths.table is None
    n = worths.count

    def alone(taken):
        return logit(compiled, asked.evidence(taken), target)

    def same(found, taken):
        wanted = alone(taken)
        assert found == wanted or found == pytest.approx(wanted, abs=1e-8)

    taken = tuple(i in worths.held or random.random() < 0.5 for i in range(n))
    more, less = worths.around([taken, worths.every])
    for i in range(n):
        same(worths.without(i), tuple(j != i for j in range(n)))
        if i in worths.free:
            same(more[0, i], (*taken[:i], True, *taken[i + 1 :]))
            same(less[0, i], (*taken[:i], False, *taken[i + 1 :]))
        for j in range(n):
            if i != j:
                same(worths.without(i, j), tuple(k not in (i, j) for k in range(n)))
    order = random.sample(range(n), n)
    for k, found in enumerate(worths.path(order)):
        same(found, tuple(i in order[:k] for i in range(n)))


@pytest.mark.slow
def test_more_than_fifteen_findings_are_sampled_with_an_error():
    """With sixteen findings most Shapley values carry standard errors, and still sum to the change of log-odds."""
    net = bayesnet.load("back_pain")
    flags = (
        "fever, weight_loss, !iv_drug_use, !trauma, !corticosteroids, !diabetes, !saddle_anesthesia, !urinary_retention, smoking"
    )
    answer = net.case(f"{DEMO}, {flags}").explain("spinal_metastasis")
    assert not answer.exact
    assert len(answer) == 16
    assert answer["age_group"].error == 0.0 < answer["raised_alp"].error
    assert all(impact.error < 0.2 for impact in answer)
    change = math.log(answer.posterior / (1 - answer.posterior)) - math.log(answer.prior / (1 - answer.prior))
    assert sum(i.shapley for i in answer) == pytest.approx(change, abs=1e-8)
    assert sum(i.decibans for i in answer) * math.log(10) / 10 == pytest.approx(change, abs=1e-8)


def test_one_finding_on_paper():
    """P(lung | smoke) = 0.1 against 0.055: odds 1/9 over 11/189, a likelihood ratio of 21/11."""
    answer = bayesnet.load("asia").case("smoke=yes").explain("lung=yes")
    assert answer.prior == pytest.approx(0.055)
    assert answer["smoke"].likelihood_ratio == pytest.approx(21 / 11)
    assert answer["smoke"].decibans == pytest.approx(10 * math.log10(21 / 11))
    assert answer["smoke"].omission == answer["smoke"].shapley == pytest.approx(math.log(21 / 11))


def test_explaining_away_shows_as_conflict_between_parts_and_a_blocked_path():
    """In the chest clinic, no bronchitis with dyspnoea speaks for lung cancer, and smoking blocks nothing of the X-ray."""
    net = bayesnet.load("asia")
    answer = net.case("dysp=yes, bronc=no").explain("lung=yes")
    assert {i.finding: i.verdict for i in answer} == {"dysp": "for", "bronc": "for"}
    assert answer.conflict.value > 0.0
    assert answer.conflict.rare_case is not None
    alone = net.case("bronc=no").explain("lung=yes")
    assert alone["bronc"].verdict == "against"
    blocked = net.case("bronc=no, smoke=no").explain("lung=yes")
    assert blocked.separated == ("bronc=no",)
    closed = {path.path: (path.blocker, path.reason) for path in blocked.paths if not path.open}
    assert closed["bronc ← smoke → lung"] == ("smoke", "it is known")


def test_findings_that_count_twice_are_named():
    """Two findings of one cause say less together than the sum of their weights; the explanation says so."""
    answer = bayesnet.load("back_pain").case("raised_esr, raised_crp").explain("vertebral_osteomyelitis")
    (overlap,) = answer.overlaps
    assert overlap.twice
    assert overlap.interaction < 0.0
    assert "raised_esr and raised_crp partly say the same for it" in answer.text


def test_a_pertinent_negative_is_an_absence_that_matters():
    """Absence of fever speaks against an abscess and is listed; absence of a rash of findings that say nothing is not."""
    answer = bayesnet.load("back_pain").case("iv_drug_use, !fever, !stone_history").explain("epidural_abscess")
    assert [i.text for i in answer.pertinent_negatives] == ["!fever"]
    assert answer["fever"].verdict == "against"
    assert answer["stone_history"].verdict == "uninformative"


def test_the_most_relevant_explanation_has_the_largest_generalised_bayes_factor():
    """No single cause of the chest clinic has a larger factor than the first explanation given."""
    net = bayesnet.load("asia")
    answer = net.case("xray=yes, dysp=yes").explain("lung=yes")
    best = answer.relevant[0]
    p, q = net.probability(", ".join(best.assignment)), net.probability(", ".join(best.assignment), given="xray=yes, dysp=yes")
    assert best.factor == pytest.approx(q / (1 - q) * (1 - p) / p)
    for cause in ("lung=yes", "tub=yes", "bronc=yes", "smoke=yes", "lung=no", "either=yes"):
        p, q = net.probability(cause), net.probability(cause, given="xray=yes, dysp=yes")
        assert best.factor >= q / (1 - q) * (1 - p) / p - 1e-9


def test_setting_is_context_and_not_a_finding():
    """The setting holds in the prior as well, and is no line of the explanation."""
    net = bayesnet.load("back_pain")
    answer = net.case("setting=emergency, iv_drug_use, fever, neurological_deficit").explain("epidural_abscess")
    assert [i.finding for i in answer] == ["iv_drug_use", "fever", "neurological_deficit"]
    assert answer.prior == pytest.approx(net.posterior("epidural_abscess | setting=emergency")["present"])


def test_the_frame_has_its_columns_and_the_text_its_figures():
    """The columns are fixed, and the text says the prior and the posterior with the words of the published scale."""
    answer = bayesnet.load("back_pain").case(DEMO).explain("spinal_metastasis")
    columns = ["finding", "state", "likelihood_ratio", "decibans", "shapley", "omission", "verdict"]
    assert list(answer.to_frame().columns) == columns
    assert list(bayesnet.load("back_pain").case("").explain("spinal_metastasis").to_frame().columns) == columns
    assert f"({word(answer.posterior)})" in answer.text
    assert f"({word(answer.prior)})" in answer.text
    assert "Mastrandrea" in str(answer)
    assert answer.to_dict()["impacts"][0]["finding"] == "age_group"


def test_findings_that_cannot_hold_together_are_refused():
    """Impossible findings are named as everywhere."""
    with pytest.raises(bayesnet.ImpossibleEvidence) as refused:
        bayesnet.load("back_pain").case("age_group=18-39, age_over_50, fever").explain("spinal_metastasis")
    assert dict(refused.value.findings) == {"age_group": "18-39", "age_over_50": "present"}


def test_conflicting_findings_are_split_and_the_rare_case_named():
    """Fever and weak legs in a drug user, with normal ESR and CRP: two sides, and a compression as what makes sense of both."""
    net = bayesnet.load("back_pain")
    given_ = "setting=emergency, iv_drug_use, fever, !raised_esr, !raised_crp, neurological_deficit"
    answer = net.case(given_).explain("epidural_abscess")
    assert answer.conflict.value > 0.0
    sides = {frozenset(answer.conflict.first), frozenset(answer.conflict.second)}
    assert sides == {frozenset({"!raised_esr", "!raised_crp"}), frozenset({"iv_drug_use", "fever", "neurological_deficit"})}
    case = answer.conflict.rare_case
    assert case.hypothesis == "cauda_equina_syndrome"
    p, q = (
        net.posterior("cauda_equina_syndrome | setting=emergency")["present"],
        net.posterior(f"{case.hypothesis} | {given_}")["present"],
    )
    assert case.conflict == pytest.approx(answer.conflict.value + math.log(p / q))
    assert "do not go well together" in answer.text


def test_an_order_must_name_every_finding():
    """An order that leaves a finding out is refused with the way to write one."""
    case = bayesnet.load("asia").case("smoke=yes, dysp=yes")
    with pytest.raises(bayesnet.BayesnetError) as refused:
        case.explain("lung=yes", order=["smoke"])
    assert str(refused.value) == (
        '"smoke" is not an order of the findings; name each once, as in "smoke, dysp", or say "given" or "best".'
    )


def test_findings_that_settle_the_question_have_no_shapley_value():
    """Where a finding proves the target its weight is infinite, and a mean over orders does not exist."""
    answer = bayesnet.load("asia").case("either=no, smoke=yes").explain("lung=yes")
    assert answer.posterior == 0.0
    assert answer["either"].likelihood_ratio == 0.0
    assert math.isnan(answer["either"].shapley)
    assert answer["either"].verdict == "against"
    assert answer.to_dict()["impacts"][0]["decibans"] == "-inf"
