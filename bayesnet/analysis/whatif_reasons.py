"""Why a scenario differs: what was seen, forgotten or set, which numbers are others, and the target moved most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayesnet.analysis.explanation.relevant import bayes_factor
from bayesnet.analysis.query.findings import Findings
from bayesnet.results.words import counted, plain, ratio

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import Core

_NAMED = 3
"""How many other numbers a reason spells out."""


def reason(
    core: Core,
    findings: Findings,
    other: Core,
    there: Findings,
    labels: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    *,
    had: str = "",
) -> str:
    """Say how a scenario differs from the case and what that does most; seeing and setting are told apart.

    Parameters
    ----------
    core, findings
        The case.
    other, there
        The scenario.
    labels, before, after
        The targets with their probabilities in the case and in the scenario.
    had
        What would have been otherwise for this one patient, all that was found kept as what was found.
    """
    imagined = [f"what was found stays found, had it been that {had}"] if had else []
    parts = [*imagined, *_differences(core.stated(findings), other.stated(there)), *_numbers(core, other)]
    what = "; ".join(parts) if parts else "nothing differs"
    moved = [(abs(math.log(factor)), label, factor) for label, factor in _factors(labels, before, after)]
    if not moved:
        return f"{what}."
    size, label, factor = max(moved)
    if size < 1e-9:
        return f"{what}; no target moves."
    verb = "times" if factor > 1.0 else "divided by"
    return f"{what}; most moved is {label}, its odds {verb} {ratio(max(factor, 1.0 / factor))}."


def _differences(here: Findings, there: Findings) -> list[str]:
    old, new = [i.text for i in here.items], [i.text for i in there.items]
    seen, gone = [t for t in new if t not in old], [t for t in old if t not in new]
    done = [i.text for i in there.interventions if i not in here.interventions]
    undone = [i.text for i in here.interventions if i not in there.interventions]
    return [
        f"{verb} {', '.join(texts)}"
        for verb, texts in (("seen:", seen), ("no longer known:", gone), ("set from outside:", done), ("no longer set:", undone))
        if texts
    ]


def _numbers(core: Core, other: Core) -> list[str]:
    if core.model.digest == other.model.digest:
        return []
    old, new = core.model.numbers, other.model.numbers
    if set(old) != set(new):
        return [f"another network, {other.model.name}"]
    changed = [key for key in old if old[key].value != new[key].value]
    if not changed:
        return ["the same numbers with other ranges"]
    named = ", ".join(f"{key} {plain(new[key].value)} instead of {plain(old[key].value)}" for key in changed[:_NAMED])
    rest = len(changed) - _NAMED
    return [f"other numbers: {named}" + (f" and {counted(rest, 'more', 'more')}" if rest > 0 else "")]


def _factors(labels: Sequence[str], before: Sequence[float], after: Sequence[float]) -> list[tuple[str, float]]:
    """Odds after over odds before, where both are finite."""
    found = [(label, bayes_factor(p, q)) for label, p, q in zip(labels, before, after, strict=True)]
    return [(label, factor) for label, factor in found if 0.0 < factor < math.inf]
