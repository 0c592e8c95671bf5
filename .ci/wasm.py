"""Compile the kernel to WebAssembly for the page, `bayesnet/web/static/wasm.js`: `python .ci/wasm.py`, with the package ziglang.

The page carries the C files of the engine in this form. A test holds the file to the digest of the sources that it was made from.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = tuple(ROOT / "bayesnet" / "inference" / name for name in ("kernel.c", "planner.c"))
TARGET = ROOT / "bayesnet" / "web" / "static" / "wasm.js"
FLAGS = ("-target", "wasm32-wasi", "-mexec-model=reactor", "-O2", "-msimd128", "-std=c99", "-ffp-contract=off", "-Wl,--strip-all")


def digest() -> str:
    """What the sources are."""
    return hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()


def compiled() -> bytes:
    """The module: it imports nothing, and exports the functions of the sources, its memory, and where that is free."""
    names = [name for source in SOURCES for name in re.findall(r"^EXPORT \w+ (bn_\w+)\(", source.read_text(), re.M)]
    exports = [f"-Wl,--export={name}" for name in (*names, "__heap_base")]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "kernel.wasm"
        command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, *exports, "-o", str(made), *(source.name for source in SOURCES)]
        subprocess.run(command, cwd=SOURCES[0].parent, check=True)
        return made.read_bytes()


if __name__ == "__main__":
    text = base64.b64encode(compiled()).decode()
    lines = (
        "// The compiled kernel: python .ci/wasm.py makes this file of the C files in bayesnet/inference, whose digest it names.",
        "",
        f'export const SOURCES = "{digest()}";',
        "export const WASM =",
        f'  "{text}";',
    )
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(text)} characters")
