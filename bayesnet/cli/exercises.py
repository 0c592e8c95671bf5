"""`bayesnet exercises`: questions for students, with a key for the teacher."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayesnet.cli.common import OutPath, as_json, keep_apart, optional_model_argument, show, to_json
from bayesnet.cli.terminal import say

if TYPE_CHECKING:
    from bayesnet.network import Network


@click.command("exercises")
@optional_model_argument
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    help="natural_frequencies, prediction, reading_graph, percentages, another_population, likelihood_ratio, explaining_away, "
    "double_counting, next_test or seeing_doing; may be given several times. A graded set of all that can be made when left out.",
)
@click.option("--level", type=click.Choice(["easy", "medium", "hard"]), help="Graded sets: only exercises of this level.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed gives the same sheet.")
@click.option("--count", type=click.IntRange(1, 200), help="How many: of each kind (1), or in the graded set (10).")
@click.option("--target", "target", metavar="TARGET", help="Target of the diagnostic questions, as in multiple_myeloma.")
@click.option("--people", metavar="TEXT", help='Plural noun for the people, as in "women".')
@click.option("--key", is_flag=True, help="The teacher's key: answers, worked solutions, errors to expect, sources.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@click.option(
    "--html",
    "html",
    metavar="FILE",
    type=OutPath(dir_okay=False, path_type=Path),
    help="Write a quiz: one HTML file that marks offline.",
)
@click.option("--moodle", is_flag=True, help="As Moodle XML, with the known errors as feedback.")
@click.option("--gift", is_flag=True, help="In GIFT, the plain text that Moodle reads.")
@click.option("--verify", "codes", metavar="CODE", multiple=True, help="Mark a result code of a quiz again; - reads one a line.")
@as_json
def command(
    network: Network | None,
    kinds: tuple[str, ...],
    level: str | None,
    seed: int,
    count: int | None,
    target: str | None,
    people: str | None,
    key: bool,
    markdown: bool,
    html: Path | None,
    moodle: bool,
    gift: bool,
    codes: tuple[str, ...],
    json_: bool,
) -> None:
    """Make a sheet of exercises from a network, or with --key its solutions.

    Give the same options again with --key to get the key of a sheet. A quiz of --html ends in a result code; --verify makes the
    questions of a code again and marks its answers. MODEL is then needed only where it is not a shipped model.
    """
    from bayesnet.network import exercise_set, exercises, write_quiz

    if codes:
        _verify(codes, network, json_=json_)
        return
    if network is None:
        raise click.UsageError("Missing argument 'MODEL'; it may be left out with --verify only.")
    if sum((html is not None, moodle, gift, markdown)) > 1:
        raise click.UsageError("--html, --moodle, --gift and --markdown exclude each other.")

    if kinds and level:
        raise click.UsageError("--level is for graded sets; leave out --kind, or --level.")
    if kinds:
        made = exercises(network, kinds, seed=seed, count=count, target=target, people=people)
    else:
        made = exercise_set(network, level, seed=seed, count=count or 10, target=target, people=people)
    if html is not None:
        keep_apart(html)
        written = write_quiz(made, html)
        say(to_json({"kind": "Quiz", "path": str(written), "digest": network.digest}) if json_ else str(written))
    elif json_:
        say(to_json(made.to_dict()))
    elif moodle or gift:
        say(made.moodle() if moodle else made.gift(), newline=False)
    elif markdown:
        say(made.key_markdown() if key else made.sheet_markdown(), newline=False)
    else:
        say(made.key() if key else made.sheet(), newline=False)


def _verify(codes: Sequence[str], network: Network | None, *, json_: bool) -> None:
    """Show the marks of one code in full, of several in a line each; one that is refused does not stop the others."""
    from bayesnet.errors import BayesnetError
    from bayesnet.network import verify_quiz

    read = [line.strip() for given in codes for line in (sys.stdin if given == "-" else [given]) if line.strip()]
    if len(read) == 1:
        show(verify_quiz(read[0], network), json_=json_)
        return
    if json_:
        say(to_json([verify_quiz(code, network).to_dict() for code in read]))
        return
    refused = False
    for number, code in enumerate(read, 1):
        try:
            marks = verify_quiz(code, network)
        except BayesnetError as error:
            refused = True
            say(f"code {number}: {error}")
        else:
            errors = [f"{name} ({count})" if count > 1 else name for name, count in marks.mistakes.items()]
            say("; ".join([marks.heading(), *errors]))
    if refused:
        sys.exit(1)
