"""Tuning: every proposed change does what was asked, none smaller exists, and locks hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_networks import tables, weather

import bayesnet
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.sensitivity.distance import cd_distance
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.errors import BayesnetError
from bayesnet.network import Network

RANDOM = settings(max_examples=40)


def _case(data: st.DataObject, **options):
    """A case with nothing known on a random network, a target and its answer, neither certain nor impossible."""
    compiled = CompiledModel(data.draw(strategies.models(max_variables=5, extremes=False, **options)))
    assume(parameter_map(compiled).count > 0)
    net = Network(compiled.model)
    v = data.draw(st.integers(0, len(compiled.names) - 1))
    state = compiled.states(v)[data.draw(st.integers(0, len(compiled.states(v)) - 1))]
    p = net.posterior(compiled.names[v])[state]
    assume(1e-4 < p < 1 - 1e-4)
    return net, compiled.names[v], state, p


@RANDOM
@given(st.data())
def test_every_change_meets_the_constraint(data):
    """Setting a number to its proposed value gives the answer asked for, whatever the gate."""
    net, name, state, p = _case(data)
    goal = p + (1 - p) * data.draw(st.sampled_from([0.02, 0.2]))
    ways = net.case().tune(f"{name}={state}", at_least=goal)
    assert not ways.satisfied
    for change in ways:
        moved = Network(net.with_numbers({change.number: change.new}).model)
        assert moved.posterior(name)[state] == pytest.approx(goal, rel=1e-8)


@RANDOM
@given(st.data())
def test_no_smaller_change_of_the_same_number_would_do(data):
    """Anywhere between the present and the proposed value, and as far to the other side, the constraint does not hold."""
    net, name, state, p = _case(data)
    goal = p * data.draw(st.sampled_from([0.7, 0.95]))
    ways = net.case().tune(f"{name}={state}", at_most=goal)
    for change in list(ways)[:3]:
        f = net.case().sensitivity(f"{name}={state}", change.number)
        for share in (0.2, 0.5, 0.9, 0.99):
            for sign in (-1, 1):
                x = _shifted(change.value, sign * share * change.log_odds_change, change.number)
                if f.line.lowest <= x <= f.line.highest:
                    assert f(x) > goal * (1 - 1e-9)


def _shifted(x: float, shift: float, number: str) -> float:
    """A value moved by so much in log-odds (in the logarithm, for odds)."""
    if number.startswith("odds("):
        return x * math.exp(shift)
    odds = x / (1 - x) * math.exp(shift)
    return odds / (1 + odds)


@RANDOM
@given(st.data())
def test_costs_are_cd_distances(data):
    """The cost of each change is the CD distance between the two networks, where every column of the gate can be reached."""
    net, name, state, p = _case(data, gates=("table", "noisy_or", "odds_ratio"))
    ways = net.case().tune(f"{name}={state}", at_least=p + 0.1 * (1 - p))
    for change in list(ways)[:4]:
        moved = net.compiled.expander.factors(_values(net, change.number, change.new))
        assert change.cd == pytest.approx(cd_distance(net.compiled.factors, moved), rel=1e-6, abs=1e-9)


def _values(net: Network, number: str, x: float) -> np.ndarray:
    from bayesnet.analysis.sensitivity.covariation import moved_values

    return moved_values(parameter_map(net.compiled), np.array([net.compiled.number(number)]), np.array([x]))[:, 0]


def test_changes_come_cheapest_first_with_fixed_columns():
    """One row per number that can do it, by the size of its change in log-odds; the columns are always the same."""
    asia = bayesnet.load("asia")
    for ways in (
        asia.case("xray=yes").tune("lung=yes", at_least=0.5),
        asia.case("xray=yes").tune("lung=yes", at_least=0.5, columns=True),
        asia.case("xray=yes").tune("lung=yes", at_most=0.99),
    ):
        frame = ways.to_frame()
        assert list(frame.columns) == ["number", "value", "new", "log_odds_change", "cd"]
        sizes = frame["log_odds_change"].abs().tolist()
        assert sizes == sorted(sizes)


def test_a_constraint_that_holds_needs_no_change():
    """Where the answer is already as wanted, nothing is proposed and the print says so."""
    ways = bayesnet.load("asia").case("xray=yes").tune("lung=yes", at_most=0.9)
    assert ways.satisfied
    assert len(ways) == 0
    assert "The constraint holds already; nothing has to change." in str(ways)


def test_locked_numbers_stay():
    """Numbers locked by id, by shortened id, by variable, by source or by grade are not proposed."""
    asia = bayesnet.load("asia")
    case = asia.case("xray=yes")
    every = {change.number for change in case.tune("lung=yes", at_least=0.5)}
    locked = case.tune("lung=yes", at_least=0.5, lock=["smoke=yes"])
    assert {change.number for change in locked} == every - {"smoke=yes"}
    assert locked.locked == 1
    lung = case.tune("lung=yes", at_least=0.5, lock=["lung"])
    assert not any(change.number.startswith("lung") for change in lung)
    assert len(case.tune("lung=yes", at_least=0.5, lock=["lauritzen1988"])) == 0
    grades = {number.grade for number in asia.model.numbers.values()}
    assert len(case.tune("lung=yes", at_least=0.5, lock=sorted(grades))) == 0
    assert {change.number for change in case.tune("lung=yes", at_least=0.5, lock=["meta-analysis"])} == every


def test_an_unknown_lock_is_refused():
    """A lock that names nothing is an error with the nearest name, not silently without effect."""
    with pytest.raises(BayesnetError) as refused:
        bayesnet.load("asia").case().tune("lung=yes", at_least=0.5, lock=["smokes"])
    assert str(refused.value) == 'Cannot lock "smokes": nothing is known by this name; did you mean "smoke" or "smoke=yes"?'


@pytest.mark.parametrize(
    "wrong", [{}, {"at_least": 0.5, "at_most": 0.7}, {"at_least": 0.5, "minus": "tub=yes", "over": "tub=yes"}]
)
def test_a_constraint_is_one_bound(wrong):
    """Not exactly one bound, or two second questions at once, is refused."""
    with pytest.raises(BayesnetError) as refused:
        bayesnet.load("asia").case().tune("lung=yes", **wrong)
    assert str(refused.value) == "Tuning takes exactly one of at_least, at_most and equals, and at most one of minus and over."


def test_a_bound_that_cannot_be_is_refused():
    """A probability of 1.5 cannot be asked for."""
    with pytest.raises(BayesnetError) as refused:
        bayesnet.load("asia").case().tune("lung=yes", equals=1.5)
    assert str(refused.value) == "The value of a constraint cannot be 1.5; expected a number from 0 to 1."


@pytest.mark.parametrize("second", ["tub=yes", "tub=yes | dysp=yes"])
@pytest.mark.parametrize("how", ["minus", "over"])
def test_differences_and_ratios_of_two_questions(second, how):
    """Each change brings the difference, or the ratio, of two questions to the bound, with common findings or with their own."""
    asia = bayesnet.load("asia")

    def value(net: Network) -> float:
        first = net.posterior("lung | xray=yes")["yes"]
        other = net.posterior("tub" + (" | dysp=yes" if "|" in second else " | xray=yes"))["yes"]
        return first - other if how == "minus" else first / other

    now = value(asia)
    goal = now + 0.1 if how == "minus" else now * 1.5
    ways = asia.case("xray=yes").tune("lung=yes", at_least=goal, **{how: second})
    assert ways.value == pytest.approx(now, rel=1e-12)
    assert len(ways) > 3
    for change in ways:
        assert value(asia.with_numbers({change.number: change.new})) == pytest.approx(goal, rel=1e-9)


def test_of_two_values_that_would_do_the_nearer_is_proposed():
    """A difference of two questions can rise and fall with one number; the crossing with the smaller change is taken."""
    net = bayesnet.load("asia").with_numbers({"tub=yes | asia=no": 0.7})
    number = "tub=yes | asia=no"
    first, second = net.case("dysp=yes").sensitivity("bronc=yes", number), net.case("xray=yes").sensitivity("lung=yes", number)
    grid = np.linspace(0.001, 0.999, 999)
    crossings = [x for x, y in itertools.pairwise(grid) if (first(x) - second(x) - 0.52) * (first(y) - second(y) - 0.52) < 0]
    assert len(crossings) == 2
    ways = net.case("dysp=yes").tune("bronc=yes", minus="lung=yes | xray=yes", equals=0.52)
    change = next(change for change in ways if change.number == number)
    assert change.new == pytest.approx(max(crossings), abs=2e-3)


@RANDOM
@given(st.data())
def test_whole_columns_meet_the_constraint_at_no_more_cost(data):
    """A column moved as a whole does what was asked, and costs no more than the cheapest single entry of it."""
    net, name, state, p = _case(data, gates=("table",))
    goal = p + 0.1 * (1 - p)
    single = {change.number: change for change in net.case().tune(f"{name}={state}", at_least=goal)}
    columns = net.case().tune(f"{name}={state}", at_least=goal, columns=True)
    assert bool(single) <= bool(len(columns))
    for change in columns:
        variable, _, condition = change.number.partition(" | ")
        ids = {f"{variable}={s}" + (f" | {condition}" if condition else ""): q for s, q in change.new.items()}
        moved = net.with_numbers({number: q for number, q in ids.items() if number in net.model.numbers})
        assert Network(moved.model).posterior(name)[state] == pytest.approx(goal, rel=1e-8)
        assert sum(change.new.values()) == pytest.approx(1.0)
        for number in ids:
            if number in single:
                assert change.cd <= single[number].cd * (1 + 1e-9)


def test_no_other_change_of_a_column_is_cheaper():
    """Of all ways to shift some states against the others, and of many random columns, none that does it costs less."""
    net = weather()
    goal = 0.6
    change = next(c for c in net.case().tune("umbrella", at_least=goal, columns=True) if c.number == "weather")
    states = list(change.value)
    old = np.array([change.value[s] for s in states])
    pull = np.array([net.posterior(f"umbrella | weather={s}")["present"] for s in states])
    assert np.array([change.new[s] for s in states]) @ pull == pytest.approx(goal)
    costs = []
    for up in itertools.product((False, True), repeat=4):
        chosen = np.array(up)
        share = float(old[chosen].sum())
        if 0 < share < 1:
            above, below = old[chosen] @ pull[chosen] / share, old[~chosen] @ pull[~chosen] / (1 - share)
            new = (goal - below) / (above - below)
            if 0 < new < 1:
                costs.append(abs(math.log(new / (1 - new)) - math.log(share / (1 - share))))
    assert change.cd == pytest.approx(min(costs), rel=1e-12)
    columns = np.random.default_rng(0).dirichlet(old * 3, size=20_000)
    enough = columns[columns @ pull >= goal]
    assert len(enough) > 100
    ratios = np.log(enough / old)
    assert (ratios.max(axis=1) - ratios.min(axis=1)).min() >= change.cd


@RANDOM
@given(st.data())
def test_the_most_probable_explanation_stays_within_its_range(data):
    """Just inside the range the most probable assignment is the same, just outside it is the one named."""
    compiled = CompiledModel(
        data.draw(strategies.models(max_variables=4, extremes=False, gates=("table", "noisy_or", "odds_ratio")))
    )
    assume(parameter_map(compiled).count > 0)
    net = Network(compiled.model)
    k = data.draw(st.integers(0, parameter_map(compiled).count - 1))
    number = compiled.factors.number_ids[k]
    found = net.case().explanation_range(number)
    assume(net.most_probable().unique)
    lowest, highest = (float(bound[k]) for bound in parameter_map(compiled).domain)
    for end, bound, change, side in ((found.low, lowest, found.below, -1), (found.high, highest, found.above, 1)):
        if not change:
            assert end == bound
            continue
        step = 1e-6 * max(1.0, end)
        inside, outside = end - side * step, end + side * step
        if side * (inside - found.value) > 0:
            assert Network(net.with_numbers({number: inside}).model).most_probable().assignment == found.assignment
        if lowest <= outside <= highest:
            there = Network(net.with_numbers({number: outside}).model).most_probable().assignment
            assert {v: s for v, s in there.items() if found.assignment[v] != s} == change


def test_the_explanation_range_of_a_number_by_hand():
    """Dry without an umbrella (0.5 x 0.95) is best until the umbrella on dry days passes one half."""
    found = weather().case().explanation_range("umbrella | weather=dry")
    assert found.assignment == {"weather": "dry", "umbrella": "absent"}
    assert (found.low, found.below) == (0.0, {})
    assert found.high == pytest.approx(0.5, abs=1e-12)
    assert found.above == {"umbrella": "present"}
    assert list(found.to_frame().columns) == ["number", "value", "low", "high", "below", "above"]


def test_an_explanation_can_be_overtaken_by_a_third():
    """A third assignment may take over before the one that is best at the far end: the range ends where the first of all does."""
    net = tables(
        "switch",
        {
            "on": (("absent", "present"), (), {(): (0.45, 0.55)}),
            "light": (("absent", "present"), ("on",), {("absent",): (1.0, 0.0), ("present",): (0.95, 0.05)}),
        },
    )
    found = net.case().explanation_range("light | on")
    assert found.assignment == {"on": "present", "light": "absent"}
    assert found.high == pytest.approx(1 - 0.45 / 0.55, abs=1e-12)
    assert found.above == {"on": "absent"}
