"""Cases: findings and interventions on a network. `Case` is what `net.case` returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import Given, an_example, read_given, read_target
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError, brief

if TYPE_CHECKING:
    from pathlib import Path

    from bayesnet.results.advice import Advice
    from bayesnet.results.differential import Comparison, Differential
    from bayesnet.results.explanation import Explanation, Weights
    from bayesnet.results.naive import CaseWalk
    from bayesnet.results.probability import MostProbable, Posterior, Posteriors
    from bayesnet.results.sensitivity import Sensitivities, SensitivityFunction
    from bayesnet.results.teaching import Frequencies, FrequencySequence, Ladder
    from bayesnet.results.tests import NextTests, Plan
    from bayesnet.results.tornado import Flips, Sources, Tornado, TwoWay
    from bayesnet.results.tuning import ExplanationRange, Tuning
    from bayesnet.results.uncertainty import ArcStrengths, Uncertainty, VarianceShares


class Case:
    """Findings and interventions on a network; made by `net.case(...)`. Immutable: `add`, `drop` and `do` return new cases.

    Examples
    --------
    >>> import bayesnet
    >>> case = bayesnet.load("asia").case("asia=yes, dysp=yes")
    >>> print(case.add("smoke=no"))
    asia=yes, dysp=yes, smoke=no
    """

    __slots__ = ("compiled", "findings")

    def __init__(self, compiled: CompiledModel, findings: Findings) -> None:
        self.compiled = compiled
        self.findings = findings

    @property
    def query(self) -> Query:
        """The case as a query to its network."""
        return Query(self.compiled, self.findings)

    def __str__(self) -> str:
        """Findings and interventions in the pattern language."""
        return self.findings.text

    def __repr__(self) -> str:
        assumed = [f"{item.text} (assumed)" for item in self.query.stated.items if item.assumed]
        return f"<Case on {self.compiled.model.name}: {'; '.join([self.findings.text or 'nothing known', *assumed])}>"

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same findings and interventions, in any order, on the same network."""
        return self._key() == other._key() if isinstance(other, Case) else NotImplemented

    def __hash__(self) -> int:
        """Equal cases have equal hashes."""
        return hash(self._key())

    def _key(self) -> tuple[str, ...]:
        parts = [item.text for item in self.findings.items] + [i.text for i in self.findings.interventions]
        return (self.compiled.model.digest, *sorted(parts))

    def add(self, given: Given) -> Self:
        """Return a new case with more findings; several findings on one variable multiply.

        Examples
        --------
        >>> import bayesnet
        >>> print(bayesnet.load("asia").case("smoke=yes").add("xray=yes"))
        smoke=yes, xray=yes
        """
        return type(self)(self.compiled, self.findings.with_findings(read_given(self.compiled, given)))

    def drop(self, *names: str) -> Self:
        """Return a new case without the findings and interventions on these variables.

        Raises
        ------
        UnknownVariable
            With the nearest names.
        BayesnetError
            When the case has no finding on one of the variables.

        Examples
        --------
        >>> import bayesnet
        >>> print(bayesnet.load("asia").case("smoke=yes, xray=yes").drop("smoke"))
        xray=yes
        """
        from bayesnet.analysis.query.posterior import read_variables

        gone = read_variables(self.compiled, ", ".join(map(str, names)) if len(names) == 1 else names)
        unknown = [self.compiled.names[v] for v in gone if v not in self.findings.variables]
        if unknown:
            known = self.findings.text or "nothing"
            raise BayesnetError(
                f"Nothing is known about {', '.join(unknown)} in this case, so it cannot be dropped; known: {known}."
            )
        return type(self)(self.compiled, self.findings.without(gone))

    def do(self, interventions: Given) -> Self:
        """Return a new case with interventions; each cuts the arrows into its variable before the findings are entered.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("asia").case("dysp=yes")
        >>> round(case.add("lung=yes").probability("smoke=yes"), 3), round(case.do("lung=yes").probability("smoke=yes"), 3)
        (0.915, 0.519)
        """
        return type(self)(self.compiled, read_given(self.compiled, self.findings, interventions))

    # Probabilities and diagnoses

    def posterior(self, target: str) -> Posterior:
        """Return P(variable | this case); see `Network.posterior`.

        Examples
        --------
        >>> import bayesnet
        >>> round(bayesnet.load("asia").case("smoke=yes, xray=yes").posterior("lung")["yes"], 3)
        0.646
        """
        from bayesnet.analysis.query.posterior import posterior

        return posterior(self.compiled, target, self.findings)

    def posteriors(self, targets: str | Sequence[str] | None = None) -> Posteriors:
        """Return P(variable | this case) for every variable in one pass; see `Network.posteriors`.

        Examples
        --------
        >>> import bayesnet
        >>> [answer.variable for answer in bayesnet.load("asia").case("xray=yes").posteriors(["lung", "tub"])]
        ['lung', 'tub']
        """
        from bayesnet.analysis.query.posterior import posteriors, read_variables

        return posteriors(self.query if targets is None else self.query.about(*read_variables(self.compiled, targets)))

    def probability(self, assignment: str) -> float:
        """Return P(assignment | this case); see `Network.probability`.

        Examples
        --------
        >>> import bayesnet
        >>> round(bayesnet.load("asia").case("xray=yes").probability("lung=yes, bronc=yes"), 3)
        0.28
        """
        from bayesnet.analysis.query.posterior import probability

        return probability(self.compiled, assignment, self.findings)

    def most_probable(self, targets: str | Sequence[str] | None = None) -> MostProbable:
        """Return the most probable assignment of all unobserved variables or of `targets`; see `Network.most_probable`.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").case("xray=yes").most_probable(["lung", "tub"]).assignment
        mappingproxy({'tub': 'no', 'lung': 'yes'})
        """
        from bayesnet.analysis.query.posterior import most_probable, read_variables

        return most_probable(self.query if targets is None else self.query.about(*read_variables(self.compiled, targets)))

    def diagnoses(self, targets: Sequence[str] | None = None, *, draws: int = 400) -> Differential:
        """Rank the diagnoses by posterior, with prior, interval, likelihood ratio and role.

        Parameters
        ----------
        targets
            The targets to rank instead, each as `variable` or `variable=state`; required for a network without diagnoses.
        draws
            Draws of all numbers for the intervals; 0 skips them, which is faster: the intervals are NaN.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        BayesnetError
            When the network has no diagnoses and no targets are given.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("asia").case("dysp=yes, smoke=no")
        >>> [line.diagnosis for line in case.diagnoses(targets=["tub=yes", "lung=yes", "bronc=yes"])]
        ['bronc=yes', 'tub=yes', 'lung=yes']
        """
        from bayesnet.analysis.differential.differential import differential

        listed: object = targets
        if listed is not None and (isinstance(listed, str) or not isinstance(listed, Iterable) or not listed):
            example = an_example(self.compiled)
            raise BayesnetError(f'The targets are a list, as in targets=["{example}"]; got {brief(repr(listed))}.')
        ranked = None if targets is None else [read_target(self.compiled, name) for name in targets]
        return differential(self.query, ranked, draws=draws)

    def weights(self, target: str) -> Weights:
        """Return the weight of evidence of each finding for the target, in the order given.

        Examples
        --------
        >>> import bayesnet
        >>> weights = bayesnet.load("asia").case("smoke=yes, xray=yes").weights("lung=yes")
        >>> [(weight.finding, round(weight.likelihood_ratio, 2)) for weight in weights]
        [('smoke=yes', 1.91), ('xray=yes', 16.42)]

        References
        ----------
        Good IJ (1985). Weight of evidence: a brief survey. Bayesian Statistics 2, 249-270.
        """
        from bayesnet.analysis.differential.weights import weights

        return weights(self.query, read_target(self.compiled, target))

    def compare(
        self,
        *scenarios: Given | Case,
        targets: Sequence[str] | None = None,
        had: Sequence[Given] = (),
        numbers: Sequence[Mapping[str, float]] = (),
    ) -> Comparison:
        """Compare the case with scenarios: one column each, and the changes from the case.

        Parameters
        ----------
        *scenarios
            Findings or interventions that replace those of the case on the same variables, or another case.
        targets
            The targets, each as `variable` or `variable=state`; the diagnoses when None.
        had
            Counterfactuals for this patient, a column each: states that would have been different; see `Network.counterfactual`.
        numbers
            Other values of numbers by id, a column each; see `Network.with_numbers`.

        Raises
        ------
        BayesnetError
            When no scenario is given, or two have the same name.
        ImpossibleEvidence
            When the findings of a scenario contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("asia").case("dysp=yes")
        >>> three = case.compare(had=["smoke=no"], numbers=[{"smoke=yes": 0.3}], targets=["lung=yes"])
        >>> [scenario.name for scenario in three.scenarios]
        ['case', 'had(smoke=no)', 'with smoke=yes: 0.3']
        >>> both = case.compare("smoke=yes", "do(smoke=yes)", targets=["lung=yes"])
        >>> round(both["smoke=yes"]["lung=yes"], 4), round(both["do(smoke=yes)"]["lung=yes"], 4)
        (0.1483, 0.1483)
        """
        from bayesnet.analysis.differential.scenarios import ScenarioQuery, compare
        from bayesnet.analysis.sensitivity.with_numbers import changed
        from bayesnet.results.words import short

        columns = []
        for scenario in scenarios:
            if isinstance(scenario, Case):
                columns.append(ScenarioQuery(str(scenario) or "nothing known", scenario.query))
            else:
                change = read_given(self.compiled, scenario)
                name = scenario if isinstance(scenario, str) else change.text
                columns.append(ScenarioQuery(name, self.query.given(self.findings.replaced_by(change))))
        for other in had:
            imagined = read_given(self.compiled, other)
            columns.append(ScenarioQuery(f"had({imagined.text})", self.query, imagined))
        for values in numbers:
            name = "with " + ", ".join(f"{short(number)}: {value:g}" for number, value in values.items())
            columns.append(
                ScenarioQuery(name, Query(CompiledModel(changed(self.compiled, values), self.compiled.folder), self.findings))
            )
        return compare(self.query, columns, None if targets is None else [read_target(self.compiled, name) for name in targets])

    # Sensitivity

    def sensitivities(
        self, target: str, *, covariation: str = "proportional", equivalent_sample_size: float = 100.0
    ) -> Sensitivities:
        """Return the sensitivity of P(target | this case) to every number: slope, coefficients, admissible deviation.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        covariation
            How the other entries of a table column co-vary: `proportional`, `uniform` or `order-preserving`. Gates have their
            own rule.
        equivalent_sample_size
            Equivalent sample size of every column if the network cites no ranges.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        Notes
        -----
        A new marginal (`jeffrey`) counts as the likelihoods that reach it at the present numbers.

        References
        ----------
        Castillo E, Gutierrez JM, Hadi AS (1997). Sensitivity analysis in discrete Bayesian networks. IEEE Trans SMC A
        27(4):412-423.
        Darwiche A (2003). A differential approach to inference in Bayesian networks. J ACM 50(3):280-305.
        van der Gaag LC, Renooij S (2001). Analysing sensitivity data from probabilistic networks. UAI 2001, 530-537.

        Examples
        --------
        >>> import bayesnet
        >>> table = bayesnet.load("asia").case("xray=yes").sensitivities("lung=yes")
        >>> line = table["smoke=yes"]
        >>> round((line.a * 0.3 + line.b) / (line.c * 0.3 + line.d), 4)
        0.3869
        """
        from bayesnet.analysis.sensitivity.functions import sensitivities

        return sensitivities(self.query, target, covariation, equivalent_sample_size)

    def sensitivity(
        self, target: str, number: str, *, covariation: str = "proportional", equivalent_sample_size: float = 100.0
    ) -> SensitivityFunction:
        """Return P(target | this case) as a function of one number: `f(x)`, `f.solve(p)`, `f.a` to `f.d`; see `sensitivities`.

        Raises
        ------
        PatternError
            When the network has no number of that id, with the nearest.
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> f = bayesnet.load("asia").case("xray=yes").sensitivity("lung=yes", "smoke=yes")
        >>> round(f(0.3), 4), [round(x, 4) for x in f.solve(0.5)]
        (0.3869, [0.5266])
        """
        from bayesnet.analysis.sensitivity.functions import sensitivity

        return sensitivity(self.query, target, number, covariation, equivalent_sample_size)

    def two_way(
        self, target: str, number_1: str, number_2: str, *, points: int = 25, equivalent_sample_size: float = 100.0
    ) -> TwoWay:
        """Return P(target | this case) over a grid of two numbers, each over its cited range, all others fixed.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        number_1, number_2
            Ids of two numbers of different distributions.
        points
            Grid points per number.
        equivalent_sample_size
            Equivalent sample size of every column if the network cites no ranges.

        Raises
        ------
        PatternError
            When the network has no number of that id.
        BayesnetError
            When both numbers are the same, or entries of one distribution.
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Kjaerulff U, van der Gaag LC (2000). Making sensitivity analysis computationally efficient. UAI 2000, 317-325.
        Chan H, Darwiche A (2004). Sensitivity analysis in Bayesian networks: from single to multiple parameters. UAI 2004, 67-75.

        Examples
        --------
        >>> import bayesnet
        >>> surface = bayesnet.load("asia").case("xray=yes").two_way("lung=yes", "smoke=yes", "xray=yes | either=no")
        >>> round(surface(0.5, 0.05), 4)
        0.4887
        """
        from bayesnet.analysis.sensitivity.two_way import two_way

        return two_way(self.query, target, number_1, number_2, points, equivalent_sample_size)

    def tornado(self, target: str, *, top: int = 20, equivalent_sample_size: float = 100.0) -> Tornado:
        """Return the bars `[f(low), f(high)]` of P(target | this case) over the cited range of each number, widest first.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        top
            Number of bars.
        equivalent_sample_size
            Equivalent sample size of every column if the network cites no ranges.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> bars = bayesnet.load("asia").case("xray=yes").tornado("lung=yes", top=3)
        >>> [bar.number for bar in bars]
        ['lung=yes | smoke=yes', 'xray=yes | either=no', 'smoke=yes']
        """
        from bayesnet.analysis.sensitivity.tornado import tornado

        return tornado(self.query, target, top, equivalent_sample_size)

    def sources(self, target: str, *, equivalent_sample_size: float = 100.0) -> Sources:
        """Return, for every publication, how far P(target | this case) moves when its numbers move within their ranges.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> rests_on = bayesnet.load("asia").case("xray=yes").sources("lung=yes")
        >>> [(line.source, line.numbers) for line in rests_on]
        [('lauritzen1988', 8)]
        """
        from bayesnet.analysis.sensitivity.sources import sources

        return sources(self.query, target, equivalent_sample_size)

    def flips(self, target: str | None = None, *, equivalent_sample_size: float = 100.0) -> Flips:
        """Return the single numbers whose cited range is wide enough to change the leading diagnosis or the advice of the model.

        Parameters
        ----------
        target
            For a network without diagnoses: the variable whose most probable state is watched.
        equivalent_sample_size
            Equivalent sample size of every column if the network cites no ranges.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        BayesnetError
            When the network has no diagnoses and no target is given.

        Examples
        --------
        >>> import bayesnet
        >>> found = bayesnet.load("asia").case("xray=yes").flips("lung=yes")
        >>> found.leader, found.flips[0].number, found.flips[0].after
        ('lung=no', 'lung=yes | smoke=yes', 'lung=yes')
        """
        from bayesnet.analysis.decision.flips import flips

        return flips(self.query, target, sample_size=equivalent_sample_size)

    def tune(
        self,
        target: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        equals: float | None = None,
        minus: str | None = None,
        over: str | None = None,
        lock: Sequence[str] = (),
        columns: bool = False,
        structural: bool = False,
        equivalent_sample_size: float = 100.0,
    ) -> Tuning:
        """Return the smallest changes of one number, or of one column, after which P(target | this case) meets a constraint.

        A change is measured in log-odds, and by the CD distance between the two networks, which bounds its effect on every other
        posterior.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        at_least, at_most, equals
            The bound; exactly one of them.
        minus, over
            A second question, for a constraint on the difference or the ratio; with a bar it has its own findings.
        lock
            What must not change: number ids, sources, variables or grades, as in `["meta-analysis"]`.
        columns
            Move whole columns instead of single numbers: of all changes of one column the one with the smallest CD distance. A
            link of a noisy gate is a column by itself.
        structural
            Let zeros and ones of the model change too.
        equivalent_sample_size
            Sample size that gives the ranges if the network cites none.

        Raises
        ------
        BayesnetError
            When the constraint is not valid, or a name in `lock` is unknown.
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Chan H, Darwiche A (2002). When do numbers really matter? J Artif Intell Res 17:265-287.
        Chan H, Darwiche A (2004). Sensitivity analysis in Bayesian networks: from single to multiple parameters. UAI 2004, 67-75.
        Kwisthout J, van der Gaag LC (2008). The computational complexity of sensitivity analysis and parameter tuning.
        UAI 2008, 349-356.

        Examples
        --------
        >>> import bayesnet
        >>> ways = bayesnet.load("asia").case("xray=yes").tune("lung=yes", at_least=0.5)
        >>> ways.changes[0].number, round(ways.changes[0].new, 4)
        ('lung=yes | smoke=yes', 0.1048)
        """
        from bayesnet.analysis.sensitivity.tuning import tune

        bounds = {"at_least": at_least, "at_most": at_most, "equals": equals}
        return tune(
            self.query,
            target,
            **bounds,
            minus=minus,
            over=over,
            lock=lock,
            columns=columns,
            structural=structural,
            sample_size=equivalent_sample_size,
        )

    def explanation_range(self, number: str) -> ExplanationRange:
        """Return the range of one number in which the most probable explanation (MPE) of this case does not change.

        Raises
        ------
        PatternError
            When the network has no number of that id.
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Chan H, Darwiche A (2006). On the robustness of most probable explanations. UAI 2006, 63-71.

        Examples
        --------
        >>> import bayesnet
        >>> stays = bayesnet.load("asia").case("xray=yes").explanation_range("smoke=yes")
        >>> round(stays.low, 3), stays.below["smoke"], stays.high
        (0.371, 'no', 1.0)
        """
        from bayesnet.analysis.sensitivity.mpe_robustness import explanation_range

        return explanation_range(self.query, number)

    def uncertainty(
        self,
        target: str,
        *,
        draws: int = 10_000,
        seed: int | None = 0,
        together: bool = False,
        equivalent_sample_size: float = 100.0,
    ) -> Uncertainty:
        """Return P(target | this case) with every number drawn from its cited range: interval, and which diagnosis leads.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        draws
            Number of draws, at least 2.
        seed
            Seed of the random numbers; None takes fresh ones.
        together
            Whether the numbers of one study rise and fall together instead of independently.
        equivalent_sample_size
            Equivalent sample size of every column's Dirichlet distribution if the network cites no ranges.

        Raises
        ------
        BayesnetError
            When `draws` is less than 2.
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> spread = bayesnet.load("asia").case("xray=yes").uncertainty("lung=yes", draws=500)
        >>> spread.low < spread.value < spread.high
        True

        References
        ----------
        Briggs AH, Claxton K, Sculpher MJ (2006). Decision Modelling for Health Economic Evaluation. Oxford University Press.
        """
        from bayesnet.analysis.sensitivity.uncertainty import uncertainty

        return uncertainty(self.query, target, draws, seed, together, equivalent_sample_size)

    def variance_shares(
        self, target: str, *, top: int = 15, samples: int = 512, seed: int | None = 0, equivalent_sample_size: float = 100.0
    ) -> VarianceShares:
        """Return the Sobol indices, first-order and total, of P(target | this case) over the ranges of the numbers.

        The `top` numbers with the widest tornado bars vary independently, each by its fitted distribution; the others are
        fixed. The network is run `samples * (top + 2)` times.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        top
            Number of numbers that vary.
        samples
            Base sample size, a power of two.
        seed
            Seed of the scrambling.
        equivalent_sample_size
            Equivalent sample size of every column if the network cites no ranges.

        Raises
        ------
        BayesnetError
            When no number with a range affects the posterior.
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> shares = bayesnet.load("asia").case("xray=yes").variance_shares("lung=yes", top=3, samples=64)
        >>> shares[0].number
        'lung=yes | smoke=yes'

        References
        ----------
        Sobol IM (2001). Global sensitivity indices for nonlinear mathematical models. Math Comput Simul 55:271-280.
        """
        from bayesnet.analysis.sensitivity.uncertainty import variance_shares

        return variance_shares(self.query, target, top, samples, seed, equivalent_sample_size)

    def arc_strengths(self) -> ArcStrengths:
        """Return the strength of every arc under this case, the strongest first; arcs cut by an intervention are left out.

        For each arc the distances between the child's columns as the parent changes: their mean and maximum over the states of
        the other parents, and the mean weighted by the joint probability of those states given the findings (NaN if that joint
        table is too wide, or all of them together would take more than about half a minute). Distances lie between 0 and 1. The
        maximal total variation is the edge strength of Leonelli, Smith & Wright (2024): zero exactly when the child does not
        depend on the parent. The weighted mean follows Koiter (2006).

        References
        ----------
        Koiter JR (2006). Visualizing inference in Bayesian networks. MSc thesis, Delft University of Technology.
        Leonelli M, Smith JQ, Wright SK (2024). The diameter of a stochastic matrix: a new measure for sensitivity analysis in
        Bayesian networks. arXiv:2407.04667.

        Examples
        --------
        >>> import bayesnet
        >>> arcs = bayesnet.load("asia").case().arc_strengths()
        >>> round(next(arc for arc in arcs if arc.child == "xray").variation_max, 2)
        0.93
        """
        from bayesnet.analysis.description.arc_strength import arc_strengths

        return arc_strengths(self.query)

    # Explanation, tests and decisions

    def explain(self, target: str, *, order: str | Sequence[str] = "given", seed: int = 0) -> Explanation:
        """Explain P(target | this case): findings for and against, weights, Shapley values, omission, conflict, active paths.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        order
            `given`: as the findings were given; `best`: at each step the strongest remaining finding; or the names of all
            findings.
        seed
            Seed of the Shapley values of more than 15 findings, which are means over random subsets.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        BayesnetError
            When `order` is not an order of the findings.

        Examples
        --------
        >>> import bayesnet
        >>> why = bayesnet.load("asia").case("smoke=yes, xray=yes, dysp=yes").explain("lung=yes")
        >>> [impact.verdict for impact in why]
        ['for', 'for', 'for']
        """
        from bayesnet.analysis.explanation.explain import explain

        return explain(self.query, read_target(self.compiled, target), order, seed)

    def next_tests(self, target: str | None = None) -> NextTests:
        """Return every unobserved finding with its information, expected change, result probabilities, price and net value.

        Parameters
        ----------
        target
            `variable` or `variable=state`; `differential`: all diagnoses, their information summed; `decision`: the state that
            the decision depends on. When None, the decision if the model has one, otherwise the differential.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        NothingToAsk
            When the model has no decision, or no diagnoses, to ask about.

        Examples
        --------
        >>> import bayesnet
        >>> tests = bayesnet.load("asia").case("smoke=yes").next_tests("lung=yes")
        >>> next(iter(tests)).finding
        'either'
        """
        from bayesnet.analysis.decision.next_tests import next_tests

        return next_tests(self.query, target)

    def plan(self, target: str | None = None, *, depth: int = 3, threshold: float = 0.5, enough: float = 0.99) -> Plan:
        """Return a sequential test plan: a tree that stops as soon as further results would not change the decision.

        Parameters
        ----------
        target
            `variable` or `variable=state`: tests are chosen by their information on it. When None, by their value for the
            decision of the model, net of their price.
        depth
            Maximal number of tests in sequence.
        threshold
            With a target: the probability above which one would act on it.
        enough
            The same-decision probability at which to stop.

        Raises
        ------
        BayesnetError
            When there is neither a target nor a decision, or `enough` or `threshold` is not a probability.
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> plan = bayesnet.load("mammography").case().plan("breast_cancer", depth=1, threshold=0.05)
        >>> plan.root.test
        'positive_mammogram'
        """
        from bayesnet.analysis.decision.test_plan import plan

        return plan(self.query, target, depth, threshold, enough)

    def advise(self) -> Advice:
        """Return the option of the model's decision with the largest expected utility, and how robust it is.

        Raises
        ------
        NothingToAsk
            When the model has no decision; a BayesnetError.
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Raiffa H, Schlaifer R (1961). Applied Statistical Decision Theory. Harvard University.
        Howard RA (1966). Information value theory. IEEE Transactions on Systems Science and Cybernetics 2, 22-26.
        Pauker SG, Kassirer JP (1980). The threshold approach to clinical decision making. N Engl J Med 302, 1109-1117.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("back_pain").case("").advise().best
        'conservative_care'
        """
        from bayesnet.analysis.decision.advise import advise

        return advise(self.query)

    def frequencies(self, target: str, finding: Given, population: int = 10_000) -> Frequencies:
        """Return natural frequencies of a target and a finding: whole people as a tree and a table, with the exact probabilities.

        The population consists of people with all other findings of the case; findings on the target and on the finding are
        left out.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        finding
            One finding, or several that must all hold; each a state or one of several states.
        population
            Number of people.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        BayesnetError
            When the finding is on the target itself or is a likelihood, or `population` is not a whole number.

        References
        ----------
        Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
        Review 102(4), 684-704.

        Examples
        --------
        >>> import bayesnet
        >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", population=1000)
        >>> counted.counts
        ((98, 2), (54, 846))
        >>> counted.conclusion()
        'Of the 152 with xray=yes, 98 have lung=yes; exactly, 64.6 %, 65 in 100.'
        """
        from bayesnet.teach.frequencies import frequencies

        return frequencies(self.query, read_target(self.compiled, target), finding, population)

    def frequency_sequence(self, target: str, findings: Given, population: int = 10_000) -> FrequencySequence:
        """Return natural frequencies of a target through findings in sequence: people with one finding are examined for the next.

        The population consists of people with all other findings of the case; findings on the target and on these are left out.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        findings
            The findings in their order, each a state or one of several states.
        population
            Number of people.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.
        BayesnetError
            When a finding is on the target itself or is a likelihood, or `population` is not a whole number.

        References
        ----------
        Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and
        complex inference tasks. Frontiers in Psychology 6, 1473.

        Examples
        --------
        >>> import bayesnet
        >>> steps = bayesnet.load("asia").case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", population=1000)
        >>> [(step.with_target, step.without_target) for step in steps]
        [(100, 900), (98, 54), (80, 31)]
        >>> steps.conclusion()
        'Of the 111 left, 80 have lung=yes; exactly, 72.4 %, 72 in 100.'
        """
        from bayesnet.teach.sequence import frequency_sequence

        return frequency_sequence(self.query, read_target(self.compiled, target), findings, population)

    def contrast(self, diagnosis: str, rival: str | None = None) -> CaseWalk:
        """Return what each finding does to the odds of a diagnosis against a rival, by the network and by naive Bayes.

        Parameters
        ----------
        diagnosis
            A diagnosis of the network.
        rival
            Another one; when None, the most probable specific diagnosis besides.

        Raises
        ------
        UnknownRecord
            Where one of them is no diagnosis of the network.
        ImpossibleEvidence
            When the findings cannot hold together.

        Examples
        --------
        >>> import bayesnet
        >>> case = bayesnet.load("back_pain").case("night_pain, weight_loss")
        >>> case.contrast("spinal_metastasis", "disc_herniation").names
        ('night_pain', 'weight_loss')
        """
        from bayesnet.analysis.audit.walk import walk

        return walk(self.query, diagnosis, rival)

    def ladder(self, target: str) -> Ladder:
        """Return naive Bayes beside the exact posterior, finding by finding: the evidence that naive Bayes would count twice.

        Context variables and interventions hold from the start.

        Parameters
        ----------
        target
            `variable` or `variable=state`.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Spiegelhalter DJ, Knill-Jones RP (1984). Statistical and knowledge-based approaches to clinical decision-support systems,
        with an application in gastroenterology. Journal of the Royal Statistical Society A 147(1), 35-77.

        Examples
        --------
        >>> import bayesnet
        >>> steps = bayesnet.load("asia").case("either=yes, xray=yes").ladder("lung=yes")
        >>> [round(step.alone, 1) for step in steps], [round(step.likelihood_ratio, 1) for step in steps]
        ([96.2, 16.4], [96.2, 1.0])
        """
        from bayesnet.teach.ladder import ladder

        return ladder(self.query, read_target(self.compiled, target))

    def report(self, path: str | Path, *, target: str | None = None, full: bool = False) -> Path:
        """Write a report of this case, a self-contained HTML file that prints as one page, and return its path.

        The page has the case in words, the five most probable diagnoses with intervals, why, what to ask or test next, what to do
        and which numbers move it most, with room for a name and a date.

        Parameters
        ----------
        path
            The file to write; an existing file is overwritten.
        target
            The diagnosis to explain; the leading specific one when None.
        full
            Append the whole differential, the explanation in figures, the tornado, the next tests, the advice, every number used
            with its citation, the limits, and the digests.

        Raises
        ------
        BayesnetError
            When the file is not writable, or the network has no diagnoses and no target is given.
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import bayesnet
        >>> with TemporaryDirectory() as folder:
        ...     print(bayesnet.load("asia").case("xray=yes").report(f"{folder}/case.html", target="lung=yes").name)
        case.html
        """
        from bayesnet.web.report import write_report

        return write_report(self.query, path, target, full=full)
