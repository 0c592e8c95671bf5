"""`bayesnet sensitivity`: the numbers an answer rests on, the curve of one, or the surface of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import Figure, as_json, interventions, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.case import Case
    from bayesnet.network import Network
    from bayesnet.results.base import Result

sample_size_option = click.option(
    "--equivalent-sample-size",
    type=Figure(0.0, min_open=True),
    default=100.0,
    show_default=True,
    help="Equivalent sample size of columns without a cited range.",
)


def asked(network: Network, question: str, do: str | None) -> tuple[Case, str]:
    """Return the case and the target of a question `target | findings`."""
    from bayesnet.analysis.query.parse import read_question
    from bayesnet.case import Case
    from bayesnet.errors import PatternError

    read = read_question(network.compiled, question, None, do)
    if len(read.targets) != 1:
        raise PatternError(question, read.targets[1].column, "ask for one variable and one state at a time")
    return Case(network.compiled, read.findings), str(read.targets[0])


@click.command("sensitivity")
@model_argument
@click.argument("question", metavar="QUESTION", shell_complete=complete_names)
@interventions
@click.option("--number", metavar="ID", help="The answer as a function of this one number.")
@click.option("--and", "other", metavar="ID", help="With --number: the surface over both.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Number of lines to print.")
@click.option("--flips", is_flag=True, help="Only numbers whose range changes the leading diagnosis.")
@click.option(
    "--covariation",
    type=click.Choice(["proportional", "uniform", "order-preserving"]),
    default="proportional",
    show_default=True,
    help="How the other entries of the column co-vary.",
)
@sample_size_option
@as_json
def command(
    network: Network,
    question: str,
    do: str | None,
    number: str | None,
    other: str | None,
    top: int,
    flips: bool,
    covariation: str,
    equivalent_sample_size: float,
    json_: bool,
) -> None:
    """Rank the numbers behind an answer, as in "spinal_metastasis | age_over_50, cancer_history, raised_alp".

    One line per number, with its source and the value at which another diagnosis becomes the most probable. Numbers that move
    the answer most over their cited range come first.
    """
    case, target = asked(network, question, do)
    show(
        _result(case, target, number, other, top, flips, covariation, equivalent_sample_size),
        json_=json_,
    )


def _result(
    case: Case,
    target: str,
    number: str | None,
    other: str | None,
    top: int,
    flips: bool,
    covariation: str,
    equivalent_sample_size: float,
) -> Result:
    """Return the one analysis that the options name."""
    if other and not number:
        raise click.UsageError("--and names a second number; name the first by --number.")
    if number and flips:
        raise click.UsageError("--number and --flips each print something else; take one of them.")
    if number and other:
        return case.two_way(target, number, other, equivalent_sample_size=equivalent_sample_size)
    if number:
        return case.sensitivity(target, number, covariation=covariation, equivalent_sample_size=equivalent_sample_size)
    if flips:
        return case.flips(None if case.compiled.diagnoses else target, equivalent_sample_size=equivalent_sample_size)
    from dataclasses import replace

    return replace(case.sensitivities(target, covariation=covariation, equivalent_sample_size=equivalent_sample_size), shown=top)
