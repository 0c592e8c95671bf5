"""Formulas from the figures of publications to a number: `1 - specificity`, `odds(a.k / a.n)`, `pooled(a, b)`.

A formula is arithmetic on the named figures of a number, its assumed constants and other numbers of the model; it is read with
`ast` and computed here, never run as Python.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from bayesnet.errors import did_you_mean, nearest
from bayesnet.model.intervals import SPREAD, wilson
from bayesnet.model.records import CitedFigure

Ends = Literal["value", "low", "high"]

MOST_CHARACTERS = 600
MOST_DEPTH = 40


class FormulaError(ValueError):
    """An invalid formula, with the reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as a formula sees it: a value, its interval, and k of n where it is a count."""

    value: float
    low: float = math.nan
    high: float = math.nan
    k: float = math.nan
    n: float = math.nan

    def at(self, end: Ends) -> Reading:
        """Return the same figure with its value moved to an end of its interval."""
        moved = getattr(self, end)
        return self if end == "value" else replace(self, value=moved, k=moved * self.n)


def reading(figure: CitedFigure) -> Reading | None:
    """Return the value of a figure in a formula; None if the figure holds neither a count nor a printed value.

    >>> found = reading(CitedFigure("mylona2009", count=(45, 86)))
    >>> found.k, round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (45.0, 0.523, 0.419, 0.626)
    """
    printed = figure.printed
    low = printed.low if printed and printed.low is not None else math.nan
    high = printed.high if printed and printed.high is not None else math.nan
    if figure.count:
        k, n = figure.count
        bounds = wilson(k, n) if math.isnan(low) and math.isnan(high) else (low, high)
        return Reading(k / n, *bounds, float(k), float(n))
    if printed and printed.value is not None:
        return Reading(float(printed.value), low, high)
    if printed and not (math.isnan(low) and math.isnan(high)):
        return Reading(math.nan, low, high)
    return None


@dataclass(frozen=True)
class Formula:
    """A formula that was read; `tree` holds only what `compute` knows."""

    text: str
    tree: ast.expr

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of figures and constants it uses, each once, in order."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name) and id(node) not in called]
        return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Ids of the numbers of the model that it uses, as written."""
        return tuple(dict.fromkeys(_text(node) for node in _calls(self.tree, "number")))

    @property
    def question(self) -> str:
        """The question that the number is solved for; empty for a formula without `solve`."""
        return _text(self.tree) if isinstance(self.tree, ast.Call) and _function(self.tree) == "solve" else ""

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """The uncertain inputs of the formula: figures, where those in one `pooled(...)` or `odds_ratio(...)` count as one."""
        pooled = [*_calls(self.tree, "pooled"), *_calls(self.tree, "odds_ratio")]
        inside = {id(node) for call in pooled for node in ast.walk(call)}
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        names = [
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and id(node) not in inside and id(node) not in called
        ]
        return tuple(dict.fromkeys([*names, *(ast.unparse(call) for call in pooled)]))


def parse_formula(text: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text
        Arithmetic (`+ - * / **`), the names of figures with `.k`, `.n`, `.low`, `.high`, and the functions of `FUNCTIONS`.

    Raises
    ------
    FormulaError
        Where it is something else; says what is possible.

    >>> formula = parse_formula('odds(1 - a) / number("odds(gout) | baseline")')
    >>> formula.names, formula.numbers
    (('a',), ('odds(gout) | baseline',))
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"{len(text)} characters; at most {MOST_CHARACTERS}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise FormulaError(f'"{text}" is not a formula: {said}') from None
    _allow(tree, top=True)
    return Formula(text, tree)


@dataclass(frozen=True)
class Scope:
    """The meaning of the names in a formula: figures and constants by name, and the value of other numbers by id."""

    figures: Mapping[str, Reading] = field(default_factory=dict)
    constants: Mapping[str, float] = field(default_factory=dict)
    number: Callable[[str], Reading] | None = None


def compute(formula: Formula, scope: Scope, end: Ends = "value") -> float:
    """Compute a formula.

    Parameters
    ----------
    formula
        The formula; of `solve("question", p)` the p is computed.
    scope
        What its names mean.
    end
        Where to take the figures: at their value, or at an end of their interval.

    Raises
    ------
    FormulaError
        Where a name means nothing, or the arithmetic fails.

    >>> compute(parse_formula("odds(a)"), Scope({"a": reading(CitedFigure("x", count=(1, 5)))}))
    0.25
    """
    try:
        found = _value(_Computer(scope, end).visit(formula.tree))
    except ZeroDivisionError:
        raise FormulaError(f"{formula.text} divides by 0") from None
    except (ValueError, OverflowError) as error:
        raise FormulaError(str(error) if isinstance(error, FormulaError) else f"{formula.text}: {error}") from None
    if isinstance(found, complex) or not math.isfinite(found):
        raise FormulaError(f"{formula.text} gives no number")
    return found


_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def _odds(p: float) -> float:
    return p / (1.0 - p)


def _from_odds(odds: float) -> float:
    return odds / (1.0 + odds)


def _geometric_mean(*values: float) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def _normal_below(x: float, mean: float, sd: float) -> float:
    return 0.5 * math.erfc((mean - x) / (sd * math.sqrt(2.0)))


def _woolf(a: Reading, b: Reading) -> Reading:
    """Return the odds ratio of two counts with its 95 % interval (Woolf 1955)."""
    cells = (a.k, a.n - a.k, b.k, b.n - b.k)
    log = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    error = SPREAD * math.sqrt(math.fsum(1.0 / cell for cell in cells))
    return Reading(math.exp(log), math.exp(log - error), math.exp(log + error))


PLAIN: dict[str, tuple[int, int, Callable[..., float]]] = {
    "odds": (1, 1, _odds),
    "from_odds": (1, 1, _from_odds),
    "logit": (1, 1, lambda p: math.log(_odds(p))),
    "sqrt": (1, 1, math.sqrt),
    "exp": (1, 1, math.exp),
    "log": (1, 1, math.log),
    "min": (2, 99, min),
    "max": (2, 99, max),
    "mean": (2, 99, lambda *values: math.fsum(values) / len(values)),
    "geometric_mean": (2, 99, _geometric_mean),
    "normal_below": (3, 3, _normal_below),
}
"""Functions of values: fewest and most arguments, and what they compute."""

OF_COUNTS: dict[str, tuple[int, int]] = {
    "pooled": (2, 99),
    "wilson_low": (1, 1),
    "wilson_high": (1, 1),
    "odds_ratio": (2, 2),
}
"""Functions of figures that are counts: fewest and most arguments."""

OF_THE_MODEL = ("number", "solve")
"""Functions whose first argument is a text: another number, and the value that gives a question an answer."""

FUNCTIONS = (*PLAIN, *OF_COUNTS, *OF_THE_MODEL)
PARTS = ("value", "low", "high", "k", "n")


class _Computer:
    """Computes a tree that `_allow` has let pass."""

    def __init__(self, scope: Scope, end: Ends) -> None:
        self.scope, self.end = scope, end

    def visit(self, node: ast.AST) -> float | Reading:
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.UnaryOp):
            value = _value(self.visit(node.operand))
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](_value(self.visit(node.left)), _value(self.visit(node.right)))
        if isinstance(node, ast.Attribute):
            return self.part(node)
        assert isinstance(node, ast.Call)
        return self.call(node)

    def named(self, name: str) -> float | Reading:
        if name in self.scope.figures:
            return self.scope.figures[name].at(self.end)
        if name in self.scope.constants:
            return self.scope.constants[name]
        known = (*self.scope.figures, *self.scope.constants)
        hint = did_you_mean(nearest(name, known)) or (f"the names are {', '.join(known)}" if known else "no figure has a name")
        raise FormulaError(f'"{name}" is neither a figure nor an assumed constant of this number; {hint}')

    def part(self, node: ast.Attribute) -> float:
        found = self.visit(node.value)
        if not isinstance(found, Reading):
            raise FormulaError(f"{ast.unparse(node)}: not a figure, and so without .{node.attr}")
        part: float = getattr(found, node.attr)
        if math.isnan(part):
            needs = "a count" if node.attr in ("k", "n") else f'"{node.attr}" in what is printed, or a count'
            raise FormulaError(f"{ast.unparse(node)}: the figure lacks {needs}")
        return part

    def call(self, node: ast.Call) -> float | Reading:
        name = _function(node)
        if name == "solve":
            return _value(self.visit(node.args[1]))
        if name == "number":
            if self.scope.number is None:
                raise FormulaError(f"{ast.unparse(node)}: other numbers are not known here")
            return self.scope.number(_text(node))  # at its value, whatever the ends of the figures
        if name in PLAIN:
            return PLAIN[name][2](*(_value(self.visit(argument)) for argument in node.args))
        # An interval is that of all patients together; the ends of the single figures would be too wide.
        counted = _Computer(self.scope, "value")
        return self.of_counts(name, [self.counted(counted.visit(argument), argument) for argument in node.args])

    def counted(self, found: float | Reading, node: ast.expr) -> Reading:
        if isinstance(found, Reading) and not math.isnan(found.n):
            return found
        raise FormulaError(f"{ast.unparse(node)} is not a count; expected a figure with count = [k, n]")

    def of_counts(self, name: str, counts: list[Reading]) -> float | Reading:
        if name == "pooled":
            k, n = math.fsum(c.k for c in counts), math.fsum(c.n for c in counts)
            return Reading(k / n, *wilson(k, n), k, n).at(self.end)
        if name == "odds_ratio":
            return _woolf(*counts).at(self.end)
        return wilson(counts[0].k, counts[0].n)[name == "wilson_high"]


def _value(found: float | Reading) -> float:
    if not isinstance(found, Reading):
        return found
    if math.isnan(found.value):
        raise FormulaError("a figure without a value, or without the end that is asked for")
    return found.value


def _function(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _text(node: ast.AST) -> str:
    assert isinstance(node, ast.Call)
    first: Any = node.args[0]
    return str(first.value)


def _calls(tree: ast.AST, name: str) -> Iterable[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _function(node) == name)


def _allow(node: ast.AST, depth: int = 0, *, top: bool = False) -> None:
    """Refuse whatever is not arithmetic on figures."""
    if depth > MOST_DEPTH:
        raise FormulaError("nested too deeply")
    inner: Iterable[ast.AST] = ()
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise FormulaError(f"{ast.unparse(node)} is not a number; texts are allowed only in number(...) and solve(...)")
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        inner = (node.left, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = (node.operand,)
    elif isinstance(node, ast.Attribute):
        if node.attr not in PARTS:
            raise FormulaError(f"{ast.unparse(node)}: a figure has {', '.join('.' + part for part in PARTS)}")
        inner = (node.value,)
    elif isinstance(node, ast.Call):
        inner = _arguments(node, top=top)
    elif not isinstance(node, ast.Name):
        raise FormulaError(f"{ast.unparse(node)} is not arithmetic on figures (+ - * / ** and {', '.join(FUNCTIONS)})")
    for each in inner:
        _allow(each, depth + 1)


def _arguments(node: ast.Call, *, top: bool) -> list[ast.expr]:
    """Return the arguments of a call that are formulas, once its name and their count are right."""
    name = _function(node)
    if name not in FUNCTIONS or node.keywords:
        hint = did_you_mean(nearest(name, FUNCTIONS)) or f"there are {', '.join(FUNCTIONS)}"
        raise FormulaError(f"{ast.unparse(node)}: no such function; {hint}")
    if name in OF_THE_MODEL:
        least = most = 1 if name == "number" else 2
        first = node.args[0] if node.args else None
        if len(node.args) != least or not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            form = 'number("id")' if name == "number" else 'solve("question", probability)'
            raise FormulaError(f"{ast.unparse(node)}; write {form}")
        if name == "solve" and not top:
            raise FormulaError("solve(...) inside a formula; it can only be the whole formula")
        return node.args[1:]
    least, most = PLAIN[name][:2] if name in PLAIN else OF_COUNTS[name]
    if not least <= len(node.args) <= most:
        expected = f"{least}" if least == most else f"{least} or more"
        raise FormulaError(f"{ast.unparse(node)}: {len(node.args)} arguments; expected {expected}")
    return node.args
