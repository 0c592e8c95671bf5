"""The derivatives of many events at once: one run whose columns each hold one variable in one state, and one holds none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence
from bayesnet.inference.gradient import derivatives
from bayesnet.model.factors import FloatArray


@dataclass(frozen=True, slots=True)
class EventGradients:
    """P(event, e) of each event, then P(e): `values`, shape (events + 1,), each times exp(`log_scale`).

    `by_entry`, shape (events + 1, entries), holds their derivatives on the same scale by every tensor entry: the tensors of all
    families one after the other, each in C order.
    """

    values: FloatArray
    log_scale: float
    by_entry: FloatArray


def gradients_of(engine: Engine, evidence: Evidence, events: Sequence[tuple[int, int]]) -> EventGradients:
    """Return P(event, e) of each event (variable, state), then P(e), with the derivatives by every tensor entry.

    As `Engine.gradient` once for each, but in one plan for all of them. Right also where a probability is zero. Families that
    cannot influence a probability as long as their columns sum to one may have derivatives that are equal along a column.

    References
    ----------
    Darwiche A (2003). A differential approach to inference in Bayesian networks. J ACM 50(3):280-305.
    """
    return EventGradients(*derivatives(engine, evidence, events))
