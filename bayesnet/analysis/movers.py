"""Which numbers move an answer most over their own cited range, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesnet.analysis.query.caveats import described
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.tornado import tornado
from bayesnet.results.words import percent

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import Core


def movers(core: Core, findings: Findings, target: str, most: int = 3) -> tuple[str, ...]:
    """A sentence on the numbers that move P(target | findings) most over their own cited range."""
    bars = tornado(core, findings, target, top=most).bars
    if not bars:
        return ()
    told = []
    for bar in bars:
        low, high = sorted((bar.at_low, bar.at_high))
        number = described(core, core.model.numbers[bar.number])
        told.append(f"{number} moves it from {percent(low)} to {percent(high)}")
    return (f"What to distrust for P({target}): {'; '.join(told)}.",)
