"""`bayesnet evaluate`: how well a scored table agrees with what turned out."""

from __future__ import annotations

from pathlib import Path

import click

from bayesnet.cli.common import Figure, as_json, show
from bayesnet.cli.tables import check_kind, source_type, whole


@click.command("evaluate")
@click.argument("scored", metavar="SCORED", type=source_type)
@click.argument("truth", metavar="TRUTH", type=source_type)
@click.option("--by", metavar="COLUMN", help="Evaluate the rows of each value of a column of TRUTH as a group, too.")
@click.option("--threshold", "thresholds", type=Figure(0.0, 1.0, min_open=True, max_open=True), metavar="P", multiple=True,
              help="Net benefit of acting from this probability on; may be given several times.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="For the bootstrap intervals.")
@as_json
def command(scored: Path, truth: Path, by: str | None, thresholds: tuple[float, ...], seed: int, json_: bool) -> None:
    """Compare the probabilities of SCORED, as `bayesnet score` writes them, with the outcomes in TRUTH.

    TRUTH has the same rows in the same order and a column for the variable of each target. AUROC, Brier score, log score,
    calibration and net benefit are given with 95 % intervals; --json holds all of them.
    """
    from bayesnet import evaluate

    check_kind(scored, "SCORED")
    check_kind(truth, "TRUTH")
    chosen = {"thresholds": thresholds} if thresholds else {}
    show(evaluate(whole(scored), whole(truth), by=by, seed=seed, **chosen), json_=json_)
