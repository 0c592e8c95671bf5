"""How far to trust an answer about a case: sensitivity, sources, tuning, uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayesnet.case.held import Held

if TYPE_CHECKING:
    from bayesnet.results.sensitivity import Sensitivities, SensitivityFunction
    from bayesnet.results.tornado import Flips, Sources, Tornado, TwoWay
    from bayesnet.results.tuning import ExplanationRange, Tuning
    from bayesnet.results.uncertainty import ArcStrengths, Uncertainty, VarianceShares


class Trusting(Held):
    """What a case says about the numbers behind its answers."""

    __slots__ = ()

    def sensitivities(self, target: str, *, covariation: str = "proportional", cases: float = 100.0) -> Sensitivities:
        """Every number and what it does to P(target | this case): slope, coefficients, sensitivity value, admissible range.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        covariation
            How the rest of a table column gives way: `proportional`, `uniform` or `order-preserving`.
        cases
            Where the network cites no ranges, each column is taken as if it had been counted in so many cases.

        Examples
        --------
        >>> import bayesnet
        >>> table = bayesnet.load("asia").case("xray=yes").sensitivities("lung=yes")
        >>> line = table["smoke=yes"]
        >>> round((line.a * 0.3 + line.b) / (line.c * 0.3 + line.d), 4)
        0.3869
        """
        from bayesnet.analysis.sensitivity.functions import sensitivities

        return sensitivities(self.core, self.findings, target, covariation, cases)

    def sensitivity(
        self, target: str, number: str, *, covariation: str = "proportional", cases: float = 100.0
    ) -> SensitivityFunction:
        """P(target | this case) as a function of one number: `f(x)`, `f.solve(p)`, `f.a` to `f.d`.

        Examples
        --------
        >>> import bayesnet
        >>> f = bayesnet.load("asia").case("xray=yes").sensitivity("lung=yes", "smoke=yes")
        >>> round(f(0.3), 4), [round(x, 4) for x in f.solve(0.5)]
        (0.3869, [0.5266])
        """
        from bayesnet.analysis.sensitivity.functions import sensitivity

        return sensitivity(self.core, self.findings, target, number, covariation, cases)

    def two_way(self, target: str, number_1: str, number_2: str, *, points: int = 25, cases: float = 100.0) -> TwoWay:
        """P(target | this case) over two numbers at once, each over its cited range.

        References
        ----------
        Kjaerulff U, van der Gaag LC (2000). Making sensitivity analysis computationally efficient. UAI 2000, 317-325.

        Examples
        --------
        >>> import bayesnet
        >>> surface = bayesnet.load("asia").case("xray=yes").two_way("lung=yes", "smoke=yes", "xray=yes | either=no")
        >>> round(surface(0.5, 0.05), 4)
        0.4887
        """
        from bayesnet.analysis.sensitivity.two_way import two_way

        return two_way(self.core, self.findings, target, number_1, number_2, points, cases)

    def tornado(self, target: str, *, top: int = 20, cases: float = 100.0) -> Tornado:
        """Bars of P(target | this case) over each number's own cited range, widest first.

        Examples
        --------
        >>> import bayesnet
        >>> bars = bayesnet.load("asia").case("xray=yes").tornado("lung=yes", top=3)
        >>> [bar.number for bar in bars]
        ['lung=yes | smoke=yes', 'xray=yes | either=no', 'smoke=yes']
        """
        from bayesnet.analysis.sensitivity.tornado import tornado

        return tornado(self.core, self.findings, target, top, cases)

    def sources(self, target: str, *, cases: float = 100.0) -> Sources:
        """Which publications P(target | this case) rests on: how far it moves when all numbers of one do.

        Examples
        --------
        >>> import bayesnet
        >>> rests_on = bayesnet.load("asia").case("xray=yes").sources("lung=yes")
        >>> [(line.source, line.numbers) for line in rests_on]
        [('lauritzen1988', 8)]
        """
        from bayesnet.analysis.sensitivity.sources import sources

        return sources(self.core, self.findings, target, cases)

    def flips(self, target: str | None = None, *, cases: float = 100.0) -> Flips:
        """The single numbers whose cited range is wide enough to change the leading diagnosis, or the advice of the model.

        Without diagnoses, name the target whose most probable state is watched.

        Examples
        --------
        >>> import bayesnet
        >>> found = bayesnet.load("asia").case("xray=yes").flips("lung=yes")
        >>> found.leader, found.flips[0].number, found.flips[0].after
        ('lung=no', 'lung=yes | smoke=yes', 'lung=yes')
        """
        from bayesnet.analysis.decision.flips import flips

        return flips(self.core, self.findings, target, cases=cases)

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
        cases: float = 100.0,
    ) -> Tuning:
        """The smallest changes of one number, or of one column, after which P(target | this case) meets a constraint.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        at_least, at_most, equals
            The bound, exactly one of them.
        minus, over
            A second question, for the difference or the ratio of the two.
        lock
            What must stay: number ids, sources, variables or grades, as in `["meta-analysis"]`.
        columns
            Move whole columns instead of single numbers.
        structural
            Let zeros and ones of the model move too.
        cases
            Where the network cites no ranges, what counts as inside a number's range.

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
            self.core,
            self.findings,
            target,
            **bounds,
            minus=minus,
            over=over,
            lock=lock,
            columns=columns,
            structural=structural,
            cases=cases,
        )

    def explanation_range(self, number: str) -> ExplanationRange:
        """The values of one number for which the most probable explanation of this case stays the same.

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

        return explanation_range(self.core, self.findings, number)

    def uncertainty(
        self, target: str, *, draws: int = 10_000, seed: int | None = 0, together: bool = False, cases: float = 100.0
    ) -> Uncertainty:
        """P(target | this case) when every number is drawn from its cited range: interval, and how often each diagnosis leads.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        draws, seed
            How often all numbers are drawn, and the seed; None takes fresh random numbers.
        together
            Whether the numbers of one study rise and fall together.
        cases
            Where the network cites no ranges, each column is a Dirichlet distribution as strong as so many cases.
        """
        from bayesnet.analysis.sensitivity.uncertainty import uncertainty

        return uncertainty(self.core, self.findings, target, draws, seed, together, cases)

    def variance_shares(
        self, target: str, *, top: int = 15, samples: int = 512, seed: int | None = 0, cases: float = 100.0
    ) -> VarianceShares:
        """Sobol shares, first-order and total, of the variance of P(target | this case) over the numbers' ranges.

        The `top` numbers with the widest bars are varied, the others held; the network is run `samples * (top + 2)` times.

        References
        ----------
        Sobol IM (2001). Global sensitivity indices for nonlinear mathematical models. Math Comput Simul 55:271-280.
        """
        from bayesnet.analysis.sensitivity.uncertainty import variance_shares

        return variance_shares(self.core, self.findings, target, top, samples, seed, cases)

    def arc_strengths(self) -> ArcStrengths:
        """The strength of every arc under this case; of an empty case, the prior strength.

        Examples
        --------
        >>> import bayesnet
        >>> arcs = bayesnet.load("asia").case().arc_strengths()
        >>> round(next(arc for arc in arcs if arc.child == "xray").variation_max, 2)
        0.93
        """
        from bayesnet.analysis.description.arc_strength import arc_strengths

        return arc_strengths(self.core, self.findings)
