"""What all tests share: quiet libraries, one hypothesis profile, the public networks, and what a missing browser means."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from paths import ROOT

# Two workers share two cores; a plot needs no screen.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# Prints are as wide as in a pipe, in children too: readline, which pytest imports, would tell them of another width.
os.environ["COLUMNS"] = "100"
# What libraries keep in a home goes to a folder of this run, which its workers share: the home may be read-only or out of date.
if "BAYESNET_TEST_HOME" not in os.environ:
    os.environ["BAYESNET_TEST_HOME"] = tempfile.mkdtemp(prefix="bayesnet-tests-")
    atexit.register(shutil.rmtree, os.environ["BAYESNET_TEST_HOME"], ignore_errors=True)
    for name in ("BAYESNET_CACHE_DIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        os.environ.setdefault(name, str(Path(os.environ["BAYESNET_TEST_HOME"]) / name.lower()))

# Where nobody waits, laws on random networks get more examples.
settings.register_profile("local", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), max_examples=100, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# The standard networks come with pgmpy, whose folder is found without importing it.
NETWORKS = Path(find_spec("pgmpy").origin).parent / "utils" / "example_models"


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def networks() -> Path:
    """The folder of the standard networks (alarm.bif.gz, ...)."""
    return NETWORKS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn the skip of a page test into a failure where a browser is required, as in continuous integration."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("BAYESNET_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but BAYESNET_REQUIRE_BROWSER is set: {report.longrepr}"
    return report


from axe import axe  # noqa: E402, F401 - fixtures for all tests
from browsing import browser  # noqa: E402, F401
from node import node  # noqa: E402, F401
