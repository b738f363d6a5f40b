"""Every page that is tried: where it is, how a person comes there, and in which languages it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, Response, Route

from tests.browser.live import Live

Way = Callable[[Live, BrowserContext, Page], None]
Going = Callable[[Page, str], Response | None]


def typed(page: Page, address: str) -> Response | None:
    """As who types the address, or opens a bookmark."""
    return page.goto(address)


def clicked_in_mail(page: Page, address: str) -> Response | None:
    """As who clicks on a link on a page of another site."""
    page.goto(f"data:text/html,<title>Mail</title><a href='{address}'>link</a>")
    with page.expect_navigation() as going:
        page.click("a")
    return going.value


def sent_empty(page: Page, address: str) -> Response | None:
    """As who sends the form of the page before anything is filled in."""
    page.goto(address)
    with page.expect_navigation() as going:
        page.locator("main form button").click()
    return going.value


@dataclass(frozen=True)
class Place:
    """
    A page: its name in reports and screenshots, its path, and what a browser does first to be let in.

    Args:
        sheets: How many sheets of paper an ordinary case may take.
        go: How the browser gets there, once it is let in.
    """

    name: str
    path: Callable[[Live], str]
    enter: Way
    languages: tuple[str, ...] = ("nl", "en")
    status: int = 200
    sheets: int = 2
    go: Going = typed

    def show(self, live: Live, page: Page, language: str) -> None:
        """Go there, in this language."""
        path = self.path(live)
        answer = self.go(page, live.address(f"{path}{'&' if '?' in path else '?'}lang={language}"))
        assert answer is not None
        assert answer.status == self.status, f"{self.name}: {answer.status}"


def _nothing(_live: Live, _context: BrowserContext, _page: Page) -> None: ...


def _by_link(role: str, subject: str | None = None) -> Way:
    def enter(live: Live, _context: BrowserContext, page: Page) -> None:
        page.goto(live.address(live.told.link(role, live.told.creditors[subject] if subject else None)))

    return enter


def _kept_on_the_way(_live: Live, context: BrowserContext, _page: Page) -> None:
    """Hold the page that sends itself on: what it asks for itself goes nowhere, so that the browser stays."""

    def answer(route: Route) -> None:
        if route.request.url in asked:
            route.fulfill(status=204)
            return
        asked.append(route.request.url)
        route.continue_()

    asked: list[str] = []
    context.route("**/case?lang=*", answer)


def _signed_in(live: Live, context: BrowserContext, _page: Page) -> None:
    context.add_cookies([{"name": "mijn", "value": live.session(live.resident), "url": live.url}])


def at(path: str) -> Callable[[Live], str]:
    return lambda _live: path


def grant(path: str, creditor: str, purpose: str) -> Callable[[Live], str]:
    """The path with the id of this grant of the resident in it."""
    return lambda live: path.format(live.resident.grants[creditor, purpose])


def _mine(name: str, path: Callable[[Live], str], enter: Way = _signed_in, **more: Any) -> Place:
    return Place(f"mijn-{name}", path, enter, languages=("nl", "en", "ar"), **more)


PLACES = (
    Place("counsellor", at("/case"), _by_link("counsellor"), sheets=4),
    Place("creditor", at("/open-requests"), _by_link("creditor", "shop")),
    Place("error", at("/nowhere"), _nothing, status=404),
    Place("onward", at("/case"), _kept_on_the_way, go=clicked_in_mail),
    _mine("sign-in", at("/mijn/inloggen"), _nothing),
    _mine("sign-in-over", at("/mijn/inloggen?over=1"), _nothing),
    _mine("code", at("/mijn/inloggen/code"), _nothing),
    _mine("code-wrong", at("/mijn/inloggen/code"), _nothing, status=400, go=sent_empty),
    _mine("signed-out", at("/mijn/uitgelogd"), _nothing),
    _mine("home", at("/mijn")),
    _mine("home-by-link", at("/mijn"), _by_link("resident")),
    _mine("question", lambda live: f"/mijn/vragen/{live.resident.questions[0]}"),
    _mine("question-elsewhere", at("/mijn/vragen/00000000-0000-4000-8000-000000000000"), status=404),
    _mine("choice", grant("/mijn/keuzes/{}", "energy", "inventory")),
    _mine("choice-refused", grant("/mijn/keuzes/{}", "phone", "inventory")),
    _mine("stop-one", grant("/mijn/stoppen/{}", "energy", "inventory")),
    _mine("stop-creditor", lambda live: f"/mijn/stoppen/schuldeiser/{live.told.creditors['bank']}"),
    _mine("stop-purpose", at("/mijn/stoppen/doel/inventory")),
    _mine("stop-all", at("/mijn/stoppen/alles")),
    _mine("seen", at("/mijn/gezien"), sheets=6),
    _mine("help", at("/mijn/hulp")),
    _mine("next-time", at("/mijn/volgende-keer")),
    _mine("proofs", at("/mijn/bewijzen")),
    _mine("proof", grant("/mijn/bewijzen/{}", "energy", "inventory"), sheets=3),  # to print: one sheet each, /papier
    _mine("call", at("/mijn/bel-mij")),
    _mine("copy", at("/mijn/kopie")),
    _mine("on-paper", at("/mijn/afdrukken")),
    _mine("check", at("/bewijs"), _nothing),
    _mine("check-empty", at("/bewijs"), _nothing, status=400, go=sent_empty),
    _mine("in-log", lambda live: f"/bewijs/{live.place_in_log('energy', 'inventory')}", _nothing),
    _mine("not-in-log", at(f"/bewijs/1/{'00' * 32}"), _nothing, status=404),
    _mine("owed", at("/mijn/overzicht")),
)
