"""A set of exercises: the student's sheet, the teacher's key, and the marks of a sheet that was handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bayesnet.errors import BayesnetError
from bayesnet.results.base import Result
from bayesnet.results.table import Grid, wrapped
from bayesnet.teach.exercises.exercise import Exercise
from bayesnet.teach.exercises.moodle import gift, moodle_xml
from bayesnet.teach.marking import Verdict

_KINDS = {"seeing_doing": "seeing and doing", "reading_graph": "reading the graph", "next_test": "which test next"}
"""Kinds whose names do not read as words."""

_WARNING = "For teaching and research. Not for the care of patients."


@dataclass(frozen=True, kw_only=True, repr=False)
class Marks(Result):
    """A sheet that was handed in: what was answered to each exercise, whether it is right, and the known error made."""

    columns: ClassVar[tuple[str, ...]] = ("exercise", "kind", "answer", "right", "mistake", "said")

    kinds: tuple[str, ...]
    answers: tuple[str, ...]
    marked: tuple[Verdict, ...]
    student: str = ""

    @property
    def right(self) -> int:
        """Number of right answers."""
        return sum(map(bool, self.marked))

    @property
    def mistakes(self) -> dict[str, int]:
        """Count of each known error, the most frequent first."""
        named = [m.mistake for m in self.marked if m.mistake]
        return dict(sorted(((name, named.count(name)) for name in dict.fromkeys(named)), key=lambda pair: -pair[1]))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per exercise."""
        lines = zip(self.kinds, self.answers, self.marked, strict=True)
        return [(i, kind, given, m.right, m.mistake or "", m.text) for i, (kind, given, m) in enumerate(lines, 1)]

    def grid(self) -> Grid:
        """Return the answers, each with its verdict."""
        rows = tuple((str(i), given or "–", said) for i, _, given, _, _, said in self.rows())
        return Grid(("exercise", "answer", "said"), rows, frozenset({1, 2}))

    def heading(self) -> str:
        """Return how many are right."""
        return f"{self.student}: {self.right} of {len(self.marked)} right".removeprefix(": ")


@dataclass(frozen=True, kw_only=True, repr=False)
class ExerciseSet(Result):
    """Exercises in order; prints as the student's sheet, `key()` is the teacher's.

    The same network, seed and kind give the same set, so that a class can work on one sheet; use a different
    seed per student for individual sheets.
    """

    columns: ClassVar[tuple[str, ...]] = ("exercise", "kind", "level", "question", "answer", "solution", "errors", "asks")

    exercises: tuple[Exercise, ...]
    seed: int
    model_title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The arguments that it was made with, `kind` or `level`, `count`, `target` and `people`, those that were given."""

    def __len__(self) -> int:
        return len(self.exercises)

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self.exercises)

    def __getitem__(self, place: int) -> Exercise:
        return self.exercises[place]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per exercise, with its solution."""
        return [
            (i, e.kind, e.level, e.question, e.shown, e.solution, "; ".join(k.name for k in e.errors), e.title)
            for i, e in enumerate(self.exercises, 1)
        ]

    def check(self, answers: Sequence[Any] | Mapping[int, Any], student: str = "") -> Marks:
        """Mark a sheet.

        Parameters
        ----------
        answers
            One answer per exercise in order, None if there is none; or a dict from the exercise's number, from 1.
        student
            Whose sheet it is.

        Raises
        ------
        BayesnetError
            When there are more answers than exercises, or an answer to an exercise that is not there.
        """
        given = _in_order(answers, len(self.exercises))
        marked = tuple(exercise.check(answer) for exercise, answer in zip(self.exercises, given, strict=True))
        return Marks(
            title=self.title,
            provenance=self.provenance,
            kinds=tuple(e.kind for e in self.exercises),
            answers=tuple("" if answer is None else str(answer) for answer in given),
            student=student,
            marked=marked,
        )

    def sheet(self) -> str:
        """Return the student's sheet as plain text: questions only."""
        return _plain(self._sheet())

    def key(self) -> str:
        """Return the teacher's key as plain text: answers, worked solutions, wrong answers to expect, sources and literature."""
        return _plain(self._key())

    def sheet_markdown(self) -> str:
        """Return the student's sheet in Markdown; what names and labels hold is never taken for HTML or a link."""
        return _escaped(self._sheet())

    def key_markdown(self) -> str:
        """Return the teacher's key in Markdown, escaped like the sheet."""
        return _escaped(self._key())

    def moodle(self) -> str:
        """Return the exercises as Moodle XML, with the known errors as feedback."""
        return moodle_xml(self.exercises, self._about)

    def gift(self) -> str:
        """Return the exercises in GIFT, the plain text that Moodle reads, with the known errors as feedback."""
        return gift(self.exercises, self._about)

    @property
    def _about(self) -> str:
        """The network in words."""
        return self.model_title or self.provenance.network

    def _sheet(self) -> str:
        """Questions and how they are answered."""
        return "\n\n".join([*self._top("Exercises"), *(f"{_question(i, e)}\n\n*{e.how}*" for i, e in self._numbered())]) + "\n"

    def _key(self) -> str:
        """Questions, answers, solutions, errors, sources and literature."""
        parts = [*self._top("Key"), *("\n\n".join(_solved(i, e)) for i, e in self._numbered())]
        used = dict.fromkeys(line for e in self.exercises for line in e.literature())
        parts += ["## Literature", "\n".join(f"- {line}" for line in used)]
        return "\n\n".join(parts) + "\n"

    def _numbered(self) -> Iterator[tuple[int, Exercise]]:
        return enumerate(self.exercises, 1)

    def _top(self, what: str) -> list[str]:
        """Return the head of a page: network and seed, so that it can be made again."""
        made = f"Made from {self.provenance.line}, seed {self.seed}. {self.provenance.warning or _WARNING}"
        return [f"# {what}: {self._about}", made]

    def __str__(self) -> str:
        return self.sheet()

    def __repr__(self) -> str:
        return self.sheet()

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{e._repr_html_()}</li>" for e in self.exercises)
        return f"<ol>{items}</ol>"


def _question(i: int, exercise: Exercise) -> str:
    """Return number, level and question, a paragraph a line."""
    return f"## Exercise {i} ({exercise.level})\n\n" + exercise.question.replace("\n", "\n\n")


def _solved(i: int, e: Exercise) -> list[str]:
    """Return one exercise with answer, solution, expected errors and sources."""
    steps = "\n".join(f"{k}. {line}" for k, line in enumerate(e.solution.split("\n"), 1))
    wrong = "\n".join(f"- {_given(k.answer)}: **{k.name}**. {k.explanation} {k.hint}" for k in e.errors)
    parts = [_question(i, e), f"**Answer: {e.shown}.** ({_KINDS.get(e.kind, e.kind.replace('_', ' '))}; {e.title})", steps]
    parts += ["Wrong answers to expect:", wrong] if wrong else []
    parts += ["Numbers used:", "\n".join(f"- {line}" for line in e.citations)] if e.citations else []
    return parts


def _given(answer: float | str) -> str:
    """Return a wrong answer as it would be given."""
    if isinstance(answer, str):
        return answer
    return f"{100 * answer:.3g} %" if answer <= 1.0 else f"{answer:.3g}"


def _in_order(answers: Sequence[Any] | Mapping[int, Any], count: int) -> list[Any]:
    """Return one answer per exercise, None if there is none."""
    if isinstance(answers, str) or not isinstance(answers, Sequence | Mapping):
        raise BayesnetError(f"Answers are a list, one per exercise, or a dict by number from 1; got {type(answers).__name__}.")
    by_number = answers if isinstance(answers, Mapping) else dict(enumerate(answers, 1))
    strange = [n for n in by_number if n not in range(1, count + 1)]
    if strange:
        raise BayesnetError(
            f"There {'is 1 exercise' if count == 1 else f'are {count} exercises'}, numbered from 1; "
            f"got an answer to {strange[0]!r}."
        )
    return [by_number.get(n) for n in range(1, count + 1)]


def _escaped(markdown: str) -> str:
    """Take away what a reader of Markdown would take for HTML, a link or a picture."""
    return markdown.replace("&", "&amp;").replace("<", "&lt;").replace("](", "]\\(").replace("`", "\\`")


def _plain(markdown: str) -> str:
    """Markdown as plain text no wider than a terminal: no marks, headings underlined, lists kept."""
    lines: list[str] = []
    for line in markdown.split("\n"):
        text = line.replace("**", "").lstrip("#").strip() if line.startswith("#") else line.replace("**", "")
        text = text[1:-1] if text.startswith("*") and text.endswith("*") and len(text) > 2 else text
        indent = "  " if text.startswith("- ") else "   " if text[:1].isdigit() and ". " in text[:4] else ""
        lines.append(wrapped(text, indent) if text else "")
        if line.startswith("# "):
            lines.append("=" * min(len(text), 100))
    return "\n".join(lines)
