"""`bayesnet new`: a first model to change, or the JSON schemas of the format."""

from __future__ import annotations

import click


@click.command("new")
@click.argument("folder", metavar="FOLDER", type=click.Path())
def command(folder: str) -> None:
    """Start a model in FOLDER: two diseases, one finding, one source, with comments that teach the format.

    The folder also gets the JSON schemas of the files, which editors use to complete keys and to mark mistakes.
    """
    from bayesnet.model.new import new_model

    for path in new_model(folder):
        click.echo(str(path))
    click.echo(f'\nNext: bayesnet check {folder}, then bayesnet diagnose {folder} "fever".')
