"""The naive Bayes model made of a network's own marginals, and the two side by side: what the structure of the network earns.

The naive model gives each diagnosis the weight prior in the context times the product of P(finding | diagnosis, context), as if
the findings were independent and the diagnoses excluded each other, and shares 1 out in proportion. Both are asked of published
cases, and of people simulated from the network: as many for each diagnosis, as in a series of cases. To tell the two assumptions
apart, the network's own posteriors are also shared out among the diagnoses; and with the base rates out, both rank by the
findings alone.

References
----------
Hand DJ, Yu K (2001). Idiot's Bayes: not so stupid after all? International Statistical Review 69, 385-398.
DeLong ER, DeLong DM, Clarke-Pearson DL (1988). Comparing the areas under two or more correlated receiver operating characteristic
curves: a nonparametric approach. Biometrics 44, 837-845.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.audit.cases import PublishedCase
from bayesnet.analysis.differential.differential import diagnoses
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query, unassumed
from bayesnet.analysis.query.simulate import sample
from bayesnet.errors import ImpossibleEvidence
from bayesnet.inference.evidence import ZeroEvidence, one_hot
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.vocabulary import (
    DIAGNOSES,
    GROUPS_OF_VARIABLES,
    IMAGING,
    LABORATORY,
    MECHANISMS,
    OTHER_ROLE,
)
from bayesnet.results.naive import (
    CASES,
    NAIVE,
    NAIVE_FINDINGS,
    NETWORK,
    NETWORK_FINDINGS,
    PEOPLE,
    SHARED,
    DiagnosisArea,
    NaiveComparison,
    Ranking,
)

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

EACH = 50
"""People simulated for each diagnosis."""
SEED = 0


class NaiveBayes:
    """The naive Bayes model of a network, with a table for each context that is asked."""

    def __init__(self, compiled: CompiledModel) -> None:
        self.compiled = compiled
        self.asked = diagnoses(compiled)
        self.context = frozenset(item.variable for item in compiled.defaults)
        self._tables: dict[str, tuple[FloatArray, dict[int, FloatArray]]] = {}

    def tables(self, query: Query) -> tuple[FloatArray, dict[int, FloatArray]]:
        """Return P(diagnosis | context), and by variable P(state | diagnosis, context), shape (diagnoses, states)."""
        context = query.context
        key = ", ".join(item.text for item in context.stated.items)
        if key not in self._tables:
            before = context.ask(lambda engine, evidence: engine.posteriors(evidence)).marginals
            prior = [float(before[v][state]) for v, state in self.asked]
            rows = []
            for p, (v, state) in zip(prior, self.asked, strict=True):
                present = one_hot(len(self.compiled.states(v)), state)
                given = context.evidence.with_likelihood(v, present)
                rows.append(self.compiled.engine.posteriors(given).marginals if p > 0.0 else before)
            self._tables[key] = np.array(prior), {w: np.stack([row[w] for row in rows]) for w in rows[0]}
        return self._tables[key]

    def weights(self, query: Query) -> FloatArray:
        """Return ln of prior times P(finding | diagnosis) for each finding of a query; not normalised."""
        prior, given = self.tables(query)
        found = {v: vector for v, vector in query.evidence.likelihoods.items() if v not in self.context}
        logs = _log(prior)
        for v, vector in found.items():
            logs += _log(given[v] @ vector)
        return np.asarray(logs)

    def posteriors(self, query: Query) -> FloatArray:
        """Return the naive posterior of each diagnosis, which sum to 1; NaN where no diagnosis can have the findings."""
        return np.asarray(_normalised(self.weights(query)[None, :])[0])

    def posteriors_of_rows(self, query: Query, rows: IntArray, known: Sequence[int]) -> FloatArray:
        """Return the naive posteriors of people of one context, by row; `known` are the variables that are looked at."""
        prior, given = self.tables(query)
        logs = np.tile(_log(prior), (len(rows), 1))
        for v in known:
            logs += _log(given[v]).T[rows[:, v]]
        return _normalised(logs)


@dataclass(frozen=True)
class Ranked:
    """People with what was found, and the posteriors of the specific diagnoses: shape (people, diagnoses).

    `shared` has those of the network shared out among all diagnoses, so that they sum to 1 as those of the naive model do.
    `network_findings` and `naive_findings` have the posteriors over the priors in the context, shared out among the specific
    diagnoses. `first` is the diagnosis that counts of each person, `has` every one that each has.
    """

    network: FloatArray
    shared: FloatArray
    naive: FloatArray
    network_findings: FloatArray
    naive_findings: FloatArray
    first: IntArray
    has: np.ndarray


def compare_with_naive(
    compiled: CompiledModel, cases: Sequence[PublishedCase] = (), *, each: int = EACH, seed: int | None = SEED
) -> NaiveComparison:
    """Put the naive Bayes model of a network beside it, on published cases and on simulated people.

    Parameters
    ----------
    compiled
        The network.
    cases
        Published cases; those that cannot be in the network are left out.
    each
        People simulated for each diagnosis other than the one that means none of the others, in the default context; 0 for none.
    seed
        Of the simulation.

    Raises
    ------
    NothingToAsk
        When the network has no diagnoses.
    """
    contest = _Contest(compiled)
    groups: dict[str, Ranked] = {}
    if cases:
        groups[CASES] = contest.cases(cases)
    if each:
        groups[PEOPLE] = contest.people(each, seed)
    rankings = [ranking for people, ranked in groups.items() for ranking in contest.rankings(people, ranked)]
    areas = [area for people, ranked in groups.items() for area in contest.areas(people, ranked)]
    return NaiveComparison(
        title=compiled.model.name,
        provenance=unassumed(compiled),
        diagnoses=tuple(areas),
        rankings=tuple(rankings),
        within={people: contest.within(ranked) for people, ranked in groups.items() if len(ranked.first)},
        each=each,
        known=tuple(compiled.names[v] for v in contest.known) if each else (),
    )


@dataclass(frozen=True)
class _Contest:
    """The specific diagnoses of a network, and both models asked about them."""

    compiled: CompiledModel

    @cached_property
    def naive(self) -> NaiveBayes:
        return NaiveBayes(self.compiled)

    @cached_property
    def specific(self) -> list[int]:
        """Places of the specific diagnoses among all."""
        model, names = self.compiled.model, self.compiled.names
        return [i for i, (v, _) in enumerate(self.naive.asked) if model.variables[names[v]].role != OTHER_ROLE]

    @cached_property
    def names(self) -> list[str]:
        return [self.compiled.names[self.naive.asked[i][0]] for i in self.specific]

    @cached_property
    def known(self) -> list[int]:
        """The findings of the first contact: history and examination, without laboratory and imaging.

        What only repeats others that are known, such as an age over 50 beside the age, is left out: naive Bayes would count it
        twice.
        """
        variables = list(self.compiled.model.variables.values())
        hidden = (DIAGNOSES, MECHANISMS, GROUPS_OF_VARIABLES)
        shown = [v for v, each in enumerate(variables) if each.group not in hidden and v not in self.naive.context]
        found = [v for v in shown if variables[v].group not in (LABORATORY, IMAGING)] or shown
        names = {self.compiled.names[v] for v in found}
        return [v for v in found if variables[v].gate != "deterministic" or not names.issuperset(variables[v].parents)]

    @cached_property
    def consequences(self) -> np.ndarray:
        """Whether the row is a consequence of the column."""
        variables = self.compiled.model.variables
        return np.array([[cause in variables[name].consequence_of for cause in self.names] for name in self.names])

    def cases(self, cases: Sequence[PublishedCase]) -> Ranked:
        network, naive, prior, first, has = [], [], [], [], []
        asked = self.naive.asked
        variables = tuple(v for v, _ in asked)
        for case in cases:
            named = [self.names.index(name) for name in case.diagnosis if name in self.names]
            query = Query(self.compiled, read_given(self.compiled, case.pattern))
            try:
                found = query.ask(lambda engine, evidence: engine.posteriors(evidence, variables)).marginals
            except ImpossibleEvidence:
                continue
            if named:
                network.append([found[v][state] for v, state in asked])
                naive.append(self.naive.posteriors(query))
                prior.append(self.naive.tables(query)[0])
                first.append(named[0])
                has.append(np.isin(np.arange(len(self.names)), named))
        return self._ranked(np.array(network), np.array(naive), np.array(prior), np.array(first), np.array(has))

    def _ranked(self, network: FloatArray, naive: FloatArray, prior: FloatArray, first: IntArray, has: np.ndarray) -> Ranked:
        """Share the network's posteriors of all diagnoses out, take the priors out, and keep the specific diagnoses."""
        kept = self.specific

        def over_prior(posteriors: FloatArray) -> FloatArray:
            ratios = np.divide(posteriors, prior, out=np.zeros_like(posteriors), where=prior > 0.0)[:, kept]
            return np.asarray(ratios / ratios.sum(axis=1, keepdims=True))

        with np.errstate(invalid="ignore"):
            shared = network / network.sum(axis=1, keepdims=True)
            findings = over_prior(network), over_prior(naive)
        return Ranked(network[:, kept], shared[:, kept], naive[:, kept], *findings, first, has)

    def people(self, each: int, seed: int | None) -> Ranked:
        compiled, query = self.compiled, Query(self.compiled)
        rng = np.random.default_rng(seed)
        drawn, first = [], []
        specific = [self.naive.asked[i] for i in self.specific]
        for i, (v, state) in enumerate(specific):
            given = query.evidence.with_likelihood(v, one_hot(len(compiled.states(v)), state))
            try:
                drawn.append(sample(compiled.factors, given, each, rng))
            except ZeroEvidence:
                continue
            first += [i] * each
        if not drawn:
            none = np.zeros((0, len(self.naive.asked)))
            return self._ranked(none, none, none, np.zeros(0, dtype=np.int64), np.zeros((0, len(specific)), dtype=bool))
        people = np.concatenate(drawn)
        has = np.stack([people[:, v] == state for v, state in specific], axis=1)
        seen = np.full_like(people, -1)
        shown = [*self.known, *self.naive.context]
        seen[:, shown] = people[:, shown]
        found = compiled.engine.cohort(seen, [v for v, _ in self.naive.asked]).marginals
        network = np.stack([found[v][:, state] for v, state in self.naive.asked], axis=1)
        naive = self.naive.posteriors_of_rows(query, people, self.known)
        prior = np.tile(self.naive.tables(query)[0], (len(people), 1))
        return self._ranked(network, naive, prior, np.array(first), has)

    def rankings(self, people: str, ranked: Ranked) -> Iterator[Ranking]:
        """Yield each model with its mean area under the curve, its ranks and its log score."""
        for model, p in (
            (NETWORK, ranked.network),
            (SHARED, ranked.shared),
            (NAIVE, ranked.naive),
            (NETWORK_FINDINGS, ranked.network_findings),
            (NAIVE_FINDINGS, ranked.naive_findings),
        ):
            if not len(p):
                return
            own, rank = self._ranks(p, ranked)
            found = [_area(p[:, k], ranked.has[:, k]).value for k in range(p.shape[1]) if 0 < ranked.has[:, k].sum() < len(p)]
            with np.errstate(divide="ignore"):
                score = float(np.log(own[:, 0] / p.sum(axis=1)).mean())
            yield Ranking(
                people, model, len(p), float(np.mean(found)), float((rank == 1).mean()), float((rank <= 3).mean()), score
            )

    def _ranks(self, p: FloatArray, ranked: Ranked) -> tuple[FloatArray, IntArray]:
        """Return the posterior of each person's diagnosis, shape (people, 1), and its rank among the specific ones."""
        own = p[np.arange(len(p)), ranked.first][:, None]
        return own, 1 + ((p > own) & ~ranked.has & ~self.consequences.T[ranked.first]).sum(axis=1)

    def within(self, ranked: Ranked) -> tuple[int, int]:
        """Return how many people's diagnosis the network ranks higher than the naive model, and how many it ranks lower."""
        ours, theirs = (self._ranks(p, ranked)[1] for p in (ranked.network, ranked.naive))
        return int((ours < theirs).sum()), int((ours > theirs).sum())

    def areas(self, people: str, ranked: Ranked) -> Iterator[DiagnosisArea]:
        """Both areas under the curve of each diagnosis that some have and some have not."""
        for k, name in enumerate(self.names):
            has = ranked.has[:, k] if len(ranked.has) else np.zeros(0, dtype=bool)
            if 0 < has.sum() < len(has):
                ours, theirs = _area(ranked.network[:, k], has), _area(ranked.naive[:, k], has)
                error = _error_of_difference(ours, theirs)
                shared = _area(ranked.shared[:, k], has).value
                yield DiagnosisArea(name, people, int(has.sum()), int((~has).sum()), ours.value, shared, theirs.value, error)


@dataclass(frozen=True)
class _Area:
    """An area under the curve with its components: of each person with the diagnosis, and of each without."""

    value: float
    with_it: FloatArray
    without: FloatArray


def _area(p: FloatArray, has: np.ndarray) -> _Area:
    """Return the share of pairs in which the one with the diagnosis has the higher probability; equal ones count half."""
    yes, no = np.sort(p[has]), np.sort(p[~has])
    below = (np.searchsorted(no, p[has], "left") + np.searchsorted(no, p[has], "right")) / (2.0 * len(no))
    above = 1.0 - (np.searchsorted(yes, p[~has], "left") + np.searchsorted(yes, p[~has], "right")) / (2.0 * len(yes))
    return _Area(float(below.mean()), below, above)


def _error_of_difference(first: _Area, second: _Area) -> float:
    """Return the standard error of the difference of two areas of the same people (DeLong 1988); NaN with one person."""
    parts = (first.with_it - second.with_it, first.without - second.without)
    if min(map(len, parts)) < 2:
        return math.nan
    return math.sqrt(sum(float(part.var(ddof=1)) / len(part) for part in parts))


def _normalised(logs: FloatArray) -> FloatArray:
    top = logs.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        shares = np.exp(logs - top)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _log(p: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p))
