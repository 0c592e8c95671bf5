"""Marks the exercises of one notebook."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any

from bayesnet.coursework.task import Task
from bayesnet.errors import BayesnetError
from bayesnet.network import Network, load
from bayesnet.teach.marking import Verdict, Wrong, mark_answer

_LAST, _OWN = 8, 7
"""The last lesson, and the one about a network of one's own; the others are about back pain."""

_EXACT = 0.01
"""Answers of a notebook are computed, so that they agree to one part in a hundred."""


class Exercises:
    """The exercises of a lesson; call it with the number of an exercise and an answer.

    Parameters
    ----------
    number
        The number of the lesson.
    net
        Its network.
    """

    def __init__(self, number: int, net: Network | None) -> None:
        self.number = number
        self._given = net

    def __call__(self, exercise: int, answer: Any) -> Verdict:
        """Return whether an answer is right, or the known error that gives it."""
        task = self.task(exercise)
        wrong = [Wrong(value, said) for value, said in task.wrong]
        exact = None if isinstance(task.right, str) else _EXACT * abs(task.right)
        return mark_answer(answer, task.right, wrong, tolerance=exact, probability=task.probability)

    def task(self, exercise: int) -> Task:
        """Return the right answer and the known errors of an exercise."""
        if exercise not in range(1, len(self._makers) + 1):
            raise BayesnetError(f"Lesson {self.number} has exercises 1 to {len(self._makers)}; got {exercise!r}.")
        if exercise not in self._made:
            self._made[exercise] = self._makers[exercise - 1](self._net)
        return self._made[exercise]

    @cached_property
    def _makers(self) -> tuple[Callable[[Network], Task], ...]:
        makers: tuple[Callable[[Network], Task], ...] = import_module(f"bayesnet.coursework.lesson_{self.number}").EXERCISES
        return makers

    @cached_property
    def _net(self) -> Network:
        return self._given or load("back_pain")

    @cached_property
    def _made(self) -> dict[int, Task]:
        return {}

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"the {len(self)} exercises of lesson {self.number}"


def lesson(number: int, net: Network | None = None) -> Exercises:
    """Return what marks the exercises of a notebook.

    Parameters
    ----------
    number
        The number of the notebook.
    net
        The network that the notebook builds (lesson 7); the shipped one when None.

    Raises
    ------
    BayesnetError
        When there is no such notebook, or it needs a network of one's own.

    Examples
    --------
    >>> from bayesnet.teach import lesson
    >>> check = lesson(1)
    >>> check(1, "1 in 13")
    Right.
    >>> check(1, 0.8)
    Not yet: P(positive | cancer), the question turned round.
    """
    if number not in range(1, _LAST + 1):
        raise BayesnetError(f"There are lessons 1 to {_LAST}; got {number!r}.")
    if number == _OWN and net is None:
        raise BayesnetError(f"Lesson {number} is about a network of your own; give it: lesson({number}, net).")
    return Exercises(number, net)
