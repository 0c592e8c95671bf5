"""The three teaching models give the answers that their sources print."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from paths import SHIPPED
from referee import Enumeration

from bayesnet.inference.evidence import Evidence
from bayesnet.interop import full_tables, read_network
from bayesnet.model.cache import load_model
from bayesnet.model.expand import expand
from bayesnet.pattern import parse_question, resolve_question


def answer(name: str, text: str) -> float:
    """P(target | findings) of a shipped model by enumeration, `do(...)` among the findings included."""
    network = expand(load_model(name))
    question = resolve_question(parse_question(text), dict(zip(network.names, network.states, strict=True)))
    position = {
        (v, s): (network.index[v], k) for v, own in zip(network.names, network.states, strict=True) for k, s in enumerate(own)
    }
    places = {term: position[term.name, term.states[0]] for term in (*question.targets, *question.given)}
    seen = dict(places[term] for term in question.given if not term.call)
    done = dict(places[term] for term in question.given if term.call == "do")
    given_ = Evidence(Evidence.of(seen, network.cards).likelihoods, done)
    (target,) = question.targets
    v, state = places[target]
    joint = Enumeration(network, given_).joint((v,))
    return float(joint.get((state,), Fraction(0)) / sum(joint.values()))


@pytest.mark.parametrize(
    ("question", "published"),
    [
        # Gigerenzer & Hoffrage 1995: 8 of the 8 + 95 women with a positive mammogram, 7.8 %.
        ("breast_cancer | positive_mammogram", 0.078),
        ("breast_cancer", 0.01),
        ("positive_mammogram", 0.103),
    ],
)
def test_mammography(question: str, published: float) -> None:
    """Fewer than one in twelve women with a positive mammogram has cancer."""
    assert answer("mammography", question) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(
    ("question", "published"),
    [
        # Murphy 1998, "A brief introduction to graphical models and Bayesian networks", on the same tables.
        ("wet_grass", 0.6471),
        ("sprinkler | wet_grass", 0.4298),
        ("rain | wet_grass", 0.7079),
        ("sprinkler | wet_grass, rain", 0.1945),
        # Turning the sprinkler on is not seeing it run: the rain stays what it was.
        ("wet_grass | do(sprinkler), rain", 0.99),
        ("rain | do(sprinkler)", 0.5),
        ("rain | sprinkler", 0.3),
    ],
)
def test_sprinkler(question: str, published: float) -> None:
    """Rain explains the wet grass away from the sprinkler; acting differs from seeing."""
    assert answer("sprinkler", question) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize(
    ("question", "published"),
    [
        ("tub=yes", 0.0104),
        ("lung=yes", 0.055),
        ("bronc=yes", 0.45),
        ("either=yes", 0.0648),
        ("xray=yes", 0.1103),
        ("dysp=yes", 0.4360),
    ],
)
def test_asia_before_any_finding(question: str, published: float) -> None:
    """The prior marginals are those of the chest clinic as every program prints them."""
    assert answer("asia", question) == pytest.approx(published, abs=5e-5)


def test_asia_is_the_network_of_the_repository(networks: Path) -> None:
    """Names, states, arrows and every entry agree with the public file of the network."""
    ours, public = full_tables(expand(load_model("asia"))), full_tables(expand(read_network(networks / "asia.bif.gz")))
    assert (ours.names, ours.states) == (public.names, public.states)
    for name, mine, theirs in zip(ours.names, ours.parents, public.parents, strict=True):
        assert set(mine) == set(theirs), name
    for mine, theirs, first, second in zip(ours.parents, public.parents, ours.tables, public.tables, strict=True):
        order = [theirs.index(p) for p in mine]
        np.testing.assert_allclose(first, second.transpose([*order, len(order)]), rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {"back_pain"}))
def test_every_number_is_cited_and_ranged(name: str) -> None:
    """Teaching models live by the same rules: a source, a place in it, an honest range, a note where it is judged."""
    model = load_model(name)
    for number in model.numbers.values():
        assert number.source in model.sources
        assert number.place
        assert number.low <= number.value <= number.high
        assert number.reason or number.note or number.grade not in ("judgement", "review"), number.id
    assert model.examples
    assert model.warning.startswith("For teaching and research.")
