"""Collects what a file says about a network and checks it as a whole, so that everything wrong is reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from bayesnet.errors import Problem, SpecError, did_you_mean, nearest
from bayesnet.interop.tables import CLOSES_WITHIN, Tables, close_columns, setting_text
from bayesnet.model.factors import FloatArray, freeze


@dataclass
class Draft:
    """A network while its file is being read; `finish` gives the checked tables or refuses with all problems."""

    file: str
    states: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, FloatArray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self, what: str, variable: str = "", line: int = 0, *, got: str = "", expected: str = "", way_out: str = ""
    ) -> None:
        """Note one problem with the place it was found in."""
        where = [f"line {line}"] if line else []
        who = [f'variable "{variable}"'] if variable else []
        self.problems.append(Problem(self.file, ", ".join(where + who), what, got, expected, way_out))

    def variable(self, name: str, states: Sequence[str], *, label: str = "", line: int = 0) -> None:
        """Add a variable with its states."""
        if name in self.states:
            self.problem("declared twice", name, line)
        elif not states:
            self.problem("has no states", name, line)
        elif len(set(states)) < len(states):
            doubled = next(s for s in states if list(states).count(s) > 1)
            self.problem(f'has the state "{doubled}" twice', name, line)
        self.states.setdefault(name, tuple(states))
        if label and label != name:
            self.labels[name] = label

    def family(self, child: str, parents: Sequence[str], *, line: int = 0) -> bool:
        """Note the parents of a variable; false, with the reason noted, when a table cannot be read against them."""
        if child in self.parents:
            self.problem("has two tables", child, line)
            return False
        self.parents[child] = tuple(parents)
        unknown = [name for name in (child, *parents) if name not in self.states]
        for name in unknown:
            hint = did_you_mean(nearest(name, self.states))
            self.problem(f'its table names "{name}", which is not declared', child, line, way_out=hint)
        if len({child, *parents}) < len(parents) + 1:
            self.problem("is named twice among its table's variables", child, line)
            return False
        return not unknown

    def cards(self, child: str) -> tuple[int, ...]:
        """Return the shape of a table: states of each parent, then of the variable."""
        return tuple(len(self.states[name]) for name in (*self.parents[child], child))

    def table(self, child: str, values: Sequence[float] | FloatArray, *, child_first: bool = False, line: int = 0) -> None:
        """Add a table as a flat list, the last axis moving fastest: parents then child, or child then parents."""
        cards = self.cards(child)
        flat = np.asarray(values, dtype=float).ravel()
        if flat.size != prod(cards):
            shape = " x ".join(map(str, cards))
            self.problem(
                "its table is incomplete", child, line, got=f"{flat.size} numbers", expected=f"{prod(cards)} ({shape} states)"
            )
            return
        table = np.moveaxis(flat.reshape(cards[-1:] + cards[:-1]), 0, -1) if child_first else flat.reshape(cards)
        columns = np.ascontiguousarray(table).reshape(-1, cards[-1])
        bad = ~((columns >= 0) & (columns <= 1 + CLOSES_WITHIN))
        if bad.any():
            column, state = (int(i) for i in np.argwhere(bad)[0])
            value, entry = float(columns[column, state]), f"{child}={self.states[child][state]}{self._given(child, column)}"
            self.problem(f"{entry} is no probability", child, line, got=repr(value), expected="a number between 0 and 1")
            return
        closed, open_columns = close_columns(columns)
        for column in open_columns[:5]:
            what, total = f"the column{self._given(child, column)} does not close", f"{columns[column].sum():.10g}"
            self.problem(what, child, line, got=f"a sum of {total}", expected="1, within 1e-6")
        if len(open_columns) > 5:
            self.problem(f"{len(open_columns) - 5} more columns do not sum to 1", child, line)
        if not open_columns:
            self.tables[child] = closed.reshape(cards)

    def given(self, child: str, column: int) -> str:
        """Name a column by its parents' states, empty for a variable without parents."""
        parents = self.parents[child]
        return setting_text(parents, [self.states[p] for p in parents], column)

    def _given(self, child: str, column: int) -> str:
        text = self.given(child, column)
        return f" | {text}" if text else ""

    def finish(self, name: str) -> Tables:
        """Return the network, or raise `SpecError` with every problem found."""
        if not self.states and not self.problems:
            self.problem("no variables")
        for child in self.states:
            if child not in self.parents:
                self.problem("has no table", child)
        if not self.problems:
            self._refuse_cycles()
        if self.problems:
            raise SpecError(self.file, self.problems)
        names = tuple(self.states)
        index = {n: i for i, n in enumerate(names)}
        tables = tuple(self.tables[n] for n in names)
        freeze(tables)
        return Tables(
            name=name,
            names=names,
            states=tuple(self.states.values()),
            parents=tuple(tuple(index[p] for p in self.parents[n]) for n in names),
            tables=tables,
            labels=tuple(self.labels.get(n, "") for n in names) if self.labels else (),
        )

    def _refuse_cycles(self) -> None:
        """Note the variables that are their own ancestors."""
        left = dict(self.parents)
        while ready := [n for n, parents in left.items() if not any(p in left for p in parents)]:
            for n in ready:
                del left[n]
        if left:
            self.problem(f"the arrows run in a circle through or towards {', '.join(left)}")
