"""The gates in Python and their page data, against the table of cases that the page's numbers.js is tested with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.sensitivity.with_numbers import changed
from bayesnet.errors import SpecError
from bayesnet.model.expand import expand
from bayesnet.model.factors import NoisyFamily
from bayesnet.model.records import Model, Number, Variable
from bayesnet.web.pagenumbers import number_data

CASES = json.loads((Path(__file__).parent.parent / "data" / "gates.json").read_text(encoding="utf-8"))["cases"]


def compiled_of(case: dict[str, Any]) -> CompiledModel:
    """The network of a case: x, its numbers first, below parents whose states are equally probable."""
    parents = [Variable(name, states=tuple(states)) for name, states in case["parents"].items()]
    names = tuple(case["parents"])
    child = Variable("x", states=tuple(case["states"]), parents=names, gate=case["gate"], towards=case.get("towards", ""))
    values = [("x", id_, value) for id_, value in case["numbers"].items()]
    values += [(p.name, f"{p.name}={state}", 1 / len(p.states)) for p in parents for state in p.states[1:]]
    numbers = {id_: Number(id_, value, value, value, reason="made up for a test", variable=name) for name, id_, value in values}
    return CompiledModel(Model("gates", variables={v.name: v for v in (*parents, child)}, numbers=numbers))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_gate_makes_the_family_of_the_shared_table(case: dict[str, Any]) -> None:
    """Every entry to 1e-12 of itself; what cannot be is refused and the number named."""
    compiled = compiled_of(case)
    assert number_data(compiled)["gates"][-1] == case["page"]
    if "refused" in case:
        with pytest.raises(SpecError, match="expected") as refusal:
            changed(compiled, case["moved"])
        assert case["refused"] in str(refusal.value)
        return
    family = expand(changed(compiled, case["moved"]) if "moved" in case else compiled.model).families[-1]
    expected = case["expected"]
    if isinstance(family, NoisyFamily):
        assert list(family.order) == expected["order"]
        arrays = [expected["leak"], *expected["links"]]
    else:
        arrays = [expected["table"]]
    for tensor, entries in zip(family.tensors, arrays, strict=True):
        np.testing.assert_allclose(tensor.ravel(), entries, rtol=1e-12, atol=1e-15)
