"""An exercise: a question in words that checks its own answer and knows the classic errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import wrapped
from bayesnet.teach.exercises.known import KnownError
from bayesnet.teach.exercises.literature import LITERATURE
from bayesnet.teach.marking import MESSAGES, Verdict, Wrong, mark_answer, named, tolerance
from bayesnet.teach.reading import number_inside, read_words

LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True, kw_only=True, repr=False)
class Exercise(Result):
    """A question in words, made from a network; it prints without its answer.

    `question` is for the student; `answer` the network's own answer, a probability or a word, and `shown` the same as one would
    write it; `solution` the worked steps; `errors` the known errors that this exercise can tell apart; `hint` what to try first.
    `citations` are the numbers of the model that it uses, each with its source; `references` the literature behind the format.
    """

    columns: ClassVar[tuple[str, ...]] = ("kind", "level", "asks", "question", "answer", "errors")

    kind: str
    question: str
    answer: float | str
    shown: str
    solution: str
    hint: str
    difficulty: int
    errors: tuple[KnownError, ...]
    citations: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    how: str = "Answer with a share (0.25), a percentage (25 %) or a frequency (1 in 4)."
    accepted: tuple[float, ...] = ()
    """Numbers that are right: the network's, and what the rounded figures of the question give."""
    words: tuple[str, ...] = ()
    """Words that are right."""
    choices: tuple[str, ...] = ()
    """The choices, if the answer is a word."""

    @property
    def level(self) -> str:
        """The difficulty as a word: easy, medium or hard."""
        return LEVELS[self.difficulty - 1]

    @property
    def printed(self) -> bool:
        """Whether the question has a percentage that would be a right answer."""
        shares = [float(text) / 100.0 for text in re.findall(r"([0-9.]+) %", self.question)]
        return any(abs(share - right) <= tolerance(right) for share in shares for right in self.accepted)

    def check(self, answer: Any) -> Verdict:
        """Say whether an answer is right, or which known error gives it.

        Parameters
        ----------
        answer
            A number, or text: `0.12`, `"12 %"`, `"0,12"`, `"1 in 80"`, `"8 of 103"`, `"3/7"`; for a question of direction or
            choice a word, such as `"down"` or `"B"`. Nothing that can be typed is an error.

        Returns
        -------
        Verdict
            Prints as a sentence; true where the answer is right; `mistake` names the known error.

        Examples
        --------
        >>> import bayesnet
        >>> (exercise,) = bayesnet.exercises(bayesnet.load("mammography"), kind="natural_frequencies", seed=1)
        >>> exercise.check("7.8 %")
        Right.
        >>> exercise.check("80 %").mistake
        'inverse fallacy'
        """
        if self.words and answer is not None and not (isinstance(answer, str) and not answer.strip()):
            return self._check_words(answer)
        return self._check_number(answer)

    def _check_words(self, answer: Any) -> Verdict:
        """Check a word and, where the question has a number too, the number beside it."""
        said = _matched(read_words(answer), {True: self.words, **{e: (str(e.answer), *e.words) for e in self._worded}})
        if said is False:
            return Verdict("unreadable", None, f"Not yet: one answer is asked for, one of {_or(self.choices)}.")
        if said is not None and said is not True:
            return named(Wrong(said.answer, said.name, said.why))
        if self.accepted and number_inside(answer) is not None:
            return self._check_number(answer)
        if said is True:
            return Verdict("right", None, MESSAGES["right"])
        return Verdict("unreadable", None, f"Not yet: the answer is one of {_or(self.choices)}; this is {_told(answer)}.")

    def _check_number(self, answer: Any) -> Verdict:
        """Check a number."""
        wrong = [Wrong(e.answer, e.name, e.why) for e in self.errors if isinstance(e.answer, float)]
        return mark_answer(answer, self.accepted, wrong, hint=self.hint)

    @property
    def _worded(self) -> list[KnownError]:
        return [e for e in self.errors if isinstance(e.answer, str)]

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row."""
        return [(self.kind, self.level, self.title, self.question, self.shown, ", ".join(e.name for e in self.errors))]

    def literature(self) -> tuple[str, ...]:
        """Return the references in full."""
        return tuple(LITERATURE[key] for key in self.references)

    def to_dict(self) -> dict[str, Any]:
        """Return question, answer, solution, errors, citations and references as JSON-safe values."""
        return {**super().to_dict(), "level": self.level, "references": list(self.literature())}

    def __str__(self) -> str:
        return "\n".join(wrapped(line) for line in [*self.question.split("\n"), f"({self.how})"])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        import html

        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in self.question.split("\n") if line)
        return f"<div>{paragraphs}<p><small>{html.escape(self.how)}</small></p></div>"


def _matched(text: str, meant: dict[Any, tuple[str, ...]]) -> Any:
    """Return the meaning of a text: the key of the phrase in it, None for none, False for several."""
    phrases = [(read_words(phrase), key) for key, words in meant.items() for phrase in words]
    for phrase, key in phrases:
        if text == phrase:
            return key
    found, rest = list[Any](), f" {text} "
    for phrase, key in sorted(phrases, key=lambda pair: -len(pair[0])):
        if len(phrase) > 1 and f" {phrase} " in rest:
            rest = rest.replace(f" {phrase} ", "  ")
            found.append(key)
    return None if not found else found[0] if all(key is found[0] for key in found) else False


def _or(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _told(answer: Any) -> str:
    """Name an answer that cannot be read: itself, or its kind where it is long."""
    told = repr(answer)
    return told if len(told) <= 40 else f"of the kind {type(answer).__name__}"
