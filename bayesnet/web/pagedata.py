"""Data of a network for the explorer page, as plain values for JSON, for a model with its records and for a bare file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from typing import TYPE_CHECKING, Any

from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.model.find import shipped_models
from bayesnet.model.records import Example, Variable
from bayesnet.model.vocabulary import DIAGNOSES, GROUP_LABELS, neutral
from bayesnet.results.words import lowered
from bayesnet.web.export import network_to_dict
from bayesnet.web.pagedecision import decision_data
from bayesnet.web.pagedraws import draw_data
from bayesnet.web.pagelayout import layout_data
from bayesnet.web.pagenumbers import number_data
from bayesnet.web.pagewords import CLOSED, word_data

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.analysis.query.findings import Findings

FORMAT = "bayesnet-page/1"

PARTS: tuple[Callable[[CompiledModel], dict[str, Any]], ...] = (layout_data, decision_data, number_data, draw_data, word_data)
"""More that the page shows, each a function that gives further keys (or none, where the network has no such thing)."""

_SHORT = {"absent": "no", "present": "yes"}
"""Absent and present as a person answers: "Fever: no"."""


def page_data(
    compiled: CompiledModel, findings: Findings, parts: Sequence[Callable[[CompiledModel], dict[str, Any]]] = PARTS
) -> dict[str, Any]:
    """Return all that the explorer page shows.

    Parameters
    ----------
    compiled
        The network.
    findings
        What is known when the page opens.
    parts
        Functions that give further keys.

    Returns
    -------
    dict
        `format`, `network` (see `network_to_dict`), `model`, `variables` in the order of the network, `start` (what is known when
        the page opens) and, where the network has them, `roles` (the groups of its variables in display order), `diagnoses`,
        `examples`, and what `parts` add. JSON keeps every number to the last bit.
    """
    model = compiled.model
    data: dict[str, Any] = {
        "format": FORMAT,
        "network": network_to_dict(compiled.factors),
        "model": {
            "name": model.name,
            "title": model.title or model.name,
            "version": model.version,
            "digest": model.digest,
            "description": model.description,
            "warning": model.warning or "For teaching and research. Not for the care of patients.",
            "population": model.population,
            "citation": model.citation,
            "asks": model.asks,
            "issues": issues(model.name),
        },
        "variables": [_variable(variable) for variable in model.variables.values()],
        "diagnoses": [name for name, variable in model.variables.items() if variable.group == DIAGNOSES],
        "start": scenario(compiled, findings),
    }
    groups = list(dict.fromkeys(variable.group for variable in model.variables.values() if variable.group))
    if groups:
        known = [group for group in GROUP_LABELS if group in groups]
        rest = [group for group in groups if group not in GROUP_LABELS]
        data["roles"] = [
            {"name": group, "label": GROUP_LABELS.get(group) or in_words(group), "closed": group in CLOSED}
            for group in known + rest
        ]
    if model.examples:
        data["examples"] = [_example(compiled, example) for example in model.examples]
    for part in parts:
        data.update(part(compiled))
    return data


def issues(name: str) -> str:
    """Return the address of the issue tracker for a shipped model; empty for others, and while the owner is a placeholder."""
    try:
        entries = metadata("bayesnet").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    address = next((entry.partition(", ")[2] for entry in entries if entry.startswith("Issues,")), "")
    return address if name in shipped_models() and "/OWNER/" not in address else ""


def scenario(compiled: CompiledModel, findings: Findings) -> dict[str, Any]:
    """Return what is known as the page writes it: `see` (a state, or one weight for each state) and `do`.

    New marginals become the likelihoods that give them.

    Raises
    ------
    ImpossibleEvidence
        When new marginals cannot be reached; other contradictions are reported on the page.
    """
    evidence = Query(compiled, findings).evidence if findings.marginals else findings.evidence()
    see = {
        compiled.names[v]: _seen(compiled, v, vector.tolist())
        for v, vector in evidence.likelihoods.items()
        if v in findings.variables
    }
    return {"see": see, "do": {item.name: item.value for item in findings.interventions}}


def _seen(compiled: CompiledModel, v: int, vector: Sequence[float]) -> str | dict[str, float]:
    """Return a finding: the only state left, or a weight for each."""
    left = [state for state, weight in zip(compiled.states(v), vector, strict=True) if weight > 0]
    return left[0] if len(left) == 1 else dict(zip(compiled.states(v), vector, strict=True))


def _variable(variable: Variable) -> dict[str, Any]:
    """Return the record of one variable; what it does not have is left out, but for `neutral` and `default`, which are null."""
    record: dict[str, Any] = {
        "name": variable.name,
        "label": variable.label or in_words(variable.name),
        "inside": lowered(variable.label or in_words(variable.name)),
        "states": [{"name": state, "label": _state_label(variable, state)} for state in variable.states],
        "neutral": neutral(variable.states),
        "default": variable.default or None,
    }
    optional: dict[str, Any] = {
        "meaning": variable.meaning,
        "role": variable.role,
        "group": variable.group,
        "unit": variable.unit,
        "cutoff": variable.cutoff,
        "note": variable.note,
        "consequence_of": list(variable.consequence_of),
    }
    return record | {key: text for key, text in optional.items() if text}


def _state_label(variable: Variable, state: str) -> str:
    return _SHORT[state] if set(variable.states) == set(_SHORT) else in_words(state)


def in_words(name: str) -> str:
    """Return a name as words, for what has no label.

    >>> in_words("1_to_3_months"), in_words("smoke")
    ('1 to 3 months', 'smoke')
    """
    return name.replace("_", " ").strip() or name


def _example(compiled: CompiledModel, example: Example) -> dict[str, Any]:
    """Return one example case, read by Python so that the page need not know the pattern language."""
    try:
        known = scenario(compiled, read_given(compiled, example.evidence))
    except BayesnetError as error:
        raise BayesnetError(f'The example "{example.title}" cannot be shown: {error}') from error
    return {"title": example.title, "text": example.text, **known}
