"""`bayesnet audit`: published figures, claims and cases beside what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show

if TYPE_CHECKING:
    from bayesnet.network import Network
    from bayesnet.results.base import Result


@click.command("audit")
@model_argument
@click.option("--cases", is_flag=True, help="Print the published cases alone.")
@click.option("--case", metavar="ID", help="One published case, finding by finding: the network beside naive Bayes.")
@click.option("--against", metavar="DIAGNOSIS", help="With --case: the rival; the most probable one besides when left out.")
@click.option("--naive", is_flag=True, help="Put the naive Bayes model of the network's own marginals beside it.")
@click.option("--by", metavar="VARIABLE", help="Count the published figures by a context variable, as in setting.")
@as_json
def command(
    network: Network, cases: bool, case: str | None, against: str | None, naive: bool, by: str | None, json_: bool
) -> None:
    """Ask the network every published figure and claim that lies beside it, and print them worst first; then the cases.

    What each case tells is ranked among the specific diagnoses: it shows where the network is surprised.
    """
    if against and not case:
        raise click.UsageError("--against goes with --case")
    if (by is not None) + (case is not None) + (cases or naive) > 1:
        raise click.UsageError("--by, --case, and --cases or --naive print different things; take one of them")
    found = _answer(network, cases, case, against, naive, by)
    show(found, json_=json_)


def _answer(network: Network, cases: bool, case: str | None, against: str | None, naive: bool, by: str | None) -> Result:
    """Return what the options ask for."""
    if not (cases or case or naive):
        return network.audit().by(by) if by else network.audit()
    found = network.audit(figures=False, naive=naive)
    if case:
        published = found.case(case)
        return network.case(published.findings).contrast(published.diagnosis[0], against)
    if cases and not found.cases:
        raise click.UsageError(f"there are no published cases beside {network.name}; they are read from cases.toml")
    return found.naive if found.naive and not cases else found
