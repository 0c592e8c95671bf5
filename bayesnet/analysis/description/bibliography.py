"""The publications behind the numbers of a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bayesnet.analysis.query.query import unassumed
from bayesnet.errors import UnknownRecord
from bayesnet.model.provenance import in_use
from bayesnet.results.bibliography import Bibliography

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def bibliography(compiled: CompiledModel, names: Iterable[str] | None = None) -> Bibliography:
    """Return the publications that any number cites, or those named; see `Network.bibliography`."""
    model = compiled.model
    keys: dict[str, None] = {}
    for name in in_use(model) if names is None else names:
        if name in model.sources:
            keys[name] = None
        elif set(name) & set("|=("):
            number = model.numbers[compiled.factors.number_ids[compiled.number(name)]]
            keys.update(dict.fromkeys(figure.source for figure in number.sources))
        else:
            raise UnknownRecord(name, model.sources, what="source")
    return Bibliography(
        title=f"publications behind {model.name}",
        provenance=unassumed(compiled),
        sources=tuple(model.sources[key] for key in sorted(keys) if key in model.sources),
    )
