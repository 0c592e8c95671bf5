"""`bayesnet report`: a case on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, interventions, keep_apart, model_argument, to_json
from bayesnet.cli.completion import complete_names
from bayesnet.cli.terminal import say

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("report")
@model_argument
@click.argument("findings", metavar="FINDINGS", shell_complete=complete_names)
@click.argument("path", metavar="[FILE]", type=OutPath(dir_okay=False, path_type=Path), default="report.html")
@click.option("--target", "target", metavar="TARGET", help="The diagnosis to explain; the leading specific one otherwise.")
@click.option("--full", is_flag=True, help="Append all analyses, every number used and its citation.")
@interventions
@as_json
def command(network: Network, findings: str, path: Path, target: str | None, full: bool, do: str | None, json_: bool) -> None:
    """Write a report of a case: one HTML file that opens anywhere and prints as one page.

    FILE is report.html in this folder when left out. An existing file is overwritten, unless it is the model.
    """
    keep_apart(path)
    written = network.case(findings, do).report(path, target=target, full=full)
    say(to_json({"kind": "Report", "path": str(written), "digest": network.digest}) if json_ else str(written))
