"""`cases.toml`: published cases, read and checked, and what a network ranks first where a report says what was found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bayesnet.analysis.differential.differential import differential
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, ImpossibleEvidence
from bayesnet.model.records import Model
from bayesnet.model.side_files import Document
from bayesnet.model.vocabulary import DIAGNOSES
from bayesnet.pattern import parse_findings, resolve
from bayesnet.results.audit import AuditedCase

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

SETTING = "setting"
"""The variable that the key `setting` of a case is about."""

_REQUIRED = ("id", "findings", "diagnosis", "citation")


@dataclass(frozen=True)
class PublishedCase:
    """One published case: where the patient was seen, what was known at the first contact, and what was found in the end.

    `findings` is in the pattern language without the setting; `diagnosis` has the leading one first. `read` says which part of
    the publication was read, `note` what could not be coded.
    """

    id: str
    findings: str
    diagnosis: tuple[str, ...]
    citation: str
    setting: str = ""
    url: str = ""
    read: str = ""
    title: str = ""
    note: str = ""

    @property
    def pattern(self) -> str:
        """The setting and the findings in the pattern language."""
        return ", ".join(part for part in (f"{SETTING}={self.setting}" if self.setting else "", self.findings) if part)


def read_cases(path: Path, model: Model) -> tuple[PublishedCase, ...]:
    """Read the published cases of a model.

    Raises
    ------
    SpecError
        With every problem of the file.
    """
    document = Document(path)
    diagnoses = [v.name for v in model.variables.values() if v.group == DIAGNOSES]
    cases: dict[str, PublishedCase] = {}
    for i, row in enumerate(document.rows("cases"), 1):
        subject = f'case "{row["id"]}"' if row.get("id") else f"case {i}"
        document.known(subject, row, [field.name for field in fields(PublishedCase)])
        if document.missing(subject, row, _REQUIRED):
            continue
        found = row["diagnosis"]
        named = tuple(found) if isinstance(found, list) else (found,)
        for name in named:
            document.one_of(subject, "diagnosis", str(name), diagnoses)
        texts = {key: document.text(subject, row, key) for key in row if key != "diagnosis" and key in _TEXTS}
        case = PublishedCase(**texts, diagnosis=tuple(map(str, named)))
        if case.id in cases:
            document.report(subject, "is there twice", way_out="give each case an id of its own")
        cases[case.id] = case
        _check_findings(document, subject, case, model)
    document.refuse()
    return tuple(cases.values())


_TEXTS = frozenset(field.name for field in fields(PublishedCase)) - {"diagnosis"}


def _check_findings(document: Document, subject: str, case: PublishedCase, model: Model) -> None:
    states = {name: variable.states for name, variable in model.variables.items()}
    try:
        for term in parse_findings(case.pattern):
            resolve(term, states, case.pattern)
    except BayesnetError as error:
        document.report(subject, str(error).rstrip("."))


def audit_cases(compiled: CompiledModel, cases: Sequence[PublishedCase]) -> tuple[AuditedCase, ...]:
    """Rank the diagnoses of every published case.

    Parameters
    ----------
    compiled
        The network.
    cases
        The published cases.

    Returns
    -------
    In the order given; a case whose findings cannot hold together in the network is kept, with the reason.
    """
    return tuple(_ask(compiled, case) for case in cases)


def _ask(compiled: CompiledModel, case: PublishedCase) -> AuditedCase:
    found = AuditedCase(
        id=case.id,
        findings=case.pattern,
        diagnosis=case.diagnosis,
        citation=case.citation,
        url=case.url,
        read=case.read,
        note=case.note,
    )
    try:
        ranked = differential(Query(compiled, read_given(compiled, case.pattern)), draws=0)
    except ImpossibleEvidence as error:
        return replace(found, why=str(error))
    leading, first = ranked.leading_specific, case.diagnosis[0]
    return replace(
        found,
        leading=leading,
        leading_probability=ranked[leading].posterior if leading else math.nan,
        rank=ranked.rank(first, also=case.diagnosis),
        probability=ranked[first].posterior,
        leading_cause=ranked.leading_cause,
    )
