"""One whole conversation with values that are easy to find again: they stand where they may, and nowhere else."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.services.processing_log import processing_log
from gateway.services.run_retention import plain, survey
from tests.attack.support import UNKNOWN_ID
from tests.integration.support import JSON, Peer, World, listening, server, statement, world

BSN = "999994414"
OTHER_BSN = "999996393"
CENTS = 7_654_321
POOL = 8_765_433
RESIDENT = {
    "bsn": BSN,
    "initials": "Q.Z.X.",
    "surname": "Kanariekwist",
    "birth_date": "1931-07-29",
    "street": "Vogelzangpad",
    "house_number": "73145",
    "postcode": "9731 ZQ",
    "town": "Kanariedorp",
}
CUSTOMER, REFERENCE, REASON, DESCRIPTION = "KL-88429917", "KANARIEREF-55127", "Kanariereden", "Kanarielevering"
IBAN = "NL44RABO0123456789"
CANARIES = (
    BSN, OTHER_BSN, "Kanariekwist", "1931-07-29", "29-07-1931", "Vogelzangpad", "9731 ZQ", "9731ZQ", "Kanariedorp",
    IBAN, CUSTOMER, REFERENCE, REASON, DESCRIPTION, str(CENTS), "76543.21", "76.543,21", "76543,21", str(POOL), "87654.33",
)  # fmt: skip


@dataclass
class Told:
    """The conversation, with everything that was said about it."""

    w: World
    peer: Peer
    case: str = ""
    log: str = ""
    problems: list[str] = field(default_factory=list)  # every answer that refused, with its headers
    to_creditors: list[str] = field(default_factory=list)  # every answer to something that a creditor sent
    events: dict[str, str] = field(default_factory=dict)
    overview: str = ""
    copy: str = ""  # the resident's own
    quiet: list[str] = field(default_factory=list)  # what is about the data and may not hold any of it

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.w.call(role, method, path, body, **headers)
        said = f"{answer.headers}\n{answer.get_data().decode(errors='replace')}"
        if answer.status_code >= 400:
            self.problems.append(said)
        elif role == "creditor" and method == "POST":
            self.to_creditors.append(said)
        return answer


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    out, heard = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(heard)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    root.setLevel(logging.DEBUG)  # before anything is made: libraries look at the level once
    try:
        with redirect_stdout(out), redirect_stderr(out), world() as w, listening(Peer()) as peer:
            made = Told(w=w, peer=peer)
            _live_through(made)
            made.log = out.getvalue() + heard.getvalue()
            yield made
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)


def _live_through(told: Told) -> None:
    """Opened, asked, answered in every way, proposed, refused, withdrawn; with everything that can go wrong."""
    w = told.w
    w.counsellor_organisation()
    counsellor = w.counsellor()
    creditors = [w.creditor(name, told.peer, bsn_basis="art. 10 Wabb") for name in ("creditor", "failing")]
    opened = told.call("counsellor", "POST", "/v1/cases", {"reference": "Z-clear-1", "resident": RESIDENT})
    told.case = opened.get_json()["id"]
    for wrong in (
        {"bsn": BSN[:-1] + "0"},
        {"surname": "Kanariekwist\x07"},
        {"postcode": "9731 ZQ Kanariedorp"},
        {"x": BSN},
    ):
        body = {"reference": "Z", "resident": {**RESIDENT, **wrong}}
        assert told.call("counsellor", "POST", "/v1/cases", body).status_code == 400
    assert told.call("counsellor", "POST", "/v1/cases", b'{"reference": "Kanariekwist', **JSON).status_code == 400
    asks = {
        "requests": [{"creditor_id": one, "references": [REFERENCE], "customer_number": CUSTOMER} for one in creditors]
    }
    path = f"/v1/cases/{told.case}/statement-requests"
    assert told.call("counsellor", "POST", path, asks).status_code == 409
    w.grant(told.case, creditors, counsellor)
    request, failing = (one["id"] for one in w.ok("counsellor", "POST", path, asks)["statement_requests"])
    told.peer.answer = _echoing
    w.work()
    _answer(told, request, failing)
    body = {"made_by": counsellor, "pool_cents": POOL}
    [offer] = w.ok("counsellor", "POST", f"/v1/cases/{told.case}/proposals", body)["offers"]
    w.work()
    _answer_offer(told, offer["id"])
    w.work()
    for way in ("", "/overview-file?format=csv", "/evidence", "/grants"):
        assert told.call("counsellor", "GET", f"/v1/cases/{told.case}{way}").status_code == 200
    told.overview = json.dumps(w.overview(told.case))
    _visit_pages(told)
    for odd in (
        f"/v1/cases/{BSN}",
        f"/v1/cases/Kanariekwist?x={BSN}",
        f"/v1/participants?number={BSN}",
        f"/v1/events?after={BSN}x",
    ):
        assert told.call("counsellor", "GET", odd).status_code in (400, 403, 404)
    assert told.call("counsellor", "GET", f"/v1/cases/{UNKNOWN_ID}", **{"X-Name": "Kanariekwist"}).status_code == 404
    told.call("counsellor", "POST", f"/v1/cases/{told.case}/withdrawals", {"everything": True})
    w.work()
    late = statement(request, principal_cents=CENTS)
    told.call("creditor", "POST", f"/v1/statement-requests/{request}/reply", late + b" ", **JSON)
    for way in (f"/v1/cases/{told.case}/stops", "/v1/stop-notices"):
        told.quiet.append(told.call("counsellor", "GET", way).get_data(as_text=True))
    _ask_about_the_data(told, counsellor)
    told.events = {role: json.dumps(w.events(role)) for role in ("counsellor", "creditor")}


def _ask_about_the_data(told: Told, counsellor: str) -> None:
    """Who saw it, a copy, a hold, an erasure that is refused, the register and the processing log."""
    w = told.w
    resident = str(w.ok("counsellor", "POST", "/v1/cases", {"reference": "Z-2", "resident": RESIDENT})["resident_id"])
    path = f"/v1/residents/{resident}"
    told.quiet.append(told.call("counsellor", "GET", f"{path}/seen").get_data(as_text=True))
    told.copy = told.call("counsellor", "GET", f"{path}/export").get_data().decode(errors="replace")
    for on in (True, False):
        hold = {"counsellor_id": counsellor, "reason": "audit", "on": on}
        told.call("counsellor", "POST", f"{path}/legal-hold", hold)
    assert told.call("counsellor", "POST", f"{path}/erasure", {"counsellor_id": counsellor}).status_code == 409
    wrong = {"counsellor_id": counsellor, "reason": "Kanariereden", "naam": BSN, "on": True}
    assert told.call("counsellor", "POST", f"{path}/legal-hold", wrong).status_code == 400
    path = f"/v1/cases/{told.case}/withdrawals"
    told.quiet.append(told.call("counsellor", "POST", f"{path}/preview", {"everything": True}).get_data(as_text=True))
    assert told.call("counsellor", "POST", path, {"everything": True, "reason": REASON}).status_code == 400
    told.quiet.append(json.dumps(list(processing_log(w.gateway.runtime, w.now() - timedelta(days=1)))))
    told.quiet.append(json.dumps(plain(survey(w.gateway.runtime, w.now()))))


def _echoing(_headers: Any, body: bytes) -> tuple[int, str, bytes]:
    """A creditor whose error page says everything that it was sent (O-I2)."""
    return (400, "text/html", body) if b"failing" in body else (202, "", b"")


def _answer(told: Told, request: str, failing: str) -> None:
    path = f"/v1/statement-requests/{request}/reply"
    debt = {
        "reference": REFERENCE, "description": DESCRIPTION, "rank": "ordinary", "total_stated_cents": CENTS,
        "components": [{"kind": "principal", "outstanding_cents": CENTS}],
    }  # fmt: skip
    more = {"debts": [debt], "total_stated_cents": CENTS}
    good = statement(request, **more)
    held = statement(request, **{**more, "total_stated_cents": CENTS + 1})
    for body in (
        b"Kanariekwist " + BSN.encode(),
        b'{"Kanariekwist": ' + BSN.encode(),
        statement(request, **more, zzz={"naam": "Kanariekwist", "bsn": BSN, "iban": IBAN}),
        statement(request, **{**more, "debts": [{**debt, "description": IBAN, IBAN: IBAN}]}),
        statement(request, **{**more, "debts": [{**debt, "rank": "Kanariekwist", "due": "29-07-1931"}]}),
        statement(request, **more, **{BSN: {"x": 1}}),
        held,
        good,
        good,
    ):
        answer = told.call("creditor", "POST", path, body, **{"Content-Type": f'application/json; name="{BSN}.json"'})
        assert answer.status_code in (202, 400), answer.get_data(as_text=True)
    assert answer.get_json()["status"] == "accepted"
    assert told.call("creditor", "POST", path.replace(request, failing), good, **JSON).status_code == 404


def _answer_offer(told: Told, offer: str) -> None:
    facts = {"claimed_cents": CENTS, "proof": REASON}
    for body in (
        {"answer": REASON},
        {"answer": "refuse", "ground": REASON, "facts": {"x": REASON}, "reason": REASON},
        {"answer": "refuse", "reason": REASON},
        {
            "answer": "refuse",
            "ground": "amount_incorrect",
            "facts": facts,
            "reason": REASON,
            "creditor_message_id": CUSTOMER,
        },
    ):
        told.call("creditor", "POST", f"/v1/offers/{offer}/answer", json.dumps(body).encode(), **JSON)


def _visit_pages(told: Told) -> None:
    for role in ("resident", "counsellor"):
        link = told.w.ok("counsellor", "POST", "/v1/page-links", {"role": role, "case_id": told.case})["address"]
        visitor = told.w.gateway.flask.test_client()
        assert visitor.get("/page/" + link.rpartition("/")[2], follow_redirects=True).status_code == 200
        lost = visitor.get(f"/mijn/{BSN}?naam=Kanariekwist")
        assert lost.status_code == 404
        told.problems.append(lost.get_data(as_text=True))


def canaries_in(said: str) -> list[str]:
    """Which canaries stand in *said*; a figure inside a longer run of hexadecimal digits is none."""
    folded = said.casefold()
    return [one for one in CANARIES if re.search(rf"(?<![0-9a-f]){re.escape(one.casefold())}(?![0-9a-f])", folded)]


def dump(w: World) -> dict[str, str]:
    """Every row of every table as text; bytes are shown as the characters they would be."""
    found = {}
    with w.gateway.runtime.database.begin() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in names:
            rows = "\n".join(connection.scalars(text(f'SELECT t::text FROM "{name}" AS t')).all())
            found[name] = re.sub(r"\\+x([0-9a-f]*)", lambda hexed: bytes.fromhex(hexed[1]).decode("latin-1"), rows)
    return found


def test_the_search_finds_what_is_there(told: Told) -> None:
    """Otherwise all that follows would prove nothing: those who may know do get the values."""
    assert {BSN, "Kanariekwist", "1931-07-29", CUSTOMER, REFERENCE} <= set(canaries_in(str(told.peer.received)))
    assert {str(CENTS), REFERENCE, DESCRIPTION} <= set(canaries_in(told.overview))
    tables = dump(told.w)
    assert "Z-clear-1" in tables["case_file"]
    assert all(
        tables[name] for name in ("reply", "offer_answer", "message", "journal_facts", "idempotency", "proposal")
    )
    assert len(told.problems) > 10
    assert told.to_creditors
    assert "reply.accepted" in told.events["counsellor"]
    assert "reply.held" in told.events["creditor"]
    assert "INSERT INTO reply" in told.log, "the log is listened to at its most talkative"
    assert "Deferred 1 job" in told.log


def test_no_table_holds_a_value_in_the_clear(told: Told) -> None:
    """D-I1: whoever has the database and no keys learns nothing; also jobs, idempotency, journal, messages, problems."""
    assert {name: found for name, rows in dump(told.w).items() if (found := canaries_in(rows))} == {}


def test_no_log_line_holds_a_value(told: Told) -> None:
    """C-I2: neither our own lines, nor those of a library at its most talkative, nor the database's."""
    assert canaries_in(told.log) == []
    database_log = server()._folder / "postgres.log"
    assert canaries_in(database_log.read_text(errors="replace")) == []


def test_no_problem_document_and_no_receipt_repeats_a_value(told: Told) -> None:
    """C-I2: a refusal says what was wrong and where, never with what."""
    for said in told.problems + told.to_creditors:
        assert canaries_in(said) == [], said


def test_the_resident_gets_the_values_and_lists_about_them_do_not(told: Told) -> None:
    """Who saw it, what stopped, the processing log and the report on retention: about the data, and without it."""
    assert {BSN, "Kanariekwist", "1931-07-29", str(CENTS)} <= set(canaries_in(told.copy))
    assert len(told.quiet) == 6
    for said in told.quiet:
        assert canaries_in(said) == [], said


def test_no_event_holds_a_value(told: Told) -> None:
    """Events are thin: ids, codes and dates, for counsellors and creditors alike."""
    assert {role: canaries_in(said) for role, said in told.events.items()} == {"counsellor": [], "creditor": []}


def test_a_job_carries_ids_and_nothing_else(told: Told) -> None:
    """DESIGN section 5: a job carries ids, never content."""
    with told.w.gateway.runtime.database.begin() as connection:
        arguments = connection.scalars(text("SELECT args FROM procrastinate_jobs")).all()
    assert any(arguments)
    for one in arguments:
        assert set(one) <= {"message_ids", "timestamp"}
        assert all(str(UUID(message_id)) == message_id for message_id in one.get("message_ids", ()))


def test_a_database_error_does_not_say_which_values_it_was_about(told: Told) -> None:
    """What a worker logs when a statement fails: the statement, without its parameters."""
    with pytest.raises(DBAPIError) as failed, told.w.gateway.runtime.database.begin() as connection:
        connection.execute(text("SELECT 1 / 0 WHERE :name <> ''"), {"name": "Kanariekwist"})
    assert "division by zero" in str(failed.value)
    assert canaries_in(str(failed.value)) == []
