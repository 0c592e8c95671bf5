"""A quiz as one file: its data, and the result code that a student hands in and a teacher verifies.

A result code is a list in JSON (format, network, digest of the network, seed, options, digest of the questions, name, answers),
in base64 with the letters of addresses, a dot, and its CRC-32. The checksum finds slips of copying. The answers are marked again
from the network when a code is verified, so a score cannot be changed without the answers. No code can say who wrote the answers,
or whether the solutions, which the file holds in plain text, were read first.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from bayesnet.errors import BayesnetError
from bayesnet.teach.exercises.exercise import Exercise
from bayesnet.teach.exercises.making import make, make_set
from bayesnet.teach.exercises.sheet import ExerciseSet, Marks
from bayesnet.teach.marking import marking_data

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

FORMAT = "bayesnet-quiz/1"
LONGEST = 60
"""Letters of an answer, and of a name."""
_MOST = 50_000
"""Letters of a code."""


class ResultCode(NamedTuple):
    """The content of a result code: of which network and quiz it is, whose, and the answers."""

    format: str
    network: str
    digest: str
    seed: int
    options: dict[str, Any]
    questions: str
    student: str
    answers: list[str]


def quiz_data(made: ExerciseSet) -> dict[str, Any]:
    """Return all that the page of a quiz shows and marks, as plain values.

    Returns
    -------
    dict
        `title`, `made` (network and seed), `warning`, `questions`, `code` (the fields of a result code that do not depend on the
        answers), `marking` (see `marking_data`), `longest`, and `literature`.
    """
    return {
        "title": made.model_title or made.provenance.network,
        "made": f"{made.provenance.line}, seed {made.seed}",
        "warning": made.provenance.warning or "For teaching and research. Not for the care of patients.",
        "questions": [_question(exercise) for exercise in made],
        "code": list(_code(made)[:6]),
        "marking": marking_data(),
        "longest": LONGEST,
        "literature": list(dict.fromkeys(line for exercise in made for line in exercise.literature())),
    }


def _code(made: ExerciseSet) -> ResultCode:
    """Return the result code of a quiz without name and answers."""
    asked = json.dumps([[e.question, e.how] for e in made], ensure_ascii=False)
    questions = hashlib.sha256(asked.encode()).hexdigest()[:8]
    source = made.provenance
    return ResultCode(FORMAT, source.network, source.digest[:8], made.seed, dict(made.options), questions, "", [])


def _question(exercise: Exercise) -> dict[str, Any]:
    """Return one question as the page marks it; an answer that is a word is chosen, not typed."""
    errors = [e for e in exercise.errors if isinstance(e.answer, str) == bool(exercise.choices)]
    return {
        "level": exercise.level,
        "lines": exercise.question.split("\n"),
        "how": "" if exercise.choices else exercise.how,
        "choices": list(exercise.choices),
        "right": exercise.answer if exercise.choices else list(exercise.accepted),
        "wrong": [{"value": e.answer, "name": e.name, "why": e.why} for e in errors],
        "hint": exercise.hint,
        "shown": exercise.shown,
        "solution": exercise.solution.split("\n"),
        "citations": list(exercise.citations),
    }


def read_code(text: str) -> ResultCode:
    """Read a result code.

    Raises
    ------
    BayesnetError
        When it is not complete, or was changed.
    """
    letters, _, checksum = "".join(text.split()).rpartition(".")
    try:
        if len(letters) > _MOST or f"{zlib.crc32(letters.encode()):08x}" != checksum:
            raise ValueError
        fields = json.loads(base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))
        code = ResultCode(*fields)
        kinds = (str, str, str, int, dict, str, str, list)
        if code.format != FORMAT or not all(isinstance(value, kind) for value, kind in zip(code, kinds, strict=True)):
            raise ValueError
        if not all(isinstance(answer, str) for answer in code.answers) or not set(code.options) <= _OPTIONS:
            raise ValueError
    except (ValueError, TypeError, UnicodeError, RecursionError):
        raise BayesnetError(
            "This is not a whole result code, or it was changed: its checksum does not fit. "
            "Expected a line that ends in a dot and eight letters or digits; copy it again from the quiz."
        ) from None
    return code


_OPTIONS = {"kind", "level", "count", "target", "people"}


def verify(compiled: CompiledModel, code: ResultCode) -> Marks:
    """Return the marks of a result code: the questions made again from the network, the answers marked again.

    Raises
    ------
    BayesnetError
        When the network here is not the one of the quiz, or this version makes other questions of it.
    """
    made = _again(compiled, code)
    here = _code(made)
    for field, what in (("network", "network"), ("digest", "version of the network"), ("questions", "version of bayesnet")):
        if getattr(here, field) != getattr(code, field):
            raise BayesnetError(
                f"The quiz was made with another {what}: {field} {getattr(code, field)}, here {getattr(here, field)}. "
                "Verify its codes with the installation that made it."
            )
    if len(code.answers) != len(made):
        raise BayesnetError(f"The quiz has {len(made)} questions; the code has {len(code.answers)} answers.")
    return made.check([answer or None for answer in code.answers], student=code.student)


def _again(compiled: CompiledModel, code: ResultCode) -> ExerciseSet:
    """Make the questions of a code."""
    if "level" in code.options:
        return make_set(compiled, seed=code.seed, **{**code.options, "level": code.options["level"] or None})
    return make(compiled, seed=code.seed, **code.options)
