"""`bayesnet diagnose`: the ranked differential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names
from bayesnet.cli.terminal import coloured, say
from bayesnet.results.table import wrapped

if TYPE_CHECKING:
    from bayesnet.network import Network


_DRAWS = 400
"""Draws behind the intervals."""


@click.command("diagnose")
@model_argument
@click.argument("findings", metavar="FINDINGS", shell_complete=complete_names)
@interventions
@click.option(
    "--target", "targets", metavar="TARGET", multiple=True, help="Rank this instead of the diagnoses; may be given several times."
)
@click.option(
    "--intervals", is_flag=True, help="Draw all numbers from their ranges for 95 % intervals (a third of a second more)."
)
@as_json
def command(network: Network, findings: str, do: str | None, targets: tuple[str, ...], intervals: bool, json_: bool) -> None:
    """Rank the diagnoses for some findings, as in "age_group=60-69, raised_alp, chronic_pain".

    Prior, posterior and likelihood ratio of each, then what speaks for the most probable specific one.
    """
    case = network.case(findings, do)
    ranked = case.diagnoses(list(targets) or None, draws=_DRAWS if intervals else 0)
    if json_:
        show(ranked, json_=True)
        return
    leading = ranked.leading_specific
    why = [case.weights(leading).grid().text()] if leading and case.findings.items else []
    parts = [coloured(ranked, *why)]
    if not intervals and any(n.low < n.high for n in network.model.numbers.values()):
        parts.append(wrapped("--intervals adds how far each posterior moves when all numbers are drawn from their ranges."))
    say("\n\n".join(parts))
