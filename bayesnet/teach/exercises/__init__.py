"""Exercises made from a network: questions in words that check their answers, know the classic errors, and come with a key.

Every kind has a maker, a function that yields drafts in random order (`base_rates`, `odds`, `causes`, `choosing`, `graph`);
`template` makes exercises of drafts, and `making` has the table of kinds. `world` asks the network, `phrases` and `figures` write
words and numbers, `known` names the errors. Answers are read and marked by `bayesnet.teach.reading` and `marking`.
"""

from __future__ import annotations

from bayesnet.teach.exercises.exercise import Exercise
from bayesnet.teach.exercises.known import KnownError
from bayesnet.teach.exercises.making import KINDS, make, make_set
from bayesnet.teach.exercises.sheet import ExerciseSet, Marks

__all__ = ["KINDS", "Exercise", "ExerciseSet", "KnownError", "Marks", "make", "make_set"]
