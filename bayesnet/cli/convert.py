"""`bayesnet convert`: write a network in another format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, to_json

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("convert")
@model_argument
@click.argument("out", metavar="OUT", type=click.Path())
@click.option("--force", is_flag=True, help="Write over what is there.")
@as_json
def command(network: Network, out: str, force: bool, json_: bool) -> None:
    """Write a network to OUT: .bif, .xmlbif, .xdsl, .net, .uai (each also with .gz), or a priors folder.

    A label that a format cannot keep is refused, never changed.
    """
    from pathlib import Path

    if Path(out).exists() and not force:
        raise click.UsageError(f'"{out}" is there already; --force writes over it')
    network.save(out)
    if json_:
        click.echo(to_json({"kind": "Convert", "network": network.name, "digest": network.digest, "out": out}))
    else:
        click.echo(f"Wrote {network.name} to {out}.")
