"""The words and limits that the page shares with Python, so that both say the same of the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesnet.analysis.explanation import BARELY
from bayesnet.results.words import frequency

if TYPE_CHECKING:
    from bayesnet.analysis.core import Core

UNSPECIFIC, GRAVE = "default", "must_not_miss"
"""Roles of a diagnosis that the page treats apart: none of the specific ones, and one that must not be missed."""

CLOSED = frozenset({"mechanisms", "diagnoses", "groups"})
"""Groups that hold no findings of a case; the page opens with them folded."""


def word_data(_: Core) -> dict[str, Any]:
    """Return the vocabulary of the page, the same for all networks.

    Returns
    -------
    dict
        `vocabulary`: `never` and `always`, the frequencies at 0 and 1; `unspecific`, the role of the diagnosis that is none of
        the specific ones; `grave` and `grave_label`, the role of a diagnosis that must not be missed; `barely`, the size of the
        log odds ratio below which a finding is uninformative.
    """
    return {
        "vocabulary": {
            "never": frequency(0.0),
            "always": frequency(1.0),
            "unspecific": UNSPECIFIC,
            "grave": GRAVE,
            "grave_label": GRAVE.replace("_", " "),
            "barely": BARELY,
        }
    }
