"""Caveats of an answer: how the numbers behind it are known, and the widest ranges."""

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
from bayesnet.model.known import WORDS, known, known_list
from bayesnet.model.records import Number
from bayesnet.model.table_numbers import TableNumbers
from bayesnet.results.words import cited, counted

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_SHARE = 1.0 / 3.0
"""A range that reaches zero (or one) counts as if it ended at this share of the value (of its rest), not at infinite log-odds."""


@dataclass(frozen=True)
class Trust:
    """Per number, in the order of the model: width of the range in log-odds, and its variable."""

    records: tuple[Number, ...]
    width: FloatArray
    variable: IntArray


@per_model
def trust(compiled: CompiledModel) -> Trust:
    """Ranges and grades of all numbers as arrays."""
    numbers = compiled.model.numbers
    if isinstance(numbers, TableNumbers):  # none has a range or is judged, so no record is needed
        return Trust((), np.zeros(len(numbers)), numbers.variable)
    records = tuple(n for n in numbers.values() if n.grade != "definition")
    width = np.array([_width(n) for n in records])
    variable = np.array([compiled.index[n.variable] for n in records], dtype=np.int64)
    return Trust(records, width, variable)


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
    """Sentences on the numbers that an answer about `targets` rests on: how they are known, and the widest ranges.

    Only numbers that can matter to the question are counted; which of them matter most is the tornado's question.
    """
    compiled = query.compiled
    trusted = trust(compiled)
    if not trusted.width.size:
        return ()
    needed = np.fromiter(
        requisite_families(compiled.factors, query.evidence, query.targets if targets is None else targets), dtype=np.int64
    )
    behind = np.flatnonzero(np.isin(trusted.variable, needed))
    if not len(behind):
        return ()
    wide = [k for k in behind[np.argsort(-trusted.width[behind], kind="stable")][:most] if trusted.width[k] > 0]
    count = counted(len(behind), "number")
    if not wide:
        return (f"Caveats: none of the {count} used has a range.",)
    listed = "; ".join(described(compiled, trusted.records[k]) for k in wide)
    how = known_list(trusted.records[k] for k in behind)
    return (f"Caveats: how the {count} used are known: {how}. Widest ranges: {listed}.",)


def described(compiled: CompiledModel, number: Number) -> str:
    """Return a number with its value, range, where it is from and how it is known.

    As in `fever=present | leak 0.02 [0.01, 0.05] (Davis 2004, read in an abstract)`.
    """
    source = compiled.model.sources.get(number.source)
    how = known(number)
    details = [source.short] if source else []
    if how not in ("file", "defined"):
        details.append(WORDS[how])
    return f"{number.id} {cited(number.value, number.low, number.high, ', '.join(details) or number.grade)}"
