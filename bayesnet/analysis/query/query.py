"""A query: a compiled model, findings and targets, with everything derived from them computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bayesnet.analysis.query.findings import Finding, Findings
from bayesnet.analysis.query.impossible import impossible
from bayesnet.analysis.query.jeffrey import OutOfReach, fit_marginals
from bayesnet.errors import BayesnetError
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.results.base import Provenance
from bayesnet.results.deferred import DeferredProvenance

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.inference.engine import Engine

T = TypeVar("T")
NOTHING = Findings()
"""Nothing is known."""


@dataclass(frozen=True, eq=False)
class Query:
    """A question to a network, before the engine is asked; immutable.

    Parameters
    ----------
    compiled
        The network.
    findings
        Findings and interventions as given, without defaults.
    targets
        Indices of the variables that the question is about; no default is entered for them.
    """

    compiled: CompiledModel
    findings: Findings = NOTHING
    targets: tuple[int, ...] = ()

    def about(self, *targets: int) -> Query:
        """Return the same query about other targets."""
        return self if targets == self.targets else replace(self, targets=targets)

    def given(self, findings: Findings) -> Query:
        """Return the same query under other findings."""
        return replace(self, findings=findings)

    @cached_property
    def stated(self) -> Findings:
        """The findings, with the default of every context variable that neither they nor the targets name."""
        assumed = defaults(self.compiled, self.findings.variables | frozenset(self.targets))
        return self.findings.keeping((*self.findings.items, *assumed)) if assumed else self.findings

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence for the engine: defaults entered, new marginals turned into likelihoods.

        Raises
        ------
        ImpossibleEvidence
            When the new marginals cannot hold together with the findings.
        BayesnetError
            When no likelihoods reach the new marginals exactly.
        """
        try:
            return self._with_marginals(self.stated.evidence())
        except ZeroEvidence:
            raise impossible(self.compiled, self.stated) from None

    @property
    def context(self) -> Query:
        """The query before any finding: context variables as stated, and the interventions."""
        kept = frozenset(item.variable for item in self.compiled.defaults)
        return self.given(self.findings.keeping(item for item in self.findings.items if item.variable in kept))

    def ask(self, question: Callable[[Engine, Evidence], T]) -> T:
        """Return the engine's answer to a question under the evidence.

        Parameters
        ----------
        question
            Called with the engine and the evidence.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together, with a smallest clashing set.
        """
        evidence = self.evidence
        try:
            return question(self.compiled.engine, evidence)
        except ZeroEvidence:
            raise impossible(self.compiled, self.stated) from None

    def provenance(self, caveats: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()) -> Provenance:
        """Return the provenance of an answer: the network with its digest, the assumed defaults, and the caveats.

        A function is called on the first look at the caveats.
        """
        assumed = tuple(item.text for item in self.stated.items if item.assumed)
        model = self.compiled.model
        labels = self.compiled.labels
        if callable(caveats):
            return DeferredProvenance(model.name, model.version, model.digest, assumed, model.warning, labels, caveats)
        return Provenance(model.name, model.version, model.digest, assumed, caveats, model.warning, labels)

    def title(self, target: str) -> str:
        """Return the question in the pattern language: `target | findings`."""
        return f"{target} | {self.findings.text}" if self.findings.text else target

    def _with_marginals(self, evidence: Evidence) -> Evidence:
        """Turn new marginals into the likelihoods that reach them."""
        if not self.stated.marginals:
            return evidence
        wanted = {item.variable: np.array(item.vector) for item in self.stated.marginals}
        try:
            return fit_marginals(self.compiled.engine, evidence, wanted)
        except OutOfReach as reach:
            if not reach.possible:
                raise ZeroEvidence from None
            names = ", ".join(item.text for item in self.stated.marginals)
            raise BayesnetError(
                f"In {self.stated.text}: the new marginals {names} can be approached, but no likelihoods give them exactly; "
                "ask for values a little less extreme."
            ) from None


def defaults(compiled: CompiledModel, named: Iterable[int]) -> tuple[Finding, ...]:
    """Return the assumed findings: the default of every context variable that is not among the `named` variables."""
    mentioned = frozenset(named)
    return tuple(item for item in compiled.defaults if item.variable not in mentioned)


def unassumed(compiled: CompiledModel) -> Provenance:
    """Return the provenance of a statement about the network itself, for which no default is assumed."""
    return Query(compiled, targets=tuple(range(len(compiled.names)))).provenance()


def checked(engine: Engine, evidence: Evidence) -> Evidence:
    """Return the evidence where it is possible, for `Query.ask`.

    Raises
    ------
    ZeroEvidence
        When P(evidence) = 0.
    """
    if engine.log_probability(evidence) == -np.inf:
        raise ZeroEvidence
    return evidence
