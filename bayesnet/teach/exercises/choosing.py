"""An exercise on what to learn next: the test that tells most, which need not be the most sensitive one.

References
----------
Baron J, Beattie J, Hershey JC (1988). Heuristics and biases in diagnostic reasoning: II. Congruence, information, and certainty.
Organizational Behavior and Human Decision Processes 42(1), 88-110.

"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from bayesnet.analysis.decision.next_tests import change, entropy, information
from bayesnet.teach.exercises.base_rates import Pair
from bayesnet.teach.exercises.figures import likelihood_ratio, percent
from bayesnet.teach.exercises.known import CONGRUENCE, FREQUENT, RULED, WEAKER, KnownError, known
from bayesnet.teach.exercises.phrases import capital
from bayesnet.teach.exercises.template import ExerciseDraft
from bayesnet.teach.exercises.world import Event, World

_LETTERS = "ABC"
_TRIES = 60


@dataclass(frozen=True)
class _Option:
    """A test on offer: its letter, what it finds, and what it tells."""

    letter: str
    pair: Pair
    label: str
    bits: float
    moves: float
    positive: float
    """P(finding)."""

    @property
    def name(self) -> str:
        """The letter with the label."""
        return f"{self.letter} ({self.label})"


def next_test(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Three findings not yet looked for: which of them tells most about the disease?"""
    hypotheses = [h for h in world.hypotheses if 0.001 <= world.marginal(h) <= 0.7]
    order = rng.permutation(len(hypotheses))
    # Where the most sensitive test is the best one too, or all tell little, there is less to learn; such questions come last.
    for (easy, least), i in product(((False, 0.1), (True, 0.1), (False, 0.005), (True, 0.005)), order):
        h = hypotheses[i]
        tests = _tests(world, h)
        doubt = entropy(np.array([world.marginal(h), 1.0 - world.marginal(h)]))
        for _ in range(_TRIES if len(tests) > 1 else 0):
            chosen = rng.permutation(len(tests))[:3]
            offered = [_option(world, letter, tests[j]) for letter, j in zip(_LETTERS, chosen, strict=False)]
            best, second = sorted(offered, key=lambda o: -o.bits)[:2]
            clear = best.bits >= max(1.5 * second.bits, least * doubt) and best.moves == max(o.moves for o in offered)
            sensitive = max(offered, key=lambda o: o.pair.sensitivity)
            if clear and (sensitive is best) == easy and _printed_apart(offered):
                yield _draft(world, h, offered, best)
                break


def _draft(world: World, h: Event, offered: list[_Option], best: _Option) -> ExerciseDraft:
    """Return the question, with the options as they were drawn."""
    has, who = world.phrase(h), world.people
    prior = percent(world.marginal(h))
    lines = [
        f"{o.letter}: {o.label}, found in {percent(o.pair.sensitivity)} of the {who} {has.who} "
        f"and in {percent(o.pair.false_alarms)} of those {has.negated.who}."
        for o in offered
    ]
    worked, next_best = [_worked(o) for o in offered], sorted(o.bits for o in offered)[-2]
    return ExerciseDraft(
        question=(
            f"Among {world.group}, {prior} {has.has(2)}. Nothing else is known, and one thing can be looked for:\n"
            + "\n".join(lines)
            + f"\nWhich of them tells most about {has.thing}, on average over its results?"
        ),
        answer=best.letter,
        shown=best.name,
        solution="\n".join(
            [
                f"Before: {prior}. For each, how probable is {has.thing} after either result?",
                *worked,
                f"{best.letter} tells most: {_bits(best.bits)} on average, the next best {_bits(next_best)}.",
            ]
        ),
        hint=f"For each: how probable is {has.thing} if it is found, how probable if not, and how often does either happen?",
        worded=_wrong(offered, best),
        words=(best.letter, f"test {best.letter}", best.label, world.compiled.names[best.pair.e.variable]),
        choices=tuple(o.letter for o in offered),
        how=f"Answer with a letter: {', '.join(o.letter for o in offered[:-1])} or {offered[-1].letter}.",
        title=f"next_tests({world.literal(h)})",
        cites=((h, ()), *((o.pair.e, (g,)) for o in offered for g in (h, h.negated))),
    )


def _tests(world: World, h: Event) -> list[Pair]:
    """Return the candidate findings: descendants of the hypothesis or, if these are few, anything linked with it."""
    events = world.findings_of(h)
    if len(events) < 3:
        events = [e for e in world.events if e.variable != h.variable]
    found = []
    for e in events:
        sensitivity, alarms = world.marginal(e, [h]), world.marginal(e, [h.negated])
        if 0.01 < sensitivity < 0.999 and 0.001 < alarms < 0.999 and sensitivity > 1.02 * alarms:
            found.append(Pair(h, e, world.marginal(h), sensitivity, alarms, world.phrase(h), world.phrase(e)))
    return found


def _option(world: World, letter: str, pair: Pair) -> _Option:
    p, s, f = pair.prior, pair.sensitivity, pair.false_alarms
    table = np.array([[(1 - p) * (1 - f), (1 - p) * f], [p * (1 - s), p * s]])
    label = world.phrase(pair.e).thing
    return _Option(letter, pair, label, information(table), change(table), float(table[:, 1].sum()))


def _printed_apart(offered: list[_Option]) -> bool:
    """Return whether the options are different things with different figures."""
    figures = {(percent(o.pair.sensitivity), percent(o.pair.false_alarms)) for o in offered}
    return len(figures) == len({o.pair.e.variable for o in offered}) == len(offered)


def _worked(o: _Option) -> str:
    """Return the effect of each of the two results of a test."""
    p = o.pair
    negative = p.prior * (1 - p.sensitivity) / (1 - o.positive)
    return (
        f"{o.letter}: found in {percent(o.positive)}, and then {percent(p.posterior)}; not found in {percent(1 - o.positive)}, "
        f"and then {percent(negative)}; likelihood ratio {likelihood_ratio(p.likelihood_ratio)}; {_bits(o.bits)}."
    )


def _bits(x: float) -> str:
    """Information with two figures, as a person reads it."""
    return f"{x:.2g} bits" if x >= 0.0001 else "hardly any bits"


def _wrong(offered: list[_Option], best: _Option) -> tuple[KnownError, ...]:
    """Return each option that is not the best, with the reason for which people take it."""
    named = []
    for o in (o for o in offered if o is not best):
        words = (f"test {o.letter}", o.label)
        if o.pair.sensitivity == max(x.pair.sensitivity for x in offered):
            often = percent(o.pair.false_alarms)
            named.append(
                known(
                    CONGRUENCE, o.letter, f"It is found most often in those with it, but also in {often} of those without.", words
                )
            )
        elif o.pair.false_alarms == min(x.pair.false_alarms for x in offered):
            missed = percent(1 - o.pair.sensitivity)
            named.append(
                known(RULED, o.letter, f"It seldom gives a false alarm, but it misses {missed} of those with it.", words)
            )
        elif o.positive == max(x.positive for x in offered):
            named.append(
                known(FREQUENT, o.letter, "It is found most often of all, in those with it and in those without.", words)
            )
        else:
            named.append(known(WEAKER, o.letter, f"{capital(o.label)} tells the two apart less well.", words))
    return tuple(named)
