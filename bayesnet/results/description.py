"""The content of a network: its numbers as a mapping with a frame, its summary, its variables and their cards."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bayesnet.errors import UnknownRecord
from bayesnet.model.records import Number, Source, Variable
from bayesnet.results.base import Provenance, Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import cited, counted, interval, percent, plain

if TYPE_CHECKING:
    import pandas as pd


_SHOWN = 20

T = TypeVar("T")


class Listing(Mapping[str, T]):
    """The members of a network of one kind, by name: a mapping that prints as a table and completes its names.

    A name that is not there raises `UnknownRecord` with the nearest ones, which is a KeyError too.
    """

    what: ClassVar[str] = "record"
    """The name of a member."""

    def __init__(self, records: Mapping[str, T]) -> None:
        self._records = records

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the records as a dict where they are a read-only one, which cannot be pickled."""
        records = dict(self._records) if isinstance(self._records, MappingProxyType) else self._records
        return {**vars(self), "_records": records}

    def __getitem__(self, name: str) -> T:
        if name not in self._records:
            raise UnknownRecord(str(name), self._records, what=self.what)
        return self._records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, name: object) -> bool:
        return name in self._records

    @abstractmethod
    def grid(self) -> Grid:
        """Return the first of them as a table."""

    def __str__(self) -> str:
        more = len(self) - _SHOWN
        tail = f"\n… and {more:,d} more" if more > 0 else ""
        return f"{counted(len(self), self.what)}\n\n{self.grid().text()}{tail}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        more = len(self) - _SHOWN
        tail = f"<p>… and {more:,d} more</p>" if more > 0 else ""
        return f"<div><p>{counted(len(self), self.what)}</p>{self.grid().html()}{tail}</div>"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._records)


class Numbers(Listing[Number]):
    """Every number of a network by its id, in the order of the model.

    `numbers[id]` has value, low, high, `sources` (the figures behind it), `derivation`, grade, reason and note; `to_frame()`
    returns them all as a table.
    """

    what: ClassVar[str] = "number"
    columns: ClassVar[tuple[str, ...]] = (
        "id", "pattern", "value", "low", "high", "range", "source", "place", "population", "grade", "range_grade", "derivation",
        "reason", "note", "variable",
    )  # fmt: skip

    def __init__(self, numbers: Mapping[str, Number], cited: Mapping[str, str], provenance: Provenance) -> None:
        super().__init__(numbers)
        self._cited = cited
        self.provenance = provenance

    def cited(self, number: str) -> str:
        """Return author and year of a number's source; empty if it has none."""
        return self._cited.get(self[number].source, "")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per number."""
        import pandas as pd

        return pd.DataFrame([[getattr(n, name) for name in self.columns] for n in self.values()], columns=list(self.columns))

    def grid(self) -> Grid:
        """Return the first numbers, with range, source and grade."""
        lines = [
            (
                n.id,
                plain(n.value),
                interval(n.low, n.high, plain) if n.low < n.high else "–",
                self._cited.get(n.source, n.source),
                n.grade,
            )
            for n in islice(self.values(), _SHOWN)
        ]
        return Grid(("number", "value", "range", "source", "grade"), tuple(lines), frozenset({0, 3, 4}))


class Vocabulary(Listing[Variable]):
    """Every variable of a network by its name, in the order of the model: states, parents, gate, label, meaning."""

    what: ClassVar[str] = "variable"

    def grid(self) -> Grid:
        """Return the first variables with label, states and meaning."""
        lines = [(v.name, v.label, _states(v.states), v.meaning) for v in islice(self.values(), _SHOWN)]
        kept = [i for i in range(4) if i in (0, 2) or any(line[i] for line in lines)]
        headings = tuple(("variable", "label", "states", "meaning")[i] for i in kept)
        return Grid(headings, tuple(tuple(line[i] for i in kept) for line in lines), frozenset(range(4)))


class Publications(Listing[Source]):
    """Every publication behind a network by its key."""

    what: ClassVar[str] = "source"

    def grid(self) -> Grid:
        """Return the first publications."""
        lines = tuple((key, source.short, source.title, source.journal) for key, source in islice(self.items(), _SHOWN))
        return Grid(("key", "source", "title", "journal"), lines, frozenset(range(4)))


@dataclass(frozen=True, repr=False)
class WideNumber(Record):
    """A number with a wide range, for the summary."""

    number: str
    value: float
    low: float
    high: float
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Summary(Records[WideNumber], Result):
    """Summary of a network: counts, grades, and the numbers with the widest ranges."""

    held_in: ClassVar[str] = "widest"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = ("number", "value", "low", "high", "source", "grade")

    description: str
    variables: int
    groups: Mapping[str, int]
    """Number of variables by group of the model."""
    gates: Mapping[str, int]
    """Number of variables by kind of gate."""
    numbers: int
    grades: Mapping[str, int]
    """Number of numbers by grade, best first."""
    studied: float
    """Share of the numbers, definitions left out, that rest on a study or a published review and not on judgement."""
    sources: int
    widest: tuple[WideNumber, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number with a wide range, widest first."""
        return [(w.number, w.value, w.low, w.high, w.source, w.grade) for w in self.widest]

    def grid(self) -> Grid:
        """Return the numbers with the widest ranges."""
        lines = [(w.number, plain(w.value), interval(w.low, w.high, plain), w.source, w.grade) for w in self.widest]
        what = "move a diagnosis most" if self.groups.get("diagnoses") else "widest ranges"
        return Grid((what, "value", "range", "source", "grade"), tuple(lines), frozenset({0, 3, 4}))

    def header(self) -> str:
        """Counts of variables, gates, numbers and grades."""
        from bayesnet.results.table import wrapped

        lines = [
            super().header(),
            wrapped(self.description),
            wrapped(f"{counted(self.variables, 'variable')}: {_listed(self.groups)}", "  "),
            wrapped(f"gates: {_listed(self.gates)}", "  "),
            wrapped(f"{counted(self.numbers, 'number')} from {counted(self.sources, 'source')}: {_listed(self.grades)}", "  "),
            f"{percent(self.studied, 2)} of the numbers rest on a study" if self.grades.keys() - {"file", "definition"} else "",
        ]
        return "\n".join(line for line in lines if line)

    def body(self) -> str:
        """Return the table, nothing where no number has a range."""
        return super().body() if self.widest else ""

    def body_html(self) -> str:
        """Return the table as HTML, nothing where no number has a range."""
        return super().body_html() if self.widest else ""


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,d}" for name, count in counts.items())


INDENT = "    "
RANGE_WORDS = {"judgement": "range by judgement"}


@dataclass(frozen=True, repr=False)
class VariableLine(Record):
    """One variable in the list."""

    variable: str
    group: str
    states: tuple[str, ...]
    gate: str
    parents: tuple[str, ...]
    label: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Variables(Records[VariableLine], Result):
    """Every variable of a network with states, gate and parents."""

    held_in: ClassVar[str] = "variables"
    key: ClassVar[tuple[str, ...]] = ("variable",)

    columns: ClassVar[tuple[str, ...]] = ("variable", "group", "states", "gate", "parents", "label")

    variables: tuple[VariableLine, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per variable, in the order of the model."""
        return [(v.variable, v.group, ", ".join(v.states), v.gate, ", ".join(v.parents), v.label) for v in self.variables]

    def grid(self) -> Grid:
        """Return one line per variable; the group is named where it begins."""
        lines = []
        before = ""
        for v in self.variables:
            lines.append(
                (
                    "" if v.group == before else v.group,
                    v.variable,
                    _states(v.states),
                    v.gate.replace("_", "-"),
                    ", ".join(v.parents),
                )
            )
            before = v.group
        return Grid(("group", "variable", "states", "gate", "parents"), tuple(lines), frozenset(range(5)))


@dataclass(frozen=True, repr=False)
class CitedNumber(Record):
    """A number with everything that is recorded about it; `citation` is the short form, `reference` the full one."""

    number: str
    value: float
    low: float
    high: float
    range: str
    grade: str
    citation: str
    reference: str
    place: str
    population: str
    reason: str
    note: str
    file: str

    def lines(self) -> list[str]:
        """Id, then value with range and source, then the place in the source."""
        kind = f"; {RANGE_WORDS.get(self.range, self.range)}" if self.low < self.high and self.range != self.grade else ""
        first = f"{cited(self.value, self.low, self.high, self.citation)}{kind}; {self.grade}"
        more = [first, "; ".join(part for part in (self.place, self.population) if part)]
        return [wrapped(self.number, INDENT), *(wrapped(INDENT + line, INDENT) for line in more if line)]


@dataclass(frozen=True, kw_only=True, repr=False)
class VariableCard(Records[CitedNumber], Result):
    """One variable: what it means, how it hangs together, and its numbers with their sources."""

    held_in: ClassVar[str] = "numbers"
    key: ClassVar[tuple[str, ...]] = ("number",)

    columns: ClassVar[tuple[str, ...]] = (
        "number",
        "value",
        "low",
        "high",
        "range",
        "grade",
        "citation",
        "place",
        "population",
        "reason",
        "note",
    )

    variable: str
    label: str
    meaning: str
    group: str
    role: str
    states: tuple[str, ...]
    default: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    gate: str
    definition: str
    """Deterministic gates: when it is in which state."""
    prior: tuple[float, ...]
    unit: str
    cutoff: str
    note: str
    numbers: tuple[CitedNumber, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per number."""
        return [tuple(getattr(n, name) for name in self.columns) for n in self.numbers]

    def introduction(self) -> str:
        """Return what the variable means and how it is connected."""
        lines = [
            ("meaning", self.meaning),
            ("group", ", ".join(part for part in (self.group, self.role) if part).replace("_", " ")),
            ("states", ", ".join(self.states) + (f" (assumed: {self.default})" if self.default else "")),
            ("unit", "; ".join(part for part in (self.unit, self.cutoff) if part)),
            ("parents", ", ".join(self.parents)),
            ("children", ", ".join(self.children)),
            ("gate", self.gate.replace("_", "-") + (f": {self.definition}" if self.definition else "")),
            ("prior", ", ".join(f"{state} {p:.4g}" for state, p in zip(self.states, self.prior, strict=True))),
            ("note", self.note),
        ]
        return "\n".join(wrapped(f"{name}: {text}", INDENT) for name, text in lines if text)

    def body(self) -> str:
        """Return the numbers with their sources."""
        numbers = "\n".join(line for n in self.numbers for line in n.lines())
        heading = f"{counted(len(self.numbers), 'number')}\n{numbers}" if self.numbers else ""
        references = sorted({n.reference for n in self.numbers if n.reference})
        sources = "\n".join(["sources", *(wrapped(text, INDENT) for text in references)]) if references else ""
        return "\n\n".join(part for part in (heading, sources) if part)


def _states(states: tuple[str, ...]) -> str:
    return "absent/present" if states == ("absent", "present") else ", ".join(states)
