"""`bayesnet audit`: published figures and claims beside what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("audit")
@model_argument
@as_json
def command(network: Network, json_: bool) -> None:
    """Ask the network every published figure and claim that lies beside it, and print them worst first."""
    found = network.audit()
    show(found, json_=json_)
