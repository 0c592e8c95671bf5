"""`bayesnet page`: the explorer, one interactive page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, interventions, keep_apart, model_argument, to_json
from bayesnet.cli.completion import complete_names
from bayesnet.cli.terminal import say

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("page")
@model_argument
@click.argument("findings", metavar="[FINDINGS]", default="", shell_complete=complete_names)
@click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    type=OutPath(dir_okay=False, path_type=Path),
    help="Where to write it; MODEL.html in this folder when left out.",
)
@click.option("--lesson", "chosen", metavar="NAME", multiple=True, help="Open with this guided lesson; repeat it for more.")
@click.option("--lessons", "all_", is_flag=True, help="Add all guided lessons of the model.")
@click.option("--open", "open_", is_flag=True, help="Open it in the browser.")
@interventions
@as_json
def command(
    network: Network,
    findings: str,
    path: Path | None,
    chosen: tuple[str, ...],
    all_: bool,
    open_: bool,
    do: str | None,
    json_: bool,
) -> None:
    """Write an interactive page: one HTML file with the network in it that answers offline, in any browser.

    It opens with the findings, if there are any. An existing file is overwritten, unless it is the model.
    """
    path = path or Path(f"{network.name}.html")
    keep_apart(path)
    if chosen and all_:
        raise click.UsageError("--lesson and --lessons exclude each other; --lessons adds every lesson of the model.")
    written = network.page(path, findings or None, do, lessons=chosen or all_)
    say(to_json({"kind": "Page", "path": str(written), "digest": network.digest}) if json_ else str(written))
    if open_:
        click.launch(written.resolve().as_uri())
