"""Update the numbers of a network by counted data. Priors, methods and papers are described with the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.cohort.posterior_numbers import Priors, update_noisy, update_odds, update_table
from bayesnet.analysis.cohort.score import check_columns, states_of_rows
from bayesnet.analysis.query.query import Query, defaults
from bayesnet.analysis.sensitivity.distributions import BETA, FIXED, LOG_NORMAL, Fits, quantiles
from bayesnet.analysis.sensitivity.parameter_map import ODDS, ParameterMap, parameter_map
from bayesnet.analysis.sensitivity.sampler import cited_sampler
from bayesnet.errors import SpecError
from bayesnet.inference.engine import Engine
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.model.check import check_model
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.gates import NoisyGate, OddsGate, TableGate
from bayesnet.model.records import CitedFigure, Model, Number, Printed, Source
from bayesnet.results.update import KeptNumbers, Update, UpdatedNumber

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import CompiledModel

SOURCE = "local_data"
"""The key of the source that an updated number names."""
_ITERATIONS = 500
_CLOSE = 1e-6
"""EM ends when no number moves farther in log-odds."""
_SMALLEST = 1e-12
"""A number that moved less in log-odds was not updated."""


def update(
    compiled: CompiledModel,
    frame: pd.DataFrame,
    *,
    ignore: Sequence[str] = (),
    missing: Sequence[str] = (),
    equivalent_sample_size: float = 100.0,
) -> tuple[Model, Update]:
    """Return the model with updated numbers, and what moved; see `Network.update`."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise SpecError("the cohort", [f"expected a pandas DataFrame; got {type(frame).__name__}"])
    if not (np.isfinite(equivalent_sample_size) and equivalent_sample_size > 0.0):
        raise SpecError("the update", [f"`equivalent_sample_size` must be above 0; got {equivalent_sample_size:g}"])
    ignored = {ignore} if isinstance(ignore, str) else set(ignore)
    frame = frame.loc[:, [str(name) not in ignored for name in frame.columns]]
    check_columns(compiled, frame)
    states, texts = states_of_rows(compiled, frame, frozenset((missing,) if isinstance(missing, str) else missing))
    problems = Counter(text for text in texts if text)
    readable = states[[not text for text in texts]]
    patterns, weights = np.unique(readable, axis=0, return_counts=True) if len(readable) else (readable, np.empty(0))
    work = _Work.of(compiled, patterns, weights.astype(float), _given(compiled, frame), equivalent_sample_size)
    values, iterations, converged = work.fitted()
    if impossible := int(work.weights[work.impossible].sum()):
        problems["impossible by the network"] = impossible
    updated, logs = work.compared(values)
    kept = tuple(KeptNumbers(reason, tuple(names)) for reason, names in work.kept().items())
    used = int(work.weights[~work.impossible].sum())
    result = Update(
        title=f"{compiled.model.name} by {used:,d} local rows",
        provenance=Query(compiled).provenance(),
        used=used,
        left_out=len(frame) - used,
        problems=tuple(f"{text} ({count:,d})" for text, count in problems.most_common(3)),
        iterations=iterations,
        converged=converged,
        log_likelihood=logs,
        updated=updated,
        kept=kept,
    )
    return _model(compiled, result), result


def _given(compiled: CompiledModel, frame: pd.DataFrame) -> Evidence:
    """Return the default of every context variable without a column, as a condition that its own numbers do not count."""
    assumed = defaults(compiled, {compiled.variable(str(name)) for name in frame.columns})
    roots = {item.variable: item.vector.index(1.0) for item in assumed if not compiled.factors.families[item.variable].parents}
    others = {item.variable: np.array(item.vector) for item in assumed if item.variable not in roots}
    return Evidence(others, roots)


@dataclass
class _Work:
    """The rows by pattern with how often each occurs, the priors, and the engine at the current values."""

    compiled: CompiledModel
    patterns: IntArray
    weights: FloatArray
    given: Evidence
    priors: Priors
    unranged: IntArray
    engine: Engine
    impossible: NDArray[np.bool_]

    @classmethod
    def of(
        cls, compiled: CompiledModel, patterns: IntArray, weights: FloatArray, given: Evidence, equivalent_sample_size: float
    ) -> _Work:
        """Read the cited ranges as priors."""
        numbers, fits = parameter_map(compiled), cited_sampler(compiled).fits
        records = [compiled.model.numbers[name] for name in compiled.factors.number_ids]
        defined = np.array([number.grade == "definition" for number in records], dtype=bool) | numbers.structural
        odds = numbers.kind == ODDS
        size = np.full(numbers.count, equivalent_sample_size)
        size[fits.law == BETA] = (fits.a + fits.b)[fits.law == BETA]
        spread = np.where(fits.law == LOG_NORMAL, fits.b, 1.0)
        unranged = odds & (fits.law == FIXED) & ~defined
        priors = Priors(np.array(compiled.factors.values), size, spread, defined | unranged)
        impossible = np.zeros(len(patterns), dtype=bool)
        return cls(compiled, patterns, weights, given, priors, np.flatnonzero(unranged), Engine(compiled.factors), impossible)

    def evidence(self, pattern: IntArray) -> Evidence:
        """Return a row as evidence."""
        cards = self.engine.structure.cards
        found = {int(v): one_hot(cards[v], int(pattern[v])) for v in np.flatnonzero(pattern >= 0)}
        return Evidence({**self.given.likelihoods, **found}, self.given.interventions)

    def set(self, values: FloatArray) -> FloatArray:
        """Run the engine at other values from now on; all tensor entries in order."""
        flat = np.concatenate([t.ravel() for own in self.compiled.expander.tensors(values) for t in own])
        self.engine.values = self.engine.network.laid_out(flat)[:, None]
        return flat

    def expected(self, values: FloatArray, numbers: ParameterMap | None = None) -> tuple[FloatArray, FloatArray, float]:
        """Return expected counts by entry, sums over rows of slope and squared slope by number (with a map), and ln P(rows)."""
        flat = self.set(values)
        counts, sums, log = np.zeros(len(flat)), np.zeros((2, len(values))), 0.0
        for i in np.flatnonzero(~self.impossible):
            value, scale, slopes = self.engine.gradients(self.evidence(self.patterns[i]), [])
            if not value[-1] > 0.0:
                self.impossible[i] = True
                continue
            slope = slopes[-1] / value[-1]
            counts += self.weights[i] * slope * flat
            log += float(self.weights[i] * (np.log(value[-1]) + scale))
            if numbers is not None:
                each = numbers.slopes(slope[None])[0]
                sums += self.weights[i] * np.array([each, each**2])
        return counts, sums, log

    def fitted(self) -> tuple[FloatArray, int, bool]:
        """Return the values at which EM ends, after how many iterations, and whether it had converged.

        After two steps the path is extrapolated (Varadhan & Roland 2008), where that comes nearer to its end.
        """
        odds = parameter_map(self.compiled).kind == ODDS
        values, count = self.priors.value, 0
        while count < _ITERATIONS:
            first = self.step(values)
            second = self.step(first)
            ahead, next_ = _distance(first, values, odds), _distance(second, first, odds)
            count += 2
            if np.abs(next_).max(initial=0.0) < _CLOSE:
                return second, count, True
            bend = next_ - ahead
            length = float(np.linalg.norm(ahead)) / max(float(np.linalg.norm(bend)), 1e-300)
            start, values = values, second
            if length > 1.0:
                jumped = _moved(start, 2.0 * length * ahead + length**2 * bend, odds)
                landed = self.step(jumped)
                count += 1
                if np.abs(_distance(landed, jumped, odds)).max() < np.abs(next_).max():
                    values = landed
        return values, count, False

    def step(self, values: FloatArray) -> FloatArray:
        """Return the values after one step of EM."""
        return self.improved(self.expected(values)[0], values)

    def improved(self, counts: FloatArray, values: FloatArray) -> FloatArray:
        """Return new values by the counts: one step of EM."""
        new, at = values.copy(), 0
        for gate, family in zip(self.compiled.expander.gates, self.compiled.factors.families, strict=True):
            own = []
            for tensor in family.tensors:
                own.append(np.maximum(counts[at : at + tensor.size], 0.0).reshape(tensor.shape))
                at += tensor.size
            if isinstance(gate, TableGate):
                update_table(gate, own[0].reshape(-1, gate.shape[-1]), new, self.priors)
            elif isinstance(gate, OddsGate):
                update_odds(gate, own[0].reshape(-1, 2), new, self.priors)
            elif isinstance(gate, NoisyGate):
                update_noisy(gate, tuple(own), new, self.priors)
        return new

    def compared(self, values: FloatArray) -> tuple[tuple[UpdatedNumber, ...], tuple[float, float]]:
        """Return every number that moved, the farthest first, and ln P(rows) before and after."""
        start = self.priors.value
        _, _, before = self.expected(start)
        counts, sums, after = self.expected(values, ParameterMap.of(self.compiled.expander.factors(values)))
        odds = parameter_map(self.compiled).kind == ODDS
        change = _distance(values, start, odds)
        information = np.maximum(self._information(counts, sums, values, odds), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            local = np.where(odds, np.nan, information / (values * (1.0 - values)))
            prior = np.where(odds, np.nan, self.priors.size)
            spread = (self.priors.spread**-2 + information) ** -0.5
            total = np.where(odds, 1.0, prior + local)
            a, b = np.where(odds, np.log(values), total * values), np.where(odds, spread, total * (1.0 - values))
        law = np.where(odds, LOG_NORMAL, np.where(self.priors.fixed, FIXED, BETA))
        ends = [quantiles(Fits(law, a, b, np.ones(len(values), dtype=bool)), q) for q in (0.025, 0.975)]
        moved = [int(k) for k in np.argsort(-np.abs(change), kind="stable") if abs(change[k]) > _SMALLEST]
        found = []
        for k in moved:
            number = self.compiled.model.numbers[self.compiled.factors.number_ids[k]]
            x = float(values[k])
            ranged = number.high > number.low
            low, high = min(float(ends[0][k]), x), max(float(ends[1][k]), x)
            sizes = float(prior[k]), float(local[k])
            outside = ranged and not number.low <= x <= number.high
            found.append(
                UpdatedNumber(
                    number.id, float(start[k]), number.low, number.high, x, low, high, *sizes, float(change[k]), outside
                )
            )
        return tuple(found), (before, after)

    def _information(self, counts: FloatArray, sums: FloatArray, values: FloatArray, odds: np.ndarray) -> FloatArray:
        """Return the observed information about each number alone, in its log-odds, or in the logarithm of an odds number.

        P(row) is a straight line in a probability, so that minus its second derivative is the squared slope. For odds it is the
        information of the expected counts less what is missing (Louis 1982).
        """
        scale = np.where(odds, values, values * (1.0 - values))
        found: FloatArray = sums[1] * scale**2 - np.where(odds, 0.0, sums[0] * scale * (1.0 - 2.0 * values))
        at = 0
        for gate, family in zip(self.compiled.expander.gates, self.compiled.factors.families, strict=True):
            size = sum(tensor.size for tensor in family.tensors)
            if isinstance(gate, OddsGate):
                n = counts[at : at + size].reshape(*gate.cards, 2)
                with_it, without = n[..., gate.target], n[..., 1 - gate.target]
                p = gate.tensors(values[:, None])[0][..., gate.target, 0]
                missing = (with_it + without) * p * (1.0 - p) - with_it * (1.0 - p) ** 2 - without * p**2
                found[gate.baseline] += float(missing.sum())
                for number, parent, state in gate.ratios:
                    found[number] += missing.take(state, axis=parent).sum()
            at += size
        return found

    def kept(self) -> dict[str, list[str]]:
        """Return the numbers that no data move, by reason."""
        ids, reasons = self.compiled.factors.number_ids, {}
        if len(self.unranged):
            reasons["odds without a cited range"] = [ids[k] for k in self.unranged]
        if defined := [ids[k] for k in np.flatnonzero(self.priors.fixed) if k not in set(self.unranged.tolist())]:
            reasons["by definition, or exactly 0 or 1"] = defined
        return reasons


def _distance(new: FloatArray, old: FloatArray, odds: np.ndarray) -> FloatArray:
    """Return how far numbers moved: in log-odds, odds and odds ratios in their logarithm."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(new) - np.log(old)
        change = np.where(odds, logs, logs - np.log1p(-new) + np.log1p(-old))
    moved: FloatArray = np.where(new == old, 0.0, change)
    return moved


def _moved(values: FloatArray, distance: FloatArray, odds: np.ndarray) -> FloatArray:
    """Return the numbers at a distance, as `_distance` measures it."""
    factor = np.exp(np.clip(distance, -30.0, 30.0))
    moved = np.where(odds, values * factor, values * factor / (1.0 - values + values * factor))
    found: FloatArray = np.where(distance == 0.0, values, moved)
    return found


def _model(compiled: CompiledModel, result: Update) -> Model:
    """Return the model with the updated numbers, each citing the local data beside its papers."""
    numbers = dict(compiled.model.numbers)
    sources = compiled.model.sources
    for moved in result.updated:
        number = numbers[moved.number]
        papers = dict.fromkeys(sources[each.source].short for each in number.sources if each.source in sources)
        numbers[moved.number] = _cited(number, moved, ", ".join(papers) or number.grade, result.used)
    rows = f"{result.used:,d} local rows"
    source = Source(SOURCE, authors="", year=None, title=rows, kind="dataset", not_found="authors, year, identifier")
    model = replace(compiled.model, numbers=numbers, sources={**compiled.model.sources, SOURCE: source})
    grave = [problem for problem in check_model(model) if problem.grave]
    if grave:
        raise SpecError(f"{compiled.model.name} updated by {rows}", grave)
    return model


def _cited(number: Number, moved: UpdatedNumber, papers: str, rows: int) -> Number:
    """Return a number with its new value and range, and with where they come from."""
    worth = f"; cited range worth {moved.prior_size:,.0f} patients, data {moved.local_size:,.0f}" if moved.prior_size > 0 else ""
    figure = CitedFigure(
        SOURCE,
        quantity=f"{papers} plus {rows:,d} local rows: posterior value and 95 % interval{worth}",
        place=f"{rows:,d} local rows",
        printed=Printed(moved.after, moved.after_low, moved.after_high),
    )
    cited = tuple(replace(each, use="background") for each in number.sources if each.source != SOURCE)
    before = f"Before the update by {rows:,d} local rows: {number.value:.6g} ({number.low:.6g} to {number.high:.6g})"
    formula = f", from {number.derivation}" if number.derivation else ""
    return replace(
        number,
        value=moved.after,
        low=moved.after_low,
        high=moved.after_high,
        range="95 % interval",
        grade=number.grade,
        range_grade="cohort",
        sources=(figure, *cited),
        derivation="",
        derivation_low="",
        derivation_high="",
        assumed=(),
        steps=(),
        note="; ".join(part for part in (number.note, before + formula) if part),
    )
