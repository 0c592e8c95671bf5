"""`bayesnet new`: a first model to change, or the JSON schemas of the format."""

from __future__ import annotations

import click

from bayesnet.cli.common import OutPath, as_json, to_json


@click.command("new")
@click.argument("folder", metavar="FOLDER", type=OutPath())
@as_json
def command(folder: str, json_: bool) -> None:
    """Start a model in FOLDER: two diseases, one finding, one source, with comments that teach the format.

    The folder also gets the JSON schemas of the files, which editors use to complete keys and to mark mistakes.
    """
    from bayesnet.model.new import new_model

    files = [str(path) for path in new_model(folder)]
    if json_:
        click.echo(to_json({"kind": "New", "files": files}))
        return
    click.echo("\n".join(files))
    click.echo(f'\nNext: bayesnet check {folder}, then bayesnet diagnose {folder} "fever".')
