"""Finds a Chromium on this machine and starts it with an empty profile, without a word to the outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
ADVICE = "No Chromium on this machine, so no page was tried. On Debian or Ubuntu: apt install chromium"
QUIET = (
    "--no-sandbox",  # a build machine is often a container whose only user is root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str:
    """
    Where Chromium is.

    Without one the tests are skipped and say how to get it; on a build machine (CI is set) they fail, because a check
    that silently does not run is no check.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        pytest.fail(ADVICE)
    pytest.skip(ADVICE)


@contextmanager
def started() -> Iterator[Browser]:
    """A headless Chromium; each context in it is a person with an empty profile."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
