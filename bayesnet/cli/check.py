"""`bayesnet check`: every problem of a model, or what it is made of and whether its numbers follow from their figures."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import as_json, check_there, progress, to_json
from bayesnet.results.table import wrapped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.errors import Problem
    from bayesnet.model.provenance import Remark
    from bayesnet.model.records import Model
    from bayesnet.results.description import Summary
    from bayesnet.results.recomputation import Recomputation

_HUB = 10
"""Children that make a variable, such as age or sex, one that is known of every sampled patient."""

_AT_A_TIME = 5
_SECONDS = 10.0
"""The cost is predicted for fewer patients where it would take longer: the plans of a wide network take a second each."""


@click.command("check")
@click.argument("model", metavar="MODEL")
@click.option(
    "--patients",
    default=200,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    help="Number of simulated patients used to predict the cost.",
)
@click.option("--fix", is_flag=True, help="First carry numbers of the earlier format over to the present one, in the files.")
@click.option("--numbers", "every", is_flag=True, help="One line for every number, as written and as computed, and every remark.")
@click.option("--moves", is_flag=True, help="Also measure how far each number moves an answer of the examples.")
@click.option("--strict", is_flag=True, help="Exit with status 1 if anything needs a reviewer.")
@as_json
def command(model: str, patients: int, fix: bool, every: bool, moves: bool, strict: bool, json_: bool) -> None:
    """Report every problem of a model at once; without problems, what it is made of, whether its numbers are what the
    figures recorded with them give, and what its answers cost.
    """
    check_there(model)
    if fix:
        _carry_over(model)
    from bayesnet.errors import SpecError

    try:
        network, notes = _read(model)
    except SpecError as error:
        if not json_:
            raise
        click.echo(to_json({"kind": "Check", "model": model, "problems": [str(problem) for problem in error.problems]}))
        raise click.exceptions.Exit(1) from None
    from bayesnet.analysis.audit.recomputation import recompute
    from bayesnet.analysis.description.summary import summary

    found = summary(network)
    origin = recompute(network, moves=moves)
    origin = replace(origin, remarks=(*origin.remarks, *notes))
    costs = _costs(network, patients)
    if json_:
        click.echo(to_json({**found.to_dict(), "problems": [], "cost": costs, "provenance": origin.to_dict()}))
    else:
        _say(found, origin, costs, every=every)
    if strict and origin.remarks:
        raise click.exceptions.Exit(1)


def _say(found: Summary, origin: Recomputation, costs: dict[str, float], *, every: bool) -> None:
    """Print what the model is made of, where its numbers come from, and what its answers cost."""
    click.echo(found)
    click.echo()
    if origin.known.keys() - {"file"}:
        click.echo(origin if every else origin.summarised())
        click.echo()
    if costs:
        click.echo(
            wrapped(
                f"Predicted cost of all posteriors for {costs['patients']} sampled patients, in products: "
                f"median {costs['median']:,.0f}, 90 % below {costs['p90']:,.0f}, largest {costs['max']:,.0f}."
            )
        )
    click.echo("No problems.")


def _carry_over(model: str) -> None:
    """Rewrite the numbers of the earlier format and say on standard error what was done."""
    from bayesnet.model.carry_over import carry_over
    from bayesnet.model.find import find_model

    done = carry_over(find_model(model))
    for name, count in done.items():
        click.echo(f"{name}: {count} numbers carried over", err=True)
    if done:
        text = (
            'What no program can tell is left to you: how a figure was read ("not recorded"), derivations that the notes give '
            "in words, further sources that the notes name."
        )
        click.echo(wrapped(text), err=True)
    else:
        click.echo("No numbers of the earlier format.", err=True)


def _read(model: str) -> tuple[CompiledModel, list[Remark]]:
    """Read and check afresh, without the cache; problems that no answer rests on are given as remarks."""
    from pathlib import Path

    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.errors import Problem, SpecError
    from bayesnet.model.find import find_model
    from bayesnet.model.provenance import Remark
    from bayesnet.model.read import read_folder, shown_path
    from bayesnet.teach.lessons.read import problems_of

    if Path(model).is_file() and Path(model).name != "model.toml":
        from bayesnet.interop.files import read_network

        return CompiledModel(read_network(model)), []
    folder = find_model(model)
    read, problems = read_folder(folder)
    found = [*problems, *_beside(read, folder)] if read else problems
    grave = [problem for problem in found if isinstance(problem, str) or problem.grave]
    compiled = None if read is None or grave else CompiledModel(read, folder)
    lessons = problems_of(compiled, folder) if compiled else []
    if compiled is None or lessons:
        raise SpecError(shown_path(folder), [*found, *lessons])
    return compiled, [Remark(each.what, each.subject, "") for each in found if isinstance(each, Problem)]


def _beside(model: Model, folder: Path) -> list[Problem | str]:
    """Return what is wrong with the files beside the model: costs, decision, targets, claims and cases."""
    from bayesnet.analysis.audit.cases import read_cases
    from bayesnet.analysis.audit.records import read_claims, read_targets
    from bayesnet.analysis.decision.costs import read_costs
    from bayesnet.analysis.decision.decision_file import read_decision
    from bayesnet.errors import SpecError

    readers: dict[str, Callable[[Path], object]] = {
        "costs.toml": lambda path: read_costs(path, model),
        "decision.toml": lambda path: read_decision(path, model),
        "targets.toml": lambda path: read_targets(path, model.sources),
        "claims.toml": lambda path: read_claims(path, model.sources),
        "cases.toml": lambda path: read_cases(path, model),
    }
    problems: list[Problem | str] = []
    for name, reader in readers.items():
        try:
            if (folder / name).is_file():
                reader(folder / name)
        except SpecError as error:
            problems += error.problems
    return problems


def _costs(compiled: CompiledModel, patients: int) -> dict[str, float]:
    """Return how many patients were sampled, and median, 90th percentile and maximum of the predicted cost."""
    if not patients:
        return {}
    import numpy as np

    from bayesnet.analysis.query.simulate import sample_costs

    found, always, began = [], _always_known(compiled), time.monotonic()
    with progress("predicting cost", patients) as advance:
        for start in range(0, patients, _AT_A_TIME):
            count = min(_AT_A_TIME, patients - start)
            found.append(sample_costs(compiled.factors, count, seed=start, always=always))
            advance(count)
            if time.monotonic() - began > _SECONDS:
                break
    costs = np.concatenate(found)
    return {
        "patients": len(costs),
        "median": float(np.median(costs)),
        "p90": float(np.quantile(costs, 0.9)),
        "max": float(costs.max()),
    }


def _always_known(compiled: CompiledModel) -> list[str]:
    """Return what is known of every sampled patient: context variables, and what depends on these alone and has many children."""
    context = {item.name for item in compiled.defaults}
    variables = compiled.model.variables.values()
    children = Counter(parent for variable in variables for parent in variable.parents)
    return [v.name for v in variables if v.name in context or (context.issuperset(v.parents) and children[v.name] >= _HUB)]
