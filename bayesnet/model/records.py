"""The records of a model: numbers, sources, variables and the model itself.

A model is plain data. Nothing here computes: reading is in `read`, sense checks in `check`, arithmetic in `gates` and `expand`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from bayesnet.model.vocabulary import BINARY, GROUPS_OF_VARIABLES, GateKind, Grade, RangeKind
from bayesnet.pattern import quote


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the files of the model something was written: file, table and key, so that an error can name it."""

    file: str
    table: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One publication: key, authors, year, title, journal and a DOI, PMID or address."""

    key: str
    authors: str
    year: int | None
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    note: str = ""

    @property
    def short(self) -> str:
        """Author and year, as in `Mylona 2009`."""
        first = self.authors.split(",")[0].split(" et al")[0].strip()
        parts = [part for part in first.split(" ") if part not in ("Jr", "Sr")]
        name = " ".join(part for part in parts if not part.isupper() or len(part) > 3) or first
        return f"{name} {self.year}" if self.year else name


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a model with its range, its source and its grade; `id` is its pattern in canonical form."""

    id: str
    value: float
    low: float
    high: float
    range: RangeKind = "exact"
    source: str = ""
    where: str = ""
    population: str = ""
    grade: Grade = "judgement"
    note: str = ""
    variable: str = ""
    """The variable whose gate the number belongs to; filled by the reader."""
    location: Location = field(default=Location(""), compare=False)

    @property
    def pattern(self) -> str:
        """The pattern that names the number, the same as `id`."""
        return self.id


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: its states, parents and gate, and what it means."""

    name: str
    label: str = ""
    meaning: str = ""
    group: str = ""
    """The part of the model: settings, risk_factors, diagnoses, mechanisms, history_and_examination, laboratory, imaging;
    "groups" for a variable that only says whether any of several others is present."""
    role: str = ""
    """For a diagnosis, one of `vocabulary.ROLES`; empty elsewhere."""
    states: tuple[str, ...] = BINARY
    parents: tuple[str, ...] = ()
    gate: GateKind = "table"
    expression: tuple[tuple[str, str], ...] = ()
    """Deterministic gates: (state, condition) pairs in the order they are tried; an empty condition means otherwise."""
    towards: str = ""
    """Noisy-OR and odds-ratio gates: the state that causes push towards, or that the odds are about; the last when empty."""
    neutral: tuple[tuple[str, str], ...] = ()
    """Noisy and odds-ratio gates: (parent, state) pairs whose state has no effect; a parent's first state when not named."""
    default: str = ""
    """The state assumed, and said so, when a question does not mention the variable (context variables only)."""
    unit: str = ""
    cutoff: str = ""
    note: str = ""
    location: Location = field(default=Location(""), compare=False)

    @property
    def binary(self) -> bool:
        """Whether the states are exactly absent and present, in this order."""
        return self.states == BINARY


def group_variable(name: str, members: Sequence[str], location: Location | None = None) -> Variable:
    """A group of the model as a variable: present when any of its members is.

    >>> group_variable("infection", ["osteomyelitis", "abscess"]).expression
    (('present', 'any of osteomyelitis, abscess'),)
    """
    condition = "any of " + ", ".join(map(quote, members))
    return Variable(
        name=name,
        label=name.replace("_", " ").capitalize(),
        meaning=condition,
        group=GROUPS_OF_VARIABLES,
        parents=tuple(members),
        gate="deterministic",
        expression=(("present", condition),),
        location=location or Location(""),
    )


class Example(NamedTuple):
    """A named example case: its evidence in the pattern language, and a sentence on what it shows."""

    title: str
    evidence: str
    text: str = ""


@dataclass(frozen=True)
class Model:
    """Everything a model folder holds, in the order it was written; immutable.

    `numbers` maps id to number, `variables` maps name to variable, `sources` maps key to source.
    """

    name: str
    title: str = ""
    version: str = ""
    description: str = ""
    warning: str = ""
    population: str = ""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    numbers: Mapping[str, Number] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    """Named example cases."""
    citation: str = ""

    def __post_init__(self) -> None:
        for name in ("variables", "numbers", "sources"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        object.__setattr__(self, "examples", tuple(Example(*example) for example in self.examples))

    def __reduce__(self) -> tuple[type[Model], tuple[object, ...]]:
        """Pickle with plain dicts, because a mapping proxy cannot be pickled."""
        values = (getattr(self, f.name) for f in fields(self))
        return Model, tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal, 64 characters) of structure and numbers: what decides every answer, not the prose."""
        structure = [
            [v.name, v.states, v.parents, v.gate, v.expression, v.towards, v.neutral, v.default] for v in self.variables.values()
        ]
        numbers = [[n.id, n.value, n.low, n.high] for n in self.numbers.values()]
        text = json.dumps([structure, numbers], separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, object]:
        """JSON-safe records: lists of variables, numbers and sources, each a dict of its fields."""
        return {
            "name": self.name,
            "title": self.title,
            "version": self.version,
            "description": self.description,
            "warning": self.warning,
            "population": self.population,
            "citation": self.citation,
            "variables": [asdict(v) for v in self.variables.values()],
            "numbers": [asdict(n) for n in self.numbers.values()],
            "sources": [asdict(s) for s in self.sources.values()],
            "examples": [example._asdict() for example in self.examples],
        }
