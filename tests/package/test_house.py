"""The house rules: a quick quiet import, imports that go down only, small files, priors that travel with the package."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import networkx as nx
import pytest

HEAVY = ("pgmpy", "pandas", "matplotlib", "scipy", "pydantic", "rich", "networkx", "SALib")


def run(*command: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it prints."""
    import os

    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def tracked(root: Path) -> list[Path]:
    """The files under version control, or of the tree where there is none."""
    done = run("git", "ls-files", cwd=root)
    if done.returncode == 0 and done.stdout:
        return [path for name in done.stdout.splitlines() if (path := root / name).is_file()]
    skipped = {".git", *re.findall(r"^(.+)/$", (root / ".gitignore").read_text(encoding="utf-8"), re.M)}
    return [path for path in root.rglob("*") if path.is_file() and not skipped & set(path.relative_to(root).parts)]


def test_importing_the_package_is_quiet_and_loads_nothing_heavy() -> None:
    """`import bayesnet` warns of nothing and leaves every heavy library for later; numpy too."""
    code = "import sys, json, bayesnet; print(json.dumps([bayesnet.__version__, sorted(sys.modules)]))"
    done = run(sys.executable, "-W", "error", "-c", code)
    assert (done.returncode, done.stderr) == (0, "")
    version, modules = json.loads(done.stdout)
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert not {name.split(".")[0] for name in modules} & {*HEAVY, "numpy"}


def test_every_public_name_is_found_and_imported_without_pgmpy() -> None:
    """All that `bayesnet` promises exists, and touching each name still leaves pgmpy and matplotlib unloaded."""
    code = (
        "import sys, bayesnet\n"
        "for name in bayesnet.__all__: getattr(bayesnet, name)\n"
        "print([m for m in ('pgmpy', 'matplotlib.pyplot', 'scipy.stats') if m in sys.modules])"
    )
    done = run(sys.executable, "-W", "error", "-c", code)
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", "[]")


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    """A misspelt name is reported as Python reports it."""
    import bayesnet

    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        _ = bayesnet.laod


def test_imports_go_down_only(root: Path) -> None:
    """The layers and the rule that only `interop` knows pgmpy hold, by import-linter."""
    done = run(str(Path(sys.executable).parent / "lint-imports"), "--no-cache", cwd=root)
    assert done.returncode == 0, done.stdout


def test_nothing_below_the_top_imports_the_package_root(root: Path) -> None:
    """Only the command line and the tests use the public names; the rooms import each other directly."""
    rooms = {path.stem for path in (root / "bayesnet").iterdir()} | {"__version__"}

    def uses_the_root(node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            return any(name.name == "bayesnet" for name in node.names)
        return isinstance(node, ast.ImportFrom) and node.module == "bayesnet" and any(n.name not in rooms for n in node.names)

    offenders = [
        path.relative_to(root).as_posix()
        for path in (root / "bayesnet").rglob("*.py")
        if "cli" not in path.parts and any(map(uses_the_root, ast.walk(ast.parse(path.read_text()))))
    ]
    assert offenders == []


def test_pgmpy_is_named_in_imports_only_in_the_bridge(root: Path) -> None:
    """No other room imports pgmpy, not even by a string that the import contract cannot see."""
    pattern = re.compile(r"""^\s*(?:import|from)\s+pgmpy|import_module\(\s*f?["']pgmpy""", re.M)
    offenders = [p for p in (root / "bayesnet").rglob("*.py") if "interop" not in p.parts and pattern.search(p.read_text())]
    assert offenders == []


LONG = {
    "bayesnet/analysis/sensitivity/uncertainty.py": "answers under draws of all numbers",
    "bayesnet/case.py": "the public class Case",
    "bayesnet/errors.py": "every error",
    "bayesnet/inference/planner.py": "the planner, line by line as in planner.c",
    "bayesnet/network.py": "the public class Network",
    "bayesnet/web/static/page/why_view.js": "for and against, finding by finding",
    "bayesnet/plot/sensitivity.py": "pictures of sensitivity results",
    "bayesnet/plot/teaching.py": "pictures of natural frequencies",
}
"""Files of more than 400 lines that were thought about twice, and their one subject."""


def test_files_hold_one_subject(root: Path) -> None:
    """A source file of the product has at most 400 lines, or its one subject is named here."""
    sources = [
        p for p in tracked(root) if p.suffix in {".py", ".js"} and p.relative_to(root).parts[0] in {"bayesnet", "benchmarks"}
    ]
    assert sources
    lengths = {path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {name: length for name, length in lengths.items() if length > 400 and name not in LONG} == {}
    assert set(LONG) <= set(lengths)


def test_no_imports_run_in_a_circle() -> None:
    """Inside a room, too, imports go one way, those made inside functions and those for type checkers included."""
    graph = grimp.build_graph("bayesnet", cache_dir=None)
    arrows = nx.DiGraph()
    for module in graph.modules:
        # A package's own file is where its parts are offered.
        arrows.add_edges_from((module, other) for other in graph.find_modules_directly_imported_by(module))
    circles = [sorted(group) for group in nx.strongly_connected_components(arrows) if len(group) > 1]
    assert circles == []


def test_no_public_class_has_the_name_of_another(root: Path) -> None:
    """A class is found by its name alone, whichever room it is in."""
    homes: dict[str, list[str]] = {}
    for path in sorted((root / "bayesnet").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path.relative_to(root).as_posix())
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_no_file_names_a_machine(root: Path) -> None:
    """No path of anybody's computer is in the tree."""
    home = re.compile(r"(?<![\w.:/])/(?:home|Users|root|work|tmp)/[\w.]+")
    text = {".py", ".js", ".toml", ".md", ".cff", ".txt", ".ipynb", ".html", ".css", ".json", ".yaml", ".yml", ""}
    found = {
        path.relative_to(root).as_posix(): match[0]
        for path in tracked(root)
        if path.suffix in text and path != Path(__file__) and (match := home.search(path.read_text(errors="replace")))
    }
    assert found == {}


FIND = "import bayesnet; from bayesnet.model import find_model; print(bayesnet.__file__); print(find_model('back_pain'))"


def test_an_editable_install_finds_the_priors_of_the_tree(root: Path) -> None:
    """Run from the source tree, the shipped models are those of `priors/`."""
    done = run(sys.executable, "-c", FIND, cwd=root)
    assert done.returncode == 0, done.stderr
    package, model = map(Path, done.stdout.splitlines())
    assert package == root / "bayesnet" / "__init__.py"
    assert model == root / "priors" / "back_pain"


def test_a_wheel_carries_the_priors(root: Path, tmp_path: Path) -> None:
    """Built and installed elsewhere, the package finds its models inside itself, complete."""
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "bayesnet", "priors"):
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, copy / name)
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=copy)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    installed = run(*pip)
    assert installed.returncode == 0, installed.stderr
    done = run(sys.executable, "-c", FIND, cwd=tmp_path, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    package, model = map(Path, done.stdout.splitlines())
    assert package == site / "bayesnet" / "__init__.py"
    assert model == site / "bayesnet" / "priors" / "back_pain"
    shipped, carried = (
        {path.relative_to(top) for path in top.rglob("*") if path.is_file()}
        for top in (root / "priors", site / "bayesnet" / "priors")
    )
    assert carried == shipped
    assert (site / "bayesnet" / "py.typed").is_file()
