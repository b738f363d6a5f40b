"""Every page in every language, on a phone and on a screen, light and dark, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import checks
from tests.browser.checks import NARROW, WIDE, Faults, Watch
from tests.browser.live import Live
from tests.browser.places import PLACES, Place

Person = Callable[..., BrowserContext]
each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)


def arrived(place: Place, live: Live, context: BrowserContext) -> Page:
    page = context.new_page()
    place.enter(live, context, page)
    return page


@each_place
def test_everybody_can_use_the_page(
    place: Place, live: Live, person: Person, pictures: Path | None, links: dict[str, int]
):
    """
    On a phone and on a screen, in the light and in the dark, with keys alone and with what reads pages aloud.

    Nothing is in the console, nothing comes from elsewhere, no link is dead, and it can be printed. axe-core knows the
    rules of WCAG 2.2 A and AA; it is run once per language, by turns on a screen and on a phone.
    """
    context = person()
    watch = Watch(context, live.url)
    page = arrived(place, live, context)
    faults = Faults()
    for number, language in enumerate(place.languages):
        place.show(live, page, language)
        faults.add(language, checks.language_and_heading(page, language))
        if language in (place.languages[0], place.languages[-1]):
            faults.add(f"{language}, keys alone", checks.keyboard(page))
        for size in (NARROW, WIDE) if number % 2 == 0 else (WIDE, NARROW):
            page.set_viewport_size(size)
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                faults.add(f"{language} {size['width']} px {scheme}", [*checks.reflow(page), *checks.targets(page)])
                if pictures is not None:
                    name = f"{place.name}-{language}-{size['width']}-{scheme}.png"
                    page.screenshot(path=pictures / name, full_page=True)
        faults.add(f"{language} {size['width']} px", checks.axe(page))
        faults.add(language, watch.heard())
    if checks.dark_is_offered(page):
        page.emulate_media(color_scheme="dark")
        faults.add("dark", checks.axe(page, only="color-contrast"))
    faults.add("on paper", checks.printed(page, most=place.sheets))
    not_there = place.path(live) if place.status == 404 else ""
    faults.add("any language", checks.dead_links(page, live.url, links, but=not_there))
    assert not faults, str(faults)


@each_place
def test_the_page_needs_no_scripts(place: Place, live: Live, person: Person):
    """In a browser that runs none it fits as well, and is as silent."""
    context = person(java_script_enabled=False)
    watch = Watch(context, live.url)
    page = arrived(place, live, context)
    faults = Faults()
    for language in place.languages:
        place.show(live, page, language)
        faults.add(language, checks.language_and_heading(page, language))
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            faults.add(f"{language} {size['width']} px", [*checks.reflow(page), *checks.targets(page)])
        faults.add(language, watch.heard())
    assert not faults, str(faults)


def test_receipts_on_paper_are_sheets_of_their_own(live: Live, person: Person, pictures: Path | None):
    """A document to print, one sheet for each thing that was said: nothing to press, and still to be read by everybody."""
    context = person(viewport=NARROW)
    watch = Watch(context, live.url)
    context.add_cookies([{"name": "mijn", "value": live.session(live.resident), "url": live.url}])
    page = context.new_page()
    page.goto(live.address(f"/mijn/bewijzen/{live.resident.grants['energy', 'inventory']}/papier"))
    said = page.locator("h1").count()
    assert said >= 1
    if pictures is not None:
        page.screenshot(path=pictures / "receipt-on-paper-nl-320-light.png", full_page=True)
    assert [*checks.axe(page), *checks.reflow(page), *watch.heard(), *checks.printed(page, most=said)] == []


def test_the_code_on_a_receipt_is_as_dark_on_light_as_ever(live: Live, person: Person):
    """Who prefers a dark screen must be able to scan it too: a code of black on black is no code."""
    context = person(viewport=NARROW)
    context.add_cookies([{"name": "mijn", "value": live.session(live.resident), "url": live.url}])
    page = context.new_page()
    page.goto(live.address(f"/mijn/bewijzen/{live.resident.grants['energy', 'inventory']}"))
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen.append(page.locator(".qr svg").first.screenshot())
    assert seen[0] == seen[1]
