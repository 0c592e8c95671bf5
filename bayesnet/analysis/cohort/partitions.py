"""A cohort past one machine: each partition of a Dask frame is scored where it is, when its answer is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from bayesnet.analysis.cohort.score import score
from bayesnet.errors import MissingExtra, SpecError

if TYPE_CHECKING:
    import pandas as pd
    from dask.dataframe import DataFrame

    from bayesnet.analysis.query.compiled import CompiledModel


def score_partitions(
    compiled: CompiledModel,
    source: DataFrame | str | PathLike[str],
    targets: Sequence[str] | None = None,
    *,
    keep: Sequence[str] = (),
    missing: Sequence[str] = (),
) -> DataFrame:
    """Return the scores of a Dask frame, or of a folder of Parquet parts, as a Dask frame; see `Network.score`."""
    try:
        import pyarrow as pa  # noqa: F401 - Dask asks for it with an error of its own
        from dask import delayed
    except ImportError:
        raise MissingExtra("cohort", "Scoring in partitions", "dask with pyarrow") from None
    frame = _read(fspath(source)) if isinstance(source, str | PathLike) else source
    # The columns are checked, and the targets read, before anything is sent.
    meta = score(compiled, frame._meta, targets, keep=keep, missing=missing)  # noqa: SLF001 - Dask's name for the empty frame
    # One object of the graph, so that it is sent to each process once and worked out there once.
    sent = delayed(compiled, pure=True)
    found: DataFrame = frame.map_partitions(_scored, sent, targets, tuple(keep), tuple(missing), meta=meta)
    return found


def _scored(
    frame: pd.DataFrame, compiled: CompiledModel, targets: Sequence[str] | None, keep: Sequence[str], missing: Sequence[str]
) -> pd.DataFrame:
    """Score one partition in one thread; the others of the machine have partitions of their own."""
    return score(compiled, frame, targets, workers=1, keep=keep, missing=missing)


def _read(path: str) -> DataFrame:
    """Return a folder of Parquet parts as a Dask frame, which reads each part when it is scored."""
    from dask.dataframe import read_parquet
    from pyarrow import ArrowException

    try:
        return read_parquet(path)
    except (ArrowException, OSError, ValueError) as error:
        raise SpecError(path, [f"no Parquet parts: {(str(error).splitlines() or [type(error).__name__])[0]}"]) from None
