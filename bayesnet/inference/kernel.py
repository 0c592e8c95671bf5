"""The operations of a plan run: by the compiled kernel if there is one, otherwise by numpy on the very same arrays.

`kernel.c` is compiled when the package is built or, where a C compiler is at hand, on first use, and kept in the user's cache.
Without a compiler numpy runs everything; answers differ by rounding only. `BAYESNET_KERNEL=numpy` asks for that; a path there
names another compiled kernel.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCES = tuple(Path(__file__).with_name(name) for name in ("kernel.c", "planner.c"))
SUFFIX = ".dll" if sys.platform == "win32" else ".dylib" if sys.platform == "darwin" else ".so"
NAME = "_kernel" + SUFFIX
FLAGS = ("-O3", "-std=c99", "-ffp-contract=off", "-shared", "-fPIC")
LANES = 8
"""Columns that the compiled kernel runs at a time."""


def library() -> Path | None:
    """Return the path of the compiled kernel, compiled now if possible; None without one."""
    wanted = os.environ.get("BAYESNET_KERNEL")
    if wanted:
        return None if wanted == "numpy" else Path(wanted)
    beside = SOURCES[0].with_name(NAME)
    if beside.exists():
        return beside
    from bayesnet.model.cache import cache_folder

    folder = cache_folder()
    if folder is None:
        return None
    text = b"".join(source.read_bytes() for source in SOURCES)
    kept = folder / f"kernel-{hashlib.sha256(text).hexdigest()[:16]}{SUFFIX}"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        return kept if kept.exists() or compile_kernel(kept) else None
    except OSError:
        return None


def compile_kernel(target: Path, *more: str, by: tuple[str, ...] = ()) -> bool:
    """Compile the kernel to `target` with `more` flags, `by` a compiler or one that is found.

    Returns false if there is none, or it fails.
    """
    import shutil
    import subprocess
    import tempfile

    names = (os.environ.get("CC"), "cc", "gcc", "clang")
    compiler = by or tuple(found for name in names if name and (found := shutil.which(name)))[:1]
    if not compiler:
        return False
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        command = [*compiler, *FLAGS, *more, "-o", str(made), *map(str, SOURCES), "-lm"]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode == 0:
            made.replace(target)
    return done.returncode == 0


@dataclass(frozen=True)
class EngineInfo:
    """Return the engine in use: `kernel` is "compiled" or "numpy", `file` the compiled kernel, `threads` how many are used."""

    kernel: str
    file: str
    threads: int

    def __str__(self) -> str:
        """One line."""
        return f"engine: {self.kernel}{f' ({self.file})' if self.file else ''}, up to {self.threads} threads for many cases"


def engine_info() -> EngineInfo:
    """Return what runs the exact answers on this machine: the compiled kernel, or numpy.

    Both give the same answers to rounding; the compiled kernel is faster. It is compiled when the package is installed or first
    used and a C compiler is at hand; the environment variable `BAYESNET_KERNEL=numpy` turns it off.

    >>> import bayesnet
    >>> bayesnet.engine_info().kernel in ("compiled", "numpy")
    True
    """
    from bayesnet.inference.threads import processors

    found = compiled()
    return EngineInfo("numpy" if found is None else "compiled", "" if found is None else str(library()), processors())


@cache
def compiled() -> Any:
    """Return the compiled kernel; None where numpy has to do."""
    path = library()
    if path is None:
        return None
    try:
        found = ctypes.CDLL(str(path))
    except OSError:
        return None
    if found.bn_version() != 4:
        return None
    kinds = {"p": ctypes.c_void_p, "n": ctypes.c_int64, "i": ctypes.c_int, "d": ctypes.c_double}
    arguments = {"bn_network": "pn", "bn_plan": "ppnidpnpnpnp", "bn_check": "pnnnnpn", "bn_run": "pnppnpnnippppppp"}
    for name, given in arguments.items():
        getattr(found, name).argtypes = [kinds[kind] for kind in given]
    found.bn_check.restype = ctypes.c_int64
    return found
