"""Plans: what cannot matter costs nothing, what is too wide is refused before it is allocated, the flagship stays narrow."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import numpy as np
import pytest
from engine_networks import network, random_network, rare_diseases, routes

from bayesnet.analysis.query import simulate
from bayesnet.analysis.query.simulate import sample, sample_costs
from bayesnet.errors import TooWide
from bayesnet.inference import runner as engine_module
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily

LINK = np.array([[1.0, 0.0], [0.4, 0.6]])


def layers(diseases: int, findings: int, parents: int) -> Factors:
    """Independent diseases and findings that each have the next few of them as causes."""
    families = [TableFamily(d, (), np.array([0.9, 0.1])) for d in range(diseases)]
    for f in range(findings):
        causes = tuple((f + k) % diseases for k in range(parents))
        families.append(NoisyFamily(diseases + f, causes, (0, 1), np.array([0.95, 0.05]), (LINK,) * parents))
    return network([2] * (diseases + findings), families)


def test_unobserved_findings_cost_nothing_to_the_diseases() -> None:
    """A thousand findings that nobody looked at leave the plan as it is without them."""
    few, many = layers(10, 1, 4), layers(10, 1000, 4)
    seen = {10: one_hot(2, 1)}
    assert Engine(few).cost(Evidence(seen), range(10)) == Engine(many).cost(Evidence(seen), range(10))


def test_absent_findings_cost_no_more_than_their_causes() -> None:
    """Two hundred absent findings with eight causes each are vectors: no table over several diseases."""
    factors = layers(40, 200, 8)
    engine = Engine(factors)
    absent = Evidence.of(dict.fromkeys(range(40, 240), 0), factors.cards)
    assert engine.cost(absent, range(40)) <= 40 * 4
    answer = engine.posteriors(absent)
    per_disease = [0.1 * 0.4**40, 0.9]
    assert answer.marginals[0][1] == pytest.approx(per_disease[0] / sum(per_disease), rel=1e-12)


def test_cost_grows_with_the_positive_findings_only() -> None:
    """Each positive finding may double the plan; the number of diseases enters in proportion."""
    small, large = rare_diseases(50, 12, 0.01, 0.01), rare_diseases(100, 12, 0.01, 0.01)
    costs = [Engine(large).cost(Evidence.of(dict.fromkeys(range(100, 100 + k), 1), large.cards), range(100)) for k in (2, 4, 6)]
    assert costs[0] < costs[1] < costs[2] < 100 * 4**6
    half = Engine(small).cost(Evidence.of(dict.fromkeys(range(50, 56), 1), small.cards), range(50))
    assert costs[2] == pytest.approx(2 * half, rel=0.3)


def test_plans_are_kept_by_pattern_and_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same variables in other states share a plan; the plan not used for longest goes first."""
    factors, _ = random_network(np.random.default_rng(2), 6)
    roots = [v for v, family in enumerate(factors.families) if isinstance(family, TableFamily) and factors.cards[v] > 1]
    v = roots[0]
    engine = Engine(factors)
    plans = [engine.ready(engine.situation(Evidence.of({v: s}, factors.cards)), (5,)) for s in (0, 1)]
    assert plans[0] is plans[1]
    monkeypatch.setattr(engine_module, "KEPT", 1000)
    for wanted in range(6):
        engine.posteriors(Evidence(), (wanted,))
    assert sum(len(ready.plan.code) for several in engine._plans.values() for ready in several) <= 1000


def coupled(size: int, states: int) -> tuple[Factors, Evidence]:
    """Roots of which every two have a common child, all children known: every root is coupled with every other."""
    families = [TableFamily(v, (), np.full(states, 1 / states)) for v in range(size)]
    cards = [states] * size
    for a in range(size):
        for b in range(a + 1, size):
            v = len(families)
            families.append(TableFamily(v, (a, b), np.full((states, states, 2), 0.5)))
            cards.append(2)
    return network(cards, families), Evidence.of(dict.fromkeys(range(size, len(cards)), 1), tuple(cards))


def test_a_network_of_any_width_is_refused_in_our_words() -> None:
    """Also where a table has more cells than an integer of the machine can count, by either planner."""
    factors, evidence = coupled(30, 16)
    for engine in (Engine(factors), Engine(factors, fast=False)):
        for ask in (lambda e: e.posteriors(evidence, (0,)), lambda e: e.most_probable(evidence)):
            with pytest.raises(TooWide, match=re.escape("needs a table of about 2^116 cells; the limit is 2^27 cells.")):
                ask(engine)


def test_cases_under_findings_that_couple_everything_are_refused_before_work_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of sampling are counted first: none is made."""
    monkeypatch.setattr(simulate, "_product", None)
    factors, evidence = coupled(40, 2)
    with pytest.raises(TooWide, match=re.escape("needs a table of more than 2^25 cells, the limit. Sample with fewer findings.")):
        sample(factors, evidence, 10, np.random.default_rng(0))


def test_a_network_too_wide_is_refused_with_its_size_and_without_allocating() -> None:
    """Forty binary parents of one table variable cannot be; forty that are all coupled are refused at once."""
    factors, evidence = coupled(60, 2)
    engine = Engine(factors)
    start = time.perf_counter()
    with pytest.raises(TooWide) as caught:
        engine.posteriors(evidence, (0,))
    assert time.perf_counter() - start < 5
    assert caught.value.cells == 2.0**59
    assert str(caught.value).startswith("An exact answer to this question needs a table of about 2^59 cells, 17,")
    assert " GiB in all and about " in str(caught.value)
    assert str(caught.value).endswith(
        " hours; the limit is 2^27 cells. Enter more findings, ask for fewer variables, or give variables fewer parents."
    )


def test_the_flagship_stays_narrow() -> None:
    """All posteriors of five hundred sampled patients of back_pain: half the plans take 2^16 products at most, none over 2^22."""
    from bayesnet.model import load_model
    from bayesnet.model.expand import expand

    costs = sample_costs(expand(load_model("back_pain")), n=500, seed=0, always=("setting", "age_group", "female"))
    assert costs.max() <= 2**22
    assert np.median(costs) <= 2**16


@pytest.mark.parametrize(
    "known",
    [
        ("setting", "age_group", "female"),
        pytest.param(("setting",), marks=pytest.mark.slow),
        pytest.param((), marks=pytest.mark.slow),
    ],
)
def test_both_ways_to_run_a_plan_of_the_flagship_agree(known: tuple[str, ...]) -> None:
    """P(e), every posterior and every joint with a diagnosis, for patients with two to forty findings: kernel and numpy."""
    from bayesnet.model import load_model
    from bayesnet.model.expand import expand

    factors = expand(load_model("back_pain"))
    fast, slow = routes(factors)
    rng = np.random.default_rng(7)
    for share in (0.02, 0.1, 0.4, 0.4):
        world = sample(factors, Evidence(), 1, rng)[0].tolist()
        free = [v for v in range(len(world)) if v >= 6 and rng.random() < share and factors.names[v] not in known]
        seen = {v: world[v] for v in (*free, *(factors.index[name] for name in known))}
        evidence = Evidence.of(seen, factors.cards)
        a, b = fast.posteriors(evidence), slow.posteriors(evidence)
        assert a.log_probability == pytest.approx(b.log_probability, rel=1e-13, abs=1e-13)
        for v, marginal in a.marginals.items():
            assert np.allclose(marginal, b.marginals[v], rtol=1e-11, atol=1e-13)
        target = factors.index["spinal_metastasis"]
        if target not in seen:
            pairs, others = fast.joint_with_each(target, evidence), slow.joint_with_each(target, evidence)
            assert all(np.allclose(pairs[v], others[v], rtol=1e-11, atol=1e-13) for v in others)


def test_an_answer_needs_numpy_only() -> None:
    """Importing the engine and asking it loads neither scipy, pandas, matplotlib, pgmpy nor pydantic."""
    code = (
        "import sys, numpy as np; from bayesnet.inference.engine import Engine; from bayesnet.inference.evidence import Evidence;"
        "from bayesnet.model.factors import *; e = np.zeros(0, dtype=int);"
        "f = Factors(('a',), (('x', 'y'),), (TableFamily(0, (), np.array([.5, .5])),), (), np.zeros(0), np.zeros(0, bool),"
        " Dependence(e, e, e, e, np.zeros(0)));"
        "Engine(f).posteriors(Evidence());"
        "print([m for m in ('scipy', 'pandas', 'matplotlib', 'pgmpy', 'pydantic', 'rich', 'networkx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
