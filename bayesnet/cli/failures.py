"""Output of a failing command: one paragraph on standard error and an exit status, never a traceback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bayesnet.errors import NothingToAsk

MODEL, COMMAND = 1, 2
"""Exit statuses: the model or the data is at fault; the command is."""

_INTERRUPTED = 130
_COMMANDS = {"next_tests": "next"}
"""The command of each method that an error names."""


def explained(error: BaseException) -> tuple[str, int]:
    """Say what went wrong, and the exit status that goes with it."""
    import click

    if isinstance(error, click.exceptions.Exit):
        return "", error.exit_code
    if isinstance(error, KeyboardInterrupt | click.exceptions.Abort):
        return str(error) or "Stopped.", _INTERRUPTED
    if isinstance(error, click.ClickException):
        return _usage(error), error.exit_code
    from bayesnet.errors import BayesnetError, EvidenceError, NothingToAsk, UnknownState, UnknownVariable

    if isinstance(error, EvidenceError | UnknownState | UnknownVariable):
        return str(error).replace('net.find("...")', '"bayesnet find"'), COMMAND
    if isinstance(error, NothingToAsk):
        return error.spelled(_typed(error)), MODEL
    if isinstance(error, BayesnetError):
        return str(error), MODEL
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}.", MODEL
    if isinstance(error, MemoryError):
        return "Out of memory.", MODEL
    return _unexpected(error), MODEL


def _typed(error: NothingToAsk) -> str:
    """Return the argument that helps, as typed in a command."""
    option = f'--{error.option.removesuffix("s")} "{error.example}"'
    return f"bayesnet {_COMMANDS[error.call]} MODEL FINDINGS {option}" if error.call else option


def _usage(error: object) -> str:
    """Click's message with the way to the help."""
    import click

    assert isinstance(error, click.ClickException)
    context = getattr(error, "ctx", None)
    hint = f' See "{context.command_path} --help".' if context is not None else ""
    text = error.format_message().rstrip()
    return f"{text if text.endswith(('.', '?', '!')) else text + '.'}{hint}"


def _unexpected(error: BaseException) -> str:
    """Return a fault of ours; the traceback only for those who ask for it."""
    if os.environ.get("BAYESNET_TRACEBACK"):
        raise error
    said = str(error).strip().splitlines()
    return (
        f"Unexpected error (this is a bug in bayesnet): {type(error).__name__}{f': {said[0]}' if said else ''}. "
        "Set BAYESNET_TRACEBACK=1 to see where, and report it."
    )
