"""The template of an exercise: what a maker works out for one question, and what all exercises of a kind have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bayesnet.teach.exercises.exercise import Exercise
from bayesnet.teach.exercises.figures import percent
from bayesnet.teach.exercises.known import KnownError, distinct
from bayesnet.teach.exercises.world import Event, World

Cited = tuple[Event, Sequence[Event]]
"""A probability: an event, and what it is conditional on."""


@dataclass(frozen=True, kw_only=True)
class ExerciseDraft:
    """One question as its maker words it; `Kind.exercise` makes the exercise of it.

    The answer is a number (`exact`, from the network, and `right`, from the rounded figures of the question), a word (`answer`
    with its `words` and `choices`), or both. `wrong` are the known errors that are numbers, `worded` those that are words.
    """

    title: str
    question: str
    solution: str
    hint: str
    exact: float = 0.0
    right: float = 0.0
    wrong: Iterable[KnownError] = ()
    answer: str = ""
    worded: tuple[KnownError, ...] = ()
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    how: str = Exercise.how
    shown: str = ""
    """The answer as one would write it; `right` as a percentage when empty."""
    cites: Sequence[Cited | str] = ()
    """The probabilities that the question uses, and sentences on others."""
    difficulty: int = 0
    """The difficulty, where the kind has several."""


@dataclass(frozen=True)
class Kind:
    """One kind of exercise.

    Attributes
    ----------
    make
        Yields drafts in random order.
    difficulties
        How hard its exercises are: 1 easy, 2 medium, 3 hard.
    needs
        What a network must have for it.
    references
        The literature behind the format and the errors.
    first, any_of, all_of
        Errors that an exercise must be able to tell from its answer: the first ones, in any order; at least one of several; all
        of several.
    on_request
        Whether it is left out of a graded set where the model names what to ask about.
    """

    make: Callable[[World, np.random.Generator], Iterator[ExerciseDraft]]
    difficulties: tuple[int, ...]
    needs: str
    references: tuple[str, ...]
    first: tuple[str, ...] = ()
    on_request: bool = False
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()

    def exercise(self, world: World, name: str, draft: ExerciseDraft) -> Exercise | None:
        """Return the exercise of a draft; None where an error that it is about cannot be told from the right answer."""
        accepted = () if draft.answer and not draft.exact else (draft.exact, draft.right)
        wrong = distinct(accepted, draft.wrong)
        if not self._tells([error.name for error in wrong]):
            return None
        return Exercise(
            kind=name,
            difficulty=draft.difficulty or self.difficulties[0],
            question=draft.question,
            answer=draft.answer or draft.exact,
            shown=draft.shown or percent(draft.right),
            solution=draft.solution,
            hint=draft.hint,
            errors=(*draft.worded, *wrong),
            accepted=accepted,
            words=draft.words,
            choices=draft.choices,
            how=draft.how,
            title=draft.title,
            citations=tuple(cited if isinstance(cited, str) else world.cite(*cited) for cited in draft.cites),
            references=self.references,
            provenance=world.provenance,
        )

    def _tells(self, names: Sequence[str]) -> bool:
        """Return whether the errors that can be told apart are those that the kind is about."""
        first = set(names[: len(self.first)]) == set(self.first)
        return first and {*self.all_of} <= {*names} and (not self.any_of or bool({*self.any_of} & {*names}))
