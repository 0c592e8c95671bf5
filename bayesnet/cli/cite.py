"""`bayesnet cite`: the publications of a model, for a reference manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import model_argument, show, to_json
from bayesnet.cli.terminal import say

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("cite")
@model_argument
@click.argument("names", metavar="[KEY|NUMBER]...", nargs=-1)
@click.option("--bibtex", "form", flag_value="bibtex", help="As BibTeX.")
@click.option("--csl", "form", flag_value="csl", help="As CSL-JSON, for Zotero and pandoc.")
@click.option("--json", "form", flag_value="json", help="Print the records as JSON.")
def command(network: Network, names: tuple[str, ...], form: str | None) -> None:
    """The publications that the numbers of a model cite; or those named by key, or those of some numbers."""
    found = network.bibliography(names or None)
    if form == "bibtex":
        say(found.to_bibtex(), newline=False)
    elif form == "csl":
        say(to_json(found.to_csl()))
    else:
        show(found, json_=form == "json")
