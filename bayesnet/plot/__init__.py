"""Pictures of every result: `bayesnet.plot.tornado(case.tornado("spinal_metastasis"))`.

Each function takes a result and, if wanted, the axes to draw on, and gives the axes back. None calls `show`, none changes a
global setting, and matplotlib is imported when the first picture is drawn.
"""

from __future__ import annotations

from bayesnet.plot.checking import audit, tuning
from bayesnet.plot.cited import cited_numbers
from bayesnet.plot.counting import frequency_sequence
from bayesnet.plot.deciding import advice, decision_curve, utilities
from bayesnet.plot.findings import explanation, weights
from bayesnet.plot.learning import next_tests, plan
from bayesnet.plot.many import joint, posteriors
from bayesnet.plot.network import network
from bayesnet.plot.numbers import flips, sensitivity, sources, tornado, two_way
from bayesnet.plot.odds import ladder, nomogram
from bayesnet.plot.probability import comparison, differential, posterior
from bayesnet.plot.reliability import calibration
from bayesnet.plot.robust import distance, explanation_range, sensitivities
from bayesnet.plot.teaching import frequencies_tree, icon_array, unit_square
from bayesnet.plot.uncertainty import arc_strengths, uncertainty, variance_shares

__all__ = [
    "advice",
    "arc_strengths",
    "audit",
    "calibration",
    "cited_numbers",
    "comparison",
    "decision_curve",
    "differential",
    "distance",
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
