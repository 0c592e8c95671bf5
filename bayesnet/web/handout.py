"""The first page of a report: a case as a teacher hands it out, with room for a name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from bayesnet.logodds import BARELY
from bayesnet.model.known import WORDS
from bayesnet.results.words import frequency, interval, percent, plain, ratio, rough_percent
from bayesnet.web.html import figure, paragraphs, section, table
from bayesnet.web.svg import dots

if TYPE_CHECKING:
    from bayesnet.analysis.query.query import Query
    from bayesnet.results.advice import Advice
    from bayesnet.results.differential import Differential
    from bayesnet.results.explanation import Explanation, Impact
    from bayesnet.results.labels import Names
    from bayesnet.results.tests import NextTest, NextTests
    from bayesnet.results.tornado import Tornado

DIAGNOSES, NAMED, DISTRUSTED = 5, 3, 3
"""Diagnoses with a row, findings named for and against, and numbers that move the answer most."""


def handout(
    query: Query, names: Names, ranked: Differential, why: Explanation, tests: NextTests, advice: Advice | None, moved: Tornado
) -> str:
    """Return the page: case, differential, why, next test, choice, the numbers that move it most."""
    model, target = query.compiled.model, names(why.target)
    title = f"<h1>{escape(model.title or model.name)}: a case</h1>"
    room = '<p class="room"><span>Name</span><span>Date</span></p>'
    choice = section("What to do", *_choice(advice)) if advice else ""
    identity = f"{model.name} {model.version}, digest {model.digest[:12]}. {model.warning}"
    return "".join(
        [
            f"<header>{title}{room}</header>",
            section("The case", paragraphs(_case(query, names))),
            section("What it could be", *_differential(ranked, names)),
            section(f"Why {target}", paragraphs("\n".join(_why(why, names)))),
            section("What to ask or test next", paragraphs("\n".join(_next(tests, names)))),
            choice,
            section("The numbers that move it most", *_distrust(moved, names)),
            f"<footer>{paragraphs(identity)}</footer>",
        ]
    )


def _case(query: Query, names: Names) -> str:
    """Return what is known in a few sentences: what was found, what was not, what is assumed, what was set."""
    items = [item for item in query.stated.items if not item.assumed]
    assumed = [names(item.text) for item in query.stated.items if item.assumed]
    absent = [names(item.text[1:]) for item in items if item.text.startswith("!") and names(item.text).startswith("no ")]
    found = [names(item.text) for item in items if not (item.text.startswith("!") and names(item.text).startswith("no "))]
    told = (
        ("Known", found),
        ("Absent", absent),
        ("Set from outside", [names(one.text) for one in query.findings.interventions]),
        ("Assumed", assumed),
    )
    sentences = [f"{head}: {', '.join(texts)}." for head, texts in told if texts]
    return " ".join(sentences if items else ["Nothing has been found yet.", *sentences])


def _differential(ranked: Differential, names: Names) -> tuple[str, ...]:
    """Return the most probable diagnoses with their intervals, and what has to be said about them."""
    lines = list(ranked)[:DIAGNOSES]
    rows = [
        (
            names.heading(d.diagnosis),
            *(d.prior, d.posterior, d.low, d.high),
            f"{rough_percent(d.posterior)}  ({frequency(d.posterior)})",
            "" if math.isnan(d.low) or d.low == d.high else interval(d.low, d.high, rough_percent),
        )
        for d in lines
    ]
    caption = "Dot: now. Band: 95 % interval, all numbers drawn from their ranges. Tick: before any finding. Axis in log odds."
    feared = next((d for d in ranked if d.role == "must_not_miss" and d not in lines), None)
    grave = [f"Not to be missed: {names(feared.diagnosis)}, {rough_percent(feared.posterior)}."] if feared else []
    leads = names.prose(ranked.what_leads)
    shown = {d.diagnosis for d in lines}
    origins = [
        f"{names.heading(d.diagnosis)} is a consequence, most likely from {names.prose(d.likely_from)}."
        for d in ranked.consequences
        if d.diagnosis in shown and d.causes
    ]
    return figure(dots(rows, "Diagnoses, most probable first"), caption), paragraphs(
        f"{leads[:1].upper()}{leads[1:]}\n{' '.join([*origins, *grave])}"
    )


def _why(why: Explanation, names: Names) -> list[str]:
    """Return three lines: for, against, and what competes or is counted twice."""
    if not len(why):
        return [f"Nothing is known yet: its probability is {percent(why.posterior)}."]

    def side(verdict: str) -> list[Impact]:
        return sorted(
            (i for i in why if i.verdict == verdict), key=lambda i: -abs(i.omission) if i.omission == i.omission else 0.0
        )

    def said(impact: Impact, verb: str) -> str:
        if not math.isfinite(impact.omission):
            return f"{names(impact.text)} (settles it)"
        return f"{names(impact.text)} ({verb} {ratio(math.exp(abs(impact.omission)))})"

    lines = [f"The findings take it from {percent(why.prior)} to {percent(why.posterior)}."]
    for verdict, head, verb in (("for", "For it", "odds times"), ("against", "Against it", "odds divided by")):
        chosen = side(verdict)
        more = f" and {len(chosen) - NAMED} more" if len(chosen) > NAMED else ""
        listed = ", ".join(said(impact, verb) for impact in chosen[:NAMED])
        lines.append(f"{head}, each with the others known: {listed}{more}." if chosen else f"{head}: nothing that is known.")
    rivals = [way for way in why.main_ways if "competes" in way.words]
    if rivals:
        lines.append(" ".join(f"{names.heading(way.finding)} {names.prose(way.words)}." for way in rivals[:2]))
    elif twice := next((o for o in why.overlaps if o.twice and abs(o.interaction) > BARELY), None):
        lines.append(f"{names.heading(twice.first)} and {names(twice.second)} partly say the same.")
    return [" ".join(lines[:2]), *lines[2:]]


def _next(tests: NextTests, names: Names) -> list[str]:
    """Return the most informative test, and the most informative question that costs nothing."""
    lines = [t for t in tests.best_of_each_test() if t.bits > 0.0]
    if not lines:
        return [f"No further finding is informative on {names(tests.target)}."]
    first = max(lines, key=lambda t: t.bits)
    free = max((t for t in lines if t.cost == 0.0), key=lambda t: t.bits, default=None)
    told = [f"Most informative: {_result(first, tests, names)}"]
    if free is not None and free is not first:
        told.append(f"Without cost: {_result(free, tests, names)}")
    return told


def _result(test: NextTest, tests: NextTests, names: Names) -> str:
    price = "" if math.isnan(test.cost) or test.cost == 0.0 else f", {plain(test.cost)} {tests.cost_unit}"
    kind = f" ({test.test}{price})" if test.test and test.test != test.finding else ""
    likely = sorted((o for o in test.outcomes if o.probability > 0.0), key=lambda o: -o.posterior)
    ends = [likely[0], likely[-1]] if len(likely) > 2 else likely
    then = "; ".join(
        f"{o.state.replace('_', ' ')} ({rough_percent(o.probability)} of results) makes it {rough_percent(o.posterior)}"
        for o in ends
    )
    return f"{names(test.finding)}{kind}: {then}."


def _choice(advice: Advice) -> tuple[str, ...]:
    """Return the advised option, how firm that is, and that utilities are judgements."""
    turning = len(advice.turning)
    firm = (
        "No single utility changes this within its own range."
        if not turning
        else f"{turning} of its {len(advice.tornado)} utilities can change this alone, within its own range."
    )
    second = advice.options[1].label
    best = f"{advice.decision}: {advice.label}, ahead of {second} by {advice.lead:.2g} {advice.unit}. {firm}"
    return paragraphs(best), paragraphs(advice.warning_of_decision, "soft")


def _distrust(moved: Tornado, names: Names) -> tuple[str, ...]:
    """Return the numbers that move the answer most over their own ranges."""
    if not moved.bars:
        return (paragraphs("No number behind the answer has a range."),)
    rows: Sequence[tuple[str, ...]] = [
        (
            names.number(bar.number),
            f"{plain(bar.value)} ({interval(bar.low, bar.high, plain)})",
            ", ".join(part for part in (bar.citation, WORDS.get(bar.known, bar.grade)) if part),
            interval(min(bar.at_low, bar.at_high), max(bar.at_low, bar.at_high), rough_percent),
        )
        for bar in moved.bars[:DISTRUSTED]
    ]
    return (table(("number", "value (range)", "from", "takes the answer to"), rows, left=(0, 2), kind="small"),)
