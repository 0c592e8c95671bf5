"""`bayesnet find`: what can be asked, by a word."""

from __future__ import annotations

from pathlib import Path

import click

from bayesnet.cli.common import FLAGSHIP, as_json, read_model, show
from bayesnet.cli.completion import complete_model


@click.command("find")
@click.argument("model", metavar="[MODEL]", default=FLAGSHIP, shell_complete=complete_model)
@click.argument("text", metavar="[TEXT]", default="")
@click.pass_context
@as_json
def command(context: click.Context, model: str, text: str, json_: bool) -> None:
    """Find what can be asked: the variables whose names, labels, aliases, states or meanings hold TEXT, as in "night".

    Without TEXT it lists all of them. Without MODEL it looks in back_pain.
    """
    if not text and _is_text(model):
        model, text = FLAGSHIP, model
    show(read_model(context, model).find(text), json_=json_)


def _is_text(typed: str) -> bool:
    """Return whether what was typed is neither a shipped model nor a path."""
    from bayesnet.model.find import shipped_models

    path = Path(typed)
    return path.name == typed and not path.suffix and not path.exists() and typed not in shipped_models()
