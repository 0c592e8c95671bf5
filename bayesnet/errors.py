"""Exceptions raised by bayesnet.

Each is a `BayesnetError` and also the builtin that a caller expects. The message says where, what is wrong, what was got,
what was expected and the way out; the same parts are attributes. None of them knows the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDEST_LIST = 12
"""Number of states or names that an error spells out before it counts the rest."""

LONGEST_TEXT = 200
"""Number of characters of the input that an error repeats."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a model: where, what, and what would be right; `grave` where no answer should rest on it.

    >>> print(Problem("findings.toml", 'number "fever=present | leak"', "value 0.97 lies outside its range [0.2, 0.83]"))
    findings.toml, number "fever=present | leak": value 0.97 lies outside its range [0.2, 0.83]
    """

    file: str
    subject: str
    what: str
    got: str = ""
    expected: str = ""
    way_out: str = ""
    grave: bool = True

    def __str__(self) -> str:
        """The problem as one line."""
        where = ", ".join(part for part in (self.file, self.subject) if part)
        got = f"got {self.got}" if self.got else ""
        expected = f"expected {self.expected}" if self.expected else ""
        return f"{where}: " + "; ".join(part for part in (self.what, got, expected, self.way_out) if part)


class BayesnetError(Exception):
    """The base of everything this package refuses."""

    def __str__(self) -> str:
        """Return the message unchanged, also if a builtin parent would print it differently."""
        return self.message

    @property
    def message(self) -> str:
        """The whole paragraph."""
        return str(self.args[0]) if self.args else ""


class SpecError(BayesnetError, ValueError):
    """A model, or a file that should hold one, is not valid; `problems` lists everything that is wrong with it.

    Parameters
    ----------
    where
        The folder, file or model.
    problems
        Everything wrong with it, as `Problem` or text.

    >>> print(SpecError("priors/small", ["no variables"]))
    priors/small: 1 problem
      no variables
    """

    def __init__(self, where: str, problems: Iterable[Problem | str]) -> None:
        self.where = where
        self.problems: tuple[Problem | str, ...] = tuple(problems)
        super().__init__(where, self.problems)

    @property
    def message(self) -> str:
        """A heading with the number of problems, then one line each."""
        count = len(self.problems)
        heading = f"{self.where}: {count} problem{'s' if count != 1 else ''}"
        return "\n".join([heading, *(f"  {problem}" for problem in self.problems)])


class EvidenceError(BayesnetError, ValueError):
    """A question or findings that cannot be read: a text (`PatternError`) or a value (`FindingError`)."""

    text: str
    what: str
    expected: str
    way_out: str

    def _set(self, text: str, what: str, expected: str, way_out: str) -> None:
        self.text, self.what, self.expected, self.way_out = text, what, expected, way_out

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments."""
        return _remade, (type(self), self.args, {"expected": self.expected, "way_out": self.way_out})

    @property
    def said(self) -> str:
        """Return the problem, what was expected and the way out; `message` adds the place."""
        expected = f"expected {self.expected}" if self.expected else ""
        return _clauses(self.what, expected, self.way_out)


class PatternError(EvidenceError):
    """A text is not in the pattern language; `column` (from 1) is where reading stopped.

    >>> print(PatternError("fever=", 7, "the text ends", expected="a state", way_out="write fever=present"))
    In "fever=", column 7: the text ends; expected a state; write fever=present.
    """

    def __init__(self, text: str, column: int, what: str, *, expected: str = "", way_out: str = "") -> None:
        self.column = column
        self._set(text, what, expected, way_out)
        super().__init__(text, column, what)

    @property
    def message(self) -> str:
        """Return place, problem, what was expected and the way out."""
        return f"In {shown(self.text)}, column {self.column}: {_sentence(self.said)}"


class FindingError(EvidenceError):
    """A finding, given as a value in a dict or made from one, is not what a finding can be; there is no text with a column.

    >>> print(FindingError("fever={}", "no state is named", expected="at least one state"))
    In "fever={}": no state is named; expected at least one state.
    """

    def __init__(self, text: str, what: str, *, expected: str = "", way_out: str = "") -> None:
        self._set(text, what, expected, way_out)
        super().__init__(text, what)

    @property
    def message(self) -> str:
        """Return finding, problem, what was expected and the way out."""
        return f"In {shown(self.text)}: {_sentence(self.said)}"


class UnknownVariable(BayesnetError, KeyError):  # noqa: N818 - the name is part of the interface
    """A variable is asked that the network does not have; `nearest` holds the names that look like it.

    >>> print(UnknownVariable("multiple_mieloma", ["anemia", "multiple_myeloma"], text="multiple_mieloma | anemia"))
    In "multiple_mieloma | anemia": no variable "multiple_mieloma"; did you mean "multiple_myeloma"?
    """

    def __init__(
        self, name: str, names: Iterable[str], *, text: str = "", network: str = "", near: Sequence[str] | None = None
    ) -> None:
        names, name = tuple(names), str(name)
        self.name, self.text, self.network = name, text, network
        self.nearest = nearest(name, names) if near is None else tuple(near)
        self._names = names
        super().__init__(name, names)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments."""
        return _remade, (type(self), self.args, {"text": self.text, "network": self.network, "near": self.nearest})

    @property
    def said(self) -> str:
        """Return the variable and the nearest names; `message` adds the place."""
        network = f" in {self.network}" if self.network else ""
        known = f"its variables are {listed(self._names)}" if self._names else "it has no variables"
        if len(self._names) > WIDEST_LIST:
            known = f'net.find("...") searches its {len(self._names)} variables'
        return _clauses(f'no variable "{brief(self.name)}"{network}', did_you_mean(self.nearest) or known)

    @property
    def message(self) -> str:
        """Return place, variable and the nearest names."""
        return _within(self.text) + _sentence(self.said)


class UnknownRecord(UnknownVariable):
    """A result has no record of this name; `nearest` holds the names that look like it.

    >>> print(UnknownRecord("urgent", ["urgent_mri", "wait"], what="option"))
    No option "urgent"; did you mean "urgent_mri"?
    """

    def __init__(self, name: str, names: Iterable[str], *, what: str = "record") -> None:
        super().__init__(name, names)
        self.what = what

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword argument."""
        return _remade, (type(self), self.args, {"what": self.what})

    @property
    def said(self) -> str:
        """Return the record and the nearest names."""
        there = f"there {'are' if len(self._names) > 1 else 'is'} {listed(self._names)}" if self._names else "there are none"
        return _clauses(f'no {self.what} "{brief(self.name)}"', did_you_mean(self.nearest) or there)

    @property
    def message(self) -> str:
        """Return the record and the nearest names, as a sentence."""
        return _sentence(self.said[:1].upper() + self.said[1:])


class UnknownState(BayesnetError, KeyError):  # noqa: N818 - the name is part of the interface
    """A state is asked that the variable does not have; `states` are the ones it has, `nearest` the ones that look like it.

    >>> print(UnknownState("age_group", "60", ["50-59", "60-69"], text="age_group=60"))
    In "age_group=60": variable "age_group" has no state "60"; its states are "50-59", "60-69".
    """

    def __init__(self, name: str, state: str, states: Iterable[str], *, text: str = "") -> None:
        state = str(state)
        self.name, self.state, self.states, self.text = name, state, tuple(states), text
        self.nearest = nearest(state, self.states)
        super().__init__(name, state, self.states)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword argument."""
        return _remade, (type(self), self.args, {"text": self.text})

    @property
    def said(self) -> str:
        """Return the state, the states of the variable, and the nearest; `message` adds the place."""
        what = f'variable "{self.name}" has no state "{brief(self.state)}"'
        return _clauses(what, f"its states are {listed(self.states)}", did_you_mean(self.nearest))

    @property
    def message(self) -> str:
        """Return place, state, the states of the variable, and the nearest."""
        return _within(self.text) + _sentence(self.said)


class ImpossibleEvidence(BayesnetError, ValueError):  # noqa: N818 - the name is part of the interface
    """The findings cannot hold together under the model.

    Parameters
    ----------
    findings
        A smallest clashing set: drop any one of them and the rest can hold. Interventions are under `do(name)`; a list holds
        several findings on one variable.
    network
        The name of the network.
    reasons
        The zeros of the model behind the clash, one sentence each.

    >>> print(ImpossibleEvidence({"female": "absent", "pregnant": "present"}, "clinic"))
    These findings cannot hold together in clinic: female=absent, pregnant=present.
    """

    def __init__(self, findings: Mapping[str, object], network: str = "", reasons: Sequence[str] = ()) -> None:
        self.findings: dict[str, object] = dict(findings)
        self.network, self.reasons = network, tuple(reasons)
        super().__init__(dict(findings), network, tuple(reasons))

    @property
    def message(self) -> str:
        """The findings as they would be typed, then the zeros behind them."""
        where = f" in {self.network}" if self.network else ""
        parts = [
            f"{name}={_stated(one)}"
            for name, value in self.findings.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        held = ", ".join(parts)
        heading = (
            f"These findings cannot hold together{where}: {held}."
            if len(parts) > 1
            else f"This finding cannot hold{where}: {held}."
        )
        return "\n".join([heading, *(f"  {reason}" for reason in self.reasons)])


class MissingExtra(BayesnetError, ImportError):  # noqa: N818 - the name is part of the interface
    """A library that comes with an extra is not installed; `command` installs it.

    >>> print(MissingExtra("cohort", "Reading Parquet files", "pyarrow"))
    Reading Parquet files needs pyarrow, which is not installed; pip install "bayesnet[cohort]" adds it.
    """

    def __init__(self, extra: str, purpose: str, library: str) -> None:
        self.extra, self.purpose, self.library = extra, purpose, library
        self.command = f'pip install "bayesnet[{extra}]"'
        super().__init__(extra, purpose, library)

    @property
    def message(self) -> str:
        """Return the purpose, what is missing, and the command."""
        return f"{self.purpose} needs {self.library}, which is not installed; {self.command} adds it."


class NothingToAsk(BayesnetError):  # noqa: N818 - as the others
    """The network does not define what was asked for; `option` names the argument that helps, `example` a value for it.

    Parameters
    ----------
    what
        What the network does not define.
    hint
        What to do instead, before the example of it.
    option
        The argument that says what to ask; a plural takes a list.
    example
        A value that this network can be asked about.
    call
        The method that takes the argument, if it is not the one called.

    >>> error = NothingToAsk("asia has no diagnoses", "name what to ask", option="targets", example="dysp=yes")
    >>> print(error)
    asia has no diagnoses; name what to ask, as in targets=["dysp=yes"].
    >>> print(error.spelled('--target "dysp=yes"'))
    asia has no diagnoses; name what to ask, as in --target "dysp=yes".
    """

    def __init__(self, what: str, hint: str, *, option: str, example: str, call: str = "") -> None:
        self.what, self.hint, self.option, self.example, self.call = what, hint, option, example, call
        super().__init__(what, hint)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments."""
        return _remade, (type(self), self.args, {"option": self.option, "example": self.example, "call": self.call})

    def spelled(self, way: str) -> str:
        """Return the message with the way out as typed somewhere else."""
        return f"{self.what}; {self.hint}, as in {way}."

    @property
    def message(self) -> str:
        """Return what the network does not define, and the argument that helps."""
        value = f'["{self.example}"]' if self.option.endswith("s") else f'"{self.example}"'
        argument = f"{self.option}={value}"
        return self.spelled(f"{self.call}({argument})" if self.call else argument)


class TooWide(BayesnetError, ValueError):  # noqa: N818 - the name is part of the interface
    """An exact answer would need more table cells than allowed; `cells` is the predicted number."""

    def __init__(self, message: str, cells: float = 0.0) -> None:
        self.cells = cells
        super().__init__(message, cells)


class WrongKind(BayesnetError, TypeError):  # noqa: N818 - as the others
    """An argument is of a kind that cannot be used there; the message says which is."""


class OutOfRange(BayesnetError, ValueError):  # noqa: N818 - as the others
    """A number, or what depends on it, cannot have this value."""


def said(error: BayesnetError) -> str:
    """Return what an error says, without the text that it begins with; for use where the place is known.

    >>> said(UnknownVariable("fevr", ["fever"], text="fevr | anemia"))
    'no variable "fevr"; did you mean "fever"?'
    """
    return error.said if isinstance(error, EvidenceError | UnknownVariable | UnknownState) else str(error)


def nearest(name: str, names: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the names that a mistyped one may have meant, the most similar first, at most `count`.

    Parameters
    ----------
    name
        What was typed.
    names
        What there is.
    count
        How many to give at most.

    >>> nearest("Fevr", ["fever", "anemia"])
    ('fever',)
    """
    from difflib import get_close_matches

    plain: dict[str, str] = {}
    for candidate in names:
        plain.setdefault(str(candidate).casefold(), candidate)
    # The longest name there is has a hundred letters; comparing a text of a million with each would take minutes.
    return tuple(plain[match] for match in get_close_matches(str(name).casefold()[:LONGEST_TEXT], plain, n=count, cutoff=0.6))


def did_you_mean(names: Sequence[str]) -> str:
    """Return the question that offers the nearest names, empty if there are none.

    >>> did_you_mean(["fever", "female"])
    'did you mean "fever" or "female"?'
    """
    quoted = [f'"{name}"' for name in names]
    if not quoted:
        return ""
    return f"did you mean {', '.join(quoted[:-1])}{' or ' if quoted[1:] else ''}{quoted[-1]}?"


def listed(names: Sequence[str], most: int = WIDEST_LIST) -> str:
    """Return names in quotes with commas; a long list is cut and says how many more there are.

    >>> listed(["a", "b", "c"], most=2)
    '"a", "b" and 1 more'
    """
    text = ", ".join(f'"{name}"' for name in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"


def shown(text: str) -> str:
    """Return a text as quoted in an error: in double quotes, or in single ones where it holds double ones; a very long one is
    cut.
    >>> shown("fever, " * 1000).endswith('fever, feve ... (7,000 characters)"')
    True
    """
    text = brief(text)
    return f"'{text}'" if '"' in text else f'"{text}"'


def brief(text: str) -> str:
    """Return a text that a reader can take in: a very long one is cut, with its length."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ... ({len(text):,} characters)"


def _within(text: str) -> str:
    return f"In {shown(text)}: " if text else ""


def _clauses(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return text if text.endswith("?") else text + "."


def _stated(value: object) -> str:
    """Return a finding's value as it would be typed."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{state}:{weight:g}" for state, weight in value.items()) + "}"
    if isinstance(value, set | frozenset | tuple):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return str(value)


def _remade(kind: type[BayesnetError], args: tuple[object, ...], keywords: dict[str, object]) -> BayesnetError:
    """Make an error again from what it was made of; what pickle calls."""
    return kind(*args, **keywords)
