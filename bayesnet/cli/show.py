"""`bayesnet show`: variables and numbers with their citations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("show")
@model_argument
@click.argument("name", metavar="[VARIABLE|NUMBER]", required=False, shell_complete=complete_names)
@as_json
def command(network: Network, name: str | None, json_: bool) -> None:
    """List the variables; or show one variable with its numbers, or one number with its source."""
    from bayesnet.analysis.description.cards import number_card, variable_card, variables

    compiled = network.compiled
    if name is None:
        show(variables(compiled), json_=json_)
    elif name in compiled.index or not set(name) & set("|=("):
        show(variable_card(compiled, compiled.variable(name)), json_=json_)
    else:
        show(number_card(compiled, compiled.number(name)), json_=json_)
