"""The command line: one file per command, each imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from bayesnet.cli.failures import explained

_PIPE_CLOSED = 141
"""The status of a program that the signal of a closed pipe has ended."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave: status 0 done, 1 the model or the data is at fault, 2 the command is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a sign shows a question mark, not a traceback.
            stream.reconfigure(errors="replace")
    # A command is over in a fraction of a second, of which threads for large matrices and collecting garbage would take a tenth.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(50_000)
    try:
        from bayesnet.cli.program import program

        given = list(arguments) if arguments is not None else None
        status = program.main(args=given, prog_name="bayesnet", standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, BrokenPipeError) or type(error).__name__ == "PipeClosed":
            # What is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(_PIPE_CLOSED)
        text, status = explained(error)
        if text:
            sys.stderr.write(f"{text}\n")
        sys.exit(status)
    sys.exit(status if isinstance(status, int) else 0)
