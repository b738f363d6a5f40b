"""What goes wrong with permission in real life, one test for each; the numbers are those of the list of edge cases."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway.consent.grants import Act
from gateway.domain.correspondence import Kind
from gateway.services.deliver import deliver
from gateway.services.outbox import queue
from gateway.services.record_consent import Said, record_consent
from gateway.storage import cases, messages, statement_requests
from tests.integration.permission_support import Told, codes, faults, lower, moment, publish, recall, told
from tests.integration.support import JSON, Peer, listening, statement

DAY = timedelta(days=1)


@pytest.fixture
def t():
    with told() as made:
        yield made


# Sending and receiving.


def test_edge_05_a_retry_after_a_withdrawal_does_not_leave(t: Told):
    """The first attempt failed; the resident stops before the second: there is no second, and a stop notice instead."""
    t.peer.answer = lambda _headers, _body: (503, "", b"")
    t.say()
    request = t.requested()
    deliver(t.w.gateway.runtime, t.w.gateway.courier, t.waiting(request), t.w.now)
    assert len(t.peer.received) == 1
    t.peer.answer = lambda _headers, _body: (202, "", b"")
    done = t.withdraw()
    t.w.later(minutes=5)
    t.w.work()
    assert (done["cancelled_messages"], done["stop_notices"]) == (1, 1)
    assert t.peer.kinds() == ["statement_request", "stop_notice"]


def test_edge_06_a_reply_just_before_and_just_after_the_withdrawal(t: Told):
    """Before it is an answer; after it is kept unread."""
    t.say()
    request = t.requested()
    t.w.work()
    assert t.reply(request)["status"] == "accepted"
    t.withdraw()
    assert [one["code"] for one in t.reply(request, as_of="2026-04-23")["problems"]] == ["permission_ended"]


def test_edge_08_a_duplicate_of_a_quarantined_reply_is_one_reply(t: Told):
    """The same bytes twice: the same id, and still unread."""
    t.say()
    request = t.requested()
    t.w.work()
    t.withdraw()
    first, second = t.reply(request), t.reply(request)
    assert first["reply_id"] == second["reply_id"]
    assert (first["status"], second["status"]) == ("held", "held")


def test_edge_11_an_answer_to_a_withdrawn_request_finds_no_cover_in_a_new_yes(t: Told):
    """A message is bound to the grant it was made under; another one never takes over."""
    t.say()
    old = t.requested()
    t.w.work()
    t.withdraw()
    t.w.later(hours=1)
    t.say()
    new = t.requested()
    t.w.work()
    assert t.reply(old)["status"] == "held"
    assert t.reply(new)["status"] == "accepted"


def test_edge_12_two_workers_at_one_message_send_it_once(t: Told):
    """The row is claimed by one; one decision to send, one use, one message."""
    t.say()
    waiting = t.waiting(t.requested())
    together(lambda: deliver(t.w.gateway.runtime, t.w.gateway.courier, waiting, t.w.now), 2)
    assert t.peer.kinds() == ["statement_request"]
    assert t.w.journal(t.case).count("consent.used") == 1


def test_edge_21_one_use_and_two_sendings_at_once(t: Told):
    """I8: a yes that covers one message covers one, however many workers there are."""
    lower(t.w, "inventory", max_messages=1)
    t.say()
    request = t.requested()
    runtime = t.w.gateway.runtime
    with runtime.database.begin() as connection:
        row = statement_requests.get(connection, UUID(request))
        assert row is not None
        wrapped = cases.wrapped_key(connection, row["resident_id"])
        queue(runtime, connection, Kind.STATEMENT_REMINDER, [row], t.w.now(), subject_kind="request", wrapped=wrapped)
    first, second = t.waiting(request)
    threads = [
        threading.Thread(target=deliver, args=(runtime, t.w.gateway.courier, [one], t.w.now)) for one in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(t.peer.received) == 1
    reasons = {facts.get("reason") for facts in t.decisions() if facts["action"]["name"] == "send"}
    assert reasons == {None, "used_up"}


def test_the_last_message_that_a_yes_covers_may_be_tried_again(t: Told):
    """A failed attempt is not a second use: it would otherwise be lost the moment the creditor is away."""
    lower(t.w, "inventory", max_messages=1)
    t.peer.answer = lambda _headers, _body: (503, "", b"")
    t.say()
    request = t.requested()
    deliver(t.w.gateway.runtime, t.w.gateway.courier, t.waiting(request), t.w.now)
    t.peer.answer = lambda _headers, _body: (202, "", b"")
    t.w.later(minutes=1)
    t.w.work()
    assert t.peer.kinds() == ["statement_request", "statement_request"]


def test_i23_a_journal_that_cannot_be_written_stops_every_sending(t: Told):
    """No record, no message: nothing leaves, and nothing is lost once it can be written again."""
    t.say()
    waiting = t.waiting(t.requested())
    database = t.w.gateway.runtime.database
    with database.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER no_room BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION full_disk()")
        )
    with pytest.raises(Exception, match=r"disk full|could not be written"):
        deliver(t.w.gateway.runtime, t.w.gateway.courier, waiting, t.w.now)
    assert t.peer.received == []
    with database.begin() as connection:
        connection.execute(text("DROP TRIGGER no_room ON journal"))
    t.w.work()
    assert t.peer.kinds() == ["statement_request"]


# Two words at once.


def together(work, times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


@pytest.mark.parametrize("first, second", [("given", "refused"), ("refused", "given")])
def test_edge_13_two_tabs_with_a_yes_and_a_no(t: Told, first: str, second: str):
    """The last word recorded counts, also at the same instant; both stay on record."""
    t.say(act=first)
    t.say(act=second)
    answer = t.request()
    if second == "given":
        assert answer.status_code == 202
    else:
        assert codes(answer) == ["refused"]
    assert len(t.w.ok("counsellor", "GET", f"/v1/cases/{t.case}/grants")["grants"]) == 2


def test_edge_14_a_double_click_on_stop_stops_once(t: Told):
    """Two at the same time: one event, one stop notice, and both are told that it is done."""
    t.say()
    t.requested()
    t.w.work()
    together(lambda: t.withdraw(), 2)
    t.w.work()
    assert t.w.journal(t.case).count("consent.withdrawn") == 1
    assert t.peer.kinds().count("stop_notice") == 1


def test_edge_15_a_yes_while_everything_is_being_stopped(t: Told):
    """Each pair has one order: a yes recorded before it is stopped by it, one recorded after it stands."""
    runtime = t.w.gateway.runtime
    said = [Said(creditor_id=UUID(t.creditor), purpose="inventory", act=Act.GIVEN, method="desk", language="nl")]
    made: list[str] = []

    def give() -> None:
        done = record_consent(runtime, None, UUID(t.case), UUID(t.counsellor), said, t.w.now(), call=None)
        made.append(done["grants"][0]["id"])

    for _ in range(4):
        threads = [threading.Thread(target=give), threading.Thread(target=t.withdraw)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
    order = [one for one in t.w.journal(t.case) if one in ("consent.given", "consent.withdrawn")]
    standing = [t.status(one) for one in made]
    assert standing.count("withdrawn") == order.count("consent.withdrawn")
    assert set(standing) <= {"active", "withdrawn"}
    assert (standing[-1] == "active") == (order[-1] == "consent.given")


# Time.


def test_edge_16_a_yes_in_the_last_second_of_a_day_on_which_the_clock_changes(t: Told):
    """Days are counted in hours of twenty-four, in UTC; the day shown is the Dutch one."""
    t.much_later(datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC))  # 23:59:59 in Amsterdam, on the day of 25 hours
    grant = t.grant(t.say())
    begins, ends = (datetime.fromisoformat(grant[name]) for name in ("valid_from", "valid_until"))
    assert ends - begins == 120 * DAY
    ask = t.serve(t.asked()).get_json()
    assert "Uw ja geldt tot 22 februari 2027." in ask["text"]


def test_edge_17_a_yes_that_starts_later_permits_nothing_yet(t: Told):
    """Half-open at the beginning too: at the instant itself it does."""
    starts = t.w.now() + 10 * DAY
    grant = t.say(starts_at=moment(starts))
    assert codes(t.request()) == ["not_yet"]
    t.w.at(starts - timedelta(microseconds=1))
    assert t.status(grant) == "not_yet"
    t.w.at(starts)
    assert (t.status(grant), t.request().status_code) == ("active", 202)


def test_edge_18_exactly_at_the_end(t: Told):
    """Half-open: one microsecond before it holds, at the instant it does not, and no job is needed for that."""
    ends = t.w.now() + 3 * DAY
    grant = t.say(ends_at=moment(ends))
    t.w.at(ends - timedelta(microseconds=1))
    assert t.status(grant) == "active"
    t.w.at(ends)
    assert t.status(grant) == "expired"
    assert codes(t.request()) == ["expired"]


def test_edge_19_a_clock_that_was_put_back_does_not_undo_a_withdrawal(t: Told):
    """What is on record has happened, whatever this machine thinks the time is."""
    t.say()
    request = t.requested()
    waiting = t.waiting(request)
    with t.w.gateway.runtime.database.begin() as connection:
        connection.execute(text("UPDATE message SET next_at = next_at - interval '2 hours'"))
    t.w.later(minutes=30)
    t.withdraw()
    t.w.offset -= timedelta(hours=1)
    deliver(t.w.gateway.runtime, t.w.gateway.courier, waiting, t.w.now)
    assert t.peer.received == []
    assert codes(t.request()) == ["withdrawn"]


def test_edge_20_a_yes_for_a_year_given_on_a_leap_day(t: Told):
    """A year is 365 days of twenty-four hours; there is no 29 February to wait for."""
    t.much_later(datetime(2028, 2, 29, 12, tzinfo=UTC))
    grant = t.grant(t.say(purpose="monitoring"))
    assert grant["valid_until"] == "2029-02-28T12:00:00Z"


def test_edge_22_a_cap_that_is_lowered_holds_for_what_was_said_before(t: Told):
    """The strictest wins at once, without anybody touching the grant; raised again it gives nobody more."""
    grant = t.say()
    t.w.later(days=40)
    assert t.status(grant) == "active"
    lower(t.w, "inventory", valid_days=30)
    assert t.status(grant) == "expired"
    assert codes(t.request()) == ["expired"]
    lower(t.w, "inventory", valid_days=999)
    assert t.status(grant) == "active"
    t.much_later(t.w.now() + 80 * DAY)
    assert t.status(grant) == "expired"


def test_edge_27_a_yes_on_paper_dated_last_month(t: Told):
    """Both days are kept; it permits nothing before it is recorded, and its end counts from the day on the paper."""
    said, received = t.w.now() - 30 * DAY, t.w.now() - 2 * DAY
    paper = {"method": "paper", "evidence_kind": "letter", "evidence_reference": "P-2026/17"}
    grant = t.grant(t.say(**paper, said_at=moment(said), received_at=moment(received)))
    assert datetime.fromisoformat(grant["given_at"]) == said
    assert datetime.fromisoformat(grant["received_at"]) == received
    assert datetime.fromisoformat(grant["valid_from"]) == t.w.now()
    assert datetime.fromisoformat(grant["valid_until"]) == said + 120 * DAY
    assert grant["evidence_reference"] == "P-2026/17"
    too_old = moment(t.w.now() - 121 * DAY)
    assert t.refused(**paper, said_at=too_old) == {("/grants/0/said_at", "too_old")}
    assert t.refused(**paper, said_at=moment(t.w.now() + DAY)) == {("/grants/0/said_at", "future")}
    backwards = {"said_at": moment(received), "received_at": moment(said)}
    assert t.refused(**paper, **backwards) == {("/grants/0/received_at", "order")}


@pytest.mark.parametrize("later_word", ["refused", "withdrawn"])
def test_edge_27_a_paper_yes_does_not_undo_what_was_said_after_it(t: Told, later_word: str):
    """It was in the post while the resident said no on the telephone."""
    written = moment(t.w.now() - 10 * DAY)
    if later_word == "refused":
        t.say(act="refused", method="phone")
    else:
        t.say()
        t.withdraw()
    t.w.later(days=1)
    paper = {"method": "paper", "evidence_kind": "letter", "evidence_reference": "P-1", "said_at": written}
    assert t.refused(**paper) == {("/grants/0/said_at", "overtaken")}
    assert codes(t.request()) == [later_word]


# The text.


def test_edge_23_a_text_that_was_wrong_after_it_was_used(t: Told):
    """Three ways: reviewed, not valid any more, or never valid; not while the text is still offered."""
    grant = t.say()
    t.requested()
    t.w.work()
    body = {"notice": "inventory", "version": 2, "effect": "review"}
    assert faults(t.w.call("administrator", "POST", "/v1/notice-recalls", body)) == {("/version", "still_offered")}
    recall(t.w, "inventory", 2)
    for effect, standing in (("review", "review"), ("recalled", "template_recalled"), ("invalidated", "invalidated")):
        done = t.w.ok("administrator", "POST", "/v1/notice-recalls", {**body, "effect": effect})
        assert (done["residents"], done["grants"], t.status(grant)) == (1, 1, standing)
        if effect == "review":
            assert faults(t.request()) == {("/requests/0/creditor_id", "already_asked")}
        else:
            assert codes(t.request()) == [standing]
        assert t.w.ok("administrator", "POST", "/v1/notice-recalls", {**body, "effect": effect})["grants"] == 0
    t.w.work()
    assert t.peer.kinds() == ["statement_request", "stop_notice"]
    assert "incident.opened" in t.w.journal(t.case)


def test_edge_24_a_text_that_changed_between_showing_and_clicking_is_shown_again(t: Told):
    """An answer is an answer to the very words; to others it is none."""
    ask = t.asked()
    assert t.serve(ask).status_code == 200
    now_shown = t.w.gateway.settings.notices.current("inventory", "nl").text
    publish(t.w, "inventory", nl=now_shown + "Nieuw.", en="-", ar="-")
    assert t.refused(ask_id=ask) == {("/grants/0/ask_id", "notice_changed")}
    assert t.serve(ask).status_code == 409
    again = t.asked()
    assert "Nieuw." in t.serve(again).get_json()["text"]
    assert t.status(t.say(ask_id=again)) == "active"


def test_edge_25_a_language_that_was_switched_half_way_is_shown_again(t: Told):
    """Shown in Arabic, answered in Dutch: nobody knows what was read. And I16: the grant has the language shown."""
    ask = t.asked(language="ar")
    t.serve(ask)
    assert t.refused(ask_id=ask, language="nl") == {("/grants/0/ask_id", "notice_changed")}
    grant = t.grant(t.say(ask_id=ask, language="ar"))
    assert grant["notice"] == "inventory.ar.v2"


def test_edge_26_a_language_without_the_newest_text_is_not_offered(t: Told):
    """Neither to ask in nor to record in."""
    publish(t.w, "inventory", nl=t.w.gateway.settings.notices.current("inventory", "nl").text + "Nieuw.")
    assert faults(t.ask_resident(language="en")) == {("/asks/0/language", "not_offered")}
    assert t.refused(language="en") == {("/grants/0/language", "not_offered")}
    assert t.status(t.say()) == "active"


def test_i15_a_grant_points_to_what_was_really_shown(t: Told):
    """The digest of the very text on the table, of a version that is published, shown before it was answered."""
    ask = t.asked()
    assert t.refused(ask_id=ask) == {("/grants/0/ask_id", "not_served")}
    shown = t.serve(ask).get_json()
    t.w.later(minutes=10)
    grant = t.grant(t.say(ask_id=ask))
    assert grant["notice_sha256"] == shown["notice_sha256"] == hashlib.sha256(shown["text"].encode()).hexdigest()
    assert grant["valid_until"] == shown["yes_lasts_until"]
    assert "Schuldeiser c" in shown["text"]
    assert t.refused(ask_id=ask) == {("/grants/0/ask_id", "answered")}


def test_silence_of_a_resident_is_nothing_at_all(t: Told):
    """A question lapses by time; it is no yes and no no, and may be asked again."""
    ask = t.asked()
    t.serve(ask)
    t.w.later(days=14)
    [listed] = t.w.ok("counsellor", "GET", f"/v1/cases/{t.case}/consent-asks")["asks"]
    assert listed["stage"] == "lapsed"
    assert t.refused(ask_id=ask) == {("/grants/0/ask_id", "lapsed")}
    assert codes(t.request()) == ["no_grant"]
    assert t.ask_resident().status_code == 201


@pytest.mark.parametrize("no", ["refused", "withdrawn"])
def test_a_no_is_left_in_peace_for_thirty_days(t: Told, no: str):
    """G7: not asked again, unless the resident comes with it; "later" is not a no."""
    if no == "refused":
        t.say(act="refused")
    else:
        t.say()
        t.withdraw()
    t.w.later(days=29, hours=23)
    assert faults(t.ask_resident()) == {("/asks/0/initiative", "too_soon")}
    assert t.ask_resident(initiative="resident").status_code == 201
    t.w.later(hours=1)
    assert t.ask_resident().status_code == 201


def test_later_is_not_a_no(t: Told):
    """Who first wants help may be asked again."""
    t.say(act="deferred")
    assert t.ask_resident().status_code == 201


def test_nobody_is_asked_for_more_than_the_flow_allows(t: Told):
    """G4: refused before the resident sees it."""
    over = moment(t.w.now() + 121 * DAY)
    assert faults(t.ask_resident(ends_at=over)) == {("/asks/0/ends_at", "over_cap")}
    assert faults(t.ask_resident(purpose="marketing")) == {("/asks/0/purpose", "no_flow")}


# Who speaks.


def test_edge_29_a_voice_that_is_not_certain_pauses_and_is_then_verified(t: Told):
    """Doubt never refuses to stop: nothing leaves meanwhile, and nothing is lost that was the resident's."""
    grant = t.say()
    t.requested()
    assert t.changed(grant, "paused", "identity_doubted")["status"] == "paused"
    t.w.work()
    assert t.peer.received == []
    assert codes(t.request()) == ["paused"]
    assert t.changed(grant, "resumed", "identity_checked")["status"] == "active"
    assert t.request().status_code == 202


def test_edge_30_an_administration_order_while_grants_are_active(t: Told):
    """Every yes waits for who is competent now; the resident's own mandates end; the public register is no proof."""
    own = t.mandated()["id"]
    grant, no = t.say(), t.say(purpose="proposal", act="refused")
    bewind = {"kind": "bewindvoerder", "evidence_kind": "court_order", "purposes": ["inventory", "proposal"]}
    assert faults(t.mandate(**bewind | {"evidence_kind": "ccbr"})) == {("/evidence_kind", "not_sufficient")}
    made = t.mandated(**bewind)
    assert (made["in_review"], made["ended"]) == ([grant], [own])
    assert (t.status(grant), t.status(no)) == ("review", "refused")
    assert codes(t.request()) == ["review"]
    assert t.refused(mandate_id=own) == {("/grants/0/mandate_id", "authority_ended")}
    done = t.changed(grant, "reaffirmed", "representative_said", mandate_id=made["id"])
    assert (done["status"], t.request().status_code) == ("active", 202)


def test_edge_31_an_administration_order_that_ends(t: Told):
    """What the administrator said is reviewed; what the resident said is not."""
    bewind = t.mandated(kind="bewindvoerder", evidence_kind="court_order")["id"]
    theirs, own = t.say(mandate_id=bewind), t.say(purpose="proposal")
    end = {"recorded_by": t.counsellor, "reason": "ended_by_court"}
    done = t.w.ok("counsellor", "POST", f"/v1/mandates/{bewind}/end", end)
    assert done["in_review"] == [theirs]
    assert (t.status(theirs), t.status(own)) == ("review", "active")
    assert t.w.ok("counsellor", "POST", f"/v1/mandates/{bewind}/end", end)["in_review"] == []
    assert t.changed(theirs, "reaffirmed", "resident_said")["status"] == "active"


def test_edge_32_a_mandate_that_is_withdrawn_half_way(t: Told):
    """Between opening the page and pressing the button: the word of who may not speak is no word."""
    mandate = t.mandated()["id"]
    ask = t.asked()
    t.serve(ask)
    end = {"recorded_by": t.counsellor, "reason": "withdrawn_by_resident"}
    t.w.ok("counsellor", "POST", f"/v1/mandates/{mandate}/end", end)
    assert t.refused(ask_id=ask, mandate_id=mandate) == {("/grants/0/mandate_id", "authority_ended")}
    assert codes(t.request()) == ["no_grant"]


def test_i17_an_act_outside_the_mandate_is_refused(t: Told):
    """Other flows, before it begins, after it ends: subject, purpose and instant must all be covered."""
    starts = t.w.now() + DAY
    mandate = t.mandated(valid_from=moment(starts), valid_until=moment(starts + 9 * DAY))["id"]
    assert t.refused(mandate_id=mandate) == {("/grants/0/mandate_id", "authority_not_yet")}
    t.w.at(starts)
    assert t.refused(purpose="proposal", mandate_id=mandate) == {("/grants/0/mandate_id", "outside_scope")}
    grant = t.say(mandate_id=mandate)
    t.w.at(starts + 9 * DAY)
    assert t.status(grant) == "authority"
    assert codes(t.request()) == ["authority"]
    assert t.refused(mandate_id=mandate) == {("/grants/0/mandate_id", "authority_ended")}
    assert t.changed(grant, "reaffirmed", "resident_said")["status"] == "active"


def test_i17_the_mandate_of_another_resident_is_unknown(t: Told):
    """And looks like one that does not exist."""
    mandate = t.mandated()["id"]
    other = t.w.case(bsn="999990020")
    answer = t.try_saying(t.word(mandate_id=mandate), case=other)
    assert faults(answer) == {("/grants/0/mandate_id", "unknown")}


def test_edge_33_a_representative_with_an_interest_needs_a_second_person(t: Told):
    """Who is a creditor, or is paid by one, does not decide alone."""
    bewind = {"kind": "bewindvoerder", "evidence_kind": "court_order"}
    for interest in ({"participant_id": t.creditor}, {"paid_by_creditor": True}):
        assert faults(t.mandate(**bewind, **interest)) == {("/seconded_by", "second_person")}
        assert faults(t.mandate(**bewind, **interest, seconded_by=t.counsellor)) == {("/seconded_by", "second_person")}
    second = t.w.counsellor()
    made = t.mandated(**bewind, participant_id=t.creditor, seconded_by=second)
    assert t.status(t.say(mandate_id=made["id"])) == "active"
    [listed] = t.w.ok("counsellor", "GET", f"/v1/cases/{t.case}/mandates")["mandates"]
    assert (listed["conflict"], listed["in_force"]) == (True, True)


def test_edge_34_help_with_somebody_elses_login_is_recorded_as_help(t: Told):
    """No false "self": that somebody helped, and how the resident was known, stands on the record."""
    grant = t.grant(t.say(assisted_by="family", identified_by="login", understood=True))
    assert (grant["assisted_by"], grant["identified_by"], grant["understood"]) == ("family", "login", True)


def test_edge_35_under_guardianship_the_resident_looks_and_stops_but_does_not_give(t: Told):
    """A yes is the curator's; a no, and stopping, is always the resident's own (I18, I27)."""
    curator = t.mandated(kind="curator", evidence_kind="court_order")["id"]
    assert t.refused() == {("/grants/0/mandate_id", "authority")}
    t.say(act="refused")
    grant = t.say(mandate_id=curator)
    assert t.status(grant) == "active"
    paused = t.changed(grant, "paused", "resident_asked")
    assert paused["status"] == "paused"
    resume = t.change(grant, "resumed", "resident_asked")
    assert faults(resume) == {("/mandate_id", "authority")}
    assert t.changed(grant, "resumed", "resident_asked", mandate_id=curator)["status"] == "active"
    assert t.withdraw()["grants"] == [grant]


def test_edge_36_a_minor_who_turns_eighteen(t: Told):
    """A parent's mandate ends on the birthday, and so does what the parent said, until the young adult says so."""
    born = {"birth_date": "2008-06-01"}
    body = {"reference": "Z-17", "resident": {**_resident(t), **born, "bsn": "999990020"}}
    case = t.w.ok("counsellor", "POST", "/v1/cases", body)["id"]
    young = Told(w=t.w, peer=t.peer, creditor=t.creditor, case=case, counsellor=t.counsellor)
    parent = {"kind": "parent", "evidence_kind": "parental_register"}
    too_long = young.mandate(**parent, valid_until="2026-06-02T00:00:00Z")
    assert faults(too_long) == {("/valid_until", "comes_of_age")}
    mandate = young.mandated(**parent, valid_until="2026-05-31T22:00:00Z")["id"]  # midnight in Amsterdam
    grant = young.say(mandate_id=mandate)
    t.w.at(datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC))
    assert young.status(grant) == "active"
    t.w.at(datetime(2026, 5, 31, 22, tzinfo=UTC))
    assert young.status(grant) == "authority"
    assert codes(young.request()) == ["authority"]
    assert young.changed(grant, "reaffirmed", "resident_said")["status"] == "active"


def _resident(t: Told) -> dict[str, str]:
    from tests.integration.support import RESIDENT

    return dict(RESIDENT)


def test_edge_58_nobody_says_yes_for_another_without_evidence(t: Told):
    """On paper with the paper, for somebody with a mandate; every fault at once."""
    nobody = "00000000-0000-4000-8000-000000000000"
    assert t.refused(method="paper", mandate_id=nobody) == {
        ("/grants/0/evidence_reference", "required"),
        ("/grants/0/mandate_id", "unknown"),
    }
    assert codes(t.request()) == ["no_grant"]


def test_edge_59_what_another_system_held_is_unknown_and_never_a_yes(t: Told):
    """Taken over in bulk without proof of what was shown: it stands on record and permits nothing."""
    words = [t.word(act="unknown", purpose=purpose) for purpose in ("inventory", "proposal", "monitoring")]
    made = t.try_saying(*words).get_json()["grants"]
    assert {t.status(one["id"]) for one in made} == {"unknown"}
    assert codes(t.request()) == ["unknown"]
    assert t.change(made[0]["id"], "reaffirmed", "resident_said").status_code == 409


# Other people, other creditors, other towns.


def test_edge_38_a_joint_debt_with_one_yes_and_one_no(t: Told):
    """One grant each, and each message holds one person; the no of the one stops nothing of the other's (I13, G22)."""
    body = {"reference": "Z-P", "resident": {**_resident(t), "surname": "Partner", "bsn": "999990020"}}
    partner = t.w.ok("counsellor", "POST", "/v1/cases", body)["id"]
    t.say()
    t.say(act="refused", case=partner)
    assert t.request().status_code == 202
    assert codes(t.request(case=partner)) == ["refused"]
    t.w.work()
    [sent] = [content for _, _, content in t.peer.received]
    assert b"Voorbeeld" in sent
    assert b"Partner" not in sent
    assert b"999990020" not in sent


def test_edge_42_who_buys_the_claim_needs_a_yes_of_its_own(t: Told):
    """Also 45: who surfaces inside a reply is asked nothing before the resident says so."""
    buyer = t.w.creditor("buyer", t.peer)
    t.say()
    assert codes(t.request(creditor=buyer)) == ["no_grant"]
    assert codes(t.request(creditor=buyer)) == ["no_grant"]
    assert t.peer.received == []


def test_edge_43_one_bailiff_who_acts_for_three_creditors_is_three_recipients(t: Told):
    """A yes to one name is no yes to another, though the same office reads the letters."""
    desks = [t.w.creditor(f"bailiff-{number}", t.peer, kind="collector") for number in range(3)]
    first = t.say(creditor_id=desks[0])
    t.say(creditor_id=desks[1])
    body = {"requests": [{"creditor_id": one} for one in desks]}
    answer = t.w.call("counsellor", "POST", f"/v1/cases/{t.case}/statement-requests", body)
    assert [(one["pointer"], one["code"]) for one in answer.get_json()["errors"]] == [
        ("/requests/2/creditor_id", "no_grant")
    ]
    t.withdraw(grant_id=first)
    assert t.request(creditor=desks[1]).status_code == 202


def test_edge_44_a_creditor_that_merged_under_another_number(t: Told):
    """The yes to the old one is revoked and stays revoked; the new one needs its own."""
    grant = t.say()
    merged = t.w.creditor("merged", t.peer)
    assert t.changed(grant, "revoked", "recipient_changed")["status"] == "revoked"
    assert codes(t.request()) == ["revoked"]
    assert codes(t.request(creditor=merged)) == ["no_grant"]
    assert t.change(grant, "reaffirmed", "resident_said").status_code == 409


def test_edge_46_the_municipality_as_creditor_is_a_flow_of_its_own(t: Told):
    """The helper's own colleagues at the tax desk are outsiders too, and an energy company is no colleague."""
    taxes = t.w.creditor("taxes", t.peer, sector="municipality")
    own = {"purpose": "own_claims"}
    assert t.refused(**own) == {("/grants/0/creditor_id", "unknown")}
    assert t.status(t.say(**own, creditor_id=taxes)) == "active"


def test_edge_47_a_yes_does_not_travel_to_another_municipality(t: Told):
    """Another controller starts anew; handing over is a choice of its own."""
    there = t.w.counsellor_organisation("there")
    t.say()
    elsewhere = t.w.case("there")
    answer = t.w.call(
        "there",
        "POST",
        f"/v1/cases/{elsewhere}/statement-requests",
        {"requests": [{"creditor_id": t.creditor}]},
    )
    assert codes(answer) == ["no_grant"]
    grant = t.say(purpose="hand_over", creditor_id=there)
    assert t.grant(grant)["mode"] == "consent"
    assert t.refused(purpose="inventory", creditor_id=there) == {("/grants/0/creditor_id", "unknown")}


def test_edge_57_a_grant_of_somebody_else_is_as_unknown_as_none(t: Told):
    """The same answer to the byte, for every way in."""
    grant = t.say()
    t.w.counsellor_organisation("other")
    body = {"change": "paused", "reason": "resident_asked", "recorded_by": t.counsellor}
    nobody = "00000000-0000-4000-8000-000000000000"
    theirs, none = (t.w.call("other", "POST", f"/v1/grants/{one}/changes", body) for one in (grant, nobody))
    assert (theirs.status_code, theirs.get_data()) == (404, none.get_data())
    assert t.status(grant) == "active"


# Pausing, renewing, ending by others.


def test_a_pause_stops_what_ran_and_a_resume_lets_it_be_asked_anew(t: Told):
    """Ruling 6: an interruption ends the term; the creditor is told, nothing is erased, the next question is new."""
    grant = t.say()
    request = t.requested()
    t.w.work()
    done = t.changed(grant, "paused", "resident_asked")
    t.w.work()
    assert (done["stopped"], done["stop_notices"]) == ([request], 1)
    assert t.peer.kinds() == ["statement_request", "stop_notice"]
    assert t.changed(grant, "paused", "resident_asked")["stop_notices"] == 0
    assert t.reply(request)["status"] == "held"
    t.w.later(hours=1)
    assert t.changed(grant, "resumed", "resident_asked")["status"] == "active"
    assert t.reply(t.requested())["status"] == "accepted"


def test_renewal_lists_what_changed_and_keeps_what_was_asked(t: Told):
    """A new grant in the place of the old one; an answer to the old question still comes in, nothing more goes out."""
    old = t.say()
    request = t.requested()
    t.w.work()
    t.w.later(days=20)
    body = {"recorded_by": t.counsellor, "method": "phone", "language": "en"}
    made = t.w.ok("counsellor", "POST", f"/v1/grants/{old}/renewal", body)
    assert made["supersedes"] == old
    assert {one["what"] for one in made["changes"]} == {"valid_until", "notice_language"}
    assert (t.status(old), t.status(made["id"])) == ("superseded", "active")
    assert t.reply(request)["status"] == "accepted"
    assert t.w.call("counsellor", "POST", f"/v1/grants/{old}/renewal", body).status_code == 409


def test_withdrawing_what_was_renewed_shuts_the_old_door_too(t: Told):
    """The yes to the flow is withdrawn, not one sheet of paper: an answer to the old question stays unread."""
    old = t.say()
    request = t.requested()
    t.w.work()
    body = {"recorded_by": t.counsellor, "method": "desk"}
    new = t.w.ok("counsellor", "POST", f"/v1/grants/{old}/renewal", body)["id"]
    t.withdraw(grant_id=new)
    assert t.reply(request)["status"] == "held"
    assert (t.status(old), t.status(new)) == ("withdrawn", "withdrawn")


def test_a_no_is_not_renewed(t: Told):
    """That needs a word of its own."""
    body = {"recorded_by": t.counsellor, "method": "desk"}
    refused, stopped = t.say(act="refused"), t.say(purpose="proposal")
    t.withdraw(grant_id=stopped)
    for grant in (refused, stopped):
        assert t.w.call("counsellor", "POST", f"/v1/grants/{grant}/renewal", body).status_code == 409


def test_what_was_revoked_tells_the_creditor_and_opens_nothing(t: Told):
    """By a court or the municipality: the same as a withdrawal, and not the resident's own."""
    grant = t.say()
    request = t.requested()
    t.w.work()
    done = t.changed(grant, "revoked", "court")
    t.w.work()
    assert (done["status"], done["stop_notices"]) == ("revoked", 1)
    assert t.reply(request)["status"] == "held"
    assert t.changed(grant, "revoked", "court")["stop_notices"] == 0


def test_i10_what_never_was_valid_can_still_be_said_of_what_has_ended(t: Told):
    """Terminal standings have no way back, only on to invalidated; an incident is opened."""
    grant = t.say()
    t.withdraw()
    assert t.change(grant, "paused", "resident_asked").status_code == 409
    assert t.changed(grant, "invalidated", "never_said")["status"] == "invalidated"
    assert t.w.journal(t.case).count("incident.opened") == 1
    assert t.changed(grant, "invalidated", "never_said")["status"] == "invalidated"
    assert t.w.journal(t.case).count("incident.opened") == 1


def test_a_reason_that_does_not_go_with_the_change_is_refused(t: Told):
    """Each change has its own reasons."""
    assert faults(t.change(t.say(), "resumed", "court")) == {("/reason", "unknown_code")}


def test_every_decision_of_a_story_can_be_replayed(t: Told):
    """G8: asked without a yes, asked, sent, answered, withdrawn, tried again; each says the same when worked out anew."""
    t.request()
    t.say()
    request = t.requested()
    t.w.work()
    t.reply(request)
    t.withdraw()
    t.reply(request, as_of="2026-04-22")
    t.request()
    t.w.work()
    said = [(facts["action"]["name"], facts["decision"], facts.get("reason")) for facts in t.decisions()]
    assert said[:4] == [
        ("ask", False, "no_grant"), ("ask", True, None), ("send", True, None), ("receive", True, None),
    ]  # fmt: skip
    assert ("receive", False, "withdrawn") in said
    assert t.every_decision_can_be_replayed() == len(said)


def test_i24_a_basis_that_changed_in_the_register_changes_nothing_that_was_said(t: Told):
    """Another basis needs another notice and another yes; a swap stops the flow instead of carrying it on."""
    t.say()
    request = t.requested()
    lower(t.w, "inventory", legal_basis="legal_obligation")
    t.w.work()
    assert t.peer.received == []
    assert t.decisions()[-1]["reason"] == "basis_changed"
    with t.w.gateway.runtime.database.begin() as connection:
        [row] = messages.of_subject(connection, UUID(request))
    assert row["state"] == "cancelled"


def test_i1_i7_every_message_that_left_had_one_permit_for_its_bytes_and_its_recipient(t: Told):
    """The digest that arrived is the digest that was decided on, before it, for this very recipient."""
    with listening(Peer()) as other:
        second = t.w.creditor("d", other)
        t.say()
        t.say(creditor_id=second)
        t.requested()
        assert t.request(creditor=second).status_code == 202
        t.w.work()
        for peer, recipient in ((t.peer, t.creditor), (other, second)):
            for _, _, content in peer.received:
                digest = hashlib.sha256(content).hexdigest()
                permits = [
                    facts for facts in t.decisions()
                    if facts["action"]["name"] == "send" and facts["resource"]["properties"]["digest"] == digest
                ]  # fmt: skip
                assert len(permits) == 1
                assert permits[0]["decision"] is True
                assert permits[0]["resource"]["properties"]["recipient"] == recipient


def test_a_case_that_is_closed_records_and_asks_nothing(t: Told):
    """I26: no yes lasts longer than the case."""
    with t.w.gateway.runtime.database.begin() as connection:
        connection.execute(text("UPDATE case_file SET closed_at = now()"))
    assert t.try_saying().status_code == 409
    assert t.ask_resident().status_code == 409


def test_a_reply_is_only_parsed_after_a_permit(t: Told):
    """I4: every reply has a decision of its own."""
    t.say()
    request = t.requested()
    t.w.work()
    body = statement(request)
    t.w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", body, **JSON)
    received = [facts for facts in t.decisions() if facts["action"]["name"] == "receive"]
    assert [one["resource"]["properties"]["digest"] for one in received] == [hashlib.sha256(body).hexdigest()]


@pytest.mark.parametrize("path", ["statements", "replies"])
def test_what_came_in_is_read_only_with_a_ground_for_it(t: Told, path: str):
    """The gate at reading: lawful on the statute after a withdrawal, never on a yes that was none; each look decided."""
    grant = t.say()
    request = t.requested()
    t.w.work()
    seen = f"/v1/{path}/{t.reply(request)['reply_id']}"
    assert t.w.call("counsellor", "GET", seen).status_code == 200
    t.withdraw()
    assert t.w.call("counsellor", "GET", seen).status_code == 200
    t.changed(grant, "invalidated", "never_said")
    answer = t.w.call("counsellor", "GET", seen)
    assert (answer.status_code, answer.get_json()["type"]) == (409, "urn:creditor-gateway:problem:no_permission")
    reads = [facts for facts in t.decisions() if facts["action"]["name"] == "read"]
    assert [(one["decision"], one.get("reason")) for one in reads] == [
        (True, None), (True, None), (False, "invalidated"),
    ]  # fmt: skip
    assert {one["subject"]["type"] for one in reads} == {"counsellor"}
    t.every_decision_can_be_replayed()
