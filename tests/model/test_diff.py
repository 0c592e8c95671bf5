"""Two models side by side: what changed in numbers, structure and publications, and which answers moved."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bayesnet.cli import main
from bayesnet.model import load_model, read_model, write_model
from bayesnet.model.find import find_model
from bayesnet.model.records import Number, Source, Variable
from bayesnet.network import Network, load


def test_a_model_does_not_differ_from_itself() -> None:
    """Nothing changed, no answer moved."""
    net = load("sprinkler")
    found = net.diff(load("sprinkler"))
    assert found.same
    assert "Nothing changed." in str(found)
    assert found.asked > 0


def test_a_changed_number_moves_answers() -> None:
    """Before and after of the number; every prior and example that moved, the widest first, as the networks answer them."""
    asia = load("asia")
    other = asia.with_numbers({"smoke=yes": 0.3})
    found = asia.diff(other)
    (change,) = found.numbers
    assert (change.number, change.value_before, change.value_after, change.what) == ("smoke=yes", 0.5, 0.3, ())
    assert (found.structure, found.sources) == ((), ())
    steps = [abs(answer.after - answer.before) for answer in found.answers]
    assert steps == sorted(steps, reverse=True)
    assert min(steps) >= found.least
    for answer in found.answers:
        assert asia.probability(*_split(answer.question)) == pytest.approx(answer.before)
        assert other.probability(*_split(answer.question)) == pytest.approx(answer.after)
    assert "smoke=yes: 0.5 [0.33, 0.67] → 0.3 [0.3, 0.67]" in str(found)
    assert asia.diff(other, least=1.0).answers == ()


def _split(question: str) -> tuple[str, str]:
    target, _, findings = question.partition(" | ")
    return target, findings


def test_structure_sources_and_texts_are_compared() -> None:
    """A new variable with its number, another default, another grade, another figure, another record."""
    model = load_model("sprinkler")
    (key,) = model.sources
    rain = model.numbers["rain=present | cloudy=present"]
    new = Number("new=present", 0.5, 0.4, 0.6, "judgement", reason="so", variable="new")
    changed = replace(
        model,
        variables={**model.variables, "rain": replace(model.variables["rain"], default="absent"), "new": Variable("new")},
        numbers={**model.numbers, rain.id: replace(rain, grade="cohort", sources=(), derivation="0.8"), new.id: new},
        sources={key: replace(model.sources[key], year=1999), "more": Source("more", "Doe J", 2001)},
    )
    found = Network(model).diff(Network(changed))
    assert found.structure == ("rain: default none → absent", "new: new, table of nothing")
    change, added = found.numbers
    assert 'grade "judgement" → "cohort"' in change.what
    assert any(text.startswith("figures: ") for text in change.what)
    assert (added.number, math.isnan(added.value_before), added.value_after) == ("new=present", True, 0.5)
    assert found.sources == (f"{key}: year", "more: new, Doe 2001")
    assert "new=present: not there → 0.5 [0.4, 0.6]" in str(found)
    back = Network(changed).diff(Network(model))
    assert back.structure == ("new: taken out", "rain: default absent → none")
    assert back.sources == ("more: taken out", f"{key}: year")


def test_published_figures_that_move_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`bayesnet diff` of two folders asks the targets of both and says which left or entered their range."""
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(find_model("sprinkler"), first)
    model = read_model(first)
    (key,) = model.sources
    (first / "targets.toml").write_text(
        f'[[targets]]\nid = "rain"\nquestion = "rain"\nvalue = 0.5\nlow = 0.45\nhigh = 0.55\nsource = "{key}"\n'
    )
    shutil.copytree(first, second)
    number = model.numbers["rain=present | cloudy=present"]
    write_model(replace(model, numbers={**model.numbers, number.id: replace(number, value=0.6, low=0.5)}), second)
    with pytest.raises(SystemExit) as left:
        main(["diff", str(first), str(second), "--json"])
    assert not left.value.code
    told = json.loads(capsys.readouterr().out)
    (target,) = [answer for answer in told["answers"] if answer["kind"] == "target"]
    assert (target["question"], target["inside_before"], target["inside_after"]) == ("rain", True, False)
    assert math.isclose(target["before"], 0.5)
    assert math.isclose(target["after"], 0.4)
