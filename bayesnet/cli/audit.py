"""`bayesnet audit`: published figures, claims and cases beside what the model says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show, waiting

if TYPE_CHECKING:
    from bayesnet.analysis.audit.cases import PublishedCase
    from bayesnet.network import Network
    from bayesnet.results.audit import Audit
    from bayesnet.results.base import Result
    from bayesnet.results.naive import NaiveComparison


@click.command("audit")
@model_argument
@click.option("--cases", is_flag=True, help="Print the published cases alone.")
@click.option("--case", "case", metavar="ID", help="Walk one published case: each finding with the network and with naive Bayes.")
@click.option("--against", metavar="DIAGNOSIS", help="With --case: the rival; what the network ranks first besides otherwise.")
@click.option("--naive", is_flag=True, help="Put the naive Bayes model of the network's own marginals beside it.")
@click.option("--by", metavar="VARIABLE", help="Count the published figures by the state of a context variable, as in setting.")
@as_json
def command(
    network: Network,
    cases: bool,
    case: str | None,
    against: str | None,
    naive: bool,
    by: str | None,
    json_: bool,
) -> None:
    """Ask the network every published figure and claim that lies beside it, and print them worst first; then the cases.

    What a case tells is ranked among the specific diagnoses: a surprise is shown, nothing is scored right or wrong.
    """
    if against and not case:
        raise click.UsageError("--against goes with --case")
    if by and (cases or naive):
        raise click.UsageError("--by counts the published figures; take it without --cases and --naive")
    if case:
        show(_walk(network, case, against or ""), json_=json_)
        return
    with waiting("Asking every published case" if cases or naive else "Asking every published figure"):
        found: Result = _cases(network, cases, naive) if cases or naive else _figures(network, by)
    show(found, json_=json_)


def _figures(network: Network, by: str | None) -> Result:
    """The whole audit, or its figures parted."""
    found = network.audit()
    return found.by(by) if by else found


def _published(network: Network) -> tuple[PublishedCase, ...]:
    """Read the published cases beside the model; none where there is no such file."""
    from bayesnet.analysis.audit.cases import read_cases

    path = network.folder / "cases.toml" if network.folder else None
    return read_cases(path, network.model) if path is not None and path.is_file() else ()


def _cases(network: Network, cases: bool, naive: bool) -> Audit | NaiveComparison:
    """The published cases, the comparison with naive Bayes, or both."""
    from bayesnet.analysis.audit.audit import audit_records
    from bayesnet.analysis.audit.cases import audit_cases
    from bayesnet.analysis.audit.naive import compare_with_naive

    published = _published(network)
    if cases and not published:
        raise click.UsageError(f"there are no published cases beside {network.name}; they are read from cases.toml")
    beside = compare_with_naive(network.compiled, published) if naive else None
    if beside is not None and not cases:
        return beside
    return replace(audit_records(network.compiled, (), ()), cases=audit_cases(network.compiled, published), naive=beside)


def _walk(network: Network, name: str, rival: str) -> Result:
    """Walk one published case, from what was found in the end."""
    from bayesnet.analysis.audit.walk import walk
    from bayesnet.errors import UnknownRecord

    cases = {case.id: case for case in _published(network)}
    if name not in cases:
        raise UnknownRecord(name, tuple(cases), what="published case")
    return walk(network.case(cases[name].pattern).query, cases[name].diagnosis[0], rival)
