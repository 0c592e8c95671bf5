"""`bayesnet tune`: the smallest changes after which an answer is what it should be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import Figure, as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names
from bayesnet.cli.sensitivity import asked, sample_size_option

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("tune")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@click.option("--at-least", type=Figure(), metavar="P", help="The answer should be at least this.")
@click.option("--at-most", type=Figure(), metavar="P", help="The answer should be at most this.")
@click.option("--equals", type=Figure(), metavar="P", help="The answer should be this.")
@click.option(
    "--minus",
    metavar="QUESTION",
    help='Constrain P(QUESTION) - P(this question). Use "target | findings" for different findings.',
)
@click.option("--over", metavar="QUESTION", help="Constrain P(QUESTION) / P(this question).")
@click.option(
    "--lock", metavar="NAME", multiple=True, help="Keep a number, or all numbers of a source, variable or grade; repeatable."
)
@click.option("--columns", is_flag=True, help="Change whole columns instead of single numbers.")
@click.option("--structural", is_flag=True, help="Allow zeros and ones of the model to change.")
@sample_size_option
@as_json
def command(
    network: Network,
    question: str,
    do: str | None,
    at_least: float | None,
    at_most: float | None,
    equals: float | None,
    minus: str | None,
    over: str | None,
    lock: tuple[str, ...],
    columns: bool,
    structural: bool,
    equivalent_sample_size: float,
    json_: bool,
) -> None:
    """Find the smallest change of one number that meets a constraint, as in "myeloma | anemia" --at-least 0.05.

    One line per number that can do it by itself, the smallest change of log-odds first, with its CD distance, which bounds what
    the change does to every other answer.
    """
    if sum(bound is not None for bound in (at_least, at_most, equals)) != 1 or (minus and over):
        raise click.UsageError("Give exactly one of --at-least, --at-most and --equals, and at most one of --minus and --over.")
    for option, bound in (("--at-least", at_least), ("--at-most", at_most), ("--equals", equals)):
        low, high = (-1.0 if minus else 0.0), (math.inf if over else 1.0)
        if bound is not None and not low <= bound <= high:
            expected = "0 or more" if over else f"a number from {low:g} to 1"
            raise click.BadParameter(f"{bound:g} cannot be met; expected {expected}", param_hint=option)
    case, target = asked(network, question, do)
    ways = case.tune(
        target,
        at_least=at_least,
        at_most=at_most,
        equals=equals,
        minus=minus,
        over=over,
        lock=lock,
        columns=columns,
        structural=structural,
        equivalent_sample_size=equivalent_sample_size,
    )
    show(ways, json_=json_)
