"""The resident stops: what the page promises is what is done, at once, without a reason, whatever else is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.consent.flows import Mode
from gateway.errors import Unavailable
from gateway.keys import keyless
from gateway.services.portal_session import FRESH, Assurance
from gateway.storage.database import Database
from tests.integration.page_support import Told, told
from tests.integration.permission_support import lower
from tests.integration.portal_support import Resident, forms, signed_in, text
from tests.integration.support import RESIDENT


@pytest.fixture
def fresh() -> Iterator[Told]:
    with told(proposed=False) as made:
        yield made


@pytest.fixture(scope="module")
def lived() -> Iterator[Told]:
    with told() as made:
        yield made


def grants(lived: Told, name: str) -> dict[str, dict[str, Any]]:
    """What one creditor was given, by purpose, with what it is worth now."""
    found = lived.w.ok("counsellor", "GET", f"/v1/cases/{lived.case}/grants")["grants"]
    return {one["purpose"]: one for one in found if one["creditor"]["id"] == lived.creditors[name]}


def effects(html: str) -> list[str]:
    """The list that a page shows: every sentence, under the creditor that it stands under."""
    [shown] = re.findall(r'<section[^>]* id="effects"[^>]*>(.*?)</section>', html, flags=re.DOTALL)
    return [
        text(one)
        for one in re.findall(r"<(?:li|strong|h3|span)[^>]*>(.*?)</(?:li|strong|h3|span)>", shown, flags=re.DOTALL)
    ]


def _send(who: Resident, path: str) -> Any:
    """The form of a page that was opened before: what it carries follows from the session and the address."""
    cookie = who.browser.get_cookie("mijn")
    assert cookie is not None
    return who.browser.post(path, data={"token": keyless.commit(cookie.value.encode(), path.encode()).hex()})


def stop(who: Resident, place: str) -> str:
    done = who.send(f"/mijn/stoppen/{place}", "/ja")
    assert done.status_code == 200, done.get_data(as_text=True)
    return str(done.get_data(as_text=True))


def test_one_yes_is_stopped_in_two_steps_without_a_reason(fresh: Told):
    """G13: the page, the button, done; the other yes to the same creditor stands."""
    who, given = signed_in(fresh.w, fresh.case), grants(fresh, "energy")
    page = who.html(f"/mijn/stoppen/{given['inventory']['id']}")
    assert "U hoeft niet te zeggen waarom" in text(page)
    assert "<textarea" not in page
    assert set(re.findall(r'<(?:input|button)[^>]* name="([^"]+)"', page)) == {"token"}
    done = text(stop(who, given["inventory"]["id"]))
    assert "Het is gestopt" in done
    assert "Schuldeiser energy" in done
    after = grants(fresh, "energy")
    assert (after["inventory"]["status"], after["proposal"]["status"]) == ("withdrawn", "active")


def test_yes_and_no_are_the_same_button(lived: Told):
    """No dark pattern: the two choices have one look, and "no" is not smaller."""
    page = signed_in(lived.w, lived.case).html("/mijn/stoppen/alles")
    buttons = re.findall(r"<button([^>]*)>.*?<span>([^<]+)</span></button>", page.partition('class="mijn-choose')[2])
    assert [label for _, label in buttons] == ["Ja, stop", "Nee, ga terug"]
    assert len({look for look, _ in buttons}) == 1


@pytest.mark.parametrize("assurance", [Assurance.CODE, Assurance.LINK])
@pytest.mark.parametrize("scope, language", [("grant", "nl"), ("creditor", "en"), ("purpose", "ar"), ("all", "nl")])
def test_the_page_before_lists_what_the_page_after_lists(scope: str, language: str, assurance: Assurance):
    """Invariant I12, on what people read: for a stop and for a pause, with offers, terms and agreements in it."""
    with told() as lived:
        places = {
            "grant": grants(lived, "shop")["inventory"]["id"],
            "creditor": f"schuldeiser/{lived.creditors['energy']}",
            "purpose": "doel/inventory",
            "all": "alles",
        }
        who = signed_in(lived.w, lived.case, assurance=assurance)
        before = effects(who.html(f"/mijn/stoppen/{places[scope]}?lang={language}"))
        assert before
        assert effects(stop(who, places[scope])) == before


LIFE = st.lists(
    st.tuples(
        st.sampled_from(["given", "refused", "deferred"]),
        st.sampled_from(["silent", "asked", "sent", "paused", "stopped"]),
    ),
    min_size=1,
    max_size=3,
)


def test_whatever_came_before_the_two_lists_are_one(fresh: Told):
    """Invariant I12 as a property: any words, asked and sent or not, paused or stopped before, in several cases."""
    w, creditors = fresh.w, list(fresh.creditors.values())

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(life=LIFE, place=st.sampled_from(["alles", "schuldeiser", "doel"]), assurance=st.sampled_from(Assurance))
    def holds(life: list[tuple[str, str]], place: str, assurance: Assurance) -> None:
        case = w.case()
        for creditor, (act, then) in zip(creditors, life, strict=False):
            [inventory, _] = w.grant(case, [creditor], fresh.counsellor, act=act)
            if act == "given" and then in ("asked", "sent"):
                w.ask(case, [creditor])
            if then == "sent":
                w.work()
            if act == "given" and then == "paused":
                change = {"change": "paused", "reason": "resident_asked", "recorded_by": fresh.counsellor}
                w.ok("counsellor", "POST", f"/v1/grants/{inventory}/changes", change)
            if act == "given" and then == "stopped":
                w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"grant_id": inventory})
        who = signed_in(w, case, assurance=assurance)
        path = {"alles": "alles", "schuldeiser": f"schuldeiser/{creditors[0]}", "doel": "doel/inventory"}[place]
        page = who.html(f"/mijn/stoppen/{path}")
        if "/ja" not in page:  # nothing that can be stopped
            return
        assert effects(stop(who, path)) == effects(page)
        assert "/ja" not in who.html(f"/mijn/stoppen/{path}"), "something was left"

    holds()


def test_a_stop_from_a_link_is_a_pause_until_it_is_certain_who_speaks(fresh: Told):
    """Invariant I27: nothing leaves any more, nothing is lost, and the page says how to make it final."""
    grant = grants(fresh, "shop")["inventory"]["id"]
    stranger = signed_in(fresh.w, fresh.case, assurance=Assurance.LINK)
    assert "Wij weten niet zeker of u het bent" in stranger.read(f"/mijn/stoppen/{grant}")
    done = stop(stranger, grant)
    assert "Het staat nu stil" in text(done)
    assert f'href="/mijn/bevestigen?verder=/mijn/stoppen/{grant}"' in done
    assert grants(fresh, "shop")["inventory"]["status"] == "paused"
    assert "Het is gestopt" in text(stop(signed_in(fresh.w, fresh.case), grant))
    assert grants(fresh, "shop")["inventory"]["status"] == "withdrawn"
    again = _send(stranger, f"/mijn/stoppen/{grant}/ja")
    assert "Het is gestopt" in text(again.get_data(as_text=True)), "a link does not make it a pause again"


def test_stopping_asks_for_no_step_up(fresh: Told):
    """As easy as giving: whoever signed in long ago may still stop, for good."""
    who, grant = signed_in(fresh.w, fresh.case), grants(fresh, "shop")["inventory"]["id"]
    fresh.w.later(seconds=FRESH.total_seconds() + 1)
    assert "Het is gestopt" in text(stop(who, grant))
    assert grants(fresh, "shop")["inventory"]["status"] == "withdrawn"


def test_twice_is_the_same_page(fresh: Told):
    """Invariant I10 and edge case 14, a double click: no error, one record."""
    who, grant = signed_in(fresh.w, fresh.case), grants(fresh, "shop")["inventory"]["id"]
    first, second = stop(who, grant), _send(who, f"/mijn/stoppen/{grant}/ja").get_data(as_text=True)
    title = re.compile(r"<h1[^>]*>(.*?)</h1>")
    assert title.findall(first) == title.findall(second) == ["Het is gestopt"]
    assert "gestopt op 6 juni 2026" in text(second)
    assert title.findall(who.html(f"/mijn/stoppen/{grant}")) == title.findall(first)
    assert fresh.w.journal(fresh.case).count("consent.withdrawn") == 1


def test_stopping_one_creditor_takes_three_clicks(fresh: Told):
    """U2: from the first page to "it has stopped", following what is on the pages."""
    who = signed_in(fresh.w, fresh.case)
    [way, *_] = re.findall(r'href="(/mijn/stoppen/[0-9a-f-]{36})"', who.html("/mijn"))
    done = who.send(way, "/ja")
    assert "Het is gestopt" in text(done.get_data(as_text=True))


class _NoKeys:
    """Keys that were taken away: whatever is asked of them is a failure."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"stopping asked the keys for {name}")


def _no_engine(*_: Any, **__: Any) -> None:
    raise Unavailable


@pytest.mark.parametrize("place", ["alles", "doel/inventory"])
@pytest.mark.parametrize("assurance", Assurance)
def test_stopping_needs_the_database_and_nothing_else(fresh: Told, place: str, assurance: Assurance):
    """Goal of issue 4: no key, no unsealing, no engine between a signed-in resident and "Ja, stop"."""
    who = signed_in(fresh.w, fresh.case, assurance=assurance)
    whole = fresh.w.gateway.runtime
    object.__setattr__(fresh.w.gateway, "runtime", replace(whole, keys=_NoKeys(), defer=_no_engine))
    done = text(stop(who, place))
    object.__setattr__(fresh.w.gateway, "runtime", whole)
    assert "bericht om te stoppen" in done
    assert grants(fresh, "shop")["inventory"]["status"] in ("withdrawn", "paused")
    fresh.w.work()  # the sweep finds the notices that got no job
    assert "message.delivered" in fresh.w.journal(fresh.case)


def test_without_the_database_the_page_says_that_nothing_was_recorded(fresh: Told):
    """Never "stopped" when it is not: the page says so in those words, and the same form works a moment later."""
    who, grant = signed_in(fresh.w, fresh.case), grants(fresh, "shop")["inventory"]["id"]
    path = f"/mijn/stoppen/{grant}/ja"
    token = dict(forms(who.html(f"/mijn/stoppen/{grant}")))[path]
    whole = fresh.w.gateway.runtime
    away = Database("postgresql://nobody@127.0.0.1:9/nothing")
    object.__setattr__(fresh.w.gateway, "runtime", replace(whole, database=away))
    posted = who.browser.post(path, data={"token": token})
    read = who.browser.get(f"/mijn/stoppen/{grant}")
    object.__setattr__(fresh.w.gateway, "runtime", whole)
    away.close()
    assert (posted.status_code, read.status_code) == (503, 503)
    said = text(posted.get_data(as_text=True))
    assert "NIET opgeschreven" in said
    assert "Het is gestopt" not in said
    assert "NIET opgeschreven" not in text(read.get_data(as_text=True))
    assert grants(fresh, "shop")["inventory"]["status"] == "active"
    assert who.browser.post(path, data={"token": token}).status_code == 200


def test_what_is_not_ones_own_is_the_same_404_as_what_is_not_there(fresh: Told):
    """Edge case 57, for every scope; and nothing of the other changes."""
    grant = grants(fresh, "shop")["inventory"]["id"]
    fresh.w.counsellor_organisation("elsewhere")
    for other in (fresh.w.case(bsn="999990020"), fresh.w.case("elsewhere", bsn="999990032")):
        stranger = signed_in(fresh.w, other)
        nowhere = stranger.html(f"/mijn/stoppen/{(unknown := uuid4())}", status=404)
        for place in (grant, f"schuldeiser/{fresh.creditors['shop']}", "doel/inventory", "doel/nothing", "x"):
            found = stranger.html(f"/mijn/stoppen/{place}", status=404)
            assert found.replace(f"stoppen/{place}", "") == nowhere.replace(f"stoppen/{unknown}", "")
            assert _send(stranger, f"/mijn/stoppen/{place}/ja").status_code == 404
    assert grants(fresh, "shop")["inventory"]["status"] == "active"


def test_a_form_of_another_page_stops_nothing(fresh: Told):
    """The token is of this session and this address; without it, or with that of "alles", nothing changes."""
    who, grant = signed_in(fresh.w, fresh.case), grants(fresh, "shop")["inventory"]["id"]
    path = f"/mijn/stoppen/{grant}/ja"
    of_all = dict(forms(who.html("/mijn/stoppen/alles")))["/mijn/stoppen/alles/ja"]
    for fields in ({}, {"token": of_all}):
        assert who.browser.post(path, data=fields).status_code == 403
    assert grants(fresh, "shop")["inventory"]["status"] == "active"


def test_nobody_is_told_more_than_what_stops(lived: Told):
    """No particular of a person and no amount on these pages, and none in an address."""
    who = signed_in(lived.w, lived.case)
    for place in ("alles", f"schuldeiser/{lived.creditors['energy']}", "doel/proposal"):
        page = who.html(f"/mijn/stoppen/{place}")
        for value in (RESIDENT["bsn"], "A.B.", "1985", "Dorpsstraat", "1234 AB", "S. de Vries"):
            assert value not in page
        assert "€" not in page
        for way in re.findall(r'(?:href|action)="([^"]+)"', page):
            assert re.fullmatch(
                r"(/static/[a-z0-9./?=-]+|data:,|tel:[0-9+-]+|#[a-z]+|\?lang=[a-z]{2}|/[a-z0-9/?=_-]*)", way
            ), way


def test_what_a_law_prescribes_is_objected_to_and_not_stopped(fresh: Told):
    """Art. 21 GDPR: there is no yes to take back, so the page does not say that it stops."""
    grant = grants(fresh, "shop")["inventory"]["id"]
    lower(fresh.w, "inventory", mode=Mode.NOTIFY)
    who = signed_in(fresh.w, fresh.case)
    page = who.html(f"/mijn/stoppen/{grant}")
    assert "Ja, schrijf dat op" in page
    assert "Ja, stop" not in page
    assert effects(page) == effects(done := stop(who, grant))
    assert "Het staat opgeschreven" in text(done)
    assert grants(fresh, "shop")["inventory"]["status"] == "active"
    again = who.read(f"/mijn/stoppen/{grant}")
    assert "Het staat opgeschreven" in again
    assert "op 6 juni 2026 zei u dat u het er niet mee eens bent" in again


def test_another_language_after_stopping_tells_the_same(fresh: Told):
    """The page after is the answer to a form: the way to it by address leads to how it stands now."""
    who, grant = signed_in(fresh.w, fresh.case), grants(fresh, "shop")["inventory"]["id"]
    stop(who, grant)
    answer = who.browser.get(f"/mijn/stoppen/{grant}/ja?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/mijn/stoppen/{grant}")
    assert "It has stopped" in who.read(f"/mijn/stoppen/{grant}")
