"""Cards: the variables of a network, and one variable with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import cited, counted

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
