"""The values of one number for which the most probable explanation stays the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.query import Query, checked
from bayesnet.analysis.query.tables import table_of
from bayesnet.analysis.sensitivity.covariation import moved_values
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.roots import bracketed_roots
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray
from bayesnet.results.tuning import ExplanationRange

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

World = Mapping[int, int]
_SLACK = 1e-10
_FAR = 1e8
"""Largest multiple of its value up to which an odds without an upper bound is followed."""


def explanation_range(query: Query, number: str) -> ExplanationRange:
    """Return the range of one number in which the MPE does not change; see `Case.explanation_range`.

    P(w, e) of a fixed assignment w is its present value times the change of one entry, so the best assignment at a distant value
    of the number and the present one cross at one known value; there the network is asked again, until the best assignment is a
    known one. Exact, with a few searches on each side.
    """
    compiled = query.compiled
    k = compiled.number(number)
    evidence = query.ask(checked)
    line = _Line(compiled, evidence, k)
    start = float(compiled.factors.values[k])
    lowest, highest = (float(bound[k]) for bound in parameter_map(compiled).domain)
    here, _ = line.best(start)
    low, below = line.follow(here, start, lowest)
    high, above = line.follow(here, start, highest if math.isfinite(highest) else _FAR * max(start, 1.0))
    return ExplanationRange(
        title=query.findings.text,
        provenance=query.provenance(),
        number=compiled.factors.number_ids[k],
        value=start,
        low=low if below is not None else lowest,
        high=high if above is not None else highest,
        below=_changes(compiled, here, below),
        above=_changes(compiled, here, above),
        assignment=_named(compiled, here),
    )


@dataclass(frozen=True)
class _Line:
    """The network along one number."""

    compiled: CompiledModel
    evidence: Evidence
    k: int

    def best(self, x: float) -> tuple[World, float]:
        """Return the most probable assignment with the number at x, and ln P of it with the evidence."""
        values = moved_values(parameter_map(self.compiled), np.array([self.k]), np.array([x]))[:, 0]
        best = Engine(self.compiled.expander.factors(values)).most_probable(self.evidence)
        return best.assignment, best.log_probability

    def follow(self, here: World, start: float, end: float) -> tuple[float, World | None]:
        """Return where, on the way from start to end, another assignment overtakes `here`; the end and None where none does."""
        if end == start:
            return end, None
        log_start = self._log_entries(here, np.array([start]))[0]
        constant = self.best(start)[1] - log_start
        try:
            rival, top = self.best(end)
        except ZeroEvidence:
            end = start + (end - start) * (1.0 - 1e-9)
            rival, top = self.best(end)
        if top <= constant + self._log_entries(here, np.array([end]))[0] + _SLACK:
            return end, None
        while True:
            theirs = top - self._log_entries(rival, np.array([end]))[0]
            end = self._meet(here, constant, rival, theirs, start, end)
            better, top = self.best(end)
            if top <= constant + self._log_entries(here, np.array([end]))[0] + _SLACK:
                return end, rival
            rival = better

    def _meet(self, here: World, constant: float, rival: World, theirs: float, start: float, end: float) -> float:
        """Return where two assignments are equally probable."""

        def margin(xs: FloatArray) -> FloatArray:
            ahead = constant + self._log_entries(here, xs) - theirs - self._log_entries(rival, xs)
            return np.clip(ahead, -1e3, 1e3)

        at = margin(np.array([start, end]))
        if at[0] <= 0:
            return start
        return float(bracketed_roots(margin, np.array([start]), np.array([end]), at[:1], at[1:])[0])

    def _log_entries(self, world: World, xs: FloatArray) -> FloatArray:
        """Return ln of the entry of the number's family that an assignment uses, with the number at each x."""
        compiled = self.compiled
        f = int(parameter_map(compiled).family[self.k])
        if f < 0 or f in self.evidence.interventions:
            return np.zeros(len(xs))
        states = {**self.evidence.hard(), **self.evidence.interventions, **world}
        gate = compiled.expander.gates[f]
        tensors = gate.tensors(moved_values(parameter_map(compiled), np.full(len(xs), self.k), xs))
        place = (*(states[p] for p in compiled.factors.families[f].parents), states[f])
        entries = [table_of(gate.family(tuple(t[..., i] for t in tensors)))[place] for i in range(len(xs))]
        with np.errstate(divide="ignore"):
            logs: FloatArray = np.log(np.array(entries))
        return logs


def _changes(compiled: CompiledModel, here: World, there: World | None) -> dict[str, str]:
    """Return what another assignment says differently."""
    if there is None:
        return {}
    return {compiled.names[v]: compiled.states(v)[s] for v, s in sorted(there.items()) if here.get(v) != s}


def _named(compiled: CompiledModel, world: World) -> dict[str, str]:
    return {compiled.names[v]: compiled.states(v)[s] for v, s in sorted(world.items())}
