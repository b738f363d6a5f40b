"""A resident at a browser: reads, presses what it is told by its words, types; and counts the presses."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator

from gateway.web.mijn import words
from tests.browser import checks
from tests.browser.checks import Watch
from tests.browser.live import Live, Resident

MOST_TABS = 120  # more than any page has stops


class Walker:
    """
    Args:
        keys_only: Without a mouse: Tab until it is there, then Enter.
    """

    def __init__(self, live: Live, context: BrowserContext, language: str, *, keys_only: bool = False) -> None:
        self.live, self.context, self.language, self.keys_only = live, context, language, keys_only
        self.watch = Watch(context, live.url, live.login)
        self.page = context.new_page()
        self.presses = 0

    def comes_in(self, resident: Resident) -> None:
        """Signed in as with the code from a letter; on the first page."""
        self.context.add_cookies([{"name": "mijn", "value": self.live.session(resident), "url": self.live.url}])
        self.opens("/mijn")

    def opens(self, path: str) -> None:
        self.page.goto(self.live.address(f"{path}?lang={self.language}"))
        self._looks_around()

    def says(self, name: str, **places: object) -> str:
        """The words of the page for this, in the walker's language."""
        return words.say(name, self.language, **places)

    def about(self, purpose: str, creditor: str) -> str:
        """What a flow is called where a link is about it."""
        flow = self.live.told.w.gateway.settings.flows.of(purpose)
        assert flow is not None
        return self.says("home_about", what=getattr(flow, f"label_{self.language}"), creditor=creditor)

    def presses_link(self, name: str, *, about: str = "", **places: object) -> None:
        """The link with these words (a name of words.TEXTS), followed by *about* where several say the same."""
        self._presses(self._by_name("link", self.says(name, **places), about))

    def presses_button(self, name: str) -> None:
        """What came of it stays readable in another language, though nothing is sent a second time."""
        self._presses(self._by_name("button", self.says(name), ""))
        as_it_was = self.context.cookies()
        faults = checks.dead_links(self.page, self.live.url, {}, within="header nav")
        self.context.clear_cookies()  # a language that is tried is remembered
        self.context.add_cookies(as_it_was)
        assert not faults, f"{self.page.url}: {'; '.join(faults)}"

    def keeps_file(self, name: str) -> Path:
        """The file behind the link with these words, as the browser saves it."""
        with self.page.expect_download() as saving:
            self._uses(self._by_name("link", self.says(name), ""), "Enter")
        return saving.value.path()

    def types(self, name: str, what: str) -> None:
        field = self.page.get_by_label(self.says(name), exact=False).first
        if self.keys_only:
            self._tabs_to(field)
            self.page.keyboard.insert_text(what)  # as who pastes
        else:
            field.fill(what)

    def is_at(self, pattern: str) -> bool:
        return re.fullmatch(pattern, urlsplit(self.page.url).path) is not None

    def heading(self) -> str:
        return _plain(self.page.locator("h1").inner_text())

    def reads(self) -> str:
        """What is on the page, folded away or not."""
        return _plain(self.page.locator("main").text_content() or "")

    def _by_name(self, role: str, name: str, about: str) -> Locator:
        wanted = re.compile(rf"^\s*{re.escape(name)}.*{re.escape(about)}", re.DOTALL)
        return self.page.get_by_role(role, name=wanted).first

    def _presses(self, what: Locator) -> None:
        with self.page.expect_navigation():
            self._uses(what, "Enter")
        self.presses += 1
        self._looks_around()

    def _uses(self, what: Locator, key: str) -> None:
        if self.keys_only:
            self._tabs_to(what)
            self.page.keyboard.press(key)
        else:
            what.click()

    def _tabs_to(self, what: Locator) -> None:
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("(one) => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {what}")

    def _looks_around(self) -> None:
        """On every page on the way: in the right language, no wider than the screen, and silent."""
        faults = [
            *checks.language_and_heading(self.page, self.language),
            *checks.reflow(self.page),
            *self.watch.heard(),
        ]
        assert not faults, f"{self.page.url}: {'; '.join(faults)}"


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
