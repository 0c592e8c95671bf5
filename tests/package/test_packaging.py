"""What the metadata promise: dependencies are used, imports declared, the version written once; a forge can read its files."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
import yaml
from paths import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]

PROGRAMS = {
    "build": ("docs/releasing.md", "python -m build"),
    "codespell": ("Makefile", "codespell"),
    "distributed": ("tests/cohort/test_partitions.py", "from distributed import"),
    "furo": ("docs/conf.py", 'html_theme = "furo"'),
    "hatchling": ("pyproject.toml", 'build-backend = "hatchling.build"'),
    "import-linter": ("Makefile", "lint-imports"),
    "ipykernel": ("notebooks/build.py", '"kernel_name": "python3"'),
    "jupyterlab": ("docs/lessons.md", "jupyter lab"),
    "axe-playwright-python": ("tests/axe.py", 'find_spec("axe_playwright_python")'),
    "marimo": ("tests/page/test_hosts.py", '"marimo", "run"'),
    "mypy": ("Makefile", "mypy"),
    "myst-nb": ("docs/conf.py", '"myst_nb"'),
    "nbconvert": ("tests/page/test_hosts.py", '"nbconvert", *options'),
    "pandas-stubs": ("pyproject.toml", "[tool.mypy]"),
    "pytest-xdist": ("Makefile", "pytest -n"),
    "ruff": ("Makefile", "ruff check"),
    "sphinx": ("Makefile", "-m sphinx"),
    "taplo": ("Makefile", "taplo fmt"),
    "ziglang": ("hatch_build.py", '"-m", "ziglang"'),
}
"""What is started, or named in a configuration, instead of imported: the file and the words that do it."""


def canonical(requirement: str) -> str:
    """The name of a requirement as indexes write it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


def group(name: str) -> list[str]:
    """The requirements of a dependency group, those of included groups too."""
    parts = [group(one["include-group"]) if isinstance(one, dict) else [one] for one in GROUPS[name]]
    return [one for part in parts for one in part]


REQUIREMENTS = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
GROUPED = [one for name in GROUPS for one in group(name)]
SHIPPED = set(map(canonical, REQUIREMENTS))
EVERYTHING = SHIPPED | set(map(canonical, GROUPED))


@cache
def modules(folder: str) -> frozenset[str]:
    """The modules that the files of a folder import, by the first part of their names."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module).split(".")[0])
    return frozenset(found)


TOOLS = ("tests", "benchmarks", "notebooks", "docs")
OWN = {"bayesnet", "benchmarks", *(path.stem for folder in TOOLS for path in (ROOT / folder).rglob("*.py"))}


@cache
def imported(*folders: str) -> frozenset[str]:
    """The distributions whose modules are imported anywhere in these folders, our own and the standard library's left out."""
    foreign = frozenset().union(*map(modules, folders)) - OWN - set(sys.stdlib_module_names)
    known = packages_distributions()
    return frozenset(canonical(name) for module in foreign for name in known.get(module, [module])[:1])


def test_the_package_imports_only_what_it_declares() -> None:
    """Each library that the package imports is a dependency or comes with an extra, none by way of another."""
    assert imported("bayesnet") - SHIPPED == set()


def test_tests_and_tools_import_only_what_is_declared() -> None:
    """So do tests, benchmarks, notebooks and documentation, with the dependency groups."""
    assert imported("bayesnet", *TOOLS) - EVERYTHING == set()


def test_every_declared_dependency_is_used() -> None:
    """Each is imported by what it is declared for, or is a program or an extension that a named file starts."""
    started = {name for name, (file, words) in PROGRAMS.items() if words in (ROOT / file).read_text(encoding="utf-8")}
    assert started == set(PROGRAMS)
    assert SHIPPED - imported("bayesnet") - started == set()
    assert EVERYTHING - imported("bayesnet", *TOOLS) - started == set()


def test_every_dependency_has_a_lower_bound() -> None:
    """`make test-lowest` can try it."""
    bounded = re.compile(r"[A-Za-z0-9._-]+>=[0-9.]+(,<[0-9.]+)?")
    assert [one for one in [*REQUIREMENTS, *GROUPED] if not bounded.fullmatch(one)] == []


def test_constraints_pin_names_and_versions_only() -> None:
    """Every line is `name==version`; every dependency of the package and of its groups is pinned."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert EVERYTHING - {canonical(line) for line in lines} == set()


def test_the_version_is_the_same_everywhere() -> None:
    """Written in the package only; citation and changelog agree with it, also on whether and when it was released."""
    import bayesnet

    assert "version" not in PROJECT
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "bayesnet/__init__.py"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+) \(([^)]+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest is not None
    assert citation["version"] == newest[1] == bayesnet.__version__
    assert newest[2] == str(citation.get("date-released", "unreleased"))


def test_the_owner_is_written_once() -> None:
    """The address of the repository is a placeholder in `[project.urls]`; nothing else repeats it."""
    owner = re.match(r"https://github\.com/([^/]+)/", PROJECT["urls"]["Source"])[1]
    assert all(owner in url for url in PROJECT["urls"].values())
    address = re.compile(rf"{owner}(?:\.github\.io)?/bayesnet")
    looked_at = [*ROOT.glob("*.md"), *ROOT.glob("*.cff"), *(ROOT / ".github").rglob("*.*"), *(ROOT / "docs").glob("*.*")]
    assert [path.name for path in looked_at if path.is_file() and address.search(path.read_text(encoding="utf-8"))] == []


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_can_be_read_and_runs_targets_that_exist(path: Path) -> None:
    """It has triggers, few rights, and jobs; each `make` in it names a target of the Makefile."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    assert {"name", True, "permissions", "jobs"} <= set(workflow)
    rules = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    targets = {name for rule in rules for name in rule.split()}
    runs = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    assert runs
    assert {name for run in runs for name in re.findall(r"\bmake ([\w-]+)", run)} <= targets


def test_the_matrix_is_what_the_classifiers_promise() -> None:
    """Every Python version of the classifiers is tested, on three systems."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    promised = [
        c.split(" :: ")[2] for c in PROJECT["classifiers"] if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", c)
    ]
    assert matrix["python"] == promised
    assert [name.split("-")[0] for name in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_issue_forms_can_be_read_and_the_first_is_a_wrong_number() -> None:
    """Forms are listed by file name; each has a name, a description and at least one question that must be answered."""
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in forms]
    assert read[0]["name"] == "A number is wrong"
    for form in read:
        assert {"name", "description", "body"} <= set(form)
        ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
        assert len(set(ids)) == len(ids) > 0
        assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_hooks_use_the_tested_versions() -> None:
    """Each tool that pre-commit installs has the version of `constraints.txt`."""
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split())
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    wanted = [
        one for repo in hooks for hook in repo["hooks"] if hook["language"] == "python" for one in hook["additional_dependencies"]
    ]
    assert wanted
    assert [one for one in wanted if pinned.get(one.split("==")[0]) != one.split("==")[1]] == []
