"""The output of `bayesnet score`: written beside OUT in pieces, so that a stopped run can go on, and moved when it is whole."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from bayesnet.cli.tables import ROWS, STANDARD, is_parquet
from bayesnet.errors import BayesnetError

if TYPE_CHECKING:
    import pandas as pd


_LENGTH = 8
"""Bytes of the length before each piece of what will be a Parquet file."""


class Output:
    """A stream of scored pieces: CSV, compressed CSV, or Arrow pieces that become a Parquet file.

    `pieces` and `rows` are what was written, `problems` how often each problem was met.
    """

    def __init__(self, file: IO[bytes], kind: str) -> None:
        self.file, self.kind = file, kind
        self.pieces = self.rows = 0
        self.problems: Counter[str] = Counter()

    def write(self, piece: pd.DataFrame) -> None:
        """Append a piece."""
        self.file.write(self._encoded(piece))
        self.file.flush()
        self.pieces += 1
        self.rows += len(piece)
        self.problems.update(text for text in piece["problem"] if text)

    def _encoded(self, piece: pd.DataFrame) -> bytes:
        """Return the bytes of a piece; the same whenever it is written."""
        if self.kind == "parquet":
            import pyarrow as pa

            table = pa.Table.from_pandas(piece, preserve_index=False)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table)
            encoded: bytes = sink.getvalue().to_pybytes()
            return len(encoded).to_bytes(_LENGTH) + encoded
        text = piece.to_csv(header=not self.pieces, index=False, lineterminator="\n").encode()
        return gzip.compress(text, mtime=0) if self.kind == "gzip" else text


class _Resumable(Output):
    """Pieces in OUT.part; after each one OUT.part.json says how far it is, and for which command."""

    def __init__(self, file: IO[bytes], kind: str, state: Path, same: Mapping[str, object]) -> None:
        super().__init__(file, kind)
        self.state, self.same = state, same

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what was written, without a piece that was written by half."""
        self.pieces, self.rows, self.problems = kept["pieces"], kept["rows"], Counter(kept["problems"])
        self.file.truncate(kept["bytes"])
        self.file.seek(kept["bytes"])

    def write(self, piece: pd.DataFrame) -> None:
        """Append a piece, then record how far it is."""
        super().write(piece)
        self.note()

    def note(self) -> None:
        """Record how far the output is."""
        note = {
            "same": self.same,
            "pieces": self.pieces,
            "rows": self.rows,
            "bytes": self.file.tell(),
            "problems": dict(self.problems),
        }
        draft = self.state.with_name(f"{self.state.name}.new")
        draft.write_text(json.dumps(note), encoding="utf-8")
        draft.replace(self.state)


@contextmanager
def opened(out: Path, same: Mapping[str, object], *, resume: bool) -> Iterator[Output]:
    """Open OUT for pieces; it is replaced when all of them are written.

    Standard output, a device or a pipe is written to directly. Where the command is stopped, OUT.part is kept for `--resume`;
    where it fails, it is removed.
    """
    if out == STANDARD or (out.exists() and not out.is_file()):
        if resume:
            raise click.UsageError("--resume needs a file as OUT; what went to a pipe or a device cannot be taken up again.")
        yield from _direct(out)
        return
    real = Path(os.path.realpath(out))
    part, state = real.with_name(f"{real.name}.part"), real.with_name(f"{real.name}.part.json")
    kind = "parquet" if is_parquet(out) else "gzip" if out.name.lower().endswith(".gz") else "csv"
    same = {**same, "kind": kind, "piece": ROWS}
    kept = _kept(out, part, state, same) if resume else None
    try:
        file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
    except OSError as error:
        error.filename = str(out)
        raise
    with file:
        _lock(file, out)
        output = _Resumable(file, kind, state, same)
        if kept is None:
            if not state.exists() and os.fstat(file.fileno()).st_size:
                raise BayesnetError(f"{part} is not of a stopped run and would be lost; move it, or choose another OUT.")
            output.note()
            file.truncate(0)
        else:
            output.go_on(kept)
        try:
            yield output
            _finish(file, kind, part, real)
        except KeyboardInterrupt:
            if output.pieces:
                text = f"Stopped after {output.rows:,d} rows. Type the same command with --resume to go on."
                raise Stopped(text) from None
            _remove(part, state, state.with_name(f"{state.name}.new"))
            raise
        except BaseException as error:
            _remove(part, state, state.with_name(f"{state.name}.new"))
            if isinstance(error, OSError) and str(error.filename or part) in (str(part), str(state)):
                error.filename = str(out)
            raise
        state.unlink(missing_ok=True)


class Stopped(click.exceptions.Abort):
    """The user stopped a command that can go on later; the text says how."""


def _direct(out: Path) -> Iterator[Output]:
    """Write to standard output, a device or a pipe, as CSV unless the name says otherwise."""
    file = sys.stdout.buffer if out == STANDARD else out.open("wb", buffering=0)
    kind = "gzip" if out.name.lower().endswith(".gz") else "csv"
    try:
        yield Output(file, kind)
    except BrokenPipeError:
        if out == STANDARD:
            raise
        raise BayesnetError(f"{out}: the program that read it has ended; not all rows were written.") from None
    except OSError as error:
        error.filename = error.filename or ("standard output" if out == STANDARD else str(out))
        raise
    finally:
        if out != STANDARD:
            file.close()


def _kept(out: Path, part: Path, state: Path, same: Mapping[str, object]) -> dict[str, Any] | None:
    """Return how far the stopped run came, None where nothing of it is left; refuse to go on with another command."""
    if not part.exists() or not state.exists():
        if out.exists():
            raise BayesnetError(f"{out} is whole; there is nothing to go on with. Leave out --resume to score again.")
        return None
    try:
        kept: dict[str, Any] = json.loads(state.read_text(encoding="utf-8"))
        before, whole = kept["same"], part.stat().st_size >= kept["bytes"]
    except (ValueError, KeyError, TypeError):
        before, whole = {}, False
    if not whole:
        raise BayesnetError(f"{part} is damaged; leave out --resume to begin again.")
    other = [name for name in same if before.get(name) != same[name]]
    if other:
        names = {"in": "IN", "model": "the model", "kind": "the kind of OUT", "piece": "the version of bayesnet"}
        told = ", ".join(names.get(name, f"--{name.removesuffix('s')}") for name in other)
        raise BayesnetError(f"{part} was written by another command: not the same are {told}. Leave out --resume to begin again.")
    return kept


def _lock(file: IO[bytes], out: Path) -> None:
    """Refuse where another run is writing to the same file."""
    try:
        import fcntl
    except ImportError:  # Windows refuses by itself to replace a file that is open
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BayesnetError(f"Another run is writing to {out}; wait for it, or choose another OUT.") from None


def _finish(file: IO[bytes], kind: str, part: Path, real: Path) -> None:
    """Put the complete output in its place."""
    if kind == "parquet":
        from bayesnet.model.replacing import replacing

        with replacing(real) as draft:
            _write_parquet(file, draft)
        part.unlink()
        return
    if real.exists():
        shutil.copymode(real, part)
    part.replace(real)


def _write_parquet(file: IO[bytes], draft: Path) -> None:
    """Write the pieces as the row groups of one Parquet file, with a type for every column that fits all of them."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.unify_schemas([table.schema for table in _tables(file)], promote_options="permissive")
    with ParquetWriter(draft, schema) as writer:
        for table in _tables(file):
            writer.write_table(table.cast(schema))


def _tables(file: IO[bytes]) -> Iterator[Any]:
    """Return the pieces of a file again."""
    import pyarrow as pa

    file.seek(0)
    while length := file.read(_LENGTH):
        with pa.ipc.open_stream(file.read(int.from_bytes(length))) as stream:
            yield stream.read_all()


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()
