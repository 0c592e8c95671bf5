"""Exercises on causes: seeing against doing, and one cause that explains another away.

References
----------
Pearl J (1995). Causal diagrams for empirical research. Biometrika 82(4), 669-688.
Wellman MP, Henrion M (1993). Explaining "explaining away". IEEE Transactions on Pattern Analysis and Machine Intelligence
15(3), 287-292.

"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from bayesnet.teach.exercises.figures import percent, unrounded, value
from bayesnet.teach.exercises.known import (
    COMPLEMENT,
    INVERSE,
    JOINT,
    PRIOR,
    SEEING,
    STRATUM,
    SUPPORT,
    UNCHANGED,
    UNWEIGHTED,
    apart,
    known,
)
from bayesnet.teach.exercises.phrases import Phrase, capital, counted
from bayesnet.teach.exercises.template import ExerciseDraft
from bayesnet.teach.exercises.world import Event, World
from bayesnet.teach.marking import tolerance

_SIZES = (100, 1_000, 10_000, 100_000)
_PAIRS = 12
"""Pairs of causes that are looked at for one effect."""

DOWN = (
    "down", "decreases", "decrease", "falls", "fall", "lower", "less", "less probable", "drops", "sinks", "smaller", "declines",
)  # fmt: skip
UP = ("up", "increases", "increase", "rises", "rise", "higher", "more", "more probable", "grows", "larger", "goes up")
SAME = (
    "unchanged", "same", "the same", "no change", "stays the same", "equal", "neither", "not changed", "does not change",
    "stays",
)  # fmt: skip


@dataclass(frozen=True)
class _Adjustment:
    """A cause x, an outcome y and the groups by which to adjust: shares in everybody, among those with x, and P(y | x, group)."""

    x: Event
    y: Event
    groups: tuple[Event, ...]
    everybody: tuple[float, ...]
    with_x: tuple[float, ...]
    outcome: tuple[float, ...]


def seeing_doing(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on a common cause of x and y: how frequent is y when x is set, and not merely seen?"""
    for case in _adjustments(world, rng):
        exact, seen = world.marginal(case.y, do=case.x), world.marginal(case.y, [case.x])
        texts = [[percent(p) for p in row] for row in (case.everybody, case.with_x, case.outcome)]
        shares, seen_shares, outcome = ([value(t) for t in row] for row in texts)
        right, looks = float(np.dot(shares, outcome)), float(np.dot(seen_shares, outcome))
        whole = abs(sum(shares) - 1.0) < 0.002 and abs(sum(seen_shares) - 1.0) < 0.002
        if not whole or abs(right - exact) > 0.5 * tolerance(exact) or not 0.01 <= exact <= 0.97:
            continue
        x, y, who = world.phrase(case.x), world.phrase(case.y), world.people
        groups = [world.phrase(g) for g in case.groups]
        wrong = (
            known(SEEING, looks, f"This is the share of those who have it anyway ({percent(seen)}): seen, not brought about."),
            known(PRIOR, world.marginal(case.y), f"This is the share of all {who} as they are, with nobody interfering."),
            *(
                known(STRATUM, p, f"This is the share in one group alone, {who} {g.who}.")
                for p, g in zip(outcome, groups, strict=True)
            ),
            known(UNWEIGHTED, float(np.mean(outcome)), "This is the plain mean of the groups."),
            known(COMPLEMENT, 1.0 - right, f"This is the share that would {y.negated.to}."),
        )
        behind, cause = world.label(case.groups[0].variable), world.label(case.x.variable)
        yield ExerciseDraft(
            question=(
                f"Among {world.group}, {_listed(texts[0], groups)}; among the {who} {x.who}, {_listed(texts[1], groups)}. "
                f"The arrow in the network leads from “{behind}” to “{cause}”.\n"
                f"{_outcomes(texts[2], groups, x, y, who)}\n"
                f"Now suppose all {who} {x.had}, brought about from outside and with nothing else changed directly. "
                f"What share of them would {y.to}?"
            ),
            exact=exact,
            right=right,
            wrong=wrong,
            solution=(
                f"Whoever acts on all {who} leaves the groups as large as they are among all: {_listed(texts[0], groups)}.\n"
                f"{_weighted(texts[0], texts[2])} = {percent(right)}.{unrounded(right, exact)}\n"
                f"Seeing is different: {_weighted(texts[1], texts[2])} = {percent(looks)}, because among the {who} {x.who} the "
                f"groups have other sizes. Doing cuts the arrow into “{cause}”."
            ),
            hint="How large are the groups when all are acted on alike?",
            title=world.title(case.y, do=case.x),
            cites=(*((g, ()) for g in _told(case.groups)), *((case.y, (case.x, g)) for g in case.groups)),
        )


def explaining_away(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Yield exercises on two causes of one finding: does observing the second make the first more or less probable?"""
    for first, second, e in _causes(world, rng):
        table = world.joint([first, second], [e])
        exact, people = float(table[1, 1] / table[:, 1].sum()), _four(table)
        if people is None:
            continue
        of, both, only_first, only_second = people
        before, right = (both + only_first) / of, both / (both + only_second)
        a, b, found, who = world.phrase(first), world.phrase(second), world.phrase(e), world.people
        wrong = (
            known(UNCHANGED, before, "This is the probability before the other was known."),
            known(INVERSE, both / (both + only_first), f"This is the share of those {a.who} who {b.has(2)} too."),
            known(JOINT, both / of, f"These are the {who} with both, as a share of all {who} {found.who}."),
            known(COMPLEMENT, 1.0 - right, "This is the probability of the contrary."),
        )
        worded = (
            known(
                UNCHANGED, "unchanged", f"{capital(a.thing)} and {b.thing} meet in {found.thing}, and that is known here.", SAME
            ),
            known(SUPPORT, "up", f"But {b.does('accounts', 'account')} for {found.thing}.", UP),
        )
        rest = of - both - only_first - only_second
        others = f"the other {rest:,d} neither" if rest else "there are no others"
        yield ExerciseDraft(
            question=(
                f"Imagine {counted(of, world.group)}, all of them {found.apposed}: {both:,d} {_both(both, a, b)}, "
                f"{only_first:,d} {a.has(only_first)} only, {only_second:,d} {b.has(only_second)} only, and {others}. "
                f"So {a.thing} has a probability of {percent(before)} for each of them.\n"
                f"One of them turns out to {b.to}. "
                f"Does the probability of {a.thing} go up with that, go down, or stay the same?"
            ),
            exact=exact,
            right=right,
            wrong=wrong,
            answer="down",
            shown=f"down, from {percent(before)} to {percent(right)} ({both:,d} of {both + only_second:,d})",
            solution=(
                f"Left are those {b.who}: {both:,d} + {only_second:,d} = {both + only_second:,d} {who}.\n"
                f"Of these, {both:,d} {a.has(both)}: {both:,d} / {both + only_second:,d} = {percent(right)}. "
                f"It was {percent(before)}, so it goes down.\n"
                f"{_why(world, first, second)}"
            ),
            hint=f"Keep only those {b.who}. How many of them {a.has(2)}?",
            worded=worded,
            words=DOWN,
            choices=("up", "down", "unchanged"),
            how="Answer with up, down or unchanged and, if you can, to how much: such as “up, to 30 %”.",
            title=world.title(first, [e, second]),
            cites=((first, (e,)), (second, (e,)), (first, (e, second))),
        )


def _adjustments(world: World, rng: np.random.Generator) -> Iterator[_Adjustment]:
    """Causes with one parent, and outcomes that the parent confounds; adjusting for the parents of a cause is always right.

    First come, in random order, causes that have effects and with which seeing and doing differ much; one outcome of each.
    """
    late: list[tuple[int, int, float, _Adjustment]] = []
    causes = [x for x in world.settable if len(_free(world, x.variable)) == 1]
    for i in rng.permutation(len(causes)):
        x, fresh = causes[i], True
        for turn, case in enumerate(_confounded(world, x, rng)):
            effect = case.y.variable in world.descendants[x.variable] if world.taught else bool(world.descendants[x.variable])
            rank = (not effect) + 2 * (not _far(world, x, case.y))
            if fresh and rank == 0:
                fresh = False
                yield case
            else:
                late.append((rank, turn, float(rng.random()), case))
    yield from (case for *_, case in sorted(late, key=lambda item: item[:3]))


def _confounded(world: World, x: Event, rng: np.random.Generator) -> Iterator[_Adjustment]:
    """Yield a cause with every outcome for which seeing it differs from setting it, in random order."""
    groups = _groups(world, _free(world, x.variable)[0])
    if not groups or min(world.marginal(x, [g]) for g in groups) < 1e-6:
        return
    everybody, with_x = (tuple(world.marginal(g, seen) for g in groups) for seen in ((), (x,)))
    asked = world.hypotheses if world.taught else world.events
    outcomes = [y for y in asked if y.variable not in (*world.ancestors[x.variable], x.variable)]
    for j in rng.permutation(len(outcomes)):
        y = outcomes[j]
        outcome = tuple(world.marginal(y, [x, g]) for g in groups)
        if apart(world.marginal(y, [x]), world.marginal(y, do=x)) and min(outcome) > 0.001 and max(outcome) < 1.0:
            yield _Adjustment(x, y, groups, everybody, with_x, outcome)


def _far(world: World, x: Event, y: Event) -> bool:
    """Return whether seeing and doing differ clearly."""
    seen, done = sorted((world.marginal(y, [x]), world.marginal(y, do=x)))
    return done - seen > 0.05 or done > 1.15 * seen


def _free(world: World, v: int) -> tuple[int, ...]:
    """Return the parents of a variable that are not known of everybody."""
    return tuple(p for p in world.parents[v] if p not in world.context)


def _groups(world: World, z: int) -> tuple[Event, ...]:
    """Return the groups into which a variable splits people: its states, the positive one first; none if they are many."""
    own = [e for e in world.events if e.variable == z]
    count = len(world.compiled.states(z))
    if not own or count > 3:
        return ()
    return (own[0], own[0].negated) if count == 2 else tuple(Event(z, s) for s in range(count))


def _told(groups: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return the groups whose shares are given: of two, the first."""
    return groups[:1] if len(groups) == 2 else groups


def _listed(shares: list[str], groups: list[Phrase]) -> str:
    """Return the sizes of the groups: `30 % are aged 70 or over`; of three, all."""
    parts = [f"{p} {g.has(2)}" for p, g in zip(shares, groups, strict=True)]
    return parts[0] if len(parts) == 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _outcomes(shares: list[str], groups: list[Phrase], x: Phrase, y: Phrase, who: str) -> str:
    """Return how frequent the outcome is in each group among those with x."""
    first, *others = [f"of those {g.who}, {p}" for p, g in zip(shares, groups, strict=True)]
    return f"Among the {who} {x.who}: {first} {y.has(2)}; {'; '.join(others)}."


def _weighted(weights: list[str], outcome: list[str]) -> str:
    return " + ".join(f"{a} × {b}" for a, b in zip(weights, outcome, strict=True))


def _causes(world: World, rng: np.random.Generator) -> Iterator[tuple[Event, Event, Event]]:
    """Yield two causes, neither before the other, and what may follow from both, where the second explains the first away.

    Where it does so only a little the question comes late.
    """
    late: list[tuple[Event, Event, Event]] = []
    effects = [e for e in world.events if len(world.ancestors[e.variable]) > 1]
    for i in rng.permutation(len(effects)):
        e = effects[i]
        above = [c for c in world.events if c.variable in world.ancestors[e.variable]]
        if world.taught:
            above = [c for c in above if e.variable in world.taught.get(c.variable, ())]
        causes = [c for c in above if max(0.01, 1.1 * world.marginal(c)) < world.marginal(c, [e]) < 0.97]
        pairs = [
            (a, b)
            for a, b in permutations(causes, 2)
            if a.variable not in {b.variable} | world.ancestors[b.variable] | world.descendants[b.variable]
        ]
        order = sorted(rng.permutation(len(pairs)), key=lambda j: not _both_near(world, pairs[j], e))
        for first, second in (pairs[j] for j in order[:_PAIRS]):
            table = world.joint([first, second], [e])
            now, then = float(table[1].sum()), float(table[1, 1] / table[:, 1].sum())
            if now > then > 0.005 and apart(now, then) and _away(world, first, second, table):
                much = then < 0.7 * now and min(now, float(table[:, 1].sum())) > 0.03
                if much and _both_near(world, (first, second), e):
                    yield first, second, e
                else:
                    late.append((first, second, e))
    yield from late


def _both_near(world: World, causes: tuple[Event, Event], e: Event) -> bool:
    """Return whether both causes are what one would think of: diagnoses, or the direct causes of the finding."""
    listed = {h.variable for h in world.hypotheses}
    return all(c.variable in listed or c.variable in world.parents[e.variable] for c in causes)


def _away(world: World, first: Event, second: Event, given: np.ndarray) -> bool:
    """Return whether it is the finding that turns the causes against each other: their odds ratio falls when it is known."""
    ratios = [t[1, 1] * t[0, 0] / max(t[1, 0] * t[0, 1], 1e-300) for t in (world.joint([first, second]), given)]
    return bool(ratios[1] < 0.8 * ratios[0])


def _why(world: World, first: Event, second: Event) -> str:
    """Return the effect of the second cause on the first with the finding unknown, and how the finding changes it."""
    a, b, who = world.phrase(first), world.phrase(second), world.people
    alone, together = world.marginal(first), world.marginal(first, [second])
    before = (
        f"Among all {who}, with the finding or without, {percent(alone)} {a.has(2)}; among those {b.who}, {percent(together)}."
    )
    away = "Once the finding is known, which either can bring about, the one makes the other less needed: it explains it away."
    return f"{before} {away}"


def _four(table: np.ndarray) -> tuple[int, int, int, int] | None:
    """People with the finding: how many in all, with both causes, with the first only, with the second only."""
    exact = float(table[1, 1] / table[:, 1].sum())
    for of in _SIZES:
        both, first, second = (round(of * float(p)) for p in (table[1, 1], table[1, 0], table[0, 1]))
        second = of - both - first if table[0, 0] < 1e-12 else second
        if both < (4 if of < _SIZES[-1] else 1) or first < 2 or second < 2 or of < both + first + second:
            continue
        if abs(both / (both + second) - exact) <= 0.5 * tolerance(exact):
            return of, both, first, second
    return None


def _both(count: int, a: Phrase, b: Phrase) -> str:
    """As a predicate: `have both fever and anaemia`."""
    if a.be or b.be:
        return f"{a.has(count)} and {b.has(count)}"
    return f"{'has' if count == 1 else 'have'} both {a.noun} and {b.noun}"
