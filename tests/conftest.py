"""What all tests share: quiet libraries, one hypothesis profile, the public networks, and what a missing browser means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from paths import ROOT

# Two workers share two cores; a plot needs no screen.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# The standard networks are not ours to ship; they lie beside the project where there is a copy.
NETWORKS = Path(os.environ.get("BAYESNET_NETWORKS", ROOT.parent / "shared" / "networks"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def networks() -> Path:
    """The folder of the standard networks (alarm.bif.gz, ...); skips, visibly, where it is missing."""
    if not NETWORKS.is_dir():
        pytest.skip(f"no standard networks at {NETWORKS}; set BAYESNET_NETWORKS to a folder of .bif.gz files")
    return NETWORKS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn the skip of a page test into a failure where a browser is required, as in continuous integration."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("BAYESNET_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but BAYESNET_REQUIRE_BROWSER is set: {report.longrepr}"
    return report
