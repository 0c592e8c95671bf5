"""What if: the same targets under several scenarios, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayesnet.analysis.differential import diagnoses
from bayesnet.analysis.query.counterfactual import counterfactual
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.whatif_reasons import reason
from bayesnet.errors import BayesnetError
from bayesnet.results.comparison import Comparison, Scenario

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import Core


@dataclass(frozen=True)
class Beside:
    """A scenario to put beside the case: its network and findings, and what would have been otherwise for this one patient."""

    name: str
    core: Core
    findings: Findings
    had: Findings | None = None


def compare(
    core: Core,
    findings: Findings,
    scenarios: Sequence[Beside],
    of: Sequence[tuple[int, int]] | None = None,
) -> Comparison:
    """Ask the same targets under the case as it stands and under each scenario.

    Parameters
    ----------
    core, findings
        The case as it stands.
    scenarios
        What stands beside it; the network of each may be another one with the same targets.
    of
        The targets as (variable, state); the diagnoses, each present, when None.

    Raises
    ------
    BayesnetError
        When no scenario is given, or two have one name.
    ImpossibleEvidence
        When the findings of a scenario cannot hold together.
    """
    if not scenarios:
        raise BayesnetError('Nothing to compare with; name at least one scenario, as in compare("fever", "!fever").')
    names = ["case", *(scenario.name for scenario in scenarios)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BayesnetError(f"Two scenarios have the same name: {', '.join(twice)}; each needs its own.")
    targets = of if of is not None else diagnoses(core)
    labels = tuple(core.literal(v, state) for v, state in targets)
    columns = [_scenario(scenario, core, targets) for scenario in (Beside("case", core, findings), *scenarios)]
    here = columns[0].probabilities
    reasons = [""]
    for column, beside in zip(columns[1:], scenarios, strict=True):
        reasons.append(
            reason(core, findings, beside.core, beside.findings, labels, here, column.probabilities, had=_imagined(beside))
        )
    order = sorted(range(len(targets)), key=lambda i: -max(column.probabilities[i] for column in columns))
    return Comparison(
        title=findings.text,
        basis=core.basis(core.stated(findings)),
        targets=tuple(labels[i] for i in order),
        scenarios=tuple(
            Scenario(c.name, c.findings, c.assumed, tuple(c.probabilities[i] for i in order), why)
            for c, why in zip(columns, reasons, strict=True)
        ),
    )


def _scenario(beside: Beside, home: Core, targets: Sequence[tuple[int, int]]) -> Scenario:
    """One column; targets are looked up by name where the scenario is on another network."""
    core, findings = beside.core, beside.findings
    here = [(core.variable(home.names[v]), home.states(v)[state]) for v, state in targets]
    assumed = tuple(item.text for item in core.stated(findings).items if item.assumed)
    if beside.had is not None:
        would = [counterfactual(core, v, findings, beside.had, core.names[v])[state] for v, state in here]
        return Scenario(beside.name, f"{findings.text}; had it been that {_imagined(beside)}", assumed, tuple(would))
    variables = tuple(v for v, _ in here)
    marginals = core.ask(findings, lambda engine, evidence: engine.posteriors(evidence, variables).marginals)
    return Scenario(beside.name, findings.text, assumed, tuple(float(marginals[v][core.state(v, state)]) for v, state in here))


def _imagined(beside: Beside) -> str:
    """What would have been otherwise, in words; empty where nothing is imagined."""
    return beside.had.text if beside.had is not None else ""
