"""What is held: findings and interventions on a network; adding and dropping give a new case."""

from __future__ import annotations

from typing import Self

from bayesnet.analysis.query.compiled import Core
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import Given, read_given
from bayesnet.errors import BayesnetError


class Held:
    """Findings and interventions on a network, immutable; the part that every kind of question shares."""

    __slots__ = ("core", "findings")

    def __init__(self, core: Core, findings: Findings) -> None:
        self.core = core
        self.findings = findings

    def __str__(self) -> str:
        """Findings and interventions in the pattern language."""
        return self.findings.text

    def __repr__(self) -> str:
        assumed = [f"{item.text} (assumed)" for item in self.core.stated(self.findings).items if item.assumed]
        return f"<Case on {self.core.model.name}: {'; '.join([self.findings.text or 'nothing known', *assumed])}>"

    def __eq__(self, other: object) -> bool:
        """Whether the same is known on the same network, in any order."""
        return self._key() == other._key() if isinstance(other, Held) else NotImplemented

    def __hash__(self) -> int:
        """Equal cases have equal hashes."""
        return hash(self._key())

    def _key(self) -> tuple[str, ...]:
        parts = [item.text for item in self.findings.items] + [i.text for i in self.findings.interventions]
        return (self.core.model.digest, *sorted(parts))

    def add(self, given: Given) -> Self:
        """Give a new case with more findings; those on one variable multiply."""
        return type(self)(self.core, self.findings.with_findings(read_given(self.core, given)))

    def drop(self, *names: str) -> Self:
        """Give a new case without what is known or set about these variables.

        Raises
        ------
        UnknownVariable
            With the nearest names.
        BayesnetError
            Where nothing is known about a variable.
        """
        from bayesnet.analysis.query.posterior import read_variables

        gone = read_variables(self.core, ", ".join(names) if len(names) == 1 else names)
        unknown = [self.core.names[v] for v in gone if v not in self.findings.variables]
        if unknown:
            known = self.findings.text or "nothing"
            raise BayesnetError(
                f"Nothing is known about {', '.join(unknown)} in this case, so it cannot be dropped; known: {known}."
            )
        return type(self)(self.core, self.findings.without(gone))

    def do(self, interventions: Given) -> Self:
        """Give a new case in which variables are set from outside: the arrows into them are cut before the findings count."""
        return type(self)(self.core, read_given(self.core, self.findings, interventions))
