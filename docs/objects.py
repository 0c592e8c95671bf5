"""The public objects, each with the pages whose code uses it and the pictures that show it, for the pages of the reference.

The code of a page is read, not run: a small reader follows what each call returns, by the annotations of the package.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import gallery
import readme

import bayesnet
from bayesnet import plot
from bayesnet.results.base import Result

ROOT = Path(__file__).resolve().parent.parent
GIVERS = (bayesnet.Network, bayesnet.Case)


def public() -> dict[str, Any]:
    """Return every public object by the name that a reader imports it by."""
    found = {f"bayesnet.{name}": getattr(bayesnet, name) for name in bayesnet.__all__ if name not in {"__version__", "plot"}}
    for kind in GIVERS:
        found |= {f"bayesnet.{kind.__name__}.{name}": member for name, member in vars(kind).items() if _told(name, member)}
    found |= {f"bayesnet.plot.{name}": getattr(plot, name) for name in plot.__all__}
    for module in sorted(path.stem for path in (ROOT / "bayesnet" / "results").glob("*.py")):
        importlib.import_module(f"bayesnet.results.{module}")
    return found | {f"{kind.__module__}.{kind.__name__}": kind for kind in _below(Result) if "results" in kind.__module__}


def _told(name: str, member: Any) -> bool:
    return not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | cached_property))


def _below(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


class Reader(ast.NodeVisitor):
    """Read code and keep the public objects that it uses; each visit returns the class of an expression, if it is known."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self.full = {_key(thing): name for name, thing in objects.items()}
        self.classes = {thing.__name__: thing for thing in objects.values() if isinstance(thing, type)}
        self.names: dict[str, Any] = {"bayesnet": bayesnet}
        self.used: dict[str, None] = {}

    def read(self, code: str) -> set[str]:
        """Return the full names of what a piece of code uses; names that it binds are known to the next piece."""
        self.used = {}
        self.visit(ast.parse("\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))))
        return set(self.used)

    def visit_Name(self, node: ast.Name) -> Any:
        """Return what is known of a name."""
        return self.names.get(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Keep the class of what is assigned to one name."""
        kind = self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.names[target.id] = kind

    def visit_Call(self, node: ast.Call) -> Any:
        """Return what a call returns."""
        kind = self.visit(node.func)
        for part in (*node.args, *node.keywords):
            self.visit(part)
        return kind

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Return a module or a class, what a method returns, or the class of a property."""
        owner = self.visit(node.value)
        thing = None if owner is None else getattr(owner, node.attr, None)
        if thing is None or isinstance(thing, ModuleType):
            return thing
        self._use(thing)
        kind = thing if isinstance(thing, type) else self.returned(thing, owner)
        self._use(kind)
        return kind

    def returned(self, thing: Any, owner: Any = None) -> Any:
        """Return the class that a function or a property is annotated with."""
        function = thing.fget if isinstance(thing, property) else thing.func if isinstance(thing, cached_property) else thing
        name = getattr(function, "__annotations__", {}).get("return", "")
        return owner if name == "Self" else self.classes.get(name)

    def _use(self, thing: Any) -> None:
        if (name := self.full.get(_key(thing))) is not None:
            self.used[name] = None


def _key(thing: Any) -> int:
    """Return what tells one object from another; objects of the package live as long as it."""
    return id(thing)


def pages() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each page with code: its name for Sphinx, its title, and its pieces of code in order."""
    for path in readme.PAGES:
        text = path.read_text(encoding="utf-8")
        yield _named(path), _title(text), [match["code"] for match in readme.FENCES.finditer(text)]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "markdown"))
        yield _named(path), _title(first), ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _named(path: Path) -> str:
    return "/" + path.relative_to(ROOT).with_suffix("").as_posix()


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.M)
    return found[1] if found else ""


def context() -> dict[str, dict[str, Any]]:
    """Return what the templates of the reference show beside the docstrings.

    `used`: the pages by object, as (name for Sphinx, title). `shown`: the pictures by object, as (name of the file, question,
    anchor in the gallery). `returned`: the functions that return a class. `example`: of a class, that of such a function.
    """
    objects = public()
    used: dict[str, list[tuple[str, str]]] = {}
    for name, title, pieces in pages():
        reader = Reader(objects)
        for found in sorted(set().union(*map(reader.read, pieces))):
            used.setdefault(found, []).append((name, title))
    shown: dict[str, list[tuple[str, str, str]]] = {}
    reader = Reader(objects)
    reader.read(gallery.SETUP)
    for picture in gallery.PICTURES:
        for found in sorted(reader.read(picture.line)):
            shown.setdefault(found, []).append((picture.name, picture.question, gallery.anchor(picture.question)))
    returned: dict[str, list[str]] = {}
    for name, thing in objects.items():
        kind = None if isinstance(thing, type) else reader.returned(thing)
        if kind is not None:
            returned.setdefault(reader.full[_key(kind)], []).append(name)
    examples = {
        kind: found
        for kind, names in returned.items()
        if not _example(objects[kind]) and (found := next(filter(None, (_example(objects[name]) for name in names)), ""))
    }
    return {"used": used, "shown": shown, "returned": returned, "example": examples, "names": dict.fromkeys(objects)}


def _example(thing: Any) -> str:
    """Return the lines of the examples in a docstring."""
    _, _, rest = (inspect.getdoc(thing) or "").partition("Examples\n--------\n")
    return rest.partition("\n\nReferences")[0].strip()
