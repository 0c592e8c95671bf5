"""Output for a terminal beside the text: progress, colours, a pager for what is longer than the screen."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bayesnet.results.base import Result

PATIENCE = 1.0
"""Seconds before a command says that it works."""
_PAGES = 3
"""Screens of text from which a print goes to a pager."""


class Ticker:
    """Says on standard error what is being done and for how long, where that is a terminal and it takes longer than `after`."""

    def __init__(self, what: str, after: float = PATIENCE) -> None:
        self.what, self.after = what, after
        self._stopped = Event()
        self._thread = Thread(target=self._tick, daemon=True) if sys.stderr.isatty() else None
        if self._thread is not None:
            self._thread.start()

    def stop(self) -> None:
        """Take the line back."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _tick(self) -> None:
        began = time.monotonic()
        shown = False
        wait = self.after
        while not self._stopped.wait(wait):
            sys.stderr.write(f"\r{self.what} ... {time.monotonic() - began:.0f} s")
            sys.stderr.flush()
            shown, wait = True, 1.0
        if shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say on standard error what is being done for longer than a second, and take it back when it is done."""
    ticker = Ticker(what)
    try:
        yield
    finally:
        ticker.stop()


def say(text: str, *, newline: bool = True) -> None:
    """Print to standard output, through a pager where that is a terminal and the text is several screens long."""
    stop_ticker()
    rows = shutil.get_terminal_size().lines
    if sys.stdout.isatty() and text.count("\n") > _PAGES * rows:
        os.environ.setdefault("LESS", "-FRX")
        click.echo_via_pager(text + "\n" * newline, color=in_colour())
    else:
        click.echo(text, nl=newline, color=in_colour())


def in_colour() -> bool:
    """Return whether standard output takes colours: a terminal, unless NO_COLOR is set or the terminal is dumb."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(result: Result, *tables: str) -> str:
    """Return a print with its headings bold and what it rests on faint; plain if there are no colours.

    Parameters
    ----------
    result
        What is printed.
    *tables
        Further tables, which come before its footer.
    """
    from bayesnet.results.base import Result

    if type(result).__str__ is not Result.__str__:
        return str(result)
    heading, *rest = re.split(r"\n(?! )", result.header(), maxsplit=1)
    header = "\n".join([_styled(heading, bold=True), *(_styled(text, dim=True) for text in rest)])
    parts = (header, result.introduction(), *map(_table, (result.body(), *tables)), _styled(result.footer(), dim=True))
    return "\n\n".join(part for part in parts if part)


def _styled(text: str, **style: bool) -> str:
    return click.style(text, **style) if text and in_colour() else text


def _table(body: str) -> str:
    """Return a table with its headings bold."""
    lines = body.split("\n")
    rules = [i for i, line in enumerate(lines) if line.strip() and not set(line) - {"-", " "}]
    if not rules:
        return body
    first = rules[0]
    above = [_styled(line, bold=True) for line in lines[:first]]
    return "\n".join([*above, _styled(lines[first], dim=True), *lines[first + 1 :]])


def called() -> str:
    """Return how the program is typed here: its name where a shell finds it, otherwise its path or `python -m bayesnet`."""
    if shutil.which("bayesnet"):
        return "bayesnet"
    started = Path(sys.argv[0])
    if started.stem != "bayesnet" or not started.is_file():
        return "python -m bayesnet"
    return str(started.resolve().relative_to(Path.cwd())) if started.resolve().is_relative_to(Path.cwd()) else str(started)


def start_ticker(context: click.Context, what: str) -> None:
    """Begin to say that a command works; it ends with the first print, or with the command."""
    ticker = Ticker(what)
    context.meta[_TICKER] = ticker
    context.call_on_close(ticker.stop)


def stop_ticker() -> None:
    """Take the line back that says that the command works."""
    context = click.get_current_context(silent=True)
    ticker = context.meta.get(_TICKER) if context is not None else None
    if ticker is not None:
        ticker.stop()


_TICKER = "bayesnet.ticker"
