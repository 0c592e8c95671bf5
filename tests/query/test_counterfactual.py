"""Counterfactuals: what would have been for this one patient."""

from __future__ import annotations

import pytest
from api_models import clinic
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import models

import bayesnet
from bayesnet import BayesnetError, FindingError, ImpossibleEvidence
from bayesnet.model.expand import expand
from bayesnet.model.records import Model, Number, Variable
from bayesnet.network import Network
from bayesnet.pattern import Term

P = st.floats(0.01, 0.99)


def drawn(data) -> tuple[Network, dict[str, str], str, str]:
    """A random network, possible findings, a variable that was found or not, and a target."""
    net = Network(data.draw(models(max_variables=4)))
    assume(not any(v.default for v in net.variables.values()))
    names = data.draw(st.permutations(net.compiled.names))
    case = net.simulate(1, seed=data.draw(st.integers(0, 99))).iloc[0]
    count = data.draw(st.integers(0, len(names) - 1))
    return net, {name: case[name] for name in names[:count]}, names[0], names[-1]


@given(st.data())
def test_without_findings_imagining_is_doing(data) -> None:
    """With nothing found, what would have been is what acting would bring."""
    net, _, changed, target = drawn(data)
    state = data.draw(st.sampled_from(net.variables[changed].states))
    would = net.counterfactual(target, had={changed: state})
    assert would.probabilities == pytest.approx(net.posterior(str(Term(target)), do={changed: state}).probabilities, abs=1e-9)


@given(st.data())
def test_had_it_been_as_it_was_nothing_changes(data) -> None:
    """Changing a variable to the state in which it was found leaves the answer of the findings (consistency)."""
    net, found, changed, target = drawn(data)
    assume(changed in found)
    would = net.counterfactual(target, given=found, had={changed: found[changed]})
    assert would.probabilities == pytest.approx(net.posterior(str(Term(target)), found).probabilities, abs=1e-9)
    assert would.factual.probabilities == pytest.approx(would.probabilities, abs=1e-9)


@given(st.data())
def test_what_the_change_cannot_reach_is_as_it_was(data) -> None:
    """A variable that is no descendant of what changed keeps its posterior."""
    net, found, changed, target = drawn(data)
    reached, grew = {changed}, True
    while grew:
        more = {n for n, v in net.variables.items() if n not in reached and reached & set(v.parents)}
        reached, grew = reached | more, bool(more)
    assume(target not in reached)
    state = data.draw(st.sampled_from(net.variables[changed].states))
    would = net.counterfactual(target, given=found, had={changed: state})
    assert would.probabilities == pytest.approx(net.posterior(str(Term(target)), found).probabilities, abs=1e-9)


@given(st.data())
def test_the_law_of_total_probability_holds_over_findings(data) -> None:
    """Averaged over all that may be found, what would have been is what acting brings."""
    net, _, changed, target = drawn(data)
    state = data.draw(st.sampled_from(net.variables[changed].states))
    seen = data.draw(st.sampled_from(net.compiled.names))
    average = 0.0
    last = net.variables[target].states[-1]
    for value in net.variables[seen].states:
        weight = net.probability({seen: value})
        if weight:
            average += weight * net.counterfactual(target, given={seen: value}, had={changed: state})[last]
    assert average == pytest.approx(net.posterior(str(Term(target)), do={changed: state})[last], abs=1e-9)


def two(gate: str, **numbers: float) -> Network:
    """Cause and effect, with the numbers of one gate."""
    variables = {
        "cause": Variable("cause"),
        "other": Variable("other"),
        "effect": Variable("effect", parents=("cause", "other"), gate=gate),  # type: ignore[arg-type]
    }
    own = {"cause=present": "cause", "other=present": "other"}
    records = {k: Number(k, v, v, v, variable=own.get(k, "effect")) for k, v in numbers.items()}
    return Network(Model("two", variables=variables, numbers=records))


@given(P, P, P)
def test_a_table_is_one_draw_compared_in_both_worlds(exposed: float, unexposed: float, cause: float) -> None:
    """Necessity is 1 - 1/RR where the cause raises the risk (Tian & Pearl 2000), sufficiency and prevention likewise."""
    table = {
        "cause=present": cause,
        "other=present": 0.5,
        "effect=present | cause=present, other=absent": exposed,
        "effect=present | cause=absent, other=absent": unexposed,
        "effect=present | cause=present, other=present": 0.5,
        "effect=present | cause=absent, other=present": 0.5,
    }
    net = two("table", **table)
    still = net.counterfactual("effect", given="cause, !other, effect", had="cause=absent")["present"]
    assert still == pytest.approx(min(exposed, unexposed) / exposed, abs=1e-9)
    prevented = net.counterfactual("effect", given="cause, !other, !effect", had={"cause": "absent"})["present"]
    assert prevented == pytest.approx(max(0.0, unexposed - exposed) / (1.0 - exposed), abs=1e-9)


@given(P, P, P)
def test_a_noisy_or_keeps_the_chance_of_every_cause(first: float, second: float, leak: float) -> None:
    """Had one of two causes been absent, the effect remains where the other or the leak had an effect."""
    link_a, link_b = (1 - (1 - leak) * (1 - q) for q in (first, second))
    noisy = {
        "cause=present": 0.3,
        "other=present": 0.4,
        "effect=present | cause=present": link_a,
        "effect=present | other=present": link_b,
        "effect=present | leak": leak,
    }
    net = two("noisy_or", **noisy)
    rest = 1 - (1 - leak) * (1 - second)
    found = 1 - (1 - leak) * (1 - second) * (1 - first)
    still = net.counterfactual("effect", given="cause, other, effect", had="cause=absent")["present"]
    assert still == pytest.approx(rest / found, abs=1e-9)


def test_the_sprinkler_is_excused_or_blamed() -> None:
    """On a rainy day the grass would have been wet without the sprinkler; on a dry one it would not (Pearl 2009, example 1.4)."""
    net = bayesnet.load("sprinkler")
    dry = net.counterfactual("wet_grass", given="sprinkler, !rain, wet_grass", had={"sprinkler": "absent"})
    rainy = net.counterfactual("wet_grass", given="sprinkler, rain, wet_grass", had={"sprinkler": "absent"})
    assert dry["present"] == pytest.approx(0.0)
    assert rainy["present"] == pytest.approx(0.9 / 0.99)
    assert list(rainy.to_frame().columns) == ["variable", "state", "prior", "factual", "counterfactual"]
    assert "had it been that !sprinkler" in str(rainy)


@given(P, P)
def test_the_prisoner_might_have_lived_had_the_first_rifle_been_silent(order: float, nervous: float) -> None:
    """Pearl's firing squad: P(alive, had A not fired | dead) = q (1 - p) / (1 - (1 - p)(1 - q)) (Pearl 2009, section 7.1.2)."""
    logic = {"captain": ("order",), "first": ("captain", "nervous"), "second": ("captain",), "death": ("first", "second")}
    variables = {name: Variable(name) for name in ("order", "nervous")}
    for name, parents in logic.items():
        said = (("present", f"any of {', '.join(parents)}"), ("absent", ""))
        variables[name] = Variable(name, parents=parents, gate="deterministic", expression=said)
    roots = {"order": order, "nervous": nervous}
    numbers = {f"{name}=present": Number(f"{name}=present", p, p, p, variable=name) for name, p in roots.items()}
    net = Network(Model("firing_squad", variables=variables, numbers=numbers))
    alive = net.counterfactual("death", given="death", had="first=absent")["absent"]
    assert alive == pytest.approx(nervous * (1 - order) / (1 - (1 - order) * (1 - nervous)), abs=1e-9)
    with pytest.raises(ImpossibleEvidence):
        net.posterior("death", "death, !first")
    assert net.posterior("death", do="first=absent")["absent"] == pytest.approx(1 - order, abs=1e-9)


def test_a_counterfactual_needs_a_change_to_one_state() -> None:
    """Nothing changed, or changed to several states, is refused."""
    with pytest.raises(BayesnetError, match="`had` is empty: name at least one state"):
        clinic().counterfactual("flu", given="fever")
    with pytest.raises(FindingError, match="`had` takes exactly one state per variable"):
        clinic().counterfactual("fever", had={"weight": {"lost", "same"}})
    assert clinic().counterfactual("flu", given="fever", had="flu=absent")["absent"] == 1.0
    assert expand(clinic().model).names == clinic().compiled.names
