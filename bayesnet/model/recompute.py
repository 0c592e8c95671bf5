"""Value and range of a number, computed again from the figures and formulas that are recorded with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bayesnet.model.check_figures import number_named
from bayesnet.model.derivation import Ends, Formula, FormulaError, Reading, Scope, compute, parse_formula, reading
from bayesnet.model.records import CitedFigure, Model, Number

ENDS: tuple[Ends, ...] = ("value", "low", "high")

Basis = Literal["figures", "figures and a judgement", "judgement", ""]
"""The basis on which the value of a number is computed."""

Solver = Callable[[Number, str, float], float]
"""A number, a question and a probability to the value of the number with which the model answers so."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The value of a number, or an end of its range, as written and as computed; `found` is NaN where it cannot be computed.

    `by` says from what: a formula, a figure, an interval; if there is nothing to compute from, `why` says what is lacking.
    """

    end: Ends
    written: float
    found: float = math.nan
    by: str = ""
    why: str = ""

    @property
    def computed(self) -> bool:
        """Whether there was something to compute it from."""
        return not math.isnan(self.found)

    @property
    def agrees(self) -> bool:
        """Whether it was computed and is what is written, to the digits written."""
        return self.computed and abs(self.found - self.written) <= tolerance(self.written)


def tolerance(written: float) -> float:
    """Half a unit of the last digit written, of at least two; of probabilities never more than half a percentage point.

    >>> [round(tolerance(written), 6) for written in (0.056, 0.5, 60.0)]
    [0.0005, 0.005, 0.5]
    """
    if written == 0 or not math.isfinite(written):
        return 1e-9
    _, digits, exponent = Decimal(repr(abs(written))).normalize().as_tuple()
    assert isinstance(exponent, int)
    first = len(digits) + exponent - 1
    unit = 10.0 ** (first - max(len(digits), 2) + 1)
    return 0.5 * (min(unit, 0.01) if written <= 1.0 else unit) * (1.0 + 1e-9)


def recomputed(number: Number, model: Model, solver: Solver | None = None) -> dict[Ends, Computed]:
    """Compute value, low and high of a number again.

    Parameters
    ----------
    number, model
        The number, and the model whose other numbers its formulas use.
    solver
        Answers `solve(...)`; without it such a formula is not computed.

    >>> from bayesnet.model.records import CitedFigure, Model, Number
    >>> figure = CitedFigure("nakamura2016", place="abstract", count=(11, 195))
    >>> number = Number("fever=present", 0.056, 0.032, 0.098, "95 % interval", "case series", sources=(figure,))
    >>> [(end, round(found.found, 4), found.agrees) for end, found in recomputed(number, Model("m")).items()]
    [('value', 0.0564, True), ('low', 0.0318, True), ('high', 0.0982, True)]
    """
    return {end: _Recomputation(number, model, solver).end(end) for end in ENDS}


@dataclass(frozen=True)
class _Recomputation:
    number: Number
    model: Model
    solver: Solver | None

    def end(self, end: Ends) -> Computed:
        """Return one of value, low and high."""
        if self.number.range == "exact" and end != "value" and self.number.low == self.number.high:
            return self._made(end, self.number.value, "the value: the range is exact")
        text = self.number.derivation if end == "value" else getattr(self.number, f"derivation_{end}")
        if text:
            return self._by_formula(text, end, "value")
        return self._value() if end == "value" else self._end(end)

    def _value(self) -> Computed:
        figures = self._for("value")
        if not figures:
            return self._not("value", "no figure is cited for the value" if self.number.sources else "no source")
        if len(figures) > 1:
            return self._not("value", f"{len(figures)} figures for the value and no derivation")
        found = reading(figures[0])
        if found is None or math.isnan(found.value):
            return self._not("value", "the figure is neither counted nor printed")
        return self._made("value", found.value, said(figures[0]))

    def _end(self, end: Ends) -> Computed:
        """Return an end without a formula of its own."""
        if figures := self._for(end):
            found = [(r.value, f) for f in figures if (r := reading(f)) is not None and not math.isnan(r.value)]
            if len(found) < len(figures):
                return self._not(end, f"a figure for the {end} end is neither counted nor printed")
            value, figure = (min if end == "low" else max)(found, key=lambda pair: pair[0])
            return self._made(end, value, said(figure))
        if figures := self._for("range"):
            ends = [getattr(r, end) for f in figures if (r := reading(f)) is not None]
            if len(ends) < len(figures) or any(math.isnan(value) for value in ends):
                return self._not(end, "a figure for the range has neither a printed range nor a count")
            return self._made(end, (min if end == "low" else max)(ends), " and ".join(map(said, figures)))
        if self.number.range == "95 % interval":
            return self._interval(end)
        return self._not(end, "no figure is cited for it")

    def _interval(self, end: Ends) -> Computed:
        """Return the interval of the figure behind the value, taken through the derivation."""
        if not self.number.derivation:
            figures = self._for("value")
            found = reading(figures[0]) if len(figures) == 1 else None
            value = getattr(found, end) if found else math.nan
            if math.isnan(value):
                return self._not(end, "no figure gives the interval")
            figure = figures[0]
            kind = (
                "Wilson interval of " if figure.count and (not figure.printed or figure.printed.low is None) else "interval of "
            )
            return self._made(end, value, kind + said(figure))
        try:
            formula = parse_formula(self.number.derivation)
        except FormulaError as error:
            return self._not(end, str(error))
        constants = {name for name, _ in self.number.assumed}
        uncertain = [name for name in formula.uncertain if name not in constants]
        if len(uncertain) != 1:
            return self._not(end, f"the derivation has {len(uncertain)} uncertain figures: say derivation_{end}")
        both = [self._by_formula(self.number.derivation, end, at) for at in ("low", "high")]
        if not all(each.computed for each in both):
            return self._not(end, next(each.why for each in both if not each.computed))
        best = (min if end == "low" else max)(both, key=lambda each: each.found)
        return self._made(end, best.found, f"{self.number.derivation} at the interval of {uncertain[0]}")

    def _by_formula(self, text: str, end: Ends, at: Ends) -> Computed:
        """Return a formula with its figures at their value or at an end of their interval."""
        try:
            formula = parse_formula(text)
            found = compute(formula, self._scope, at)
            if formula.question:
                found = self._solved(formula, found)
        except FormulaError as error:
            return self._not(end, str(error))
        return self._made(end, found, text)

    def _solved(self, formula: Formula, p: float) -> float:
        if self.solver is None:
            raise FormulaError("solve(...) is computed by the network, not by the file")
        return self.solver(self.number, formula.question, p)

    @property
    def _scope(self) -> Scope:
        figures = {f.name: r for f in self.number.sources if f.name and (r := reading(f)) is not None}
        return Scope(figures, dict(self.number.assumed), self._other)

    def _other(self, written: str) -> Reading:
        """Another number of the model, at its value whatever the ends of the figures."""
        name = number_named(written, self.model)
        if name not in self.model.numbers:
            raise FormulaError(f'there is no number "{written}"')
        other = self.model.numbers[name]
        return Reading(other.value, other.low, other.high)

    def _for(self, use: str) -> list[CitedFigure]:
        return [figure for figure in self.number.sources if figure.use == use]

    def _made(self, end: Ends, found: float, by: str) -> Computed:
        return Computed(end, getattr(self.number, end), found, by)

    def _not(self, end: Ends, why: str) -> Computed:
        return Computed(end, getattr(self.number, end), why=why)


def basis(number: Number, model: Model) -> Basis:
    """Return from what the value of a number is computed: `figures` alone, `figures and a judgement`, a `judgement` alone.

    A judgement is an assumed constant, or another number that does not itself follow from figures alone. Empty where the number
    has neither a formula nor a figure for its value.

    >>> assumed = Number("fever=present", 0.5, 0.4, 0.6, derivation="2 * quarter", assumed=(("quarter", 0.25),), reason="so")
    >>> basis(assumed, Model("m"))
    'judgement'
    """
    if not number.derivation:
        return "figures" if any(figure.use == "value" for figure in number.sources) else ""
    try:
        formula = parse_formula(number.derivation)
    except FormulaError:
        return ""
    others = [model.numbers[name] for written in formula.numbers if (name := number_named(written, model)) in model.numbers]
    parts = [basis(other, model) if other.grade != "definition" else "figures" for other in others]
    if not {figure.name for figure in number.sources if figure.name}.isdisjoint(formula.names):
        parts.append("figures")
    if not {name for name, _ in number.assumed}.isdisjoint(formula.names):
        parts.append("judgement")
    kinds = {part or "judgement" for part in parts}
    return "figures and a judgement" if len(kinds) > 1 else kinds.pop() if kinds else ""


def said(figure: CitedFigure) -> str:
    """Return a figure in a few words, for the chain from paper to number: `45 of 86` or `0.82 (0.77 to 0.87)`.

    >>> said(CitedFigure("mylona2009", "fever", count=(45, 86)))
    'fever = 45 of 86'
    """
    text = figure.figure or figure.place
    return f"{figure.name} = {text}" if figure.name else text
