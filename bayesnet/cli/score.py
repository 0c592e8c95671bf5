"""`bayesnet score`: posteriors for every row of a table, read and written in pieces."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, keep_apart, model_argument, progress, to_json
from bayesnet.cli.score_output import Output, opened
from bayesnet.cli.tables import STANDARD, check_kind, count, is_parquet, parts, pieces, source_type

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("score")
@model_argument
@click.argument("source", metavar="IN", type=source_type)
@click.argument("out", metavar="OUT", type=OutPath(dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--target", "targets", metavar="TARGET", multiple=True, help="Ask this instead of the diagnoses; may be given several times."
)
@click.option("--keep", metavar="COLUMN", multiple=True, help="Carry a column, such as an identifier, into OUT; may be repeated.")
@click.option("--missing", metavar="WORD", multiple=True, help="A word that means unobserved, such as NA; may be repeated.")
@click.option("--resume", is_flag=True, help="Go on where the same command was stopped.")
@as_json
def command(
    network: Network,
    source: Path,
    out: Path,
    targets: tuple[str, ...],
    keep: tuple[str, ...],
    missing: tuple[str, ...],
    resume: bool,
    json_: bool,
) -> None:
    """Score the rows of IN (.csv, .csv.gz, .parquet, or a folder of Parquet parts) and write one row each to OUT.

    IN has one column per variable: states, or 0 and 1 for absent and present; empty is unobserved. OUT gets the probability of
    each target, the log-probability of the findings, and what is wrong with a row, if anything; it is written when all rows are
    answered. A run that was stopped leaves OUT.part, with which --resume goes on. "-" is standard input or output, as CSV.
    """
    check_kind(source, "IN")
    check_kind(out, "OUT")
    if out != STANDARD:
        keep_apart(out, *parts(source))
    if is_parquet(out):
        from bayesnet.cli.tables import need_parquet

        need_parquet()
    if resume and not source.is_file() and not source.is_dir():
        raise click.UsageError("--resume needs a file or a folder as IN, because its rows are read again.")
    total = count(source)
    same = {
        "in": [[str(part), part.stat().st_size, part.stat().st_mtime_ns] for part in parts(source)] if source != STANDARD else [],
        "model": network.digest,
        "targets": list(targets),
        "keep": list(keep),
        "missing": list(missing),
    }
    with opened(out, same, resume=resume) as output, progress("scoring", total, output.rows) as advance:
        for piece in pieces(source, output.pieces):
            scored = network.score(piece, list(targets) or None, keep=keep, missing=missing)
            output.write(scored)
            advance(len(piece))
    _say(output, out, json_=json_)


def _say(output: Output, out: Path, *, json_: bool) -> None:
    """Print what was done; on standard error where the answers go to standard output."""
    bad, commonest = sum(output.problems.values()), output.problems.most_common(5)
    if json_:
        text = to_json({"kind": "Score", "rows": output.rows, "problems": bad, "commonest": dict(commonest), "out": str(out)})
    else:
        where = "standard output" if out == STANDARD else str(out)
        lines = [f"Scored {output.rows:,d} rows into {where}; {bad:,d} with a problem."]
        text = "\n".join([*lines, *(f"  {number:,d} x {problem}" for problem, number in commonest)])
    click.echo(text, file=sys.stderr if out == STANDARD else None)
