"""Draws of all numbers of a model at once; numpy alone, so that intervals beside a ranked differential cost milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.sensitivity.distributions import BETA, LOG_NORMAL, Fits, fit
from bayesnet.analysis.sensitivity.parameter_map import ODDS, ParameterMap, parameter_map
from bayesnet.model.factors import FloatArray, IntArray

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Drawn:
    """`values` has shape (n_numbers, draws), ready to be expanded.

    `no_effect` has shape (n_numbers,): the share of draws in which a link lies below its leak; expanded, it then has no effect.
    """

    values: FloatArray
    no_effect: FloatArray


@dataclass(frozen=True)
class Alone:
    """Numbers drawn by themselves from Beta laws with shapes `a` and `b`; `yielding` are those whose column has other names."""

    number: IntArray
    a: FloatArray
    b: FloatArray
    yielding: tuple[tuple[int, IntArray], ...]


@dataclass(frozen=True)
class DirichletColumns:
    """Distributions drawn as a whole: components in one list, `number` -1 for the state that is the rest.

    `group` says which distribution a component belongs to, `start` where each begins, `mass` what it shares out.
    """

    number: IntArray
    alpha: FloatArray
    group: IntArray
    start: IntArray
    mass: FloatArray


@dataclass(frozen=True)
class Sampler:
    """A sampler of all numbers, prepared once for a model.

    A number alone in its distribution follows its own law, and the rest of the distribution co-varies in proportion. Where
    several numbers of one distribution are uncertain, they are drawn together from a Dirichlet distribution about their values,
    as strong as the geometric mean of their own fits. A link drawn below its leak has no effect: in Henrion's parameterisation
    the leak is part of the link.
    """

    numbers: ParameterMap
    fits: Fits
    alone: Alone
    columns: DirichletColumns
    odds: IntArray
    sources: Sequence[str]

    @classmethod
    def of(cls, numbers: ParameterMap, fits: Fits, sources: Sequence[str], only: NDArray[np.bool_] | None = None) -> Sampler:
        """Sort the uncertain numbers into those drawn alone and those drawn with their column.

        `sources` name the studies; with `only`, the other numbers stay at their values.
        """
        open_ = np.ones(numbers.count, dtype=bool) if only is None else only
        laws: dict[int, tuple[float, float]] = {
            k: (float(fits.a[k]), float(fits.b[k])) for k in np.flatnonzero((fits.law == BETA) & open_).tolist()
        }
        parts: list[tuple[list[int], FloatArray, float]] = []
        for group in numbers.members.values():
            free = [k for k in group.tolist() if k in laws]
            if len(free) > 1:
                members, alpha, mass = _column(numbers, fits, group, free)
                for k in free:
                    del laws[k]
                if len(members) == 2 and abs(mass - 1.0) < _ROUNDING:
                    laws[members[0]] = (float(alpha[0]), float(alpha[1]))
                else:
                    parts.append((members, alpha, mass))
        return cls(
            numbers, fits, _alone(numbers, laws), _columns(parts), np.flatnonzero((fits.law == LOG_NORMAL) & open_), sources
        )

    def only(self, numbers: NDArray[np.bool_]) -> Sampler:
        """Return the same, but numbers outside stay at their values; for questions that they cannot matter to."""
        return Sampler.of(self.numbers, self.fits, self.sources, numbers)

    def draw(self, draws: int, rng: np.random.Generator, together: bool = False) -> Drawn:
        """Draw every number `draws` times.

        With `together`, the numbers of one source rise and fall together (the same quantile of each), the strongest way in which
        the errors of one study can be related; whole columns of more than two states are still drawn on their own.
        """
        values = np.repeat(self.numbers.factors.values[:, None], draws, axis=1)
        alone, odds = self.alone, self.odds
        shift, width = self.fits.a[odds][:, None], self.fits.b[odds][:, None]
        if together:
            from scipy.special import betaincinv, ndtri

            u = self._shared_quantiles(draws, rng)
            values[alone.number] = betaincinv(alone.a[:, None], alone.b[:, None], u[alone.number])
            values[odds] = np.exp(shift + width * ndtri(u[odds]))
        else:
            values[alone.number] = rng.beta(alone.a[:, None], alone.b[:, None], (len(alone.number), draws))
            values[odds] = np.exp(shift + width * rng.standard_normal((len(odds), draws)))
        self._give_way(values)
        self._draw_columns(values, rng)
        return Drawn(values, share_below_leak(self.numbers, values))

    def at_quantiles(self, ks: IntArray, u: FloatArray) -> FloatArray:
        """Return values of all numbers with numbers ks at quantiles `u` of their laws, shape (len(ks), m), the others as they
        are.
        For designs such as Sobol's. The rest of each column co-varies; take at most one number of a column.
        """
        from scipy.special import betaincinv, ndtri

        start = self.numbers.factors.values
        values = np.repeat(start[:, None], u.shape[1], axis=1)
        for k, quantile in zip(ks.tolist(), u, strict=True):
            if self.fits.law[k] == BETA:
                values[k] = betaincinv(self.fits.a[k], self.fits.b[k], quantile)
            elif self.fits.law[k] == LOG_NORMAL:
                values[k] = np.exp(self.fits.a[k] + self.fits.b[k] * ndtri(quantile))
            siblings = self.numbers.siblings(k)
            if len(siblings):
                values[siblings] = start[siblings][:, None] * ((1.0 - values[k]) / (1.0 - start[k]))
        return values

    def _shared_quantiles(self, draws: int, rng: np.random.Generator) -> FloatArray:
        """Return one quantile per source and draw; numbers without a source have their own."""
        labels = [source or f"\0{k}" for k, source in enumerate(self.sources)]
        index = {label: i for i, label in enumerate(dict.fromkeys(labels))}
        shared = rng.random((len(index), draws))
        return shared[[index[label] for label in labels]]

    def _give_way(self, values: FloatArray) -> None:
        """Scale the other named states of a distribution in which one number was drawn alone."""
        start = self.numbers.factors.values
        for k, siblings in self.alone.yielding:
            values[siblings] = start[siblings][:, None] * ((1.0 - values[k]) / (1.0 - start[k]))

    def _draw_columns(self, values: FloatArray, rng: np.random.Generator) -> None:
        """Draw whole columns from their Dirichlet distributions."""
        columns = self.columns
        if not len(columns.alpha):
            return
        parts = rng.standard_gamma(columns.alpha[:, None], (len(columns.alpha), values.shape[1]))
        sums = np.add.reduceat(parts, columns.start, axis=0)[columns.group]
        mean = columns.alpha / np.add.reduceat(columns.alpha, columns.start)[columns.group]
        share = np.where(sums > 0, parts / np.where(sums > 0, sums, 1.0), mean[:, None]) * columns.mass[columns.group][:, None]
        named = columns.number >= 0
        values[columns.number[named]] = share[named]


def _alone(numbers: ParameterMap, laws: Mapping[int, tuple[float, float]]) -> Alone:
    """Return the numbers that are drawn by themselves and whose siblings co-vary."""
    number = np.array(sorted(laws), dtype=np.int64)
    yielding = [(k, numbers.siblings(k)) for k in number.tolist()]
    shapes = np.array([laws[k] for k in number.tolist()]).reshape(-1, 2)
    return Alone(number, shapes[:, 0], shapes[:, 1], tuple((k, others) for k, others in yielding if len(others)))


def _column(numbers: ParameterMap, fits: Fits, group: IntArray, free: list[int]) -> tuple[list[int], FloatArray, float]:
    """Components, shapes and mass of one column: its uncertain numbers and, if there is one, the state that is the rest."""
    start = numbers.factors.values
    strength = float(np.exp(np.mean(np.log(fits.a[free] + fits.b[free]))))
    rest = 1.0 - float(start[group].sum())
    members, mean = list(free), list(start[free])
    if rest > _ROUNDING:
        members.append(-1)
        mean.append(rest)
    mass = float(np.sum(mean))
    return members, strength * np.array(mean), mass


def _columns(parts: Sequence[tuple[list[int], FloatArray, float]]) -> DirichletColumns:
    """Put the columns into one list."""
    sizes = np.array([len(members) for members, _, _ in parts], dtype=np.int64)
    number = np.array([k for members, _, _ in parts for k in members], dtype=np.int64)
    alpha = np.concatenate([alpha for _, alpha, _ in parts]) if parts else np.empty(0)
    start = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if parts else np.empty(0, dtype=np.int64)
    group = np.repeat(np.arange(len(parts)), sizes) if parts else np.empty(0, dtype=np.int64)
    return DirichletColumns(number, alpha, group, start, np.array([mass for _, _, mass in parts]))


def share_below_leak(numbers: ParameterMap, values: FloatArray) -> FloatArray:
    """For each link of a noisy-OR the share of draws in which it lies below its leak, shape (n_numbers,)."""
    share = np.zeros(numbers.count)
    for f, (leak, links) in numbers.gates.items():
        if numbers.two_ranked(f) and len(leak) == 1 and len(links):
            share[links] = (numbers.fired(links, values) < numbers.fired(leak, values)).mean(axis=1)
    return share


@per_model
def cited_sampler(compiled: CompiledModel) -> Sampler:
    """Return the way to draw every number from the distribution fitted to its value and cited range."""
    numbers = parameter_map(compiled)
    records = [compiled.model.numbers[number] for number in compiled.factors.number_ids]
    low, high = np.array([n.low for n in records]), np.array([n.high for n in records])
    fixed = np.array([n.grade == "definition" for n in records], dtype=bool) | numbers.structural
    fits = fit(compiled.factors.values, low, high, numbers.kind == ODDS, fixed)
    return Sampler.of(numbers, fits, [n.source for n in records])
