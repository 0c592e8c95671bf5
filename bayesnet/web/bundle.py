"""One script out of JavaScript modules: each in a function of its own, so that they share no name, and nothing is loaded."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"([^"]+)";[^\S\n]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|const|class)\s+([A-Za-z_$][\w$]*)", re.MULTILINE)
_COMMENT = re.compile(r"^[^\S\n]*(?://[^\n]*|/\*\*(?:[^*]|\*(?!/))*\*/[^\S\n]*)\n", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def bundle(entry: str, folder: Path = STATIC) -> str:
    """Join a module and all it imports, in the order of their need.

    Parameters
    ----------
    entry
        The last module, below `static`, as in `"page/boot.js"`; what it exports the result exports.
    folder
        Where the modules lie.

    Raises
    ------
    ValueError
        Where a module is written in a way that cannot be joined: imports that rename, exports of other kinds.

    Examples
    --------
    >>> text = bundle("network.js")
    >>> "import" in text, [line.split("(")[0] for line in text.splitlines() if line.startswith("export ")]
    (False, ['export function packStructure', 'export function layOut'])
    """
    order: list[str] = []
    _visit(PurePosixPath(entry), order, folder, ())
    parts = [_wrapped(name, folder) for name in order[:-1]]
    last = _linked(entry, folder)
    if re.search(r"^import\b", last, re.MULTILINE):
        raise ValueError(f'{entry} imports in a way that cannot be joined; write: import {{ name }} from "./module.js";')
    return "\n".join([*parts, last])


def _visit(name: PurePosixPath, order: list[str], folder: Path, above: tuple[str, ...]) -> None:
    """Put the modules that one imports before it."""
    if str(name) in order:
        return
    if str(name) in above:
        raise ValueError(f"The modules import each other in a circle: {' > '.join([*above, str(name)])}.")
    for needed in _IMPORT.finditer((folder / name).read_text(encoding="utf-8")):
        _visit(_beside(name, needed[2]), order, folder, (*above, str(name)))
    order.append(str(name))


def _beside(name: PurePosixPath, path: str) -> PurePosixPath:
    """Return the module that a path means in another one, below `static`."""
    parts: list[str] = []
    for part in (*name.parent.parts, *PurePosixPath(path).parts):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def _linked(name: str, folder: Path) -> str:
    """Return a module whose imports read from the functions before it; comments on lines of their own stay behind."""
    text = _COMMENT.sub("", (folder / name).read_text(encoding="utf-8"))
    return _IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_variable(str(_beside(PurePosixPath(name), found[2])))};", text)


def _wrapped(name: str, folder: Path) -> str:
    """Return a module as a function that runs once and returns its exports."""
    text = _linked(name, folder)
    exported = [found[2] for found in _EXPORT.finditer(text)]
    text = _EXPORT.sub(lambda found: f"{found[1]} {found[2]}", text)
    left = _LEFT.search(text)
    if left:
        raise ValueError(f"{name} cannot be joined because of the line: {left[0]}")
    return f"const {_variable(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();"


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))
