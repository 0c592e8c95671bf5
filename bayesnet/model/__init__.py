"""The model: records of numbers, variables and sources; reading, checking, writing and expanding them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bayesnet.model.cache import load_model
    from bayesnet.model.check import check_model
    from bayesnet.model.expand import Expander
    from bayesnet.model.factors import Factors
    from bayesnet.model.find import find_model
    from bayesnet.model.read import read_model
    from bayesnet.model.records import Model, Number, Source, Variable
    from bayesnet.model.write import write_model

__all__ = [
    "Expander",
    "Factors",
    "Model",
    "Number",
    "Source",
    "Variable",
    "check_model",
    "find_model",
    "load_model",
    "read_model",
    "write_model",
]

# Each name's module, imported when the name is first used: a model from the cache needs neither the reader nor the checks.
_HOMES = {
    "Expander": "expand",
    "Factors": "factors",
    "Model": "records",
    "Number": "records",
    "Source": "records",
    "Variable": "records",
    "check_model": "check",
    "find_model": "find",
    "load_model": "cache",
    "read_model": "read",
    "write_model": "write",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bayesnet.model' has no attribute {name!r}")
    return getattr(import_module(f"bayesnet.model.{_HOMES[name]}"), name)
