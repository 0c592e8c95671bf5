"""A network as arrays, kept in the user's cache folder, so that a second start needs no expansion of gates.

One file of plain bytes: a JSON head with names and shapes, then all numbers. It is keyed by the model's digest and by the modules
that made the arrays, checked on reading, safe to delete, and never in the way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bayesnet.model.cache import cache_folder
from bayesnet.model.factors import Dependence, Factors, Family, FloatArray, NoisyFamily, TableFamily
from bayesnet.model.records import Model

_MAGIC = b"bayesnet factors 1\n"


def stored_factors(model: Model) -> Factors | None:
    """The arrays of a model as they were kept, None where they were not or cannot be read."""
    file = _file(model)
    if file is None:
        return None
    try:
        return _read(file.read_bytes(), model)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def keep_factors(model: Model, factors: Factors) -> None:
    """Keep the arrays of a model, whole or not at all."""
    file = _file(model)
    if file is None:
        return
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(_written(factors))
        temporary.replace(file)
        others = sorted(file.parent.glob("*.factors"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[_MOST:]:
            path.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


_MOST = 16


def _file(model: Model) -> Path | None:
    """Where the arrays of a model are kept: by its digest and by the state of the code that expands models."""
    folder = cache_folder()
    if folder is None:
        return None
    with os.scandir(os.path.dirname(__file__)) as entries:  # noqa: PTH120 - pathlib would be a stat call per file more
        code = sorted((e.name, e.stat().st_mtime_ns, e.stat().st_size) for e in entries if e.name.endswith(".py"))
    mark = 0
    for part in code:
        mark = (mark * 1_000_003 + sum(map(ord, part[0])) * 31 + part[1] + part[2]) % (1 << 64)
    return folder / f"{model.digest[:24]}-{mark:016x}.factors"


def _written(factors: Factors) -> bytes:
    """All arrays one after the other behind a head that says how to cut them."""
    families: list[dict[str, Any]] = []
    floats: list[FloatArray] = []
    for family in factors.families:
        head: dict[str, Any] = {"parents": list(family.parents), "shapes": [list(t.shape) for t in family.tensors]}
        if isinstance(family, NoisyFamily):
            head["order"] = list(family.order)
        families.append(head)
        floats += [np.ascontiguousarray(t, dtype=np.float64) for t in family.tensors]
    dependence = factors.dependence
    head_text = json.dumps({"families": families, "entries": len(dependence.entry)}).encode()
    whole = [dependence.family, dependence.tensor, dependence.entry, dependence.number]
    parts = [
        *(t.tobytes() for t in (*floats, factors.values, dependence.partial)),
        *(np.ascontiguousarray(t, dtype=np.int64).tobytes() for t in whole),
        np.ascontiguousarray(factors.linear, dtype=np.uint8).tobytes(),
    ]
    body = b"".join(parts)
    return b"".join([_MAGIC, f"{len(head_text)} {len(body)}\n".encode(), head_text, body])


def _read(content: bytes, model: Model) -> Factors:
    """Cut the arrays out of a file; raises ValueError where it is not what it should be."""
    start = content.index(b"\n", len(_MAGIC)) + 1
    length, size = map(int, content[len(_MAGIC) : start].split())
    if not content.startswith(_MAGIC) or len(content) != start + length + size:
        raise ValueError
    head = json.loads(content[start : start + length])
    cut = _Cut(content, start + length)
    families: list[Family] = []
    for v, own in enumerate(head["families"]):
        tensors = [cut.floats(shape) for shape in own["shapes"]]
        parents = tuple(own["parents"])
        if "order" in own:
            families.append(NoisyFamily(v, parents, tuple(own["order"]), tensors[0], tuple(tensors[1:])))
        else:
            families.append(TableFamily(v, parents, tensors[0]))
    count, entries = len(model.numbers), head["entries"]
    values, partial = cut.floats([count]), cut.floats([entries])
    family, tensor, entry, number = (cut.take(np.dtype(np.int64), [entries]) for _ in range(4))
    linear = cut.take(np.dtype(np.uint8), [count]).astype(bool)
    states = tuple(variable.states for variable in model.variables.values())
    return Factors(
        names=tuple(model.variables),
        states=states,
        families=tuple(families),
        number_ids=tuple(model.numbers),
        values=values,
        linear=linear,
        dependence=Dependence(family, tensor, entry, number, partial),
    )


class _Cut:
    """Takes read-only arrays from a buffer, one after the other."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def take(self, kind: np.dtype[Any], shape: Sequence[int]) -> np.ndarray:
        """Take the next array."""
        count = prod(shape)
        array = np.frombuffer(self.content, kind, count, self.at).reshape(shape)
        self.at += count * kind.itemsize
        return array

    def floats(self, shape: Sequence[int]) -> FloatArray:
        """Take the next array of doubles."""
        return self.take(np.dtype(np.float64), shape)
