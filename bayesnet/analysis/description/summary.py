"""Summary of a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.caveats import movements, trust
from bayesnet.analysis.query.query import Query
from bayesnet.model.vocabulary import GATE_KINDS, GRADES
from bayesnet.results.description import Summary, WideNumber

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel


def summary(compiled: CompiledModel, most: int = 10) -> Summary:
    """Count variables, gates, numbers and grades, and list the numbers that move a diagnosis most over their range before any
    finding; without diagnoses those with the widest ranges.
    """
    model = compiled.model
    counted = [n for n in model.numbers.values() if n.grade != "definition"]
    studied = [n for n in counted if n.grade != "judgement"]
    known = trust(compiled)
    width = movements(Query(compiled), compiled.diagnoses) if compiled.diagnoses else known.high - known.low
    order = [k for k in np.argsort(-width, kind="stable")[:most] if width[k] > 0]
    return Summary(
        title=f"{model.name}: {model.title}" if model.title else model.name,
        provenance=Query(compiled).provenance(),
        description=model.description,
        variables=len(model.variables),
        groups=_counts(v.group or "variables" for v in model.variables.values()),
        gates=_counts((v.gate for v in model.variables.values()), GATE_KINDS),
        numbers=len(model.numbers),
        grades=_counts((n.grade for n in model.numbers.values()), GRADES),
        studied=len(studied) / len(counted) if counted else 1.0,
        sources=len(model.sources),
        widest=tuple(_wide(compiled, int(k)) for k in order),
    )


def _counts(names: Iterable[str], order: Iterable[str] | None = None) -> dict[str, int]:
    found = Counter(names)
    return {name: found[name] for name in (order or found) if found[name]}


def _wide(compiled: CompiledModel, k: int) -> WideNumber:
    number = trust(compiled).records[k]
    source = compiled.model.sources.get(number.source)
    return WideNumber(number.id, number.value, number.low, number.high, source.short if source else "", number.grade)
