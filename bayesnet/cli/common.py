"""Shared parts of the commands: reading the model, printing a result as text or JSON, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bayesnet.cli.completion import complete_model
from bayesnet.cli.terminal import coloured, say, start_ticker, stop_ticker

if TYPE_CHECKING:
    from bayesnet.network import Network
    from bayesnet.results.base import Result

F = TypeVar("F", bound=Callable[..., Any])

FLAGSHIP = "back_pain"
"""The model of commands that need none."""

_MODEL = "bayesnet.model"
"""Under this key click keeps what was typed as MODEL."""


class Figure(click.FloatRange):
    """A number within a range; `nan` is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        number: float = super().convert(value, param, ctx)
        if number != number or number in (float("inf"), float("-inf")):
            self.fail(f"{number} is not a number.", param, ctx)
        return number


class OutPath(click.Path):
    """The name of a file or folder to write; an empty one, which would be this folder, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the name."""
        if not str(value).strip():
            self.fail("no name to write to.", param, ctx)
        return super().convert(value, param, ctx)


as_json = click.option("--json", "json_", is_flag=True, help="Print the answer as JSON.")
interventions = click.option("--do", "do", metavar="TEXT", help='Set variables (intervention), as in "corticosteroids".')


def model_argument(function: F) -> F:
    """Add the argument MODEL, a network ready to be asked."""
    return click.argument("network", metavar="MODEL", callback=_load, shell_complete=complete_model)(function)


def optional_model_argument(function: F) -> F:
    """Add the argument MODEL, which may be left out: a network or None."""

    def load(context: click.Context, parameter: click.Parameter, value: str | None) -> Network | str | None:
        return None if value is None else _load(context, parameter, value)

    return click.argument("network", metavar="[MODEL]", required=False, callback=load, shell_complete=complete_model)(function)


def _load(context: click.Context, _: click.Parameter, value: str) -> Network | str:
    """Read the network, unless a shell completes."""
    return value if context.resilient_parsing else read_model(context, value)


def read_model(context: click.Context, value: str) -> Network:
    """Read the network; a name or file that is not there is a fault of the command, one that cannot be read of the model."""
    check_there(value)
    start_ticker(context, f"{context.info_name} {value}")
    from bayesnet.network import load

    network = load(value)
    context.meta[_MODEL] = value
    return network


def check_there(name: str) -> None:
    """Refuse a model that is neither shipped nor a path that exists."""
    if name.strip() and Path(name).exists():
        return
    from bayesnet.errors import SpecError
    from bayesnet.model.find import find_model

    try:
        find_model(name)
    except SpecError as error:
        said = str(error.problems[0])
        raise click.BadParameter(f'"{name}": {"no such file" if Path(name).suffix else said}', param_hint="MODEL") from None


def keep_apart(out: Path, *sources: Path) -> None:
    """Refuse to write over a file that the command reads, by whatever name or link it is reached.

    Parameters
    ----------
    out
        The file to be written.
    sources
        Files that are read beside those of the model.
    """
    if not out.is_file():
        return
    from bayesnet.interop.files import is_network_file
    from bayesnet.model.find import find_model

    model: str = click.get_current_context().meta[_MODEL]
    own = [Path(model)] if is_network_file(model) else find_model(model).glob("*.toml")
    for source in (*sources, *own):
        if source.exists() and out.samefile(source):
            raise click.UsageError(f'"{out}" is read by this command and would be lost; write to another file')


def show(result: Result, *, json_: bool) -> None:
    """Print a result: as text, or as JSON with the same content."""
    say(to_json(result.to_dict()) if json_ else coloured(result))


def to_json(content: object) -> str:
    """Return JSON that any reader takes: no NaN, letters not escaped."""
    import json

    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


@contextmanager
def progress(what: str, total: int | None, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error for work of over a second; yields a function that takes how much more is done.

    It says how much is done, at which rate, and when the rest will be. Nothing is shown where standard error is not a terminal.

    Parameters
    ----------
    what
        The work.
    total
        How much there is to do, None where it is not known.
    done
        How much was done before.
    """
    stop_ticker()
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, completed=done, rate="")

        def advance(more: int) -> None:
            bar.advance(task, more)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f} a second" if speed else "")

        yield advance
