"""The engine: every exact answer about one network. Each method reads the evidence, takes a plan and runs it.

What one posterior does not need (batches, slopes, maxima) is imported by the method that does, for a quick start.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.answers import Cohort, Draws, EventGradients, RawJoint, RawMostProbable, RawPosteriors
from bayesnet.inference.evidence import Evidence, ZeroEvidence, one_hot
from bayesnet.inference.kernel import LANES, compiled
from bayesnet.inference.network import NetworkArrays, Structure
from bayesnet.inference.plan import EliminationPlan, make
from bayesnet.inference.reduced_evidence import ReducedEvidence, reduced
from bayesnet.inference.run import Ready, Run
from bayesnet.model.factors import Factors, FloatArray, IntArray

KEPT = 1 << 24
"""Integers in all plans kept; the one not used for longest goes first."""
WORTH_PARTING = 2.0**22
"""Products of a plan from which it is tried whether several plans take fewer."""
SECONDS = 2e-9
"""Time of one product, roughly, on one processor of today."""


class Engine:
    """Exact inference on one network, for any evidence. Plans are kept by the pattern of the evidence.

    Many threads may ask one engine at once.

    Parameters
    ----------
    factors
        The network as arrays.
    max_cells
        Plans that need a larger table than this raise `TooWide` before anything is allocated.
    fast
        Whether the compiled kernel runs the plans, if there is one; otherwise numpy does.
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

    def cost(self, evidence: Evidence, variables: Sequence[int] | None = None) -> float:
        """Products that the plan for the posteriors of `variables` (all when None) takes; 0 when findings exclude each other."""
        situation = self.situation(evidence)
        if not situation.possible:
            return 0.0
        return sum(plan.cells for plan in self.parted(situation, self.everything if variables is None else tuple(variables)))

    def log_probability(self, evidence: Evidence) -> float:
        """Logarithm of P(e), findings after interventions; -inf when impossible. The scale of likelihoods counts as given."""
        situation = self.situation(evidence)
        if not situation.possible:
            return -np.inf
        return float(self.run(self.ready(situation), situation).log_probability[0]) + situation.log_constant

    def posteriors(self, evidence: Evidence, variables: Sequence[int] | None = None) -> RawPosteriors:
        """Return P(v | e) of `variables` (all when None). Raises `ZeroEvidence` when P(e) = 0."""
        wanted = self.everything if variables is None else tuple(variables)
        situation = self.possible(evidence)
        found: dict[int, FloatArray] = {}
        log_probability = 0.0
        for ready in self.several(situation, wanted):
            run = self.run(ready, situation)
            log_probability = float(run.log_probability[0])
            if log_probability == -np.inf:
                raise ZeroEvidence("the findings have probability zero")
            found |= run.marginals()
        marginals = {}
        for v in wanted:
            state = situation.fixed.get(v)
            marginals[v] = found[v][:, 0] if state is None else one_hot(self.structure.cards[v], state)
        return RawPosteriors(log_probability + situation.log_constant, marginals)

    def joint(self, variables: Sequence[int], evidence: Evidence) -> RawJoint:
        """Return P(variables | e), one axis per variable in the order asked. Raises `ZeroEvidence` when P(e) = 0."""
        situation = self.possible(evidence)
        run = self.run(self.ready(situation, kept=tuple(variables)), situation, down=False)
        total, log = float(run.total[0]), float(run.log_probability[0])
        if log == -np.inf:
            raise ZeroEvidence("the findings have probability zero")
        free = [v for v in variables if v not in situation.fixed]
        axes = [run.plan.kept.index(v) for v in free]
        result = run.result[..., 0].transpose(axes)[np.ix_(*(self.network.places[v] for v in free))]
        table = np.zeros([self.structure.cards[v] for v in variables])
        table[tuple(situation.fixed.get(v, slice(None)) for v in variables)] = result / total
        return RawJoint(tuple(variables), table, log + situation.log_constant)

    def joint_with_each(self, target: int, evidence: Evidence, variables: Sequence[int] | None = None) -> dict[int, FloatArray]:
        """Return P(target, v | e), shape (states of target, states of v), for every unobserved v (or those in `variables`).

        The target's states are columns of one batch. Raises `ZeroEvidence` when P(e) = 0.
        """
        known = {*evidence.hard(), *evidence.interventions, target}
        wanted = tuple(v for v in self.everything if v not in known) if variables is None else tuple(variables)
        shares, found = self.compared(evidence, {target: np.eye(self.structure.cards[target])}, wanted)
        if shares.max() == -np.inf:
            raise ZeroEvidence("the findings have probability zero")
        share = np.exp(shares - shares.max())
        share /= share.sum()
        return {v: (np.where(share > 0, marginal, 0.0) * share).T for v, marginal in found.items()}

    def compared(
        self, evidence: Evidence, columns: Mapping[int, FloatArray], variables: Sequence[int]
    ) -> tuple[FloatArray, dict[int, FloatArray]]:
        """Ln P(b, e) of several columns of likelihoods b and the posteriors in each, shapes (columns,) and (states, columns)."""
        situation = self.possible(evidence)
        wanted = tuple(variables)
        size = next(iter(columns.values())).shape[1]
        free = tuple(sorted(v for v in columns if v not in situation.fixed))
        logs = np.full(size, situation.log_constant)
        with np.errstate(divide="ignore"):
            for v, table in columns.items():
                if v in situation.fixed:
                    logs = logs + np.log(table[situation.fixed[v]])
        alone = len(wanted) == 1 and wanted[0] not in situation.fixed
        ready = self.ready(situation, () if alone else wanted, wanted if alone else (), vectors=free)
        likelihoods = {v: columns[v] for v in free}
        runs = [
            (run.log_probability, self._alone(run, wanted[0]) if alone else run.marginals())
            for run in self.runs(ready, situation, likelihoods, size if free else 1, self.values, down=not alone)
        ]
        logs = logs + np.concatenate([log for log, _ in runs])
        found = {}
        for v in wanted:
            if v in situation.fixed:
                found[v] = np.repeat(one_hot(self.structure.cards[v], situation.fixed[v])[:, None], size, axis=1)
            else:
                together = np.concatenate([marginals[v] for _, marginals in runs], axis=1)
                found[v] = np.broadcast_to(together, (len(together), size))
        return logs, found

    def _alone(self, run: Run, v: int) -> dict[int, FloatArray]:
        """Return P(v | e) in every column of a run whose result keeps v alone; NaN where P(e) = 0."""
        with np.errstate(invalid="ignore"):
            return {v: (run.result / run.total)[list(self.network.places[v])]}

    def gradients(self, evidence: Evidence, events: Sequence[tuple[int, int]]) -> EventGradients:
        """Return P(event, e) of each event (variable, state), then P(e), with the derivatives by every tensor entry.

        All in one pass up and one down; right also where a probability is zero (Darwiche 2003, J ACM 50:280-305).
        """
        from bayesnet.inference.gradient import derivatives

        return derivatives(self, evidence, events)

    def draws(self, evidence: Evidence, tensors: Sequence[tuple[FloatArray, ...]], variables: Sequence[int]) -> Draws:
        """Return posteriors of `variables` under B draws of the numbers; `tensors` as from the expander, batch axis last."""
        from bayesnet.inference.draws import draw

        return draw(self, evidence, tensors, tuple(variables))

    def cohort(self, rows: IntArray, variables: Sequence[int], workers: int | None = None) -> Cohort:
        """Return posteriors of `variables` for every row of states, shape (n, n_variables), -1 where unobserved.

        `workers` are threads; as many as there are processors when None.
        """
        rows = np.asarray(rows)
        if rows.ndim != 2 or rows.shape[1] != len(self.everything):
            raise ValueError(f"rows must have one column per variable, shape (n, {len(self.everything)}); got {rows.shape}")
        from bayesnet.inference.cohort import score_rows

        return score_rows(self, rows, tuple(variables), workers)

    def most_probable(self, evidence: Evidence, of: Sequence[int] | None = None) -> RawMostProbable:
        """Return the most probable assignment of `of` (of everything not observed when None), the rest summed out, and the
        next best.
        Raises `ZeroEvidence` when P(e) = 0.
        """
        known = {**evidence.hard(), **evidence.interventions}
        chosen = tuple(v for v in self.everything if v not in known) if of is None else tuple(of)
        from bayesnet.inference.mpe import most_probable

        return most_probable(self, self.possible(evidence), chosen)

    # ---- plans and runs

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

    def several(self, situation: ReducedEvidence, wanted: tuple[int, ...]) -> list[Ready]:
        """Return the plan that answers `wanted`; several if unobserved gates would widen one another's tables."""
        key = (situation.pattern(self.structure), wanted)
        return self._recall(key) or self._keep(key, self.parted(situation, wanted))

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
        """Return the plan that answers `wanted`, or several that take fewer products."""
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
        order = self.structure.order[v]
        found = np.empty((2, *lowest.shape))
        found[order[0]] = np.minimum(lowest, 1.0)
        found[order[1]] = 1.0 - found[order[0]]
        return found

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
        bases, index, soft = ready.bases(states), ready.indices(states), self.soft(ready, situation, likelihoods)
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
    bits = np.log2(plan.largest)
    table = f"about 2^{bits:.0f} cells" if bits < 1000 else "more than 2^1000 cells"
    costs = f", {plan.space * 8 / 2**30:,.0f} GiB in all and about {_duration(plan.cells * SECONDS)}" if bits < 60 else ""
    return (
        f"An exact answer to this question needs a table of {table}{costs}; the limit is 2^{np.log2(limit):.0f} cells. "
        "Enter more findings, ask for fewer variables, or give variables fewer parents."
    )


def _duration(seconds: float) -> str:
    """Seconds in words that fit their size."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} seconds"
    return f"{seconds / 60:,.0f} minutes" if seconds < 5400 else f"{seconds / 3600:,.0f} hours"
