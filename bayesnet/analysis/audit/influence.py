"""Influence of each number: the largest change of any diagnosis in the examples of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.tornado import tornado
from bayesnet.errors import BayesnetError
from bayesnet.pattern import literal

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def influence(compiled: CompiledModel) -> dict[str, float]:
    """Return by number the largest change of a probability when it goes from one end of its range to the other.

    The probabilities are those of every diagnosis (of every variable if there are none) before any finding and in each
    example; a number that moves none is left out.

    Examples
    --------
    >>> from bayesnet.analysis.query.compiled import CompiledModel
    >>> from bayesnet.model import load_model
    >>> found = influence(CompiledModel(load_model("mammography")))
    >>> round(found["positive_mammogram=present | breast_cancer=absent"], 3)
    0.026
    """
    watched = compiled.diagnoses or tuple(range(len(compiled.names)))
    every = len(compiled.model.numbers)
    found: dict[str, float] = {}
    for text in ("", *dict.fromkeys(example.evidence for example in compiled.model.examples)):
        query = Query(compiled, read_given(compiled, text))
        for v in watched:
            target = literal(compiled.names[v], compiled.states(v)[-1])
            try:
                bars = tornado(query, target, top=every).bars
            except BayesnetError:
                continue  # the example settles it
            for bar in bars:
                found[bar.number] = max(found.get(bar.number, 0.0), bar.width)
    return found
