"""What a network holds: its numbers as a mapping with a frame, its summary, its variables and their cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.model.records import Number
from bayesnet.results.base import Result
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import cited, counted, plain

if TYPE_CHECKING:
    import pandas as pd


_SHOWN = 20


class Numbers(Mapping[str, Number]):
    """Every number of a network by its id, in the order of the model.

    `numbers[id]` has value, low, high, `sources` (the figures behind it), `derivation`, grade, reason and note; `to_frame()`
    gives them all as a table.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "id", "pattern", "value", "low", "high", "range", "source", "place", "population", "grade", "range_grade", "derivation",
        "reason", "note", "variable",
    )  # fmt: skip

    def __init__(self, numbers: Mapping[str, Number], cited: Mapping[str, str]) -> None:
        self._numbers = numbers
        self._cited = cited

    def __getitem__(self, number: str) -> Number:
        return self._numbers[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def cited(self, number: str) -> str:
        """Author and year of a number's source; empty where it has none."""
        return self._cited.get(self._numbers[number].source, "")

    def to_frame(self) -> pd.DataFrame:
        """One row per number."""
        import pandas as pd

        return pd.DataFrame([[getattr(n, name) for name in self.columns] for n in self.values()], columns=list(self.columns))

    def grid(self) -> Grid:
        """The first numbers, with range, source and grade."""
        lines = [
            (
                n.id,
                plain(n.value),
                f"{plain(n.low)} – {plain(n.high)}" if n.low < n.high else "–",
                self._cited.get(n.source, n.source),
                n.grade,
            )
            for n in list(self.values())[:_SHOWN]
        ]
        return Grid(("number", "value", "range", "source", "grade"), tuple(lines), frozenset({0, 3, 4}))

    def __str__(self) -> str:
        more = len(self) - _SHOWN
        tail = f"\n… and {more:,d} more; to_frame() has them all" if more > 0 else ""
        return f"{counted(len(self), 'number')}\n\n{self.grid().text()}{tail}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<div><p>{counted(len(self), 'number')}</p>{self.grid().html()}</div>"


@dataclass(frozen=True)
class WideNumber:
    """A number with a wide range, for the summary."""

    number: str
    value: float
    low: float
    high: float
    source: str
    grade: str


@dataclass(frozen=True, kw_only=True)
class Summary(Result):
    """What a network is made of: counts, grades, and the numbers with the widest ranges."""

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
        """One row per number with a wide range, widest first."""
        return [(w.number, w.value, w.low, w.high, w.source, w.grade) for w in self.widest]

    def grid(self) -> Grid:
        """The numbers with the widest ranges."""
        lines = [(w.number, plain(w.value), f"{plain(w.low)} – {plain(w.high)}", w.source, w.grade) for w in self.widest]
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
            f"{100.0 * self.studied:.0f} % of the numbers rest on a study" if self.grades.keys() - {"file", "definition"} else "",
        ]
        return "\n".join(line for line in lines if line)

    def __str__(self) -> str:
        if self.widest:
            return super().__str__()
        return "\n\n".join(part for part in (self.header(), self.footer()) if part)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,d}" for name, count in counts.items())


INDENT = "    "
RANGE_WORDS = {"judgement": "range by judgement"}


@dataclass(frozen=True)
class VariableLine:
    """One variable in the list."""

    variable: str
    group: str
    states: tuple[str, ...]
    gate: str
    parents: tuple[str, ...]
    label: str


@dataclass(frozen=True, kw_only=True)
class Variables(Result):
    """Every variable of a network with states, gate and parents."""

    columns: ClassVar[tuple[str, ...]] = ("variable", "group", "states", "gate", "parents", "label")

    variables: tuple[VariableLine, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per variable, in the order of the model."""
        return [(v.variable, v.group, ", ".join(v.states), v.gate, ", ".join(v.parents), v.label) for v in self.variables]

    def grid(self) -> Grid:
        """One line per variable; the group is named where it begins."""
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


@dataclass(frozen=True)
class CitedNumber:
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


@dataclass(frozen=True, kw_only=True)
class VariableCard(Result):
    """One variable: what it means, how it hangs together, and its numbers with their sources."""

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
        """One row per number."""
        return [tuple(getattr(n, name) for name in self.columns) for n in self.numbers]

    def __str__(self) -> str:
        said = [
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
        about = "\n".join(wrapped(f"{name}: {text}", INDENT) for name, text in said if text)
        numbers = "\n".join(line for n in self.numbers for line in n.lines())
        heading = f"{counted(len(self.numbers), 'number')}\n{numbers}" if self.numbers else ""
        references = sorted({n.reference for n in self.numbers if n.reference})
        sources = "\n".join(["sources", *(wrapped(text, INDENT) for text in references)]) if references else ""
        return "\n\n".join(part for part in (self.header(), about, heading, sources, self.footer()) if part)


def _states(states: tuple[str, ...]) -> str:
    return "absent/present" if states == ("absent", "present") else ", ".join(states)
