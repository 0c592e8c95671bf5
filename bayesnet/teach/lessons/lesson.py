"""The records of a lesson: steps, guesses, what must hold for its sentences to be true."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bayesnet.analysis.query.findings import Findings
from bayesnet.teach.lessons.quantity import GuessedProbability, Quantity

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
"""A quantity in a text: `{after}` in per cent, `{after:in}` as "1 in 13", `{after:1000}` as the number of 1,000 people."""


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold, as `after < 0.5 before`: a quantity, a sign, a factor, and a quantity or nothing."""

    text: str
    left: str
    sign: str
    factor: float
    right: str

    def holds(self, values: Mapping[str, float]) -> bool:
        """Return whether it holds for these values."""
        left, right = values[self.left], self.factor * (values[self.right] if self.right else 1.0)
        return math.isclose(left, right, rel_tol=1e-9) if self.sign == "=" else SIGNS[self.sign](left, right)


SIGNS = {"<": operator.lt, ">": operator.gt}


@dataclass(frozen=True)
class NamedError:
    """A known error that the guess is compared with; its value for a slider, None for a choice."""

    name: str
    why: str
    hint: str
    value: Quantity | None = None


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from; it is the right one where all of `when` holds."""

    text: str
    when: tuple[Requirement, ...]
    error: NamedError | None


@dataclass(frozen=True)
class Guess:
    """A guess before the bar moves: on a slider (`percent` or `frequency`), or one of several choices."""

    question: str
    slider: str
    asked: GuessedProbability
    errors: tuple[NamedError, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class LessonStep:
    """One step: text, what is known at its start, a guess, what to enter, the variable to watch, and a sentence after.

    `quantities` are those that its texts may name: the values of the lesson, and `before`, `after`, `factor`, `low` and `high` of
    what is watched. `click` lists what to enter, one by one.
    """

    text: str
    start: Findings
    click: tuple[Findings, ...]
    goal: Findings
    watch: tuple[int, int]
    tab: str
    guess: Guess | None
    after: str
    holds: tuple[Requirement, ...]
    quantities: Mapping[str, Quantity]

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a student reads of the step."""
        texts = [self.text, self.after]
        if self.guess:
            errors = [*self.guess.errors, *(choice.error for choice in self.guess.choices if choice.error)]
            texts += [self.guess.question, *(choice.text for choice in self.guess.choices), *(error.why for error in errors)]
        return tuple(texts)

    @property
    def named(self) -> frozenset[str]:
        """The quantities that its texts and its choices name."""
        compared = [one for choice in (self.guess.choices if self.guess else ()) for one in choice.when]
        names = {name for text in self.texts for name, _ in PLACEHOLDER.findall(text)}
        return frozenset(names | {name for one in compared for name in (one.left, one.right) if name})


@dataclass(frozen=True)
class StudyBehind:
    """A study behind the format of a lesson, and what of it the lesson uses."""

    study: str
    use: str


@dataclass(frozen=True)
class Lesson:
    """A lesson of a model; `name` is that of its file."""

    name: str
    title: str
    minutes: int
    teaches: str
    evidence: tuple[StudyBehind, ...]
    steps: tuple[LessonStep, ...]
