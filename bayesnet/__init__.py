"""Exact answers from Bayesian networks, with a citation and a sensitivity beside every number. For teaching and research.

>>> import bayesnet
>>> net = bayesnet.load("asia")
>>> p = net.posterior("lung | smoke=yes, xray=yes")
>>> round(p.prior["yes"], 3), round(p["yes"], 3)
(0.055, 0.646)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bayesnet import plot
    from bayesnet.analysis.cohort.calibration import calibration
    from bayesnet.analysis.cohort.evaluate import evaluate
    from bayesnet.analysis.query.parse import jeffrey
    from bayesnet.case import Case
    from bayesnet.errors import (
        BayesnetError,
        EvidenceError,
        FindingError,
        ImpossibleEvidence,
        MissingExtra,
        PatternError,
        SpecError,
        TooWide,
        UnknownState,
        UnknownVariable,
    )
    from bayesnet.inference.kernel import engine_info
    from bayesnet.network import Network, distance, exercise_set, exercises, from_pgmpy, load, models, verify_quiz, write_quiz

__version__ = "0.2.0"

# Where each public name lives; its module is imported when the name is first used, so that `import bayesnet` costs nothing.
_HOMES = {
    "BayesnetError": "bayesnet.errors",
    "Case": "bayesnet.case",
    "EvidenceError": "bayesnet.errors",
    "FindingError": "bayesnet.errors",
    "ImpossibleEvidence": "bayesnet.errors",
    "MissingExtra": "bayesnet.errors",
    "Network": "bayesnet.network",
    "PatternError": "bayesnet.errors",
    "SpecError": "bayesnet.errors",
    "TooWide": "bayesnet.errors",
    "UnknownState": "bayesnet.errors",
    "UnknownVariable": "bayesnet.errors",
    "calibration": "bayesnet.analysis.cohort.calibration",
    "distance": "bayesnet.network",
    "engine_info": "bayesnet.inference.kernel",
    "evaluate": "bayesnet.analysis.cohort.evaluate",
    "exercise_set": "bayesnet.network",
    "exercises": "bayesnet.network",
    "from_pgmpy": "bayesnet.network",
    "jeffrey": "bayesnet.analysis.query.parse",
    "load": "bayesnet.network",
    "models": "bayesnet.network",
    "verify_quiz": "bayesnet.network",
    "write_quiz": "bayesnet.network",
}

__all__ = [
    "BayesnetError",
    "Case",
    "EvidenceError",
    "FindingError",
    "ImpossibleEvidence",
    "MissingExtra",
    "Network",
    "PatternError",
    "SpecError",
    "TooWide",
    "UnknownState",
    "UnknownVariable",
    "__version__",
    "calibration",
    "distance",
    "engine_info",
    "evaluate",
    "exercise_set",
    "exercises",
    "from_pgmpy",
    "jeffrey",
    "load",
    "models",
    "plot",
    "verify_quiz",
    "write_quiz",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name == "plot":
        return import_module("bayesnet.plot")
    if name not in _HOMES:
        raise AttributeError(f"module 'bayesnet' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names without importing them."""
    return sorted(__all__)
