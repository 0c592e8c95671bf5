"""`bayesnet score`: posteriors for every row of a table, read and written in pieces."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from bayesnet.cli.common import as_json, keep_apart, model_argument, progress, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from bayesnet.network import Network

_ROWS = 5_000
_NAMED = 5
"""Number of rows of a wrong length that are named; the others are counted."""
_KINDS = (".csv", ".csv.gz", ".parquet")


@click.command("score")
@model_argument
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--target", "targets", metavar="TARGET", multiple=True, help="Ask this instead of the diagnoses; may be given several times."
)
@click.option("--keep", metavar="COLUMN", multiple=True, help="Carry a column, such as an identifier, into OUT; may be repeated.")
@click.option("--missing", metavar="WORD", multiple=True, help="A word that means unobserved, such as NA; may be repeated.")
@as_json
def command(
    network: Network,
    source: Path,
    out: Path,
    targets: tuple[str, ...],
    keep: tuple[str, ...],
    missing: tuple[str, ...],
    json_: bool,
) -> None:
    """Score the rows of IN (.csv, .csv.gz or .parquet) and write one row each to OUT.

    IN has one column per variable: states, or 0 and 1 for absent and present; empty is unobserved. OUT gets the probability of
    each target, the log-probability of the findings, and what is wrong with a row, if anything; it is written when all rows are
    answered.
    """
    _check_kind(source, "IN")
    _check_kind(out, "OUT")
    keep_apart(out, source)
    from bayesnet.model.replacing import replacing

    problems: Counter[str] = Counter()
    rows = 0
    with replacing(out) as draft, _Writer(draft, out) as writer, progress("scoring", _count(source)) as advance:
        for piece in _pieces(source):
            scored = network.score(piece, list(targets) or None, keep=keep, missing=missing)
            writer.write(scored)
            problems.update(text for text in scored["problem"] if text)
            rows += len(piece)
            advance(len(piece))
    bad = sum(problems.values())
    if json_:
        click.echo(
            to_json({"kind": "Score", "rows": rows, "problems": bad, "commonest": dict(problems.most_common(5)), "out": str(out)})
        )
        return
    click.echo(f"Scored {rows:,d} rows into {out}; {bad:,d} with a problem.")
    for text, count in problems.most_common(5):
        click.echo(f"  {count:,d} x {text}")


def _check_kind(path: Path, what: str) -> None:
    if not path.name.lower().endswith(_KINDS):
        raise click.BadParameter(f'"{path}" is not a table this reads or writes; expected {", ".join(_KINDS)}', param_hint=what)


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith(".parquet")


def _parquet() -> None:
    """Refuse Parquet where pyarrow is not installed."""
    from bayesnet.errors import MissingExtra

    try:
        import pyarrow.parquet  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtra("cohort", "Reading and writing Parquet files", "pyarrow") from None


def _parquet_file(source: Path) -> Any:
    """Open a Parquet file; refuse one that is none, or not whole."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    from bayesnet.errors import SpecError

    try:
        return ParquetFile(source)
    except (ArrowException, OSError) as error:
        raise SpecError(str(source), [f"not a whole Parquet file: {str(error).splitlines()[0]}"]) from None


def _count(source: Path) -> int:
    """Count the rows, for the bar, and refuse a table in which a row has more or fewer fields than the header."""
    if _is_parquet(source):
        _parquet()
        return int(_parquet_file(source).metadata.num_rows)
    rows = 0
    ragged: list[str] = []
    width = 0
    for line, fields in _lines(source):
        width = width or len(fields)
        rows += 1
        if len(fields) != width:
            ragged.append(f"line {line}: {_fields(len(fields))}; expected {width}, as in the header{_way_out(fields, width)}")
    if ragged:
        from bayesnet.errors import SpecError

        more = [f"and {len(ragged) - _NAMED:,d} more rows"] if len(ragged) > _NAMED else []
        raise SpecError(str(source), [*ragged[:_NAMED], *more])
    return rows - 1


def _fields(count: int) -> str:
    return f"{count} field" if count == 1 else f"{count} fields"


def _way_out(fields: list[str], width: int) -> str:
    """Say what to do about a row that is too long."""
    if len(fields) < width:
        return ""
    return "; take off the comma at its end" if fields[width:] == [""] else "; put a value with a comma in it in double quotes"


def _lines(source: Path) -> Iterator[tuple[int, list[str]]]:
    """Return the header and the rows of a text file, each with its line; a blank line is a row only if there is one column."""
    import csv
    import gzip
    import zlib

    from bayesnet.errors import SpecError

    opener = gzip.open if source.name.lower().endswith(".gz") else open
    width = begin = 0
    try:
        with opener(source, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for fields in reader:
                line, begin = begin + 1, reader.line_num
                if fields or width == 1:
                    width = width or len(fields)
                    yield line, fields or [""]
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = f"line {begin + 1}: not a table of comma-separated values: {error}"
        raise SpecError(str(source), [reason]) from None
    if not width:
        raise SpecError(str(source), ["not a table of comma-separated values: no header"])


def _pieces(source: Path) -> Iterator[pd.DataFrame]:
    """Return the table in pieces that fit memory, at least one; every value is kept as written."""
    import pandas as pd

    if _is_parquet(source):
        yield from _parquet_pieces(source)
        return
    rows = _lines(source)
    _, header = next(rows)
    first = True
    while (piece := [[field or None for field in fields] for _, fields in islice(rows, _ROWS)]) or first:
        yield pd.DataFrame(piece, columns=header, dtype=object)
        first = False


def _parquet_pieces(source: Path) -> Iterator[pd.DataFrame]:
    """Yield a Parquet file in pieces, at least one."""
    from pyarrow import ArrowException

    from bayesnet.errors import SpecError

    file = _parquet_file(source)
    if not file.metadata.num_rows:
        yield file.schema_arrow.empty_table().to_pandas()
    try:
        for batch in file.iter_batches(batch_size=_ROWS):
            yield batch.to_pandas()
    except (ArrowException, OSError) as error:
        raise SpecError(str(source), [f"not a whole Parquet file: {str(error).splitlines()[0]}"]) from None


class _Writer:
    """Writes pieces one after the other to a file of the kind that the name of `out` says; closes it at the end."""

    def __init__(self, draft: Path, out: Path) -> None:
        self.draft = draft
        self.is_parquet = _is_parquet(out)
        self.compression: Literal["gzip"] | None = "gzip" if out.name.lower().endswith(".gz") else None
        self.started = False
        self.parquet: object = None

    def __enter__(self) -> _Writer:
        return self

    def write(self, piece: pd.DataFrame) -> None:
        """Append a piece."""
        if self.is_parquet:
            self._write_parquet(piece)
        else:
            mode: Literal["a", "w"] = "a" if self.started else "w"
            piece.to_csv(self.draft, mode=mode, header=not self.started, index=False, compression=self.compression)
        self.started = True

    def _write_parquet(self, piece: pd.DataFrame) -> None:
        _parquet()
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        table = pa.Table.from_pandas(piece, preserve_index=False)
        if self.parquet is None:
            self.parquet = ParquetWriter(self.draft, table.schema)
        assert isinstance(self.parquet, ParquetWriter)
        self.parquet.write_table(table)

    def __exit__(self, *_: object) -> None:
        if self.parquet is not None:
            self.parquet.close()  # type: ignore[attr-defined]
