"""A browser of a resident: signs in, reads a page, sends the form that is on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from gateway.services.portal_session import Assurance, open_session
from gateway.storage import cases
from tests.integration.support import World


@dataclass
class Resident:
    """Somebody at a browser, signed in as the resident of one case."""

    w: World
    browser: FlaskClient
    id: UUID

    def read(self, path: str, *, status: int = 200) -> str:
        """A page as its reader reads it."""
        return text(self.html(path, status=status))

    def html(self, path: str, *, status: int = 200) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.headers.get("Location"))
        return answer.get_data(as_text=True)

    def send(self, page: str, action: str, **fields: str) -> Any:
        """Send the form on *page* whose address ends with *action*."""
        found = [one for one in forms(self.html(page)) if one[0].endswith(action)]
        assert found, f"{page} has no form for {action}"
        return self.browser.post(found[0][0], data={"token": found[0][1], **fields})


def signed_in(w: World, case: str, *, assurance: Assurance = Assurance.CODE) -> Resident:
    with w.gateway.runtime.database.begin() as connection:
        row = cases.get(connection, UUID(case))
    assert row is not None
    secret = open_session(w.gateway.runtime, row["resident_id"], w.now(), assurance=assurance)
    browser = w.gateway.flask.test_client()
    browser.set_cookie("mijn", secret)
    return Resident(w=w, browser=browser, id=row["resident_id"])


def forms(html: str) -> list[tuple[str, str]]:
    """Address and token of every form on a page."""
    found = []
    for form in re.findall(r"<form[^>]*>.*?</form>", html, flags=re.DOTALL):
        action, token = re.search(r'action="([^"]+)"', form), re.search(r'name="token" value="([^"]+)"', form)
        if action is not None:
            found.append((action[1], token[1] if token is not None else ""))
    return found


def text(html: str) -> str:
    """What a reader reads."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(html)
    return " ".join(" ".join(found).replace("\u00a0", " ").split())
