"""Records of a case: findings in the order in which they were given, and interventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from bayesnet.inference.evidence import Evidence
from bayesnet.model.factors import FloatArray

Kind = Literal["state", "one of", "likelihood", "new marginal"]


@dataclass(frozen=True)
class Finding:
    """One finding on one variable.

    `value` is what was given, ready for `ImpossibleEvidence.findings`: a state, a tuple of states (one of these) or a dict of
    likelihoods or of the new marginal. `vector` has one entry per state: the likelihood, or the wanted probability of a new
    marginal. `text` is the finding in the pattern language. `assumed` marks the default of a context variable.
    """

    variable: int
    name: str
    kind: Kind
    value: str | tuple[str, ...] | Mapping[str, float]
    vector: tuple[float, ...]
    text: str
    assumed: bool = False

    @cached_property
    def likelihood(self) -> FloatArray:
        """The vector as an array, which nobody may write to."""
        found = np.array(self.vector)
        found.setflags(write=False)
        return found

    @cached_property
    def state(self) -> int:
        """The state in which the variable was found."""
        return self.vector.index(1.0)


@dataclass(frozen=True)
class Intervention:
    """One variable set to a state from outside: the arrows into it are cut (Pearl 2009)."""

    variable: int
    name: str
    state: int
    value: str
    text: str


@dataclass(frozen=True)
class Findings:
    """Findings and interventions of a case, immutable; adding returns a new one.

    `items` are the findings, `interventions` what was set. A context variable left open on purpose is the finding that it is in
    one of all its states.
    """

    items: tuple[Finding, ...] = ()
    interventions: tuple[Intervention, ...] = ()

    @property
    def text(self) -> str:
        """The findings and interventions in the pattern language."""
        return ", ".join([*(item.text for item in self.items), *(i.text for i in self.interventions)])

    @property
    def variables(self) -> frozenset[int]:
        """Variables of which something is found, or that are set."""
        return frozenset(i.variable for i in self.items) | frozenset(i.variable for i in self.interventions)

    def with_findings(self, more: Findings) -> Findings:
        """Add findings; those on one variable multiply, a new intervention on a variable replaces the old one."""
        kept = tuple(i for i in self.interventions if i.variable not in {j.variable for j in more.interventions})
        return Findings((*self.items, *more.items), (*kept, *more.interventions))

    def replaced_by(self, more: Findings) -> Findings:
        """Take other findings on the variables that `more` mentions, and keep the rest."""
        return self.without(more.variables).with_findings(more)

    def without(self, variables: Iterable[int]) -> Findings:
        """Leave out what is known or set about these variables."""
        gone = frozenset(variables)
        return Findings(
            tuple(i for i in self.items if i.variable not in gone),
            tuple(i for i in self.interventions if i.variable not in gone),
        )

    def keeping(self, items: Iterable[Finding]) -> Findings:
        """Return the same interventions with only these findings."""
        return replace(self, items=tuple(items))

    def evidence(self) -> Evidence:
        """Return the findings as likelihoods, multiplied per variable; new marginals are left out, they need the network."""
        likelihoods: dict[int, FloatArray] = {}
        certain: dict[int, int] = {}
        for item in self.items:
            v = item.variable
            if item.kind == "new marginal":
                continue
            if v in likelihoods:
                likelihoods[v] = likelihoods[v] * item.likelihood
                certain.pop(v, None)
            else:
                likelihoods[v] = item.likelihood
                if item.kind == "state":
                    certain[v] = item.state
        return Evidence(likelihoods, {i.variable: i.state for i in self.interventions}, self.text, certain)

    @property
    def marginals(self) -> tuple[Finding, ...]:
        """The findings that ask for a new marginal."""
        return tuple(item for item in self.items if item.kind == "new marginal")
