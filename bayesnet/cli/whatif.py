"""`bayesnet whatif`: scenarios side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show
from bayesnet.cli.completion import complete_names

if TYPE_CHECKING:
    from bayesnet.network import Network


def _numbers(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[dict[str, float], ...]:
    """Read each `number=value`; a number's id may hold equal signs itself, so the last one counts."""
    read = []
    for text in texts:
        number, _equals, value = text.rpartition("=")
        try:
            read.append({number.strip(): float(value)})
        except ValueError:
            said = f'"{text}" does not end in "=" and a number; write --with "fever=present | leak=0.1".'
            raise click.BadParameter(said) from None
    return tuple(read)


@click.command("whatif")
@model_argument
@click.argument("findings", metavar="FINDINGS", shell_complete=complete_names)
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option(
    "--target", "targets", metavar="TARGET", multiple=True, help="Ask this instead of the diagnoses; may be given several times."
)
@click.option(
    "--had",
    "had",
    metavar="FINDINGS",
    multiple=True,
    help="Add a counterfactual for this patient; may be given several times.",
)
@click.option(
    "--with",
    "numbers",
    metavar="NUMBER=VALUE",
    multiple=True,
    callback=_numbers,
    help='Add a column with another value of a number, as in "fever=present | leak=0.1"; may be given several times.',
)
@as_json
def command(
    network: Network,
    findings: str,
    scenarios: tuple[str, ...],
    targets: tuple[str, ...],
    had: tuple[str, ...],
    numbers: tuple[dict[str, float], ...],
    json_: bool,
) -> None:
    """Put scenarios beside a case: one column each, and the changes.

    A scenario replaces the findings on the same variables: "raised_alp", "!raised_alp", "setting=emergency".
    "do(corticosteroids)" sets a variable (intervention); --had asks a counterfactual for this patient.
    """
    if not (scenarios or had or numbers):
        raise click.UsageError("Missing argument 'SCENARIO...'; or give --had or --with.")
    from bayesnet.errors import SpecError

    for each in numbers:
        try:
            network.with_numbers(each)
        except SpecError as error:
            raise click.BadParameter("; ".join(map(str, error.problems)), param_hint="--with") from None
    show(network.case(findings).compare(*scenarios, targets=targets or None, had=had, numbers=numbers), json_=json_)
