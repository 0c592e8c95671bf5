"""The browser and its tabs, for all tests of the page."""

from browsing import browser, desktop, opened, pages  # noqa: F401 - fixtures
