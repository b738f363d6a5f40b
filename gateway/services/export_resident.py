"""
A resident's own copy of everything about them (art. 15 GDPR), with the part they may take elsewhere (art. 20).

Recorded before it is made, gathered at one moment under the resident's lock, signed. Members of staff, other
residents and the raw letters of creditors are not in it: those may speak of somebody else. It can be read back into
an empty sandbox, where every grant and event is what it was: that is how anybody can check that it is complete.

A copy that the resident takes holds all that creditors answered: the right to see it does not end with a yes. One
that the organisation makes for the resident goes through the organisation's hands, so it holds what the organisation
may see; of the rest it says that it is there, and why it is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import Stage
from gateway.consent.flows import Mode, labels
from gateway.documents import personal_export
from gateway.domain.statement import from_dict
from gateway.domain.statement.totals import debt_total
from gateway.errors import Conflict, NotFound
from gateway.services.gate import Sight, sight_of
from gateway.services.runtime import Runtime
from gateway.services.show_seen import seen_by
from gateway.storage import cases, journal, own_copy, participants, proposals, statement_requests
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

# Particulars that name a member of staff; an id of theirs is data about somebody else.
_PERSONS = frozenset({"recorded_by", "counsellor_id", "checked_by", "keyed_by", "seconded_by", "confirmed_by"})


def export_resident(
    runtime: Runtime, organisation_id: UUID, resident_id: UUID, now: datetime, *, actor: str, language: str = "nl"
) -> bytes:
    """
    The copy, as a ZIP archive (see gateway.documents.personal_export).

    Args:
        language: Of the page in it: "nl", "en" or "ar".

    Raises:
        NotFound: There is no such resident for this organisation, or they were erased.
        Unavailable: It could not be recorded that this copy was made, so there is none.
    """
    with runtime.database.begin() as connection:
        found = cases.resident_of(connection, organisation_id, resident_id)
        if found is None or found["erased_at"] is not None:
            raise NotFound
        made = Entry(
            kind="export.made",
            actor=actor,
            resident_id=resident_id,
            participant_id=organisation_id,
            subject_id=resident_id,
        )
        journal.append(connection, now, made)
        content = _content(runtime, connection, organisation_id, resident_id, now, actor=actor)
    return personal_export.pack(
        content,
        _portable(runtime, content),
        runtime.keys.public_jwks(),
        lambda manifest: runtime.keys.sign_detached(manifest, typ=personal_export.SIGNATURE_TYPE),
        now,
        language=language,
        labels={purpose: labels(flow, purpose)[language] for purpose, flow in runtime.settings.flows.flows.items()},
    )


def _content(
    runtime: Runtime, connection: Connection, organisation_id: UUID, resident_id: UUID, now: datetime, *, actor: str
) -> dict[str, Any]:
    sealed = cases.get_resident(connection, resident_id)
    wrapped = bytes(sealed["wrapped"])
    about = runtime.unseal(wrapped, sealed["sealed"], table="resident", row=resident_id, column="sealed")
    kept = [row for row in cases.of_resident(connection, resident_id) if row["erased_at"] is None]
    answered = [_answered(runtime, connection, case, wrapped, now, actor) for case in kept]
    rows = own_copy.rows_of(connection, resident_id)  # after the decisions, so that they are in it too
    rows["journal"] = [_without_persons(entry) for entry in rows["journal"]]
    flows = runtime.settings.flows.flows
    return {
        "resident": about,
        "rows": rows,
        "flows": {purpose: flow.label_nl for purpose, flow in flows.items()},
        "statements": [one for statements, _ in answered for one in statements],
        "offers": [one for _, offers in answered for one in offers],
        "seen": _all_seen(runtime, connection, resident_id, organisation_id),
    }


def _all_seen(runtime: Runtime, connection: Connection, resident_id: UUID, organisation_id: UUID) -> dict[str, Any]:
    """Every line, not only the first page."""
    seen = seen_by(runtime, connection, resident_id, organisation_id)
    while seen["next_before"] is not None:
        more = seen_by(runtime, connection, resident_id, organisation_id, before=seen["next_before"])
        seen = {**seen, "lines": [*seen["lines"], *more["lines"]], "next_before": more["next_before"]}
    return seen


def _answered(
    runtime: Runtime, connection: Connection, case: Row, wrapped: bytes, now: datetime, actor: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What creditors answered in one case and what they were offered, as far as *actor* may take it along."""
    replies = [row for row in statement_requests.replies_of_case(connection, case["id"]) if row["status"] == "accepted"]
    requests = statement_requests.of_case(connection, case["id"])
    offers = proposals.offers_of_case(connection, case["id"])
    sight = sight_of(
        runtime, connection, case, requests, offers, now, stage=Stage.EXPORT, actor=actor,
        answered={row["request_id"] for row in replies} | {row["id"] for row in offers},
    )  # fmt: skip
    return (
        _statements(runtime, connection, replies, sight, wrapped),
        _offers(runtime, connection, offers, sight, wrapped),
    )


def _statements(
    runtime: Runtime, connection: Connection, rows: Sequence[Row], sight: Sight, wrapped: bytes
) -> list[dict[str, Any]]:
    """Every answer that was understood, as it was read; the letter itself may speak of somebody else."""
    known = participants.many(connection, {row["respondent_id"] for row in rows})
    found = []
    for row in rows:
        about = {
            "id": str(row["id"]),
            "received_at": row["received_at"].isoformat(),
            "creditor": known[row["respondent_id"]]["name"],
        }
        hidden = sight.hides(row["request_id"])
        if hidden is not None:
            found.append({**about, "not_shown": hidden, "outcome": "not_shown", "debts": [], "statement": None})
            continue
        stored = runtime.unseal(wrapped, row["statement"], table="reply", row=row["id"], column="statement")
        stored.pop("provenance", None)
        statement = from_dict(stored)
        found.append(
            {
                **about,
                "outcome": statement.outcome.value,
                "debts": [{"reference": debt.reference, "total_cents": debt_total(debt)} for debt in statement.debts],
                "statement": stored,
            }
        )
    return found


def _offers(
    runtime: Runtime, connection: Connection, rows: Sequence[Row], sight: Sight, wrapped: bytes
) -> list[dict[str, Any]]:
    known = participants.many(connection, {row["creditor_id"] for row in rows})
    found = []
    for row in rows:
        said: dict[str, Any] = {}
        if sight.hides(row["id"]) is None:
            said = runtime.unseal(wrapped, row["sealed"], table="offer", row=row["id"], column="sealed")
        kept = {name: said.get(name) for name in ("claim_cents", "offer_cents", "percentage", "rank")}
        creditor = known[row["creditor_id"]]["name"]
        found.append({"id": str(row["id"]), "creditor": creditor, "state": row["state"], **kept})
    return found


def _without_persons(entry: dict[str, Any]) -> dict[str, Any]:
    """Who did it as a role, never as a person."""
    facts = entry["facts"]
    return {
        **entry,
        "actor": entry["actor"].partition(":")[0],
        "facts": {name: value for name, value in facts.items() if name not in _PERSONS} if facts is not None else None,
    }


def _portable(runtime: Runtime, content: Mapping[str, Any]) -> dict[str, Any]:
    """
    What the resident provided and that rests on consent (art. 20(1)); the public task is outside it (art. 20(3)).
    """
    flows = runtime.settings.flows
    on_consent = [
        grant
        for grant in content["rows"]["consent_grant"]
        if (flow := flows.of(grant["purpose"])) is not None and flow.mode is Mode.CONSENT
    ]
    return {
        "basis": "art. 20(1) GDPR: provided by the resident, on consent, processed by machine",
        "resident": content["resident"] if any(one["act"] == "given" for one in on_consent) else None,
        "choices": on_consent,
    }


def import_export(runtime: Runtime, archive: bytes, now: datetime, *, jwks: Mapping[str, Any] | None) -> dict[str, int]:
    """
    Read a copy back into an empty sandbox: the same grants, with the same events, worth the same.

    Returns:
        {"grants", "entries", "cases"}: how many were put back.

    Raises:
        Conflict: This is no sandbox, somebody is in it already, or the copy is not whole.
    """
    if not runtime.settings.sandbox:
        raise Conflict("A copy is read back into a sandbox only; a live gateway takes nobody's data from a file.")
    verdict, content = personal_export.read(archive, jwks)
    if content is None:
        raise Conflict(f"This copy cannot be used. {verdict.place or 'The file'}: {verdict.detail}")
    rows = content["rows"]
    [resident] = rows["resident"]
    resident_id, organisation_id = UUID(resident["id"]), UUID(resident["organisation_id"])
    wrapped = runtime.keys.new_resident_key()
    bsn = content["resident"].get("bsn", "")
    sealed = runtime.seal(wrapped, content["resident"], table="resident", row=resident_id, column="sealed")
    with runtime.database.begin() as connection:
        if not own_copy.is_empty(connection):
            raise Conflict("Somebody is in this database already; use an empty sandbox.")
        own_copy.put(connection, "participant", rows["participant"])
        index = runtime.keys.index(bsn, purpose=f"bsn:{organisation_id}")
        own_copy.put(connection, "resident", rows["resident"], besides={"sealed": sealed, "bsn_index": index})
        cases.add_key(connection, resident_id, wrapped)
        own_copy.put(connection, "case_file", rows["case_file"])
        own_copy.put_persons(connection, _staff(rows), organisation_id, now)
        for one in rows["mandate"]:
            unknown = runtime.seal(wrapped, {}, table="mandate", row=UUID(one["id"]), column="sealed")
            own_copy.put(connection, "mandate", [one], besides={"sealed": unknown})
        own_copy.put(connection, "consent_ask", rows["consent_ask"])
        own_copy.put(connection, "consent_grant", rows["consent_grant"])
        for entry in rows["journal"]:
            journal.append(connection, datetime.fromisoformat(entry["at"]), _entry(entry))
    return {"grants": len(rows["consent_grant"]), "entries": len(rows["journal"]), "cases": len(rows["case_file"])}


def _staff(rows: Mapping[str, list[dict[str, Any]]]) -> set[UUID]:
    return {
        UUID(one[column])
        for one in rows["mandate"]
        for column in ("checked_by", "seconded_by")
        if one[column] is not None
    }


def _entry(entry: Mapping[str, Any]) -> Entry:
    ids = ("case_id", "resident_id", "participant_id", "grant_id", "subject_id")
    return Entry(
        kind=entry["kind"],
        actor=entry["actor"],
        facts=entry["facts"] or {},
        **{name: UUID(entry[name]) if entry[name] is not None else None for name in ids},
    )
