"""The command line: one file per command, each imported when it is called."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from bayesnet.cli.failures import explained

_PIPE_CLOSED = 141
"""The status of a program that the signal of a closed pipe has ended."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave: status 0 done, 1 the model or the data is at fault, 2 the command is, 128 + n by signal n."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a sign shows a question mark, not a traceback.
            stream.reconfigure(errors="replace")
    # A command is over in a fraction of a second, of which threads for large matrices and collecting garbage would take a tenth.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(50_000)
    received: list[int] = []
    try:
        from bayesnet.cli.program import program

        given = list(arguments) if arguments is not None else None
        with _interrupted_by_signals(received):
            status = program.main(args=given, prog_name="bayesnet", standalone_mode=False)
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        _drop_lost_output()
        if isinstance(error, OSError) and error.errno and error.filename is None:
            error.filename = "standard output"  # every other file that is written is named
        if isinstance(error, BrokenPipeError) or type(error).__name__ == "PipeClosed":
            sys.exit(_PIPE_CLOSED)
        text, status = explained(error)
        if text:
            sys.stderr.write(f"{text}\n")
        sys.exit(128 + received[0] if received else status)
    sys.exit(status if isinstance(status, int) else 0)


def _open_streams() -> None:
    """Replace a closed standard stream by one whose use fails, so that no file that is opened later gets its number."""
    for name, mode, flag in (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flag), mode, encoding="utf-8"))


def _drop_lost_output() -> None:
    """Drop what was printed and cannot be written, since the interpreter would try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _interrupted_by_signals(received: list[int]) -> Iterator[None]:
    """Let the signals that end a program stop it as Ctrl-C does, so that it can say what is kept; ignored ones stay ignored."""

    def stop(number: int, _: object) -> NoReturn:
        received.append(number)
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ours = [each for each in signals if signal.getsignal(each) is signal.SIG_DFL]
    try:
        for each in ours:
            signal.signal(each, stop)
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)
