"""Compile the kernel of the engine into the wheel, where a C compiler is there; without one the wheel is pure Python.

With `BAYESNET_TARGET`, a platform of `.ci/wheels.py`, it is compiled for that one by zig.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface):
    """Puts `_kernel` beside the sources. An editable install has none: there it is compiled on first use."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name the platform in the wheel's tag; the file is for any Python, since it does not know of Python."""
        folder = Path(self.root) / "bayesnet" / "inference"
        spec = importlib.util.spec_from_file_location("bayesnet_kernel", folder / "kernel.py")
        if version == "editable" or spec is None or spec.loader is None:
            return
        kernel = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = kernel
        spec.loader.exec_module(kernel)
        platform, target, compiler = sysconfig.get_platform(), folder / kernel.NAME, ()
        if "BAYESNET_TARGET" in os.environ:
            platform, triple, suffix = os.environ["BAYESNET_TARGET"].split()
            target, compiler = folder / f"_kernel{suffix}", (sys.executable, "-m", "ziglang", "cc", "-target", triple, "-s")
        if not kernel.compile_kernel(target, by=compiler):
            if compiler:
                raise RuntimeError(f"zig did not compile the kernel for {platform}")
            self.app.display_warning("No C compiler was found: the engine will run on numpy.")
            return
        build_data["artifacts"].append(f"bayesnet/inference/{target.name}")
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + platform.replace("-", "_").replace(".", "_")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind in the sources."""
        del version, build_data, artifact_path
        for path in (Path(self.root) / "bayesnet" / "inference").glob("_kernel.*"):
            path.unlink()
