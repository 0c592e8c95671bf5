"""Which numbers behind an answer deserve the least trust: judged ones, and the widest ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.requisite import requisite_families
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.records import Number
from bayesnet.results.words import cited, counted

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_SHARE = 1.0 / 3.0
"""A range that reaches zero (or one) counts as if it ended at this share of the value (of its rest), not at infinite log-odds."""


@dataclass(frozen=True)
class Trust:
    """Per number, in the order of the model: width of the range in log-odds, its variable, whether it was judged."""

    records: tuple[Number, ...]
    width: FloatArray
    variable: IntArray
    judged: FloatArray


@per_model
def trust(compiled: CompiledModel) -> Trust:
    """Ranges and grades of all numbers as arrays."""
    records = tuple(n for n in compiled.model.numbers.values() if n.grade != "definition")
    width = np.array([_width(n) for n in records])
    variable = np.array([compiled.index[n.variable] for n in records], dtype=np.int64)
    return Trust(records, width, variable, np.array([n.grade == "judgement" for n in records], dtype=float))


def _width(number: Number) -> float:
    """Return the width of a number's range: of log-odds for a probability, of the logarithm for odds."""
    value, low, high = number.value, number.low, number.high
    if not low < high:
        return 0.0
    wide = math.log(high / max(low, _SHARE * value)) if max(low, value) > 0 else 0.0
    if number.id.startswith("odds("):
        return wide
    rest = max(1.0 - high, _SHARE * (1.0 - value))
    return wide + (math.log((1.0 - low) / rest) if rest > 0 else 0.0)


def weakest(query: Query, targets: Sequence[int] | None = None, most: int = 3) -> tuple[str, ...]:
    """Sentences on the numbers that an answer about `targets` rests on: how many are judged, and the widest ranges.

    Only numbers that can matter to the question are counted; which of them matter most is the tornado's question.
    """
    compiled = query.compiled
    known = trust(compiled)
    if not known.records:
        return ()
    needed = np.fromiter(
        requisite_families(compiled.factors, query.evidence, query.targets if targets is None else targets), dtype=np.int64
    )
    behind = np.flatnonzero(np.isin(known.variable, needed))
    if not len(behind):
        return ()
    wide = [k for k in behind[np.argsort(-known.width[behind], kind="stable")][:most] if known.width[k] > 0]
    count = counted(len(behind), "number")
    if not wide:
        return (f"It rests on {count} without a range.",)
    judged = int(known.judged[behind].sum())
    listed = "; ".join(described(compiled, known.records[k]) for k in wide)
    share = f"{judged or 'none'} {'is' if judged < 2 else 'are'} judgement"
    return (f"What to distrust: of the {count} behind this answer {share}. Widest ranges: {listed}.",)


def described(compiled: CompiledModel, number: Number) -> str:
    """Return a number with its value, range and where it is from: `fever=present | leak 0.02 [0.01, 0.05] (Davis 2004)`."""
    source = compiled.model.sources.get(number.source)
    return f"{number.id} {cited(number.value, number.low, number.high, source.short if source else number.grade)}"
