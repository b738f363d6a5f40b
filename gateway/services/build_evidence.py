"""Build the evidence file of a case: recorded first, then gathered, then proven against the log and signed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.adapters.answers import Unreadable, read_answer
from gateway.consent.decision import Stage, worth
from gateway.consent.partners import CONFIDENTIAL
from gateway.documents import evidence_records as records
from gateway.documents.evidence import Evidence, Recorded, pack
from gateway.domain.deadlines import compute, local_day
from gateway.domain.settlement import presumption
from gateway.errors import NotFound, Unavailable
from gateway.services import ladder
from gateway.services.gate import Sight
from gateway.services.keep_checkpoints import checkpoint_over, sequence_journal
from gateway.services.runtime import Runtime
from gateway.services.show_case import seen_in
from gateway.services.silence import facts_of
from gateway.storage import cases, grants, journal, journal_tree, participants, proposals, statement_requests, terms
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

_WAIT_SECONDS = 10.0


def build_evidence(
    runtime: Runtime, case_id: UUID, now: datetime, *, actor: str, organisation_id: UUID | None
) -> bytes:
    """
    The evidence file (bewijsdossier) of a case, as a ZIP archive.

    The resident is held while it is gathered, so that it shows one moment; the proofs are made afterwards.

    Raises:
        NotFound: The case is not there, or another organisation's.
        Unavailable: It could not be recorded that this file was built, or its entries have no place in the log yet.
    """
    with runtime.database.begin() as connection:
        case = cases.get(connection, case_id, organisation_id=organisation_id)
        if case is None:
            raise NotFound
        cases.lock_resident(connection, case["resident_id"])
        built = Entry(
            kind="evidence.built",
            actor=actor,
            case_id=case_id,
            resident_id=case["resident_id"],
            subject_id=case_id,
        )
        journal.append(connection, now, built)
        entries = [entry for entry in journal.of_case(connection, case_id) if entry["kind"] not in CONFIDENTIAL]
        shown, sight = seen_in(runtime, connection, case, now, actor=actor, stage=Stage.EXPORT)
        creditors = _creditors(runtime, connection, case, entries, sight, now)
    places, paths, checkpoint = _proven(runtime, [entry["id"] for entry in entries], now)
    evidence = Evidence(
        case=shown,
        creditors=creditors,
        entries=[_recorded(entry, places[entry["id"]], paths) for entry in entries],
        checkpoint=checkpoint,
        jwks=runtime.keys.public_jwks(),
    )
    return pack(evidence, lambda payload, typ: runtime.keys.sign_detached(payload, typ=typ), now)


def _proven(
    runtime: Runtime, entry_ids: Sequence[int], now: datetime
) -> tuple[dict[int, int], dict[int, list[bytes]], str]:
    """The leaf number of each entry, the proof of each leaf, and the checkpoint that they lead to."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        sequence_journal(runtime, now)
        with runtime.database.begin() as connection:
            places = journal.leaf_indexes(connection, entry_ids)
            kept = checkpoint_over(runtime, connection, max(places.values(), default=0))
            if len(places) == len(entry_ids) and kept is not None:
                paths = journal_tree.inclusion_paths(connection, list(places.values()), kept.checkpoint.size)
                return places, paths, kept.signed
        if time.monotonic() >= until:  # another sequencer is ahead of us, and does not come to an end
            raise Unavailable
        time.sleep(0.05)


def _recorded(row: Row, leaf_index: int, paths: Mapping[int, list[bytes]]) -> Recorded:
    erased = row["salt"] is None
    return Recorded(
        fields=None if erased else journal.committed(row),
        salt=None if erased else bytes(row["salt"]),
        commitment=bytes(row["commitment"]),
        leaf_index=leaf_index,
        path=paths[leaf_index],
    )


def _creditors(
    runtime: Runtime, connection: Connection, case: Row, entries: Sequence[Row], sight: Sight, now: datetime
) -> dict[str, Mapping[str, Any]]:
    """
    Per statement request everything about it and the offers that came of it, under its file name.

    What may not be taken along is in it as a fact, with the reason, and not with what it says.
    """
    wrapped = cases.wrapped_key(connection, case["resident_id"])
    requests = statement_requests.of_case(connection, case["id"])
    offers = proposals.offers_of_case(connection, case["id"])
    known = participants.many(connection, {row["creditor_id"] for row in requests})
    replies = statement_requests.replies_of_case(connection, case["id"])
    found: dict[str, Mapping[str, Any]] = {}
    for number, request in enumerate(requests, start=1):
        creditor = known[request["creditor_id"]]
        about = _conversation(runtime, connection, request, creditor, entries, now)
        not_shown = sight.hides(request["id"])
        about["replies"] = [_reply(row, not_shown) for row in replies if row["request_id"] == request["id"]]
        found[f"{number:02d}-{request['id']}"] = {
            "creditor": {name: creditor[name] for name in ("name", "sector", "id_kind", "id_value", "regime_group")}
            | {"id": str(creditor["id"])},
            "statement_request": about,
            "offers": [
                _offer(runtime, connection, offer, creditor, entries, wrapped, sight.hides(offer["id"]), now)
                for offer in offers
                if offer["request_id"] == request["id"]
            ],
        }
    return found


def _conversation(
    runtime: Runtime, connection: Connection, row: Row, creditor: Row, entries: Sequence[Row], now: datetime
) -> dict[str, Any]:
    """What a request and an offer have in common: rules, messages with their proofs, terms day by day, permission."""
    settings = runtime.settings
    standing = grants.get(connection, row["grant_id"])
    assert standing is not None  # foreign key
    grant, events = standing
    flow = settings.flows.of(grant.purpose)
    standing_now = worth(grant, events, flow, now)
    return {
        "id": str(row["id"]),
        "state": row["state"],
        "delivered_at": records.plain(row["delivered_at"]),
        "regime": records.regime(ladder.regime_of(runtime, row), settings.regimes.adoptions, creditor["regime_group"]),
        "policy": records.policy(ladder.policy_of(runtime, row)),
        "messages": records.messages(entries, row["id"]),
        "terms": [_term(runtime, one) for one in terms.of_subjects(connection, [row["id"]]).get(row["id"], [])],
        "consent": records.consent(grant, events, flow, standing_now),
    }


def _term(runtime: Runtime, row: Row) -> dict[str, Any]:
    length = ladder.length(ladder.policy_of(runtime, row), row["kind"])
    counted = compute(length, row["started_on"], runtime.settings.calendar, ladder.suspensions_of(row))
    return records.term(row, counted)


def _reply(row: Row, not_shown: str | None) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "received_at": records.plain(row["received_at"]),
        "status": row["status"],
        "version": row["version"],
        "late": row["late"],
        "media_type": row["media_type"],
        "sha256": row["digest"],
        "origin": row["origin"],
        "replaces": str(row["replaces"]) if row["replaces"] is not None else None,
        "mapping": row["mapping"],
        "problems": row["problems"] if not_shown is None else [],
        "not_shown": not_shown,
        "dismissed_at": records.plain(row["dismissed_at"]),
    }


def _offer(
    runtime: Runtime,
    connection: Connection,
    offer: Row,
    creditor: Row,
    entries: Sequence[Row],
    wrapped: bytes,
    not_shown: str | None,
    now: datetime,
) -> dict[str, Any]:
    """One offer: what was offered, what was answered, what promise 5 says of it, and who confirmed."""
    known: dict[str, Any] = {}
    if not_shown is None:
        known = runtime.unseal(wrapped, offer["sealed"], table="offer", row=offer["id"], column="sealed")
    facts = facts_of(runtime, connection, offer, now)
    by = participants.get_counsellor(connection, offer["confirmed_by"]) if offer["confirmed_by"] else None
    unread = [
        {"at": records.plain(entry["at"]), "event": entry["kind"], **(entry["facts"] or {})}
        for entry in entries
        if entry["subject_id"] == offer["id"] and entry["kind"].startswith("answer.")
    ]
    return {
        **_conversation(runtime, connection, offer, creditor, entries, now),
        "proposal_id": str(offer["proposal_id"]),
        "sent_at": records.plain(offer["sent_at"]),
        "offered": {name: known.get(name) for name in ("claim_cents", "offer_cents", "percentage", "rank")}
        | {"confirmed_by_creditor": known.get("confirmed_by_creditor")},
        "not_shown": not_shown,
        "answers": [_answer(runtime, row, wrapped, not_shown) for row in proposals.answers(connection, offer["id"])],
        "not_read_as_answers": unread,
        "promise_5": records.verdict(facts, presumption(facts, local_day(now)), now),
        "confirmed": {
            "counsellor_id": str(by["id"]),
            "counsellor": by["name"],
            "at": records.plain(offer["confirmed_at"]),
            "open_to_rebuttal_until": records.plain(offer["review_until"]),
        }
        if by is not None
        else None,
    }


def _answer(runtime: Runtime, row: Row, wrapped: bytes, not_shown: str | None) -> dict[str, Any]:
    # Where its words are gone or may not be shown, that it came, when and with which verdict stays.
    if row["raw"] is None or not_shown is not None:
        return records.answer(row, None, runtime.settings.grounds)
    raw = runtime.keys.open(wrapped, bytes(row["raw"]), table="offer_answer", row=row["id"], column="raw")
    given = read_answer(raw, row["media_type"], runtime.settings.grounds)
    return records.answer(row, None if isinstance(given, Unreadable) else given, runtime.settings.grounds)
