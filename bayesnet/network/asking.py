"""Questions to a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayesnet.analysis.query.compiled import Core
from bayesnet.analysis.query.parse import Given, read_given
from bayesnet.case import Case
from bayesnet.model.records import Model

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.results.cohort import Calibration, DecisionCurve
    from bayesnet.results.probability import Counterfactual, Joint, MostProbable, Posterior, Posteriors
    from bayesnet.results.uncertainty import ArcStrengths


class Asking:
    """What a network answers, and the core that answers it."""

    def __init__(self, model: Model, folder: Path | None = None, *, keep: bool = False) -> None:
        self.core = Core(model, folder, keep=keep)
        self.folder = folder
        """The priors folder that the network was read from, if it was."""

    def case(self, given: Given = None, do: Given = None) -> Case:
        """Give a case: these findings and interventions, held on this network."""
        return Case(self.core, read_given(self.core, given, do))

    def posterior(self, question: str, given: Given = None, do: Given = None) -> Posterior:
        """P(variable | findings), with its prior.

        Parameters
        ----------
        question
            `variable | findings`; the findings may stand in `given` instead, or in both.
        given, do
            Findings and interventions.

        Returns
        -------
        `p[state]` for every state; `float(p)` is P(present); `p.prior` is the answer without the findings, context (setting) and
        interventions kept.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together, with a smallest clashing set.
        PatternError, UnknownVariable, UnknownState
            When the question is not one.

        Examples
        --------
        >>> import bayesnet
        >>> p = bayesnet.load("sprinkler").posterior("rain | wet_grass, !sprinkler")
        >>> round(p["present"], 4)
        1.0
        """
        from bayesnet.analysis.query.posterior import posterior

        return posterior(self.core, question, given, do)

    def posteriors(self, given: Given = None, do: Given = None, of: str | Sequence[str] | None = None) -> Posteriors:
        """P(variable | findings) for every variable in one pass, or for those in `of`.

        Examples
        --------
        >>> import bayesnet
        >>> ps = bayesnet.load("asia").posteriors({"dysp": "yes"})
        >>> round(ps["bronc"]["yes"], 4)
        0.834
        """
        from bayesnet.analysis.query.posterior import posteriors, read_variables

        return posteriors(self.core, read_given(self.core, given, do), None if of is None else read_variables(self.core, of))

    def probability(self, assignment: str | Mapping[str, Any], given: Given = None, do: Given = None) -> float:
        """P(assignment | findings): of all its parts together; 0.0 where it cannot be.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together.

        Examples
        --------
        >>> import bayesnet
        >>> round(bayesnet.load("asia").probability("lung=yes, bronc=yes", given="smoke=yes"), 4)
        0.06
        """
        from bayesnet.analysis.query.posterior import probability

        return probability(self.core, assignment, given, do)

    def log_probability(self, given: Given = None, do: Given = None) -> float:
        """ln P(findings), likelihoods as given; -inf where they cannot hold together. Assumed defaults are a condition of it."""
        from bayesnet.analysis.query.posterior import log_probability

        return log_probability(self.core, read_given(self.core, given, do))

    def joint(self, variables: str | Sequence[str], given: Given = None, do: Given = None) -> Joint:
        """P(variables | findings) as one labelled table.

        Examples
        --------
        >>> import bayesnet
        >>> table = bayesnet.load("asia").joint(["lung", "bronc"], given="smoke=yes")
        >>> round(table["yes", "no"], 4)
        0.04
        """
        from bayesnet.analysis.query.posterior import joint, read_variables

        return joint(self.core, read_variables(self.core, variables), read_given(self.core, given, do))

    def most_probable(self, given: Given = None, of: str | Sequence[str] | None = None, do: Given = None) -> MostProbable:
        """The most probable assignment of every variable that is not known (MPE), or of those in `of` (MAP).

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").most_probable("xray=yes, dysp=yes", of=["lung", "bronc"]).assignment["lung"]
        'yes'
        """
        from bayesnet.analysis.query.posterior import most_probable, read_variables

        findings = read_given(self.core, given, do)
        return most_probable(self.core, findings, None if of is None else read_variables(self.core, of))

    def counterfactual(self, variable: str, given: Given = None, had: Given = None) -> Counterfactual:
        """P(variable would be ... | findings, had others been otherwise): abduction, action, prediction.

        Parameters
        ----------
        variable
            What is asked about.
        given
            What was found in the world as it was.
        had
            The states that other variables would have had.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("sprinkler")
        >>> would = net.counterfactual("wet_grass", given="sprinkler, !rain, wet_grass", had={"sprinkler": "absent"})
        >>> round(would["present"], 4)
        0.0
        """
        from bayesnet.analysis.query.counterfactual import counterfactual
        from bayesnet.analysis.query.posterior import read_variables

        (target,) = read_variables(self.core, [variable])
        return counterfactual(self.core, target, read_given(self.core, given), read_given(self.core, had), variable)

    def simulate(self, count: int, seed: int | None = None, given: Given = None, do: Given = None) -> pd.DataFrame:
        """Draw cases: a DataFrame with one row per case and one column per variable.

        Examples
        --------
        >>> import bayesnet
        >>> cases = bayesnet.load("asia").simulate(100, seed=0, given="smoke=yes")
        >>> cases.shape, set(cases["smoke"])
        ((100, 8), {'yes'})
        """
        from bayesnet.analysis.query.simulate import simulate

        return simulate(self.core, count, read_given(self.core, given, do), seed)

    def score(self, frame: pd.DataFrame, targets: Sequence[str] | None = None) -> pd.DataFrame:
        """Posteriors for every row of a cohort: one row in, one row out, same index.

        Parameters
        ----------
        frame
            One column per variable: states, or 0 and 1 for absent and present; NaN is unobserved.
        targets
            What to ask, each as `variable` or `variable=state`; the diagnoses when None.

        Returns
        -------
        Columns `P(<target>)`, `log_probability` of the row's findings, and `problem`, which names what is wrong with a row.

        Raises
        ------
        SpecError
            When a column is not a variable; none is ignored silently.

        Examples
        --------
        >>> import bayesnet, pandas
        >>> frame = pandas.DataFrame({"smoke": ["yes", None], "xray": ["yes", "no"]})
        >>> bayesnet.load("asia").score(frame, targets=["lung=yes"])["P(lung=yes)"].round(4).tolist()
        [0.646, 0.0012]
        """
        from bayesnet.analysis.cohort.score import score

        return score(self.core, frame, targets)

    def arc_strengths(self, given: Given = None, do: Given = None) -> ArcStrengths:
        """The strength of every arc: how far the child's distribution moves with the parent, prior or under findings."""
        return self.case(given, do).arc_strengths()

    def decision_curve(
        self,
        target: str,
        known: Sequence[str],
        *,
        frame: pd.DataFrame | None = None,
        size: int = 2_000,
        thresholds: Sequence[float] = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
        seed: int = 0,
    ) -> DecisionCurve:
        """Net benefit of acting by P(target | what is known), at each threshold, beside acting on all and on none.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        known
            The variables that are known of each patient.
        frame
            A cohort with these columns and the target's; simulated from the network when None.
        size, seed
            Of the simulated cohort.
        thresholds
            Probabilities between 0 and 1.

        Raises
        ------
        BayesnetError
            When a threshold is not between 0 and 1, or the cohort cannot be scored.
        """
        from bayesnet.analysis.cohort.net_benefit import decision_curve

        return decision_curve(self.core, target, known, frame, size, thresholds, seed)

    def calibration(
        self,
        target: str,
        known: Sequence[str],
        *,
        frame: pd.DataFrame | None = None,
        size: int = 2_000,
        bins: int | Sequence[float] = 10,
        seed: int | None = 0,
    ) -> Calibration:
        """Whether of those given 20 % about 20 in 100 have it: predictions beside outcomes, in groups and over the whole cohort.

        Calibration error with what chance alone explains, intercept and slope, Brier score and AUROC. Probabilities that are in a
        table already go to `bayesnet.calibration(probability, has)`.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        known
            The variables that are known of each patient.
        frame
            A cohort with these columns and the target's; simulated from the network when None, which shows what calibration looks
            like and not that the network is right.
        size, seed
            Of the simulated cohort; the seed also of what chance alone explains.
        bins
            Into how many groups the patients are parted, by quantiles of their probability; or the probabilities at which a new
            group begins, such as `[0.01, 0.1, 0.5]`, which show more of a rare diagnosis.

        Raises
        ------
        BayesnetError
            When the cohort lacks a column or an outcome, or cannot be scored.

        References
        ----------
        Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW (2019). Calibration: the Achilles heel of predictive
        analytics. BMC Medicine 17, 230.

        Examples
        --------
        >>> import bayesnet
        >>> result = bayesnet.load("asia").calibration("lung=yes", ["smoke", "xray", "dysp"], size=5000)
        >>> result.calibration_error < result.error_if_right
        True
        """
        from bayesnet.analysis.cohort.calibration import of_network

        return of_network(self.core, target, known, frame, size, bins, seed)
