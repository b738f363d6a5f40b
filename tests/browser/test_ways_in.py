"""How people really come in: by a link in their mail, which is a page of another site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.checks import Watch
from tests.browser.live import Live
from tests.browser.places import clicked_in_mail

WHERE = {"resident": "/mijn", "counsellor": "/case", "creditor": "/open-requests"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("role", WHERE)
def test_a_link_in_webmail_opens_the_page(role: str, scripts: bool, live: Live, person: Callable[..., BrowserContext]):
    """
    A browser keeps a SameSite=Strict cookie back on a way that began elsewhere; the person still arrives.

    The code of the link is not in the address any more, and reading the page anew works.
    """
    context = person(java_script_enabled=scripts)
    watch = Watch(context, live.url)
    page = context.new_page()
    link = live.told.link(role, live.told.creditors["shop"] if role == "creditor" else None)
    clicked_in_mail(page, live.address(link))
    page.wait_for_url(f"{live.address(WHERE[role])}?*" if role != "resident" else live.address(WHERE[role]))
    page.get_by_role("heading", level=1).wait_for()
    assert link.rpartition("/")[2] not in page.url
    again = page.reload()
    assert again is not None
    assert again.status == 200
    assert watch.heard() == []


def test_a_form_on_another_site_does_nothing(live: Live, person: Callable[..., BrowserContext]):
    """Somebody else's page sends a signed-in resident's browser to a stop: refused, and nothing is stopped."""
    resident = live.newcomer("energy")
    context = person()
    context.add_cookies([{"name": "mijn", "value": live.session(resident), "url": live.url}])
    page = context.new_page()
    where = live.address(f"/mijn/stoppen/{resident.grants['energy', 'inventory']}/ja")
    page.goto(f"data:text/html,<form method=post action={where}><button>Win!</button></form>")
    with page.expect_navigation() as going:
        page.click("button")
    assert going.value is not None
    assert going.value.status in (303, 403)
    assert live.status(resident, "energy", "inventory") == "active"
