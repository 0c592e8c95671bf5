"""A short plan of tests as a tree: what to learn first, what then, and why to stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bayesnet.results.base import Result
from bayesnet.results.table import wrapped
from bayesnet.results.words import percent, plain


@dataclass(frozen=True)
class Step:
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
        """Give this step and all after it: depth, probability of coming here, step."""
        yield depth, share, self
        for _, p, after in self.branches:
            yield from after.walk(depth + 1, share * p)


@dataclass(frozen=True, kw_only=True)
class Plan(Result):
    """A tree of tests. `by` says what each test was chosen for: `bits` on the target or `value` for the decision.

    References
    ----------
    Choi A, Xue Y, Darwiche A (2012). Same-decision probability: a confidence measure for threshold-based decisions. International
    Journal of Approximate Reasoning 53, 1415-1428.
    """

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

    def heading(self) -> str:
        """Say what is planned."""
        return f"plan for {self.target}" + (f" | {self.title}" if self.title else "")

    def rows(self) -> list[tuple[Any, ...]]:
        """One row per step, in the order of the tree."""
        return [
            (depth, share, s.known, s.probability, s.decision, s.same_decision, s.test, s.gain, s.stop)
            for depth, share, s in self.root.walk()
        ]

    def __str__(self) -> str:
        lines = [self.header(), "", *self._lines(self.root, ""), "", self.footer()]
        return "\n".join(lines).rstrip()

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
        """How to read the plan."""
        note = (
            "Each test is the one with the most "
            + ("information on the target" if self.by == "bits" else "value for the decision, net of its price")
            + '; "stays" is the same-decision probability: how likely the decision is to be the same after the most telling '
            "findings that are left."
        )
        return "\n\n".join(part for part in (wrapped(note), super().footer()) if part)
