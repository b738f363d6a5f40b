"""One browser and one lived-through case for all tests of this folder; a fresh person for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.checks import NARROW, WIDE
from tests.browser.live import Live, Resident
from tests.browser.live import live as running
from tests.browser.walker import Walker

PATIENCE_MILLISECONDS = 10_000  # how long a page may take before it counts as a hang

# Both languages, both sizes, with and without scripts, and once without a mouse; each with each at least once.
WAYS = {
    "nl, screen": ("nl", WIDE, True, False),
    "nl, phone, no scripts": ("nl", NARROW, False, False),
    "ar, screen, no scripts": ("ar", WIDE, False, False),
    "ar, phone": ("ar", NARROW, True, False),
    "nl, phone, keys only": ("nl", NARROW, True, True),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="DIR", help="keep a picture of every page here")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium.started() as made:
        yield made


@pytest.fixture(scope="package")
def live(browser: Browser) -> Iterator[Live]:
    """After the browser: where there is none, no case need be told."""
    with running() as made:
        yield made


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of people who were never here; what they left is gone when the test ends."""
    with ExitStack() as leaving:

        def make(**more: Any) -> BrowserContext:
            context = browser.new_context(**more)
            leaving.callback(context.close)
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            return context

        yield make


@pytest.fixture(scope="package")
def links() -> dict[str, int]:
    """What the links of the pages led to, so that each is tried once in a run."""
    return {}


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """The folder for screenshots, when they are asked for."""
    wanted = request.config.getoption("--screenshots", default=None)
    if wanted is None:
        return None
    folder = Path(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def walker(request: pytest.FixtureRequest, live: Live, person: Callable[..., BrowserContext]) -> Walker:
    language, size, scripts, keys_only = request.param
    return Walker(live, person(viewport=size, java_script_enabled=scripts), language, keys_only=keys_only)


@pytest.fixture
def resident(live: Live) -> Resident:
    return live.newcomer("energy", "bank", "shop")
