"""Names of variables for readers: their labels, not the ids that are typed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bayesnet.errors import PatternError
from bayesnet.pattern import Term, parse_findings
from bayesnet.results.words import lowered, short

_LONGEST = 400
"""Characters of a text that may be a pattern."""


class Names:
    """Writes patterns with labels: `no fever` for `!fever`.

    >>> names = Names({"fever": "Fever", "age_group": "Age group", "female": "Female", "!female": "male"})
    >>> names("!fever, age_group=60-69, !female"), names("lung=yes"), names("P(fever)")
    ('no fever, age group 60-69, male', 'lung=yes', 'P(fever)')
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def __call__(self, text: str) -> str:
        """Write findings separated by commas, or what they are not; what is something else is shown as without labels.

        >>> Names({"fever": "Fever"})("not all of fever, night_pain")
        'not all of fever, night pain'
        """
        for start in ("not all of ", "not "):
            if text.startswith(start):
                return start + self(text.removeprefix(start))
        try:
            terms = parse_findings(text)
        except PatternError:
            return shown(text)
        return ", ".join(map(self._term, terms)) if terms else ""

    def heading(self, text: str) -> str:
        """Write a pattern at the beginning of a heading.

        >>> Names({"fever": "Fever"}).heading("!fever"), Names({}).heading("fever")
        ('No fever', 'fever')
        """
        said = self(text)
        return said[:1].upper() + said[1:] if self.labels else said

    def known(self, text: str) -> str:
        """Write a pattern all of whose variables have labels; empty for anything else.

        >>> names = Names({"fever": "Fever"})
        >>> names.known("!fever"), names.known("fever, cough"), names.known("0.12")
        ('no fever', '', '')
        """
        if not self.labels or len(text) > _LONGEST:
            return ""
        try:
            terms = parse_findings(text)
        except PatternError:
            return ""
        plain = terms and all(term.name in self.labels and not term.call and not term.weights for term in terms)
        return self(text) if plain else ""

    def number(self, identity: str) -> str:
        """Write the id of a number in words; without labels, as people type it.

        >>> names = Names({"fever": "Fever", "flu": "Influenza"})
        >>> names.number("fever=present | flu=present"), names.number("fever=present | leak")
        ('Fever, given influenza', 'Fever, from other causes')
        >>> names.number("odds(flu) | baseline"), Names({}).number("odds(flu) | fever=present")
        ('Odds of influenza at baseline', 'odds(flu) | fever')
        """
        head, _, given = identity.partition(" | ")
        odds = re.fullmatch(r"odds\((.+)\)", head)
        subject = self.known(odds[1] if odds else head)
        if not subject:
            return short(identity)
        if odds:
            return f"Odds of {subject} at baseline" if given == "baseline" else f"Odds ratio of {subject}, {self(given)}"
        subject = subject[:1].upper() + subject[1:]
        if given == "leak":
            return f"{subject}, from other causes"
        return f"{subject}, given {self(given).replace(', ', ' and ')}" if given else subject

    def prose(self, text: str) -> str:
        """Write a sentence with labels for the ids in it.

        >>> Names({"night_pain": "Night pain"}).prose("For it: night_pain; !night_pain speaks against it.")
        'For it: night pain; no night pain speaks against it.'
        """
        return re.sub(r"!?[A-Za-z]\w*(?:=[\w<>+-]+)?", lambda found: self.known(found[0]) or found[0], text)

    def _term(self, term: Term) -> str:
        label = self.labels.get(term.name)
        if label is None or term.call or term.weights:
            if term.negated and not term.call:
                return f"no {shown(Term(term.name).name)}"
            return shown(str(term))
        name = lowered(label)
        if term.negated or term.states == ("absent",):
            return self.labels.get(f"!{term.name}") or f"no {name}"
        if not term.states or term.states == ("present",):
            return name
        if term.states in (("yes",), ("no",)):
            return name if term.states == ("yes",) else f"no {name}"
        return f"{name} {' or '.join(state.replace('_', ' ') for state in term.states)}"


def shown(name: str) -> str:
    """Return a variable without a label as a person reads it: `spinal metastasis`; a pattern with several parts stays a pattern.

    >>> shown("spinal_metastasis"), shown("fever=present | leak"), shown("lung=yes")
    ('spinal metastasis', 'fever | leak', 'lung=yes')
    """
    text = short(name)
    return text if any(mark in text for mark in "|,(!{=") else text.replace("_", " ")
