"""What a person reads when a command fails: one paragraph on standard error and an exit status, never a traceback."""

from __future__ import annotations

import os

DONE, MODEL, COMMAND = 0, 1, 2
"""Exit statuses: done; the model or the data is at fault; the command is."""

_INTERRUPTED = 130


def explained(error: BaseException) -> tuple[str, int]:
    """Say what went wrong, and the exit status that goes with it."""
    import click

    if isinstance(error, click.exceptions.Exit):
        return "", error.exit_code
    if isinstance(error, KeyboardInterrupt | click.exceptions.Abort):
        return "Stopped.", _INTERRUPTED
    if isinstance(error, click.ClickException):
        return _usage(error), error.exit_code
    from bayesnet.errors import BayesnetError, NothingToAsk, PatternError, UnknownState, UnknownVariable

    if isinstance(error, PatternError | UnknownState | UnknownVariable):
        return str(error), COMMAND
    if isinstance(error, NothingToAsk):
        return error.typed, MODEL
    if isinstance(error, BayesnetError):
        return str(error), MODEL
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}.", MODEL
    if isinstance(error, MemoryError):
        return "Out of memory.", MODEL
    return _unexpected(error), MODEL


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
        f"Something went wrong that should not: {type(error).__name__}{f': {said[0]}' if said else ''}. "
        "This is a fault of bayesnet; BAYESNET_TRACEBACK=1 shows where."
    )
