"""Natural frequencies: people who add up, next to probabilities that the network itself gives, for any question."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from api_models import clinic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.results.teaching import Frequencies
from bayesnet.teach.frequencies import frequencies, whole_people

RARE = "age_group={60-69, 70-79}, raised_alp, hypercalcemia, anemia, lytic_lesions"


@st.composite
def counted(draw: st.DrawFn) -> tuple[CompiledModel, Frequencies, tuple[int, int], int, int]:
    """A random network, a target, a finding on another variable and perhaps something else that is known."""
    compiled = CompiledModel(draw(models(min_variables=3, max_variables=6)))
    assume(not compiled.defaults)
    v, u, *others = draw(st.permutations(range(len(compiled.names))))
    state, found = (draw(st.integers(0, len(compiled.states(x)) - 1)) for x in (v, u))
    w = others[0]
    known = {compiled.names[w]: draw(st.sampled_from(compiled.states(w)))} if draw(st.booleans()) else {}
    findings = read_given(compiled, known)
    assume(compiled.engine.log_probability(findings.evidence()) > -math.inf)
    of = draw(st.sampled_from([1, 7, 100, 1000, 10_000, 10**9]))
    return (
        compiled,
        frequencies(Query(compiled, findings), (v, state), {compiled.names[u]: compiled.states(u)[found]}, of),
        (v, state),
        u,
        found,
    )


@pytest.mark.slow
@settings(max_examples=80)
@given(counted())
def test_every_count_is_less_than_one_person_off_and_all_of_them_add_up(drawn):
    """Cells, rows and columns are whole people, each less than one away from the exact figure, and they sum to everybody."""
    _, answer, *_ = drawn
    counts, exact = np.array(answer.counts), np.array(answer.probabilities) * answer.population
    assert counts.sum() == answer.population
    for axis in (None, 0, 1):
        off = counts - exact if axis is None else counts.sum(axis=axis) - exact.sum(axis=axis)
        assert np.abs(off).max() < 1 + 1e-6
    assert (counts >= 0).all()
    assert not counts[exact == 0.0].any()
    for _, group in answer.tree.walk():
        assert not group.parts or sum(part.count for part in group.parts) == group.count
    assert math.fsum(np.ravel(answer.probabilities)) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=40)
@given(counted())
def test_the_exact_figures_are_those_of_the_network(drawn):
    """Prior, finding and posterior are what the network gives when it is asked for each of them alone."""
    compiled, answer, (v, state), u, found = drawn
    given_ = read_given(compiled, answer.conditions)
    alone = compiled.engine.posteriors(given_.evidence(), (v, u)).marginals
    assert answer.tree.parts[0].probability == pytest.approx(alone[v][state], abs=1e-12)
    assert answer.probabilities[0][0] + answer.probabilities[1][0] == pytest.approx(alone[u][found], abs=1e-12)
    if alone[u][found] > 1e-9:
        seen = given_.with_findings(read_given(compiled, {compiled.names[u]: compiled.states(u)[found]}))
        after = compiled.engine.posteriors(seen.evidence(), (v,)).marginals[v][state]
        assert answer.posterior == pytest.approx(after, rel=1e-7, abs=1e-12)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([0.0, 1e-7, 0.3, 0.5, 1.0, 2.5, 99.0]), min_size=4, max_size=4), st.integers(1, 10**6))
def test_any_four_shares_are_rounded_to_people(shares, of):
    """There is always a way; shares that are whole already stay as they are."""
    assume(sum(shares) > 0)
    cells = np.array(shares) / sum(shares)
    counts = np.ravel(whole_people(tuple(map(tuple, cells.reshape(2, 2).tolist())), of))
    assert counts.sum() == of
    assert np.abs(counts - cells * of).max() < 1 + 1e-6
    if np.allclose(cells * of, np.round(cells * of), atol=1e-9, rtol=0):
        assert (counts == np.round(cells * of)).all()


def test_the_mammography_problem_comes_out_as_printed():
    """8 of the 10 women with cancer and 95 of the 990 without have a positive film (Gigerenzer & Hoffrage 1995)."""
    cells = ((0.01 * 0.8, 0.01 * 0.2), (0.99 * 0.096, 0.99 * 0.904))
    assert whole_people(cells, 1000) == ((8, 2), (95, 895))


def test_the_case_is_the_population_but_for_what_is_asked():
    """What the case knows of target or finding is left out of the population; all the rest is kept, interventions too."""
    net = bayesnet.load("asia")
    plain = net.case("smoke=yes").frequencies("lung=yes", "xray=yes")
    assert net.case("smoke=yes, xray=no, lung=no").frequencies("lung=yes", "xray=yes") == plain
    assert plain.conditions == "smoke=yes"
    assert plain.posterior == pytest.approx(net.posterior("lung | smoke=yes, xray=yes")["yes"], abs=1e-12)
    done = net.case("smoke=yes, do(bronc=yes)").frequencies("lung=yes", "dysp=yes")
    assert done.conditions == "smoke=yes, do(bronc=yes)"
    assert done.posterior == pytest.approx(net.posterior("lung | smoke=yes, dysp=yes, do(bronc=yes)")["yes"], abs=1e-12)


def test_several_findings_are_one_finding_when_they_all_hold():
    """Two findings part the population into those who have both and all others; one of several states counts as a finding."""
    net = bayesnet.load("back_pain")
    both = net.case("cancer_history").frequencies("spinal_metastasis", "raised_alp, age_group={60-69, 70-79}")
    assert both.without_finding == "not all of raised_alp, age_group={60-69, 70-79}"
    exact = net.posterior("spinal_metastasis | cancer_history, raised_alp, age_group={60-69, 70-79}")["present"]
    assert both.posterior == pytest.approx(exact, abs=1e-12)


def test_an_assumed_context_is_said_unless_it_is_what_is_asked():
    """The default of a context variable is part of the population; as the finding it is not assumed."""
    net = clinic()
    assert net.case("").frequencies("flu", "fever").provenance.assumed == ("setting=practice",)
    asked = net.case("").frequencies("flu", "setting=hospital")
    assert asked.provenance.assumed == ()
    assert asked.probabilities[0][0] + asked.probabilities[1][0] == pytest.approx(0.1)


def test_the_print_has_tree_table_and_conclusion_and_keeps_its_width():
    """A short and a long question print within 100 columns; whole people and exact shares stand side by side."""
    net = bayesnet.load("back_pain")
    text = str(bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000))
    assert "├─ 100 lung=yes: 10.0 % of all\n│  ├─ 98 xray=yes: 98.0 % of these" in text
    assert "lung=no            54 (5.37 %)  846 (84.6 %)   900 (90.0 %)" in text
    assert "Of the 152 with xray=yes, 98 have lung=yes; exactly, 64.6 %, 65 in 100." in text
    rare = net.case("").frequencies("spinal_metastasis", RARE)
    for printed in (text, str(rare)):
        assert max(map(len, printed.splitlines())) <= 100
    assert "Fewer than one in 10,000 has" in str(rare)
    assert "population=100_000 shows them all" in str(rare)
    assert min(map(min, net.case("").frequencies("spinal_metastasis", RARE, population=100_000).counts)) >= 1
    assert net.model.warning in str(rare)


def test_a_finding_that_cannot_be_says_nothing():
    """Where nobody can have the finding, the posterior is not a number, and the print says so."""
    answer = clinic().case("!female").frequencies("flu", "pregnancy")
    assert math.isnan(answer.posterior)
    assert answer.with_finding == 0
    assert "Nobody can have pregnancy here, so that it says nothing of flu." in str(answer)


def test_the_frame_has_nine_rows_and_the_dict_is_json():
    """Rows for both parts and all, by both parts and all, with what each is of its row and of its column."""
    answer = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000)
    frame = answer.to_frame()
    assert list(frame.columns) == ["target", "finding", "count", "probability", "given_target", "given_finding"]
    assert list(frame["count"]) == [98, 2, 100, 54, 846, 900, 152, 848, 1000]
    assert frame["given_target"][0] == pytest.approx(0.98)
    assert frame["given_finding"][0] == pytest.approx(answer.posterior)
    held = json.loads(json.dumps(answer.to_dict()))
    assert held["tree"]["parts"][0]["parts"][0]["count"] == 98
    assert held["posterior"] == pytest.approx(answer.posterior)


@pytest.mark.parametrize(
    ("finding", "of", "message"),
    [
        ("lung=no", 100, 'In "lung=no": lung is the target itself; ask for a finding on another variable.'),
        (
            "xray={yes:3, no:1}",
            100,
            (
                'In "xray={yes:3, no:1}": natural frequencies need a definite finding on xray, not a likelihood; expected '
                "a state of xray or one of several: yes, no."
            ),
        ),
        (
            "do(xray=yes)",
            100,
            (
                'Cannot split the population by "do(xray=yes)": expected an observed state, as in "fever" or "age_group=60-69"; '
                "an intervention belongs to the case: case.do(...)."
            ),
        ),
        ("xray=yes", 0, "A population is a whole number of people from 1 to 1,000,000,000; got population=0."),
        ("xray=yes", 1e4, "A population is a whole number of people from 1 to 1,000,000,000; got population=10000.0."),
    ],
)
def test_what_cannot_be_counted_is_refused(finding, of, message):
    """The target as its own finding, likelihoods, interventions and populations that are none are refused in one paragraph."""
    with pytest.raises(BayesnetError) as refused:
        bayesnet.load("asia").case("").frequencies("lung=yes", finding, population=of)
    assert str(refused.value) == message


def test_a_case_that_cannot_be_is_refused():
    """A population of people who cannot exist is impossible evidence."""
    with pytest.raises(bayesnet.ImpossibleEvidence, match="cannot hold together"):
        clinic().case("!female, pregnancy").frequencies("flu", "fever")
