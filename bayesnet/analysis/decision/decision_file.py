"""Reads `decision.toml`: states of the patient, options, and what each option is worth in each state, with ranges and sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bayesnet.analysis.decision.price_index import PriceIndex, check_paid, read_index, unit_of
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray
from bayesnet.model.records import Model, Source
from bayesnet.model.side_files import Document
from bayesnet.pattern import parse_condition, resolve_condition

_FILE = ("title", "unit", "year", "warning", "brought_by_options", "money", "index", "states", "options", "utilities", "sources")
_UTILITY = ("id", "value", "low", "high", "grade", "source", "where", "note", "paid")


@dataclass(frozen=True)
class State:
    """A state that the utilities distinguish; the first whose condition holds, an empty one otherwise."""

    name: str
    label: str
    when: str


@dataclass(frozen=True)
class Option:
    """Something that can be done."""

    name: str
    label: str


@dataclass(frozen=True)
class Utility:
    """The utility of an option in a state, with its range and source."""

    option: str
    state: str
    value: float
    low: float
    high: float
    grade: str
    source: str
    where: str
    note: str

    @property
    def id(self) -> str:
        """Its name: `option | state`."""
        return f"{self.option} | {self.state}"


@dataclass(frozen=True)
class Money:
    """Money per unit of utility."""

    unit: str
    value: float
    low: float
    high: float
    grade: str
    source: str
    note: str


@dataclass(frozen=True)
class Decision:
    """A decision: states, options and utilities, in the order of the file; `digest` is that of the file."""

    title: str
    unit: str
    warning: str
    states: tuple[State, ...]
    options: tuple[Option, ...]
    utilities: tuple[Utility, ...]
    sources: Mapping[str, Source]
    brought: frozenset[str] = frozenset()
    """Groups of variables that the options themselves find out, so that they cannot be asked before choosing."""
    money: Money | None = None
    digest: str = ""

    @property
    def table(self) -> FloatArray:
        """The utilities, shape (options, states)."""
        return np.array([u.value for u in self.utilities]).reshape(len(self.options), len(self.states))


def read_decision(path: Path, model: Model) -> Decision:
    """Read a decision.

    Raises
    ------
    SpecError
        With every problem of the file: a utility that is missing or unknown, a condition that names what the model does not have.
    """
    document = Document(path)
    table = document.table
    document.known("the file", table, _FILE)
    sources = document.sources(model.sources)
    states = tuple(_state(document, row, model) for row in table.get("states", []))
    options = tuple(
        Option(document.text("an option", row, "name"), row.get("label", row.get("name", ""))) for row in table.get("options", [])
    )
    if len(states) < 2 or len(options) < 2:
        document.report("the file", f"{len(states)} states and {len(options)} options", expected="at least two of each")
    for state in states[:-1]:
        if not state.when:
            document.report(f'state "{state.name}"', "has no condition", way_out="only the last state may be the rest")
    if states and states[-1].when:
        document.report(f'state "{states[-1].name}"', "the last state is the rest", way_out='write when = ""')
    index = read_index(document, sources)
    utilities = _utilities(document, options, states, sources, index)
    money = _money(document, table["money"], sources, index) if "money" in table else None
    for group in table.get("brought_by_options", []):
        if group not in {v.group for v in model.variables.values()}:
            document.report("brought_by_options", f'no variable is of the group "{group}"')
    title, unit = document.text("the file", table, "title"), document.text("the file", table, "unit")
    document.refuse()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    brought = frozenset(table.get("brought_by_options", []))
    return Decision(title, unit, table.get("warning", ""), states, options, utilities, sources, brought, money, digest)


def _state(document: Document, row: Mapping[str, Any], model: Model) -> State:
    name = document.text("a state", row, "name")
    when = document.text(f'state "{name}"', row, "when")
    try:
        condition = parse_condition(when)
        resolve_condition(condition, {n: v.states for n, v in model.variables.items()})
    except BayesnetError as error:
        document.report(f'state "{name}"', str(error))
    return State(name, row.get("label", name), when)


def _utilities(
    document: Document,
    options: tuple[Option, ...],
    states: tuple[State, ...],
    sources: Mapping[str, Source],
    index: PriceIndex | None,
) -> tuple[Utility, ...]:
    """Return all utilities in the order of options and states."""
    wanted = {f"{o.name} | {s.name}": (o.name, s.name) for o in options for s in states}
    found: dict[str, Utility] = {}
    for row in document.table.get("utilities", []):
        name = document.text("a utility", row, "id")
        subject = f'utility "{name}"'
        document.known(subject, row, _UTILITY)
        value, low, high = document.ranged(subject, row)
        grade, source = document.cited(subject, row, sources)
        check_paid(document, subject, row, index, sources, document.table.get("money", {}))
        if name not in wanted or name in found:
            document.report(subject, "is there twice" if name in found else "names no option and state")
            continue
        found[name] = Utility(*wanted[name], value, low, high, grade, source, row.get("where", ""), row.get("note", ""))
    for name in wanted:
        if name not in found:
            document.report(f'utility "{name}"', "is missing")
    return tuple(found[name] for name in wanted if name in found)


def _money(document: Document, row: Mapping[str, Any], sources: Mapping[str, Source], index: PriceIndex | None) -> Money:
    value, low, high = document.ranged("money", row)
    grade, source = document.cited("money", row, sources)
    if value <= 0.0:
        document.report("money", "must be above 0", got=f"{value:g}")
    unit = unit_of(document.text("money", row, "unit"), index)
    return Money(unit, value, low, high, grade, source, row.get("note", ""))
