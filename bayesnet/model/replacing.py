"""Files are written beside their place and take it when they are complete, so that a failure leaves what was there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
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
    out = Path(path)
    if out.exists() and not out.is_file():  # asked before links are followed: /dev/stdout leads to a pipe, which has no path
        yield out
        return
    out = Path(os.path.realpath(out))
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}.part")
    try:
        draft.touch(exist_ok=False)
        yield draft
        if out.exists():
            shutil.copymode(out, draft)
        draft.replace(out)
    except OSError as error:
        if error.filename is None or str(error.filename) == str(draft):
            error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            draft.unlink()


def write_together(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write the files of a folder, by their names in it; none takes its place before all are complete.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     [path.name for path in write_together(Path(name, "m"), {"model.toml": "", "schemas/model.json": "{}"})]
    ['model.toml', 'model.json']
    """
    paths = [folder / name for name in texts]
    missing = [each for each in (*dict.fromkeys(path.parent for path in reversed(paths)), folder) if not each.exists()]
    try:
        with ExitStack() as drafts:
            for path, text in zip(paths, texts.values(), strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                drafts.enter_context(replacing(path)).write_text(text, encoding="utf-8", newline="\n")
    except BaseException:
        for each in missing:
            with suppress(OSError):
                each.rmdir()
        raise
    return paths
