"""The program `bayesnet` and the list of its commands."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "demo": "Two published cases, from question to ranked diagnoses.",
    "check": "Every problem of a model, or what it is made of.",
    "show": "Variables, one variable, or one number, with citations.",
    "query": "Ask one question: target | findings.",
    "diagnose": "Rank the diagnoses for some findings.",
    "whatif": "Scenarios side by side.",
    "explain": "What speaks for and against a diagnosis, and why.",
    "next": "What to learn next, or a plan of tests.",
    "advise": "The option with the largest expected utility.",
    "report": "A case on one page, to keep or to print.",
    "page": "An interactive page that answers offline, while one clicks.",
    "exercises": "Questions for students made from a model, with a key.",
    "sensitivity": "Which numbers an answer rests on, and where it flips.",
    "cite": "The publications of a model, as BibTeX or CSL-JSON.",
    "sources": "Which publications an answer rests on.",
    "tune": "The smallest changes that make an answer what it should be.",
    "audit": "Published figures and claims beside what the model says.",
    "score": "Posteriors for every row of a table.",
    "new": "Start a model of your own, with comments that teach the format.",
    "diff": "What changed between two models, and which answers moved.",
    "convert": "Write a network in another format.",
}
"""Commands in the order of the help; each is the object `command` of `bayesnet.cli.<name>`, imported when it is called."""


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the signature is click's
        """List the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from bayesnet import __version__

        click.echo(f"bayesnet {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="MODEL is a shipped model (back_pain, asia, sprinkler, mammography), a priors folder, or a network file. "
    'Findings are written as in "age_group=60-69, raised_alp, !fever". For teaching and research, not for the care of patients.',
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and leave.")
def program() -> None:
    """Exact answers from Bayesian networks, with a citation beside every number."""
