"""What cited ranges do to an answer: tornado, two numbers at once, sources, flips, and the strength of arcs."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_networks import clinic, network

import bayesnet
from bayesnet.analysis.description import arc_strength
from bayesnet.analysis.description.arc_strength import arc_strengths
from bayesnet.analysis.query.caveats import movements, trust
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.errors import BayesnetError, ImpossibleEvidence
from bayesnet.inference.engine import Engine
from bayesnet.model.records import CitedFigure, Model, Number, Source, Variable
from bayesnet.network import Network

RANDOM = settings(max_examples=40)


@RANDOM
@given(st.data())
def test_bars_end_at_the_answers_of_changed_networks(data):
    """Each end of each bar is the answer of a network with that number at that end; bars come widest first."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5, extremes=False)))
    assume(parameter_map(compiled).count > 0)
    net = Network(compiled.model)
    v = data.draw(st.integers(0, len(compiled.names) - 1))
    state = compiled.states(v)[0]
    try:
        found = net.case().tornado(f"{compiled.names[v]}={state}", top=5)
    except ImpossibleEvidence:  # a default state that cannot be
        assume(False)
        return
    widths = [bar.width for bar in found]
    assert widths == sorted(widths, reverse=True)
    for bar in found:
        for end, answer in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            moved = Network(net.with_numbers({bar.number: end}).model)
            assert moved.posterior(compiled.names[v])[state] == pytest.approx(answer, rel=1e-8, abs=1e-12)


def test_the_tornado_says_what_it_is_about():
    """The label is the probability with its findings; columns are fixed; `top` bars, and the print counts the rest."""
    case = clinic().case("fever, pain")
    found = case.tornado("abscess", top=3)
    assert found.label == "P(abscess=present | fever, pain)"
    assert found.value == pytest.approx(case.posterior("abscess")["present"])
    assert len(found) == 3
    assert list(found.to_frame().columns) == [
        "number",
        "value",
        "low",
        "high",
        "at_low",
        "at_high",
        "width",
        "source",
        "grade",
        "known",
    ]
    assert "The 3 widest of 9 numbers whose range changes the answer." in str(found)


def test_a_range_that_the_gate_cannot_hold_ends_where_it_can():
    """A link whose range reaches below its leak is taken down to the leak and no further."""
    tight = network(
        "tight",
        [Variable("cause"), Variable("fever", parents=("cause",), gate="noisy_or")],
        {
            "cause=present": (0.1, 0.05, 0.2),
            "fever=present | leak": (0.02, 0.01, 0.04),
            "fever=present | cause=present": (0.1, 0.005, 0.3),
        },
    )
    bar = next(bar for bar in tight.case("fever").tornado("cause") if bar.number == "fever=present | cause=present")
    assert (bar.low, bar.high) == (pytest.approx(0.02), 0.3)


def test_surfaces_are_ratios_of_bilinear_functions():
    """Every point of the surface is the answer of a network with both numbers changed, and the coefficients give it anywhere."""
    net = clinic()
    case = net.case("fever, rash")
    first, second = "fever | abscess", "rash | infection"
    found = case.two_way("abscess", first, second, points=5)
    for i, j in ((0, 0), (4, 0), (2, 3), (4, 4)):
        x, y = found.first[i], found.second[j]
        moved = net.with_numbers({first: x, second: y}).posterior("abscess | fever, rash")["present"]
        assert found.values[i][j] == pytest.approx(moved, rel=1e-10)
        assert found(x, y) == pytest.approx(moved, rel=1e-9)
    assert found(0.33, 0.27) == pytest.approx(
        net.with_numbers({first: 0.33, second: 0.27}).posterior("abscess | fever, rash")["present"], rel=1e-9
    )
    assert list(found.to_frame().columns) == ["first", "second", "f"]
    assert len(found.to_frame()) == 25


def test_surfaces_over_curved_numbers_have_no_coefficients():
    """A leak and an odds ratio have an exact surface and NaN coefficients."""
    net = clinic()
    first, second = "fever=present | leak", "odds(abscess) | drugs=present"
    found = net.case("fever").two_way("abscess", first, second, points=3)
    assert all(math.isnan(c) for c in found.numerator)
    moved = net.with_numbers({first: found.first[2], second: found.second[0]}).posterior("abscess | fever")["present"]
    assert found.values[2][0] == pytest.approx(moved, rel=1e-10)


def test_entries_of_one_column_have_no_surface():
    """Two entries of one distribution cannot move independently; the refusal says so."""
    both = network("coin", [Variable("coin", states=("head", "tail"))], {f"coin={s}": (0.5, 0.4, 0.6) for s in ("head", "tail")})
    with pytest.raises(BayesnetError) as refused:
        both.case().two_way("coin=head", "coin=head", "coin=tail")
    assert str(refused.value) == (
        '"coin=head" and "coin=tail" are entries of one distribution: when one moves, the other co-varies. '
        "Take two numbers of different distributions."
    )
    with pytest.raises(BayesnetError, match="entries of one distribution"):
        bayesnet.load("asia").case().two_way("lung=yes", "smoke=yes", "smoke=yes")


def test_sources_move_to_their_worst_corners():
    """For each study the answer lies between the least and the largest over all corners of its numbers' ranges."""
    net = clinic()
    case = net.case("fever, pain, rash")
    compiled, v = net.compiled, net.compiled.index["abscess"]
    evidence = case.findings.evidence()
    found = {line.source: line for line in case.sources("abscess")}
    assert set(found) == {"s1", "s2", "s3", "s4", "(judgement)"}
    for source, line in found.items():
        mine = [
            n
            for n in net.model.numbers.values()
            if n.low < n.high and (n.source == source or (not n.source and source == "(judgement)"))
        ]
        answers = []
        for ends in itertools.product(*((n.low, n.high) for n in mine)):
            values = compiled.factors.values.copy()
            values[[compiled.number(n.id) for n in mine]] = ends
            answers.append(Engine(compiled.expander.factors(values)).posteriors(evidence, (v,)).marginals[v][1])
        assert line.low == pytest.approx(min(answers), rel=1e-9)
        assert line.high == pytest.approx(max(answers), rel=1e-9)
    widths = [line.width for line in case.sources("abscess")]
    assert widths == sorted(widths, reverse=True)


def test_a_corner_where_the_slopes_mislead_is_left():
    """Where a slope changes its sign on the way, the corner is improved until it is the true one: exactly one of two is on."""
    either = {("absent", "absent"): (1.0, 0.0), ("present", "present"): (1.0, 0.0)}
    either |= {("absent", "present"): (0.0, 1.0), ("present", "absent"): (0.0, 1.0)}
    ids = {"a=present": (0.45, 0.1, 0.9, "s1"), "b=present": (0.45, 0.1, 0.9, "s1")}
    for (a, b), column in either.items():
        ids[f"c=present | a={a}, b={b}"] = column[1]
    net = network("exclusive", [Variable("a"), Variable("b"), Variable("c", parents=("a", "b"))], ids)
    line = next(line for line in net.case().sources("c") if line.source == "s1")
    assert (line.low, line.high) == (pytest.approx(0.18), pytest.approx(0.82))


def test_sources_that_do_not_matter_are_listed_without_moving():
    """A study none of whose numbers can matter stands at the end, with the answer as it is."""
    found = {line.source: line for line in clinic().case("pain").sources("abscess")}
    assert found["s3"].low == found["s3"].high
    assert found["s3"].citation == "Author3 2003"


def test_flips_change_the_leading_diagnosis():
    """Beyond the stated value the other diagnosis leads, before it the present one; every such number is found."""
    net = clinic()
    case = net.case("fever")
    found = case.flips()
    ranked = case.diagnoses()
    assert found.leader.split("=")[0] == ranked.leading.split("=")[0]
    listed = {flip.number for flip in found}
    for number in net.model.numbers.values():
        leaders = set()
        for x in (number.low, number.high):
            moved = net.with_numbers({number.id: x}).posteriors({"fever": "present"})
            leaders.add(max(("abscess", "infection"), key=lambda d: moved[d]["present"]))
        assert (len(leaders | {ranked.leading}) > 1) is (number.id in listed)
    for flip in found:
        beyond = flip.at + 1e-6 * (1 if flip.at > flip.value else -1)
        moved = net.with_numbers({flip.number: beyond}).posteriors({"fever": "present"})
        assert moved[flip.after.split("=")[0]]["present"] > moved[flip.before.split("=")[0]]["present"]
    assert list(found.to_frame().columns) == [
        *("number", "value", "low", "high", "at", "what", "before", "after", "source", "grade")
    ]


def test_flips_of_the_advice():
    """In back_pain the advice changes where the flips say: before the stated value it is the present one, beyond it the other."""
    net = bayesnet.load("back_pain")
    case = net.case("age_group=60-69, cancer_history")
    found = case.flips()
    assert found.advice == case.advise().best
    advice = [flip for flip in found if flip.what == "advice"]
    assert advice
    for flip in advice[:3]:
        step = 1e-6 * flip.at * (1 if flip.at > flip.value else -1)
        for x, option in ((flip.at - step, flip.before), (flip.at + step, flip.after)):
            assert net.with_numbers({flip.number: x}).case("age_group=60-69, cancer_history").advise().best == option


def test_flips_without_diagnoses_ask_for_a_target():
    """A network without diagnoses has no ranking to watch; the refusal names the way out, and that way works."""
    case = bayesnet.load("asia").case("xray=yes")
    with pytest.raises(BayesnetError) as refusal:
        case.flips()
    assert str(refusal.value) == (
        'asia has no variables of the group "diagnoses", so there is no ranking to watch; '
        'name a variable whose most probable state is watched instead, as in case.flips("dysp=yes").'
    )
    assert case.flips("dysp=yes").leader == "dysp=yes"


@RANDOM
@given(st.data())
def test_strengths_of_arcs_are_distances_of_columns(data):
    """Mean, largest and weighted distances are those over all pairs of columns, by plain loops."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5)))
    evidence = data.draw(strategies.evidence(compiled.factors, soft=False, max_findings=2))
    assume(compiled.engine.log_probability(evidence) > -math.inf)
    weights = {v: compiled.engine.joint(f.parents, evidence).table for v, f in enumerate(compiled.factors.families) if f.parents}
    given_ = {compiled.names[v]: compiled.states(v)[s] for v, s in evidence.hard().items()}
    case = Network(compiled.model).case({**{item.name: None for item in compiled.defaults}, **given_})
    found = {(arc.parent, arc.child): arc for arc in case.arc_strengths()}
    for v, family in enumerate(compiled.factors.families):
        table = table_of(family)
        for axis, parent in enumerate(family.parents):
            arc = found[compiled.names[parent], compiled.names[v]]
            mean, largest, weighted = _by_loops(table, weights[v], axis)
            assert arc.variation_mean == pytest.approx(mean, abs=1e-12)
            assert arc.variation_max == pytest.approx(largest, abs=1e-12)
            assert arc.variation_weighted == pytest.approx(weighted, abs=1e-9)
            assert 0.0 <= arc.hellinger_mean <= arc.hellinger_max <= 1.0


def _by_loops(table: np.ndarray, weights: np.ndarray, axis: int) -> tuple[float, float, float]:
    """Total variation over the other parents' states and all pairs of the parent's own."""
    rest = [n for i, n in enumerate(table.shape[:-1]) if i != axis]
    distances, weighted = [], 0.0
    for other in itertools.product(*(range(n) for n in rest)):
        here = []
        for a, b in itertools.combinations(range(table.shape[axis]), 2):
            first, second = (table[(*other[:axis], s, *other[axis:])] for s in (a, b))
            here.append(0.5 * sum(abs(x - y) for x, y in zip(first, second, strict=True)))
        distances += here
        weighted += sum(weights[(*other[:axis], s, *other[axis:])] for s in range(table.shape[axis])) * sum(here) / len(here)
    return sum(distances) / len(distances), max(distances), weighted


def test_arcs_of_the_asia_network():
    """The x-ray of the chest clinic follows its cause with 0.98 against 0.05; an arc that an intervention cuts is not listed."""
    net = bayesnet.load("asia")
    xray = next(arc for arc in net.arc_strengths() if arc.child == "xray")
    assert xray.parent == "either"
    assert xray.variation_max == pytest.approx(0.98 - 0.05)
    cut = net.arc_strengths(do="xray=yes")
    assert not any(arc.child == "xray" for arc in cut)
    assert arc_strengths(Query(net.compiled, Findings())).to_frame().shape == (8, 8)


def test_arcs_whose_parents_take_too_long_together_are_not_weighted(monkeypatch):
    """Joint tables are made until the products allowed are used up; below one that is left out none is made."""
    net = bayesnet.load("asia")
    whole = {(arc.parent, arc.child): arc for arc in net.arc_strengths()}
    monkeypatch.setattr(arc_strength, "_PRODUCTS", 10.0)
    for arc in net.arc_strengths():
        assert arc.variation_max == whole[arc.parent, arc.child].variation_max
        if arc.child in ("tub", "bronc"):
            assert arc.variation_weighted == whole[arc.parent, arc.child].variation_weighted
        else:
            assert math.isnan(arc.variation_weighted) == (arc.child in ("either", "dysp", "xray"))


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("back_pain", "spinal_metastasis | age_group=60-69, female, cancer_history, raised_alp, anemia"),
        ("back_pain", "vertebral_osteomyelitis | fever, iv_drug_use, raised_crp"),
        ("mammography", "breast_cancer | positive_mammogram"),
    ],
)
def test_what_to_distrust_is_what_the_tornado_puts_first(name, question):
    """The footer of an answer names the numbers of the three widest bars, as does the footer under the bars themselves."""
    target, _, given = question.partition(" | ")
    case = bayesnet.load(name).case(given)
    bars = case.tornado(target)
    named = case.posterior(target).provenance.caveats
    assert len(named) == 1
    first = [bar.number for bar in bars][:3]
    assert all(f"{number} " in named[0] for number in first)
    assert bars.provenance.caveats == named


def test_a_straight_number_moves_the_answer_exactly_as_in_the_tornado():
    """For numbers in which P(e) is a straight line the move over the range is exact; for odds it is the tangent's."""
    net = bayesnet.load("back_pain")
    query = net.case("fever, iv_drug_use").query.about(net.compiled.index["vertebral_osteomyelitis"])
    moved = dict(zip((n.id for n in trust(net.compiled).records), movements(query, query.targets), strict=True))
    linear = dict(zip(net.compiled.factors.number_ids, net.compiled.factors.linear, strict=True))
    bars = net.case("fever, iv_drug_use").tornado("vertebral_osteomyelitis", top=200)
    checked = [bar for bar in bars if linear[bar.number]]
    assert len(checked) > 20
    for bar in checked:
        assert moved[bar.number] == pytest.approx(abs(bar.at_high - bar.at_low), rel=1e-6, abs=1e-12)


def test_a_number_of_two_publications_moves_with_each() -> None:
    """Pooled figures count under both of their publications; a publication in the background does not move anything."""
    both = (CitedFigure("a2000", "a", count=(1, 4)), CitedFigure("b2000", "b", count=(1, 4)))
    behind = CitedFigure("c2000", count=(1, 4), use="background")
    number = Number("x=present", 0.25, 0.1, 0.4, grade="cohort", sources=(*both, behind), variable="x")
    sources = {key: Source(key, f"{key[0].upper()}uthor A", 2000) for key in ("a2000", "b2000", "c2000")}
    net = Network(Model("m", variables={"x": Variable("x")}, numbers={number.id: number}, sources=sources))
    found = {line.source: (line.low, line.high) for line in net.case().sources("x")}
    assert found == {"a2000": pytest.approx((0.1, 0.4)), "b2000": pytest.approx((0.1, 0.4))}
    assert net.numbers["x=present"].publications == ("a2000", "b2000")


def test_numbers_of_a_bare_file_have_no_ranges(networks) -> None:
    """A network of another program: the footers of an answer, an explanation and the bars say that no number has a range."""
    case = bayesnet.load(networks / "asia.bif.gz").case("dysp=yes, smoke=yes")
    for answer in (case.posterior("lung"), case.explain("lung=yes"), case.tornado("lung=yes")):
        assert re.fullmatch(r"Caveats: none of the \d+ numbers used has a range.", " ".join(answer.provenance.caveats))
