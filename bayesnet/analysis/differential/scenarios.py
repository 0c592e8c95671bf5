"""What-if: the same targets under several scenarios, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayesnet.analysis.differential.differential import diagnoses
from bayesnet.analysis.explanation.relevant import bayes_factor
from bayesnet.analysis.query.counterfactual import counterfactual
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.query import Query
from bayesnet.errors import BayesnetError
from bayesnet.results.differential import Comparison, Scenario
from bayesnet.results.words import counted, plain, ratio

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


_NAMED = 3
"""Number of changed numbers that a reason spells out."""


def reason(
    query: Query,
    other: Query,
    labels: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    *,
    had: str = "",
) -> str:
    """Say how a scenario differs from the case and what that does most; seeing and setting are distinguished.

    Parameters
    ----------
    query
        The case.
    other
        The scenario.
    labels, before, after
        The targets with their probabilities in the case and in the scenario.
    had
        The counterfactual states for this patient; all findings are kept as findings.
    """
    imagined = [f"counterfactual {had} (other findings unchanged)"] if had else []
    parts = [*imagined, *_differences(query.stated, other.stated), *_numbers(query.compiled, other.compiled)]
    what = "; ".join(parts) if parts else "no difference"
    moved = [(abs(math.log(factor)), label, factor) for label, factor in _factors(labels, before, after)]
    if not moved:
        return f"{what}."
    size, label, factor = max(moved)
    if size < 1e-9:
        return f"{what}: no target changes."
    sign = "x" if factor > 1.0 else "/"
    return f"{what}: largest change is {label} (odds {sign} {ratio(max(factor, 1.0 / factor))})."


def _differences(here: Findings, there: Findings) -> list[str]:
    old, new = [i.text for i in here.items], [i.text for i in there.items]
    seen, gone = [t for t in new if t not in old], [t for t in old if t not in new]
    done = [i.text for i in there.interventions if i not in here.interventions]
    undone = [i.text for i in here.interventions if i not in there.interventions]
    return [
        f"{', '.join(texts)} {verb}"
        for verb, texts in (("observed", seen), ("no longer observed", gone), ("set", done), ("no longer set", undone))
        if texts
    ]


def _numbers(compiled: CompiledModel, other: CompiledModel) -> list[str]:
    if compiled.model.digest == other.model.digest:
        return []
    old, new = compiled.model.numbers, other.model.numbers
    if set(old) != set(new):
        return [f"another network, {other.model.name}"]
    changed = [key for key in old if old[key].value != new[key].value]
    if not changed:
        return ["the same numbers with other ranges"]
    named = ", ".join(f"{key} {plain(new[key].value)} instead of {plain(old[key].value)}" for key in changed[:_NAMED])
    rest = len(changed) - _NAMED
    return [f"other numbers: {named}" + (f" and {counted(rest, 'more', 'more')}" if rest > 0 else "")]


def _factors(labels: Sequence[str], before: Sequence[float], after: Sequence[float]) -> list[tuple[str, float]]:
    """Return odds after over odds before, where both are finite."""
    found = [(label, bayes_factor(p, q)) for label, p, q in zip(labels, before, after, strict=True)]
    return [(label, factor) for label, factor in found if 0.0 < factor < math.inf]


@dataclass(frozen=True)
class ScenarioQuery:
    """A scenario to compare with the case: its query, and counterfactual states for this patient."""

    name: str
    query: Query
    had: Findings | None = None


def compare(
    query: Query,
    scenarios: Sequence[ScenarioQuery],
    targets: Sequence[tuple[int, int]] | None = None,
) -> Comparison:
    """Compare targets, each (variable, state), under the case and under each scenario; see `Case.compare`.

    The network of a scenario may be another one with the same targets.
    """
    if not scenarios:
        raise BayesnetError('Nothing to compare with; name at least one scenario, as in compare("fever", "!fever").')
    names = ["case", *(scenario.name for scenario in scenarios)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BayesnetError(f"Two scenarios have the same name: {', '.join(twice)}; each needs its own.")
    compiled = query.compiled
    targets = targets if targets is not None else diagnoses(compiled)
    labels = tuple(compiled.literal(v, state) for v, state in targets)
    columns = [_scenario(scenario, compiled, targets) for scenario in (ScenarioQuery("case", query), *scenarios)]
    here = columns[0].probabilities
    reasons = [""]
    for column, scenario in zip(columns[1:], scenarios, strict=True):
        reasons.append(reason(query, scenario.query, labels, here, column.probabilities, had=_imagined(scenario)))
    order = sorted(range(len(targets)), key=lambda i: -max(column.probabilities[i] for column in columns))
    return Comparison(
        title=query.findings.text,
        provenance=query.provenance(),
        targets=tuple(labels[i] for i in order),
        scenarios=tuple(
            Scenario(
                c.name, c.findings, c.assumed, tuple(c.probabilities[i] for i in order), why, tuple(labels[i] for i in order)
            )
            for c, why in zip(columns, reasons, strict=True)
        ),
    )


def _scenario(scenario: ScenarioQuery, home: CompiledModel, targets: Sequence[tuple[int, int]]) -> Scenario:
    """Return one column; targets are looked up by name where the scenario is on another network."""
    query, compiled, findings = scenario.query, scenario.query.compiled, scenario.query.findings
    here = [(compiled.variable(home.names[v]), home.states(v)[state]) for v, state in targets]
    assumed = tuple(item.text for item in query.stated.items if item.assumed)
    if scenario.had is not None:
        would = [counterfactual(query.about(v), scenario.had, compiled.names[v])[state] for v, state in here]
        return Scenario(scenario.name, f"{findings.text}; counterfactual {_imagined(scenario)}", assumed, tuple(would))
    variables = tuple(v for v, _ in here)
    marginals = query.ask(lambda engine, evidence: engine.posteriors(evidence, variables).marginals)
    return Scenario(
        scenario.name, findings.text, assumed, tuple(float(marginals[v][compiled.state(v, state)]) for v, state in here)
    )


def _imagined(scenario: ScenarioQuery) -> str:
    """Return the counterfactual states in words; empty without any."""
    return scenario.had.text if scenario.had is not None else ""
