"""Questions about a case: posteriors, ranked diagnoses, weights, scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bayesnet.analysis.query.compiled import Core
from bayesnet.analysis.query.parse import Given, read_given, read_target
from bayesnet.case.held import Held

if TYPE_CHECKING:
    from bayesnet.results.differential import Comparison, Differential
    from bayesnet.results.explanation import Weights
    from bayesnet.results.probability import MostProbable, Posterior, Posteriors


class Asking(Held):
    """What a case answers by one or a few posteriors."""

    __slots__ = ()

    def posterior(self, variable: str) -> Posterior:
        """P(variable | this case); see `Network.posterior`."""
        from bayesnet.analysis.query.posterior import posterior

        return posterior(self.core, variable, self.findings)

    def posteriors(self, of: str | Sequence[str] | None = None) -> Posteriors:
        """P(variable | this case) for every variable in one pass; see `Network.posteriors`."""
        from bayesnet.analysis.query.posterior import posteriors, read_variables

        return posteriors(self.core, self.findings, None if of is None else read_variables(self.core, of))

    def probability(self, assignment: str) -> float:
        """P(assignment | this case); see `Network.probability`."""
        from bayesnet.analysis.query.posterior import probability

        return probability(self.core, assignment, self.findings)

    def most_probable(self, of: str | Sequence[str] | None = None) -> MostProbable:
        """The most probable assignment of what is not known; see `Network.most_probable`."""
        from bayesnet.analysis.query.posterior import most_probable, read_variables

        return most_probable(self.core, self.findings, None if of is None else read_variables(self.core, of))

    def diagnoses(self, of: Sequence[str] | None = None) -> Differential:
        """Rank the diagnoses by posterior, with prior, interval, likelihood ratio and role.

        Parameters
        ----------
        of
            What to rank instead, each as `variable` or `variable=state`; needed where the network has no diagnoses.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together.
        BayesnetError
            When the network has no diagnoses and none are named.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("asia").case("dysp=yes, smoke=no")
        >>> [line.diagnosis for line in case.diagnoses(of=["tub=yes", "lung=yes", "bronc=yes"])]
        ['bronc=yes', 'tub=yes', 'lung=yes']
        """
        from bayesnet.analysis.differential.differential import differential

        return differential(self.core, self.findings, None if of is None else [read_target(self.core, name) for name in of])

    def weights(self, target: str) -> Weights:
        """Say what each finding, taken in the order given, does to the probability of the target."""
        from bayesnet.analysis.differential.weights import weights

        return weights(self.core, self.findings, read_target(self.core, target))

    def compare(
        self,
        *scenarios: Given | Held,
        of: Sequence[str] | None = None,
        had: Sequence[Given] = (),
        numbers: Sequence[Mapping[str, float]] = (),
    ) -> Comparison:
        """Put scenarios beside the case as it stands: one column each, and the changes.

        Parameters
        ----------
        *scenarios
            Findings or interventions that replace what the case says of the same variables, or another case.
        of
            The targets, each as `variable` or `variable=state`; the diagnoses when None.
        had
            Counterfactuals for this one patient, a column each: what would have been otherwise; see `Network.counterfactual`.
        numbers
            Other values of numbers by id, a column each; see `Network.with_numbers`.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("asia").case("dysp=yes")
        >>> three = case.compare(had=["smoke=no"], numbers=[{"smoke=yes": 0.3}], of=["lung=yes"])
        >>> [scenario.name for scenario in three.scenarios]
        ['case', 'had(smoke=no)', 'with smoke=yes: 0.3']
        >>> both = case.compare("smoke=yes", "do(smoke=yes)", of=["lung=yes"])
        >>> round(both["smoke=yes"]["lung=yes"], 4), round(both["do(smoke=yes)"]["lung=yes"], 4)
        (0.1483, 0.1483)
        """
        from bayesnet.analysis.differential.scenarios import Beside, compare
        from bayesnet.analysis.sensitivity.with_numbers import changed
        from bayesnet.results.sensitivity import short

        columns = []
        for scenario in scenarios:
            if isinstance(scenario, Held):
                columns.append(Beside(str(scenario) or "nothing known", scenario.core, scenario.findings))
            else:
                change = read_given(self.core, scenario)
                name = scenario if isinstance(scenario, str) else change.text
                columns.append(Beside(name, self.core, self.findings.replaced_by(change)))
        for other in had:
            imagined = read_given(self.core, other)
            columns.append(Beside(f"had({imagined.text})", self.core, self.findings, imagined))
        for values in numbers:
            name = "with " + ", ".join(f"{short(number)}: {value:g}" for number, value in values.items())
            columns.append(Beside(name, Core(changed(self.core, values), self.core.folder), self.findings))
        return compare(self.core, self.findings, columns, None if of is None else [read_target(self.core, name) for name in of])
