"""`bayesnet find`: what can be asked, by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("find")
@model_argument
@click.argument("text", metavar="[TEXT]", default="")
@as_json
def command(network: Network, text: str, json_: bool) -> None:
    """Find what can be asked: the variables whose names, labels, aliases, states or meanings hold TEXT, as in "night".

    Without TEXT it lists all of them.
    """
    show(network.find(text), json_=json_)
