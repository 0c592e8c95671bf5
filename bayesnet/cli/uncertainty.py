"""`bayesnet uncertainty`: the answer with all numbers drawn from their ranges, and the shares of its variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names
from bayesnet.cli.sensitivity import asked, sample_size_option

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("uncertainty")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@click.option(
    "--draws", type=click.IntRange(2, 10_000_000), default=10_000, show_default=True, help="Number of draws of all numbers."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option("--together", is_flag=True, help="Let the numbers of one study rise and fall together.")
@click.option("--shares", is_flag=True, help="Print the Sobol shares of the variance instead of the interval.")
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="With --shares: how many numbers to vary.")
@sample_size_option
@as_json
def command(
    network: Network,
    question: str,
    do: str | None,
    draws: int,
    seed: int,
    together: bool,
    shares: bool,
    top: int,
    equivalent_sample_size: float,
    json_: bool,
) -> None:
    """Draw every number from its cited range, as in "spinal_metastasis | age_over_50, cancer_history, raised_alp".

    Prints the interval of the answer, and how often each diagnosis leads.
    """
    case, target = asked(network, question, do)
    if shares:
        show(case.variance_shares(target, top=top, seed=seed, equivalent_sample_size=equivalent_sample_size), json_=json_)
        return
    answer = case.uncertainty(target, draws=draws, seed=seed, together=together, equivalent_sample_size=equivalent_sample_size)
    show(answer, json_=json_)
