"""`bayesnet update`: the numbers of a model updated by counted data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, model_argument, show
from bayesnet.cli.sensitivity import sample_size_option
from bayesnet.cli.tables import check_kind, source_type, whole
from bayesnet.cli.terminal import waiting

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("update")
@model_argument
@click.argument("data", metavar="DATA", type=source_type)
@click.option(
    "-o", "--out", metavar="FOLDER", type=OutPath(file_okay=False, path_type=Path), help="Write the updated model here."
)
@click.option("--ignore", metavar="COLUMN", multiple=True, help="A column that is no finding, such as an identifier; repeatable.")
@click.option("--missing", metavar="WORD", multiple=True, help="A word that means unobserved, such as NA; may be repeated.")
@click.option("--force", is_flag=True, help="Overwrite the files of an existing model in FOLDER.")
@sample_size_option
@as_json
def command(
    network: Network,
    data: Path,
    out: Path | None,
    ignore: tuple[str, ...],
    missing: tuple[str, ...],
    force: bool,
    equivalent_sample_size: float,
    json_: bool,
) -> None:
    """Update the numbers of MODEL by the rows of DATA (.csv, .csv.gz, .parquet), and say what moved and what surprises.

    The cited range of each number is read as a prior sample size; missing cells count as expected counts. DATA has one row per
    patient and one column per variable, as for `bayesnet score`.
    """
    check_kind(data, "DATA")
    if out is not None and (out / "model.toml").exists() and not force:
        raise click.UsageError(f'"{out}" holds a model already; --force writes over it')
    frame = whole(data)
    with waiting("counting"):
        result = network.update(frame, ignore=ignore, missing=missing, equivalent_sample_size=equivalent_sample_size)
    if out is not None:
        from bayesnet.model import write_model

        write_model(result.network.model, out)
    show(result, json_=json_)
    if out is not None and not json_:
        click.echo(f"\nWrote the updated model to {out}.")
