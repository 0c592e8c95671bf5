"""The CD distance and KL divergence of two networks: against enumeration of all assignments, and what they promise."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from referee import Enumeration

import bayesnet
import bayesnet.results.tuning
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.distance import cd_distance, column_cd, kl_divergence
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.errors import SpecError, TooWide
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import Factors, NoisyFamily, TableFamily

RANDOM = settings(max_examples=50)


def _worlds(factors: Factors) -> dict[tuple[int, ...], float]:
    """Every assignment with its probability, by enumeration in exact fractions."""
    return {world: float(p) for world, p in Enumeration(factors, Evidence()).worlds()}


def _changed(compiled: CompiledModel, data: st.DataObject) -> Factors:
    """The same network with some numbers moved a little, or to the edge of what they can be."""
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    values = compiled.factors.values.copy()
    count = data.draw(st.integers(1, min(4, len(values))))
    for k in rng.choice(len(values), size=count, replace=False):
        values[k] = values[k] * rng.uniform(0.5, 1.0)
    return compiled.expander.factors(values)


def _brute(first: Factors, second: Factors) -> tuple[float, float]:
    """CD distance and KL divergence over all assignments."""
    p, q = _worlds(first), _worlds(second)
    logs, kl = [0.0], 0.0
    for world in product(*(range(card) for card in first.cards)):
        a, b = p.get(world, 0.0), q.get(world, 0.0)
        if a == b == 0.0:
            continue
        if a == 0.0 or b == 0.0:
            return math.inf, math.inf if b == 0.0 else math.nan
        logs.append(math.log(b) - math.log(a))
        kl += a * (math.log(a) - math.log(b))
    return max(logs) - min(logs), kl


@RANDOM
@given(st.data())
def test_distances_are_those_of_all_assignments(data):
    """Both distances equal those over every assignment of all variables, for every gate, zeros included."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5)))
    assume(parameter_map(compiled).count > 0)
    other = _changed(compiled, data)
    cd, kl = _brute(compiled.factors, other)
    assert cd_distance(compiled.factors, other) == pytest.approx(cd, rel=1e-8, abs=1e-9)
    if math.isfinite(cd):
        assert kl_divergence(compiled.factors, other, compiled.engine) == pytest.approx(kl, rel=1e-7, abs=1e-10)


@RANDOM
@given(st.data())
def test_no_query_moves_further_than_the_bound(data):
    """Whatever is asked under whatever findings, the odds stay within the factor that the CD distance allows."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5, extremes=False)))
    assume(parameter_map(compiled).count > 0)
    other = _changed(compiled, data)
    distance = bayesnet.results.tuning.Distance(cd=cd_distance(compiled.factors, other), kl=0.0, changed=())
    assume(math.isfinite(distance.cd))
    evidence = data.draw(strategies.evidence(compiled.factors))
    before, after = (Engine(factors) for factors in (compiled.factors, other))
    assume(before.log_probability(evidence) > -math.inf)
    v = data.draw(st.integers(0, len(compiled.names) - 1))
    for p, q in zip(before.posteriors(evidence, (v,)).marginals[v], after.posteriors(evidence, (v,)).marginals[v], strict=True):
        low, high = distance.bound(float(p))
        assert low - 1e-9 <= q <= high + 1e-9


@RANDOM
@given(st.data())
def test_spelled_out_gates_are_at_distance_zero(data):
    """A network with its gates written as tables, variables and states in another order, is the same network."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5)))
    factors = compiled.factors
    n = len(factors.names)
    order = data.draw(st.permutations(range(n)))
    place = {old: new for new, old in enumerate(order)}
    flips = [data.draw(st.booleans()) for _ in range(n)]
    families = []
    for v in order:
        table, axes = table_of(factors.families[v]), (*factors.families[v].parents, v)
        for axis, w in enumerate(axes):
            table = np.flip(table, axis) if flips[w] else table
        families.append(TableFamily(place[v], tuple(place[p] for p in axes[:-1]), np.ascontiguousarray(table)))
    other = Factors(
        tuple(factors.names[v] for v in order),
        tuple(factors.states[v][::-1] if flips[v] else factors.states[v] for v in order),
        tuple(families),
        (),
        np.empty(0),
        np.empty(0, dtype=bool),
        factors.dependence,
    )
    assert cd_distance(factors, other) == pytest.approx(0.0, abs=1e-9)
    assert kl_divergence(factors, other, compiled.engine) == pytest.approx(0.0, abs=1e-9)


def test_distance_is_symmetric_and_zero_only_for_equals():
    """The CD distance is the same both ways, zero for the network itself, and names what differs."""
    asia = bayesnet.load("asia")
    other = asia.with_numbers({"smoke=yes": 0.6, "xray=yes | either=no": 0.2})
    there, back = bayesnet.distance(asia, other), bayesnet.distance(other, asia)
    assert there.cd == pytest.approx(back.cd, rel=1e-12)
    assert there.changed == ("smoke", "xray")
    assert bayesnet.distance(asia, asia).cd == 0.0
    assert bayesnet.distance(asia, asia).kl == 0.0
    assert bayesnet.distance(asia, asia).bound(0.3) == (0.3, 0.3)


def test_one_column_decides_the_distance_of_its_change():
    """The CD distance of a change in one column is had from that column alone (Chan & Darwiche 2005)."""
    asia = bayesnet.load("asia")
    other = asia.with_numbers({"dysp=yes | bronc=no, either=yes": 0.35})
    old, new = (np.array([p, 1 - p]) for p in (0.7, 0.35))
    assert bayesnet.distance(asia, other).cd == pytest.approx(column_cd(old, new), rel=1e-12)


def test_what_one_network_forbids_puts_them_infinitely_apart():
    """Where one network allows what the other makes impossible the distance is infinite and bounds nothing."""
    asia = bayesnet.load("asia")
    never = asia.with_numbers({"tub=yes | asia=no": 0.0})
    distance = bayesnet.distance(asia, never)
    assert (distance.cd, distance.kl) == (math.inf, math.inf)
    assert distance.bound(0.3) == (0.0, 1.0)
    assert bayesnet.distance(never, asia).cd == math.inf
    assert math.isfinite(bayesnet.distance(never, asia).kl)


def test_an_impossible_column_cannot_put_networks_apart():
    """A change in a column that no assignment reaches changes nothing, because another family makes it impossible."""
    asia = bayesnet.load("asia").with_numbers({"asia=yes": 0.0})
    other = asia.with_numbers({"tub=yes | asia=yes": 0.9})
    assert bayesnet.distance(asia, other).cd == 0.0
    assert bayesnet.distance(asia, other).kl == 0.0


def test_networks_over_other_variables_are_refused():
    """Every variable and state that only one of the networks has is named."""
    with pytest.raises(SpecError) as refused:
        bayesnet.distance(bayesnet.load("mammography"), bayesnet.load("sprinkler"))
    assert (
        str(refused.value)
        .splitlines()[0]
        .startswith("The distance needs two networks over the same variables with the same states: ")
    )
    assert 'variable "breast_cancer" is only in the first network' in str(refused.value)
    assert 'variable "rain" is only in the second network' in str(refused.value)


def test_a_distance_that_needs_too_large_a_table_is_refused():
    """Elimination says how large a table it would need instead of running out of memory."""
    from bayesnet.analysis.sensitivity.distance import largest_sum

    star = [((0, i), np.zeros((2, 2))) for i in range(1, 4)]
    assert largest_sum(star, max_cells=4) == 0.0
    with pytest.raises(TooWide, match="16 cells"):
        largest_sum([((0, 1, 2, 3), np.zeros((2, 2, 2, 2)))], max_cells=8)


def test_a_rare_state_keeps_its_digits_where_its_gate_is_spelled_out():
    """A leak of 8e-9 comes back as it is: nothing is subtracted from one."""
    links = (np.array([[1.0, 0.0], [0.25, 0.75]]), np.array([[1.0, 0.0], [1.0 - 3e-12, 3e-12]]))
    gate = NoisyFamily(2, (0, 1), (0, 1), np.array([1.0 - 8e-9, 8e-9]), links)
    assert table_of(gate)[0, 0, 1] == pytest.approx(8e-9, rel=1e-15)
    assert table_of(gate)[0, 1, 1] == pytest.approx(8e-9 + 3e-12 * (1.0 - 8e-9), rel=1e-15)
