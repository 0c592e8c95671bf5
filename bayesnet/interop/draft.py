"""Collects what a file says about a network and checks it as a whole, so that everything wrong is reported at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesnet.errors import WIDEST_LIST, Problem, SpecError, did_you_mean, nearest
from bayesnet.interop.order import parents_first
from bayesnet.interop.rounding import EXACT, rounded
from bayesnet.interop.tables import Tables, setting_text
from bayesnet.model.factors import FloatArray, freeze

LARGEST_SHORT = 2**20
"""Cells that a table may have in a file too short to list them, as where a default fills them."""

_NORMALIZE = "load(path, normalize=True) divides it by its sum"


@dataclass
class Draft:
    """A network while its file is being read; `finish` gives the checked tables or refuses with all problems."""

    file: str
    normalize: bool = False
    """Divide every column by its sum, whatever it is."""
    size: int = 0
    """Characters of the file; a table cannot have more cells than they can hold."""
    cells: int = 0
    """Of all tables so far."""
    states: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, FloatArray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    divided: list[str] = field(default_factory=list)
    """Columns that were divided by a sum other than 1, with the sum."""
    empty: list[tuple[str, int]] = field(default_factory=list)
    """Columns of zeros: variable and column."""

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

    def room(self, child: str, line: int = 0) -> bool:
        """Return whether a table of this shape can be held; false, with the reason noted, before memory is taken for it."""
        cells = prod(self.cards(child))
        largest = max(LARGEST_SHORT, self.size)
        self.cells += cells
        if cells > largest or self.cells > 16 * largest:
            what = f"its table has {cells:,} cells" if cells < 10**15 else f"its table has about 1e{math.log10(cells):.0f} cells"
            self.problem(
                what, child, line, expected=f"at most {largest:,} in a file of this length, {16 * largest:,} in all tables"
            )
            return False
        return cells > 0

    def table(
        self,
        child: str,
        values: Sequence[float] | FloatArray,
        words: Sequence[str] = (),
        *,
        child_first: bool = False,
        line: int = 0,
    ) -> None:
        """Add a table as a flat list, the last axis moving fastest: parents then child, or child then parents.

        `words` are the numbers as they are written, in the same order; from their digits it follows which sums are rounding.
        """
        cards = self.cards(child)
        flat = np.asarray(values, dtype=float).ravel()
        if flat.size != prod(cards):
            shape = " x ".join(map(str, cards))
            self.problem(
                "its table is incomplete", child, line, got=f"{flat.size} numbers", expected=f"{prod(cards)} ({shape} states)"
            )
            return
        if not flat.size:
            return  # a variable without states, which is noted
        table = np.moveaxis(flat.reshape(cards[-1:] + cards[:-1]), 0, -1) if child_first else flat.reshape(cards)
        columns = np.ascontiguousarray(table).reshape(-1, cards[-1])
        bad = ~((columns >= 0) & (columns <= (np.inf if self.normalize else 1 + EXACT)) & np.isfinite(columns))
        if bad.any():
            column, state = (int(i) for i in np.argwhere(bad)[0])
            value, entry = float(columns[column, state]), f"{child}={self.states[child][state]}{self._given(child, column)}"
            self.problem(f"{entry} is no probability", child, line, got=repr(value), expected="a number between 0 and 1")
            return
        self.tables[child] = self._closed(child, columns, words, child_first=child_first, line=line).reshape(cards)

    def _closed(self, child: str, columns: FloatArray, words: Sequence[str], *, child_first: bool, line: int) -> FloatArray:
        """Divide columns by their sums; one whose sum is no rounding is a problem, one of zeros waits for `finish`."""
        states = columns.shape[1]
        sums = columns.sum(axis=1)
        off = np.abs(sums - 1.0)
        # A column that closes to the last few bits is left alone, so that reading what was written changes nothing.
        loose = off > 4 * np.finfo(float).eps * states
        if not loose.any():
            return columns
        columns = columns.copy()
        refused: list[int] = []
        # 0.333333 three times is 1e-6 away on paper and a little more in binary.
        for column in np.flatnonzero(off > EXACT * (1 + 1e-9)).tolist():
            if not sums[column]:
                self.empty.append((child, column))
                columns[column] = 1.0 / states
                sums[column] = 1.0
                continue
            written = _written(columns, words, column, child_first=child_first)
            if self.normalize or rounded(written, float(sums[column])):
                self.divided.append(f"{child}{self._given(child, column)} ({sums[column]:.10g})")
            else:
                refused.append(column)
        for column in refused[:5]:
            what, total = f"the column{self._given(child, column)} does not close", f"{sums[column]:.10g}"
            self.problem(
                what,
                child,
                line,
                got=f"a sum of {total}",
                expected="1, within the rounding of its digits",
                way_out=_NORMALIZE if self.size else "",
            )
        if len(refused) > 5:
            self.problem(f"{len(refused) - 5} more columns do not sum to 1", child, line)
        return np.where(loose[:, None], columns / sums[:, None], columns)

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
        if not self.problems:
            self._refuse_empty()
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
            notes=self._notes(),
        )

    def _order(self) -> list[str]:
        """Return the variables with parents before children, without those on or below a circle."""
        names = list(self.parents)
        index = {name: i for i, name in enumerate(names)}
        return [names[i] for i in parents_first([[index[p] for p in self.parents[name]] for name in names])]

    def _refuse_cycles(self) -> None:
        """Note the variables that are their own ancestors."""
        in_order = set(self._order())
        if shown := [name for name in self.parents if name not in in_order]:
            more = f" and {len(shown) - WIDEST_LIST} more" if len(shown) > WIDEST_LIST else ""
            self.problem(f"the arrows run in a circle through or towards {', '.join(shown[:WIDEST_LIST])}{more}")

    def _refuse_empty(self) -> None:
        """Note columns of zeros, but for those whose condition is impossible: there any distribution gives the same answers."""
        if not self.empty:
            return
        possible: dict[str, NDArray[np.bool_]] = {}
        empty: dict[str, list[int]] = {}
        for child, column in self.empty:
            empty.setdefault(child, []).append(column)
        for child in self._order():
            can: Any = np.ones((), dtype=bool)
            for parent in self.parents[child]:
                can = can[..., None] & possible[parent]
            if child in empty:
                self._judge_empty(child, empty[child], can.ravel())
            possible[child] = ((self.tables[child] > 0) & can[..., None]).reshape(-1, len(self.states[child])).any(axis=0)

    def _judge_empty(self, child: str, columns: list[int], can: NDArray[np.bool_]) -> None:
        for column in columns:
            if can[column]:
                what = f"the column{self._given(child, column)} is empty: all its numbers are 0"
                self.problem(what, child, expected="a sum of 1, or an impossible condition")
            else:
                self.divided.append(f"{child}{self._given(child, column)} (0: its condition has probability 0)")

    def _notes(self) -> tuple[str, ...]:
        """Say which columns were changed."""
        if not self.divided:
            return ()
        count = len(self.divided)
        shown = ", ".join(self.divided[:_SHOWN]) + (f" and {count - _SHOWN} more" if count > _SHOWN else "")
        return (
            f"{count} column{'s were' if count > 1 else ' was'} divided by {'their sums' if count > 1 else 'its sum'}: {shown}.",
        )


_SHOWN = 5


def _written(columns: FloatArray, words: Sequence[str], column: int, *, child_first: bool) -> list[str]:
    """Return the numbers of a column as they are written; as the shortest text that gives them back where that is not known."""
    count, states = columns.shape
    if len(words) != columns.size:
        return [repr(value) for value in columns[column].tolist()]
    return list(words[column::count]) if child_first else list(words[column * states : (column + 1) * states])
