"""The engine: every exact answer about one network. Each method reads the evidence, takes a plan and runs it.

What one posterior does not need (batches, slopes, maxima) is imported by the method that does, for a quick start.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from bayesnet.errors import TooWide
from bayesnet.inference.answers import Cohort, Draws, Gradient, Joint, MostProbable, Posteriors
from bayesnet.inference.evidence import Evidence, ZeroEvidence, one_hot
from bayesnet.inference.numbers import Numbers
from bayesnet.inference.plan import Planner
from bayesnet.inference.posterior import Run
from bayesnet.inference.program import Program
from bayesnet.inference.relevance import assign
from bayesnet.inference.situation import Situation, read
from bayesnet.inference.standing import Standing
from bayesnet.inference.structure import Structure
from bayesnet.model.factors import Factors, FloatArray, IntArray

PLANS = 512
"""Plans kept; the one not used for longest goes first."""


class Engine:
    """Exact inference on one network, for any evidence, by plans made for the evidence at hand and kept by its pattern.

    Parameters
    ----------
    factors
        The network as arrays.
    max_cells
        Plans that need a larger table than this raise `TooWide` before anything is allocated.

    """

    def __init__(self, factors: Factors, max_cells: float = 2.0**27) -> None:
        self.factors = factors
        self.max_cells = max_cells
        self.structure = Structure.of(factors)
        self.numbers = Numbers.of(self.structure, factors)
        self.everything = tuple(range(len(factors.names)))
        self.standing = Standing(self.structure, self.numbers)
        self._plans: OrderedDict[Hashable, Program] = OrderedDict()

    def situation(self, evidence: Evidence) -> Situation:
        """The evidence sorted and followed through certain gates."""
        return read(evidence.checked(self.structure.cards), self.structure, self.factors)

    def program(
        self,
        situation: Situation,
        wanted: tuple[int, ...] = (),
        kept: tuple[int, ...] = (),
        maximised: tuple[int, ...] = (),
        axes: tuple[int, ...] = (),
    ) -> Program:
        """The plan for evidence of this pattern: from the cache, or made now. Raises `TooWide`."""
        key = (situation.pattern(self.structure), wanted, kept, maximised, axes)
        if key in self._plans:
            self._plans.move_to_end(key)
            return self._plans[key]
        roles = assign(self.structure, situation, wanted, (*kept, *maximised, *axes))
        program = Planner(self.structure, situation, roles, kept, frozenset(maximised)).program()
        if program.largest > self.max_cells:
            raise TooWide(_too_wide(program.largest, self.max_cells), program.largest)
        self._plans[key] = program
        if len(self._plans) > PLANS:
            self._plans.popitem(last=False)
        return program

    def cost(self, evidence: Evidence, variables: Sequence[int] | None = None) -> float:
        """Products that the plan for the posteriors of `variables` (all when None) takes; 0 when findings exclude each other."""
        situation = self.situation(evidence)
        if not situation.possible:
            return 0.0
        wanted = self.everything if variables is None else tuple(variables)
        return Planner(self.structure, situation, assign(self.structure, situation, wanted)).program().cells

    def log_probability(self, evidence: Evidence) -> float:
        """Logarithm of P(e), findings after interventions; -inf when impossible. The scale of likelihoods counts as given."""
        tree = self.standing.ask(evidence)
        if tree is not None:
            return float(tree.log_probability[0])
        situation = self.situation(evidence)
        if not situation.possible:
            return -np.inf
        return float(Run(self.program(situation), self.numbers, situation).log_probability[0])

    def posteriors(self, evidence: Evidence, variables: Sequence[int] | None = None) -> Posteriors:
        """P(v | e) of `variables` (all when None). Raises `ZeroEvidence` when P(e) = 0."""
        wanted = self.everything if variables is None else tuple(variables)
        tree = self.standing.ask(evidence, wanted)
        if tree is not None:
            log_probability, found = tree
        else:
            run = self._run(evidence, wanted=wanted)
            found, log_probability = run.marginals(wanted), run.log_probability
        marginals = {v: np.ascontiguousarray(m[:, 0]) for v, m in found.items()}
        return Posteriors(float(log_probability[0]), marginals)

    def joint(self, variables: Sequence[int], evidence: Evidence) -> Joint:
        """P(variables | e), one axis per variable in the order asked. Raises `ZeroEvidence` when P(e) = 0."""
        run = self._run(evidence, kept=tuple(variables))
        table = run.expanded(tuple(variables))[..., 0]
        return Joint(tuple(variables), table / table.sum(), float(run.log_probability[0]))

    def joint_with_each(self, target: int, evidence: Evidence, variables: Sequence[int] | None = None) -> dict[int, FloatArray]:
        """P(target, v | e), shape (states of target, states of v), for every unobserved v (or those in `variables`).

        One pass: the target's states are columns of a batch. Raises `ZeroEvidence` when P(e) = 0.
        """
        known = {*evidence.hard(), *evidence.interventions, target}
        wanted = tuple(v for v in self.everything if v not in known) if variables is None else tuple(variables)
        card = self.structure.cards[target]
        tree = self.standing.ask(evidence, wanted, {target: np.eye(card)})
        if tree is not None:
            share = _shares(tree.log_probability)
            return {v: (marginal * share).T for v, marginal in tree.marginals.items()}
        situation = self._possible(evidence)
        if target in situation.fixed:
            alone = self.posteriors(evidence, wanted).marginals
            return {v: one_hot(card, situation.fixed[target])[:, None] * marginal for v, marginal in alone.items()}
        states = list(situation.states(target))
        program = self.program(situation, wanted=wanted, axes=(target,))
        run = Run(program, self.numbers, situation, likelihoods={target: np.eye(len(states))})
        share = _shares(run.log_probability)
        tables = {}
        for v, marginal in run.marginals(wanted).items():
            tables[v] = np.zeros((card, len(marginal)))
            tables[v][states] = np.where(share > 0, marginal * share, 0.0).T
        return tables

    def gradient(self, evidence: Evidence, clamp: Mapping[int, int] | None = None) -> Gradient:
        """P(clamp, e) and its derivative by every tensor entry, by one pass down and one up. Right also where P = 0."""
        for v, state in (clamp or {}).items():
            evidence = evidence.with_likelihood(v, one_hot(self.structure.cards[v], state))
        situation = self.situation(evidence)
        if not situation.possible:
            return self._flat(0.0)
        from bayesnet.inference.gradient import Adjoints

        adjoints = Adjoints(self.factors, Run(self.program(situation), self.numbers, situation))
        return adjoints.column(0, float(adjoints.log_scale[0]))

    def gradients(self, evidence: Evidence, target: tuple[int, int]) -> tuple[Gradient, Gradient]:
        """The gradients of P(h, e) and of P(e) on one common log_scale, h the target (variable, state), in one pass."""
        v, state = target
        situation = self.situation(evidence)
        if not situation.possible:
            return self._flat(0.0), self._flat(0.0)
        if v in situation.fixed:
            alone = self.gradient(evidence)
            return (alone if situation.fixed[v] == state else self._flat(alone.log_scale)), alone
        states = list(situation.states(v))
        columns = np.ones((len(states), 2))
        columns[:, 0] = [float(s == state) for s in states]
        run = Run(self.program(situation, axes=(v,)), self.numbers, situation, likelihoods={v: columns})
        from bayesnet.inference.gradient import Adjoints

        adjoints = Adjoints(self.factors, run)
        scale = float(np.broadcast_to(adjoints.log_scale, (2,)).max())
        return adjoints.column(0, scale), adjoints.column(1, scale)

    def draws(self, evidence: Evidence, tensors: Sequence[tuple[FloatArray, ...]], variables: Sequence[int]) -> Draws:
        """Posteriors of `variables` under B draws of the numbers; `tensors` as from the expander, batch axis last."""
        situation = self.situation(evidence)
        size = max(t.shape[-1] for row in tensors for t in row)
        if not situation.possible:
            return Draws(np.full(size, -np.inf), {v: np.full((self.structure.cards[v], size), np.nan) for v in variables})
        only = tuple(variables) if len(variables) == 1 and variables[0] not in situation.fixed else ()
        program = self.program(situation, kept=only) if only else self.program(situation, wanted=tuple(variables))
        from bayesnet.inference.draws import draw

        return draw(program, self.structure, situation, tensors, variables)

    def cohort(self, rows: IntArray, variables: Sequence[int], workers: int | None = None) -> Cohort:
        """Posteriors of `variables` for every row of states, shape (n, n_variables), -1 where unobserved."""
        rows = np.asarray(rows)
        if rows.ndim != 2 or rows.shape[1] != len(self.everything):
            raise ValueError(f"rows must have one column per variable, shape (n, {len(self.everything)}); got {rows.shape}")
        from bayesnet.inference.cohort import score_rows

        return score_rows(self.factors, self.structure, rows, tuple(variables), workers)

    def most_probable(self, evidence: Evidence, of: Sequence[int] | None = None) -> MostProbable:
        """The most probable assignment of `of` (of everything not observed when None), the rest summed out, and the next best.

        Raises `ZeroEvidence` when P(e) = 0.
        """
        known = {**evidence.hard(), **evidence.interventions}
        chosen = tuple(v for v in self.everything if v not in known) if of is None else tuple(of)
        situation = self._possible(evidence)
        program = self.program(situation, maximised=tuple(v for v in chosen if v not in situation.fixed))
        from bayesnet.inference import mpe

        return mpe.most_probable(program, self.numbers, situation, chosen)

    def _possible(self, evidence: Evidence) -> Situation:
        situation = self.situation(evidence)
        if not situation.possible:
            raise ZeroEvidence("the findings exclude each other")
        return situation

    def _run(self, evidence: Evidence, wanted: tuple[int, ...] = (), kept: tuple[int, ...] = ()) -> Run:
        situation = self._possible(evidence)
        run = Run(self.program(situation, wanted, kept), self.numbers, situation)
        if run.log_probability[0] == -np.inf:
            raise ZeroEvidence("the findings have probability zero")
        return run

    def _flat(self, log_scale: float) -> Gradient:
        """A gradient that is zero everywhere: no change of the numbers makes contradicting findings agree."""
        return Gradient(0.0, log_scale, tuple(tuple(np.zeros_like(t) for t in f.tensors) for f in self.factors.families))


def _shares(logs: FloatArray) -> FloatArray:
    """Probabilities from logarithms up to a common factor. Raises `ZeroEvidence` when there is nothing to share."""
    if logs.max() == -np.inf:
        raise ZeroEvidence("the findings have probability zero")
    share = np.exp(logs - logs.max())
    return np.asarray(share / share.sum())


def _too_wide(cells: float, limit: float) -> str:
    return (
        f"An exact answer to this question needs a table of about 2^{np.log2(cells):.0f} cells ({cells * 8 / 2**30:,.0f} GiB); "
        f"the limit is 2^{np.log2(limit):.0f}. Enter more findings, ask for fewer variables, or give variables fewer parents."
    )
