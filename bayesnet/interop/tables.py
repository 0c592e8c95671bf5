"""A network as files hold it: names, states, parents and one full table per variable; and the way from there to a `Model`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from bayesnet.model.factors import FloatArray
from bayesnet.model.records import CitedFigure, Location, Model, Number, Source, Variable
from bayesnet.pattern import literal

CLOSES_WITHIN = 1e-6
"""A column that sums to 1 within this is divided by its sum; beyond it the file is refused."""


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
    numbers = {number.id: number for i in range(len(tables.names)) for number in _numbers(tables, i, file)}
    return Model(
        name=tables.name,
        title=tables.name,
        description=f"Read from {file}; every number is an entry of its tables.",
        variables=variables,
        numbers=numbers,
        sources={file: Source(key=file, authors=file, year=None, title=f"The file {file}")},
    )


def _numbers(tables: Tables, variable: int, file: str) -> Iterator[Number]:
    """Return the numbers of one table, column by column."""
    name = tables.names[variable]
    location, cited = Location(file, f'table of "{name}"'), (CitedFigure(file),)
    heads = [literal(name, state) for state in tables.states[variable]]
    conditions = [[literal(tables.names[p], state) for state in tables.states[p]] for p in tables.parents[variable]]
    rows = tables.tables[variable].reshape(-1, len(heads)).tolist()
    for setting, row in zip(product(*conditions), rows, strict=True):
        tail = f" | {', '.join(setting)}" if setting else ""
        for head, value in zip(heads, row, strict=True):
            yield Number(
                id=head + tail, value=value, low=value, high=value, grade="file", sources=cited, variable=name, location=location
            )


def close_columns(values: FloatArray) -> tuple[FloatArray, list[int]]:
    """Divide columns by their sums and give the indices of those that are beyond repair.

    Parameters
    ----------
    values
        Shape (columns, states).

    Returns
    -------
    The closed columns, same shape, and the indices of columns whose sum is further than `CLOSES_WITHIN` from 1. A column that
    closes to the last few bits is left alone, so that reading what was written changes nothing.
    """
    sums = values.sum(axis=1, keepdims=True)
    off = np.abs(sums - 1.0)
    loose = off > 4 * np.finfo(float).eps * values.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        closed = np.where(loose, values / sums, values)
    # 0.333333 three times is 1e-6 away on paper and a little more in binary.
    return closed, np.flatnonzero(off[:, 0] > CLOSES_WITHIN * (1 + 1e-9)).tolist()


def setting_text(names: Sequence[str], states: Sequence[Sequence[str]], column: int) -> str:
    """Name a column by the states of its parents, as in `smoke=yes, age=<50`."""
    cards = [len(s) for s in states]
    if not cards or column >= prod(cards):
        return ""
    index = np.unravel_index(column, cards)
    return ", ".join(literal(name, s[int(i)]) for name, s, i in zip(names, states, index, strict=True))
