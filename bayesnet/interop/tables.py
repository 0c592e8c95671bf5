"""A network as files hold it: names, states, parents and one full table per variable; and the way from there to a `Model`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from bayesnet.model.factors import FloatArray
from bayesnet.model.records import Location, Model, Source, Variable
from bayesnet.model.table_numbers import TableNumbers
from bayesnet.pattern import literal


@dataclass(frozen=True)
class Tables:
    """A network of full tables; `tables[i]` has one axis per parent in order and the variable's own states last."""

    name: str
    names: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    parents: tuple[tuple[int, ...], ...]
    tables: tuple[FloatArray, ...]
    labels: tuple[str, ...] = ()
    """A longer name per variable where the format has one."""
    helpers: tuple[str, ...] = ()
    """Variables that stand for part of a gate too large for one table; see `divorce`."""
    notes: tuple[str, ...] = ()
    """Changes made on reading, one sentence each."""

    def columns(self, variable: int) -> Iterator[tuple[tuple[str, ...], FloatArray]]:
        """Return each column of a table with the states of the parents, the last parent moving fastest."""
        settings = product(*(self.states[p] for p in self.parents[variable]))
        return zip(settings, self.tables[variable].reshape(-1, len(self.states[variable])), strict=True)


def to_model(tables: Tables, file: str) -> Model:
    """Return the model in which every table entry is a number of its own, with the file as its source.

    The id of an entry is `node=state | parent=state, ...`, with the parents in the order of the file.
    """
    labels = tables.labels or ("",) * len(tables.names)
    variables = {
        name: Variable(
            name=name,
            label=label,
            states=states,
            parents=tuple(tables.names[p] for p in parents),
            location=Location(file, f'variable "{name}"'),
        )
        for name, label, states, parents in zip(tables.names, labels, tables.states, tables.parents, strict=True)
    }
    return Model(
        name=tables.name,
        title=tables.name,
        description=" ".join([f"Read from {file}; every number is an entry of its tables.", *tables.notes]),
        variables=variables,
        numbers=TableNumbers(file, tables.names, tables.states, tables.parents, tables.tables),
        sources={file: Source(key=file, authors=file, year=None, title=f"The file {file}")},
    )


def setting_text(names: Sequence[str], states: Sequence[Sequence[str]], column: int) -> str:
    """Name a column by the states of its parents, as in `smoke=yes, age=<50`."""
    cards = [len(s) for s in states]
    if not cards or column >= prod(cards):
        return ""
    index = np.unravel_index(column, cards)
    return ", ".join(literal(name, s[int(i)]) for name, s, i in zip(names, states, index, strict=True))
