"""`bayesnet next`: what to learn next, or a plan of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import Figure, as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("next")
@model_argument
@click.argument("findings", metavar="FINDINGS", shell_complete=complete_names)
@click.option(
    "--target",
    metavar="TARGET",
    help='A diagnosis, "differential" or "decision" (default: the decision, if the model defines one).',
)
@click.option("--plan", "depth", type=click.IntRange(min=1, max=5), help="Plan this many tests in sequence.")
@click.option(
    "--threshold",
    type=Figure(0.0, 1.0),
    default=0.5,
    help="With --plan: the probability of the target at which one would act.",
)
@interventions
@as_json
def command(
    network: Network, findings: str, target: str | None, depth: int | None, threshold: float, do: str | None, json_: bool
) -> None:
    """Rank unobserved findings by information, with their price and their value for the decision."""
    case = network.case(findings, do)
    if depth is None:
        show(case.next_tests(target), json_=json_)
        return
    aim = None if target == "decision" else target
    show(case.plan(aim, depth=depth, threshold=threshold), json_=json_)
