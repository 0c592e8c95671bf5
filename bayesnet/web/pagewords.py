"""The words and limits that the page shares with Python, so that both say the same of the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayesnet.logodds import BARELY
from bayesnet.model.vocabulary import DIAGNOSES, GROUPS_OF_VARIABLES, MECHANISMS, MUST_NOT_MISS, OTHER_ROLE
from bayesnet.results.words import frequency

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

CLOSED = frozenset({MECHANISMS, DIAGNOSES, GROUPS_OF_VARIABLES})
"""Groups that hold no findings of a case; the page opens with them folded."""


def word_data(_: CompiledModel) -> dict[str, Any]:
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
            "unspecific": OTHER_ROLE,
            "grave": MUST_NOT_MISS,
            "grave_label": MUST_NOT_MISS.replace("_", " "),
            "barely": BARELY,
        }
    }
