"""The numbers of a network of full tables, as a network file holds them: arrays first, records when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from bayesnet.model.columns import Columns
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.records import CitedFigure, FrozenRecords, Location, Number
from bayesnet.pattern import literal


class TableNumbers(FrozenRecords):
    """Every table entry as a number of its own, by id: `node=state | parent=state, ...`, parents in the order of the file.

    A file of half a million numbers is read in the time that its text takes; half a million records would take ten times as
    long, and most questions never look at one.

    Parameters
    ----------
    file
        The source of every number.
    names, states
        Of the variables.
    parents
        Indices of the parents of each variable.
    tables
        One axis per parent in order, the variable's own states last.
    """

    def __init__(
        self,
        file: str,
        names: Sequence[str],
        states: Sequence[Sequence[str]],
        parents: Sequence[Sequence[int]],
        tables: Sequence[FloatArray],
    ) -> None:
        self.file, self.names, self.states, self.parents, self.tables = file, names, states, parents, tables
        self._starts = np.concatenate([[0], np.cumsum([table.size for table in tables], dtype=np.int64)])

    @cached_property
    def array(self) -> FloatArray:
        """The numbers in order, shape (n_numbers,)."""
        values = np.concatenate([table.ravel() for table in self.tables]) if self.tables else np.empty(0)
        values.setflags(write=False)
        return values

    @property
    def variable(self) -> IntArray:
        """The variable each number belongs to, shape (n_numbers,)."""
        return np.repeat(np.arange(len(self.names)), np.diff(self._starts))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        found: list[str] = []
        for v, name in enumerate(self.names):
            heads = [literal(name, state) for state in self.states[v]]
            if self.parents[v]:
                conditions = [[literal(self.names[p], state) for state in self.states[p]] for p in self.parents[v]]
                for setting in product(*conditions):
                    tail = " | " + ", ".join(setting)
                    found += [head + tail for head in heads]
            else:
                found += heads
        return tuple(found)

    def figures(self) -> list[list[Any]]:
        """Return id, value, low and high of each, in order."""
        return [[number, value, value, value] for number, value in zip(self.ids, self.array.tolist(), strict=True)]

    def columns(self, variable: int) -> Columns:
        """Return the columns of one table: positions of its numbers, the last parent moving fastest."""
        states = len(self.states[variable])
        count = prod(self.tables[variable].shape) // states
        start = int(self._starts[variable])
        return Columns(np.arange(start, start + count * states).reshape(count, states), np.full(count, -1))

    @cached_property
    def _records(self) -> dict[str, Number]:
        cited = (CitedFigure(self.file),)
        records: dict[str, Number] = {}
        values = self.array.tolist()
        for v, name in enumerate(self.names):
            location = Location(self.file, f'table of "{name}"')
            for k in range(int(self._starts[v]), int(self._starts[v + 1])):
                number, value = self.ids[k], values[k]
                records[number] = Number(
                    id=number, value=value, low=value, high=value, grade="file", sources=cited, variable=name, location=location
                )
        return records

    def __getitem__(self, number: str) -> Number:
        return self._records[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __contains__(self, number: object) -> bool:
        return number in self._records

    def __getstate__(self) -> dict[str, object]:
        """Pickle the arrays alone."""
        return {key: value for key, value in self.__dict__.items() if key not in ("array", "ids", "_records")}
