"""The words of one model: what people type for its variables and states, and what each of them means.

Ids, labels and aliases are read without regard to case, blanks, hyphens, accents and British or American spelling. An id always
means itself; a word that means two things is refused with both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bayesnet.errors import PatternError, UnknownState, UnknownVariable, listed
from bayesnet.pattern.names import numbered
from bayesnet.pattern.ranges import read_range, states_in_range
from bayesnet.pattern.terms import Term

_BINARY = frozenset(("absent", "present"))
_SAID = {
    **dict.fromkeys(("yes", "true", "1", "1.0", "present", "positive"), "present"),
    **dict.fromkeys(("no", "false", "0", "0.0", "absent", "negative"), "absent"),
}
"""Words for a finding that is present or absent."""
_NOT = ("not ", "no ", "without ")
_OPPOSITES = (
    ("male", "female"), ("man", "woman"), ("raised", "low"), ("high", "low"), ("increased", "decreased"), ("over", "under"),
    ("with", "without"), ("present", "absent"), ("acute", "chronic"), ("left", "right"),
)  # fmt: skip
_DENIALS = frozenset(("low", "lower", "no", "not", "normal", "without", "decreased", "negative", "absent", "under"))
_PREFIXES = ("un", "in", "im", "non", "dis", "a", "an")
_ALIKE = 0.72
"""The similarity from which one word may be another one mistyped, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a word: a variable, a variable in a state, or its absence; `needs_state` if the word says no state."""

    name: str
    states: tuple[str, ...] = ()
    negated: bool = False
    needs_state: bool = False

    def __str__(self) -> str:
        """The meaning as it would be typed."""
        return str(Term(self.name, self.states, negated=self.negated))


@dataclass(frozen=True, slots=True)
class Word:
    """One word or several that people type, with what it means."""

    text: str
    meaning: Meaning


class Words:
    """The look-up from what is typed to the variables and states of one model.

    Parameters
    ----------
    states
        The states of every variable by name.
    words
        Labels and aliases; the names themselves need not be among them.
    descriptions
        What a variable is about, for suggestions and searches.

    >>> words = Words({"fever": ("absent", "present")}, [Word("Temperature", Meaning("fever"))])
    >>> [str(words.term(Term(typed))) for typed in ("FEVER", "no fever", "temperature")]
    ['fever', '!fever', 'fever']

    """

    def __init__(
        self,
        states: Mapping[str, Sequence[str]],
        words: Iterable[Word] = (),
        descriptions: Mapping[str, str] | None = None,
    ) -> None:
        self.states = states
        self.descriptions = descriptions or {}
        self.meanings: dict[str, tuple[Meaning, ...]] = {}
        self.typed: dict[str, str] = {}
        """The folded form of each word to the word as written."""
        for word in (*(Word(name, Meaning(name)) for name in states), *words):
            key = fold(word.text)
            found = self.meanings.get(key, ())
            if word.meaning not in found:
                self.meanings[key] = (*found, word.meaning)
            self.typed.setdefault(key, word.text)

    def meaning(self, word: str, text: str = "", column: int = 0, *, alone: bool = False) -> Meaning:
        """Return what a word means.

        Parameters
        ----------
        word
            As typed, in its context `text` at `column`.
        alone
            Whether it is a whole finding, so that a whole number is an age.

        Raises
        ------
        UnknownVariable
            With the nearest names.
        PatternError
            When the word means several things, with all of them.

        """
        if word in self.states:
            return Meaning(word)
        key = fold(word)
        found = self.meanings.get(key, ())
        if not found:
            for negation in _NOT:
                rest = self.meanings.get(key.removeprefix(negation), ()) if key.startswith(negation) else ()
                found = found or tuple(self.contrary(each) for each in rest)
        if not found and alone and word.isdecimal():
            found = tuple(Meaning(name, self.state(name, word, text)) for name in self._ages())
        if len(found) > 1:
            candidates = listed([str(each) for each in found])
            raise PatternError(text or word, column or 1, f'"{word}" can mean {candidates}', way_out="type one of them")
        if not found:
            raise UnknownVariable(word, self.states, text=text, near=self.nearest(word))
        return found[0]

    def _ages(self) -> tuple[str, ...]:
        """Return the variables whose names begin with "age" and whose states are ranges."""
        return tuple(n for n, own in self.states.items() if fold(n).split()[:1] == ["age"] and all(map(read_range, own)))

    def contrary(self, meaning: Meaning) -> Meaning:
        """Return the contrary: the other states where the meaning names states."""
        if not meaning.states:
            return replace(meaning, negated=not meaning.negated)
        return replace(meaning, states=tuple(s for s in self.states[meaning.name] if s not in meaning.states))

    def state(self, name: str, typed: str, text: str = "") -> tuple[str, ...]:
        """Return the state of a variable that was typed, or the states that make up a range.

        Raises
        ------
        UnknownState
            With the states there are.

        >>> words = Words({"fever": ("absent", "present"), "age": ("<50", "50-69", "70+")})
        >>> words.state("fever", "Yes"), words.state("age", "66"), words.state("age", "50+")
        (('present',), ('50-69',), ('50-69', '70+'))
        """
        states = tuple(self.states[name])
        if (same := numbered(typed, states)) in states:
            return (same,)
        key = fold(typed)
        alike = tuple(state for state in states if fold(state) == key)
        if len(alike) == 1:
            return alike
        if frozenset(states) == _BINARY and key in _SAID:
            return (_SAID[key],)
        for meaning in self.meanings.get(key, ()):
            if meaning.name == name and not meaning.needs_state and (meaning.states or frozenset(states) == _BINARY):
                return meaning.states or ("absent" if meaning.negated else "present",)
        found = states_in_range(typed, states)
        if not found:
            raise UnknownState(name, typed, states, text=text)
        return found

    def term(self, term: Term, text: str = "", *, bare: bool = False) -> Term:
        """Return a term with the names and states of the model.

        Parameters
        ----------
        term
            As parsed.
        text
            The whole text, for errors.
        bare
            Whether the term may name a variable without a state.

        """
        alone = not (bare or term.states or term.negated or term.call)
        meaning = self.meaning(term.name, text, term.column, alone=alone)
        if meaning.name == term.name and all(state in self.states[term.name] for state in term.states):
            return term
        found = self._with_states(term, meaning, text) if term.states else self._bare(term, meaning, text, bare)
        if found.call == "do" and len(found.states) > 1:
            raise PatternError(text or str(term), term.column or 1, f'"{term.name}" sets several states', expected="one state")
        return found

    def _bare(self, term: Term, meaning: Meaning, text: str, bare: bool) -> Term:
        """Return the term of a word alone, as it is or negated."""
        if term.negated:
            meaning = self.contrary(meaning)
        if meaning.needs_state and not bare:
            own = self.states[meaning.name]
            shown = [Term(meaning.name), Term(meaning.name, negated=True)] if frozenset(own) == _BINARY else own
            way_out = "write " + " or ".join(f'"{each}"' for each in shown)
            raise PatternError(text or str(term), term.column or 1, f'"{term.name}" needs a state', way_out=way_out)
        return replace(term, name=meaning.name, states=meaning.states, negated=meaning.negated)

    def value(self, meaning: Meaning, typed: str, text: str = "") -> tuple[str, ...]:
        """Return the states of the variable that `typed` means after a word of this meaning.

        >>> words = Words({"female": ("absent", "present")})
        >>> words.value(Meaning("female", negated=True), "yes")
        ('absent',)
        """
        states = tuple(self.states[meaning.name])
        if meaning.states:
            said = _SAID.get(fold(typed))
            if said is None:
                raise UnknownState(meaning.name, typed, states, text=text)
            return meaning.states if said == "present" else tuple(s for s in states if s not in meaning.states)
        found = self.state(meaning.name, typed, text)
        own = fold(typed) in _SAID or typed in states
        return tuple(s for s in states if s not in found) if meaning.negated and own else found

    def _with_states(self, term: Term, meaning: Meaning, text: str) -> Term:
        """Return the term with the states of the model, one or several, with their weights."""
        states: list[str] = []
        weights: list[float] = []
        for place, typed in enumerate(term.states):
            found = self.value(meaning, typed, text)
            if term.weights and len(found) > 1:
                raise PatternError(text, term.column or 1, f'"{typed}" is several states', expected="a weight for each")
            for state in found:
                if state in states:
                    raise PatternError(text or str(term), term.column or 1, f'the state "{state}" is given twice')
                states.append(state)
                weights += term.weights[place : place + 1]
        return replace(term, name=meaning.name, states=tuple(states), weights=tuple(weights))

    def nearest(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Return what a word that is not known may have meant, as it would be typed: never the opposite of it.

        >>> Words({"fever": ("absent", "present"), "age": ("<50", "50-69", "70+")}).nearest("age 66")
        ('age=66',)
        """
        name, _, value = word.rpartition(" ")
        for meaning in self.meanings.get(fold(name), ()):
            with suppress(UnknownState):
                if self.value(meaning, value):
                    return (f"{name}={value}",)
        key = fold(word)
        ranked: dict[Meaning, float] = {}
        for known, meanings in self.meanings.items():
            if opposite(key, known):
                continue
            rest = f" {key} ".replace(f" {known} ", " ").split()
            for meaning in meanings:
                if frozenset(self.states[meaning.name]) == _BINARY and _DENIALS & set(rest) - set(known.split()):
                    continue
                ranked[meaning] = max(ranked.get(meaning, 0.0), _likeness(key, known))
        best = sorted((meaning for meaning in ranked if ranked[meaning] >= _ALIKE), key=lambda meaning: -ranked[meaning])
        found = list(dict.fromkeys(str(each) for i, each in enumerate(best) if self.contrary(each) not in best[:i]))
        if not found:
            about = re.compile(rf"\b{re.escape(key)}")
            found = [name for name, said in self.descriptions.items() if len(key) > 2 and about.search(fold(said))]
        return tuple(found[:count])

    def search(self, text: str) -> tuple[str, ...]:
        """Return the variables whose names, labels, aliases or descriptions hold every word of a text, names before descriptions.

        >>> Words({"leg_pain": ("absent", "present"), "fever": ("absent", "present")}).search("pain")
        ('leg_pain',)
        """
        parts = fold(text).split()
        called: dict[str, list[str]] = {name: [fold(name)] for name in self.states}
        for known, meanings in self.meanings.items():
            for meaning in meanings:
                called[meaning.name].append(known)
        rank: dict[str, int] = {}
        for name, words in called.items():
            names = " ".join(words)
            states = " ".join(map(fold, self.states[name]))
            everything = f"{names} {states} {fold(self.descriptions.get(name, ''))}"
            places = (fold(text) in words, _begins(parts, names), _holds(parts, names), _begins(parts, everything))
            if any(places):
                rank[name] = places.index(True)
        return tuple(sorted(rank, key=lambda name: rank[name]))


def fold(text: str) -> str:
    """Return the form in which words are compared: no case, accents, hyphens or underscores; `ae` and `oe` are `e`.

    >>> fold("Straight-leg  raise"), fold("Haemoglobin"), fold("raised_ALP"), fold("80+")
    ('straight leg raise', 'hemoglobin', 'raised alp', '80+')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[\s_\-–]+", " ", plain).split()).replace("ae", "e").replace("oe", "e")


def opposite(one: str, other: str) -> bool:
    """Return whether two texts differ in a word and its opposite.

    >>> opposite("male", "female"), opposite("low alp", "raised alp"), opposite("continence", "incontinence")
    (True, True, True)
    >>> opposite("fevr", "fever")
    False
    """
    first, second = one.split(), other.split()
    if len(first) != len(second):
        return bool({"no", "not", "without"} & (set(first) ^ set(second)))
    return any(_opposite_words(a, b) for a, b in zip(first, second, strict=True) if a != b)


def _opposite_words(one: str, other: str) -> bool:
    for a, b in ((one, other), (other, one)):
        if any(b == prefix + a for prefix in _PREFIXES):
            return True
        if (a, b) in _OPPOSITES or (a.startswith("hyper") and b.startswith("hypo")):
            return True
    return False


def _likeness(key: str, known: str) -> float:
    """Return how alike two folded texts are: one in the other as whole words counts most."""
    if not key:
        return 0.0
    if f" {key} " in f" {known} ":
        return 0.95
    if len(key) > 3 and f" {known} " in f" {key} ":
        return 0.9
    from difflib import SequenceMatcher  # imported here because a start without a mistake needs none of it

    matcher = SequenceMatcher(None, key, known)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0


def _begins(parts: Sequence[str], text: str) -> bool:
    return bool(parts) and all(f" {part}" in f" {text}" for part in parts)


def _holds(parts: Sequence[str], text: str) -> bool:
    return bool(parts) and all(part in text for part in parts)
