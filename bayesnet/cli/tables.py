"""Tables that commands read, in pieces: text files with commas, Parquet files, folders of Parquet parts, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    import pandas as pd

ROWS = 25_000
"""Rows of one piece."""
STANDARD = Path("-")
"""Standard input or output."""
_NAMED = 5
"""Rows of another length than the header's that are named; the others are counted."""
_KINDS = (".csv", ".csv.gz", ".parquet")

source_type = click.Path(exists=True, allow_dash=True, path_type=Path)
"""A table that is read."""


def check_kind(path: Path, what: str) -> None:
    """Refuse a name that is not one of a table; a folder, a device and standard input or output are known otherwise."""
    if path == STANDARD or path.is_dir() or (path.exists() and not path.is_file()):
        return
    if not path.name.lower().endswith(_KINDS):
        raise click.BadParameter(f'"{path}" is not a table this reads or writes; expected {", ".join(_KINDS)}', param_hint=what)


def is_parquet(path: Path) -> bool:
    """Return whether a table is a Parquet file or a folder of them."""
    return path.name.lower().endswith(".parquet") or path.is_dir()


def parts(source: Path) -> list[Path]:
    """Return the files of a table: itself, or the Parquet parts of a folder in the order of their names, without hidden ones."""
    if not source.is_dir():
        return [source]
    found = sorted(
        path
        for path in source.rglob("*.parquet")
        if path.is_file() and not any(name[0] in "._" for name in path.relative_to(source).parts)
    )
    if not found:
        raise click.UsageError(f'the folder "{source}" holds no .parquet file')
    return found


def need_parquet() -> None:
    """Refuse Parquet where pyarrow is not installed."""
    from bayesnet.errors import MissingExtra

    try:
        import pyarrow.parquet  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtra("cohort", "Reading and writing Parquet files", "pyarrow") from None


def count(source: Path) -> int | None:
    """Return the number of rows, None where they can be read once only; refuse rows with more or fewer fields than the header."""
    if is_parquet(source):
        need_parquet()
        return sum(int(_parquet_file(part).metadata.num_rows) for part in parts(source))
    if not source.is_file():
        return None
    rows = 0
    ragged: list[str] = []
    for wrong in _checked(source):
        rows += 1
        ragged += [wrong] if wrong else []
    if ragged:
        from bayesnet.errors import SpecError

        more = [f"and {len(ragged) - _NAMED:,d} more rows"] if len(ragged) > _NAMED else []
        raise SpecError(str(source), [*ragged[:_NAMED], *more])
    return rows - 1


def whole(source: Path) -> pd.DataFrame:
    """Return a table that fits memory."""
    import pandas as pd

    count(source)
    return pd.concat(list(pieces(source)), ignore_index=True)


def pieces(source: Path, done: int = 0) -> Iterator[pd.DataFrame]:
    """Return the table in pieces that fit memory, at least one, without the first `done` pieces; values as they are written."""
    if is_parquet(source):
        yield from islice(_parquet_pieces(source), done, None)
        return
    import pandas as pd

    rows = _lines(source)
    _, header = next(rows)
    rows = islice(rows, done * ROWS, None)
    first = not done
    while (piece := list(islice(rows, ROWS))) or first:
        for line, fields in piece:
            if wrong := _length(line, fields, len(header)):
                from bayesnet.errors import SpecError

                raise SpecError(str(source), [wrong])
        yield pd.DataFrame([[field or None for field in fields] for _, fields in piece], columns=header, dtype=object)
        first = False


def _checked(source: Path) -> Iterator[str]:
    """Return what is wrong with the length of each row, header included."""
    width = 0
    for line, fields in _lines(source):
        width = width or len(fields)
        yield _length(line, fields, width)


def _length(line: int, fields: list[str], width: int) -> str:
    """Say that a row has another length than the header."""
    if len(fields) == width:
        return ""
    return f"line {line}: {_fields(len(fields))}; expected {width}, as in the header{_way_out(fields, width)}"


def _fields(count: int) -> str:
    return f"{count} field" if count == 1 else f"{count} fields"


def _way_out(fields: list[str], width: int) -> str:
    """Say what to do about a row that is too long."""
    if len(fields) < width:
        return ""
    return "; take off the comma at its end" if fields[width:] == [""] else "; put a value with a comma in it in double quotes"


def _opened(source: Path) -> TextIO:
    """Open a text file, compressed or not, or standard input."""
    import gzip
    import io

    if source == STANDARD:
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
    if source.name.lower().endswith(".gz"):
        return gzip.open(source, "rt", encoding="utf-8-sig", newline="")
    return source.open(encoding="utf-8-sig", newline="")


def _lines(source: Path) -> Iterator[tuple[int, list[str]]]:
    """Return the header and the rows of a text file, each with its line; a blank line is a row only if there is one column."""
    import csv
    import gzip
    import zlib

    from bayesnet.errors import SpecError

    width = begin = 0
    name = "standard input" if source == STANDARD else str(source)
    try:
        with _opened(source) as file:
            reader = csv.reader(file, strict=True)
            for fields in reader:
                line, begin = begin + 1, reader.line_num
                if fields or width == 1:
                    width = width or len(fields)
                    yield line, fields or [""]
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = f"line {begin + 1}: not a table of comma-separated values: {error}"
        raise SpecError(name, [reason]) from None
    except OSError as error:
        error.filename = error.filename or name
        raise
    if not width:
        raise SpecError(name, ["not a table of comma-separated values: no header"])


def _parquet_file(source: Path) -> Any:
    """Open a Parquet file; refuse one that is none, or not whole."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    from bayesnet.errors import SpecError

    try:
        return ParquetFile(source)
    except (ArrowException, OSError) as error:
        raise SpecError(str(source), [f"not a whole Parquet file: {str(error).splitlines()[0]}"]) from None


def _parquet_pieces(source: Path) -> Iterator[pd.DataFrame]:
    """Return Parquet files in pieces, at least one."""
    from pyarrow import ArrowException

    from bayesnet.errors import SpecError

    need_parquet()
    files = [(part, _parquet_file(part)) for part in parts(source)]
    schema = files[0][1].schema_arrow
    for part, file in files:
        if file.schema_arrow.names != schema.names:
            expected = ", ".join(schema.names)
            raise SpecError(
                str(part), [f"columns {', '.join(file.schema_arrow.names)}; expected {expected}, as in {files[0][0].name}"]
            )
    if not any(file.metadata.num_rows for _, file in files):
        yield schema.empty_table().to_pandas()
    for part, file in files:
        try:
            for batch in file.iter_batches(batch_size=ROWS):
                yield batch.to_pandas()
        except (ArrowException, OSError) as error:
            raise SpecError(str(part), [f"not a whole Parquet file: {str(error).splitlines()[0]}"]) from None
