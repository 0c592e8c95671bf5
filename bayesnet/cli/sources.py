"""`bayesnet sources`: the publications an answer rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names
from bayesnet.cli.sensitivity import asked, sample_size_option

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("sources")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@sample_size_option
@as_json
def command(network: Network, question: str, do: str | None, equivalent_sample_size: float, json_: bool) -> None:
    """Show the publications that an answer rests on: how far it moves when all numbers of one move within their ranges."""
    case, target = asked(network, question, do)
    show(case.sources(target, equivalent_sample_size=equivalent_sample_size), json_=json_)
