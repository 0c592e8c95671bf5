"""Sentences for an explanation, from its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bayesnet.logodds import BARELY, ratio_of
from bayesnet.results.explanation import Conflict, Impact, Overlap, Relevant, Ways
from bayesnet.results.words import percent, ratio, word

_INDEPENDENT = 0.1
"""Conflicts closer to zero than this, in nats, are not reported."""

_SHARED = 2
"""Number of pairs of findings that a text names."""


def explained(
    target: str,
    prior: float,
    posterior: float,
    impacts: Sequence[Impact],
    overlaps: Sequence[Overlap],
    conflict: Conflict,
    relevant: Sequence[Relevant],
    separated: Sequence[str] = (),
    ways: Sequence[Ways] = (),
) -> str:
    """Return a short text: probability, evidence for and against, competing causes, redundancies, conflicts."""
    if not impacts:
        return f"Nothing is known yet: {target} has its prior probability of {_said(prior)}."
    parts = [
        f"The findings take {target} from {_said(prior)} to {_said(posterior)}.",
        _side(impacts, "for", "For it"),
        _side(impacts, "against", "Against it"),
        _rivals(ways),
        _silent(impacts, separated),
        _pairs(overlaps),
        _fit(conflict),
        _relevant(relevant),
    ]
    return "\n".join(part for part in parts if part)


def _said(probability: float) -> str:
    """Return a probability with its word; certainties need none."""
    return percent(probability) if probability in (0.0, 1.0) else f"{percent(probability)} ({word(probability)})"


def _side(impacts: Sequence[Impact], verdict: str, head: str) -> str:
    chosen = sorted(
        (i for i in impacts if i.verdict == verdict), key=lambda i: -abs(i.omission) if i.omission == i.omission else 0.0
    )
    if not chosen:
        return f"Nothing that is known speaks {verdict} it." if verdict == "for" else ""
    listed = "; ".join(f"{i.text} ({_times(i.omission)})" for i in chosen)
    return f"{head}, each with all the others known: {listed}."


def _rivals(ways: Sequence[Ways]) -> str:
    """Return name what explains the findings instead."""
    return " ".join(
        f"{way.finding} acts {way.words}." if way.words.startswith("by") else f"{way.finding} {way.words}."
        for way in ways
        if "competes" in way.words
    )


def _times(nats: float) -> str:
    """Return what a finding does to the odds."""
    if math.isnan(nats):
        return "the others settle it already"
    if math.isinf(nats):
        return "it settles the question"
    return f"odds {'times' if nats > 0 else 'divided by'} {ratio(ratio_of(abs(nats)))}"


def _silent(impacts: Sequence[Impact], separated: Sequence[str]) -> str:
    silent = [i for i in impacts if i.verdict == "uninformative" and i.text not in separated]
    alone = [i.text for i in silent if abs(i.shapley) >= BARELY]
    plain = [i.text for i in silent if i.text not in alone]
    sentences = []
    if plain:
        sentences.append(f"Almost no evidence either way: {', '.join(plain)}.")
    if alone:
        sentences.append(f"Almost no further evidence, given the others: {', '.join(alone)}.")
    if separated:
        sentences.append(f"No way is left open from {', '.join(separated)} to it: the others close them all.")
    return " ".join(sentences)


def _pairs(overlaps: Sequence[Overlap]) -> str:
    twice = [o for o in overlaps if o.twice][:_SHARED]
    more = [o for o in overlaps if not o.twice and min(o.interaction, o.first_alone, o.second_alone) > 0.0][:1]
    sentences = [_same(o) for o in twice]
    sentences += [
        f"{o.first} and {o.second} strengthen each other: {ratio(ratio_of(o.interaction))} times their product." for o in more
    ]
    return " ".join(sentences)


def _same(o: Overlap) -> str:
    side, verb = ("for", "multiply the odds by") if o.first_alone > 0.0 else ("against", "divide the odds by")
    apart, together = (ratio(ratio_of(abs(nats))) for nats in (o.first_alone + o.second_alone, o.together))
    return (
        f"{o.first} and {o.second} partly say the same {side} it: as separate findings they would {verb} {apart}, together it is "
        f"{together}."
    )


def _fit(conflict: Conflict) -> str:
    alone = not conflict.second and not math.isnan(conflict.between)
    if math.isnan(conflict.value) or alone:
        return ""
    figure = f"{conflict.value:.2f}"
    if abs(conflict.value) < _INDEPENDENT:
        return f"The findings hardly bear on each other (conflict {figure.replace('-0.00', '0.00')}, about 0)."
    if conflict.value < 0.0:
        return f"The findings go together (conflict {figure}, below 0)."
    text = f"The findings do not go well together (conflict {figure}, above 0)"
    if conflict.between > 0.0:
        text += f": {', '.join(conflict.first)} on one side, {', '.join(conflict.second)} on the other"
    case = conflict.rare_case
    if case is None:
        return f"{text}. No single diagnosis makes them fit: look at the findings again."
    fit = f"{case.hypothesis} would make them fit (conflict {case.conflict:.2f})"
    return f"{text}. {fit}, with probability {percent(case.posterior)}."


def _relevant(relevant: Sequence[Relevant]) -> str:
    if not relevant:
        return ""
    best = relevant[0]
    several = len(best.assignment) > 1
    what = f"{', '.join(best.assignment[:-1])} together with {best.assignment[-1]}" if several else best.assignment[0]
    return (
        f"Of all answers the findings raise {what} most: its odds are multiplied by {ratio(best.factor)}, from "
        f"{percent(best.prior)} to {percent(best.posterior)}. Note: the largest increase is not the highest probability."
    )
