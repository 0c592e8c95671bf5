"""Shell completion: models, and the names of a model inside a question."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem


def complete_model(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the shipped models, and files where a path is typed."""
    from bayesnet.model.find import shipped_models

    found = [CompletionItem(name) for name in shipped_models() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def complete_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the variables of the model whose names begin with the last word typed, with their labels.

    Raises nothing: a model that cannot be read completes nothing.
    """
    from bayesnet.errors import BayesnetError
    from bayesnet.network import load

    typed = re.fullmatch(r"(?P<before>(?:.*[,|!(])?\s*)(?P<begun>[\w-]*)", incomplete, re.DOTALL)
    if typed is None:
        return []
    try:
        variables = load(str(context.params.get("network", ""))).model.variables
    except (BayesnetError, OSError):
        return []
    names = ((name, variable.label) for name, variable in variables.items() if name.startswith(typed["begun"]))
    return [CompletionItem(f"{typed['before']}{name}", help=label) for name, label in names]
