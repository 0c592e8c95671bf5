"""Data of the numbers for the page: every record with its source, and how the gates are made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesnet.model.gates import Gate, NoisyGate, OddsGate, TableGate
from bayesnet.model.known import WORDS, known
from bayesnet.model.records import Number, Source

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

MOST_NUMBERS = 5000
"""A network with more numbers than this goes without their cards, which would be most of the page."""

_SAID = ("source", "place", "population", "reason", "note", "variable")
_CITED = ("authors", "year", "title", "journal", "doi", "pmid", "url")


def number_data(compiled: CompiledModel) -> dict[str, Any]:
    """Write the numbers of a model, the gates made of them and the sources they cite.

    Parameters
    ----------
    compiled
        The network.

    Returns
    -------
    dict
        `numbers`: one record per number with `id`, `value`, `low`, `high`, `range`, `grade`, `known` (how), and its
        `source`, `place`, `population`, `reason`, `note` and `variable`, and the keys of `others` it rests on. `gates`:
        one per variable, null for a deterministic one, else its `kind` (table, noisy, odds) and the positions of its numbers.
        `sources`: those cited, by key. Empty where the network has more than `MOST_NUMBERS` numbers or none.

    Examples
    --------
    >>> from bayesnet.analysis.query.compiled import CompiledModel
    >>> from bayesnet.model import load_model
    >>> data = number_data(CompiledModel(load_model("mammography")))
    >>> data["numbers"][0]["id"], data["gates"][0]
    ('breast_cancer=present', {'kind': 'table', 'columns': [[-1, 0]]})
    """
    model, expander = compiled.model, compiled.expander
    if not 0 < len(model.numbers) <= MOST_NUMBERS:
        return {}
    numbers = model.numbers.values()
    cited = {key for number in numbers for key in (number.source, *number.publications)}
    return {
        "numbers": [_number(number, value) for number, value in zip(numbers, expander.values.tolist(), strict=True)],
        "gates": [_gate(gate) for gate in expander.gates],
        "sources": {key: _source(source) for key, source in model.sources.items() if key in cited},
    }


def _number(number: Number, value: float) -> dict[str, Any]:
    """Return a number at the value that the network computes with."""
    low, high = min(number.low, value), max(number.high, value)
    record = {"id": number.id, "value": value, "low": low, "high": high, "range": number.range, "grade": number.grade}
    how: dict[str, Any] = {"known": WORDS[known(number)]}
    if others := [key for key in number.publications if key != number.source]:
        how["others"] = others
    return record | how | {name: text for name in _SAID if (text := getattr(number, name))}


def _source(source: Source) -> dict[str, Any]:
    return {"short": source.short} | {name: text for name in _CITED if (text := getattr(source, name))}


def _gate(gate: Gate) -> dict[str, Any] | None:
    """Return the positions of the numbers of a gate; see numbers.js."""
    if isinstance(gate, OddsGate):
        ratios = [list(ratio) for ratio in gate.ratios]
        return {"kind": "odds", "target": gate.target, "baseline": gate.baseline, "ratios": ratios}
    if isinstance(gate, TableGate):
        return {"kind": "table", "columns": gate.columns.number.tolist()}
    if isinstance(gate, NoisyGate):
        return {"kind": "noisy", "columns": gate.columns.number.tolist(), "slots": [list(slot) for slot in gate.slots]}
    return None
