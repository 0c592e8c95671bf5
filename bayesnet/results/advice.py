"""The advice of a decision: expected utilities, thresholds, values of information, and which utilities it hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import given, interval, percent, plain


@dataclass(frozen=True, repr=False)
class StateLine(Record):
    """A state that the utilities distinguish, with its probability."""

    state: str
    label: str
    probability: float


@dataclass(frozen=True, repr=False)
class OptionLine(Record):
    """An option with its expected utility and how far that lies behind the best."""

    option: str
    label: str
    expected_utility: float
    behind: float


@dataclass(frozen=True, repr=False)
class Threshold(Record):
    """The best option as one state's probability goes from 0 to 1, the others in proportion: (from, to, option)."""

    state: str
    label: str
    now: float
    pieces: tuple[tuple[float, float, str], ...]

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The probabilities at which the advice changes."""
        return tuple(upto for _, upto, _ in self.pieces[:-1])


@dataclass(frozen=True, repr=False)
class ValuedTest(Record):
    """The value of a finding for the decision, in the unit of the utilities: expected value, price, and the difference."""

    finding: str
    test: str
    value: float
    cost: float
    net: float


@dataclass(frozen=True, repr=False)
class UtilityBar(Record):
    """The lead of the advised option over the next best with one utility at the ends of its range; below 0 the advice changes.

    `utility` is `option | state` by name, `label` the same as a person reads it.
    """

    utility: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    option_at_low: str
    option_at_high: str
    source: str
    grade: str
    label: str = ""

    @property
    def width(self) -> float:
        """Length of the bar."""
        return abs(self.at_high - self.at_low)

    @property
    def turns(self) -> bool:
        """Whether the advice changes within the range."""
        return self.option_at_low != self.option_at_high or min(self.at_low, self.at_high) < 0.0


@dataclass(frozen=True, kw_only=True, repr=False)
class Advice(Records[OptionLine], Result):
    """The option with the largest expected utility and what it hangs on.

    `evpi` is the expected value of perfect information on the state, in the unit of the utilities; `tests` are the findings worth
    most, net of their price, with `evsi <= evpi`.
    """

    verb: ClassVar[str] = "advise"
    held_in: ClassVar[str] = "options"
    key: ClassVar[tuple[str, ...]] = ("option",)

    columns: ClassVar[tuple[str, ...]] = ("option", "expected_utility", "behind")

    decision: str
    decision_digest: str
    unit: str
    best: str
    label: str
    states: tuple[StateLine, ...]
    options: tuple[OptionLine, ...]
    evpi: float
    tests: tuple[ValuedTest, ...]
    thresholds: tuple[Threshold, ...]
    tornado: tuple[UtilityBar, ...]
    warning_of_decision: str = ""

    @property
    def lead(self) -> float:
        """The expected utility of the best option less that of the next."""
        return self.options[1].behind

    @property
    def turning(self) -> tuple[UtilityBar, ...]:
        """The utilities within whose range the advice changes."""
        return tuple(bar for bar in self.tornado if bar.turns)

    def subject(self) -> str:
        """Return what the answer is about."""
        return given(self.title)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per option, best first."""
        return [(line.option, line.expected_utility, line.behind) for line in self.options]

    def grid(self) -> Grid:
        """Options, best first."""
        lines = tuple((o.label, f"{o.expected_utility:.4f}", f"{o.behind:.4f}" if o.behind else "best") for o in self.options)
        return Grid((self.decision, f"expected {self.unit}", "behind"), lines)

    @property
    def text(self) -> str:
        """The advice in words."""
        chances = ", ".join(f"{s.label} {percent(s.probability)}" for s in self.states)
        once = " A patient with several of these is counted once, under the first." if len(self.states) > 2 else ""
        lines = [
            f"Largest expected utility: {self.label}, ahead of the next option by {plain(self.lead)} {self.unit}.",
            f"Probabilities used: {chances}.{once}",
        ]
        lines += [text for text in (self._next_threshold(t) for t in self.thresholds) if text]
        lines.append(self._worth())
        lines.append(self._firm())
        return "\n".join(lines)

    def _next_threshold(self, threshold: Threshold) -> str:
        first = self._name(threshold.pieces[0][2])
        if len(threshold.pieces) == 1:
            return f"{first} is best at any probability of {threshold.label} ({percent(threshold.now)} now)."
        *between, last = threshold.pieces[1:]
        ranges = [f"{first} below {percent(threshold.pieces[0][1])}"]
        ranges += [f"{self._name(option)} from {interval(start, upto)}" for start, upto, option in between]
        ranges.append(f"{self._name(last[2])} from {percent(last[0])} on")
        return f"By the probability of {threshold.label} ({percent(threshold.now)} now) the best is: {', '.join(ranges)}."

    def _worth(self) -> str:
        text = f"Perfect information on the state is worth {plain(self.evpi)} {self.unit}"
        worth = [test for test in self.tests if test.net > 0.0]
        if not worth:
            return f"{text}; no single finding would change the choice enough to be worth its price."
        best = worth[0]
        price = (
            "free" if best.cost == 0.0 else f"its price {plain(best.cost)}" if best.cost == best.cost else "its price not known"
        )
        return f"{text}; the single finding worth most is {best.finding} ({plain(best.value)} {self.unit}, {price})."

    def _firm(self) -> str:
        turning = self.turning
        if not turning:
            return "No single utility changes the advice within its own range."
        listed = "; ".join(
            f"{bar.label or bar.utility}: {plain(bar.value)} [{plain(bar.low)}, {plain(bar.high)}]" for bar in turning
        )
        return f"Each of these utilities alone changes the advice within its own range: {listed}."

    def _name(self, option: str) -> str:
        return next(line.label for line in self.options if line.option == option)

    def footer(self) -> str:
        """Return the advice in words, and the caveats."""
        parts = ["\n".join(wrapped(line) for line in self.text.split("\n")), super().footer(), wrapped(self.warning_of_decision)]
        return "\n\n".join(part for part in parts if part)
