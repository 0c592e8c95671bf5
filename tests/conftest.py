"""What all tests share: quiet libraries, one hypothesis profile, the public networks, pages and the browser that opens them."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import bayesnet

# Two workers share two cores; a plot needs no screen.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# What libraries keep in a home goes to a folder of this run, which its workers share: the home may be read-only or out of date.
if "BAYESNET_TEST_HOME" not in os.environ:
    os.environ["BAYESNET_TEST_HOME"] = tempfile.mkdtemp(prefix="bayesnet-tests-")
    atexit.register(shutil.rmtree, os.environ["BAYESNET_TEST_HOME"], ignore_errors=True)
    for name in ("BAYESNET_CACHE_DIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        os.environ.setdefault(name, str(Path(os.environ["BAYESNET_TEST_HOME"]) / name.lower()))

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

ROOT = Path(__file__).resolve().parent.parent
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


class Pages:
    """Path and network of a page by name; a page is written when a test first opens it."""

    BEGUN = "age_group=60-69, female, cancer_history, raised_alp, anemia"
    """The findings that the page `begun` opens with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: dict[str, tuple[Path, bayesnet.Network]] = {}

    def __getitem__(self, name: str) -> tuple[Path, bayesnet.Network]:
        if name not in self.written:
            net = self.network(name)
            self.written[name] = net.page(self.folder / f"{name}.html", self.BEGUN if name == "begun" else {}), net
        return self.written[name]

    def network(self, name: str) -> bayesnet.Network:
        """A shipped model, a standard network, or the one whose names are markup."""
        from test_page import odd_network

        if name == "odd":
            return odd_network(self.folder / "odd")
        standard = NETWORKS / f"{name}.bif.gz"
        return bayesnet.load(standard if name in {"alarm", "hepar2"} else {"begun": "back_pain"}.get(name, name))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The pages that tests open, each written once and only where a test needs it."""
    return Pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; skips, visibly, where there is none. It ends with its module: its event loop is in the way of others."""
    sync = pytest.importorskip("playwright.sync_api")
    names = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    found = os.environ.get("BAYESNET_CHROMIUM") or next(filter(None, names), None)
    with sync.sync_playwright() as player:
        try:
            running = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        except sync.Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}")
        yield running
        running.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn the skip of a page test into a failure where a browser is required, as in continuous integration."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("BAYESNET_REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but BAYESNET_REQUIRE_BROWSER is set: {report.longrepr}"
    return report
