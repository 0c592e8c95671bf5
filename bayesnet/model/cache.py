"""A model as read, kept as JSON in the user's cache folder, so that a second start needs neither TOML nor checks.

The cache is keyed by the bytes of the model's files and the version of the package. It is safe to delete and never in the way: a
file that cannot be read, whose checksum does not fit or that somebody else may have written is ignored and replaced, a folder
that cannot be written to is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from bayesnet.model.find import find_model
from bayesnet.model.records import CitedFigure, Example, Location, Model, Number, Printed, Source, Variable, Verified
from bayesnet.model.toml_text import LARGEST

_FORM = "6"
"""Changes when the records, their JSON form or what the reader refuses change."""


def load_model(name_or_path: str | Path) -> Model:
    """Return a model, from the cache where its files have not changed since it was read.

    Parameters
    ----------
    name_or_path
        The name of a shipped model, or a folder with model.toml.

    Raises
    ------
    SpecError
        When there is no such model, or with every problem it has.

    >>> load_model("sprinkler").title
    'The sprinkler'
    """
    folder = find_model(name_or_path)
    place = cache_folder()
    if place is None:
        return _read(folder)
    try:
        digest = _digest(folder)
    except OSError:  # the reader says which file cannot be read
        return _read(folder)
    file = place / f"{folder.resolve().name}-{digest}.json"
    model = _cached(file)
    if model is None:
        model = _read(folder)
        if _digest(folder) == digest:  # nothing was edited meanwhile
            _keep(file, model)
    return model


def cache_folder() -> Path | None:
    """Return the folder for cached models, None if there is to be no cache.

    `BAYESNET_CACHE_DIR` names another folder; empty, it turns the cache off. Otherwise it is the platform's place for caches.
    """
    # Computed here because importing platformdirs costs as much as reading the cached model.
    wanted = os.environ.get("BAYESNET_CACHE_DIR")
    if wanted is not None:
        return Path(wanted) if wanted else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "bayesnet" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "bayesnet"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else home / ".cache") / "bayesnet"


def _read(folder: Path) -> Model:
    from bayesnet.model.read import read_model

    return read_model(folder)


def _digest(folder: Path) -> str:
    """Return the hash of everything that decides what the reader gives; it reads no other files than these."""
    digest = hashlib.sha256(f"{_FORM} {_version()} {sys.version_info[:2]}".encode())
    for path in sorted(path for path in folder.glob("*.toml") if path.is_file()):
        if path.stat().st_size > LARGEST:
            raise OSError
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:24]


def _version() -> str:
    return str(getattr(sys.modules.get("bayesnet"), "__version__", ""))


_MAGIC = b"bayesnet model "
_LARGEST = 2**28
"""Bytes of a cache file; a larger one is none of ours."""


def _cached(file: Path) -> Model | None:
    """Return the model in a cache file, None if there is none, it is damaged, or somebody else may have written it."""
    try:
        content = _own(file)
        head, _, body = content.partition(b"\n")
        if head != _MAGIC + hashlib.sha256(body).hexdigest().encode():
            return None
        return unpacked(json.loads(body))
    except Exception:  # whatever is wrong with a cache must not stop a start
        return None


def _own(file: Path) -> bytes:
    """Return the content of a plain file that only this user can write; of a pipe or a link nothing is read."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as opened:
        found = os.fstat(handle)
        others = hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022)
        if not stat.S_ISREG(found.st_mode) or others or found.st_size > _LARGEST:
            raise ValueError
        return opened.read()


def _keep(file: Path, model: Model) -> None:
    """Write a cache file whole or not at all, whoever else writes it at the same time; what lies in its place is replaced."""
    from tempfile import mkstemp

    body = json.dumps(packed(model), ensure_ascii=False, separators=(",", ":")).encode()
    draft = ""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = mkstemp(suffix=".part", prefix=file.name, dir=file.parent)  # readable by this user alone
        with os.fdopen(handle, "wb") as opened:
            opened.write(_MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        Path(draft).replace(file)
        draft = ""
        _drop_older(file)
    if draft:
        with suppress(OSError):
            Path(draft).unlink()


def _drop_older(file: Path) -> None:
    """Keep the newest few caches of one model."""
    stem = file.name.rsplit("-", 1)[0]
    others = sorted(file.parent.glob(f"{stem}-*.json"), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in others[4:]:
        path.unlink(missing_ok=True)


_PLAIN = tuple(f.name for f in fields(Model) if f.name not in ("variables", "numbers", "sources", "examples"))


def packed(model: Model) -> dict[str, Any]:
    """Return a model as plain lists: each record as the values of its fields in order.

    >>> unpacked(packed(load_model("asia"))) == load_model("asia")
    True
    """
    return {
        "head": {name: getattr(model, name) for name in _PLAIN},
        "examples": model.examples,
        "variables": _rows(model.variables.values()),
        "numbers": _rows(model.numbers.values()),
        "sources": _rows(model.sources.values()),
    }


def unpacked(data: dict[str, Any]) -> Model:
    """Return the model that `packed` gave."""
    variables = {row[0]: Variable(*[*_tuples(row[:-1]), Location(*row[-1])]) for row in data["variables"]}
    numbers = {row[0]: _number(row) for row in data["numbers"]}
    sources = {row[0]: Source(*row) for row in data["sources"]}
    examples = tuple(Example(*row) for row in data["examples"])
    return Model(**data["head"], variables=variables, numbers=numbers, sources=sources, examples=examples)


_SOURCES = [f.name for f in fields(Number)].index("sources")
_COUNT, _PRINTED, _VERIFIED = ([f.name for f in fields(CitedFigure)].index(name) for name in ("count", "printed", "verified"))


def _rows(records: Iterable[Any]) -> list[list[Any]]:
    """Return the values of each record; a record in a record as a list of its own; a location is always last."""
    return [_row(record) for record in records]


def _row(record: Any) -> list[Any]:
    values = [getattr(record, f.name) for f in fields(record)]
    return [
        _row(v) if is_dataclass(v) else [_row(each) if is_dataclass(each) else each for each in v] if isinstance(v, tuple) else v
        for v in values
    ]


def _number(row: list[Any]) -> Number:
    """Return the number of a row."""
    values = _tuples(row[:-1])
    values[_SOURCES] = tuple(map(_figure, row[_SOURCES]))
    return Number(*[*values, Location(*row[-1])])


def _figure(row: list[Any]) -> CitedFigure:
    values = list(row)
    values[_COUNT] = tuple(row[_COUNT]) if row[_COUNT] else None
    values[_PRINTED] = Printed(*row[_PRINTED]) if row[_PRINTED] else None
    values[_VERIFIED] = Verified(*row[_VERIFIED])
    return CitedFigure(*values)


def _tuples(values: list[Any]) -> list[Any]:
    """Return the same values with lists, and lists in lists, as tuples."""
    return [
        tuple(tuple(v) if isinstance(v, list) else v for v in value) if isinstance(value, list) else value for value in values
    ]
