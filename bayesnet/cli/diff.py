"""`bayesnet diff`: what changed between two models, and which answers moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, check_there, model_argument, show

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("diff")
@model_argument
@click.argument("other", metavar="OTHER")
@click.option(
    "--least", default=0.001, show_default=True, type=click.FloatRange(0.0), help="Smallest change of an answer to list."
)
@as_json
def command(network: Network, other: str, least: float, json_: bool) -> None:
    """List what changed from MODEL to OTHER: numbers, structure, publications, and answers of examples and targets."""
    check_there(other)
    from bayesnet.network import load

    found = network.diff(load(other), least=least)
    show(found, json_=json_)
