"""`bayesnet audit`: published figures, claims and cases beside what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, model_argument, show, to_json, waiting

if TYPE_CHECKING:
    from bayesnet.network import Network
    from bayesnet.results.base import Result


@click.command("audit")
@model_argument
@click.option("--cases", is_flag=True, help="Print the published cases alone.")
@click.option("--case", "case", metavar="ID", help="Walk one published case: each finding with the network and with naive Bayes.")
@click.option("--against", metavar="DIAGNOSIS", help="With --case: the rival; what the network ranks first besides otherwise.")
@click.option("--naive", is_flag=True, help="Put the naive Bayes model of the network's own marginals beside it.")
@click.option("--by", metavar="VARIABLE", help="Count the published figures by the state of a context variable, as in setting.")
@click.option("--marginals", is_flag=True, help="Print how common each finding is, by setting or by the variable of --by.")
@as_json
def command(
    network: Network,
    cases: bool,
    case: str | None,
    against: str | None,
    naive: bool,
    by: str | None,
    marginals: bool,
    json_: bool,
) -> None:
    """Ask the network every published figure and claim that lies beside it, and print them worst first; then the cases.

    What a case tells is ranked among the specific diagnoses: a surprise is shown, nothing is scored right or wrong.
    """
    if against and not case:
        raise click.UsageError("--against goes with --case")
    chosen = [name for name, on in (("--case", case), ("--cases", cases), ("--marginals", marginals)) if on]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} print different things; take one of them")
    if case:
        show(_walk(network, case, against or ""), json_=json_)
        return
    if marginals:
        show(_marginals(network, by or "setting"), json_=json_)
        return
    with waiting("Asking every published figure"):
        found = network.audit(naive=naive)
    if by:
        show(found.by(by), json_=json_)
    elif cases or naive:
        parts: dict[str, object] = {"cases": found.to_dict()["cases"]} if cases else {}
        parts |= {"naive": found.naive.to_dict()} if found.naive else {}
        texts = [found.cases_text() or "There are no published cases beside this model."] if cases else []
        texts += [str(found.naive)] if found.naive else []
        click.echo(to_json(parts) if json_ else "\n\n".join(texts))
    else:
        show(found, json_=json_)


def _walk(network: Network, name: str, rival: str) -> Result:
    """Walk one published case, from what was found in the end."""
    from bayesnet.analysis.audit.cases import read_cases
    from bayesnet.analysis.audit.walk import walk

    path = network.folder / "cases.toml" if network.folder else None
    if path is None or not path.is_file():
        raise click.UsageError("there is no cases.toml beside this model")
    cases = {case.id: case for case in read_cases(path, network.model)}
    if name not in cases:
        from bayesnet.errors import UnknownRecord

        raise UnknownRecord(name, tuple(cases), what="published case")
    return walk(network.case(cases[name].pattern).query, cases[name].diagnosis[0], rival)


def _marginals(network: Network, by: str) -> Result:
    """Every finding by a context variable, with the published figures where the model has some."""
    from bayesnet.analysis.audit.marginals import context_marginals
    from bayesnet.analysis.audit.records import read_targets

    path = network.folder / "targets.toml" if network.folder else None
    targets = read_targets(path, network.model.sources) if path is not None and path.is_file() else ()
    return context_marginals(network.compiled, by, targets)
