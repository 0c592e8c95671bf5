"""The base of the engine: a plan for the evidence at hand, from those kept or made now, and a run of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.inference.kernel import LANES, compiled
from bayesnet.inference.network import NetworkArrays, Structure
from bayesnet.inference.plan import EliminationPlan
from bayesnet.inference.planner import make
from bayesnet.inference.reduced_evidence import ReducedEvidence, reduced
from bayesnet.inference.run import Ready, Run
from bayesnet.model.factors import Factors, FloatArray, IntArray

KEPT = 1 << 24
"""Integers in all plans kept; the one not used for longest goes first."""
WORTH_PARTING = 2.0**22
"""Products of a plan from which it is tried whether several plans take fewer."""
SECONDS = 2e-9
"""Time of one product, roughly, on one processor of today."""


class Runner:
    """One network, and the plans made for it, kept by the pattern of the evidence. Many threads may ask one engine at once.

    Plans that need a table of more than `max_cells` raise `TooWide` before anything is allocated. The compiled kernel runs them
    if there is one and `fast` is true; otherwise numpy does.
    """

    def __init__(self, factors: Factors, max_cells: float = 2.0**27, *, fast: bool = True) -> None:
        self.factors = factors
        self.max_cells = max_cells
        self.structure = Structure.of(factors)
        self.network = NetworkArrays.of(self.structure, factors)
        self.values = self.network.values[:, None]
        self.everything = tuple(range(len(factors.names)))
        self.kernel = compiled() if fast else None
        self._plans: OrderedDict[Hashable, list[Ready]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def situation(self, evidence: Evidence) -> ReducedEvidence:
        """Return the evidence sorted and followed through certain gates."""
        return reduced(evidence.checked(self.structure.cards), self.structure, self.factors)

    def ready(
        self,
        situation: ReducedEvidence,
        wanted: tuple[int, ...] = (),
        kept: tuple[int, ...] = (),
        best: tuple[int, ...] = (),
        vectors: tuple[int, ...] = (),
        slopes: bool = False,
    ) -> Ready:
        """Return the plan for evidence of this pattern, from those kept or made now. Raises `TooWide`.

        It answers `wanted`, or gives the product of everything over `kept`; `best` are maximised; `vectors` will get likelihoods;
        with `slopes` the derivatives by every number are planned too.
        """
        key = (situation.pattern(self.structure), wanted, kept, best, vectors, slopes)
        return (self._recall(key) or self._keep(key, [self.plan(situation, wanted, kept, best, vectors, slopes)]))[0]

    def _recall(self, key: Hashable) -> list[Ready]:
        with self._lock:
            if key in self._plans:
                self._plans.move_to_end(key)
            return self._plans.get(key, [])

    def _keep(self, key: Hashable, plans: list[EliminationPlan]) -> list[Ready]:
        for plan in plans:
            if max(plan.largest, plan.space / 16) > self.max_cells:
                raise TooWide(_too_wide(plan, self.max_cells), plan.largest)
        made = [Ready(plan, self.network, self.kernel) for plan in plans]
        with self._lock:
            if key not in self._plans:
                self._plans[key] = made
                self._size += sum(len(plan.code) for plan in plans)
            while self._size > KEPT and len(self._plans) > 1:
                self._size -= sum(len(ready.plan.code) for ready in self._plans.popitem(last=False)[1])
        return made

    def parted(self, situation: ReducedEvidence, wanted: tuple[int, ...]) -> list[EliminationPlan]:
        """Return the plan that answers `wanted`; several if unobserved gates would widen one another's tables."""
        plan = self.plan(situation, wanted)
        gates = self._unseen(situation, plan, wanted) if plan.cells >= WORTH_PARTING else []
        if len(gates) < 2:
            return [plan]
        apart = gates[len(gates) // 2 :]
        parts = tuple(v for v in wanted if v not in apart), tuple(apart)
        found = [each for part in parts for each in self.parted(situation, part)]
        return found if sum(each.cells for each in found) < plan.cells / 2 else [plan]

    def _unseen(self, situation: ReducedEvidence, plan: EliminationPlan, wanted: tuple[int, ...]) -> list[int]:
        """Return the gates asked for of which nothing is known and that are the cause of nothing."""
        other = {*situation.soft, *situation.allowed, *situation.fixed, *plan.layout.axes.tolist()}
        return [v for v in wanted if v not in other]

    def aside(
        self, situation: ReducedEvidence, wanted: tuple[int, ...]
    ) -> tuple[Ready, dict[int, tuple[Ready, ReducedEvidence]]]:
        """Return the plan for many columns: gates of two ranks that nobody looked at, and that widen it, are answered alone.

        For such a gate P(lowest rank | e) is P(e and the lowest rank) / P(e), and the former needs no axis for the gate. The
        other rank gets what is missing to one, which keeps sixteen digits of one, not of itself: not for single cases.
        """
        together = self.ready(situation, wanted)
        cards, certain = self.structure.cards, self.structure.certain
        gates = [v for v in self._unseen(situation, together.plan, wanted) if cards[v] == 2 and not certain[v]]
        if not gates:
            return together, {}
        rest = self.ready(situation, tuple(v for v in wanted if v not in gates))
        apart = {}
        for v in gates:
            lowest = replace(situation, fixed={**situation.fixed, v: self.structure.order[v][0]})
            apart[v] = self.ready(lowest), lowest
        cells = rest.plan.cells + sum(ready.plan.cells for ready, _ in apart.values())
        return (rest, apart) if cells < together.plan.cells / 1.5 else (together, {})

    def split(self, v: int, lowest: FloatArray) -> FloatArray:
        """Return P(v | e) of a gate of two ranks from the probability of its lowest, shape (2, columns)."""
        lowest = np.minimum(lowest, 1.0)
        return np.stack([lowest, 1.0 - lowest])[list(self.network.places[v])]

    def plan(self, situation: ReducedEvidence, *asked: Any) -> EliminationPlan:
        """Make a plan as `ready` asks for it, whatever its size."""
        return make(self.network, situation, *asked, limit=self.max_cells, kernel=self.kernel)

    def run(
        self, ready: Ready, situation: ReducedEvidence, likelihoods: Mapping[int, FloatArray] | None = None, *, down: bool = True
    ) -> Run:
        """Run a plan for one case; `likelihoods[v]`, shape (states, 1), multiply what the situation says of v."""
        return next(self.runs(ready, situation, likelihoods or {}, 1, self.values, down=down))

    def runs(
        self,
        ready: Ready,
        situation: ReducedEvidence,
        likelihoods: Mapping[int, FloatArray],
        columns: int,
        values: FloatArray,
        *,
        down: bool = True,
    ) -> Iterator[Run]:
        """Run a plan a few columns at a time; `likelihoods` and `values` have one column for all, or one for each."""
        states = self.states(situation)
        bases, index, soft = ready.layout.factors.at(states), ready.indices(states), self.soft(ready, situation, likelihoods)
        for begin in range(0, columns, LANES):
            part = slice(begin, min(begin + LANES, columns))
            numbers, mine = (a if a.shape[-1] == 1 else a[:, part] for a in (values, soft))
            yield Run(ready, numbers, bases, index, mine, part.stop - begin, down)

    def states(self, situation: ReducedEvidence) -> IntArray:
        """Return the place of the state of each fixed variable, zero elsewhere."""
        found, places = np.zeros(len(self.everything), dtype=np.int64), self.network.places
        found[list(situation.fixed)] = [places[v][state] for v, state in situation.fixed.items()]
        return found

    def soft(self, ready: Ready, situation: ReducedEvidence, likelihoods: Mapping[int, FloatArray]) -> FloatArray:
        """Return the likelihoods of all cells of the vectors, shape (cells, 1) or (cells, columns)."""
        found = np.ones((int(ready.layout.ends[-1]), max((each.shape[1] for each in likelihoods.values()), default=1)))
        for v in {*situation.allowed, *situation.soft, *likelihoods}:
            begin = ready.place(v)
            if begin is None:
                continue
            vector = np.ones((self.structure.cards[v], 1)) * situation.soft.get(v, 1.0) * likelihoods.get(v, 1.0)
            if v in situation.allowed:
                vector[[s for s in range(len(vector)) if s not in situation.allowed[v]]] = 0.0
            found[begin : begin + len(vector)] = vector[list(self.network.states[v])]
        return found

    def possible(self, evidence: Evidence) -> ReducedEvidence:
        """Return the situation. Raises `ZeroEvidence` where the findings exclude each other."""
        situation = self.situation(evidence)
        if not situation.possible:
            raise ZeroEvidence("the findings exclude each other")
        return situation


def _too_wide(plan: EliminationPlan, limit: float) -> str:
    bits, seconds = np.log2(plan.largest), plan.cells * SECONDS
    table = f"about 2^{bits:.0f} cells" if bits < 1000 else "more than 2^1000 cells"
    per, unit = (1, "seconds") if seconds < 90 else (60, "minutes") if seconds < 5400 else (3600, "hours")
    time = f"{max(seconds / per, 1):,.0f} {unit}"
    costs = f", {plan.space * 8 / 2**30:,.0f} GiB in all and about {time}" if bits < 60 else ""
    return (
        f"An exact answer to this question needs a table of {table}{costs}; the limit is 2^{np.log2(limit):.0f} cells. "
        "Enter more findings, ask for fewer variables, or give variables fewer parents."
    )
