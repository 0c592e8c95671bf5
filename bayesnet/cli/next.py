"""`bayesnet next`: what to learn next, or a plan of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, interventions, model_argument, show

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("next")
@model_argument
@click.argument("findings", metavar="FINDINGS")
@click.option("--target", metavar="TARGET", help='A diagnosis, "differential" or "decision"; the decision, where there is one.')
@click.option("--plan", "depth", type=click.IntRange(min=1, max=5), help="Give a plan of so many tests one after the other.")
@click.option("--threshold", type=click.FloatRange(0.0, 1.0), default=0.5, help="Plans: where one would act on the target.")
@interventions
@as_json
def command(
    network: Network, findings: str, target: str | None, depth: int | None, threshold: float, do: str | None, json_: bool
) -> None:
    """Rank everything that is not known by what it would tell, with its price and its value for the decision."""
    case = network.case(findings, do)
    if depth is None:
        show(case.next_tests(target), json_=json_)
        return
    aim = None if target == "decision" else target
    show(case.plan(aim, depth=depth, threshold=threshold), json_=json_)
