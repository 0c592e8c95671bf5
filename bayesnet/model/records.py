"""The records of a model: numbers, sources, variables and the model itself.

A model is plain data. Nothing here computes: reading is in `read`, sense checks in `check`, arithmetic in `gates` and `expand`.
"""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from bayesnet.model.vocabulary import BINARY, GROUPS_OF_VARIABLES, JUDGED, GateKind, Grade, How, RangeKind, Use
from bayesnet.pattern import quote


@dataclass(frozen=True, slots=True)
class Location:
    """A location in the files of the model: file, table and key, so that an error can name it."""

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
    not_found: str = ""
    """Fields that were looked for and not found, such as `title, identifier` (neither DOI nor PMID)."""
    cohort: str = ""
    """The patients, where several publications report the same ones; the same text in each."""
    note: str = ""
    kind: str = "article"
    """article, meeting abstract, book, report, website, dataset or price list."""
    publisher: str = ""
    """The publisher of a book, a report, a website or a dataset."""
    isbn: str = ""

    @property
    def short(self) -> str:
        """Author and year, as in `Mylona 2009`; the beginning of the title where no author is known."""
        if not self.authors:
            name = " ".join((self.title or self.journal or self.publisher or self.key).split()[:4])
            return f"{name} {self.year}" if self.year else name
        first = self.authors.split(",")[0].split(" et al")[0].strip()
        parts = [part for part in first.split(" ") if part not in ("Jr", "Sr")]
        name = " ".join(part for part in parts if not part.isupper() or len(part) > 3) or first
        return f"{name} {self.year}" if self.year else name


@dataclass(frozen=True, slots=True)
class Verified:
    """The way a figure is known, the date, and the address at which it was read."""

    how: How = "not recorded"
    on: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as a publication prints it, with its interval or range if there is one."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class CitedFigure:
    """One figure of a publication behind a number: of what, where, the count or printed figure, and what it is for."""

    source: str
    name: str = ""
    """The name of the figure in the formulas of the number."""
    quantity: str = ""
    place: str = ""
    """The place in the publication: a table, a page, the abstract."""
    count: tuple[int, int] | None = None
    """A count `k` of `n`, as in 45 of 86."""
    printed: Printed | None = None
    population: str = ""
    use: Use = "value"
    """The key `for` of the files."""
    verified: Verified = Verified()
    shared: str = ""
    """The name of the entry of `[figures]` that it was taken from; empty where the number has it to itself."""

    @property
    def reading(self) -> str:
        """Quantity, place and figure in one line.

        >>> CitedFigure("mylona2009", quantity="share with fever", place="table 2", count=(45, 86)).reading
        'share with fever; table 2; 45 of 86'
        """
        said = "; ".join(part for part in (self.quantity, self.place) if part)
        return "; ".join(part for part in (said, "" if self.figure in said else self.figure) if part)

    @property
    def figure(self) -> str:
        """The count or the printed figure; empty if there is neither."""
        count = f"{self.count[0]:,d} of {self.count[1]:,d}" if self.count else ""
        if not self.printed:
            return count
        ends = [f"{end:.6g}" for end in (self.printed.low, self.printed.high) if end is not None]
        value = f"{self.printed.value:.6g}" if self.printed.value is not None else ""
        return " ".join(part for part in (count or value, f"({' to '.join(ends)})" if ends else "") if part)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a model with its range, the figures it rests on and its grade; `id` is its pattern in canonical form."""

    id: str
    value: float
    low: float
    high: float
    range: RangeKind = "exact"
    grade: Grade = "judgement"
    """The grade of the study behind the value."""
    range_grade: Grade | Literal[""] = ""
    """The grade of the range; if left out, judgement for a range by judgement and `grade` otherwise."""
    sources: tuple[CitedFigure, ...] = ()
    derivation: str = ""
    """The formula from the figures to the value; empty where the value is the one figure."""
    derivation_low: str = ""
    derivation_high: str = ""
    assumed: tuple[tuple[str, float], ...] = ()
    """Constants of the formulas that no publication gives, by name; `reason` says why."""
    steps: tuple[str, ...] = ()
    """The steps of the formula, in words."""
    reason: str = ""
    """Of a judgement: why this value."""
    adjusted: str = ""
    """How a figure of other patients, admitted or operated ones for example, was carried over, or why it needs no change."""
    not_used: str = ""
    """Figures of the same publications that say otherwise, and why they are not used."""
    note: str = ""
    variable: str = ""
    """The variable whose gate the number belongs to; filled by the reader."""
    location: Location = field(default=Location(""), compare=False)

    def __post_init__(self) -> None:
        if not self.range_grade:
            object.__setattr__(self, "range_grade", JUDGED if self.range == JUDGED else self.grade)

    @property
    def pattern(self) -> str:
        """The pattern that names the number, the same as `id`."""
        return self.id

    @property
    def main(self) -> CitedFigure | None:
        """The first figure cited for the value, or else the first figure."""
        return next((f for f in self.sources if f.use == "value"), self.sources[0] if self.sources else None)

    @property
    def source(self) -> str:
        """The key of the main source; empty if there is none."""
        return self.main.source if self.main else ""

    @property
    def publications(self) -> tuple[str, ...]:
        """The keys of all publications whose figures enter the number; the main one where all are in the background."""
        entering = tuple(dict.fromkeys(figure.source for figure in self.sources if figure.use != "background"))
        return entering or ((self.source,) if self.source else ())

    @property
    def place(self) -> str:
        """The figure of the main source, and its place there."""
        return self.main.reading if self.main else ""

    @property
    def population(self) -> str:
        """The population of the main source."""
        return self.main.population if self.main else ""


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
    consequence_of: tuple[str, ...] = ()
    """A diagnosis that is a consequence: the variables of the model that cause it."""
    can_be_set: bool = False
    """Whether an intervention on the variable makes sense: an exposure or a treatment."""
    noun: str = ""
    """The object of `has`, with its article: `a history of cancer`; from the label when empty."""
    adjectives: tuple[str, ...] = ()
    """For what a person is, not has: the words for the positive state and for its contrary, such as `female`, `male`."""
    note: str = ""
    location: Location = field(default=Location(""), compare=False)

    @property
    def binary(self) -> bool:
        """Whether the states are exactly absent and present, in this order."""
        return self.states == BINARY


def group_variable(name: str, members: Sequence[str], location: Location | None = None, noun: str = "") -> Variable:
    """Return a group of the model as a variable: present when any of its members is.

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
        noun=noun,
        location=location or Location(""),
    )


class Example(NamedTuple):
    """A named example case: its evidence in the pattern language, and a sentence on what it shows."""

    title: str
    evidence: str
    text: str = ""


class Alias(NamedTuple):
    """Another word for a variable or a state, as people say it; `term` is what it means, in the pattern language."""

    word: str
    term: str
    needs_state: bool = False
    """Whether the word says no state, such as `sex` for `female`: it is typed as `sex=female`."""


class FrozenRecords(Mapping[str, Any]):
    """Numbers by id that never change, so that a model keeps them instead of a copy."""

    @abstractmethod
    def figures(self) -> list[list[Any]]:
        """Return id, value, low and high of each."""


@dataclass(frozen=True)
class Model:
    """The content of a model folder, in the order written; immutable.

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
    asks: str = ""
    """The variable that a page asks about first; the leading diagnosis when empty."""
    people: str = ""
    """Plural noun for the members of the population; from `population` when empty."""
    aliases: tuple[Alias, ...] = ()
    """Other words for variables and states: abbreviations, everyday words."""
    teaching: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(diagnosis, findings) pairs: what exercises ask about; anything that can be asked when empty."""

    def __post_init__(self) -> None:
        for name in ("variables", "numbers", "sources"):
            records = getattr(self, name)
            if not isinstance(records, FrozenRecords):
                object.__setattr__(self, name, MappingProxyType(dict(records)))
        object.__setattr__(self, "examples", tuple(Example(*example) for example in self.examples))
        object.__setattr__(self, "aliases", tuple(Alias(*alias) for alias in self.aliases))
        object.__setattr__(self, "teaching", tuple((name, tuple(findings)) for name, findings in self.teaching))

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
        if isinstance(self.numbers, FrozenRecords):
            numbers = self.numbers.figures()
        else:
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
            "aliases": [alias._asdict() for alias in self.aliases],
            "teaching": {name: list(findings) for name, findings in self.teaching},
        }
