"""Answers before the findings, remembered by the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bayesnet.analysis.findings import Findings
from bayesnet.model.factors import FloatArray

if TYPE_CHECKING:
    from bayesnet.analysis.core import Core


def priors(core: Core, findings: Findings, variables: Sequence[int], mentioned: Sequence[int] = ()) -> Mapping[int, FloatArray]:
    """P(v) without the findings, context and interventions kept; remembered by the core."""
    context = core.context(findings)
    key = (context.text, tuple(sorted(core.stated(context, mentioned).variables)))
    known = core.remembered.setdefault(key, {})
    missing = [v for v in variables if v not in known]
    if missing:
        known.update(core.ask(context, lambda engine, evidence: engine.posteriors(evidence, missing), mentioned).marginals)
    return known
