"""An exercise: a question in words that checks its own answer and knows the classic errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import wrapped
from bayesnet.teach.checking import Verdict
from bayesnet.teach.exercises.known import DECIMAL, ODDS, PERCENT_SIGN, KnownError, known, tolerance
from bayesnet.teach.exercises.literature import LITERATURE
from bayesnet.teach.exercises.reading import Read, number_inside, read_number, read_words

LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True, repr=False)
class Marked(Verdict):
    """The verdict of a check, with the explanation of the known error and a hint; true if the answer is right.

    Attributes
    ----------
    explanation
        What was done instead, in one sentence; empty where no known error was recognised.
    hint
        What to do next; empty where the answer is right.
    """

    explanation: str = ""
    hint: str = ""


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

    def check(self, answer: Any) -> Marked:
        """Say whether an answer is right, or which known error gives it.

        Parameters
        ----------
        answer
            A number, or text: `0.12`, `"12 %"`, `"1 in 80"`, `"8 of 103"`, `"3/7"`; for a question of direction or choice a word,
            such as `"down"` or `"B"`. Nothing that can be typed is an error.

        Returns
        -------
        Marked
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
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            return Marked(False, None, "No answer yet.", hint=self.hint)
        if self.words:
            return self._check_words(answer)
        return self._check_number(answer, read_number(answer) or number_inside(answer))

    def _check_words(self, answer: Any) -> Marked:
        """Check a word and, where the question has a number too, the number beside it."""
        said = _matched(read_words(answer), {True: self.words, **{e: (str(e.answer), *e.words) for e in self._worded}})
        number = number_inside(answer) if self.accepted else None
        if said is False:
            return self._unread(f"Not yet: one answer is asked for, one of {_or(self.choices)}.")
        if said is not None and said is not True:
            return self._named(said)
        if number is not None:
            return self._check_number(answer, number)
        if said is True:
            return Marked(True, None, "Right.")
        return self._unread(f"Not yet: the answer is one of {_or(self.choices)}; this is {_told(answer)}.")

    def _check_number(self, answer: Any, read: Read | None) -> Marked:
        """Check a number: right, a known error, a slip of writing, or neither."""
        if read is None:
            return self._unread(f"Not yet: a number is asked for, and this is {_told(answer)}.")
        value = read.value
        if any(_close(value, right) for right in self.accepted):
            return (
                self._named(known(ODDS, value, "These are the right odds, and a probability is asked."))
                if (read.form == "odds")
                else Marked(True, None, "Right.")
            )
        if near := self._nearest(value):
            return self._named(near)
        if slip := self._slip(read):
            return self._named(slip)
        if not 0.0 <= value <= 1.0:
            return self._unread("Not yet: a probability lies between 0 and 1, which is between 0 % and 100 %.")
        return self._unread(f"Not yet. {self.hint}")

    def _nearest(self, value: float) -> KnownError | None:
        """Return the known error whose value is nearest, if it is near."""
        close = [e for e in self.errors if isinstance(e.answer, float) and _close(value, e.answer)]
        return min(close, key=lambda e: abs(value - float(e.answer)), default=None)

    def _slip(self, read: Read) -> KnownError | None:
        """Return a right answer that was written wrongly: the percent sign left out, or the decimal point in the wrong place."""
        for right in self.accepted:
            if read.form in ("number", "share") and _close(read.value / 100.0, right):
                return known(
                    PERCENT_SIGN, read.value, f"{read.value:.4g} is more than all of them; {read.value:.4g} % may be meant."
                )
            for times in (10.0, 0.1, 100.0, 0.01):
                if read.value <= 1.0 and _close(read.value / times, right):
                    return known(DECIMAL, read.value, f"This is {_times(times)} the right answer.")
        return None

    def _named(self, error: KnownError) -> Marked:
        """Refuse an answer that a known error gives."""
        return Marked(
            False, error.name, f"Not yet: {error.name}. {error.explanation} {error.hint}", error.explanation, error.hint
        )

    def _unread(self, text: str) -> Marked:
        """Refuse an answer that no known error gives."""
        return Marked(False, None, text, hint=self.hint)

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


def _close(value: float, wanted: float) -> bool:
    """Return whether an answer is this value, rounded as people round."""
    return abs(value - wanted) <= tolerance(wanted)


def _times(factor: float) -> str:
    return f"{factor:.0f} times" if factor > 1.0 else f"one {'tenth' if factor > 0.05 else 'hundredth'} of"


def _or(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def _told(answer: Any) -> str:
    """Name an answer that cannot be read: itself, or its kind where it is long."""
    told = repr(answer)
    return told if len(told) <= 40 else f"of the kind {type(answer).__name__}"
