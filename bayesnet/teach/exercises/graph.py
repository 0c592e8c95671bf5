"""An exercise on reading the graph: does learning one thing say anything about another, given what is known?

References
----------
Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.
Shachter RD (1998). Bayes-ball: the rational pastime. UAI-98, 480-487.

"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bayesnet.analysis.explanation.paths import Graph, separated
from bayesnet.analysis.query.query import Query
from bayesnet.inference.evidence import Evidence, one_hot
from bayesnet.teach.exercises.known import CHAIN_OPEN, CHAIN_SHUT, COLLIDER_OPEN, COLLIDER_SHUT, KnownError, known
from bayesnet.teach.exercises.phrases import capital
from bayesnet.teach.exercises.template import ExerciseDraft
from bayesnet.teach.exercises.world import World

MOST = 10
"""Variables in a graph that is asked about; who reads it must hold it in mind."""

FEW = 7
"""As many as are better."""

_TRIES = 800
_PATIENCE = 3_000
_WAYS = 3

YES = (
    "yes", "dependent", "depends", "they are dependent", "not independent", "open", "not separated", "d connected", "connected",
)  # fmt: skip
NO = ("no", "independent", "they are independent", "not dependent", "blocked", "closed", "separated", "d separated")


@dataclass(frozen=True)
class _Way:
    """A way between two variables, as labels with the arrows between them, and what blocks it."""

    steps: tuple[str, ...]
    arrows: tuple[str, ...]
    blocker: str
    reason: str

    @property
    def text(self) -> str:
        """The path as drawn."""
        rest = [f" {arrow} {step}" for arrow, step in zip(self.arrows, self.steps[1:], strict=True)]
        return "".join([self.steps[0], *rest])

    @property
    def colliders(self) -> tuple[str, ...]:
        """The places where two arrows meet head to head."""
        middle = zip(pairwise(self.arrows), self.steps[1:-1], strict=True)
        return tuple(step for ends, step in middle if ends == ("→", "←"))


def reading_graph(world: World, rng: np.random.Generator) -> Iterator[ExerciseDraft]:
    """Arrows, what is known, and two variables: are they dependent?"""
    small = [
        v for v in range(len(world.compiled.names)) if v not in world.context and len(world.ancestors[v] - world.context) < MOST
    ]
    if len(small) < 3:
        return
    dependent = bool(rng.integers(2))
    for trial in range(_TRIES):
        x, y, *given = (small[i] for i in rng.permutation(len(small))[: 2 + int(rng.choice([0, 1, 1, 1, 2]))])
        asked = frozenset((x, y, *given))
        above = asked.union(*(world.ancestors[v] for v in asked)) - world.context
        if len(above) > (MOST if trial > _TRIES // 2 else FEW) or x in world.parents[y] or y in world.parents[x]:
            continue
        evidence = _evidence(world, given)
        if separated(world.compiled, evidence, x, y) == dependent:
            continue
        found = _ways(world, Graph(world.compiled.factors, evidence), x, y, open_=dependent)
        shown = above.union(*found)
        if found and len(shown) <= MOST:
            dependent = not dependent
            told = [_way(world, Graph(world.compiled.factors, evidence), path) for path in found]
            yield _draft(world, (x, y, tuple(given)), shown, told)


def _ways(world: World, graph: Graph, x: int, y: int, *, open_: bool) -> list[tuple[int, ...]]:
    """Return the shortest paths between two variables that are open, or blocked; none through what is known of everybody."""
    found: list[tuple[int, ...]] = []
    queue: deque[tuple[int, ...]] = deque([(x,)])
    for _ in range(_PATIENCE):
        if not queue or len(found) >= _WAYS:
            break
        path = queue.popleft()
        for v in graph.neighbours(path[-1]):
            if v == y and (graph.blocker((*path, v)) is None) == open_:
                found.append((*path, v))
            elif v not in path and v != y and v not in world.context:
                queue.append((*path, v))
    return found[:_WAYS]


def _draft(world: World, asked: tuple[int, int, tuple[int, ...]], shown: frozenset[int], ways: list[_Way]) -> ExerciseDraft:
    """Return the question about two variables in the part of the graph that matters."""
    x, y, given = asked
    first, second, names = world.label(x), world.label(y), [world.label(v) for v in given]
    arrows = [f"{world.label(p)} → {world.label(v)}" for v in sorted(shown) for p in world.parents[v] if p in shown]
    states = "The state" if len(names) == 1 else "The states"
    known_ = f"{states} of {' and '.join(map(_quoted, names))} {'is' if len(names) == 1 else 'are'} known."
    known_of_all = f"{capital(world.known)}. " if world.known else ""
    told = known_ if names else "Nothing is known yet."
    apart = bool(ways[0].blocker)
    right, wrong = ("no", "yes") if apart else ("yes", "no")
    return ExerciseDraft(
        difficulty=1 if len(shown) <= 4 and not any(way.colliders for way in ways) else 2,
        question=(
            f"These arrows of a network lead from causes to effects:\n{'; '.join(arrows)}.\n"
            f"{known_of_all}{told} Does learning about {_quoted(first)} then say anything about {_quoted(second)}?"
        ),
        answer=right,
        shown=f"{right}: {_quoted(first)} and {_quoted(second)} are {'independent' if apart else 'dependent'}"
        + (f", given {' and '.join(map(_quoted, names))}" if names else ""),
        solution="\n".join([*map(_told, ways), _conclusion(apart)]),
        hint="Follow every way from the one to the other, along the arrows and against them; is each place on it open?",
        worded=(_wrong(wrong, ways[0]),),
        words=NO if apart else YES,
        choices=("yes", "no"),
        how="Answer with yes or no.",
        title=f"{world.compiled.names[x]} ⫫ {world.compiled.names[y]}"
        + (f" | {', '.join(world.compiled.names[v] for v in given)}" if given else ""),
    )


def _told(way: _Way) -> str:
    """Return one path with the variables that block or open it."""
    if way.blocker:
        meet = "two arrows meet head to head there, and " if way.reason.startswith("nothing") else ""
        return f"{way.text} is blocked at {_quoted(way.blocker)}: {meet}{way.reason}."
    opened = [
        f"at {_quoted(c)} two arrows meet head to head, and of that (or of what follows from it) something is known"
        for c in way.colliders
    ]
    plain = "nothing on it is known, and nowhere do two arrows meet head to head"
    return f"{way.text} is open: {'; '.join(opened) or plain}."


def _conclusion(apart: bool) -> str:
    if apart:
        return "No way is open: the two are d-separated, and learning about the one says nothing about the other."
    return "One open way is enough: learning about the one says something about the other."


def _wrong(word: str, way: _Way) -> KnownError:
    """Return the one wrong answer, named after what was overlooked on the shortest path."""
    if way.reason.startswith("nothing"):
        what = f"On {way.text}, arrows meet head to head at {_quoted(way.blocker)}, and nothing is known of that."
        return known(COLLIDER_OPEN, word, what, YES)
    if way.blocker:
        return known(CHAIN_OPEN, word, f"{way.text} leads through {_quoted(way.blocker)}, and that is known.", YES)
    if way.colliders:
        what = f"On {way.text}, arrows meet head to head at {_quoted(way.colliders[0])}, and of that something is known."
        return known(COLLIDER_SHUT, word, what, NO)
    return known(CHAIN_SHUT, word, f"{way.text} is open.", NO)


def _way(world: World, graph: Graph, path: Sequence[int]) -> _Way:
    """Return a path in words, with what blocks it."""
    block = graph.blocker(path)
    arrows = tuple("→" if u in graph.parents[v] else "←" for u, v in pairwise(path))
    labels = tuple(world.label(v) for v in path)
    return _Way(labels, arrows, world.label(block[0]) if block else "", block[1] if block else "")


def _quoted(label: str) -> str:
    return f"“{label}”"


def _evidence(world: World, given: Sequence[int]) -> Evidence:
    """Return the variables as known; in which state does not matter to the graph."""
    likelihoods = dict(Query(world.compiled).evidence.likelihoods)
    for v in given:
        likelihoods[v] = one_hot(len(world.compiled.states(v)), 0)
    return Evidence(likelihoods)
