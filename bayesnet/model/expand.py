"""From a model to what inference receives: tensors, and how each entry depends on each number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from bayesnet.errors import SpecError
from bayesnet.model.columns import Columns
from bayesnet.model.deterministic import deterministic_family
from bayesnet.model.factors import Dependence, Factors, FloatArray, freeze
from bayesnet.model.gates import FixedGate, Gate, NoisyGate, OddsGate, TableGate
from bayesnet.model.number_ids import baseline_id, columns, odds_ratio_ids, pushed_state, rank_order
from bayesnet.model.records import Model, Variable
from bayesnet.model.table_numbers import TableNumbers


class Expander:
    """Turns the numbers of one model into tensors, as often as asked.

    `number_ids` and `values`, shape (n_numbers,), are the numbers in the order of the model, columns that are given in full
    divided by their sum.

    Parameters
    ----------
    model
        A model without problems (see `check_model`).

    Raises
    ------
    SpecError
        Where a gate lacks a number.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.number_ids = tuple(model.numbers)
        self.names = tuple(model.variables)
        numbers = model.numbers
        if isinstance(numbers, TableNumbers):
            self.gates: tuple[Gate, ...] = tuple(_table(i, numbers) for i in range(len(self.names)))
            values = numbers.array.copy()
        else:
            index = {name: i for i, name in enumerate(self.names)}
            position = {name: i for i, name in enumerate(self.number_ids)}
            self.gates = tuple(_gate(v, model.variables, index, position) for v in model.variables.values())
            values = np.array([number.value for number in numbers.values()], dtype=float)
        for gate in self.gates:
            gate.close(values)
        self.values: FloatArray = values
        freeze([values])

    @cached_property
    def linear(self) -> np.ndarray:
        """True for the numbers in which the probability of every event is a straight line, shape (n_numbers,)."""
        linear = np.ones(len(self.number_ids), dtype=bool)
        for gate in self.gates:
            linear[gate.curved()] = False
        return linear

    def tensors(self, values: FloatArray | None = None) -> list[tuple[FloatArray, ...]]:
        """Return the tensors of every family for other values of the numbers.

        Parameters
        ----------
        values
            Shape (n_numbers,) or (n_numbers, batch); the model's own where left out. Columns that are given in full are divided
            by their sum; in the others the rest closes the column.

        Returns
        -------
        One tuple of tensors per family, shaped as `family.tensors`, with the batch axis last where `values` has one.
        """
        values = self.values if values is None else np.asarray(values, dtype=float)
        if values.ndim == 1:
            return [tuple(t[..., 0] for t in gate.tensors(values[:, None])) for gate in self.gates]
        return [gate.tensors(values) for gate in self.gates]

    def factors(self, values: FloatArray | None = None) -> Factors:
        """Return the factors for inference, at the model's own or at other values, shape (n_numbers,).

        >>> from bayesnet.model import load_model
        >>> factors = Expander(load_model("mammography")).factors()
        >>> factors.names
        ('breast_cancer', 'positive_mammogram')
        """
        values = self.values if values is None else np.asarray(values, dtype=float)
        tensors = self.tensors(values)
        for own in tensors:
            freeze(own)
        return Factors(
            names=self.names,
            states=tuple(variable.states for variable in self.model.variables.values()),
            families=tuple(gate.family(own) for gate, own in zip(self.gates, tensors, strict=True)),
            number_ids=self.number_ids,
            values=values,
            linear=self.linear,
            dependence=_Later(
                lambda: self._dependence(values), {f for f, gate in enumerate(self.gates) if not isinstance(gate, FixedGate)}
            ),
        )

    def _dependence(self, values: FloatArray) -> Dependence:
        """Return all partial derivatives that are not zero."""
        found = [(f, part) for f, gate in enumerate(self.gates) for part in gate.partials(values)]
        if not found:
            nothing = np.empty(0, dtype=np.int64)
            return Dependence(nothing, nothing, nothing, nothing, np.empty(0))
        return Dependence(
            family=np.repeat([f for f, _ in found], [part.entry.size for _, part in found]),
            tensor=np.concatenate([part.tensor for _, part in found]),
            entry=np.concatenate([part.entry for _, part in found]),
            number=np.concatenate([part.number for _, part in found]),
            partial=np.concatenate([part.partial for _, part in found]),
        )


class _Later(Dependence):
    """A dependence that is worked out when it is first looked at: answers need none, and of a large table it is larger still."""

    _families: set[int]

    def __init__(self, make: Callable[[], Dependence], families: set[int]) -> None:
        object.__setattr__(self, "_make", make)
        object.__setattr__(self, "_families", families)

    def families(self) -> set[int]:
        """Return the families whose gates have numbers; the derivatives need not be worked out for it."""
        return self._families

    def __getattr__(self, name: str) -> Any:
        """Work everything out when the first array is asked for."""
        if name not in Dependence.__slots__:
            raise AttributeError(name)
        made = self._make()
        for array in Dependence.__slots__:
            object.__setattr__(self, array, getattr(made, array))
        return getattr(made, name)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it is when it is worked out."""
        return Dependence, tuple(getattr(self, array) for array in Dependence.__slots__)


def expand(model: Model) -> Factors:
    """Return the factors of a model for inference; the short form of `Expander(model).factors()`.

    Raises
    ------
    SpecError
        Where a gate lacks a number.
    """
    return Expander(model).factors()


def _table(variable: int, numbers: TableNumbers) -> Gate:
    """Build the gate of a variable whose numbers are its table."""
    return TableGate(variable, tuple(numbers.parents[variable]), numbers.tables[variable].shape, numbers.columns(variable))


def _gate(variable: Variable, variables: Mapping[str, Variable], index: Mapping[str, int], position: Mapping[str, int]) -> Gate:
    """Build the gate of one variable."""
    child, parents = index[variable.name], tuple(index[p] for p in variable.parents)
    cards = tuple(len(variables[p].states) for p in variable.parents)
    try:
        if variable.gate == "deterministic":
            return FixedGate(deterministic_family(variable, variables, index))
        if variable.gate == "odds_ratio":
            ratios = tuple((position[name], i, j) for name, i, j in odds_ratio_ids(variable, variables))
            return OddsGate(child, parents, cards, pushed_state(variable), position[baseline_id(variable)], ratios)
        slots = columns(variable, variables)
        if variable.gate == "table":
            return TableGate(child, parents, (*cards, len(variable.states)), Columns.of([c.ids for c in slots], position))
        order = rank_order(variable)
        ids = [[column.ids[state] for state in order] for column in slots]
        return NoisyGate(child, parents, cards, order, Columns.of(ids, position), tuple((c.parent, c.state) for c in slots[1:]))
    except KeyError as error:
        raise SpecError(f'variable "{variable.name}"', [f'no number for "{error.args[0]}"']) from None
