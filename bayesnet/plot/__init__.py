"""Pictures of every result: `bayesnet.plot.tornado(case.tornado("spinal_metastasis"))`.

Each function takes a result and, if wanted, the axes to draw on, and returns the axes. None calls `show`, none changes a
global setting, and matplotlib is imported when the first picture is drawn.
"""

from __future__ import annotations

from bayesnet.plot.cohort_and_audit import agreement, audit, calibration, evaluation, tuning
from bayesnet.plot.decision import advice, decision_curve, next_tests, plan, utilities
from bayesnet.plot.explanation import explanation, weights
from bayesnet.plot.network import network
from bayesnet.plot.probability import comparison, differential, joint, posterior, posteriors
from bayesnet.plot.sensitivity import (
    arc_strengths,
    cited_numbers,
    distance,
    explanation_range,
    flips,
    sensitivities,
    sensitivity,
    sources,
    tornado,
    two_way,
    uncertainty,
    variance_shares,
)
from bayesnet.plot.teaching import frequencies_tree, frequency_sequence, icon_array, ladder, nomogram, unit_square

__all__ = [
    "advice",
    "agreement",
    "arc_strengths",
    "audit",
    "calibration",
    "cited_numbers",
    "comparison",
    "decision_curve",
    "differential",
    "distance",
    "evaluation",
    "explanation",
    "explanation_range",
    "flips",
    "frequencies_tree",
    "frequency_sequence",
    "icon_array",
    "joint",
    "ladder",
    "network",
    "next_tests",
    "nomogram",
    "plan",
    "posterior",
    "posteriors",
    "sensitivities",
    "sensitivity",
    "sources",
    "tornado",
    "tuning",
    "two_way",
    "uncertainty",
    "unit_square",
    "utilities",
    "variance_shares",
    "weights",
]
