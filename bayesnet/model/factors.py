"""Input of inference: every variable's conditional distribution as arrays, and how each entry depends on the numbers.

`expand` makes `Factors` from a `Model` (or `interop` from a file); `inference` consumes them and knows nothing of models,
citations or files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TableFamily:
    """A full conditional table; `table` has one axis per parent in order and the child's states last: P(child | parents)."""

    child: int
    parents: tuple[int, ...]
    table: FloatArray

    @property
    def tensors(self) -> tuple[FloatArray, ...]:
        """The arrays that hold the numbers: the table alone."""
        return (self.table,)


@dataclass(frozen=True, slots=True)
class NoisyFamily:
    """A leaky noisy-OR or noisy-MAX, kept factorised: the child takes the largest rank that any cause produces.

    `order[r]` is the child's state of rank r, rank 0 being the neutral state. `leak` has shape (ranks,): the distribution of
    the leak's own rank. `links[i]` has shape (states of parent i, ranks): the *net* (Diez) distribution of the rank that the
    parent produces in each of its states; a neutral state's row is (1, 0, ..., 0). Complements are stored, never recomputed.
    """

    child: int
    parents: tuple[int, ...]
    order: tuple[int, ...]
    leak: FloatArray
    links: tuple[FloatArray, ...]

    @property
    def tensors(self) -> tuple[FloatArray, ...]:
        """The arrays that hold the numbers: the leak, then one link per parent."""
        return (self.leak, *self.links)


Family = TableFamily | NoisyFamily


@dataclass(frozen=True, slots=True)
class Dependence:
    """A sparse map from tensor entries to numbers: entry (`family`, `tensor`, `entry`) changes by `partial` per unit of `number`.

    All five arrays have one element per non-zero partial derivative. `family` indexes `Factors.families`, `tensor` that
    family's `tensors`, `entry` the flattened (C order) tensor, `number` `Factors.number_ids`. Columns co-vary: when one entry
    of a distribution moves, the others of the same column co-vary in proportion (evenly when the moving entry is 1).
    """

    family: IntArray
    tensor: IntArray
    entry: IntArray
    number: IntArray
    partial: FloatArray

    def families(self) -> set[int]:
        """Return the families with numbers behind them."""
        return set(self.family.tolist())


@dataclass(frozen=True)
class Factors:
    """A network as numbers: names, states and one family per variable, `families[i].child == i`, plus the numbers behind them.

    `linear[k]` is true where every conditional probability is an affine function of number k alone, so that P(e) is a straight
    line in it.
    """

    names: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    families: tuple[Family, ...]
    number_ids: tuple[str, ...]
    values: FloatArray
    linear: NDArray[np.bool_]
    dependence: Dependence

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each variable by name."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def cards(self) -> tuple[int, ...]:
        """Number of states of each variable."""
        return tuple(len(s) for s in self.states)

    def topological(self) -> list[int]:
        """Variables with parents before children."""
        order: list[int] = []
        seen: set[int] = set()

        def visit(i: int) -> None:
            stack = [(i, iter(self.families[i].parents))]
            seen.add(i)
            while stack:
                node, parents = stack[-1]
                for parent in parents:
                    if parent not in seen:
                        seen.add(parent)
                        stack.append((parent, iter(self.families[parent].parents)))
                        break
                else:
                    stack.pop()
                    order.append(node)

        for i in range(len(self.names)):
            if i not in seen:
                visit(i)
        return order


def freeze(arrays: Sequence[FloatArray]) -> None:
    """Make arrays read-only in place."""
    for array in arrays:
        array.setflags(write=False)
