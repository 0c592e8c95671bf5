"""Tornado: the answer over each number's own cited range, widest first."""

from __future__ import annotations

import numpy as np

from bayesnet.analysis.query.caveats import behind_answer, described, sentence
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.query.whole import shown
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, Ranges, SensitivityQuery, citation, ranges, records
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.model.factors import FloatArray, IntArray
from bayesnet.model.known import known as known_as
from bayesnet.model.known import known_list
from bayesnet.results.tornado import MATTERS, Bar, Tornado
from bayesnet.results.words import counted, interval


def tornado(query: Query, target: str, top: int | None = 20, sample_size: float = SAMPLE_SIZE) -> Tornado:
    """Return the bars `[f(low), f(high)]` of P(target | findings) over the range of each number; see `Case.tornado`."""
    top = shown(top)
    compiled = query.compiled
    subject = SensitivityQuery.of(query, target)
    response, cited_ranges = subject.response((subject.target,)), ranges(compiled, sample_size)
    ks = np.flatnonzero(~cited_ranges.fixed & response.matters_to_target)
    at_low, at_high = ends(response, cited_ranges, ks)
    width = np.abs(at_high - at_low)
    order = np.argsort(-width, kind="stable")
    order = order[width[order] > 0]
    all_records = records(compiled)
    bars = tuple(
        Bar(
            number=compiled.factors.number_ids[k],
            value=float(compiled.factors.values[k]),
            low=float(cited_ranges.low[k]),
            high=float(cited_ranges.high[k]),
            at_low=float(at_low[j]),
            at_high=float(at_high[j]),
            source=all_records[k].source,
            citation=citation(compiled, all_records[k]),
            grade=all_records[k].grade,
            known=known_as(all_records[k]),
        )
        for j, k in zip(order[:top].tolist(), ks[order[:top]].tolist(), strict=True)
    )
    numbers = compiled.model.numbers
    doubts = sentence(compiled, behind_answer(subject.query, (subject.target[0],)), [numbers[bar.number] for bar in bars[:3]])
    return Tornado(
        title=subject.title,
        provenance=subject.query.provenance((doubts,) if bars else ()),
        label=subject.label,
        value=response.value(0),
        bars=bars,
        total=len(order),
        assumption=cited_ranges.assumption,
    )


def ends(response: Response, cited_ranges: Ranges, ks: IntArray) -> tuple[FloatArray, FloatArray]:
    """f with each number at the low and at the high end of its range, shape (m,) each; NaN if the findings are impossible."""
    rows = response.at(np.concatenate([ks, ks]), np.concatenate([cited_ranges.low[ks], cited_ranges.high[ks]]))
    answers = np.divide(rows[0], rows[-1], out=np.full(rows.shape[1], np.nan), where=rows[-1] > 0)
    return answers[: len(ks)], answers[len(ks) :]


def movers(query: Query, target: str, most: int = 3) -> tuple[str, ...]:
    """Return sentences on the numbers that move P(target | findings) most over their own range, and on how those are known."""
    bars = tornado(query, target, top=len(query.compiled.model.numbers)).bars
    if not bars:
        return ()
    changes = []
    for bar in bars[:most]:
        low, high = sorted((bar.at_low, bar.at_high))
        number = described(query.compiled, query.compiled.model.numbers[bar.number])
        changes.append(f"{number} moves it over {interval(low, high)}")
    matter = [query.compiled.model.numbers[bar.number] for bar in bars if bar.width >= MATTERS]
    moving = counted(len(matter), "number that can move it by a point or more", "numbers that can move it by a point or more")
    how = f"How the {moving} are known: {known_list(matter)}." if matter else ""
    return (f"Caveats for P({target}): {'; '.join(changes)}. {how}".rstrip(),)
