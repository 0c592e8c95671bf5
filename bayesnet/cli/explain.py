"""`bayesnet explain`: what speaks for and against a diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("explain")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@click.option("--order", metavar="ORDER", default="given", help='"given", "best", or the names of all findings with commas.')
@as_json
def command(network: Network, question: str, do: str | None, order: str, json_: bool) -> None:
    """Explain a diagnosis, as in "spinal_metastasis | age_group=60-69, cancer_history, raised_alp".

    What each finding says given those before it, on average, and beyond all others; whether the findings go together, and by
    which paths they reach the diagnosis.
    """
    from bayesnet.pattern import format_terms, parse_question

    asked = parse_question(question, generous=True)
    case = network.case(format_terms(asked.given), do)
    show(case.explain(format_terms(asked.targets), order=order), json_=json_)
