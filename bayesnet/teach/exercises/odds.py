"""Exercises on odds: one likelihood ratio, and two findings that say in part the same.

References
----------
Deeks JJ, Altman DG (2004). Diagnostic tests 4: likelihood ratios. BMJ 329, 168-169.
Spiegelhalter DJ, Knill-Jones RP (1984). Statistical and knowledge-based approaches to clinical decision-support systems, with an
application in gastroenterology. Journal of the Royal Statistical Society A 147(1), 35-77.

"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from bayesnet.logodds import odds
from bayesnet.teach.exercises.base_rates import Pair, pairs
from bayesnet.teach.exercises.figures import likelihood_ratio, percent, probability, unrounded, value
from bayesnet.teach.exercises.known import (
    COMPLEMENT,
    DOUBLE,
    FIRST_ONLY,
    NEGLECT,
    PRIOR,
    PRIOR_TIMES,
    KnownError,
    known,
)
from bayesnet.teach.exercises.phrases import article, capital, singular
from bayesnet.teach.exercises.template import ExerciseDraft
from bayesnet.teach.exercises.world import Event, World
from bayesnet.teach.marking import ODDS, tolerance


def likelihood_ratio_and_odds(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on a prior probability and one likelihood ratio: to odds, times the ratio, and back."""
    listed = [pair for pair in pairs(world, rng) if 0.02 <= pair.posterior <= 0.93]
    # Odds of less than about 0.1 cannot be told from the probability; such pairs come last.
    for pair in sorted(listed, key=lambda pair: pair.posterior < 0.12):
        prior, ratio = percent(pair.prior), likelihood_ratio(pair.likelihood_ratio)
        after = odds(value(prior)) * _plain(ratio)
        right = probability(after)
        if abs(right - pair.posterior) > 0.5 * tolerance(pair.posterior):
            continue
        h, e, who = pair.has, pair.found, world.people
        wrong = (
            known(ODDS, after, f"{_odds(after)} are the odds after the finding."),
            known(
                PRIOR_TIMES,
                value(prior) * _plain(ratio),
                f"{prior} was multiplied by {ratio}; a likelihood ratio multiplies odds.",
            ),
            *_always(value(prior), _plain(ratio), right, f"{e.thing} said nothing"),
        )
        yield ExerciseDraft(
            question=(
                f"Among {world.group}, {prior} {h.has(2)}. "
                f"{capital(e.does('is', 'are'))} {ratio} times as frequent in {who} {h.who} "
                f"as in {who} {h.negated.who}: the likelihood ratio is {ratio}.\n"
                f"{capital(article(singular(who)))} {e.has()}. How probable {h.asked} now?"
            ),
            exact=pair.posterior,
            right=right,
            wrong=wrong,
            solution=(
                f"Odds before: {prior} / {percent(1.0 - value(prior))} = {_odds(odds(value(prior)))}.\n"
                f"Odds after: {_odds(odds(value(prior)))} × {ratio} = {_odds(after)}.\n"
                f"Back to a probability: {_odds(after)} / (1 + {_odds(after)}) = {percent(right)}."
                f"{unrounded(right, pair.posterior)}"
            ),
            hint="Probability to odds, odds times the likelihood ratio, odds back to a probability.",
            title=world.title(pair.h, [pair.e]),
            cites=pair.cites,
        )


def double_counting(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on two dependent findings: what the second adds, and what naive Bayes makes of it."""
    for pair, second, table in _doubles(world, rng):
        (well, ill) = table
        alone = (ill[:, 1].sum() / ill.sum()) / (well[:, 1].sum() / well.sum())
        then = (ill[1, 1] / ill[1].sum()) / (well[1, 1] / well[1].sum())
        exact = float(ill[1, 1] / (ill[1, 1] + well[1, 1]))
        if not (alone > 1.25 and 0.2 < then < 0.75 * alone and pair.likelihood_ratio > 1.25 and 0.03 <= exact <= 0.95):
            continue
        prior, *ratios = percent(pair.prior), *map(likelihood_ratio, (pair.likelihood_ratio, alone, then))
        start, (one, two, added) = odds(value(prior)), map(_plain, ratios)
        right, naive = probability(start * one * added), probability(start * one * two)
        if abs(right - exact) > 0.5 * tolerance(exact):
            continue
        h, first, other, who = pair.has, pair.found, world.phrase(second), world.people
        wrong = (
            known(DOUBLE, naive, f"{ratios[0]} and {ratios[1]} were both multiplied, as if the two findings were independent."),
            known(FIRST_ONLY, probability(start * one), f"This is where {first.thing} alone leads."),
            known(ODDS, start * one * added, f"{_odds(start * one * added)} are the odds after both findings."),
            *_always(value(prior), one * added, right, "the findings said nothing"),
        )
        often = "just as frequent" if ratios[2] == "1" else f"{'only ' if added > 1.0 else ''}{ratios[2]} times as frequent"
        yield ExerciseDraft(
            question=(
                f"Among {world.group}, {prior} {h.has(2)}. "
                f"{capital(first.does('has', 'have'))} a likelihood ratio of {ratios[0]} for "
                f"{h.thing}; {other.does('alone has', 'alone have')} one of {ratios[1]}.\n"
                f"But the two findings are related: among {who} {first.who}, {other.does('is', 'are')} {often} in "
                f"those {h.who} as in those {h.negated.who}.\n"
                f"{capital(article(singular(who)))} {first.has()}, and then {other.does('is', 'are')} found as well. "
                f"How probable {h.asked} now?"
            ),
            exact=exact,
            right=right,
            wrong=wrong,
            solution=(
                f"Odds before: {prior} / {percent(1.0 - value(prior))} = {_odds(start)}.\n"
                f"After {first.thing}: {_odds(start)} × {ratios[0]} = {_odds(start * one)}.\n"
                f"After {other.thing}, among those {first.who}: × {ratios[2]} = {_odds(start * one * added)}, a probability of "
                f"{percent(right)}.{unrounded(right, exact)}\n"
                f"Taking the second finding at its full {ratios[1]} would give {percent(naive)}: what both findings say would be "
                f"counted twice."
            ),
            hint="How much does the second finding say to somebody who knows the first already?",
            title=world.title(pair.h, [pair.e, second]),
            cites=(*pair.cites, (second, (pair.h, pair.e)), (second, (pair.h.negated, pair.e))),
        )


def _doubles(world: World, rng: np.random.Generator) -> Iterator[tuple[Pair, Event, np.ndarray]]:
    """Hypotheses with two findings, and P(h, first, second) of each."""
    by_hypothesis: dict[Event, list[Pair]] = {}
    for pair in pairs(world, rng):
        if pair.e.holds or len(world.compiled.names) < 10:
            by_hypothesis.setdefault(pair.h, []).append(pair)
    frequent = [h for h in by_hypothesis if world.marginal(h) >= 0.002] or list(by_hypothesis)
    listed = [
        (pair, other.e)
        for own in (by_hypothesis[h] for h in frequent)
        for pair, other in permutations(own, 2)
        if pair.e.variable != other.e.variable and min(pair.likelihood_ratio, other.likelihood_ratio) > 1.25
    ]
    for i in rng.permutation(len(listed)):
        pair, second = listed[i]
        table = world.joint([pair.h, pair.e, second])
        if table.min() > 1e-9:
            yield pair, second, table


def _always(prior: float, ratio: float, right: float, silent: str) -> Iterator[KnownError]:
    """Yield the known errors of every question in odds."""
    yield known(NEGLECT, probability(ratio), "This is where even odds, one to one, would lead.")
    yield known(PRIOR, prior, f"This is the probability before, as if {silent}.")
    yield known(COMPLEMENT, 1.0 - right, "This is the probability of the contrary.")


def _plain(text: str) -> float:
    return float(text.replace(",", ""))


def _odds(x: float) -> str:
    """Return odds with three figures."""
    return f"{x:.3g}" if x < 1000 else f"{x:,.0f}"
