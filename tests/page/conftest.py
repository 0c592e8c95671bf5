"""The browser and its tabs, for all tests of the page."""

import pytest

pytest.register_assert_rewrite("browsing")

from browsing import browser, desktop, opened, pages  # noqa: E402, F401 - fixtures
