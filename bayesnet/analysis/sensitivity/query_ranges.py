"""The subject of a sensitivity analysis: one question about one case, with the ranges of the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.caveats import weakest
from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.query.parse import read_target
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import above
from bayesnet.analysis.sensitivity.covariation import moved_values
from bayesnet.analysis.sensitivity.parameter_map import parameter_map
from bayesnet.analysis.sensitivity.response import Event, Rerun, Response
from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.records import Number
from bayesnet.pattern import literal
from bayesnet.results.base import Provenance

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

SAMPLE_SIZE = 100.0
"""Equivalent sample size of every column if a network cites no ranges."""

_CELLS = 1 << 22
"""Entries of all draws that are expanded together."""

_MOST = 1024
"""Draws that are expanded together at most."""


@dataclass(frozen=True)
class Ranges:
    """Low and high end of every number, shape (n_numbers,) each, within what the number can be; `cited` as they were written.

    `assumption` says how they were had where the network cites none; `fixed` marks numbers that are certain: definitions,
    structural zeros and ones, and those whose range has no width.
    """

    low: FloatArray
    high: FloatArray
    cited_low: FloatArray
    cited_high: FloatArray
    fixed: NDArray[np.bool_]
    assumption: str


@dataclass(frozen=True)
class SensitivityQuery:
    """A query about one target (variable, state); `label` is the question in words."""

    query: Query
    target: Event
    name: str

    @classmethod
    def of(cls, query: Query, target: str) -> SensitivityQuery:
        """Read a target such as `spinal_metastasis` or `smoke=yes`.

        Raises
        ------
        PatternError, UnknownVariable, UnknownState
            When the target is not one variable in one state.
        ImpossibleEvidence
            When the findings cannot hold together.
        """
        v, state = read_target(query.compiled, target)
        query = query.about(v)
        _ = query.evidence
        return cls(query, (v, state), literal(query.compiled.names[v], query.compiled.states(v)[state]))

    @property
    def compiled(self) -> CompiledModel:
        """The network."""
        return self.query.compiled

    @property
    def evidence(self) -> Evidence:
        """The evidence, defaults entered."""
        return self.query.evidence

    @property
    def label(self) -> str:
        """`P(target | findings)`: what every number of the analysis is about."""
        return f"P({self.title})"

    @property
    def title(self) -> str:
        """The question in the pattern language."""
        return self.query.title(self.name)

    @property
    def provenance(self) -> Provenance:
        """The provenance of the answer."""
        return self.query.provenance(weakest(self.query))

    @property
    def candidates(self) -> tuple[Event, ...]:
        """The candidates for the lead: every diagnosis not settled by the findings, or every state of the target."""
        known = {**self.evidence.hard(), **self.evidence.interventions}
        diagnoses = tuple((v, self.compiled.state(v, "present")) for v in self.compiled.diagnoses if v not in known)
        v = self.target[0]
        if diagnoses and v in self.compiled.diagnoses:
            return diagnoses
        return tuple((v, s) for s in range(len(self.compiled.states(v))))

    def event_name(self, event: Event) -> str:
        """Return an event in the pattern language."""
        v, state = event
        return literal(self.compiled.names[v], self.compiled.states(v)[state])

    def response(self, events: Sequence[Event]) -> Response:
        """Return how the probabilities of events follow each number. Raises ImpossibleEvidence where the findings clash."""
        rerun = self._rerun(tuple(events))
        return self.query.ask(lambda engine, evidence: Response.of(parameter_map(self.compiled), engine, evidence, events, rerun))

    def present(self, events: Sequence[Event]) -> FloatArray:
        """Return P(event | evidence) at the present numbers, shape (events,). Raises ImpossibleEvidence if P(evidence) = 0."""
        variables = tuple(dict.fromkeys(v for v, _ in events))
        posteriors = self.query.ask(lambda engine, evidence: engine.posteriors(evidence, variables))
        return np.array([posteriors.marginals[v][state] for v, state in events])

    def marginals(
        self, values: FloatArray, events: Sequence[Event], moved: IntArray | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Return P(event | evidence), shape (events, m), and ln P(evidence), shape (m,), for values of shape (n_numbers, m).

        NaN where the evidence is impossible. Where only the numbers `moved` differ from the present ones, only their gates are
        expanded again.
        """
        variables = sorted({v for v, _ in events})
        if moved is None:
            families = sorted(above(self.compiled.factors, self.evidence, variables))
        else:
            families = np.unique(parameter_map(self.compiled).family[moved]).tolist()
        rows, logs = np.empty((len(events), values.shape[1])), np.empty(values.shape[1])
        entries = sum(tensor.size for f in families for tensor in self.compiled.factors.families[f].tensors)
        chunk = min(_MOST, 64 + _CELLS // (entries + 1))
        for start in range(0, values.shape[1], chunk):
            part = slice(start, min(start + chunk, values.shape[1]))
            drawn = self.compiled.engine.draws(
                self.evidence, self.compiled.drawn_tensors(values[:, part], families, self.evidence), variables
            )
            logs[part] = drawn.log_probability
            for i, (v, state) in enumerate(events):
                rows[i, part] = drawn.marginals[v][state]
        return rows, logs

    def _rerun(self, events: tuple[Event, ...]) -> Rerun:
        """Run the network again with single numbers moved."""

        def rerun(ks: IntArray, xs: FloatArray, log_scale: float) -> FloatArray:
            rows, logs = self.marginals(moved_values(parameter_map(self.compiled), ks, xs), events, np.unique(ks))
            total = np.exp(logs - log_scale)
            return np.vstack([np.where(total > 0, rows * total, 0.0), total])

        return rerun


@per_model
def records(compiled: CompiledModel) -> tuple[Number, ...]:
    """Return the records of all numbers, in the order of their positions."""
    return tuple(compiled.model.numbers[name] for name in compiled.expander.number_ids)


def citation(compiled: CompiledModel, number: Number) -> str:
    """Author and year of a number's source, empty where it has none."""
    source = compiled.model.sources.get(number.source)
    return source.short if source else ""


@per_model
def _known_ranges(_: CompiledModel) -> dict[float, Ranges]:
    """Ranges that were asked before, by the number of cases."""
    return {}


def ranges(compiled: CompiledModel, sample_size: float = SAMPLE_SIZE) -> Ranges:
    """Return the cited range of every number; where the network cites none at all, those of counts in `sample_size` cases per
    column.
    """
    cache = _known_ranges(compiled)
    if sample_size not in cache:
        cache[sample_size] = _ranges(compiled, sample_size)
    return cache[sample_size]


def has_ranges(compiled: CompiledModel) -> bool:
    """Return whether any number of the network cites a range."""
    return any(number.low < number.high for number in compiled.model.numbers.values())


def _ranges(compiled: CompiledModel, sample_size: float) -> Ranges:
    numbers, all_records = parameter_map(compiled), records(compiled)
    lowest, highest = numbers.domain
    if has_ranges(compiled):
        low = np.array([number.low for number in all_records])
        high = np.array([number.high for number in all_records])
        certain = np.array([number.grade == "definition" for number in all_records], dtype=bool)
        assumption = ""
    else:
        low, high = _counted(compiled.factors.values, numbers.kind, sample_size)
        certain = np.zeros(numbers.count, dtype=bool)
        assumption = (
            f"This network cites no ranges: each column is taken as if it had been counted in {sample_size:g} cases (95 % of the "
            "distribution about each entry)."
        )
    values = compiled.factors.values
    fixed = certain | numbers.structural | ~(high > low)
    cited_low, cited_high = np.minimum(low, values), np.maximum(high, values)
    low, high = np.clip(cited_low, lowest, highest), np.clip(cited_high, lowest, highest)
    return Ranges(np.where(fixed, values, low), np.where(fixed, values, high), cited_low, cited_high, fixed, assumption)


def _counted(values: FloatArray, kind: IntArray, sample_size: float) -> tuple[FloatArray, FloatArray]:
    """Return the central 95 % of a Beta about each probability; odds stay as they are."""
    from scipy.special import betaincinv

    from bayesnet.analysis.sensitivity.parameter_map import ODDS

    inside = (values > 0) & (values < 1) & (kind != ODDS)
    low, high = values.copy(), values.copy()
    a, b = sample_size * values[inside], sample_size * (1.0 - values[inside])
    low[inside], high[inside] = betaincinv(a, b, 0.025), betaincinv(a, b, 0.975)
    return low, high
