"""The words of the format: gates, groups, roles, grades, what a range can be, and how a figure is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Grade = Literal[
    "meta-analysis", "guideline", "cohort", "cross-sectional", "case series", "review", "judgement", "definition", "file"
]
GRADES: tuple[Grade, ...] = (
    "meta-analysis",
    "guideline",
    "cohort",
    "cross-sectional",
    "case series",
    "review",
    "judgement",
    "definition",
    "file",
)

RangeKind = Literal["95 % interval", "range across studies", "judgement", "exact"]
RANGE_KINDS: tuple[RangeKind, ...] = ("95 % interval", "range across studies", "judgement", "exact")

JUDGED = "judgement"
WITHOUT_SOURCE = (JUDGED, "definition")
"""Grades that need no publication."""

How = Literal["full text", "abstract", "second hand", "recalled", "not recorded"]
HOW_KNOWN: tuple[How, ...] = ("full text", "abstract", "second hand", "recalled", "not recorded")
"""The way the author of a number obtained a figure: read in the publication, in its abstract, in another text that quotes it, or
remembered; "not recorded" where nobody wrote it down. Best first."""

Use = Literal["value", "low", "high", "range", "background"]
USES: tuple[Use, ...] = ("value", "low", "high", "range", "background")
"""The use of a cited figure: the value of a number, one end of its range, both ends, or as support that enters neither."""

SourceKind = Literal["article", "meeting abstract", "book", "report", "website", "dataset", "price list"]

GateKind = Literal["table", "noisy_or", "noisy_max", "deterministic", "odds_ratio"]
GATE_KINDS: tuple[GateKind, ...] = ("table", "noisy_or", "noisy_max", "deterministic", "odds_ratio")

BINARY = ("absent", "present")

SETTINGS = "settings"
RISK_FACTORS = "risk_factors"
DIAGNOSES = "diagnoses"
MECHANISMS = "mechanisms"
HISTORY_AND_EXAMINATION = "history_and_examination"
LABORATORY = "laboratory"
IMAGING = "imaging"
GROUPS_OF_VARIABLES = "groups"
"""The group of the variables that say only whether any of several others is present; other groups have names of their own."""

TO_FIND_OUT = (RISK_FACTORS, HISTORY_AND_EXAMINATION, LABORATORY, IMAGING)
"""Groups of what can be asked of a patient or tested."""

GROUP_LABELS = {
    SETTINGS: "Setting",
    RISK_FACTORS: "Risk factors",
    HISTORY_AND_EXAMINATION: "History and examination",
    LABORATORY: "Laboratory",
    IMAGING: "Imaging",
    MECHANISMS: "Mechanisms",
    DIAGNOSES: "Diagnoses",
    GROUPS_OF_VARIABLES: "Groups of diagnoses",
}
"""Labels of the groups, in the order in which a case is taken; other groups follow under their own names."""

OTHER_ROLE = "other"
"""The role of the diagnosis that is assumed where no other is found, such as nonspecific back pain."""
MUST_NOT_MISS = "must_not_miss"
ROLES = (OTHER_ROLE, "common", "serious", MUST_NOT_MISS, "metabolic", "visceral")
"""The roles that a diagnosis can have."""

NOTHING_FOUND = ("absent", "no", "none", "normal", "negative", "false")
"""Names of states that say that there is nothing; questions are about the others."""


def neutral(states: Sequence[str]) -> int | None:
    """Return the position of the state that says that nothing was found; None where no state does.

    >>> neutral(("absent", "present")), neutral(("yes", "no")), neutral(("a", "b"))
    (0, 1, None)
    """
    named = [s for s, state in enumerate(states) if state.casefold() in NOTHING_FOUND]
    return named[0] if len(named) == 1 else None
