"""Findings that cannot hold together are always refused, with a smallest clashing set and the zero behind it."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from api_models import clinic, write_clinic
from hypothesis import assume, given
from hypothesis import strategies as st
from referee import Enumeration
from strategies import models

from bayesnet import ImpossibleEvidence
from bayesnet.inference.evidence import Evidence
from bayesnet.model.read import read_model
from bayesnet.network import Network


def impossible_evidence(data, net: Network) -> Evidence:
    """An assignment of all variables that the network rules out, some of it soft, some of it set from outside."""
    factors = net.compiled.factors
    worlds = {world for world, _ in Enumeration(factors, Evidence()).worlds()}
    none = [world for world in product(*map(range, factors.cards)) if world not in worlds]
    assume(none)
    world = data.draw(st.sampled_from(none))
    scale = st.sampled_from([1.0, 1e-9, 40.0])
    likelihoods = {v: data.draw(scale) * np.eye(factors.cards[v])[s] for v, s in enumerate(world)}
    set_ = data.draw(st.lists(st.sampled_from(range(len(world))), unique=True, max_size=2))
    found = Evidence({v: x for v, x in likelihoods.items() if v not in set_}, {v: world[v] for v in set_})
    assume(not Enumeration(factors, found).probability())
    return found


@given(st.data())
def test_the_clashing_set_is_impossible_and_smallest(data) -> None:
    """The named findings have probability 0 by enumeration; without any one of them the rest is possible."""
    net = Network(data.draw(models(max_variables=5)))
    assume(not any(v.default for v in net.variables.values()))
    found = impossible_evidence(data, net)
    names = net.compiled.names
    given_ = {names[v]: dict(zip(net.compiled.states(v), map(float, x), strict=True)) for v, x in found.likelihoods.items()}
    do = {names[v]: net.compiled.states(v)[s] for v, s in found.interventions.items()}
    with pytest.raises(ImpossibleEvidence) as error:
        net.posterior(f'"{names[0]}"', given_, do)
    clash = error.value.findings
    seen = {v for v in found.likelihoods if names[v] in clash}
    done = {v for v in found.interventions if f"do({names[v]})" in clash}
    assert len(seen) + len(done) == len(clash)

    def possible(findings: set[int], acts: set[int]) -> bool:
        part = Evidence({v: found.likelihoods[v] for v in findings}, {v: found.interventions[v] for v in acts})
        return Enumeration(net.compiled.factors, part).probability() > 0

    assert not possible(seen, done)
    assert all(possible(seen - {v}, done) for v in seen)
    assert all(possible(seen, done - {v}) for v in done)
    assert error.value.reasons


@pytest.mark.parametrize(
    ("findings", "clash", "text"),
    [
        (
            "cough, !female, pregnancy, fever",
            {"female": "absent", "pregnancy": "present"},
            (
                "These findings cannot hold together in clinic: female=absent, pregnancy=present.\n"
                '  The model gives P(pregnancy=present | female=absent) = 0 (people.toml, "definition").'
            ),
        ),
        (
            "healthy, any_disease, fever",
            {"healthy": "present", "any_disease": "present"},
            (
                "These findings cannot hold together in clinic: healthy=present, any_disease=present.\n"
                '  The model defines healthy as present: none of flu, tumour (diagnoses.toml, "definition").\n'
                '  The model defines any_disease as present: any of flu, tumour (model.toml, "definition").'
            ),
        ),
        (
            "fever, !fever",
            {"fever": ["present", "absent"]},
            (
                "These findings cannot hold together in clinic: fever=present, fever=absent.\n"
                "  fever is given as fever=present and as fever=absent."
            ),
        ),
        (
            "do(!female), pregnancy",
            {"do(female)": "absent", "pregnancy": "present"},
            (
                "These findings cannot hold together in clinic: pregnancy=present, do(female)=absent.\n"
                '  The model gives P(pregnancy=present | female=absent) = 0 (people.toml, "definition").'
            ),
        ),
        (
            "tumour, weight={gained:3, same:0, lost:0}",
            {"tumour": "present", "weight": {"gained": 3.0, "same": 0.0, "lost": 0.0}},
            (
                "These findings cannot hold together in clinic: tumour=present, weight={gained:3, same:0, lost:0}.\n"
                '  The model gives P(weight=gained | tumour=present) = 0 (findings.toml, "definition").'
            ),
        ),
    ],
)
def test_the_refusal_names_the_clash_and_the_zero(findings, clash, text) -> None:
    """The message reads as in the house rules: the findings, then the zero of the model with its file."""
    with pytest.raises(ImpossibleEvidence) as error:
        clinic().posterior("cough", findings)
    assert dict(error.value.findings) == clash
    assert str(error.value) == text
    assert isinstance(error.value, ValueError)
    assert str(pickle.loads(pickle.dumps(error.value))) == text


def test_every_question_refuses_impossible_findings() -> None:
    """Posterior, posteriors, probability, joint, MPE, case, weights, comparison, simulation and counterfactual all refuse."""
    net = clinic()
    bad = "pregnancy, !female"
    case = net.case(bad)
    for ask in (
        lambda: net.posterior("flu", bad),
        lambda: net.posteriors(bad),
        lambda: net.posteriors(bad, targets=["flu"]),
        lambda: net.probability("flu", bad),
        lambda: net.joint(["flu", "cough"], bad),
        lambda: net.most_probable(bad),
        lambda: net.most_probable(bad, targets=["flu"]),
        lambda: net.simulate(3, seed=0, given=bad),
        lambda: net.counterfactual("flu", given=bad, had="fever"),
        case.diagnoses,
        lambda: case.weights("flu"),
        lambda: net.case().compare(bad),
    ):
        with pytest.raises(ImpossibleEvidence) as error:
            ask()
        assert dict(error.value.findings) == {"pregnancy": "present", "female": "absent"}


def test_an_assumed_context_is_blamed_only_where_it_matters(tmp_path) -> None:
    """The default of a context variable is part of the clash when it is part of the contradiction, and only then."""
    folder = write_clinic(tmp_path / "clinic")
    file = folder / "diagnoses.toml"
    text = file.read_text()
    at_practice = text.replace("value = 4.0\nlow = 2.0\nhigh = 8.0\n", "value = 0.0\nlow = 0.0\nhigh = 8.0\n")
    file.write_text(at_practice)
    net = Network(read_model(folder))
    with pytest.raises(ImpossibleEvidence) as error:
        net.posterior("cough | flu, setting=hospital")
    assert dict(error.value.findings) == {"flu": "present", "setting": "hospital"}
    with pytest.raises(ImpossibleEvidence) as error:
        net.posterior("cough | flu, healthy")
    assert "setting" not in error.value.findings
