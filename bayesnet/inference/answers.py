"""Results of the engine: plain numbers in arrays, indexed by variable and state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, slots=True)
class RawPosteriors:
    """`marginals[v]` is P(v | e), shape (states of v,); `log_probability` is ln P(e)."""

    log_probability: float
    marginals: dict[int, FloatArray]


@dataclass(frozen=True, slots=True)
class RawJoint:
    """`table` is P(variables | e) with one axis per variable in the order asked; `log_probability` is ln P(e)."""

    variables: tuple[int, ...]
    table: FloatArray
    log_probability: float


class EventGradients(NamedTuple):
    """P(event, e) of each event, then P(e): `values`, shape (events + 1,), each times exp(`log_scale`).

    `by_entry`, shape (events + 1, entries), holds their derivatives on the same scale by every tensor entry: the tensors of all
    families one after the other, each in C order. A family that cannot influence a probability as long as its columns sum to one
    may have derivatives that are equal along a column.
    """

    values: FloatArray
    log_scale: float
    by_entry: FloatArray


@dataclass(frozen=True, slots=True)
class Draws:
    """One column per draw: `marginals[v]` has shape (states of v, B), `log_probability` shape (B,)."""

    log_probability: FloatArray
    marginals: dict[int, FloatArray]


@dataclass(frozen=True, slots=True)
class Cohort:
    """One row per patient: `marginals[v]` has shape (n, states of v), `log_probability` shape (n,).

    A row whose findings are impossible has -inf and NaN marginals; it does not stop the others.
    """

    log_probability: FloatArray
    marginals: dict[int, FloatArray]


@dataclass(frozen=True, slots=True)
class RawMostProbable:
    """The most probable assignment: `log_probability` is ln P(assignment, e), `runner_up` the next best with its own.

    `unique` is false when another assignment is as probable (to 1e-12 relative); `runner_up` is None when there is no other.
    """

    assignment: Mapping[int, int]
    log_probability: float
    runner_up: Mapping[int, int] | None
    runner_up_log_probability: float
    unique: bool
