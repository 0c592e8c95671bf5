"""Why, what next and what to do: explanation, tests, plan, advice, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayesnet.analysis.query.parse import Given, read_target
from bayesnet.case.held import Held

if TYPE_CHECKING:
    from pathlib import Path

    from bayesnet.results.advice import Advice
    from bayesnet.results.explanation import Explanation
    from bayesnet.results.teaching import Frequencies, FrequencySequence, Ladder
    from bayesnet.results.tests import NextTests, Plan


class Reasoning(Held):
    """What a case says to a person who must understand and act."""

    __slots__ = ()

    def explain(self, target: str, *, order: str | Sequence[str] = "given", seed: int = 0) -> Explanation:
        """Say what speaks for and against a target: weights, Shapley values, omission, conflict, open paths.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        order
            `given`, `best` (at each step the finding that says most), or the names of all findings.
        seed
            For Shapley values of more than 15 findings, which are sampled.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together.

        Examples
        --------
        >>> import bayesnet
        >>> why = bayesnet.load("asia").case("smoke=yes, xray=yes, dysp=yes").explain("lung=yes")
        >>> [impact.verdict for impact in why]
        ['for', 'for', 'for']
        """
        from bayesnet.analysis.explanation.explain import explain

        return explain(self.core, self.findings, read_target(self.core, target), order, seed)

    def next_tests(self, about: str | None = None) -> NextTests:
        """Every finding that is not known: information, expected change, each result and what follows, price, net value.

        Parameters
        ----------
        about
            `variable` or `variable=state`; `differential`: all diagnoses; `decision`: the decision of the model. When None, the
            decision if there is one, otherwise the differential.

        Examples
        --------
        >>> import bayesnet
        >>> tests = bayesnet.load("asia").case("smoke=yes").next_tests("lung=yes")
        >>> next(iter(tests)).finding
        'either'
        """
        from bayesnet.analysis.decision.next_tests import next_tests

        return next_tests(self.core, self.findings, about)

    def plan(self, target: str | None = None, *, depth: int = 3, threshold: float = 0.5, enough: float = 0.99) -> Plan:
        """Plan tests as a tree that stops where the decision would stay.

        Parameters
        ----------
        target
            `variable` or `variable=state`; the decision of the model when None.
        depth
            How many tests there may be one after the other.
        threshold
            With a target: the probability above which one would act on it.
        enough
            The same-decision probability at which to stop.
        """
        from bayesnet.analysis.decision.test_plan import plan

        return plan(self.core, self.findings, target, depth, threshold, enough)

    def advise(self) -> Advice:
        """Say which option of the model's decision has the largest expected utility, and how firm that is.

        Raises
        ------
        BayesnetError
            When the model has no decision.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("back_pain").case("").advise().best
        'conservative_care'
        """
        from bayesnet.analysis.decision.advise import advise

        return advise(self.core, self.findings)

    def frequencies(self, target: str, finding: Given, of: int = 10_000) -> Frequencies:
        """Count a target and a finding in whole people, as a tree and as a table, with the exact probabilities beside them.

        The population is everybody of whom all else that the case knows is true.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        finding
            One finding, or several that must all hold; each a state or one of several states.
        of
            How many people.

        Raises
        ------
        BayesnetError
            When the finding is on the target itself or cannot be counted, or `of` is not a number of people.

        References
        ----------
        Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
        Review 102(4), 684-704.

        Examples
        --------
        >>> import bayesnet
        >>> counted = bayesnet.load("asia").case("smoke=yes").frequencies("lung=yes", "xray=yes", of=1000)
        >>> counted.counts
        ((98, 2), (54, 846))
        >>> counted.conclusion()
        'Of the 152 with xray=yes, 98 have lung=yes; exactly, 64.6 %, 65 in 100.'
        """
        from bayesnet.teach.frequencies import frequencies

        return frequencies(self.core, self.findings, read_target(self.core, target), finding, of)

    def frequency_sequence(self, target: str, findings: Given, of: int = 10_000) -> FrequencySequence:
        """Count a target in whole people through several findings in turn: those who have one are asked for the next.

        The population is everybody of whom all else that the case knows is true.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        findings
            The findings in their order, each a state or one of several states.
        of
            How many people.

        Raises
        ------
        BayesnetError
            When a finding is on the target itself or cannot be counted, or `of` is not a number of people.

        References
        ----------
        Hoffrage U, Krauss S, Martignon L, Gigerenzer G (2015). Natural frequencies improve Bayesian reasoning in simple and
        complex inference tasks. Frontiers in Psychology 6, 1473.

        Examples
        --------
        >>> import bayesnet
        >>> steps = bayesnet.load("asia").case("smoke=yes").frequency_sequence("lung=yes", "xray=yes, dysp=yes", of=1000)
        >>> [(step.with_target, step.without_target) for step in steps]
        [(100, 900), (98, 54), (80, 31)]
        >>> steps.conclusion()
        'Of the 111 left, 80 have lung=yes; exactly, 72.4 %, 72 in 100.'
        """
        from bayesnet.teach.sequence import frequency_sequence

        return frequency_sequence(self.core, self.findings, read_target(self.core, target), findings, of)

    def ladder(self, target: str) -> Ladder:
        """Put naive Bayes beside the network, finding by finding: what would be counted twice if each finding stood alone.

        Parameters
        ----------
        target
            `variable` or `variable=state`.

        Raises
        ------
        ImpossibleEvidence
            When the findings cannot hold together.

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

        return ladder(self.core, self.findings, read_target(self.core, target))

    def report(self, path: str | Path, *, target: str | None = None) -> Path:
        """Write a report of this case: one page that opens anywhere and prints well; gives its path.

        The case, the differential with intervals, the explanation, the tornado, the next tests, the advice, every number behind
        it with its citation, the limits, and the model's version and digest.

        Parameters
        ----------
        path
            The file to write; one that is there is replaced.
        target
            The diagnosis to explain; the leading specific one when None.
        """
        from bayesnet.web.report import write_report

        return write_report(self.core, self.findings, path, target)
