"""`bayesnet advise`: the option with the largest expected utility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("advise")
@model_argument
@click.argument("findings", metavar="FINDINGS", shell_complete=complete_names)
@interventions
@as_json
def command(network: Network, findings: str, do: str | None, json_: bool) -> None:
    """Advise on the decision of the model: expected utilities, thresholds, values of information, and what would turn it."""
    show(network.case(findings, do).advise(), json_=json_)
