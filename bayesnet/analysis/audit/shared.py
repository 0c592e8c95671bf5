"""Published figures of an audit that are no external test: the figure, or its patients, also feed a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bayesnet.analysis.audit.records import Target
from bayesnet.model.derivation import reading
from bayesnet.model.records import CitedFigure, Model
from bayesnet.results.audit import Shared

_SAME = 0.005
"""Two shares that differ by no more than this of their size are the same figure."""


def shared(model: Model, targets: Iterable[Target], inputs: Mapping[str, str]) -> dict[str, Shared]:
    """Return by target what it shares with the numbers of the model.

    Parameters
    ----------
    model
        The model; the figures of its numbers that are for the value or an end of the range count, those in the background do not.
    targets
        The published figures.
    inputs
        Targets that ask for a number itself, by the id of the target.

    Returns
    -------
    dict
        "figure" where the figure itself feeds a number, "study" where another figure of the same study, or of the same patients
        under another key, does; nothing for the others.
    """
    used: dict[str, list[CitedFigure]] = {}
    for number in model.numbers.values():
        for figure in number.sources:
            if figure.use != "background":
                used.setdefault(_patients(model, figure.source), []).append(figure)
    found: dict[str, Shared] = {}
    for target in targets:
        figures = used.get(_patients(model, target.source), [])
        if target.id in inputs or any(_same(figure, target.value) for figure in figures):
            found[target.id] = "figure"
        elif figures:
            found[target.id] = "study"
    return found


def _patients(model: Model, key: str) -> str:
    """Return the identifier of the patients of a publication: the cohort that the record names, else the key."""
    source = model.sources.get(key)
    return f"cohort {source.cohort}" if source and source.cohort else key


def _same(figure: CitedFigure, value: float) -> bool:
    """Return whether a figure, or its complement, is the published value."""
    found = reading(figure)
    return found is not None and any(abs(share - value) <= _SAME * abs(value) for share in (found.value, 1.0 - found.value))
