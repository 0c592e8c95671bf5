"""Files are written beside their place and take it when they are complete, so that a failure leaves what was there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Return a path to write to; the file written there replaces `path` at the end, or is removed where an error is raised.

    A link is followed and the mode of a file that is there is kept. What is there and no plain file, such as a device or a
    pipe, is written to directly.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     out = Path(folder, "answer.txt")
    ...     with replacing(out) as draft:
    ...         _ = draft.write_text("0.55")
    ...     out.read_text()
    '0.55'
    """
    out = Path(os.path.realpath(path))
    if out.exists() and not out.is_file():
        yield out
        return
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}.part")
    try:
        draft.touch(exist_ok=False)
        yield draft
        if out.exists():
            shutil.copymode(out, draft)
        draft.replace(out)
    except OSError as error:
        if str(error.filename) == str(draft):
            error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            draft.unlink()
