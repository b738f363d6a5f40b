"""A resident signs in with a code from a letter or with the login service, and out again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.checks import NARROW
from tests.browser.live import Live, Resident
from tests.browser.walker import Walker
from tests.integration.support import RESIDENT

YEAR, MONTH, DAY = RESIDENT["birth_date"].split("-")


def fills_in(walker: Walker, code: str, *, year: str = YEAR) -> None:
    walker.types("entering_code_label", code)
    for part, what in (("day", DAY), ("month", MONTH), ("year", year)):
        walker.types(f"layout_{part}", what)
    walker.presses_button("entering_go")


def test_a_code_from_a_letter_opens_the_pages_and_signing_out_shuts_them(
    walker: Walker, live: Live, resident: Resident
):
    """Whoever is not signed in comes to the way in; a mistake is said where it is, and can be mended."""
    walker.opens("/mijn")
    assert walker.is_at("/mijn/inloggen")
    walker.presses_link("entering_use_code")
    fills_in(walker, live.letter_code(resident), year="1900")
    assert walker.says("entering_wrong_no_match") in walker.reads()
    assert walker.page.evaluate("() => document.activeElement.className").endswith("error-summary")
    assert walker.page.title().startswith(walker.says("layout_error"))
    fills_in(walker, live.letter_code(resident))
    assert walker.is_at("/mijn")
    assert "Schuldeiser energy" in walker.reads()
    walker.presses_button("layout_sign_out")
    assert walker.is_at("/mijn/uitgelogd")
    walker.opens("/mijn")
    assert walker.is_at("/mijn/inloggen"), "the page is shut"


def at_the_login_service(page: Page, person: str, *, outcome: str = "signed_in", cancel: bool = False) -> None:
    """What somebody does there."""
    page.locator(f"[name=outcome][value={outcome}]").check()
    page.locator("[name=person][value=other]").check()
    page.locator("[name=other]").fill(person)
    with page.expect_navigation():
        page.locator("button[name=cancel]" if cancel else "button:not([name])").click()


@pytest.fixture(params=[("nl", False), ("ar", True)], ids=["nl, no scripts", "ar"])
def visitor(request: pytest.FixtureRequest, live: Live, person: Callable[..., BrowserContext]) -> Walker:
    language, scripts = request.param
    return Walker(live, person(viewport=NARROW, java_script_enabled=scripts), language)


def test_the_login_service_opens_the_pages(visitor: Walker, resident: Resident):
    visitor.opens("/mijn/inloggen")
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name=visitor.says("login_start", label="DigiD")).click()
    assert "NAGEBOOTST" in visitor.page.locator("header").inner_text()
    at_the_login_service(visitor.page, resident.bsn)
    assert visitor.is_at("/mijn")
    assert "Schuldeiser energy" in visitor.reads()
    assert visitor.watch.heard() == []


@pytest.mark.parametrize("how", [{"cancel": True}, {"outcome": "too_low"}, {"outcome": "for_somebody_else"}], ids=str)
def test_a_login_that_does_not_work_says_what_else_there_is(visitor: Walker, resident: Resident, how: dict[str, str]):
    """Nobody is signed in, and the letter and the phone are named."""
    visitor.opens("/mijn/inloggen")
    visitor.page.get_by_role("link", name=visitor.says("login_start", label="DigiD")).click()
    at_the_login_service(visitor.page, resident.bsn, **how)
    assert visitor.says("login_letter") in visitor.reads()
    assert "14 000" in visitor.reads()
    visitor.opens("/mijn")
    assert visitor.is_at("/mijn/inloggen")
