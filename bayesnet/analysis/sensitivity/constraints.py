"""Constraints on an answer: at least, at most or equal to a bound, for one question, a difference or a ratio of two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bayesnet.analysis.query.parse import read_question
from bayesnet.analysis.sensitivity.query_ranges import SensitivityQuery
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray, IntArray

Form = Literal["value", "difference", "ratio"]
Relation = Literal[">=", "<=", "="]


@dataclass(frozen=True)
class Constraint:
    """`form` of one or two questions, `relation`, `bound`; `shared` where both questions have the same findings.

    Rows are P(h1, e1), P(e1), P(h2, e2), P(e2), shape (4, m), each pair on its own scale.
    """

    form: Form
    relation: Relation
    bound: float
    shared: bool
    text: str

    def value(self, rows: FloatArray) -> FloatArray:
        """Return what the bound is about: f1, f1 - f2 or f1 / f2, shape (m,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            first = rows[0] / rows[1]
            if self.form == "value":
                return np.asarray(first)
            second = rows[2] / rows[3]
            return np.asarray(first - second if self.form == "difference" else first / second)

    def margin(self, rows: FloatArray) -> FloatArray:
        """Return a polynomial in the rows that is zero exactly where the bound is met, with the sign of value - bound, shape
        (m,).
        """
        h1, e1, h2, e2 = rows
        if self.form == "value":
            return np.asarray(h1 - self.bound * e1)
        if self.form == "ratio":
            return np.asarray(h1 - self.bound * h2 if self.shared else h1 * e2 - self.bound * h2 * e1)
        return np.asarray(h1 - h2 - self.bound * e1 if self.shared else h1 * e2 - h2 * e1 - self.bound * e1 * e2)

    def satisfied(self, value: float) -> bool:
        """Return whether the constraint holds at this value, to rounding."""
        slack = 1e-12 * max(1.0, abs(self.bound))
        if self.relation == ">=":
            return value >= self.bound - slack
        return value <= self.bound + slack if self.relation == "<=" else abs(value - self.bound) <= slack

    def steps(self, base: FloatArray, slope: FloatArray) -> FloatArray:
        """Return how far along base + t slope the bound is met, both roots of the margin, shape (2, m); NaN if there is
        none.
        """
        unit = np.ones(base.shape[1])
        c0, at_one, at_minus = (self.margin(base + t * slope) for t in (0.0 * unit, unit, -unit))
        c2 = 0.5 * (at_one + at_minus) - c0
        c1 = 0.5 * (at_one - at_minus)
        if self.form == "value" or self.shared:
            c2 = np.zeros_like(c2)
        return np.where(self._same(base, slope), np.nan, _quadratic(c0, c1, c2))

    def _same(self, base: FloatArray, slope: FloatArray) -> NDArray[np.bool_]:
        """Return where the answer is constant along the line, though its rows shrink together to a margin of zero."""
        whole = (0, 2) if self.form == "ratio" and self.shared else (0, 1)
        if self.form == "difference" and self.shared:
            return _proportional(base[0] - base[2], slope[0] - slope[2], base[1], slope[1])
        first = _proportional(base[whole[0]], slope[whole[0]], base[whole[1]], slope[whole[1]])
        if self.form == "value" or self.shared:
            return first
        each: NDArray[np.bool_] = first & _proportional(base[2], slope[2], base[3], slope[3])
        if self.form == "difference":
            return each
        crosswise = [_proportional(base[i], slope[i], base[i + 2], slope[i + 2]) for i in (0, 1)]
        return each | (crosswise[0] & crosswise[1])


def _proportional(a: FloatArray, a_slope: FloatArray, b: FloatArray, b_slope: FloatArray) -> NDArray[np.bool_]:
    """Return whether a / b is the same all along two lines, to rounding."""
    one, other = a_slope * b, a * b_slope
    return np.asarray(abs(one - other) <= 1e-12 * (abs(one) + abs(other)))


def _quadratic(c0: FloatArray, c1: FloatArray, c2: FloatArray) -> FloatArray:
    """Real roots of c0 + c1 t + c2 t^2, without cancellation, shape (2, m)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        line = np.where(c1 != 0, -c0 / c1, np.nan)
        disc = c1 * c1 - 4.0 * c2 * c0
        q = -0.5 * (c1 + np.where(c1 < 0, -1.0, 1.0) * np.sqrt(disc))
        return np.stack([np.where(c2 != 0, q / c2, line), np.where(c2 != 0, c0 / q, np.nan)])


@dataclass(frozen=True)
class Questions:
    """The question or the two questions of a constraint, with how they follow each number."""

    constraint: Constraint
    first: Response
    second: Response | None
    shared: bool

    def at(self, ks: IntArray, xs: FloatArray) -> FloatArray:
        """Return rows with number ks[j] at xs[j]."""
        return self._rows(lambda response: response.at(ks, xs))

    @property
    def base(self) -> FloatArray:
        """Rows at the present numbers, shape (4, 1)."""
        return self._rows(lambda response: response.base[:, None])

    def slopes(self, ks: IntArray) -> FloatArray:
        """Slopes of the rows by numbers ks, shape (4, m)."""
        return self._rows(lambda response: response.slopes[:, ks])

    def entries(self, position: IntArray) -> FloatArray:
        """Derivatives of the rows by tensor entries, shape (4, m)."""
        return self._rows(lambda response: response.weights[:, position])

    def matters(self) -> NDArray[np.bool_]:
        """Return numbers that can matter to either question."""
        responses = [self.first] if self.second is None else [self.first, self.second]
        matters: NDArray[np.bool_] = np.any(np.concatenate([response.matters for response in responses]), axis=0)
        return matters

    def _rows(self, of: Callable[[Response], FloatArray]) -> FloatArray:
        first = of(self.first)
        if self.second is not None:
            second = of(self.second)
            return np.stack([first[0], first[-1], second[0], second[-1]])
        other = first[1] if len(first) > 2 else np.zeros_like(first[0])
        return np.stack([first[0], first[-1], other, first[-1]])


def questions(
    subject: SensitivityQuery,
    at_least: float | None,
    at_most: float | None,
    equals: float | None,
    minus: str | None,
    over: str | None,
) -> Questions:
    """Read a constraint on the subject; `minus` or `over` name a second question, `target` or `target | its own findings`.

    Raises
    ------
    BayesnetError
        When not exactly one of `at_least`, `at_most`, `equals` is given, or both `minus` and `over`, or the bound cannot be met.
    """
    bounds: dict[Relation, float | None] = {">=": at_least, "<=": at_most, "=": equals}
    given = [(relation, bound) for relation, bound in bounds.items() if bound is not None]
    if len(given) != 1 or (minus is not None and over is not None):
        raise BayesnetError("Tuning takes exactly one of at_least, at_most and equals, and at most one of minus and over.")
    relation, bound = given[0]
    form: Form = "difference" if minus is not None else "ratio" if over is not None else "value"
    _refuse_bound(form, bound)
    other = minus if minus is not None else over
    if other is None:
        text = f"{subject.label} {relation} {bound:g}"
        response = subject.response((subject.target,))
        return Questions(Constraint(form, relation, bound, True, text), response, None, True)
    second = _second(subject, other)
    sign = "-" if form == "difference" else "/"
    text = f"{subject.label} {sign} {second.label} {relation} {bound:g}"
    shared = second.query.findings is subject.query.findings
    constraint = Constraint(form, relation, bound, shared, text)
    if shared:
        return Questions(constraint, subject.response((subject.target, second.target)), None, True)
    return Questions(constraint, subject.response((subject.target,)), second.response((second.target,)), False)


def _second(subject: SensitivityQuery, text: str) -> SensitivityQuery:
    """Return the second question: with a bar it has its own findings, without one those of the first."""
    if "|" not in text:
        return SensitivityQuery.of(subject.query, text)
    asked = read_question(subject.compiled, text)
    if len(asked.targets) != 1:
        raise BayesnetError(f"In {text}: the second question is about one variable in one state.")
    return SensitivityQuery.of(subject.query.given(asked.findings), str(asked.targets[0]))


def _refuse_bound(form: Form, bound: float) -> None:
    """A probability lies in [0, 1], a difference in [-1, 1], a ratio is not negative."""
    low, high = {"value": (0.0, 1.0), "difference": (-1.0, 1.0), "ratio": (0.0, np.inf)}[form]
    if not low <= bound <= high:
        raise BayesnetError(f"The {form} of a constraint cannot be {bound:g}; expected a number from {low:g} to {high:g}.")
