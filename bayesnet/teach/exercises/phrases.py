"""Words for variables and for the people they are about, so that a question reads as a teacher would put it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bayesnet.model.records import Model, Variable
from bayesnet.model.vocabulary import BINARY
from bayesnet.results.words import lowered

POLAR = (("absent", "present"), ("no", "yes"), ("false", "true"), ("negative", "positive"), ("0", "1"), ("f", "t"), ("n", "y"))
"""Pairs of states that say whether something is so."""

_COUNTED = frozenset((
    "abscess", "aneurysm", "biopsy", "catheter", "clot", "collection", "course", "cyst", "deficit", "drug", "effusion", "event",
    "fracture", "gammopathy", "habit", "herniation", "history", "illness", "infarction", "infection", "lesion", "mammogram",
    "mass", "metastasis", "onset", "procedure", "rash", "scan", "stone", "stroke", "syndrome", "test", "tumor", "tumour",
    "ulcer", "visit", "x-ray",
))  # fmt: skip
"""Nouns of which one has one, so that they take an article."""

_SINGULAR = {"people": "person", "women": "woman", "men": "man", "children": "child", "mice": "mouse"}


@dataclass(frozen=True)
class Phrase:
    """One state of one variable in words: `noun` is what one has (with its article), or what one is where `be`."""

    noun: str
    contrary: str
    be: bool = False

    @property
    def who(self) -> str:
        """After a noun: `with a positive mammogram`, `who are female`."""
        return f"who are {self.noun}" if self.be and " " not in self.noun else self.noun if self.be else f"with {self.noun}"

    @property
    def thing(self) -> str:
        """As the subject of a sentence, or after "probability of": `a positive mammogram`, `being female`."""
        return f"being {self.noun}" if self.be else self.noun

    def has(self, count: int = 1) -> str:
        """As a predicate: `has fever`, `have fever`, `are female`."""
        verb = ("is", "are") if self.be else ("has", "have")
        return f"{verb[count != 1]} {self.noun}"

    def does(self, one: str, many: str) -> str:
        """As a subject with its verb: `fever is`, `lytic lesions are`."""
        return f"{self.thing} {many if self.plural else one}"

    @property
    def asked(self) -> str:
        """After "how probable": `is fever`, `are lytic lesions`."""
        return f"{'are' if self.plural else 'is'} {self.thing}"

    @property
    def plural(self) -> bool:
        """Whether the noun is a plural."""
        return not self.be and _head(self.contrary or self.noun).removesuffix("s") in _COUNTED - {
            _head(self.contrary or self.noun)
        }

    @property
    def to(self) -> str:
        """After "to" or "would": `have fever`, `be female`."""
        return f"{'be' if self.be else 'have'} {self.noun}"

    @property
    def had(self) -> str:
        """As a predicate of several in an imagined past: `had fever`, `were female`."""
        return f"{'were' if self.be else 'had'} {self.noun}"

    @property
    def apposed(self) -> str:
        """After "all of them": `with fever`, `female`."""
        return self.noun if self.be else self.who

    @property
    def negated(self) -> Phrase:
        """The contrary."""
        return Phrase(self.contrary, self.noun, self.be) if self.be or "=" in self.noun else Without(self.contrary, self.noun)


@dataclass(frozen=True)
class Without(Phrase):
    """The contrary of having something: `noun` is what one does not have."""

    @property
    def who(self) -> str:
        """After a noun: `without fever`."""
        return f"without {self.contrary}"

    @property
    def thing(self) -> str:
        """As the subject of a sentence: `no fever`."""
        return f"no {_bare(self.contrary)}"

    def has(self, count: int = 1) -> str:
        """As a predicate: `does not have fever`."""
        return f"{'does' if count == 1 else 'do'} not have {self.contrary}"

    @property
    def had(self) -> str:
        """As a predicate of several in an imagined past: `did not have fever`."""
        return f"did not have {self.contrary}"

    @property
    def to(self) -> str:
        """After "to" or "would": `not have fever`."""
        return f"not have {self.contrary}"

    @property
    def negated(self) -> Phrase:
        """The phrase for the contrary."""
        return Phrase(self.contrary, self.noun)


def polar(states: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the places of the contrary and of the positive state, where the states say whether something is so.

    >>> polar(("True", "False")), polar(("LOW", "HIGH"))
    ((1, 0), None)
    """
    plain = tuple(state.casefold() for state in states)
    for contrary, positive in POLAR:
        if sorted(plain) == sorted((contrary, positive)):
            return plain.index(contrary), plain.index(positive)
    return None


def phrase(variable: Variable, state: int) -> Phrase:
    """Return a variable in a state, in words; by its noun, adjectives or label where it has them, else as `NAME = state`.

    What is absent or present is something that one has, so that its name will do for a label.
    """
    ends = polar(variable.states)
    said = variable.label or (variable.name.replace("_", " ") if set(variable.states) == set(BINARY) else "")
    if ends is None or not (said or variable.noun or variable.adjectives):
        name = variable.label or variable.name
        here, others = _state(variable.states[state]), [_state(s) for i, s in enumerate(variable.states) if i != state]
        contrary = f"{name} = {others[0]}" if len(others) == 1 else f"{name} other than {here}"
        return Phrase(f"{name} = {here}", contrary)
    if variable.adjectives:
        positive, contrary = variable.adjectives
        yes = Phrase(positive, contrary, be=True)
    else:
        noun = variable.noun or _with_article(lowered(said))
        yes = Phrase(noun, noun)
    return yes if state == ends[1] else yes.negated


def people(model: Model, given: str | None = None) -> str:
    """Return the noun for the members of the population: from the model, the first word of its population, or `cases`.

    >>> people(Model("m", population="Women aged 40 who take part in screening")), people(Model("m"))
    ('women', 'cases')
    """
    if given or model.people:
        return given or model.people
    words = model.population.split()
    first, second = (*[word.strip(",.;").casefold() for word in words[:2]], "", "")[:2]
    if first in ("women", "men", "patients", "people", "adults", "children", "persons", "students", "visitors"):
        return first
    return f"{second}s" if first in ("one", "a", "an") and second else "cases"


def short(group: str) -> str:
    """Return the noun alone: `patients` of `patients with back pain`."""
    return re.split(r" (?:with|who|in|of|from|at|aged)\b", group)[0]


def singular(noun: str) -> str:
    """Return one of them.

    >>> singular("women"), singular("patients"), singular("mornings")
    ('woman', 'patient', 'morning')
    """
    return _SINGULAR.get(noun, noun.removesuffix("s"))


def article(noun: str) -> str:
    """Return a noun with its indefinite article.

    >>> article("epidural abscess"), article("M protein"), article("X-ray")
    ('an epidural abscess', 'an M protein', 'an X-ray')
    """
    first = noun.split(maxsplit=1)[0]
    sounds = first[0] in "AEFHILMNORSX" if first.isupper() or first[1:2] in ("-", "") else first[0].casefold() in "aeiou"
    return f"{'an' if sounds else 'a'} {noun}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> counted(1, "women"), counted(1000, "women")
    ('1 woman', '1,000 women')
    """
    return f"{count:,d} {singular(noun) if count == 1 else noun}"


def capital(text: str) -> str:
    """Return a text with a capital letter at its beginning; a name from a file, as in `smoke = yes`, is unchanged."""
    return text if " = " in text else text[:1].upper() + text[1:]


def _state(state: str) -> str:
    """Return a state of a file inside a sentence; quoted if it ends in a sign that could be taken for the sentence's."""
    return state if state[-1:].isalnum() or state[-1:] in ")%+" else f"“{state}”"


def _with_article(noun: str) -> str:
    """Return a noun with an article where one has one of it."""
    if re.match(r"(?:a|an|the|any|no|some) ", noun):
        return noun
    return article(noun) if _head(noun) in _COUNTED else noun


def _head(noun: str) -> str:
    """Return the head noun: `lesion` of `a marrow lesion on MRI`."""
    return re.split(r" (?:of|on|in|at|with|without|over|under|or|and|elsewhere)\b", noun)[0].split()[-1].casefold()


def _bare(noun: str) -> str:
    """Return a noun without its article, after "no" or "without"."""
    return re.sub(r"^(?:a|an) ", "", noun)
