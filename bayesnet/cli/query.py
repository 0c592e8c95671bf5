"""`bayesnet query`: one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("query")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@as_json
def command(network: Network, question: str, do: str | None, json_: bool) -> None:
    """Ask one question, as in "multiple_myeloma | anemia, hypercalcemia, !fever".

    One target gives the posterior of the variable beside its prior; several give the probability of all of them together.
    """
    from bayesnet.pattern import parse_question

    if len(parse_question(question, generous=True).targets) == 1:
        show(network.posterior(question, do=do), json_=json_)
        return
    from bayesnet.analysis.query.posterior import assignment

    show(assignment(network.compiled, question, do=do), json_=json_)
