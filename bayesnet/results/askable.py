"""Variables that a network can be asked about: variables found by a text, the variables of each group, the shipped models."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.errors import did_you_mean
from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid
from bayesnet.results.words import counted


@dataclass(frozen=True, repr=False)
class FoundVariable(Record):
    """A variable with its states, names and meaning."""

    variable: str
    states: tuple[str, ...]
    label: str
    meaning: str
    aliases: tuple[str, ...]
    """Other words for it or for a state of it, with their meaning: `male (!female)`."""
    group: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Found(Records[FoundVariable], Result):
    """The variables about a text, those that are called so first."""

    verb: ClassVar[str] = "find"
    held_in: ClassVar[str] = "variables"
    key: ClassVar[tuple[str, ...]] = ("variable",)
    columns: ClassVar[tuple[str, ...]] = ("variable", "states", "label", "meaning", "aliases", "group")

    variables: tuple[FoundVariable, ...]
    nearest: tuple[str, ...] = ()
    """The nearest names if nothing was found."""

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per variable."""
        return [(v.variable, ", ".join(v.states), v.label, v.meaning, ", ".join(v.aliases), v.group) for v in self.variables]

    def grid(self) -> Grid:
        """Return what to type, the states where they are not absent and present, label, and the meaning with other words."""
        lines = [
            (v.variable, _states(v.states), v.label, "; ".join(part for part in (v.meaning, _also(v.aliases)) if part))
            for v in self.variables
        ]
        return Grid(("type", "states", "label", "meaning"), tuple(lines), frozenset(range(4)))

    def body(self) -> str:
        """Return the table, or that nothing was found."""
        nothing = f'Nothing is called "{self.title}" or means it'
        return (
            self.grid().text()
            if self.variables
            else f"{nothing}; {did_you_mean(self.nearest)}"
            if self.nearest
            else f"{nothing}."
        )

    def body_html(self) -> str:
        """Return the table as HTML, or that nothing was found."""
        return self.grid().html() if self.variables else f"<p>{html.escape(self.body())}</p>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Askable(Found):
    """Everything that can be asked of a network, by group, and a first question to type."""

    verb: ClassVar[str] = ""

    description: str
    groups: Mapping[str, str]
    """Labels of the groups, in their order."""
    question: str
    """A first question."""
    counts: str

    def introduction(self) -> str:
        """Return what the network is about and a first question."""
        ask = f'Ask net.posterior("{self.question}"), or look for a word with net.find("...").' if self.question else ""
        return "\n".join(part for part in (self.description, self.counts, ask) if part)

    def body_html(self) -> str:
        """Return one list for each group, closed where it is long."""
        parts = []
        for group, label in self.groups.items():
            members = [v for v in self.variables if v.group == group]
            cells = "".join(
                f"<li>{html.escape(v.label or v.variable)}: <code>{html.escape(v.variable)}</code>{_states_html(v.states)}</li>"
                for v in members
            )
            opened = " open" if len(self.groups) == 1 else ""
            parts.append(
                f"<details{opened}><summary>{html.escape(label)} ({len(members)})</summary>"
                f'<ul style="columns: 20em; margin: 4px 0">{cells}</ul></details>'
            )
        return "".join(parts)


@dataclass(frozen=True, repr=False)
class ShippedModel(Record):
    """One shipped model."""

    name: str
    title: str
    variables: int
    numbers: int
    description: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Models(Records[ShippedModel], Result):
    """The models that come with the package."""

    held_in: ClassVar[str] = "models"
    key: ClassVar[tuple[str, ...]] = ("name",)
    columns: ClassVar[tuple[str, ...]] = ("name", "title", "variables", "numbers", "description")

    models: tuple[ShippedModel, ...]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per model."""
        return [(m.name, m.title, m.variables, m.numbers, m.description) for m in self.models]

    def grid(self) -> Grid:
        """Return name, title, size and description."""
        lines = [(m.name, str(m.variables), str(m.numbers), m.description or m.title) for m in self.models]
        return Grid(("model", "variables", "numbers", "what it is about"), tuple(lines), frozenset({0, 3}))


def counted_all(variables: int, numbers: int, sources: int) -> str:
    """Return the size of a network in words.

    >>> counted_all(8, 18, 1)
    '8 variables, 18 numbers, 1 source.'
    """
    return f"{counted(variables, 'variable')}, {counted(numbers, 'number')}, {counted(sources, 'source')}."


def _states(states: tuple[str, ...]) -> str:
    return "" if states == ("absent", "present") else ", ".join(states)


def _states_html(states: tuple[str, ...]) -> str:
    own = _states(states)
    return f" ({html.escape(own)})" if own else ""


def _also(aliases: tuple[str, ...]) -> str:
    return f"also {', '.join(aliases)}" if aliases else ""
