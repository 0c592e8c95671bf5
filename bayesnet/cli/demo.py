"""`bayesnet demo`: two published cases, from question to ranked diagnoses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bayesnet.cli.common import FLAGSHIP, as_json, to_json
from bayesnet.cli.terminal import called, waiting
from bayesnet.results.table import wrapped
from bayesnet.results.words import cited, percent

if TYPE_CHECKING:
    from bayesnet.case import Case
    from bayesnet.results.tornado import Tornado

_SHOWN = 8
_BARS = 5


@click.command("demo")
@as_json
def command(json_: bool) -> None:
    """Answer two cases with the back-pain network: prior, posterior, what speaks for it, its most influential numbers."""
    from bayesnet.network import load

    network = load(FLAGSHIP)
    examples = enumerate(network.model.examples[:2], 1)
    with waiting("Asking two cases"):
        told = [_tell(f"Case {number}. {example.title}", network.case(example.evidence)) for number, example in examples]
    if json_:
        click.echo(to_json({"kind": "Demo", "model": FLAGSHIP, "cases": [content for _, content in told]}))
        return
    click.echo(wrapped(f"{network.model.title}: {network.model.description}"))
    for text, _ in told:
        click.echo(f"\n\n{text}")
    click.echo(f"\n{network.model.warning}\n\nYour own case:")
    click.echo(f'  {called()} diagnose {FLAGSHIP} "66, raised ALP, chronic pain"')
    click.echo(f'  {called()} query {FLAGSHIP} "myeloma | anaemia, no fever"')
    click.echo(f"  {called()} find night")
    click.echo(f"  {called()} page {FLAGSHIP} --open")


def _tell(title: str, case: Case) -> tuple[str, dict[str, Any]]:
    """Return one case as text and as JSON-safe content."""
    ranked = case.diagnoses()
    weights = case.weights(ranked.leading_specific)
    doubts = case.tornado(ranked.leading_specific, top=_BARS)
    first = replace(ranked, diagnoses=ranked.diagnoses[:_SHOWN])
    rest = ranked.diagnoses[_SHOWN:]
    parts = [
        wrapped(title + "."),
        first.header(),
        first.introduction(),
        first.body(),
        f"{len(rest)} more, each at most {percent(rest[0].posterior)}." if rest else "",
        weights.grid().text(),
        wrapped(f"Most influential numbers: those that move P({ranked.leading_specific}) most over their own cited range."),
        _doubted(doubts),
    ]
    content = {
        "title": title,
        "differential": ranked.to_dict(),
        "weights": weights.to_dict(),
        "caveats": doubts.to_dict(),
    }
    return "\n\n".join(part for part in parts if part), content


def _doubted(doubts: Tornado) -> str:
    """Return the widest bars: number with range and source, and what the answer becomes at either end."""
    lines = []
    for bar in doubts.bars:
        low, high = sorted((bar.at_low, bar.at_high))
        lines.append(wrapped(f"  {bar.number}", "    "))
        stated = cited(bar.value, bar.low, bar.high, bar.citation or bar.grade)
        lines.append(wrapped(f"    {stated}: the answer runs from {percent(low)} to {percent(high)}", "    "))
    return "\n".join(lines)
