"""The engine: every exact answer about one network. Each method reads the evidence, takes a plan and runs it.

What one posterior does not need (batches, slopes, maxima) is imported by the method that does, for a quick start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bayesnet.inference.answers import Cohort, Draws, EventGradients, RawJoint, RawMostProbable, RawPosteriors
from bayesnet.inference.evidence import Evidence, ZeroEvidence, one_hot
from bayesnet.inference.run import Run
from bayesnet.inference.runner import Runner
from bayesnet.model.factors import FloatArray, IntArray


class Engine(Runner):
    """Exact inference on one network, for any evidence; parameters as for `Runner`. Many threads may ask one engine at once."""

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
        key = (situation.pattern(self.structure), wanted)
        for ready in self._recall(key) or self._keep(key, self.parted(situation, wanted)):
            run = self.run(ready, situation)
            log_probability = float(run.log_probability[0])
            if log_probability == -np.inf:
                raise ZeroEvidence("the findings have probability zero")
            found |= run.marginals()
        cards, fixed = self.structure.cards, situation.fixed
        marginals = {v: one_hot(cards[v], fixed[v]) if v in fixed else found[v][:, 0] for v in wanted}
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
        joined = {v: np.concatenate([marginals[v] for _, marginals in runs], axis=1) for v in wanted if v not in situation.fixed}
        known = {v: one_hot(self.structure.cards[v], situation.fixed[v])[:, None] for v in wanted if v in situation.fixed}
        return logs, {v: np.broadcast_to(table, (len(table), size)) for v, table in {**joined, **known}.items()}

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
