"""The peers, each asked in the way its own documentation suggests, on full tables in double precision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bayesnet.interop import full_tables, to_pgmpy
from bayesnet.model.factors import Factors


class PyAgrum:
    """Lazy propagation. Gates are full tables, divorced above 2^12 cells, the size with which pyAgrum was fastest here."""

    def __init__(self, factors: Factors, largest: int = 2**12) -> None:
        import pyagrum

        self.module = pyagrum
        self.net = pyagrum.BayesNet()
        tables = full_tables(factors, largest=largest)
        for v, states in enumerate(tables.states):
            self.net.add(pyagrum.LabelizedVariable(f"n{v}", "", [f"s{s}" for s in range(len(states))]))
        for v, parents in enumerate(tables.parents):
            for p in parents:
                self.net.addArc(f"n{p}", f"n{v}")
        for v, parents in enumerate(tables.parents):
            axes = [*(f"n{p}" for p in parents), f"n{v}"]
            order = [axes.index(name) for name in reversed(self.net.cpt(f"n{v}").names)]
            self.net.cpt(f"n{v}")[:] = np.ascontiguousarray(tables.tables[v].transpose(order))

    def posteriors(self, findings: Mapping[int, int], variables: Iterable[int], only: bool) -> dict[int, Any]:
        """One inference; with `only` the variables are declared as targets first."""
        engine = self.module.LazyPropagation(self.net)
        engine.setEvidence({f"n{v}": state for v, state in findings.items()})
        if only:
            for v in variables:
                engine.addTarget(f"n{v}")
        engine.makeInference()
        return {v: engine.posterior(f"n{v}") for v in variables}


class Pgmpy:
    """Variable elimination, one query per variable: `query` on several builds their joint table."""

    def __init__(self, factors: Factors) -> None:
        from pgmpy.inference import VariableElimination

        self.factors = factors
        self.model = to_pgmpy(factors)
        self.engine = VariableElimination(self.model)

    def findings(self, findings: Mapping[int, int]) -> dict[str, str]:
        """Findings by name."""
        return {self.factors.names[v]: self.factors.states[v][s] for v, s in findings.items()}

    def query(self, findings: Mapping[int, int], *variables: int) -> Any:
        """One query."""
        names = [self.factors.names[v] for v in variables]
        return self.engine.query(names, evidence=self.findings(findings), show_progress=False)
