"""The program `bayesnet` and the list of its commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "demo": "Answer two published cases.",
    "check": "List every problem of a model, or summarise it.",
    "show": "Show the variables, one variable, or one number with its sources.",
    "find": "Find what can be asked, by a word of its name, label or meaning.",
    "query": "Ask one question: target | findings.",
    "diagnose": "Rank the diagnoses for some findings.",
    "whatif": "Compare scenarios side by side.",
    "explain": "Explain a diagnosis: findings for and against it.",
    "next": "Rank the next tests, or plan a sequence of tests.",
    "advise": "Find the option with the largest expected utility.",
    "report": "Write a report of a case as HTML.",
    "page": "Write an interactive HTML page that works offline.",
    "exercises": "Make exercises from a model, with a key.",
    "sensitivity": "Rank the numbers behind an answer.",
    "uncertainty": "Draw all numbers from their ranges: interval, variance shares.",
    "cite": "List the publications of a model, as BibTeX or CSL-JSON.",
    "sources": "Rank the publications behind an answer.",
    "tune": "Find the smallest changes that meet a constraint.",
    "audit": "Compare the model with published figures and claims.",
    "score": "Score every row of a table.",
    "evaluate": "Compare a scored table with what turned out.",
    "update": "Update the numbers by counted data.",
    "new": "Start a new model, with comments that teach the format.",
    "diff": "List what changed between two models, and which answers moved.",
    "convert": "Write a network in another format.",
}
"""Commands in the order of the help; each is the object `command` of `bayesnet.cli.<name>`, imported when it is called."""


class PipeClosed(Exception):  # noqa: N818 - it is no error
    """The program that read our output has ended, as in `bayesnet show back_pain | head`."""


@contextmanager
def _pipe_noticed() -> Iterator[None]:
    """Turn the error of a closed pipe, which click would take for one of the program, into `PipeClosed`."""
    try:
        yield
    except BrokenPipeError as error:
        raise PipeClosed from error


class LazyGroup(click.Group):
    """A group that imports a command only when it is run; its help lists `COMMANDS` without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the signature is click's
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"bayesnet.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command with the nearest names."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from bayesnet.errors import did_you_mean, nearest

            hint = did_you_mean(nearest(args[0], COMMANDS)) or f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f'No command "{args[0]}"; {hint}', ctx)
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options of the program, of which --help and --version print."""
        with _pipe_noticed():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        with _pipe_noticed():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the signature is click's
        """List the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from bayesnet import __version__, engine_info

        click.echo(f"bayesnet {__version__}")
        click.echo(str(engine_info()))
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="MODEL is a shipped model (back_pain, asia, sprinkler, mammography), a priors folder, or a network file. "
    'Findings are written as in "age_group=60-69, raised_alp, !fever". For teaching and research, not for the care of patients.',
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit.")
def program() -> None:
    """Exact answers from Bayesian networks that say of every number where it comes from."""
