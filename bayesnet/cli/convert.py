"""`bayesnet convert`: write a network in another format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, model_argument, to_json
from bayesnet.cli.terminal import say

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("convert")
@model_argument
@click.argument("out", metavar="OUT", type=OutPath())
@click.option("--folder", is_flag=True, help="Write a priors folder, whatever the name of OUT.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option("--drop-names", is_flag=True, help="Let .uai, which keeps no names, lose them.")
@as_json
def command(network: Network, out: str, folder: bool, force: bool, drop_names: bool, json_: bool) -> None:
    """Write a network to OUT: .bif, .xmlbif, .bifxml, .xdsl, .net, .uai (each also with .gz), or a priors folder.

    A folder is meant where OUT ends in a slash, is one already, or --folder is given. A label that a format cannot keep is
    refused, never changed.
    """
    from pathlib import Path

    from bayesnet.interop.files import EXTENSIONS, is_network_file
    from bayesnet.model import write_model

    folder = folder or out.endswith(("/", "\\")) or Path(out).is_dir()
    if not folder and not is_network_file(out):
        known = f"{', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}, also with .gz behind it"
        raise click.UsageError(
            f'the kind of "{out}" is not known; end it in {known}, or in a slash (or add --folder) for a folder'
        )
    if Path(out).exists() and not force:
        raise click.UsageError(f'"{out}" is there already; --force writes over it')
    if folder:
        write_model(network.model, Path(out))
    else:
        network.save(out, drop_names=drop_names)
    if json_:
        say(to_json({"kind": "Convert", "network": network.name, "digest": network.digest, "out": out}))
    else:
        say(f"Wrote {network.name} to {out}.")
