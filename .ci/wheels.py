"""Build the wheels of a release in `dist`, one for each platform, on any machine: `python .ci/wheels.py [platform ...]`.

The kernel knows nothing of Python, so zig (the package ziglang) cross-compiles it, and one wheel does for every version of
Python. Each wheel is opened again to see that the kernel in it is of the platform that its name promises.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = {
    "manylinux_2_17_x86_64": ("x86_64-linux-gnu.2.17", ".so", "ELF x86-64"),
    "manylinux_2_17_aarch64": ("aarch64-linux-gnu.2.17", ".so", "ELF aarch64"),
    "macosx_11_0_x86_64": ("x86_64-macos.11.0", ".dylib", "Mach-O x86-64"),
    "macosx_11_0_arm64": ("aarch64-macos.11.0", ".dylib", "Mach-O aarch64"),
    "win_amd64": ("x86_64-windows-gnu", ".dll", "PE x86-64"),
}
"""The tag of each platform, what zig calls it, the suffix of its libraries, and what such a file is."""


def kind(data: bytes) -> str:
    """What a compiled library is for, read off its first bytes."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little")

    if data[:4] == b"\x7fELF":
        return "ELF " + {62: "x86-64", 183: "aarch64"}.get(number(18, 2), "of another processor")
    if data[:4] == b"\xcf\xfa\xed\xfe":
        return "Mach-O " + {0x01000007: "x86-64", 0x0100000C: "aarch64"}.get(number(4, 4), "of another processor")
    if data[:2] == b"MZ":
        return "PE " + {0x8664: "x86-64"}.get(number(number(0x3C, 4) + 4, 2), "of another processor")
    return "no library"


def build(platform: str) -> str:
    """Build one wheel and look into it; returns its name."""
    triple, suffix, wanted = PLATFORMS[platform]
    environment = {**os.environ, "BAYESNET_TARGET": f"{platform} {triple} {suffix}"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as opened:
            found = {name: kind(opened.read(name)) for name in opened.namelist() if "/_kernel." in name}
        if not wheel.name.endswith(f"-py3-none-{platform}.whl") or found != {f"bayesnet/inference/_kernel{suffix}": wanted}:
            raise SystemExit(f"{wheel.name} holds {found or 'no kernel'}; expected {wanted}")
        (ROOT / "dist").mkdir(exist_ok=True)
        (ROOT / "dist" / wheel.name).write_bytes(wheel.read_bytes())
        return wheel.name


if __name__ == "__main__":
    for chosen in sys.argv[1:] or PLATFORMS:
        print(build(chosen), flush=True)
