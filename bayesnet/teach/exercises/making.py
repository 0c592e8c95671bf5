"""Makes exercises: of one kind, of every kind that a network allows, and graded sets."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.query.parse import read_target
from bayesnet.errors import BayesnetError, UnknownRecord
from bayesnet.teach.exercises.base_rates import another_population, natural_frequencies, percentages, prediction
from bayesnet.teach.exercises.causes import explaining_away, seeing_doing
from bayesnet.teach.exercises.choosing import next_test
from bayesnet.teach.exercises.exercise import LEVELS, Exercise
from bayesnet.teach.exercises.graph import reading_graph
from bayesnet.teach.exercises.known import CARRIED, DOUBLE, HALF, INVERSE, NEGLECT, SEEING, UNCHANGED, UNWEIGHTED
from bayesnet.teach.exercises.odds import double_counting, likelihood_ratio_and_odds
from bayesnet.teach.exercises.sheet import ExerciseSet
from bayesnet.teach.exercises.template import Kind
from bayesnet.teach.exercises.world import World
from bayesnet.teach.marking import ODDS

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_BAYES = "a thing that is so in 0.04 to 60 % of all, and a finding that follows from it but not always"
_FORMATS = ("gigerenzer1995", "sedlmeier2001", "mcdowell2017", "eddy1982")
_NEGLECTED = ("kahneman1973", "barhillel1980", "eddy1982", "villejoubert2002")

_KINDS = {
    "natural_frequencies": Kind(natural_frequencies, (1,), _BAYES, (*_FORMATS, *_NEGLECTED[:2]), first=(INVERSE,)),
    "prediction": Kind(prediction, (1,), _BAYES, ("gigerenzer1995", "sedlmeier2001"), all_of=(HALF, UNWEIGHTED)),
    "reading_graph": Kind(
        reading_graph,
        (1, 2),
        "three variables or more, two of them without an arrow between them",
        ("pearl1988", "shachter1998"),
        on_request=True,
    ),
    "percentages": Kind(percentages, (2,), _BAYES, _NEGLECTED, first=(INVERSE, NEGLECT)),
    "another_population": Kind(
        another_population, (2,), _BAYES, ("kahneman1973", "barhillel1980", "mcdowell2017"), first=(CARRIED,)
    ),
    "likelihood_ratio": Kind(
        likelihood_ratio_and_odds,
        (2,),
        f"{_BAYES}, and makes it 10 to 93 % probable",
        ("deeks2004", "barhillel1980"),
        any_of=(ODDS, NEGLECT),
    ),
    "explaining_away": Kind(
        explaining_away,
        (2,),
        "two causes, neither of which follows from the other, that share an effect",
        ("wellman1993", "pearl1988"),
        first=(UNCHANGED,),
    ),
    "double_counting": Kind(
        double_counting,
        (3,),
        "two findings that follow from one thing, each clearly in its favour, and not independent given it",
        ("spiegelhalter1984", "deeks2004"),
        first=(DOUBLE,),
    ),
    "next_test": Kind(
        next_test, (3,), "at least two findings for one thing, one of which clearly tells more than the others", ("baron1988",)
    ),
    "seeing_doing": Kind(
        seeing_doing,
        (3,),
        "a common cause: a variable with one parent of two or three states, which has other effects as well",
        ("pearl1995",),
        first=(SEEING,),
    ),
}
"""Every kind, from easy to hard."""

KINDS = tuple(_KINDS)

MOST = 200
"""Exercises in one set."""


def make(
    compiled: CompiledModel,
    kind: str | Sequence[str] | None = None,
    *,
    seed: int = 0,
    count: int | None = None,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """Return exercises of one kind, of several, or of every kind that the network allows; see `bayesnet.exercises`."""
    seed, number = _whole(seed, "seed", 0), _whole(1 if count is None else count, "count", 1, MOST)
    kinds, asked = _kinds(kind), kind is not None
    world = _world(compiled, people, target)
    made: list[Exercise] = []
    for name in kinds:
        found = list(islice(_stream(world, name, seed), number))
        if asked and len(found) < number:
            raise _too_few(compiled, name, len(found), target)
        made += found
    if not made:
        raise _none(compiled, target)
    title = ", ".join(kinds) if asked else "exercises of every kind"
    return _set(world, made, seed, title, kind=list(kinds) if asked else None, count=count, target=target, people=people)


def make_set(
    compiled: CompiledModel,
    level: str | None = None,
    *,
    seed: int = 0,
    count: int = 10,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """Return a graded set, from easy to hard; see `bayesnet.exercise_set`."""
    seed, count = _whole(seed, "seed", 0), _whole(count, "count", 1, MOST)
    if level is not None and level not in LEVELS:
        raise BayesnetError(
            f"Exercises are {', '.join(LEVELS[:-1])} or {LEVELS[-1]}; got level={level!r}; leave it out for all of them."
        )
    world = _world(compiled, people, target)
    wanted = None if level is None else LEVELS.index(level) + 1
    asked: set[str] = set()
    levels = [name for name in KINDS if wanted is None or wanted in _KINDS[name].difficulties]
    names = [name for name in levels if not (world.taught and _KINDS[name].on_request)]
    live = {name: _unasked(_stream(world, name, seed, wanted), asked) for name in names}
    chosen: list[Exercise] = []
    while live and len(chosen) < count:
        for name in _spread(list(live), count - len(chosen)):
            exercise = next(live[name], None)
            if exercise is None:
                del live[name]
            else:
                chosen.append(exercise)
    if not chosen:
        raise _none(compiled, target, level)
    if len(chosen) < count:
        raise BayesnetError(
            f"Only {len(chosen)} different {level + ' ' if level else ''}exercises can be made from {compiled.model.name} with "
            f"seed {seed}; ask for count={len(chosen)}, or load a larger network."
        )
    ordered = sorted(chosen, key=lambda e: (e.difficulty, KINDS.index(e.kind)))
    return _set(world, ordered, seed, f"a graded set{_of(level)}", level=level or "", count=count, target=target, people=people)


def _stream(world: World, name: str, seed: int, difficulty: int | None = None) -> Iterator[Exercise]:
    """Different exercises of a kind, the same for the same seed."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    seen: set[str] = set()
    for draft in _KINDS[name].make(world, rng):
        exercise = None if draft.question in seen else _KINDS[name].exercise(world, name, draft)
        if exercise and difficulty in (None, exercise.difficulty):
            seen.add(exercise.question)
            yield exercise


def _unasked(stream: Iterator[Exercise], asked: set[str]) -> Iterator[Exercise]:
    """Yield the same exercises, those that repeat a question of this sheet or print their answer last."""
    held: list[Exercise] = []
    for exercise in stream:
        if exercise.title in asked or exercise.printed:
            held.append(exercise)
        else:
            asked.add(exercise.title)
            yield exercise
    yield from held


def _spread(names: list[str], count: int) -> list[str]:
    """Choose `count` of the kinds, from easy to hard."""
    if len(names) <= count:
        return names
    return [names[round(i)] for i in np.linspace(0, len(names) - 1, count)]


def _world(compiled: CompiledModel, people: str | None, target: str | None) -> World:
    if people is not None and not str(people).strip():
        raise BayesnetError(
            f'`people` must be a plural noun, such as "women" or "patients with back pain"; got people={people!r}.'
        )
    return World(compiled, people, None if target is None else read_target(compiled, target))


def _kinds(kind: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the kinds asked for. Raises BayesnetError with the nearest names."""
    if kind is None:
        return KINDS
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    for name in kinds:
        if name not in _KINDS:
            raise UnknownRecord(str(name), KINDS, what="kind of exercise")
    if not kinds:
        raise BayesnetError(f"No kind of exercise was given; there are {', '.join(KINDS)}.")
    return kinds


def _whole(value: object, name: str, least: int, most: int | None = None) -> int:
    """Return a whole number, if it is one in its range."""
    plain = int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None
    if plain is None or plain < least or (most is not None and plain > most):
        raise BayesnetError(
            f"{name} is a whole number {f'from {least} to {most}' if most else 'of 0 or more'}; got {name}={value!r}."
        )
    return plain


def _too_few(compiled: CompiledModel, name: str, found: int, target: str | None) -> BayesnetError:
    """Fewer exercises than asked for, and what a network needs for more."""
    about = f" about {target}" if target else ""
    if found:
        return BayesnetError(
            f'Only {found} different exercise{"s" if found > 1 else ""} of the kind "{name}" can be made '
            f"from {compiled.model.name}{about}; "
            f"ask for count={found}, or load a larger network."
        )
    return BayesnetError(
        f'{compiled.model.name} gives no exercise of the kind "{name}"{about}: that needs {_KINDS[name].needs}. '
        "Ask for another kind, or leave the kind out to get all that can be made."
    )


def _none(compiled: CompiledModel, target: str | None, level: str | None = None) -> BayesnetError:
    about = f" about {target}" if target else ""
    return BayesnetError(
        f"{compiled.model.name} gives no {level + ' ' if level else ''}exercise{about}: "
        f"that needs, at the least, {_KINDS['prediction'].needs}."
    )


def _of(level: str | None) -> str:
    return f" of {level} ones" if level else ", from easy to hard"


def _set(world: World, made: list[Exercise], seed: int, title: str, **options: Any) -> ExerciseSet:
    return ExerciseSet(
        exercises=tuple(made),
        seed=seed,
        title=title,
        provenance=world.provenance,
        model_title=world.compiled.model.title,
        options={name: value for name, value in options.items() if value is not None},
    )
