"""The probabilities that a lesson speaks of: questions to the network, and the formulas of the known errors.

`static/page/lesson_values.js` repeats the formulas on purpose: a saved page has no Python. The shipped lessons test both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bayesnet.analysis.differential.differential import DRAWS, intervals
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.posterior import probability
from bayesnet.analysis.query.query import Query
from bayesnet.logodds import odds
from bayesnet.teach.exercises import known


@dataclass(frozen=True)
class LessonProbability:
    """P(wanted | given)."""

    wanted: Findings
    given: Findings

    def answer(self, compiled: CompiledModel) -> float:
        """Return the exact answer of the network."""
        return probability(compiled, self.wanted, self.given)


@dataclass(frozen=True)
class Quantity:
    """A number worked out from answers by a formula of `FORMULAS`; or an end of the interval of an answer, `low` or `high`."""

    formula: str
    questions: tuple[LessonProbability, ...]

    def value(self, compiled: CompiledModel) -> float:
        """Return the value for the numbers of the network."""
        if self.formula in ENDS:
            (question,) = self.questions
            (item,) = question.wanted.items
            spans = intervals(compiled, Query(compiled, question.given).evidence, (item.variable,), DRAWS)
            if item.variable not in spans:
                return question.answer(compiled)
            return float(spans[item.variable][item.vector.index(1.0)][ENDS.index(self.formula)])
        return FORMULAS[self.formula](*(question.answer(compiled) for question in self.questions))


ENDS = ("low", "high")
"""The ends of the 95 % interval of an answer, from draws of all numbers."""


def _independent(prior: float, *rates: float) -> float:
    """Multiply the odds by the likelihood ratio of each finding by itself, as if they were independent."""
    against = math.prod(f / s for s, f in zip(rates[::2], rates[1::2], strict=True)) / odds(prior)
    return 1.0 / (1.0 + against)


def _entropy(p: float) -> float:
    return -sum(x * math.log2(x) for x in (p, 1.0 - p) if x > 0.0)


FORMULAS: Mapping[str, Callable[..., float]] = {
    "probability": lambda p: p,
    "complement": lambda p: 1.0 - p,
    "ratio": lambda a, b: a / b,
    "share": lambda s, f: s / (s + f),
    "difference": lambda s, f: s - f,
    "odds ratio": lambda before, after: odds(after) / odds(before),
    "independent": _independent,
    "bits": lambda p, positive, with_, without: _entropy(p) - positive * _entropy(with_) - (1.0 - positive) * _entropy(without),
}
"""The formulas over answers. `bits` takes P(h), P(t), P(h | t) and P(h | not t)."""


def plain(wanted: Findings, given: Findings) -> Quantity:
    """Return the quantity that is a probability."""
    return Quantity("probability", (LessonProbability(wanted, given),))


@dataclass(frozen=True)
class GuessedProbability:
    """The probability that a guess is about, P(wanted | start, findings), with all that the known errors are worked out from.

    `contrary` is the finding that what is wanted is not so, None for a variable of more than two states; `separate` are the
    findings one by one.
    """

    wanted: Findings
    contrary: Findings | None
    start: Findings
    findings: Findings
    separate: tuple[Findings, ...]

    @property
    def right(self) -> Quantity:
        """The right answer."""
        return plain(self.wanted, self.start.replaced_by(self.findings))

    @property
    def prior(self) -> LessonProbability:
        """P(wanted | start)."""
        return LessonProbability(self.wanted, self.start)

    def rates(self, findings: Findings) -> tuple[LessonProbability, LessonProbability]:
        """P(findings | wanted) and P(findings | not wanted), both given the start."""
        assert self.contrary is not None
        return LessonProbability(findings, self.start.with_findings(self.wanted)), LessonProbability(
            findings, self.start.with_findings(self.contrary)
        )

    def seen(self) -> Findings:
        """Return what was set as if it had been seen."""
        return Findings(tuple(item for part in self.separate for item in part.items))


def _single(which: Callable[[GuessedProbability], LessonProbability]) -> Callable[[GuessedProbability], Quantity]:
    return lambda asked: Quantity("probability", (which(asked),))


NUMBERS: Mapping[str, Callable[[GuessedProbability], Quantity]] = {
    known.PRIOR: _single(lambda asked: asked.prior),
    known.UNCHANGED: _single(lambda asked: asked.prior),
    known.CARRIED: _single(lambda asked: asked.prior),
    known.FIRST_ONLY: _single(lambda asked: asked.prior),
    known.INVERSE: _single(lambda asked: asked.rates(asked.findings)[0]),
    known.FALSE_ALARMS: _single(lambda asked: asked.rates(asked.findings)[1]),
    known.JOINT: _single(lambda asked: LessonProbability(asked.wanted.with_findings(asked.findings), asked.start)),
    known.COMPLEMENT: lambda asked: Quantity("complement", asked.right.questions),
    known.NEGLECT: lambda asked: Quantity("share", asked.rates(asked.findings)),
    known.SUBTRACTION: lambda asked: Quantity("difference", asked.rates(asked.findings)),
    known.DOUBLE: lambda asked: Quantity(
        "independent", (asked.prior, *(rate for finding in asked.separate for rate in asked.rates(finding)))
    ),
    known.SEEING: _single(lambda asked: LessonProbability(asked.wanted, asked.start.replaced_by(asked.seen()))),
}
"""The answers that known errors give, worked out by the network."""

WHY: Mapping[str, str] = {
    known.PRIOR: "This is the probability before these findings, as if they said nothing.",
    known.UNCHANGED: "This is the probability without the second cause, as if that said nothing about the first.",
    known.CARRIED: "This is the probability in the setting before; it depends on the base rate.",
    known.FIRST_ONLY: "This is the probability before the last finding.",
    known.INVERSE: "This is how often the findings occur in those who have it: the question turned round.",
    known.FALSE_ALARMS: "This is how often the findings occur in those who do not have it.",
    known.JOINT: "This counts those who have both among everybody, and not among those with the findings.",
    known.COMPLEMENT: "This is the probability of not having it.",
    known.NEGLECT: "This weighs the findings as if those who have it and those who do not were equally many.",
    known.SUBTRACTION: "This takes one likelihood from the other.",
    known.DOUBLE: "This multiplies the likelihood ratios as if the findings were independent; what they share counts twice.",
    known.SEEING: "This is the answer for those in whom it is seen; here it is set from outside.",
}
"""The sentence on each error: what was done instead; a lesson can use its own words."""
