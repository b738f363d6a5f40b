"""
Send what is in the outbox. Nothing leaves without a Permit decided at this instant, over these very bytes.

Each message goes through three steps. *Claim*: one transaction holds the resident, decides again, records that the
sending begins, and takes a lease. *Send*: no transaction is open. *Record*: one transaction writes what came back.
A withdrawal takes the same hold on the resident, so it comes either before the claim (nothing leaves) or after it
(the message counts as sent, and the withdrawal waits for its end before it is answered).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from gateway.adapters.writing import write
from gateway.consent.decision import Ask, Permit, Refusal, Stage
from gateway.courier import Courier, Delivered, Envelope, Failed, Unknown
from gateway.domain.correspondence import Kind
from gateway.domain.deadlines import local_day
from gateway.keys import SealBroken
from gateway.services import delivered, undelivered
from gateway.services.compose import Composed, compose
from gateway.services.gate import gate
from gateway.services.outbox import defer_delivery
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, messages
from gateway.storage.database import Connection, Row
from gateway.storage.journal import Entry

Clock = Callable[[], datetime]
Outcome = Delivered | Failed | Unknown


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message whose sending has been recorded as begun."""

    composed: Composed
    envelope: Envelope
    permit: Permit
    attempt: int
    claimed_at: float = field(default_factory=time.monotonic)


def deliver(runtime: Runtime, courier: Courier, message_ids: Sequence[UUID], clock: Clock) -> None:
    """
    Deliver each of *message_ids* that still wants it; safe to repeat, and safe beside another worker.

    Raises:
        SealBroken: A record does not open; the other messages were delivered all the same.
    """
    broken: SealBroken | None = None
    for message_id in message_ids:
        try:
            claimed = _claim(runtime, message_id, clock())
        except SealBroken as error:
            broken = error
            continue
        if claimed is not None and _lease_allows(runtime, claimed):
            outcome = courier.send(claimed.envelope, claimed.permit)
            _record(runtime, claimed, outcome, clock())
    if broken is not None:
        raise broken


def _claim(runtime: Runtime, message_id: UUID, now: datetime) -> Claimed | None:
    with runtime.database.begin() as connection:
        known = messages.get(connection, message_id)
        if known is None:
            return None
        cases.lock_resident(connection, known["resident_id"])
        row = messages.claimable(connection, message_id, now)
        if row is None:
            return None
        if not row["attempts"]:
            delivered.settle_rules(runtime, connection, row, now)
        composed = compose(runtime, connection, row, now)
        envelope = _envelope(runtime, composed)
        decision, entry = _decide(runtime, connection, composed, envelope, now)
        journal.append(connection, now, entry)
        if isinstance(decision, Refusal):
            _cancel(runtime, connection, composed, decision, now)
            return None
        attempt = row["attempts"] + 1
        messages.change(
            connection,
            message_id,
            state="sending",
            attempts=attempt,
            next_at=now + timedelta(seconds=runtime.settings.delivery.lease),
        )
        begun = [_entry("message.sending", composed, attempt=attempt, digest=envelope.digest)]
        if attempt == 1:
            begun.append(_used(composed))
        journal.append(connection, now, *begun)
        return Claimed(composed=composed, envelope=envelope, permit=decision, attempt=attempt)


def _lease_allows(runtime: Runtime, claimed: Claimed) -> bool:
    """
    Whether a whole exchange still fits in the lease. A worker that was stopped between the claim and the first byte
    must not send what a withdrawal has overtaken since; the sweep gives the message to another attempt.
    """
    room = runtime.settings.delivery.lease - runtime.settings.delivery.deadline
    return time.monotonic() - claimed.claimed_at < room


def _envelope(runtime: Runtime, composed: Composed) -> Envelope:
    """The bytes for this creditor, in its format, signed."""
    recipient = composed.recipient
    style = runtime.settings.format(recipient["format"])
    written = write(composed.message, style.request_style, style.request_options)
    signature = runtime.keys.sign_detached(written.body, typ="gateway-message+jws")
    return Envelope(
        message_id=composed.message.message_id,
        channel=style.request_style,
        url=recipient["endpoint"],
        body=written.body,
        media_type=written.media_type,
        headers={
            **written.headers,
            "Gateway-Message-Id": str(composed.message.message_id),
            "Gateway-Signature": signature,
        },
        digest=runtime.keys.digest(written.body),
    )


def _decide(
    runtime: Runtime, connection: Connection, composed: Composed, envelope: Envelope, now: datetime
) -> tuple[Permit | Refusal, Entry]:
    """The gate, bound to the very bytes in the envelope. A message keeps the grant it was made under."""
    row = composed.row
    standing = grants.get(connection, row["grant_id"])
    ask = Ask(
        stage=Stage.SEND,
        message_id=row["id"],
        kind=composed.message.kind,
        resident_id=row["resident_id"],
        recipient_id=row["recipient_id"],
        fields=composed.message.fields_out(),
        digest=envelope.digest,
        bsn_entitled=composed.recipient["bsn_basis"] is not None,
        counted=row["attempts"] > 0,
        sector=composed.recipient["sector"],
        since=composed.message.period_from,
        asked_on=_asked_on(composed),
    )
    purpose = standing[0].purpose if standing is not None else ""
    return gate(runtime, ask, purpose, standing, now, case_id=row["case_id"])


def _asked_on(composed: Composed) -> date | None:
    """How far back was asked counts from the day of asking, not from that of a reminder."""
    asked_at = composed.conversation.get("asked_at")
    return local_day(asked_at) if asked_at is not None and composed.message.period_from is not None else None


def _cancel(runtime: Runtime, connection: Connection, composed: Composed, refusal: Refusal, now: datetime) -> None:
    """The message never leaves; what that means for its conversation depends on why."""
    messages.change(connection, composed.row["id"], state="cancelled", next_at=None)
    journal.append(connection, now, _entry("message.cancelled", composed, reason=refusal.reason.value))
    undelivered.on_refused(runtime, connection, composed, refusal.reason, now)


def _record(runtime: Runtime, claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    with runtime.database.begin() as connection:
        cases.lock_resident(connection, claimed.composed.row["resident_id"])
        match outcome:
            case Delivered():
                _accepted(runtime, connection, claimed, outcome, now)
            case Failed(retryable=False):
                _given_up(runtime, connection, claimed, outcome.reason_code, outcome.status, now)
            case Failed() | Unknown():
                _try_again(runtime, connection, claimed, outcome, now)


def _accepted(runtime: Runtime, connection: Connection, claimed: Claimed, outcome: Delivered, now: datetime) -> None:
    """A 2xx answer is the proof of delivery; a body that came with it is the reply."""
    composed = claimed.composed
    if not messages.finish(
        connection, composed.row["id"], claimed.attempt, state="delivered", delivered_at=now, next_at=None
    ):
        return
    journal.append(
        connection,
        now,
        _entry(
            "message.delivered",
            composed,
            attempt=claimed.attempt,
            digest=claimed.envelope.digest,
            status=outcome.status,
            peer=outcome.peer,
            peer_certificate=outcome.peer_certificate,
            elapsed_ms=outcome.elapsed_ms,
            answer_digest=runtime.keys.digest(outcome.body),
        ),
    )
    delivered.on_delivered(runtime, connection, composed, now)
    delivered.on_inline_answer(runtime, connection, composed, outcome, now)


def _try_again(
    runtime: Runtime, connection: Connection, claimed: Claimed, outcome: Failed | Unknown, now: datetime
) -> None:
    """
    Not certain, or not now: the engine tries again later with the same message id, so a receiver can drop doubles.
    """
    waits = runtime.settings.delivery.retry_after
    status = outcome.status if isinstance(outcome, Failed) else None
    if claimed.attempt > len(waits):
        _given_up(runtime, connection, claimed, outcome.reason_code, status, now)
        return
    asked = outcome.retry_after_seconds if isinstance(outcome, Failed) else None
    wait = max(waits[claimed.attempt - 1], min(asked or 0, 86_400) if not runtime.settings.sandbox else 0)
    message_id = claimed.composed.row["id"]
    if messages.finish(connection, message_id, claimed.attempt, state="queued", next_at=now + timedelta(seconds=wait)):
        kind = "message.failed" if isinstance(outcome, Failed) else "message.unknown"
        facts = {"attempt": claimed.attempt, "digest": claimed.envelope.digest, "reason": outcome.reason_code}
        journal.append(
            connection, now, _entry(kind, claimed.composed, **facts, status=status, again_after_seconds=wait)
        )
        defer_delivery(runtime, connection, [message_id], after_seconds=wait)


def _given_up(
    runtime: Runtime, connection: Connection, claimed: Claimed, reason: str, status: int | None, now: datetime
) -> None:
    """It will not arrive: a person must act. No term ran, so no silence was earned."""
    composed = claimed.composed
    if messages.finish(connection, composed.row["id"], claimed.attempt, state="failed", next_at=None):
        facts = {"attempt": claimed.attempt, "digest": claimed.envelope.digest, "reason": reason}
        journal.append(connection, now, _entry("message.given_up", composed, **facts, status=status))
        undelivered.on_given_up(runtime, connection, composed, now)


def _used(composed: Composed) -> Entry:
    """One use of the grant; counted against its cap."""
    return _entry("consent.used", composed)


def _entry(kind: str, composed: Composed, **facts: object) -> Entry:
    row: Row = composed.row
    return Entry(
        kind=kind,
        actor="gateway",
        case_id=row["case_id"],
        resident_id=row["resident_id"],
        participant_id=row["recipient_id"],
        grant_id=row["grant_id"],
        subject_id=row["subject_id"],
        facts={"message_id": str(row["id"]), "kind": Kind(row["kind"]).value, **facts},
    )
