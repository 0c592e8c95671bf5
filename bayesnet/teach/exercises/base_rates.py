"""Exercises on base rates: one finding in natural frequencies and in percentages, another population, and prediction.

References
----------
Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
Review 102(4), 684-704.
Sedlmeier P, Gigerenzer G (2001). Teaching Bayesian reasoning in less than two hours. Journal of Experimental Psychology:
General 130(3), 380-400.
McDowell M, Jacobs P (2017). Meta-analysis of the effect of natural frequencies on Bayesian reasoning. Psychological
Bulletin 143(12), 1273-1312.

"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bayesnet.teach.exercises.figures import SIZES, bayes, one_in, percent, rounded, unrounded, value
from bayesnet.teach.exercises.known import (
    CARRIED,
    COMPLEMENT,
    FALSE_ALARMS,
    HALF,
    INVERSE,
    JOINT,
    NEGLECT,
    PRIOR,
    SUBTRACTION,
    UNWEIGHTED,
    KnownError,
    apart,
    known,
)
from bayesnet.teach.exercises.phrases import Phrase, Without, article, capital, counted, singular
from bayesnet.teach.exercises.template import Cited, ExerciseDraft
from bayesnet.teach.exercises.world import Event, World
from bayesnet.teach.marking import tolerance

T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """A hypothesis and a finding with the three probabilities of the classic problem, and both in words."""

    h: Event
    e: Event
    prior: float
    sensitivity: float
    false_alarms: float
    has: Phrase
    found: Phrase

    @property
    def posterior(self) -> float:
        """P(h | e)."""
        return bayes(self.prior, self.sensitivity, self.false_alarms)

    @property
    def cites(self) -> tuple[Cited, ...]:
        """The three probabilities, to be cited."""
        return (self.h, ()), (self.e, (self.h,)), (self.e, (self.h.negated,))

    @property
    def likelihood_ratio(self) -> float:
        """P(e | h) / P(e | not h)."""
        return self.sensitivity / self.false_alarms


def pairs(world: World, rng: np.random.Generator, contrary: float = 0.8) -> Iterator[Pair]:
    """Hypotheses with findings that follow from them, in random order.

    Findings that are absent come later (`contrary`), and so do those that tell little and, unless the model names them for
    teaching, diseases that are very rare.
    """
    listed = [(h, e) for h in world.hypotheses for f in world.findings_of(h) for e in (f, f.negated)]
    late: list[tuple[float, int, Pair]] = []
    draws = rng.random(len(listed)) + np.array([0.0 if e.holds else contrary for _, e in listed])
    for i in np.argsort(draws, kind="stable"):
        h, e = listed[i]
        prior, sensitivity, alarms = world.marginal(h), world.marginal(e, [h]), world.marginal(e, [h.negated])
        if not (0.03 <= sensitivity <= 0.995 and 0.002 <= alarms <= 0.97 and 0.0004 <= prior <= 0.6):
            continue
        pair = Pair(h, e, prior, sensitivity, alarms, world.phrase(h), world.phrase(e))
        if not (0.001 <= pair.posterior <= 0.97 and apart(prior, pair.posterior, 1.0)):
            continue
        wait = (0.5 < pair.likelihood_ratio < 2.0) + (prior < 0.002 and not world.taught)
        if wait:
            late.append((draws[i] + wait, int(i), pair))
        else:
            yield pair
    yield from (pair for _, _, pair in sorted(late, key=lambda item: item[:2]))


def natural_frequencies(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on one finding in whole people: what share of those with the finding has the disease?"""
    counted_pairs = ((pair, people) for pair in pairs(world, rng) if (people := _counts(pair)) is not None)
    for pair, (of, ill, true, false) in _later(counted_pairs, lambda item: item[1][0] > SIZES[1]):
        well, who, h, e = of - ill, world.people, pair.has, pair.found
        right = true / (true + false)
        again = "either" if isinstance(e, Without) else "too"
        yield ExerciseDraft(
            question=(
                f"Imagine {counted(of, who)}{world.group.removeprefix(who)}. Of them, {ill:,d} {h.has(ill)}.\n"
                f"Of these {counted(ill, who)} {h.who}, {true:,d} {e.has(true)}. "
                f"Of the other {counted(well, who)}, {false:,d} {e.has(false)} {again}.\n"
                f"Take all {who} {e.who}. What share of them {h.has()}?"
            ),
            exact=pair.posterior,
            right=right,
            wrong=_errors(pair, world, ill / of, true / ill, false / well, right),
            shown=f"{true:,d} of {true + false:,d}, which is {_both_ways(right)}",
            solution=(
                f"{capital(who)} {e.who}: {true:,d} {h.who} and {false:,d} {h.negated.who}, "
                f"together {true:,d} + {false:,d} = {true + false:,d}.\n"
                f"Of these {true + false:,d}, {true:,d} {h.has(true)}: {true:,d} / {true + false:,d} = {percent(right)}."
                f"{unrounded(right, pair.posterior)}"
            ),
            hint=f"How many {who} {e.who} are there in all?",
            title=world.title(pair.h, [pair.e]),
            cites=pair.cites,
        )


def percentages(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on one finding in percentages: how probable is the disease?"""
    for pair in pairs(world, rng):
        printed = rounded((pair.prior, pair.sensitivity, pair.false_alarms), bayes)
        if printed is None:
            continue
        (prior, sensitivity, alarms), right = printed
        p, s, f = map(value, (prior, sensitivity, alarms))
        who, h, e = world.people, pair.has, pair.found
        crowd = _Crowd(p, s, f)
        yield ExerciseDraft(
            question=(
                f"{told_in_percent(world, pair, prior, sensitivity, alarms)}\n"
                f"{capital(article(singular(who)))} {e.has()}. How probable {h.asked} now?"
            ),
            exact=pair.posterior,
            right=right,
            wrong=_errors(pair, world, p, s, f, right),
            shown=_both_ways(right),
            solution=(
                f"In {crowd.size:,d} {who}, {crowd.ill} {h.has(2)} and {crowd.well} {h.negated.has(2)}.\n"
                f"{capital(e.thing)}: {crowd.true} {h.who} ({sensitivity} of {crowd.ill}) "
                f"and {crowd.false} {h.negated.who} ({alarms} of {crowd.well}).\n"
                f"{crowd.share} = {percent(right)}.{unrounded(right, pair.posterior)}"
            ),
            hint=f"Turn the percentages into people first: imagine {crowd.size:,d} {who}.",
            title=world.title(pair.h, [pair.e]),
            cites=pair.cites,
        )


def another_population(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on one finding in two populations: predictive values depend on the prevalence."""
    for pair, there in _elsewhere(world, rng):
        exact = bayes(there, pair.sensitivity, pair.false_alarms)
        printed = rounded((there, pair.sensitivity, pair.false_alarms), bayes)
        if printed is None or not 0.02 <= exact <= 0.97:
            continue
        (_, sensitivity, alarms), right = printed
        h, e, who = pair.has, pair.found, world.people
        s, f = value(sensitivity), value(alarms)
        crowd = _Crowd(there, s, f)
        carried = f"This is the share where {percent(pair.prior)} {h.has(2)}; it depends on the base rate."
        yield ExerciseDraft(
            question=(
                f"Among {world.group}, {percent(pair.prior)} {h.has(2)}. "
                f"Of those {e.who}, {percent(pair.posterior)} {h.has(2)}.\n"
                f"Elsewhere {percent(there)} {h.has(2)}. Suppose that all else is as before: {e.does('is', 'are')} found in "
                f"{sensitivity} of the {who} {h.who} and in {alarms} of the {who} {h.negated.who}.\n"
                f"{capital(article(singular(who)))} elsewhere {e.has()}. How probable {h.asked}?"
            ),
            exact=exact,
            right=right,
            wrong=(known(CARRIED, pair.posterior, carried), *_errors(pair, world, there, s, f, right)),
            shown=_both_ways(right),
            solution=(
                f"In {crowd.size:,d} {who} elsewhere, {crowd.ill} {h.has(2)} and {crowd.well} {h.negated.has(2)}.\n"
                f"{capital(e.thing)}: {crowd.true} {h.who} and {crowd.false} {h.negated.who}.\n"
                f"{crowd.share} = {percent(right)}, where it was {percent(pair.posterior)} before."
            ),
            hint="What share of those with the finding have it depends on the base rate: count afresh.",
            title=world.title(pair.h, [pair.e]),
            cites=(*pair.cites, f"the base rate of {percent(there)} elsewhere is made up"),
        )


def _elsewhere(world: World, rng: np.random.Generator) -> Iterator[tuple[Pair, float]]:
    """Pairs with another base rate, 3 to 12 times as high or as low; every pair once, then again with what is left."""
    rest: list[tuple[Pair, float]] = []
    for pair in pairs(world, rng):
        options = [p for p in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5) if 3.0 < max(p / pair.prior, pair.prior / p) < 12.0]
        drawn = [(pair, options[i]) for i in rng.permutation(len(options))]
        yield from drawn[:1]
        rest += drawn[1:]
    yield from rest


def prediction(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on how frequent a finding is in everybody: prediction, from causes to effects."""

    def total(prior: float, sensitivity: float, alarms: float) -> float:
        return prior * sensitivity + (1.0 - prior) * alarms

    for pair in _later(pairs(world, rng), lambda pair: pair.prior * pair.sensitivity < 0.1 * world.marginal(pair.e)):
        exact = world.marginal(pair.e)
        printed = rounded((pair.prior, pair.sensitivity, pair.false_alarms), total)
        if printed is None or not 0.005 <= exact <= 0.97:
            continue
        (prior, sensitivity, alarms), right = printed
        p, s, f = map(value, (prior, sensitivity, alarms))
        h, e, who = pair.has, pair.found, world.people
        crowd = _Crowd(p, s, f)
        mean = f"This is the mean of {sensitivity} and {alarms}, as if the two groups were equally large."
        turned = f"This is the share of those {e.who} who {h.has(2)}; the question is how many {e.has(2)}."
        yield ExerciseDraft(
            question=f"{told_in_percent(world, pair, prior, sensitivity, alarms)}\nWhat share of all {who} {e.has()}?",
            exact=exact,
            right=right,
            wrong=(
                known(HALF, p * s, f"These are only the {who} {h.who} among those {e.who}."),
                known(UNWEIGHTED, (s + f) / 2.0, mean),
                known(INVERSE, pair.posterior, turned),
                known(COMPLEMENT, 1.0 - right, f"This is the share that {e.negated.has()}."),
            ),
            shown=_both_ways(right),
            solution=(
                f"In {crowd.size:,d} {who}, {crowd.ill} {h.has(2)}; {sensitivity} of them {e.has(2)}: {crowd.true}.\n"
                f"The other {crowd.well} {h.negated.has(2)}; {alarms} of them {e.has(2)}: {crowd.false}.\n"
                f"Together {crowd.true} + {crowd.false} = {crowd.count(right)} of {crowd.size:,d}, "
                f"which is {percent(right)}.{unrounded(right, exact)}"
            ),
            hint=f"Count those {e.who} in both groups, and add.",
            title=world.title(pair.e),
            cites=pair.cites,
        )


def told_in_percent(world: World, pair: Pair, prior: str, sensitivity: str, alarms: str) -> str:
    """Return the three percentages of the classic problem."""
    h, e, who = pair.has, pair.found, world.people
    return (
        f"Among {world.group}, {prior} {h.has(2)}. Of the {who} {h.who}, {sensitivity} {e.has(2)}; "
        f"of the {who} {h.negated.who}, {alarms} {e.has(2)}."
    )


def _later(items: Iterable[T], wait: Callable[[T], bool]) -> Iterator[T]:
    """Yield the same items, those that can wait after the others."""
    waiting = []
    for item in items:
        if wait(item):
            waiting.append(item)
        else:
            yield item
    yield from waiting


def _counts(pair: Pair) -> tuple[int, int, int, int] | None:
    """Return population, ill, and those with the finding among ill and well; the smallest population that gives the answer."""
    for of in SIZES:
        ill = round(of * pair.prior)
        true, false = round(of * pair.prior * pair.sensitivity), round(of * (1.0 - pair.prior) * pair.false_alarms)
        if ill >= 10 and 3 <= true < ill and 1 <= false < of - ill:
            kept = abs(true / ill - pair.sensitivity) <= 0.03
            if kept and abs(true / (true + false) - pair.posterior) <= 0.5 * tolerance(pair.posterior):
                return of, ill, true, false
    return None


def _errors(pair: Pair, world: World, prior: float, s: float, f: float, right: float) -> Iterator[KnownError]:
    """Yield the answers that people give instead, after Gigerenzer & Hoffrage (1995), Eddy (1982) and Bar-Hillel (1980)."""
    h, e, who = pair.has, pair.found, world.people
    yield known(INVERSE, s, f"{percent(s)} is the share of those {h.who} who {e.has(2)}: the question turned round.")
    equal = f"as if {who} {h.who} and {who} {h.negated.who} were equally many"
    yield known(NEGLECT, s / (s + f), f"This weighs {percent(s)} against {percent(f)} {equal}.")
    yield known(PRIOR, prior, f"This is the share of all {who}, as if {e.thing} said nothing.")
    yield known(COMPLEMENT, 1.0 - right, f"This is the share of those {e.who} who {h.negated.has(2)}.")
    yield known(FALSE_ALARMS, f, f"This is the share of those {h.negated.who} who {e.has(2)}.")
    if s > f:
        yield known(SUBTRACTION, s - f, f"This is {percent(s)} less {percent(f)}.")
    yield known(JOINT, prior * s, f"This counts those with both among all {who}, and not among those {e.who}.")


def _both_ways(p: float) -> str:
    """Return a probability as a percentage and, where it is small, as one in N."""
    text = one_in(p)
    return f"{percent(p)} (about {text})" if text else percent(p)


class _Crowd:
    """People counted by three probabilities: the smallest crowd in which each group with the finding is 20 people or more."""

    def __init__(self, prior: float, sensitivity: float, false_alarms: float) -> None:
        true, false = prior * sensitivity, (1.0 - prior) * false_alarms
        self.size = next((size for size in SIZES[1:] if min(true, false) * size >= 19.5), SIZES[-1])
        self.ill, self.well, self.true, self.false = map(self.count, (prior, 1.0 - prior, true, false))

    def count(self, p: float) -> str:
        """Return the people that a probability is of them."""
        return f"{p * self.size:,.0f}"

    @property
    def share(self) -> str:
        """The share of the ill among those with the finding, as a sum."""
        return f"{self.true} / ({self.true} + {self.false})"
