"""What variables are called in a picture: their labels, as a person reads them, or their ids on request."""

from __future__ import annotations

from collections.abc import Mapping

from bayesnet.errors import PatternError
from bayesnet.pattern import Term, parse_findings
from bayesnet.plot.style import Based
from bayesnet.plot.style import shown as id_shown
from bayesnet.results.words import lowered


class Names:
    """Writes patterns with labels: `no fever` for `!fever`.

    >>> names = Names({"fever": "Fever", "age_group": "Age group", "female": "Female", "!female": "male"})
    >>> names("!fever, age_group=60-69, !female"), names("lung=yes"), names("P(fever)")
    ('no fever, age group 60-69, male', 'lung=yes', 'P(fever)')
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def __call__(self, text: str) -> str:
        """Write findings separated by commas; what is something else comes back as it is shown without labels."""
        try:
            terms = parse_findings(text)
        except PatternError:
            return id_shown(text)
        return ", ".join(map(self._term, terms)) if terms else ""

    def heading(self, text: str) -> str:
        """Write a pattern at the beginning of a heading.

        >>> Names({"fever": "Fever"}).heading("!fever"), Names({}).heading("fever")
        ('No fever', 'fever')
        """
        said = self(text)
        return said[:1].upper() + said[1:] if self.labels else said

    def _term(self, term: Term) -> str:
        label = self.labels.get(term.name)
        if label is None or term.call or term.weights:
            if term.negated and not term.call:
                return f"no {id_shown(Term(term.name).name)}"
            return id_shown(str(term))
        name = lowered(label)
        if term.negated or term.states == ("absent",):
            return self.labels.get(f"!{term.name}") or f"no {name}"
        if not term.states or term.states == ("present",):
            return name
        if term.states in (("yes",), ("no",)):
            return name if term.states == ("yes",) else f"no {name}"
        return f"{name} {' or '.join(state.replace('_', ' ') for state in term.states)}"


def names_of(result: Based, *, ids: bool = False) -> Names:
    """Return how a picture of a result names its variables: by label, or by id."""
    return Names({} if ids else result.provenance.labels)
