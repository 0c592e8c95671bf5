"""What can be asked is found by any word for it, and shown by group with a first question that works."""

from __future__ import annotations

import json

import pytest

import bayesnet
from bayesnet.analysis.description.askable import askable
from bayesnet.cli import main
from bayesnet.model.find import shipped_models
from bayesnet.network import Network


@pytest.fixture(scope="module")
def net() -> Network:
    """The flagship."""
    return bayesnet.load("back_pain")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("night", "night_pain"),
        ("NIGHT pain", "night_pain"),
        ("sciatica", "leg_pain"),
        ("haemoglobin", "hemoglobin_grade"),
        ("CRP", "raised_crp"),
        ("influenza", "intercurrent_illness"),
        ("emergency", "setting"),
        ("male", "female"),
    ],
)
def test_a_variable_is_found_by_any_word_for_it(net: Network, text: str, first: str) -> None:
    """Name, label, alias, state and meaning; what is called so comes before what means it."""
    assert net.find(text).names[0] == first


def test_what_is_found_prints_and_is_data(net: Network) -> None:
    """A table of what to type, a frame, JSON; nothing found is said, with what was meant."""
    found = net.find("night")
    assert "night_pain" in str(found)
    assert list(found.to_frame().columns) == list(found.columns)
    assert json.dumps(found.to_dict())
    assert "also pain at night" in found.grid().rows[0][3]
    assert len(net.find()) == len(net.variables)
    assert 'Nothing is called "fevr" or means it; did you mean "fever"?' in str(net.find("fevr"))
    assert 'Nothing is called "xyzzy" or means it.' in net.find("xyzzy")._repr_html_().replace("&quot;", '"')


@pytest.mark.parametrize("name", sorted(shipped_models()))
def test_a_notebook_says_what_can_be_asked(name: str) -> None:
    """Every variable with its label under its group, and a first question that is answered."""
    net = bayesnet.load(name)
    shown = net._repr_html_()
    for variable in net.model.variables.values():
        assert f"<code>{variable.name}</code>" in shown
    assert sum(shown.count(f"({n})</summary>") for n in range(1, 100)) == len({v.group for v in net.model.variables.values()})
    question = askable(net.compiled).question
    posterior = net.posterior(question)
    assert max(abs(posterior[state] - posterior.prior[state]) for state in posterior.posterior.states) > 0.001


def test_the_shipped_models_are_listed() -> None:
    """A line each, with its size."""
    models = bayesnet.models()
    assert models.names == tuple(shipped_models())
    assert models["asia"].variables == 8
    assert "Tuberculosis" not in str(models)


@pytest.mark.parametrize(
    ("arguments", "model", "first"),
    [
        (["back_pain", "night"], "back_pain", "night_pain"),
        (["night"], "back_pain", "night_pain"),
        (["mammography"], "mammography", "breast_cancer"),
        (["mammography", "mammogram"], "mammography", "positive_mammogram"),
    ],
)
def test_find_is_a_command(capsys: pytest.CaptureFixture[str], arguments: list[str], model: str, first: str) -> None:
    """The same table in a terminal; a word alone that is no model is looked for in back_pain."""
    with pytest.raises(SystemExit) as left:
        main(["find", *arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert left.value.code == 0
    assert found["digest"] == bayesnet.load(model).digest
    assert found["variables"][0]["variable"] == first


@pytest.mark.parametrize("arguments", [["nowhere.bif"], ["priors/nowhere"], ["nowhere", "night"]])
def test_find_refuses_a_model_that_is_not_there(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """A path, or what stands before a word, is meant as a model."""
    with pytest.raises(SystemExit) as left:
        main(["find", *arguments])
    assert left.value.code == 2
    assert f'"{arguments[0]}"' in capsys.readouterr().err
