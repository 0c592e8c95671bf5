"""Next tests: every unobserved finding with its information and its price, and the plan made of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.records import Record, Records
from bayesnet.results.table import Grid, wrapped
from bayesnet.results.words import percent, plain, under


@dataclass(frozen=True, repr=False)
class Outcome(Record):
    """One result a test can have: its probability, that of the target after it, and what would lead or be advised then.

    `then` is a name of the model, `then_label` the same as a person reads it.
    """

    state: str
    probability: float
    posterior: float
    then: str
    then_label: str = ""


@dataclass(frozen=True, repr=False)
class NextTest(Record):
    """A finding that is not known.

    `bits` is its information on the target; `expected_change` the mean size of the change of the target's probability. `value` is
    the expected value of the finding for the decision, `net_value` that less the price of its test, both in the decision's unit;
    NaN where the model has no decision or no price.
    """

    finding: str
    test: str
    bits: float
    expected_change: float
    outcomes: tuple[Outcome, ...]
    cost: float
    cost_source: str
    burden: str
    value: float
    net_value: float


@dataclass(frozen=True, kw_only=True, repr=False)
class NextTests(Records[NextTest], Result):
    """Every finding not yet known, most informative first; for the decision, most valuable first.

    References
    ----------
    Shannon CE (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379-423.
    Heckerman D, Horvitz E, Middleton B (1993). An approximate nonmyopic computation for value of information. IEEE Transactions
    on Pattern Analysis and Machine Intelligence 15, 292-298.
    """

    verb: ClassVar[str] = "next tests"
    held_in: ClassVar[str] = "tests"
    key: ClassVar[tuple[str, ...]] = ("finding",)

    columns: ClassVar[tuple[str, ...]] = (
        "finding",
        "test",
        "bits",
        "expected_change",
        "probabilities",
        "posteriors",
        "cost",
        "burden",
        "value",
        "net_value",
    )

    target: str
    now: float
    entropy: float
    tests: tuple[NextTest, ...]
    cost_unit: str
    value_unit: str

    def subject(self) -> str:
        """Return what the answer is about."""
        return under(self.target, self.title)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per finding; `probabilities` and `posteriors` are dicts by result."""
        return [
            (
                t.finding,
                t.test,
                t.bits,
                t.expected_change,
                {o.state: o.probability for o in t.outcomes},
                {o.state: o.posterior for o in t.outcomes},
                t.cost,
                t.burden,
                t.value,
                t.net_value,
            )
            for t in self.tests
        ]

    def best_of_each_test(self) -> tuple[NextTest, ...]:
        """Return the most informative finding of each test that has a price, and every finding of history and examination."""
        seen: set[str] = set()
        chosen = []
        for t in self.tests:
            key = t.test if t.cost > 0.0 else t.finding
            if key not in seen:
                chosen.append(t)
            seen.add(key)
        return tuple(chosen)

    def grid(self, most: int = 15) -> Grid:
        """Return the first lines, one for each test."""
        lines = []
        for t in self._shown(most):
            price = "–" if math.isnan(t.cost) else "free" if t.cost == 0.0 else f"{t.cost:.4g}"
            lines.append((t.finding, t.test, f"{t.bits:.4f}", self._telling(t), price, t.burden or "–", _short(t.net_value)))
        headings = ("finding", "test", "bits", "its most telling result", self.cost_unit or "price", "burden", "net value")
        return Grid(headings, tuple(lines), frozenset({0, 1, 3, 5}), optional=(5,))

    def _telling(self, test: NextTest) -> str:
        """Return the most informative result and its consequences; for the decision, the rarest that changes the advice."""
        if any(o.posterior == o.posterior for o in test.outcomes):
            top = max(test.outcomes, key=lambda o: o.posterior if o.posterior == o.posterior else -1.0)
            return f"{top.state} ({percent(top.probability)}): {percent(top.posterior)}"
        likely = [o for o in test.outcomes if o.probability > 0.0]
        if len({o.then for o in likely}) < 2:
            return "none changes the advice"
        usual = max(likely, key=lambda o: o.probability)
        turning = min((o for o in likely if o.then != usual.then), key=lambda o: o.probability)
        return f"{turning.state} ({percent(turning.probability)}): {turning.then_label or turning.then}"

    def _shown(self, most: int) -> list[NextTest]:
        """Return the first lines, and after them those that the text names."""
        lines = self.best_of_each_test()
        named = [t for t in (self._first, self._free, self._worth_most) if t is not None and t not in lines[:most]]
        return [*lines[:most], *dict.fromkeys(named)]

    @property
    def _first(self) -> NextTest | None:
        """The finding with the most information on the target."""
        return max(self.best_of_each_test(), key=lambda t: t.bits, default=None)

    @property
    def _free(self) -> NextTest | None:
        """The one with the most information among those that cost nothing."""
        return max((t for t in self.best_of_each_test() if t.cost == 0.0), key=lambda t: t.bits, default=None)

    @property
    def _worth_most(self) -> NextTest | None:
        """The one worth most for the decision, if any is worth its price."""
        return max((t for t in self.best_of_each_test() if t.net_value > 0.0), key=lambda t: t.net_value, default=None)

    @property
    def text(self) -> str:
        """The first test, in words."""
        first, free, best = self._first, self._free, self._worth_most
        if first is None or first.bits <= 0.0:
            return f"No further finding is informative on {self.target}."
        parts = [f"{first.finding} is most informative on {self.target}: {plain(first.bits)} of {plain(self.entropy)} bits."]
        if free is not None and free is not first and free.bits > 0.0:
            parts.append(
                f"Of what can be asked or examined without cost, {free.finding} is most informative ({plain(free.bits)} bits)."
            )
        if best is not None:
            parts.append(
                f"For the decision {best.finding} is worth most: {plain(best.net_value)} {self.value_unit} more than its price."
            )
        elif any(t.net_value == t.net_value for t in self.tests):
            parts.append("No single finding would change the decision enough to be worth its price.")
        return " ".join(parts)

    def footer(self) -> str:
        """In words, and how to read the columns."""
        return "\n\n".join(part for part in (wrapped(self.text), wrapped(self.reading), super().footer()) if part)

    @property
    def reading(self) -> str:
        """Return how to read the columns."""
        note = (
            f"Of {len(self.tests)} findings, the most informative of each test with a price, and each that has none. Bits: "
            f"mutual information with {self.target}, whose entropy is {plain(self.entropy)}."
        )
        if not self.value_unit:
            return note
        worth = f"{note} Net value: expected gain of the decision less the price, in {self.value_unit}"
        brought = any(math.isnan(t.value) for t in self.best_of_each_test())
        return f"{worth}; none (–) for what only an option of the decision brings." if brought else f"{worth}."


def _short(value: float) -> str:
    if math.isnan(value):
        return "–"
    return "0" if abs(value) < 1e-9 else f"{value:+.1e}" if abs(value) < 0.001 else f"{value:+.4f}"


@dataclass(frozen=True, repr=False)
class Step(Record):
    """One place in the plan: what is known there, the decision now, and the next test or the reason to stop.

    `branches` holds (result, its probability here, the step after it). `same_decision` is the probability that the decision stays
    after seeing the findings in `hidden`, the most telling ones that are left (Choi, Xue & Darwiche 2012).
    """

    known: str
    probability: float
    decision: str
    same_decision: float
    hidden: tuple[str, ...]
    test: str
    gain: float
    stop: str
    branches: tuple[tuple[str, float, Step], ...] = ()

    def walk(self, depth: int = 0, share: float = 1.0) -> Iterator[tuple[int, float, Step]]:
        """Return this step and all after it: depth, probability of coming here, step."""
        yield depth, share, self
        for _, p, after in self.branches:
            yield from after.walk(depth + 1, share * p)


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Result):
    """A tree of tests. `by` says what each test was chosen for: `bits` on the target or `value` for the decision.

    References
    ----------
    Choi A, Xue Y, Darwiche A (2012). Same-decision probability: a confidence measure for threshold-based decisions. International
    Journal of Approximate Reasoning 53, 1415-1428.
    """

    verb: ClassVar[str] = "plan"

    columns: ClassVar[tuple[str, ...]] = (
        "depth",
        "share",
        "known",
        "probability",
        "decision",
        "same_decision",
        "test",
        "gain",
        "stop",
    )

    target: str
    by: str
    unit: str
    root: Step

    def subject(self) -> str:
        """Return what the answer is about."""
        return under(self.target, self.title)

    def rows(self) -> list[tuple[Any, ...]]:
        """Return one row per step, in the order of the tree."""
        return [
            (depth, share, s.known, s.probability, s.decision, s.same_decision, s.test, s.gain, s.stop)
            for depth, share, s in self.root.walk()
        ]

    def body(self) -> str:
        """Return the tree."""
        return "\n".join(self._lines(self.root, ""))

    def body_html(self) -> str:
        """Return the tree as HTML."""
        import html

        return f"<pre>{html.escape(self.body())}</pre>"

    def _lines(self, step: Step, indent: str) -> list[str]:
        chance = f"P = {percent(step.probability)}, " if step.probability == step.probability else ""
        lines = [f"{indent}{chance}{step.decision}; stays with {percent(step.same_decision)}"]
        if step.stop:
            return [*lines, f"{indent}stop: {step.stop}"]
        lines.append(f"{indent}next: {step.test} ({plain(step.gain)} {self.unit})")
        for result, p, after in step.branches:
            lines += [f"{indent}  {result} ({percent(p)})", *self._lines(after, indent + "    ")]
        return lines

    def footer(self) -> str:
        """Return how to read the plan."""
        note = (
            "Each test is the one with the most "
            + ("information on the target" if self.by == "bits" else "value for the decision, net of its price")
            + '; "stays" is the same-decision probability: how likely the decision is to be the same after the most telling '
            "findings that are left."
        )
        return "\n\n".join(part for part in (wrapped(note), super().footer()) if part)
