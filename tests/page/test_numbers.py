"""Numbers changed in the page: the families and answers are those of `Network.with_numbers`, and so is what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from node import Node
from strategies import models

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.sensitivity.with_numbers import changed
from bayesnet.errors import SpecError
from bayesnet.model.cache import load_model
from bayesnet.model.expand import expand
from bayesnet.model.factors import NoisyFamily
from bayesnet.model.records import Model
from bayesnet.web.export import network_to_dict
from bayesnet.web.pagenumbers import MOST_NUMBERS, number_data

pytestmark = pytest.mark.browser


def moved_families(node: Node, model: Model, wanted: list[dict[str, float]]) -> list[Any]:
    """The families after each change, or what was thrown."""
    compiled = CompiledModel(model)
    found: list[Any] = node.ask(
        "numbers", data={"network": network_to_dict(compiled.factors), **number_data(compiled)}, wanted=wanted
    )
    return found


def compare(node: Node, model: Model, wanted: list[dict[str, float]]) -> int:
    """Every tensor to 1e-12 as Python makes it, refusals alike; returns how many changes were possible."""
    compiled, possible = CompiledModel(model), 0
    for numbers, told in zip(wanted, moved_families(node, model, wanted), strict=True):
        try:
            expected = expand(changed(compiled, numbers))
        except SpecError:
            assert "error" in told, numbers
            continue
        possible += 1
        assert "error" not in told, (numbers, told)
        moved = {model.numbers[name].variable for name in numbers}
        assert [name for name, same in zip(expected.names, told["same"], strict=True) if not same] == [
            name for name in expected.names if name in moved
        ]
        for family, data in zip(expected.families, told["families"], strict=True):
            arrays = [data["leak"], *data["links"]] if isinstance(family, NoisyFamily) else [data["table"]]
            for found, tensor in zip(arrays, family.tensors, strict=True):
                assert np.allclose(found, tensor.ravel(), rtol=1e-12, atol=1e-15), (numbers, expected.names)
    return possible


def ends(model: Model) -> list[dict[str, float]]:
    """Each number alone at either end of its range and half-way, where the range is not a point."""
    spans = [(n.id, x) for n in model.numbers.values() if n.low < n.high for x in (n.low, (n.low + n.high) / 2, n.high)]
    return [{name: value} for name, value in spans]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["back_pain", "sprinkler", "asia", "mammography"])
def test_every_number_of_the_shipped_models_moves_as_in_python(node: Node, name: str) -> None:
    """Odds, odds ratios, links, leaks and entries, at the ends of their ranges and between, and three at once."""
    model = load_model(name)
    wanted = ends(model)
    rng = np.random.default_rng(0)
    together = [{k: v for i in rng.choice(len(wanted), 3) for k, v in wanted[i].items()} for _ in range(10)]
    if name == "back_pain":  # Python makes and checks the whole model for every change: a few of them, each kind of gate.
        wanted = wanted[::31]
        gates = {model.variables[model.numbers[next(iter(one))].variable].gate for one in wanted}
        assert gates == {"table", "noisy_or", "noisy_max", "odds_ratio"}
    assert compare(node, model, [*wanted, *together]) >= 0.9 * len(wanted)


@given(st.data())
def test_random_models_move_as_in_python(node: Node, data: st.DataObject) -> None:
    """One to four numbers of any gate at once, at any value from nothing to certainty."""
    model = data.draw(models(extremes=True))
    ids = st.sampled_from(sorted(model.numbers))
    values = st.one_of(st.sampled_from([0.0, 1e-12, 1e-4, 0.5, 1.0]), st.floats(1e-9, 1))
    wanted = [data.draw(st.dictionaries(ids, values, min_size=1, max_size=4)) for _ in range(4)]
    compare(node, model, wanted)


def test_a_number_set_to_itself_changes_nothing(node: Node) -> None:
    """The families of back_pain come back to the last bits."""
    model = load_model("back_pain")
    expected = network_to_dict(expand(model))["families"]
    numbers = list(model.numbers.values())[::10]
    for number, told in zip(numbers, moved_families(node, model, [{n.id: n.value} for n in numbers]), strict=True):
        for found, family in zip(told["families"], expected, strict=True):
            assert found.keys() == family.keys()
            for key in {"table", "leak"} & found.keys():
                assert np.allclose(found[key], family[key], rtol=1e-13, atol=1e-17), number.id
            for link, own in zip(found.get("links", []), family.get("links", []), strict=True):
                assert np.allclose(link, own, rtol=1e-13, atol=1e-17), number.id


def test_what_cannot_be_is_refused_in_words(node: Node) -> None:
    """No such number, no probability, no odds, a column beyond 1, a link below its leak."""
    model = load_model("back_pain")
    leaks = [name for name in model.numbers if name.endswith(" | leak") and model.numbers[name].value > 0.01]
    links = {leak: next(n for n in model.numbers if n.startswith(leak.removesuffix("leak")) and n != leak) for leak in leaks[:1]}
    (leak, link), *_ = links.items()
    odds = next(name for name in model.numbers if name.startswith("odds("))
    setting = [name for name in model.numbers if name.startswith("setting=")][:2]
    wanted: list[Mapping[str, float]] = [{"nothing": 0.5}, {leak: 1.5}, {odds: -1.0}, dict.fromkeys(setting, 0.9), {link: 0.0}]
    told = [one["error"].removeprefix("RangeError: ") for one in moved_families(node, model, [dict(one) for one in wanted])]
    assert told == [
        'There is no number "nothing" in this network.',
        f'number "{leak}": got 1.5; expected a probability from 0 to 1',
        f'number "{odds}": got -1; expected an odds or odds ratio of 0 or more',
        f'numbers "{setting[0]}", "{setting[1]}": they sum to 1.8; expected at most 1, and 1 where they are the whole column',
        f'the link "{link}" lies below the leak; expected at least the leak (a link includes it)',
    ]


def test_the_page_says_of_a_number_what_the_model_says() -> None:
    """Value, range, grade, source, place, population and note of every number, and every cited source with its DOI or PMID."""
    model = load_model("back_pain")
    data = json.loads(json.dumps(number_data(CompiledModel(model)), allow_nan=False))
    assert [record["id"] for record in data["numbers"]] == list(model.numbers)
    for record, number in zip(data["numbers"], model.numbers.values(), strict=True):
        assert all(record.get(key, "") == getattr(number, key) for key in ("value", "low", "high", "range", "grade"))
        assert all(
            record.get(key, "") == getattr(number, key) for key in ("source", "place", "population", "reason", "note", "variable")
        )
    cited = {key for number in model.numbers.values() for key in (number.source, *number.publications)}
    assert set(data["sources"]) == cited - {""}
    for key, told in data["sources"].items():
        source = model.sources[key]
        assert told["short"] == source.short
        assert all(told.get(name, "") == (getattr(source, name) or "") for name in ("authors", "title", "journal", "doi", "pmid"))
    assert [gate is None for gate in data["gates"]] == [v.gate == "deterministic" for v in model.variables.values()]


def test_a_network_with_too_many_numbers_goes_without_cards() -> None:
    """Numbers of thousands of table entries from a file would be most of the page."""
    model = load_model("sprinkler")
    number = next(iter(model.numbers.values()))
    many = {f"n{k}": replace(number, id=f"n{k}") for k in range(MOST_NUMBERS)}
    assert number_data(CompiledModel(replace(model, numbers={**model.numbers, **many}))) == {}
